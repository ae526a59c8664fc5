import pytest
import torch
from torch import nn

from course_utils import models
from course_utils.lessons.tracking import experiments
from course_utils.pretext.pairs import SOURCES, Pairs


@pytest.fixture
def asked(noise, monkeypatch):
    """What was asked of worlds and pairs; all of them are small."""
    asked = []
    images = noise(24, 32).images
    pairs = Pairs(images.view(12, 2, 3, 32, 32), torch.arange(12) // 2, torch.arange(12) % 10, 0.75)

    def hand_out(name, what):
        return lambda *args, **how: asked.append((name, *args, how)) or what

    monkeypatch.setattr(experiments, "world", hand_out("world", [noise(8, 32)] * 2))
    monkeypatch.setattr(experiments, "true_pairs", hand_out("true", pairs))
    monkeypatch.setattr(experiments, "mined_pairs", hand_out("mined", pairs))
    monkeypatch.setattr(experiments, "labelled_patches", hand_out("labelled", (None, pairs)))
    asked.append(pairs)
    return asked


HOW = {"data": "toyworld", "gray": 0.5, "hard_from": 0.3, "seed": 1}


def test_learn_tracks_on_true_and_on_mined_pairs(asked, monkeypatch):
    pairs, given = asked[0], []
    monkeypatch.setattr(
        experiments.tracking,
        "pretrain",
        lambda *what, **how: given.append((what, how)) or ("net", None),
    )
    assert experiments.learn_tracks(**HOW, examples=128) == "net"
    experiments.learn_tracks(**HOW, examples=128, color=False)
    experiments.learn_tracks(**HOW, examples=128, source="stands")
    for (encoder, images, clips), how in given:
        assert isinstance(encoder, nn.Sequential)
        assert images is pairs.patches and clips is pairs.clips
        assert how == {"examples": 128, "seed": 1, "gray": 0.5, "hard_from": 0.3}
    clips = experiments.CLIPS
    assert asked[1:] == [
        ("world", "toyworld", {"color": True}),
        ("true", clips, "train", 1, {"color": True}),
        ("world", "toyworld", {"color": False}),
        ("true", clips, "train", 1, {"color": False}),
        ("world", "toyworld", {"color": True}),
        ("mined", "stands", 1, {}),
    ]


def test_without_examples_no_pair_is_drawn(asked):
    net = experiments.learn_tracks(**HOW, examples=0)
    assert isinstance(net, models.Classifier)
    assert [what[0] for what in asked[1:]] == ["world"]
    trained = experiments.learn_tracks(**HOW, examples=1)
    net.load_state_dict(trained.state_dict())


def test_patches_are_read_in_the_colours_of_the_setting(monkeypatch):
    read = []
    monkeypatch.setattr(
        experiments, "kinds_from_patches", lambda net, **how: read.append((net, how)) or {}
    )
    encoder = models.small_encoder(torch.zeros(1, 3, 8, 8, dtype=torch.uint8))
    experiments.patches(models.classifier(encoder, 4), gray_input=True)
    experiments.patches(encoder, gray_input=False, color=False)
    assert read == [
        (encoder, {"color": True, "gray": True}),
        (encoder, {"color": False, "gray": False}),
    ]


def test_pretext_says_whether_the_embedding_has_collapsed(asked):
    class Constant(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(1, 8))

        def forward(self, x):
            return self.weight * torch.ones(len(x), 1)

    collapsed = experiments.pretext(Constant(), seed=0)
    assert collapsed["ordered"] == 0
    assert collapsed["spread"] == pytest.approx(0, abs=1e-5)
    net = models.classifier(models.small_encoder(asked[0].patches.flatten(0, 1)), 16)
    alive = experiments.pretext(net, seed=0, color=False)
    assert alive["spread"] > 0.01 and alive["rank"] > 1.5
    assert 0.2 < alive["by_color"] < 0.8  # noise has no colour of its own
    assert alive["by_color"] == collapsed["by_color"]
    assert asked[1:] == [("labelled", True, {}), ("labelled", False, {})]


def test_sources(asked):
    assert experiments.sources(source="mined", seed=3) == {"pairs": 12, "same": 0.75}
    assert asked[1:] == [("mined", "mined", 3, {})]
    (planned,) = [e for e in experiments.EXPERIMENTS if e.name == "sources"]
    assert {s["source"] for s in planned.settings} == set(SOURCES)


def test_read_from():
    settings = ({"a": 1}, {"a": 2})
    assert experiments.read_from(settings, True) == (
        {"a": 1, "gray_input": True},
        {"a": 2, "gray_input": True},
    )
    assert len(experiments.read_from(settings, False, True)) == 4


def test_headlines_and_their_floor_have_five_seeds():
    seeds = {}
    for e in experiments.EXPERIMENTS:
        for s in e.settings:
            of = {k: v for k, v in s.items() if k != "gray_input"}
            seeds.setdefault((e.recipe and e.recipe.name, str(sorted(of.items()))), set()).add(
                e.seeds
            )
    for s in experiments.HEADLINE:
        assert seeds["tracking", str(sorted(s.items()))] == {experiments.FIVE}
    assert seeds["floor", str(sorted(experiments.FLOORS[0].items()))] == {experiments.FIVE}


def test_a_probe_on_gray_patches_has_a_gray_floor():
    patches = [e for e in experiments.EXPERIMENTS if e.name == "patches"]
    inputs = {
        (e.recipe.name, s.get("color", True), s["gray_input"]) for e in patches for s in e.settings
    }
    for name, color, gray in inputs:
        if name != "floor":
            assert ("floor", color, gray) in inputs
