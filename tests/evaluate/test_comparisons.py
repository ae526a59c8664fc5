import numpy as np
import pytest
import torch
from scipy import stats

from course_utils import runtime
from course_utils.evaluate import comparisons
from tests.oracles import assert_bilingual

# ------------------------------------------------------------ over seeds


def test_the_quantiles_are_scipys():
    expected = [stats.t.ppf(0.975, freedom) for freedom in range(1, 10)]
    assert expected == pytest.approx(list(comparisons._T), abs=6e-4)


@pytest.mark.parametrize("n", range(2, 11))
def test_the_interval_over_seeds_is_scipys(n):
    generator = runtime.generator(n)
    a, b = (0.5 + 0.1 * torch.randn(n, generator=generator) for _ in range(2))
    found = comparisons.over_seeds(a, b)
    result = stats.ttest_rel(a.double().numpy(), b.double().numpy())
    interval = result.confidence_interval(0.95)
    assert found[0] == pytest.approx(float((a.double() - b.double()).mean()), abs=1e-9)
    # the quantiles are kept with three decimals
    assert found[2] - found[1] == pytest.approx(interval.high - interval.low, rel=3e-4)
    assert found[1] + found[2] == pytest.approx(2 * found[0])


def test_the_pairing_of_seeds_counts():
    """The same two sets of values: paired they differ surely, in another order they do not."""
    a = torch.tensor([0.1, 0.3, 0.5, 0.7, 0.9])
    assert comparisons.over_seeds(a + 0.02, a)[1] > 0.019
    assert comparisons.over_seeds(a + 0.02, a.flip(0))[1] < 0
    low, high = comparisons.over_seeds(a, a + 0.02)[1:]
    assert low < high < 0


@pytest.mark.parametrize(("a", "b"), [(1, 1), (3, 4), (4, 3), (0, 0), (11, 11)])
def test_seeds_must_be_paired_and_two_to_ten(a, b):
    with pytest.raises(ValueError, match=f"{a} and {b} seeds") as error:
        comparisons.over_seeds(torch.zeros(a), torch.zeros(b))
    assert_bilingual(str(error.value))


# ------------------------------------------------------------ bootstraps


def test_bootstrap_against_the_loop():
    generator = runtime.generator(0)
    a = torch.rand(3, 400, generator=generator) < 0.7
    b = torch.rand(3, 400, generator=generator) < 0.6
    difference, low, high = comparisons.paired_bootstrap(a, b)
    assert difference == pytest.approx((a.double().mean() - b.double().mean()).item())
    d = (a.double().mean(0) - b.double().mean(0)).numpy()
    rng = np.random.default_rng(1)
    means = [d[rng.integers(400, size=400)].mean() for _ in range(4000)]
    assert (low, high) == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])), abs=0.004)


def test_bootstrap_uses_the_pairing():
    """Two encoders that err on the same pictures differ surely; unpaired, the noise hides it."""
    a = torch.rand(1, 2000, generator=runtime.generator(0)) < 0.6
    b = a.clone()
    b[0, a[0].nonzero().squeeze(1)[:20]] = False  # 1 point worse
    assert comparisons.paired_bootstrap(a, b)[1] > 0
    shuffled = b[:, torch.randperm(2000, generator=runtime.generator(1))]
    assert comparisons.paired_bootstrap(a, shuffled)[1] < 0


def test_bootstrap_of_groups_against_the_loop():
    """Groups of different size, named by any numbers; whole groups are drawn."""
    generator = runtime.generator(0)
    groups = torch.randint(15, (120,), generator=generator) * 7 - 3
    values = torch.rand(120, generator=generator) + 0.05 * groups
    mean, low, high = comparisons.bootstrap_groups(values, groups, resamples=4000)
    assert mean == pytest.approx(float(values.double().mean()))
    members = [values[groups == g].double().numpy() for g in groups.unique()]
    rng = np.random.default_rng(1)
    means = [
        np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))]).mean()
        for _ in range(4000)
    ]
    assert (low, high) == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])), abs=0.06)
    assert comparisons.bootstrap_groups(values, groups, resamples=4000)[1:] == (low, high)
    assert comparisons.bootstrap_groups(values, groups, seed=1)[1:] != (low, high)


def test_alike_patches_of_a_clip_make_the_interval_wider():
    """Ten patches a clip that all say the same are ten times fewer observations: √10 as wide."""
    by_clip = torch.rand(60, generator=runtime.generator(0))
    values, clips = by_clip.repeat_interleave(10), torch.arange(60).repeat_interleave(10)
    _, low, high = comparisons.bootstrap_groups(values, clips)
    _, naive_low, naive_high = comparisons.bootstrap_groups(values, torch.arange(600))
    assert (high - low) / (naive_high - naive_low) == pytest.approx(10**0.5, rel=0.15)
    width = 2 * 1.96 * float(by_clip.std(correction=0)) / 60**0.5
    assert high - low == pytest.approx(width, rel=0.1)
    assert low < float(values.mean()) < high


# ------------------------------------------------------------ over the number of labels


def test_balanced_order_is_balanced_nested_and_seeded():
    labels = torch.tensor([0] * 50 + [1] * 30 + [2] * 5)
    order = comparisons.balanced_order(labels, seed=3)
    assert sorted(order.tolist()) == list(range(85))
    for n in (3, 9, 15):
        assert torch.bincount(labels[order[:n]], minlength=3).tolist() == [n // 3] * 3
    assert torch.bincount(labels[order[:35]], minlength=3).tolist() == [15, 15, 5]
    assert torch.equal(order, comparisons.balanced_order(labels, seed=3))
    assert not torch.equal(order, comparisons.balanced_order(labels, seed=4))
    first = {
        tuple(labels[comparisons.balanced_order(labels, seed=s)[:3]].tolist()) for s in range(20)
    }
    assert len(first) > 1  # no class always comes first


def test_a_mean_with_its_interval_over_seeds():
    """Against scipy's interval of Student's t."""
    stats = pytest.importorskip("scipy.stats")
    values = torch.tensor([0.61, 0.64, 0.60, 0.66, 0.63])
    mean, low, high = comparisons.mean_over_seeds(values)
    wanted = stats.t.interval(0.95, 4, values.mean(), values.std() / 5**0.5)
    assert mean == pytest.approx(0.628, abs=1e-6)
    assert (low, high) == pytest.approx(wanted, abs=1e-4)
