"""A real street, honestly: are people found again by what they look like, or by where they are?

The tracks of one video, split in time: trained on one part, tested on the other, and the other way round.
Part of the recorded experiments of lesson 08.
"""

import functools

import torch
import torch.nn.functional as F

from course_utils import evaluate, models, runtime, views
from course_utils.data import video
from course_utils.lang import both
from course_utils.pretext import motion, tracking

PARTS = ((0, 370), (415, 795))  # frames; the gap of 45 is longer than any track
LATER = 15  # frames between a patch and the one that is looked for
STARTS = (0, 5, 10, 15)
DRAWS = 2000


@functools.lru_cache(maxsize=1)
def filmed() -> tuple:
    """Frames ``(795, 3, 288, 384)``, their background, tracks, and which of these may be one person."""
    path = video.street()
    if path is None:
        raise FileNotFoundError(
            both(
                ko="이 실험은 길거리 비디오로만 돌릴 수 있습니다. vtest.avi를 내려받아 SSL_COURSE_DATA 폴더에 넣으세요.",
                en="This experiment needs the video of a street. Put vtest.avi into the folder SSL_COURSE_DATA.",
            )
        )
    frames = video.load(path, size=288).frames
    tracks = tracking.mine(motion.to_gray(frames), rounds=6)
    return frames, motion.background(frames), tracks, tracking.joined(tracks)


def parts(test: int) -> tuple[list[int], list[int]]:
    """Numbers of the tracks to train on and of those to test on: one a person, nobody from training."""
    _, _, tracks, persons = filmed()
    inside = [
        [i for i, t in enumerate(tracks) if first <= t.start and t.start + len(t.boxes) <= last]
        for first, last in PARTS
    ]
    known = {persons[i] for i in inside[1 - test]}
    one_each = {persons[i]: i for i in reversed(inside[test]) if persons[i] not in known}
    return inside[1 - test], sorted(one_each.values())


def shown(track: tracking.Track, at: int, what: str, generator: torch.Generator) -> torch.Tensor:
    """The patch of a track's box number ``at``: ``whole``, its ``background`` only, or the ``person`` only.

    Background: the same pixels with nobody there. Person: what is as the background is gray.
    """
    frames, behind, _, _ = filmed()
    now = frames[track.start + at]
    if what == "background":
        now = behind
    elif what == "person":
        now = motion.foreground(now, behind)
    box = track.boxes[at][None]
    return tracking.patches(now[None], box, torch.zeros(1, dtype=torch.int64), generator=generator)


def training_pairs(numbers: list[int], seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Four jittered pairs, 15 frames apart, from four starts in every track; and their persons."""
    _, _, tracks, persons = filmed()
    generator = runtime.generator(seed)
    pairs, of = [], []
    for i in numbers:
        for start in STARTS * 4:
            ends = [shown(tracks[i], at, "whole", generator) for at in (start, start + LATER)]
            pairs.append(torch.stack(ends, 1))
            of.append(persons[i])
    return torch.cat(pairs), torch.tensor(of)


def found_again(numbers: list[int], embed, what: str, seed: int) -> torch.Tensor:
    """How often each track's later patch is the nearest of all tracks' to its earlier one: ``(N,)``.

    ``embed`` takes patches uint8 and boxes ``(N, 4)`` and gives ``(N, D)``. Four starts, every patch jittered.
    """
    _, _, tracks, _ = filmed()
    generator = runtime.generator(seed)
    right = []
    for start in STARTS:
        ends = []
        for at in (start, start + LATER):
            patches = torch.cat([shown(tracks[i], at, what, generator) for i in numbers])
            ends.append(embed(patches, torch.stack([tracks[i].boxes[at] for i in numbers])))
        nearest = torch.cdist(ends[0], ends[1]).argmin(1)
        right.append((nearest == torch.arange(len(numbers))).float())
    return torch.stack(right).mean(0)


def embedder(arm: str, numbers: list[int], train, seed: int):
    """How an arm sees patches, unit vectors each.

    ``trained``: the embedding that was trained. ``features``: the last block of the same network, ``random``: that
    of random weights, both standardised on training patches. ``pixels``; ``position``: only that of the box.
    """
    if arm == "position":
        return lambda _, boxes: (boxes[:, :2] + boxes[:, 2:]) / 2
    if arm == "pixels":
        return lambda patches, _: F.normalize(views.to_float(patches).flatten(1) - 0.5, dim=1)
    pairs, of = training_pairs(numbers, seed)
    images = pairs.flatten(0, 1)
    statistics = views.channel_statistics(images)
    if arm == "random":
        encoder = evaluate.calibrate(models.small_encoder(seed=seed), images, statistics)
    else:
        net = train(pairs, of, statistics, seed)
        encoder = net.encoder
    if arm == "trained":
        return lambda patches, _: F.normalize(evaluate.embeddings(net, patches, statistics), dim=1)
    seen = evaluate.features(encoder, images, statistics)["block3"]

    def embed(patches, _):
        z = evaluate.features(encoder, patches, statistics)["block3"]
        return F.normalize(evaluate.standardize(seen, z)[1], dim=1)

    return embed


def interval(values: torch.Tensor, seed: int) -> tuple[float, float]:
    """95 % interval of the mean of ``(N,)``: tracks drawn again, with replacement."""
    n = len(values)
    drawn = torch.randint(n, (DRAWS, n), generator=runtime.generator(seed))
    low, high = values[drawn].mean(1).quantile(torch.tensor([0.025, 0.975])).tolist()
    return low, high
