"""The reference beside every method: the same encoder, trained on labels."""

import torch
from torch import nn

from course_utils import losses, models, runtime
from course_utils.train import History, fit
from course_utils.views import streams

_BATCH = 256


def pretrain(
    encoder: nn.Sequential,
    images: torch.Tensor,
    labels: torch.Tensor,
    *,
    examples: int,
    seed: int,
) -> tuple[models.Classifier, History]:
    """Train an encoder and a linear head on labelled pictures, seeing ``examples`` of them.

    ``images`` uint8 ``(N, C, S, S)`` and ``labels`` int64 ``(N,)`` on the encoder's device. As many
    inputs a step, and in all, as a method that it stands beside: equal computing.
    """
    where = next(encoder.parameters()).device
    net = models.classifier(encoder, int(labels.max()) + 1, seed=seed).to(where)
    generator = runtime.generator(seed, where)
    stream = streams.batches(images, batch_size=_BATCH, generator=generator)
    labelled = ((x, labels[index]) for x, index in stream)
    return net, fit(net, labelled, losses.classification, examples=examples)
