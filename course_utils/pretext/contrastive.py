"""Contrastive learning (SimCLR): which of all the views in a batch is of the same picture?

Chen, Kornblith, Norouzi & Hinton, "A Simple Framework for Contrastive Learning of Visual
Representations", ICML 2020. The label is free: two views were made from one picture, so each is the
other's answer, and the rest of the batch are the wrong ones.
"""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import models, runtime
from course_utils.train import History, fit
from course_utils.views import color, geometry, streams

AREA = (0.2, 1.0)  # share of the picture that a view shows; the paper has 0.08 to 1
GRAY_SHARE = 0.2  # how often a view loses its colours, as in the paper
STRENGTH, TEMPERATURE = 0.25, 0.2
PICTURES = 64  # pictures a step, twice as many views
DIMENSIONS = 128  # of an embedding, as in the paper

# ---------------------------------------------------------------- views


def random_view(
    images: torch.Tensor, generator: torch.Generator, *, strength: float
) -> torch.Tensor:
    """One random view of every picture: a crop, mirrored or not, with its colours changed.

    ``images`` float ``(B, 3, S, S)`` in [0, 1] to the same shape. ``strength`` is the paper's s
    (appendix A): four views in five have brightness, contrast and saturation changed by up to 0.8 s
    and hue by up to 0.2 s of the circle, and one in five is gray. 0 leaves colours as they are. The
    paper blurs as well, but not on CIFAR-10.
    """
    x = geometry.random_resized_crop(images, images.shape[-1], generator, area=AREA)
    x = geometry.random_flip(x, generator)
    if strength == 0:
        return x
    s = 0.8 * strength
    x = color.random_color_jitter(
        x, generator, brightness=s, contrast=s, saturation=s, hue=0.2 * strength, p=0.8
    )
    return color.random_gray(x, generator, p=GRAY_SHARE)


def two_views(images: torch.Tensor, generator: torch.Generator, strength: float) -> torch.Tensor:
    """Two views of every picture: first one of each, then another of each in the same order.

    ``images`` float ``(B, 3, S, S)`` in [0, 1] to ``(2B, 3, S, S)``; ``strength`` as in
    ``random_view``. View i and view i + B are partners.
    """
    return torch.cat([random_view(images, generator, strength=strength) for _ in range(2)])


def viewed(
    images: torch.Tensor, *, batch: int, generator: torch.Generator, strength: float
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches of two views of each of ``batch`` pictures, with the pictures' numbers.

    ``images`` uint8 ``(N, 3, S, S)``; yields float ``(2 · batch, 3, S, S)`` in [0, 1] and int64
    ``(batch,)`` on the device of ``images``.
    """
    for index in streams.index_batches(len(images), batch, generator):
        index = index.to(images.device)
        yield two_views(streams.to_float(images[index]), generator, strength), index


# ---------------------------------------------------------------- losses


def partners(n: int, where: torch.device | str = "cpu") -> torch.Tensor:
    """Where among ``n`` views, n even, the other view of each picture is: int64 ``(n,)``."""
    return torch.arange(n, device=where).roll(n // 2)


def similarities(z: torch.Tensor) -> torch.Tensor:
    """Cosine of every two of the embeddings ``(2B, D)``, −∞ with itself: ``(2B, 2B)``."""
    z = F.normalize(z, dim=1)
    return (z @ z.T).fill_diagonal_(-torch.inf)


def nt_xent(z: torch.Tensor, temperature: float) -> torch.Tensor:
    """Normalised temperature-scaled cross-entropy (Chen et al. 2020, equation 1): a scalar.

    ``z`` float ``(2B, D)``, B ≥ 1, of any length: first and second views as ``two_views`` orders
    them. For each of the 2B views the classes are the 2B − 1 others, and the right one is its
    partner; the logits are cosines divided by ``temperature``. The mean over all views.
    """
    return F.cross_entropy(similarities(z) / temperature, partners(len(z), z.device))


def found(z: torch.Tensor) -> torch.Tensor:
    """The share of the views ``(2B, D)`` that are more alike to their partner than to any other."""
    nearest = similarities(z.detach()).argmax(1)
    return (nearest == partners(len(z), z.device)).float().mean()


# ---------------------------------------------------------------- the network and its recipe


class Projected(nn.Module):
    """An encoder, its last maps averaged, and a projector of two layers: pictures to embeddings.

    The projector is there for the loss alone; what is read afterwards is the encoder (section 2.1).
    """

    def __init__(self, encoder: nn.Sequential, channels: int, dimensions: int):
        super().__init__()
        self.encoder = encoder
        hidden = nn.Linear(channels, channels, bias=False)
        self.projector = nn.Sequential(
            hidden, nn.BatchNorm1d(channels), nn.ReLU(), nn.Linear(channels, dimensions)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """``(B, C, S, S)`` float in the encoder's range to ``(B, dimensions)``."""
        return self.projector(self.encoder(images).mean((2, 3)))


@models.seeded
def projected(encoder: nn.Sequential, dimensions: int = DIMENSIONS) -> Projected:
    """Put a projector on an encoder (shared, not copied)."""
    channels = [m for m in encoder.modules() if isinstance(m, nn.BatchNorm2d)][-1].num_features
    return Projected(encoder, channels, dimensions)


# What is minimised: embeddings ``(2B, D)`` and the numbers of the pictures ``(B,)`` to a scalar.
Objective = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def against_the_batch(z: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """``nt_xent`` at the course's temperature; which pictures they are is not asked."""
    return nt_xent(z, TEMPERATURE)


def contrast(objective: Objective) -> Callable:
    """What ``train.fit`` minimises for a ``Projected``, on the batches of ``viewed``."""

    def loss(model, views, index):
        z = model(views).float()
        return objective(z, index), {"accuracy": found(z)}

    return loss


def pretrain(
    encoder: nn.Sequential,
    images: torch.Tensor,
    *,
    examples: int,
    seed: int,
    strength: float = STRENGTH,
    batch: int = PICTURES,
    objective: Objective = against_the_batch,
) -> tuple[Projected, History]:
    """Train an encoder to find the other view: the recipe of lesson 07 and of its records.

    ``images`` uint8 ``(N, 3, S, S)`` on the encoder's device; ``examples`` counts views, ``2 ·
    batch`` a step. ``strength`` as in ``random_view``; ``objective`` takes the embeddings of a
    batch and the numbers of its pictures.
    """
    where = next(encoder.parameters()).device
    net = projected(encoder, seed=seed).to(where)
    generator = runtime.generator(seed, where)
    stream = viewed(images, batch=batch, generator=generator, strength=strength)
    return net, fit(net, stream, contrast(objective), examples=examples, static=True)
