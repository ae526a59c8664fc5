"""Recorded experiments of lesson 07: contrastive learning. ``examples`` counts views."""

import functools
import math

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import runtime
from course_utils.data.worlds import world
from course_utils.evaluate import ruler
from course_utils.evaluate.features import embeddings
from course_utils.lessons.contrastive import finding
from course_utils.lessons.contrastive.collapse import collapse_traced, embedded
from course_utils.lessons.recipes import FLOOR, factors, start, transfer
from course_utils.lessons.recipes import probe as probe_encoder
from course_utils.pretext import byol, contrastive, vicreg
from course_utils.records.plan import Experiment, Recipe, rows
from course_utils.views.streams import to_bytes, to_float

FIVE = (0, 1, 2, 3, 4)
SHORT, DIAL, LONG = 96_000, 128_000, 256_000  # SHORT: what the lesson trains live
STRENGTHS = (0.0, 0.25, 0.5, 1.0)
ASKED = 2000  # test pictures of which views are found


# ---------------------------------------------------------------- recipes


def spared(
    labels: torch.Tensor, temperature: float, z: torch.Tensor, index: torch.Tensor
) -> torch.Tensor:
    """``nt_xent`` without false negatives: other pictures of the same class are no wrong answers.

    ``labels`` int64 ``(N,)`` of all training pictures. It takes labels: a ceiling, no method.
    """
    of = labels[index].repeat(2)  # (2B,)
    right = contrastive.partners(len(z), z.device)
    same = (of[:, None] == of).scatter(1, right[:, None], False)
    alike = contrastive.similarities(z).masked_fill(same, -torch.inf)
    return F.cross_entropy(alike / temperature, right)


def learn_views(
    *,
    data: str,
    examples: int,
    seed: int,
    strength: float = contrastive.STRENGTH,
    batch: int = contrastive.PICTURES,
    temperature: float = contrastive.TEMPERATURE,
    color: bool = True,
    things: str = "kinds",
    encoder: str = "small",
    device: str = "cpu",
) -> contrastive.Projected:
    """Trained to find the other view; ``color`` and ``things`` as in ``world``."""
    images = world(data, color=color, things=things)[0].images
    new, images = start(images, encoder=encoder, device=device, seed=seed)
    return contrastive.pretrain(
        new,
        images,
        examples=examples,
        seed=seed,
        strength=strength,
        batch=batch,
        objective=lambda z, index: contrastive.nt_xent(z, temperature),
    )[0]


def learn_views_spared(
    *, data: str, examples: int, seed: int, device: str = "cpu"
) -> contrastive.Projected:
    """The same with the labels' help: no picture of the same class is a negative."""
    train, _ = world(data)
    encoder, images = start(train.images, encoder="small", device=device, seed=seed)
    return contrastive.pretrain(
        encoder,
        images,
        examples=examples,
        seed=seed,
        objective=functools.partial(spared, train.labels.to(device), contrastive.TEMPERATURE),
    )[0]


def learn_variance(
    *, data: str, examples: int, seed: int, encoder: str = "small", device: str = "cpu"
) -> contrastive.Projected:
    """VICReg on the same views."""
    new, images = start(world(data)[0].images, encoder=encoder, device=device, seed=seed)
    return contrastive.pretrain(
        new,
        images,
        examples=examples,
        seed=seed,
        objective=lambda z, index: vicreg.vicreg(z),
    )[0]


def learn_targets(
    *, data: str, examples: int, seed: int, encoder: str = "small", device: str = "cpu"
) -> byol.Bootstrapped:
    """BYOL on the same views."""
    new, images = start(world(data)[0].images, encoder=encoder, device=device, seed=seed)
    return byol.pretrain(new, images, examples=examples, seed=seed)[0]


CONTRASTIVE = Recipe("contrastive", learn_views)
SPARED = Recipe("contrastive, no false negatives", learn_views_spared)
VICREG = Recipe("VICReg", learn_variance)
BYOL = Recipe("BYOL", learn_targets)
SHIPPED = CONTRASTIVE, {"data": "cifar10", "examples": 1_000_000}

# ---------------------------------------------------------------- readings


def probe(net: nn.Module, *, data: str, color: bool = True) -> dict[str, float]:
    """The ruler, on the world that the network was trained on, in gray without ``color``."""
    return probe_encoder(net.encoder, data=data, color=color)


def probe_linearly(net: nn.Module, *, data: str, color: bool = True) -> dict[str, float]:
    """The linear half of ``probe``."""
    return ruler.read(net.encoder, *world(data, color=color), readings=("linear",))


def transfer_of(net: nn.Module, *, data: str) -> dict[str, float]:
    """The ruler, linearly, on the other world."""
    return transfer(net.encoder, data=data)


def factors_of(net: nn.Module) -> dict[str, float]:
    """The factor row on ToyWorld."""
    return factors(net.encoder)


def asked(data: str, strength: float, seed: int) -> torch.Tensor:
    """Two views of 2,000 test pictures in a random order: float ``(4,000, 3, S, S)``."""
    generator = runtime.generator(3000 + seed)
    images = world(data)[1].images
    some = images[torch.randperm(len(images), generator=generator)[:ASKED]]
    return contrastive.two_views(to_float(some), generator, strength)


