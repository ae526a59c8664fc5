import pytest
import torch
from torch import nn

from course_utils import losses
from course_utils.lessons.distortion import experiments
from course_utils.pretext import distortion


@pytest.fixture
def grays():
    """Twenty flat pictures, each of a gray of its own."""
    return (torch.arange(20, dtype=torch.uint8) * 12)[:, None, None, None].repeat(1, 3, 32, 32)


class ReadsGray(nn.Module):
    """Tells a flat picture by its mean gray."""

    def __init__(self, images):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1000.0))
        self.register_buffer("grays", images[:, 0, 0, 0].float() / 255)

    def forward(self, x):
        return -self.scale * (x.mean((1, 2, 3))[:, None] - self.grays).abs()


STILL = dict.fromkeys(experiments.COLOR, 0)  # no distortion of colour


def test_exemplars_are_drawn_evenly(noise):
    images = noise(40).images
    everything = {x.numpy().tobytes() for x in images}
    drawn = experiments.exemplars_of(images, 12, 0)
    assert len({x.numpy().tobytes() for x in drawn} & everything) == 12
    assert torch.equal(drawn, experiments.exemplars_of(images, 12, 0))
    assert not torch.equal(drawn, experiments.exemplars_of(images, 12, 1))


def test_what_is_left_out_has_strength_0_and_the_rest_the_papers():
    assert experiments.strengths("", 5) == {"hue": 5}
    assert experiments.strengths("geometry", 1) == {"hue": 1} | dict.fromkeys(
        experiments.GEOMETRY, 0
    )
    assert experiments.strengths("color", 1) == STILL
    left_out = [f for families in experiments.WITHOUT.values() for f in families]
    assert sorted(left_out) == sorted(distortion.FAMILIES)


def test_told_counts_exemplars_told_by_a_net_and_by_color(grays):
    """The net is always right, and so is colour, until all exemplars are painted alike."""
    net = ReadsGray(grays)
    assert experiments.told(net, grays, grays, STILL, 0) == (1, 1)
    painted = torch.zeros_like(grays)  # all look like exemplar 0 now
    assert experiments.told(net, grays, painted, STILL, 0) == pytest.approx((1 / 20, 1 / 20))
    by_net, by_color = experiments.told(net, grays, grays, {"hue": 1}, 0)
    assert by_net < 0.9 and by_color < 0.9  # contrast moves the gray


def test_pretext_shows_the_same_pictures_without_their_things_on_toyworld(grays, monkeypatch):
    asked = []

    def world(data, *, things="kinds"):
        asked.append(things)
        images = torch.zeros_like(grays) if things == "none" else grays
        return [type("Part", (), {"images": images})]

    monkeypatch.setattr(experiments, "world", world)
    exemplars = experiments.exemplars_of(grays, 10, 0)
    same = {"data": "toyworld", "classes": 10, "seed": 0, "without": "color"}
    found = experiments.pretext(ReadsGray(exemplars), **same)
    assert found == {"net": 1, "color": 1, "erased": pytest.approx(1 / 10)}
    assert asked == ["kinds", "none"]
    found = experiments.pretext(ReadsGray(exemplars), **same | {"data": "cifar10"})
    assert set(found) == {"net", "color"}
    # Trained without things: its exemplars are those, and so are the erased ones.
    asked.clear()
    experiments.pretext(ReadsGray(exemplars), **same, things="none")
    assert asked == ["none", "none"]


def test_the_recipe_is_that_of_the_pretext_task(noise, monkeypatch):
    asked, given = [], []
    part = noise(40)
    monkeypatch.setattr(experiments, "world", lambda data, **how: asked.append(how) or [part])
    monkeypatch.setattr(
        distortion, "pretrain", lambda *what, **how: given.append((*what, how)) or ("net", None)
    )
    how = {"classes": 8, "examples": 512, "seed": 1, "hue": 5, "things": "none"}
    assert experiments.learn_exemplars(data="toyworld", without="geometry", **how) == "net"
    ((encoder, exemplars, rest),) = given
    assert asked == [{"things": "none"}]
    assert torch.equal(exemplars, experiments.exemplars_of(part.images, 8, 1))
    assert isinstance(encoder, nn.Sequential)
    assert rest == {
        "examples": 512,
        "seed": 1,
        "strength": {"hue": 5, "translation": 0, "scale": 0, "rotation": 0},
    }


def test_cost_of_a_step_is_that_of_its_last_layer(monkeypatch):
    steps = []
    monkeypatch.setattr(
        losses,
        "classification",
        lambda net, x, y: steps.append(len(x)) or (net.head(torch.zeros(1, 1024)).sum(), {}),
    )
    small, large = (experiments.step_cost(classes=n, seed=0) for n in (10, 20))
    assert steps == [256] * 16  # seven counted steps and one to warm up
    assert small["milliseconds"] > 0
    # Weights, gradients and momenta of 1,024 inputs and a bias; logits and their gradients.
    assert small["megabytes"] == pytest.approx(4 * 10 * (3 * 1025 + 2 * 256) / 1e6)
    assert large["megabytes"] == pytest.approx(2 * small["megabytes"])


def test_headlines_have_five_seeds():
    for e in experiments.EXPERIMENTS:
        if any(s in experiments.HEADLINE for s in e.settings):
            assert e.seeds == experiments.FIVE, e.name
            assert all(s in experiments.HEADLINE for s in e.settings)
