"""Factor probe: which causes of a picture can be read from a representation?

Made for ToyWorld, where every cause is known. Rows are comparable when encoder, stage, number of
dimensions and examples seen are the same; a random encoder's row stands beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.evaluate.probes import (
    L2,
    NEIGHBOURS,
    choose,
    nearest,
    read_linearly,
    read_neighbours,
    share_right,
)
from course_utils.evaluate.solvers import ridge

RIDGE = (1.0, 0.1, 0.01, 0.001, 0.0001)


@dataclass(frozen=True)
class Readable:
    """How well one factor can be read, on test pictures: accuracy for classes, R² for numbers.

    ``linear``: by a linear layer. A low value says "not linearly readable", not "gone".
    ``neighbours``: from the nearest training pictures by cosine similarity.
    """

    linear: float
    neighbours: float


def on_circle(values: torch.Tensor, period: float) -> torch.Tensor:
    """Numbers that come round again after ``period``, ``(N,)``, as points on a circle ``(N, 2)``.

    Hue 0.99 and hue 0.01 are neighbours; a regression on the numbers themselves would not know.
    """
    turn = 2 * torch.pi * values.double() / period
    return torch.stack([turn.cos(), turn.sin()], 1).float()


def r_squared(guess: torch.Tensor, truth: torch.Tensor) -> float:
    """1 − squared error / variance, both summed over the columns of ``(N, K)``; 0 for the mean."""
    error = (guess - truth).square().sum()
    return float(1 - error / (truth - truth.mean(0)).square().sum())


def _ridge(x, y, query, settings, final: bool) -> list[torch.Tensor]:
    return [F.linear(query, weight, bias) for weight, bias in ridge(x, y, settings)]


def _mean_of_neighbours(x, y, query, settings, final: bool) -> list[torch.Tensor]:
    found = y[nearest(x, query, min(max(settings), len(x)))]  # (Q, k, K)
    return [found[:, :k].mean(1) for k in settings]


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

    ``train`` ``(N, D)`` and ``test`` ``(M, D)`` are float features; factors are ``(N,)`` and
    ``(M,)``: int64 ones are classes, float ones numbers, those in ``periods`` points on a circle.
    A fifth of the training rows chooses regularisation and number of neighbours; the test rows
    decide nothing.
    """
    order = torch.randperm(len(train), generator=runtime.generator(seed))
    x = train[order]
    found = {}
    for name, values in train_factors.items():
        y, truth = values[order], test_factors[name]
        if name in periods:
            y, truth = on_circle(y, periods[name]), on_circle(truth, periods[name])
        elif y.is_floating_point():
            y, truth = y[:, None], truth[:, None]
        y, truth = y.to(x.device), truth.to(x.device)
        if y.ndim == 1:
            readers, score = ((read_linearly, L2), (read_neighbours, NEIGHBOURS)), share_right
        else:
            readers, score = ((_ridge, RIDGE), (_mean_of_neighbours, NEIGHBOURS)), r_squared
        guesses = [choose(read, settings, x, y, test, score).guess for read, settings in readers]
        found[name] = Readable(*(score(guess, truth) for guess in guesses))
    return found