def finds(net: contrastive.Projected, *, data: str, strength: float, seed: int) -> dict[str, float]:
    """Whether the other view of a test picture is found, views made as in training.

    ``found``: among eight, as in the lesson's game. ``loss``: ``nt_xent`` at the course's
    temperature in batches as large as those of training, and ``bound``: how far it lies below
    log(2B − 1), in nats.
    """
    z = embeddings(net, to_bytes(asked(data, strength, seed)))
    first, second = z.chunk(2)
    parts = zip(first.split(contrastive.PICTURES), second.split(contrastive.PICTURES), strict=True)
    losses = [
        contrastive.nt_xent(torch.cat(part), contrastive.TEMPERATURE).item()
        for part in parts
        if len(part[0]) == contrastive.PICTURES
    ]
    loss = sum(losses) / len(losses)
    return {
        "found": finding.told(z).float().mean().item(),
        "loss": loss,
        "bound": math.log(2 * contrastive.PICTURES - 1) - loss,
    }


def finds_by_histogram(*, data: str, strength: float, seed: int) -> dict[str, float]:
    """The share of the same views whose partner among eight has the most similar colours."""
    described = finding.histogram(asked(data, strength, seed))
    return {"found": finding.told(described).float().mean().item()}


def behind_the_projector(net: nn.Module, *, data: str) -> dict[str, float]:
    """The probe on embeddings, and on the last block's features reduced to as many dimensions.

    ``linear_10000_projector_test`` and so on, as ``ruler.read`` names stages: ``projector`` of a
    network that has one; ``reduced``: the first principal components of ``block3``.
    """
    train, test = world(data)
    index = ruler.labelled_pool(train)
    known, labels = train.images[index], train.labels[index]
    encoder = net if isinstance(net, nn.Sequential) else net.encoder
    inside, outside = (f["block3"] for f in ruler.stages(encoder, known, test.images))
    mean = inside.mean(0)
    axes = torch.linalg.eigh((inside - mean).T.cov()).eigenvectors[:, -contrastive.DIMENSIONS :]
    stages = {"reduced": [(f - mean) @ axes for f in (inside, outside)]}
    if net is not encoder:
        stages["projector"] = embedded(net, known, test.images)
    inside, outside = ({name: both[i] for name, both in stages.items()} for i in (0, 1))
    return ruler.read_features(inside, labels, outside, test.labels, readings=("linear",))


# ---------------------------------------------------------------- what is recorded

WORLDS = ("cifar10", "toyworld")
COLUMNS = "data examples"
HEADLINE = rows(COLUMNS, ("cifar10", LONG))
LIVE = rows(COLUMNS, ("cifar10", SHORT))
TOYWORLD = rows(f"{COLUMNS} color", ("toyworld", LONG, True))
GRAY = rows(f"{COLUMNS} color", ("toyworld", LONG, False))
TURNED = rows(f"{COLUMNS} strength", *((d, DIAL, s) for d in WORLDS for s in STRENGTHS))
ERASED = rows(f"{COLUMNS} things", ("toyworld", LONG, "none"))
BATCHES = rows(f"{COLUMNS} batch", ("cifar10", LONG, 256), ("cifar10", LONG // 4, 64))
TEMPERATURES = rows(f"{COLUMNS} temperature", *((d, DIAL, t) for d in WORLDS for t in (0.1, 0.5)))
OTHERS = rows(COLUMNS, ("cifar10", DIAL))
TRACES = rows(
    "data method taken",
    *(("cifar10", m, taken) for m in ("SimCLR", "BYOL", "VICReg") for taken in (False, True)),
)
EXPERIMENTS = (
    Experiment("probe", probe, HEADLINE, CONTRASTIVE, FIVE),
    Experiment("behind the projector", behind_the_projector, HEADLINE, CONTRASTIVE, FIVE),
    Experiment("transfer", transfer_of, HEADLINE, CONTRASTIVE, FIVE),
    Experiment("probe", probe_linearly, LIVE, CONTRASTIVE, FIVE),
    Experiment("probe", probe, TOYWORLD, CONTRASTIVE),
    Experiment("transfer", transfer_of, TOYWORLD, CONTRASTIVE),
    Experiment("factors", factors_of, TOYWORLD, CONTRASTIVE),
    Experiment("probe", probe_linearly, GRAY, CONTRASTIVE),
    Experiment("probe", probe_encoder, rows("data color", ("toyworld", False)), FLOOR, FIVE),
    Experiment("dial", probe_linearly, TURNED, CONTRASTIVE),
    Experiment("finds", finds, TURNED, CONTRASTIVE),
    Experiment(
        "histogram",
        finds_by_histogram,
        rows("data strength", *((d, s) for d in WORLDS for s in STRENGTHS)),
    ),
    Experiment("probe", probe_linearly, ERASED, CONTRASTIVE),
    Experiment("batch", probe_linearly, BATCHES, CONTRASTIVE),
    Experiment("temperature", probe_linearly, TEMPERATURES, CONTRASTIVE),
    *[Experiment("others", probe_linearly, OTHERS, recipe) for recipe in (SPARED, VICREG, BYOL)],
    Experiment("behind the projector", behind_the_projector, rows("data", ("cifar10",)), FLOOR),
    Experiment("collapse", collapse_traced, TRACES),
)
