"""Finding the other view of a picture among eight: by its colours alone, or by what a network sees.

The game of lesson 07, for anything that turns a view into numbers.
"""

import torch
import torch.nn.functional as F

CANDIDATES = 8
LEVELS = 4  # of each channel: a histogram has 64 bins


def histogram(views: torch.Tensor) -> torch.Tensor:
    """The colours of views without their places, float ``(N, 64)``: roots of the bins' shares.

    ``views`` float ``(N, 3, S, S)`` in [0, 1]. The cosine of two of these is the Bhattacharyya
    coefficient of the two histograms: 1 for equal ones, 0 where no bin is shared.
    """
    levels = (views * LEVELS).long().clamp(max=LEVELS - 1)  # (N, 3, S, S)
    bins = (levels[:, 0] * LEVELS + levels[:, 1]) * LEVELS + levels[:, 2]  # (N, S, S)
    counts = F.one_hot(bins.flatten(1), LEVELS**3).float().mean(1)
    return counts.sqrt()


def among_candidates(described: torch.Tensor) -> torch.Tensor:
    """How alike each first view is to the other view and to seven of other pictures.

    ``described`` float ``(2N, D)``, N ≥ 8: first and second views as ``contrastive.two_views``
    orders them. Cosines ``(N, 8)``, column 0 the partner's; the others are second views of the next
    seven pictures.
    """
    first, second = F.normalize(described, dim=1).chunk(2)
    return torch.stack([(first * second.roll(-k, 0)).sum(1) for k in range(CANDIDATES)], 1)


def told(described: torch.Tensor) -> torch.Tensor:
    """Which of the first views are most alike to their partner among eight: bool ``(N,)``."""
    alike = among_candidates(described)
    return alike[:, 0] > alike[:, 1:].amax(1)  # what cannot be told apart is not found
