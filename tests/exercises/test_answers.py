"""All exercises of the course: right answers pass, and each wrong one is named."""

from functools import partial

import pytest
import torch

from course_utils.exercises import check, checking, hint, show_solution
from course_utils.exercises.checking import find
from course_utils.exercises.guard import SECONDS, guarded
from tests.exercises.tables import EXERCISES, FRESH, PLANTED

ANSWERS = PLANTED + FRESH


@pytest.fixture(autouse=True)
def same_draws():
    """Some answers draw from PyTorch's global generator: what is said of them must not be chance."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        yield


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    """On a busy machine a right answer that is slow is right; none here runs for ever."""
    monkeypatch.setattr(checking, "guarded", partial(guarded, seconds=10 * SECONDS))


@pytest.mark.parametrize("answer", [a for a in ANSWERS if not a.words], ids=str)
def test_right_answers_pass(answer, capsys):
    assert check(answer.exercise, answer.function) is answer.function
    assert "✔" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [a for a in ANSWERS if a.words], ids=str)
def test_wrong_answers_are_named(answer, capsys):
    """The lesson goes on with the reference, and the message holds the words."""
    assert check(answer.exercise, answer.function) is find(answer.exercise).reference
    out = capsys.readouterr().out
    assert "✘" in out
    assert answer.words in out


@pytest.mark.parametrize("exercise", EXERCISES)
def test_complete(exercise, capsys):
    """The reference passes, and what is shown; a stub is no mistake; three hints, one solution."""
    for answer in filter(None, (find(exercise).reference, find(exercise).short)):
        assert check(exercise, answer) is answer
    check(exercise, lambda *a, **k: None)
    assert "not yet" in capsys.readouterr().out
    for step in (1, 2, 3):
        hint(exercise, step)
        assert f"{step}/3" in capsys.readouterr().out
    show_solution(exercise)


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize(("answers", "wrong", "right"), [(PLANTED, 6, 2), (FRESH, 8, 4)])
def test_every_exercise_has_enough_of_them(exercise, answers, wrong, right):
    mine = [answer for answer in answers if answer.exercise == exercise]
    assert sum(bool(answer.words) for answer in mine) >= wrong
    assert sum(not answer.words for answer in mine) >= right
