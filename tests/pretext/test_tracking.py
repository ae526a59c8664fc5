import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from course_utils import runtime
from course_utils.data import toyclips
from course_utils.pretext import tracking
from tests.oracles import assert_bilingual


def texture(height=96, width=120, seed=0, blur=5):
    """Smooth random brightness ``(H, W)``, deviation about 0.15."""
    noise = torch.rand(1, 1, height + 2 * blur, width + 2 * blur, generator=runtime.generator(seed))
    for _ in range(2):
        noise = F.avg_pool2d(noise, blur, 1)
    smooth = noise[0, 0, :height, :width]
    return 0.5 + 0.15 * (smooth - smooth.mean()) / smooth.std()


def panning(velocity, n=5, seed=0):
    """A window that moves over a large texture so that its content moves by ``velocity`` a frame."""
    large = texture(200, 220, seed)
    steps = torch.arange(n)[:, None] * torch.tensor(velocity)
    moved = tracking.shift(large.expand(n, -1, -1), steps)
    return moved[:, 50:146, 50:170]


def test_gray_is_pillows():
    frames = torch.randint(256, (2, 3, 9, 11), generator=runtime.generator(0)).to(torch.uint8)
    found = tracking.to_gray(frames)
    for frame, gray in zip(frames, found, strict=True):
        expected = np.asarray(Image.fromarray(frame.permute(1, 2, 0).numpy()).convert("L")) / 255
        np.testing.assert_allclose(gray, expected, atol=1 / 255)
    torch.testing.assert_close(tracking.to_gray(frames.float() / 255), found)


def test_shift_moves_content_right_and_down():
    image = texture()
    moved = tracking.shift(image[None], torch.tensor([[3.0, 2.0]]))[0]
    torch.testing.assert_close(moved[2:, 3:], image[:-2, :-3], atol=1e-4, rtol=0)


@pytest.mark.parametrize("velocity", [(0.0, 0.0), (3.0, -2.0), (0.5, 0.25), (-1.3, 4.6)])
def test_camera_motion_of_a_pan(velocity):
    found = tracking.camera_motion(panning(velocity))
    expected = torch.tensor([velocity]).expand(4, 2)
    torch.testing.assert_close(found, expected, atol=0.1, rtol=0)


def test_phase_correlation_finds_large_shifts():
    found = tracking.phase_correlation(panning((7.0, -6.0)))
    torch.testing.assert_close(found, torch.tensor([[7.0, -6.0]]).expand(4, 2), atol=0.5, rtol=0)


def test_camera_motion_is_that_of_most_of_the_frame():
    frames = panning((2.0, 1.0))
    still = texture(30, 30, seed=9)
    frames[:, 30:60, 40:70] = still  # does not move with the rest
    found = tracking.camera_motion(frames)
    torch.testing.assert_close(found, torch.tensor([[2.0, 1.0]]).expand(4, 2), atol=0.1, rtol=0)


@pytest.mark.parametrize("velocity", [(0.7, -0.4), (-1.2, 0.9), (0.0, 0.0)])
def test_flow_of_a_translation(velocity):
    before, after = panning(velocity, n=2)
    motion, trust = tracking.flow(before[None], after[None])
    inside = trust[0, 10:-10, 10:-10] > 1e-4
    found = motion[0, :, 10:-10, 10:-10][:, inside]
    assert inside.float().mean() > 0.3
    error = (found - torch.tensor(velocity)[:, None]).norm(dim=0)
    assert error.median() < 0.1


def test_flow_is_not_trusted_where_nothing_or_only_one_direction_is_seen():
    flat = torch.full((1, 40, 40), 0.5)
    stripes = (0.5 + 0.3 * torch.sin(torch.arange(40) / 2)).expand(1, 40, 40)
    for image in (flat, stripes):
        _, trust = tracking.flow(image, image)
        assert trust[0, 6:-6, 6:-6].max() < 1e-5


