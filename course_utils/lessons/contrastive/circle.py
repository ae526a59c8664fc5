"""Lesson 07 without a network: the loss moves the points themselves, on a circle."""

import torch

from course_utils import runtime
from course_utils.figures.circles import board
from course_utils.figures.motion import Animation
from course_utils.pretext.contrastive import nt_xent
from course_utils.widgets.points import STEP, PointsGame

TEMPERATURE = 0.5
_STEPS, _RATE = 160, 0.5  # of gradient descent; a step for each point, so the loss counts 2B times


def loss_of(angles: torch.Tensor, strangers: bool = True) -> float:
    """The loss of points at ``angles`` ``(2B,)``, radians; without ``strangers`` partners alone
    count, minus their mean cosine divided by the temperature.
    """
    return _loss(angles, strangers).item()


def _loss(angles: torch.Tensor, strangers: bool) -> torch.Tensor:
    z = torch.stack([angles.cos(), angles.sin()], 1)  # (2B, 2)
    if strangers:
        return nt_xent(z, TEMPERATURE)
    a, b = z.chunk(2)
    return -(a * b).sum(1).mean() / TEMPERATURE


def descended(angles: torch.Tensor, strangers: bool = True, *, looks: int = 40) -> torch.Tensor:
    """Gradient descent on the angles: where the points are at ``looks`` times, ``(looks, 2B)``."""
    at, seen = angles.clone().requires_grad_(), [angles]
    for _ in range(_STEPS):
        (slope,) = torch.autograd.grad(_loss(at, strangers), at)
        at = (at - _RATE * len(angles) * slope / 2).detach().requires_grad_()
        seen.append(at.detach())
    times = torch.linspace(0, _STEPS, looks).round().long()
    return torch.stack(seen)[times]


def drawn_anew(pairs: int, seed: int) -> torch.Tensor:
    """Random places for pairs of points, in whole steps: degrees, int64 ``(2 · pairs,)``."""
    generator = runtime.generator(seed)
    return STEP * torch.randint(360 // STEP, (2 * pairs,), generator=generator)


def game(name: str, *, pairs: int = 4, seed: int = 5) -> PointsGame:
    """The optimiser's game."""
    return PointsGame(
        name,
        drawn_anew(pairs, seed),
        loss_of,
        descended,
        ko="짝은 가까이, 다른 사진은 멀리 놓아 손실을 줄이세요.",
        en="Partners near, strangers far: make the loss small.",
    )


def cloud(pairs: int = 12, *, seed: int = 1) -> Animation:
    """Pairs of points that the loss pulls together and apart."""
    path = descended(drawn_anew(pairs, seed).deg2rad(), looks=24)
    return Animation(
        [board(angles, side=260) for angles in path],
        ko=f"원 위의 점 {2 * pairs}개. 짝끼리 가까워지고 다른 점과는 멀어집니다.",
        en=f"{2 * pairs} points on a circle: partners come together, strangers move apart.",
    )
