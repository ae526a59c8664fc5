import datetime
import os
import signal

import pytest
import torch

from course_utils import losses, runtime, threads
from course_utils.records import run
from course_utils.records.plan import Experiment, Planned, Recipe, rows, stale
from course_utils.records.read import recorded
from course_utils.records.run import record
from course_utils.train import fit
from tests.oracles import assert_bilingual

TRAINED = [("train", 4, 0.5, 0), ("train", 4, 0.5, 1)]


# ------------------------------------------------------------ what is run


def test_what_is_missing_is_run_and_nothing_twice(topic):
    record("any")
    assert stale("any") == []
    assert recorded("any").figures("told", "value", times=2).tolist() == pytest.approx([9, 9.2])
    # Rows of one training follow each other: one training for both of its readings.
    expected = [TRAINED[0], ("read", 1), ("read", 2), TRAINED[1], ("read", 1), ("read", 2)]
    assert topic.calls == expected
    before = topic.path.read_bytes()
    record("any")
    topic.begin_anew()
    record("any")
    assert topic.calls == expected
    assert topic.path.read_bytes() == before


def test_an_interrupted_recording_goes_on(topic):
    def until_the_third(net, *, times):
        if len(topic.calls) == 4:
            raise KeyboardInterrupt
        return topic.tell(net, times=times)

    (whole,) = topic.experiments
    topic.experiments = (
        Experiment("told", until_the_third, whole.settings, whole.recipe, whole.seeds),
    )
    with pytest.raises(KeyboardInterrupt):
        record("any")
    topic.experiments = (whole,)
    assert len(topic.written()) == 2
    assert len(stale("any")) == 2
    topic.begin_anew()
    record("any")
    assert [call for call in topic.calls if call[0] == "read"] == [("read", 1), ("read", 2)] * 2
    assert topic.trainings() == TRAINED  # the weights of the one that was interrupted were kept


def test_stopping_a_training_leaves_no_row_and_no_weights(topic):
    """``fit`` catches the key and hands back what it has; that is no result of the recipe."""

    def stopped_in_training(*, data, examples, seed):
        def batches():
            yield torch.zeros(2, 3), torch.zeros(2, dtype=torch.int64)
            signal.raise_signal(signal.SIGINT)
            yield torch.zeros(2, 3), torch.zeros(2, dtype=torch.int64)

        net = torch.nn.Linear(3, 2)
        fit(net, batches(), losses.classification, examples=examples)
        return net

    recipe = Recipe("stopped", stopped_in_training)
    topic.experiments = (Experiment("told", topic.tell, topic.settings, recipe, (0,)),)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        record("any")
    assert recorded("any").rows == () and topic.calls == [] and topic.weights() == []
    assert signal.getsignal(signal.SIGINT) is before


def test_rows_nobody_asks_for_go(topic):
    record("any")
    (whole,) = topic.experiments
    topic.experiments = (
        Experiment("told", whole.read, whole.settings[:1], whole.recipe, whole.seeds),
    )
    kept = [row for row in topic.written() if row["settings"]["times"] == 1]
    calls = len(topic.calls)
    record("any")
    assert topic.written() == kept
    assert len(topic.calls) == calls


def test_rows_stand_in_the_order_of_the_plan_one_a_line(topic):
    (whole,) = topic.experiments
    topic.experiments = (Experiment("told", whole.read, whole.settings[1:], whole.recipe, (1,)),)
    record("any")
    topic.experiments = (whole,)
    record("any")
    assert [(row["settings"]["times"], row["seed"]) for row in topic.written()] == [
        (1, 0), (1, 1), (2, 0), (2, 1)
    ]  # fmt: skip
    assert len(topic.path.read_text(encoding="utf-8").splitlines()) == 1 + 4 + 1


# ------------------------------------------------------------ as recorded


