"""What the tests of several lessons need: a notebook's cells by id, and a record that says the opposite."""

import json
from pathlib import Path

import pytest
import torch

from course_utils import lang
from course_utils.exercises.claims import ClaimFailed
from course_utils.records.read import Record, recorded

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def cells_of(name):
    """The source of every cell of a lesson by its id: ``cells_of("03_rotation")``."""
    lesson = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in lesson["cells"]}


def lived(name, cells, **given):
    """The history that the training cells of a lesson give, after its imports and with ``given``, what
    stands in for the cells before, among the names.
    """
    source, there = cells_of(name), {}
    exec(source["imports"], there)
    there |= given
    for cell in cells:
        exec(source[cell], there)
    return there["history"]


def same_history(seen, history):
    """Two trainings were one: as many examples, the same precision, the same metrics."""
    assert seen.examples == history.examples and seen.precision == history.precision
    for name, values in history.metrics.items():
        assert seen.metrics[name] == pytest.approx(values, rel=1e-5)


def reversed_record(topic):
    """A record in which every figure f is 1 − f: what was better is worse."""
    rows = tuple(
        {**row, "figures": {name: 1 - value for name, value in row["figures"].items()}}
        for row in recorded(topic).rows
    )
    return Record(topic, rows)


def says_what_holds(say, language, capsys):
    """What a lesson says of its record holds, and is said in the language."""
    lang.set_language(language)
    say()
    told = capsys.readouterr().out
    assert "확인함" in told if language == "ko" else "checked" in told


def does_not_bear_out(say, modules, monkeypatch):
    """With the reversed record in the modules a claim fails."""
    for module in modules:
        monkeypatch.setattr(module, "recorded", reversed_record)
    with pytest.raises(ClaimFailed):
        say()


def is_about_these_pictures(here, capsys):
    """``findings.here`` claims a gain on CIFAR-10's test pictures, and nothing on others."""
    lang.set_language("en")
    right, wrong = (torch.rand(5, 2000) < p for p in (0.9, 0.5))
    after, before = (type("Probe", (), {"correct": x}) for x in (right, wrong))
    here([before], [after], sizes=(500,), data="cifar10")
    assert "500 labels" in capsys.readouterr().out
    with pytest.raises(ClaimFailed):
        here([after], [before], sizes=(500,), data="cifar10")
    here([after], [before], sizes=(500,), data="my photographs")
