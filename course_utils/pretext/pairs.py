"""Pairs of patches for tracking on ToyWorld's clips, where the truth is known.

``true_pairs`` borrows the truth; ``mined_pairs`` follows boxes as on a real video and, with its
``source``, asks what following adds.
"""

import functools
from dataclasses import dataclass

import torch

from course_utils import runtime
from course_utils.data import toyclips
from course_utils.pretext import motion, tracker, tracking

APART = 30  # frames between X and X⁺
FILMS, FRAMES = 200, 61  # clips that are mined, and their length
SOURCES = ("mined", "true", "stands", "frame")


@dataclass(frozen=True)
class Pairs:
    """X and X⁺ of N tracks, the clip each is from, and what the world knows about it."""

    patches: torch.Tensor  # (N, 2, 3, 32, 32) uint8
    clips: torch.Tensor  # (N,) int64
    kinds: torch.Tensor  # (N,) int64
    same: float = 1.0  # share of the pairs that truly show one thing


@functools.lru_cache(maxsize=4)
def true_pairs(clips: int, split: str, seed: int, *, color: bool = True) -> Pairs:
    """Both ends of every true track of 30 frames whose thing is at least half to be seen at both.

    Of ``clips`` clips of a split (``"train"``, ``"test"``); ``color=False``: of a gray world.
    """
    generator = runtime.generator(seed)
    patches, of, kinds = [], [], []
    for number in range(clips):
        film = toyclips.clip(2, step=APART, split=split, seed=10_000 * seed + number, color=color)
        seen = film.hidden.amax(0) < 0.5
        ends = [
            tracking.patches(
                film.frames,
                film.boxes[t, seen],
                torch.full((int(seen.sum()),), t),
                generator=generator,
            )
            for t in (0, 1)
        ]
        patches.append(torch.stack(ends, 1))
        of.append(torch.full((int(seen.sum()),), number))
        kinds.append(film.factors["kind"][seen])
    return Pairs(*(torch.cat(parts) for parts in (patches, of, kinds)))


@functools.lru_cache(maxsize=1)
def _mined(seed: int) -> tuple:
    """Clips and the tracks mined in each."""
    films = [toyclips.clip(FRAMES, seed=10_000 * seed + 5000 + number) for number in range(FILMS)]
    return films, [tracker.mine(motion.luma(film.frames)) for film in films]


def mined_pairs(source: str, seed: int) -> Pairs:
    """Pairs from the same starts in four ways, one of ``SOURCES``.

    ``mined``: boxes that were followed; ``true`` ones; ``stands``: a box that stays where it is;
    ``frame``: a control without time, X⁺ is the same box in the same frame, cut out once more.
    Starts on no thing are left out: they have no true box. All patches are jittered alike.
    """
    generator = runtime.generator(seed)
    patches, of, kinds, same = [], [], [], []
    for number, (film, tracks) in enumerate(zip(*_mined(seed), strict=True)):
        for track in tracks:
            start, end = track.start, track.start + len(track.boxes) - 1
            thing = toyclips.thing_in(film, start, track.boxes[0])
            if thing < 0:
                continue
            if source == "frame":
                end = start
            boxes = {
                "mined": track.boxes[[0, -1]],
                "true": film.boxes[[start, end], thing],
                "stands": track.boxes[[0, 0]],
                "frame": track.boxes[[0, 0]],
            }[source]
            rows = torch.tensor([start, end])
            patches.append(tracking.patches(film.frames, boxes, rows, generator=generator))
            of.append(number)
            kinds.append(film.factors["kind"][thing])
            same.append(source == "true" or toyclips.thing_in(film, end, boxes[1]) == thing)
    share = sum(same) / len(same)
    return Pairs(torch.stack(patches), torch.tensor(of), torch.stack(kinds), share)
