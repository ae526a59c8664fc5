import pytest

from course_utils import lang
from course_utils.exercises import league, progress


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """As in a notebook that lies in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress.runtime, "in_notebook", lambda: True)
    monkeypatch.delenv("SSL_COURSE_STRICT", raising=False)
    return tmp_path / progress.FILE


def rows(capsys):
    return [line.split("  ")[0].strip() for line in capsys.readouterr().out.splitlines()[1:]]


def test_own_runs_stand_among_the_records_best_first(learner, capsys):
    lang.set_language("en")
    league.add("rotation", 0.61, what="light from above", data="cifar10")
    league.add("rotation", 0.62, what="light from above", data="cifar10")  # replaces the first
    league.add("rotation", 0.30, what="x", data="toyworld")
    league.show("cifar10", {"random weights": 0.56, "supervised": 0.79}, now={"colour": ("z", 0.6)})
    assert rows(capsys) == [
        "supervised",
        "you: rotation, light from above",
        "you: colour, z",
        "random weights",
    ]
    stored = progress.remembered()["runs"]
    assert [run["value"] for run in stored] == [0.62, 0.30]


def test_nothing_is_kept_while_tests_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    league.add("rotation", 0.61, what="x", data="cifar10")
    league.show("cifar10", {"pixels": 0.4}, now={})
    assert rows(capsys) == ["pixels"] and not (tmp_path / progress.FILE).exists()


def test_a_damaged_row_counts_as_nothing_kept(learner):
    learner.write_text('{"solved": [], "answers": {}, "runs": [{"topic": "x"}]}')
    assert progress.remembered()["runs"] == []
