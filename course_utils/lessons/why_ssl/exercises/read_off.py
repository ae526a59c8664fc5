"""Exercise of lesson 01: reading classes off a representation."""

from collections.abc import Callable, Iterator

import torch

from course_utils import runtime
from course_utils.evaluate import solvers
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import as_tensor, results_of
from course_utils.lessons.why_ssl.exercises.adam import linear_scores


def _labelled_features(
    centres: torch.Tensor, classes=(0, 1, 2), *, offset=50, closely=False, bends=False,
    constant=False,
) -> tuple:  # fmt: skip
    """Features of some classes ``(90, 6)``, labels, queries ``(60, 6)`` by class, their classes.

    Class k lies around ``centres[k]``, and all lie ``offset`` from zero. ``closely``: everything is
    looked at, only features with a tiny scale tell the classes apart, and one with a huge scale
    tells nothing; else all scales are alike, and the question is only whether an answer is right.
    ``bends``: class 2 counts as class 0. ``constant``: the last feature never varies.
    """
    generator = runtime.generator(0)
    there = torch.tensor(classes)
    labels, truth = there[torch.arange(90) % len(there)], there.repeat_interleave(60 // len(there))

    def draw(classes):
        telling = centres[classes] + torch.randn(len(classes), 3, generator=generator)
        noise = torch.randn(len(classes), 3, generator=generator)
        scale = torch.tensor([0.01, 0.01, 0.01, 1.0, 1.0, 300.0]) if closely else 1
        drawn = (torch.cat([telling, noise], 1) + offset) * scale
        return torch.cat([drawn[:, :5], torch.ones(len(drawn), 1)], 1) if constant else drawn

    inside, outside = draw(labels), draw(truth)
    fold = 2 if bends else 3
    return inside, labels % fold, outside, truth % fold, closely, bends


def read_off_with_sklearn(features, labels, queries):
    """The protocol in its shortest form; the lesson goes on with the faster ``solvers.read_off``.

    ``features`` ``(N, D)`` float, ``labels`` int64 ``(N,)``, ``queries`` ``(Q, D)``; returns
    classes ``(Q,)``.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return torch.as_tensor(model.fit(features, labels).predict(queries))


def _observe(answer: Callable, case: tuple[torch.Tensor, ...]) -> Iterator[tuple[str, object]]:
    features, labels, queries, truth, closely, bends = case
    given = {"features": features, "labels": labels, "queries": queries}

    def same_start(*arguments):
        """Answers that draw their first weights draw the same ones every time."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return answer(*arguments)

    def again(features, queries):
        return as_tensor(same_start(features.clone(), labels.clone(), queries.clone()))

    (classes,) = yield from results_of(same_start, given, "classes", numbers=True, exact=False)
    yield "are_classes", set(classes.tolist()) <= set(labels.tolist())
    right = (classes == truth).float().mean().item()
    yield "right", right >= 0.9
    yield "bends", bends and right >= 0.9
    yield "told_right", right
    yield "told_class", f"{classes[0].item():g}"
    if not closely:
        return
    # Queries of one class alone: a query's class must not depend on its neighbours.
    alone = again(features, queries[:20])
    yield "alike_alone", (alone == classes[:20]).float().mean().item() > 0.8
    longer = [x * (1 + torch.arange(len(x)) % 3)[:, None] for x in (features, queries)]
    yield "blind_to_length", (again(*longer) == classes).float().mean().item() > 0.9
    yield "one_class", len(classes.unique()) == 1
    standardized = again(*solvers.standardize(features, queries))
    works = (standardized == truth).float().mean().item() >= 0.9
    yield "right_if_standardized", works
    # A fit of the class number takes what lies between class 0 and class 2 for class 1.
    in_the_middle = (classes == 1).float().mean().item() > 0.4 and len(classes.unique()) == 3
    yield "middle", in_the_middle and not works


def _after_standardizing(after: Callable) -> Callable:
    def twin(x, y, q):
        inside, outside = solvers.standardize(x, q)
        return after(inside, y, outside)

    return twin


def _own_statistics(x, y, q):
    x, q = ((v - v.mean(0)) / (v.std(0) + 1e-9) for v in (x, q))
    return linear_scores(x, y, q).argmax(1)


def _regression(x, y, q):
    x, q = (torch.cat([v, torch.ones(len(v), 1)], 1) for v in (x, q))
    weight = torch.linalg.lstsq(x, y[:, None].float()).solution
    return (q @ weight)[:, 0].round().long().clamp(0, 2)


def _positions(x, y, q):
    """Places in the list of the classes that are there."""
    return linear_scores(x, y.unique(return_inverse=True)[1], q).argmax(1)


def _nearest(x, y, q):
    return y[torch.cdist(q, x).argmin(1)]


def _not_centred(x, y, q):
    mean, deviation = x.mean(0), x.std(0)
    return linear_scores((x - mean) / deviation, y, q / deviation).argmax(1)


def _only_scaled(x, y, q):
    """No mean taken off, and no bias to make up for it."""
    return linear_scores(x / x.std(0), y, q / x.std(0), bias=False).argmax(1)


def _one_scale(x, y, q):
    mean, deviation = x.mean(), x.std()
    return linear_scores((x - mean) / deviation, y, (q - mean) / deviation).argmax(1)


def _divides_by_zero(x, y, q):
    mean, deviation = x.mean(0), x.std(0)
    return linear_scores((x - mean) / deviation, y, (q - mean) / deviation).argmax(1)


def _row_by_row(x, y, q):
    x, q = ((v - v.mean(1, keepdim=True)) / v.std(1, keepdim=True) for v in (x, q))
    return linear_scores(x, y, q).argmax(1)


MISTAKES = {
    "divides_by_zero": _divides_by_zero,
    "row_by_row": _row_by_row,
    "scores": _after_standardizing(linear_scores),
    "labelled_rows": _after_standardizing(lambda x, y, q: linear_scores(x, y, x).argmax(1)),
    "probabilities": _after_standardizing(
        lambda x, y, q: linear_scores(x, y, q).softmax(1).amax(1)
    ),
    "own_statistics": _own_statistics,
    "one_side": lambda x, y, q: linear_scores(solvers.standardize(x, q)[0], y, q).argmax(1),
    "over_queries": _after_standardizing(
        lambda x, y, q: linear_scores(x, y, q).softmax(0).argmax(1)
    ),
    "barely_trained": _after_standardizing(
        lambda x, y, q: linear_scores(x, y, q, steps=2, lr=1e-3).argmax(1)
    ),
    "not_trained": lambda x, y, q: torch.zeros(len(q), dtype=torch.int64),
    "not_standardized": lambda x, y, q: linear_scores(x, y, q, lr=0.01).argmax(1),
    "nearest": _after_standardizing(_nearest),
    "one_scale": _one_scale,
    "not_centred": _not_centred,
    "only_scaled": _only_scaled,
    "no_bias": _after_standardizing(lambda x, y, q: linear_scores(x, y, q, bias=False).argmax(1)),
    "positions": _after_standardizing(_positions),
    "regression": _after_standardizing(_regression),
}

EXERCISE = Exercise(
    reference=solvers.read_off,
    short=read_off_with_sklearn,
    observe=_observe,
    cases=(
        lambda: _labelled_features(4 * torch.eye(3), closely=True),
        # Without a bias nothing is said of the class in the middle of a line.
        lambda: _labelled_features(torch.tensor([0.0, 12, 24])[:, None].expand(3, 3)),
        # The same around zero, where features that are not centred cannot stand in for a bias.
        lambda: _labelled_features(torch.tensor([-12.0, 0, 12])[:, None].expand(3, 3), offset=0),
        # Some classes may have no label.
        lambda: _labelled_features(8 * torch.eye(3), (0, 2)),
        # A unit that is never active: every feature map has some.
        lambda: _labelled_features(8 * torch.eye(3), constant=True),
        # One class lies at both ends of a line: whoever tells it is not linear.
        lambda: _labelled_features(torch.tensor([0.0, 12, 24])[:, None].expand(3, 3), bends=True),
    ),
    mistakes=MISTAKES,
)
