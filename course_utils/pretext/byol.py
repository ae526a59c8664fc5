"""BYOL: no wrong answers. A network predicts what a slow copy of itself makes of the other view.

Grill et al., "Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning", NeurIPS 2020.
With a copy that is not slow but equal it is SimSiam: Chen & He, "Exploring Simple Siamese
Representation Learning", CVPR 2021.
"""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import models, runtime
from course_utils.pretext import contrastive
from course_utils.train import History, fit

MOMENTUM = 0.97  # the paper has 0.996, rising to 1, over far more steps


def bootstrap_loss(predicted: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Squared distance of unit vectors, 2 − 2 cos, of each view's prediction to its partner's
    target: the mean, a scalar (Grill et al. 2020, equation 2, both ways round).

    Both float ``(2B, D)``, views ordered as by ``contrastive.two_views``.
    """
    other = targets[contrastive.partners(len(targets), targets.device)]
    return 2 - 2 * F.cosine_similarity(predicted, other, dim=1).mean()


class Bootstrapped(nn.Module):
    """The network that learns, its predictor, and the network whose embeddings are predicted.

    ``momentum``: how much of the target network stays at every step. 0: its weights are those of
    the learning network; None: and gradients flow into the targets as well.
    """

    def __init__(self, online: contrastive.Projected, dimensions: int, momentum: float | None):
        super().__init__()
        self.online, self.momentum = online, momentum
        self.predictor = nn.Sequential(
            nn.Linear(dimensions, 2 * dimensions, bias=False),
            nn.BatchNorm1d(2 * dimensions),
            nn.ReLU(),
            nn.Linear(2 * dimensions, dimensions),
        )
        self.target = copy.deepcopy(online).requires_grad_(False) if momentum else None

    @property
    def encoder(self) -> nn.Sequential:
        """What is read afterwards."""
        return self.online.encoder

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """``(2B, 3, S, S)`` in [0, 1] to predictions and targets, both ``(2B, D)``."""
        z = self.online(images)
        if self.target is not None:
            return self.predictor(z), self.target(images)
        return self.predictor(z), z if self.momentum is None else z.detach()

    @torch.no_grad()
    def follow(self) -> None:
        """The target network moves a little towards the one that learns."""
        if self.target is not None:
            pairs = zip(self.target.parameters(), self.online.parameters(), strict=True)
            for slow, quick in pairs:
                slow.lerp_(quick, 1 - self.momentum)


@models.seeded
def bootstrapped(online: contrastive.Projected, momentum: float | None) -> Bootstrapped:
    """Put a predictor and a target network beside a network (shared, not copied)."""
    return Bootstrapped(online, online.projector[-1].out_features, momentum)


def bootstrap(
    model: Bootstrapped, views: torch.Tensor, index: torch.Tensor
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """What ``train.fit`` minimises, on the batches of ``contrastive.viewed``."""
    model.follow()
    predicted, targets = model(views)
    return bootstrap_loss(predicted.float(), targets.float()), {}


def pretrain(
    encoder: nn.Sequential,
    images: torch.Tensor,
    *,
    examples: int,
    seed: int,
    momentum: float | None = MOMENTUM,
) -> tuple[Bootstrapped, History]:
    """Train an encoder without negatives, on the views of ``contrastive.pretrain``.

    ``images`` uint8 ``(N, 3, S, S)`` on the encoder's device; ``examples`` counts views;
    ``momentum`` as in ``Bootstrapped``.
    """
    where = next(encoder.parameters()).device
    online = contrastive.projected(encoder, seed=seed)
    net = bootstrapped(online, momentum, seed=seed).to(where)
    stream = contrastive.viewed(
        images,
        batch=contrastive.PICTURES,
        generator=runtime.generator(seed, where),
        strength=contrastive.STRENGTH,
    )
    return net, fit(net, stream, bootstrap, examples=examples, static=True)
