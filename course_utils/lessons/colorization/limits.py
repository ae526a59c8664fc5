"""How good a painting can be at best: what bins and places leave out, and what JPEG has taken."""

import io
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from course_utils.figures.tables import named
from course_utils.pretext import colorization
from course_utils.views.lab import rgb_to_lab
from course_utils.views.streams import to_float

# What Pillow calls the ways of storing colour, and what they are.
SUBSAMPLING = {
    "4:4:4": (0, ("픽셀마다 색 하나", "a color for every pixel")),
    "4:2:0": (2, ("네 픽셀에 색 하나", "one color for 4 pixels")),
}


def left_out(images: torch.Tensor, side: float | None, cell: int) -> float:
    """The error that remains where every place gets its right bin: root of the mean squared
    distance of a and b to the truth, over pixels.

    ``images`` uint8 ``(N, 3, S, S)``; ``side`` of a bin, None for the mean colour itself; ``cell``
    pixels on a side of a place, a divisor of S. Colours are enlarged smoothly, as in painting.
    """
    ab = colorization.split_color(to_float(images))[1]
    places = F.avg_pool2d(ab, cell)
    if side is not None:
        colors = colorization.palette(side)
        places = colors[colorization.nearest_bin(places, colors)].permute(0, 3, 1, 2)
    painted = F.interpolate(places, ab.shape[2:], mode="bilinear", align_corners=False)
    return (painted - ab).square().sum(1).mean().sqrt().item()


def bins_and_places(images: torch.Tensor, *, sides: Sequence[int] = (10, 20, 40)) -> None:
    """Say ``left_out`` for several bins and places."""
    cells = (2, 4, 8)
    rows = []
    for side in sides:
        n = len(colorization.palette(side))
        left = [f"{left_out(images, side, cell):.1f}" for cell in cells]
        rows.append([(f"{n}칸, 한 변 {side}", f"{n} bins of {side}"), *left])
    best = [f"{left_out(images, None, cell):.1f}" for cell in cells]
    named(
        [("칸", "bins"), *[(f"{c}×{c}픽셀마다", f"every {c} × {c} pixels") for c in cells]],
        [[("칸 없이, 평균 색", "no bins, the mean itself"), *best], *rows],
    )


def jpeg_errors(images: torch.Tensor, *, quality: int, subsampling: str) -> tuple[float, float]:
    """What saving as JPEG changes: the root of the mean squared change of L, and of (a, b).

    ``images`` uint8 ``(N, 3, S, S)``; ``subsampling`` a key of ``SUBSAMPLING``.
    """
    saved = []
    for picture in images:
        file = io.BytesIO()
        pixels = Image.fromarray(picture.permute(1, 2, 0).cpu().numpy())
        pixels.save(file, format="JPEG", quality=quality, subsampling=SUBSAMPLING[subsampling][0])
        with Image.open(file) as again:
            saved.append(torch.from_numpy(np.array(again.convert("RGB"))).permute(2, 0, 1))
    change = rgb_to_lab(to_float(torch.stack(saved))) - rgb_to_lab(to_float(images.cpu()))
    light, color = change[:, :1], change[:, 1:]
    return tuple(x.square().sum(1).mean().sqrt().item() for x in (light, color))


def jpeg(images: torch.Tensor) -> None:
    """Say ``jpeg_errors`` for two qualities and two ways of storing colour."""
    rows = []
    for quality in (95, 75):
        for name, (_, (ko, en)) in SUBSAMPLING.items():
            errors = jpeg_errors(images, quality=quality, subsampling=name)
            what = f"품질 {quality}, {ko}", f"quality {quality}, {en}"
            rows.append([what, *[f"{error:.1f}" for error in errors]])
    named([("저장 방법", "saved with"), ("밝기 L", "lightness L"), ("색 a, b", "color a, b")], rows)
