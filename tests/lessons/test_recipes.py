import sys

import pytest
import torch

from course_utils import models, runtime
from course_utils.lessons import recipes
from course_utils.pretext import rotation, supervised
from course_utils.records import run
from course_utils.records.plan import experiments
from course_utils.records.read import topics
from course_utils.views import streams

TRAINED = {
    experiment.recipe.name: (experiment.recipe.train, settings)
    for topic in topics()
    for experiment in experiments(topic)
    if experiment.recipe is not None
    for settings in experiment.settings
    if "examples" in settings
}


@pytest.fixture
def world(noise, monkeypatch):
    """Two worlds by name, and what was asked of each."""
    asked = []

    def find(data, **how):
        asked.append((data, how))
        seed = {"toyworld": 0, "cifar10": 1}[data]
        return noise(seed=seed), noise(10, seed=10 + seed)

    monkeypatch.setattr(recipes, "world", find)
    find.asked = asked
    return find


def equal(a, b):
    a, b = a.state_dict(), b.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_untrained_has_the_normalisation_of_its_world_and_weights_of_its_seed(world):
    encoder = recipes.untrained(data="cifar10", seed=2, color=False)
    assert world.asked == [("cifar10", {"color": False})]
    assert equal(encoder, models.small_encoder(world("cifar10")[0].images, seed=2))
    assert not equal(encoder, recipes.untrained(data="cifar10", seed=3))
    assert not equal(encoder, recipes.untrained(data="toyworld", seed=2))


def test_recipes_are_those_of_the_pretext_tasks(world):
    train, _ = world("toyworld")
    learned = recipes.learn_labels(data="toyworld", examples=64, seed=1)
    encoder = models.small_encoder(train.images, seed=1)
    net, _ = supervised.pretrain(encoder, train.images, train.labels, examples=64, seed=1)
    assert equal(learned, net)
    for pose, how in recipes.POSES.items():
        learned = recipes.learn_rotation(data="toyworld", examples=64, seed=1, pose=pose)
        encoder = models.small_encoder(train.images, seed=1)
        net, _ = rotation.pretrain(encoder, train.images, examples=64, seed=1, pose=how)
        assert equal(learned, net)
    recipes.learn_rotation(data="toyworld", examples=0, seed=1, sun="above")
    assert world.asked[-1] == ("toyworld", {"sun": "above", "color": True})


def test_poses():
    images = torch.rand(6, 3, 16, 16, generator=runtime.generator(0))
    turned, labels = rotation.four_copies(images)
    plain, told = recipes.POSES["four"](images)
    assert torch.equal(plain, turned) and torch.equal(told, labels)
    stamped, told = recipes.POSES["stamped"](images)
    assert torch.equal(stamped, rotation.four_copies(rotation.date_stamp(images))[0])
    assert torch.equal(told, labels)


@pytest.mark.parametrize("name", TRAINED)
def test_no_examples_give_the_network_that_kept_weights_are_put_into(name, noise, monkeypatch):
    """Of the same shape as after training, without a step and without what only training needs."""
    train, settings = TRAINED[name]
    for module in (sys.modules[train.__module__], recipes):  # a recipe may rest on another
        monkeypatch.setattr(module, "world", lambda *_, **__: (noise(64, 32),) * 2)
    steps = []
    monkeypatch.setattr(torch.optim.SGD, "step", lambda *_: steps.append("a step"))
    named = run._named(train, settings)
    net, again = (train(seed=0, **named | {"examples": 0}) for _ in range(2))
    assert equal(net, again) and steps == []
    if name != "tracking":  # its pairs take a minute to draw
        trained = train(seed=0, **named | {"examples": 1})
        assert steps == ["a step"]
        shapes = [{n: v.shape for n, v in x.state_dict().items()} for x in (net, trained)]
        assert shapes[0] == shapes[1]


def test_encoder_of():
    encoder = models.small_encoder(torch.zeros(1, 3, 8, 8, dtype=torch.uint8))
    assert recipes.encoder_of(encoder) is encoder
    assert recipes.encoder_of(models.classifier(encoder, 4)) is encoder


def test_the_ruler_reads_the_encoder_on_its_own_world_and_on_the_other(world, monkeypatch):
    read = []
    monkeypatch.setattr(recipes.ruler, "read", lambda *what, **_: read.append(what) or {"f": 1.0})
    monkeypatch.setattr(recipes.ruler, "factor_row", lambda what: read.append(what) or {"f": 2.0})
    encoder = recipes.untrained(data="toyworld", seed=0)
    net = models.classifier(encoder, 4)
    assert recipes.probe(net, data="toyworld", color=False) == {"f": 1.0}
    assert world.asked[-1] == ("toyworld", {"color": False})
    recipes.transfer(net, data="toyworld")
    assert world.asked[-1] == ("cifar10", {})
    recipes.transfer(net, data="cifar10")
    assert world.asked[-1] == ("toyworld", {})
    assert all(what[0] is encoder and len(what) == 3 for what in read)
    assert [len(part) for part in read[0][1:]] == [40, 10]  # training pictures, test pictures
    assert recipes.factors(net) == {"f": 2.0} and read[-1] is encoder


def test_streams_of_posed_pictures_stay_in_range():
    images = torch.randint(256, (4, 3, 16, 16), generator=runtime.generator(0)).to(torch.uint8)
    for pose in recipes.POSES.values():
        posed, _ = pose(streams.to_float(images))
        assert posed.min() >= 0 and posed.max() <= 1 and posed.shape == (16, 3, 16, 16)
