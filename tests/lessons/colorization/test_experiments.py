import math

import pytest
import torch
from torch import nn

from course_utils import runtime
from course_utils.data import toyworld
from course_utils.data.prepared import Photos
from course_utils.data.worlds import without_color
from course_utils.lessons import recipes
from course_utils.lessons.colorization import experiments, hues
from course_utils.pretext import colorization
from course_utils.views.lab import rgb_to_lab
from course_utils.views.streams import to_float


@pytest.fixture
def small_world(monkeypatch):
    """ToyWorld of 60 training and 40 test pictures; what was asked of it."""
    asked = []

    def find(data, *, sun="random", color=True):
        asked.append((data, color))
        parts = []
        for n, split in ((60, "train"), (40, "test")):
            drawn = toyworld.stills(n, split=split, seed=0)
            images = drawn.images if color else without_color(drawn.images)
            parts.append(Photos(images, drawn.factors["kind"], ("x",) * 10, data, "drawn"))
        return tuple(parts)

    for module in (experiments, recipes):
        monkeypatch.setattr(module, "world", find)
    return asked


def test_gray_pixels_are_the_same_at_every_position_of_the_dial(small_world):
    """And the pictures that the probe reads are no others."""
    worlds = {d: experiments.dependent_world(d) for d in experiments.DEPENDENCES}
    read = without_color(toyworld.stills(60, seed=0).images)
    for images in worlds.values():
        gray, _ = hues.split_stored(to_float(images))
        assert torch.equal((255 * gray).round().to(torch.uint8), read)
    assert not torch.equal(worlds[0.0], worlds[1.0])


def test_the_dial_says_how_many_hues_are_those_of_the_kind(monkeypatch):
    drawn = toyworld.stills(2000, seed=0)
    photos = Photos(without_color(drawn.images), drawn.factors["kind"], (), "toyworld", "drawn")
    monkeypatch.setattr(experiments, "world", lambda *a, **k: (photos, photos))
    for share in experiments.DEPENDENCES:
        _, ab = hues.split_stored(to_float(experiments.dependent_world(share)))
        mask = drawn.masks[:, None]
        assert ab[~mask.expand_as(ab)].abs().max() < 0.5  # the background has no colour
        mean = (ab * mask).sum((2, 3)) / mask.sum((2, 3))
        assert mean.norm(dim=1) == pytest.approx(torch.full((2000,), hues.CHROMA), abs=1.0)
        angle = torch.atan2(mean[:, 1], mean[:, 0])
        own = 2 * math.pi * drawn.factors["kind"] / 10
        near = ((angle - own).cos() > math.cos(0.06)).float().mean().item()
        by_chance = 2 * 0.06 / (2 * math.pi)
        assert near == pytest.approx(share + (1 - share) * by_chance, abs=0.03)


def test_swapped_colors_are_those_of_another_picture():
    images = to_float(toyworld.stills(5, seed=1).images)
    gray, ab = experiments.swapped(images)
    own_gray, own_ab = colorization.split_color(images)
    assert torch.equal(gray, own_gray)
    assert torch.equal(ab[1:], own_ab[:-1]) and torch.equal(ab[0], own_ab[-1])


class KnowsTheTruth(nn.Module):
    """Paints given colours, as regression does: in bins."""

    def __init__(self, ab, offset=0.0):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.ab, self.offset = ab, offset

    def forward(self, images):
        return (self.ab + self.offset)[: len(images)] / colorization.BIN * self.scale


def test_chroma_and_error_of_the_truth_and_of_an_offset(small_world, monkeypatch):
    monkeypatch.setattr(runtime, "fastest_precision", lambda device: torch.float32)
    test = toyworld.stills(40, split="test", seed=0).images
    ab = nn.functional.avg_pool2d(rgb_to_lab(to_float(test))[:, 1:], 4)
    found = experiments.chroma_and_error(KnowsTheTruth(ab), data="toyworld", how="regression")
    assert found["error_regression"] == pytest.approx(0, abs=1e-3)
    assert found["chroma_regression"] == pytest.approx(found["truth"], rel=1e-4)
    assert found["gray"] == pytest.approx(ab.square().sum(1).mean().sqrt().item(), rel=1e-4)
    moved = KnowsTheTruth(ab, torch.tensor([3.0, 4.0]).view(1, 2, 1, 1))
    found = experiments.chroma_and_error(moved, data="toyworld", how="regression")
    assert found["error_regression"] == pytest.approx(5, rel=1e-3)


def test_classification_is_decoded_in_three_ways(small_world):
    """Whatever it believes, the mean lies nearer to gray than the mode."""
    net = experiments.learn_colors(data="toyworld", examples=0, how="classified", seed=0)
    found = experiments.chroma_and_error(net, data="toyworld", how="classified")
    assert set(found) == {"truth", "gray"} | {
        f"{x}_{y}" for x in ("chroma", "error") for y in experiments.TEMPERATURES
    }
    assert found["chroma_mean"] < found["chroma_annealed"] < found["chroma_mode"]


@pytest.mark.parametrize("how", experiments.WAYS)
def test_every_way_trains_from_the_same_first_weights_on_gray(how, small_world, monkeypatch):
    taken = {}
    monkeypatch.setattr(
        experiments.colorization, "pretrain",
        lambda encoder, images, **asked: taken.update(encoder=encoder, images=images, **asked) or (None, None),
    )  # fmt: skip
    experiments.learn_colors(data="toyworld", examples=7, how=how, seed=2)
    assert taken["examples"] == 7 and taken["seed"] == 2
    assert (taken["uniform"], taken["split"]) == experiments.WAYS[how]
    assert (taken["images"] != taken["images"][:, :1]).any()  # colours are there to be predicted
    assert {color for _, color in small_world} == {False, True}


def test_gray_arms_see_no_color(small_world, monkeypatch):
    seen = []
    for module in (recipes.rotation, recipes.supervised):
        monkeypatch.setattr(
            module, "pretrain", lambda encoder, images, *more, **how: seen.append(images) or (0, 0)
        )
    experiments.learn_gray_rotation(data="toyworld", examples=4, seed=0)
    experiments.learn_gray_labels(data="toyworld", examples=4, seed=0)
    assert len(seen) == 2 and all((x == x[:, :1]).all() for x in seen)


def test_headlines_have_five_seeds():
    for e in experiments.EXPERIMENTS:
        if any(experiments.HEADLINE[0].items() <= setting.items() for setting in e.settings):
            assert e.seeds == experiments.FIVE, e.name
