"""Every test runs with a cache folder of its own and with none of the reader's settings."""

import os

import pytest
import torch

from course_utils import models, threads
from tests.narrow import narrow_encoder

# Asked for, so that no test waits until a step is timed, and histories are those of one number.
# Where tests run side by side the processors are shared among them.
_BESIDE = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_THREADS = max(1, threads.usable() // _BESIDE)
os.environ.setdefault("SSL_COURSE_THREADS", str(_THREADS))
if _BESIDE > 1:
    torch.set_num_threads(_THREADS)
    os.environ["OMP_NUM_THREADS"] = str(_THREADS)  # of the processes that tests start


def pytest_xdist_auto_num_workers():
    """Of ``pytest -n auto``: pytest-xdist itself counts no cgroup's quota."""
    return threads.usable()


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("DATA", "DATASET", "EFFORT", "LANG", "STRICT"):
        monkeypatch.delenv(f"SSL_COURSE_{name}", raising=False)
    monkeypatch.setattr("course_utils.lang._chosen", "en")
    monkeypatch.setattr("course_utils.lang._listeners", [])


@pytest.fixture
def narrow(monkeypatch):
    """Recipes train the narrow encoder where they would take the small one."""
    monkeypatch.setitem(models.ENCODERS, "small", narrow_encoder)
