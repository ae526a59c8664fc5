"""What lesson 01 finds: what a minute of labelling buys, whom to hire, and when it pays."""

from collections.abc import Callable, Mapping

import torch

from course_utils.evaluate import comparisons
from course_utils.evaluate.neighbours import Neighbours
from course_utils.exercises import claim, folded_claims, gain, loss
from course_utils.figures.charts import curves
from course_utils.figures.style import Picture
from course_utils.figures.tables import named
from course_utils.lang import Text, pair, say
from course_utils.lessons.why_ssl import drawings
from course_utils.lessons.why_ssl.minute import Minute
from course_utils.records.read import recorded

DATA = "cifar10"
MORE, ASKED = 50, 2000  # labels of the data set that are added; pictures asked at most
_FEWEST = 100  # pictures: of fewer a share says nothing


def bought(
    spaces: Mapping[Text, Neighbours], minute: Minute, read_off: Callable, *, data: str
) -> None:
    """Fit a linear classifier on the few pictures that the learner labelled, for every way of
    describing them, and ask it about others.

    The second column adds ``MORE`` labels of the data set. One of ``spaces`` is called "random
    weights"; the last, which learned without labels, is held against it. ``read_off`` as
    ``evaluate.solvers.read_off``.
    """
    images, labels, given = minute.images, minute.labels, minute.given
    n, others = len(given), images[len(given) + MORE :][:ASKED]
    if len(others) < _FEWEST:
        say(
            ko=f"레이블에 쓰고 남은 사진이 {len(others)}장뿐이라 정확도를 재지 않습니다.",
            en=f"Only {len(others)} photographs are left without a label: too few to measure.",
        )
        return
    own = minute.game.played
    say(
        ko=f"레이블 {n}개는 여러분이 단 것입니다."
        if own
        else f"게임을 하지 않아 레이블 {n}개는 데이터셋에서 가져왔습니다.",
        en=f"The {n} labels are yours."
        if own
        else f"You have not played: the {n} labels are those of the dataset.",
    )
    truth, all_given = labels[n + MORE :][:ASKED], torch.cat([given, labels[n : n + MORE]])
    right: dict[Text, list[torch.Tensor]] = {}
    for name, space in spaces.items():
        known, asked = (space.describe(part) for part in (images[: n + MORE], others))
        right[name] = [
            torch.as_tensor(read_off(known[:m], all_given[:m], asked)).cpu() == truth
            for m in (n, n + MORE)
        ]
    named(
        [("특징", "features"), *[(f"레이블 {m}개", f"{m} labels") for m in (n, n + MORE)]],
        [[name, *[f"{one.float().mean():.1%}" for one in found]] for name, found in right.items()],
    )
    floor, last = right["random weights"][1], list(right)[-1]
    ko, en = pair(last)
    with folded_claims():
        claim(
            ko=f"레이블 {n + MORE}개: {ko} 특징의 정확도가 무작위 가중치보다 높습니다.",
            en=f"{n + MORE} labels: {en} is better than random weights.",
            by=gain(comparisons.paired_bootstrap(right[last][1][None], floor[None])),
            data=(DATA,),
            on=data,
        )


# ---------------------------------------------------------------- whom to hire

_APPLICANTS = {
    ("지원자 A", "applicant A"): {"data": DATA, "examples": 96_000, "pose": "four"},
    ("지원자 B", "applicant B"): {"data": DATA, "examples": 96_000, "pose": "stamped"},
}
_SEEDS = 3  # as many as there are of B


def _scores(figure: str) -> dict[Text, torch.Tensor]:
    """How often both applicants tell a rotation: ``own``, of pictures as they learned from, or
    ``clean``, of pictures without a stamp.
    """
    record = recorded("rotation")
    return {
        name: record.figures("pretext", figure, **asked)[:_SEEDS]
        for name, asked in _APPLICANTS.items()
    }


def cv() -> None:
    """Say the score in both applicants' CVs."""
    named(
        [("지원자", "applicant"), ("회전 정확도", "rotation accuracy")],
        [[name, f"{v.mean():.1%} ± {v.std():.1%}"] for name, v in _scores("own").items()],
    )


