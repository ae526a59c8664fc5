import json
import signal

import pytest
import torch

from course_utils import losses, records, runtime
from course_utils.__main__ import main
from course_utils.train import fit
from tests.oracles import assert_bilingual

TOPICS = records.topics()


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A small package in place of the course, whose files a test may rewrite."""
    monkeypatch.setattr(records, "PACKAGE", tmp_path / "course_utils")

    def write(**modules):
        (tmp_path / "course_utils").mkdir(exist_ok=True)
        for name, text in modules.items():
            (tmp_path / "course_utils" / f"{name}.py").write_text(text, encoding="utf-8")
        records._definitions.cache_clear()
        records.code_hash.cache_clear()
        run = lambda: None  # noqa: E731
        run.__module__, run.__name__ = "course_utils.topic", "run"
        return records.code_hash(run)

    yield write
    records._definitions.cache_clear()
    records.code_hash.cache_clear()


TOPIC = '''
from course_utils import tools
from course_utils.lang import both
from course_utils.other import scale

RATE = 0.1


def run(seed):
    """What it does."""
    if seed < 0:
        raise ValueError(both(ko="음수", en="negative"))
    return helper(seed) * RATE + tools.shift(seed)


def helper(x):
    return scale(x)  # a comment


def unused(x):
    return x
'''
TOOLS = "STEP = 3\n\n\ndef shift(x):\n    return x + STEP\n\n\ndef other(x):\n    return x\n"
OTHER = "def scale(x):\n    return 2 * x\n"


def test_hash_follows_what_the_function_reaches(sources):
    first = sources(topic=TOPIC, tools=TOOLS, other=OTHER)
    assert sources(topic=TOPIC) == first
    for name, before, after in (
        ("topic", "* RATE", "/ RATE"),
        ("topic", "RATE = 0.1", "RATE = 0.2"),
        ("topic", "return scale(x)", "return scale(x) + 1"),
        ("tools", "STEP = 3", "STEP = 4"),
        ("tools", "x + STEP", "x - STEP"),
        ("other", "2 * x", "3 * x"),
    ):
        text = {"topic": TOPIC, "tools": TOOLS, "other": OTHER}[name]
        assert text.count(before) == 1
        assert sources(**{name: text.replace(before, after)}) != first, (name, after)
        assert sources(**{name: text}) == first


def test_hash_does_not_follow_words_layout_and_other_code(sources):
    first = sources(topic=TOPIC, tools=TOOLS, other=OTHER)
    for name, before, after in (
        ("topic", "What it does.", "Does it."),
        ("topic", "  # a comment", ""),
        ("topic", 'en="negative"', 'en="below zero"'),
        ("topic", "return helper(seed) * RATE", "return (helper(seed)\n        * RATE)"),
        ("topic", "def unused(x):\n    return x", "def unused(x):\n    return 2"),
        ("tools", "def other(x):\n    return x", "def other(x):\n    return 2"),
    ):
        text = {"topic": TOPIC, "tools": TOOLS}[name]
        changed = text.replace(before, after)
        if "RATE" in before:  # parentheses around the sum, so that the line may break
            changed = changed.replace("tools.shift(seed)", "tools.shift(seed))").replace(
                "* RATE)", "* RATE"
            )
        assert changed != text
        assert sources(**{name: changed}) == first, (name, before)
        sources(**{name: text})


@pytest.fixture
def topic(tmp_path, monkeypatch):
    """A topic with one experiment of two settings and two seeds; counts its runs."""
    calls = []

    def run(*, data, size, seed):
        calls.append((size, seed))
        assert runtime.effort() == 1
        return {"value": size + seed / 10}

    experiment = records.Experiment(
        run, ({"data": "toyworld", "size": 1}, {"data": "toyworld", "size": 2}), seeds=(0, 1)
    )
    monkeypatch.setattr(records, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(records, "experiments", lambda name: {"fake": experiment})
    monkeypatch.setattr(records, "code_hash", lambda function: "abc")
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.5")
    return calls


def test_record_runs_what_is_missing_and_reads_it_back(topic, capsys):
    assert len(records.stale("any")) == 4
    found = records.record("any")
    assert topic == [(1, 0), (2, 0), (1, 1), (2, 1)]
    torch.testing.assert_close(
        found.figures("fake", "value", data="toyworld", size=2), torch.tensor([2.0, 2.1])
    )
    assert records.stale("any") == []
    records.record("any")
    assert len(topic) == 4  # nothing is run twice
    capsys.readouterr()
    found.about("fake")
    told = capsys.readouterr().out
    assert all(word in told for word in ("seeds [0, 1]", "ToyWorld", "cores"))
    with pytest.raises(LookupError) as error:
        found.figures("fake", "value", data="toyworld", size=3)
    assert_bilingual(str(error.value))


def test_an_experiment_on_no_data_set_says_what_it_ran_on(topic, monkeypatch, capsys):
    experiment = records.Experiment(
        lambda *, seed: {"value": 1.0}, ({},), seeds=(0,), provenance="made here"
    )
    monkeypatch.setattr(records, "experiments", lambda name: {"fake": experiment})
    records.record("any").about("fake")
    assert "Data: made here" in capsys.readouterr().out
    with pytest.raises(ValueError, match="provenance") as error:
        records.Experiment(lambda *, seed: {}, ({},))
    assert_bilingual(str(error.value))


def test_an_interrupted_recording_goes_on(topic, monkeypatch):
    experiment = records.experiments("any")["fake"]

    def until_the_third(**settings):
        if len(topic) == 2:
            raise KeyboardInterrupt
        return experiment.run(**settings)

    broken = records.Experiment(until_the_third, experiment.settings, experiment.seeds)
    monkeypatch.setattr(records, "experiments", lambda name: {"fake": broken})
    with pytest.raises(KeyboardInterrupt):
        records.record("any")
    monkeypatch.setattr(records, "experiments", lambda name: {"fake": experiment})
    assert len(records.stale("any")) == 2
    records.record("any")
    assert topic == [(1, 0), (2, 0), (1, 1), (2, 1)]


def test_rows_of_other_code_and_rows_nobody_asks_for_are_stale(topic, monkeypatch):
    records.record("any")
    monkeypatch.setattr(records, "code_hash", lambda function: "other")
    assert len(records.stale("any")) == 4
    monkeypatch.setattr(records, "code_hash", lambda function: "abc")
    path = records._path("any")
    content = json.loads(path.read_text(encoding="utf-8"))
    content["rows"][0]["settings"]["size"] = 7
    path.write_text(json.dumps(content), encoding="utf-8")
    assert len(records.stale("any")) == 2  # size 1 is missing, size 7 is not asked for
    records.record("any")
    assert topic[4:] == [(1, 0)]
    assert records.stale("any") == []


def test_stopping_a_training_leaves_no_row(topic, monkeypatch):
    """``fit`` catches the key and hands back what it has; ``record`` must not take it for a result."""

    def stopped_in_training(*, data, size, seed):
        def batches():
            yield torch.zeros(2, 3), torch.zeros(2, dtype=torch.int64)
            signal.raise_signal(signal.SIGINT)
            yield torch.zeros(2, 3), torch.zeros(2, dtype=torch.int64)

        fit(torch.nn.Linear(3, 2), batches(), losses.classification, pictures=4)
        return {"value": 1.0}

    broken = records.Experiment(stopped_in_training, ({"data": "toyworld", "size": 1},), seeds=(0,))
    monkeypatch.setattr(records, "experiments", lambda name: {"fake": broken})
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        records.record("any")
    assert records.load("any").rows == ()
    assert signal.getsignal(signal.SIGINT) is before


def test_effort_is_put_back(topic):
    records.record("any")
    assert runtime.effort() == 0.5


def test_a_setting_with_a_missing_seed_or_figure_is_not_handed_out(topic):
    found = records.record("any")
    part = records.Record("any", found.rows[:-1])
    with pytest.raises(LookupError, match="not all"):
        part.figures("fake", "value", data="toyworld", size=2)
    with pytest.raises(LookupError, match="value") as error:
        found.figures("fake", "valeu", data="toyworld", size=2)
    assert_bilingual(str(error.value))
    for ask in (lambda: found.about("fakes"), lambda: records.rerun("any", "fake", data="x")):
        with pytest.raises(LookupError):
            ask()
    assert len(topic) == 4  # nothing was run for it


def test_rerun_prints_both(topic, capsys):
    records.record("any")
    assert records.rerun("any", "fake", seed=1, data="toyworld", size=2) == {"value": 2.1}
    assert "now 2.100, recorded 2.050 (2.000–2.100)" in capsys.readouterr().out


def test_unknown_topic(capsys):
    with pytest.raises(ValueError, match="rotation") as error:
        records.experiments("nothing")
    assert_bilingual(str(error.value))
    assert main(["record", "nothing"]) == 1
    assert "Traceback" not in capsys.readouterr().err


# ------------------------------------------------------------ the records that are shipped


@pytest.mark.parametrize("name", TOPICS)
def test_no_row_is_stale(name):
    assert records.stale(name) == [], f"run python -m course_utils record {name}"


@pytest.mark.parametrize("name", TOPICS)
def test_rows_say_where_they_come_from(name):
    for row in records.load(name).rows:
        assert row["figures"]
        assert row["provenance"] and row["machine"] and row["date"] and row["torch"]


def test_a_row_can_be_made_again():
    """One training, run again here: as near to the recorded seeds as they are to each other.

    Four deviations, estimated from three seeds and not below one point: another machine's
    arithmetic gives another, equally good, training.
    """
    settings = {"data": "toyworld", "labels": 1000, "pictures": 24_000}
    recorded = records.load("rotation").figures("supervised", "accuracy", **settings)
    now = records.rerun("rotation", "supervised", seed=0, **settings)["accuracy"]
    around = 4 * max(recorded.std().item(), 0.01)
    assert abs(now - recorded.mean().item()) < around
    assert abs(0.1 - recorded.mean().item()) > around  # labels that say nothing would be seen
