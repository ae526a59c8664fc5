"""Losses: pure functions of a model's outputs and their targets."""

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
