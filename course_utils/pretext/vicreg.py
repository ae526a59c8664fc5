"""VICReg: no wrong answers, but every dimension has to vary, and no two alike.

Bardes, Ponce & LeCun, "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised
Learning", ICLR 2022. On the network and the views of ``contrastive``.
"""

import torch
import torch.nn.functional as F

COVARIANCE = 1 / 25  # beside 1 for the other two: the paper's 25, 25 and 1


def vicreg(z: torch.Tensor, *, variance: float = 1.0) -> torch.Tensor:
    """Views of a picture near each other, every dimension spread, no two dimensions alike: a
    scalar.

    ``z`` float ``(2B, D)``, not normalised, first and second views as ``contrastive.two_views``
    orders them. Invariance, variance and covariance (equations 1, 3 and 5 of the paper) as in the
    released code, which takes means over dimensions and halves the variance of both views; divided
    by 25. ``variance``: the weight of the second, 0 takes it away.
    """
    a, b = z.chunk(2)
    spread = (_hinge(a) + _hinge(b)) / 2
    return F.mse_loss(a, b) + variance * spread + COVARIANCE * (_off_diagonal(a) + _off_diagonal(b))


def _hinge(z: torch.Tensor) -> torch.Tensor:
    """How far the standard deviations of the dimensions of ``(B, D)`` are below 1, the mean."""
    return F.relu(1 - (z.var(0) + 1e-4).sqrt()).mean()


def _off_diagonal(z: torch.Tensor) -> torch.Tensor:
    """Squared covariances of different dimensions of ``(B, D)``, their sum divided by D."""
    centered = z.T - z.mean(0)[:, None]  # (D, B)
    covariance = centered @ centered.T / (len(z) - 1)  # (D, D); torch's cov waits for a GPU
    return (covariance.square().sum() - covariance.diagonal().square().sum()) / z.shape[1]
