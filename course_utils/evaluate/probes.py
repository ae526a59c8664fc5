"""What can be read from frozen features? One rule for every reading.

A setting (strength of regularisation, number of neighbours) is chosen on a held-out fifth of the
labelled pictures, then all of them are fitted, and the test set is seen once. Which *stage* is read
is chosen by the same held-out labels: for one network here (``best_stage``), for a method by the
average over its seeds (``records.read``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.evaluate.solvers import logistic_regression, standardize
from course_utils.lang import both

# Regularisation strengths tried by the linear probe, and numbers of neighbours tried by k-NN.
L2 = (1.0, 0.2, 0.04, 0.008, 0.002)
NEIGHBOURS = (5, 20, 50)

# (x, y, query, settings, final) to one guess a setting; ``final``: it is the fit that counts.
Reader = Callable[..., list[torch.Tensor]]


@dataclass(frozen=True)
class Chosen:
    """A setting, the held-out score that it was chosen for, and the guess for the queries."""

    setting: float
    validation: float
    guess: torch.Tensor


def choose(
    read: Reader,
    settings: Sequence[float],
    x: torch.Tensor,
    y: torch.Tensor,
    query: torch.Tensor,
    score: Callable[[torch.Tensor, torch.Tensor], float],
) -> Chosen:
    """Choose a setting on the first fifth of the rows, refit on all of them, answer the queries.

    ``x`` ``(N, D)`` and ``query`` ``(Q, D)`` float; ``y`` ``(N, …)`` and the guesses are what
    ``score(guess, truth)`` takes. Features are standardised by the rows that are fitted.
    """
    held = len(x) // 5
    fit, held_out = standardize(x[held:], x[:held])
    guesses = read(fit, y[held:], held_out, settings, final=False)
    scores = [score(guess, y[:held]) for guess in guesses]
    best = max(range(len(settings)), key=scores.__getitem__)
    fit, query = standardize(x, query)
    (guess,) = read(fit, y, query, [settings[best]], final=True)
    return Chosen(settings[best], scores[best], guess)


def share_right(guess: torch.Tensor, truth: torch.Tensor) -> float:
    """Share of equal entries of two int64 ``(N,)``."""
    return (guess == truth).float().mean().item()


def read_linearly(x, y, query, settings, final: bool) -> list[torch.Tensor]:
    """Multinomial logistic regression, one guess ``(Q,)`` a strength: a ``Reader`` of classes."""
    # Ten steps are enough to tell good settings from bad ones; the fit that counts gets more.
    steps = 50 if final else 10
    fits = logistic_regression(x, y, settings, n_classes=int(y.max()) + 1, steps=steps)
    return [F.linear(query, weight, bias).argmax(1) for weight, bias in fits]


def read_neighbours(x, y, query, settings, final: bool) -> list[torch.Tensor]:
    """Majority vote of the nearest neighbours, one guess ``(Q,)`` a number: a ``Reader`` of
    classes.

    A tie goes to the smaller class index.
    """
    found = y[nearest(x, query, min(max(settings), len(x)))]  # (Q, k)
    votes = F.one_hot(found, int(y.max()) + 1)  # (Q, k, classes)
    return [votes[:, :k].sum(1).argmax(1) for k in settings]


def nearest(x: torch.Tensor, query: torch.Tensor, k: int) -> torch.Tensor:
    """Indices ``(Q, k)`` of the ``k`` rows of ``x`` with the largest cosine similarity, best first.

    ``x`` ``(N, D)`` and ``query`` ``(Q, D)`` are float; the indices lie on the CPU.
    """
    x = F.normalize(x, dim=1)
    parts = F.normalize(query, dim=1).split(1000)
    return torch.cat([(part @ x.T).topk(k, dim=1).indices for part in parts]).cpu()


@dataclass(frozen=True)
class Probe:
    """What a probe found in one stage, over one or more draws of the labelled pictures.

    ``validation`` and ``accuracies``: accuracy on held-out labels and on the test set of each
    draw, in [0, 1]; ``settings``: what was chosen; ``correct``: bool ``(draws, N_test)`` on the
    CPU, for pairing.
    """

    validation: tuple[float, ...]
    accuracies: tuple[float, ...]
    settings: tuple[float, ...]
    correct: torch.Tensor

    @property
    def held_out(self) -> float:
        """Mean accuracy on held-out labels: what a stage is chosen by."""
        return sum(self.validation) / len(self.validation)

    @property
    def accuracy(self) -> float:
        """Mean test accuracy over the draws."""
        return sum(self.accuracies) / len(self.accuracies)


def best_stage(probes: Mapping[str, Probe]) -> str:
    """The stage whose probe is best on held-out labels, never on the test set."""
    return max(probes, key=lambda stage: probes[stage].held_out)


def _probe(
    read: Reader,
    settings: Sequence[float],
    train: Mapping[str, torch.Tensor],
    train_labels: torch.Tensor,
    test: Mapping[str, torch.Tensor],
    test_labels: torch.Tensor,
    n_labels: int | None,
    draws: int,
    seed: int,
) -> dict[str, Probe]:
    n_labels = len(train_labels) if n_labels is None else n_labels
    _enough(n_labels, train_labels)
    generator = runtime.generator(seed)
    drawn = [
        torch.randperm(len(train_labels), generator=generator)[:n_labels] for _ in range(draws)
    ]
    found = {}
    for stage, x in train.items():
        y = train_labels.to(x.device)
        chosen = [choose(read, settings, x[i], y[i], test[stage], share_right) for i in drawn]
        correct = torch.stack([c.guess.cpu() == test_labels for c in chosen])
        found[stage] = Probe(
            validation=tuple(c.validation for c in chosen),
            accuracies=tuple(correct.float().mean(1).tolist()),
            settings=tuple(c.setting for c in chosen),
            correct=correct,
        )
    return found


def _enough(n_labels: int, labels: torch.Tensor) -> None:
    classes = len(labels.unique())
    fewest = max(5, 2 * classes)  # a fifth is held out, and most classes are in what is fitted
    if not fewest <= n_labels <= len(labels):
        raise ValueError(
            both(
                ko=f"레이블 {n_labels:,}개로는 프로브를 학습할 수 없습니다. 클래스가 {classes}개이므로 "
                f"{fewest:,}개 이상, {len(labels):,}개(전체) 이하로 정하세요.",
                en=f"Cannot probe with {n_labels:,} labels. With {classes} classes choose from "
                f"{fewest:,} to the {len(labels):,} at hand.",
            )
        )


def linear_probe(
    train: Mapping[str, torch.Tensor],
    train_labels: torch.Tensor,
    test: Mapping[str, torch.Tensor],
    test_labels: torch.Tensor,
    *,
    n_labels: int | None = None,
    draws: int = 1,
    seed: int = 0,
) -> dict[str, Probe]:
    """Multinomial logistic regression on the frozen features of every stage, by stage.

    ``train`` and ``test`` are what ``features`` returns; labels are int64 ``(N,)``. Of the
    training features ``n_labels`` labelled ones are drawn (all by default), ``draws`` times; a
    fifth of them chooses the strength of regularisation. The same ``seed`` draws the same pictures
    for every encoder, so encoders can be compared pairwise. Raises ``ValueError`` for fewer than
    two labels a class (five in all) or more than there are.
    """
    return _probe(read_linearly, L2, train, train_labels, test, test_labels, n_labels, draws, seed)


def neighbour_probe(
    train: Mapping[str, torch.Tensor],
    train_labels: torch.Tensor,
    test: Mapping[str, torch.Tensor],
    test_labels: torch.Tensor,
    *,
    n_labels: int | None = None,
    draws: int = 1,
    seed: int = 0,
) -> dict[str, Probe]:
    """Majority vote of the nearest neighbours by cosine similarity (k-NN); nothing is trained.

    Arguments and rules as in ``linear_probe``; the number of neighbours is chosen.
    """
    return _probe(
        read_neighbours, NEIGHBOURS, train, train_labels, test, test_labels, n_labels, draws, seed
    )
