import math

import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.neighbors import KNeighborsRegressor

from course_utils import evaluate, factors, runtime


@pytest.fixture(scope="module")
def features():
    """Features that hold a number and an angle linearly, a class, and nothing of a fourth factor."""
    generator = runtime.generator(0)
    n = 3000
    known = {
        "number": torch.rand(n, generator=generator),
        "angle": 360 * torch.rand(n, generator=generator),
        "kind": torch.randint(4, (n,), generator=generator),
        "absent": torch.rand(n, generator=generator),
    }
    causes = torch.cat(
        [
            known["number"][:, None],
            factors.circle(known["angle"], 360),
            torch.nn.functional.one_hot(known["kind"], 4).float(),
        ],
        dim=1,
    )
    mix = torch.randn(causes.shape[1], 30, generator=generator)
    x = causes @ mix + 0.05 * torch.randn(n, 30, generator=generator)
    cut = {name: (v[:2000], v[2000:]) for name, v in known.items()}
    train, test = ({name: v[i] for name, v in cut.items()} for i in (0, 1))
    return x[:2000], train, x[2000:], test


def test_what_is_there_is_read_and_what_is_not_is_not(features):
    found = factors.factor_probe(*features, periods={"angle": 360})
    assert found["number"].linear > 0.9
    assert found["angle"].linear > 0.95
    assert found["kind"].linear > 0.95
    assert abs(found["absent"].linear) < 0.02
    for name in ("number", "angle", "kind"):
        assert 0.2 < found[name].neighbours <= found[name].linear + 0.05
    assert found["absent"].neighbours < 0.05


def test_an_angle_as_a_plain_number_is_read_worse(features):
    circled = factors.factor_probe(*features, periods={"angle": 360})["angle"].linear
    plain = factors.factor_probe(*features, periods={})["angle"].linear
    assert plain < circled - 0.2


def test_shuffled_factors_cannot_be_read(features):
    x, known, query, truth = features

    def shuffle(values):
        order = torch.randperm(len(next(iter(values.values()))), generator=runtime.generator(1))
        return {name: v[order] for name, v in values.items()}

    found = factors.factor_probe(x, shuffle(known), query, shuffle(truth), periods={"angle": 360})
    assert max(found["number"].linear, found["angle"].linear) < 0.02
    assert abs(found["kind"].linear - 0.25) < 0.06


@pytest.mark.parametrize("strength", [1.0, 0.01])
def test_ridge_is_scikit_learns(strength):
    generator = runtime.generator(0)
    x = torch.randn(200, 20, generator=generator) + 3
    y = torch.randn(200, 2, generator=generator) + x[:, :2]
    ((weight, bias),) = factors.ridge(x, y, [strength])
    oracle = Ridge(alpha=len(x) * strength).fit(x, y)
    torch.testing.assert_close(
        weight.double(), torch.from_numpy(oracle.coef_), atol=1e-4, rtol=1e-4, check_dtype=False
    )
    torch.testing.assert_close(
        bias.double(), torch.from_numpy(oracle.intercept_), atol=1e-3, rtol=1e-3, check_dtype=False
    )


def test_r_squared_is_scikit_learns_for_one_column():
    generator = runtime.generator(0)
    truth = torch.randn(50, 1, generator=generator)
    guess = truth + 0.5 * torch.randn(50, 1, generator=generator)
    assert factors.r_squared(guess, truth) == pytest.approx(r2_score(truth, guess), abs=1e-5)
    assert factors.r_squared(truth.mean(0).expand(50, 1), truth) == pytest.approx(0, abs=1e-6)


def test_neighbours_are_scikit_learns(features):
    x, known, query, _ = features
    x, query = evaluate.standardize(x, query)
    y = factors.circle(known["angle"], 360)
    (ours,) = factors._neighbours(x, y, query, [5])
    oracle = KNeighborsRegressor(5, metric="cosine", algorithm="brute").fit(x, y)
    torch.testing.assert_close(
        ours, torch.from_numpy(oracle.predict(query)).float(), atol=1e-4, rtol=0
    )


def test_the_circle_closes():
    points = factors.circle(torch.tensor([0.0, 90.0, 359.999]), 360)
    assert torch.allclose(points[0], torch.tensor([1.0, 0.0]))
    assert torch.allclose(points[1], torch.tensor([0.0, 1.0]), atol=1e-6)
    assert torch.linalg.norm(points[2] - points[0]) < 2 * math.pi / 360
