"""Drawings of lesson 03: four directions in which a network's guesses come apart."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from PIL import Image, ImageDraw

from course_utils import runtime
from course_utils.figures import words
from course_utils.figures.grids import Sheet, picture_grid
from course_utils.figures.motion import Animation
from course_utils.figures.style import GREEN, ORANGE, PINK, SKY
from course_utils.pretext import rotation

_SIZE, _TIMES = 400, 3  # pixels; drawn three times as large and made smaller, so edges are smooth
_COLORS = (GREEN, PINK, SKY, ORANGE)  # by true turn; the direction of the arrow says the same
# Where the top of a picture lies after r turns counter-clockwise: above, left, below, right.
_TOP = ((0, -1), (-1, 0), (0, 1), (1, 0))

# Where ToyWorld's sun is, as ``toyworld.stills`` takes it, and what that is called.
SUNS = {"random": ("해 위치 무작위", "sun anywhere"), "above": ("해가 늘 위", "sun always above")}


def worlds(photographs: torch.Tensor, suns: Mapping[str, torch.Tensor]) -> Sheet:
    """What the networks of the records saw: photographs with seams, whole and in tiles, and
    ``suns``, pictures of ToyWorld by where its sun is, ``"random"`` or ``"above"``.

    All are uint8 ``(N, 3, S, S)`` of one S; as many of ``suns`` are shown as of ``photographs``.
    """
    generator = runtime.generator(0)
    rows = {
        ("온전한 사진", "whole"): photographs,
        ("네 조각", "4 tiles"): rotation.shuffle_tiles(photographs, 2, generator),
        ("열여섯 조각", "16 tiles"): rotation.shuffle_tiles(photographs, 4, generator),
    }
    rows = {name: rotation.draw_seams(shown) for name, shown in rows.items()}
    n = len(photographs)
    rows |= {SUNS[sun]: pictures[:n] for sun, pictures in suns.items()}
    return picture_grid(torch.cat(list(rows.values())), columns=n, row_labels=list(rows), width=6)


def joined(name: str, when: tuple[str, str]) -> tuple[str, str]:
    """A class and when it is shown, in both languages."""
    return tuple(f"{a}, {b}" for a, b in zip(words.name(name), when, strict=True))


def compass(seen: torch.Tensor, truth: torch.Tensor) -> Animation:
    """What a network learns to tell, as arrows that drift apart while it is trained.

    ``seen`` float ``(T, N, 4)``: the probabilities that it gives N turned pictures at T moments;
    ``truth`` int64 ``(N,)``, how often each was turned. An arrow points where the top of its
    picture truly is, and lies where the network takes it to be: in the middle while it cannot
    tell, far out where it is sure.
    """
    jitter = 14 * torch.randn(len(truth), 2, generator=runtime.generator(0))
    places = seen @ torch.tensor(_TOP).float()  # (T, N, 2)
    frames = [_frame(at, truth, jitter) for at in places]
    right = (seen[-1].argmax(1) == truth).float().mean()
    return Animation(
        frames,
        ko=f"화살표 {len(truth)}개가 가운데에서 네 방향으로 갈라지고, 학습이 끝나면 {right:.0%}가 제 방향에 있습니다.",
        en=f"{len(truth)} arrows drift from the middle in four directions. "
        f"In the end {right:.0%} lie where they point.",
    )


def _frame(places: torch.Tensor, truth: torch.Tensor, jitter: torch.Tensor) -> np.ndarray:
    side = _SIZE * _TIMES
    picture = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(picture)
    reach = 0.36 * side
    for x, y in _TOP:  # the four directions, pale
        middle = side / 2 + x * 0.455 * side, side / 2 + y * 0.455 * side
        pen.line((side / 2, side / 2, *middle), fill="#E3E3E3", width=2 * _TIMES)
        _arrow(pen, middle, (x, y), 15 * _TIMES, "#BBBBBB")
    for (x, y), (dx, dy), r in zip(places.tolist(), jitter.tolist(), truth.tolist(), strict=True):
        at = side / 2 + reach * x + dx * _TIMES, side / 2 + reach * y + dy * _TIMES
        _arrow(pen, at, _TOP[r], 5.5 * _TIMES, _COLORS[r])
    return np.asarray(picture.resize((_SIZE, _SIZE), Image.Resampling.LANCZOS))


def _arrow(pen: ImageDraw.ImageDraw, at: tuple, way: tuple, size: float, color: str) -> None:
    """A slim triangle at a place, pointing one way."""
    angle = math.atan2(way[1], way[0])
    corners = [(size * 1.3, 0.0), (-size, size * 0.85), (-size * 0.5, 0.0), (-size, -size * 0.85)]
    cos, sin = math.cos(angle), math.sin(angle)
    pen.polygon([(at[0] + x * cos - y * sin, at[1] + x * sin + y * cos) for x, y in corners], color)
