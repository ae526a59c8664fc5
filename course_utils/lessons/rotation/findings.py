"""What lesson 03 says of its record: tables and figures, with the sentences that rest on them."""

from collections.abc import Mapping, Sequence

import torch

from course_utils.encoders import shipped
from course_utils.evaluate import comparisons
from course_utils.evaluate.probes import Probe, nearest
from course_utils.evaluate.solvers import standardize
from course_utils.exercises import claim, claim_learned, folded_claims, gain, loss
from course_utils.figures import dots
from course_utils.figures.style import Picture
from course_utils.figures.words import name
from course_utils.lang import Text, table
from course_utils.lessons.rotation.drawings import SUNS
from course_utils.lessons.statements import checked
from course_utils.records.read import recorded

_AS_HERE = 96_000  # inputs of the training in the lesson
EXAMPLES = {"toyworld": 96_000, "cifar10": 270_000}  # inputs that the headline's encoders saw
_TILES = {
    1: ("온전한 사진", "whole photographs"),
    2: ("네 조각을 섞음", "4 tiles shuffled"),
    4: ("열여섯 조각을 섞음", "16 tiles shuffled"),
}


def long(data: str) -> dict:
    """The settings of the headline's rotation encoder."""
    return {"data": data, "examples": EXAMPLES[data], "pose": "four", "sun": "random"}


def headline(data: str, reading: str = "linear_10000") -> dict[str, torch.Tensor]:
    """Accuracies of the untrained, the rotation and the supervised encoder, one value a seed."""
    references, n = recorded("references"), EXAMPLES[data]
    return {
        "random weights": references.outcome(reading, recipe="floor", data=data).values,
        "rotation": recorded("rotation").outcome(reading, **long(data)).values,
        "supervised": references.outcome(
            reading, recipe="supervised", data=data, examples=n
        ).values,
    }


def means(data: str) -> dict[Text, float]:
    """The headline as rows of the league table, with the inputs that each encoder saw; rotation
    also at the length of the lesson's own training.
    """
    n, short = f"{EXAMPLES[data]:,}", f"{_AS_HERE:,}"
    rows = {name: values.mean().item() for name, values in headline(data).items()}
    here = recorded("rotation").outcome("linear_10000", **long(data) | {"examples": _AS_HERE})
    told = {
        "random weights": rows["random weights"],
        (f"회전, 입력 {short}개", f"rotation, {short} inputs"): here.values.mean().item(),
        (f"회전, 입력 {n}개", f"rotation, {n} inputs"): rows["rotation"],
        (f"지도학습, 입력 {n}개", f"supervised, {n} inputs"): rows["supervised"],
    }
    if data == shipped.origin("rotation")["settings"]["data"]:
        seen, best = shipped.accuracy_with_labels("rotation")
        told[(f"회전, 입력 {seen:,}개", f"rotation, {seen:,} inputs")] = best
    return told


def hero() -> Picture:
    """Kinds on ToyWorld and classes on CIFAR-10, floor and supervised learning beside rotation."""
    titles = {
        "toyworld": ("ToyWorld: 물체의 종류", "ToyWorld: kind of thing"),
        "cifar10": ("CIFAR-10: 사진의 클래스", "CIFAR-10: class of a photograph"),
    }
    panels = {data: headline(data) for data in titles}
    with folded_claims():
        for data, arms in panels.items():
            title = titles[data][1].split(":")[0]
            claim(
                ko=f"{title}의 기록: 회전 예측으로 학습한 인코더의 정확도가 학습하지 않은 인코더보다 높습니다.",
                en=f"Recorded on {title}: the rotation encoder is better than the untrained one.",
                by=gain(comparisons.over_seeds(arms["rotation"], arms["random weights"])),
            )
    return dots.dots(
        {
            titles[data]: {name: comparisons.mean_over_seeds(v) for name, v in arms.items()}
            for data, arms in panels.items()
        }
    )


def here(
    before: Sequence[Probe], after: Sequence[Probe], *, sizes: Sequence[int], data: str
) -> None:
    """Check what the training in the lesson gained, over its test pictures: a probe for each number
    of labels in ``sizes``, before and after.
    """
    floor, learned = ([probe.correct for probe in probes] for probes in (before, after))
    claim_learned(floor, learned, sizes=sizes, data=tuple(EXAMPLES), on=data)


def alike(
    stages: Mapping[Text, tuple[dict, dict]],
    known: torch.Tensor,
    labels: torch.Tensor,
    queries: torch.Tensor,
) -> None:
    """Say how many of the six nearest neighbours on block2 are of the query's class, by encoder.

    ``stages``: features of the labelled and of all test pictures by name of the encoder, as
    ``ruler.stages`` gives them; ``known`` and ``labels`` their classes; ``queries`` test pictures.
    """
    rows = []
    for called, (inside, outside) in stages.items():
        near = nearest(*standardize(inside["block2"], outside["block2"][queries]), 6)
        same = (known[near] == labels[queries, None]).float().mean()
        rows.append([called, f"{same:.1%}"])
    table([("인코더", "encoder"), ("클래스가 같은 이웃", "neighbors of the same class")], rows)


