import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.data import toyclips
from course_utils.pretext import motion, tracker
from tests.pretext.test_motion import texture

FIRST = torch.tensor([0])


def passing(n=25, gone=None):
    """A textured square of 20 px that moves by (2, 1) a frame over another texture; its boxes."""
    frames = texture(100, 120, seed=1).expand(n, -1, -1).clone()
    thing = (texture(20, 20, seed=2, blur=3) + 0.2).clamp(0, 1)
    boxes = []
    for t in range(n):
        left, top = 15 + 2 * t, 20 + t
        if gone is None or t < gone:
            frames[t, top : top + 20, left : left + 20] = thing
        boxes.append([left, top, left + 20, top + 20])
    return frames, torch.tensor(boxes).float()


def test_a_thing_is_followed_to_the_end():
    frames, boxes = passing()
    (found,) = tracker.track(frames, boxes[:1], FIRST, length=30)
    assert len(found.boxes) == len(found.confidence) == 25
    torch.testing.assert_close(found.boxes, boxes, atol=1.0, rtol=0)
    assert found.start == 0 and found.confidence[1:].min() > tracker.LOST


def test_a_track_starts_where_it_is_told_and_ends_after_its_length():
    frames, boxes = passing()
    (found,) = tracker.track(frames, boxes[6:7], torch.tensor([6]), length=10)
    assert found.start == 6 and len(found.boxes) == 10
    torch.testing.assert_close(found.boxes, boxes[6:16], atol=1.0, rtol=0)


def test_confidence_falls_when_the_thing_is_gone():
    frames, boxes = passing(gone=12)
    (followed,) = tracker.track(frames, boxes[:1], FIRST, lost=0.0)
    before, after = followed.confidence[2:12], followed.confidence[12:]
    assert after[0] < before.min()
    (ended,) = tracker.track(frames, boxes[:1], FIRST, lost=float(before.min() + after[0]) / 2)
    assert len(ended.boxes) == 12


def test_peak_to_sidelobe_against_a_loop():
    answers = torch.rand(2, 20, 20, generator=runtime.generator(0))
    answers[0, 18, 3] = 7.0  # near a border: the surroundings wrap round
    answers[1, 9, 11] = 3.0
    for answer, (v, u), found in zip(
        answers, ((18, 3), (9, 11)), tracker.peak_to_sidelobe(answers), strict=True
    ):
        rest = [
            float(answer[y, x])
            for y in range(20)
            for x in range(20)
            if min(abs(y - v), 20 - abs(y - v)) > 5 or min(abs(x - u), 20 - abs(x - u)) > 5
        ]
        expected = (float(answer[v, u]) - np.mean(rest)) / np.std(rest, ddof=1)
        assert float(found) == pytest.approx(expected, rel=1e-4)


def test_tracks_do_not_disturb_one_another():
    frames, boxes = passing()
    together = tracker.track(frames, boxes[[0, 6]], torch.tensor([0, 6]), length=8)
    for start, found in zip((0, 6), together, strict=True):
        (alone,) = tracker.track(frames, boxes[[start]], torch.tensor([start]), length=8)
        torch.testing.assert_close(found.boxes, alone.boxes, atol=0.02, rtol=0)
        assert found.start == alone.start == start


def test_a_growing_thing_gets_a_growing_box():
    thing = (texture(40, 40, seed=2, blur=3) + 0.2).clamp(0, 1)
    frames = texture(120, 120, seed=1).expand(20, -1, -1).clone()
    sides = [20 + t for t in range(20)]
    for t, side in enumerate(sides):
        shown = F.interpolate(thing[None, None], (side, side), mode="bilinear")[0, 0]
        corner = 60 - side // 2
        frames[t, corner : corner + side, corner : corner + side] = shown
    (found,) = tracker.track(frames, torch.tensor([[50.0, 50, 70, 70]]), FIRST, length=20, lost=0)
    last = found.boxes[-1]
    assert 30 < last[2] - last[0] < 48  # 39 in truth, 20 at first
    torch.testing.assert_close((last[:2] + last[2:]) / 2, torch.full((2,), 60.0), atol=2, rtol=0)


