import dataclasses

import pytest
import torch
import torch.nn.functional as F

from course_utils.data import toyclips, toyworld
from tests.oracles import assert_bilingual


@pytest.fixture(scope="module")
def film():
    return toyclips.clip(240, things=4, seed=3)


def test_shapes_and_ranges(film):
    t, k, s = 240, 4, 64
    assert film.frames.shape == (t, 3, s, s)
    assert film.frames.dtype == torch.uint8
    assert film.boxes.shape == (t, k, 4)
    assert film.masks.shape == (t, k, s, s)
    assert film.masks.dtype == torch.bool
    assert film.hidden.shape == (t, k)
    assert film.centers.shape == film.velocities.shape == (t, k, 2)
    assert film.camera.shape == (t, 2)
    assert len(film.factors["kind"].unique()) == k
    assert film.factors["scale"].shape == (t, k)


def test_the_same_arguments_give_the_same_bytes_and_leave_the_global_generator_alone():
    before = torch.get_rng_state()
    one, two, other = (toyclips.clip(5, seed=s) for s in (1, 1, 2))
    for name in ("frames", "boxes", "masks", "camera"):
        assert torch.equal(getattr(one, name), getattr(two, name))
    assert not torch.equal(one.frames, other.frames)
    assert not torch.equal(one.frames, toyclips.clip(5, seed=1, split="test").frames)
    assert torch.equal(before, torch.get_rng_state())


def test_velocity_is_the_change_of_the_center(film):
    central = (film.centers[2:] - film.centers[:-2]) / 2
    torch.testing.assert_close(film.velocities[1:-1], central, atol=0.01, rtol=0)
    assert film.velocities.norm(dim=2).max() > 0.5


def test_boxes_hold_all_that_is_seen_and_no_more(film):
    for t in range(0, 240, 7):
        for k in range(4):
            left, top, right, bottom = film.boxes[t, k].tolist()
            rows, columns = film.masks[t, k].nonzero().T
            if len(rows):
                assert left <= columns.min() and columns.max() < right
                assert top <= rows.min() and rows.max() < bottom
            if film.hidden[t, k] == 0 and min(left, top) > 0 and max(right, bottom) < 64:
                assert [left, top, right, bottom] == [
                    columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
                ]  # fmt: skip


def test_a_pixel_shows_the_nearest_thing_only(film):
    assert film.masks.sum(1).max() == 1


def test_hidden_is_what_nearer_things_cover(film):
    """The same things are drawn one at a time: what a mask lost to the nearer ones."""
    assert (film.hidden[:, 0] == 0).all()
    assert (film.hidden > 0.2).any(0)[1:].any()
    k = 3
    for t in range(0, 240, 11):
        where = film.centers[t, k] / 64
        f = film.factors
        drawing = toyworld.DRAWINGS[int(f["kind"][k])]
        alone = (
            toyworld._distances(
                drawing,
                where[:1],
                where[1:],
                f["scale"][t, k : k + 1],
                f["angle"][t, k : k + 1],
                64,
            ).amin(1)[0]
            < 0
        )
        seen = film.masks[t, k].sum()
        expected = 1 - seen / alone.sum().clamp(min=1)
        assert film.hidden[t, k].item() == pytest.approx(expected.item(), abs=0.03)


def test_camera_says_how_the_background_moves():
    """Without things, moving frame t back by the camera gives frame 0 again."""
    film = toyclips.clip(120, things=0, seed=5)
    assert film.camera.abs().max() > 4
    first = film.frames[0].float()
    for t in (20, 60, 119):
        x, y = (film.camera[t] * 2 / 64).tolist()
        theta = torch.tensor([[[1.0, 0, -x], [0, 1, -y]]])
        grid = F.affine_grid(theta, [1, 3, 64, 64], align_corners=False)
        moved = F.grid_sample(film.frames[t][None].float(), grid, align_corners=False)[0]
        there = F.grid_sample(torch.ones(1, 1, 64, 64), grid, align_corners=False)[0, 0] > 0.999
        assert there.sum() > 500
        error = (moved - first)[:, there].abs().mean()
        assert error < 0.35 * first.std() + 1
        unmoved = (film.frames[t].float() - first)[:, there].abs().mean()
        assert error < unmoved / 2


def test_without_a_pan_the_background_stands_still():
    film = toyclips.clip(40, things=0, seed=5, pan=False)
    assert (film.camera == 0).all()
    assert torch.equal(film.frames[0], film.frames[39])


def test_a_gray_world_has_the_same_shapes_and_no_color():
    colored, gray = (toyclips.clip(30, seed=2, color=c) for c in (True, False))
    for field in dataclasses.fields(colored):
        if field.name not in ("frames", "factors"):
            assert torch.equal(getattr(colored, field.name), getattr(gray, field.name))
    assert torch.equal(gray.frames[:, 0], gray.frames[:, 2])
    luma = torch.einsum("tchw,c->thw", colored.frames.float(), toyclips.LUMA)
    assert (luma - gray.frames[:, 0].float()).abs().max() <= 2


def test_tracks_pass_behind_one_another():
    """Of all things in ten clips, at least a fifth are half hidden some time within 60 frames."""
    half = [(toyclips.clip(60, seed=s).hidden > 0.5).any(0) for s in range(10)]
    assert torch.cat(half).float().mean() >= 0.2


@pytest.mark.parametrize(
    "wrong", [{"n_frames": 0}, {"things": 11}, {"things": -1}, {"size": 8}, {"split": "val"}]
)
def test_bad_arguments(wrong):
    with pytest.raises(ValueError, match=r".") as error:
        toyclips.clip(**({"n_frames": 3} | wrong))
    assert_bilingual(str(error.value))


def test_a_step_leaves_out_frames():
    every = toyclips.clip(61, seed=3)
    some = toyclips.clip(3, step=30, seed=3)
    assert torch.equal(some.frames, every.frames[::30])
    for name in ("boxes", "masks", "hidden", "centers", "velocities", "camera"):
        torch.testing.assert_close(getattr(some, name), getattr(every, name)[::30])
    with pytest.raises(ValueError, match="step 0"):
        toyclips.clip(3, step=0)


def test_thing_in_a_box():
    film = toyclips.clip(1, seed=2)
    for thing in range(3):
        if film.hidden[0, thing] < 0.1:
            assert toyclips.thing_in(film, 0, film.boxes[0, thing]) == thing
    assert toyclips.thing_in(film, 0, torch.tensor([-40.0, -40, -20, -20])) == -1
