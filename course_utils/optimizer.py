"""The course's one optimiser, its learning rate, and one step with it."""

from collections.abc import Callable

import torch
from torch import nn

from course_utils import cuda, runtime

# The share of a run in which the learning rate rises.
WARMUP = 0.1
# float16 on older GPUs: losses are enlarged so that small gradients do not vanish, at first by so
# much that those of the first steps do not overflow.
FIRST_SCALE = 2.0**10

# What is minimised: a model and a batch to a scalar and a dict of scalar metrics.
Loss = Callable[..., tuple[torch.Tensor, dict[str, torch.Tensor]]]


def learning_rate(progress: float, *, peak: float) -> float:
    """Learning rate after the share ``progress`` ∈ [0, 1] of all examples: a ramp up, a ramp down.

    Rises linearly to ``peak`` during the first ``WARMUP`` share, then falls linearly to 0.
    """
    return peak * min(progress / WARMUP, (1 - progress) / (1 - WARMUP))


def sgd(model: nn.Module, weight_decay: float) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum; biases and batch-norm parameters are not decayed.

    On a GPU the learning rate is a tensor there and one kernel updates many parameters, so that a
    step can be captured.
    """
    decayed = [p for p in model.parameters() if p.ndim > 1]
    free = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    where = next(model.parameters()).device
    fused = where.type == "cuda"
    optimizer = torch.optim.SGD(groups, lr=0.0, momentum=0.9, nesterov=True, fused=fused)
    if fused:
        for group in optimizer.param_groups:
            group["lr"] = torch.zeros((), device=where)
        for p in (*decayed, *free):  # from 0: a first step that overflows then leaves no garbage
            optimizer.state[p]["momentum_buffer"] = torch.zeros_like(p)
    return optimizer


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all groups, without waiting where it is a tensor on a GPU."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def stepping(
    model: nn.Module,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    precision: torch.dtype,
    *,
    static: bool,
) -> cuda.Step:
    """One optimiser step as a function of a batch and what else ``loss`` takes; returns metrics.

    ``loss`` and ``static`` as in ``train.fit``. For float16 the loss is enlarged
    (``torch.amp.GradScaler``), for all others nothing is.
    """
    where = next(model.parameters()).device
    half = precision == torch.float16
    scaler = torch.amp.GradScaler(where.type, init_scale=FIRST_SCALE, enabled=half)

    def step(*batch: torch.Tensor, **more: float) -> dict[str, torch.Tensor]:
        with runtime.autocast(where, precision):
            value, metrics = loss(model, *batch, **more)
        optimizer.zero_grad()
        scaler.scale(value).backward()
        scaler.step(optimizer)
        scaler.update()
        return {"loss": value.detach(), **metrics}

    return cuda.Captured(step) if static and where.type == "cuda" and not half else step
