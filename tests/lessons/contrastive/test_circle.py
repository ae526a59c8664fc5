import io
import itertools
import math

import pytest
import torch
from PIL import Image

from course_utils.lessons.contrastive import circle


def by_hand(angles, temperature):
    """The loss from the angles alone: the cosine of a difference."""
    n, total = len(angles), 0.0
    for i in range(n):
        alike = [math.exp(math.cos(angles[i] - angles[k]) / temperature) for k in range(n)]
        total -= math.log(alike[(i + n // 2) % n] / (sum(alike) - alike[i]))
    return total / n


def test_the_loss_is_nt_xent_of_points_on_the_circle():
    angles = circle.drawn_anew(4, seed=3).deg2rad()
    assert circle.loss_of(angles) == pytest.approx(by_hand(angles.tolist(), circle.TEMPERATURE))
    near = torch.zeros(6)
    assert circle.loss_of(near, strangers=False) == pytest.approx(-1 / circle.TEMPERATURE)


@pytest.mark.parametrize("seed", range(5))
def test_descent_goes_down_and_ends_with_partners_together(seed):
    start = circle.drawn_anew(4, seed).deg2rad()
    path = circle.descended(start)
    losses = [circle.loss_of(angles) for angles in path]
    assert torch.equal(path[0], start) and len(path) == 40
    assert losses[-1] < losses[0] and max(b - a for a, b in itertools.pairwise(losses)) < 1e-3  # fmt: skip
    a, b = path[-1].chunk(2)
    assert (a - b).cos().min() > 0.9


def test_without_strangers_partners_meet_and_nothing_keeps_pairs_apart():
    """All on one point costs no more than any other way of putting partners together."""
    path = circle.descended(circle.drawn_anew(4, 2).deg2rad(), strangers=False)
    a, b = path[-1].chunk(2)
    assert (a - b).cos().min() > 0.99
    apart, together = torch.tensor([0.0, 2.0, 0.0, 2.0]), torch.zeros(4)
    for strangers in (True, False):
        one, other = (circle.loss_of(x, strangers) for x in (apart, together))
        assert (one < other - 0.1) if strangers else one == pytest.approx(other)


def test_the_cloud_moves():
    with Image.open(io.BytesIO(circle.cloud().png)) as file:
        assert file.n_frames > 10
    assert len(circle.cloud().png) < 200_000


def test_the_game_starts_badly_and_can_be_won_by_hand():
    """From the start it is possible to come close to the descent in steps of five degrees."""
    start = circle.drawn_anew(4, 5).deg2rad()
    reached = circle.loss_of(circle.descended(start)[-1])
    assert circle.loss_of(start) > reached + 0.5
    placed = torch.tensor([0, 90, 180, 270, 0, 90, 180, 270]).deg2rad()
    assert circle.loss_of(placed) < circle.loss_of(start)
