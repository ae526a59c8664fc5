"""What the tests of views share: pictures, oracles for one picture, what every draw keeps to."""

import torch

from course_utils import runtime


def pictures():
    """Six random pictures of 20 px."""
    return torch.rand(6, 3, 20, 20, generator=runtime.generator(0))


def one_by_one(oracle, images, *parameters):
    """The oracle called on one picture after the other."""
    return torch.stack([oracle(x, *(p[i] for p in parameters)) for i, x in enumerate(images)])


def assert_drawn_for_each(view, *, outcomes=None):
    """Same generator, same views; a draw for each picture; input and global state untouched.

    ``outcomes``: how many different views there can be; without it, many.
    """
    one = torch.rand(1, 3, 20, 20, generator=runtime.generator(5))
    images = one.repeat(100, 1, 1, 1)  # 100 equal pictures: what differs afterwards is the draw
    before, state = images.clone(), torch.get_rng_state()
    first = view(images, runtime.generator(1))
    assert torch.equal(first, view(images, runtime.generator(1)))
    assert not torch.equal(first, view(images, runtime.generator(2)))
    assert torch.equal(images, before)
    assert torch.equal(torch.get_rng_state(), state)
    assert first.shape == images.shape
    assert first.min() >= -1e-6
    assert first.max() <= 1 + 1e-6
    distinct = len({x.numpy().tobytes() for x in first})
    assert distinct > 30 if outcomes is None else distinct == outcomes


def assert_waits_for_nothing(view):
    """The view follows its data: on "meta", which holds no values, reading one is an error."""
    found = view(torch.empty(8, 3, 16, 16, device="meta"), runtime.generator(0))
    assert found.device.type == "meta" and found.shape[:2] == (8, 3)


def share_changed(view, **options):
    """Share of 4,000 equal pictures that a random view changes."""
    one = torch.rand(1, 3, 8, 8, generator=runtime.generator(5))
    images = one.repeat(4000, 1, 1, 1)
    after = view(images, runtime.generator(0), **options)
    return (after != images).flatten(1).any(1).float().mean().item()
