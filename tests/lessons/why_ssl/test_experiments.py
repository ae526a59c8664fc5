import pytest
import torch

from course_utils import models
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


@pytest.mark.parametrize(("examples", "strong"), [(2990, False), (3000, True)])
def test_pictures_seen_very_often_are_augmented_strongly(world, monkeypatch, examples, strong):
    asked = []

    def batches(images, labels, generator, *, strong):
        asked.append(strong)
        return iter([(images.float() / 255, labels)] * 200)

    monkeypatch.setattr(experiments.supervised, "labelled_batches", batches)
    experiments.from_scratch(data="tiny", labels=30, seed=0, seen=examples)
    assert asked == [strong]


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
    guesses = ("model", "near", "bigram", "unigram")
    assert set(found) == {f"{guess}_{kind}" for guess in guesses for kind in kinds}
    assert all(0 <= value <= 1 for value in found.values())
    assert found["bigram_choice"] > found["unigram_choice"]


def test_every_arm_has_the_same_draws():
    for e in experiments.EXPERIMENTS:
        if e.name in ("from scratch", "from scratch, as long", "fine-tuned", "frozen"):
            assert e.seeds == experiments.FIVE
    labels = {
        e.name: {(s["data"], s["labels"]) for s in e.settings}
        for e in experiments.EXPERIMENTS
        if e.name in ("from scratch", "fine-tuned")
    }
    assert labels["from scratch"] == labels["fine-tuned"]


def test_equal_computing_is_what_pretraining_and_fine_tuning_see():
    (longer,) = (e for e in experiments.EXPERIMENTS if e.name == "from scratch, as long")
    seen = {(s["data"], s["labels"]): s["seen"] for s in longer.settings}
    assert seen["cifar10", 100] == 270_000 + 12_800
    assert seen["cifar10", 1000] == 270_000 + 32_000
    assert seen["cifar10", 50_000] == 270_000 + 96_000
    assert seen["toyworld", 10_000] == 96_000 + 64_000
