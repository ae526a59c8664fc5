"""What does a frozen representation know? Features, linear probe, k-NN, paired bootstrap.

The rules are the same for every encoder, the untrained one included: evaluation mode, every stage
pooled to about the same number of dimensions, stage and regularisation chosen on labels held out
from the labelled pictures — never on the test set.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course_utils import models, runtime, views
from course_utils.lang import both

# Regularisation strengths tried by the probe, and numbers of neighbours tried by k-NN.
L2 = (1.0, 0.2, 0.04, 0.008, 0.002)
NEIGHBOURS = (5, 20, 50)

T = TypeVar("T")


def prepare(
    images: torch.Tensor, statistics: tuple[torch.Tensor, torch.Tensor], device: torch.device
) -> torch.Tensor:
    """uint8 ``(B, 3, S, S)`` to what an encoder eats: float, normalised, channels-last, on device."""
    return views.normalize(views.to_float(images.to(device)), *statistics)


def calibrate(
    encoder: nn.Module,
    images: torch.Tensor,
    statistics: tuple[torch.Tensor, torch.Tensor],
    *,
    batch_size: int = 500,
) -> nn.Module:
    """Fit an untrained encoder's batch-norm statistics to uint8 pictures ``(N, 3, S, S)``.

    Random weights with statistics that fit the data are the floor of every comparison; see
    ``models.calibrate_batchnorm``. Changes the encoder in place and returns it.
    """
    where = next(encoder.parameters()).device
    parts = (prepare(part, statistics, where) for part in images.split(batch_size))
    return models.calibrate_batchnorm(encoder, parts)


@torch.no_grad()
def _batched(
    model: nn.Module,
    forward: Callable[[torch.Tensor], T],
    images: torch.Tensor,
    statistics: tuple[torch.Tensor, torch.Tensor],
    batch_size: int,
) -> Iterator[T]:
    """``forward`` of every batch of uint8 pictures; ``model`` is in evaluation mode meanwhile."""
    where = next(model.parameters()).device
    precision = runtime.fastest_precision(where)
    was_training = model.training
    model.eval()
    try:
        for part in images.split(batch_size):
            with runtime.autocast(where, precision):
                out = forward(prepare(part, statistics, where))
            yield out
    finally:
        model.train(was_training)


def features(
    encoder: nn.Sequential,
    images: torch.Tensor,
    statistics: tuple[torch.Tensor, torch.Tensor],
    *,
    batch_size: int = 500,
) -> dict[str, torch.Tensor]:
    """Features of every stage: name to float32 ``(N, about 1024)`` on the CPU.

    ``images`` is uint8 ``(N, 3, S, S)``; ``statistics`` are the channel means and deviations the
    encoder was trained with. Runs in evaluation mode and puts the encoder's mode back.
    """
    rows: dict[str, list[torch.Tensor]] = {}
    forward = partial(models.stage_maps, encoder)
    for maps in _batched(encoder, forward, images, statistics, batch_size):
        for name, stage in maps.items():
            rows.setdefault(name, []).append(models.pool(stage).cpu())
    return {name: torch.cat(parts) for name, parts in rows.items()}


def frozen_features(encoder: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """What a frozen encoder says about prepared pictures: ``(B, 3, S, S)`` float to ``(B, C)``.

    What an exercise asks for. ``features`` does more: all stages, pooled to about 1,024 dimensions,
    and the encoder's mode put back; here it is left in evaluation mode.
    """
    encoder.eval()
    with torch.no_grad():
        return encoder(images).mean((2, 3))


def predict(
    model: nn.Module,
    images: torch.Tensor,
    statistics: tuple[torch.Tensor, torch.Tensor],
    *,
    batch_size: int = 500,
) -> torch.Tensor:
    """Probabilities ``(N, K)`` that a classifier gives uint8 pictures ``(N, 3, S, S)``, on the CPU.

    Runs in evaluation mode and puts the model's mode back; ``statistics`` as in ``features``.
    """
    batches = _batched(model, model, images, statistics, batch_size)
    return torch.cat([logits.float().softmax(1).cpu() for logits in batches])


def embeddings(
    model: nn.Module,
    images: torch.Tensor,
    statistics: tuple[torch.Tensor, torch.Tensor],
    *,
    batch_size: int = 500,
) -> torch.Tensor:
    """What a model gives for uint8 pictures ``(N, 3, S, S)``, float32 ``(N, D)`` on the CPU; as ``predict``."""
    return torch.cat(
        [z.float().cpu() for z in _batched(model, model, images, statistics, batch_size)]
    )


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
    solution = torch.zeros(n_classes, x.shape[1]), torch.zeros(n_classes)
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


def read_off(features: torch.Tensor, labels: torch.Tensor, queries: torch.Tensor) -> torch.Tensor:
    """The protocol in one call: fit a linear classifier on frozen features, name the queries' classes.

    ``features`` ``(N, D)`` float with ``labels`` int64 ``(N,)``; ``queries`` ``(Q, D)``; returns int64
    ``(Q,)``. Every feature is shifted and scaled by its mean and deviation on the N labelled pictures,
    then multinomial logistic regression is fitted to them; the queries decide nothing. Its strength of
    regularisation is 4 / √N: one rule for all features, so that no label is needed to choose it.
    """
    x, query = standardize(features, queries)
    fits = logistic_regression(x, labels, [4 / len(x) ** 0.5], n_classes=int(labels.max()) + 1)
    ((weight, bias),) = fits
    return F.linear(query, weight, bias).argmax(1)


@dataclass(frozen=True)
class Probe:
    """What a probe found, over one or more draws of the labelled pictures.

    ``accuracies``: test accuracy of each draw, in [0, 1]. ``stages`` and ``settings``: what was
    chosen in each draw, ``held_out``: the accuracy on held-out labels that it was chosen for.
    ``correct``: bool ``(draws, N_test)``, for pairing.
    """

    accuracies: tuple[float, ...]
    stages: tuple[str, ...]
    settings: tuple[float, ...]
    held_out: tuple[float, ...]
    correct: torch.Tensor

    @property
    def accuracy(self) -> float:
        """Mean test accuracy over the draws."""
        return float(np.mean(self.accuracies))

    @property
    def stage(self) -> str:
        """The stage chosen most often."""
        return Counter(self.stages).most_common(1)[0][0]


def _choose_and_test(
    predict: Callable[..., list[torch.Tensor]],
    settings: Sequence[float],
    train: dict[str, torch.Tensor],
    train_labels: torch.Tensor,
    test: dict[str, torch.Tensor],
    test_labels: torch.Tensor,
    n_labels: int | None,
    draws: int,
    seed: int,
) -> Probe:
    """Choose stage and setting on a fifth of the labels, refit on all of them, test once a draw."""
    n_labels = len(train_labels) if n_labels is None else n_labels
    classes = len(train_labels.unique())
    if not 5 * classes <= n_labels <= len(train_labels):
        raise ValueError(
            both(
                ko=f"레이블 {n_labels:,}개로는 프로브를 학습할 수 없습니다. 클래스가 {classes}개이므로 "
                f"{5 * classes:,}개 이상, {len(train_labels):,}개(전체) 이하로 정하세요.",
                en=f"Cannot probe with {n_labels:,} labels. With {classes} classes choose from "
                f"{5 * classes:,} to the {len(train_labels):,} at hand.",
            )
        )
    generator = runtime.generator(seed)
    accuracies, stages, chosen, held_out, correct = [], [], [], [], []
    for _ in range(draws):
        index = torch.randperm(len(train_labels), generator=generator)[:n_labels]
        held = n_labels // 5
        val, fit = index[:held], index[held:]
        scores = {}
        for stage, x in train.items():
            guesses = predict(x[fit], train_labels[fit], x[val], settings, final=False)
            for setting, guess in zip(settings, guesses, strict=True):
                scores[stage, setting] = (guess == train_labels[val]).float().mean().item()
        stage, setting = max(scores, key=scores.get)
        (guess,) = predict(
            train[stage][index], train_labels[index], test[stage], [setting], final=True
        )
        correct.append(guess == test_labels)
        accuracies.append(correct[-1].float().mean().item())
        stages.append(stage)
        chosen.append(setting)
        held_out.append(scores[stage, setting])
    return Probe(
        tuple(accuracies), tuple(stages), tuple(chosen), tuple(held_out), torch.stack(correct)
    )


def linear_probe(
    train: dict[str, torch.Tensor],
    train_labels: torch.Tensor,
    test: dict[str, torch.Tensor],
    test_labels: torch.Tensor,
    *,
    n_labels: int | None = None,
    draws: int = 1,
    seed: int = 0,
) -> Probe:
    """Multinomial logistic regression on frozen features of one stage.

    ``train`` and ``test`` are what ``features`` returns; labels are int64 ``(N,)``. Of the training
    features ``n_labels`` labelled ones are drawn (all by default), ``draws`` times. A fifth of them
    chooses stage and regularisation; then all of them are fitted and the test set is seen once. The
    same ``seed`` draws the same pictures for every encoder, so encoders can be compared pairwise.
    Raises ``ValueError`` for fewer than five labels a class or more than there are.
    """
    n_classes = int(max(train_labels.max(), test_labels.max())) + 1

    def predict(x, y, query, settings, final):
        x, query = standardize(x, query)
        # Ten steps are enough to tell good settings from bad ones; the fit that counts gets more.
        steps = 50 if final else 10
        fits = logistic_regression(x, y, settings, n_classes=n_classes, steps=steps)
        return [F.linear(query, weight, bias).argmax(1) for weight, bias in fits]

    return _choose_and_test(
        predict, L2, train, train_labels, test, test_labels, n_labels, draws, seed
    )


def nearest(x: torch.Tensor, query: torch.Tensor, k: int) -> torch.Tensor:
    """Indices ``(Q, k)`` of the ``k`` rows of ``x`` with the largest cosine similarity, best first.

    ``x`` ``(N, D)`` and ``query`` ``(Q, D)`` are float.
    """
    x = F.normalize(x, dim=1)
    parts = F.normalize(query, dim=1).split(1000)
    return torch.cat([(part @ x.T).topk(k, dim=1).indices for part in parts])


def knn(
    train: dict[str, torch.Tensor],
    train_labels: torch.Tensor,
    test: dict[str, torch.Tensor],
    test_labels: torch.Tensor,
    *,
    n_labels: int | None = None,
    draws: int = 1,
    seed: int = 0,
) -> Probe:
    """Majority vote of the nearest neighbours by cosine similarity; nothing is trained.

    Arguments and rules as in ``linear_probe``; stage and number of neighbours are chosen on the
    held-out fifth. A tie goes to the smaller class index.
    """
    n_classes = int(max(train_labels.max(), test_labels.max())) + 1

    def predict(x, y, query, settings, final):
        x, query = standardize(x, query)
        neighbours = y[nearest(x, query, min(max(settings), len(x)))]  # (Q, k)
        votes = [F.one_hot(neighbours[:, :k], n_classes).sum(1) for k in settings]
        return [vote.argmax(1) for vote in votes]

    return _choose_and_test(
        predict, NEIGHBOURS, train, train_labels, test, test_labels, n_labels, draws, seed
    )


def paired_bootstrap(
    a: torch.Tensor, b: torch.Tensor, *, seed: int = 0, resamples: int = 10_000
) -> tuple[float, float, float]:
    """How much more often is ``a`` right than ``b``? Difference and its 95 % interval.

    ``a`` and ``b`` are bool ``(draws, N)``: right or wrong on the same N test pictures. Pictures
    are resampled (Efron & Tibshirani, 1993, chapter 13), each with its answers of both, averaged
    over the draws: the interval says what another test set of this kind would show. It says
    nothing about other seeds of the training.
    """
    difference = a.double().mean(0) - b.double().mean(0)  # (N,)
    values, counts = np.unique(difference.numpy(), return_counts=True)
    # Drawing N pictures with replacement draws how often each distinct difference occurs.
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(difference), counts / counts.sum(), size=resamples)
    means = drawn @ values / len(difference)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(difference.mean()), float(low), float(high)


def balanced_order(labels: torch.Tensor, *, seed: int) -> torch.Tensor:
    """A random order ``(N,)`` of pictures in which any first n hold as many of each class as can be.

    ``labels`` is int64 ``(N,)``. The first 100 are among the first 1,000: curves over the number of
    labels are then less noisy.
    """
    order = torch.randperm(len(labels), generator=runtime.generator(seed))
    turn = torch.empty_like(labels)  # the how-manieth of its class each picture is
    for label in labels.unique():
        mine = order[labels[order] == label]
        turn[mine] = torch.arange(len(mine))
    return order[turn[order].argsort(stable=True)]


def label_efficiency(
    test_accuracy: Callable[[torch.Tensor], float],
    labels: torch.Tensor,
    sizes: Sequence[int],
    *,
    draws: int,
    seed: int = 0,
) -> dict[int, list[float]]:
    """Test accuracy against the number of labels: for every size, one value a draw.

    ``test_accuracy(index)`` learns from the labelled pictures ``index``, int64 ``(n,)``, and from no
    other label: what it needs for choosing its settings is part of the n. The same ``seed`` draws
    the same pictures, balanced over the classes, whatever is measured. Raises ``ValueError`` for a
    size above the number of ``labels``.
    """
    if max(sizes) > len(labels):
        raise ValueError(
            both(
                ko=f"레이블이 {len(labels):,}개뿐이라 {max(sizes):,}개를 뽑을 수 없습니다. "
                "더 작은 수를 고르세요.",
                en=f"There are only {len(labels):,} labels, not {max(sizes):,}. Choose fewer.",
            )
        )
    orders = [balanced_order(labels, seed=1000 * seed + draw) for draw in range(draws)]
    return {n: [test_accuracy(order[:n]) for order in orders] for n in sizes}


def best_at(curves: Mapping[str, Mapping[int, Sequence[float]]], labels: int) -> str:
    """Which of several label-efficiency curves is highest at a number of labels in between?

    ``curves[name][n]`` holds one accuracy a draw, as ``label_efficiency`` gives them. The mean over the
    draws is read off on a straight line between the two nearest sizes, on a logarithmic axis: from 10
    to 100 labels is as far as from 100 to 1,000. Raises ``ValueError`` unless ``labels`` lies between the
    smallest and the largest size of every curve.
    """
    if any(not min(curve) <= labels <= max(curve) for curve in curves.values()):
        raise ValueError(
            both(
                ko=f"레이블 {labels:,}개는 잰 범위 밖입니다. 곡선의 두 끝 사이에서 고르세요.",
                en=f"{labels:,} labels lie outside what was measured. Choose a number between the ends.",
            )
        )

    def height(curve):
        sizes = sorted(curve)
        return np.interp(np.log(labels), np.log(sizes), [np.mean(curve[n]) for n in sizes])

    return max(curves, key=lambda name: height(curves[name]))
