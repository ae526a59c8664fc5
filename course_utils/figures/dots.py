"""Differences of a few points: dots with their intervals, dumbbells, lines with bands.

A value is a triple (value, low, high), as ``comparisons.Effect`` is one; a bar would have to begin
at zero and hide it.
"""

from collections.abc import Mapping, Sequence

from course_utils.figures.style import (
    FAINT,
    GRAY,
    Drawing,
    chance_level,
    colors_of,
    drawn,
    empty_figure,
    name_lines,
    plain_axes,
    plain_rows,
)
from course_utils.figures.words import word, words
from course_utils.lang import Text

Interval = tuple[float, float, float]


def _percent(value: float, _=None) -> str:
    return f"{100 * value:.0f}%"


def _told(interval: Interval) -> str:
    value, low, high = (100 * x for x in interval)
    return f"{value:.1f}%" if low == high else f"{value:.1f}% ({low:.1f}–{high:.1f})"


@drawn
def dots(panels: Mapping[Text, Mapping[Text, Interval]]) -> Drawing:
    """Accuracies as dots with their 95 % intervals, a row an arm, a panel a data set.

    ``panels[title][arm]`` is a triple of shares in [0, 1]. Arms have the colour of their role. All
    panels share one axis, so that distances can be compared.
    """
    arms = list(dict.fromkeys(arm for panel in panels.values() for arm in panel))
    colors = dict(zip(arms, colors_of(arms), strict=True))
    figure = empty_figure(8, 0.9 + 0.36 * len(arms))
    all_axes = figure.subplots(1, len(panels), squeeze=False, sharex=True, sharey=True)[0]
    listed = []
    for axes, (title, panel) in zip(all_axes, panels.items(), strict=True):
        for y, arm in enumerate(arms):
            if arm not in panel:
                continue
            value, low, high = panel[arm]
            axes.plot([low, high], [y, y], color=colors[arm], linewidth=2, solid_capstyle="butt")
            axes.plot(value, y, "o", color=colors[arm], markersize=7)
            axes.annotate(
                f"{100 * value:.1f}%", (value, y), (0, 7), textcoords="offset points",
                ha="center", fontsize=8.5, color=colors[arm],
            )  # fmt: skip
        axes.set_ylim(len(arms) - 0.5, -0.75)
        axes.set_yticks(range(len(arms)), words(arms))
        axes.set_title(word(title), fontsize=10, loc="left")
        axes.margins(x=0.12)
        axes.xaxis.set_major_formatter(_percent)
        plain_rows(axes)
        listed.append(
            f"{word(title)}: " + ", ".join(f"{word(a)} {_told(v)}" for a, v in panel.items())
        )
    figure.describe(
        ko=f"점과 95% 구간. {'; '.join(listed)}.",
        en=f"Dots with 95% intervals. {'; '.join(listed)}.",
    )
    return figure


@drawn
def dumbbells(
    rows: Mapping[Text, tuple[Interval, Interval]], *, ends: tuple[Text, Text], x_label: Text
) -> Drawing:
    """Before and after in every row, joined by a line: how far did each move, and from where?

    ``rows[name]`` holds two triples of shares; ``ends`` names them, in the colours of their roles.
    """
    figure = empty_figure(7, 1.15 + 0.5 * len(rows))
    axes = figure.subplots()
    colors = colors_of(list(ends))
    listed = []
    for y, (name, pair) in enumerate(rows.items()):
        axes.plot([v[0] for v in pair], [y, y], color=FAINT, linewidth=2.5, zorder=1)
        for (value, low, high), color, side in zip(pair, colors, (-1, 1), strict=True):
            axes.plot([low, high], [y, y], color=color, linewidth=1.6, zorder=2)
            axes.plot(value, y, "o", color=color, markersize=8, zorder=3)
            axes.annotate(
                f"{100 * value:.1f}%", (value, y), (0, -15 if side < 0 else 8),
                textcoords="offset points", ha="center", fontsize=8.5, color=color,
            )  # fmt: skip
        listed.append(f"{word(name)} {_told(pair[0])} → {_told(pair[1])}")
    for (value, _, _), end, color in zip(next(iter(rows.values())), ends, colors, strict=True):
        axes.annotate(
            word(end), (value, -0.62), ha="center", va="bottom", fontsize=9, color=color,
            fontweight="bold", annotation_clip=False,
        )  # fmt: skip
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.set_yticks(range(len(rows)), words(rows))
    axes.set_xlabel(word(x_label))
    axes.margins(x=0.1)
    axes.xaxis.set_major_formatter(_percent)
    plain_rows(axes)
    told = "; ".join(listed)
    figure.describe(
        ko=f"{word(ends[0])}에서 {word(ends[1])}까지. {told}.",
        en=f"From {word(ends[0])} to {word(ends[1])}. {told}.",
    )
    return figure


@drawn
def lines(
    series: Mapping[Text, Mapping[float, Interval]],
    *,
    x_label: Text,
    y_label: Text,
    chance: float | None = None,
    marks: Sequence[tuple[float, Text]] = (),
) -> Drawing:
    """Shares against a number, a line each with its interval as a band, named at its end.

    ``marks``: values of x with a name, drawn as vertical lines.
    """
    figure = empty_figure(7.5, 3.4)
    axes = figure.subplots()
    listed, ends = [], []
    for (name, points), color in zip(series.items(), colors_of(list(series)), strict=True):
        xs = sorted(points)
        value, low, high = zip(*(points[x] for x in xs), strict=True)
        axes.fill_between(xs, low, high, color=color, alpha=0.18, linewidth=0)
        axes.plot(xs, value, "o-", color=color, linewidth=2, markersize=4)
        ends.append((value[-1], word(name), color))
        told = ", ".join(f"{x:g}: {100 * v:.0f}%" for x, v in zip(xs, value, strict=True))
        listed.append(f"{word(name)} ({told})")
    name_lines(axes, ends, least=0.075)
    if chance is not None:
        axes.axhline(chance, color=GRAY, linestyle="--", linewidth=1)
        axes.annotate(
            chance_level(chance), (0.01, chance), xycoords=("axes fraction", "data"),
            xytext=(0, 3), textcoords="offset points", fontsize=8, color=GRAY,
        )  # fmt: skip
    for x, name in marks:
        axes.axvline(x, color=GRAY, linewidth=0.8, linestyle=":")
        axes.annotate(
            word(name), (x, 1.02), xycoords=("data", "axes fraction"), ha="center", fontsize=8.5,
            color=GRAY,
        )  # fmt: skip
    axes.set(ylim=(0, 1), xlabel=word(x_label), ylabel=word(y_label))
    axes.yaxis.set_major_formatter(_percent)
    plain_axes(axes)
    figure.describe(
        ko=f"꺾은선그래프. 가로축 {word(x_label)}, 세로축 {word(y_label)}. {'; '.join(listed)}.",
        en=f"Line chart, {word(x_label)} against {word(y_label)}. {'; '.join(listed)}.",
    )
    return figure
