"""Exercise of lesson 05: cross-entropy in which rare colours may count more."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import called_in_mixed_precision, loss_of
from course_utils.pretext import colorization


def _answers(uniform: float, *, never: bool = False) -> tuple:
    """Logits of two pictures at 3 × 4 places, six bins of very different shares, and the dial.

    The shares are not those of these two pictures; with ``never`` the last bin never occurs.
    """
    generator = runtime.generator(0)
    logits = 2 * torch.randn(2, 6, 3, 4, generator=generator)
    bins = torch.randint(5, (2, 3, 4), generator=generator)
    bins[:, 0] = 0
    shares = torch.tensor([0.6, 0.2, 0.1, 0.06, 0.03, 0.01])
    if never:
        shares = torch.tensor([0.6, 0.2, 0.1, 0.06, 0.04, 0.0])
    return logits, bins, shares, uniform


def _observe(answer: Callable, case: tuple) -> Iterator[tuple[str, object]]:
    logits, bins, shares, uniform = case
    loss = yield from loss_of(answer, logits, bins=bins, shares=shares, uniform=uniform)
    with torch.no_grad():
        yield "of_shifted", float(answer(logits + 5, bins, shares, uniform))
        twice = logits.repeat(2, 1, 1, 1), bins.repeat(2, 1, 1)
        yield "of_twice_as_many", float(answer(*twice, shares, uniform))
        mixed = called_in_mixed_precision(answer, logits, bins, shares, uniform)
        yield "bears_mixed_precision", bool((mixed - loss).abs() < 0.02 * loss.abs() + 1e-3)


def _weighted(weights: Callable) -> Callable:
    """The mean of weighted costs, with other weights."""

    def twin(logits, bins, shares, uniform):
        costs = F.cross_entropy(logits, bins, reduction="none")
        return (weights(shares, uniform)[bins] * costs).mean()

    return twin


def _scaled(raw: Callable) -> Callable:
    """Weights whose mean over places is 1, from raw ones."""
    return lambda p, u: raw(p, u) / (p * raw(p, u)).sum()


def _mixed(p, u):
    return (1 - u) * p + u / len(p)


_REFERENCE = colorization.color_loss


def _over(reduce: Callable) -> Callable:
    """The right weights, the costs reduced in another way."""

    def twin(logits, bins, shares, uniform):
        weights = colorization.rebalancing(shares, uniform)
        costs = F.cross_entropy(logits, bins, reduction="none")
        return reduce(weights[bins] * costs)

    return twin


def _divided_by_weights(logits, bins, shares, uniform):
    return F.cross_entropy(logits, bins, colorization.rebalancing(shares, uniform))


def _of_the_guess(logits, bins, shares, uniform):
    costs = F.cross_entropy(logits, bins, reduction="none")
    return (colorization.rebalancing(shares, uniform)[logits.argmax(1)] * costs).mean()


def _softmax_twice(logits, bins, shares, uniform):
    return _REFERENCE(logits.softmax(1), bins, shares, uniform)


def _no_log(logits, bins, shares, uniform):
    chosen = logits.softmax(1).gather(1, bins[:, None])[:, 0]
    return -(colorization.rebalancing(shares, uniform)[bins] * chosen).mean()


def _over_places(logits, bins, shares, uniform):
    """The softmax runs over places."""
    flat = logits.flatten(2).log_softmax(2).view_as(logits)
    chosen = -flat.gather(1, bins[:, None])[:, 0]
    return (colorization.rebalancing(shares, uniform)[bins] * chosen).mean()


def _over_entries(logits, bins, shares, uniform):
    return _REFERENCE(logits, bins, shares, uniform) / logits.shape[1]


def _reshaped(logits, bins, shares, uniform):
    """Rows of Q numbers that belong to different places."""
    rows = logits.reshape(-1, logits.shape[1])
    costs = F.cross_entropy(rows, bins.flatten(), reduction="none")
    return (colorization.rebalancing(shares, uniform)[bins.flatten()] * costs).mean()


def _product_of_means(logits, bins, shares, uniform):
    return F.cross_entropy(logits, bins) * colorization.rebalancing(shares, uniform)[bins].mean()


def _scaled_before_inverting(p, u):
    return (p * _mixed(p, u)).sum() / _mixed(p, u)


def _shares_of_batch(logits, bins, shares, uniform):
    counted = bins.flatten().bincount(minlength=logits.shape[1]) / bins.numel()
    return _REFERENCE(logits, bins, counted, uniform)


MISTAKES = {
    "not_weighted": _weighted(lambda p, u: torch.ones_like(p)),
    "not_scaled": _weighted(lambda p, u: 1 / _mixed(p, u)),
    "scaled_over_bins": _weighted(lambda p, u: (1 / _mixed(p, u)) / (1 / _mixed(p, u)).mean()),
    "sum_to_one": _weighted(lambda p, u: (1 / _mixed(p, u)) / (1 / _mixed(p, u)).sum()),
    "not_reciprocal": _weighted(_scaled(_mixed)),
    "dial_reversed": _weighted(_scaled(lambda p, u: 1 / (u * p + (1 - u) / len(p)))),
    "uniform_of_one": _weighted(_scaled(lambda p, u: 1 / ((1 - u) * p + u))),
    "always_half": _weighted(_scaled(lambda p, u: 1 / _mixed(p, 0.5))),
    "reciprocals_mixed": _weighted(
        _scaled(lambda p, u: (1 - u) / p.clamp(min=1e-8) + u * len(p))
    ),
    "root": _weighted(_scaled(lambda p, u: _mixed(p, u) ** -0.5)),
    "log_of_shares": _weighted(_scaled(lambda p, u: -_mixed(p, u).log())),
    "scaled_before_inverting": _weighted(_scaled_before_inverting),
    "reshaped": _reshaped,
    "product_of_means": _product_of_means,
    "divided_by_weights": _divided_by_weights,
    "shares_of_batch": _shares_of_batch,
    "of_the_guess": _of_the_guess,
    "summed": _over(torch.sum),
    "a_picture": _over(lambda x: x.sum((1, 2)).mean()),
    "not_reduced": _over(lambda x: x),
    "sign": lambda *given: -_REFERENCE(*given),
    "softmax_twice": _softmax_twice,
    "no_log": _no_log,
    "over_places": _over_places,
    "over_entries": _over_entries,
    "detached": lambda z, *given: _REFERENCE(z.detach(), *given),
    "new_tensor": lambda *given: torch.tensor(_REFERENCE(*given).item(), requires_grad=True),
}  # fmt: skip

EXERCISE = Exercise(
    reference=colorization.color_loss,
    uses=(colorization.rebalancing,),
    observe=_observe,
    cases=(
        lambda: _answers(0.5),
        lambda: _answers(1.0),
        lambda: _answers(0.2),
        lambda: _answers(0.5, never=True),
    ),
    mistakes=MISTAKES,
)
