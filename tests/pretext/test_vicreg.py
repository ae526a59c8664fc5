import numpy as np
import pytest
import torch

from course_utils.pretext.vicreg import vicreg


def by_numpy(z, variance):
    """The paper's three terms, with means over dimensions, both views' variance halved, over 25."""
    a, b = np.split(z, 2)
    d = z.shape[1]
    invariance = np.mean((a - b) ** 2)
    hinge = [np.mean(np.maximum(0, 1 - np.sqrt(x.var(0, ddof=1) + 1e-4))) for x in (a, b)]
    covariance = 0.0
    for x in (a, b):
        c = np.cov(x.T)
        covariance += sum(c[i, j] ** 2 for i in range(d) for j in range(d) if i != j) / d
    return invariance + variance * sum(hinge) / 2 + covariance / 25


@pytest.mark.parametrize("variance", [1.0, 0.0])
@pytest.mark.parametrize("scale", [0.1, 3.0])  # dimensions that vary too little, and enough
def test_the_three_terms(variance, scale):
    z = scale * torch.randn(12, 5, generator=torch.Generator().manual_seed(0)).double()
    assert vicreg(z, variance=variance).item() == pytest.approx(by_numpy(z.numpy(), variance))


def test_one_point_is_punished_by_the_variance_alone():
    z = torch.full((8, 4), 2.0)
    assert vicreg(z, variance=0.0).item() == pytest.approx(0, abs=1e-6)
    assert vicreg(z).item() == pytest.approx(1 - 0.01, abs=1e-4)  # the square root of 1e-4


def test_slopes_are_those_of_finite_differences():
    z = torch.randn(8, 3, generator=torch.Generator().manual_seed(1)).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: vicreg(0.3 * z), z)
