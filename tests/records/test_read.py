import json
import subprocess
import sys

import pytest
import torch

from course_utils.__main__ import main
from course_utils.records import read
from course_utils.records.read import Record, path_of, recorded, topics
from tests.oracles import assert_bilingual


def row(experiment, seed, figures, recipe=None, **settings):
    return {
        "experiment": experiment,
        "recipe": recipe,
        "settings": settings,
        "seed": seed,
        "figures": figures,
        "date": f"2026-01-0{seed + 1}",
        "machine": "2 cores",
        "provenance": "made here",
    }


ROWS = Record(
    "any",
    (
        *(
            row(
                "told", seed, {"net": n + seed / 10, "color": 0.5}, "exemplar", data=data, classes=n
            )
            for seed in (1, 0)  # read in the order of seeds, whatever the order of rows
            for data, n in (("toyworld", 100), ("cifar10", 100), ("cifar10", 500))
        ),
        row("told", 0, {"net": 9.0}, "floor", data="toyworld", classes=100),
    ),
)


def values(*numbers):
    return torch.tensor(numbers, dtype=torch.float32)


def test_a_row_is_found_by_as_many_settings_as_tell_it():
    torch.testing.assert_close(ROWS.figures("told", "net", classes=500), values(500, 500.1))
    found = ROWS.figures("told", "net", data="cifar10", classes=100)
    torch.testing.assert_close(found, values(100, 100.1))
    assert found.dtype == torch.float32
    # A recipe is one of the settings.
    assert ROWS.figures("told", "net", recipe="floor").tolist() == [9]
    torch.testing.assert_close(
        ROWS.figures("told", "net", data="toyworld", recipe="exemplar"), values(100, 100.1)
    )


def test_settings_of_the_one_that_is_meant():
    expected = {"recipe": "exemplar", "data": "cifar10", "classes": 500}
    assert ROWS.settings_of("told", classes=500) == expected
    with pytest.raises(LookupError):
        ROWS.settings_of("told", data="cifar10")


def test_all_figures_of_one_seed():
    assert ROWS.of_seed("told", 1, classes=500) == {"net": 500.1, "color": 0.5}
    with pytest.raises(LookupError) as error:
        ROWS.of_seed("told", 7, classes=500)
    assert_bilingual(str(error.value))
    with pytest.raises(LookupError):
        ROWS.of_seed("told", 0, data="cifar10")


def test_several_settings_are_refused_and_listed():
    with pytest.raises(LookupError) as error:
        ROWS.figures("told", "net", data="cifar10")
    assert_bilingual(str(error.value))
    for n in (100, 500):
        assert str(error.value).count(f'"classes": {n}, "data": "cifar10"') == 2
    with pytest.raises(LookupError) as error:  # two recipes of equal settings
        ROWS.figures("told", "net", data="toyworld")
    assert '"recipe": "floor"' in str(error.value) and '"recipe": "exemplar"' in str(error.value)


@pytest.mark.parametrize(
    ("experiment", "asked"),
    [
        ("told", {"data": "toyworld", "classes": 500}),
        ("told", {"recipe": "rotation"}),
        ("told", {"pose": "four"}),
        ("tald", {}),
    ],
)
def test_nothing_found(experiment, asked):
    for ask in (
        lambda: ROWS.figures(experiment, "net", **asked),
        lambda: ROWS.outcome(experiment=experiment, **asked),
        lambda: ROWS.about(experiment, **asked),
    ):
        with pytest.raises(LookupError, match="record any") as error:
            ask()
        assert_bilingual(str(error.value))


def test_unknown_figure():
    for ask in (
        lambda: ROWS.figures("told", "nett", classes=500),
        lambda: ROWS.stages("nett", experiment="told", classes=500),
        lambda: ROWS.outcome("nett", experiment="told", classes=500),
        lambda: PROBED.outcome("linear_50", recipe="rotation"),
    ):
        with pytest.raises(LookupError, match=r"nett|linear_50") as error:
            ask()
        assert_bilingual(str(error.value))
        assert "net, color" in str(error.value) or "linear_500_block1_test" in str(error.value)


# ------------------------------------------------------------ the stage that counts


def probed(seed, figures, **settings):
    """A row of the ruler: ``{reading: {stage: (validation, test)}}``."""
    return row(
        "probe",
        seed,
        {
            f"{reading}_{stage}_{part}": value
            for reading, stages in figures.items()
            for stage, pair in stages.items()
            for part, value in zip(("validation", "test"), pair, strict=True)
        },
        **settings,
    )


