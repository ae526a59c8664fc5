import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge

from course_utils import models, runtime
from course_utils.evaluate import features, probes, solvers


@pytest.mark.parametrize("l2", [0.5, 0.02, 0.004])
def test_logistic_regression_is_scikit_learns(blobs, l2):
    train, y, test, _ = blobs
    x, query = solvers.standardize(train["good"], test["good"])
    ((weight, bias),) = solvers.logistic_regression(x, y, [l2], n_classes=5, steps=200)
    oracle = LogisticRegression(C=1 / (len(x) * l2), tol=1e-6, max_iter=2000).fit(x, y)
    ours = torch.softmax(query @ weight.T + bias, 1)
    theirs = torch.from_numpy(oracle.predict_proba(query)).float()
    torch.testing.assert_close(ours, theirs, atol=2e-3, rtol=0)


def test_fewer_rows_than_features():
    """30 pictures, 200 features, one of them constant: still scikit-learn's minimum."""
    x = torch.randn(30, 200, generator=runtime.generator(0)) * torch.logspace(0, -2, 200)
    (x,) = solvers.standardize(torch.cat([x, torch.ones(30, 1)], dim=1))
    y = torch.arange(30) % 3
    ((weight, bias),) = solvers.logistic_regression(x, y, [0.1], n_classes=3, steps=200)
    oracle = LogisticRegression(C=1 / (30 * 0.1), tol=1e-7, max_iter=5000).fit(x, y)
    ours = torch.softmax(x @ weight.T + bias, 1)
    theirs = torch.from_numpy(oracle.predict_proba(x)).float()
    torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=0)


def test_default_steps_agree_with_scikit_learn_on_network_features():
    """On an encoder's features the probe is within one point of LogisticRegression."""
    generator = runtime.generator(0)
    images = torch.randint(256, (1500, 3, 32, 32), dtype=torch.uint8, generator=generator)
    labels = torch.randint(4, (1500,), generator=generator)
    for label in range(4):  # a faint bright corner makes the classes learnable
        mine = (labels == label).nonzero().squeeze(1)
        row, col = divmod(label, 2)
        corner = images[mine, :, 16 * row : 16 * row + 8, 16 * col : 16 * col + 8]
        images[mine, :, 16 * row : 16 * row + 8, 16 * col : 16 * col + 8] = corner // 4 * 3 + 40
    encoder = models.small_encoder(images)
    for x in features.features(encoder, images).values():
        x, query = solvers.standardize(x[:1000], x[1000:])
        for l2 in probes.L2:
            ((weight, bias),) = solvers.logistic_regression(x, labels[:1000], [l2], n_classes=4)
            ours = ((query @ weight.T + bias).argmax(1) == labels[1000:]).float().mean().item()
            oracle = LogisticRegression(C=1 / (1000 * l2), max_iter=1000).fit(x, labels[:1000])
            assert ours == pytest.approx(oracle.score(query, labels[1000:]), abs=0.01)
            assert ours > 0.4  # far above chance: there is something to agree on


def test_gradient_is_zero_at_the_solution(blobs):
    train, y, _, _ = blobs
    (x,) = solvers.standardize(train["good"])
    ((weight, bias),) = solvers.logistic_regression(x, y, [0.1], n_classes=5, steps=200)
    residual = torch.softmax(x @ weight.T + bias, 1) - torch.nn.functional.one_hot(y, 5)
    gradient = residual.T @ x / len(x) + 0.1 * weight
    assert gradient.abs().max() < 1e-4
    assert residual.mean(0).abs().max() < 1e-4


@pytest.mark.parametrize("strength", [1.0, 0.01])
def test_ridge_is_scikit_learns(strength):
    generator = runtime.generator(0)
    x = torch.randn(200, 20, generator=generator) + 3
    y = torch.randn(200, 2, generator=generator) + x[:, :2]
    ((weight, bias),) = solvers.ridge(x, y, [strength])
    oracle = Ridge(alpha=len(x) * strength).fit(x, y)
    torch.testing.assert_close(
        weight.double(), torch.from_numpy(oracle.coef_), atol=1e-4, rtol=1e-4, check_dtype=False
    )
    torch.testing.assert_close(
        bias.double(), torch.from_numpy(oracle.intercept_), atol=1e-3, rtol=1e-3, check_dtype=False
    )


def test_one_call_of_ridge_serves_all_strengths():
    generator = runtime.generator(0)
    x, y = (torch.randn(50, n, generator=generator) for n in (8, 3))
    together = solvers.ridge(x, y, [1.0, 0.01])
    for strength, (weight, bias) in zip((1.0, 0.01), together, strict=True):
        ((alone, offset),) = solvers.ridge(x, y, [strength])
        assert torch.equal(weight, alone) and torch.equal(bias, offset)


def test_standardize_leaves_dead_features_small():
    x = torch.randn(100, 3, generator=runtime.generator(0))
    x[:, 1] = 7.0
    x[:, 2] *= 1e-9
    (out,) = solvers.standardize(x)
    torch.testing.assert_close(out[:, 0].std(), torch.tensor(1.0), atol=2e-3, rtol=0)
    assert out[:, 1].abs().max() == 0
    assert out[:, 2].abs().max() < 1e-3


def test_read_off_is_scikit_learn_on_standardized_features(blobs):
    train, y, test, _ = blobs
    x, query = 1000 * train["good"][:400], 1000 * test["good"]
    guessed = solvers.read_off(x, y[:400], query)
    mean, std = x.mean(0), x.std(0)
    strength = 4 / 400**0.5
    oracle = LogisticRegression(C=1 / (400 * strength), tol=1e-6, max_iter=2000)
    oracle.fit((x - mean) / std, y[:400])
    same = (guessed.numpy() == oracle.predict((query - mean) / std)).mean()
    assert same > 0.99
    assert len(guessed.unique()) == 5


def test_read_off_from_one_label_a_class():
    labels = torch.arange(4)
    guessed = solvers.read_off(torch.eye(4), labels, 2 * torch.eye(4))
    assert guessed.tolist() == [0, 1, 2, 3]
