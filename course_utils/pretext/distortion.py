"""Exemplar-CNN: every exemplar, with all its distorted copies, is a class of its own.

Dosovitskiy, Fischer, Springenberg, Riedmiller & Brox, "Discriminative Unsupervised Feature
Learning with Exemplar Convolutional Neural Networks", IEEE TPAMI 38(9), 2016 (first version NIPS
2014). The label is free: we know which exemplar a copy was made from.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import losses, models, runtime
from course_utils.train import History, fit
from course_utils.views import streams

# The six families of distortions and the paper's ranges, as its re-implementations give them.
FAMILIES = ("translation", "scale", "rotation", "components", "saturation", "hue")
TRANSLATION = 0.2  # of the patch's side, in x and in y
SCALE = (0.7, 1.4)
ROTATION = 20.0  # degrees, either way
COMPONENTS = (0.5, 2.0)  # contrast 1: factor for each principal component of the colours
POWER, FACTOR, SHIFT = (0.25, 4.0), (0.7, 1.4), 0.1  # contrast 2: of saturation and of value
HUE = 0.1  # of the colour circle, either way


def draw_parameters(
    n: int, generator: torch.Generator, *, strength: Mapping[str, float] = MappingProxyType({})
) -> dict[str, torch.Tensor]:
    """One parameter vector a copy, uniform in the paper's ranges.

    ``translation`` ``(n, 2)`` in sides of the patch (x, y), ``scale`` and ``rotation`` ``(n,)``
    (degrees, counter-clockwise), ``components`` ``(n, 3)``, ``power``, ``factor`` and ``shift``
    ``(n, 2)`` for saturation and value, ``hue`` ``(n,)`` as a share of the circle. Factors and
    powers are uniform on a logarithmic scale, so that halving is as likely as doubling.

    ``strength``: by family, how far its distortions reach: 0 leaves it out, 1 (for those not
    named) is the paper's range, 2 twice as far (in logarithms for factors and powers). Hue at 5
    may become any hue. The same numbers are drawn whatever ``strength`` says: a change of one
    family changes nothing else. Raises ``ValueError`` for an unknown family.
    """
    unknown = set(strength) - set(FAMILIES)
    if unknown:
        raise ValueError(
            f"모르는 왜곡입니다: {sorted(unknown)}. 고를 수 있는 것: {', '.join(FAMILIES)}.\n"
            f"There are no such families: {sorted(unknown)}. Choose among: {', '.join(FAMILIES)}."
        )

    def uniform(family, low, high, *shape):
        drawn = low + (high - low) * torch.rand(
            n, *shape, generator=generator, device=generator.device
        )
        return strength.get(family, 1.0) * drawn

    def logarithmic(family, low, high, *shape):
        return uniform(family, math.log(low), math.log(high), *shape).exp()

    return {
        "translation": uniform("translation", -TRANSLATION, TRANSLATION, 2),
        "scale": logarithmic("scale", *SCALE),
        "rotation": uniform("rotation", -ROTATION, ROTATION),
        "components": logarithmic("components", *COMPONENTS, 3),
        "power": logarithmic("saturation", *POWER, 2),
        "factor": logarithmic("saturation", *FACTOR, 2),
        "shift": uniform("saturation", -SHIFT, SHIFT, 2),
        "hue": uniform("hue", -HUE, HUE),
    }


def sampling_matrix(parameters: Mapping[str, torch.Tensor], side: float) -> torch.Tensor:
    """From a pixel of the copy to its place in the picture, both counted from the centre: ``(n, 2,
    3)``.

    The window that is cut out is shifted by ``translation`` · side, turned by ``rotation`` and 1 /
    ``scale`` times as large: first the pixel is scaled, then turned, then shifted. To turn the
    content counter-clockwise, the window turns clockwise; y points down.
    """
    angle = torch.deg2rad(parameters["rotation"])
    cos, sin = angle.cos() / parameters["scale"], angle.sin() / parameters["scale"]
    linear = torch.stack([cos, -sin, sin, cos], 1).view(-1, 2, 2)
    return torch.cat([linear, side * parameters["translation"][:, :, None]], 2)


def window_overlap(parameters: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """How much the window of a copy and its exemplar have in common: intersection over union,
    ``(n,)``.

    Counted on 64 × 64 points of the exemplar. 1: the same square; 0: the copy shows nothing of it.
    """
    linear, shift = sampling_matrix(parameters, 1.0).split([2, 1], 2)  # (n, 2, 2), (n, 2, 1)
    line = (torch.arange(64) + 0.5) / 64 - 0.5
    grid = torch.stack(torch.meshgrid(line, line, indexing="xy")).flatten(1)  # (2, points)
    # The exemplar's points that lie in the window.
    inside = torch.linalg.solve(linear, grid - shift).abs().amax(1) <= 0.5
    common = inside.float().mean(1)
    area = torch.linalg.det(linear)  # of the window; the exemplar's is 1
    return common / (1 + area - common)


def warp(
    images: torch.Tensor, parameters: Mapping[str, torch.Tensor], *, side: float, out: int
) -> torch.Tensor:
    """Cut a turned, scaled and shifted patch out of the middle of every picture, in one step.

    ``images`` ``(n, 3, H, W)`` float; the patch has ``side`` pixels of the picture and comes out
    as ``(n, 3, out, out)``, bilinear. The larger picture is warped and then cut: to warp a patch
    that was cut before would leave empty corners that tell the transformation. Beyond the picture
    its mirror image is used.
    """
    n, _, height, width = images.shape
    matrix = sampling_matrix(parameters, side).to(images)
    # Filled in place: a list that is copied to a GPU waits for it.
    half = torch.cat([images.new_full((1,), width / 2), images.new_full((1,), height / 2)])
    # grid_sample counts from −1 to 1: from its units to pixels of the copy, on to its units again.
    linear = matrix[:, :, :2] * (side / 2) / half[None, :, None]
    theta = torch.cat([linear, matrix[:, :, 2:] / half[None, :, None]], 2)
    grid = F.affine_grid(theta, [n, 3, out, out], align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def color_axes(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean ``(3,)`` and principal components ``(3, 3)``, one a column, of the colours of pixels.

    ``images`` ``(B, 3, H, W)`` float. The same axes serve all pictures.
    """
    colors = images.transpose(0, 1).flatten(1)  # (3, pixels)
    mean = colors.mean(1)
    centered = (colors - mean[:, None]).double()
    _, axes = torch.linalg.eigh(centered @ centered.T / centered.shape[1])
    return mean, axes.to(images)


