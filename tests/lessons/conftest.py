import pytest
import torch

from course_utils import runtime
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
