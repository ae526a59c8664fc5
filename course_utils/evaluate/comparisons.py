"""Comparing: over test pictures, over seeds, over groups; and drawing labelled pictures fairly."""

import numpy as np
import torch

from course_utils import runtime
from course_utils.lang import both

# 97.5 % quantiles of Student's t for 1, 2, … degrees of freedom.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


class Effect(tuple):
    """A difference and its 95 % interval, (difference, low, high), and what the interval is over.

    ``over``: what was drawn, ``"seeds"``, ``"pictures"``, ``"clips"`` or ``"persons"``, and how
    many of them.
    """

    over: tuple[str, int]

    def __new__(cls, difference: float, low: float, high: float, *, over: tuple[str, int]):
        self = super().__new__(cls, (float(difference), float(low), float(high)))
        self.over = over
        return self

    @property
    def difference(self) -> float:
        """The difference itself."""
        return self[0]

    @property
    def low(self) -> float:
        """Where the interval begins."""
        return self[1]

    @property
    def high(self) -> float:
        """Where the interval ends."""
        return self[2]


def over_seeds(a: torch.Tensor, b: torch.Tensor) -> Effect:
    """How much higher is ``a`` than ``b``, seed by seed? Mean difference and its 95 % interval.

    Both ``(seeds,)``, two to ten of them, paired: entry i of both comes from seed i. The interval
    is Student's: mean ± t · s / √n. It says what other seeds of the training would show; of other
    test pictures it says nothing. Raises ``ValueError`` for one seed, or lengths that differ.
    """
    if len(a) != len(b) or not 2 <= len(a) <= len(_T) + 1:
        raise ValueError(
            both(
                ko=f"시드가 {len(a)}개와 {len(b)}개입니다. 같은 시드 2개에서 {len(_T) + 1}개까지의 "
                "값을 짝지어 넘기세요.",
                en=f"There are {len(a)} and {len(b)} seeds. Pass the values of the same 2 to "
                f"{len(_T) + 1} seeds.",
            )
        )
    difference = a.double() - b.double()
    half = _T[len(a) - 2] * difference.std() / len(a) ** 0.5
    mean = difference.mean()
    return Effect(mean, mean - half, mean + half, over=("seeds", len(a)))


def mean_over_seeds(values: torch.Tensor) -> Effect:
    """The mean of one value a seed, ``(seeds,)``, and its 95 % interval (Student's)."""
    return over_seeds(values, torch.zeros_like(values))


def paired_bootstrap(
    a: torch.Tensor, b: torch.Tensor, *, seed: int = 0, resamples: int = 10_000
) -> Effect:
    """How much more often is ``a`` right than ``b``? Difference and its 95 % interval.

    ``a`` and ``b`` are bool ``(draws, N)``: right or wrong on the same N test pictures. Pictures
    are resampled (Efron & Tibshirani, 1993, chapter 13), each with its answers of both, averaged
    over the draws: the interval says what another test set of this kind would show. It says
    nothing about other seeds of the training.
    """
    difference = a.double().mean(0) - b.double().mean(0)  # (N,)
    values, counts = np.unique(difference.numpy(), return_counts=True)
    # Drawing N pictures with replacement draws how often each distinct difference occurs.
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(difference), counts / counts.sum(), size=resamples)
    means = drawn @ values / len(difference)
    low, high = np.quantile(means, [0.025, 0.975])
    return Effect(difference.mean(), low, high, over=("pictures", len(difference)))


def bootstrap_groups(
    values: torch.Tensor, groups: torch.Tensor, *, seed: int = 0, resamples: int = 2000
) -> tuple[float, float, float]:
    """Mean of ``values`` and its 95 % bootstrap interval, resampling what is independent.

    ``values`` float ``(N,)``; ``groups`` int64 ``(N,)`` says which clip, track or person each
    belongs to. Patches of one clip are alike, so whole groups are drawn, with replacement, each
    with all of its values.
    """
    of = groups.unique(return_inverse=True)[1]
    n = int(of.max()) + 1
    sums = torch.zeros(n, dtype=torch.float64).index_add_(0, of, values.double())
    sizes = torch.bincount(of, minlength=n).double()
    drawn = torch.randint(n, (resamples, n), generator=runtime.generator(seed))
    means = sums[drawn].sum(1) / sizes[drawn].sum(1)
    low, high = means.quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return float(values.double().mean()), low, high


def balanced_order(labels: torch.Tensor, *, seed: int) -> torch.Tensor:
    """A random order ``(N,)`` of pictures in which any first n hold as many of each class as can
    be.

    ``labels`` is int64 ``(N,)``. The first 100 are among the first 1,000: curves over the number of
    labels are then less noisy.
    """
    order = torch.randperm(len(labels), generator=runtime.generator(seed))
    turn = torch.empty_like(labels)  # the how-manieth of its class each picture is
    for label in labels.unique():
        mine = order[labels[order] == label]
        turn[mine] = torch.arange(len(mine))
    return order[turn[order].argsort(stable=True)]
