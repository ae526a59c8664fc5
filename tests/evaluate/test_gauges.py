import itertools

import numpy as np
import pytest
import torch

from course_utils import runtime
from course_utils.evaluate import gauges


def embeddings(n=200, d=16, seed=0):
    return torch.randn(n, d, generator=runtime.generator(seed))


def test_points_all_over_the_sphere():
    found = gauges.collapse(embeddings(5000))
    assert found.spread == pytest.approx(1, abs=0.03)
    assert found.rank == pytest.approx(16, abs=0.2)
    assert found.cosine == pytest.approx(0, abs=0.01)


def test_one_point_whatever_the_lengths():
    point = embeddings(1).expand(50, -1) * (1 + torch.rand(50, 1, generator=runtime.generator(1)))
    found = gauges.collapse(point)
    assert found.spread == pytest.approx(0, abs=1e-6)
    assert found.rank == pytest.approx(1, abs=1e-3)
    assert found.cosine == pytest.approx(1)


def test_two_opposite_points_use_one_direction():
    one = embeddings(1)
    found = gauges.collapse(torch.cat([one.expand(20, -1), -one.expand(20, -1)]))
    assert found.rank == pytest.approx(1, abs=1e-3)
    assert found.cosine == pytest.approx(-20 / 780)  # 380 pairs alike, 400 opposite
    assert found.spread > 0.5


def test_mean_cosine_is_the_mean_over_pairs():
    x = embeddings(12)
    unit = x / x.norm(dim=1, keepdim=True)
    pairs = [float(unit[i] @ unit[j]) for i, j in itertools.combinations(range(12), 2)]
    assert gauges.mean_cosine(x) == pytest.approx(sum(pairs) / len(pairs), abs=1e-6)


def test_rank_and_spread_are_numpys():
    x = embeddings(40) * torch.linspace(0.1, 3, 16)
    unit = (x / x.norm(dim=1, keepdim=True)).double().numpy()
    values = np.linalg.svd(unit, compute_uv=False)
    shares = values / values.sum()
    assert gauges.effective_rank(x) == pytest.approx(
        np.exp(-(shares * np.log(shares)).sum()), rel=1e-5
    )
    assert gauges.spread(x) == pytest.approx(unit.std(0).mean() * 4, rel=1e-5)
