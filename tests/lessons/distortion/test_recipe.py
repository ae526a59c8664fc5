"""The lesson trains as the recipe does: the same seed, the same history."""

from pathlib import Path

import nbformat
import pytest
import torch

from course_utils import models, runtime
from course_utils.data import photos, toyworld
from course_utils.data.prepared import Photos
from course_utils.figures import grids
from course_utils.lessons.distortion import experiments
from course_utils.pretext import distortion

LESSON = Path(__file__).parents[3] / "notebooks" / "02_distortion.ipynb"
SMALL = {"CLASSES": 20, "COPIES": 600}  # three steps
# From the imports to both trainings, without what is only shown, asked or measured in between.
CELLS = (
    "imports", "constants", "riddle", "surrogate-batch", "labels-figure", "learn", "fit-all",
    "natural-figure", "fit-colorless",
)  # fmt: skip


@pytest.fixture(scope="module")
def pictures():
    """A few hundred pictures of ToyWorld in place of a data set."""
    drawn = toyworld.stills(200, seed=0)
    return Photos(drawn.images, drawn.factors["kind"], toyworld.KINDS, "toyworld", "drawn")


@pytest.fixture
def lesson(monkeypatch, tmp_path, pictures):
    """The names that the lesson's own cells leave behind, run with little data. Nothing is shown."""
    source = {cell.id: cell.source for cell in nbformat.read(LESSON, as_version=4).cells}
    monkeypatch.chdir(tmp_path)  # where an exercise keeps its progress
    monkeypatch.setattr(photos, "load", lambda *_, **__: (pictures, pictures))
    monkeypatch.setattr(grids, "picture_grid", lambda *_, **__: None)
    names = {"world": pictures}
    for cell in CELLS:
        exec(source[cell], names)
        if cell == "constants":
            assert SMALL.keys() <= names.keys()
            names |= SMALL
    return names


def recipe(images, *, seed, without):
    exemplars = experiments.exemplars_of(images, SMALL["CLASSES"], seed)
    encoder, exemplars = (
        x.to(runtime.device()) for x in (models.small_encoder(images, seed=seed), exemplars)
    )
    strength = experiments.strengths(without, hue=1)
    return distortion.pretrain(
        encoder, exemplars, examples=SMALL["COPIES"], seed=seed, strength=strength
    )


def test_the_lesson_trains_as_the_recipe(lesson, pictures):
    images = pictures.images
    for without, net, history in (
        ("", "net", "history"),
        ("color", "color_net", "color_history"),
    ):
        same, expected = recipe(images, seed=lesson["SEED"], without=without)
        assert lesson[history].examples[-1] >= SMALL["COPIES"]
        assert lesson[history] == expected
        for mine, its in zip(lesson[net].parameters(), same.parameters(), strict=True):
            assert torch.equal(mine, its)
    assert lesson["history"] != lesson["color_history"]
    assert lesson["history"] != recipe(images, seed=lesson["SEED"] + 1, without="")[1]
