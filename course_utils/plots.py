"""Figures. Every function returns one; labels are in English, what it shows is told in words too.

Backgrounds are opaque white, so a figure reads on dark and light pages. The colours were searched for:
each stands out from white (contrast of 3 and more, as WCAG asks of graphics), and any two can be told
apart with each kind of colour blindness. Two of the usual palette of Okabe and Ito are too light for that.
"""

import base64
import functools
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import torch
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from course_utils.lang import SAID, t

BLUE, ORANGE, GREEN, RED, GRAY = "#003C77", "#CD7C16", "#157A55", "#B61E0B", "#3F3F3F"
PINK, SKY = "#965E89", "#009DDE"
COLORS = (GREEN, PINK, SKY, BLUE, ORANGE, RED)
# What stands in every comparison keeps its colour from figure to figure; a lesson's method is green.
REFERENCES = {"pixels": BLUE, "random weights": ORANGE, "supervised from scratch": RED}
# Class names of a reader's own pictures may be Korean; Windows, macOS and many Linuxes have these.
HANGUL_FONTS = ("Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans CJK KR", "NanumGothic")


class Picture(Figure):
    """A figure that carries its description, for readers who cannot see it.

    A notebook shows it as a PNG; ``description`` becomes the alt text and the plain-text output. Both
    languages go with it as metadata, for the editions in one language.
    """

    said: Mapping[str, str] = MappingProxyType({"ko": "", "en": ""})

    def describe(self, *, ko: str, en: str) -> None:
        """Tell in words what the figure shows."""
        self.said = {"ko": ko.strip(), "en": en.strip()}

    @property
    def description(self) -> str:
        """What the figure shows, in the language in force."""
        return t(**self.said)

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {
            "image/png": base64.b64encode(png(self)).decode(),
            "text/plain": self.description,
        }
        return data, {"image/png": {"alt": self.description}, SAID: dict(self.said)}


def png(figure: Figure, *, quick: bool = False) -> bytes:
    """The figure as a PNG. Charts, whose colours hardly change when 256 are kept, take a third of the room.

    ``quick``, for a lab that is redrawn all the time: larger, and made in a fifth of the time.
    """
    figure.canvas.draw()
    full = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
    file = io.BytesIO()
    if quick:
        full.save(file, format="PNG", compress_level=1)
        return file.getvalue()
    few = full.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    error = np.asarray(few.convert("RGB"), np.int16) - np.asarray(full, np.int16)
    # Bars and lines lose next to nothing; a colour scale (0.1 and more) would show steps.
    (few if np.abs(error).mean() < 0.03 else full).save(file, format="PNG")
    return file.getvalue()


def _drawable(text: str) -> str:
    """The text, or where it needs a Hangul font that is not installed, ``?`` for each syllable.

    An empty box says nothing; a question mark at least says that a font is missing.
    """
    if not re.search("[가-힣]", text) or _hangul_font():
        return text
    return re.sub("[가-힣]", "?", text)


def _families() -> list[str]:
    return ["DejaVu Sans", *([_hangul_font()] if _hangul_font() else [])]


@functools.cache
def _hangul_font() -> str | None:
    installed = set(font_manager.get_font_names())
    return next((name for name in HANGUL_FONTS if name in installed), None)