def test_cut_is_a_plain_crop_at_whole_pixels():
    pictures = torch.rand(2, 3, 12, 15, generator=runtime.generator(0))
    boxes = torch.tensor([[2.0, 3, 7, 8], [9.0, 0, 14, 5]])
    found = tracker.cut(pictures, boxes, 5)
    torch.testing.assert_close(found[0], pictures[0, :, 3:8, 2:7])
    torch.testing.assert_close(found[1], pictures[1, :, 0:5, 9:14])
    outside = tracker.cut(pictures, torch.tensor([[-5.0, -5, 0, 0]]).expand(2, -1), 3)
    torch.testing.assert_close(outside, pictures[:, :, :1, :1].expand(-1, -1, 3, 3))


def test_overlap_by_hand():
    a = torch.tensor([[0.0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 2, 2], [0, 0, 4, 4]])
    b = torch.tensor([[0.0, 0, 2, 2], [1, 1, 3, 3], [2, 0, 4, 2], [1, 1, 3, 3]])
    torch.testing.assert_close(tracker.overlap(a, b), torch.tensor([1, 1 / 7, 0, 0.25]))


def test_share_inside_by_hand():
    moving = torch.zeros(2, 4, 4, dtype=torch.bool)
    moving[0, 1, 1:3] = True
    moving[1] = True
    boxes = torch.tensor([[4.0, 4, 12, 12], [0, 0, 1, 1]])  # 4 points, and none
    assert tracker.share_inside(moving, boxes).tolist() == [0.5, 0]


def test_mined_tracks_against_the_truth():
    """What the lesson states, on clips of its kind: three things, a pan, occlusions."""
    frames, same, standing, overlaps, still, occluded = 0, [], [], [], [], []
    for seed in range(300, 312):
        film = toyclips.clip(91, seed=seed, split="test")
        frames += len(film.frames)
        for found in tracker.mine(motion.luma(film.frames)):
            start, end = found.start, found.start + 30
            assert len(found.boxes) == tracker.LENGTH
            thing = toyclips.thing_in(film, start, found.boxes[0])
            same.append(thing >= 0 and thing == toyclips.thing_in(film, end, found.boxes[-1]))
            standing.append(thing >= 0 and thing == toyclips.thing_in(film, end, found.boxes[0]))
            truth = film.boxes[end, thing]
            overlaps.append(float(tracker.overlap(found.boxes[-1], truth)) if thing >= 0 else 0)
            still.append(float(tracker.overlap(found.boxes[0], truth)) if thing >= 0 else 0)
        occluded += [float(h) for h in film.hidden[:31].amax(0)]
    assert 1000 * len(same) / frames >= 20
    assert np.mean(same) >= 0.8 > 2 * np.mean(standing)
    assert np.median(overlaps) >= 0.5 > 2 * np.median(still)
    assert np.mean(np.array(occluded) > 0.25) >= 0.2


def test_nothing_is_mined_where_nothing_moves():
    still = texture(64, 64).expand(40, -1, -1)
    assert tracker.mine(still) == []
    for n in (1, 20):  # too short
        assert tracker.mine(motion.luma(toyclips.clip(n, seed=1).frames)) == []


def straight(start, first, speed, length=10, side=4.0):
    left = torch.tensor(first) + torch.arange(length)[:, None] * torch.tensor(speed)
    return tracker.Track(start, torch.cat([left, left + side], 1), torch.ones(length))


def test_joined_by_hand():
    walker = straight(0, [0.0, 0.0], [1.0, 0.0])
    beside = straight(5, [6.0, 2.0], [1.0, 0.0])  # 2 pixels away in the same frames
    later = straight(15, [16.0, 2.0], [1.0, 0.0])  # where the first is by then, were it to go on
    away = straight(0, [0.0, 40.0], [1.0, 0.0])
    late = straight(40, [40.0, 0.0], [1.0, 0.0])  # the gap is too long
    assert tracker.joined([walker, away]) == [0, 1]
    numbers = tracker.joined([walker, away, beside, later, late])
    assert numbers[0] == numbers[2] == numbers[3]
    assert len({numbers[0], numbers[1], numbers[4]}) == 3
    assert tracker.joined([walker, later], gap=2) == [0, 1]
    assert tracker.joined([]) == []
