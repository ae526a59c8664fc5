"""Linear models on frozen features: logistic regression, ridge regression, and the protocol in a
call.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F


def standardize(train: torch.Tensor, *others: torch.Tensor) -> list[torch.Tensor]:
    """Shift and scale every feature by its mean and deviation on ``train``, ``(N, D)``.

    Features that hardly vary are left small instead of being blown up.
    """
    mean, std = train.mean(0), train.std(0)
    std = std + 1e-3 * std.mean() + 1e-12
    return [(x - mean) / std for x in (train, *others)]


def _principal_axes(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Second moments ``(R,)`` and orthonormal axes ``(D, R)`` that span the rows of ``(N, D)``.

    With fewer rows than columns the N × N matrix has the same answer and is smaller.
    """
    n, d = x.shape
    if n >= d:
        return torch.linalg.eigh(x.T @ x / n)
    moments, left = torch.linalg.eigh(x @ x.T / n)  # (N,), (N, N)
    kept = moments > 1e-6 * moments[-1]
    return moments[kept], x.T @ left[:, kept] / (n * moments[kept]).sqrt()


def logistic_regression(
    x: torch.Tensor, y: torch.Tensor, l2: Sequence[float], *, n_classes: int, steps: int = 50
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Multinomial logistic regression for each strength in ``l2``: weights (K, D), biases (K,).

    Minimises  mean cross-entropy of ``x @ W.T + b``  +  l2/2 · ‖W‖²  by L-BFGS; the minimum is
    scikit-learn's ``LogisticRegression(C=1 / (N · l2))``. ``x`` is float ``(N, D)``, ``y`` int64
    ``(N,)``.

    Features of a network are strongly correlated, and L-BFGS crawls along a narrow valley. In the
    basis of their principal components, each divided by the root of its curvature, the valley is
    nearly round and about ten times fewer steps do. The minimum is the same: the turn leaves ‖W‖
    unchanged, the scaling is put into the penalty, and no row of W leaves the span of the features.
    """
    moments, basis = _principal_axes(x)  # (R,), (D, R)
    turned = x @ basis  # (N, R)
    fits = []
    solution = x.new_zeros(n_classes, x.shape[1]), x.new_zeros(n_classes)
    for strength in l2:
        # A softmax over K classes curves by at most 1/K · (1 − 1/K) near chance.
        curvature = moments.clamp(min=0) * (n_classes - 1) / n_classes**2 + strength
        scale = curvature.rsqrt()  # (R,)
        scaled = turned * scale
        weight = (solution[0] @ basis / scale).requires_grad_()  # start at the last solution
        bias = solution[1].clone().requires_grad_()
        optimizer = torch.optim.LBFGS(
            [weight, bias], max_iter=steps, tolerance_change=1e-7, line_search_fn="strong_wolfe"
        )

        def objective(
            scaled=scaled, weight=weight, bias=bias, scale=scale, strength=strength, opt=optimizer
        ):
            opt.zero_grad()
            fit = F.cross_entropy(F.linear(scaled, weight, bias), y)
            loss = fit + strength / 2 * (weight * scale).square().sum()
            loss.backward()
            return loss

        optimizer.step(objective)
        solution = (weight.detach() * scale) @ basis.T, bias.detach()
        fits.append(solution)
    return fits


def ridge(x: torch.Tensor, y: torch.Tensor, strengths) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Ridge regression for each strength: weights ``(K, D)`` and biases ``(K,)``.

    Minimises  mean of ‖W x + b − y‖²  +  strength · ‖W‖². ``x`` is ``(N, D)``, ``y`` ``(N, K)``,
    both float; one eigendecomposition serves all strengths.
    """
    centre, middle = x.mean(0), y.mean(0)
    x, y = (x - centre).double(), (y - middle).double()
    moments, axes = torch.linalg.eigh(x.T @ x / len(x))  # (D,), (D, D)
    turned = axes.T @ (x.T @ y / len(x))  # (D, K)
    fits = []
    for strength in strengths:
        weight = (axes @ (turned / (moments.clamp(min=0) + strength)[:, None])).T.float()
        fits.append((weight, middle - weight @ centre))
    return fits


def read_off(features: torch.Tensor, labels: torch.Tensor, queries: torch.Tensor) -> torch.Tensor:
    """The protocol in one call: fit a linear classifier on frozen features, name the queries'
    classes.

    ``features`` ``(N, D)`` float with ``labels`` int64 ``(N,)``; ``queries`` ``(Q, D)``; returns
    int64 ``(Q,)``. Every feature is shifted and scaled by its mean and deviation on the N labelled
    pictures, then multinomial logistic regression is fitted to them; the queries decide nothing.
    Its strength of regularisation is 4 / √N: one rule for all features, so that no label is needed
    to choose it.
    """
    x, query = standardize(features, queries)
    fits = logistic_regression(x, labels, [4 / len(x) ** 0.5], n_classes=int(labels.max()) + 1)
    ((weight, bias),) = fits
    return F.linear(query, weight, bias).argmax(1)
