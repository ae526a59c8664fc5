import inspect
import json

import pytest

from course_utils.records import plan
from course_utils.records.plan import Experiment, Planned, Recipe, key_of, planned, rows, stale
from course_utils.records.read import topics
from course_utils.records.run import record
from tests.oracles import assert_bilingual


def test_rows_are_settings():
    assert rows("data n", ("a", 1), ("b", 2)) == ({"data": "a", "n": 1}, {"data": "b", "n": 2})
    with pytest.raises(ValueError):
        rows("data n", ("a",))


def test_an_experiment_says_what_it_runs_on():
    for settings in (({},), ({"data": "toyworld"}, {"n": 1})):
        with pytest.raises(ValueError, match="provenance") as error:
            Experiment("told", lambda: {}, settings)
        assert_bilingual(str(error.value))
    Experiment("told", lambda: {}, ({},), provenance="made here")


def test_every_setting_and_seed_is_planned_in_order(topic):
    found = planned("any")
    assert [(row.settings["times"], row.seed) for row in found] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert found[0].described == {"recipe": "linear", "data": "toyworld", "examples": 4, "times": 1}
    assert found[0].code == {"trained": "abc", "read": "abc"}
    without = Experiment("told", topic.tell, topic.settings)
    assert Planned(without, topic.settings[0], 0).code == {"trained": None, "read": "abc"}


def test_a_recorded_row_has_the_key_of_its_plan(topic):
    record("any")
    written = topic.written()
    assert [key_of(row) for row in written] == [row.key for row in planned("any")]
    turned = dict(reversed(topic.settings[0].items()))
    assert Planned(topic.experiments[0], turned, 0).key == key_of(written[0])


def test_rows_of_other_code_are_stale(topic):
    assert stale("any") == [row.key for row in planned("any")]  # nothing is there yet
    record("any")
    assert stale("any") == []
    for function in (topic.learn, topic.tell):
        function.code = "changed"
        assert len(stale("any")) == 4
        del function.code
    assert stale("any") == []


def test_rows_that_are_missing_and_rows_nobody_asks_for_are_stale(topic):
    record("any")
    other = rows("data examples times", ("toyworld", 4, 2), ("toyworld", 4, 3))
    recipe = Recipe("linear", topic.learn)
    topic.experiments = (Experiment("told", topic.tell, other, recipe, (0, 1)),)
    assert [json.loads(key)[2]["times"] for key in stale("any")] == [3, 3, 1, 1]
    topic.experiments = (Experiment("told", topic.tell, other[:1], Recipe("line", topic.learn)),)
    assert len(stale("any")) == 3 + 4  # a recipe of another name is another one


# ------------------------------------------------------------ the topics of the course


@pytest.mark.parametrize("name", topics())
def test_no_row_is_planned_twice(name):
    keys = [row.key for row in planned(name)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", topics())
def test_settings_are_plain_and_handed_to_somebody(name):
    """A setting that neither recipe nor reading names, a misspelt one, would change nothing."""
    for experiment in plan.experiments(name):
        functions = [experiment.read, *([experiment.recipe.train] if experiment.recipe else [])]
        named = [set(inspect.signature(function).parameters) for function in functions]
        for settings in experiment.settings:
            assert json.loads(json.dumps(settings)) == settings
            assert settings.keys() <= set().union(*named, {"data"}), (experiment.name, settings)


def test_equal_names_of_recipes_are_equal_recipes():
    """A look-up by recipe and the kept weights know a recipe by its name."""
    found = {}
    for name in topics():
        for experiment in plan.experiments(name):
            if experiment.recipe:
                train = found.setdefault(experiment.recipe.name, experiment.recipe.train)
                assert train is experiment.recipe.train