def as_long_as_here() -> None:
    """Check what a training as long as the lesson's gains on CIFAR-10, over five seeds."""
    references, record = recorded("references"), recorded("rotation")
    short = long("cifar10") | {"examples": _AS_HERE}
    checked(
        *(
            (
                f"CIFAR-10의 기록, 입력 {_AS_HERE:,}개, 레이블 {n:,}개: 학습하지 않은 인코더보다 정확도가 높습니다.",
                f"Recorded on CIFAR-10, {_AS_HERE:,} inputs, {n:,} labels: better than untrained.",
                record.outcome(f"linear_{n}", **short).values,
                references.outcome(f"linear_{n}", recipe="floor", data="cifar10").values,
            )
            for n in (10_000, 500)
        )
    )


def tiles() -> None:
    """Networks trained on photographs in tiles with equal seams: angles that are right, and what
    the probe of each block gains over the same block untrained, in points.
    """
    record, seams = recorded("rotation"), {"data": "cifar10", "examples": 96_000}
    floor = recorded("references").stages("linear_10000", recipe="floor", data="cifar10")
    probed = {g: record.stages("linear_10000", grid=g, **seams) for g in _TILES}
    rows = []
    for g, tiled in _TILES.items():
        told = [record.figures("arrangement", k, grid=g, **seams).mean() for k in ("own", "whole")]
        above = [
            (v.mean() - floor[block][: len(v)].mean()).item() for block, v in probed[g].items()
        ]
        rows.append(
            [
                tiled,
                *[f"{x:.0%}" for x in told],
                *[f"{round(100 * x, 1) + 0.0:+.1f}" for x in above],
            ]
        )
    table(
        [
            ("학습한 사진(모두 이음매 있음)", "trained on (all with seams)"),
            ("각도: 같은 방식으로 섞은 사진", "angles, tiles as in training"),
            ("각도: 온전한 사진", "angles, whole photographs"),
            *[(f"프로브 이득(%p): 블록 {n}", f"probe gain, block {n}") for n in (1, 2, 3)],
        ],
        rows,
    )
    with folded_claims():
        for g in (2, 4):
            for block in ("block2", "block3"):
                ko, en = name(block)
                claim(
                    ko=f"{_TILES[g][0]}, {ko}: 온전한 사진으로 학습할 때보다 프로브 정확도가 낮습니다.",
                    en=f"{_TILES[g][1]}, {en}: the probe is lower than after whole photographs.",
                    by=loss(comparisons.over_seeds(probed[g][block], probed[1][block])),
                )


def sun() -> None:
    """ToyWorld two by two: the sun anywhere or above, in training and in the evaluation."""
    record = recorded("rotation")

    def kinds(light, **asked):
        return record.outcome(experiment="sun", light=light, **asked).values

    told = {s: record.figures("pretext", "own", data="toyworld", sun=s).mean() for s in SUNS}
    seen = {(made, s): kinds(s, recipe="rotation", sun=made) for made in SUNS for s in SUNS}
    floor = {
        "random": headline("toyworld")["random weights"],
        "above": kinds("above", recipe="floor"),
    }
    table(
        [
            ("학습한 이미지", "trained with"),
            ("각도(같은 빛)", "angles, same light"),
            *[(f"종류, {ko}", f"kind, {en}") for ko, en in SUNS.values()],
        ],
        [
            [name, f"{told[made]:.0%}", *[f"{seen[made, s].mean():.1%}" for s in SUNS]]
            for made, name in SUNS.items()
        ]
        + [[("학습하지 않음", "untrained"), "–", *[f"{floor[s].mean():.1%}" for s in SUNS]]],
    )
    with folded_claims():
        for s, (ko, en) in SUNS.items():
            claim(
                ko=f"평가 이미지가 '{ko}'이면, 해의 위치를 무작위로 두고 학습한 쪽의 종류 정확도가 더 높습니다.",
                en=f"Evaluated with the {en}: training with the sun anywhere is better for kinds.",
                by=gain(comparisons.over_seeds(seen["random", s], seen["above", s])),
            )


def depth() -> Picture:
    """Every block of the encoder before and after learning rotation, on CIFAR-10."""
    floor = recorded("references").stages("linear_10000", recipe="floor", data="cifar10")
    trained = recorded("rotation").stages("linear_10000", **long("cifar10"))
    steps = {block: trained[block] - floor[block] for block in trained}
    with folded_claims():
        for block, ko, en in (("block2", "가운데", "middle"), ("block3", "마지막", "last")):
            claim(
                ko=f"CIFAR-10의 기록: 첫 블록보다 {ko} 블록이 더 좋아졌습니다.",
                en=f"Recorded on CIFAR-10: the {en} block improved more than the first.",
                by=gain(comparisons.over_seeds(steps[block], steps["block1"])),
            )
    mean = comparisons.mean_over_seeds
    return dots.dumbbells(
        {block: (mean(floor[block]), mean(trained[block])) for block in trained},
        ends=("random weights", "rotation"),
        x_label=(
            "CIFAR-10 테스트 정확도, 레이블 10,000개",
            "test accuracy on CIFAR-10, 10,000 labels",
        ),
    )


def where_from() -> None:
    """Say where and when all of this was recorded."""
    record = recorded("rotation")
    for experiment in ("probe", "light", "arrangement", "sun"):
        record.about(experiment)
