"""Every test runs with a cache folder of its own and with none of the reader's settings."""

import pytest


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("DATA", "DATASET", "EFFORT", "LANG", "STRICT"):
        monkeypatch.delenv(f"SSL_COURSE_{name}", raising=False)
    monkeypatch.setattr("course_utils.lang._chosen", "en")
    monkeypatch.setattr("course_utils.lang._listeners", [])
