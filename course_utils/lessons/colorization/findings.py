"""What lesson 05 says of its record: tables and figures, with the sentences that rest on them."""

from collections.abc import Sequence

import torch

from course_utils.evaluate import comparisons
from course_utils.evaluate.probes import Probe
from course_utils.exercises import above, claim, claim_learned, folded_claims, gain
from course_utils.figures import dots
from course_utils.figures.style import Picture
from course_utils.figures.tables import named
from course_utils.lang import Text
from course_utils.records.read import recorded

DATA = "cifar10"
LONG, SHORT, DIAL = 256_000, 96_000, 64_000
WAYS = {
    "classified": "classification",
    "rebalanced": "classification, rebalanced",
    "regression": "regression",
}
DEPENDENCES = (0.0, 0.25, 0.5, 0.75, 1.0)
DECODED: dict[str, Text] = {"mode": "mode", "annealed": "annealed mean", "mean": "mean"}


def painters(reading: str, how: str, *, examples: int = LONG, color: bool = False) -> torch.Tensor:
    """Accuracies of encoders that learned to colour, one value a seed."""
    asked = {"data": DATA, "examples": examples, "how": how, "color": color}
    return recorded("colorization").outcome(reading, recipe="colorization", **asked).values


def gray_floor(reading: str) -> torch.Tensor:
    """Accuracies of untrained encoders on gray pictures, one value a seed."""
    asked = {"recipe": "floor", "data": DATA, "color": False}
    return recorded("colorization").outcome(reading, **asked).values


def gray_arms(reading: str = "linear_10000") -> dict[str, torch.Tensor]:
    """Accuracies on gray pictures by arm, the gray floor first."""
    record = recorded("colorization")
    arms = {"random weights": gray_floor(reading)}
    arms |= {name: painters(reading, how) for how, name in WAYS.items()}
    for name, recipe in (("rotation", "rotation on gray"), ("supervised", "supervised on gray")):
        arms[name] = record.outcome(reading, recipe=recipe, data=DATA, examples=LONG).values
    return arms


def color_arms(reading: str = "linear_10000") -> dict[str, torch.Tensor]:
    """The same on pictures in colour; rotation and supervised learning as lesson 03 has them."""
    references = recorded("references")
    turned = {"data": DATA, "examples": 270_000, "pose": "four"}
    return {
        "random weights": references.outcome(reading, recipe="floor", data=DATA).values,
        "classification": painters(reading, "classified", color=True),
        "rotation": recorded("rotation").outcome(reading, recipe="rotation", **turned).values,
        "supervised": references.outcome(reading, recipe="supervised", data=DATA).values,
    }


def over(arm: torch.Tensor, floor: torch.Tensor) -> comparisons.Effect:
    """How far an arm is above another one, over the seeds that both have."""
    n = min(len(arm), len(floor))
    return comparisons.over_seeds(arm[:n], floor[:n])


def hero() -> Picture:
    """All arms on gray pictures, and the same classes on pictures in colour beside them."""
    panels = {
        ("흑백 사진으로 평가", "measured on gray pictures"): gray_arms(),
        ("컬러 사진으로 평가", "measured on pictures in color"): color_arms(),
    }
    gray, color = panels.values()
    with folded_claims():
        for name in WAYS.values():
            ko = {"regression": "회귀", "classification": "분류"}.get(name, "재조정한 분류")
            claim(
                ko=f"흑백 사진, {ko}: 학습하지 않은 인코더보다 정확도가 높습니다.",
                en=f"Gray pictures, {name}: better than the untrained encoder.",
                by=gain(over(gray[name], gray["random weights"])),
            )
        claim(
            ko="컬러 사진: 분류로 학습한 인코더의 정확도가 학습하지 않은 인코더보다 높습니다.",
            en="Pictures in color: classification is better than the untrained encoder.",
            by=gain(over(color["classification"], color["random weights"])),
        )
    return dots.dots(
        {
            title: {name: comparisons.mean_over_seeds(values) for name, values in arms.items()}
            for title, arms in panels.items()
        }
    )


def _with_interval(effect: comparisons.Effect) -> Text:
    """A difference of shares in points with its interval, in both languages."""
    value, low, high = (f"{100 * x:+.1f}" for x in effect)
    return f"{value} ({low}부터 {high}까지)", f"{value} ({low} to {high})"


def control() -> None:
    """Colours swapped between pictures, as long as the training in the lesson; all else alike."""
    rows = []
    with folded_claims():
        for reading in ("linear_10000", "linear_500"):
            floor = gray_floor(reading)
            arms = {
                how: painters(reading, how, examples=SHORT) for how in ("rebalanced", "swapped")
            }
            rows.append([_with_interval(over(arms[how], floor)) for how in arms])
            n = int(reading.split("_")[1])
            claim(
                ko=f"레이블 {n:,}개: 그 사진의 색으로 학습한 인코더가 다른 사진의 색으로 학습한 인코더보다 정확도가 높습니다.",
                en=f"{n:,} labels: learning a picture's own colors is better than another's.",
                by=gain(over(arms["rebalanced"], arms["swapped"])),
            )
            claim(
                ko=f"96,000번 학습한 기록, 레이블 {n:,}개: 학습하지 않은 인코더보다 정확도가 높습니다.",
                en=f"Recorded at this length, {n:,} labels: better than the untrained encoder.",
                by=gain(over(arms["rebalanced"], floor)),
            )
    named(
        [
            ("정답으로 준 색", "colors to be predicted"),
            ("이득(%p): 레이블 10,000개", "gain in points: 10,000 labels"),
            ("레이블 500개", "500 labels"),
        ],
        [
            [name, *[row[i] for row in rows]]
            for i, name in enumerate(
                [("그 사진의 색", "of the photograph"), ("다른 사진의 색", "of another photograph")]
            )
        ],
    )


