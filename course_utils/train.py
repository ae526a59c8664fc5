"""One trainer for every lesson. It knows examples, steps and a loss, and nothing of the method."""

import inspect
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import nn
from tqdm.auto import tqdm

from course_utils import runtime, threads
from course_utils.lang import both, say
from course_utils.optimizer import Loss, learning_rate, set_rate, sgd, stepping

# A step of the history is the mean over this many optimiser steps.
EVERY = 10


class TrainingDiverged(ArithmeticError):
    """The loss became NaN or infinite; the message says what to try."""


@dataclass
class History:
    """What happened in a run, one entry per ``EVERY`` steps.

    ``examples``: how many were seen by then. ``metrics``: name to values, ``loss`` among them.
    ``interrupted``: the run was stopped by hand. ``precision`` and ``threads``: how it was
    computed; the same seed, machine, precision and threads give an equal history, however busy the
    machine is. ``seconds`` does not take part in comparisons.
    """

    examples: list[int] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = False
    precision: str = "float32"
    threads: int = 1
    seconds: float = field(default=0.0, compare=False)

    def last(self, name: str, share: float = 0.1) -> float:
        """Mean of a metric over the last ``share`` of the run: one step alone is noisy."""
        values = self.metrics[name]
        tail = values[-max(1, round(share * len(values))) :]
        return sum(tail) / len(tail)


class Keeper(Protocol):
    """What keeps a long run: asked by ``fit`` of the context that sets ``KEEPER``."""

    precision: torch.dtype | None

    def take_up(self, model: nn.Module, optimizer: torch.optim.Optimizer, history: History) -> None:
        """Before the first step: fill all three, in place, with what was kept, if anything was."""

    def keep(self, model: nn.Module, optimizer: torch.optim.Optimizer, history: History) -> None:
        """After a step whose metrics have been read: keep all three, if it is time."""


KEEPER: ContextVar[Keeper | None] = ContextVar("KEEPER", default=None)


def fit(
    model: nn.Module,
    batches: Iterable[tuple[torch.Tensor, ...]],
    loss: Loss,
    *,
    examples: int,
    lr: float = 0.15,
    weight_decay: float = 2e-3,
    precision: torch.dtype | None = None,
    draw: Callable[["History"], object] | None = None,
    static: bool = False,
) -> History:
    """Train ``model`` in place until ``examples`` examples have been seen; return the history.

    ``batches`` yields tuples whose first tensor holds the inputs, ``(B, …)``, already on the
    model's device; ``loss(model, *batch)`` gives a scalar and a dict of scalar metrics. A loss
    with a parameter ``progress`` is handed the share of the run that is done, in [0, 1).
    ``examples`` counts inputs; it is multiplied by ``SSL_COURSE_EFFORT``, here and nowhere else
    (tracking's stream asks for it, too, to know the share of the run), and met by the first batch
    that reaches it; with 0 nothing is trained. ``lr`` is the peak of
    ``learning_rate``'s schedule over examples, never seconds. ``precision`` defaults to the
    fastest one here. ``draw(history)``, if given, is shown as a live figure in a notebook.
    ``static`` says that ``loss`` does the same with every batch, whatever is in it: a GPU may then
    replay a step (``cuda.Captured``). On a CPU it changes nothing.

    No step waits for the device: metrics are read every ``EVERY`` steps. A ``KEEPER`` keeps the
    run. Stopping the cell (KeyboardInterrupt) ends it early, with ``history.interrupted`` set.
    Raises ``TrainingDiverged`` when the loss is not finite, and ``ValueError`` when ``batches``
    runs out before ``examples`` is reached.
    """
    used, keeper = threads.settle(), KEEPER.get()
    precision = precision or (keeper and keeper.precision) or _fastest(model)
    history = History(precision=str(precision).removeprefix("torch."), threads=used)
    log = _Log(history, math.ceil(examples * runtime.effort()), lr, draw)
    wants_progress = "progress" in inspect.signature(loss).parameters
    optimizer = sgd(model, weight_decay)
    step = stepping(model, loss, optimizer, precision, static=static)
    stream = iter(batches)
    if keeper is not None:
        keeper.take_up(model, optimizer, history)
        log.skip(stream)
    start = time.perf_counter() - history.seconds
    model.train()
    with log.bar() as bar:
        try:
            while log.seen < log.goal:
                batch = _next(stream, log)
                n = len(batch[0])
                # The rate in the middle of the step: the first is not wasted on a rate of 0.
                set_rate(optimizer, learning_rate(log.share(n / 2), peak=lr))
                more = {"progress": log.share(0)} if wants_progress else {}
                log.step(n, step(*batch, **more), bar)
                history.seconds = time.perf_counter() - start
                if keeper is not None and not log.recent:
                    keeper.keep(model, optimizer, history)
        except KeyboardInterrupt:
            log.stopped()
    log.close()
    return history


def _fastest(model: nn.Module) -> torch.dtype:
    return runtime.fastest_precision(next(model.parameters()).device)


def _next(stream: Iterator[tuple[torch.Tensor, ...]], log: "_Log") -> tuple[torch.Tensor, ...]:
    """The next batch; raises ``ValueError`` if there is none."""
    batch = next(stream, None)
    if batch is None:
        raise _ran_out(log.seen, log.goal)
    return batch


