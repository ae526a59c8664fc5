"""The training cells of lesson 08 are ``tracking.pretrain``: one seed, one history."""

from functools import partial

import pytest
import torch

from course_utils import lang, losses, models, runtime
from course_utils.data import toyworld
from course_utils.figures import charts
from course_utils.pretext import tracking
from course_utils.pretext.pairs import true_pairs
from course_utils.train import fit
from tests.lessons.common import cells_of

CPU = torch.device("cpu")
EXAMPLES = 640  # 5 steps of 128 patches
RECIPES = {"naive": {"gray": 0.0, "hard_from": 1.0}, "mended": {}}


@pytest.fixture(scope="module")
def pairs():
    return true_pairs(6, "train", 0)


@pytest.fixture(scope="module")
def stills():
    return toyworld.stills(50, split="train", seed=0)


@pytest.fixture(scope="module")
def lesson(stills, pairs):
    """What the lesson's training cells leave behind, with ``history_of`` and ``used`` beside it.

    The learner's two functions stand in for the cells of the exercises; both count their calls.
    """
    cells = cells_of("08_tracking")
    histories, used = [], {"hinge": 0, "hardest": 0}

    def counted(name, function, *args, **kwargs):
        used[name] += 1
        return function(*args, **kwargs)

    def kept(*args, draw, **kwargs):
        histories.append(fit(*args, **kwargs))
        return histories[-1]

    names = {
        "partial": partial, "torch": torch, "losses": losses, "models": models, "runtime": runtime,
        "charts": charts, "tracking": tracking, "lang": lang, "device": CPU, "train": stills,
        "pairs": pairs, "fit": kept, "summary": lambda history: None,
        "tracking_hinge": partial(counted, "hinge", losses.tracking_hinge),
        "hardest_negatives": partial(counted, "hardest", losses.hardest_negatives),
    }  # fmt: skip
    exec(cells["constants"], names)
    names["PATCHES"] = EXAMPLES
    exec(cells["learn"], names)
    exec(cells["mended"], names)
    return names | {"history_of": dict(zip(RECIPES, histories, strict=True)), "used": used}


def pretrained(stills, pairs, *, seed=0, **settings):
    encoder = models.small_encoder(stills.images, seed=seed)
    settings = {"examples": EXAMPLES, "seed": seed} | settings
    return tracking.pretrain(encoder, pairs.patches, pairs.clips, **settings)


@pytest.mark.parametrize("name", RECIPES)
def test_live_and_recorded_are_one_code(lesson, stills, pairs, name):
    net, history = pretrained(stills, pairs, **RECIPES[name])
    assert history == lesson["history_of"][name]
    assert history.examples == [EXAMPLES]
    for ours, theirs in zip(
        lesson[name].state_dict().values(), net.state_dict().values(), strict=True
    ):
        assert torch.equal(ours, theirs)


def test_the_learner_s_functions_train_the_network(lesson):
    assert lesson["used"] == {"hinge": 10, "hardest": 3}  # from the third of five steps on


@pytest.mark.parametrize(
    "changed", [{"seed": 1}, {"gray": 0.4}, {"hard_from": 0.6}], ids=lambda c: next(iter(c))
)
def test_another_recipe_has_another_history(lesson, stills, pairs, changed):
    _, history = pretrained(stills, pairs, **changed)
    assert history.examples == [EXAMPLES]
    assert history != lesson["history_of"]["mended"]
