"""The weights of ``records.run``: what is trained once, and what is trained anew."""

import pytest
import torch

from course_utils.records import run
from course_utils.records.plan import Experiment, Recipe, planned, rows
from course_utils.records.read import recorded
from course_utils.records.run import record

TRAINED = [("train", 4, 0.5, 0), ("train", 4, 0.5, 1)]


def test_a_new_reading_retrains_nothing(topic):
    record("any")
    before = [row["figures"] for row in topic.written()]
    assert len(topic.weights()) == 2
    topic.tell.code = "changed"
    topic.begin_anew()
    record("any")
    assert topic.trainings() == TRAINED
    assert len(topic.calls) == 2 + 2 * 4
    assert [row["figures"] for row in topic.written()] == before
    assert {row["read"] for row in topic.written()} == {"changed"}


def test_a_reading_added_later_retrains_nothing(topic):
    record("any")
    (whole,) = topic.experiments

    def shape(net):
        return {"weights": net.weight.numel()}

    more = Experiment("shape", shape, topic.settings[:1], whole.recipe, whole.seeds)
    topic.experiments = (whole, more)
    topic.begin_anew()
    record("any")
    assert topic.trainings() == TRAINED
    assert recorded("any").figures("shape", "weights").tolist() == [1, 1]


def test_a_changed_recipe_is_trained_anew(topic):
    record("any")
    topic.learn.code = "changed"
    topic.begin_anew()
    record("any")
    assert topic.trainings() == TRAINED * 2
    assert {row["trained"] for row in topic.written()} == {"changed"}


@pytest.mark.parametrize("what", ["data", "precision", "torch", "threads"])
def test_weights_of_other_data_or_another_machine_are_not_taken(topic, monkeypatch, what):
    record("any")
    topic.tell.code = "changed"
    here = run.conditions({"data": "toyworld"})
    monkeypatch.setattr(run, "conditions", lambda settings: here | {what: "another"})
    topic.begin_anew()
    record("any")
    assert topic.trainings() == TRAINED * 2


def test_a_default_and_the_same_value_share_their_weights(topic):
    recipe = Recipe("linear", topic.learn)
    settings = (
        *rows("data examples times", ("toyworld", 4, 1)),
        *rows("data examples times gray", ("toyworld", 4, 1, 0.5), ("toyworld", 4, 1, 0.0)),
    )
    topic.experiments = (Experiment("told", topic.tell, settings, recipe, (0,)),)
    record("any")
    assert sorted(topic.trainings()) == [("train", 4, 0.0, 0), ("train", 4, 0.5, 0)]
    assert len(topic.weights()) == 2
    first, same, other = (row["figures"] for row in topic.written())
    assert first == same != other


def test_what_is_not_trained_is_not_kept(topic):
    """A floor has no ``examples``: making it again is cheaper than a file."""

    def untrained(*, data, seed):
        topic.calls.append(("train", 0, 0, seed))
        net = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.constant_(net.weight, 7 + seed)
        return net

    floor = rows("data times", ("toyworld", 1), ("toyworld", 2))
    recipe = Recipe("floor", untrained)
    topic.experiments = (Experiment("told", topic.tell, floor, recipe, (0, 1)),)
    record("any")
    assert topic.weights() == []
    assert recorded("any").figures("told", "value", times=2).tolist() == [14, 16]
    assert len(topic.trainings()) == 2  # still once for its two readings


def test_networks_are_read_in_eval_mode(topic):
    def mode(net):
        return {"training": net.training}

    (whole,) = topic.experiments
    topic.experiments = (Experiment("mode", mode, topic.settings[:1], whole.recipe, (0,)),)
    record("any")  # trained
    mode.code = "changed"
    topic.begin_anew()
    record("any")  # kept
    assert topic.written()[0]["figures"] == {"training": 0}


def test_verifying_neither_takes_nor_keeps_weights(topic):
    row = planned("any")[0]
    for _ in range(2):
        topic.begin_anew()
        assert run.figures_of(row, kept=False) == {"value": 4.5}
    assert len(topic.trainings()) == 2
    assert topic.weights() == []
