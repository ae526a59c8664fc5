"""Questions about contrastive learning that the record of lesson 07 answers: tables."""

import torch

from course_utils.figures.tables import named
from course_utils.lang import Text, say
from course_utils.lessons.contrastive.findings import (
    DIAL,
    GAINS,
    LONG,
    READINGS,
    STRENGTHS,
    WORLDS,
    dial_values,
    floor,
    learned,
)
from course_utils.lessons.statements import checked, over, with_interval
from course_utils.pretext import contrastive
from course_utils.records.read import recorded

TEMPERATURES = (0.1, 0.2, 0.5)


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


def _learned_at_dial(
    reading: str = "linear_10000", data: str = "cifar10", **changed: object
) -> torch.Tensor:
    """Accuracies as long trained as the dial, one value a seed: with something ``changed``, or the
    dial's own at the course's strength.
    """
    changed = changed or {"experiment": "dial", "strength": contrastive.STRENGTH}
    return recorded("contrastive").outcome(reading, data=data, examples=DIAL, **changed).values


def temperatures() -> None:
    """Gains by temperature on both worlds; everything else stays."""

    def values(data: str, temperature: float) -> torch.Tensor:
        if temperature == contrastive.TEMPERATURE:
            return _learned_at_dial(data=data)
        return _learned_at_dial(data=data, experiment="temperature", temperature=temperature)

    checked(
        *[
            (
                f"{WORLDS[data]}: 온도가 0.2이면 {worse:g}일 때보다 정확도가 높습니다.",
                f"{WORLDS[data]}: better at a temperature of 0.2 than of {worse:g}.",
                values(data, 0.2),
                values(data, worse),
            )
            for data, worse in (("cifar10", 0.1), ("toyworld", 0.5))
        ]
    )
    named(
        [("온도", "temperature"), *WORLDS.values()],
        [
            [f"{x:g}", *[with_interval(over(values(data, x), floor(data))) for data in WORLDS]]
            for x in TEMPERATURES
        ],
    )


def methods() -> None:
    """Other losses on the same views, and negatives chosen with the labels' help: gains."""
    many, few = (
        {name: _learned_at_dial(reading, **changed) for name, changed in METHODS.items()}
        for reading in READINGS
    )
    simclr, spared, vicreg, byol = METHODS
    checked(
        (
            "레이블 500개: 거짓 네거티브를 빼면 정확도가 높아집니다.",
            "500 labels: better without false negatives.",
            few[spared],
            few[simclr],
        ),
        (
            "레이블 500개: SimCLR의 정확도가 VICReg보다 높습니다.",
            "500 labels: SimCLR is better than VICReg.",
            few[simclr],
            few[vicreg],
        ),
        (
            "레이블 10,000개: SimCLR의 정확도가 BYOL보다 높습니다.",
            "10,000 labels: SimCLR is better than BYOL.",
            many[simclr],
            many[byol],
        ),
    )
    named(
        [("방법", "method"), *GAINS],
        [
            [
                name,
                *[
                    with_interval(over(values[name], floor("cifar10", reading)))
                    for reading, values in zip(READINGS, (many, few), strict=True)
                ],
            ]
            for name in METHODS
        ],
    )


# Name in the table, and what differs from the dial's rows.
METHODS: dict[Text, dict[str, str]] = {
    "SimCLR": {},
    ("SimCLR, 같은 클래스는 네거티브에서 뺌", "SimCLR, no negatives of the same class"): {
        "experiment": "others",
        "recipe": "contrastive, no false negatives",
    },
    "VICReg": {"experiment": "others", "recipe": "VICReg"},
    "BYOL": {"experiment": "others", "recipe": "BYOL"},
}


def false_negatives(labels: torch.Tensor, pictures: int) -> None:
    """Say how many negatives of a view are of its own class, in batches of ``pictures`` drawn from
    pictures with the classes ``labels`` ``(N,)``: what is expected, exactly.
    """
    counts = labels.bincount().double()
    n = len(labels)
    share = (counts / n * (counts - 1) / (n - 1)).sum().item()
    negatives = 2 * (pictures - 1)
    say(
        ko=f"네거티브 {negatives}개 가운데 평균 {share * negatives:.1f}개({share:.0%})가 같은 클래스입니다.",
        en=f"Of {negatives} negatives, {share * negatives:.1f} on average ({share:.0%}) are of the "
        "same class.",
    )


def projector() -> None:
    """The probe before and after the projector, and random weights: in 128 dimensions, and before
    it in all of them.
    """
    record = recorded("contrastive")

    def values(stage: str, reading: str, recipe: str = "contrastive") -> torch.Tensor:
        if stage == "block3":
            asked = {"experiment": "probe", "recipe": recipe, "data": "cifar10", "examples": LONG}
            return record.stages(reading, **asked)[stage]
        asked = {"recipe": recipe, "data": "cifar10"}
        return record.figures("behind the projector", f"{reading}_{stage}_test", **asked)

    many, few = READINGS
    checked(
        (
            "레이블 10,000개: 프로젝터 앞의 정확도가 뒤보다 높습니다.",
            "10,000 labels: better before the projector than after it.",
            values("reduced", many),
            values("projector", many),
        ),
        (
            "레이블 500개: 줄인 특징보다 프로젝터 뒤의 정확도가 높습니다.",
            "500 labels: better after the projector than from reduced features.",
            values("projector", few),
            values("reduced", few),
        ),
        (
            "레이블 500개: 줄이지 않은 특징의 정확도가 프로젝터 뒤보다 높습니다.",
            "500 labels: unreduced features are better than after the projector.",
            values("block3", few),
            values("projector", few),
        ),
    )
    cases = (
        (("학습하지 않음, 앞, 128개로", "random weights, before, 128"), "reduced", "floor"),
        (("대조 학습, 앞, 128개로", "contrastive, before, 128"), "reduced", "contrastive"),
        (("대조 학습, 뒤, 128개", "contrastive, after, 128"), "projector", "contrastive"),
        (("대조 학습, 앞, 줄이지 않음", "contrastive, before, all"), "block3", "contrastive"),
    )
    named(
        [
            ("프로젝터 앞인지 뒤인지, 값의 수", "before or after the projector, numbers"),
            *[(f"레이블 {n}개", f"{n} labels") for n in ("10,000", "500")],
        ],
        [
            [name, *[f"{values(stage, r, recipe).mean():.1%}" for r in READINGS]]
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
            ("log(2B − 1) − 손실(나트)", "log(2B − 1) − loss, nats"),
            ("이득(%p), 레이블 10,000개", "gain in points, 10,000 labels"),
        ],
        rows,
    )
