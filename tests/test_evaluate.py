import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from course_utils import evaluate, models, runtime, views
from tests.oracles import assert_bilingual


@pytest.fixture(scope="module")
def blobs():
    """Correlated features of five classes, in two "stages": one informative, one noise."""
    generator = runtime.generator(0)
    labels = torch.randint(5, (3000,), generator=generator)
    centres = torch.randn(5, 40, generator=generator)
    mix = torch.randn(40, 40, generator=generator) * torch.logspace(0, -3, 40)[:, None]
    x = (0.8 * centres[labels] + torch.randn(3000, 40, generator=generator)) @ mix + 3
    noise = torch.randn(3000, 30, generator=generator)
    cut = lambda z: (z[:2000], z[2000:])  # noqa: E731
    (x1, x2), (n1, n2), (y1, y2) = cut(x), cut(noise), cut(labels)
    return {"good": x1, "noise": n1}, y1, {"good": x2, "noise": n2}, y2


def test_calibrated_statistics_are_those_of_the_pictures():
    """After it, what the first batch norm hands on has mean 0 and deviation 1 on those pictures."""
    images = torch.randint(256, (60, 3, 16, 16), generator=runtime.generator(0)).to(torch.uint8)
    statistics = views.channel_statistics(images)
    encoder = models.small_encoder()
    assert evaluate.calibrate(encoder, images, statistics, batch_size=30) is encoder
    before_relu = encoder.block1[:3]  # patches, convolution, batch norm
    with torch.no_grad():
        maps = before_relu(evaluate.prepare(images, statistics, torch.device("cpu")))
    torch.testing.assert_close(maps.mean((0, 2, 3)), torch.zeros(64), atol=1e-3, rtol=0)
    torch.testing.assert_close(maps.std((0, 2, 3)), torch.ones(64), atol=2e-2, rtol=0)


@pytest.mark.parametrize("l2", [0.5, 0.02, 0.004])
def test_logistic_regression_is_scikit_learns(blobs, l2):
    train, y, test, _ = blobs
    x, query = evaluate.standardize(train["good"], test["good"])
    ((weight, bias),) = evaluate.logistic_regression(x, y, [l2], n_classes=5, steps=200)
    oracle = LogisticRegression(C=1 / (len(x) * l2), tol=1e-6, max_iter=2000).fit(x, y)
    ours = torch.softmax(query @ weight.T + bias, 1)
    theirs = torch.from_numpy(oracle.predict_proba(query)).float()
    torch.testing.assert_close(ours, theirs, atol=2e-3, rtol=0)


def test_fewer_rows_than_features():
    """30 pictures, 200 features, one of them constant: still scikit-learn's minimum."""
    x = torch.randn(30, 200, generator=runtime.generator(0)) * torch.logspace(0, -2, 200)
    (x,) = evaluate.standardize(torch.cat([x, torch.ones(30, 1)], dim=1))
    y = torch.arange(30) % 3
    ((weight, bias),) = evaluate.logistic_regression(x, y, [0.1], n_classes=3, steps=200)
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
    encoder = models.small_encoder()
    found = evaluate.features(encoder, images, views.channel_statistics(images))
    for x in found.values():
        x, query = evaluate.standardize(x[:1000], x[1000:])
        for l2 in evaluate.L2:
            ((weight, bias),) = evaluate.logistic_regression(x, labels[:1000], [l2], n_classes=4)
            ours = ((query @ weight.T + bias).argmax(1) == labels[1000:]).float().mean().item()
            oracle = LogisticRegression(C=1 / (1000 * l2), max_iter=1000).fit(x, labels[:1000])
            assert ours == pytest.approx(oracle.score(query, labels[1000:]), abs=0.01)
            assert ours > 0.4  # far above chance: there is something to agree on


