"""What lesson 01 finds with the labels that a reader gives: what is a minute of labelling worth?"""

from collections.abc import Mapping

import torch

from course_utils.evaluate import comparisons
from course_utils.evaluate.neighbours import Neighbours
from course_utils.evaluate.solvers import read_off
from course_utils.exercises import claim, folded_claims, gain
from course_utils.figures.tables import named
from course_utils.lang import Text, pair, say

DATA = "cifar10"
MORE, ASKED = 50, 2000  # labels of the data set that are added; pictures asked at most
_FEWEST = 100  # pictures: of fewer a share says nothing


def bought(
    spaces: Mapping[Text, Neighbours],
    given: torch.Tensor,
    images: torch.Tensor,
    labels: torch.Tensor,
    *,
    own: bool,
    data: str,
) -> None:
    """Fit a linear classifier on a few labelled pictures, for every way of describing them, and ask
    it about others.

    ``images`` uint8 ``(N, 3, S, S)`` with ``labels`` int64 ``(N,)``; the first ``len(given)`` have
    the labels ``given``, which are the reader's if ``own``. The second column adds ``MORE`` with
    the data set's labels. The last of ``spaces`` is the one that learned without labels.
    """
    n, others = len(given), images[len(given) + MORE :][:ASKED]
    if len(others) < _FEWEST:
        say(
            ko=f"레이블에 쓰고 남은 사진이 {len(others)}장뿐이라 정확도를 재지 않습니다.",
            en=f"Only {len(others)} photographs are left without a label: too few to measure.",
        )
        return
    truth = labels[n + MORE :][:ASKED]
    say(
        ko=f"레이블 {n}개는 여러분이 단 것입니다."
        if own
        else f"게임을 하지 않아 레이블 {n}개는 데이터셋에서 가져왔습니다.",
        en=f"The {n} labels are yours."
        if own
        else f"You have not played: the {n} labels are those of the dataset.",
    )
    right: dict[Text, list[torch.Tensor]] = {}
    for name, space in spaces.items():
        known, asked = (space.describe(part) for part in (images[: n + MORE], others))
        right[name] = [
            read_off(known[:m], torch.cat([given, labels[n : n + MORE]])[:m], asked).cpu() == truth
            for m in (n, n + MORE)
        ]
    named(
        [("특징", "features"), *[(f"레이블 {m}개", f"{m} labels") for m in (n, n + MORE)]],
        [[name, *[f"{one.float().mean():.1%}" for one in found]] for name, found in right.items()],
    )
    first, last = (list(right)[i] for i in (0, -1))
    ko, en = pair(last)
    with folded_claims():
        claim(
            ko=f"레이블 {n + MORE}개: {ko} 특징의 정확도가 픽셀보다 높습니다.",
            en=f"{n + MORE} labels: {en} is better than pixels.",
            by=gain(comparisons.paired_bootstrap(right[last][1][None], right[first][1][None])),
            data=(DATA,),
            on=data,
        )
