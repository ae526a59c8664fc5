"""Live and recorded are one code: the lesson's own training cells give the history of ``pretrain``."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import models
from course_utils.pretext import contrastive
from course_utils.views import color, geometry
from tests.lessons.common import cells_of, lived, same_history

pytestmark = pytest.mark.usefixtures("on_the_cpu")
SEED, STRENGTH = 3, 0.5
VIEWS = 384  # of 100 pictures, 64 a batch: three steps, more than one pass


def learners_views(images, generator, strength):
    views = []
    for _ in range(2):
        x = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        s = 0.8 * strength
        x = color.random_color_jitter(
            x, generator, brightness=s, contrast=s, saturation=s, hue=0.2 * strength, p=0.8
        )
        views.append(color.random_gray(x, generator, p=0.2))
    return torch.cat(views)


def learners_loss(z, temperature):
    z = z / z.norm(dim=1, keepdim=True)
    n = len(z)
    logits = (z @ z.T / temperature).masked_fill(torch.eye(n, dtype=torch.bool), -1e9)
    return F.cross_entropy(logits, (torch.arange(n) + n // 2) % n)


def learned(train, seed=SEED, two_views=learners_views, nt_xent=learners_loss, strength=STRENGTH):
    """The history that the lesson's cells give, with the learner's functions in them."""
    given = {"SEED": seed, "VIEWS": VIEWS, "train": train, "MY_STRENGTH": strength}
    given |= {"two_views": two_views, "nt_xent": nt_xent}
    return lived("07_contrastive", ("guess", "fit-contrastive"), **given)


@pytest.fixture(scope="module")
def history(train):
    """The history of the recipe."""
    encoder = models.small_encoder(train.images, seed=SEED)
    return contrastive.pretrain(
        encoder, train.images, examples=VIEWS, seed=SEED, strength=STRENGTH
    )[1]


def test_the_lessons_cells_give_the_recipes_history(train, history):
    same_history(learned(train), history)


def test_another_seed_another_loss_or_other_views_do_not(train, history):
    """The same history would mean that the learner's functions are not used."""
    for other in (
        {"seed": SEED + 1},
        {"strength": 0.25},
        {"nt_xent": lambda z, temperature: 1.1 * learners_loss(z, temperature)},
        {"two_views": lambda *given: learners_views(*given).flip(3)},
    ):
        assert learned(train, **other).metrics != history.metrics


def test_the_lessons_length_and_settings_are_the_recipes():
    there = {}
    source = cells_of("07_contrastive")
    exec(source["imports"], there)
    assert there["BATCH"] == contrastive.PICTURES
    assert f"MY_STRENGTH = {contrastive.STRENGTH}" in source["choose"]
