"""The map of the course: its lessons, and what leads to what."""

from collections.abc import Sequence

from course_utils.figures.style import BLUE, GRAY, GREEN, RED, Picture, empty_figure

# The lessons: number, title, place on the map; and what leads to what.
PLAN = {
    "01": ("Why SSL", 0, 2.0), "02": ("Distortion", 1, 4.0), "03": ("Rotation", 1, 3.2),
    "04": ("Patches", 1, 2.4), "05": ("Colorization", 1, 1.6), "06": ("Generative", 1, 0.8),
    "07": ("Contrastive", 2, 2.6), "08": ("Tracking", 2, 1.6), "09": ("Frame order", 2, 0.8),
    "10": ("Video color", 2, 0.0), "11": ("Joint training", 3, 2.8), "12": ("Comparison", 4, 2.0),
}  # fmt: skip
WRITTEN = ("01", "02", "03", "08")
LEADS_TO = (
    ("02", "07", "from classes to pairs"), ("04", "07", "pieces predict pieces"),
    ("03", "11", ""), ("02", "11", ""), ("05", "06", "split-brain"), ("05", "10", ""),
    ("08", "07", "triplets to many negatives"), ("07", "12", ""), ("11", "12", ""),
    ("08", "12", ""), ("09", "12", ""), ("10", "12", ""),
)  # fmt: skip


def course_map(written: Sequence[str]) -> Picture:
    """All lessons and what leads to what.

    The numbers in ``written``, two digits each, are filled, the others outlined. Columns: opening,
    images, contrastive learning and video, joint training, comparison.
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
    arrow = {"arrowstyle": "->", "color": GRAY, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0}
    for start, end, why in joined:
        (_, x0, y0), (_, x1, y1) = PLAN[start], PLAN[end]
        # Out of a box at its side; inside a column, at its bottom or top.
        aside, lift = (0, 0.22 if y1 > y0 else -0.22) if x0 == x1 else (0.38, 0)
        axes.annotate(
            "", (x1 - aside, y1 - lift), (x0 + aside, y0 + lift),
            arrowprops=arrow,
        )  # fmt: skip
        if why and x0 == x1:  # elsewhere the words would cross other arrows
            axes.text(x0 + 0.05, (y0 + y1) / 2, why, fontsize=7, color=GRAY, va="center")
    for number, (title, x, y) in PLAN.items():
        color = column_colors[x]
        filled = number in written
        box = {"facecolor": color if filled else "white", "edgecolor": color}
        axes.text(
            x, y, f"{number}  {title}", ha="center", va="center", fontsize=9.5,
            color="white" if filled else color, fontweight="bold" if filled else "normal",
            bbox={"boxstyle": "round,pad=0.45", **box},
        )  # fmt: skip
    listed = ", ".join(f"{number} {title}" for number, (title, _, _) in PLAN.items())
    arrows = ", ".join(
        f"{start}→{end}" + (f" ({why})" if why else "") for start, end, why in joined
    )
    figure.describe(
        ko=f"강의 지도. {listed}. 화살표: {arrows}.",
        en=f"Map of the course. {listed}. Arrows: {arrows}.",
    )
    return figure
