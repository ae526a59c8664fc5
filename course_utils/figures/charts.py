"""Charts of measurements: lines and bars."""

from collections.abc import Mapping, Sequence

from course_utils.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    Drawing,
    as_percent,
    chance_level,
    colors_of,
    drawable,
    drawn,
    empty_figure,
    name_lines,
    plain_axes,
    plain_rows,
)
from course_utils.figures.words import word, words
from course_utils.lang import Text, t


@drawn
def training_curve(
    history, *, metric: str, chance: float | None = None, level: Text = ("우연 수준", "chance")
) -> Drawing:
    """Loss on the left, a metric on the right, against the number of examples seen.

    ``history`` is what ``train.fit`` returns; ``metric`` the name of one of its metrics in [0, 1],
    and ``chance`` what it has without learning, named ``level``. Thin lines are the history as it
    is, thick ones its centred running mean over about a tenth of the run. The axis of the metric
    ends at 1, or at a half if all of it lies below.
    """
    figure = empty_figure(8, 2.8)
    left, right = figure.subplots(1, 2)
    thousands = [n / 1000 for n in history.examples]
    for axes, name, color in ((left, "loss", BLUE), (right, metric, ORANGE)):
        values = history.metrics[name]
        axes.plot(thousands, values, color=color, alpha=0.3, linewidth=0.8)
        axes.plot(thousands, _running_mean(values), color=color, linewidth=2)
        axes.set(xlabel=t(ko="학습에 쓴 입력(천 개)", en="inputs seen (thousands)"), xlim=(0, None))
        axes.set_ylabel(word(name))
        plain_axes(axes)
    if chance is not None:
        right.axhline(chance, color=GRAY, linestyle="--", linewidth=1)
        right.annotate(
            f"{word(level)} {as_percent(chance)}", (0.98, chance),
            xycoords=("axes fraction", "data"), xytext=(0, 4), textcoords="offset points",
            ha="right", color=GRAY, fontsize=9,
        )  # fmt: skip
    highest = max(*history.metrics[metric], chance or 0)
    right.set_ylim(0, 1.05 if highest > 0.5 else 0.525)
    first, last = (
        ", ".join(f"{word(name)} {history.metrics[name][i]:.2f}" for name in ("loss", metric))
        for i in (0, -1)
    )
    figure.describe(
        ko=f"학습 곡선. 처음 {first}, 예제 {history.examples[-1]:,}개 뒤 {last}."
        + _and_chance(chance, level),
        en=f"Training curves. At first {first}; after {history.examples[-1]:,} examples {last}."
        + _and_chance(chance, level),
    )
    return figure


def _and_chance(chance: float | None, level: Text = ("우연 수준", "chance")) -> str:
    """What is reached without learning, as the last sentence of a description."""
    named = word(level)
    return "" if chance is None else f" {named[0].upper()}{named[1:]}: {as_percent(chance)}."


def _running_mean(values: Sequence[float], share: float = 0.05) -> list[float]:
    width = max(1, round(share * len(values)))
    return [
        sum(part) / len(part)
        for part in (values[max(0, i - width) : i + width + 1] for i in range(len(values)))
    ]


