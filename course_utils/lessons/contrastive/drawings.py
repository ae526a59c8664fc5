"""Drawings of lesson 07: the dial of colour jitter, and clouds of points that collapse."""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.ticker import MultipleLocator
from PIL import Image, ImageDraw

from course_utils.figures.dots import Interval
from course_utils.figures.motion import Animation
from course_utils.figures.style import (
    COLORS,
    FAINT,
    GRAY,
    Drawing,
    colors_of,
    drawn,
    empty_figure,
    plain_axes,
)
from course_utils.figures.words import word
from course_utils.lang import Text, t

_SHARES = {0.0: "0", 0.25: "¼", 0.5: "½", 1.0: "1"}


@drawn
def dial(
    gains: Mapping[Text, Mapping[float, Interval]],
    found: Mapping[Text, Mapping[Text, Mapping[float, Interval]]],
) -> Drawing:
    """Above what a probe gains over random weights, below who finds the partner among eight,
    against the strength of the colour jitter: a column a world.

    ``gains[world][strength]`` and ``found[world][who][strength]`` are triples (value, low, high) of
    shares.
    """
    figure = empty_figure(8, 5.2)
    above, below = figure.subplots(2, len(gains), sharex=True, sharey="row", squeeze=False)
    told = []
    for axes, (title, line) in zip(above, gains.items(), strict=True):
        values, lows, highs = zip(*line.values(), strict=True)
        green = colors_of(["contrastive"])[0]
        axes.vlines(list(line), lows, highs, color=green, linewidth=2)
        axes.plot(list(line), values, "o-", color=green, linewidth=1.2, markersize=7)
        axes.axhline(0, color=colors_of(["random weights"])[0], linewidth=1.4)
        axes.set_title(word(title), fontsize=10, loc="left")
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:+.0f}")
        plain_axes(axes)
        told.append(
            f"{word(title)}: "
            + ", ".join(f"{_SHARES[s]}: {100 * e[0]:+.1f}" for s, e in line.items())
        )
    for axes, lines in zip(below, found.values(), strict=True):
        colors = dict(zip(lines, colors_of(list(lines)), strict=True))
        for name, line in lines.items():
            values, lows, highs = zip(*line.values(), strict=True)
            axes.vlines(list(line), lows, highs, color=colors[name], linewidth=2)
            axes.plot(list(line), values, "o-", color=colors[name], markersize=5)
            x = list(line)[-2 if len(line) > 1 else 0]  # above the line, where it is not steep
            axes.annotate(
                word(name), (x, line[x][0]), (8, 7), textcoords="offset points",
                color=colors[name], fontsize=9,
            )  # fmt: skip
        axes.axhline(1 / 8, color=GRAY, linestyle="--", linewidth=1)
        axes.set(ylim=(0, 1.08), xticks=list(_SHARES), xticklabels=list(_SHARES.values()))
        axes.set_xlabel(t(ko="색 변화의 세기", en="strength of the color jitter"))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        plain_axes(axes)
    above[0].yaxis.set_major_locator(MultipleLocator(0.02))
    above[0].set_ylabel(t(ko="이득(%p)", en="gain, points"))
    below[0].set_ylabel(t(ko="짝을 찾은 비율", en="partner found"))
    figure.describe(
        ko=f"위: 색 변화의 세기에 따른 이득. {'; '.join(told)}. 아래: 여덟 가운데 짝을 찾은 비율.",
        en=f"Above: gain against the strength of color jitter. {'; '.join(told)}. "
        "Below: how often the partner among eight is found.",
    )
    return figure


_CELL = 150  # screen pixels of a cloud


def clouds(traces: Mapping[tuple[str, bool], Mapping[str, float]]) -> Animation:
    """Photographs as points while networks train: a column a method, above as it is, below with one
    thing taken away.

    ``traces[method, taken]`` holds the figures of a recorded trace, ``x_00_00`` and ``y_00_00``
    (look, photograph) and so on: places in two fixed directions of a sphere in many dimensions.
    """
    (figures, *_) = traces.values()
    names = [name for name in figures if name.startswith("x_")]
    looks = 1 + max(int(name.split("_")[1]) for name in names)
    points = 1 + max(int(name.split("_")[2]) for name in names)
    methods = list(dict.fromkeys(method for method, _ in traces))
    # Of unit vectors in 128 dimensions two coordinates are small: a third of the cell's half.
    scale = 0.5 * _CELL / 0.33
    frames = []
    for k in range(looks):
        rows = []
        for taken in (False, True):
            cells = [
                _cell(
                    m if not taken else "",
                    torch.tensor(
                        [
                            [traces[m, taken][f"{axis}_{k:02d}_{i:02d}"] for axis in "xy"]
                            for i in range(points)
                        ]
                    )
                    * scale,
                )
                for m in methods
            ]
            rows.append(np.concatenate(cells, 1))
        frames.append(np.concatenate(rows, 0))
    return Animation(
        frames,
        seconds=0.3,
        ko=f"사진 {points}장의 점이 학습하는 동안 움직입니다. 위에서는 퍼져 있고 아래에서는 한곳에 모입니다.",
        en=f"{points} photographs as points while networks train: spread above, together below.",
    )


def _cell(name: str, places: torch.Tensor) -> np.ndarray:
    """Points ``(N, 2)``, pixels from the middle, in a faint frame with a name that needs no
    language: uint8 ``(S, S, 3)``.
    """
    times, size = 3, _CELL
    picture = Image.new("RGB", (size * times, size * times), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((6, 6, size * times - 7, size * times - 7), outline=FAINT, width=times)
    draw.text((8 * times, 5 * times), name, fill=GRAY, font_size=13 * times)
    for i, (x, y) in enumerate(places.tolist()):
        cx, cy = (size / 2 + x) * times, (size / 2 - y) * times
        r = 4.5 * times
        draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=COLORS[i % len(COLORS)])
    return np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS))
