import pytest
import torch

from course_utils import runtime


@pytest.fixture(scope="package")
def blobs():
    """Correlated features of five classes, in two "stages": one informative, one noise."""
    generator = runtime.generator(0)
    labels = torch.randint(5, (3000,), generator=generator)
    centres = torch.randn(5, 40, generator=generator)
    mix = torch.randn(40, 40, generator=generator) * torch.logspace(0, -3, 40)[:, None]
    x = (0.8 * centres[labels] + torch.randn(3000, 40, generator=generator)) @ mix + 3
    noise = torch.randn(3000, 30, generator=generator)
    cut = lambda z: (z[:2000], z[2000:])  # noqa: E731
    (x1, x2), (n1, n2), (y1, y2) = cut(x), cut(noise), cut(labels)
    return {"good": x1, "noise": n1}, y1, {"good": x2, "noise": n2}, y2


@pytest.fixture
def float32(monkeypatch):
    """Networks are read in float32, whatever is fastest here: to compare with sums done by hand."""
    monkeypatch.setattr(runtime, "fastest_precision", lambda where: torch.float32)