@drawn
def accuracy_bars(
    groups: Mapping[Text, Mapping[Text, float]],
    *,
    chance: float | None = None,
    spread: Mapping[Text, Mapping[Text, float]] | None = None,
    y_label: Text = "test accuracy",
) -> Drawing:
    """Grouped bars: ``groups[group][arm]`` is an accuracy in [0, 1], the number printed on top.

    ``spread`` has the same keys where an error bar is known.
    """
    arms = list(next(iter(groups.values())))
    figure = empty_figure(8, 3.2)
    axes = figure.subplots()
    width = 0.8 / len(arms)
    for i, (arm, color) in enumerate(zip(arms, colors_of(arms), strict=True)):
        x = [g + (i - (len(arms) - 1) / 2) * width for g in range(len(groups))]
        heights = [group[arm] for group in groups.values()]
        errors = [(spread or {}).get(group, {}).get(arm, 0.0) for group in groups]
        axes.bar(x, heights, width * 0.92, color=color, label=word(arm))
        for place, height, error in zip(x, heights, errors, strict=True):
            if error:
                axes.errorbar(place, height, yerr=error, color="black", capsize=3)
            axes.text(place, height + error + 0.01, f"{height:.1%}", ha="center", fontsize=9)
    if chance is not None:
        axes.axhline(chance, color=GRAY, linestyle="--", linewidth=1)
        axes.text(
            1.005, chance, chance_level(chance), color=GRAY, fontsize=8, va="center",
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    axes.set(xticks=range(len(groups)), xticklabels=words(groups), ylim=(0, 1))
    axes.set_ylabel(word(y_label))
    axes.set_xlim(-0.5, len(groups) - 0.5)
    plain_axes(axes)
    axes.legend(frameon=False, ncols=len(arms), loc="upper center", bbox_to_anchor=(0.5, 1.18))
    listed = "; ".join(
        f"{word(name)}: " + ", ".join(f"{word(arm)} {value:.1%}" for arm, value in group.items())
        for name, group in groups.items()
    )
    figure.describe(
        ko=f"막대그래프. {listed}." + _and_chance(chance),
        en=f"Bar chart. {listed}." + _and_chance(chance),
    )
    return figure


@drawn
def curves(
    series: Mapping[Text, Mapping[float, Sequence[float]]],
    *,
    x_label: Text,
    y_label: Text,
    chance: float | None = None,
    percent: bool = True,
) -> Drawing:
    """Lines over a logarithmic axis: ``series[name][x]`` holds one value a seed.

    The line joins the means and is named at its end; every seed is a dot, so the reader sees the
    spread itself. With ``percent`` values are shares in [0, 1].
    """
    figure = empty_figure(8, 3.6)
    axes = figure.subplots()
    told, ends = [], []
    for (name, points), color in zip(series.items(), colors_of(list(series)), strict=True):
        xs = sorted(points)
        means = [sum(points[x]) / len(points[x]) for x in xs]
        axes.plot(xs, means, color=color, linewidth=2, marker="o", markersize=3)
        ends.append((means[-1], word(name), color))
        for x in xs:
            axes.plot([x] * len(points[x]), points[x], "o", color=color, markersize=4, alpha=0.45)
        write = "{:.1%}" if percent else "{:.2f}"
        listed = ", ".join(f"{x:,.0f}: {write.format(m)}" for x, m in zip(xs, means, strict=True))
        told.append(f"{word(name)} ({listed})")
    if chance is not None:
        axes.axhline(chance, color=GRAY, linestyle="--", linewidth=1)
        axes.text(
            0.99, chance - 0.005, chance_level(chance), color=GRAY, fontsize=8, ha="right",
            va="top", transform=axes.get_yaxis_transform(),
        )  # fmt: skip
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, chance - 0.08 * (high - low)), high)  # room for these words
    ticks = sorted({x for points in series.values() for x in points})
    axes.set(xscale="log", xlabel=word(x_label), ylabel=word(y_label))
    axes.set_xticks(ticks, [f"{x:,.0f}" for x in ticks])
    axes.minorticks_off()
    if percent:
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    plain_axes(axes)
    low, high = axes.get_ylim()
    name_lines(axes, ends, least=0.06 * (high - low))
    figure.describe(
        ko=f"꺾은선그래프. 가로축 {word(x_label)}, 세로축 {word(y_label)}. {'; '.join(told)}.",
        en=f"Line chart, {word(x_label)} against {word(y_label)}. {'; '.join(told)}.",
    )
    return figure


@drawn
def changes(values: Mapping[Text, Sequence[float]], *, x_label: Text) -> Drawing:
    """What each change of an experiment does: a bar to the mean, a dot for every seed, 0 as a line.

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
    axes.set_yticks(range(len(values)), words(values))
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.1f}")
    axes.set_xlabel(word(x_label))
    plain_rows(axes)
    listed = ", ".join(f"{word(name)} {100 * mean:+.1f}" for name, mean in means.items())
    measured = word(x_label)
    figure.describe(
        ko=f"가로 막대그래프. {measured}: {listed}.", en=f"Horizontal bars. {measured}: {listed}."
    )
    return figure


@drawn
def choices(shares: Mapping[str, float], *, right: str | None = None, title: str = "") -> Drawing:
    """Probabilities of a few words as horizontal bars; ``right``, one of the words, is green.

    ``shares[word]`` is in [0, 1]. The words are those of a sentence, in whatever language it is.
    """
    figure = empty_figure(6, 0.5 + 0.3 * len(shares))
    axes = figure.subplots()
    colors = [GREEN if name == right else GRAY for name in shares]
    axes.barh(range(len(shares)), list(shares.values()), color=colors)
    axes.set_yticks(range(len(shares)), [drawable(name) for name in shares])
    axes.set(xlim=(0, 1), xlabel=word("probability"))
    axes.invert_yaxis()
    axes.set_title(drawable(title), fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    listed = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    told = f"{title}: {listed}" if title else listed
    figure.describe(
        ko=f"막대그래프. {told}." + (f" 정답은 {right}." if right is not None else ""),
        en=f"Bars. {told}." + (f" The right one is {right}." if right is not None else ""),
    )
    return figure
