import numpy as np
import pytest
import torch

from course_utils import models, runtime
from course_utils.data.prepared import Photos
from course_utils.lessons.why_ssl import experiments


@pytest.fixture
def world(noise, monkeypatch):
    """60 training and 30 test pictures of three classes, told by their brightness."""
    parts = []
    for n, seed in ((60, 0), (30, 1)):
        part = noise(n, classes=3, seed=seed)
        images = part.images // 8 + (100 * part.labels).to(torch.uint8)[:, None, None, None]
        parts.append(Photos(images, part.labels, part.classes, "tiny", "made here"))
    monkeypatch.setattr(experiments, "world", lambda data: parts)
    monkeypatch.setattr(experiments, "SIZES", {"tiny": (3, 30)})
    monkeypatch.setattr(experiments, "length_of_training", lambda labels: 640)
    return parts


def test_labelled_batches_are_64_pictures_with_their_labels():
    grays = torch.arange(10, 250, 24).to(torch.uint8)  # flat: a shift cannot change them
    images = grays[:, None, None, None].expand(-1, 3, 16, 16).contiguous()
    many = images.repeat(100, 1, 1, 1), torch.arange(10).repeat(100)
    x, y = next(experiments.labelled_batches(*many, runtime.generator(0)))
    torch.testing.assert_close(x.mean((1, 2, 3)), grays[y].float() / 255)
    x, y = next(experiments.labelled_batches(images, torch.arange(10), runtime.generator(0)))
    assert x.shape == (64, 3, 16, 16) and x.min() >= 0 and x.max() <= 1
    assert torch.bincount(y, minlength=10).min() >= 6
    assert (x.mean((1, 2, 3)) - grays[y].float() / 255).abs().max() > 0.02  # jittered


def test_principal_components_are_the_svds(noise):
    images = noise(80, 4).images
    mean, axes = experiments.principal_components(images)
    x = images.flatten(1).double().numpy() / 255
    _, _, v = np.linalg.svd(x - x.mean(0), full_matrices=False)
    np.testing.assert_allclose(mean, x.mean(0), atol=1e-5)
    np.testing.assert_allclose((axes @ axes.T).double(), v[:32].T @ v[:32], atol=1e-3)


def test_more_labels_are_trained_on_longer():
    lengths = [experiments.length_of_training(n) for n in (10, 100, 1000, 10_000, 50_000)]
    assert lengths == sorted(set(lengths))


def test_labels_are_drawn_balanced_and_small_draws_lie_in_large_ones(world):
    train, _ = world
    drawn = experiments.drawn("tiny", 30, 2)
    assert torch.bincount(train.labels[drawn]).tolist() == [10, 10, 10]
    assert torch.equal(drawn[:6], experiments.drawn("tiny", 6, 2))
    assert not torch.equal(drawn, experiments.drawn("tiny", 30, 3))


def test_from_scratch_learns_and_sees_what_it_is_told_to(world, monkeypatch):
    found = experiments.from_scratch(data="tiny", labels=30, seed=0)
    assert found["accuracy"] > 0.6
    asked = []
    monkeypatch.setattr(
        experiments, "accuracy_of", lambda *what, **how: asked.append(how["examples"]) or 0.5
    )
    experiments.from_scratch(data="tiny", labels=30, seed=0)
    experiments.from_scratch(data="tiny", labels=30, seed=0, seen=1234)
    assert asked == [640, 1234]


def test_fine_tuning_leaves_the_network_that_it_starts_from(world):
    train, _ = world
    net = models.classifier(models.small_encoder(train.images, seed=3), 4, seed=3)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    assert experiments.fine_tuned(net, data="tiny", labels=30, seed=0)["accuracy"] > 0.6
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_frozen_reads_every_stage_with_every_number_of_labels(world):
    train, _ = world
    encoder = models.small_encoder(train.images, seed=3)
    found = experiments.frozen(encoder, data="tiny", seed=0)
    assert set(found) == {f"block{stage}_{n}" for stage in (1, 2, 3) for n in (3, 30)}
    assert found["block1_30"] > 0.9
    assert experiments.frozen(models.classifier(encoder, 4), data="tiny", seed=0) == found


def test_pixels_are_read_from_their_components(world):
    found = experiments.pixels(data="tiny", seed=0)
    assert set(found) == {"pca_3", "pca_30"}
    assert found["pca_30"] > 0.6  # a third by guessing


def test_only_the_labels_of_a_draw_are_used(world, monkeypatch):
    train, _ = world
    used = []
    monkeypatch.setattr(
        experiments,
        "read_off",
        lambda x, y, queries: used.append((len(x), y)) or torch.zeros(len(queries)).long(),
    )
    features = torch.rand(60, 4), torch.rand(30, 4)
    assert experiments.read_with(*features, "tiny", 6, 1) == pytest.approx(1 / 3)
    ((n, labels),) = used
    assert n == 6
    assert torch.equal(labels, train.labels[experiments.drawn("tiny", 6, 1)])


@pytest.mark.parametrize("language", ["ko", "en"])
def test_words_are_guessed_by_a_model_and_by_counting(language, monkeypatch):
    monkeypatch.setattr(experiments, "SENTENCES", 64)
    found = experiments.words(language=language, seed=0)
    kinds = ("all", "choice", "role", "form") if language == "ko" else ("all", "choice")
    guesses = ("model", "bigram", "unigram")
    assert set(found) == {f"{guess}_{kind}" for guess in guesses for kind in kinds}
    assert all(0 <= value <= 1 for value in found.values())
    assert found["bigram_choice"] > found["unigram_choice"]


def test_every_arm_has_the_same_draws():
    for e in experiments.EXPERIMENTS:
        if e.name in ("from scratch", "fine-tuned", "frozen", "pixels"):
            assert e.seeds == experiments.FIVE
    labels = {
        e.name: {(s["data"], s["labels"]) for s in e.settings}
        for e in experiments.EXPERIMENTS
        if e.name in ("from scratch", "fine-tuned")
    }
    assert labels["from scratch"] == labels["fine-tuned"]