def _ran_out(seen: int, goal: int) -> ValueError:
    return ValueError(
        both(
            ko=f"배치가 예제 {seen:,}개에서 끝났습니다. {goal:,}개가 필요하니 끝없이 반복하는 배치를 "
            "넘겨 주세요.",
            en=f"The batches ended after {seen:,} examples; {goal:,} are needed. "
            "Pass batches that repeat without end.",
        )
    )


class _Log:
    """Collects a run's metrics on the device, reads them every ``EVERY`` steps, shows them."""

    def __init__(self, history: History, goal: int, lr: float, draw):
        self.history, self.goal, self.lr = history, goal, lr
        self.recent: list[dict[str, torch.Tensor]] = []
        self.seen = 0
        live = draw is not None and runtime.in_notebook()
        self.figure = _LiveFigure(draw) if live else None

    def bar(self) -> tqdm:
        """A bar of progress for the run, on from what was seen."""
        how = {"unit": " examples", "unit_scale": True, "leave": False, "mininterval": 0.5}
        return tqdm(total=self.goal, initial=self.seen, **how)

    def share(self, more: float) -> float:
        """The share of the run, in [0, 1], that is done when ``more`` examples have been seen."""
        return min(1.0, (self.seen + more) / self.goal)

    def skip(self, stream: Iterator[tuple[torch.Tensor, ...]]) -> None:
        """Draw the batches that a history taken up has seen, so that the next ones are its own."""
        while self.history.examples and self.seen < self.history.examples[-1]:
            self.seen += len(_next(stream, self)[0])

    def step(self, n: int, metrics: dict, bar: tqdm) -> None:
        """Note the metrics of a step with ``n`` examples."""
        bar.update(min(n, self.goal - self.seen))
        self.seen += n
        self.recent.append(metrics)
        if len(self.recent) == EVERY or self.seen >= self.goal:
            self.read()
            bar.set_postfix({k: f"{v[-1]:.3f}" for k, v in self.history.metrics.items()})
            if self.figure is not None:
                self.figure.update(self.history)

    def read(self) -> None:
        """Move what was collected into the history; stop the run if the loss is not finite."""
        values = {
            name: torch.stack(
                [torch.as_tensor(step[name]).detach().float() for step in self.recent]
            ).tolist()  # the one place where a GPU is waited for
            for name in self.recent[0]
        }
        self.recent = []
        wrong = [v for v in values["loss"] if not math.isfinite(v)]
        if wrong:
            raise _diverged(wrong[0], self.seen, self.lr)
        self.history.examples.append(self.seen)
        for name, steps in values.items():
            self.history.metrics.setdefault(name, []).append(sum(steps) / len(steps))

    def stopped(self) -> None:
        """The run was stopped by hand: keep what there is, and say so."""
        self.history.interrupted = True
        if self.recent:
            self.read()
        say(
            ko=f"중지했습니다. 예제 {self.seen:,}개까지 배운 모델로 계속할 수 있습니다.",
            en=f"Stopped by hand. You can go on with what {self.seen:,} examples taught the model.",
        )

    def close(self) -> None:
        """Show the last state of the live figure."""
        if self.figure is not None:
            self.figure.update(self.history, last=True)


def _diverged(value: float, seen: int, lr: float) -> TrainingDiverged:
    return TrainingDiverged(
        both(
            ko=f"예제 {seen:,}개쯤에서 손실 값에 문제가 생겨 멈췄습니다({value}). 학습률(lr={lr})을 "
            "10분의 1로 줄이세요. 손실 함수에서 0의 로그를 구하거나 0으로 나누는 곳이 없는지도 "
            "확인하세요.",
            en=f"Stopped: the loss became {value} at about {seen:,} examples. Try a tenth of the "
            f"learning rate lr={lr}, and look for a log of 0 or a division by 0 in the loss.",
        )
    )


class _LiveFigure:
    """Redraws ``draw(history)`` in place, at most every third second and when the run is over."""

    def __init__(self, draw: Callable[[History], object]):
        self.draw, self.shown, self.next = draw, None, time.perf_counter() + 3.0

    def update(self, history: History, *, last: bool = False) -> None:
        from IPython.display import display

        if not history.examples or (not last and time.perf_counter() < self.next):
            return
        figure = self.draw(history)
        if self.shown is None:
            self.shown = display(figure, display_id=True)
        else:
            self.shown.update(figure)
        self.next = time.perf_counter() + 3.0


def summary(history: History) -> None:
    """Say a run in one line: examples, seconds, speed and the last metrics."""
    seen = history.examples[-1] if history.examples else 0
    speed = seen / max(history.seconds, 1e-9)
    ends = ", ".join(f"{name} {history.last(name):.3f}" for name in history.metrics) or "—"
    say(
        ko=f"예제 {seen:,}개, {history.seconds:.0f}초(초당 {speed:,.0f}개), "
        f"마지막 10% 평균: {ends}",
        en=f"{seen:,} examples in {history.seconds:.0f} s ({speed:,.0f} a second); "
        f"means of the last 10 %: {ends}",
    )
