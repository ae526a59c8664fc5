"""How this machine computes, settled once before anything is trained: with how many threads, and
with memory that is kept.

More threads are not always faster. In a container the processors that are seen are not those that
may be used, and beside other work the threads wait for each other: on two processors with one of
them busy, two threads took 3.4 times as long as on a quiet machine and one thread 1.9 times.
"""

import contextlib
import ctypes
import functools
import math
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from course_utils.lang import both

CGROUP = Path("/sys/fs/cgroup")
# One thread is chosen only where it is clearly faster: a near tie must not change the arithmetic.
CLEARLY = 0.9
# Options of glibc's malloc.h and their values in bytes: tensors up to 128 MiB lie in the heap, and
# its end goes back to the system only where more than 1 GiB of it is free.
_KEPT = {-3: 2**27, -1: 2**30}  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD


@dataclass(frozen=True)
class Choice:
    """A number of threads and, in both languages, why it was chosen."""

    threads: int
    ko: str
    en: str


def usable() -> int:
    """Processors that this process may use, by its affinity and its cgroup's quota (v1 or v2)."""
    affine = hasattr(os, "sched_getaffinity")  # not on macOS and Windows
    seen = len(os.sched_getaffinity(0)) if affine else os.cpu_count() or 1
    quota = _quota(CGROUP)
    return seen if quota is None else max(1, min(seen, math.floor(quota)))


def _quota(root: Path) -> float | None:
    """Processors' worth of time that a cgroup grants, None without a limit."""
    try:
        if (root / "cpu.max").is_file():  # v2: "200000 100000" or "max 100000"
            granted, period = (root / "cpu.max").read_text().split()
        else:  # v1
            granted, period = (
                (root / "cpu" / name).read_text()
                for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            )
        return None if granted == "max" or int(granted) <= 0 else int(granted) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # no cgroups here, or nonsense in them
        return None


def _step_seconds(counts: tuple[int, ...]) -> list[float]:
    """Median wall time of a training step of a convolution with each number of threads.

    The numbers take turns, so that what else the machine does meets all of them.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        images = torch.randn(256, 64, 16, 16).to(memory_format=torch.channels_last)
        conv = nn.Conv2d(64, 64, 3, padding=1).to(memory_format=torch.channels_last)
    before = torch.get_num_threads()
    seconds = [[] for _ in counts]
    try:
        with torch.enable_grad():
            for round_ in range(10):
                for i, count in enumerate(counts):
                    torch.set_num_threads(count)
                    start = time.perf_counter()
                    conv(images).sum().backward()
                    if round_:  # the first warms up
                        seconds[i].append(time.perf_counter() - start)
    finally:
        torch.set_num_threads(before)
    return [sorted(times)[len(times) // 2] for times in seconds]


def _asked() -> int | None:
    """The number in ``SSL_COURSE_THREADS``; raises ``ValueError`` unless it is a whole one above
    0.
    """
    text = os.environ.get("SSL_COURSE_THREADS")
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(
            both(
                ko=f"SSL_COURSE_THREADS는 1 이상의 정수여야 하는데 지금은 {text!r}입니다.",
                en=f"SSL_COURSE_THREADS={text!r} is not a whole number above 0.",
            )
        )
    return int(text)


@functools.cache
def choice() -> Choice:
    """How many threads to use, decided once a process: as asked, all that are usable, or one.

    ``SSL_COURSE_THREADS`` overrides. Otherwise a step is timed here and now with all usable
    processors and with one, which takes about a second.
    """
    asked = _asked()
    if asked is not None:
        return Choice(asked, ko="SSL_COURSE_THREADS로 정함", en="set by SSL_COURSE_THREADS")
    all_of_them = usable()
    if all_of_them == 1:
        return Choice(1, ko="쓸 수 있는 프로세서가 하나", en="one processor may be used")
    many, one = _step_seconds((all_of_them, 1))
    times = f"{1000 * many:.0f} / {1000 * one:.0f} ms"
    if one < CLEARLY * many:
        return Choice(
            1,
            ko=f"다른 작업이 있어 한 개가 더 빠름({all_of_them}개 / 1개: {times})",
            en=f"one is faster beside other work ({all_of_them} / 1: {times})",
        )
    return Choice(
        all_of_them,
        ko=f"쓸 수 있는 프로세서 모두({all_of_them}개 / 1개: {times})",
        en=f"all processors that may be used ({all_of_them} / 1: {times})",
    )


@contextlib.contextmanager
def pinned(count: int, *, effort: float) -> Iterator[None]:
    """While it lasts ``count`` threads and this effort hold, whatever the environment says."""
    asked = {"SSL_COURSE_EFFORT": str(effort), "SSL_COURSE_THREADS": str(count)}
    before = {name: os.environ.get(name) for name in asked}
    os.environ.update(asked)
    choice.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        choice.cache_clear()


@functools.cache
def keep_memory() -> bool:
    """Let glibc keep what tensors give back for the next ones; whether it does. Elsewhere nothing.

    Otherwise a large tensor's memory returns to the system after every operation, and the next one
    waits for fresh pages, each of them zeroed: 5 to 15 % of a training step on two processors.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return mallopt is not None and all(mallopt(*setting) for setting in _KEPT.items())


def settle() -> int:
    """Use the chosen number of threads from now on, and keep memory; returns the number. Costs
    nothing the second time.
    """
    keep_memory()
    chosen = choice().threads
    if torch.get_num_threads() != chosen:
        torch.set_num_threads(chosen)
    return chosen