def change_components(
    images: torch.Tensor, factors: torch.Tensor, axes: tuple[torch.Tensor, torch.Tensor]
) -> torch.Tensor:
    """Contrast 1: multiply every pixel's projection on each colour component by a factor.

    ``images`` ``(n, 3, H, W)``; ``factors`` ``(n, 3)``, one a component and the same for all
    pixels of a picture; ``axes`` from ``color_axes``. Not clipped.
    """
    mean, basis = (x.to(images) for x in axes)
    matrix = (basis * factors[:, None].to(images)) @ basis.T  # (n, 3, 3)
    offset = mean - matrix @ mean  # (n, 3)
    return torch.baddbmm(offset[:, :, None], matrix, images.flatten(2)).view_as(images)


def change_hsv(images: torch.Tensor, parameters: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Contrast 2 and hue: S and V to a power, times a factor, plus a shift; the hue turned.

    ``images`` ``(n, 3, H, W)`` in [0, 1] and so is the result: S and V are clipped, the hue wraps
    round.
    """
    high, low = images.amax(1), images.amin(1)  # (n, H, W)
    chroma = high - low
    red, green, blue = images.unbind(1)
    # Hue from 0 to 6; where there is no colour the numerators are 0.
    per = 1 / chroma.clamp(min=1e-8)
    hue = torch.where(
        high == red,
        (green - blue) * per,
        torch.where(high == green, 2 + (blue - red) * per, 4 + (red - green) * per),
    )
    hue = hue + 6 * parameters["hue"].to(images)[:, None, None]
    power, factor, shift = (
        parameters[name].to(images)[:, :, None, None] for name in ("power", "factor", "shift")
    )
    saturation = chroma / high.clamp(min=1e-8)
    saturation, value = (
        (x.clamp(min=0) ** power[:, i] * factor[:, i] + shift[:, i]).clamp(0, 1)
        for i, x in enumerate((saturation, high))
    )
    # Channel k of a pure hue is clamp(|h − o| − 1) or its complement, as in views.color.adjust_hue.
    hue = hue - 6 * torch.floor(hue / 6)
    pure = torch.stack([(hue - 3).abs() - 1, 2 - (hue - 2).abs(), 2 - (hue - 4).abs()], 1)
    chroma = (value * saturation)[:, None]
    return pure.clamp(0, 1) * chroma + value[:, None] - chroma


def distort(
    images: torch.Tensor,
    parameters: Mapping[str, torch.Tensor],
    axes: tuple[torch.Tensor, torch.Tensor],
    *,
    side: float,
    out: int,
) -> torch.Tensor:
    """All six families: ``(n, 3, H, W)`` float in [0, 1] to distorted patches ``(n, 3, out, out)``
    in [0, 1].

    Geometry first, then colour components (clipped), then HSV; ``parameters`` from
    ``draw_parameters``. The mean over the data set is subtracted later, with the usual
    normalisation.
    """
    patches = warp(images, parameters, side=side, out=out)
    patches = change_components(patches, parameters["components"], axes).clamp(0, 1)
    return change_hsv(patches, parameters)


def surrogate_batch(
    exemplars: torch.Tensor, copies: int, distort: Callable[[torch.Tensor], torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Several distorted copies of every exemplar, and the exemplar's number as their label.

    ``exemplars`` ``(N, C, H, W)`` and a ``distort`` that takes and returns a batch give ``(N ·
    copies, …)`` and labels int64 ``(N · copies,)``: the surrogate classes of section 2 of the
    paper.
    """
    patches = distort(exemplars.repeat_interleave(copies, 0))
    return patches, torch.arange(len(exemplars)).repeat_interleave(copies)


def nearest_color(patches: torch.Tensor, exemplars: torch.Tensor) -> torch.Tensor:
    """Guess the exemplar of a copy from mean colour alone: the one whose mean colour is nearest.

    ``patches`` ``(n, 3, H, W)`` and ``exemplars`` ``(N, 3, S, S)`` on one scale; returns int64
    ``(n,)``. It knows no shape, so whatever it gets right needs no shape.
    """
    return torch.cdist(patches.mean((2, 3)), exemplars.mean((2, 3))).argmin(1)


def copies(
    exemplars: torch.Tensor,
    *,
    side: float,
    out: int,
    batch_size: int,
    generator: torch.Generator,
    strength: Mapping[str, float] = MappingProxyType({}),
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches of distorted copies, with the number of the exemplar of each.

    ``exemplars`` is uint8 ``(N, 3, H, W)``: an exemplar with its surroundings; the patch itself is
    the middle ``side`` pixels. Yields float ``(B, 3, out, out)`` in [0, 1] and the surrogate
    labels int64 ``(B,)``, on the device of ``exemplars``. Copies are made anew each time.
    ``strength`` as in ``draw_parameters``.
    """
    axes = color_axes(streams.to_float(exemplars[:2000]))
    for index in streams.index_batches(len(exemplars), batch_size, generator):
        index = index.to(exemplars.device)
        drawn = draw_parameters(len(index), generator, strength=strength)
        patches = streams.to_float(exemplars[index])
        yield distort(patches, drawn, axes, side=side, out=out), index


def pretrain(
    encoder: nn.Sequential,
    exemplars: torch.Tensor,
    *,
    examples: int,
    seed: int,
    strength: Mapping[str, float] = MappingProxyType({}),
) -> tuple[models.Classifier, History]:
    """Train an encoder to tell the exemplar of a copy: the recipe of lesson 02 and of its records.

    ``exemplars`` uint8 ``(N, 3, S, S)`` on the encoder's device, each whole picture a class;
    ``examples`` counts distorted copies, 256 a step. ``strength`` as in ``draw_parameters``.
    """
    where, size = next(encoder.parameters()).device, exemplars.shape[-1]
    net = models.classifier(encoder, len(exemplars), seed=seed).to(where)
    generator = runtime.generator(seed, where)
    stream = copies(
        exemplars, side=size, out=size, batch_size=256, generator=generator, strength=strength
    )
    return net, fit(net, stream, losses.classification, examples=examples, static=True)
