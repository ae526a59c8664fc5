"""What every table of right and wrong answers is held against."""

from course_utils.exercises import check, hint, show_solution
from course_utils.exercises.checking import find


def cases(tables, column):
    """(exercise, answer) pairs of ``tables[exercise] = (right, wrong)``: column 0 right, 1 wrong."""
    return [(name, how) for name, columns in tables.items() for how in columns[column]]


def assert_accepted(exercise, answer, capsys):
    assert check(exercise, answer) is answer
    assert "✔" in capsys.readouterr().out


def assert_named(exercise, answer, words, capsys):
    """The lesson goes on with the reference, and the message holds ``words``."""
    assert check(exercise, answer) is find(exercise).reference
    out = capsys.readouterr().out
    assert "✘" in out
    assert words in out


def assert_complete(exercise, capsys):
    """The reference passes, and what is shown; a stub is no mistake; there are three hints and a solution."""
    for answer in filter(None, (find(exercise).reference, find(exercise).short)):
        assert check(exercise, answer) is answer
    check(exercise, lambda *a: None)
    assert "not yet" in capsys.readouterr().out
    for step in (1, 2, 3):
        hint(exercise, step)
        assert f"{step}/3" in capsys.readouterr().out
    show_solution(exercise)
