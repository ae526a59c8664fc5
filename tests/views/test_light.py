import pytest
import torch

from course_utils import runtime
from course_utils.pretext import rotation
from course_utils.views import light


def test_a_ramp_by_hand():
    gray = torch.full((1, 1, 3, 2), 0.5)
    lit = light.from_below(gray, 0.3)
    torch.testing.assert_close(lit[0, 0, :, 0], torch.tensor([0.2, 0.5, 0.8]))
    both = light.from_both_ends(gray, 0.3)
    torch.testing.assert_close(both[0, 0, :, 1], torch.tensor([0.8, 0.2, 0.8]))


@pytest.mark.parametrize("lay", [light.from_below, light.from_both_ends])
def test_nothing_leaves_the_range_and_no_light_changes_nothing(lay):
    images = torch.rand(4, 3, 8, 8, generator=runtime.generator(0))
    kept = images.clone()
    strong = lay(images, 0.9)
    assert strong.min() >= 0 and strong.max() <= 1 and not torch.equal(strong, images)
    assert torch.equal(lay(images, 0.0), images) and torch.equal(images, kept)


def test_only_one_of_them_has_a_direction():
    gray = torch.full((1, 3, 16, 16), 0.5)
    below, above = light.from_below(gray, 0.3), light.from_below(gray, -0.3)
    assert torch.allclose(rotation.rotate(below, 2), above)
    both = light.from_both_ends(gray, 0.3)
    assert torch.allclose(rotation.rotate(both, 2), both)
    # As much brighter at its brightest and darker at its darkest, but for the even number of rows.
    assert below.max() == both.max() and abs(below.min() - both.min()) < 0.05
