import math

import numpy as np
import pytest
import torch
from skimage import color, transform

from course_utils import runtime
from course_utils.pretext import distortion
from tests.oracles import assert_bilingual


def pictures(n=4, size=24, seed=0):
    return torch.rand(n, 3, size, size, generator=runtime.generator(seed))


def exemplars(n=100, size=20):
    """Random uint8 pictures."""
    return torch.randint(256, (n, 3, size, size), generator=runtime.generator(0)).to(torch.uint8)


def neutral(n):
    return distortion.draw_parameters(
        n, runtime.generator(0), strength=dict.fromkeys(distortion.FAMILIES, 0)
    )


# ------------------------------------------------------------ parameters


def test_parameters_fill_the_papers_ranges():
    drawn = distortion.draw_parameters(20_000, runtime.generator(0))
    for name, low, high in (
        ("translation", -0.2, 0.2), ("scale", 0.7, 1.4), ("rotation", -20, 20),
        ("components", 0.5, 2), ("power", 0.25, 4), ("factor", 0.7, 1.4),
        ("shift", -0.1, 0.1), ("hue", -0.1, 0.1),
    ):  # fmt: skip
        values = drawn[name]
        assert low <= values.min() and values.max() <= high
        assert values.min() < low + 0.02 * (high - low)
        assert values.max() > high - 0.02 * (high - low)
    for name in ("components", "power"):  # halving is as likely as doubling
        assert drawn[name].log().mean().abs() < 0.02
    wide = distortion.draw_parameters(5000, runtime.generator(0), strength={"hue": 5})["hue"]
    assert wide.abs().max() > 0.49


def test_strength_stretches_a_range_in_its_own_scale():
    once, twice = (
        distortion.draw_parameters(
            50, runtime.generator(0), strength=dict.fromkeys(distortion.FAMILIES, k)
        )
        for k in (1, 2)
    )
    for name in ("translation", "rotation", "shift", "hue"):
        torch.testing.assert_close(twice[name], 2 * once[name])
    for name in ("scale", "components", "power", "factor"):
        torch.testing.assert_close(twice[name], once[name] ** 2, rtol=1e-5, atol=0)


def test_overlap_by_hand():
    """The same square; half a side away; twice the size; an eighth of a turn (an octagon); far."""
    given = neutral(5) | {
        "translation": torch.tensor([[0.0, 0], [0.5, 0], [0, 0], [0, 0], [2, 0]]),
        "scale": torch.tensor([1.0, 1, 0.5, 1, 1]),
        "rotation": torch.tensor([0.0, 0, 0, 45, 0]),
    }
    octagon = 2 * (math.sqrt(2) - 1)
    expected = torch.tensor([1, 0.5 / 1.5, 0.25, octagon / (2 - octagon), 0])
    torch.testing.assert_close(distortion.window_overlap(given), expected, atol=0.01, rtol=0)


@pytest.mark.parametrize("family", distortion.FAMILIES)
def test_leaving_a_family_out_changes_nothing_else(family):
    drawn = distortion.draw_parameters(6, runtime.generator(0))
    without = distortion.draw_parameters(6, runtime.generator(0), strength={family: 0})
    mine = {"saturation": {"power", "factor", "shift"}}.get(family, {family})
    for name, values in drawn.items():
        assert torch.equal(values, without[name]) == (name not in mine)
        if name in mine:
            assert len(without[name].unique()) == 1


def test_unknown_family_is_an_error():
    with pytest.raises(ValueError, match="shear") as error:
        distortion.draw_parameters(1, runtime.generator(0), strength={"shear": 1})
    assert_bilingual(str(error.value))


# ------------------------------------------------------------ geometry


def test_matrix_by_hand():
    given = neutral(1) | {
        "rotation": torch.tensor([90.0]),
        "scale": torch.tensor([2.0]),
        "translation": torch.tensor([[0.1, -0.2]]),
    }
    (matrix,) = distortion.sampling_matrix(given, 10)
    # A pixel 4 right of the copy's centre: half as far, a quarter turn clockwise, then shifted.
    place = matrix @ torch.tensor([4.0, 0.0, 1.0])
    torch.testing.assert_close(place, torch.tensor([1.0, 2.0 - 2.0]), atol=1e-5, rtol=0)


def test_nothing_to_do_cuts_the_middle():
    images = pictures(3, 24)
    patches = distortion.warp(images, neutral(3), side=10, out=10)
    torch.testing.assert_close(patches, images[:, :, 7:17, 7:17], atol=1e-5, rtol=1e-4)


def test_rotation_is_counter_clockwise():
    images = pictures(1, 24)
    quarter = neutral(1) | {"rotation": torch.tensor([90.0])}
    patch = distortion.warp(images, quarter, side=12, out=12)
    expected = torch.rot90(images[:, :, 6:18, 6:18], 1, (2, 3))
    torch.testing.assert_close(patch, expected, atol=1e-4, rtol=1e-4)


