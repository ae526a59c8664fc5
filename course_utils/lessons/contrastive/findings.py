"""What lesson 07 says of its record: tables and figures, with the sentences that rest on them."""

from collections.abc import Mapping, Sequence

import torch

from course_utils.encoders import shipped
from course_utils.evaluate import comparisons
from course_utils.evaluate.probes import Probe
from course_utils.exercises import claim, folded_claims, gain, verdict
from course_utils.figures import dots
from course_utils.figures.style import Picture
from course_utils.figures.tables import named
from course_utils.lang import Text, say
from course_utils.lessons.contrastive import drawings
from course_utils.lessons.rotation import findings as turned
from course_utils.lessons.statements import checked, over, with_interval
from course_utils.records.read import recorded

LONG, DIAL, SHORT = 256_000, 128_000, 96_000
STRENGTHS = (0.0, 0.25, 0.5, 1.0)
WORLDS = {"cifar10": "CIFAR-10", "toyworld": "ToyWorld"}
READINGS = ("linear_10000", "linear_500")
GAINS = (  # over these columns of gains stands
    ("이득(%p): 레이블 10,000개", "gain in points: 10,000 labels"),
    ("레이블 500개", "500 labels"),
)


def floor(data: str, reading: str = "linear_10000") -> torch.Tensor:
    """Accuracies of untrained encoders, one value a seed."""
    return recorded("references").outcome(reading, recipe="floor", data=data).values


def learned(
    reading: str, *, data: str = "cifar10", examples: int = LONG, color: bool = True
) -> torch.Tensor:
    """Accuracies of encoders that learned to find partners, one value a seed; ToyWorld also in
    gray.
    """
    asked = {"recipe": "contrastive", "data": data, "examples": examples}
    asked |= {"color": color} if data == "toyworld" else {}
    return recorded("contrastive").outcome(reading, **asked).values


# ---------------------------------------------------------------- the dial


def dial_stage(data: str) -> str:
    """The block that is read at every position of the dial: chosen once for a data set, by
    validation averaged over positions and seeds.
    """
    record = recorded("contrastive")
    asked = {"experiment": "dial", "data": data, "examples": DIAL}
    blocks = record.stages("linear_10000", strength=STRENGTHS[0], **asked)

    def validation(block: str) -> float:
        name = f"linear_10000_{block}_validation"
        asked = {"data": data, "examples": DIAL}
        return sum(
            record.figures("dial", name, strength=s, **asked).mean().item() for s in STRENGTHS
        )

    return max(blocks, key=validation)


def dial_values(data: str, reading: str = "linear_10000") -> dict[float, torch.Tensor]:
    """Accuracies by position of the dial, one value a seed."""
    record, block = recorded("contrastive"), dial_stage(data)
    asked = {"experiment": "dial", "data": data, "examples": DIAL}
    return {s: record.stages(reading, strength=s, **asked)[block] for s in STRENGTHS}


def found(data: str) -> dict[Text, dict[float, dots.Interval]]:
    """How often the partner among eight is found, by position: by colours, and by each network."""
    record = recorded("contrastive")
    asked = {"data": data}
    shares = {
        "network": {
            s: record.figures("finds", "found", strength=s, examples=DIAL, **asked)
            for s in STRENGTHS
        },
        "color histogram": {
            s: record.figures("histogram", "found", strength=s, **asked) for s in STRENGTHS
        },
    }
    return {
        name: {s: comparisons.mean_over_seeds(v) for s, v in line.items()}
        for name, line in shares.items()
    }


def dial(mine: Mapping[float, float] | None = None) -> Picture:
    """What the jitter dial gains, and how often a partner is found, on both worlds; ``mine``: the
    learner's own shares by strength, which stand beside those on CIFAR-10's photographs.
    """
    gains, shares, statements = {}, {}, []
    for data, title in WORLDS.items():
        values, base = dial_values(data), floor(data)
        gains[title] = {s: over(v, base) for s, v in values.items()}
        shares[title] = found(data)
        # On ToyWorld ¼ is not clearly better than 0: nothing is said of it.
        for weaker in (0.0, 1.0) if data == "cifar10" else (1.0,):
            statements.append(
                (
                    f"{title}: 세기가 ¼이면 {weaker:g}일 때보다 정확도가 높습니다.",
                    f"{title}: better at ¼ than at {weaker:g}.",
                    values[0.25],
                    values[weaker],
                )
            )
    checked(*statements)
    if mine:
        shares["CIFAR-10"]["you"] = {s: (share, share, share) for s, share in mine.items()}
    return drawings.dial(gains, shares)


def by_color(plain: torch.Tensor, jittered: torch.Tensor, *, data: str) -> None:
    """Say how many partners a histogram of colours finds: which items it has right, bool ``(N,)``,
    with colours as they are and with changed ones.
    """
    shares = plain.float().mean().item(), jittered.float().mean().item()
    say(
        ko="신경망 없이 색 히스토그램만 비교해도 색을 그대로 두면 짝의 "
        f"{shares[0]:.0%}, 색을 바꾸면 {shares[1]:.0%}를 찾습니다(우연 수준은 12.5%).",
        en="Without any network, picking the most similar color histogram finds "
        f"{shares[0]:.0%} of partners when colors stay and {shares[1]:.0%} when they change "
        "(chance: 12.5%).",
    )
    with folded_claims():
        claim(
            ko="색을 그대로 두면 바꿀 때보다 색만 보고 찾는 짝이 더 많습니다.",
            en="More partners are found by color alone when colors stay than when they change.",
            by=gain(comparisons.paired_bootstrap(plain[None], jittered[None])),
            data=("cifar10",),
            on=data,
        )


