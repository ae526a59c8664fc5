"""Figures that explain: what is hidden and predicted, and how the lessons hang together.

Figures that show measurements are in ``plots``, whose colours and alt texts these share.
"""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.lang import both
from course_utils.plots import BLUE, GRAY, GREEN, ORANGE, RED, Picture, empty_figure

# What lesson teaches which part of a picture, a film or a sentence to be predicted from the rest.
HIDDEN = {
    "top": "07 contrastive: predict hidden rows",
    "left": "04 patches: which piece lies there?",
    "color": "05 colorization",
    "center": "06 generative: fill the hole",
    "next frame": "08–10 video: what comes next?",
    "word": "01 go deeper: masked words",
}


def hidden_part(picture: torch.Tensor, part: str, *, sentence: Sequence[str]) -> Picture:
    """What is given on the left, what has to be predicted on the right, for a way of hiding.

    ``picture`` is uint8 ``(3, S, S)``; ``part`` one of ``HIDDEN``; ``sentence`` the words of an English
    one, of which the last but one is hidden. For "next frame" a window moves over the picture. Raises
    ``ValueError`` for another part.
    """
    if part not in HIDDEN:
        raise ValueError(
            both(
                ko=f"{part!r}은 가릴 수 없습니다. 고를 수 있는 것: {', '.join(HIDDEN)}.",
                en=f"There is no part called {part!r}. Choose among: {', '.join(HIDDEN)}.",
            )
        )
    size = picture.shape[-1]
    image = picture.permute(1, 2, 0).cpu().numpy() / 255
    gray = np.repeat(image @ [[0.299], [0.587], [0.114]], 3, axis=2)
    figure = empty_figure(8, 2.7)
    if part == "word":
        axes = figure.subplots()
        axes.set(xlim=(0, len(sentence)), ylim=(0, 1))
        axes.axis("off")
        for i, word in enumerate(sentence):
            hole = i == len(sentence) - 2
            axes.text(
                i + 0.5, 0.62, "?" if hole else word, ha="center", va="center", fontsize=15,
                bbox={"facecolor": ORANGE if hole else "#EEF3F7", "edgecolor": GRAY, "pad": 8},
            )  # fmt: skip
            if hole:
                axes.text(i + 0.5, 0.2, word, ha="center", color=GREEN, fontsize=15)
                axes.annotate("", (i + 0.5, 0.3), (i + 0.5, 0.45), arrowprops={"arrowstyle": "->"})
    elif part == "next frame":
        step, window = size // 8, 5 * size // 8
        grid = figure.subplots(1, 4)
        for i, axes in enumerate(grid):
            frame = image[size // 6 : size // 6 + window, i * step : i * step + window]
            axes.imshow(frame, interpolation="nearest")
            axes.set_title(f"frame {i + 1}" if i < 3 else "frame 4: predict", fontsize=10)
            color, line = (GREEN, 4) if i == 3 else (GRAY, 1)
            axes.spines[:].set(color=color, linewidth=line)
    else:
        hidden = np.zeros((size, size), bool)
        half, quarter = size // 2, size // 4
        rows, columns = {
            "top": (slice(half), slice(None)),
            "left": (slice(None), slice(half)),
            "center": (slice(quarter, 3 * quarter), slice(quarter, 3 * quarter)),
            "color": (slice(0), slice(0)),
        }[part]
        hidden[rows, columns] = True
        given = gray if part == "color" else np.where(hidden[..., None], 0.8, image)
        wanted = image if part == "color" else np.where(hidden[..., None], image, 0.95)
        left, middle, right = figure.subplots(1, 3, width_ratios=[1, 0.35, 1])
        for axes, shown, title, color in (
            (left, given, "given", GRAY),
            (right, wanted, "to predict", GREEN),
        ):
            axes.imshow(shown, interpolation="nearest")
            axes.set_title(title, fontsize=11)
            axes.spines[:].set(color=color, linewidth=2)
        middle.annotate("", (1, 0.5), (0, 0.5), arrowprops={"arrowstyle": "->", "linewidth": 2})
        middle.axis("off")
    for axes in figure.axes:
        axes.set(xticks=[], yticks=[])
    figure.suptitle(f"hidden: {part}  →  {HIDDEN[part]}", fontsize=11)
    figure.describe(
        ko=f"왼쪽은 주어진 것, 오른쪽은 예측할 것. 숨긴 부분: {part} ({HIDDEN[part]}).",
        en=f"What is given on the left, what to predict on the right. Hidden: {part} ({HIDDEN[part]}).",
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


def windows(
    pictures: Sequence[torch.Tensor],
    boxes: Sequence[Sequence[tuple[float, float, float]]],
    *,
    titles: Sequence[str],
    width: float = 8.0,
) -> Picture:
    """Pictures side by side with square windows drawn on them.

    ``pictures``: uint8 or float ``(3, H, W)``, or a map ``(H, W)`` that is shown as bright where it is large;
    all of one size. ``boxes``: for each a list of (top, left, side) in pixels.
    """
    height, across = pictures[0].shape[-2:]
    figure = empty_figure(width, width / len(pictures) * height / across + 0.35)
    figure.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0, hspace=0)
    for axes, picture, squares, title in zip(
        figure.subplots(1, len(pictures), squeeze=False)[0], pictures, boxes, titles, strict=True
    ):
        if picture.ndim == 2:
            axes.imshow(picture.numpy(), cmap="magma")
        else:
            axes.imshow(picture.permute(1, 2, 0).numpy())
        for top, left, side in squares:
            _outline(axes, left, top, left + side, top + side)
        axes.set_title(title, fontsize=10)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    listed = "; ".join(f"{x} ({len(b)})" for x, b in zip(titles, boxes, strict=True))
    figure.describe(
        ko=f"이미지 {len(pictures)}장과 그 위의 네모 창. {listed}.",
        en=f"{len(pictures)} pictures with square windows on them. {listed}.",
    )
    return figure


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
    """Frames of a video in a grid with boxes, points and paths on them; what is not given is not drawn.

    ``frames``: uint8 ``(3, H, W)`` of one size. For each frame ``boxes`` ``(N, 4)`` left, top, right, bottom, ``points``
    ``(M, 2)`` x and y, and ``paths``, a list of ``(L, 2)``, in pixels.
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


def outlines(
    picture: torch.Tensor, polygons: Sequence[torch.Tensor], patches: torch.Tensor
) -> Picture:
    """Windows of any shape on a picture, and beside it what was cut out of each.

    ``picture`` is ``(3, H, W)``, ``patches`` ``(n, 3, S, S)``, uint8 or float; each polygon ``(2, corners)`` holds x and
    y in pixels, and its first side, drawn thick, is the top of its patch.
    """
    n = len(polygons)
    figure = empty_figure(7, 7 / (1 + 0.75 * n) + 0.35)
    grid = figure.subplots(1, 1 + n, width_ratios=[1] + [0.75] * n)
    grid[0].imshow(picture.permute(1, 2, 0).numpy())
    grid[0].set(xlim=(0, picture.shape[2]), ylim=(picture.shape[1], 0))
    colors = (ORANGE, GREEN, BLUE, RED)
    for i, (polygon, patch) in enumerate(zip(polygons, patches, strict=True)):
        color = colors[i % len(colors)]
        x, y = polygon.tolist()
        grid[0].plot([*x, x[0]], [*y, y[0]], color=color, linewidth=1.5)
        grid[0].plot(x[:2], y[:2], color=color, linewidth=4)
        grid[1 + i].imshow(patch.permute(1, 2, 0).numpy())
        grid[1 + i].set_title(f"copy {i + 1}", fontsize=10, color=color)
        grid[1 + i].spines[:].set(color=color, linewidth=2)
    for axes in grid:
        axes.set(xticks=[], yticks=[])
    figure.describe(
        ko=f"왼쪽은 사진과 그 위의 창 {n}개, 오른쪽은 창마다 잘라 낸 사본.",
        en=f"On the left a picture with {n} windows on it, on the right the copy cut out of each.",
    )
    return figure


# The lessons: number, title, place on the map; and what leads to what.
LESSONS = {
    "01": ("Why SSL", 0, 2.0), "02": ("Distortion", 1, 4.0), "03": ("Rotation", 1, 3.2),
    "04": ("Patches", 1, 2.4), "05": ("Colorization", 1, 1.6), "06": ("Generative", 1, 0.8),
    "07": ("Contrastive", 2, 2.6), "08": ("Tracking", 2, 1.6), "09": ("Frame order", 2, 0.8),
    "10": ("Video color", 2, 0.0), "11": ("Joint training", 3, 2.8), "12": ("Comparison", 4, 2.0),
}  # fmt: skip
WRITTEN = ("01", "02", "03", "08")
LEADS_TO = (
    ("02", "07", "from classes to pairs"), ("04", "07", "pieces predict pieces"),
    ("03", "11", ""), ("02", "11", ""), ("05", "06", "split-brain"), ("05", "10", ""),
    ("08", "07", "triplets to many negatives"), ("07", "12", ""), ("11", "12", ""), ("08", "12", ""),
    ("09", "12", ""), ("10", "12", ""),
)  # fmt: skip


def course_map(written: Sequence[str]) -> Picture:
    """All lessons and what leads to what; the numbers in ``written`` are filled, the others outlined.

    Columns: opening, images, contrastive learning and video, joint training, comparison.
    """
    figure = empty_figure(9, 4.2)
    axes = figure.subplots()
    axes.set(xlim=(-0.5, 4.5), ylim=(-0.6, 4.9))
    axes.axis("off")
    column_colors = (GRAY, GREEN, BLUE, RED, GRAY)
    for x, name in ((1, "images"), (2, "pairs, and video"), (3, "with labels too")):
        axes.text(
            x, 4.65, name, ha="center", color=column_colors[x], fontsize=11, fontweight="bold"
        )
    joined = [("01", number, "") for number in ("02", "03", "04", "05", "06")] + list(LEADS_TO)
    for start, end, why in joined:
        (_, x0, y0), (_, x1, y1) = LESSONS[start], LESSONS[end]
        # Out of a box at its side; inside a column, at its bottom or top.
        aside, lift = (0, 0.22 if y1 > y0 else -0.22) if x0 == x1 else (0.38, 0)
        axes.annotate(
            "", (x1 - aside, y1 - lift), (x0 + aside, y0 + lift),
            arrowprops={"arrowstyle": "->", "color": GRAY, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        if why and x0 == x1:  # elsewhere the words would cross other arrows
            axes.text(x0 + 0.05, (y0 + y1) / 2, why, fontsize=7, color=GRAY, va="center")
    for number, (title, x, y) in LESSONS.items():
        color = column_colors[x]
        filled = number in written
        axes.text(
            x, y, f"{number}  {title}", ha="center", va="center", fontsize=9.5,
            color="white" if filled else color, fontweight="bold" if filled else "normal",
            bbox={"boxstyle": "round,pad=0.45", "facecolor": color if filled else "white", "edgecolor": color},
        )  # fmt: skip
    listed = ", ".join(f"{number} {title}" for number, (title, _, _) in LESSONS.items())
    arrows = ", ".join(
        f"{start}→{end}" + (f" ({why})" if why else "") for start, end, why in joined
    )
    figure.describe(
        ko=f"강의 지도. {listed}. 화살표: {arrows}.",
        en=f"Map of the course. {listed}. Arrows: {arrows}.",
    )
    return figure
