"""My pictures, fifty labels: does an encoder that learned elsewhere pay on a reader's own?"""

from collections.abc import Mapping

import torch

from course_utils.data.prepared import Photos
from course_utils.evaluate import comparisons
from course_utils.evaluate.features import predict
from course_utils.evaluate.neighbours import Neighbours
from course_utils.evaluate.solvers import read_off
from course_utils.exercises import in_words
from course_utils.figures.tables import named
from course_utils.figures.words import name as name_of
from course_utils.lang import Text, pair, say
from course_utils.pretext import supervised

LABELS, DRAWS = 50, 3
SEEN = 6400  # pictures that supervised learning from scratch sees, each many times
ASKED = 2000  # test pictures at most
_FEWEST = 30  # test pictures: of fewer a share says nothing
_SCRATCH: Text = "supervised from scratch"


def _right(
    spaces: Mapping[Text, Neighbours], train: Photos, test: Photos, asked: torch.Tensor, n: int
) -> dict[Text, torch.Tensor]:
    """Which test pictures every arm has right, bool ``(DRAWS, N)``."""
    images, truth = test.images[asked], test.labels[asked]
    right: dict[Text, list[torch.Tensor]] = {name: [] for name in (*spaces, _SCRATCH)}
    queries = {name: space.describe(images) for name, space in spaces.items()}
    for draw in range(DRAWS):
        index = comparisons.balanced_order(train.labels, seed=1000 * draw)[:n]
        known, labels = train.images[index], train.labels[index]
        for name, space in spaces.items():
            right[name].append(
                read_off(space.describe(known), labels, queries[name]).cpu() == truth
            )
        net = supervised.learned_from_few(
            known, labels, n_classes=len(train.classes), examples=SEEN, seed=draw
        )
        right[_SCRATCH].append(predict(net, images).argmax(1) == truth)
    return {name: torch.stack(draws) for name, draws in right.items()}


def does_it_pay(spaces: Mapping[Text, Neighbours], train: Photos, test: Photos) -> None:
    """Say what ``LABELS`` labelled pictures are worth by every way of describing them, and by
    training a network from scratch on them, in one table and a sentence.

    The last of ``spaces`` is the encoder that is asked about. With more classes than ``LABELS``
    every class has one label.
    """
    n = min(max(LABELS, len(train.classes)), len(train))
    asked = comparisons.balanced_order(test.labels, seed=0)[:ASKED]
    if len(asked) < _FEWEST:
        say(
            ko=f"테스트 사진이 {len(asked)}장뿐이라 무엇이 나은지 말할 수 없습니다. {_FEWEST}장은 있어야 합니다.",
            en=f"There are only {len(asked)} test photographs: too few to tell what is better. "
            f"It takes {_FEWEST}.",
        )
        return
    right = _right(spaces, train, test, asked, n)
    effects = {
        name: comparisons.paired_bootstrap(found, right[_SCRATCH])
        for name, found in right.items()
        if name != _SCRATCH
    }
    against = {name: in_words(effect) for name, effect in effects.items()}
    named(
        [
            ("특징", "features"),
            (f"레이블 {n}개", f"{n} labels"),
            ("처음부터 지도학습과의 차이", "against training from scratch"),
        ],
        [[name, f"{v.float().mean():.1%}", against.get(name, "")] for name, v in right.items()],
    )
    _say(list(spaces)[-1], right, effects, n)


def _say(
    last: Text,
    right: Mapping[Text, torch.Tensor],
    effects: Mapping[Text, comparisons.Effect],
    n: int,
) -> None:
    """The sentence under the table: it says no more than the intervals do."""
    pays = effects[last]
    best = max((name for name in effects if name != last), key=lambda name: effects[name][0])
    learned = comparisons.paired_bootstrap(right[last], right[best])
    (ko, en), (best_ko, best_en) = (pair(name_of(name)) for name in (last, best))
    if pays.low > 0 and learned.low > 0:
        say(
            ko=f"여기서는 이득입니다. 레이블 {n}개로는 {ko} 특징이 처음부터 학습한 신경망과 "
            f"{best_ko}보다 낫습니다.",
            en=f"Here it pays: with {n} labels, {en} is better than training from scratch and "
            f"than {best_en}.",
        )
    elif pays.low > 0:
        say(
            ko="처음부터 학습하는 것보다는 낫지만, 배운 덕분이라고 할 수 없습니다. "
            f"{best_ko}보다 낫다는 증거가 없습니다.",
            en=f"Better than training from scratch, but not shown to be so by what was learned: "
            f"not shown to beat {best_en}.",
        )
    elif pays.high < 0:
        say(
            ko="여기서는 손해입니다. 처음부터 학습한 신경망이 더 낫습니다.",
            en="Here it does not pay: training from scratch is better.",
        )
    else:
        say(
            ko=f"테스트 사진 {right[last].shape[1]:,}장으로는 어느 쪽이 나은지 가릴 수 없습니다.",
            en=f"{right[last].shape[1]:,} test photographs do not settle which is better.",
        )
