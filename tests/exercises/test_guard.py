"""A learner's code may do anything; the lesson goes on undisturbed."""

import contextlib
import random
import signal
import sys
import threading
import time

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
