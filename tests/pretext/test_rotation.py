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
