import pytest
import torch
from torch import nn

from course_utils import models, runtime
from tests.oracles import assert_bilingual


def pictures(n, size=32):
    return torch.randn(n, 3, size, size, generator=runtime.generator(0))


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
    encoder = build().eval()
    with torch.no_grad():
        maps = models.stage_maps(encoder, pictures(2))
        assert {k: (v.shape[1], v.shape[2]) for k, v in maps.items()} == expected
        assert torch.equal(list(maps.values())[-1], encoder(pictures(2)))


def test_weight_counts():
    count = lambda model: sum(p.numel() for p in model.parameters())  # noqa: E731
    assert count(models.small_encoder()) == 407_232  # the number its docstring gives
    assert round(count(models.resnet18()) / 1e6, 1) == 11.2


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
    a, b, c = (models.small_encoder(seed=s).state_dict() for s in (0, 0, 1))
    assert all(torch.equal(a[k], b[k]) for k in a)
    assert not torch.equal(a["block1.0.weight"], c["block1.0.weight"])
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("size", [32, 64])
def test_pool_dims_are_about_equal(size):
    maps = models.stage_maps(models.small_encoder().eval(), pictures(2, size))
    dims = {name: models.pool(m).shape[1] for name, m in maps.items()}
    assert dims == {"block1": 1024, "block2": 1152, "block3": 1024}


def test_pool_is_the_mean_over_cells():
    maps = torch.arange(2 * 256 * 4 * 4, dtype=torch.float32).view(2, 256, 4, 4)
    by_hand = maps.view(2, 256, 2, 2, 2, 2).mean((3, 5)).flatten(1)
    torch.testing.assert_close(models.pool(maps), by_hand)


def test_classifier_shares_the_encoder_and_trains_it():
    encoder = models.small_encoder()
    model = models.classifier(encoder, 4)
    logits = model(pictures(5))
    assert logits.shape == (5, 4)
    logits.sum().backward()
    assert all(p.grad is not None for p in encoder.parameters())


def test_calibration_matches_statistics_taken_by_hand():
    encoder = models.small_encoder()
    weights = {k: v.clone() for k, v in encoder.named_parameters()}
    batches = pictures(96).split(32)
    momentum = [m.momentum for m in encoder.modules() if isinstance(m, nn.BatchNorm2d)]
    models.calibrate_batchnorm(encoder, batches)
    first = encoder.block1[0:2]  # up to the first batch norm
    with torch.no_grad():
        means = torch.stack([first(b).mean((0, 2, 3)) for b in batches]).mean(0)
        variances = torch.stack([first(b).var((0, 2, 3)) for b in batches]).mean(0)
    torch.testing.assert_close(encoder.block1[2].running_mean, means, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(encoder.block1[2].running_var, variances, atol=1e-5, rtol=1e-4)
    assert not encoder.training
    assert all(torch.equal(v, weights[k]) for k, v in encoder.named_parameters())
    with pytest.raises(ValueError, match="no batches") as error:
        models.calibrate_batchnorm(encoder, [])
    assert_bilingual(str(error.value))
    assert momentum == [m.momentum for m in encoder.modules() if isinstance(m, nn.BatchNorm2d)]