def hired() -> Picture:
    """The same scores, those without a stamp, and what the features of both are worth."""
    own, clean = _scores("own"), _scores("clean")
    record = recorded("rotation")
    classes = {
        name: record.outcome("linear_10000", **asked).values[:_SEEDS]
        for name, asked in _APPLICANTS.items()
    }
    floor = recorded("references").outcome("linear_10000", data=DATA, recipe="floor").values
    a, b = _APPLICANTS
    with folded_claims():
        claim(
            ko="날짜를 지우면 B의 회전 점수가 떨어집니다.",
            en="Without the stamp B's score falls.",
            by=loss(comparisons.over_seeds(clean[b], own[b])),
        )
        claim(
            ko="사진의 클래스는 A의 특징으로 더 잘 맞힙니다.",
            en="The class of a photograph is told better from A's features than from B's.",
            by=gain(comparisons.over_seeds(classes[a], classes[b])),
        )
        claim(
            ko="B의 특징으로는 학습하지 않은 인코더만큼도 맞히지 못합니다.",
            en="B's features do not even reach those of an untrained encoder.",
            by=loss(comparisons.over_seeds(classes[b], floor[:_SEEDS])),
        )
    chance, untrained = ("우연 수준", "chance"), ("무작위 가중치", "random weights")
    return drawings.applicants(
        {
            ("회전: 저마다 배운 사진", "rotation: own kind"): (own, (chance, 0.25)),
            ("회전: 날짜 없는 사진", "rotation: no stamp"): (clean, (chance, 0.25)),
            ("클래스: 레이블 10,000개", "classes: 10,000 labels"): (
                classes,
                (untrained, floor.mean().item()),
            ),
        }
    )


# ---------------------------------------------------------------- when does it pay?

LABELS = {"cifar10": (10, 100, 1000, 10_000, 50_000), "toyworld": (10, 100, 1000, 10_000)}
_NAMES = {"cifar10": "CIFAR-10", "toyworld": "ToyWorld"}
EQUAL = 100  # from so many labels on, supervised learning saw as many pictures as the others


def _block(data: str, recipe: str) -> str:
    """The block that validation chose, with 10,000 labels, for an encoder on a data set."""
    if recipe == "floor":
        return recorded("references").outcome(data=data, recipe=recipe).stage
    seen = recorded("why_ssl").settings_of("frozen", data=data, recipe=recipe)["examples"]
    return recorded("rotation").outcome(data=data, examples=seen, sun="random").stage


def _accuracies(data: str) -> dict[Text, dict[int, torch.Tensor]]:
    """Test accuracies of every arm by number of labels, one value a draw."""
    record = recorded("why_ssl")

    def trained(name: str, n: int) -> torch.Tensor:
        return record.figures(name, "accuracy", data=data, labels=n)

    def frozen(recipe: str, n: int) -> torch.Tensor:
        figure = f"{_block(data, recipe)}_{n}"
        return record.figures("frozen", figure, data=data, recipe=recipe)

    arms = {
        ("회전 뒤 미세 조정", "fine-tuned rotation"): lambda n: trained("fine-tuned", n),
        "supervised from scratch": lambda n: trained(
            "from scratch, as long" if n >= EQUAL else "from scratch", n
        ),
        ("회전 위의 프로브", "probe on rotation"): lambda n: frozen("rotation", n),
        "random weights": lambda n: frozen("floor", n),
    }
    return {name: {n: arm(n) for n in LABELS[data]} for name, arm in arms.items()}


def efficiency(data: str) -> Picture:
    """Test accuracy against the number of labels, as recorded on ``cifar10`` or ``toyworld``."""
    return curves(
        _accuracies(data),
        x_label=(f"레이블 수, {_NAMES[data]}", f"labels, {_NAMES[data]}"),
        y_label="test accuracy",
        chance=0.1,
    )


def equal_computing() -> None:
    """Say by how much fine-tuning leads when both saw equally many pictures, and when training from
    scratch saw only as many as fine-tuning alone.
    """
    record, rows = recorded("why_ssl"), []
    for data, sizes in LABELS.items():
        for n in (n for n in sizes if n >= EQUAL):
            asked = {"data": data, "labels": n}
            tuned, short, longer = (
                record.figures(name, "accuracy", **asked)
                for name in ("fine-tuned", "from scratch", "from scratch, as long")
            )
            leads = (100 * torch.tensor(comparisons.over_seeds(tuned, b)) for b in (short, longer))
            said = [f"{lead:+.1f} ({low:+.1f}, {high:+.1f})" for lead, low, high in leads]
            rows.append([f"{_NAMES[data]}, {n:,}", *said])
    named(
        [
            (
                "미세 조정이 앞서는 %p와 95% 구간",
                "points by which fine-tuning leads, 95% interval",
            ),
            ("지도학습은 짧게", "supervised learning shorter"),
            ("계산량을 같게", "equal computing"),
        ],
        rows,
    )


def where_from() -> None:
    """Say where and when all of this was recorded."""
    recorded("rotation").about("pretext", data=DATA)
    for data in LABELS:
        recorded("why_ssl").about("from scratch", data=data)