# ---------------------------------------------------------------- gains, with their intervals


def arms(data: str, reading: str = "linear_10000") -> dict[str, torch.Tensor]:
    """Accuracies on a world by arm, one value a seed; rotation and supervised as in lesson 03."""
    others = turned.headline(data, reading)
    return {
        "random weights": others["random weights"],
        "contrastive": learned(reading, data=data),
        "rotation": others["rotation"],
        "supervised": others["supervised"],
    }


def hero() -> Picture:
    """Both worlds: floor, contrastive, rotation, supervised."""
    panels = {title: arms(data) for data, title in WORLDS.items()}
    checked(
        *[
            (
                f"{title}: 대조 학습의 정확도가 학습하지 않은 인코더보다 높습니다.",
                f"{title}: contrastive learning is better than the untrained encoder.",
                panel["contrastive"],
                panel["random weights"],
            )
            for title, panel in panels.items()
        ],
        *[
            (
                f"{title}: 회전의 정확도가 대조 학습보다 높습니다.",
                f"{title}: rotation is better than contrastive learning.",
                panel["rotation"],
                panel["contrastive"],
            )
            for title, panel in panels.items()
        ],
    )
    return dots.dots(
        {
            title: {name: comparisons.mean_over_seeds(v) for name, v in panel.items()}
            for title, panel in panels.items()
        }
    )


def control() -> None:
    """Where does the gain on ToyWorld come from? Without colour, and without things to see."""
    record = recorded("contrastive")
    erased = {"data": "toyworld", "examples": LONG, "things": "none"}
    rows: list[list[Text]] = [[name] for name in _CONTROLS]
    for reading in READINGS:
        gray = {"recipe": "floor", "data": "toyworld", "color": False}
        effects = (
            over(learned(reading, data="toyworld"), floor("toyworld", reading)),
            over(
                learned(reading, data="toyworld", color=False),
                record.outcome(reading, **gray).values,
            ),
            over(
                record.outcome(reading, recipe="contrastive", **erased).values,
                floor("toyworld", reading),
            ),
        )
        for row, effect in zip(rows, effects, strict=True):
            row.append(with_interval(effect))
    named(
        [
            ("학습한 ToyWorld", "ToyWorld as trained on"),
            *GAINS,
        ],
        rows,
    )


_CONTROLS: tuple[Text, ...] = (
    ("컬러", "in color"),
    ("흑백, 평가도 흑백", "in gray, measured in gray"),
    ("컬러, 물체를 지움", "in color, things erased"),
)


# ---------------------------------------------------------------- the training in the lesson


def here(
    before: Sequence[Probe], after: Sequence[Probe], *, sizes: Sequence[int], data: str
) -> None:
    """Say what the training in the lesson gained over its test pictures, whatever that is: a probe
    for each number of labels in ``sizes``, before and after. A single run of this length may show
    nothing, so what is claimed are the gains of five recorded ones, and a long one stands beside.
    """
    for n, base, net in zip(sizes, before, after, strict=True):
        verdict(
            ko=f"방금 학습한 인코더와 학습하지 않은 인코더, 레이블 {n:,}개",
            en=f"the encoder just trained against the untrained one, {n:,} labels",
            effect=comparisons.paired_bootstrap(net.correct, base.correct),
        )
    if data == "cifar10":
        seen, long = shipped.accuracy_with_labels("contrastive")
        say(
            ko=f"뷰 {seen:,}개로 학습해 둔 인코더, 레이블 10,000개: {long:.1%}.",
            en=f"The course's encoder, trained on {seen:,} views, 10,000 labels: {long:.1%}.",
        )
    checked(
        *(
            (
                f"CIFAR-10의 기록, 뷰 {SHORT:,}개, 레이블 {n:,}개: 학습하지 않은 인코더보다 정확도가 높습니다.",
                f"Recorded on CIFAR-10, {SHORT:,} views, {n:,} labels: better than untrained.",
                learned(reading, examples=SHORT),
                floor("cifar10", reading),
            )
            for reading, n in zip(READINGS, (10_000, 500), strict=True)
        )
    )


def means() -> dict[Text, float]:
    """Rows of the league table, on CIFAR-10 with 10,000 labels."""
    panel = {name: v.mean().item() for name, v in arms("cifar10").items()}
    short = learned("linear_10000", examples=SHORT).mean().item()
    seen, long = shipped.accuracy_with_labels("contrastive")
    return {
        "random weights": panel["random weights"],
        (f"대조 학습, 뷰 {SHORT:,}개", f"contrastive, {SHORT:,} views"): short,
        (f"대조 학습, 뷰 {LONG:,}개", f"contrastive, {LONG:,} views"): panel["contrastive"],
        (f"대조 학습, 뷰 {seen:,}개", f"contrastive, {seen:,} views"): long,
        ("회전, 입력 270,000개", "rotation, 270,000 inputs"): panel["rotation"],
        ("지도학습, 입력 270,000개", "supervised, 270,000 inputs"): panel["supervised"],
    }


def where_from() -> None:
    """Say where and when all of this was recorded."""
    record = recorded("contrastive")
    for experiment in ("probe", "dial", "finds", "collapse", "batch"):
        record.about(experiment)
