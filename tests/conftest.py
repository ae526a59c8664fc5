"""Every test runs with a cache folder of its own and with none of the reader's settings."""

import os

import pytest

from course_utils import models, threads
from tests.narrow import narrow_encoder

# Asked for, so that no test waits until a step is timed, and histories are those of one number.
os.environ.setdefault("SSL_COURSE_THREADS", str(threads.usable()))


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
