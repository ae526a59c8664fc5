import itertools

import pytest
import torch
import torchvision.transforms.v2.functional as tv

from course_utils import runtime
from course_utils.views import streams
from tests.oracles import assert_bilingual


def test_to_float_is_torchvisions():
    pixels = torch.arange(256, dtype=torch.uint8)[None, None]
    theirs = tv.to_dtype(pixels, torch.float32, scale=True)
    torch.testing.assert_close(streams.to_float(pixels), theirs)
    with pytest.raises(TypeError, match="uint8") as error:
        streams.to_float(pixels.float())
    assert_bilingual(str(error.value))


def test_to_bytes_undoes_to_float_and_rounds():
    pixels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(streams.to_bytes(streams.to_float(pixels)), pixels)
    assert streams.to_bytes(torch.tensor([0.4, 0.6, 254.6]) / 255).tolist() == [0, 1, 255]


# ------------------------------------------------------------ the one stream of indices


def first(n, batch_size, steps, seed=1):
    stream = streams.index_batches(n, batch_size, runtime.generator(seed))
    return list(itertools.islice(stream, steps))


@pytest.mark.parametrize(("n", "size"), [(20, 8), (20, 20), (7, 3), (3, 7), (1, 5), (5, 1)])
def test_every_batch_is_full_and_every_pass_holds_every_index_once(n, size):
    passes = 2 * size  # so that a whole number of batches is a whole number of passes
    drawn = first(n, size, n * passes // size)
    assert all(batch.shape == (size,) and batch.dtype == torch.int64 for batch in drawn)
    by_pass = torch.cat(drawn).view(passes, n)
    assert torch.equal(by_pass.sort(1).values, torch.arange(n).expand(passes, n))
    if n > 3:
        assert len({tuple(order.tolist()) for order in by_pass}) > 1


def test_a_batch_may_hold_several_passes():
    (batch,) = first(3, 8, 1)
    counts = torch.bincount(batch, minlength=3)
    assert counts.sum() == 8 and counts.min() >= 2


def test_one_seed_one_stream():
    same, again, other = (torch.cat(first(50, 8, 20, seed)) for seed in (0, 0, 1))
    assert torch.equal(same, again)
    assert not torch.equal(same, other)


def test_passes_are_permutations_drawn_one_after_the_other():
    generator = runtime.generator(4)
    expected = torch.cat([torch.randperm(10, generator=generator) for _ in range(3)])
    assert torch.equal(torch.cat(first(10, 6, 5, seed=4)), expected)


# ------------------------------------------------------------ batches of pictures


def batches(images, batch_size, seed=1):
    return streams.batches(images, batch_size=batch_size, generator=runtime.generator(seed))


def test_batches_are_the_pictures_of_their_indices():
    """Flat pictures are unchanged by crop and flip, so they can be recognised."""
    images = torch.arange(20, dtype=torch.uint8).view(20, 1, 1, 1).expand(20, 3, 8, 8) * 10
    stream, seen = batches(images, 8), []
    for _ in range(5):  # two passes
        x, index = next(stream)
        assert x.shape == (8, 3, 8, 8) and x.dtype == torch.float32
        assert torch.equal(x, (images[index] / 255))
        seen += index.tolist()
    assert sorted(seen[:20]) == sorted(seen[20:]) == list(range(20))


def test_batches_are_augmented_by_shift_and_flip():
    images = torch.randint(256, (1, 3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))
    plain = streams.to_float(images)
    stream, found = batches(images, 1), set()
    for _ in range(200):
        x, _ = next(stream)
        matches = [
            (flipped, down, right)
            for flipped in (False, True)
            for down in range(-2, 3)
            for right in range(-2, 3)
            # the middle of a shifted picture is free of reflected borders
            if torch.equal(
                (x.flip(-1) if flipped else x)[0, :, 4:28, 4:28],
                plain[0, :, 4 + down : 28 + down, 4 + right : 28 + right],
            )
        ]
        assert len(matches) == 1
        found.update(matches)
    assert len(found) > 40  # of 50


def test_batches_leave_the_pictures_and_the_global_generator_alone():
    images = torch.randint(256, (9, 3, 16, 16), dtype=torch.uint8, generator=runtime.generator(0))
    before, state = images.clone(), torch.get_rng_state()
    once, again = (next(batches(images, 4)) for _ in range(2))
    assert torch.equal(once[0], again[0]) and torch.equal(once[1], again[1])
    assert torch.equal(images, before)
    assert torch.equal(torch.get_rng_state(), state)
