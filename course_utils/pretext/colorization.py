"""Colorization: given the gray picture, which colours did it have?

Zhang, Isola & Efros, "Colorful Image Colorization", ECCV 2016. The label is free: the picture had
colours before they were taken away. Many colours may be right, so a distribution over bins of
colour is predicted at every place. Here on a grid of S/4 × S/4 places, and with the nearest bin
where the paper has a soft code on five.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import models, runtime
from course_utils.train import History, fit
from course_utils.views import streams
from course_utils.views.lab import lab_to_rgb, rgb_to_lab

BIN = 10  # units of a and b on a side of a bin, as in the paper
CELL = 4  # pixels on a side of a place whose colour is predicted
BATCH = 64


# ---------------------------------------------------------------- inputs and targets


def split_color(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The gray picture, and the colours that were taken away.

    ``images`` float ``(B, 3, S, S)`` in [0, 1] to gray pictures of the same shape and lightness L,
    three equal channels in [0, 1], and to a and b of Lab, float ``(B, 2, S, S)``.
    """
    lab = rgb_to_lab(images)  # (B, 3, S, S)
    lightness, ab = lab[:, :1], lab[:, 1:]
    gray = lab_to_rgb(torch.cat([lightness, torch.zeros_like(ab)], 1))
    return gray, ab


# How a batch of pictures ``(B, C, S, S)`` is split into gray pictures and colours.
Split = Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]


def palette(side: float = BIN) -> torch.Tensor:
    """Centres (a, b) of the bins that hold a colour of sRGB, float ``(Q, 2)``, always the same.

    The paper counts 313 (section 2.1); fewer have a colour of 8-bit sRGB nearest to their centre.
    ``side``: of a bin, in units of a and b.
    """
    levels = torch.linspace(0, 1, 256)
    faces = torch.cartesian_prod(torch.tensor([0.0, 1.0]), levels, levels)
    surface = torch.cat([faces.roll(k, 1) for k in range(3)])  # the most colourful lie there
    ab = rgb_to_lab(surface.T[None, :, None])[0, 1:, 0].T  # (6 · 256², 2)
    return side * (ab / side).round().unique(dim=0)


