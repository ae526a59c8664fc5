"""The records that are shipped with the course."""

import importlib
import re

import pytest

from course_utils.records import run
from course_utils.records.plan import experiments, stale
from course_utils.records.read import recorded, topics


def headline_of(topic):
    """The settings of a topic's headline, ``HEADLINE`` of its experiments; None where it has none."""
    module = importlib.import_module(f"course_utils.lessons.{topic}.experiments")
    return getattr(module, "HEADLINE", None)


@pytest.mark.parametrize("name", topics())
def test_no_row_is_stale(name):
    assert not stale(name), f"run python -m course_utils record {name}"


@pytest.mark.parametrize("name", topics())
def test_rows_say_where_they_come_from(name):
    assert recorded(name).rows
    for row in recorded(name).rows:
        assert row["figures"] and all(isinstance(v, float) for v in row["figures"].values())
        for key in ("provenance", "machine", "torch", "precision"):
            assert row[key], key
        assert row["threads"] >= 1 and row["seconds"] >= 0
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])
        for key in ("read", *(["trained"] if row["recipe"] else [])):
            assert re.fullmatch("[0-9a-f]{16}", row[key]), key
        assert ("data" in row["settings"]) == bool(row["data_hash"])


@pytest.mark.parametrize(
    ("topic", "recipe", "settings"),
    [
        (topic, experiment.recipe.name, settings)
        for topic in topics()
        for experiment in experiments(topic)
        if experiment.name == "probe" and experiment.settings == headline_of(topic)
        for settings in experiment.settings
    ],
)
def test_headlines_have_five_seeds_and_their_floors_and_ceilings_stand_beside_them(
    topic, recipe, settings
):
    mine = recorded(topic).outcome(recipe=recipe, **settings)
    assert len(mine.values) == 5
    for beside in ("floor", "supervised"):
        found = recorded("references").outcome(recipe=beside, data=settings["data"])
        assert len(found.values) == 5
        assert abs(found.validation - found.values.mean()) < 0.1


def test_a_row_can_be_made_again():
    """A floor, read again here: as near to the recorded seeds as they are to each other.

    Four deviations, estimated from five seeds and not below one point: another machine's
    arithmetic gives slightly other figures.
    """
    now = run.rerun("references", "factors", seed=0, recipe="floor")
    for figure, value in now.items():
        known = recorded("references").figures("factors", figure, recipe="floor")
        around = 4 * max(known.std().item(), 0.01)
        assert abs(value - known.mean().item()) < around, figure
    kinds = recorded("references").figures("factors", "kind_linear", recipe="floor")
    assert kinds.mean() - 0.1 > 4 * max(kinds.std().item(), 0.01)  # guessing would be seen


def test_all_rows_of_a_data_set_saw_the_same_pictures():
    """ToyWorld's are those that are drawn now; photographs at least agree with each other."""
    seen = {"toyworld": set(), "cifar10": set()}
    for topic in topics():
        for row in recorded(topic).rows:
            if "data" in row["settings"]:
                seen[row["settings"]["data"]].add(row["data_hash"])
    assert seen["toyworld"] == {run.data_hash("toyworld")}
    assert len(seen["cifar10"]) == 1
