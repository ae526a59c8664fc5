import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from course_utils import runtime
from course_utils.data import toyclips
from course_utils.pretext import motion
from tests.oracles import assert_bilingual


def texture(height=96, width=120, seed=0, blur=5):
    """Smooth random brightness ``(H, W)``, deviation about 0.15."""
    shape = 1, 1, height + 2 * blur, width + 2 * blur
    noise = torch.rand(shape, generator=runtime.generator(seed))
    for _ in range(2):
        noise = F.avg_pool2d(noise, blur, 1)
    smooth = noise[0, 0, :height, :width]
    return 0.5 + 0.15 * (smooth - smooth.mean()) / smooth.std()


def panning(velocity, n=5, seed=0):
    """A window on a large texture that moves so that its content moves by ``velocity`` a frame."""
    large = texture(200, 220, seed)
    steps = torch.arange(n)[:, None] * torch.tensor(velocity)
    moved = motion.shift(large.expand(n, -1, -1), steps)
    return moved[:, 50:146, 50:170]


def test_gray_is_pillows():
    frames = torch.randint(256, (2, 3, 9, 11), generator=runtime.generator(0)).to(torch.uint8)
    found = motion.luma(frames)
    for frame, gray in zip(frames, found, strict=True):
        expected = np.asarray(Image.fromarray(frame.permute(1, 2, 0).numpy()).convert("L")) / 255
        np.testing.assert_allclose(gray, expected, atol=1 / 255)
    torch.testing.assert_close(motion.luma(frames.float() / 255), found)


def test_shift_moves_content_right_and_down():
    image = texture()
    moved = motion.shift(image[None], torch.tensor([[3.0, 2.0]]))[0]
    torch.testing.assert_close(moved[2:, 3:], image[:-2, :-3], atol=1e-4, rtol=0)


@pytest.mark.parametrize("velocity", [(0.0, 0.0), (3.0, -2.0), (0.5, 0.25), (-1.3, 4.6)])
def test_camera_motion_of_a_pan(velocity):
    found = motion.camera_motion(panning(velocity))
    expected = torch.tensor([velocity]).expand(4, 2)
    torch.testing.assert_close(found, expected, atol=0.1, rtol=0)


def test_phase_correlation_finds_large_shifts():
    found = motion.phase_correlation(panning((7.0, -6.0)))
    torch.testing.assert_close(found, torch.tensor([[7.0, -6.0]]).expand(4, 2), atol=0.5, rtol=0)


def test_camera_motion_is_that_of_most_of_the_frame():
    frames = panning((2.0, 1.0))
    still = texture(30, 30, seed=9)
    frames[:, 30:60, 40:70] = still  # does not move with the rest
    found = motion.camera_motion(frames)
    torch.testing.assert_close(found, torch.tensor([[2.0, 1.0]]).expand(4, 2), atol=0.1, rtol=0)


@pytest.mark.parametrize("velocity", [(0.7, -0.4), (-1.2, 0.9), (0.0, 0.0)])
def test_flow_of_a_translation(velocity):
    before, after = panning(velocity, n=2)
    found, trust = motion.flow(before[None], after[None])
    inside = trust[0, 10:-10, 10:-10] > 1e-4
    found = found[0, :, 10:-10, 10:-10][:, inside]
    assert inside.float().mean() > 0.3
    error = (found - torch.tensor(velocity)[:, None]).norm(dim=0)
    assert error.median() < 0.1


def test_flow_is_not_trusted_where_nothing_or_only_one_direction_is_seen():
    flat = torch.full((1, 40, 40), 0.5)
    stripes = (0.5 + 0.3 * torch.sin(torch.arange(40) / 2)).expand(1, 40, 40)
    for image in (flat, stripes):
        _, trust = motion.flow(image, image)
        assert trust[0, 6:-6, 6:-6].max() < 1e-5


def test_moving_points_lie_on_what_moves():
    film = toyclips.clip(40, things=2, seed=1)
    interest, moving = motion.moving_points(motion.luma(film.frames))
    assert moving.shape == interest.shape == (39, 16, 16)
    assert not (moving & ~interest).any()
    wide = F.max_pool2d(film.masks.any(1)[:-1, None].float(), 13, 1, 6)[:, 0] > 0
    near = wide[:, 2::4, 2::4]  # windows of 9 pixels see a thing from 6 pixels away
    assert moving[near].float().mean() > 3 * moving[~near].float().mean()
    empty = toyclips.clip(40, things=0, seed=1)
    _, noise = motion.moving_points(motion.luma(empty.frames))
    assert noise.float().mean() < moving.float().mean() / 2


