import pytest
import torch
import torch.nn.functional as F
from skimage import color

from course_utils import models, runtime
from course_utils.data import toyworld
from course_utils.data.worlds import without_color
from course_utils.pretext import colorization
from course_utils.views.lab import rgb_to_lab
from course_utils.views.streams import to_float
from tests.narrow import narrow_encoder

COLORS = colorization.palette()


@pytest.fixture(scope="module")
def pictures():
    return toyworld.stills(12, seed=3).images


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=runtime.generator(seed))


def test_the_gray_picture_has_the_lightness_and_the_colors_are_those_of_lab(pictures):
    x = to_float(pictures)
    gray, ab = colorization.split_color(x)
    assert gray.shape == x.shape and ab.shape == (12, 2, 32, 32)
    assert (gray[:, :1] - gray).abs().max() < 2e-3  # three equal channels, but for the white point
    wanted = color.rgb2lab(x.permute(0, 2, 3, 1).numpy())  # (B, S, S, 3)
    torch.testing.assert_close(rgb_to_lab(gray)[:, 0], torch.from_numpy(wanted[..., 0]).float(), atol=2e-2, rtol=0)  # fmt: skip
    torch.testing.assert_close(ab, torch.from_numpy(wanted[..., 1:]).permute(0, 3, 1, 2).float(), atol=1e-3, rtol=0)  # fmt: skip


def test_a_place_has_the_bin_of_its_mean(pictures):
    _, ab = colorization.split_color(to_float(pictures))
    bins = colorization.color_bins(ab, COLORS)
    assert bins.dtype == torch.int64 and bins.shape == (12, 8, 8)
    for k, i, j in ((5, 2, 5), (0, 0, 0), (11, 7, 3)):
        mean = ab[k, :, 4 * i : 4 * i + 4, 4 * j : 4 * j + 4].mean((1, 2))
        far = (COLORS - mean).norm(dim=1)
        assert far[bins[k, i, j]] == pytest.approx(far.min().item(), abs=1e-3)


def test_larger_bins_are_fewer_and_hold_gray():
    counts = {side: colorization.palette(side) for side in (10, 20, 40)}
    assert len(counts[10]) > 2.5 * len(counts[20]) > 6 * len(counts[40])
    for side, colors in counts.items():
        assert (colors == 0).all(1).any()
        assert (colors % side == 0).all()


def test_the_gray_picture_says_nothing_of_the_colors():
    """Two pictures of one lightness and other colours are one gray picture."""
    red = torch.tensor([0.8, 0.2, 0.3]).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    lightness = rgb_to_lab(red)[0, 0, 0, 0]
    blue = colorization.paint(red, torch.tensor([0.0, -40.0]).view(1, 2, 1, 1))
    assert rgb_to_lab(blue)[0, 0, 0, 0] == pytest.approx(lightness.item(), abs=1e-2)
    grays = [colorization.split_color(x)[0] for x in (red, blue)]
    torch.testing.assert_close(*grays, atol=1e-3, rtol=0)


def test_every_color_of_srgb_has_its_bin_in_the_palette():
    some = torch.rand(1, 3, 100, 1000, generator=runtime.generator(0))
    ab = rgb_to_lab(some)[0, 1:].flatten(1).T
    there = {tuple(c) for c in COLORS.tolist()}
    asked = {tuple(c) for c in (colorization.BIN * (ab / colorization.BIN).round()).tolist()}
    assert asked <= there and (0.0, 0.0) in there
    assert len(there) == len(COLORS)
    # No bin is outside what sRGB can show.
    assert COLORS[:, 0].min() >= -100 and COLORS.max() <= 100 and COLORS[:, 1].min() >= -120


def test_the_nearest_bin_is_that_of_a_loop():
    ab = 60 * drawn(2, 2, 3, 4)
    found = colorization.nearest_bin(ab, COLORS)
    assert found.dtype == torch.int64 and found.shape == (2, 3, 4)
    for b in range(2):
        for i in range(3):
            for j in range(4):
                far = [(ab[b, :, i, j] - c).norm().item() for c in COLORS]
                assert far[found[b, i, j]] == pytest.approx(min(far), abs=1e-3)


def test_shares_count_places(pictures):
    shares = colorization.bin_shares(pictures, COLORS)
    _, ab = colorization.split_color(to_float(pictures))
    bins = colorization.color_bins(ab, COLORS).flatten().tolist()
    assert shares.sum() == pytest.approx(1)
    for q in set(bins):
        assert shares[q] == pytest.approx(bins.count(q) / len(bins))


def test_weights_follow_the_formula():
    shares = torch.tensor([0.7, 0.2, 0.1, 0.0])
    assert colorization.rebalancing(shares, 1.0).tolist() == pytest.approx([1, 1, 1, 1])
    half = colorization.rebalancing(shares, 0.5)
    raw = [1 / (0.5 * p + 0.5 / 4) for p in shares.tolist()]
    mean = sum(p * w for p, w in zip(shares.tolist(), raw, strict=True))
    assert half.tolist() == pytest.approx([w / mean for w in raw])
    assert (shares * half).sum() == pytest.approx(1) and half.isfinite().all()


