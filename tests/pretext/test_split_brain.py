"""Split-brain autoencoders against what the paper says of them, by planted changes."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import models
from course_utils.pretext import split_brain
from course_utils.views.lab import lab_to_rgb, rgb_to_lab

HOW = sorted(split_brain.WAYS)


@pytest.fixture(scope="module")
def pictures() -> torch.Tensor:
    return torch.randint(0, 256, (64, 3, 16, 16), generator=torch.Generator().manual_seed(0)).to(
        torch.uint8
    )


def soft_colors(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Lightness ``(4, 1, 16, 16)`` and colours that sRGB has at every one of them."""
    generator = torch.Generator().manual_seed(seed)
    lightness = 40 + 20 * torch.rand(4, 1, 16, 16, generator=generator)
    return lightness, 10 * torch.randn(4, 2, 16, 16, generator=generator).clamp(-2, 2)


def picture(lightness: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
    return lab_to_rgb(torch.cat([lightness, ab], 1))


def outputs(pictures: torch.Tensor, how: str, images: torch.Tensor) -> tuple[torch.Tensor, ...]:
    encoder = split_brain.split_encoder(pictures, how, seed=0)
    net = split_brain.split_brain(encoder, how, seed=0)  # training: activations of usual size
    with torch.no_grad():
        return net(images)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("changed", ["color", "lightness"])
def test_a_half_sees_only_what_it_predicts_from(pictures, how, changed):
    (light, ab), (other_light, other_ab) = soft_colors(1), soft_colors(2)
    before = outputs(pictures, how, picture(light, ab))
    if changed == "color":
        after = outputs(pictures, how, picture(light, other_ab))
    else:
        after = outputs(pictures, how, picture(other_light, ab))
    moved = [(x - y).abs().max().item() for x, y in zip(before, after, strict=True)]
    blind = {"color": 0, "lightness": 1}[changed]  # the head that must not see the change
    assert moved[1 - blind] > 0.1
    assert (moved[blind] < 1e-2) == (how == "apart")


@pytest.mark.parametrize("how", HOW)
def test_shapes_and_widths_are_those_of_the_small_encoder(pictures, how):
    encoder = split_brain.split_encoder(pictures, how, seed=0)
    assert encoder(pictures.float() / 255).shape == (64, 256, 2, 2)
    color, lightness = outputs(pictures, how, pictures.float() / 255)
    assert color.shape[0] == lightness.shape[0] == 64
    assert color.shape[2:] == lightness.shape[2:] == (4, 4)
    assert lightness.shape[1] == split_brain.LIGHTNESS_BINS


def test_two_groups_are_two_narrower_encoders_side_by_side(pictures):
    """Oracle: the halves written apart, with the same weights."""
    encoder = split_brain.split_encoder(pictures, "apart", seed=3).eval()
    images = pictures.float() / 255
    together = encoder(images)
    lab = encoder.normalize(images)
    halves = []
    for half, maps in enumerate(lab.chunk(2, 1)):
        for stage in ("block1", "block2", "block3"):
            for layer in getattr(encoder, stage):
                if isinstance(layer, torch.nn.Conv2d):
                    weight = layer.weight.chunk(2)[half]
                    bias = None if layer.bias is None else layer.bias.chunk(2)[half]
                    maps = F.conv2d(maps, weight, bias, layer.stride, layer.padding)
                elif isinstance(layer, torch.nn.BatchNorm2d):
                    maps = maps / (1 + layer.eps) ** 0.5  # as built: mean 0, variance 1
                else:
                    maps = layer(maps)
        halves.append(maps)
    torch.testing.assert_close(together, torch.cat(halves, 1), atol=1e-5, rtol=1e-4)


def test_normalised_channels_are_those_of_lab(pictures):
    normalize = split_brain.LabNormalize(pictures, (0, 0, 1, 2))
    images = pictures.float() / 255
    seen = normalize(images)
    assert torch.equal(seen[:, 0], seen[:, 1])
    flat = seen[:, 1:].transpose(0, 1).flatten(1)
    torch.testing.assert_close(flat.mean(1), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(flat.std(1, correction=0), torch.ones(3), atol=1e-3, rtol=0)
    lab = rgb_to_lab(images).transpose(0, 1).flatten(1)
    assert torch.corrcoef(torch.stack([lab[2], flat[2]]))[0, 1] > 0.999


def test_lab_is_not_rounded_where_the_network_is(pictures):
    normalize = split_brain.LabNormalize(pictures, (0, 1, 2))
    images = pictures.float() / 255
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = normalize(images)
    torch.testing.assert_close(half, normalize(images))


def test_lightness_bins_against_a_loop():
    lightness = 100 * torch.rand(2, 1, 8, 12, generator=torch.Generator().manual_seed(4))
    lightness[0, 0, :4, :4], lightness[0, 0, :4, 4:8] = 0, 100
    bins = split_brain.lightness_bins(lightness)
    assert bins.dtype == torch.int64
    assert bins[0, 0, 0] == 0
    assert bins[0, 0, 1] == 49
    for b in range(2):
        for i in range(2):
            for j in range(3):
                mean = lightness[b, 0, 4 * i : 4 * i + 4, 4 * j : 4 * j + 4].mean().item()
                assert bins[b, i, j] == min(49, int(mean // 2))


def test_a_half_that_sees_its_answer_copies_it(pictures):
    """Planted: with a few steps the leak alone brings the loss far below what the other gives."""
    smooth = F.interpolate(
        torch.rand(64, 3, 2, 2, generator=torch.Generator().manual_seed(5)), 16, mode="bilinear"
    )
    images = (255 * smooth).to(torch.uint8)
    ends = {}
    for how in ("apart", "leaking"):
        _, history = split_brain.pretrain(images, examples=3200, seed=0, how=how)
        ends[how] = history.last("lightness")
    assert ends["leaking"] < ends["apart"] - 0.3


def test_the_same_seed_gives_the_same_run(pictures):
    first, second = (split_brain.pretrain(pictures, examples=128, seed=1)[1] for _ in range(2))
    assert first == second


def test_two_groups_have_half_as_many_weights(pictures):
    def weights(encoder):
        return sum(p.numel() for p in encoder.parameters() if p.ndim > 1)

    apart, whole = (
        weights(split_brain.split_encoder(pictures, h, seed=0)) for h in ("apart", "whole")
    )
    assert weights(models.small_encoder(pictures, seed=0)) == whole
    assert abs(apart / whole - 0.5) < 0.001