def chroma_and_error() -> None:
    """How colourful each way of answering paints, and how far from the truth it is."""
    record = recorded("colorization")

    def mean(how: str, figure: str) -> float:
        asked = {"data": DATA, "examples": LONG, "how": how}
        return record.figures("colors", figure, **asked).mean().item()

    rows = [
        ["truth", "–", mean("classified", "truth"), 0.0],
        ["gray", "–", 0.0, mean("classified", "gray")],
        ["regression", "–", *[mean("regression", f"{x}_regression") for x in ("chroma", "error")]],
    ]
    for how in ("classified", "rebalanced"):
        for key, name in DECODED.items():
            rows.append([WAYS[how], name, *[mean(how, f"{x}_{key}") for x in ("chroma", "error")]])
    named(
        [
            ("무엇을", "what"),
            ("고른 색", "color chosen"),
            ("채도", "chroma"),
            ("오차", "error"),
        ],
        [[what, chosen, f"{chroma:.1f}", f"{error:.1f}"] for what, chosen, chroma, error in rows],
    )
    asked = {"data": DATA, "examples": LONG, "how": "rebalanced"}
    figures = {
        name: record.figures("colors", name, **asked)
        for name in ("chroma_mode", "chroma_mean", "error_mode", "error_mean", "gray")
    }
    with folded_claims():
        claim(
            ko="재조정한 분류: 최빈값이 평균보다 채도가 높습니다.",
            en="Rebalanced: the mode is more colorful than the mean.",
            by=gain(
                comparisons.over_seeds(figures["chroma_mode"], figures["chroma_mean"]), points=False
            ),
        )
        claim(
            ko="재조정한 분류: 평균으로 칠해도 회색보다 오차가 큽니다.",
            en="Rebalanced: even the mean has a larger error than gray.",
            by=gain(comparisons.over_seeds(figures["error_mean"], figures["gray"]), points=False),
        )
        claim(
            ko="재조정한 분류: 최빈값이 평균보다 정답에서 멉니다.",
            en="Rebalanced: the mode is farther from the truth than the mean.",
            by=gain(
                comparisons.over_seeds(figures["error_mode"], figures["error_mean"]), points=False
            ),
        )


def dial() -> Picture:
    """What learning to colour gains as the hue of a thing depends more and more on its kind."""
    record = recorded("colorization")
    lines, ends = {}, {}
    for reading in ("linear_10000", "linear_500"):
        n = int(reading.split("_")[1])
        asked = {"experiment": "dial", "recipe": "dependent colors", "examples": DIAL}
        seen = {d: record.outcome(reading, dependence=d, **asked).values for d in DEPENDENCES}
        floor = record.outcome(reading, experiment="dial", recipe="floor").values
        ends[n] = seen[0.0], seen[1.0], floor
        name = (f"채색, 레이블 {n:,}개", f"colorization, {n:,} labels")
        lines[name] = {d: comparisons.mean_over_seeds(v) for d, v in seen.items()}
        level = comparisons.mean_over_seeds(floor)
        name = (f"학습하지 않음, {n:,}개", f"random weights, {n:,}")
        lines[name] = dict.fromkeys((0.0, 1.0), level)
    with folded_claims():
        for n, (without, fully, floor) in ends.items():
            claim(
                ko=f"레이블 {n:,}개: 색이 종류를 나타내면 아무 색일 때보다 정확도가 높습니다.",
                en=f"{n:,} labels: where color stands for the kind, more is learned.",
                by=gain(over(fully, without)),
            )
            claim(
                ko=f"레이블 {n:,}개: 색이 아무 뜻이 없어도 학습하지 않은 인코더보다 정확도가 높습니다.",
                en=f"{n:,} labels: even where color means nothing, more than untrained.",
                by=gain(over(without, floor)),
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


def here(
    before: Sequence[Probe], after: Sequence[Probe], *, sizes: Sequence[int], data: str
) -> None:
    """Check what the training in the lesson gained, over its test pictures: a probe for each number
    of labels in ``sizes``, before and after.
    """
    floor, learned = ([probe.correct for probe in probes] for probes in (before, after))
    claim_learned(floor, learned, sizes=sizes, data=(DATA,), on=data)


def beats_chance(right: torch.Tensor, *, data: str) -> None:
    """Check that a network names the colours of marked spots better than blindly."""
    claim(
        ko="신경망이 맞힌 자리의 비율이 우연 수준보다 높습니다.",
        en="The share of spots that the network names rightly is above chance.",
        by=above(right.float().mean().item(), 1 / 5),
        data=(DATA,),
        on=data,
    )


def means() -> dict[Text, float]:
    """Rows of the league table, all on gray pictures; colorization rebalanced as in the lesson."""
    arms = {name: values.mean().item() for name, values in gray_arms().items()}
    short = painters("linear_10000", "rebalanced", examples=SHORT).mean().item()
    n = f"{LONG:,}"
    return {
        "random weights": arms["random weights"],
        (f"채색, 재조정, {SHORT:,}번", f"colorization, rebalanced, {SHORT:,} seen"): short,
        (f"채색, 재조정, {n}번", f"colorization, rebalanced, {n} seen"): arms[WAYS["rebalanced"]],
        (f"흑백 회전, {n}번", f"rotation on gray, {n} seen"): arms["rotation"],
        (f"흑백 지도학습, {n}번", f"supervised on gray, {n} seen"): arms["supervised"],
    }


def where_from() -> None:
    """Say where and when all of this was recorded."""
    record = recorded("colorization")
    for experiment in ("probe", "colors", "dial"):
        record.about(experiment)
