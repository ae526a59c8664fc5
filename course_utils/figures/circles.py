"""Points on a circle in pairs, drawn without words."""

import numpy as np
import torch
from PIL import Image, ImageDraw

from course_utils.figures.style import COLORS, FAINT

_TIMES = 3  # drawn so much larger, then shrunk: smooth edges
_MARK, _HOLLOW = 0.034, 0.052  # radius of marks, of the side
_SHAPES = ("circle", "square", "triangle", "diamond")


def board(angles: torch.Tensor, *, side: int = 320) -> np.ndarray:
    """Pairs of points on a circle, uint8 ``(side, side, 3)``.

    ``angles`` float ``(2B,)`` in radians, counter-clockwise from the right; points i and i + B are
    partners: of one colour and one shape, the second hollow and larger, so that both are seen where
    they meet, joined by a line.
    """
    large = side * _TIMES
    picture = Image.new("RGB", (large, large), "white")
    draw = ImageDraw.Draw(picture)
    middle, radius = large / 2, large * 0.42
    ring = (middle - radius, middle - radius, middle + radius, middle + radius)
    draw.ellipse(ring, outline=FAINT, width=2 * _TIMES)
    x = (middle + radius * angles.cos()).tolist()
    y = (middle - radius * angles.sin()).tolist()
    n = len(angles) // 2
    for i in range(n):
        draw.line((x[i], y[i], x[i + n], y[i + n]), fill=COLORS[i % len(COLORS)], width=_TIMES)
    for i in (*range(n, 2 * n), *range(n)):
        pair, mark = i % n, _MARK if i < n else _HOLLOW
        outline = _outline(_SHAPES[pair % len(_SHAPES)], x[i], y[i], large * mark)
        color = COLORS[pair % len(COLORS)]
        draw.polygon(outline, fill=color if i < n else "white")
        draw.line([*outline, outline[0]], fill=color, width=2 * _TIMES, joint="curve")
    return np.asarray(picture.resize((side, side), Image.Resampling.LANCZOS))


def sign(pair: int) -> str:
    """The sign of a pair in words of a label: its shape, filled."""
    return {"circle": "●", "square": "■", "triangle": "▲", "diamond": "◆"}[
        _SHAPES[pair % len(_SHAPES)]
    ]


def _outline(shape: str, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """Corners of a mark; of a circle so many that it looks round."""
    corners, first = {
        "circle": (40, 0.0),
        "square": (4, np.pi / 4),
        "triangle": (3, np.pi / 2),
        "diamond": (4, 0.0),
    }[shape]
    turns = first + 2 * np.pi * np.arange(corners) / corners
    return [(x + radius * np.cos(a), y - radius * np.sin(a)) for a in turns]
