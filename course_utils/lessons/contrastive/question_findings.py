"""Questions about contrastive learning that the record of lesson 07 answers: tables."""

from course_utils.figures.tables import named
from course_utils.lessons.colorization.findings import over, with_interval
from course_utils.lessons.contrastive.findings import (
    DIAL,
    LONG,
    READINGS,
    STRENGTHS,
    dial_values,
    floor,
    learned,
)
from course_utils.records.read import recorded


def batches() -> None:
    """A batch of 64 and one of 256 pictures: as many views, and as many steps of the optimizer."""
    record, rows = recorded("contrastive"), []
    arms = {
        (64, LONG): learned("linear_10000"),
        (256, LONG): record.outcome(experiment="batch", batch=256, examples=LONG).values,
        (64, LONG // 4): record.outcome(experiment="batch", batch=64, examples=LONG // 4).values,
    }
    for (batch, examples), values in arms.items():
        rows.append(
            [
                f"{batch}",
                f"{examples:,}",
                f"{examples // (2 * batch):,}",
                with_interval(over(values, floor("cifar10"))),
            ]
        )
    named(
        [
            ("배치의 사진 수", "pictures a batch"),
            ("뷰", "views"),
            ("업데이트", "updates"),
            ("이득(%p), 레이블 10,000개", "gain in points, 10,000 labels"),
        ],
        rows,
    )


def projector() -> None:
    """The probe before and after the projector, and random weights, all in 128 dimensions."""
    record = recorded("contrastive")

    def mean(stage: str, reading: str, recipe: str) -> float:
        asked = {"recipe": recipe, "data": "cifar10"}
        return record.figures("behind the projector", f"{reading}_{stage}_test", **asked).mean()

    cases = (
        (("학습하지 않음, 앞", "random weights, before"), "reduced", "floor"),
        (("대조 학습, 프로젝터 앞", "contrastive, before the projector"), "reduced", "contrastive"),
        (("대조 학습, 프로젝터 뒤", "contrastive, behind it"), "projector", "contrastive"),
    )
    named(
        [
            ("128개의 값으로", "from 128 numbers"),
            *[(f"레이블 {n}개", f"{n} labels") for n in ("10,000", "500")],
        ],
        [
            [name, *[f"{mean(stage, r, recipe):.1%}" for r in READINGS]]
            for name, stage, recipe in cases
        ],
    )


def bounds() -> None:
    """The bound on the information that views share, beside the gain, at every position of the
    dial, on CIFAR-10.
    """
    record, values, base = recorded("contrastive"), dial_values("cifar10"), floor("cifar10")
    rows = []
    for s, share in zip(STRENGTHS, ("0", "¼", "½", "1"), strict=True):
        asked = {"data": "cifar10", "strength": s, "examples": DIAL}
        bound = record.figures("finds", "bound", **asked).mean()
        rows.append([share, f"{bound:.2f}", with_interval(over(values[s], base))])
    named(
        [
            ("세기", "strength"),
            ("log(2n − 1) − 손실(나트)", "log(2n − 1) − loss, nats"),
            ("이득(%p), 레이블 10,000개", "gain in points, 10,000 labels"),
        ],
        rows,
    )
