"""Exercise of lesson 01: the loop that trains a network, in ten lines."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import RETURNED, called

STEPS = 6


def training_loop(model, optimizer, batches, loss, rate, steps):
    """Train a model, one batch a step; return the losses, one a step.

    ``batches`` yields inputs ``(B, …)`` and targets ``(B,)``; ``loss(outputs, targets)`` is a
    scalar; ``rate(progress)`` the learning rate at a share of the run in [0, 1].
    """
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        value = loss(model(inputs), targets)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        losses.append(value.detach())
    return losses


@dataclass
class _Task:
    """A small classification, and what a loop did with it."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    batches: list[tuple[torch.Tensor, torch.Tensor]]
    taken: int = 0

    def stream(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The batches, over and over, counted."""
        for batch in itertools.cycle(self.batches):
            self.taken += 1
            yield batch


def _task() -> _Task:
    """Points of three classes, a network with batch normalization, SGD with momentum."""
    generator = runtime.generator(0)
    batches = []
    for _ in range(STEPS + 2):
        targets = torch.arange(12) % 3
        inputs = F.one_hot(targets, 4).float() + torch.randn(12, 4, generator=generator)
        batches.append((inputs, targets))
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))
        for weight in model.parameters():
            weight.copy_(0.5 * torch.randn(weight.shape, generator=generator))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0, momentum=0.9, weight_decay=0.01)
    return _Task(model.eval(), optimizer, batches)


def rising(progress: float) -> float:
    """A learning rate that another progress would change."""
    return 0.2 + 0.3 * progress


def _observe(answer: Callable, task: _Task) -> Iterator[tuple[str, object]]:
    rates, events, asked = [], [], []

    def stepped(optimizer, *_):  # after the step: a closure given to it computes gradients first
        rates.append(optimizer.param_groups[0]["lr"])
        events.append("step")

    def loss(outputs, targets):
        asked.append(outputs.is_floating_point())
        return F.cross_entropy(outputs, targets)

    task.optimizer.register_step_post_hook(stepped)
    task.model[3].weight.register_hook(lambda gradient: events.append("backward"))
    given = task.model, task.optimizer, task.stream(), loss, rising, STEPS
    try:
        losses = called(answer, *given)
    except RuntimeError as error:  # PyTorch's own words do not say what to do
        if "inplace operation" not in str(error) and all(asked):
            raise
        yield "moved_too_early" if all(asked) else "targets_first", True
        return
    yield from (("moved_too_early", False), ("targets_first", False))
    flat = isinstance(losses, torch.Tensor) and losses.ndim == 0
    several = isinstance(losses, list | tuple | torch.Tensor) and not flat
    yield "losses_kind", "list" if several else "number" if flat else type(losses).__name__
    yield RETURNED, True
    yield "length", len(losses)
    yield "steps_taken", len(rates)
    yield "batches_taken", task.taken
    yield "backward_first", events[:1] == ["backward"]
    yield "backwards", events.count("backward")
    yield "rates", torch.tensor(rates)
    yield "holds_graph", any(getattr(value, "requires_grad", False) for value in losses)
    yield "in_training", task.model.training
    values = [value.item() if isinstance(value, torch.Tensor) else float(value) for value in losses]
    yield "values", torch.tensor(values)
    yield from (("first_layer", task.model[0].weight), ("last_layer", task.model[3].weight))
    yield "statistics", task.model[1].running_mean
    yield "told_last", values[-1]


def _loop(
    deeds: str = "rfzbs", *, train=True, once=False, at_the_end=False, kept=torch.Tensor.detach
) -> Callable:
    """A loop that does in every step the letters say: rate, forward, zero, backward, step, eval."""

    def wrong(model, optimizer, batches, loss, rate, steps):
        losses = []
        if train:
            model.train()
        batch = next(batches) if once else None
        for step in range(steps):
            inputs, targets = batch or next(batches)
            for deed in deeds:
                if deed == "r":
                    for group in optimizer.param_groups:
                        group["lr"] = rate((step + 0.5) / steps)
                elif deed == "f":
                    value = loss(model(inputs), targets)
                elif deed == "z":
                    optimizer.zero_grad()
                elif deed == "b":
                    value.backward()
                elif deed == "s":
                    optimizer.step()
                else:
                    model.eval()
            losses.append(kept(value))
        if at_the_end:
            optimizer.step()
        return losses

    return wrong


def _with(**changed: Callable) -> Callable:
    """The loop with another optimizer, batches, loss or rate, made of what is given."""

    def wrong(model, optimizer, batches, loss, rate, steps):
        given = {"optimizer": optimizer, "batches": batches, "loss": loss, "rate": rate}
        given |= {name: make(given[name]) for name, make in changed.items()}
        return training_loop(model, **given, steps=steps)

    return wrong


def _running_mean(*given):
    losses = torch.stack(training_loop(*given))
    return list(losses.cumsum(0) / torch.arange(1, STEPS + 1))


MISTAKES = {
    "never_zeroed": _loop("rfbs"),
    "zeroed_before_step": _loop("rfbzs"),
    "no_step": _loop("rfzb"),
    "no_backward": _loop("rfzs"),
    "moved_too_early": _loop("rfszb"),
    "nothing_to_move_by": _loop("rfzsb"),
    "lagging": _loop("rszfb"),
    "two_steps": _loop("rfzbss"),
    "no_rate": _loop("fzbs"),
    "rate_too_late": _loop("fzbsr"),
    "evaluating": _loop(train=False),
    "one_batch": _loop(once=True),
    "evaluating_later": _loop("rfzbse"),
    "two_batches": _with(batches=lambda b: ((next(b)[0], next(b)[1]) for _ in range(STEPS))),
    "every_other": _with(batches=lambda b: ((next(b), next(b))[1] for _ in range(STEPS))),
    "running_mean": _running_mean,
    "holds_graph": _loop(kept=lambda value: value),
    "loss_after_step": _loop("rfzbsf"),
    "step_outside": _loop("rfzb", at_the_end=True),
    "fewer": lambda *a: training_loop(*a[:-1], a[-1] - 1),
    "returned_inside": lambda *a: training_loop(*a[:-1], 1),
    "one_number": lambda *a: training_loop(*a)[-1],
    "another_optimizer": _with(
        optimizer=lambda o: torch.optim.SGD(o.param_groups[0]["params"], lr=0.1)
    ),
    "rate_of_step": _with(rate=lambda rate: lambda progress: rate(progress * STEPS - 0.5)),
    "probabilities": _with(loss=lambda loss: lambda z, y: loss(z.softmax(1), y)),
    "targets_first": _with(loss=lambda loss: lambda z, y: loss(y, z)),
}

EXERCISE = Exercise(reference=training_loop, observe=_observe, cases=(_task,), mistakes=MISTAKES)
