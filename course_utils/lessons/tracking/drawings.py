"""Drawings of lesson 08: what moves in a video, and which triplets still pull."""

from collections.abc import Mapping, Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.figures.style import ORANGE, Picture, colors_of, empty_figure, plain_axes


def scenes(
    frames: Sequence[torch.Tensor],
    *,
    boxes: Sequence[torch.Tensor] = (),
    points: Sequence[torch.Tensor] = (),
    paths: Sequence[Sequence[torch.Tensor]] = (),
    titles: Sequence[str],
    columns: int = 2,
    width: float = 8.0,
) -> Picture:
    """Frames of a video in a grid with boxes, points and paths on them.

    ``frames``: uint8 ``(3, H, W)`` of one size. For each frame, in pixels, ``boxes`` float or int
    ``(N, 4)``, left, top, right, bottom; ``points`` ``(M, 2)``, x and y; ``paths``, a list of
    ``(L, 2)``. What is not given is not drawn.
    """
    height, across = frames[0].shape[-2:]
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    figure = empty_figure(width, rows * (width / columns * height / across + 0.3))
    figure.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0, hspace=0)
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for i, axes in enumerate(grid):
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        if i >= len(frames):
            continue
        axes.imshow(frames[i].permute(1, 2, 0).numpy())
        if points:
            axes.plot(*points[i].T.tolist(), ".", color=ORANGE, markersize=3)
        for path in paths[i] if paths else []:
            axes.plot(*path.T.tolist(), color=ORANGE, linewidth=1.5)
        for left, top, right, bottom in boxes[i].tolist() if boxes else []:
            _outline(axes, left, top, right, bottom)
        axes.set(xlim=(-0.5, across - 0.5), ylim=(height - 0.5, -0.5))
        axes.set_title(titles[i], fontsize=10)
    listed = "; ".join(
        f"{title} ({len(boxes[i]) if boxes else 0})" for i, title in enumerate(titles)
    )
    figure.describe(
        ko=f"비디오의 프레임 {len(frames)}개. 제목과 상자의 수: {listed}.",
        en=f"{len(frames)} frames of a video. Titles and numbers of boxes: {listed}.",
    )
    return figure


def _outline(axes: Axes, left: float, top: float, right: float, bottom: float) -> None:
    """A rectangle in white on black: one of the two is seen on any ground."""
    for color, line in (("black", 2.6), ("white", 1.2)):
        axes.add_patch(
            Rectangle(
                (left, top), right - left, bottom - top, fill=False, edgecolor=color, linewidth=line
            )
        )


def triplets(near: torch.Tensor, far: Mapping[str, torch.Tensor], *, margin: float) -> Picture:
    """Triplets as points, D(X, X⁺) against D(X, X⁻); those in the shaded corner still pull.

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
        axes.set_title(f"{name}: {pull:.0%} pull", fontsize=10)
        plain_axes(axes)
        told.append(f"{name} {pull:.0%}")
    figure.axes[0].set_ylabel("D(X, X⁻)")
    figure.describe(
        ko=f"삼중항을 점으로 찍은 그림, 마진 {margin:.2f}. 아직 당기는 비율: {', '.join(told)}.",
        en=f"Triplets as points, margin {margin:.2f}. Share that still pull: {', '.join(told)}.",
    )
    return figure