def nearest_bin(ab: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    """Which of ``colors`` ``(Q, 2)`` is nearest at every place of ``(B, 2, H, W)``: int64
    ``(B, H, W)``.
    """
    places = ab.permute(0, 2, 3, 1)  # (B, H, W, 2)
    return torch.cdist(places.flatten(0, 2), colors).argmin(1).view(places.shape[:3])


def color_bins(ab: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    """The targets: the bin of the mean colour of every place of 4 × 4 pixels.

    ``ab`` float ``(B, 2, S, S)``, S a multiple of ``CELL``, and ``colors`` float ``(Q, 2)`` as
    ``palette`` gives them, to int64 ``(B, S/4, S/4)``.
    """
    return nearest_bin(F.avg_pool2d(ab, CELL), colors)


def bin_shares(
    images: torch.Tensor, colors: torch.Tensor, *, split: Split = split_color
) -> torch.Tensor:
    """The share of places in uint8 pictures ``(N, C, S, S)`` that each bin has, float ``(Q,)``."""
    counts = torch.zeros(len(colors), device=images.device)
    for part in images.split(1000):
        bins = color_bins(split(streams.to_float(part))[1], colors)
        counts += bins.flatten().bincount(minlength=len(colors))
    return counts / counts.sum()


# ---------------------------------------------------------------- losses


def rebalancing(shares: torch.Tensor, uniform: float) -> torch.Tensor:
    """Weights of the bins, float ``(Q,)``, so that rare colours count more.

    w ∝ ((1 − λ) p + λ / Q)⁻¹ with Σ p w = 1 (Zhang et al., section 2.2): ``shares`` is p,
    ``uniform`` is λ in (0, 1]. With 1 all weights are 1; the paper has ½. The paper smooths p with
    a Gaussian of σ = 5, half a bin; here it is taken as it is.
    """
    weights = 1 / ((1 - uniform) * shares + uniform / len(shares))
    return weights / (shares * weights).sum()


def color_loss(
    logits: torch.Tensor, bins: torch.Tensor, shares: torch.Tensor, uniform: float
) -> torch.Tensor:
    """Cross-entropy of every place, weighted by its true bin, and the mean: a scalar.

    ``logits`` float ``(B, Q, H, W)``, ``bins`` int64 ``(B, H, W)``; ``shares`` float ``(Q,)`` and
    ``uniform`` as in ``rebalancing``. The paper (section 2.2) sums over places; the mean differs by
    a constant.
    """
    weights = rebalancing(shares, uniform)
    costs = F.cross_entropy(logits, bins, reduction="none")  # (B, H, W)
    return (weights[bins] * costs).mean()


def regression_loss(predicted: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
    """Half the squared distance to the true colour, mean over places, in bins: a scalar.

    Both float ``(B, 2, H, W)``, ``predicted`` in bins of ``BIN``, ``ab`` in units of Lab.
    """
    return (predicted - ab / BIN).square().sum(1).mean() / 2


# ---------------------------------------------------------------- from a distribution to a colour


def annealed_mean(logits: torch.Tensor, colors: torch.Tensor, temperature: float) -> torch.Tensor:
    """One colour a place from its distribution : ``(B, Q, H, W)`` to ``(B, 2, H, W)``.

    Probabilities are raised to 1 / T and normalised before the mean of the bins is taken (Zhang et
    al., section 2.3). T = 1 is the mean, T = 0 the mode; the paper has 0.38.
    """
    if temperature == 0:
        return colors[logits.argmax(1)].permute(0, 3, 1, 2)
    shares = (logits.float() / temperature).softmax(1)
    return torch.einsum("bqhw,qc->bchw", shares, colors.to(shares))


def paint(gray: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
    """Lay colours over a gray picture: its lightness stays.

    ``gray`` float ``(B, 3, H, W)`` in [0, 1], ``ab`` float ``(B, 2, h, w)`` of any size, enlarged
    smoothly; returns ``(B, 3, H, W)`` in [0, 1].
    """
    lightness = rgb_to_lab(gray)[:, :1]
    ab = F.interpolate(ab.float(), gray.shape[2:], mode="bilinear", align_corners=False)
    return lab_to_rgb(torch.cat([lightness, ab], 1))


# ---------------------------------------------------------------- the network and its recipe


class Painter(nn.Module):
    """An encoder and two layers that predict ``outputs`` numbers at every place of S/4 × S/4.

    The encoder's last map has S/8 × S/8 cells; each predicts the four places that it covers. The
    hidden layer lets the encoder's last block keep what the colours alone do not need.
    """

    def __init__(self, encoder: nn.Sequential, channels: int, outputs: int):
        super().__init__()
        self.encoder = encoder
        hidden = nn.Conv2d(channels, channels, 1, bias=False)
        self.head = nn.Sequential(
            hidden, nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, 4 * outputs, 1)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Gray ``(B, 3, H, W)`` in [0, 1], sides multiples of 8, to ``(B, outputs, H/4, W/4)``."""
        return F.pixel_shuffle(self.head(self.encoder(images)), 2)


@models.seeded
def painter(encoder: nn.Sequential, outputs: int) -> Painter:
    """Put a painter's head on an encoder (shared, not copied)."""
    channels = [m for m in encoder.modules() if isinstance(m, nn.BatchNorm2d)][-1].num_features
    return Painter(encoder, channels, outputs)


def pretrain(
    encoder: nn.Sequential,
    images: torch.Tensor,
    *,
    examples: int,
    seed: int,
    uniform: float | None = 1.0,
    split: Split = split_color,
) -> tuple[Painter, History]:
    """Train an encoder to colour: the recipe of lesson 05 and of its records.

    ``images`` uint8 ``(N, C, S, S)`` on the encoder's device, in colour unless ``split`` takes
    others; ``examples`` counts gray pictures, 64 a step. ``uniform`` is λ of ``rebalancing``, 1 for
    none; None predicts a and b themselves by ``regression_loss``.
    """
    where = next(encoder.parameters()).device
    colors = palette().to(where)
    outputs = 2 if uniform is None else len(colors)
    net = painter(encoder, outputs, seed=seed).to(where)
    generator = runtime.generator(seed, where)
    stream = streams.batches(images, batch_size=BATCH, generator=generator)
    posed = (split(x) for x, _ in stream)
    if uniform is None:

        def loss(model, gray, ab):
            return regression_loss(model(gray).float(), F.avg_pool2d(ab, CELL)), {}
    else:
        shares = bin_shares(images, colors, split=split)

        def loss(model, gray, ab):
            logits, bins = model(gray).float(), color_bins(ab, colors)
            right = (logits.argmax(1) == bins).float().mean()
            return color_loss(logits, bins, shares, uniform), {"accuracy": right}

    return net, fit(net, posed, loss, examples=examples, static=True)
