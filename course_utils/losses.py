"""Losses: pure functions of a model's outputs and their targets."""

from collections.abc import Callable

import torch
import torch.nn.functional as F


def accuracy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Share of rows whose largest logit is the label: ``(B, K)`` and int64 ``(B,)`` to a scalar."""
    return (logits.argmax(1) == labels).float().mean()


def classification(
    model: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Cross-entropy of a classifier on a batch, and its accuracy: what ``train.fit`` minimises.

    ``images`` is ``(B, 3, S, S)`` on the model's device, ``labels`` int64 ``(B,)`` on any. The loss
    is taken in float32 whatever precision the model runs in.
    """
    logits = model(images).float()
    labels = labels.to(logits.device)
    return F.cross_entropy(logits, labels), {"accuracy": accuracy(logits, labels)}


def cosine_distance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """1 − cosine of the angle between vectors, in [0, 2]: ``(…, D)`` and ``(…, D)`` to ``(…)``,
    broadcast.

    Wang & Gupta 2015, section 4.1: 0 for equal directions, whatever the lengths.
    """
    return 1 - F.cosine_similarity(a, b, dim=-1)


def tracking_hinge(
    x: torch.Tensor, positive: torch.Tensor, negatives: torch.Tensor, *, margin: float = 0.5
) -> torch.Tensor:
    """Wang & Gupta 2015, equation 3: mean of max(0, D(X, X⁺) − D(X, X⁻) + M) over all triplets.

    ``x`` and ``positive`` are ``(B, D)``: first and last patch of B tracks; ``negatives`` ``(B, K,
    D)``, K for each. D is ``cosine_distance``, at most 2, so ``margin`` lies between 0 and 2.
    Scalar. The paper sums; the mean differs by the constant B · K, and the weight decay is the
    optimiser's.
    """
    near = cosine_distance(x, positive)[:, None]  # (B, 1)
    far = cosine_distance(x[:, None], negatives)  # (B, K)
    return F.relu(near - far + margin).mean()


def hardest_negatives(
    x: torch.Tensor, candidates: torch.Tensor, allowed: torch.Tensor, k: int
) -> torch.Tensor:
    """For each of B anchors the ``k`` nearest candidates that may serve as negatives: indices
    ``(B, k)``.

    ``x`` is ``(B, D)``, ``candidates`` ``(N, D)``, ``allowed`` bool ``(B, N)``: False for the
    anchor's own positive, for patches of the same thing, for patches of the same clip. The nearest
    have the highest loss (Wang & Gupta 2015, hard negative mining: the top K of the batch). No
    gradient comes through. Raises ``ValueError`` if an anchor has fewer than ``k`` allowed
    candidates.
    """
    similar = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T  # (B, N)
    return first_allowed(similar, allowed, k)


@torch.no_grad()
def first_allowed(wanted: torch.Tensor, allowed: torch.Tensor, k: int) -> torch.Tensor:
    """The ``k`` allowed candidates with the largest ``wanted``, both ``(B, N)``: indices ``(B,
    k)``. Raises ``ValueError`` if an anchor has fewer than ``k``; a GPU is not made to wait for it.
    """
    _need(allowed, k)
    return wanted.masked_fill(~allowed, -torch.inf).topk(k, dim=1).indices


def _need(allowed: torch.Tensor, k: int) -> None:
    if allowed.device.type != "cpu":
        return  # to count them would make every step wait for the device
    fewest = int(allowed.sum(1).min())
    if fewest < k:
        raise ValueError(
            f"네거티브 후보가 {fewest}개뿐인 앵커가 있어 {k}개를 고를 수 없습니다. 배치를 키우거나 k를 "
            "줄이세요.\n"
            f"One anchor has only {fewest} candidates for {k} negatives. Use a larger batch or a "
            "smaller k."
        )


def random_negatives(allowed: torch.Tensor, k: int, generator: torch.Generator) -> torch.Tensor:
    """For each anchor ``k`` different allowed candidates, drawn evenly: bool ``(B, N)`` to indices
    ``(B, k)``.

    Raises ``ValueError`` if an anchor has fewer than ``k``.
    """
    keys = torch.rand(allowed.shape, generator=generator, device=generator.device)
    return first_allowed(keys.to(allowed.device), allowed, k)


def tracking_triplets(
    model: torch.nn.Module,
    patches: torch.Tensor,
    clips: torch.Tensor,
    choose: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor],
    *,
    margin: float = 0.5,
    hinge: Callable[..., torch.Tensor] = tracking_hinge,
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Loss of a batch of pairs whose negatives ``choose`` picks, and what the triplets do.

    ``patches`` ``(2B, 3, S, S)``: B patches X, then their X⁺; ``clips`` int64 ``(B,)``. Negatives
    are patches of the batch, X or X⁺, from other clips. ``choose(x, candidates, allowed)`` takes
    ``(B, D)``, ``(2B, D)`` and bool ``(B, 2B)`` and gives indices ``(B, K)``. ``pull``: share of
    the triplets that violate the margin and so still have a gradient; ``ordered``: share in which
    X⁺ is nearer than the negative. ``hinge`` takes what ``tracking_hinge`` takes.
    """
    z = model(patches).float()
    x, positive = z.chunk(2)
    clips = clips.to(z.device)
    chosen = choose(x, z, clips[:, None] != clips.repeat(2))
    # As z[chosen], whose gradients are added up in an order that depends on the threads' race.
    negatives = F.embedding(chosen, z)  # (B, K, D)
    with torch.no_grad():
        near, far = cosine_distance(x, positive)[:, None], cosine_distance(x[:, None], negatives)
        told = {
            "pull": (near - far + margin > 0).float().mean(),
            "ordered": (near < far).float().mean(),
        }
    return hinge(x, positive, negatives, margin=margin), told
