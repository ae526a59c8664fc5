"""The ruler: how every method's encoder is read, fixed before a lesson is written.

An encoder is recalibrated on the probe's training inputs, every stage is read linearly and by
nearest neighbours with 10,000 and with 500 labels, and the validation and test figures of *all*
stages are kept. Which stage counts is chosen later, once a method and data set, by validation
averaged over the seeds (``records.read``); for one live network by its own validation.
"""

import functools
from collections.abc import Sequence

import torch
from torch import nn

from course_utils import runtime
from course_utils.data import toyworld
from course_utils.data.prepared import Photos
from course_utils.evaluate.factors import factor_probe
from course_utils.evaluate.features import features, pixels, recalibrated
from course_utils.evaluate.probes import Probe, best_stage, linear_probe, neighbour_probe
from course_utils.views.geometry import turn_full_circle
from course_utils.views.streams import to_bytes, to_float

LABELS, FEW, DRAWS = 10_000, 500, 5
PROBES = {"linear": linear_probe, "neighbours": neighbour_probe}
# The primary outcomes, named before anything is trained: these two on both data sets.
PRIMARY = ("linear_10000", "linear_500")


def labelled_pool(train: Photos) -> torch.Tensor:
    """Which training pictures count as labelled, int64 ``(10,000,)``: always the same."""
    return torch.randperm(len(train), generator=runtime.generator(0))[:LABELS]


def stages(
    encoder: nn.Sequential | None, known: torch.Tensor, *queries: torch.Tensor
) -> list[dict[str, torch.Tensor]]:
    """Features by stage of the probe's training inputs and of each of ``queries``.

    All are uint8 ``(N, C, S, S)``. The encoder is recalibrated on ``known``; None stands for
    pixels.
    """
    if encoder is None:
        return [pixels(x) for x in (known, *queries)]
    encoder = recalibrated(encoder, known)
    return [features(encoder, x) for x in (known, *queries)]


def read(
    encoder: nn.Sequential | None,
    train: Photos,
    test: Photos,
    *,
    readings: Sequence[str] = tuple(PROBES),
) -> dict[str, float]:
    """Everything the ruler reads of an encoder, by name, each in [0, 1].

    ``linear_10000_block2_test`` is the test accuracy of the linear probe with 10,000 labels on
    block2, ``…_validation`` that on held-out labels; likewise ``linear_500`` (mean of five draws),
    ``neighbours_10000`` and ``neighbours_500``. None stands for pixels, one stage of that name.
    ``readings``: the probes to use, names of ``PROBES``.
    """
    index = labelled_pool(train)
    inside, outside = stages(encoder, train.images[index], test.images)
    known = train.labels[index]
    return read_features(inside, known, outside, test.labels, readings=readings)


def read_features(
    inside: dict[str, torch.Tensor],
    labels: torch.Tensor,
    outside: dict[str, torch.Tensor],
    test_labels: torch.Tensor,
    *,
    sizes: Sequence[int] = (LABELS, FEW),
    readings: Sequence[str] = tuple(PROBES),
) -> dict[str, float]:
    """``read`` for features that are there already; all labels are one draw, fewer are five.

    ``sizes``: other numbers of labels, where there are fewer.
    """
    found = {}
    for name in readings:
        probe = PROBES[name]
        for n in sizes:
            draws = 1 if n >= len(labels) else DRAWS
            probes = probe(inside, labels, outside, test_labels, n_labels=n, draws=draws)
            for stage, result in probes.items():
                found[f"{name}_{n}_{stage}_validation"] = result.held_out
                found[f"{name}_{n}_{stage}_test"] = result.accuracy
    return found


def live(
    inside: dict[str, torch.Tensor],
    labels: torch.Tensor,
    outside: dict[str, torch.Tensor],
    test_labels: torch.Tensor,
    *,
    few: int = FEW,
) -> tuple[Probe, Probe]:
    """The linear probe of one live network, with all labels and with ``few`` in five draws, on the
    stage that its own validation chooses. Features as ``stages`` gives them.
    """
    every = linear_probe(inside, labels, outside, test_labels)
    stage = best_stage(every)
    here = {stage: inside[stage]}, labels, {stage: outside[stage]}, test_labels
    return every[stage], linear_probe(*here, n_labels=few, draws=DRAWS)[stage]


@functools.lru_cache(maxsize=1)
def _world_to_read() -> tuple:
    """ToyWorld pictures and factors for the factor row; turned under a disc, and the angles."""
    drawn = [toyworld.stills(n, split=s, seed=1) for n, s in ((8000, "train"), (2000, "test"))]
    turns = [360 * torch.rand(len(d.images), generator=runtime.generator(2)) for d in drawn]
    turned = [
        to_bytes(torch.cat([turn_full_circle(to_float(x), a) for x, a in
                            zip(d.images.split(500), t.split(500), strict=True)]))
        for d, t in zip(drawn, turns, strict=True)
    ]  # fmt: skip
    return drawn, turns, turned


def factor_row(encoder: nn.Sequential | None) -> dict[str, float]:
    """What can be read on ToyWorld from the last stage of an encoder, recalibrated as everywhere.

    None stands for pixels. For every factor two figures, by a linear layer and by nearest
    neighbours: ``kind_linear``, ``kind_neighbours`` and so on. ``turn`` is the angle by which a
    whole picture was turned.
    """
    drawn, turns, turned = _world_to_read()
    known = [{name: d.factors[name] for name in toyworld.READABLE} for d in drawn]
    readable = {}
    for images, truth, periods in (
        ([d.images for d in drawn], known, toyworld.PERIODS),
        (turned, [{"turn": turn} for turn in turns], {"turn": 360}),
    ):
        inside, outside = (list(x.values())[-1] for x in stages(encoder, *images))
        readable |= factor_probe(inside, truth[0], outside, truth[1], periods=periods)
    return {
        f"{name}_{how}": getattr(value, how)
        for name, value in readable.items()
        for how in ("linear", "neighbours")
    }
