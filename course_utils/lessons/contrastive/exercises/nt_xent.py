"""Exercise of lesson 07: find the partner among all the views of a batch."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import called_in_mixed_precision, loss_of
from course_utils.pretext import contrastive


def _embeddings(pictures: int, temperature: float) -> tuple[torch.Tensor, float]:
    """Two views each of a few pictures, partners a little alike, of very different lengths."""
    generator = runtime.generator(pictures)
    first, second = torch.randn(2, pictures, 5, generator=generator)
    lengths = 0.5 + 2 * torch.rand(2 * pictures, 1, generator=generator)
    return lengths * torch.cat([first, first + second]), temperature


def _observe(answer: Callable, case: tuple) -> Iterator[tuple[str, object]]:
    z, temperature = case
    loss = yield from loss_of(answer, z, temperature=temperature)
    with torch.no_grad():
        yield "of_longer", float(answer(3 * z, temperature))
        yield "of_swapped", float(answer(z.roll(len(z) // 2, 0), temperature))
        mixed = called_in_mixed_precision(answer, z, temperature)
        yield "bears_mixed_precision", bool((mixed - loss).abs() < 0.05 * loss.abs() + 2e-2)


def _right(n: int) -> torch.Tensor:
    return torch.arange(n).roll(n // 2)


def _cosines(z: torch.Tensor) -> torch.Tensor:
    z = F.normalize(z, dim=1)
    return z @ z.T


def _itself(z: torch.Tensor) -> torch.Tensor:
    return torch.eye(len(z), dtype=torch.bool)


def _of(similarity: Callable, targets: Callable = _right, **how) -> Callable:
    """Cross-entropy with other similarities, already masked, or other targets."""

    def twin(z, temperature):
        return F.cross_entropy(similarity(z) / temperature, targets(len(z)), **how)

    return twin


def _masked(similarity: Callable, fill: float = -torch.inf) -> Callable:
    return lambda z: similarity(z).masked_fill(_itself(z), fill)


_MASKED = _masked(_cosines)


def _parts(z: torch.Tensor, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits ``(2B, 2B)``, −∞ with itself, and those of the partners ``(2B,)``."""
    logits = _MASKED(z) / temperature
    return logits, logits[torch.arange(len(z)), _right(len(z))]


def _first_half(z, temperature):
    logits = _MASKED(z) / temperature
    n = len(z) // 2
    return F.cross_entropy(logits[:n], _right(2 * n)[:n])


