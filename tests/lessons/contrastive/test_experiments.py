import functools
import math

import pytest
import torch
import torch.nn.functional as F

from course_utils import models, runtime
from course_utils.data import toyworld
from course_utils.data.prepared import Photos
from course_utils.data.worlds import without_color
from course_utils.evaluate import ruler
from course_utils.lessons.contrastive import collapse, experiments, finding
from course_utils.pretext import contrastive


@pytest.fixture
def small_world(monkeypatch):
    """ToyWorld of 140 training and 200 test pictures; what was asked of it."""
    asked = []

    @functools.cache
    def made(color, things):
        parts = []
        for n, split in ((140, "train"), (200, "test")):
            drawn = toyworld.stills(n, split=split, seed=0, things=things)
            images = drawn.images if color else without_color(drawn.images)
            parts.append(Photos(images, drawn.factors["kind"], ("x",) * 10, "toyworld", "drawn"))
        return tuple(parts)

    def find(data, *, color=True, things="kinds"):
        asked.append((data, color, things))
        return made(color, things)

    for module in (experiments, collapse):
        monkeypatch.setattr(module, "world", find)
    return asked


def test_a_recipe_hands_on_every_setting(small_world, monkeypatch):
    taken = {}
    monkeypatch.setattr(
        contrastive, "pretrain",
        lambda encoder, images, **asked: taken.update(images=images, **asked) or (None, None),
    )  # fmt: skip
    how = {"strength": 0.5, "batch": 16, "temperature": 0.3, "color": False, "things": "none"}
    experiments.learn_views(data="toyworld", examples=7, seed=2, **how)
    assert (taken["examples"], taken["seed"], taken["strength"], taken["batch"]) == (7, 2, 0.5, 16)
    assert small_world == [("toyworld", False, "none")]
    assert (taken["images"] == taken["images"][:, :1]).all()  # no colour
    z = torch.randn(8, 5, generator=runtime.generator(0))
    assert torch.equal(taken["objective"](z, None), contrastive.nt_xent(z, 0.3))


def test_what_the_course_uses_is_the_default(small_world, monkeypatch):
    taken = {}
    monkeypatch.setattr(contrastive, "pretrain", lambda *a, **asked: taken.update(asked) or (0, 0))
    experiments.learn_views(data="toyworld", examples=7, seed=2)
    z = torch.randn(8, 5, generator=runtime.generator(0))
    assert torch.equal(taken["objective"](z, None), contrastive.against_the_batch(z, None))
    assert taken["strength"] == contrastive.STRENGTH


def test_pictures_of_the_same_class_are_spared():
    """By a loop: strangers of the same class are in no denominator, the partner always is."""
    labels = torch.tensor([0, 1, 1, 2, 0])
    index = torch.tensor([4, 0, 2, 1])  # classes 0, 0, 1, 1
    z = torch.randn(8, 5, generator=runtime.generator(0))
    u, of = F.normalize(z, dim=1), labels[index].repeat(2)
    total = 0.0
    for i in range(8):
        j = (i + 4) % 8
        kept = [k for k in range(8) if k != i and (of[k] != of[i] or k == j)]
        total += torch.logsumexp(u[kept] @ u[i] / 0.2, 0) - u[i] @ u[j] / 0.2
    assert experiments.spared(labels, 0.2, z, index).item() == pytest.approx(total.item() / 8, rel=1e-5)  # fmt: skip


def test_without_two_of_a_class_nothing_is_spared():
    z = torch.randn(8, 5, generator=runtime.generator(1))
    spared = experiments.spared(torch.arange(4), 0.2, z, torch.arange(4))
    assert spared.item() == pytest.approx(contrastive.nt_xent(z, 0.2).item(), rel=1e-6)


def test_partners_alone_are_attracted():
    z = torch.tensor([[3.0, 0], [0, 1], [1, 0], [0, -2]])
    value = collapse.attract(z, torch.arange(2)).item()
    assert value == pytest.approx(0 / contrastive.TEMPERATURE, abs=1e-6)  # +1 and −1
    together = collapse.attract(torch.ones(4, 2), torch.arange(2)).item()
    assert together == pytest.approx(-1 / contrastive.TEMPERATURE)


