"""What a function that makes two views does, found out on pictures that tell it.

Facts for the exercise of lesson 07, as ``exercises.facts`` has them.
"""

from collections.abc import Callable, Iterator

import torch

from course_utils import runtime
from course_utils.exercises.facts import results_of, share

_SIDE, _EACH = 16, 300


def _places() -> torch.Tensor:
    """Pictures whose red says how far right a pixel lies, green how far down, blue which it is."""
    ramp = torch.linspace(0.2, 0.8, _SIDE)
    number = torch.linspace(0.2, 0.8, _EACH)
    parts = ramp[None, None, :], ramp[None, :, None], number[:, None, None]
    return torch.stack([part.expand(_EACH, _SIDE, _SIDE) for part in parts], 1)


def _tints() -> torch.Tensor:
    """A third of one colour each, a third of one gray, a third of two grays in small squares."""
    hue = torch.linspace(0, 1, _EACH + 1)[:-1]
    wheel = ((6 * hue[:, None] + torch.tensor([0.0, 4.0, 2.0])) % 6 - 3).abs() - 1
    tinted = (0.25 + 0.25 * wheel.clamp(0, 1))[:, :, None, None].expand(-1, -1, _SIDE, _SIDE)
    square = torch.arange(_SIDE) // 2 % 2
    squares = 0.4 + 0.2 * (square[:, None] ^ square[None, :])
    gray = torch.full((_EACH, 3, _SIDE, _SIDE), 0.5)
    return torch.cat([tinted, gray, squares.expand(_EACH, 3, -1, -1)])


def of_places(answer: Callable, strength: float) -> Iterator[tuple[str, object]]:
    """Without colours changed: which pictures the views are of, and what they show of them."""
    images = _places()
    given = {"images": images, "generator": runtime.generator(1), "strength": strength}
    (views,) = yield from results_of(answer, given, "views")
    again, other = (answer(images.clone(), runtime.generator(s), strength) for s in (1, 2))
    yield "repeatable", torch.equal(again, views) and not torch.equal(other, views)
    generator = runtime.generator(3)
    first, second = (answer(images.clone(), generator, strength) for _ in range(2))
    moved = [not torch.equal(a, b) for a, b in zip(first.chunk(2), second.chunk(2), strict=True)]
    yield "moves_on", moved
    right, down, number = views.unbind(1)  # (2B, S, S) each
    blue = images[:, 2, 0, 0]
    yield "colors_left", bool((number.amax((1, 2)) - number.amin((1, 2))).max() < 1e-3)
    source = (number.mean((1, 2))[:, None] - blue).abs().argmin(1)
    yield "in_order", bool((source == torch.arange(_EACH).repeat(2)).all())
    yield "each_twice", source.bincount(minlength=_EACH).unique().tolist() == [2]
    width, height = (
        (x.amax((1, 2)) - x.amin((1, 2))) / 0.6 * (_SIDE - 1) / _SIDE + 1 / _SIDE
        for x in (right, down)
    )
    area = width * height
    yield "smallest", "tiny" if area.min() < 0.17 else "right" if area.min() < 0.3 else "large"
    yield "large_enough", bool(area.max() > 0.85)
    yield "told_smallest", area.min().item()
    mirrored = right[:, :, 0] > right[:, :, -1]  # (2B, S)
    mirrored = mirrored.float().mean(1) > 0.5
    yield "mirrored", share(mirrored)
    yield "mirrored_alike", share(mirrored[:_EACH] == mirrored[_EACH:])
    left, top = right.amin((1, 2)), down.amin((1, 2))
    shown = torch.stack([left, top, width], 1).mul(100).round()
    yield "own_crops", len(shown.unique(dim=0)) > 30
    one, two = (torch.stack([v[:_EACH], v[_EACH:]]) for v in (left, top))
    same = ((one[0] - one[1]).abs() < 1e-4) & ((two[0] - two[1]).abs() < 1e-4)
    yield "crops_differ", bool(same.float().mean() < 0.5)


def of_tints(answer: Callable, strength: float) -> Iterator[tuple[str, object]]:
    """What is done to colours: how often, how far, and whether in both views alike."""
    images, generator = _tints(), runtime.generator(4)
    given = {"images": images, "generator": runtime.generator(1), "strength": strength}
    (views,) = yield from results_of(answer, given, "views")
    yield "in_range", bool((views.min() >= 0) & (views.max() <= 1))
    tinted, gray, squares = views.unflatten(0, (2, 3, _EACH)).unbind(1)  # (2, N, 3, S, S) each
    color_of = tinted.mean((3, 4))  # (2, N, 3)
    was = images[:_EACH].mean((2, 3))
    drained = color_of.amax(2) - color_of.amin(2) < 1e-3
    yield "gray", share(drained)
    kept = (color_of - was).abs().amax(2) < 1e-3
    yield "kept", share(kept)
    luma = torch.tensor([0.299, 0.587, 0.114])
    plain = drained & ((color_of @ luma - was @ luma).abs() < 2e-3)
    yield "gray_without_jitter", share(plain)
    few = [answer(images[:10].clone(), generator, strength) for _ in range(12)]
    counts = [int((v.amax((1, 2, 3)) - v.mean(1).amax((1, 2)) < 1e-3).sum()) for v in few]
    yield "gray_varies", len(set(counts)) > 1
    alike = (color_of[0] - color_of[1]).abs().amax(1) < 1e-4
    yield "colors_differ", alike.float().mean().item() < 0.5
    turned = (_hue(color_of) - _hue(was) + 0.5) % 1 - 0.5
    farthest = turned.masked_fill(drained, 0.0).abs().max().item()
    yield "hue", round(farthest / (0.2 * strength))
    yield "told_hue", farthest
    light = gray.mean((2, 3, 4))  # (2, N)
    yield "brightness", _reaches(light / 0.5, 0.8 * strength)
    yield "told_brightness", light.max().item() / 0.5 - 1
    high, low = squares.amax((2, 3, 4)), squares.amin((2, 3, 4))
    relative = (high - low) / (high + low) * 5  # 1 where contrast was left alone
    yield "contrast", _reaches(relative, 0.8 * strength, loose=0.15)
    colorful = (color_of.amax(2) - color_of.amin(2)) / color_of.mean(2)
    colorful = colorful / ((was.amax(1) - was.amin(1)) / was.mean(1))
    # Contrast draws a plain colour towards gray as well: only both reach so far.
    yield "saturation", colorful.max().item() > (1 + 0.8 * strength) ** 1.5


def _hue(colors: torch.Tensor) -> torch.Tensor:
    """Where on the colour circle ``(…, 3)`` lie, in [0, 1): the angle around the gray axis."""
    r, g, b = colors.unbind(-1)
    high, low = colors.amax(-1), colors.amin(-1)
    spread = (high - low).clamp(min=1e-6)
    red, green = (g - b) / spread % 6, (b - r) / spread + 2
    return torch.where(high == r, red, torch.where(high == g, green, (r - g) / spread + 4)) / 6


def _reaches(factors: torch.Tensor, x: float, loose: float = 0.05) -> bool:
    """Whether factors fill 1 − x to 1 + x, and go no farther but for ``loose`` of x."""
    low, high = 1 - factors.min().item(), factors.max().item() - 1
    return all(0.8 * x < end < (1 + loose) * x for end in (low, high))
