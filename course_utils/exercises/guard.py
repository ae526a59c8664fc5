"""Run a learner's function so that the rest of the lesson does not notice what else it does."""

import _thread
import contextlib
import ctypes
import io
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType

import matplotlib as mpl
import numpy as np
import torch

SECONDS = 20.0  # no exercise takes one; a slow machine may take several
# Presses the stop button, so to speak, as a trace function of frames: in C, for one in Python would
# be interrupted itself, and Python ends the tracing where a trace function raises.
_interrupt = ctypes.pythonapi.PyErr_SetInterrupt
_interrupt.argtypes, _interrupt.restype = [ctypes.py_object] * 3, None
KEPT = 10_000  # characters of what is printed; a loop that prints could fill the memory


class TooLong(Exception):
    """The function was stopped because it did not come to an end."""


@dataclass
class Noticed:
    """What a function did besides returning something."""

    printed: str = ""  # the first ``KEPT`` characters
    lines: int = 0  # how many were printed
    changed: list[str] = field(default_factory=list)  # names of global settings, now put back


def _refill(entries: list, was: list) -> None:
    entries[:] = was


def _own_environment() -> dict[str, str]:
    """The course's variables: libraries that are imported on the way set their own."""
    return {name: value for name, value in os.environ.items() if name.startswith("SSL_COURSE_")}


def _put_back_environment(was: dict[str, str]) -> None:
    for name in _own_environment():
        del os.environ[name]
    os.environ.update(was)


# What could change the numbers of later cells: how it is read, and how it is put back.
_GLOBAL = {
    "torch.random": (torch.get_rng_state, torch.set_rng_state),
    "numpy.random": (np.random.get_state, np.random.set_state),
    "random": (random.getstate, random.setstate),
    "torch.set_grad_enabled": (torch.is_grad_enabled, torch.set_grad_enabled),
    "torch.set_default_dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "torch.set_num_threads": (torch.get_num_threads, torch.set_num_threads),
    "torch.set_default_device": (torch.get_default_device, torch.set_default_device),
    "torch.use_deterministic_algorithms": (
        torch.are_deterministic_algorithms_enabled,
        torch.use_deterministic_algorithms,
    ),
    "numpy.seterr": (lambda: tuple(np.geterr().items()), lambda was: np.seterr(**dict(was))),
    "matplotlib.rcParams": (
        lambda: dict.copy(mpl.rcParams),
        lambda was: dict.update(mpl.rcParams, was),
    ),
    "os.environ": (_own_environment, _put_back_environment),
    "os.chdir": (os.getcwd, os.chdir),
    "sys.path": (lambda: list(sys.path), lambda was: _refill(sys.path, was)),
}


class _FirstPart(io.TextIOBase):
    """Keeps the first ``KEPT`` characters that are written, and counts the lines of all."""

    def __init__(self):
        self.text, self.lines, self.open = "", 0, False

    def write(self, text: str) -> int:
        self.text += text[: KEPT - len(self.text)]
        self.lines += text.count("\n")
        self.open = not text.endswith("\n") if text else self.open
        return len(text)


def _same(a: object, b: object) -> bool:
    if isinstance(a, dict | list):
        return a == b
    if isinstance(a, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return bool(np.array_equal(a, b))


@contextlib.contextmanager
def guarded(seconds: float = SECONDS) -> Iterator[Noticed]:
    """Keep prints, put global settings back, and end what does not end; yields what was noticed.

    What is noticed is complete when the block is left. Raises ``TooLong`` after ``seconds`` if
    called from the main thread, where a notebook's cells run, also through code that catches every
    exception. Only Python code can be stopped: one operation that takes for ever is waited for.
    No signal of the system is needed, only Python's own; tried on Linux. Not put back: what is
    changed inside modules and objects, and files.
    """
    noticed, out = Noticed(), _FirstPart()
    before = {name: read() for name, (read, _) in _GLOBAL.items()}
    try:
        with contextlib.redirect_stdout(out), _alarm(seconds):
            yield noticed
    finally:
        noticed.printed, noticed.lines = out.text, out.lines + out.open
        for name, (read, put_back) in _GLOBAL.items():
            if not _same(before[name], read()):
                noticed.changed.append(name)
                put_back(before[name])


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise ``TooLong`` in the block when the time is up, ``KeyboardInterrupt`` on the stop button.

    Again and again, until the block is left: an exception that is raised once stops no loop with
    ``except: pass`` in it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    rang = False
    before, tracing, outside = signal.getsignal(signal.SIGINT), sys.gettrace(), _caller()
    inside: set[FrameType] = (
        set()
    )  # what ran in the block when it was to end, and is run from there

    def ring():
        nonlocal rang
        rang = True
        _thread.interrupt_main()  # as if the stop button were pressed

    def trace(frame: FrameType, *_) -> Callable | None:
        """Every line of what is called from the block calls for ``stop`` as well."""
        if frame.f_code.co_filename == __file__ or frame.f_back not in inside:
            return None
        inside.add(frame)
        return _interrupt

    def stop(_, frame: FrameType | None) -> None:
        running = list(_up_to(frame, outside))
        if not inside:
            inside.update(running)
            for part in running:
                part.f_trace = _interrupt
            sys.settrace(trace)
        own = frame is not None and frame.f_code.co_filename == __file__
        if inside.intersection(running) and not own:  # else the block has just been left
            raise TooLong if rang else KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        sys.settrace(tracing)
        timer.cancel()
        timer.join()
        time.sleep(0.001 if rang else 0)  # what was sent is heard, and means nothing any more
        signal.signal(signal.SIGINT, before)


def _caller() -> FrameType:
    """The frame whose ``with`` block is guarded."""
    frame = sys._getframe()
    while frame.f_code.co_filename in (__file__, contextlib.__file__):
        frame = frame.f_back
    return frame


def _up_to(frame: FrameType | None, outside: FrameType) -> Iterator[FrameType]:
    """A frame and those that it was called from, without ``outside``; nothing if that is none."""
    frames = []
    while frame is not None and frame is not outside:
        frames.append(frame)
        frame = frame.f_back
    return iter(frames if frame is outside else ())
