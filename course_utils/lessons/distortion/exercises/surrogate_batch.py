"""Exercise of lesson 02: surrogate labels."""

from collections.abc import Callable, Iterator

import torch

from course_utils import runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import results_of
from course_utils.pretext import distortion

# What every exemplar has besides its number: no two pixels are alike, the first is left alone.
_PATTERN = torch.arange(3 * 4 * 4).view(3, 4, 4) / 100


def _exemplars(n: int) -> torch.Tensor:
    """Exemplar i holds i + 1 and the pattern."""
    return 1 + torch.arange(n)[:, None, None, None] + _PATTERN


def _observe(answer: Callable, case: tuple[torch.Tensor, int]) -> Iterator[tuple[str, object]]:
    exemplars, copies = case
    calls, again = [], []

    def distort(images):
        first = images.flatten(1)[:, 0]
        again.append(bool((first != first.round()).any()))  # what was distorted before
        numbers = sum(calls) + torch.arange(len(images))  # no two copies are distorted alike
        calls.append(len(images))
        return images + 0.01 * (1 + numbers)[:, None, None, None]

    given = {"exemplars": exemplars, "copies": copies, "distort": distort}
    patches, labels = yield from results_of(answer, given, "patches", "labels")
    value = patches[:, 0, 0, 0]  # a copy of exemplar i holds i + 1, and a little for its distortion
    pattern = patches - value[:, None, None, None]
    yield "pixels_in_place", bool((pattern - _PATTERN).abs().max() < 1e-3)
    yield "distort_called", bool(calls)
    yield "distorted_again", any(again)
    yield "left_alone", int((value == value.round()).sum())
    yield "different", len(value.unique())
    source = (value - 1).floor().long()
    each_as_often = source.bincount().unique().tolist() == [copies]
    yield "each_as_often", each_as_often
    if each_as_often:
        yield "label_values", sorted(set(labels.tolist()))
        # Free of order: which labels the copies of an exemplar have.
        yield "labels_by_source", sorted(zip(source.tolist(), labels.tolist(), strict=True))
    else:
        yield "labels_right", bool((labels == source).all())
    wrong = (labels != source).nonzero().flatten().tolist() or [0]
    yield "told_copy", wrong[0]
    yield "told_source", int(source[wrong[0]])
    yield "told_label", int(labels[wrong[0]])
    # Where a copy is far from its exemplar only the order of the batch says which it is.
    far, labels = answer(exemplars.clone(), copies, lambda images: 100 - images)
    source = (99 - far[:, 0, 0, 0]).round().long()
    yield "labels_when_far", sorted(zip(source.tolist(), labels.tolist(), strict=False))


def _batch(exemplars, copies, distort, labels=None):
    """A right batch, or one with other ``labels``."""
    n = len(exemplars)
    patches = distort(exemplars.repeat_interleave(copies, 0))
    return patches, torch.arange(n).repeat_interleave(copies) if labels is None else labels


def _result_dropped(exemplars, copies, distort):
    patches, labels = _batch(exemplars, copies, lambda x: x)
    distort(patches)
    return patches, labels


def _first_left_alone(exemplars, copies, distort):
    """The exemplars themselves and one copy fewer of each."""
    more, labels = _batch(exemplars, copies - 1, distort)
    return torch.cat([exemplars, more]), torch.cat([torch.arange(len(exemplars)), labels])


def _distorted_once(exemplars, copies, distort):
    _, labels = _batch(exemplars, copies, lambda x: x)
    return distort(exemplars).repeat_interleave(copies, 0), labels


def _chained(exemplars, copies, distort):
    """Every round distorts the copies of the round before."""
    rounds = [distort(exemplars)]
    for _ in range(copies - 1):
        rounds.append(distort(rounds[-1]))
    return torch.cat(rounds), torch.arange(len(exemplars)).repeat(copies)


def _drawn(exemplars, copies, distort):
    """Exemplars drawn with replacement: some come too often, others too seldom."""
    drawn = torch.randint(
        len(exemplars), (copies * len(exemplars),), generator=runtime.generator(0)
    )
    return distort(exemplars[drawn]), drawn


def _channels_repeated(exemplars, copies, distort):
    """Channels repeated one by one, and cut into patches by ``reshape``."""
    _, labels = _batch(exemplars, copies, lambda x: x)
    channels = exemplars.repeat_interleave(copies, 1)  # (N, 3 · copies, H, W)
    return distort(channels.reshape(-1, *exemplars.shape[1:])), labels


def _side_by_side(exemplars, copies, distort):
    """Copies joined along the width, and cut into patches by ``reshape``."""
    _, labels = _batch(exemplars, copies, lambda x: x)
    wide = torch.cat([distort(exemplars) for _ in range(copies)], 3)
    return wide.reshape(-1, *exemplars.shape[1:]), labels


def _nearest(exemplars, copies, distort):
    """Labels found by comparing pixels."""
    patches, _ = _batch(exemplars, copies, distort)
    return patches, torch.cdist(patches.flatten(1), exemplars.flatten(1)).argmin(1)


MISTAKES = {
    "nearest": _nearest,
    "side_by_side": _side_by_side,
    "channels_repeated": _channels_repeated,
    "drawn": _drawn,
    "chained": _chained,
    "not_distorted": lambda x, k, distort: _batch(x, k, lambda images: images),
    "result_dropped": _result_dropped,
    "some_left_alone": _first_left_alone,
    "distorted_alike": _distorted_once,
    "one_copy": lambda x, k, distort: _batch(x, 1, distort),
    "too_few_labels": lambda x, k, distort: _batch(x, k, distort, torch.arange(len(x))),
    "number_of_the_copy": lambda x, k, d: _batch(x, k, d, torch.arange(k).repeat(len(x))),
    "a_class_a_copy": lambda x, k, d: _batch(x, k, d, torch.arange(k * len(x))),
    "from_one": lambda x, k, d: _batch(x, k, d, 1 + torch.arange(len(x)).repeat_interleave(k)),
    "orders": lambda x, k, d: _batch(x, k, d, torch.arange(len(x)).repeat(k)),
}

EXERCISE = Exercise(
    reference=distortion.surrogate_batch,
    observe=_observe,
    cases=(lambda: (_exemplars(5), 3), lambda: (_exemplars(4), 6)),
    mistakes=MISTAKES,
)
