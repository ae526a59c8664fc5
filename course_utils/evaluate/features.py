"""What a network gives for pictures: features of every stage, predictions, embeddings.

The rules are the same for every network, the untrained one included: evaluation mode, the fastest
precision, every stage pooled to about the same number of dimensions.
"""

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import torch
from torch import nn

from course_utils import models, runtime, threads
from course_utils.views.streams import to_float

_BATCH = 500
T = TypeVar("T")


@torch.no_grad()
def _batched(
    model: nn.Module, forward: Callable[[torch.Tensor], T], images: torch.Tensor
) -> Iterator[T]:
    """``forward`` of every batch of uint8 pictures; ``model`` is in evaluation mode meanwhile."""
    where = next(model.parameters()).device
    threads.settle()
    precision = runtime.fastest_precision(where)
    was_training = model.training
    model.eval()
    try:
        for part in images.split(_BATCH):
            with runtime.autocast(where, precision):
                out = forward(to_float(part.to(where)))
            yield out
    finally:
        model.train(was_training)


def features(encoder: nn.Sequential, images: torch.Tensor) -> dict[str, torch.Tensor]:
    """Features of every stage: name to float32 ``(N, about 1024)`` on the encoder's device.

    ``images`` is uint8 ``(N, C, S, S)``, on any device. Runs in evaluation mode and puts the
    encoder's mode back.
    """
    rows: dict[str, list[torch.Tensor]] = {}
    for maps in _batched(encoder, partial(models.stage_maps, encoder), images):
        for name, stage in maps.items():
            rows.setdefault(name, []).append(models.pool(stage))
    return {name: torch.cat(parts) for name, parts in rows.items()}


def pixels(images: torch.Tensor) -> dict[str, torch.Tensor]:
    """The pixels of uint8 pictures ``(N, 3, S, S)`` as a stage of their own, pooled like the
    others.
    """
    return {"pixels": models.pool(to_float(images))}


def recalibrated(encoder: nn.Module, images: torch.Tensor) -> nn.Module:
    """A copy whose batch-norm statistics are those of uint8 pictures ``(N, C, S, S)``, in order.

    A network trained on turned, distorted or gray pictures carries running statistics of those, an
    untrained one mean 0 and variance 1, and neither fits the pictures that a probe reads. So every
    encoder is given statistics of the probe's training inputs: cumulative averages over batches.
    Weights, and statistics of other kinds (``Normalize``), stay. The copy is in evaluation mode.
    Raises ``ValueError`` without pictures.
    """
    if not len(images):
        raise ValueError(
            "이미지가 하나도 없습니다. 프로브의 학습 이미지를 넘겨 주세요.\n"
            "There are no pictures. Pass the probe's training pictures."
        )
    encoder = copy.deepcopy(encoder)
    layers = [m for m in encoder.modules() if isinstance(m, nn.BatchNorm2d)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a cumulative average

    def collect(part):
        for layer in layers:
            layer.train()
        encoder(part)

    for _ in _batched(encoder, collect, images):
        pass
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    return encoder.eval()


def frozen_features(encoder: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """What a frozen encoder says about pictures: ``(B, C, S, S)`` float in its range to ``(B, D)``.

    What an exercise asks for. ``features`` does more: all stages, pooled to about 1,024 dimensions,
    and the encoder's mode put back; here it is left in evaluation mode.
    """
    encoder.eval()
    with torch.no_grad():
        return encoder(images).mean((2, 3))


def predict(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Probabilities ``(N, K)`` that a classifier gives uint8 pictures ``(N, C, S, S)``, on the CPU.

    Runs in evaluation mode and puts the model's mode back.
    """
    return torch.cat([logits.float().softmax(1).cpu() for logits in _batched(model, model, images)])


def embeddings(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """What a model gives for uint8 pictures ``(N, C, S, S)``, float32 ``(N, D)`` on the CPU."""
    return torch.cat([z.float().cpu() for z in _batched(model, model, images)])
