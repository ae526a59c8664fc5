"""Recorded experiments of lesson 05: colorization. ``examples`` counts gray pictures."""

import torch
import torch.nn.functional as F

from course_utils import models, runtime
from course_utils.data import toyworld
from course_utils.data.worlds import world
from course_utils.evaluate import ruler
from course_utils.evaluate.features import embeddings
from course_utils.lessons.colorization import hues
from course_utils.lessons.recipes import FLOOR, learn_labels, learn_rotation, start
from course_utils.lessons.recipes import probe as probe_classifier
from course_utils.pretext import colorization, split_brain
from course_utils.records.plan import Experiment, Recipe, rows
from course_utils.views.streams import to_bytes, to_float

FIVE = (0, 1, 2, 3, 4)
SHORT, LONG = 96_000, 256_000  # SHORT: what the lesson trains live
DIAL = 64_000
DEPENDENCES = (0.0, 0.25, 0.5, 0.75, 1.0)
TEMPERATURES = {"mode": 0.0, "annealed": 0.38, "mean": 1.0}

# ---------------------------------------------------------------- recipes


def swapped(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Gray pictures with the colours of another one of the batch: the control."""
    gray, ab = colorization.split_color(images)
    return gray, ab.roll(1, 0)


# By name: λ of the loss, None for regression, and how a batch is split.
WAYS = {
    "classified": (1.0, colorization.split_color),
    "rebalanced": (0.5, colorization.split_color),
    "regression": (None, colorization.split_color),
    "swapped": (0.5, swapped),
}


def learn_colors(
    *,
    data: str,
    examples: int,
    seed: int,
    how: str = "rebalanced",
    encoder: str = "small",
    device: str = "cpu",
) -> colorization.Painter:
    """Trained to colour a world's training pictures; ``how`` as in ``WAYS``."""
    gray, images = (world(data, color=color)[0].images for color in (False, True))
    new, _ = start(gray, encoder=encoder, device=device, seed=seed)
    uniform, split = WAYS[how]
    return colorization.pretrain(
        new, images.to(device), examples=examples, seed=seed, uniform=uniform, split=split
    )[0]


def learn_gray_rotation(
    *, data: str, examples: int, seed: int, encoder: str = "small", device: str = "cpu"
) -> models.Classifier:
    """Trained to tell the rotation of gray pictures; ``examples`` counts copies."""
    how = {"examples": examples, "seed": seed, "encoder": encoder, "device": device}
    return learn_rotation(data=data, color=False, **how)


def learn_gray_labels(
    *, data: str, examples: int, seed: int, encoder: str = "small", device: str = "cpu"
) -> models.Classifier:
    """Trained on all labels of gray pictures."""
    how = {"examples": examples, "seed": seed, "encoder": encoder, "device": device}
    return learn_labels(data=data, color=False, **how)


def dependent_world(dependence: float) -> torch.Tensor:
    """ToyWorld's training pictures in gray, with colours of which a share depends on the kind.

    uint8 ``(N, 3, S, S)`` as ``hues.stored`` gives them. The gray pictures are the same for every
    ``dependence`` in [0, 1]. A thing has the hue of its kind with probability ``dependence``, else
    any.
    """
    gray = world("toyworld", color=False)[0].images
    # The same pictures, as they were made.
    drawn = toyworld.stills(len(gray), split="train", seed=0)
    draw, any_hue = torch.rand(2, len(gray), generator=runtime.generator(0))
    own_hue = drawn.factors["kind"] / len(toyworld.KINDS)
    return hues.stored(gray, drawn.masks, torch.where(draw < dependence, own_hue, any_hue))


def learn_dependent_colors(
    *, examples: int, dependence: float, seed: int, device: str = "cpu"
) -> colorization.Painter:
    """Trained to colour gray ToyWorld with the colours of ``dependent_world``."""
    images = dependent_world(dependence)
    gray = images[:, :1].expand(-1, 3, -1, -1)
    encoder, _ = start(gray, encoder="small", device=device, seed=seed)
    how = {"examples": examples, "seed": seed, "split": hues.split_stored}
    return colorization.pretrain(encoder, images.to(device), **how)[0]


def learn_halves(
    *, data: str, examples: int, how: str, seed: int, device: str = "cpu"
) -> split_brain.SplitBrain:
    """Trained as a split-brain autoencoder on pictures in colour; ``how`` as in its ``WAYS``."""
    images = world(data)[0].images.to(device)
    return split_brain.pretrain(images, examples=examples, seed=seed, how=how)[0]


def untrained_halves(*, data: str, how: str, seed: int) -> split_brain.SplitBrain:
    """The same with random weights."""
    encoder = split_brain.split_encoder(world(data)[0].images, how, seed=seed)
    return split_brain.split_brain(encoder, how, seed=seed)


COLORS = Recipe("colorization", learn_colors, color=False)
DEPENDENT = Recipe("dependent colors", learn_dependent_colors)
GRAY_ROTATION = Recipe("rotation on gray", learn_gray_rotation, color=False)
GRAY_SUPERVISED = Recipe("supervised on gray", learn_gray_labels, color=False)
HALVES = Recipe("split brain", learn_halves)
UNTRAINED_HALVES = Recipe("split brain, untrained", untrained_halves)

# ---------------------------------------------------------------- readings


def probe_halves(net: split_brain.SplitBrain, *, data: str) -> dict[str, float]:
    """The ruler on pictures in colour: what both halves have learned, side by side."""
    return ruler.read(net.encoder, *world(data), readings=("linear",))


def probe(net: colorization.Painter, *, data: str, color: bool) -> dict[str, float]:
    """The ruler on gray pictures, or with ``color`` on those in colour."""
    return ruler.read(net.encoder, *world(data, color=color), readings=("linear",))


def probe_gray_toyworld(net: colorization.Painter) -> dict[str, float]:
    """The ruler on gray ToyWorld: one and the same for every position of the dial."""
    return probe(net, data="toyworld", color=False)


def chroma_and_error(net: colorization.Painter, *, data: str, how: str) -> dict[str, float]:
    """How colourful the paintings of 2,000 test pictures are, and how far from the truth.

    Mean chroma over places, the length of (a, b), and the root of the mean squared distance to the
    true colour, in units of Lab: ``chroma_mode``, ``error_mode`` and so on for ``TEMPERATURES``, or
    for ``"regression"`` alone; ``truth`` is the chroma of the truth, ``gray`` the error of gray.
    """
    images = world(data)[1].images[:2000]
    gray, ab = colorization.split_color(to_float(images))
    truth = F.avg_pool2d(ab, colorization.CELL)
    outputs = embeddings(net, to_bytes(gray))
    if how == "regression":
        painted = {"regression": colorization.BIN * outputs}
    else:
        colors = colorization.palette()
        painted = {
            name: colorization.annealed_mean(outputs, colors, temperature)
            for name, temperature in TEMPERATURES.items()
        }
    found = {"truth": _chroma(truth), "gray": _error(torch.zeros_like(truth), truth)}
    for name, seen in painted.items():
        found[f"chroma_{name}"], found[f"error_{name}"] = _chroma(seen), _error(seen, truth)
    return found


def _chroma(ab: torch.Tensor) -> float:
    return ab.norm(dim=1).mean().item()


def _error(ab: torch.Tensor, truth: torch.Tensor) -> float:
    return (ab - truth).square().sum(1).mean().sqrt().item()


COLUMNS = "data examples how"
HEADLINE = rows(COLUMNS, ("cifar10", LONG, "classified"))
LIVE = rows(COLUMNS, ("cifar10", SHORT, "rebalanced"))
OTHERS = rows(COLUMNS, *(("cifar10", LONG, how) for how in ("rebalanced", "regression")))
CONTROL = rows(COLUMNS, ("cifar10", SHORT, "swapped"))
SHIPPED = COLORS, rows(COLUMNS, ("cifar10", 1_000_000, "rebalanced"))[0]


def _read(settings: tuple[dict, ...], color: bool = False) -> tuple[dict, ...]:
    return tuple(setting | {"color": color} for setting in settings)


SPLIT = [("cifar10", LONG, how) for how in split_brain.WAYS]
SPLIT_FLOORS = [("cifar10", how) for how in split_brain.WAYS]
GRAY = rows("data color", ("cifar10", False))
LONG_GRAY = rows("data examples color", ("cifar10", LONG, False))
EXPERIMENTS = (
    Experiment("probe", probe_classifier, GRAY, FLOOR, FIVE),
    Experiment("probe", probe, _read((*HEADLINE, *LIVE)), COLORS, FIVE),
    Experiment("probe", probe, _read(HEADLINE, True), COLORS, FIVE),
    Experiment("colors", chroma_and_error, HEADLINE, COLORS, FIVE),
    Experiment("probe", probe, _read((*OTHERS, *CONTROL)), COLORS),
    Experiment("colors", chroma_and_error, OTHERS, COLORS),
    Experiment("probe", probe_classifier, LONG_GRAY, GRAY_ROTATION),
    Experiment("probe", probe_classifier, LONG_GRAY, GRAY_SUPERVISED),
    Experiment(
        "dial",
        probe_gray_toyworld,
        rows("data examples dependence", *(("toyworld", DIAL, d) for d in DEPENDENCES)),
        DEPENDENT,
    ),
    Experiment("dial", probe_classifier, rows("data color", ("toyworld", False)), FLOOR),
    Experiment("halves", probe_halves, rows(COLUMNS, *SPLIT), HALVES),
    Experiment("halves", probe_halves, rows("data how", *SPLIT_FLOORS), UNTRAINED_HALVES),
)
