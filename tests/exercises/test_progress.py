import json

import pytest

from course_utils import texts
from course_utils.__main__ import main
from course_utils.exercises import check, progress
from course_utils.exercises.checking import names
from course_utils.pretext import rotation
from course_utils.widgets import questions

NAME = "rotation.four_copies"
NOTHING = {"solved": [], "answers": {}, "games": {}, "runs": []}


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """As in a notebook that lies in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress.runtime, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda *a, **k: None)
    return tmp_path / progress.FILE


def ask():
    option = questions.Option("가", "a", "왜 가", "why a")
    _, radios, reply = questions.ask(ko="무엇?", en="What?", options=[option, option]).children
    return radios.children, reply


def test_a_solved_exercise_is_remembered_once(learner):
    check(NAME, lambda x: None)
    assert not learner.exists()
    check(NAME, rotation.four_copies)
    check(NAME, rotation.four_copies)
    assert json.loads(learner.read_text()) == NOTHING | {"solved": [NAME]}


def test_answers_survive_a_restart(learner):
    (first, second), _ = ask()
    assert (first.value, second.value) == (None, None)
    second.value = 1
    (first, second), reply = ask()
    assert (first.value, second.value, reply.value) == (None, 1, "why a")
    assert progress.remembered()["answers"] == {progress.question("What?"): 1}


def test_two_notebooks_do_not_lose_entries(learner):
    progress.solved("a.b")
    progress.answered("Q", 2)
    progress.solved("a.a")
    assert progress.remembered() == NOTHING | {
        "solved": ["a.a", "a.b"],
        "answers": {progress.question("Q"): 2},
    }


@pytest.mark.parametrize("where", ["terminal", "strict"])
def test_nothing_is_written_or_read_in_tests(learner, monkeypatch, where):
    progress.answered("What?", 1)
    learner.rename(learner.with_suffix(".kept"))
    if where == "strict":
        monkeypatch.setenv("SSL_COURSE_STRICT", "1")
    else:
        monkeypatch.setattr(progress.runtime, "in_notebook", lambda: False)
    progress.solved(NAME)
    (first, _), _ = ask()
    first.value = 0
    assert not learner.exists()
    learner.with_suffix(".kept").rename(learner)
    assert [radio.value for radio in ask()[0]] == [None, None]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"solved": 3, "answers": {}}', '{"solved": []}'])
def test_a_damaged_file_counts_as_none(learner, text):
    learner.write_text(text)
    assert progress.remembered() == NOTHING
    progress.solved(NAME)
    assert progress.remembered()["solved"] == [NAME]


def test_a_folder_that_cannot_be_written_is_told(learner, monkeypatch, capsys):
    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(progress.runtime.os, "replace", full)
    check(NAME, rotation.four_copies)
    out = capsys.readouterr().out
    assert "disk full" in out and "✔" in out
    assert list(learner.parent.iterdir()) == []


def test_the_command_lists_all_exercises(learner, capsys):
    progress.solved(NAME)
    assert main(["progress", "--folder", str(learner.parent)]) == 0
    out = capsys.readouterr().out
    assert "rotation: 1/3  ✔ four_copies, · rotation_loss, · frozen_features" in out
    unlisted = {topic for topic in names() if f"\n{topic}: " not in f"\n{out}"}
    assert unlisted == {topic for topic in names() if texts.of(topic)["lesson"] is None}
    assert "questions answered: 0" in out
