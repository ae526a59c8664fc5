"""Recorded experiments of lesson 03: rotation prediction. ``examples`` counts rotated pictures."""

import torch

from course_utils import models, runtime
from course_utils.data.worlds import world
from course_utils.evaluate import ruler
from course_utils.evaluate.features import predict
from course_utils.lessons.recipes import (
    FLOOR,
    POSES,
    ROTATION,
    encoder_of,
    factors,
    probe,
    start,
    transfer,
)
from course_utils.pretext import rotation
from course_utils.records.plan import Experiment, Recipe, rows
from course_utils.views.light import from_below, from_both_ends
from course_utils.views.streams import to_bytes, to_float

FIVE = (0, 1, 2, 3, 4)
SHORT, LONG = 96_000, 270_000  # SHORT: what the lesson trains live
# Light from below; negative: from above. Shares of the way from black to white.
STRENGTHS = (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


def learn_with_seams(
    *, data: str, examples: int, grid: int, seed: int, device: str = "cpu"
) -> models.Classifier:
    """Trained to tell rotation with ``grid`` × ``grid`` tiles in a random order, seams drawn.

    The seams are the same for every ``grid``, 1 (whole pictures) among them: only the arrangement
    differs.
    """
    images = world(data)[0].images
    encoder, images = start(images, encoder="small", device=device, seed=seed)
    generator = runtime.generator(1000 + seed, device)

    def pose(x):
        return rotation.four_copies(rotation.draw_seams(rotation.shuffle_tiles(x, grid, generator)))

    return rotation.pretrain(encoder, images, examples=examples, seed=seed, pose=pose)[0]


WITH_SEAMS = Recipe("rotation with seams", learn_with_seams)


def some_test_pictures(data: str, *, sun: str = "random") -> torch.Tensor:
    """The 2,000 test pictures on which rotation is asked, uint8, always the same."""
    _, test = world(data, sun=sun)
    return test.images[torch.randperm(len(test), generator=runtime.generator(0))[:2000]]


def told(net: models.Classifier, images: torch.Tensor, *, off: int = 0) -> float:
    """The share of all four turns of uint8 pictures that are called ``off`` turns from the truth:
    0 is right, 2 exactly upside down.
    """
    copies, labels = rotation.four_copies(images)
    return (predict(net, copies).argmax(1) == (labels + off) % 4).float().mean().item()


def pretext(
    net: models.Classifier, *, data: str, pose: str, sun: str = "random"
) -> dict[str, float]:
    """Rotation accuracy on test pictures, turned all four ways.

    ``own``: posed as in training; ``clean`` and ``stamped``: whole pictures, without and with a
    stamp.
    """
    images = some_test_pictures(data, sun=sun)
    copies, labels = POSES[pose](to_float(images))
    own = (predict(net, to_bytes(copies)).argmax(1) == labels).float().mean().item()
    stamped = told(net, rotation.date_stamp(images))
    return {"own": own, "clean": told(net, images), "stamped": stamped}


def arrangement(net: models.Classifier, *, data: str, grid: int, seed: int) -> dict[str, float]:
    """Rotation accuracy of networks trained with seams: on tiles in disorder as in training
    (``own``), on whole pictures with seams (``whole``) and without any (``clean``).
    """
    images = some_test_pictures(data)
    mixed = rotation.shuffle_tiles(images, grid, runtime.generator(2000 + seed))
    own, whole = (told(net, rotation.draw_seams(x)) for x in (mixed, images))
    return {"own": own, "whole": whole, "clean": told(net, images)}


def under_light(net: models.Classifier, *, data: str) -> dict[str, float]:
    """What is said of pictures on which a ramp of brightness was laid before they were turned.

    For each of ``STRENGTHS`` the share that is told (``right``), that is called exactly upside down
    (``upside``), and as a control the share told where both ends are brightened, by as much, so
    that the light has no direction (``both``). ``ramp``: told of nothing but the ramp, from above,
    on even gray.
    """
    images = to_float(some_test_pictures(data))
    found = {}
    for strength in STRENGTHS:
        lit = to_bytes(from_below(images, strength))
        both = to_bytes(from_both_ends(images, strength))
        found[f"right{strength:+.1f}"] = told(net, lit)
        found[f"upside{strength:+.1f}"] = told(net, lit, off=2)
        found[f"both{strength:+.1f}"] = told(net, both)
    gray = torch.linspace(0.3, 0.7, 9)[:, None, None, None].expand(9, *images.shape[1:])
    return found | {"ramp": told(net, to_bytes(from_below(gray, -0.3)))}


def probe_in_light(net: models.Classifier, *, data: str, light: str) -> dict[str, float]:
    """The ruler, linearly, on ToyWorld with its sun ``"random"`` or ``"above"``, whatever light the
    network was trained in.
    """
    return ruler.read(encoder_of(net), *world(data, sun=light), readings=("linear",))


COLUMNS = "data examples pose sun"
HEADLINE = rows(COLUMNS, ("toyworld", SHORT, "four", "random"), ("cifar10", LONG, "four", "random"))
LIVE = rows(COLUMNS, ("cifar10", SHORT, "four", "random"))
STAMPED = rows(COLUMNS, ("cifar10", SHORT, "stamped", "random"))
SUN = rows(COLUMNS, ("toyworld", SHORT, "four", "above"))
IN_LIGHT = tuple(
    setting | {"light": light} for setting in (HEADLINE[0], *SUN) for light in ("random", "above")
)
SEAMS = rows("data examples grid", *(("cifar10", SHORT, grid) for grid in (1, 2, 4)))
# What comes with the package, trained for long enough to be good at once.
SHIPPED = ROTATION, rows(COLUMNS, ("cifar10", 1_000_000, "four", "random"))[0]
EXPERIMENTS = (
    Experiment("probe", probe, (*HEADLINE, *LIVE), ROTATION, FIVE),
    Experiment("probe", probe, STAMPED, ROTATION),
    Experiment("probe", probe, SEAMS, WITH_SEAMS),
    Experiment("pretext", pretext, (*HEADLINE, *LIVE), ROTATION, FIVE),
    Experiment("pretext", pretext, (*STAMPED, *SUN), ROTATION),
    Experiment("arrangement", arrangement, SEAMS, WITH_SEAMS),
    Experiment("light", under_light, (*HEADLINE, *LIVE), ROTATION, FIVE),
    Experiment("sun", probe_in_light, IN_LIGHT, ROTATION),
    Experiment("sun", probe_in_light, rows("data light", ("toyworld", "above")), FLOOR),
    Experiment("transfer", transfer, HEADLINE, ROTATION, FIVE),
    Experiment("factors", factors, HEADLINE[:1], ROTATION, FIVE),
)
