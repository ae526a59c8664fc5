"""What the recorded experiments of several lessons share: data, floor, and how encoders are probed."""

import functools

import torch

from course_utils import evaluate, factors, models, runtime, views
from course_utils.data import photos, toyworld
from course_utils.data.prepared import Photos

POOL, FEW = 10_000, 500  # labelled pictures for the probes
CPU = torch.device("cpu")


@functools.lru_cache(maxsize=4)
def world(data: str, sun: str = "random", things: str = "kinds") -> tuple[Photos, Photos]:
    """Training and test pictures; ``sun`` and ``things`` change ToyWorld only."""
    train, test = photos.load(data)
    if (sun, things) == ("random", "kinds"):
        return train, test
    drawn = [
        toyworld.stills(len(part), split=split, seed=0, sun=sun, things=things)
        for split, part in (("train", train), ("test", test))
    ]
    return tuple(
        Photos(stills.images, stills.factors["kind"], toyworld.KINDS, data, part.provenance)
        for stills, part in zip(drawn, (train, test), strict=True)
    )


def random_encoder(train: Photos, seed: int) -> torch.nn.Sequential:
    """The floor: untrained weights, batch-norm statistics calibrated on training pictures."""
    statistics = views.channel_statistics(train.images)
    return evaluate.calibrate(models.small_encoder(seed=seed), train.images[:POOL], statistics)


def pool(train: Photos) -> torch.Tensor:
    """Which training pictures count as labelled, int64 ``(10,000,)``: the same in every lesson."""
    return torch.randperm(len(train), generator=runtime.generator(0))[:POOL]


def features(encoder, train: Photos, images: torch.Tensor) -> dict[str, torch.Tensor]:
    """Features of uint8 pictures by stage, for an encoder trained on ``train``; None for pixels."""
    if encoder is None:
        return {"pixels": models.pool(views.to_float(images))}
    return evaluate.features(encoder, images, views.channel_statistics(train.images))


def probed(encoder, train: Photos, test: Photos) -> dict[str, float]:
    """Probes with 10,000 labels, for every stage and for the one chosen on held-out labels; 500."""
    index = pool(train)
    inside, labels = features(encoder, train, train.images[index]), train.labels[index]
    outside = features(encoder, train, test.images)
    stages = {
        name: evaluate.linear_probe(
            {name: inside[name]}, labels, {name: outside[name]}, test.labels
        )
        for name in inside
    }
    chosen = max(stages.values(), key=lambda probe: probe.held_out[0])
    few = evaluate.linear_probe(inside, labels, outside, test.labels, n_labels=FEW, draws=5)
    profile = {f"probe_{name}": probe.accuracy for name, probe in stages.items()}
    return {"probe": chosen.accuracy, "probe_few": few.accuracy} | profile


def turn_full_circle(images: torch.Tensor, degrees: torch.Tensor) -> torch.Tensor:
    """Turn uint8 pictures ``(N, 3, S, S)`` counter-clockwise by any angle ``(N,)`` under a disc.

    Outside the inscribed disc everything is gray: the corners that a turn leaves empty would tell.
    """
    n, _, size, _ = images.shape
    still = torch.zeros(n, 2)
    turned = views.affine(views.to_float(images), -degrees, still, torch.ones(n), still)
    middle = (torch.arange(size) - (size - 1) / 2) ** 2
    outside = middle[:, None] + middle[None, :] > (size / 2 - 1) ** 2
    return (255 * turned.masked_fill(outside, 0.5)).round().to(torch.uint8)


def factor_row(encoder, train: Photos) -> dict[str, float]:
    """What can be read on ToyWorld from the last stage of an encoder trained on ``train``.

    None stands for pixels. For every factor two figures, by a linear layer and by nearest neighbours:
    ``kind_linear``, ``kind_neighbours`` and so on. ``turn`` is the angle by which a whole picture was turned.
    """
    drawn = [toyworld.stills(n, split=s, seed=1) for n, s in ((8000, "train"), (2000, "test"))]
    turns = [360 * torch.rand(len(d.images), generator=runtime.generator(2)) for d in drawn]

    def read(images):
        return list(features(encoder, train, images).values())[-1]

    known = [{name: d.factors[name] for name in toyworld.READABLE} for d in drawn]
    readable = factors.factor_probe(
        read(drawn[0].images),
        known[0],
        read(drawn[1].images),
        known[1],
        periods=toyworld.PERIODS,
    )
    circled = [turn_full_circle(d.images, turn) for d, turn in zip(drawn, turns, strict=True)]
    readable |= factors.factor_probe(
        read(circled[0]),
        {"turn": turns[0]},
        read(circled[1]),
        {"turn": turns[1]},
        periods={"turn": 360},
    )
    return {
        f"{name}_{how}": getattr(value, how)
        for name, value in readable.items()
        for how in ("linear", "neighbours")
    }


def settings(*rows: tuple, names: str) -> tuple[dict, ...]:
    """Rows of values as settings: ``names`` holds the name of each column."""
    return tuple(dict(zip(names.split(), row, strict=True)) for row in rows)
