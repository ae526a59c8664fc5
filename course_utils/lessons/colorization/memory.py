"""Lesson 05 rebuilt from memory: are these gray pictures, and do the targets say the colours?"""

import math

import torch
import torch.nn.functional as F

from course_utils.data import toyworld
from course_utils.data.worlds import without_color
from course_utils.exercises.facts import as_tensor
from course_utils.lessons.colorization.hues import hued
from course_utils.pretext import colorization
from course_utils.views.color import to_gray
from course_utils.views.lab import rgb_to_lab
from course_utils.views.streams import to_bytes, to_float

_ENOUGH = 0.5  # of the variance of the colours that targets have to explain


def given(drawn: toyworld.Stills) -> torch.Tensor:
    """ToyWorld in which every kind of thing has a hue of its own, on backgrounds without colour."""
    ab = hued(drawn.masks, drawn.factors["kind"] / len(toyworld.KINDS))
    gray = to_float(without_color(drawn.images))
    parts = zip(gray.split(500), ab.split(500), strict=True)
    return torch.cat([to_bytes(colorization.paint(x, colors)) for x, colors in parts])


def probed(drawn: toyworld.Stills) -> torch.Tensor:
    """The same pictures in gray: kinds cannot be told by their hues."""
    return without_color(drawn.images)


def judge(few: torch.Tensor, inputs: object, targets: object) -> str:
    """What is missing of the inputs and targets made of uint8 pictures ``(N, 3, S, S)``.

    Any scale of gray with one channel or three, any size of a place, any numbering of bins, colours
    themselves or shares of bins are right, as long as the inputs have no colour and the targets say
    most of it. Returns ``"right"`` or what is wrong: a key of the lesson's texts.
    """
    inputs, targets = as_tensor(inputs), as_tensor(targets)
    n, side = len(few), few.shape[-1]
    if not isinstance(inputs, torch.Tensor) or not inputs.numel():
        return "no_pictures"
    seen = inputs.detach().float().cpu()
    seen = seen[:, None] if seen.ndim == 3 else seen
    if seen.shape not in {(n, c, side, side) for c in (1, 3)}:
        return "no_pictures"
    if (seen - seen.mean(1, keepdim=True)).abs().max() > 0.02 * (seen.max() - seen.min()):
        return "colored"
    gray = to_gray(to_float(few))[:, 0].flatten(1)
    if _correlation(seen.mean(1).flatten(1), gray).min() < 0.8:
        return "another_picture"
    grid = _places(targets, n, side)
    if grid is None:
        return "no_targets"
    ab = F.adaptive_avg_pool2d(rgb_to_lab(to_float(few))[:, 1:], grid.shape[2:])
    return "right" if _explained(grid, ab) > _ENOUGH else "targets_wrong"


def _correlation(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    x, y = (v - v.mean(1, keepdim=True) for v in (x, y))
    return F.cosine_similarity(x, y, dim=1)


def _places(targets: object, n: int, side: int) -> torch.Tensor | None:
    """Targets as ``(N, C, h, w)``: one number a place, or several; None if there is no grid."""
    if not isinstance(targets, torch.Tensor):
        return None
    targets = targets.detach().cpu()
    if targets.ndim < 3:  # in rows: as many places as make a square
        places = targets.numel() / n
        h = math.isqrt(int(places))
        if not 2 <= h <= side or h * h != places:
            return None
        targets = targets.reshape(n, h, h)
    targets = targets[:, None] if targets.ndim == 3 else targets
    fits = targets.ndim == 4 and len(targets) == n and min(targets.shape[2:]) >= 2
    return targets if fits and max(targets.shape[2:]) <= side else None


def _explained(grid: torch.Tensor, ab: torch.Tensor) -> float:
    """The share of the variance of the colours ``(N, 2, h, w)`` that the targets explain."""
    colors = ab.permute(0, 2, 3, 1).reshape(-1, 2)
    colors = colors - colors.mean(0)
    if grid.shape[1] in (2, 3):  # colours themselves: as far as a plane fits them
        x = grid.float().permute(0, 2, 3, 1).reshape(-1, grid.shape[1])
        x = torch.cat([x, torch.ones(len(x), 1)], 1)
        left = colors - x @ torch.linalg.lstsq(x, colors, driver="gelsd").solution
    else:  # the number of a bin, or shares of bins
        bins = (grid[:, 0] if grid.shape[1] == 1 else grid.argmax(1)).flatten()
        _, bins = bins.unique(return_inverse=True)
        counts = bins.bincount()[:, None]
        if len(counts) > len(colors) / 4:  # a number of its own for every place says nothing
            return 0.0
        means = torch.zeros(len(counts), 2).index_add_(0, bins, colors) / counts
        left = colors - means[bins]
    return 1 - (left.square().sum() / colors.square().sum().clamp(min=1e-9)).item()
