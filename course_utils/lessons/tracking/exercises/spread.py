"""Exercise of lesson 08: a gauge of collapse."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.evaluate import gauges
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import results_of


def _vectors() -> torch.Tensor:
    """2,000 vectors ``(2000, 8)``: no two dimensions are alike, and lengths differ a lot."""
    generator = runtime.generator(3)
    z = torch.randn(2000, 8, generator=generator) * torch.linspace(0.3, 2, 8)
    return (z + torch.linspace(-1, 3, 8)) * (1 + 3 * torch.rand(2000, 1, generator=generator))


def _observe(answer: Callable, z: torch.Tensor) -> Iterator[tuple[str, object]]:
    (value,) = yield from results_of(answer, {"z": z}, "spread", numbers=True, exact=False)
    yield "value", value
    yield "of_doubled", float(answer(2 * z))
    yield "of_one_point", float(answer(z[:1].expand(50, -1)))
    yield "of_flat", float(answer(z * (torch.arange(8) < 5)))
    yield "of_half_as_many", float(answer(z[::2]))


def _of_units(after: Callable) -> Callable:
    """A twin of vectors at unit length: ``after(units (N, D))``."""
    return lambda z: after(F.normalize(z, dim=1))


def _alive_only(u):
    deviations = u.std(0)
    alive = deviations > 1e-6
    return (deviations * alive).sum() / alive.sum().clamp(min=1) * u.shape[1] ** 0.5


MISTAKES = {
    "alive_only": _of_units(_alive_only),
    "not_unit": lambda z: z.std(0).mean() * z.shape[1] ** 0.5,
    "no_root": _of_units(lambda u: u.std(0).mean()),
    "root_of_number": _of_units(lambda u: u.std(0).mean() * len(u) ** 0.5),
    "times_d": _of_units(lambda u: u.std(0).mean() * u.shape[1]),
    "variance": _of_units(lambda u: u.var(0).mean() * u.shape[1] ** 0.5),
    "mean_before_root": _of_units(lambda u: u.var(0).mean().sqrt() * u.shape[1] ** 0.5),
    "centred_first": lambda z: F.normalize(z - z.mean(0), dim=1).std(0).mean() * z.shape[1] ** 0.5,
    "within": _of_units(lambda u: u.std(1).mean() * u.shape[1] ** 0.5),
    "all_at_once": _of_units(lambda u: u.std() * u.shape[1] ** 0.5),
    "whole_matrix": lambda z: (z / z.norm()).std(0).mean() * z.shape[1] ** 0.5,
    "mean_length": lambda z: (z / z.norm(dim=1).mean()).std(0).mean() * z.shape[1] ** 0.5,
    "columns": lambda z: F.normalize(z, dim=0).std(0).mean() * z.shape[1] ** 0.5,
    "not_averaged": _of_units(lambda u: u.std(0) * u.shape[1] ** 0.5),
    "one_a_vector": _of_units(lambda u: u.std(1)),
}

EXERCISE = Exercise(reference=gauges.spread, observe=_observe, cases=(_vectors,), mistakes=MISTAKES)
