import pytest
import torch

from course_utils import runtime
from course_utils.pretext import rotation
from tests.oracles import assert_bilingual


@pytest.mark.parametrize("shape", [(2, 3, 5, 5), (3, 6, 6)])
@pytest.mark.parametrize("turns", range(4))
def test_rotate_is_rot90(shape, turns):
    images = torch.rand(shape, generator=runtime.generator(0))
    assert torch.equal(rotation.rotate(images, turns), torch.rot90(images, turns, (-2, -1)))


def test_rotate_by_hand_is_counter_clockwise():
    picture = torch.tensor([[1, 2], [3, 4]])
    assert rotation.rotate(picture, 1).tolist() == [[2, 4], [1, 3]]


def test_rotate_refuses_other_turns():
    with pytest.raises(ValueError, match="0, 1, 2 or 3") as error:
        rotation.rotate(torch.zeros(3, 2, 2), 4)
    assert_bilingual(str(error.value))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_four_copies_against_a_loop(dtype):
    images = (torch.rand(3, 3, 4, 4, generator=runtime.generator(0)) * 255).to(dtype)
    rotated, labels = rotation.four_copies(images)
    expected = [torch.rot90(x, r, (1, 2)) for r in range(4) for x in images]
    assert torch.equal(rotated, torch.stack(expected))
    assert rotated.dtype == dtype
    assert labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert labels.dtype == torch.int64


def test_one_random_turn_gives_the_turn_it_labels():
    images = torch.rand(40, 3, 6, 6, generator=runtime.generator(0))
    turned, labels = rotation.one_random_turn(images, runtime.generator(1))
    assert set(labels.tolist()) == {0, 1, 2, 3}
    for image, result, label in zip(images, turned, labels.tolist(), strict=True):
        assert torch.equal(result, torch.rot90(image, label, (1, 2)))


def test_date_stamp_covers_the_corner_and_nothing_else():
    images = torch.rand(2, 3, 32, 32, generator=runtime.generator(0))
    before = images.clone()
    white, black = torch.tensor([2.0, 3.0, 4.0]), torch.tensor([-2.0, -3.0, -4.0])
    stamped = rotation.date_stamp(images, white, black)
    assert torch.equal(images, before)
    corner = stamped[:, :, :7, :9]
    for channel in range(3):
        assert set(corner[:, channel].unique().tolist()) == {channel + 2.0, -channel - 2.0}
    # The middle row of a 9 and an 8, by hand.
    assert (corner[0, 0, 3] > 0).tolist() == [bool(int(bit)) for bit in "011101110"]
    stamped[:, :, :7, :9] = images[:, :, :7, :9]
    assert torch.equal(stamped, images)


def test_date_stamp_is_as_large_on_large_pictures_and_differs_in_every_corner():
    large = torch.zeros(1, 3, 64, 64, dtype=torch.uint8) + 100
    stamped = rotation.date_stamp(large, torch.full((3,), 255), torch.zeros(3))
    assert stamped.dtype == torch.uint8
    assert (stamped != 100).any(1).nonzero()[:, 1:].amax(0).tolist() == [13, 17]
    small = rotation.date_stamp(large[:, :, :32, :32], torch.full((3,), 255), torch.zeros(3))
    assert torch.equal(stamped[:, :, ::2, ::2], small)
    copies, _ = rotation.four_copies(small)
    assert len(copies.unique(dim=0)) == 4


@pytest.mark.parametrize("grid", [1, 2, 4])
def test_shuffled_tiles_are_the_tiles(grid):
    images = torch.rand(5, 3, 8, 8, generator=runtime.generator(0))
    mixed = rotation.shuffle_tiles(images, grid, runtime.generator(1))
    tile = 8 // grid

    def tiles(picture):
        cut = picture.unfold(1, tile, tile).unfold(2, tile, tile)  # (3, grid, grid, tile, tile)
        return {t.contiguous().numpy().tobytes() for row in cut.permute(1, 2, 0, 3, 4) for t in row}

    for before, after in zip(images, mixed, strict=True):
        assert tiles(before) == tiles(after)
    assert torch.equal(mixed, images) == (grid == 1)


def test_every_order_of_tiles_occurs_and_pictures_get_their_own():
    images = torch.arange(4.0).view(1, 1, 2, 2).repeat(2400, 1, 1, 1)
    mixed = rotation.shuffle_tiles(images, 2, runtime.generator(0)).flatten(1)
    counts = mixed.unique(dim=0, return_counts=True)[1]
    assert len(counts) == 24
    assert counts.min() > 50 and counts.max() < 160


def test_tiles_must_fit():
    with pytest.raises(ValueError, match="3 × 3") as error:
        rotation.shuffle_tiles(torch.zeros(1, 3, 8, 8), 3, runtime.generator(0))
    assert_bilingual(str(error.value))


def test_pictures_without_an_upright_are_those_some_turn_leaves_alone():
    """Against the definition, on every 3 × 3 picture of two tones."""
    bits = torch.arange(2**9)[:, None] >> torch.arange(9) & 1
    pictures = bits.view(-1, 1, 3, 3)
    by_definition = [any(torch.equal(torch.rot90(p, r, (1, 2)), p) for r in (1, 2, 3)) for p in pictures]  # fmt: skip
    assert rotation.has_no_upright(pictures).tolist() == by_definition
    assert 0 < sum(by_definition) < len(pictures)