def test_moving_points_lie_on_what_moves():
    film = toyclips.clip(40, things=2, seed=1)
    interest, moving = tracking.moving_points(tracking.to_gray(film.frames))
    assert moving.shape == interest.shape == (39, 16, 16)
    assert not (moving & ~interest).any()
    wide = F.max_pool2d(film.masks.any(1)[:-1, None].float(), 13, 1, 6)[:, 0] > 0
    near = wide[:, 2::4, 2::4]  # windows of 9 pixels see a thing from 6 pixels away
    assert moving[near].float().mean() > 3 * moving[~near].float().mean()
    empty = toyclips.clip(40, things=0, seed=1)
    _, noise = tracking.moving_points(tracking.to_gray(empty.frames))
    assert noise.float().mean() < moving.float().mean() / 2


def test_share_and_rule_by_hand():
    interest = torch.zeros(4, 2, 4, dtype=torch.bool)
    interest[1:] = True
    moving = torch.zeros_like(interest)
    moving[2, 0] = True  # 4 of 8
    moving[3] = True
    share = tracking.moving_share(interest, moving)
    assert share.tolist() == [0, 0, 0.5, 1]
    assert tracking.accepted(share).tolist() == [False, False, True, False]
    assert tracking.accepted(torch.tensor([0.25, 0.75, 0.249, 0.751])).tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_best_window_is_that_of_a_loop():
    moving = torch.rand(6, 7, 9, generator=runtime.generator(0)) < 0.3
    for side in (1, 3, 7):
        top, left, number = tracking.best_window(moving, side)
        for t in range(6):
            counts = {
                (y, x): int(moving[t, y : y + side, x : x + side].sum())
                for y in range(7 - side + 1)
                for x in range(9 - side + 1)
            }
            assert int(number[t]) == max(counts.values())
            first = min(place for place, count in counts.items() if count == max(counts.values()))
            assert (int(top[t]), int(left[t])) == first


@pytest.mark.parametrize("side", [0, 8])
def test_a_window_that_does_not_fit(side):
    with pytest.raises(ValueError, match="does not fit") as error:
        tracking.best_window(torch.zeros(1, 7, 9, dtype=torch.bool), side)
    assert_bilingual(str(error.value))


def passing(n=25, gone=None):
    """A textured square of 20 pixels that moves by (2, 1) a frame over another texture; its boxes."""
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
    found = tracking.track(frames, boxes[0], length=30)
    assert len(found.boxes) == len(found.confidence) == 25
    torch.testing.assert_close(found.boxes, boxes, atol=1.0, rtol=0)
    assert found.start == 0 and found.confidence[1:].min() > tracking.LOST


def test_a_track_starts_where_it_is_told_and_ends_after_its_length():
    frames, boxes = passing()
    found = tracking.track(frames, boxes[6], start=6, length=10)
    assert found.start == 6 and len(found.boxes) == 10
    torch.testing.assert_close(found.boxes, boxes[6:16], atol=1.0, rtol=0)


def test_confidence_falls_when_the_thing_is_gone():
    frames, boxes = passing(gone=12)
    followed = tracking.track(frames, boxes[0], lost=0.0)
    before, after = followed.confidence[2:12], followed.confidence[12:]
    assert after[0] < before.min()
    ended = tracking.track(frames, boxes[0], lost=float(before.min() + after[0]) / 2)
    assert len(ended.boxes) == 12


def test_peak_to_sidelobe_against_a_loop():
    answer = torch.rand(20, 20, generator=runtime.generator(0))
    answer[18, 3] = 7.0  # near a border: the surroundings wrap round
    rest = [
        float(answer[y, x])
        for y in range(20)
        for x in range(20)
        if min(abs(y - 18), 20 - abs(y - 18)) > 5 or min(abs(x - 3), 20 - abs(x - 3)) > 5
    ]
    expected = (7.0 - np.mean(rest)) / np.std(rest, ddof=1)
    assert tracking.peak_to_sidelobe(answer) == pytest.approx(expected, rel=1e-4)
