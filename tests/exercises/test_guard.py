"""A learner's code may do anything; the lesson goes on undisturbed."""

import _thread
import asyncio
import contextlib
import os
import random
import re
import signal
import sys
import threading
import time

import matplotlib as mpl
import numpy as np
import pytest
import torch

from course_utils.exercises import check, checking, guard
from course_utils.pretext import rotation

NAME = "rotation.four_copies"


@pytest.fixture
def soon(monkeypatch):
    """The alarm rings after a third of a second."""
    checking.known(NAME)  # made before, with all the time it takes
    monkeypatch.setattr(checking, "guarded", lambda: guard.guarded(0.3))


def test_a_loop_without_end_is_stopped(soon, capsys):
    def forever(images):
        n = 0
        while True:
            n += 1

    start = time.perf_counter()
    assert check(NAME, forever) is rotation.four_copies
    assert time.perf_counter() - start < 5
    assert "never ends" in capsys.readouterr().out
    time.sleep(0.4)  # and nothing rings afterwards


def test_code_that_swallows_exceptions_is_stopped_too(soon, capsys):
    def stubborn(images):
        while True:
            with contextlib.suppress(Exception):
                sum(range(100))

    check(NAME, stubborn)
    assert "never ends" in capsys.readouterr().out


def bare(images):
    while True:
        try:  # noqa: SIM105
            time.sleep(0.001)
        except:  # noqa: E722
            pass


def at_last(images):
    while True:
        try:
            sum(range(100))
        finally:
            continue  # noqa: B012


def nested(images):
    def inner():
        while True:
            try:
                try:
                    time.sleep(0.01)
                except BaseException:
                    raise ValueError from None
            except:  # noqa: E722
                try:  # noqa: SIM105
                    time.sleep(0.001)
                except:  # noqa: E722
                    pass

    while True:
        try:  # noqa: SIM105
            inner()
        except:  # noqa: E722
            pass


def suppressed(images):
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(0.2)


def in_torch(images):
    while True:
        try:
            images @ images
        except BaseException:
            continue


@pytest.mark.parametrize("answer", [bare, at_last, nested, suppressed, in_torch])
def test_code_that_catches_everything_is_stopped(soon, capsys, answer):
    tracing = sys.gettrace()
    start = time.perf_counter()
    assert check(NAME, answer) is rotation.four_copies
    assert time.perf_counter() - start < 8
    assert "never ends" in capsys.readouterr().out
    assert sys.gettrace() is tracing
    assert check(NAME, rotation.four_copies) is rotation.four_copies  # nothing rings afterwards


def test_the_stop_button_goes_through_code_that_catches_everything():
    # What a shell starts in its background ignores the interrupt: here it is that of a notebook.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer = threading.Timer(0.3, _thread.interrupt_main)
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            check(NAME, bare)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("ignored", [signal.SIG_IGN, signal.SIG_DFL])
def test_a_loop_is_stopped_where_the_interrupt_is_ignored(soon, capsys, ignored):
    """A shell starts what runs in its background like that; the setting is put back."""
    before = signal.signal(signal.SIGINT, ignored)
    try:

        def forever(images):
            while True:
                pass

        check(NAME, forever)
        assert "never ends" in capsys.readouterr().out
        assert signal.getsignal(signal.SIGINT) == ignored
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_stop_button_still_works():
    def stopped(images):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(NAME, stopped)


def test_an_alarm_in_the_last_moment_hits_nothing_else():
    for _ in range(20):
        try:
            with guard.guarded(0.02):
                time.sleep(0.02)
        except guard.TooLong:
            pass
    time.sleep(0.1)


def test_no_alarm_outside_the_main_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(check(NAME, rotation.four_copies)))
    thread.start()
    thread.join()
    assert found == [rotation.four_copies]


def test_prints_are_told_in_short(capsys):
    def talks(images):
        for i in range(50):
            print("line", i)
        return rotation.four_copies(images)

    assert check(NAME, talks) is talks
    out = capsys.readouterr().out
    assert "  | line 2\n" in out and "line 3" not in out
    assert "✔" in out


@pytest.mark.parametrize("text", ["x" * 1000 + "\n", "short\n", "no end of line"])
def test_what_is_printed_is_bounded(soon, capsys, text):
    def talks(images):
        while True:
            print(text, end="")

    check(NAME, talks)
    out = capsys.readouterr().out
    assert len(out) < 3 * checking.LONGEST + 1000
    if text.endswith("\n"):
        (lines,) = re.findall(r"printed ([\d,]+) lines", out)
        assert int(lines.replace(",", "")) > 1000
    with guard.guarded(60) as noticed:
        for _ in range(50_000):
            print(text, end="")
    assert len(noticed.printed) == guard.KEPT
    assert noticed.lines == (50_000 if text.endswith("\n") else 1)


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Long(Exception):
    def __str__(self):
        return "word " * 100_000


@pytest.mark.parametrize(
    "error",
    [asyncio.CancelledError(), Speechless(), Long(), GeneratorExit(), BaseException("base")],
)
def test_any_error_is_told_and_ends_nothing(capsys, error):
    def fails(images):
        raise error

    assert check(NAME, fails) is rotation.four_copies
    out = capsys.readouterr().out
    assert type(error).__name__ in out and "line" in out
    assert len(out) < 4000


def change_directory():
    os.chdir("/")


def change_environment():
    os.environ["SSL_COURSE_LANG"] = "ko"
    os.environ.pop("SSL_COURSE_THREADS", None)


OTHERS = {
    "os.chdir": change_directory,
    "os.environ": change_environment,
    "torch.set_default_device": lambda: torch.set_default_device("meta"),
    "torch.use_deterministic_algorithms": lambda: torch.use_deterministic_algorithms(True),
    "numpy.seterr": lambda: np.seterr(all="ignore"),
    "matplotlib.rcParams": lambda: mpl.rcParams.update({"figure.dpi": 7}),
    "sys.path": lambda: sys.path.insert(0, "/nowhere"),
}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_other_settings_are_put_back_and_named(capsys, name):
    read, _ = guard._GLOBAL[name]
    before = read()

    def reckless(images):
        result = rotation.four_copies(images)
        OTHERS[name]()
        return result

    assert check(NAME, reckless) is reckless
    assert f"changed the state of {name}." in capsys.readouterr().out
    assert read() == before


def test_settings_of_the_process_are_put_back(capsys):
    torch.manual_seed(5)
    before = torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()

    def reckless(images):
        torch.manual_seed(0)
        np.random.seed(0)
        random.seed(0)
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        return rotation.four_copies(images)

    assert check(NAME, reckless) is reckless
    out = capsys.readouterr().out
    for name in ("torch.random", "numpy.random", "set_grad_enabled", "dtype"):
        assert name in out
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]
    assert random.getstate() == before[2]
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32


def test_nothing_is_told_of_code_that_only_returns(capsys):
    check(NAME, rotation.four_copies)
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    "leave", [lambda images: sys.exit("done"), lambda images: exit(), lambda images: images.foo()]
)
def test_code_that_leaves_or_raises(leave, capsys):
    assert check(NAME, leave) is rotation.four_copies
    assert "stopped with an error" in capsys.readouterr().out