def test_gradient_is_zero_at_the_solution(blobs):
    train, y, _, _ = blobs
    (x,) = evaluate.standardize(train["good"])
    ((weight, bias),) = evaluate.logistic_regression(x, y, [0.1], n_classes=5, steps=200)
    residual = torch.softmax(x @ weight.T + bias, 1) - torch.nn.functional.one_hot(y, 5)
    gradient = residual.T @ x / len(x) + 0.1 * weight
    assert gradient.abs().max() < 1e-4
    assert residual.mean(0).abs().max() < 1e-4


def test_probe_chooses_the_informative_stage(blobs):
    probe = evaluate.linear_probe(*blobs)
    assert probe.stage == "good"
    assert probe.accuracy > 0.8
    assert probe.correct.shape == (1, 1000)
    assert probe.correct.float().mean().item() == pytest.approx(probe.accuracy)


def test_stage_is_not_chosen_on_the_test_set(blobs):
    """With the stages of the test set exchanged, the choice stays and the accuracy breaks down."""
    train, y, test, y_test = blobs
    test = {"good": torch.randn(1000, 40, generator=runtime.generator(1)), "noise": test["noise"]}
    probe = evaluate.linear_probe(train, y, test, y_test)
    assert probe.stage == "good"
    assert probe.accuracy < 0.35


def test_shuffled_labels_probe_at_chance(blobs):
    train, y, test, y_test = blobs
    order = torch.randperm(len(y), generator=runtime.generator(1))
    probe = evaluate.linear_probe(train, y[order], test, y_test)
    assert abs(probe.accuracy - 0.2) < 0.07


def test_draws_share_their_pictures_between_encoders(blobs, monkeypatch):
    """Two encoders with other features and another choice of stage are fitted to the same labels."""
    train, y, test, y_test = blobs
    fitted, original = [], evaluate.logistic_regression

    def spy(x, labels, l2, **options):
        fitted[-1].append(labels.tolist())
        return original(x, labels, l2, **options)

    monkeypatch.setattr(evaluate, "logistic_regression", spy)
    for stages in (["good", "noise"], ["noise"]):
        fitted.append([])
        some = {k: train[k] for k in stages}, y, {k: test[k] for k in stages}, y_test
        evaluate.linear_probe(*some, n_labels=100, draws=3, seed=5)
    refits = [[labels for labels in calls if len(labels) == 100] for calls in fitted]
    assert refits[0] == refits[1]
    assert len(refits[0]) == 3


def test_draws_differ_and_can_be_repeated(blobs):
    train, y, test, y_test = blobs
    first = evaluate.linear_probe(train, y, test, y_test, n_labels=100, draws=3, seed=5)
    again = evaluate.linear_probe(train, y, test, y_test, n_labels=100, draws=3, seed=5)
    other = evaluate.linear_probe(train, y, test, y_test, n_labels=100, draws=3, seed=6)
    assert first.accuracies == again.accuracies
    assert len(set(first.accuracies)) > 1
    assert first.accuracies != other.accuracies


@pytest.mark.parametrize("n_labels", [24, 2001])
def test_too_few_or_too_many_labels(blobs, n_labels):
    with pytest.raises(ValueError, match=r"25 to the 2,000") as error:
        evaluate.linear_probe(*blobs, n_labels=n_labels)
    assert_bilingual(str(error.value))


def test_knn_against_scikit_learn(blobs):
    train, y, test, _ = blobs
    x, query = evaluate.standardize(train["good"], test["good"])
    neighbours = evaluate.nearest(x, query, 5)
    oracle = KNeighborsClassifier(5, metric="cosine", algorithm="brute").fit(x, y)
    theirs = oracle.kneighbors(query, return_distance=False)
    assert np.mean(np.sort(neighbours.numpy()) == np.sort(theirs)) > 0.999
    votes = torch.nn.functional.one_hot(y[neighbours], 5).sum(1).argmax(1)
    assert np.mean(votes.numpy() == oracle.predict(query)) > 0.999


def test_knn_by_hand():
    x = torch.tensor([[1.0, 0.0], [10.0, 1.0], [0.0, 1.0], [-1.0, 0.0]])
    query = torch.tensor([[5.0, 0.0], [0.0, 0.1]])
    assert evaluate.nearest(x, query, 2).tolist() == [[0, 1], [2, 1]]


