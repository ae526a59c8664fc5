"""Recorded experiments of lesson 03: rotation prediction. ``examples`` counts rotated pictures."""

import torch

from course_utils import models, runtime
from course_utils.data.worlds import world
from course_utils.evaluate.features import predict
from course_utils.lessons.recipes import ROTATION, factors, posing, probe, transfer
from course_utils.pretext import rotation
from course_utils.records.plan import Experiment, rows
from course_utils.views.streams import to_bytes, to_float

FIVE = (0, 1, 2, 3, 4)
SHORT, LONG = 96_000, 270_000  # SHORT: a little more than the lesson trains live


def pretext(
    net: models.Classifier, *, data: str, pose: str, seed: int, sun: str = "random"
) -> dict[str, float]:
    """Rotation accuracy on 2,000 test pictures, turned all four ways.

    ``own``: posed as in training; ``clean`` and ``stamped``: whole pictures, without and with a
    stamp.
    """
    _, test = world(data, sun=sun)
    images = test.images[torch.randperm(len(test), generator=runtime.generator(0))[:2000]]

    def accuracy(copies, labels):
        return (predict(net, copies).argmax(1) == labels).float().mean().item()

    copies, labels = posing(pose, seed)(to_float(images))
    return {
        "own": accuracy(to_bytes(copies), labels),
        "clean": accuracy(*rotation.four_copies(images)),
        "stamped": accuracy(*rotation.four_copies(rotation.date_stamp(images))),
    }


def probe_under_any_light(net: models.Classifier, *, data: str) -> dict[str, float]:
    """The ruler where light comes from anywhere, as in the world without the cue."""
    return probe(net, data=data)


COLUMNS = "data examples pose sun"
HEADLINE = rows(COLUMNS, ("toyworld", SHORT, "four", "random"), ("cifar10", LONG, "four", "random"))
ARMS = rows(
    COLUMNS,
    *(("cifar10", SHORT, pose, "random") for pose in ("four", "stamped", "quarters", "sixteenths")),
)
SUN = rows(COLUMNS, ("toyworld", SHORT, "four", "above"))
EXPERIMENTS = (
    Experiment("probe", probe, HEADLINE, ROTATION, FIVE),
    Experiment("probe", probe, ARMS, ROTATION),
    Experiment("probe", probe_under_any_light, SUN, ROTATION),
    Experiment("pretext", pretext, HEADLINE, ROTATION, FIVE),
    Experiment("pretext", pretext, (*ARMS, *SUN), ROTATION),
    Experiment("transfer", transfer, HEADLINE, ROTATION, FIVE),
    Experiment("factors", factors, HEADLINE[:1], ROTATION, FIVE),
)