def test_share_and_rule_by_hand():
    interest = torch.zeros(4, 2, 4, dtype=torch.bool)
    interest[1:] = True
    moving = torch.zeros_like(interest)
    moving[2, 0] = True  # 4 of 8
    moving[3] = True
    share = motion.moving_share(interest, moving)
    assert share.tolist() == [0, 0, 0.5, 1]
    assert motion.accepted(share).tolist() == [False, False, True, False]
    assert motion.accepted(torch.tensor([0.25, 0.75, 0.249, 0.751])).tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_best_window_is_that_of_a_loop():
    moving = torch.rand(6, 7, 9, generator=runtime.generator(0)) < 0.3
    for side in (1, 3, 7):
        top, left, number = motion.best_window(moving, side)
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
        motion.best_window(torch.zeros(1, 7, 9, dtype=torch.bool), side)
    assert_bilingual(str(error.value))


def test_flow_at_every_fourth_point_is_that_of_all():
    """With one step nothing is interpolated: the answers are the same, only fewer."""
    before, after = panning((0.7, -0.4), n=2)
    dense, trust = motion.flow(before[None], after[None], steps=1)
    coarse, seldom = motion.flow(before[None], after[None], every=4, steps=1)
    torch.testing.assert_close(coarse, dense[..., 2::4, 2::4])
    torch.testing.assert_close(seldom, trust[..., 2::4, 2::4])
    found = motion.flow(before[None], after[None], every=4)[0][0, :, 4:-4, 4:-4].flatten(1)
    inside = seldom[0, 4:-4, 4:-4].flatten() > 1e-4
    error = (found[:, inside] - torch.tensor([[0.7], [-0.4]])).norm(dim=0)
    assert error.median() < 0.1


def test_moving_points_do_not_depend_on_how_many_frames_are_looked_at_together(monkeypatch):
    gray = motion.luma(toyclips.clip(11, seed=3).frames)
    together = motion.moving_points(gray)
    monkeypatch.setattr(motion, "_CHUNK", 3 * gray[0].numel())
    for whole, parts in zip(together, motion.moving_points(gray), strict=True):
        assert (whole == parts).float().mean() > 0.999


def test_windows_are_fitted_to_evenly_moving_points():
    moving = torch.zeros(9, 16, 16, dtype=torch.bool)
    moving[:, 3:8, 5:9] = True  # 5 rows, 4 columns of cells of 4 pixels
    moving[4, 12:, 12:] = True  # moves in one frame of three only
    boxes, starts = motion.windows(moving, 6, step=3, rounds=1)
    assert starts.tolist() == [0, 3, 6]
    expected = torch.tensor([[5 * 4, 3 * 4, 9 * 4, 8 * 4]]).expand(3, -1).float()
    torch.testing.assert_close(boxes, expected, atol=1.5, rtol=0)


def test_windows_are_emptied_before_the_next_and_need_a_quarter():
    moving = torch.zeros(3, 16, 16, dtype=torch.bool)
    moving[:, :4, :4] = moving[:, 10:13, 10:13] = True
    moving[:, 8, 0] = True  # one point is not enough
    boxes, _ = motion.windows(moving, 4, rounds=5)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    torch.testing.assert_close(middles, torch.tensor([[8.0, 8.0], [46.0, 46.0]]))


def test_background_is_what_stays():
    frames = torch.full((41, 3, 8, 20), 90, dtype=torch.uint8)
    for t in range(41):
        frames[t, :, :, t % 20] = 255
    assert torch.equal(motion.background(frames), torch.full((3, 8, 20), 90, dtype=torch.uint8))


def test_foreground_leaves_what_has_changed_and_a_rim_of_two_pixels():
    behind = torch.full((3, 12, 20), 90, dtype=torch.uint8)
    frame = behind.clone()
    frame[1, 5, 8] = 90 + motion.CHANGED + 1  # one channel is enough
    frame[:, 5, 17] = 90 + motion.CHANGED  # not far enough
    expected = torch.full_like(frame, 128)
    expected[:, 3:8, 6:11] = frame[:, 3:8, 6:11]
    assert torch.equal(motion.foreground(frame, behind), expected)
