"""What lesson 05 says of its record of split-brain autoencoders, with the sentences on it."""

import torch

from course_utils.exercises import claim, folded_claims, gain
from course_utils.figures.tables import named
from course_utils.lang import Text
from course_utils.lessons.colorization.findings import LONG, color_arms
from course_utils.lessons.statements import over, with_interval
from course_utils.records.read import recorded

ARMS: dict[str, Text] = {
    "gray": ("밝기만 봄(이 강의)", "one network, lightness alone (as above)"),
    "apart": ("둘로 나눔, L과 ab를 하나씩 봄", "two halves, one sees L, the other ab"),
    "leaking": ("둘로 나눔, 양쪽 모두 L과 ab를 봄", "two halves, each sees everything"),
    "whole": ("나누지 않음, 모두 봄", "one network, sees everything"),
}


def arm(how: str, reading: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Accuracies after training and of the same network untrained, one value a seed."""
    if how == "gray":
        arms = color_arms(reading)
        return arms["classification"], arms["random weights"]
    record, asked = recorded("colorization"), {"experiment": "halves", "how": how}
    trained = record.outcome(reading, recipe="split brain", examples=LONG, **asked)
    return trained.values, record.outcome(reading, recipe="split brain, untrained", **asked).values


def compared() -> None:
    """Two halves that predict each other, and what happens where they see their answers."""
    rows: list[list[Text]] = [[name] for name in ARMS.values()]
    with folded_claims():
        for reading in ("linear_10000", "linear_500"):
            n = int(reading.split("_")[1])
            seen = {how: arm(how, reading) for how in ARMS}
            for row, (trained, floor) in zip(rows, seen.values(), strict=True):
                row.append(f"{100 * trained.mean().item():.1f}%")
                row.append(with_interval(over(trained, floor)))
            claim(
                ko=f"레이블 {n:,}개: 두 반쪽이 서로를 예측하면 학습하지 않은 신경망보다 정확도가 높습니다.",
                en=f"{n:,} labels: halves that predict each other are better than untrained.",
                by=gain(over(*seen["apart"])),
            )
            for how, ko, en in (
                ("gray", "밝기만 보는 신경망", "one network that sees lightness alone"),
                ("leaking", "양쪽이 다 보는 신경망", "halves that see everything"),
                ("whole", "나누지 않은 신경망", "one network that is not split"),
            ):
                claim(
                    ko=f"레이블 {n:,}개: 두 반쪽이 서로 다른 채널만 보면 {ko}보다 정확도가 높습니다.",
                    en=f"{n:,} labels: halves kept apart are better than {en}.",
                    by=gain(over(seen["apart"][0], seen[how][0])),
                )
    named(
        [
            ("신경망", "network"),
            ("정확도: 레이블 10,000개", "accuracy: 10,000 labels"),
            ("학습의 이득(%p)", "gain of training, points"),
            ("정확도: 500개", "accuracy: 500"),
            ("학습의 이득(%p)", "gain, points"),
        ],
        rows,
    )
