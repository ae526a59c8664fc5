"""Exercise of lesson 08: the hardest negatives of a batch."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from course_utils import losses, runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import called_in_mixed_precision, results_of


def _candidates(sign: int, k: int) -> tuple:
    """Five anchors, their X and X⁺ as ten candidates, and who is allowed.

    Cosines are large and positive, or with ``sign`` −1 all negative.
    """
    generator = runtime.generator(2)
    x = 3 + torch.randn(5, 6, generator=generator)
    candidates = torch.cat([x, x + 2 * torch.randn(5, 6, generator=generator)])
    candidates = candidates * (1 + 4 * torch.rand(10, 1, generator=generator))
    allowed = ~torch.eye(5, dtype=torch.bool).repeat(1, 2)
    allowed[0, 1] = allowed[1, 0] = False  # patches of one clip
    return x, sign * candidates, allowed, k


def _nearly_collapsed() -> tuple:
    """The same of candidates whose cosines are 0.983 and more, the nearest one last."""
    _, _, allowed, k = _candidates(1, 2)
    angles = torch.cat([0.001 * torch.arange(5.0), 0.018 * torch.arange(10.0, 0, -1)])
    points = torch.stack([angles.cos(), angles.sin()], 1)
    return points[:5], points[5:], allowed, k


def _observe(answer: Callable, case: tuple) -> Iterator[tuple[str, object]]:
    x, candidates, allowed, k = case
    yield "told_k", k
    given = {"x": x, "candidates": candidates, "allowed": allowed, "k": k}
    (indices,) = yield from results_of(answer, given, "indices", exact=False)
    within = bool((indices >= 0).all() and (indices < len(candidates)).all())
    yield "within", within
    yield "told_range", f"{indices.min().item():g}–{indices.max().item():g}"
    if not within or indices.dtype.is_floating_point:
        return
    chosen = indices.long().sort(1).values
    best = losses.hardest_negatives(*case).sort(1).values
    yield "chosen", chosen
    yield "kept_out", bool(allowed.gather(1, chosen).all())
    wrong = (chosen != best).any(1).nonzero().flatten().tolist() or [0]
    yield "told_row", wrong[0]
    yield "told_chosen", chosen[wrong[0]].tolist()
    yield "told_best", best[wrong[0]].tolist()
    called_in_mixed_precision(answer, *case)


def _cosines(x, candidates) -> torch.Tensor:
    """All cosines ``(B, N)``."""
    return F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T


def _largest(score: Callable) -> Callable:
    """A twin that takes the k largest of ``score(cosines, allowed, products)``."""

    def twin(x, candidates, allowed, k):
        scores = score(_cosines(x, candidates), allowed, x @ candidates.T)
        return scores.topk(k, dim=1).indices

    return twin


def _filtered(x, candidates, allowed, k):
    cosines = _cosines(x, candidates)
    return torch.stack([cosines[i][allowed[i]].topk(k).indices for i in range(len(x))])


def _euclidean(x, candidates, allowed, k):
    return (-torch.cdist(x, candidates)).masked_fill(~allowed, -torch.inf).topk(k, 1).indices


def _skips_first(x, candidates, allowed, k):
    cosines = _cosines(x, candidates).masked_fill(~allowed, -torch.inf)
    return cosines.topk(k + 1, dim=1).indices[:, 1:]


def _anchors_of_candidates(x, candidates, allowed, k):
    return _cosines(x, candidates).masked_fill(~allowed, -torch.inf).topk(k, dim=0).indices


def _each_once(x, candidates, allowed, k):
    """What one anchor has taken no later one may have."""
    cosines, chosen = _cosines(x, candidates).masked_fill(~allowed, -torch.inf), []
    for i in range(len(x)):
        chosen.append(cosines[i].topk(k).indices)
        cosines[:, chosen[-1]] = -torch.inf
    return torch.stack(chosen)


MISTAKES = {
    "each_once": _each_once,
    "coarse": _largest(lambda cosines, allowed, p: cosines.bfloat16().masked_fill(~allowed, -9)),
    "not_masked": _largest(lambda cosines, allowed, products: cosines),
    "zeros": _largest(lambda cosines, allowed, products: cosines * allowed),
    "inverted": _largest(
        lambda cosines, allowed, products: cosines.masked_fill(allowed, -torch.inf)
    ),
    "easiest": _largest(lambda cosines, allowed, products: (-cosines).masked_fill(~allowed, -9)),
    "products": _largest(lambda cosines, allowed, p: p.masked_fill(~allowed, -torch.inf)),
    "euclidean": _euclidean,
    "filtered": _filtered,
    "skips_first": _skips_first,
    "only_first_left_out": lambda x, c, allowed, k: _cosines(x, c).topk(k + 1, 1).indices[:, 1:],
    "ranks": lambda x, c, allowed, k: (
        (-_cosines(x, c)).masked_fill(~allowed, torch.inf).argsort(1).argsort(1)[:, :k]
    ),
    "anchors": _anchors_of_candidates,
}

EXERCISE = Exercise(
    reference=losses.hardest_negatives,
    uses=(losses.first_allowed,),
    observe=_observe,
    cases=(
        lambda: _candidates(1, 2),
        lambda: _candidates(-1, 2),
        lambda: _candidates(1, 3),
        _nearly_collapsed,
    ),
    mistakes=MISTAKES,
)
