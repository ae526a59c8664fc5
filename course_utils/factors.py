"""Factor probe: which causes of a picture can be read from a representation?

Made for ToyWorld, where every cause is known. Rows are comparable when encoder, stage, number of
dimensions and pictures seen are the same; a random encoder's row stands beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.evaluate import L2, NEIGHBOURS, logistic_regression, nearest, standardize

RIDGE = (1.0, 0.1, 0.01, 0.001, 0.0001)


@dataclass(frozen=True)
class Readable:
    """How well one factor can be read, on test pictures: accuracy for classes, R² for numbers.

    ``linear``: by a linear layer. A low value says "not linearly readable", not "gone".
    ``neighbours``: from the nearest training pictures by cosine similarity.
    """

    linear: float
    neighbours: float


def circle(values: torch.Tensor, period: float) -> torch.Tensor:
    """Numbers that come round again after ``period``, ``(N,)``, as points on a circle ``(N, 2)``.

    Hue 0.99 and hue 0.01 are neighbours; a regression on the numbers themselves would not know.
    """
    turn = 2 * torch.pi * values.double() / period
    return torch.stack([turn.cos(), turn.sin()], 1).float()


def r_squared(guess: torch.Tensor, truth: torch.Tensor) -> float:
    """1 − squared error / variance, both summed over the columns of ``(N, K)``; 0 for the mean."""
    error = (guess - truth).square().sum()
    return float(1 - error / (truth - truth.mean(0)).square().sum())


def ridge(x: torch.Tensor, y: torch.Tensor, strengths) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Ridge regression for each strength: weights ``(K, D)`` and biases ``(K,)``.

    Minimises  mean of ‖W x + b − y‖²  +  strength · ‖W‖². ``x`` is ``(N, D)``, ``y`` ``(N, K)``, both
    float; one eigendecomposition serves all strengths.
    """
    centre, middle = x.mean(0), y.mean(0)
    x, y = (x - centre).double(), (y - middle).double()
    moments, axes = torch.linalg.eigh(x.T @ x / len(x))  # (D,), (D, D)
    turned = axes.T @ (x.T @ y / len(x))  # (D, K)
    fits = []
    for strength in strengths:
        weight = (axes @ (turned / (moments.clamp(min=0) + strength)[:, None])).T.float()
        fits.append((weight, middle - weight @ centre))
    return fits


def _score(guess: torch.Tensor, truth: torch.Tensor) -> float:
    """Accuracy where the truth is classes ``(N,)``, R² where it is numbers ``(N, K)``."""
    if truth.ndim == 1:
        return (guess == truth).float().mean().item()
    return r_squared(guess, truth)


def _linear(x, y, query, strengths) -> list[torch.Tensor]:
    if y.ndim == 1:
        fits = logistic_regression(x, y, strengths, n_classes=int(y.max()) + 1, steps=30)
        return [F.linear(query, weight, bias).argmax(1) for weight, bias in fits]
    return [F.linear(query, weight, bias) for weight, bias in ridge(x, y, strengths)]


def _neighbours(x, y, query, counts) -> list[torch.Tensor]:
    found = y[nearest(x, query, max(counts))]  # (Q, k) classes or (Q, k, K) numbers
    if y.ndim == 1:
        votes = F.one_hot(found, int(y.max()) + 1)  # (Q, k, classes)
        return [votes[:, :k].sum(1).argmax(1) for k in counts]
    return [found[:, :k].mean(1) for k in counts]


def _chosen(predict, settings, x, y, query, truth, held: int) -> float:
    """Choose a setting on the first ``held`` rows, refit on all rows, score the queries."""
    guesses = predict(x[held:], y[held:], x[:held], settings)
    scores = [_score(guess, y[:held]) for guess in guesses]
    best = settings[scores.index(max(scores))]
    return _score(predict(x, y, query, [best])[0], truth)


def factor_probe(
    train: torch.Tensor,
    train_factors: Mapping[str, torch.Tensor],
    test: torch.Tensor,
    test_factors: Mapping[str, torch.Tensor],
    *,
    periods: Mapping[str, float],
    seed: int = 0,
) -> dict[str, Readable]:
    """Read every factor from frozen features of one stage, linearly and by nearest neighbours.

    ``train`` ``(N, D)`` and ``test`` ``(M, D)`` are float features; factors are ``(N,)`` and ``(M,)``:
    int64 ones are classes, float ones numbers, those in ``periods`` points on a circle. A fifth of
    the training rows chooses regularisation and number of neighbours; the test rows decide nothing.
    """
    order = torch.randperm(len(train), generator=runtime.generator(seed))
    held = len(train) // 5
    x, query = standardize(train[order], test)
    found = {}
    for name, values in train_factors.items():
        y, truth = values[order], test_factors[name]
        if name in periods:
            y, truth = circle(y, periods[name]), circle(truth, periods[name])
        elif y.is_floating_point():
            y, truth = y[:, None], truth[:, None]
        strengths = L2 if y.ndim == 1 else RIDGE
        found[name] = Readable(
            linear=_chosen(_linear, strengths, x, y, query, truth, held),
            neighbours=_chosen(_neighbours, NEIGHBOURS, x, y, query, truth, held),
        )
    return found
