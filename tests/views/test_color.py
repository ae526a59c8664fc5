"""Each view against torchvision's function of the same name, picture by picture."""

import functools

import pytest
import torch
import torchvision.transforms.v2.functional as tv

from course_utils import runtime
from course_utils.views import color
from tests.views.oracle import (
    assert_drawn_for_each,
    assert_waits_for_nothing,
    one_by_one,
    pictures,
    share_changed,
)

JITTER = {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1}


@pytest.fixture(scope="module")
def images():
    return pictures()


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_adjust(images, name):
    factor = torch.tensor([0.0, 0.3, 1.0, 1.7, 2.5, 0.9])
    ours = getattr(color, f"adjust_{name}")(images, factor)
    oracle = getattr(tv, f"adjust_{name}")
    theirs = one_by_one(lambda x, f: oracle(x, float(f)), images, factor)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_adjust_hue(images):
    images = images.clone()
    images[0] = 0.5  # gray has no hue
    images[1, :2] = 0.0  # pure blue
    images[2, 0] = images[2, 1]  # ties between channels
    factor = torch.tensor([0.3, 0.5, -0.5, 0.0, 0.1, -0.2])
    theirs = one_by_one(lambda x, f: tv.adjust_hue(x, float(f)), images, factor)
    torch.testing.assert_close(color.adjust_hue(images, factor), theirs, atol=1e-5, rtol=0)


def test_to_gray(images):
    theirs = tv.rgb_to_grayscale(images, num_output_channels=3)
    torch.testing.assert_close(color.to_gray(images), theirs)


RANDOM = {
    "random_color_jitter": functools.partial(color.random_color_jitter, **JITTER, p=0.8),
    "random_gray": color.random_gray,
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_views(name):
    assert_drawn_for_each(RANDOM[name], outcomes=2 if name == "random_gray" else None)
    assert_waits_for_nothing(RANDOM[name])


def test_probabilities():
    margin = 4 * (0.25 / 4000) ** 0.5
    assert abs(share_changed(color.random_gray, p=0.2) - 0.2) < margin
    assert abs(share_changed(color.random_color_jitter, **JITTER, p=0.8) - 0.8) < margin


@pytest.mark.parametrize("name", JITTER)
def test_jitter_of_one_kind_is_that_adjustment(name):
    """Factors fill 1 ± x (hue ± x), and what is 0 changes nothing: found again by torchvision."""
    one = torch.rand(1, 3, 6, 6, generator=runtime.generator(5))
    strength = dict.fromkeys(JITTER, 0.0) | {name: 0.3}
    images = one.repeat(200, 1, 1, 1)
    found = color.random_color_jitter(images, runtime.generator(0), **strength)
    middle = 0 if name == "hue" else 1
    tried = torch.linspace(middle - 0.3, middle + 0.3, 241)
    oracle = getattr(tv, f"adjust_{name}")
    table = torch.stack([oracle(one[0], float(f)) for f in tried])
    off, nearest = (found[:, None] - table).abs().amax((2, 3, 4)).min(1)
    assert off.max() < 1.5e-2  # between two entries of the table
    assert tried[nearest].min() < middle - 0.28 and tried[nearest].max() > middle + 0.28


def test_the_order_of_the_adjustments_is_drawn_and_seeded():
    orders = [tuple(color._order(4, runtime.generator(s))) for s in range(200)]
    assert len(set(orders)) == 24
    assert orders[7] == tuple(color._order(4, runtime.generator(7)))
