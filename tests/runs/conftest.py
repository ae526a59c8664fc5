import pytest
import torch

from course_utils import runtime
from course_utils.data import prepared
from course_utils.data.worlds import world
from course_utils.records import run as records


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A data set ``tiny`` of 300 pictures of noise whose class is their brightest channel or none,
    prepared as a shared drive holds it.
    """
    generator, arrays = runtime.generator(0), {}
    for split, n in (("train", 300), ("test", 60)):
        images = torch.randint(0, 128, (n, 3, 32, 32), generator=generator, dtype=torch.uint8)
        labels = torch.arange(n) % 4
        for channel in range(3):
            images[labels == channel, channel] += 100
        arrays |= {f"{split}_images": images.numpy(), f"{split}_labels": labels.numpy()}
    folder = tmp_path / "drive"
    prepared.store("tiny", 32, arrays, ("a", "b", "c", "d"), "made in a test", folder)
    monkeypatch.setenv("SSL_COURSE_DATA", str(folder))
    world.cache_clear()
    records.data_hash.cache_clear()
    yield "tiny"
    world.cache_clear()
    records.data_hash.cache_clear()
