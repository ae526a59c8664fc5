"""What is accepted of contrastive learning rebuilt from memory, and what is told."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import models, runtime
from course_utils.data import toyworld
from course_utils.evaluate import comparisons
from course_utils.lessons.contrastive import memory
from course_utils.lessons.contrastive.collapse import attract
from course_utils.pretext import contrastive
from course_utils.views.streams import to_bytes, to_float

ROLLED = torch.arange(64).roll(32)  # first views, then second ones
NEIGHBOURS = torch.arange(64) ^ 1  # both views of a picture side by side


@pytest.fixture(scope="module")
def few():
    return toyworld.stills(32, seed=5).images


def views(few, seed=0, strength=0.25):
    return contrastive.two_views(to_float(few), runtime.generator(seed), strength)


def pairs(few):
    """Both views of a picture along an axis of their own: (32, 2, 3, 32, 32)."""
    return torch.stack(views(few).chunk(2), 1)


SHUFFLED = torch.randperm(64, generator=torch.Generator().manual_seed(3))

FORMS = {
    "the course's order": lambda x: (views(x), ROLLED),
    "a list of numbers": lambda x: (views(x), ROLLED.tolist()),
    "side by side": lambda x: (pairs(x).flatten(0, 1), NEIGHBOURS),
    "an axis of pairs": lambda x: (pairs(x), NEIGHBOURS.view(32, 2)),
    "two tensors": lambda x: (views(x).chunk(2), ROLLED),
    "any order": lambda x: (views(x)[SHUFFLED], SHUFFLED.argsort()[ROLLED[SHUFFLED]]),
    "a table of pairs": lambda x: (views(x), F.one_hot(ROLLED)),
    "numbers with a point": lambda x: (views(x), ROLLED.float()),
    "bytes": lambda x: (to_bytes(views(x)), ROLLED),
    "standardized": lambda x: ((views(x) - 0.5) / 0.2, ROLLED),
    "crops alone": lambda x: (views(x, strength=0.0), ROLLED),
    "twice the strength": lambda x: (views(x, strength=0.5), ROLLED),
    "a view and the picture": lambda x: (torch.cat([to_float(x), views(x)[:32]]), ROLLED),
}


@pytest.mark.parametrize("form", FORMS)
def test_other_correct_forms_are_right(few, form):
    assert memory.judge(few, *FORMS[form](few)) == "right"


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("strength", [0.0, 0.25, 0.5])
def test_no_draw_of_the_recipe_is_refused(few, seed, strength):
    assert memory.judge(few, views(few, seed, strength), ROLLED) == "right"


OFF_BY_ONE = torch.cat([torch.arange(32).roll(-1) + 32, torch.arange(32).roll(1)])

WRONG = {
    "one view a picture": (lambda x: (views(x)[:32], ROLLED[:32]), "no_views"),
    "other sizes": (lambda x: (views(x)[..., :16, :16], ROLLED), "no_views"),
    "nothing like views": (lambda x: (ROLLED, ROLLED), "no_views"),
    "no partners": (lambda x: (views(x), None), "no_partners"),
    "numbers of the pictures alone": (lambda x: (views(x), torch.arange(32)), "no_partners"),
    "past the end": (lambda x: (views(x), ROLLED + 1), "no_partners"),
    "halves": (lambda x: (views(x), ROLLED / 2), "no_partners"),
    "itself": (lambda x: (views(x), torch.arange(64)), "not_mutual"),
    "labels of pictures": (lambda x: (views(x), torch.arange(32).repeat(2)), "not_mutual"),
    "one after the other": (lambda x: (views(x), torch.arange(64).roll(-1)), "not_mutual"),
    "one view twice": (lambda x: (views(x)[:32].repeat(2, 1, 1, 1), ROLLED), "same_twice"),
    "the picture twice": (lambda x: (to_float(x).repeat(2, 1, 1, 1), ROLLED), "same_twice"),
    "side by side, named as in two halves": (
        lambda x: (pairs(x).flatten(0, 1), ROLLED), "another_picture",
    ),
    "in two halves, named as side by side": (lambda x: (views(x), NEIGHBOURS), "another_picture"),
    "the next picture": (lambda x: (views(x), OFF_BY_ONE), "another_picture"),
    "second views shuffled": (
        lambda x: (torch.cat([views(x)[:32], views(x)[32:].roll(5, 0)]), ROLLED),
        "another_picture",
    ),
    "noise": (
        lambda x: (torch.rand(64, 3, 32, 32, generator=runtime.generator(1)), ROLLED),
        "another_picture",
    ),
    "black": (lambda x: (torch.arange(64)[:, None, None, None].expand(64, 3, 32, 32) * 0.0 , ROLLED),
        "same_twice"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_is_told(few, mistake):
    make, key = WRONG[mistake]
    assert memory.judge(few, *make(few)) == key


@pytest.mark.parametrize("seed", range(12))
def test_no_draw_of_partners_of_other_pictures_is_accepted(few, seed):
    second = views(few, seed)[32:]
    order = torch.randperm(32, generator=runtime.generator(seed))
    order = order if (order == torch.arange(32)).sum() < 3 else order.roll(1)
    wrong = torch.cat([views(few, seed)[:32], second[order]])
    assert memory.judge(few, wrong, ROLLED) == "another_picture"


def trained(objective, views_seen=12_800):
    pictures = toyworld.stills(8000, seed=5).images
    encoder = models.small_encoder(pictures, seed=5)
    contrastive.pretrain(encoder, pictures, examples=views_seen, seed=0, objective=objective)
    return memory.told_of(encoder, pictures)


def test_only_what_learned_partners_is_above_the_floor():
    """The recipe on 8,000 pictures, and the same without negatives, beside random weights."""
    floor = trained(contrastive.against_the_batch, views_seen=0)
    assert comparisons.paired_bootstrap(trained(contrastive.against_the_batch), floor).low > 0
    assert comparisons.paired_bootstrap(trained(attract), floor).low <= 0
    assert runtime.effort() == 1
