import pytest
import torch

from course_utils import runtime
from course_utils.data import toyworld
from course_utils.data.prepared import Photos


@pytest.fixture
def noise():
    """Makes a small data set of random pictures: ``noise(n, size)``; the seed is its number."""

    def make(n=40, size=16, *, classes=10, seed=0):
        generator = runtime.generator(seed)
        images = torch.randint(256, (n, 3, size, size), generator=generator).to(torch.uint8)
        names = tuple("abcdefghij"[:classes])
        return Photos(images, torch.arange(n) % classes, names, "tiny", "made here")

    return make


@pytest.fixture(scope="module")
def train():
    """So few pictures that the stream starts over in the second batch."""
    drawn = toyworld.stills(100, split="train", seed=0)
    return Photos(drawn.images, drawn.factors["kind"], toyworld.KINDS, "toyworld", "a few stills")


@pytest.fixture
def on_the_cpu(monkeypatch):
    """Whatever device there is: the same numbers as on any machine of this kind."""
    monkeypatch.setattr(runtime, "device", lambda: torch.device("cpu"))


@pytest.fixture
def strict(monkeypatch):
    """A claim that does not hold fails."""
    monkeypatch.setenv("SSL_COURSE_STRICT", "1")
