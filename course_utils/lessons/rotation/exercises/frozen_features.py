"""Exercise of lesson 03: the features of a frozen encoder."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import models, runtime
from course_utils.evaluate import features
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import results_of


def _encoder_and_pictures(n: int, *, dropout: bool = False) -> tuple[nn.Module, torch.Tensor]:
    """An encoder in training mode whose statistics are those of other pictures; n pictures.

    With ``dropout`` nothing is left of its features while it is in that mode.
    """
    pictures = torch.randint(256, (n, 3, 16, 16), generator=runtime.generator(0)).to(torch.uint8)
    encoder = features.recalibrated(models.small_encoder(pictures), pictures // 2)
    encoder = nn.Sequential(encoder, nn.Dropout(1.0)) if dropout else encoder
    return encoder.train(), pictures / 255


def _observe(answer: Callable, case: tuple) -> Iterator[tuple[str, object]]:
    encoder, images = case
    given = {"encoder": encoder, "images": images}
    (result,) = yield from results_of(answer, given, "features")
    yield "follows_gradients", result.requires_grad
    yield "values", result


def _frozen(after: Callable) -> Callable:
    @torch.no_grad()
    def twin(encoder, images):
        return after(encoder.eval()(images))

    return twin


@torch.no_grad()
def _only_batch_norm(encoder, images):
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    return encoder(images).mean((2, 3))


@torch.no_grad()
def _back_in_training(encoder, images):
    """In evaluation mode for the first part of the pictures only."""
    parts = []
    encoder.eval()
    for part in images.split(32):
        parts.append(encoder(part).mean((2, 3)))
        encoder.train()
    return torch.cat(parts)


MISTAKES = {
    "only_batch_norm": _only_batch_norm,
    "back_in_training": _back_in_training,
    "training_mode": torch.no_grad()(lambda encoder, images: encoder(images).mean((2, 3))),
    "gradients": lambda encoder, images: encoder.eval()(images).mean((2, 3)),
    "not_pooled": _frozen(lambda z: z),
    "largest": _frozen(lambda z: z.amax((2, 3))),
    "scaled": torch.no_grad()(lambda net, x: net.eval()(x / 255).mean((2, 3))),
    "squeezed": _frozen(lambda z: z.mean((2, 3)).squeeze()),
    "unit_length": _frozen(lambda z: F.normalize(z.mean((2, 3)), dim=1)),
    "reshaped": _frozen(lambda z: z.reshape(len(z), -1, z.shape[1]).mean(1)),
    "summed": _frozen(lambda z: z.sum((2, 3))),
}

EXERCISE = Exercise(
    reference=features.frozen_features,
    observe=_observe,
    cases=(
        lambda: _encoder_and_pictures(6),
        lambda: _encoder_and_pictures(1),
        lambda: _encoder_and_pictures(200),
        lambda: _encoder_and_pictures(5, dropout=True),
    ),
    mistakes=MISTAKES,
)
