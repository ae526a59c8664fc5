"""What lesson 05 says of its record: tables and figures, with the sentences that rest on them."""

from collections.abc import Sequence

import torch

from course_utils.encoders import shipped
from course_utils.evaluate import comparisons
from course_utils.evaluate.probes import Probe
from course_utils.exercises import claim, claim_learned, gain
from course_utils.figures import dots
from course_utils.figures.style import Picture
from course_utils.figures.tables import named
from course_utils.lang import Text, say
from course_utils.lessons.statements import checked, over, with_interval
from course_utils.pretext import colorization
from course_utils.records.read import recorded

DATA = "cifar10"
LONG, SHORT = 256_000, 96_000
WAYS = {
    "classified": "classification",
    "rebalanced": "classification, rebalanced",
    "regression": "regression",
}
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


def hero() -> Picture:
    """All arms on gray pictures, and the same classes on pictures in colour beside them."""
    panels = {
        ("흑백 사진으로 평가", "measured on gray pictures"): gray_arms(),
        ("컬러 사진으로 평가", "measured on pictures in color"): color_arms(),
    }
    gray, color = panels.values()
    few = gray_arms("linear_500")
    in_korean = ("분류", "재조정한 분류", "회귀")
    checked(
        *[
            (
                f"흑백 사진, {ko}: 학습하지 않은 인코더보다 정확도가 높습니다.",
                f"Gray pictures, {name}: better than the untrained encoder.",
                gray[name],
                gray["random weights"],
            )
            for ko, name in zip(in_korean, WAYS.values(), strict=True)
        ],
        *[
            (
                f"흑백 사진, 레이블 {n:,}개: 재조정하지 않은 분류가 재조정한 분류보다 정확도가 높습니다.",
                f"Gray pictures, {n:,} labels: classification is better without rebalancing.",
                arms["classification"],
                arms["classification, rebalanced"],
            )
            for n, arms in ((10_000, gray), (500, few))
        ],
        (
            "흑백 사진, 레이블 500개: 분류가 회귀보다 정확도가 높습니다.",
            "Gray pictures, 500 labels: classification is better than regression.",
            few["classification"],
            few["regression"],
        ),
        (
            "컬러 사진: 분류로 학습한 인코더의 정확도가 학습하지 않은 인코더보다 높습니다.",
            "Pictures in color: classification is better than the untrained encoder.",
            color["classification"],
            color["random weights"],
        ),
        (
            "컬러 사진: 회전이 분류보다 정확도가 높습니다.",
            "Pictures in color: rotation is better than classification.",
            color["rotation"],
            color["classification"],
        ),
    )
    return dots.dots(
        {
            title: {name: comparisons.mean_over_seeds(values) for name, values in arms.items()}
            for title, arms in panels.items()
        }
    )


