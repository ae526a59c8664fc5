"""All exercises of the course together: enough mistakes of each are known, and none is taken for another."""

import contextlib
import functools
import io
import itertools
import re
from collections import defaultdict

import pytest

from course_utils.exercises import check
from course_utils.exercises.checking import names
from tests.exercises import planted, test_fresh
from tests.lessons.distortion import test_exercises as distortion
from tests.lessons.rotation import test_exercises as rotation
from tests.lessons.tracking import test_exercises as tracking
from tests.lessons.why_ssl import test_exercises as why_ssl

EXERCISES = [f"{topic}.{name}" for topic, all_of in names().items() for name in all_of]
RIGHT, WRONG = {}, {}
for _module in (distortion, rotation, tracking, why_ssl):
    _topic = _module.__name__.split(".")[-2]
    for _name, (_right, _wrong) in _module.TABLES.items():
        WRONG[f"{_topic}.{_name}"] = list(_wrong.values())
        RIGHT[f"{_topic}.{_name}"] = list(_right.values())


@functools.cache
def messages(exercise):
    """What is said of each planted mistake, figures left out, and the words that mark the mistake."""
    said = []
    for answer, words in WRONG[exercise]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            check(exercise, answer)
        assert "✘" in out.getvalue()
        said.append((words, re.sub(r"[-+]?\d[\d.,e-]*", "#", out.getvalue())))
    return said


def test_every_exercise_is_there():
    assert set(WRONG) == set(RIGHT) == set(EXERCISES)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_at_least_four_mistakes_have_a_name_of_their_own(exercise):
    assert len({said for _, said in messages(exercise)}) >= 4


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_mistake_is_taken_for_another(exercise):
    """Mistakes that are marked by different words never get the same message."""
    by_words = defaultdict(set)
    for words, said in messages(exercise):
        by_words[words].add(said)
    for (words, mine), (others, theirs) in itertools.combinations(by_words.items(), 2):
        if words not in others and others not in words:
            assert not mine & theirs, (words, others)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_complete(exercise, capsys):
    """The reference passes, an untouched stub is no mistake, three hints, one solution."""
    planted.assert_complete(exercise, capsys)


def test_there_are_many():
    assert sum(map(len, WRONG.values())) >= 60
    assert sum(map(len, RIGHT.values())) >= 30
    wrong = [kind for _, kind, *_ in test_fresh.ANSWERS].count("wrong")
    assert wrong >= 8 * len(EXERCISES)
