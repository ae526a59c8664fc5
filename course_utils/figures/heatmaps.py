"""Tables of numbers whose cells are coloured by their value."""

from collections.abc import Mapping, Sequence

import torch

from course_utils.figures.style import Drawing, drawn, empty_figure, ink_on
from course_utils.figures.words import word, words
from course_utils.lang import Text, t


@drawn
def confusion(counts: torch.Tensor, *, names: Sequence[Text]) -> Drawing:
    """A confusion matrix as shares of each row.

    ``counts[true, guessed]``, ``(K, K)``, int or float, none of its rows empty; ``names`` the K
    classes.
    """
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
    axes.set_xticks(range(len(names)), words(names))
    axes.set_yticks(range(len(names)), words(names))
    axes.set(xlabel=t(ko="예측", en="guessed"), ylabel=t(ko="정답", en="true"))
    figure.colorbar(image, ax=axes, shrink=0.8, format=lambda v, _: f"{v:.0%}")
    diagonal = ", ".join(f"{word(name)} {shares[i, i]:.0%}" for i, name in enumerate(names))
    figure.describe(
        ko=f"혼동 행렬. 대각선(맞힌 비율): {diagonal}.",
        en=f"Confusion matrix. On the diagonal, the share guessed right: {diagonal}.",
    )
    return figure


@drawn
def heat(
    values: Mapping[Text, Mapping[Text, float]],
    *,
    spread: Mapping[Text, Mapping[Text, float]] | None = None,
    x_label: Text = "",
    y_label: Text = "",
    percent: bool = False,
) -> Drawing:
    """A table of numbers in [0, 1] as a heat map: ``values[row][column]``, printed in each cell.

    Dark is 1; 0 and below are white. ``spread`` has the same keys where a deviation is known and is
    printed small. The columns are those of the first row.
    """
    rows, columns = list(values), list(next(iter(values.values())))
    figure = empty_figure(min(8.0, 2.6 + 0.72 * len(columns)), 1.0 + 0.62 * len(rows))
    axes = figure.subplots()
    table = [[values[row][column] for column in columns] for row in rows]
    shown = [[max(0.0, value) for value in line] for line in table]
    image = axes.imshow(shown, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    write = (lambda v: f"{v:.1%}") if percent else (lambda v: f"{v:.2f}")
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            color = ink_on(image.to_rgba(table[i][j]))
            around = (spread or {}).get(row, {}).get(column)
            lift = 0.1 if around is not None else 0
            axes.text(j, i - lift, write(table[i][j]), ha="center", va="center", color=color)
            if around is not None:
                axes.text(
                    j, i + 0.24, f"± {around:.2f}", ha="center", va="center", color=color,
                    fontsize=7,
                )  # fmt: skip
    axes.set_xticks(range(len(columns)), words(columns))
    axes.set_yticks(range(len(rows)), words(rows))
    axes.set(xlabel=word(x_label), ylabel=word(y_label))
    axes.set_xticks([j - 0.5 for j in range(1, len(columns))], minor=True)
    axes.set_yticks([i - 0.5 for i in range(1, len(rows))], minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    listed = "; ".join(
        f"{word(row)}: "
        + ", ".join(f"{' '.join(word(c).split())} {write(values[row][c])}" for c in columns)
        for row in rows
    )
    figure.describe(ko=f"히트맵. {listed}.", en=f"Heat map. {listed}.")
    return figure