def test_effort_and_threads_are_pinned_and_put_back(topic, monkeypatch):
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.5")
    monkeypatch.delenv("SSL_COURSE_THREADS")
    monkeypatch.setattr(threads, "usable", lambda: 3)
    seen = []

    def surroundings(net):
        seen.append((runtime.effort(), threads.choice().threads, torch.get_num_threads()))
        return {}

    (whole,) = topic.experiments
    topic.experiments = (Experiment("told", surroundings, topic.settings[:1], whole.recipe, (0,)),)
    before = torch.get_num_threads()
    threads.choice.cache_clear()
    try:
        record("any")
    finally:
        torch.set_num_threads(before)
        threads.choice.cache_clear()
    assert seen == [(1, 3, 3)]
    assert topic.written()[0]["threads"] == 3
    assert runtime.effort() == 0.5
    assert "SSL_COURSE_THREADS" not in os.environ
    monkeypatch.setenv("SSL_COURSE_THREADS", "2")  # nothing is remembered of the three
    assert threads.choice().threads == 2
    threads.choice.cache_clear()


def test_surroundings_are_put_back_after_an_error(topic, monkeypatch):
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.5")
    asked = os.environ["SSL_COURSE_THREADS"]

    def broken(net):
        raise ZeroDivisionError

    (whole,) = topic.experiments
    topic.experiments = (Experiment("told", broken, topic.settings, whole.recipe),)
    with pytest.raises(ZeroDivisionError):
        record("any")
    assert runtime.effort() == 0.5
    assert os.environ["SSL_COURSE_THREADS"] == asked


def test_a_row_says_where_it_comes_from(topic):
    record("any")
    row = topic.written()[3]
    assert row.pop("figures") == {"value": pytest.approx(2 * 4.6)}
    assert 0 <= row.pop("seconds") < 10
    cores = threads.usable()
    assert row.pop("machine").startswith(f"{cores} cores, ")
    assert row == {
        "experiment": "told",
        "recipe": "linear",
        "settings": topic.settings[1],
        "seed": 1,
        "trained": "abc",
        "read": "abc",
        "data_hash": run.data_hash("toyworld"),
        "precision": "float32",
        "threads": cores,
        "torch": torch.__version__.split("+")[0],
        "date": datetime.date.today().isoformat(),
        "provenance": "made in a test",
    }
    assert len(row["data_hash"]) == 16


def test_the_data_hash_sees_every_pixel_and_label(topic):
    first = run.data_hash("toyworld")
    train, _ = run.world("toyworld")
    for part, index in ((train.images, (3, 2, 7, 7)), (train.labels, 3)):
        part[index] += 1
        run.data_hash.cache_clear()
        assert run.data_hash("toyworld") != first
        part[index] -= 1


def test_an_experiment_on_no_data_set_says_what_it_ran_on(topic):
    def tossed(*, seed, sides):
        return {"shown": torch.tensor(seed + sides)}

    settings = rows("sides", (6,))
    topic.experiments = (Experiment("dice", tossed, settings, seeds=(0,), provenance="a die"),)
    record("any")
    (row,) = topic.written()
    assert row["figures"] == {"shown": 6.0}
    assert row["provenance"] == "a die"
    assert row["data_hash"] is row["recipe"] is row["trained"] is None


def test_figures_are_plain_numbers_of_five_decimals(topic):
    def third(net):
        return {"third": torch.tensor(1 / 3), "count": 4}

    (whole,) = topic.experiments
    row = Planned(Experiment("told", third, topic.settings, whole.recipe), topic.settings[0], 0)
    assert run.figures_of(row) == {"third": 0.33333, "count": 4.0}


# ------------------------------------------------------------ once more


def test_rerun_trains_anew_and_prints_both(topic, capsys):
    record("any")
    topic.begin_anew()
    calls = len(topic.trainings())
    assert run.rerun("any", "told", seed=1, times=2) == {"value": 9.2}
    assert len(topic.trainings()) == calls + 1  # no kept weights
    assert "now 9.200, recorded 9.100 (9.000–9.200)" in capsys.readouterr().out


def test_rerun_of_what_is_not_there(topic):
    record("any")
    calls = len(topic.calls)
    for asked in (
        {"times": 3},
        {},  # two settings
        {"times": 1, "recipe": "floor"},
        {"times": 1, "seed": 2},
    ):
        with pytest.raises(LookupError) as error:
            run.rerun("any", "told", **asked)
        assert_bilingual(str(error.value))
    assert len(topic.calls) == calls