def test_warp_is_scikit_images():
    """One picture at a time, float64, with the matrix built by scikit-image's own transforms."""
    size, side, out = 40, 14, 14
    images = pictures(6, size)
    drawn = distortion.draw_parameters(6, runtime.generator(3))
    found = distortion.warp(images, drawn, side=side, out=out)
    for i in range(6):
        middle, corner = (size - 1) / 2, (out - 1) / 2
        angle = math.radians(drawn["rotation"][i].item())
        scale = drawn["scale"][i].item()
        shift = side * drawn["translation"][i].double().numpy()
        to_source = (
            transform.AffineTransform(translation=(-corner, -corner))
            + transform.AffineTransform(scale=1 / scale)
            + transform.AffineTransform(rotation=angle)
            + transform.AffineTransform(translation=tuple(shift + middle))
        )
        expected = transform.warp(
            images[i].permute(1, 2, 0).double().numpy(), to_source, output_shape=(out, out), order=1
        )
        np.testing.assert_allclose(found[i].permute(1, 2, 0), expected, atol=2e-4)


def test_a_copy_with_room_never_sees_the_border():
    """Painting everything beyond the reach changes no copy."""
    images = pictures(64, 40)
    painted = images.clone()
    reach = 16
    outside = torch.ones(40, 40, dtype=torch.bool)
    outside[20 - reach : 20 + reach, 20 - reach : 20 + reach] = False
    painted[:, :, outside] = 9.0
    drawn = distortion.draw_parameters(64, runtime.generator(0))
    for side, same in ((14, True), (30, False)):
        a, b = (distortion.warp(x, drawn, side=side, out=14) for x in (images, painted))
        assert torch.allclose(a, b) == same


# ------------------------------------------------------------ colour


def test_axes_are_numpys_and_neutral_factors_change_nothing():
    images = pictures(5, 8) * torch.tensor([1.0, 0.5, 0.2])[:, None, None]
    mean, axes = distortion.color_axes(images)
    colors = images.transpose(0, 1).flatten(1).double().numpy()
    _, expected = np.linalg.eigh(np.cov(colors, bias=True))
    np.testing.assert_allclose(np.abs(axes.double().numpy()), np.abs(expected), atol=1e-4)
    np.testing.assert_allclose(mean, colors.mean(1), atol=1e-5)
    same = distortion.change_components(images, torch.ones(5, 3), (mean, axes))
    torch.testing.assert_close(same, images, atol=1e-5, rtol=1e-4)


def test_components_against_a_loop_over_pixels():
    images = pictures(2, 3)
    mean, axes = distortion.color_axes(images)
    factors = torch.tensor([[0.5, 2.0, 1.0], [1.5, 0.7, 1.2]])
    found = distortion.change_components(images, factors, (mean, axes))
    for i in range(2):
        for row in range(3):
            for column in range(3):
                pixel = images[i, :, row, column] - mean
                expected = mean.clone()
                for k in range(3):
                    axis = axes[:, k]
                    expected += factors[i, k] * (pixel @ axis) * axis
                torch.testing.assert_close(found[i, :, row, column], expected, atol=1e-5, rtol=1e-4)


def test_hsv_is_scikit_images():
    images = pictures(8, 9)
    images[0] = 0.4  # gray: no hue, no saturation
    images[1, :, 0, 0] = 0
    drawn = distortion.draw_parameters(8, runtime.generator(2), strength={"hue": 5})
    found = distortion.change_hsv(images, drawn)
    for i in range(8):
        hsv = color.rgb2hsv(images[i].permute(1, 2, 0).double().numpy())
        hsv[..., 0] = (hsv[..., 0] + drawn["hue"][i].item()) % 1
        for channel in (1, 2):
            power, factor, shift = (
                drawn[name][i, channel - 1].item() for name in ("power", "factor", "shift")
            )
            hsv[..., channel] = np.clip(hsv[..., channel] ** power * factor + shift, 0, 1)
        expected = color.hsv2rgb(hsv)
        if i == 0:  # a gray picture gets a colour only by the shift of S, and its hue is arbitrary
            np.testing.assert_allclose(found[i].amax(0), expected.max(2), atol=1e-4)
            continue
        np.testing.assert_allclose(found[i].permute(1, 2, 0), expected, atol=2e-3)


def test_distorted_copies_stay_in_range_and_keep_the_batch():
    images = pictures(16, 32)
    before = images.clone()
    drawn = distortion.draw_parameters(16, runtime.generator(0))
    axes = distortion.color_axes(images)
    copies = distortion.distort(images, drawn, axes, side=14, out=32)
    assert copies.shape == (16, 3, 32, 32)
    assert copies.min() >= 0 and copies.max() <= 1
    assert torch.equal(images, before)
    one = {name: values[5:6] for name, values in drawn.items()}
    alone = distortion.distort(images[5:6], one, axes, side=14, out=32)
    torch.testing.assert_close(copies[5:6], alone, atol=1e-5, rtol=1e-4)