def empty_figure(width: float, height: float) -> Picture:
    """An empty figure outside pyplot's list: it is shown once, by whoever returns it."""
    figure = Picture(figsize=(width, height), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _style(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)


def ink_on(color: Sequence[float]) -> str:
    """``"white"`` or ``"black"``, whichever is easier to read on an sRGB colour (channels 0 to 1).

    Both have a contrast of 4.5 or more where they are chosen (relative luminance of WCAG 2.1).
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if luminance < 0.18 else "black"


def _colors(names: Sequence[str]) -> list[str]:
    """One colour a name: its own for a reference, else the next that is free."""
    free = itertools.cycle([c for c in COLORS if c not in {REFERENCES.get(n) for n in names}])
    return [REFERENCES.get(name) or next(free) for name in names]


def picture_grid(
    images: torch.Tensor,
    *,
    columns: int,
    titles: Sequence[str] | None = None,
    row_labels: Sequence[str] | None = None,
    width: float = 8.0,
) -> Picture:
    """Pictures in a grid, row by row, not smoothed.

    ``images`` is uint8 or float in [0, 1], ``(N, 3, S, S)``; ``titles`` one a picture; ``row_labels``
    one a row.
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
            axes.set_title(_drawable(titles[i]), fontsize=9, fontfamily=_families())
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


def training_curve(history, *, metric: str, chance: float | None = None) -> Picture:
    """Loss on the left, a metric in [0, 1] on the right, with its chance level, against pictures seen.

    ``history`` is what ``train.fit`` returns. Thin lines are the history as it is, thick ones
    its centred running mean over about a tenth of the run.
    """
    figure = empty_figure(8, 2.8)
    left, right = figure.subplots(1, 2)
    thousands = [n / 1000 for n in history.pictures]
    for axes, name, color in ((left, "loss", BLUE), (right, metric, ORANGE)):
        values = history.metrics[name]
        axes.plot(thousands, values, color=color, alpha=0.3, linewidth=0.8)
        axes.plot(thousands, _running_mean(values), color=color, linewidth=2)
        axes.set(xlabel="pictures seen (thousands)", ylabel=name, xlim=(0, None))
        _style(axes)
    if chance is not None:
        right.axhline(chance, color=GRAY, linestyle="--", linewidth=1)
        right.annotate(
            f"chance {_share(chance)}", (0.98, chance), xycoords=("axes fraction", "data"),
            xytext=(0, 4), textcoords="offset points", ha="right", color=GRAY, fontsize=9,
        )  # fmt: skip
    right.set_ylim(0, 1.05)
    first, last = (
        ", ".join(f"{name} {history.metrics[name][i]:.2f}" for name in ("loss", metric))
        for i in (0, -1)
    )
    figure.describe(
        ko=f"학습 곡선. 처음 {first}, 이미지 {history.pictures[-1]:,}장 뒤 {last}."
        + (f" 무작위 수준 {_share(chance)}." if chance is not None else ""),
        en=f"Training curves. At first {first}; after {history.pictures[-1]:,} pictures {last}."
        + (f" Chance is {_share(chance)}." if chance is not None else ""),
    )
    return figure


def _share(chance: float) -> str:
    """A chance level in words: below one percent a whole number would say 0."""
    return f"{chance:.0%}" if chance >= 0.01 else f"{chance:.1%}"


def _running_mean(values: Sequence[float], share: float = 0.05) -> list[float]:
    width = max(1, round(share * len(values)))
    return [
        sum(part) / len(part)
        for part in (values[max(0, i - width) : i + width + 1] for i in range(len(values)))
    ]


def accuracy_bars(
    groups: Mapping[str, Mapping[str, float]],
    *,
    chance: float | None = None,
    spread: Mapping[str, Mapping[str, float]] | None = None,
    y_label: str = "test accuracy",
) -> Picture:
    """Grouped bars: ``groups[group][arm]`` is an accuracy in [0, 1], the number printed on top.

    ``spread`` has the same keys where an error bar is known.
    """
    arms = list(next(iter(groups.values())))
    figure = empty_figure(8, 3.2)
    axes = figure.subplots()
    width = 0.8 / len(arms)
    for i, (arm, color) in enumerate(zip(arms, _colors(arms), strict=True)):
        x = [g + (i - (len(arms) - 1) / 2) * width for g in range(len(groups))]
        heights = [group[arm] for group in groups.values()]
        errors = [(spread or {}).get(group, {}).get(arm, 0.0) for group in groups]
        axes.bar(x, heights, width * 0.92, color=color, label=arm)
        for place, height, error in zip(x, heights, errors, strict=True):
            if error:
                axes.errorbar(place, height, yerr=error, color="black", capsize=3)
            axes.text(place, height + error + 0.01, f"{height:.1%}", ha="center", fontsize=9)
    if chance is not None:
        axes.axhline(chance, color=GRAY, linestyle="--", linewidth=1)
        axes.text(
            1.005, chance, f"chance {_share(chance)}", color=GRAY, fontsize=8, va="center",
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    axes.set(xticks=range(len(groups)), xticklabels=list(groups), ylim=(0, 1))
    axes.set_ylabel(y_label)
    axes.set_xlim(-0.5, len(groups) - 0.5)
    _style(axes)
    axes.legend(frameon=False, ncols=len(arms), loc="upper center", bbox_to_anchor=(0.5, 1.18))
    listed = "; ".join(
        f"{name}: " + ", ".join(f"{arm} {value:.1%}" for arm, value in group.items())
        for name, group in groups.items()
    )
    figure.describe(
        ko=f"막대그래프. {listed}."
        + (f" 무작위 수준 {_share(chance)}." if chance is not None else ""),
        en=f"Bar chart. {listed}."
        + (f" Chance is {_share(chance)}." if chance is not None else ""),
    )
    return figure


def confusion(counts: torch.Tensor, *, names: Sequence[str]) -> Picture:
    """A confusion matrix, ``counts[true, guessed]``, as shares of each row."""
    shares = counts.float() / counts.sum(1, keepdim=True)
    figure = empty_figure(3.9, 3.3)
    axes = figure.subplots()
    image = axes.imshow(shares.numpy(), cmap="Blues", vmin=0, vmax=1)
    for true in range(len(names)):
        for guess in range(len(names)):
            share = shares[true, guess].item()
            color = ink_on(image.to_rgba(share))
            axes.text(
                guess, true, f"{share:.0%}", ha="center", va="center", color=color, fontsize=9
            )
    axes.set(xticks=range(len(names)), yticks=range(len(names)), xlabel="guessed", ylabel="true")
    axes.set_xticklabels(names)
    axes.set_yticklabels(names)
    figure.colorbar(image, ax=axes, shrink=0.8, format=lambda v, _: f"{v:.0%}")
    diagonal = ", ".join(f"{name} {shares[i, i]:.0%}" for i, name in enumerate(names))
    figure.describe(
        ko=f"혼동 행렬. 대각선(맞힌 비율): {diagonal}.",
        en=f"Confusion matrix. On the diagonal, the share guessed right: {diagonal}.",
    )
    return figure


def bars_per_picture(
    images: torch.Tensor, shares: torch.Tensor, *, names: Sequence[str], right: Sequence[int]
) -> Picture:
    """Pictures above their predicted probabilities, ``(N, K)``; bar and name of the truth are green.

    ``images`` is uint8 ``(N, 3, S, S)``; ``right`` holds the index of the truth for each.
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


def curves(
    series: Mapping[str, Mapping[float, Sequence[float]]],
    *,
    x_label: str,
    y_label: str,
    chance: float | None = None,
    percent: bool = True,
) -> Picture:
    """Lines over a logarithmic axis: ``series[name][x]`` holds one value a seed, a share if ``percent``.

    The line joins the means; every seed is a dot, so the reader sees the spread itself.
    """
    figure = empty_figure(8, 3.6)
    axes = figure.subplots()
    told = []
    for (name, points), color in zip(series.items(), _colors(list(series)), strict=True):
        xs = sorted(points)
        means = [sum(points[x]) / len(points[x]) for x in xs]
        axes.plot(xs, means, color=color, linewidth=2, marker="o", markersize=3, label=name)
        for x in xs:
            axes.plot([x] * len(points[x]), points[x], "o", color=color, markersize=4, alpha=0.45)
        write = "{:.1%}" if percent else "{:.2f}"
        listed = ", ".join(f"{x:,.0f}: {write.format(m)}" for x, m in zip(xs, means, strict=True))
        told.append(f"{name} ({listed})")
    if chance is not None:
        axes.axhline(chance, color=GRAY, linestyle="--", linewidth=1)
        axes.text(
            0.99, chance - 0.005, f"chance {_share(chance)}", color=GRAY, fontsize=8, ha="right",
            va="top", transform=axes.get_yaxis_transform(),
        )  # fmt: skip
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, chance - 0.08 * (high - low)), high)  # room for these words
    ticks = sorted({x for points in series.values() for x in points})
    axes.set(xscale="log", xlabel=x_label, ylabel=y_label)
    axes.set_xticks(ticks, [f"{x:,.0f}" for x in ticks])
    axes.minorticks_off()
    if percent:
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    _style(axes)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.describe(
        ko=f"꺾은선그래프. 가로축 {x_label}, 세로축 {y_label}. {'; '.join(told)}.",
        en=f"Line chart, {x_label} against {y_label}. {'; '.join(told)}.",
    )
    return figure


def changes(values: Mapping[str, Sequence[float]], *, x_label: str) -> Picture:
    """What each change of an experiment does: a bar to the mean, a dot for every seed, and 0 as a line.

    ``values[name]`` holds one difference a seed, as a share; the axis counts percentage points.
    """
    figure = empty_figure(8, 0.9 + 0.34 * len(values))
    axes = figure.subplots()
    means = {name: sum(v) / len(v) for name, v in values.items()}
    for y, (name, seeds) in enumerate(values.items()):
        axes.barh(
            y, means[name], height=0.62, color=BLUE if means[name] > 0 else ORANGE, alpha=0.75
        )
        axes.plot(seeds, [y] * len(seeds), "o", color="black", markersize=4)
    axes.axvline(0, color=GRAY, linewidth=1)
    axes.set_yticks(range(len(values)), list(values))
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.1f}")
    axes.set_xlabel(x_label)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    listed = ", ".join(f"{name} {100 * mean:+.1f}" for name, mean in means.items())
    figure.describe(
        ko=f"가로 막대그래프. {x_label}: {listed}.", en=f"Horizontal bars. {x_label}: {listed}."
    )
    return figure


def triplets(near: torch.Tensor, far: Mapping[str, torch.Tensor], *, margin: float) -> Picture:
    """Triplets as points, D(X, X⁺) against D(X, X⁻); those in the shaded corner still pull.

    ``near`` is ``(N,)``; ``far[name]`` ``(N,)`` for each way to choose negatives.
    """
    figure = empty_figure(8, 3.4)
    told = []
    for axes, (name, distances), color in zip(
        figure.subplots(1, len(far), squeeze=False)[0], far.items(), _colors(list(far)), strict=True
    ):
        pull = (near - distances + margin > 0).float().mean().item()
        ends = torch.tensor([0.0, 2.0])
        axes.fill_between(ends, ends + margin, -1, color=color, alpha=0.12, linewidth=0)
        axes.plot(ends, ends + margin, color=color, linewidth=1)
        axes.plot(near, distances, ".", color=color, markersize=3)
        axes.set(xlim=(0, 2), ylim=(0, 2), xlabel="D(X, X⁺)", aspect="equal")
        axes.set_title(f"{name}: {pull:.0%} pull", fontsize=10)
        _style(axes)
        told.append(f"{name} {pull:.0%}")
    figure.axes[0].set_ylabel("D(X, X⁻)")
    figure.describe(
        ko=f"삼중항을 점으로 찍은 그림, 마진 {margin:.2f}. 아직 당기는 비율: {', '.join(told)}.",
        en=f"Triplets as points, margin {margin:.2f}. Share that still pull: {', '.join(told)}.",
    )
    return figure


def heat(
    values: Mapping[str, Mapping[str, float]],
    *,
    spread: Mapping[str, Mapping[str, float]] | None = None,
    x_label: str = "",
    y_label: str = "",
    percent: bool = False,
) -> Picture:
    """A table of numbers in [0, 1] as a heat map: ``values[row][column]``, printed in each cell.

    Dark is 1; 0 and below are white. ``spread`` has the same keys where a deviation is known and is
    printed small. The columns are those of the first row.
    """
    rows, columns = list(values), list(next(iter(values.values())))
    figure = empty_figure(min(8.0, 2.6 + 0.72 * len(columns)), 1.0 + 0.62 * len(rows))
    axes = figure.subplots()
    table = [[values[row][column] for column in columns] for row in rows]
    image = axes.imshow([[max(0.0, v) for v in line] for line in table], cmap="Blues", vmin=0, vmax=1, aspect="auto")  # fmt: skip
    write = (lambda v: f"{v:.1%}") if percent else (lambda v: f"{v:.2f}")
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            color = ink_on(image.to_rgba(table[i][j]))
            around = (spread or {}).get(row, {}).get(column)
            lift = 0.1 if around is not None else 0
            axes.text(j, i - lift, write(table[i][j]), ha="center", va="center", color=color)
            if around is not None:
                axes.text(
                    j,
                    i + 0.24,
                    f"± {around:.2f}",
                    ha="center",
                    va="center",
                    color=color,
                    fontsize=7,
                )
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.set(xlabel=x_label, ylabel=y_label)
    axes.set_xticks([j - 0.5 for j in range(1, len(columns))], minor=True)
    axes.set_yticks([i - 0.5 for i in range(1, len(rows))], minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    listed = "; ".join(
        f"{row}: " + ", ".join(f"{' '.join(c.split())} {write(values[row][c])}" for c in columns)
        for row in rows
    )
    figure.describe(ko=f"열지도. {listed}.", en=f"Heat map. {listed}.")
    return figure


def choices(shares: Mapping[str, float], *, right: str | None = None, title: str = "") -> Picture:
    """Probabilities of a few words as horizontal bars; ``right``, one of them, is green."""
    figure = empty_figure(6, 0.5 + 0.3 * len(shares))
    axes = figure.subplots()
    names = [_drawable(name) for name in shares]
    colors = [GREEN if name == right else GRAY for name in shares]
    axes.barh(range(len(shares)), list(shares.values()), color=colors)
    axes.set_yticks(range(len(shares)), names, fontfamily=_families())
    axes.set(xlim=(0, 1), xlabel="probability")
    axes.invert_yaxis()
    axes.set_title(_drawable(title), fontsize=11, fontfamily=_families())
    axes.spines[["top", "right"]].set_visible(False)
    listed = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    told = f"{title}: {listed}" if title else listed
    figure.describe(
        ko=f"막대그래프. {told}." + (f" 정답은 {right}." if right is not None else ""),
        en=f"Bars. {told}." + (f" The right one is {right}." if right is not None else ""),
    )
    return figure
