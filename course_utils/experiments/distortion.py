"""Recorded experiments of lesson 02: Exemplar-CNN.

Every encoder is ``small_encoder`` trained with the recipe of the lesson, 256 copies a step; ``copies``
counts distorted copies. The floor, untrained weights, stands in the record of lesson 03.
"""

import functools
import statistics
import time

import torch

from course_utils import evaluate, losses, models, runtime, views
from course_utils.data.prepared import Photos
from course_utils.experiments import _shared
from course_utils.experiments._shared import CPU, world
from course_utils.pretext import exemplar
from course_utils.records import Experiment
from course_utils.train import fit

BATCH = 256
LONG, COPIES, SHORT, LIVE = 240_000, 96_000, 64_000, 48_000  # LIVE: as in the lesson
COLOR, GEOMETRY = ("components", "saturation", "hue"), ("translation", "scale", "rotation")
WITHOUT = {"": (), "color": COLOR, "geometry": GEOMETRY} | {f: (f,) for f in exemplar.FAMILIES}


def seed_pictures(train: Photos, kind: str, seeds: int, seed: int) -> tuple[torch.Tensor, int]:
    """The seeds, uint8 ``(seeds, 3, 32, 32)``, and the side of the patch in their middle.

    ``whole``: pictures drawn evenly. ``edges``: drawn with probability proportional to their mean squared
    gradient. ``twice``: half as many pictures, each of them two seeds. ``middle``: the patch of 14 pixels
    in the middle, which can be distorted without running over the border.
    """
    generator = runtime.generator(seed)
    if kind == "edges":
        energy = [
            exemplar.gradient_energy(views.to_float(part)).mean((1, 2))
            for part in train.images.split(5000)
        ]
        index = torch.multinomial(torch.cat(energy), seeds, generator=generator)
    else:
        index = torch.randperm(len(train), generator=generator)[:seeds]
    if kind == "twice":
        index = index[: seeds // 2].repeat(2)
    return train.images[index], 14 if kind == "middle" else train.images.shape[-1]


def strengths(without: str, hue: float) -> dict[str, float]:
    """Which families are left out, and how far the hue turns in multiples of the paper's range."""
    return {"hue": hue} | dict.fromkeys(WITHOUT[without], 0)


@functools.lru_cache(maxsize=2)
def pretrained(
    data: str,
    kind: str,
    seeds: int,
    copies: int,
    without: str,
    hue: float,
    seed: int,
    things: str = "kinds",
) -> tuple:
    """A classifier of surrogate classes with its encoder, trained on ``copies`` copies.

    ``things="none"``: of ToyWorld's pictures with their things erased.
    """
    pictures, side = seed_pictures(world(data, things=things)[0], kind, seeds, seed)
    encoder = models.small_encoder(seed=seed)
    net = models.classifier(encoder, seeds, seed=seed)
    stream = exemplar.copies(
        pictures,
        side=side,
        out=32,
        batch_size=BATCH,
        generator=runtime.generator(1000 + seed),
        device=CPU,
        strength=strengths(without, hue),
    )
    fit(net, stream, losses.classification, pictures=copies)
    return net, encoder


def surrogate_accuracy(
    net, pictures: torch.Tensor, shown: torch.Tensor, side: int, strength: dict, seed: int
) -> tuple[float, float]:
    """How often the seed of a new copy is told: by the net, and by the mean colour alone.

    ``pictures`` are the seeds that the net knows, ``shown`` those that the copies are made from: the same,
    or the same with something taken out. Four copies of each of 1,000 seeds (or of all).
    """
    generator = runtime.generator(2000 + seed)
    some = torch.randperm(len(shown), generator=generator)[:1000]
    axes = exemplar.color_axes(views.to_float(pictures[:2000]))
    right, by_color = [], []
    for index in some.repeat(4).split(500):
        drawn = exemplar.draw_parameters(len(index), generator, strength=strength)
        patches = views.to_float(shown[index])
        patches = exemplar.distort(patches, drawn, axes, side=side, out=32)
        patches = (255 * patches).round().to(torch.uint8)
        guess = evaluate.predict(net, patches, views.channel_statistics(pictures)).argmax(1)
        right.append(guess == index)
        guess = exemplar.nearest_color(views.to_float(patches), views.to_float(pictures))
        by_color.append(guess == index)
    return torch.cat(right).float().mean().item(), torch.cat(by_color).float().mean().item()


def gain(
    *, data: str, kind: str, seeds: int, copies: int, without: str, seed: int
) -> dict[str, float]:
    """Probes of an encoder, and how often it tells the seed of a new copy (``pretext``)."""
    train, test = world(data)
    net, encoder = pretrained(data, kind, seeds, copies, without, 1, seed)
    pictures, side = seed_pictures(train, kind, seeds, seed)
    told, _ = surrogate_accuracy(net, pictures, pictures, side, strengths(without, 1), seed)
    return _shared.probed(encoder, train, test) | {"pretext": told}


def dial(
    *, data: str, seeds: int, copies: int, without: str, hue: float, seed: int
) -> dict[str, float]:
    """On ToyWorld: factor row, kind probe, pretext, and the pretext with the things erased.

    ``erased``: how often the net still tells the seed when the copies are made from the same pictures
    without their thing; ``color``: how often the mean colour alone tells it.
    """
    train, test = world(data)
    net, encoder = pretrained(data, "whole", seeds, copies, without, hue, seed)
    pictures, side = seed_pictures(train, "whole", seeds, seed)
    erased, _ = seed_pictures(world(data, things="none")[0], "whole", seeds, seed)
    strength = strengths(without, hue)
    told, by_color = surrogate_accuracy(net, pictures, pictures, side, strength, seed)
    without_thing, _ = surrogate_accuracy(net, pictures, erased, side, strength, seed)
    return (
        _shared.probed(encoder, train, test)
        | {"pretext": told, "color": by_color, "erased": without_thing}
        | _shared.factor_row(encoder, train)
    )


def background(*, data: str, seeds: int, copies: int, seed: int) -> dict[str, float]:
    """The control of ``dial``: the same training on the same pictures with their things erased.

    What it gains over random weights is not owed to things.
    """
    net, encoder = pretrained(data, "whole", seeds, copies, "", 1, seed, things="none")
    pictures, side = seed_pictures(world(data, things="none")[0], "whole", seeds, seed)
    told, _ = surrogate_accuracy(net, pictures, pictures, side, {}, seed)
    return _shared.probed(encoder, *world(data)) | {"pretext": told}


def supervised(*, data: str, pictures: int, seed: int) -> dict[str, float]:
    """The ceiling: the same encoder trained on all true labels; its probes and factor row."""
    train, test = world(data)
    encoder = models.small_encoder(seed=seed)
    net = models.classifier(encoder, len(train.classes), seed=seed)
    stream = views.batches(
        train.images, batch_size=BATCH, generator=runtime.generator(seed), device=CPU
    )
    fit(net, ((x, train.labels[i]) for x, i in stream), losses.classification, pictures=pictures)
    return _shared.probed(encoder, train, test) | _shared.factor_row(encoder, train)


def softmax(*, seeds: int, seed: int) -> dict[str, float]:
    """What one class a picture costs: milliseconds a step of 256 copies, and megabytes.

    The step is forward, backward and update of the whole network, median of seven. The megabytes are
    those of the last layer: weights, their gradients and momenta, and the logits with theirs.
    """
    net = models.classifier(models.small_encoder(seed=seed), seeds, seed=seed)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    generator = runtime.generator(seed)
    images = torch.rand(BATCH, 3, 32, 32, generator=generator)
    images = images.to(memory_format=torch.channels_last)
    labels = torch.randint(seeds, (BATCH,), generator=generator)
    times = []
    for _ in range(8):
        start = time.perf_counter()
        with runtime.autocast(CPU, runtime.fastest_precision(CPU)):
            loss, _ = losses.classification(net, images, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    numbers = 3 * sum(p.numel() for p in net.head.parameters()) + 2 * BATCH * seeds
    return {"milliseconds": 1000 * statistics.median(times[1:]), "megabytes": 4 * numbers / 1e6}


EXPERIMENTS = {
    "gain": Experiment(
        gain,
        _shared.settings(
            ("cifar10", "whole", 500, LONG, ""),
            *(
                ("cifar10", "whole", n, SHORT, "")
                for n in (10, 25, 50, 125, 250, 500, 1000, 2000, 4000)
            ),
            *(("cifar10", "twice", n, SHORT, "") for n in (250, 1000, 4000)),
            *(("cifar10", kind, 125, SHORT, "") for kind in ("edges", "middle")),
            *(("cifar10", "whole", 125, SHORT, without) for without in WITHOUT if without),
            names="data kind seeds copies without",
        ),
    ),
    "dial": Experiment(
        dial,
        _shared.settings(
            *(("toyworld", 100, COPIES, "", hue) for hue in (0, 1, 5)),
            *(("toyworld", 100, COPIES, without, 1) for without in ("color", "geometry")),
            *(("toyworld", 100, LIVE, without, 1) for without in ("", "color")),
            names="data seeds copies without hue",
        ),
    ),
    "background": Experiment(
        background, _shared.settings(("toyworld", 100, COPIES), names="data seeds copies")
    ),
    "supervised": Experiment(
        supervised, _shared.settings(("toyworld", COPIES), names="data pictures")
    ),
    "softmax": Experiment(
        softmax,
        _shared.settings(*((n,) for n in (100, 1000, 10_000, 100_000)), names="seeds"),
        (0,),
        provenance="random numbers",
    ),
}
