"""A real street, honestly: are people found again by what they look like, or by where they are?

The tracks of one video, split in time: trained on one part, tested on the other, and the other way
round. Part of the recorded experiments of lesson 08.
"""

import functools

import torch
import torch.nn.functional as F

from course_utils import models, runtime
from course_utils.data import video
from course_utils.evaluate.comparisons import bootstrap_groups
from course_utils.evaluate.features import embeddings, features, recalibrated
from course_utils.evaluate.solvers import standardize
from course_utils.lang import both
from course_utils.pretext import motion, tracker, tracking
from course_utils.views.streams import to_float

PARTS = ((0, 370), (415, 795))  # frames; the gap of 45 is longer than any track
LATER = 15  # frames between a patch and the one that is looked for
STARTS = (0, 5, 10, 15)
EXAMPLES = 32_000  # patches seen in training


@functools.lru_cache(maxsize=1)
def filmed() -> tuple:
    """Frames ``(795, 3, 288, 384)``, their background, tracks, and which of these may be one
    person.
    """
    path = video.street()
    if path is None:
        raise FileNotFoundError(
            both(
                ko="이 실험은 길거리 비디오로만 돌릴 수 있습니다. vtest.avi를 내려받아 SSL_COURSE_DATA 폴더에 넣으세요.",
                en="This experiment needs the video of a street. Put vtest.avi into the folder "
                "SSL_COURSE_DATA.",
            )
        )
    frames = video.load_clip(path, size=288).frames
    tracks = tracker.mine(motion.luma(frames), rounds=6)
    return frames, motion.background(frames), tracks, tracker.joined(tracks)


def parts(test: int) -> tuple[list[int], list[int]]:
    """Numbers of the tracks to train on and of those to test on: one a person, nobody from
    training.
    """
    _, _, tracks, persons = filmed()
    inside = [
        [i for i, t in enumerate(tracks) if first <= t.start and t.start + len(t.boxes) <= last]
        for first, last in PARTS
    ]
    known = {persons[i] for i in inside[1 - test]}
    one_each = {persons[i]: i for i in reversed(inside[test]) if persons[i] not in known}
    return inside[1 - test], sorted(one_each.values())


def shown(track: tracker.Track, at: int, what: str, generator: torch.Generator) -> torch.Tensor:
    """The patch of a track's box number ``at``: ``whole``, its ``background`` only, or the
    ``person`` only.

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
    """How often each track's later patch is the nearest of all tracks' to its earlier one:
    ``(N,)``.

    ``embed`` takes patches uint8 and boxes ``(N, 4)`` and gives ``(N, D)``. Four starts, every
    patch jittered.
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


def trained_on(numbers: list[int], seed: int) -> models.Classifier:
    """A network trained on pairs from tracks, with the recipe of the lesson."""
    pairs, persons = training_pairs(numbers, seed)
    encoder = models.small_encoder(pairs.flatten(0, 1), seed=seed)
    return tracking.pretrain(encoder, pairs, persons, examples=EXAMPLES, seed=seed)[0]


def embedder(arm: str, numbers: list[int], seed: int):
    """How an arm sees patches, unit vectors each, trained on the tracks ``numbers``.

    ``trained``: the embedding that was trained. ``features``: the last block of the same network,
    ``random``: that of random weights, both recalibrated and standardised on training patches.
    ``pixels``; ``position``: only that of the box.
    """
    if arm == "position":
        return lambda _, boxes: (boxes[:, :2] + boxes[:, 2:]) / 2
    if arm == "pixels":
        return lambda patches, _: F.normalize(to_float(patches).flatten(1) - 0.5, dim=1)
    if arm == "trained":
        net = trained_on(numbers, seed)
        return lambda patches, _: F.normalize(embeddings(net, patches), dim=1)
    images = training_pairs(numbers, seed)[0].flatten(0, 1)
    if arm == "random":
        encoder = models.small_encoder(images, seed=seed)
    else:
        encoder = trained_on(numbers, seed).encoder
    encoder = recalibrated(encoder, images)
    seen = features(encoder, images)["block3"]

    def embed(patches, _):
        return F.normalize(standardize(seen, features(encoder, patches)["block3"])[1], dim=1)

    return embed


def found_again_by(*, arm: str, seed: int) -> dict[str, float]:
    """How often people of a real street are found again 1.5 seconds later, over both halves.

    ``whole`` patches, the ``background`` behind them alone, the ``person`` alone; ``…_low`` and
    ``…_high`` bound 95 % of bootstrap draws of the tracks, as does ``above``, the difference of
    whole and background by track.
    """
    by_track = {}
    for test in (0, 1):
        known, unknown = parts(test)
        embed = embedder(arm, known, seed)
        for what in ("whole",) if arm == "position" else ("whole", "background", "person"):
            by_track.setdefault(what, []).append(found_again(unknown, embed, what, seed))
    values = {what: torch.cat(halves) for what, halves in by_track.items()}
    if "background" in values:
        values["above"] = values["whole"] - values["background"]
    found = {"tracks": len(values["whole"])}
    for what, each in values.items():
        _, low, high = bootstrap_groups(each, torch.arange(len(each)), seed=seed)
        found |= {what: each.mean().item(), f"{what}_low": low, f"{what}_high": high}
    return found
