"""Recorded experiments of lesson 08: learning from tracks. ``examples`` counts patches, two a
pair.
"""

import torch

from course_utils import models
from course_utils.data.worlds import world
from course_utils.evaluate.features import embeddings
from course_utils.evaluate.gauges import collapse
from course_utils.lessons.recipes import (
    FLOOR,
    SUPERVISED,
    encoder_of,
    factors,
    probe,
    start,
    transfer,
)
from course_utils.lessons.tracking import street
from course_utils.lessons.tracking.measures import (
    kinds_from_patches,
    labelled_patches,
    mean_color,
    ordered,
)
from course_utils.pretext import tracking
from course_utils.pretext.pairs import mined_pairs, true_pairs
from course_utils.records.plan import Experiment, Recipe, rows

FIVE = (0, 1, 2, 3, 4)
CLIPS = 1000
LONG, LIVE = 128_000, 64_000  # LIVE: as in the lesson


def learn_tracks(
    *,
    data: str,
    examples: int,
    seed: int,
    gray: float = 0.5,
    hard_from: float = 0.3,
    source: str = "clips",
    color: bool = True,
    encoder: str = "small",
    device: str = "cpu",
) -> models.Classifier:
    """Trained on pairs of ToyWorld: ``clips``, true tracks of many clips, or one of
    ``pairs.SOURCES``.
    """
    known = world(data, color=color)[0].images
    new, _ = start(known, encoder=encoder, device=device, seed=seed)
    if not examples:
        images, clips = torch.empty(0, 2, 3, 32, 32), torch.empty(0)
    else:
        found = (
            true_pairs(CLIPS, "train", seed, color=color)
            if source == "clips"
            else mined_pairs(source, seed)
        )
        images, clips = found.patches, found.clips
    images, clips = images.to(device), clips.to(device)
    return tracking.pretrain(
        new, images, clips, examples=examples, seed=seed, gray=gray, hard_from=hard_from
    )[0]


TRACKING = Recipe("tracking", learn_tracks)


def patches(net, *, gray_input: bool, color: bool = True) -> dict[str, float]:
    """The ruler on patches around things: kinds with 1,500 labels."""
    return kinds_from_patches(encoder_of(net), color=color, gray=gray_input)


def pretext(net: models.Classifier, *, seed: int, color: bool = True) -> dict[str, float]:
    """The pretext task on tracks of held-out clips, and whether the embedding has collapsed.

    ``ordered``: held-out triplets with a random negative in which X⁺ is nearer, ``by_color``: the
    same by mean colour alone; ``spread`` and ``rank``: collapse gauges.
    """
    _, held_out = labelled_patches(color)
    shown = held_out.patches.transpose(0, 1).flatten(0, 1)
    z = embeddings(net, shown)
    gauges = collapse(z)
    return {
        "ordered": ordered(z, held_out.clips, seed),
        "by_color": ordered(mean_color(shown), held_out.clips, seed),
        "spread": gauges.spread,
        "rank": gauges.rank,
    }


def sources(*, source: str, seed: int) -> dict[str, float]:
    """How many pairs a source gives, and which share of them truly shows one thing."""
    found = mined_pairs(source, seed)
    return {"pairs": len(found.patches), "same": found.same}


NAIVE, MENDED = (0.0, 1.0), (0.5, 0.3)  # share of gray patches; hardest negatives from there on
COLUMNS = "data examples gray hard_from source color"
TRUTH = ("clips", True)  # true tracks of many clips, in colour
HEADLINE = rows(COLUMNS, *(("toyworld", LIVE, *how, *TRUTH) for how in (NAIVE, MENDED)))
ARMS = rows(
    COLUMNS,
    ("toyworld", LONG, *NAIVE, *TRUTH),
    ("toyworld", LIVE, 0.0, 0.3, *TRUTH),
    ("toyworld", LIVE, 0.5, 1.0, *TRUTH),
)
COLORLESS = rows(COLUMNS, ("toyworld", LONG, *NAIVE, "clips", False))
MINED = rows(
    COLUMNS,
    *(("toyworld", LIVE, *MENDED, s, True) for s in ("true", "mined", "stands", "frame")),
)
SHIPPED = TRACKING, rows(COLUMNS, ("toyworld", 1_000_000, *MENDED, *TRUTH))[0]
EVERY = (*ARMS, *COLORLESS, *MINED)
FLOORS = rows("data color", ("toyworld", True), ("toyworld", False))
BOTH = (False, True)


def read_from(settings: tuple[dict, ...], *inputs: bool) -> tuple[dict, ...]:
    """The settings once for patches in colour and once for gray ones."""
    return tuple(s | {"gray_input": gray} for s in settings for gray in inputs)


EXPERIMENTS = (
    Experiment("probe", probe, HEADLINE, TRACKING, FIVE),
    Experiment("probe", probe, EVERY, TRACKING),
    Experiment("probe", probe, FLOORS[1:], FLOOR),
    Experiment("patches", patches, read_from(HEADLINE, *BOTH), TRACKING, FIVE),
    Experiment("patches", patches, read_from((*ARMS, *MINED), False), TRACKING),
    Experiment("patches", patches, read_from(COLORLESS, False), TRACKING),
    Experiment("patches", patches, read_from(FLOORS[:1], *BOTH), FLOOR, FIVE),
    Experiment("patches", patches, read_from(FLOORS[1:], False), FLOOR),
    Experiment(
        "patches",
        patches,
        read_from(rows("data examples color", ("toyworld", 96_000, True)), *BOTH),
        SUPERVISED,
        FIVE,
    ),
    Experiment("pretext", pretext, HEADLINE, TRACKING, FIVE),
    Experiment("pretext", pretext, EVERY, TRACKING),
    Experiment("factors", factors, HEADLINE, TRACKING, FIVE),
    Experiment("transfer", transfer, HEADLINE[1:], TRACKING, FIVE),
    Experiment(
        "sources",
        sources,
        rows("source", *((s,) for s in ("true", "mined", "stands", "frame"))),
        provenance="ToyWorld clips drawn by course_utils.data.toyclips",
    ),
    Experiment(
        "street",
        street.found_again_by,
        rows("arm", *((a,) for a in ("trained", "features", "random", "pixels", "position"))),
        provenance="OpenCV's sample video vtest.avi, 288 pixels high",
    ),
)
