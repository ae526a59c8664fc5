"""Recorded experiments of lesson 02: Exemplar-CNN. ``examples`` counts distorted copies."""

import statistics
import time

import torch

from course_utils import losses, models, runtime
from course_utils.data.worlds import world
from course_utils.evaluate.features import predict
from course_utils.lessons.recipes import factors, probe, start, transfer
from course_utils.pretext import distortion
from course_utils.records.plan import Experiment, Recipe, rows
from course_utils.views import streams

FIVE = (0, 1, 2, 3, 4)
LONG, SHORT = 240_000, 96_000
# What is left out, by name.
COLOR, GEOMETRY = ("components", "saturation", "hue"), ("translation", "scale", "rotation")
WITHOUT = {"": (), "color": COLOR, "geometry": GEOMETRY}


def exemplars_of(images: torch.Tensor, classes: int, seed: int) -> torch.Tensor:
    """Pictures drawn evenly, uint8 ``(classes, 3, 32, 32)``."""
    return images[torch.randperm(len(images), generator=runtime.generator(seed))[:classes]]


def strengths(without: str, hue: float) -> dict[str, float]:
    """Which families are left out, and how far hue turns in multiples of the paper's range."""
    return {"hue": hue} | dict.fromkeys(WITHOUT[without], 0)


def learn_exemplars(
    *,
    data: str,
    examples: int,
    seed: int,
    classes: int = 500,
    without: str = "",
    hue: float = 1,
    things: str = "kinds",
    encoder: str = "small",
    device: str = "cpu",
) -> models.Classifier:
    """Trained to tell the exemplar of a copy; ``things="none"``: of pictures with things erased."""
    images = world(data, things=things)[0].images
    exemplars = exemplars_of(images, classes, seed).to(device)
    new, _ = start(images, encoder=encoder, device=device, seed=seed)
    strength = strengths(without, hue)
    how = {"examples": examples, "seed": seed, "strength": strength}
    return distortion.pretrain(new, exemplars, **how)[0]


EXEMPLAR = Recipe("exemplar", learn_exemplars)


def told(
    net: models.Classifier,
    exemplars: torch.Tensor,
    shown: torch.Tensor,
    strength: dict[str, float],
    seed: int,
) -> tuple[float, float]:
    """How often the exemplar of a new copy is told: by the net, and by the mean colour alone.

    ``exemplars`` are the pictures that the net knows, ``shown`` those that the copies are made
    from: the same, or the same with something taken out. Four copies of each of 1,000 (or of all).
    """
    generator = runtime.generator(2000 + seed)
    some = torch.randperm(len(shown), generator=generator)[:1000]
    axes = distortion.color_axes(streams.to_float(exemplars[:2000]))
    side = shown.shape[-1]
    right, by_color = [], []
    for index in some.repeat(4).split(500):
        drawn = distortion.draw_parameters(len(index), generator, strength=strength)
        patches = streams.to_float(shown[index])
        patches = streams.to_bytes(distortion.distort(patches, drawn, axes, side=side, out=side))
        right.append(predict(net, patches).argmax(1) == index)
        nearest = distortion.nearest_color(streams.to_float(patches), streams.to_float(exemplars))
        by_color.append(nearest == index)
    return torch.cat(right).float().mean().item(), torch.cat(by_color).float().mean().item()


def pretext(
    net: models.Classifier,
    *,
    data: str,
    classes: int,
    seed: int,
    without: str = "",
    hue: float = 1,
    things: str = "kinds",
) -> dict[str, float]:
    """How often the exemplar of a new copy is told: ``net``, ``color`` alone, and ``erased``.

    ``erased``, on ToyWorld: the copies are made from the same pictures without their thing.
    """
    images = world(data, things=things)[0].images
    exemplars = exemplars_of(images, classes, seed)
    strength = strengths(without, hue)
    by_net, by_color = told(net, exemplars, exemplars, strength, seed)
    found = {"net": by_net, "color": by_color}
    if data == "toyworld":
        empty = exemplars_of(world(data, things="none")[0].images, classes, seed)
        found["erased"] = told(net, exemplars, empty, strength, seed)[0]
    return found


def probe_of_whole_pictures(net: models.Classifier, *, data: str) -> dict[str, float]:
    """The ruler on pictures with their things, whatever was trained on."""
    return probe(net, data=data)


def step_cost(*, classes: int, seed: int) -> dict[str, float]:
    """What one class a picture costs: milliseconds a step of 256 copies, and megabytes.

    The step is forward, backward and update of the whole network, median of seven. The megabytes
    are those of the last layer: weights, their gradients and momenta, and the logits with theirs.
    """
    cpu = torch.device("cpu")
    images = torch.rand(256, 3, 32, 32, generator=runtime.generator(seed))
    net = models.classifier(models.small_encoder(images, seed=seed), classes, seed=seed)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    labels = torch.randint(classes, (256,), generator=runtime.generator(seed))
    times = []
    for _ in range(8):
        start = time.perf_counter()
        with runtime.autocast(cpu, runtime.fastest_precision(cpu)):
            loss, _ = losses.classification(net, images, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    numbers = 3 * sum(p.numel() for p in net.head.parameters()) + 2 * 256 * classes
    return {"milliseconds": 1000 * statistics.median(times[1:]), "megabytes": 4 * numbers / 1e6}


COLUMNS = "data classes examples without hue things"
PLAIN = ("", 1, "kinds")  # the paper's distortions, of pictures with their thing
HEADLINE = rows(COLUMNS, ("toyworld", 100, SHORT, *PLAIN), ("cifar10", 500, LONG, *PLAIN))
# On ToyWorld: the range of hue, and whole groups of distortions left out.
DIALS = rows(
    COLUMNS,
    *(("toyworld", 100, SHORT, "", hue, "kinds") for hue in (0, 5)),
    *(("toyworld", 100, SHORT, without, 1, "kinds") for without in ("color", "geometry")),
)
ERASED = rows(COLUMNS, ("toyworld", 100, SHORT, "", 1, "none"))
SHIPPED = EXEMPLAR, rows(COLUMNS, ("cifar10", 500, 1_000_000, *PLAIN))[0]
COST = rows("classes", *((n,) for n in (100, 1000, 10_000, 100_000)))
EXPERIMENTS = (
    Experiment("probe", probe, HEADLINE, EXEMPLAR, FIVE),
    Experiment("probe", probe, DIALS, EXEMPLAR),
    Experiment("probe", probe_of_whole_pictures, ERASED, EXEMPLAR),
    Experiment("pretext", pretext, HEADLINE, EXEMPLAR, FIVE),
    Experiment("pretext", pretext, (*DIALS, *ERASED), EXEMPLAR),
    Experiment("factors", factors, HEADLINE[:1], EXEMPLAR, FIVE),
    Experiment("factors", factors, DIALS, EXEMPLAR),
    Experiment("transfer", transfer, HEADLINE, EXEMPLAR, FIVE),
    Experiment("step cost", step_cost, COST, seeds=(0,), provenance="random numbers"),
)
