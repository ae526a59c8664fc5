"""The two worlds every method is measured on, and ToyWorld with one thing changed."""

import functools
from dataclasses import replace

import torch

from course_utils.data import photos, toyworld
from course_utils.data.prepared import Photos
from course_utils.views.color import to_gray
from course_utils.views.streams import to_bytes, to_float

# Where an encoder trained on one world is read, too: does what it learned transfer?
OTHER = {"cifar10": "toyworld", "toyworld": "cifar10"}


@functools.lru_cache(maxsize=4)
def world(
    data: str, *, sun: str = "random", things: str = "kinds", color: bool = True
) -> tuple[Photos, Photos]:
    """Training and test pictures of a data set that ``photos.load`` takes.

    ``sun="above"`` and ``things="none"`` or ``"discs"`` change ToyWorld only, as in
    ``toyworld.stills``; ``color=False`` makes all pictures gray, with three equal channels.
    Everything else about the pictures stays the same.
    """
    parts = photos.load(data)
    if (sun, things) != ("random", "kinds"):
        parts = [
            replace(part, images=_stills(len(part), split, sun, things))
            for part, split in zip(parts, ("train", "test"), strict=True)
        ]
    if not color:
        parts = [replace(part, images=without_color(part.images)) for part in parts]
    return tuple(parts)


def without_color(images: torch.Tensor) -> torch.Tensor:
    """uint8 pictures ``(N, 3, S, S)`` in gray, three equal channels."""
    return to_bytes(to_gray(to_float(images)))


def _stills(n: int, split: str, sun: str, things: str):
    """The pictures of ``photos.load("toyworld")`` drawn again: labels and places are the same."""
    return toyworld.stills(n, split=split, seed=0, sun=sun, things=things).images
