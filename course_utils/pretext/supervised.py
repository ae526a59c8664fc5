"""The reference beside every method: the same encoder, trained on labels."""

from collections.abc import Iterator

import torch
from torch import nn

from course_utils import losses, models, runtime
from course_utils.train import History, fit
from course_utils.views import color, geometry, streams

_BATCH = 256
# A picture that is seen this often is augmented strongly: better for supervised learning from
# scratch, judged on training pictures set aside. The baseline deserves its best.
OFTEN = 100
FROM_SCRATCH, TUNED = 0.15, 0.05  # learning rates of a whole network, new or pretrained


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
    return net, fit(net, labelled, losses.classification, examples=examples, static=True)


def train_whole(
    encoder: nn.Sequential,
    images: torch.Tensor,
    labels: torch.Tensor,
    *,
    n_classes: int,
    examples: int,
    lr: float,
    seed: int,
) -> models.Classifier:
    """Train an encoder, with a new linear head, on a few labelled pictures over and over.

    ``images`` uint8 ``(n, 3, S, S)`` and ``labels`` int64 ``(n,)`` on the encoder's device.
    """
    where = next(encoder.parameters()).device
    net = models.classifier(encoder, n_classes, seed=seed).to(where)
    generator = runtime.generator(seed, where)
    strong = examples >= OFTEN * len(images)
    stream = labelled_batches(images, labels, generator, strong=strong)
    fit(net, stream, losses.classification, examples=examples, lr=lr)
    return net


def learned_from_few(
    images: torch.Tensor, labels: torch.Tensor, *, n_classes: int, examples: int, seed: int
) -> models.Classifier:
    """A new network, supervised from scratch on a few labelled pictures, as in ``train_whole``."""
    where = runtime.device()
    return train_whole(
        models.small_encoder(images, seed=seed).to(where),
        images.to(where),
        labels.to(where),
        n_classes=n_classes,
        examples=examples,
        lr=FROM_SCRATCH,
        seed=seed,
    )


def labelled_batches(
    images: torch.Tensor, labels: torch.Tensor, generator: torch.Generator, *, strong: bool
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless augmented batches of 64 of a few labelled pictures, in [0, 1], with their labels.

    ``images`` uint8 ``(n, 3, S, S)``, ``labels`` int64 ``(n,)``. ``strong`` augmentation is resized
    crops and colour jitter, for pictures that are seen very often; else they are shifted a little.
    """
    size = images.shape[-1]
    for index in streams.index_batches(len(images), 64, generator):
        x = geometry.random_flip(streams.to_float(images[index]), generator)
        if strong:
            x = geometry.random_resized_crop(x, size, generator, area=(0.25, 1))
            x = color.random_color_jitter(
                x, generator, brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8
            )
        else:
            x = geometry.random_crop(x, size // 16, generator)
        yield x, labels[index]
