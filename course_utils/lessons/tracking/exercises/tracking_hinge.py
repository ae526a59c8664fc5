"""Exercise of lesson 08: the cosine hinge of a triplet."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from course_utils import losses, runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import called_in_mixed_precision, results_of


def _triplets() -> tuple[torch.Tensor, ...]:
    """Five X and X⁺, four pairs near and one far apart; three X⁻ each, most far and some near."""
    generator = runtime.generator(1)
    x, off = (torch.randn(5, 4, generator=generator) for _ in range(2))
    positive = x + 0.2 * off
    positive[0] = off[0] - x[0]
    negatives = 0.5 * torch.randn(5, 3, 4, generator=generator) - 1.5 * x[:, None]
    negatives[0] = 1.3 * x[0] + 0.5 * negatives[0].roll(1, 1)
    negatives[1, 0] = 2 * x[1] + off[2]
    return x, positive, negatives


def _observe(answer: Callable, case: tuple[torch.Tensor, ...]) -> Iterator[tuple[str, object]]:
    x, positive, negatives = case
    weights = [v.clone().requires_grad_() for v in case]
    given = dict(zip(("x", "positive", "negatives"), (1 * w for w in weights), strict=True))
    (loss,) = yield from results_of(answer, given, "loss", numbers=True, exact=False)
    yield "trains", loss.requires_grad
    yield "value", loss
    slopes = (None,) * 3
    if loss.requires_grad:
        slopes = torch.autograd.grad(loss, weights, allow_unused=True)
    for name, slope in zip(given, slopes, strict=True):
        yield f"slope_of_{name}", slope
    # What each part of the formula does, one at a time.
    with torch.no_grad():
        yield "of_equals", float(answer(x, x, x[:, None]))
        yield "of_opposites", float(answer(x, x, -x[:, None]))
        yield "of_longer", float(answer(4 * x, 3 * positive, 0.5 * negatives))
        yield "of_twice_as_many", float(answer(*(v.repeat(2, *[1] * (v.ndim - 1)) for v in case)))
        yield "of_more_negatives", float(answer(x, positive, negatives.repeat(1, 2, 1)))
        yield "with_margin_1", float(answer(*case, margin=1.0))
    called_in_mixed_precision(answer, *case)


def _distances(x, positive, negatives) -> tuple[torch.Tensor, torch.Tensor]:
    """D(X, X⁺) ``(B, 1)`` and D(X, X⁻) ``(B, K)``."""
    near = losses.cosine_distance(x, positive)[:, None]
    return near, losses.cosine_distance(x[:, None], negatives)


def _hinge(after: Callable) -> Callable:
    """A twin of the cosine distances: ``after(near, far, margin)``."""
    return lambda x, p, n, margin=0.5: after(*_distances(x, p, n), margin)


def _between(distance: Callable) -> Callable:
    """A twin with another distance of X ``(B, 1, D)`` and others ``(B, K, D)``."""

    def twin(x, p, n, margin=0.5):
        near, far = distance(x[:, None], p[:, None]), distance(x[:, None], n)
        return F.relu(near - far + margin).mean()

    return twin


def _squared(a, b):
    return (F.normalize(a, dim=-1) - F.normalize(b, dim=-1)).square().sum(-1)


def _along_k(a, b):
    """Right for X⁺ and along the wrong axis for X⁻."""
    if b.shape[1] == 1:
        return losses.cosine_distance(a, b)
    return (1 - F.cosine_similarity(a.expand_as(b), b)).mean(1, keepdim=True)


def _unit_along_k(a, b):
    return 1 - (F.normalize(a, dim=-1) * F.normalize(b, dim=-1 if b.shape[1] == 1 else 1)).sum(-1)


def _all_with_all(x, p, n, margin=0.5):
    near, far = losses.cosine_distance(x[:, None], p[None]), _distances(x, p, n)[1]
    return F.relu(near[:, :, None] - far[:, None] + margin).mean()


def _swapped(x, p, n, margin=0.5):
    """The negative's distance from whichever of the pair is nearer to it."""
    (near, far), other = _distances(x, p, n), _distances(p, x, n)[1]
    return F.relu(near - far.minimum(other) + margin).mean()


def _other_anchors(x, p, n, margin=0.5):
    """``repeat`` where ``repeat_interleave`` would keep anchors beside their negatives."""
    b, k, d = n.shape
    x, p, n = x.repeat(k, 1), p.repeat(k, 1), n.reshape(b * k, 1, d)
    return losses.tracking_hinge(x, p, n, margin=margin)


def _lengths_detached(a, b):
    a, b = (v / v.norm(dim=-1, keepdim=True).detach() for v in (a, b))
    return 1 - (a * b).sum(-1)


def _active_only(near, far, margin):
    loss = F.relu(near - far + margin)
    return loss[loss > 0].sum() / (loss > 0).sum().clamp(min=1)


MISTAKES = {
    "swapped": _swapped,
    "other_anchors": _other_anchors,
    "lengths_detached": _between(_lengths_detached),
    "cut_at_zero": _between(lambda a, b: 1 - F.cosine_similarity(a, b, dim=-1).clamp(min=0)),
    "negatives_detached": lambda x, p, n, margin=0.5: losses.tracking_hinge(
        x, p, n.detach(), margin=margin
    ),
    "from_positive": lambda x, p, n, margin=0.5: F.relu(
        _distances(x, p, n)[0] - _distances(p, x, n)[1] + margin
    ).mean(),
    "reversed": _hinge(lambda near, far, margin: F.relu(far - near + margin).mean()),
    "no_margin": _hinge(lambda near, far, margin: F.relu(near - far).mean()),
    "margin_subtracted": _hinge(lambda near, far, margin: F.relu(near - far - margin).mean()),
    "margin_nailed_in": _hinge(lambda near, far, margin: F.relu(near - far + 0.5).mean()),
    "no_max": _hinge(lambda near, far, margin: (near - far + margin).mean()),
    "mean_first": _hinge(lambda near, far, margin: F.relu((near - far + margin).mean())),
    "summed": _hinge(lambda near, far, margin: F.relu(near - far + margin).sum()),
    "negatives_summed": _hinge(lambda near, far, margin: F.relu(near - far + margin).sum(1).mean()),
    "mean_negative": _hinge(
        lambda near, far, margin: F.relu(near - far.mean(1, keepdim=True) + margin).mean()
    ),
    "one_negative": lambda x, p, n, margin=0.5: losses.tracking_hinge(
        x, p, n.mean(1, keepdim=True), margin=margin
    ),
    "hardest_only": _hinge(
        lambda near, far, margin: F.relu(near - far.amin(1, keepdim=True) + margin).mean()
    ),
    "soft": _hinge(lambda near, far, margin: F.softplus(near - far + margin).mean()),
    "active_only": _hinge(_active_only),
    "no_gradient": _hinge(lambda near, far, margin: F.relu(near - far + margin).mean().detach()),
    "dot_products": _between(lambda a, b: -(a * b).sum(-1)),
    "squared": _between(_squared),
    "euclidean": _between(lambda a, b: (a - b).norm(dim=-1)),
    "unit_euclidean": _between(lambda a, b: _squared(a, b).clamp(min=1e-9).sqrt()),
    "along_negatives": _between(_along_k),
    "unit_along_negatives": _between(_unit_along_k),
    "all_with_all": _all_with_all,
}

EXERCISE = Exercise(
    reference=losses.tracking_hinge,
    uses=(losses.cosine_distance,),
    observe=_observe,
    cases=(_triplets,),
    mistakes=MISTAKES,
)