def test_knn_probe(blobs):
    probe = evaluate.knn(*blobs)
    assert probe.stage == "good"
    assert probe.settings[0] in evaluate.NEIGHBOURS
    assert probe.accuracy > 0.6


def test_features_are_pooled_maps_in_evaluation_mode():
    images = torch.randint(256, (12, 3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))
    statistics = views.channel_statistics(images)
    encoder = models.small_encoder().train()
    before = {k: v.clone() for k, v in encoder.state_dict().items()}
    ours = evaluate.features(encoder, images, statistics, batch_size=5)
    assert encoder.training
    assert all(torch.equal(v, before[k]) for k, v in encoder.state_dict().items())
    encoder.eval()
    with torch.no_grad():
        maps = models.stage_maps(encoder, views.normalize(images / 255, *statistics))
    for name, stage in maps.items():
        theirs = models.pool(stage)
        assert ours[name].shape == theirs.shape
        # bfloat16 keeps about three digits
        torch.testing.assert_close(ours[name], theirs, atol=0.03, rtol=0.03)


def test_predict_gives_probabilities_in_evaluation_mode():
    images = torch.randint(256, (12, 3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))
    statistics = views.channel_statistics(images)
    model = models.classifier(models.small_encoder(), 4).train()
    ours = evaluate.predict(model, images, statistics, batch_size=5)
    assert model.training
    model.eval()
    with torch.no_grad():
        theirs = model(views.normalize(images / 255, *statistics)).softmax(1)
    torch.testing.assert_close(ours, theirs, atol=0.02, rtol=0)
    torch.testing.assert_close(ours.sum(1), torch.ones(12))


def test_standardize_leaves_dead_features_small():
    x = torch.randn(100, 3, generator=runtime.generator(0))
    x[:, 1] = 7.0
    x[:, 2] *= 1e-9
    (out,) = evaluate.standardize(x)
    torch.testing.assert_close(out[:, 0].std(), torch.tensor(1.0), atol=2e-3, rtol=0)
    assert out[:, 1].abs().max() == 0
    assert out[:, 2].abs().max() < 1e-3


def test_bootstrap_against_the_loop():
    generator = runtime.generator(0)
    a = torch.rand(3, 400, generator=generator) < 0.7
    b = torch.rand(3, 400, generator=generator) < 0.6
    difference, low, high = evaluate.paired_bootstrap(a, b)
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
    assert evaluate.paired_bootstrap(a, b)[1] > 0
    shuffled = b[:, torch.randperm(2000, generator=runtime.generator(1))]
    assert evaluate.paired_bootstrap(a, shuffled)[1] < 0