class Pixels(torch.nn.Module):
    """Embeds a view by its own pixels."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(1))

    def forward(self, images):
        return self.scale * images.flatten(1)


def test_finding_is_asked_of_the_same_views(small_world, monkeypatch):
    monkeypatch.setattr(runtime, "fastest_precision", lambda device: torch.float32)
    monkeypatch.setattr(experiments, "ASKED", 130)
    found = experiments.finds(Pixels(), data="toyworld", strength=0.25, seed=1)
    views = experiments.asked("toyworld", 0.25, 1)
    assert views.shape == (260, 3, 32, 32)
    assert torch.equal(views, experiments.asked("toyworld", 0.25, 1))
    rounded = (255 * views).round() / 255
    assert found["found"] == pytest.approx(finding.told(rounded.flatten(1)).float().mean().item())
    first, second = rounded.flatten(1).chunk(2)
    losses = [
        contrastive.nt_xent(torch.cat([first[i : i + 64], second[i : i + 64]]), 0.2).item()
        for i in (0, 64)  # the last two pictures make no whole batch
    ]
    assert found["loss"] == pytest.approx(sum(losses) / 2, rel=1e-4)
    assert found["bound"] == pytest.approx(math.log(127) - found["loss"])


def test_behind_the_projector_has_as_many_dimensions(small_world, monkeypatch):
    seen = {}

    def look(inside, labels, outside, test_labels, **how):
        seen.update(inside=inside, outside=outside)
        return {}

    monkeypatch.setattr(ruler, "read_features", look)
    images = small_world_images()
    encoder = models.small_encoder(images, seed=0)
    experiments.behind_the_projector(encoder, data="toyworld")
    assert set(seen["inside"]) == {"reduced"}
    experiments.behind_the_projector(contrastive.projected(encoder, seed=0), data="toyworld")
    assert {name: x.shape for name, x in seen["inside"].items()} == dict.fromkeys(
        ("reduced", "projector"), (140, contrastive.DIMENSIONS)
    )
    assert seen["outside"]["projector"].shape == (200, contrastive.DIMENSIONS)
    # Principal components: not correlated, the last the largest.
    covariance = seen["inside"]["reduced"].T.cov()
    spread = covariance.diagonal()
    off = covariance - torch.diag(spread)
    assert off.abs().max() < 1e-3 * spread.max() and spread.argmax() == len(spread) - 1


def small_world_images():
    return toyworld.stills(140, seed=0).images


@pytest.mark.parametrize("method", ["SimCLR", "BYOL", "VICReg"])
def test_a_trace_looks_again_and_again(method, small_world, monkeypatch):
    monkeypatch.setattr(collapse, "TRACED", 2 * 128)
    monkeypatch.setattr(collapse, "EVERY", 1)
    traced = {
        taken: collapse.collapse_traced(data="toyworld", method=method, taken=taken, seed=0)
        for taken in (False, True)
    }
    for figures in traced.values():
        looks = sorted(name for name in figures if name.startswith("spread_"))
        assert looks == ["spread_00", "spread_01", "spread_02"]
        assert sum(name.startswith("x_00_") for name in figures) == collapse.POINTS
    # The same weights at first, and another path afterwards.
    assert traced[False]["rank_00"] == traced[True]["rank_00"]
    assert traced[False]["rank_02"] != traced[True]["rank_02"]
    other = collapse.collapse_traced(data="toyworld", method=method, taken=False, seed=1)
    assert not any(name.startswith("x_") for name in other)


def test_headlines_have_five_seeds():
    for e in experiments.EXPERIMENTS:
        if e.recipe is experiments.CONTRASTIVE and experiments.HEADLINE[0] in e.settings:
            assert e.seeds == experiments.FIVE, e.name
