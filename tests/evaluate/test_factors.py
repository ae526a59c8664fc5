import math

import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.neighbors import KNeighborsRegressor

from course_utils import runtime
from course_utils.evaluate import factors, solvers


@pytest.fixture(scope="module")
def features():
    """Features that hold a number and an angle linearly, a class, nothing of a fourth factor."""
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
            factors.on_circle(known["angle"], 360),
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


def test_r_squared_is_scikit_learns_for_one_column():
    generator = runtime.generator(0)
    truth = torch.randn(50, 1, generator=generator)
    guess = truth + 0.5 * torch.randn(50, 1, generator=generator)
    assert factors.r_squared(guess, truth) == pytest.approx(r2_score(truth, guess), abs=1e-5)
    assert factors.r_squared(truth.mean(0).expand(50, 1), truth) == pytest.approx(0, abs=1e-6)


def test_neighbours_are_scikit_learns(features):
    x, known, query, _ = features
    x, query = solvers.standardize(x, query)
    y = factors.on_circle(known["angle"], 360)
    (ours,) = factors._mean_of_neighbours(x, y, query, [5], final=True)
    oracle = KNeighborsRegressor(5, metric="cosine", algorithm="brute").fit(x, y)
    torch.testing.assert_close(
        ours, torch.from_numpy(oracle.predict(query)).float(), atol=1e-4, rtol=0
    )


def test_the_circle_closes():
    points = factors.on_circle(torch.tensor([0.0, 90.0, 359.999]), 360)
    assert torch.allclose(points[0], torch.tensor([1.0, 0.0]))
    assert torch.allclose(points[1], torch.tensor([0.0, 1.0]), atol=1e-6)
    assert torch.linalg.norm(points[2] - points[0]) < 2 * math.pi / 360


def test_settings_are_chosen_and_rows_standardised_as_in_every_probe(features, monkeypatch):
    """Each factor goes through the one chooser, once linearly and once by neighbours."""
    seen, original = [], factors.choose

    def spy(read, settings, x, y, query, score):
        seen.append((settings, score.__name__))
        return original(read, settings, x, y, query, score)

    monkeypatch.setattr(factors, "choose", spy)
    factors.factor_probe(*features, periods={"angle": 360})
    numbers = [(factors.RIDGE, "r_squared"), (factors.NEIGHBOURS, "r_squared")]
    kinds = [(factors.L2, "share_right"), (factors.NEIGHBOURS, "share_right")]
    assert seen == [*numbers, *numbers, *kinds, *numbers]


def test_linear_readings_are_scikit_learns_ridge(features):
    """With one strength to choose from: standardised features, all training rows."""
    x, known, query, truth = features
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factors, "RIDGE", (0.01,))
        found = factors.factor_probe(x, known, query, truth, periods={"angle": 360})
    rows, asked = solvers.standardize(x, query)
    oracle = Ridge(alpha=len(x) * 0.01).fit(rows, known["number"])
    expected = r2_score(truth["number"], oracle.predict(asked))
    assert found["number"].linear == pytest.approx(expected, abs=1e-3)
