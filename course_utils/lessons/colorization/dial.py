"""What lesson 05 says of a world in which hues depend on kinds by a set share."""

from course_utils.evaluate import comparisons
from course_utils.figures import dots
from course_utils.figures.style import Picture
from course_utils.lessons.statements import checked
from course_utils.records.read import recorded

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
EXAMPLES = 64_000


def curve() -> Picture:
    """What learning to colour gains as the hue of a thing depends more and more on its kind."""
    record = recorded("colorization")
    lines, ends = {}, {}
    for reading in ("linear_10000", "linear_500"):
        n = int(reading.split("_")[1])
        asked = {"experiment": "dial", "recipe": "dependent colors", "examples": EXAMPLES}
        seen = {d: record.outcome(reading, dependence=d, **asked).values for d in SHARES}
        floor = record.outcome(reading, experiment="dial", recipe="floor").values
        ends[n] = seen[0.0], seen[1.0], floor
        name = (f"채색, 레이블 {n:,}개", f"colorization, {n:,} labels")
        lines[name] = {d: comparisons.mean_over_seeds(v) for d, v in seen.items()}
        level = comparisons.mean_over_seeds(floor)
        name = (f"학습하지 않음, {n:,}개", f"random weights, {n:,}")
        lines[name] = dict.fromkeys((0.0, 1.0), level)
    checked(
        *[
            (
                f"레이블 {n:,}개: 색이 종류에 따라 정해지면 무작위일 때보다 정확도가 높습니다.",
                f"{n:,} labels: where color stands for the kind, more is learned.",
                fully,
                without,
            )
            for n, (without, fully, _) in ends.items()
        ],
        *[
            (
                f"레이블 {n:,}개: 색이 종류와 무관해도 학습하지 않은 인코더보다 정확도가 높습니다.",
                f"{n:,} labels: even where color means nothing, more than untrained.",
                without,
                floor,
            )
            for n, (without, _, floor) in ends.items()
        ],
    )
    return dots.lines(
        lines,
        x_label=(
            "색조가 종류에 따라 정해진 물체의 비율",
            "share of things whose hue is that of their kind",
        ),
        y_label=("종류 정확도(흑백)", "accuracy on kinds, gray"),
        chance=1 / 10,
    )
