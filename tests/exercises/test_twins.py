"""Every twin of every exercise makes a mistake of its own and gets its own message."""

import itertools
import re

import pytest
import torch

from course_utils import texts
from course_utils.exercises import check, checking
from course_utils.exercises.checking import find, known, message, texts_of
from course_utils.exercises.diagnosis import Finding, diagnose, explained
from tests.exercises.tables import EXERCISES

TWINS = [(exercise, name) for exercise in EXERCISES for name in find(exercise).mistakes]


def test_every_mistake_has_its_text_and_every_text_its_mistake():
    for exercise in EXERCISES:
        assert set(texts_of(exercise)["mistakes"]) == set(find(exercise).mistakes), exercise


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_reference_has_its_own_facts_again(exercise):
    wanted = known(exercise).reference
    assert diagnose(wanted, known(exercise)) is None
    assert len(wanted) == len(find(exercise).cases)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_two_twins_have_the_same_facts(exercise):
    all_of = known(exercise)
    for one, other in itertools.combinations(all_of.twins, 2):
        assert explained(all_of.twins[one], all_of.wrong[one], other, all_of) < 1, (one, other)


@pytest.mark.parametrize(("exercise", "name"), TWINS)
def test_every_twin_gets_its_own_message(exercise, name, monkeypatch):
    assert known(exercise).wrong[name]
    told = []
    monkeypatch.setattr(checking, "say", lambda **both: told.append(both))
    assert check(exercise, find(exercise).mistakes[name]) is find(exercise).reference
    for language, text in zip(("ko", "en"), texts_of(exercise)["mistakes"][name], strict=True):
        out = "\n".join(both[language] for both in told)
        # Whatever stands between the placeholders was said, and no brace is left.
        for part in re.split(r"\{[^}]*\}", text):
            assert part in out
        assert "{" not in out


@pytest.mark.parametrize("exercise", EXERCISES)
def test_messages_of_an_exercise_differ(exercise):
    for language in (0, 1):
        said = [text[language] for text in texts_of(exercise)["mistakes"].values()]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_other_message_can_be_filled(exercise):
    """What is said otherwise, and what is said in place of the general messages."""
    (facts, *_) = known(exercise).reference
    facts = facts | {f"wanted_{name}": value for name, value in facts.items()}
    facts |= {"name": "x", "seen": 1, "wanted": 2}
    for key in ("otherwise", *texts.REPLACEABLE):
        ko, en = message(exercise, Finding(key, facts))
        assert "{" not in ko + en


def laid_together(one, other, among):
    """The facts of an answer that makes two mistakes which do not hide each other."""
    both = [dict(facts) for facts in among.twins[one]]
    for case, name in among.wrong[other]:
        both[case][name] = among.twins[other][case][name]
    return both


def test_of_two_mistakes_at_once_one_is_named():
    """If a twin is named, it is one of the two; a third one is taken for them once in twenty."""
    pairs, others = 0, []
    for exercise in EXERCISES:
        all_of = known(exercise)
        for one, other in itertools.combinations(all_of.twins, 2):
            facts = laid_together(one, other, all_of)
            found = diagnose(facts, all_of)
            assert found is not None
            pairs += 1
            if found.mistake and found.key not in (one, other):
                others.append((exercise, one, other, found.key))
    assert len(others) <= pairs / 20, others


def test_planted_randomness_is_put_back():
    """Making the facts of all twins leaves PyTorch's global generator alone."""
    known.cache_clear()
    state = torch.get_rng_state()
    known("why_ssl.training_loop")
    assert torch.equal(torch.get_rng_state(), state)