PROBED = Record(
    "any",
    (
        # Seed by seed block2, block2 and block1 would be chosen; by the mean it is block1. By test
        # it would be block3, and with 500 labels or by neighbours another one, too.
        *(
            probed(
                seed,
                {
                    "linear_10000": {
                        "block1": (first, 0.3 + seed / 100),
                        "block2": (0.50, 0.7),
                        "block3": (0.10, 0.9),
                    },
                    "linear_500": {
                        "block1": (0.1, 0.21),
                        "block2": (0.9, 0.6),
                        "block3": (0.1, 0.7),
                    },
                    "neighbours_10000": {
                        "block1": (0.2, 0.22),
                        "block2": (0.2, 0.5),
                        "block3": (0.8, 0.8),
                    },
                },
                recipe="rotation",
                data="toyworld",
            )
            for seed, first in enumerate((0.45, 0.45, 0.75))
        ),
        probed(0, {"linear_10000": {"pixels": (0.2, 0.25)}}, data="toyworld", world="pixels"),
        # Patches: 1,500 labels are the most there are.
        probed(
            0,
            {
                "linear_500": {"block1": (0.9, 0.1), "block2": (0.1, 0.2)},
                "linear_1500": {"block1": (0.3, 0.4), "block2": (0.6, 0.5)},
                "neighbours_1500": {"block1": (0.9, 0.9), "block2": (0.1, 0.8)},
            },
            recipe="tracking",
            data="toyworld",
        ),
    ),
)


def test_the_stage_has_the_best_mean_validation_over_the_seeds():
    found = PROBED.outcome(recipe="rotation")
    assert found.stage == "block1"
    assert found.validation == pytest.approx(0.55)
    torch.testing.assert_close(found.values, values(0.3, 0.31, 0.32))


def test_the_stage_is_the_same_for_every_reading():
    for reading, expected in (("linear_500", 0.21), ("neighbours_10000", 0.22)):
        found = PROBED.outcome(reading, recipe="rotation", data="toyworld")
        assert found.stage == "block1"
        torch.testing.assert_close(found.values, values(*[expected] * 3))


def test_the_largest_number_of_labels_decides():
    for reading, expected in (("linear_1500", 0.5), ("linear_500", 0.2), ("neighbours_1500", 0.8)):
        found = PROBED.outcome(reading, recipe="tracking")
        assert (found.stage, found.validation) == ("block2", pytest.approx(0.6))
        torch.testing.assert_close(found.values, values(expected))


def test_stages_are_handed_out_in_order():
    found = PROBED.stages("linear_500", recipe="rotation")
    assert list(found) == ["block1", "block2", "block3"]
    torch.testing.assert_close(found["block2"], values(0.6, 0.6, 0.6))
    assert list(PROBED.stages("linear_10000", world="pixels")) == ["pixels"]


# ------------------------------------------------------------ about, and files


def test_about_says_seeds_date_machine_and_data(capsys):
    ROWS.about("told", classes=500)
    told = capsys.readouterr().out
    expected = ("told", "seeds [0, 1]", "2026-01-02", "2 cores", "Data: made here")
    assert all(word in told for word in expected)
    ROWS.about("told")  # of several settings together
    assert capsys.readouterr().out.count("2 cores") == 1


def test_rows_are_read_from_beside_the_experiments(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "LESSONS", tmp_path)
    for topic in ("b", "a", "without"):
        (tmp_path / topic).mkdir()
    for topic in ("b", "a"):
        (tmp_path / topic / "experiments.py").touch()
    recorded.cache_clear()
    assert topics() == ["a", "b"]
    assert recorded("a").rows == ()  # before the first run
    recorded.cache_clear()
    text = json.dumps({"topic": "a", "rows": [row("told", 0, {"net": 1.0})]})
    path_of("a").write_text(text, encoding="utf-8")
    assert recorded("a").figures("told", "net").tolist() == [1]
    recorded.cache_clear()


def test_unknown_topic(capsys):
    with pytest.raises(ValueError, match="rotation") as error:
        recorded("nothing")
    assert_bilingual(str(error.value))
    assert main(["record", "nothing"]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_reading_imports_no_experiment_and_nothing_that_trains():
    code = (
        "import sys; from course_utils.records.read import recorded, topics\n"
        "for topic in topics(): recorded(topic)\n"
        "print([m for m in sys.modules if m.startswith('course_utils.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = eval(done.stdout)
    assert "course_utils.records.read" in loaded
    leaves = {"course_utils.lang", "course_utils.texts"}
    assert set(loaded) <= {"course_utils.records", "course_utils.records.read"} | leaves
