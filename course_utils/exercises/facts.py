"""What an answer does, as facts that can be compared: two answers are alike if their facts are.

An exercise's ``observe(answer, case)`` yields facts as (name, value), a name being an identifier
that a message may use as ``{name}``. ``results_of`` calls the answer and yields what can be said of
any result: how many there are, their kinds, shapes and types, and what was changed on the way.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from course_utils import runtime

Facts = dict[str, object]
# After this fact ``observe`` goes on only if kinds and shapes are those of the reference.
RETURNED = "returned"


class Untouched(Exception):
    """The learner's function returned None or ``...``: the stub as it was handed out."""


@dataclass(frozen=True)
class Share:
    """How often something happened among random draws."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share in [0, 1], 0 of none."""
        return self.count / max(1, self.of)

    def __format__(self, how: str) -> str:
        return format(self.value, how)


def share(happened: torch.Tensor) -> Share:
    """The share of True in a bool tensor of any shape."""
    return Share(int(happened.sum()), happened.numel())


def about(seen: Share, expected: float) -> bool:
    """Whether a share is the expected one but for chance."""
    return alike(seen, Share(round(1e9 * expected), 10**9))


def alike(a: object, b: object) -> bool:
    """Whether two facts are the same: numbers within rounding, shares within what chance does."""
    if isinstance(a, Share) and isinstance(b, Share):
        # 4.5 standard errors of a difference: by chance once in 150,000 comparisons.
        n = a.of, b.of
        pooled = (a.count + b.count) / max(1, sum(n))
        error = (pooled * (1 - pooled) * sum(1 / max(1, m) for m in n)) ** 0.5
        return abs(a.value - b.value) <= 4.5 * error
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        a, b = a.detach().cpu(), b.detach().cpu()
        near = {"rtol": 1e-3, "atol": 1e-4, "equal_nan": True}
        return a.shape == b.shape and torch.allclose(a.double(), b.double(), **near)
    if isinstance(a, float) and isinstance(b, float):
        return alike(torch.tensor(a), torch.tensor(b))
    return type(a) is type(b) and a == b


def _handed(argument: object) -> object:
    """What the learner's function gets: a copy of what it could spoil."""
    if isinstance(argument, torch.Tensor):
        return argument.clone()  # gradients flow through
    return copy.deepcopy(argument) if isinstance(argument, nn.Module) else argument


def _same(handed: object, argument: object) -> bool:
    if isinstance(argument, torch.Tensor):
        return torch.equal(handed, argument)
    if isinstance(argument, nn.Module):
        now, before = handed.state_dict(), argument.state_dict()
        return all(torch.equal(value, before[name]) for name, value in now.items())
    return True


def called(answer: Callable, *arguments):
    """Call the learner's function; raises ``Untouched`` if it hands back nothing."""
    result = answer(*arguments)
    if result is None or result is ...:
        raise Untouched
    return result


def called_in_mixed_precision(answer: Callable, *arguments):
    """Call it as training does: products of matrices lose digits, and functions must bear it."""
    with runtime.autocast(torch.device("cpu"), torch.bfloat16):
        return answer(*arguments)


def as_tensor(result: object) -> object:
    """A tensor from a number, a NumPy array or a list of numbers; anything else as it is."""
    if isinstance(result, torch.Tensor):
        return result
    try:
        return torch.as_tensor(result)
    except (TypeError, ValueError, RuntimeError):
        return result


def _kind_of_number(dtype: torch.dtype) -> str:
    if dtype == torch.bool:
        return "bool"
    return "float" if dtype.is_floating_point else "int"


def results_of(
    answer: Callable,
    arguments: Mapping[str, object],
    *names: str,
    numbers: bool = False,
    exact: bool = True,
) -> Iterator[tuple[str, object]]:
    """Call an answer with named arguments; yield facts of its results, hand the results back.

    ``names``: what the results are called. ``numbers``: plain numbers, arrays and lists of numbers
    count as tensors. ``exact``: whether the type itself is a fact (int64) or only its kind (int).
    Use as ``(patches, labels) = yield from results_of(…)``.
    """
    handed = {name: _handed(value) for name, value in arguments.items()}
    results = called(answer, *handed.values())
    spoilt = [name for name, value in arguments.items() if not _same(handed[name], value)]
    yield "changed", ", ".join(spoilt)
    if len(names) == 1 or not isinstance(results, tuple | list):
        results = (results,)
    yield "results", len(results)
    if len(results) == len(names):
        results = tuple(
            as_tensor(r) if numbers or isinstance(r, np.generic) else r for r in results
        )
        for name, result in zip(names, results, strict=True):
            yield from _described(name, result, exact)
    yield RETURNED, True
    return results


def loss_of(
    answer: Callable, logits: torch.Tensor, **others: object
) -> Iterator[tuple[str, object]]:
    """Call a loss with ``logits`` first and ``others``; yield whether it trains, its value and its
    slope at the logits, after the facts of ``results_of``; hand the loss back.
    """
    weight = logits.clone().requires_grad_()
    given = {"logits": 1 * weight} | others
    (loss,) = yield from results_of(answer, given, "loss", numbers=True, exact=False)
    yield "trains", loss.requires_grad
    yield "value", loss
    slope = torch.autograd.grad(loss, weight, allow_unused=True)[0] if loss.requires_grad else None
    yield "slope", slope
    return loss


def _described(name: str, result: object, exact: bool) -> Iterator[tuple[str, object]]:
    yield f"{name}_kind", "tensor" if isinstance(result, torch.Tensor) else type(result).__name__
    if isinstance(result, torch.Tensor):
        yield f"{name}_axes", result.ndim
        yield f"{name}_shape", tuple(result.shape)
        dtype = str(result.dtype).removeprefix("torch.")
        yield f"{name}_dtype", dtype if exact else _kind_of_number(result.dtype)
        yield f"{name}_device", result.device.type


def _fits(seen: Facts, reference: Facts) -> bool:
    """Whether what was returned has the reference's kinds and shapes, and nothing was spoilt."""
    structural = ("changed", "results", "_kind", "_shape")
    return all(
        seen.get(name) == value for name, value in reference.items() if name.endswith(structural)
    )


def facts_of(observed: Iterator[tuple[str, object]], reference: Facts | None = None) -> Facts:
    """Collect the facts that are observed.

    With the reference's facts at hand, a result of another kind or shape is looked at no further.
    """
    seen: Facts = {}
    for name, value in observed:
        if isinstance(value, torch.Tensor) and value.ndim == 0:
            value = value.item()
        seen[name] = value
        if name == RETURNED and reference is not None and not _fits(seen, reference):
            break
    return seen
