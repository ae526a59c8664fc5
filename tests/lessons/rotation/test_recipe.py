"""Live and recorded are one code: the lesson's own training cells give the history of ``pretrain``."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import models
from course_utils.pretext import rotation
from tests.lessons.common import lived

pytestmark = pytest.mark.usefixtures("on_the_cpu")
SEED = 3
PHOTOS = 128  # of 100: two steps, more than one pass


def learners_copies(images):
    """What a learner may write for ``four_copies``."""
    rotated = torch.cat([torch.rot90(images, r, (2, 3)) for r in range(4)])
    return rotated, torch.tensor([0, 1, 2, 3]).repeat_interleave(len(images))


def mirrored_copies(images):
    """A mistake in it: two of the four are mirrored."""
    rotated, labels = learners_copies(images)
    return torch.cat([rotated[: len(rotated) // 2], rotated[len(rotated) // 2 :].flip(3)]), labels


def learned(train, seed=SEED, four_copies=learners_copies, rotation_loss=F.cross_entropy):
    """The history that the lesson's cells give, with the learner's functions in them."""
    given = {"SEED": seed, "PHOTOS": PHOTOS, "train": train, "test": train}
    given |= {"four_copies": four_copies, "rotation_loss": rotation_loss}
    return lived("03_rotation", ("guess", "fit-rotation"), **given)


@pytest.fixture(scope="module")
def history(train):
    """The history of the recipe."""
    encoder = models.small_encoder(train.images, seed=SEED)
    return rotation.pretrain(encoder, train.images, examples=4 * PHOTOS, seed=SEED)[1]


def test_lesson_trains_as_the_recipe_does(train, history):
    assert history.examples == [4 * PHOTOS]
    assert learned(train) == history


def test_another_seed_gives_another_history(train, history):
    assert learned(train, seed=SEED + 1) != history


def test_another_function_gives_another_history(train, history):
    assert learned(train, four_copies=mirrored_copies) != history
    assert learned(train, rotation_loss=lambda z, y: F.cross_entropy(z.softmax(1), y)) != history
