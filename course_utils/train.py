"""One trainer for every lesson. It knows pictures, steps and a loss, and nothing of the method."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import torch
from torch import nn
from tqdm.auto import tqdm

from course_utils import runtime
from course_utils.lang import both, say

# A step of the history is the mean over this many optimiser steps.
EVERY = 10
# The share of a run in which the learning rate rises.
WARMUP = 0.1


class TrainingDiverged(ArithmeticError):
    """The loss became NaN or infinite; the message says what to try."""


@dataclass
class History:
    """What happened in a run, one entry per ``EVERY`` steps.

    ``pictures``: how many were seen by then. ``metrics``: name to values, ``loss`` among them.
    ``interrupted``: the run was stopped by hand. ``seconds`` does not take part in comparisons:
    the same seed gives an equal history on the same machine, however busy that machine is.
    """

    pictures: list[int] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = False
    seconds: float = field(default=0.0, compare=False)

    def last(self, name: str, share: float = 0.1) -> float:
        """Mean of a metric over the last ``share`` of the run: one step alone is noisy."""
        values = self.metrics[name]
        tail = values[-max(1, round(share * len(values))) :]
        return sum(tail) / len(tail)


def learning_rate(seen: float, *, peak: float) -> float:
    """Learning rate after the share ``seen`` ∈ [0, 1] of all pictures: a ramp up, a ramp down.

    Rises linearly to ``peak`` during the first ``WARMUP`` share, then falls linearly to 0.
    """
    return peak * min(seen / WARMUP, (1 - seen) / (1 - WARMUP))


def _optimizer(model: nn.Module, weight_decay: float) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum; biases and batch-norm parameters are not decayed."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    free = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    return torch.optim.SGD(groups, lr=0.0, momentum=0.9, nesterov=True)


def fit(
    model: nn.Module,
    batches: Iterable[tuple[torch.Tensor, ...]],
    loss_fn: Callable[..., tuple[torch.Tensor, dict[str, torch.Tensor]]],
    *,
    pictures: int,
    lr: float = 0.15,
    weight_decay: float = 2e-3,
    precision: torch.dtype | None = None,
    draw: Callable[["History"], object] | None = None,
) -> History:
    """Train ``model`` in place until ``pictures`` pictures have been seen; return the history.

    ``batches`` yields tuples whose first tensor holds the inputs, ``(B, …)``, already on the
    model's device; ``loss_fn(model, *batch)`` gives a scalar loss and a dict of scalar metrics.
    ``pictures`` counts inputs, is multiplied by ``SSL_COURSE_EFFORT`` and is met by the first batch
    that reaches it. ``lr`` is the peak of ``learning_rate``'s schedule over pictures, never seconds.
    ``precision`` defaults to the fastest one here. ``draw(history)``, if given, is shown as a live
    figure in a notebook.

    Stopping the cell (KeyboardInterrupt) ends the run early and returns what was learned so far,
    with ``history.interrupted`` set. Raises ``TrainingDiverged`` when the loss is not finite, and
    ``ValueError`` when ``batches`` runs out before ``pictures`` is reached.
    """
    where = next(model.parameters()).device
    if precision is None:
        precision = runtime.fastest_precision(where)
    goal = max(1, round(pictures * runtime.effort()))
    optimizer = _optimizer(model, weight_decay)
    history, recent, seen = History(), [], 0
    figure = _LiveFigure(draw) if draw is not None and runtime.in_notebook() else None
    start = time.perf_counter()
    stream = iter(batches)
    model.train()
    with tqdm(total=goal, unit=" pictures", unit_scale=True, leave=False, mininterval=0.5) as bar:
        try:
            while seen < goal:
                batch = next(stream, None)
                if batch is None:
                    raise ValueError(
                        both(
                            ko=f"배치가 이미지 {seen:,}장에서 끝났습니다. {goal:,}장이 필요하니 "
                            "끝없이 반복하는 배치를 넘겨 주세요.",
                            en=f"The batches ended after {seen:,} pictures; {goal:,} are needed. "
                            "Pass batches that repeat without end.",
                        )
                    )
                n = len(batch[0])
                # The rate in the middle of the step: the first step is not wasted on a rate of 0.
                rate = learning_rate(min(1.0, (seen + n / 2) / goal), peak=lr)
                for group in optimizer.param_groups:
                    group["lr"] = rate
                with runtime.autocast(where, precision):
                    loss, metrics = loss_fn(model, *batch)
                value = loss.item()
                if not math.isfinite(value):
                    raise TrainingDiverged(
                        both(
                            ko=f"이미지 {seen:,}장을 본 뒤 손실 값에 문제가 생겨 멈췄습니다({value}). "
                            f"학습률(lr={lr})을 10분의 1로 줄이세요. 손실 함수에서 0의 로그를 구하거나 "
                            "0으로 나누는 곳이 없는지도 확인하세요.",
                            en=f"Stopped: the loss became {value} after {seen:,} pictures. Try a "
                            f"tenth of the learning rate lr={lr}, and look for a log of 0 or a "
                            "division by 0 in the loss.",
                        )
                    )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                seen += n
                recent.append({"loss": value} | {k: float(v) for k, v in metrics.items()})
                bar.update(min(n, goal - bar.n))
                if len(recent) == EVERY or seen >= goal:
                    _record(history, recent, seen)
                    recent = []
                    bar.set_postfix({k: f"{v[-1]:.3f}" for k, v in history.metrics.items()})
                    if figure is not None:
                        figure.update(history)
        except KeyboardInterrupt:
            history.interrupted = True
            if recent:
                _record(history, recent, seen)
            say(
                ko=f"중지했습니다. 이미지 {seen:,}장까지 배운 모델로 계속할 수 있습니다.",
                en=f"Stopped by hand. You can go on with what {seen:,} pictures taught the model.",
            )
    history.seconds = time.perf_counter() - start
    if figure is not None:
        figure.update(history, last=True)
    return history


def _record(history: History, recent: list[dict[str, float]], seen: int) -> None:
    history.pictures.append(seen)
    for name in recent[0]:
        mean = sum(step[name] for step in recent) / len(recent)
        history.metrics.setdefault(name, []).append(mean)


class _LiveFigure:
    """Redraws ``draw(history)`` in place, at most every third second and when the run is over."""

    def __init__(self, draw: Callable[[History], object]):
        self.draw, self.shown, self.next = draw, None, time.perf_counter() + 3.0

    def update(self, history: History, *, last: bool = False) -> None:
        from IPython.display import display

        if not history.pictures or (not last and time.perf_counter() < self.next):
            return
        figure = self.draw(history)
        if self.shown is None:
            self.shown = display(figure, display_id=True)
        else:
            self.shown.update(figure)
        self.next = time.perf_counter() + 3.0


def summary(history: History) -> None:
    """Say a run in one line: pictures, seconds, speed and the last metrics."""
    seen = history.pictures[-1] if history.pictures else 0
    speed = seen / max(history.seconds, 1e-9)
    ends = ", ".join(f"{name} {history.last(name):.3f}" for name in history.metrics) or "—"
    say(
        ko=f"이미지 {seen:,}장, {history.seconds:.0f}초(초당 {speed:,.0f}장), 마지막 10% 평균: {ends}",
        en=f"{seen:,} pictures in {history.seconds:.0f} s ({speed:,.0f} a second); "
        f"means of the last 10 %: {ends}",
    )
