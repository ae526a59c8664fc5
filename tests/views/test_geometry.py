"""Each view against torchvision's function of the same name, picture by picture."""

import functools

import pytest
import torch
import torchvision.transforms.v2.functional as tv
from torchvision.transforms import InterpolationMode

from course_utils import runtime
from course_utils.views import geometry
from tests.oracles import assert_bilingual
from tests.views.oracle import (
    assert_drawn_for_each,
    assert_waits_for_nothing,
    one_by_one,
    pictures,
    share_changed,
)

BILINEAR = InterpolationMode.BILINEAR


@pytest.fixture(scope="module")
def images():
    return pictures()


def test_crop(images):
    top, left = torch.tensor([0, 1, 2, 3, 4, 8]), torch.tensor([8, 0, 3, 5, 2, 1])
    ours = geometry.crop(images, top, left, 12)
    theirs = one_by_one(lambda x, t, c: tv.crop(x, int(t), int(c), 12, 12), images, top, left)
    assert torch.equal(ours, theirs)


@pytest.mark.parametrize(("top", "left"), [(0, 9), (9, 0), (-1, 0), (0, -1)])
def test_crop_refuses_windows_outside(images, top, left):
    with pytest.raises(ValueError, match="leaves") as error:
        geometry.crop(images, torch.full((6,), top), torch.full((6,), left), 12)
    assert_bilingual(str(error.value))


def test_random_crop_is_a_crop_of_the_reflected_picture(images):
    generator = runtime.generator(3)
    ours = geometry.random_crop(images, 4, generator)
    top, left = torch.randint(9, (2, 6), generator=runtime.generator(3))
    padded = tv.pad(images, [4], padding_mode="reflect")
    theirs = one_by_one(lambda x, t, c: tv.crop(x, int(t), int(c), 20, 20), padded, top, left)
    assert torch.equal(ours, theirs)


def test_flip(images):
    flipped = torch.tensor([True, False, True, False, False, True])
    theirs = one_by_one(lambda x, f: tv.horizontal_flip(x) if f else x, images, flipped)
    assert torch.equal(geometry.flip(images, flipped), theirs)


@pytest.mark.parametrize("size", [20, 32, 7])  # the last one shrinks: antialiasing
def test_resized_crop(images, size):
    top, left = torch.tensor([0, 1, 2, 3, 4, 10]), torch.tensor([8, 0, 3, 5, 2, 1])
    height, width = torch.tensor([20, 3, 12, 17, 1, 9]), torch.tensor([12, 20, 17, 1, 9, 5])
    ours = geometry.resized_crop(images, top, left, height, width, size)

    def oracle(x, t, c, h, w):
        box = [int(t), int(c), int(h), int(w)]
        return tv.resized_crop(x, *box, [size, size], BILINEAR, antialias=True)

    theirs = one_by_one(oracle, images, top, left, height, width)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("top", "height"), [(-1, 5), (0, 0), (10, 11)])
def test_resized_crop_refuses_rectangles_outside(images, top, height):
    tops, heights, ones = (torch.full((6,), v) for v in (top, height, 1))
    with pytest.raises(ValueError, match="leaves the 20×20") as error:
        geometry.resized_crop(images, tops, ones, heights, ones, 8)
    assert_bilingual(str(error.value))


@pytest.mark.parametrize("shape", [(20, 20), (18, 30)])
def test_affine(shape):
    images = torch.rand(5, 3, *shape, generator=runtime.generator(1))
    angle = torch.tensor([0.0, 20, -35, 90, 5])
    translate = torch.tensor([[0.0, 0], [3, -2], [-1, 4], [0, 0], [2, 2]])
    scale = torch.tensor([1.0, 0.7, 1.4, 1, 1.1])
    shear = torch.tensor([[0.0, 0], [0, 0], [10, 0], [0, 0], [5, -12]])
    ours = geometry.affine(images, angle, translate, scale, shear)

    def oracle(x, a, t, s, sh):
        return tv.affine(x, float(a), t.tolist(), float(s), sh.tolist(), BILINEAR)

    theirs = one_by_one(oracle, images, angle, translate, scale, shear)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=0)


def test_full_circle_turns_counter_clockwise_inside_the_disc():
    images = torch.rand(4, 3, 32, 32, generator=runtime.generator(0))
    turned = geometry.turn_full_circle(images, torch.tensor([0.0, 90.0, 180.0, 270.0]))
    middle = (torch.arange(32) - 15.5) ** 2
    inside = middle[:, None] + middle[None, :] <= 15**2
    for picture, result, r in zip(images, turned, range(4), strict=True):
        expected = torch.rot90(picture, r, (1, 2))[:, inside]
        torch.testing.assert_close(result[:, inside], expected, atol=1e-4, rtol=0)
        assert (result[:, ~inside] == 0.5).all()


def test_gaussian_blur(images):
    sigma = torch.tensor([0.1, 0.5, 1.0, 2.0, 3.0, 0.7])
    theirs = one_by_one(lambda x, s: tv.gaussian_blur(x, [5, 5], [float(s)] * 2), images, sigma)
    torch.testing.assert_close(geometry.gaussian_blur(images, sigma, 5), theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kernel_size", [0, 4, 41])
def test_blur_refuses_kernels(images, kernel_size):
    with pytest.raises(ValueError, match="odd number") as error:
        geometry.gaussian_blur(images, torch.ones(6), kernel_size)
    assert_bilingual(str(error.value))


RANDOM = {
    "random_crop": lambda x, g: geometry.random_crop(x, 4, g),
    "random_flip": geometry.random_flip,
    "random_resized_crop": lambda x, g: geometry.random_resized_crop(x, x.shape[-1], g),
    "random_blur": functools.partial(geometry.random_blur, kernel_size=5),
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_views(name):
    assert_drawn_for_each(RANDOM[name], outcomes=2 if name == "random_flip" else None)
    assert_waits_for_nothing(RANDOM[name])


def test_probabilities():
    margin = 4 * (0.25 / 4000) ** 0.5
    assert abs(share_changed(geometry.random_flip, p=0.5) - 0.5) < margin
    blurred = share_changed(geometry.random_blur, kernel_size=3, sigma=(1, 2), p=0.3)
    assert abs(blurred - 0.3) < margin


def test_draws_by_hand():
    drawn = geometry.uniform(5, 2.0, 4.0, runtime.generator(0))
    torch.testing.assert_close(drawn, 2 + 2 * torch.rand(5, generator=runtime.generator(0)))
    tossed = geometry.coin(5, 0.4, runtime.generator(0))
    assert torch.equal(tossed, torch.rand(5, generator=runtime.generator(0)) < 0.4)


def test_resized_crop_ranges():
    """Areas and aspect ratios cover what was asked for (large pictures: rounding is small)."""
    images = torch.zeros(2000, 3, 64, 64)
    rows = torch.linspace(0, 1, 64)[:, None].expand(64, 64)
    images[:, 0], images[:, 1] = rows, rows.T
    out = geometry.random_resized_crop(images, 64, runtime.generator(0))
    span = lambda x: x.amax((1, 2)) - x.amin((1, 2)) + 1 / 64  # noqa: E731
    height, width = span(out[:, 0]), span(out[:, 1])
    area = height * width
    assert 0.07 < area.min() < 0.1
    assert area.max() > 0.95
    small = area < 0.5  # larger ones are clipped to the picture
    aspect = (width / height)[small]
    assert 0.65 < aspect.min() < 0.8
    assert 1.25 < aspect.max() < 1.5
