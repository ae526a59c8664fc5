"""Exercise of lesson 03: the loss of a network that guesses how a picture was turned."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import loss_of
from course_utils.pretext import rotation


def _guesses() -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of twelve pictures and their turns, some turns more often than others."""
    generator = runtime.generator(0)
    logits = 2 * torch.randn(12, 4, generator=generator)
    return logits, torch.tensor([0, 3, 1, 0, 2, 0, 1, 0, 3, 0, 2, 1])


def _observe(answer: Callable, case: tuple) -> Iterator[tuple[str, object]]:
    logits, labels = case
    yield from loss_of(answer, logits, labels=labels)
    with torch.no_grad():
        sure = 30 * F.one_hot(labels, 4).float()
        free, costly = (float(answer(sure, turns)) for turns in (labels, (labels + 1) % 4))
        yield "sure_and_right_is_free", free < 1e-3
        yield "sure_and_wrong_is_costly", costly > 20
        yield "told_sure_and_right", free
        yield "told_sure_and_wrong", costly
        yield "of_shifted", float(answer(logits + 5, labels))
        yield "of_twice_as_many", float(answer(logits.repeat(2, 1), labels.repeat(2)))


def _chosen(x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The column of the label in every row of ``(B, 4)``."""
    return x.gather(1, labels[:, None])[:, 0]


def _leaves_out_zeros(z, y):
    costs = -_chosen(z.log_softmax(1), y)
    return costs[costs != 0].mean()


MISTAKES = {
    "constant_normalizer": lambda z, y: (z.logsumexp(1).detach() - _chosen(z, y)).mean(),
    "clamped": lambda z, y: -_chosen(z.softmax(1).clamp(min=1e-4), y).log().mean(),
    "leaves_out_zeros": _leaves_out_zeros,
    "sign": lambda z, y: -F.cross_entropy(z, y),
    "summed": lambda z, y: F.cross_entropy(z, y, reduction="sum"),
    "not_reduced": lambda z, y: F.cross_entropy(z, y, reduction="none"),
    "softmax_twice": lambda z, y: F.cross_entropy(z.softmax(1), y),
    "no_log": lambda z, y: -_chosen(z.softmax(1), y).mean(),
    "one_minus": lambda z, y: (1 - _chosen(z.softmax(1), y)).mean(),
    "over_batch": lambda z, y: -_chosen(z.log_softmax(0), y).mean(),
    "no_softmax": lambda z, y: -_chosen(z, y).mean(),
    "all_angles": lambda z, y: -z.log_softmax(1).mean(),
    "log_of_mean": lambda z, y: -_chosen(z.softmax(1), y).mean().log(),
    "squared": lambda z, y: (z.softmax(1) - F.one_hot(y, 4)).square().mean(),
    "wrong_share": lambda z, y: (z.argmax(1) != y).float().mean(),
    "over_entries": lambda z, y: -(z.log_softmax(1) * F.one_hot(y, 4)).mean(),
    "every_label": lambda z, y: -z.log_softmax(1)[:, y].mean(),
    "sigmoids": lambda z, y: F.binary_cross_entropy_with_logits(z, F.one_hot(y, 4).float()),
    "new_tensor": lambda z, y: torch.tensor(F.cross_entropy(z, y).item(), requires_grad=True),
    "detached": lambda z, y: F.cross_entropy(z.detach(), y),
}

EXERCISE = Exercise(
    reference=rotation.rotation_loss, observe=_observe, cases=(_guesses,), mistakes=MISTAKES
)
