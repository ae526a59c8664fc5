"""Drawings of lesson 08: what moves in a video, and which triplets are active."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image

from course_utils.figures.grids import Sheet
from course_utils.figures.style import (
    ORANGE,
    Drawing,
    colors_of,
    drawn,
    empty_figure,
    plain_axes,
)
from course_utils.figures.words import word
from course_utils.lang import Text, t


def scenes(
    frames: Sequence[torch.Tensor],
    *,
    boxes: Sequence[torch.Tensor] = (),
    points: Sequence[torch.Tensor] = (),
    paths: Sequence[Sequence[torch.Tensor]] = (),
    titles: Sequence[Text],
    columns: int = 2,
    width: float = 8.0,
) -> Sheet:
    """Frames of a video in a grid with boxes, points and paths on them.

    ``frames``: uint8 ``(3, H, W)`` of one size. For each frame, in pixels, ``boxes`` float or int
    ``(N, 4)``, left, top, right, bottom; ``points`` ``(M, 2)``, x and y; ``paths``, a list of
    ``(L, 2)``. What is not given is not drawn.
    """
    columns = min(columns, len(frames))
    drawn_frames = [
        _frame(
            frame,
            width / columns,
            boxes=boxes[i] if boxes else torch.zeros(0, 4),
            points=points[i] if points else torch.zeros(0, 2),
            paths=paths[i] if paths else (),
        )
        for i, frame in enumerate(frames)
    ]
    rows = [drawn_frames[i : i + columns] for i in range(0, len(frames), columns)]
    return Sheet(rows, titles=titles)


def _frame(
    frame: torch.Tensor,
    width: float,
    *,
    boxes: torch.Tensor,
    points: torch.Tensor,
    paths: Sequence[torch.Tensor],
) -> np.ndarray:
    """A frame with what is drawn on it, uint8 ``(H, W, 3)`` in 256 colours,
    ``width`` inches wide.
    """
    height, across = frame.shape[-2:]
    figure = empty_figure(width, width * height / across)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.imshow(frame.permute(1, 2, 0).numpy())
    axes.plot(*points.T.tolist(), ".", color=ORANGE, markersize=3)
    for path in paths:
        axes.plot(*path.T.tolist(), color=ORANGE, linewidth=1.5)
    for left, top, right, bottom in boxes.tolist():
        _outline(axes, left, top, right, bottom)
    axes.set(xlim=(-0.5, across - 0.5), ylim=(height - 0.5, -0.5))
    figure.canvas.draw()
    full = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3])
    few = full.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return np.asarray(few.convert("RGB"))


def _outline(axes: Axes, left: float, top: float, right: float, bottom: float) -> None:
    """A rectangle in white on black: one of the two is seen on any ground."""
    for color, line in (("black", 2.6), ("white", 1.2)):
        axes.add_patch(
            Rectangle(
                (left, top), right - left, bottom - top, fill=False, edgecolor=color, linewidth=line
            )
        )


@drawn
def triplets(near: torch.Tensor, far: Mapping[Text, torch.Tensor], *, margin: float) -> Drawing:
    """Triplets as points, D(X, X⁺) against D(X, X⁻); those in the shaded corner are active.

    ``near`` is float ``(N,)``, cosine distances in [0, 2]; ``far[name]`` the same for each way to
    choose negatives.
    """
    figure = empty_figure(8, 3.4)
    told = []
    for axes, (name, distances), color in zip(
        figure.subplots(1, len(far), squeeze=False)[0],
        far.items(),
        colors_of(list(far)),
        strict=True,
    ):
        pull = (near - distances + margin > 0).float().mean().item()
        ends = torch.tensor([0.0, 2.0])
        axes.fill_between(ends, ends + margin, -1, color=color, alpha=0.12, linewidth=0)
        axes.plot(ends, ends + margin, color=color, linewidth=1)
        axes.plot(near, distances, ".", color=color, markersize=3)
        axes.set(xlim=(0, 2), ylim=(0, 2), xlabel="D(X, X⁺)", aspect="equal")
        active = t(ko=f"활성 {pull:.0%}", en=f"{pull:.0%} active")
        axes.set_title(f"{word(name)}: {active}", fontsize=10)
        plain_axes(axes)
        told.append(f"{word(name)} {pull:.0%}")
    figure.axes[0].set_ylabel("D(X, X⁻)")
    figure.describe(
        ko=f"삼중항을 점으로 찍은 그림, 마진 {margin:.2f}. 활성 삼중항의 비율: {', '.join(told)}.",
        en=f"Triplets as points, margin {margin:.2f}. Share that are active: {', '.join(told)}.",
    )
    return figure
