"""Pictures in rows and columns, not smoothed, with titles or with bars below them."""

from collections.abc import Sequence

import torch

from course_utils.figures.style import (
    GRAY,
    GREEN,
    Picture,
    drawable,
    empty_figure,
    font_families,
)


def picture_grid(
    images: torch.Tensor,
    *,
    columns: int,
    titles: Sequence[str] | None = None,
    row_labels: Sequence[str] | None = None,
    width: float = 8.0,
) -> Picture:
    """Pictures in a grid, row by row, not smoothed.

    ``images`` is uint8 or float in [0, 1], ``(N, 3, S, S)``; ``titles`` one a picture;
    ``row_labels`` one a row; ``width`` in inches.
    """
    rows = -(-len(images) // columns)
    cell = (width - (1.1 if row_labels else 0)) / columns
    lines = max(title.count("\n") + 1 for title in titles) if titles else 0
    figure = empty_figure(width, rows * (cell + 0.21 * lines))
    figure.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0, hspace=0)
    grid = figure.subplots(rows, columns, squeeze=False)
    for i, axes in enumerate(grid.flat):
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        if i >= len(images):
            continue
        axes.imshow(images[i].permute(1, 2, 0).cpu().numpy(), interpolation="nearest")
        if titles:
            axes.set_title(drawable(titles[i]), fontsize=9, fontfamily=font_families())
        if row_labels and i % columns == 0:
            axes.set_ylabel(
                row_labels[i // columns], fontsize=9, rotation=0, ha="right", va="center"
            )
    listed = "; ".join(" ".join(title.split()) for title in titles or row_labels or [])
    figure.describe(
        ko=f"이미지 {len(images)}장을 {columns}열로 놓은 격자. {listed}",
        en=f"A grid of {len(images)} pictures in {columns} columns. {listed}",
    )
    return figure


def bars_per_picture(
    images: torch.Tensor, shares: torch.Tensor, *, names: Sequence[str], right: Sequence[int]
) -> Picture:
    """Pictures above their predicted probabilities; bar and name of the truth are green.

    ``images`` is uint8 or float in [0, 1], ``(N, 3, S, S)``; ``shares`` float ``(N, K)``; ``names``
    the K classes; ``right`` holds the index of the truth for each picture.
    """
    n = len(images)
    figure = empty_figure(8, 2.6)
    grid = figure.subplots(2, n, height_ratios=[1.3, 1], squeeze=False)
    for i in range(n):
        top, bottom = grid[0, i], grid[1, i]
        top.imshow(images[i].permute(1, 2, 0).cpu().numpy(), interpolation="nearest")
        top.set(xticks=[], yticks=[])
        top.spines[:].set_visible(False)
        colors = [GREEN if k == right[i] else GRAY for k in range(len(names))]
        bottom.bar(range(len(names)), shares[i].numpy(), color=colors)
        bottom.set(ylim=(0, 1.05), yticks=[0, 1] if i == 0 else [], xticks=range(len(names)))
        bottom.set_xticklabels(names, fontsize=6.5)
        bottom.get_xticklabels()[right[i]].set(color=GREEN, fontweight="bold")
        bottom.spines[["top", "right"]].set_visible(False)
    grid[1, 0].set_ylabel("probability", fontsize=8)
    listed = ", ".join(f"{shares[i, right[i]]:.0%}" for i in range(n))
    figure.describe(
        ko=f"이미지 {n}장과 예측 확률 막대. 정답에 준 확률은 차례로 {listed}.",
        en=f"{n} pictures with bars of predicted probability. The truth got, in order, {listed}.",
    )
    return figure