def _across(z, temperature):
    """Strangers among the other views alone, both ways."""
    a, b = F.normalize(z, dim=1).chunk(2)
    logits, right = a @ b.T / temperature, torch.arange(len(a))
    return (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2


def _across_one_way(z, temperature):
    a, b = F.normalize(z, dim=1).chunk(2)
    return F.cross_entropy(a @ b.T / temperature, torch.arange(len(a)))


def _partner_left_out(z, temperature):
    """The denominator holds strangers alone."""
    logits, right = _parts(z, temperature)
    strangers = logits.masked_fill(F.one_hot(_right(len(z)), len(z)).bool(), -1e9)
    return (strangers.logsumexp(1) - right).mean()


def _shares(z, temperature):
    """The probability that is given to each partner."""
    logits, right = _parts(z, temperature)
    return (right - logits.logsumexp(1)).exp()


def _partner_twice(z, temperature):
    """The partner stands in front of the others and among them."""
    logits, right = _parts(z, temperature)
    return (torch.cat([right[:, None], logits], 1).logsumexp(1) - right).mean()


def _column_after_cut(z, temperature):
    """Without the diagonal, later columns have moved by one, but not the partner's number."""
    n = len(z)
    off = _cosines(z)[~_itself(z)].view(n, n - 1) / temperature
    return F.cross_entropy(off, (torch.arange(n) + n // 2) % (n - 1))


def _sum_detached(z, temperature):
    logits, right = _parts(z, temperature)
    return (logits.logsumexp(1).detach() - right).mean()


def _no_log(z, temperature):
    return -_shares(z, temperature).mean()


def _no_strangers(z, temperature):
    return -_parts(z, temperature)[1].mean() + 0 * z.sum()


def _no_exp(z, temperature):
    """The share of the similarities themselves, not of their exponentials."""
    logits = _masked(_cosines, 0.0)(z) / temperature
    right = logits[torch.arange(len(z)), _right(len(z))]
    return -(right / logits.sum(1)).abs().log().mean()


def _softmax_twice(z, temperature):
    shares = (_MASKED(z) / temperature).softmax(1)
    return F.cross_entropy(shares, _right(len(z)))


def _lengths_of_batch(z):
    z = F.normalize(z, dim=0)
    return z @ z.T


def _lengths_detached(z):
    z = z / z.norm(dim=1, keepdim=True).detach()
    return z @ z.T


MISTAKES = {
    "not_normalised": _of(_masked(lambda z: z @ z.T)),
    "normalised_over_batch": _of(_masked(_lengths_of_batch)),
    "distances": _of(_masked(lambda z: -torch.cdist(F.normalize(z, dim=1), F.normalize(z, dim=1)))),
    "itself_kept": _of(_cosines),
    "itself_as_zero": _of(_masked(_cosines, 0.0)),
    "itself_as_minus_one": _of(_masked(_cosines, -1.0)),
    "itself_is_right": _of(_cosines, torch.arange),
    "interleaved": _of(_MASKED, lambda n: torch.arange(n) ^ 1),
    "next_is_right": _of(_MASKED, lambda n: torch.arange(n).roll(-1)),
    "first_half": _first_half,
    "across": _across,
    "across_one_way": _across_one_way,
    "partner_left_out": _partner_left_out,
    "no_strangers": _no_strangers,
    "times_temperature": lambda z, t: contrastive.nt_xent(z, 1 / t),
    "no_temperature": lambda z, t: contrastive.nt_xent(z, 1.0),
    "always_half": lambda z, t: contrastive.nt_xent(z, 0.5),
    "temperature_squared": lambda z, t: contrastive.nt_xent(z, t**2),
    "temperature_after": lambda z, t: contrastive.nt_xent(z, 1.0) / t,
    "partner_twice": _partner_twice,
    "from_the_end": _of(_MASKED, lambda n: torch.arange(n).flip(0)),
    "column_after_cut": _column_after_cut,
    "log_of_mean": lambda z, t: -_shares(z, t).mean().log(),
    "small_number": lambda z, t: -(_shares(z, t) + 1e-6).log().mean(),
    "over_dimensions": lambda z, t: contrastive.nt_xent(z, t) * len(z) / z.shape[1],
    "sum_detached": _sum_detached,
    "others_detached": _of(
        _masked(lambda z: F.normalize(z, dim=1) @ F.normalize(z.detach(), dim=1).T)
    ),
    "lengths_detached": _of(_masked(_lengths_detached)),
    "no_log": _no_log,
    "no_exp": _no_exp,
    "softmax_twice": _softmax_twice,
    "summed": _of(_MASKED, reduction="sum"),
    "over_pairs": lambda z, t: 2 * contrastive.nt_xent(z, t),
    "not_reduced": _of(_MASKED, reduction="none"),
    "sign": lambda z, t: -contrastive.nt_xent(z, t),
    "detached": lambda z, t: contrastive.nt_xent(z.detach(), t),
    "new_tensor": lambda z, t: torch.tensor(contrastive.nt_xent(z, t).item(), requires_grad=True),
}

EXERCISE = Exercise(
    reference=contrastive.nt_xent,
    uses=(contrastive.similarities, contrastive.partners),
    observe=_observe,
    cases=(
        lambda: _embeddings(3, 0.5),
        lambda: _embeddings(4, 0.2),
        lambda: _embeddings(1, 0.5),
        lambda: _embeddings(5, 0.05),
    ),
    mistakes=MISTAKES,
)
