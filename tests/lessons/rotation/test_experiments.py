import pytest
import torch
from torch import nn

from course_utils.data.prepared import Photos
from course_utils.lessons.rotation import experiments


class ReadsTheBrightSide(nn.Module):
    """Which side is bright: top, left, bottom, right, as a picture with a bright top is turned."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(100.0))

    def forward(self, x):
        sides = x[:, :, :2], x[:, :, :, :2], x[:, :, -2:], x[:, :, :, -2:]
        return self.scale * torch.stack([side.mean((1, 2, 3)) for side in sides], 1)


@pytest.fixture
def asked(monkeypatch):
    """2,100 pictures with a bright top as test pictures; what was asked of the world."""
    images = torch.zeros(2100, 3, 16, 16, dtype=torch.uint8)
    images[:, :, :2] = 200
    images[2000:] = 0  # of which 2,000 are drawn
    test = Photos(images, torch.zeros(2100, dtype=torch.int64), ("x",), "tiny", "made here")
    asked = []
    monkeypatch.setattr(
        experiments, "world", lambda data, **how: asked.append((data, how)) or (None, test)
    )
    return asked


def test_pretext_counts_turns_that_are_told(asked):
    net = ReadsTheBrightSide()
    found = experiments.pretext(net, data="toyworld", pose="four", seed=0)
    assert found["own"] == found["clean"]
    assert 0.95 < found["clean"] < 1  # some of the drawn pictures are black
    assert asked == [("toyworld", {"sun": "random"})]
    assert experiments.pretext(net, data="toyworld", pose="four", seed=1) == found


def test_pretext_in_the_pose_of_training_and_with_a_stamp(asked):
    net = ReadsTheBrightSide()
    clean = experiments.pretext(net, data="toyworld", pose="four", seed=0)["clean"]
    found = experiments.pretext(net, data="toyworld", pose="quarters", seed=0, sun="above")
    assert asked[-1] == ("toyworld", {"sun": "above"})
    assert found["clean"] == clean > found["own"] + 0.1  # the bright tiles lie anywhere
    stamped = experiments.pretext(net, data="toyworld", pose="stamped", seed=0)
    assert stamped["own"] == stamped["stamped"] == found["stamped"]


def test_the_world_without_the_cue_is_read_with_light_from_anywhere(monkeypatch):
    read = []
    monkeypatch.setattr(experiments, "probe", lambda net, **how: read.append(how) or {})
    experiments.probe_under_any_light(None, data="toyworld")
    assert read == [{"data": "toyworld"}]


def test_headlines_have_five_seeds():
    for e in experiments.EXPERIMENTS:
        if any(s in experiments.HEADLINE for s in e.settings):
            assert e.seeds == experiments.FIVE, e.name
            assert all(s in experiments.HEADLINE for s in e.settings)
