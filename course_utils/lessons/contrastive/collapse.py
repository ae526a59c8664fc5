"""Collapse, traced: three methods that learn from views, and each with one thing taken away."""

import copy
import itertools

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import models, runtime
from course_utils.data.worlds import world
from course_utils.evaluate import gauges, ruler
from course_utils.pretext import byol, contrastive, vicreg
from course_utils.train import fit

TRACED, EVERY, POINTS = 48_000, 25, 24  # views a trace sees, steps between looks, pictures drawn
GAUGES = ("spread", "rank", "cosine")


def attract(z: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Partners near each other and nothing else: what is left when negatives are taken away."""
    a, b = z.chunk(2)
    return -F.cosine_similarity(a, b, dim=1).mean() / contrastive.TEMPERATURE


def embedded(
    net: contrastive.Projected, known: torch.Tensor, *queries: torch.Tensor
) -> list[torch.Tensor]:
    """Embeddings ``(N, D)`` of uint8 pictures, with every batch norm, the projector's included, of
    the clean pictures ``known``: training saw views.
    """
    read = [f["block3"] for f in ruler.stages(net.encoder, known, *queries)]
    projector = copy.deepcopy(net.projector).train()
    channels = projector[0].in_features
    averaged = [x.unflatten(1, (channels, -1)).mean(2) for x in read]  # (N, channels)
    for layer in projector:
        if isinstance(layer, nn.BatchNorm1d):
            layer.reset_running_stats()
            layer.momentum = None  # the statistics of all that comes
    with torch.no_grad():
        projector(averaged[0])
        return [projector.eval()(x) for x in averaged]


# By method: what is minimised as it is, and with one thing taken away. BYOL's loss stays.
OBJECTIVES = {
    "SimCLR": (contrastive.against_the_batch, attract),
    "VICReg": (
        lambda z, index: vicreg.vicreg(z),
        lambda z, index: vicreg.vicreg(z, variance=0.0),
    ),
}


def collapse_traced(*, data: str, method: str, taken: bool, seed: int) -> dict[str, float]:
    """Gauges of the embeddings of 500 test pictures while a network trains, look by look.

    ``method``: ``SimCLR``, ``BYOL`` (its target the network itself) or ``VICReg``; ``taken``: its
    negatives, its stop-gradient or its variance are taken away. ``spread_00``, ``rank_00``,
    ``cosine_00`` and so on as ``gauges.collapse`` has them, and ``deviation_00``: that of a
    dimension before lengths are made equal. With seed 0 also the places of 24 pictures,
    ``x_00_00`` and ``y_00_00`` and so on: two fixed directions of their unit vectors.
    """
    train, test = world(data)
    images, looked_at = train.images, test.images[:500]
    online = contrastive.projected(models.small_encoder(images, seed=seed), seed=seed)
    if method == "BYOL":
        net, loss = byol.bootstrapped(online, None if taken else 0.0, seed=seed), byol.bootstrap
    else:
        net, loss = online, contrastive.contrast(OBJECTIVES[method][taken])
    generator = runtime.generator(4000)
    axes = torch.linalg.qr(torch.randn(contrastive.DIMENSIONS, 2, generator=generator)).Q
    figures, looks = {}, itertools.count()

    def look():
        k = next(looks)
        (z,) = embedded(online, looked_at)
        found = gauges.collapse(z)
        figures.update({f"{name}_{k:02d}": getattr(found, name) for name in GAUGES})
        figures[f"deviation_{k:02d}"] = z.std(0).mean().item()
        if seed == 0:
            places = (F.normalize(z[:POINTS], dim=1) @ axes).tolist()
            for i, place in enumerate(places):
                figures.update(
                    {f"{a}_{k:02d}_{i:02d}": v for a, v in zip("xy", place, strict=True)}
                )

    def watched(batches):
        for step, batch in enumerate(batches):
            if step % EVERY == 0:
                look()
            yield batch

    stream = contrastive.viewed(
        images,
        batch=contrastive.PICTURES,
        generator=runtime.generator(seed),
        strength=contrastive.STRENGTH,
    )
    fit(net, watched(stream), loss, examples=TRACED)
    look()
    return figures
