"""The factor map: what every method of the course makes easier or harder to read."""

from collections.abc import Mapping, Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import FancyBboxPatch

from course_utils.figures.style import BLUE, GRAY, RED, Drawing, drawn, empty_figure, ink_on
from course_utils.figures.words import word, words
from course_utils.lang import Text, both, t

# What the map shows together: what it is, where, and what colour; other columns come last.
FACTOR_GROUPS = {
    ("물체", "what"): ("kind",),
    ("위치와 자세", "where, how it lies"): ("x", "y", "scale", "angle", "turn"),
    ("색", "color"): ("hue", "value", "tint"),
    ("빛", "light"): ("light",),
}
_EASIER_HARDER = LinearSegmentedColormap.from_list("", (RED, "#FFFFFF", BLUE), N=257)
_GAP = 0.22  # between groups of columns, and below the floor


@drawn
def factor_map(
    values: Mapping[Text, Mapping[str, Sequence[float]]], *, floor: Text = "random weights"
) -> Drawing:
    """What can be read from each representation, method rows × factor columns.

    ``values[row][factor]`` holds one value a seed: the accuracy for ``kind``, R² for all else. A
    cell has their mean and, below it, their standard deviation. Its colour says how far the mean
    lies from the one of the row ``floor``: blue is easier to read, red is harder, white the same;
    full colour is 0.5 away. Rows above and with the floor are set apart from the methods below it.
    Factors that are missing in a row are left empty. Raises ``ValueError`` for a factor that is in
    none of ``FACTOR_GROUPS``.
    """
    groups = _groups({factor for row in values.values() for factor in row})
    rows, x = list(values), _columns(groups)
    y = {row: i + (_GAP if i > rows.index(floor) else 0) for i, row in enumerate(rows)}
    mean = {
        row: {factor: sum(v) / len(v) for factor, v in cells.items()}
        for row, cells in values.items()
    }
    figure = empty_figure(8, 1.35 + 0.46 * len(rows))
    axes = figure.subplots()
    for row in rows:
        for factor, seeds in values[row].items():
            away = mean[row][factor] - mean[floor][factor]
            _draw_cell(axes, x[factor], y[row], seeds, away=away, is_floor=row == floor)
    for group, factors in groups.items():
        first, last = x[factors[0]] - 0.46, x[factors[-1]] + 0.46
        axes.plot([first, last], [-0.72, -0.72], color=GRAY, linewidth=1.2, clip_on=False)
        axes.text(
            (first + last) / 2, -0.82, word(group), ha="center", va="bottom", color=GRAY, fontsize=9
        )
    axes.set(xlim=(-0.6, max(x.values()) + 0.6), ylim=(max(y.values()) + 0.55, -0.75))
    beside_kind = "\n" + t(ko="(정확도)", en="(accuracy)")
    axes.set_xticks(list(x.values()), [word(c) + (c == "kind") * beside_kind for c in x])
    axes.set_yticks(list(y.values()), words(rows))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    _draw_scale(figure, axes, floor)
    listed = "; ".join(
        f"{word(row)}: "
        + ", ".join(f"{word(factor)} {value:.2f}" for factor, value in cells.items())
        for row, cells in mean.items()
    )
    figure.describe(
        ko=f"요인 지도: 특징에서 요인을 예측한 결과(종류는 정확도, 나머지는 결정 계수). {listed}.",
        en="Factor map: what can be read from the features (accuracy for kind, else R²). "
        f"{listed}.",
    )
    return figure


def _groups(there: set[str]) -> dict[Text, list[str]]:
    """The groups that have a factor here, each with those factors; an unknown one is an error."""
    groups = {g: [f for f in factors if f in there] for g, factors in FACTOR_GROUPS.items()}
    unknown = sorted(there - {factor for factors in groups.values() for factor in factors})
    if unknown:
        raise ValueError(
            both(
                ko=f"모르는 요인이 있습니다: {unknown}.",
                en=f"There are unknown factors: {unknown}.",
            )
        )
    return {g: factors for g, factors in groups.items() if factors}


def _columns(groups: Mapping[Text, Sequence[str]]) -> dict[str, float]:
    """Where each factor's column stands, its groups apart."""
    x, at = {}, 0.0
    for factors in groups.values():
        for factor in factors:
            x[factor], at = at, at + 1
        at += _GAP
    return x


def _draw_cell(
    axes: Axes, x: float, y: float, seeds: Sequence[float], *, away: float, is_floor: bool
) -> None:
    """One cell: mean and spread of its seeds on the colour of its distance from the floor."""
    color = _EASIER_HARDER(0.5 + max(-0.5, min(0.5, away)))
    axes.add_patch(
        FancyBboxPatch(
            (x - 0.46, y - 0.44), 0.92, 0.88, facecolor=color,
            edgecolor=GRAY if is_floor else "#E3E3E3", linewidth=1.2 if is_floor else 0.8,
            boxstyle="round,pad=0,rounding_size=0.1",
        )
    )  # fmt: skip
    style = {"ha": "center", "va": "center", "color": ink_on(color)}
    mean, lift = sum(seeds) / len(seeds), 0.13 if len(seeds) > 1 else 0
    weight = "bold" if is_floor else "normal"
    axes.text(x, y - lift, f"{round(mean, 2) + 0.0:.2f}", fontsize=10, fontweight=weight, **style)
    if len(seeds) > 1:
        spread = torch.tensor(seeds).std().item()
        axes.text(x, y + 0.23, f"± {spread:.2f}", fontsize=6.5, **style)


def _draw_scale(figure: Drawing, axes: Axes, floor: Text) -> None:
    """What the colours mean, below the map."""
    scale = ScalarMappable(Normalize(-0.5, 0.5), _EASIER_HARDER)
    bar = figure.colorbar(scale, ax=axes, orientation="horizontal", shrink=0.5, aspect=40, pad=0.02)
    ends = (
        t(ko="더 낮음", en="lower"),
        t(ko=f"{word(floor)}와 같음", en=f"as from {word(floor)}"),
        t(ko="더 높음", en="higher"),
    )
    bar.set_ticks([-0.5, 0, 0.5], labels=ends)
    bar.ax.tick_params(length=0, labelsize=8)
    bar.outline.set_visible(False)