def control() -> None:
    """Colours swapped between pictures, as long as the training in the lesson; all else alike."""
    rows, statements = [], []
    for reading in ("linear_10000", "linear_500"):
        floor = gray_floor(reading)
        own, swapped = (painters(reading, how, examples=SHORT) for how in ("rebalanced", "swapped"))
        rows.append([with_interval(over(arm, floor)) for arm in (own, swapped)])
        n = int(reading.split("_")[1])
        statements += [
            (
                f"레이블 {n:,}개: 같은 사진의 색으로 학습한 인코더가 다른 사진의 색으로 학습한 인코더보다 정확도가 높습니다.",
                f"{n:,} labels: a picture's own colors teach more than another's.",
                own,
                swapped,
            ),
            (
                f"기록한 채색 인코더(사진 {SHORT:,}장), 레이블 {n:,}개: 학습하지 않은 인코더보다 정확도가 높습니다.",
                f"Recorded at this length, {n:,} labels: better than the untrained encoder.",
                own,
                floor,
            ),
        ]
    checked(*statements)
    named(
        [
            ("정답으로 준 색", "colors to be predicted"),
            ("이득(%p): 레이블 10,000개", "gain in points: 10,000 labels"),
            ("레이블 500개", "500 labels"),
        ],
        [
            [name, *[row[i] for row in rows]]
            for i, name in enumerate(
                [
                    ("같은 사진의 색", "of the photograph"),
                    ("다른 사진의 색", "of another photograph"),
                ]
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
            ("방법", "method"),
            ("고른 색", "color chosen"),
            ("채도", "chroma"),
            ("오차", "error"),
        ],
        [[what, chosen, f"{chroma:.1f}", f"{error:.1f}"] for what, chosen, chroma, error in rows],
    )
    plain, rebalanced = (
        {
            name: record.figures("colors", name, data=DATA, examples=LONG, how=how)
            for name in ("chroma_mode", "chroma_mean", "error_mode", "error_mean", "gray")
        }
        for how in ("classified", "rebalanced")
    )
    checked(
        (
            "재조정한 분류: 최빈값이 평균보다 채도가 높습니다.",
            "Rebalanced: the mode is more colorful than the mean.",
            rebalanced["chroma_mode"],
            rebalanced["chroma_mean"],
        ),
        (
            "재조정한 분류: 평균으로 칠해도 회색보다 오차가 큽니다.",
            "Rebalanced: even the mean has a larger error than gray.",
            rebalanced["error_mean"],
            rebalanced["gray"],
        ),
        (
            "재조정한 분류: 최빈값이 평균보다 정답에서 멉니다.",
            "Rebalanced: the mode is farther from the truth than the mean.",
            rebalanced["error_mode"],
            rebalanced["error_mean"],
        ),
        (
            "재조정하지 않은 분류: 최빈값이 평균보다 채도가 낮습니다.",
            "Not rebalanced: the mode is less colorful than the mean.",
            plain["chroma_mean"],
            plain["chroma_mode"],
        ),
        points=False,
    )


def here(
    before: Sequence[Probe], after: Sequence[Probe], *, sizes: Sequence[int], data: str
) -> None:
    """Check what the training in the lesson gained, over its test pictures: a probe for each number
    of labels in ``sizes``, before and after.
    """
    floor, learned = ([probe.correct for probe in probes] for probes in (before, after))
    claim_learned(floor, learned, sizes=sizes, data=(DATA,), on=data)


def weights(shares: torch.Tensor, uniform: float) -> None:
    """Say how much the commonest and the rarest bin weigh; arguments as in ``rebalancing``."""
    least, most = colorization.rebalancing(shares, uniform).aminmax()
    say(
        ko=f"가중치: 가장 흔한 칸 {least:.1f}, 가장 드문 칸 {most:.1f}",
        en=f"weights: commonest bin {least:.1f}, rarest {most:.1f}",
    )


def beats_light(right: torch.Tensor, by_light: torch.Tensor, *, data: str) -> None:
    """Say what light and place alone tell of the colours of marked spots, and check that a network
    tells more: which spots each of them names rightly, bool ``(n,)``.
    """
    share = by_light.float().mean().item()
    say(
        ko="물체를 몰라도 맞힐 수 있는 자리가 있습니다. 밝기와 위치, 주변의 대비, 사진 전체의 밝기가 가장 비슷한 다른 자리 "
        f"25곳에서 제일 흔한 색을 답하는 규칙으로도 다른 사진의 {share:.0%}를 맞혔습니다.",
        en="Part of this needs no knowledge of things. A rule takes the 25 other spots most alike "
        "in lightness, position, nearby contrast and brightness of the picture, and names their "
        f"commonest color: right for {share:.0%} of the other photographs.",
    )
    claim(
        ko="신경망이 그 규칙보다 더 많은 자리를 맞혔습니다.",
        en="The network is right for more spots than that rule.",
        by=gain(comparisons.paired_bootstrap(right[None], by_light[None])),
        data=(DATA,),
        on=data,
    )


def means() -> dict[Text, float]:
    """Rows of the league table, all on gray pictures; colorization rebalanced as in the lesson."""
    arms = {name: comparisons.mean_over_seeds(v)[0] for name, v in gray_arms().items()}
    short = comparisons.mean_over_seeds(painters("linear_10000", "rebalanced", examples=SHORT))[0]
    n, (seen, long) = f"{LONG:,}", shipped.accuracy_with_labels("colorization")
    return {
        "random weights": arms["random weights"],
        (f"채색, 재조정, {SHORT:,}번", f"colorization, rebalanced, {SHORT:,} seen"): short,
        (f"채색, 재조정, {n}번", f"colorization, rebalanced, {n} seen"): arms[WAYS["rebalanced"]],
        (f"채색, 재조정, {seen:,}번", f"colorization, rebalanced, {seen:,} seen"): long,
        (f"흑백 회전, {n}번", f"rotation on gray, {n} seen"): arms["rotation"],
        (f"흑백 지도학습, {n}번", f"supervised on gray, {n} seen"): arms["supervised"],
    }


def where_from() -> None:
    """Say where and when all of this was recorded."""
    record = recorded("colorization")
    for experiment in ("probe", "colors", "dial"):
        record.about(experiment)
