"""What lesson 01 trains live is what its records hold: one seed, one history."""

import pytest
import torch

from course_utils import models, runtime
from course_utils.data import sentences
from course_utils.lessons.why_ssl import experiments
from course_utils.lessons.why_ssl.exercises.training_loop import training_loop
from course_utils.pretext import masked_words, rotation
from course_utils.train import fit
from tests.lessons.common import cells_of

PHOTOS = 20 * 64  # twenty steps


@pytest.fixture(scope="module")
def cells():
    return cells_of("01_why_ssl")


def run(cells, cell, **given):
    """The names that a cell leaves, run after imports and constants, with ``given`` in their place."""
    names = {}
    for source in (cells["imports"], cells["constants"]):
        exec(source, names)
    names |= {"masked_words": masked_words, "fit": fit}  # imported further down
    names |= given
    exec(cells[cell], names)
    return names


def recipe(train, seed):
    where = runtime.device()
    encoder = models.small_encoder(train.images, seed=seed).to(where)
    return rotation.pretrain(encoder, train.images.to(where), examples=4 * PHOTOS, seed=seed)[1]


def live(cells, train, **given):
    """What the lesson's cell gives with the references in place of the learner's functions, as ``fit``
    keeps it: means of ten steps."""
    given = {
        "build": models.small_encoder.__wrapped__,
        "training_loop": training_loop,
        "PHOTOS": PHOTOS,
    } | given
    losses = torch.stack(run(cells, "fit", train=train, **given)["losses"])
    return losses.view(-1, 10).mean(1).tolist()


def test_live_rotation_is_the_recipe(cells, train):
    recorded = recipe(train, seed=3).metrics["loss"]
    assert len(recorded) == 2
    assert live(cells, train, SEED=3) == pytest.approx(recorded, rel=1e-6)
    assert recipe(train, seed=4).metrics["loss"] != pytest.approx(recorded, rel=1e-3)
    other = live(cells, train, SEED=3, BATCH=32, PHOTOS=PHOTOS // 2)
    assert other != pytest.approx(recorded, rel=1e-3)


@pytest.fixture
def few_sentences(monkeypatch):
    """A corpus that takes no time to draw, and a short training on it."""
    corpus = sentences.corpus("ko", n_train=100, n_test=10)
    monkeypatch.setattr(sentences, "corpus", lambda language: corpus)
    monkeypatch.setattr(experiments, "SENTENCES", 320)
    return corpus


def test_live_masked_words_are_those_of_the_record(cells, few_sentences):
    def learned(seed):
        given = {"corpus": few_sentences, "mask_tokens": masked_words.mask_tokens}
        return run(cells, "mask-fit", SENTENCES=320, SEED=seed, **given)["reader"].state_dict()

    recorded, _ = experiments.masked_word_model("ko", 0)
    same, other = learned(0), learned(1)
    for name, weight in recorded.state_dict().items():
        assert torch.equal(weight, same[name]), name
    assert not torch.equal(recorded.out.weight, other["out.weight"])
