"""Run a learner's function so that the rest of the lesson does not notice what else it does."""

import _thread
import contextlib
import io
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

SECONDS = 20.0  # no exercise takes one; a slow machine may take several


class TooLong(Exception):
    """The function was stopped because it did not come to an end."""


@dataclass
class Noticed:
    """What a function did besides returning something."""

    printed: str = ""
    changed: list[str] = field(default_factory=list)  # names of global settings, now put back


# What could change the numbers of later cells: how it is read, and how it is put back.
_GLOBAL = {
    "torch.random": (torch.get_rng_state, torch.set_rng_state),
    "numpy.random": (np.random.get_state, np.random.set_state),
    "random": (random.getstate, random.setstate),
    "torch.set_grad_enabled": (torch.is_grad_enabled, torch.set_grad_enabled),
    "torch.set_default_dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "torch.set_num_threads": (torch.get_num_threads, torch.set_num_threads),
}


def _same(a: object, b: object) -> bool:
    if isinstance(a, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return bool(np.array_equal(a, b))


@contextlib.contextmanager
def guarded(seconds: float = SECONDS) -> Iterator[Noticed]:
    """Keep prints, put global settings back, and end what does not end; yields what was noticed.

    What is noticed is complete when the block is left. Raises ``TooLong`` after ``seconds`` if
    called from the main thread, where a notebook's cells run. Only Python code can be stopped: one
    operation that takes for ever is waited for. Works wherever Python does, since no signal of the
    system is needed.
    """
    noticed, out = Noticed(), io.StringIO()
    before = {name: read() for name, (read, _) in _GLOBAL.items()}
    try:
        with contextlib.redirect_stdout(out), _alarm(seconds):
            yield noticed
    finally:
        noticed.printed = out.getvalue()
        for name, (read, put_back) in _GLOBAL.items():
            if not _same(before[name], read()):
                noticed.changed.append(name)
                put_back(before[name])


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise ``TooLong`` in the block when the time is up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Where the interrupt is ignored (a process that a shell started in the background) nothing
    # would be heard.
    handler = signal.getsignal(signal.SIGINT)
    deaf = handler in (signal.SIG_IGN, signal.SIG_DFL)
    if deaf:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    lock, over, rang = threading.Lock(), False, False

    def ring():
        nonlocal rang
        with lock:
            if not over:
                rang = True
                _thread.interrupt_main()  # a KeyboardInterrupt, as if the stop button were pressed

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if rang:
            raise TooLong from None
        raise
    finally:
        with lock:
            over = True
        timer.cancel()
        if rang:  # it may have rung in the last moment: the interrupt must not hit what comes next
            with contextlib.suppress(KeyboardInterrupt):
                time.sleep(0.05)
        if deaf:
            signal.signal(signal.SIGINT, handler)
