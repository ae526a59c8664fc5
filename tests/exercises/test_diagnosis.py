"""A small exercise: add one to every number, and what may go wrong."""

import pytest
import torch

from course_utils.exercises.diagnosis import (
    Exercise,
    diagnose,
    differences,
    explained,
    observed,
    run_twins,
)
from course_utils.exercises.facts import results_of


def observe(answer, x):
    (y,) = yield from results_of(answer, {"x": x}, "y")
    yield "sum", float(y.sum())
    yield "first", float(y[0])
    yield "told_last", float(y[-1])


EXERCISE = Exercise(
    reference=lambda x: x + 1,
    observe=observe,
    cases=(lambda: torch.arange(3.0), lambda: torch.arange(5.0)),
    mistakes={
        "minus": lambda x: x - 1,
        "unchanged": lambda x: x.clone(),
        "first_only": lambda x: torch.cat([x[:1] + 1, x[1:]]),
        "a_column": lambda x: (x + 1)[:, None],
    },
)
KNOWN = run_twins(EXERCISE)


def found(answer):
    return diagnose(observed(EXERCISE, answer, KNOWN.reference), KNOWN)


def test_a_right_answer():
    assert found(lambda x: 1 + x) is None
    assert found(lambda x: (x.double() + 1).float()) is None


@pytest.mark.parametrize("name", EXERCISE.mistakes)
def test_every_twin_is_found(name):
    finding = found(EXERCISE.mistakes[name])
    assert finding.mistake and finding.key == name


def test_a_mistake_written_otherwise():
    assert found(lambda x: x + 1 - 1).key == "unchanged"
    assert found(lambda x: torch.tensor([v - 1 for v in x])).key == "minus"


def test_half_of_what_a_twin_gets_wrong_is_not_its_mistake():
    assert found(lambda x: x - 1 if len(x) == 3 else x + 1).key == "otherwise"


def test_two_mistakes_are_named_by_the_nearest():
    assert found(lambda x: (x - 1).double()).key == "minus"
    assert found(lambda x: (x + 1).double()[:, None]).key == "a_column"


def test_what_no_twin_explains():
    finding = found(lambda x: x * 7)
    assert (finding.key, finding.mistake) == ("otherwise", False)
    assert finding.facts["sum"] == 21 and finding.facts["wanted_sum"] == 6
    assert finding.facts["told_last"] == 14


@pytest.mark.parametrize(
    ("answer", "key", "seen"),
    [
        (lambda x: (x + 1, x), "kind", "tuple"),
        (lambda x: [1.0], "kind", "list"),
        (lambda x: x.add_(1), "changed", "x"),
        (lambda x: x[:2] + 1, "shape", (2,)),
        (lambda x: (x + 1)[None, None].double(), "shape", (1, 1, 3)),
        (lambda x: (x + 1).double(), "dtype", "float64"),
    ],
)
def test_what_is_wrong_in_general(answer, key, seen):
    finding = found(answer)
    assert (finding.key, finding.facts["seen"]) == (key, seen)


def test_what_is_only_told_is_not_compared():
    assert (
        found(lambda x: torch.cat([x[:1] + 1, x[1:-1] + 2, x[-1:]]) if len(x) == 3 else x + 1)
        is None
    )


def test_explained_counts_what_either_gets_wrong():
    reference, twin = KNOWN.reference, KNOWN.twins["minus"]

    def share(answer):
        wrong = frozenset(differences(answer, reference))
        return explained(answer, wrong, "minus", KNOWN)

    assert share(twin) == 1
    assert share(reference) == 0
    assert share([twin[0], reference[1]]) == 0.5
