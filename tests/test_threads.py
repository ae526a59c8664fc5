"""How many threads: what a machine grants is planted in files and in a clock of the test's own."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from course_utils import threads
from tests.oracles import assert_bilingual

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def nothing_chosen_yet(monkeypatch):
    before = torch.get_num_threads()
    monkeypatch.delenv("SSL_COURSE_THREADS", raising=False)
    threads.choice.cache_clear()
    yield
    threads.choice.cache_clear()
    torch.set_num_threads(before)


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine with so many processors, whose cgroup files are written by the test."""

    def build(processors, files):
        for name, text in files.items():
            path = tmp_path / "cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        monkeypatch.setattr(threads, "CGROUP", tmp_path / "cgroup")
        monkeypatch.setattr(
            "os.sched_getaffinity", lambda pid: set(range(processors)), raising=False
        )

    return build


def v1(quota, period="100000\n"):
    return {"cpu/cpu.cfs_quota_us": quota, "cpu/cpu.cfs_period_us": period}


@pytest.mark.parametrize(
    ("processors", "files", "expected"),
    [
        (4, {}, 4),  # no cgroup
        (1, {}, 1),
        (4, {"cpu.max": "max 100000\n"}, 4),
        (4, {"cpu.max": "100000 100000\n"}, 1),
        (4, {"cpu.max": "150000 100000\n"}, 1),
        (4, {"cpu.max": "200000 100000\n"}, 2),
        (4, {"cpu.max": "100000 50000\n"}, 2),
        (4, {"cpu.max": "50000 100000\n"}, 1),  # half a processor is one thread
        (2, {"cpu.max": "400000 100000\n"}, 2),  # more granted than there are
        (4, v1("-1\n"), 4),
        (4, v1("300000\n"), 3),
        (8, v1("100000\n"), 1),
        (4, {"cpu.max": "max 100000\n"} | v1("100000\n"), 4),  # v2 stands before v1
        # broken files count as no limit
        (4, {"cpu.max": ""}, 4),
        (4, {"cpu.max": "100000"}, 4),
        (4, {"cpu.max": "many 100000"}, 4),
        (4, {"cpu/cpu.cfs_quota_us": "100000\n"}, 4),
        (4, v1("?", "100000"), 4),
        (4, {"cpu.max": "100000 0\n"}, 4),
        (4, v1("100000", "0"), 4),
    ],
)
def test_usable_processors(machine, processors, files, expected):
    machine(processors, files)
    assert threads.usable() == expected


def test_a_machine_without_affinity_counts_its_processors(machine, monkeypatch):
    machine(4, {})
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 6)
    assert threads.usable() == 6
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert threads.usable() == 1


def clock(monkeypatch, many, one):
    """Seconds of a step with all threads and with one; returns the list of what was asked."""
    asked = []
    monkeypatch.setattr(
        threads, "_step_seconds", lambda counts: asked.append(counts) or [many, one]
    )
    return asked


@pytest.mark.parametrize(
    ("many", "one", "expected"),
    [(0.5, 1.0, 4), (1.0, 1.0, 4), (1.0, 0.95, 4), (1.0, 0.85, 1), (3.0, 1.0, 1)],
)
def test_one_thread_only_where_it_is_clearly_faster(machine, monkeypatch, many, one, expected):
    machine(4, {})
    asked = clock(monkeypatch, many, one)
    chosen = threads.choice()
    assert chosen.threads == expected
    assert asked == [(4, 1)]
    for text in (chosen.ko, chosen.en):  # both languages give both times
        assert f"{1000 * many:.0f} / {1000 * one:.0f} ms" in text


def test_one_processor_by_quota_is_one_thread_and_nothing_is_timed(machine, monkeypatch):
    machine(8, {"cpu.max": "100000 100000\n"})
    asked = clock(monkeypatch, 0.1, 1.0)  # eight would be "faster"
    assert threads.choice().threads == 1
    assert threads.settle() == torch.get_num_threads() == 1
    assert asked == []


def test_the_choice_is_made_once(machine, monkeypatch):
    machine(4, {})
    asked = clock(monkeypatch, 1.0, 0.1)
    first = threads.choice()
    clock(monkeypatch, 0.1, 1.0)
    monkeypatch.setenv("SSL_COURSE_THREADS", "3")
    assert threads.choice() is first
    assert threads.settle() == threads.settle() == 1
    assert len(asked) == 1


def test_what_is_asked_for_is_used_and_not_timed(machine, monkeypatch):
    machine(2, {})
    asked = clock(monkeypatch, 1.0, 0.1)
    monkeypatch.setenv("SSL_COURSE_THREADS", "3")
    chosen = threads.choice()
    assert (chosen.threads, asked) == (3, [])
    assert "SSL_COURSE_THREADS" in chosen.ko and "SSL_COURSE_THREADS" in chosen.en


@pytest.mark.parametrize("wrong", ["0", "-1", "two", "1.5", "²", " "])
def test_a_number_that_is_none(monkeypatch, wrong):
    monkeypatch.setenv("SSL_COURSE_THREADS", wrong)
    with pytest.raises(ValueError, match="SSL_COURSE_THREADS") as error:
        threads.choice()
    assert_bilingual(str(error.value))


def test_an_empty_setting_is_none(machine, monkeypatch):
    machine(1, {})
    monkeypatch.setenv("SSL_COURSE_THREADS", "")
    assert threads.choice().threads == 1


def test_settling_sets_torchs_number_and_leaves_it_so(monkeypatch):
    monkeypatch.setenv("SSL_COURSE_THREADS", "1")
    torch.set_num_threads(2)
    assert threads.settle() == 1
    assert torch.get_num_threads() == 1
    torch.set_num_threads(2)  # somebody else changed it meanwhile
    assert threads.settle() == torch.get_num_threads() == 1


def test_a_step_is_timed_inside_no_grad_and_leaves_everything_as_it_was():
    torch.set_num_threads(2)
    state = torch.get_rng_state()
    with torch.no_grad():
        seconds = threads._step_seconds((2, 1))
    assert len(seconds) == 2 and min(seconds) > 0
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == 2


COUNT_PAGES = """
import resource, sys, torch
from course_utils import threads
if sys.argv[1] == "kept":
    assert threads.keep_memory()
def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for turn in range(20):
    if turn == 15:  # small things had lain between the large ones; now there is room
        before = pages()
    torch.ones(15_000_000)
print(pages() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_kept_memory_is_not_asked_for_again():
    """Pages that the system provides while 60 MB are taken and given back five times."""
    provided = [
        int(subprocess.check_output([sys.executable, "-c", COUNT_PAGES, how], cwd=ROOT))
        for how in ("kept", "given back")
    ]
    assert provided[0] < provided[1] / 10


def test_where_there_is_no_glibc_nothing_is_kept(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    threads.keep_memory.cache_clear()
    assert not threads.keep_memory()
    threads.keep_memory.cache_clear()
