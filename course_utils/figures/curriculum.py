"""The map of the course: its lessons, and what leads to what."""

from matplotlib.patches import FancyBboxPatch

from course_utils import texts
from course_utils.figures.style import BLUE, GRAY, GREEN, RED, Drawing, drawn, empty_figure
from course_utils.figures.words import word
from course_utils.lang import Text

# What is planned: number, name on the map, place; titles; and what leads to what. A lesson that is
# written says all this itself, in its ``texts.toml``.
PLANNED = {
    "04": (("패치", "Patches"), 1, 2.4), "06": (("생성 모델", "Generative"), 1, 0.8),
    "09": (("프레임 순서", "Frame order"), 2, 0.8), "10": (("비디오 채색", "Video color"), 2, 0.0),
    "11": (("함께 학습", "Joint training"), 3, 2.8), "12": (("비교", "Comparison"), 4, 2.0),
}  # fmt: skip
PLANNED_TITLES = {
    "04": ("패치: 상대 위치, 직소 퍼즐, 특징 세기", "Patches: relative position, jigsaw puzzles, counting"),
    "06": ("생성 모델", "Generative modeling"),
    "09": ("비디오: 프레임 순서", "Video: frame order"),
    "10": ("비디오 채색", "Video colorization"),
    "11": ("함께 학습하기", "Joint training"),
    "12": ("방법 비교", "Comparing the methods"),
}  # fmt: skip
PLANNED_ARROWS = (
    ("04", "07", ("조각으로 조각 예측", "pieces predict pieces")),
    ("11", "12", ""), ("09", "12", ""), ("10", "12", ""),
)  # fmt: skip


def places() -> dict[str, tuple[Text, float, float]]:
    """Name on the map and place of every lesson, written or planned, by number."""
    written = {
        lesson["number"]: (lesson["map"]["name"], lesson["map"]["x"], lesson["map"]["y"])
        for lesson in texts.written_lessons().values()
    }
    return dict(sorted((PLANNED | written).items()))


def arrows() -> list[tuple[str, str, Text]]:
    """What leads to what, and why: from 01 to every lesson on images, and as the lessons say."""
    written = texts.written_lessons().values()
    said = [(one["number"], *arrow) for one in written for arrow in one["leads_to"]]
    numbers = {one["number"] for one in written}
    opening = [("01", number, "") for number, (_, x, _) in places().items() if x == 1]
    return opening + said + [arrow for arrow in PLANNED_ARROWS if arrow[0] not in numbers]


@drawn
def course_map() -> Drawing:
    """All lessons and what leads to what: written ones are filled, planned ones outlined.

    Columns: opening, images, contrastive learning and video, joint training, comparison.
    """
    places_of, joined = places(), arrows()
    written = {lesson["number"] for lesson in texts.written_lessons().values()}
    figure = empty_figure(9, 4.2)
    axes = figure.subplots()
    axes.set(xlim=(-0.5, 4.5), ylim=(-0.6, 4.9))
    axes.axis("off")
    column_colors = (GRAY, GREEN, BLUE, RED, GRAY)
    for x, name in (
        (1, ("이미지", "images")),
        (2, ("짝과 비디오", "pairs, and video")),
        (3, ("레이블도 함께", "with labels too")),
    ):
        axes.text(
            x, 4.65, word(name), ha="center", color=column_colors[x], fontsize=11, fontweight="bold"
        )
    arrow = {"arrowstyle": "->", "color": GRAY, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0}
    for start, end, why in joined:
        (_, x0, y0), (_, x1, y1) = places_of[start], places_of[end]
        # Out of a box at its side; inside a column, at its bottom or top.
        aside, lift = (0, 0.22 if y1 > y0 else -0.22) if x0 == x1 else (0.38, 0)
        axes.annotate(
            "", (x1 - aside, y1 - lift), (x0 + aside, y0 + lift),
            arrowprops=arrow,
        )  # fmt: skip
        if word(why) and x0 == x1:  # elsewhere the words would cross other arrows
            axes.text(x0 + 0.05, (y0 + y1) / 2, word(why), fontsize=7, color=GRAY, va="center")
    for number, (title, x, y) in places_of.items():
        color = column_colors[x]
        filled = number in written
        axes.add_patch(  # as wide in either language: arrows begin at its side
            FancyBboxPatch(
                (x - 0.34, y - 0.13), 0.68, 0.26, facecolor=color if filled else "white",
                edgecolor=color, boxstyle="round,pad=0.04",
            )
        )  # fmt: skip
        axes.text(
            x, y, f"{number}  {word(title)}", ha="center", va="center", fontsize=9.5,
            color="white" if filled else color, fontweight="bold" if filled else "normal",
        )  # fmt: skip
    listed = ", ".join(f"{number} {word(title)}" for number, (title, _, _) in places_of.items())
    arrows_told = ", ".join(
        f"{start}→{end}" + (f" ({word(why)})" if word(why) else "") for start, end, why in joined
    )
    figure.describe(
        ko=f"강의 지도. {listed}. 화살표: {arrows_told}.",
        en=f"Map of the course. {listed}. Arrows: {arrows_told}.",
    )
    return figure
