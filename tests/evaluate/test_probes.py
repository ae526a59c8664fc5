import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from course_utils import runtime
from course_utils.evaluate import probes, solvers
from tests.oracles import assert_bilingual


def noise(*shape, seed=1):
    return torch.randn(*shape, generator=runtime.generator(seed))


# ------------------------------------------------------------ the one chooser


def recording(answers):
    """A reader that notes what it is given and answers ``answers[setting]``, whatever it sees."""
    calls = []

    def read(x, y, query, settings, final):
        calls.append({"x": x, "y": y, "query": query, "settings": list(settings), "final": final})
        return [answers[s].expand(len(query)) for s in settings]

    return read, calls


def right(guess, truth):
    return float((guess == truth).float().mean())


def test_the_setting_is_chosen_by_the_held_out_rows_and_not_by_the_queries():
    """Setting 1 answers 7, right on all held-out rows; setting 2 answers 8, right elsewhere."""
    y = torch.tensor([7] * 10 + [8] * 40)  # the first fifth is held out
    read, calls = recording({1: torch.tensor(7), 2: torch.tensor(8)})
    chosen = probes.choose(read, (1, 2), noise(50, 3), y, noise(20, 3), right)
    assert (chosen.setting, chosen.validation) == (1, 1.0)
    assert chosen.guess.tolist() == [7] * 20
    search, final = calls
    assert (search["settings"], search["final"]) == ([1, 2], False)
    assert torch.equal(search["y"], y[10:]) and len(search["query"]) == 10
    assert (final["settings"], final["final"]) == ([1], True)
    assert torch.equal(final["y"], y)  # refitted on all labels


def test_features_are_standardised_by_the_rows_that_are_fitted():
    """The held-out fifth is far away: it must not move the mean of the rows that are fitted."""
    x = 3 * noise(50, 2) + 5
    x[:10] += 1000
    query = 100 * noise(20, 2)
    read, calls = recording({1: torch.tensor(0)})
    probes.choose(read, (1,), x, torch.zeros(50, dtype=torch.int64), query, right)
    search, final = calls
    mean, std = x[10:].mean(0), x[10:].std(0)
    torch.testing.assert_close(search["x"], (x[10:] - mean) / std, atol=0, rtol=2e-3)
    torch.testing.assert_close(search["query"], (x[:10] - mean) / std, atol=0, rtol=2e-3)
    mean, std = x.mean(0), x.std(0)
    torch.testing.assert_close(final["x"], (x - mean) / std, atol=1e-3, rtol=2e-3)
    torch.testing.assert_close(final["query"], (query - mean) / std, atol=1e-3, rtol=2e-3)


def test_the_queries_influence_nothing(blobs):
    train, y, test, _ = blobs
    x, query = train["good"][:300], test["good"][:100]
    for read, settings in (
        (probes.read_linearly, probes.L2),
        (probes.read_neighbours, probes.NEIGHBOURS),
    ):
        alone = probes.choose(read, settings, x, y[:300], query, probes.share_right)
        among = torch.cat([query, 1e4 * noise(500, 40)])
        crowded = probes.choose(read, settings, x, y[:300], among, probes.share_right)
        assert (alone.setting, alone.validation) == (crowded.setting, crowded.validation)
        assert torch.equal(alone.guess, crowded.guess[:100])


def test_the_first_of_equal_settings_is_taken():
    """The strongest regularisation, the fewest neighbours."""
    read, _ = recording({s: torch.tensor(1) for s in (3, 1, 2)})
    y = torch.ones(20, dtype=torch.int64)
    assert probes.choose(read, (3, 1, 2), noise(20, 2), y, noise(4, 2), right).setting == 3


# ------------------------------------------------------------ nearest neighbours


def test_neighbours_are_scikit_learns(blobs):
    train, y, test, _ = blobs
    x, query = solvers.standardize(train["good"], test["good"])
    neighbours = probes.nearest(x, query, 5)
    oracle = KNeighborsClassifier(5, metric="cosine", algorithm="brute").fit(x, y)
    theirs = oracle.kneighbors(query, return_distance=False)
    assert np.mean(np.sort(neighbours.numpy()) == np.sort(theirs)) > 0.999
    (votes,) = probes.read_neighbours(x, y, query, [5], final=True)
    assert np.mean(votes.numpy() == oracle.predict(query)) > 0.999


def test_neighbours_by_hand():
    x = torch.tensor([[1.0, 0.0], [10.0, 1.0], [0.0, 1.0], [-1.0, 0.0]])
    query = torch.tensor([[5.0, 0.0], [0.0, 0.1]])
    assert probes.nearest(x, query, 2).tolist() == [[0, 1], [2, 1]]
    y = torch.tensor([2, 1, 0, 0])
    one, two = probes.read_neighbours(x, y, query, [1, 2], final=True)
    assert one.tolist() == [2, 0]
    assert two.tolist() == [1, 0]  # a tie goes to the smaller class


# ------------------------------------------------------------ the two probes, stage by stage


def fitted_by_scikit_learn(probe, setting, x, y, query):
    if probe is probes.linear_probe:
        model = LogisticRegression(C=1 / (len(x) * setting), tol=1e-6, max_iter=2000)
    else:
        model = KNeighborsClassifier(int(setting), metric="cosine", algorithm="brute")
    return model.fit(x, y).predict(query)


