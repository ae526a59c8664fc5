import pytest
import torch
from torch import nn

from course_utils import runtime
from course_utils.data.prepared import Photos
from course_utils.lessons.rotation import experiments
from course_utils.pretext import rotation


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
    found = experiments.pretext(net, data="toyworld", pose="four")
    assert found["own"] == found["clean"]
    assert 0.95 < found["clean"] < 1  # some of the drawn pictures are black
    assert asked == [("toyworld", {"sun": "random"})]
    assert experiments.pretext(net, data="toyworld", pose="four") == found


def test_pretext_in_the_pose_of_training_and_with_a_stamp(asked):
    net = ReadsTheBrightSide()
    clean = experiments.pretext(net, data="toyworld", pose="four", sun="above")["clean"]
    assert asked[-1] == ("toyworld", {"sun": "above"})
    stamped = experiments.pretext(net, data="toyworld", pose="stamped")
    assert stamped["own"] == stamped["stamped"] and stamped["clean"] == clean


def test_arrangement_with_seams(asked):
    net = ReadsTheBrightSide()
    whole, mixed = (
        experiments.arrangement(net, data="toyworld", grid=grid, seed=0) for grid in (1, 4)
    )
    assert whole["own"] == whole["whole"] == mixed["whole"] > 0.9
    assert whole["clean"] == mixed["clean"] > 0.9
    assert mixed["own"] < mixed["whole"] - 0.1  # the bright tiles lie anywhere
    other = experiments.arrangement(net, data="toyworld", grid=4, seed=1)
    assert other["own"] != mixed["own"]  # the order is drawn by the seed


def test_light_from_below_turns_a_reader_of_light_upside_down(asked):
    """What looks for the bright side alone is right in light from above, and exactly wrong in
    strong light from below; light from both ends tells it nothing.
    """
    found = experiments.under_light(ReadsTheBrightSide(), data="toyworld")
    assert found["right-0.3"] > 0.95 and found["upside-0.3"] < 0.05
    assert found["right+0.5"] < 0.05 and found["upside+0.5"] > 0.9
    assert found["right+0.0"] == found["both+0.0"]
    assert found["ramp"] == 1
    assert len(found) == 3 * len(experiments.STRENGTHS) + 1


def test_networks_with_seams_saw_seams(monkeypatch):
    """With one tile the order is that of the picture; with four it is drawn anew for each."""
    seen = {}
    train = Photos(
        torch.randint(256, (64, 3, 16, 16), generator=runtime.generator(0)).to(torch.uint8),
        torch.zeros(64, dtype=torch.int64), ("x",), "tiny", "made here",
    )  # fmt: skip
    monkeypatch.setattr(experiments, "world", lambda data: (train, train))
    pretrain = rotation.pretrain

    def watched(encoder, images, *, pose, **how):
        x = images[:8].float() / 255
        seen["rotated"], seen["labels"] = pose(x)
        return pretrain(encoder, images, pose=pose, **how)

    monkeypatch.setattr(experiments.rotation, "pretrain", watched)
    for grid in (1, 2):
        experiments.learn_with_seams(data="tiny", examples=0, grid=grid, seed=0)
        rotated = seen["rotated"][:8]  # label 0
        whole = rotation.draw_seams(train.images[:8].float() / 255)
        assert torch.equal(rotated == 0.5, whole == 0.5)
        assert torch.equal(rotated, whole) == (grid == 1)
        assert seen["labels"].tolist() == [r for r in range(4) for _ in range(8)]


def test_the_probe_in_light_reads_the_world_in_that_light(monkeypatch):
    asked, read = [], []
    monkeypatch.setattr(
        experiments, "world", lambda data, **how: asked.append((data, how)) or ("train", "test")
    )
    monkeypatch.setattr(
        experiments.ruler, "read", lambda *what, **how: read.append((what, how)) or {}
    )
    experiments.probe_in_light("an encoder", data="toyworld", light="above")
    assert asked == [("toyworld", {"sun": "above"})]
    assert read == [(("an encoder", "train", "test"), {"readings": ("linear",)})]


def test_headlines_have_five_seeds():
    for e in experiments.EXPERIMENTS:
        if e.settings[0] in experiments.HEADLINE:
            assert e.seeds == experiments.FIVE, e.name
