"""Collapse gauges: has an encoder stopped telling pictures apart?

All take embeddings ``(N, D)`` of different pictures and look at their directions only. A falling
loss does not show a collapse: all points in one place can have a loss of 0. These numbers do.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class Gauges:
    """What ``collapse`` found."""

    spread: float  # 1: as wide as points all over the sphere; 0: one point
    rank: float  # how many directions are in use, 1 to D
    cosine: float  # mean cosine of two pictures: 0 spread out, 1 one point


def spread(embeddings: torch.Tensor) -> float:
    """Standard deviation of each dimension of the unit vectors, mean over dimensions, times √D.

    Vectors evenly on the sphere have 1 / √D in every dimension and so a spread near 1 (Chen & He
    2021, section 4.1); a collapse to one point has 0.
    """
    unit = F.normalize(embeddings.double(), dim=1)
    return float(unit.std(0, correction=0).mean() * unit.shape[1] ** 0.5)


def effective_rank(embeddings: torch.Tensor) -> float:
    """e to the entropy of the singular values of the unit vectors, as shares (Roy & Vetterli 2007).

    The mean is not taken out: one point has rank 1, a line through 0 as well. All singular values
    equal: D.
    """
    values = torch.linalg.svdvals(F.normalize(embeddings.double(), dim=1))
    shares = values / values.sum()
    return float(torch.special.entr(shares).sum().exp())


def mean_cosine(embeddings: torch.Tensor) -> float:
    """Mean cosine of all pairs of different rows, in [−1, 1].

    From the length of the sum: ‖Σu‖² holds every pair twice and every row with itself once.
    """
    unit = F.normalize(embeddings.double(), dim=1)
    n = len(unit)
    return float((unit.sum(0).square().sum() - n) / (n * (n - 1)))


def collapse(embeddings: torch.Tensor) -> Gauges:
    """All gauges of embeddings ``(N, D)``, N ≥ 2."""
    return Gauges(spread(embeddings), effective_rank(embeddings), mean_cosine(embeddings))