def test_balanced_order_is_balanced_nested_and_seeded():
    labels = torch.tensor([0] * 50 + [1] * 30 + [2] * 5)
    order = evaluate.balanced_order(labels, seed=3)
    assert sorted(order.tolist()) == list(range(85))
    for n in (3, 9, 15):
        assert torch.bincount(labels[order[:n]], minlength=3).tolist() == [n // 3] * 3
    assert torch.bincount(labels[order[:35]], minlength=3).tolist() == [15, 15, 5]
    assert torch.equal(order, evaluate.balanced_order(labels, seed=3))
    assert not torch.equal(order, evaluate.balanced_order(labels, seed=4))
    first = {tuple(labels[evaluate.balanced_order(labels, seed=s)[:3]].tolist()) for s in range(20)}
    assert len(first) > 1  # no class always comes first


def test_label_efficiency_gives_every_arm_the_same_pictures():
    labels = torch.arange(100) % 5
    given = []

    def arm(index):
        given[-1].append(index.tolist())
        return len(index) / 100

    curves = []
    for _ in range(2):
        given.append([])
        curves.append(evaluate.label_efficiency(arm, labels, [5, 20], draws=3, seed=1))
    assert given[0] == given[1]
    assert curves[0] == {5: [0.05] * 3, 20: [0.2] * 3}
    small, large = given[0][0], given[0][3]
    assert large[:5] == small  # what 5 labels show, 20 show as well
    assert len({tuple(index) for index in given[0][:3]}) == 3
    with pytest.raises(ValueError, match="only 100") as error:
        evaluate.label_efficiency(arm, labels, [101], draws=1)
    assert_bilingual(str(error.value))


def test_probe_keeps_the_held_out_accuracy_it_chose_by(blobs):
    train, y, test, y_test = blobs
    alone = {
        name: evaluate.linear_probe({name: train[name]}, y, {name: test[name]}, y_test)
        for name in train
    }
    together = evaluate.linear_probe(train, y, test, y_test)
    best = max(alone.values(), key=lambda probe: probe.held_out[0])
    assert together.held_out == best.held_out
    assert together.accuracy == best.accuracy
    assert alone["good"].held_out[0] > alone["noise"].held_out[0] + 0.3


def test_frozen_features_leave_the_encoder_as_it_is():
    images = torch.randn(4, 3, 16, 16, generator=runtime.generator(0))
    encoder = models.small_encoder().train()
    before = {k: v.clone() for k, v in encoder.state_dict().items()}
    found = evaluate.frozen_features(encoder, images)
    assert found.shape == (4, 256)
    assert not found.requires_grad
    assert all(torch.equal(v, before[k]) for k, v in encoder.state_dict().items())
    alone = evaluate.frozen_features(encoder, images[:1])
    torch.testing.assert_close(found[:1], alone, atol=1e-5, rtol=1e-4)


def test_read_off_is_scikit_learn_on_standardized_features(blobs):
    train, y, test, _ = blobs
    x, query = 1000 * train["good"][:400], 1000 * test["good"]
    guessed = evaluate.read_off(x, y[:400], query)
    mean, std = x.mean(0), x.std(0)
    strength = 4 / 400**0.5
    oracle = LogisticRegression(C=1 / (400 * strength), tol=1e-6, max_iter=2000)
    oracle.fit((x - mean) / std, y[:400])
    same = (guessed.numpy() == oracle.predict((query - mean) / std)).mean()
    assert same > 0.99
    assert len(guessed.unique()) == 5


def test_read_off_from_one_label_a_class():
    labels = torch.arange(4)
    guessed = evaluate.read_off(torch.eye(4), labels, 2 * torch.eye(4))
    assert guessed.tolist() == [0, 1, 2, 3]


def test_best_at_reads_between_the_sizes_on_a_logarithmic_axis():
    curves = {"steep": {10: [0.0], 1000: [0.9, 1.1]}, "flat": {10: [0.4], 1000: [0.6]}}
    # Both are at 0.5 for 100 labels, halfway on the logarithmic axis.
    assert evaluate.best_at(curves, 95) == "flat"
    assert evaluate.best_at(curves, 105) == "steep"
    assert evaluate.best_at(curves, 10) == "flat"
    assert evaluate.best_at(curves, 1000) == "steep"
    with pytest.raises(ValueError, match="1,001") as error:
        evaluate.best_at(curves, 1001)
    assert_bilingual(str(error.value))


def test_embeddings_are_the_models_outputs_in_evaluation_mode():
    images = torch.randint(256, (7, 3, 8, 8), generator=runtime.generator(0)).to(torch.uint8)
    statistics = views.channel_statistics(images)
    net = models.classifier(models.small_encoder(seed=1), 5, seed=1).train()
    found = evaluate.embeddings(net, images, statistics, batch_size=3)
    assert net.training
    with torch.no_grad():
        expected = net.eval()(views.normalize(views.to_float(images), *statistics))
    torch.testing.assert_close(found, expected, atol=0.05, rtol=0.05)
    assert found.dtype == torch.float32
    probabilities = evaluate.predict(net, images, statistics)
    torch.testing.assert_close(found.softmax(1), probabilities, atol=1e-3, rtol=1e-2)
