import copy

import pytest
import torch
import torchvision.transforms.v2.functional as tv
from torch import nn

from course_utils import models, runtime


def inputs(n, size=32, channels=3):
    return torch.rand(n, channels, size, size, generator=runtime.generator(0))


def pictures(n=20, size=8, channels=3, seed=0):
    """uint8 pictures whose channels differ in mean and deviation."""
    noise = torch.rand(n, channels, size, size, generator=runtime.generator(seed))
    scale = torch.linspace(60, 180, channels)[:, None, None]
    return (30 + scale * noise).to(torch.uint8)


# ------------------------------------------------------------ normalisation


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_statistics_of_bytes_are_those_of_floats_and_of_numpy(channels):
    some = pictures(channels=channels)
    mean, std = models.channel_statistics(some)
    flat = some.double().transpose(0, 1).flatten(1).numpy() / 255
    torch.testing.assert_close(mean, torch.from_numpy(flat.mean(1)).float())
    torch.testing.assert_close(std, torch.from_numpy(flat.std(1)).float())
    of_floats = models.channel_statistics(some / 255)
    torch.testing.assert_close(of_floats, (mean, std))


def test_normalize_is_torchvisions():
    some = pictures()
    module = models.Normalize(some)
    mean, std = models.channel_statistics(some)
    theirs = tv.normalize(some / 255, mean.tolist(), std.tolist())
    torch.testing.assert_close(module(some / 255), theirs)
    torch.testing.assert_close(theirs.mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
    assert sum(p.numel() for p in module.parameters()) == 0


def test_normalize_leaves_its_input_alone_and_hands_on_channels_last():
    x = inputs(4)
    before = x.clone()
    out = models.Normalize(pictures())(x)
    assert torch.equal(x, before)
    assert out.is_contiguous(memory_format=torch.channels_last)
    assert out.shape == x.shape


@pytest.mark.parametrize("channels", [1, 2])
def test_float_pictures_count_as_they_are(channels):
    """Gray, or the two colour channels of Lab: another number of channels, another range."""
    lab = 100 * inputs(6, 16, channels) - 40
    before = lab.clone()
    out = models.Normalize(lab)(lab)
    torch.testing.assert_close(out.mean((0, 2, 3)), torch.zeros(channels), atol=1e-4, rtol=0)
    deviation = out.std((0, 2, 3), correction=0)
    torch.testing.assert_close(deviation, torch.ones(channels), atol=1e-4, rtol=0)
    assert torch.equal(lab, before)
    encoder = models.small_encoder(lab).eval()
    assert encoder(lab).shape == (6, 256, 2, 2)


def test_normalisation_travels_with_the_weights():
    bright, dark = pictures() // 2 + 120, pictures() // 3
    one, other = models.small_encoder(bright, seed=0), models.small_encoder(dark, seed=1)
    saved = one.state_dict()
    assert {"normalize.mean", "normalize.std"} <= set(saved)
    other.load_state_dict(saved)
    x = inputs(3, 16)
    assert torch.equal(one.eval()(x), other.eval()(x))
    mean, _ = models.channel_statistics(bright)
    torch.testing.assert_close(other.normalize.mean.flatten(), mean)
    assert torch.equal(copy.deepcopy(one).normalize.std, one.normalize.std)


@pytest.mark.parametrize("build", [models.small_encoder, models.resnet18])
def test_an_encoder_normalises_first_and_by_the_pictures_it_was_built_for(build):
    some = pictures()
    encoder = build(some).eval()
    assert next(iter(dict(encoder.named_children()))) == "normalize"
    x = inputs(2, 16)
    mean, std = (v[:, None, None] for v in models.channel_statistics(some))
    with torch.no_grad():
        by_hand = encoder[1:]((x - mean) / std)
        torch.testing.assert_close(encoder(x), by_hand, atol=1e-5, rtol=1e-4)
        other = build(some // 3).eval()
        assert not torch.allclose(encoder(x), other(x), atol=1e-2)


# ------------------------------------------------------------ encoders


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (models.small_encoder, {"block1": (64, 8), "block2": (128, 4), "block3": (256, 4)}),
        (
            models.resnet18,
            {"block1": (64, 32), "block2": (128, 16), "block3": (256, 8), "block4": (512, 4)},
        ),
    ],
)
def test_stages(build, expected):
    """Every stage by name and in order; ``normalize`` is none."""
    encoder = build(pictures()).eval()
    with torch.no_grad():
        maps = models.stage_maps(encoder, inputs(2))
        assert {k: (v.shape[1], v.shape[2]) for k, v in maps.items()} == expected
        assert list(maps) == list(expected)
        assert torch.equal(list(maps.values())[-1], encoder(inputs(2)))


def test_weight_counts():
    count = lambda model: sum(p.numel() for p in model.parameters())  # noqa: E731
    assert count(models.small_encoder(pictures())) == 407_232  # the number its docstring gives
    assert round(count(models.resnet18(pictures())) / 1e6, 1) == 11.2


def test_resnet_block_against_torchvision():
    """Same weights, same output as torchvision's BasicBlock."""
    from torchvision.models.resnet import BasicBlock

    ours = models._Residual(8, 16, 2).eval()
    shortcut = nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
    theirs = BasicBlock(8, 16, 2, downsample=shortcut).eval()
    renamed = {k.replace("shortcut", "downsample"): v for k, v in ours.state_dict().items()}
    theirs.load_state_dict(renamed)
    x = torch.randn(2, 8, 8, 8, generator=runtime.generator(0))
    torch.testing.assert_close(ours(x), theirs(x))


def test_seed_decides_weights_and_global_generator_is_untouched():
    state = torch.get_rng_state()
    a, b, c = (models.small_encoder(pictures(), seed=s).state_dict() for s in (0, 0, 1))
    assert all(torch.equal(a[k], b[k]) for k in a)
    assert not torch.equal(a["block1.0.weight"], c["block1.0.weight"])
    assert torch.equal(torch.get_rng_state(), state)


def test_the_pictures_decide_no_weight():
    a, b = (dict(models.small_encoder(x).named_parameters()) for x in (pictures(), pictures() // 4))
    assert all(torch.equal(a[k], b[k]) for k in a)


@pytest.mark.parametrize("size", [32, 64])
def test_pool_dims_are_about_equal(size):
    maps = models.stage_maps(models.small_encoder(pictures()).eval(), inputs(2, size))
    dims = {name: models.pool(m).shape[1] for name, m in maps.items()}
    assert dims == {"block1": 1024, "block2": 1152, "block3": 1024}


def test_pool_is_the_mean_over_cells():
    maps = torch.arange(2 * 256 * 4 * 4, dtype=torch.float32).view(2, 256, 4, 4)
    by_hand = maps.view(2, 256, 2, 2, 2, 2).mean((3, 5)).flatten(1)
    torch.testing.assert_close(models.pool(maps), by_hand)


def test_classifier_shares_the_encoder_and_trains_it():
    encoder = models.small_encoder(pictures())
    model = models.classifier(encoder, 4)
    assert model.encoder is encoder
    logits = model(inputs(5))
    assert logits.shape == (5, 4)
    logits.sum().backward()
    assert all(p.grad is not None for p in encoder.parameters())
