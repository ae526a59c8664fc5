import pytest


@pytest.fixture
def shown(monkeypatch):
    """What is displayed, one bundle of representations a widget."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: bundles.append(data))
    return bundles