def test_the_loss_is_that_of_a_loop_and_of_its_finite_differences():
    logits, bins = drawn(2, 5, 3, 3).double().requires_grad_(), torch.arange(18).view(2, 3, 3) % 5
    shares = torch.tensor([0.5, 0.3, 0.1, 0.1, 0.0]).double()
    weights = colorization.rebalancing(shares, 0.4)
    loss = colorization.color_loss(logits, bins, shares, 0.4)
    by_hand = 0.0
    for b in range(2):
        for i in range(3):
            for j in range(3):
                q = bins[b, i, j]
                by_hand -= weights[q] * logits[b, :, i, j].log_softmax(0)[q]
    assert loss.item() == pytest.approx(by_hand.item() / 18)
    plain = colorization.color_loss(logits, bins, shares, 1.0)
    assert plain.item() == pytest.approx(F.cross_entropy(logits, bins).item())
    assert torch.autograd.gradcheck(lambda z: colorization.color_loss(z, bins, shares, 0.4), logits)


def test_regression_counts_in_bins():
    ab = colorization.BIN * torch.tensor([3.0, 4.0]).view(1, 2, 1, 1).expand(2, 2, 4, 4)
    assert colorization.regression_loss(torch.zeros_like(ab), ab).item() == pytest.approx(25 / 2)
    assert colorization.regression_loss(ab / colorization.BIN, ab).item() == 0


def test_the_annealed_mean_goes_from_mean_to_mode():
    logits = drawn(2, len(COLORS), 3, 3)
    mean = colorization.annealed_mean(logits, COLORS, 1.0)
    wanted = (logits.softmax(1)[:, :, None] * COLORS[None, :, :, None, None]).sum(1)
    torch.testing.assert_close(mean, wanted)
    mode = colorization.annealed_mean(logits, COLORS, 0)
    torch.testing.assert_close(mode, COLORS[logits.argmax(1)].permute(0, 3, 1, 2))
    torch.testing.assert_close(colorization.annealed_mean(logits, COLORS, 1e-5), mode, atol=1e-2, rtol=0)  # fmt: skip


def test_painting_keeps_the_lightness_and_lays_on_the_colors():
    gray = torch.full((1, 3, 16, 24), 0.5)
    ab = torch.tensor([20.0, -10.0]).view(1, 2, 1, 1).expand(1, 2, 4, 6)
    painted = rgb_to_lab(colorization.paint(gray, ab))
    torch.testing.assert_close(painted[:, :1], rgb_to_lab(gray)[:, :1], atol=1e-2, rtol=0)
    torch.testing.assert_close(painted[:, 1:], ab[:, :, :1, :1].expand(1, 2, 16, 24), atol=1e-2, rtol=0)  # fmt: skip


@pytest.mark.parametrize("shape", [(32, 32), (64, 40)])
def test_a_painter_answers_at_every_fourth_pixel(pictures, shape):
    net = colorization.painter(models.small_encoder(pictures), 7, seed=0)
    images = F.interpolate(to_float(pictures), shape)
    assert net(images).shape == (12, 7, shape[0] // 4, shape[1] // 4)


def test_each_cell_predicts_the_places_that_it_covers(pictures):
    """What pixel_shuffle does: a change of one corner moves the answers near it most."""
    net = colorization.painter(models.small_encoder(pictures), 3, seed=0).eval()
    x = to_float(pictures[:1])
    changed = x.clone()
    changed[..., 24:, 24:] = 1 - changed[..., 24:, 24:]
    with torch.no_grad():
        moved = (net(x) - net(changed)).abs().sum(1)[0]  # (8, 8)
    assert moved[:2, :2].max() == 0 and moved[6:, 6:].min() > 0


@pytest.mark.parametrize("uniform", [1.0, 0.5, None])
def test_the_recipe_learns_what_can_be_learned_and_repeats_itself(uniform, monkeypatch):
    """Eight pictures are soon known by heart."""
    monkeypatch.setenv("SSL_COURSE_EFFORT", "1")
    images = toyworld.stills(8, seed=1).images
    histories = []
    for _ in range(2):
        encoder = narrow_encoder(without_color(images))
        net, history = colorization.pretrain(encoder, images, examples=5120, seed=0, uniform=uniform)  # fmt: skip
        histories.append(history)
    assert histories[0] == histories[1]
    losses = histories[0].metrics["loss"]
    assert losses[-1] < 0.9 * losses[0]
    assert net.encoder is encoder


def test_the_recipe_trains_on_whatever_split_gives():
    """Pictures of five channels: gray, and colours stored beside."""
    stored = torch.zeros(70, 3, 16, 16, dtype=torch.uint8)
    stored[:35, 1:] = 168  # a and b of 40
    seen = []

    def split(x):
        gray, ab = x[:, :1].expand(-1, 3, -1, -1), 255 * x[:, 1:] - 128
        seen.append(ab)
        return gray, ab

    encoder = models.small_encoder(toyworld.stills(8, size=16).images)
    colorization.pretrain(encoder, stored, examples=64, seed=0, split=split)
    assert seen[0].shape == (70, 2, 16, 16)  # the shares of the bins, of all pictures
    assert set(seen[1].round().unique().tolist()) == {-128.0, 40.0}
