"""How this machine is used: device, precision, effort, random numbers, folders, files."""

import contextlib
import functools
import glob
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import filelock
import torch
from torch import nn

from course_utils.lang import both, say

LEFT_OVER = 24 * 3600  # seconds after which a part of a file belongs to nobody any more


def device() -> torch.device:
    """The CUDA device if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def effort() -> float:
    """How much of a lesson's schedule to run: ``SSL_COURSE_EFFORT``, 1 by default.

    Schedules count pictures and multiply the count by this number. Raises ``ValueError`` unless
    it is a positive, finite number.
    """
    text = os.environ.get("SSL_COURSE_EFFORT") or "1"
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        raise ValueError(
            both(
                ko=f"SSL_COURSE_EFFORT는 0보다 큰 수여야 하는데 지금은 {text!r}입니다. 1이나 0.1처럼 정하세요.",
                en=f"SSL_COURSE_EFFORT={text!r} is not a number above 0. Set it to 1 or 0.1, say.",
            )
        )
    return value


def generator(seed: int, where: torch.device | str = "cpu") -> torch.Generator:
    """A fresh random generator on a device. Every draw of the course names the one it uses."""
    return torch.Generator(where).manual_seed(seed)


def in_notebook() -> bool:
    """True inside a Jupyter kernel (Lab, Notebook, Colab, nbclient), False in a terminal."""
    try:
        from IPython import get_ipython
    except ModuleNotFoundError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def cache_dir() -> Path:
    """The folder for downloads and prepared data: ``ssl-course`` in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base).expanduser() if base else Path.home() / ".cache") / "ssl-course"
    except RuntimeError as error:  # no home folder
        raise FileNotFoundError(
            both(
                ko="홈 폴더를 알 수 없습니다. 쓸 수 있는 폴더를 XDG_CACHE_HOME에 적으세요.",
                en="There is no home folder. Set XDG_CACHE_HOME to a folder you may write to.",
            )
        ) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file as a whole or not at all.

    Yields a path beside ``path`` to write to. On success it is moved into place (replacing an old
    file); if the block raises, it is removed and ``path`` stays as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # On a shared drive two machines may have a process of the same number.
    beside = path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.part")
    _sweep(path)
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what a killed process left beside ``path`` more than a day ago."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_OVER:
                left.unlink()


@contextlib.contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """While the block runs no other process, on this machine or a shared drive, is in one for
    ``path``.

    Whoever comes second waits and says so. Where nothing can be locked nobody waits.
    """
    lock = filelock.FileLock(path.with_name(f".{path.name}.lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0.5)
    except filelock.Timeout:
        say(
            ko=f"{path.name} 파일을 다른 노트북이나 프로그램이 준비하고 있어 끝날 때까지 기다립니다.",
            en=f"Another notebook or program is preparing {path.name}. Waiting until it is done.",
        )
        lock.acquire()
    except (OSError, NotImplementedError):
        pass  # a folder that may not be written, a drive without locks: what comes next will tell
    try:
        yield
    finally:
        lock.release()


def replace_all(texts: Mapping[Path, str]) -> None:
    """Write UTF-8 files. Every one lies complete beside its place before the first is moved.

    So a full disk, or a folder that may not be written, changes nothing.
    """
    with contextlib.ExitStack() as ready:
        for path, text in texts.items():
            ready.enter_context(replacing(path)).write_text(text, encoding="utf-8")


def autocast(where: torch.device, precision: torch.dtype) -> torch.autocast:
    """A context that computes in ``precision`` on ``where`` (does nothing for float32)."""
    return torch.autocast(where.type, dtype=precision, enabled=precision != torch.float32)


def half_precision(where: torch.device) -> torch.dtype:
    """The 16-bit numbers to try on a device: bfloat16, or float16 on a GPU that lacks it."""
    if where.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.float16
    return torch.bfloat16


def _step_seconds(where: torch.device, precisions: Sequence[torch.dtype]) -> list[float]:
    """Best time of a convolution's forward and backward pass in each precision.

    The choice must not depend on who else is using the machine. So on a CPU one thread works and
    its own processor time is taken, the precisions take turns, and the best of nine counts.
    """
    clock = time.thread_time if where.type == "cpu" else time.perf_counter
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        # Large enough for a GPU to compute, not to wait for the launch of its kernels.
        many, side = (512, 32) if where.type == "cuda" else (128, 16)
        images = torch.randn(many, 64, side, side, device=where)
        conv = nn.Conv2d(64, 64, 3, padding=1, device=where)
    images, conv = (x.to(memory_format=torch.channels_last) for x in (images, conv))
    best = [float("inf")] * len(precisions)
    torch.set_num_threads(1)
    try:
        for _ in range(9):
            for i, precision in enumerate(precisions):
                start = clock()
                # The caller may be inside no_grad; the step that is timed is a training step.
                with torch.enable_grad():
                    with autocast(where, precision):
                        out = conv(images)
                    out.float().sum().backward()
                if where.type == "cuda":
                    torch.cuda.synchronize()
                best[i] = min(best[i], clock() - start)
    finally:
        torch.set_num_threads(threads)
    return best


@functools.cache
def fastest_precision(where: torch.device) -> torch.dtype:
    """``torch.float32`` or ``half_precision``, whichever trains faster here. Timed once a process.

    On a processor with bf16 instructions bfloat16 is about twice as fast; on one without it
    is emulated and ten times slower, so no rule of thumb will do. A near tie is decided for
    float32, so that the same machine always computes the same way.
    """
    half = half_precision(where)
    full_seconds, half_seconds = _step_seconds(where, (torch.float32, half))
    return half if half_seconds < 0.85 * full_seconds else torch.float32
