"""Live and recorded are one code: the lesson's own training cells give the history of ``pretrain``."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import models
from course_utils.data.worlds import without_color
from course_utils.pretext import colorization
from tests.lessons.common import lived, same_history

pytestmark = pytest.mark.usefixtures("on_the_cpu")
SEED = 3
PHOTOS = 128  # of 100: two steps, more than one pass


def learners_bins(ab, colors):
    places = F.avg_pool2d(ab, 4)
    return (places[:, None] - colors[None, :, :, None, None]).square().sum(2).argmin(1)


def learners_loss(logits, bins, shares, uniform):
    weights = 1 / ((1 - uniform) * shares + uniform / len(shares))
    weights = weights / (weights * shares).sum()
    return (weights[bins] * F.cross_entropy(logits, bins, reduction="none")).mean()


def learned(train, seed=SEED, color_bins=learners_bins, color_loss=learners_loss):
    """The history that the lesson's cells give, with the learner's functions in them."""
    given = {"SEED": seed, "PHOTOS": PHOTOS, "train": train, "test": train}
    given |= {"color_bins": color_bins, "color_loss": color_loss, "shuffled": torch.arange(100)}
    return lived("05_colorization", ("choose", "guess", "fit-color"), **given)


@pytest.fixture(scope="module")
def history(train):
    """The history of the recipe."""
    encoder = models.small_encoder(without_color(train.images), seed=SEED)
    return colorization.pretrain(encoder, train.images, examples=PHOTOS, seed=SEED, uniform=0.5)[1]


def test_the_lessons_cells_give_the_recipes_history(train, history):
    same_history(learned(train), history)


def test_another_seed_another_loss_or_other_targets_do_not(train, history):
    """The same history would mean that the learner's functions are not used."""
    for other in (
        {"seed": SEED + 1},
        {"color_loss": lambda *given: 1.1 * learners_loss(*given)},
        {"color_bins": lambda ab, colors: learners_bins(ab.flip(1), colors)},
    ):
        assert learned(train, **other).metrics != history.metrics