@pytest.mark.parametrize("probe", [probes.linear_probe, probes.neighbour_probe])
@pytest.mark.parametrize("n_labels", [None, 200])
def test_every_stage_is_scikit_learns_with_the_setting_chosen(blobs, probe, n_labels):
    train, y, test, y_test = blobs
    found = probe(train, y, test, y_test, n_labels=n_labels, seed=3)
    assert list(found) == ["good", "noise"]
    drawn = torch.randperm(2000, generator=runtime.generator(3))[:n_labels]
    held = len(drawn) // 5
    for stage, result in found.items():
        (setting,) = result.settings
        x, query = solvers.standardize(train[stage][drawn], test[stage])
        theirs = fitted_by_scikit_learn(probe, setting, x, y[drawn], query) == y_test.numpy()
        assert result.correct.shape == (1, 1000)
        assert np.mean(result.correct[0].numpy() == theirs) > 0.98
        assert result.accuracy == pytest.approx(theirs.mean(), abs=0.01)
        assert result.accuracy == pytest.approx(result.correct.float().mean().item())
        fit, held_out = solvers.standardize(train[stage][drawn[held:]], train[stage][drawn[:held]])
        guess = fitted_by_scikit_learn(probe, setting, fit, y[drawn[held:]], held_out)
        share = np.mean(guess == y[drawn[:held]].numpy())
        assert result.held_out == pytest.approx(share, abs=0.03)  # ten steps are not the minimum
    assert found["good"].accuracy > 0.55 > 0.3 > found["noise"].accuracy


def test_a_stage_is_read_as_if_it_were_alone(blobs):
    train, y, test, y_test = blobs
    together = probes.linear_probe(train, y, test, y_test)
    for name in train:
        alone = probes.linear_probe({name: train[name]}, y, {name: test[name]}, y_test)
        assert alone[name].validation == together[name].validation
        assert torch.equal(alone[name].correct, together[name].correct)


def planted(held_out, accuracy):
    return probes.Probe((held_out,), (accuracy,), (1.0,), torch.zeros(1, 1, dtype=torch.bool))


def test_the_best_stage_is_that_of_the_held_out_labels():
    found = {"a": planted(0.6, 0.9), "b": planted(0.7, 0.1), "c": planted(0.5, 0.5)}
    assert probes.best_stage(found) == "b"
    many = probes.Probe((0.2, 0.8, 0.8), (0.1, 0.2, 0.6), (1.0,) * 3, torch.zeros(3, 1))
    assert (many.held_out, many.accuracy) == (pytest.approx(0.6), pytest.approx(0.3))
    assert probes.best_stage({"one": planted(0.59, 1.0), "many": many}) == "many"


def test_the_best_stage_is_not_chosen_on_the_test_set(blobs):
    """With one stage of the test set replaced the choice stays and its accuracy breaks down."""
    train, y, test, y_test = blobs
    broken = {"good": noise(1000, 40), "noise": test["noise"]}
    found = probes.linear_probe(train, y, broken, y_test)
    assert probes.best_stage(found) == "good"
    assert found["good"].accuracy < 0.35


@pytest.mark.parametrize("probe", [probes.linear_probe, probes.neighbour_probe])
def test_shuffled_labels_are_read_at_chance(blobs, probe):
    train, y, test, y_test = blobs
    order = torch.randperm(len(y), generator=runtime.generator(1))
    for result in probe(train, y[order], test, y_test).values():
        assert abs(result.accuracy - 0.2) < 0.07


# ------------------------------------------------------------ draws


def test_draws_share_their_pictures_between_encoders(blobs, monkeypatch):
    """Two encoders with other features and stages are fitted to the same labels."""
    train, y, test, y_test = blobs
    fitted, original = [], probes.logistic_regression

    def spy(x, labels, l2, **options):
        fitted[-1].append(labels.tolist())
        return original(x, labels, l2, **options)

    monkeypatch.setattr(probes, "logistic_regression", spy)
    for stage in ("good", "noise"):
        fitted.append([])
        one = {stage: train[stage]}, y, {stage: test[stage]}, y_test
        probes.linear_probe(*one, n_labels=100, draws=3, seed=5)
    refits = [[labels for labels in calls if len(labels) == 100] for calls in fitted]
    assert refits[0] == refits[1]
    assert len(refits[0]) == 3


def test_draws_differ_and_can_be_repeated(blobs):
    first, again, other = (
        probes.linear_probe(*blobs, n_labels=100, draws=3, seed=seed)["good"] for seed in (5, 5, 6)
    )
    assert first.accuracies == again.accuracies != other.accuracies
    assert len(set(first.accuracies)) > 1
    assert len(first.validation) == len(first.settings) == len(first.correct) == 3
    assert first.accuracies == pytest.approx(first.correct.float().mean(1).tolist())


@pytest.mark.parametrize("probe", [probes.linear_probe, probes.neighbour_probe])
@pytest.mark.parametrize("n_labels", [9, 2001])
def test_too_few_or_too_many_labels(blobs, probe, n_labels):
    with pytest.raises(ValueError, match=r"10 to the 2,000") as error:
        probe(*blobs, n_labels=n_labels)
    assert_bilingual(str(error.value))
