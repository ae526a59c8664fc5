"""What can be learned from ToyWorld, and what must not be: trainings with the default encoder.

Pixels and random weights know little, labels tell nearly all, rotation comes from the thing and
not from light or background. About two minutes on two fast cores.
"""

import functools

import pytest
import torch

from course_utils import evaluate, losses, models, runtime, views
from course_utils.data import toyworld
from course_utils.pretext import rotation
from course_utils.train import fit

TRAIN, TEST = 10_000, 2_000
CPU = torch.device("cpu")


@functools.lru_cache(maxsize=2)
def world(sun="random", things="kinds"):
    return [
        toyworld.stills(n, split=split, seed=0, sun=sun, things=things)
        for n, split in ((TRAIN, "train"), (TEST, "test"))
    ]


def probe(read):
    train, test = world()
    return evaluate.linear_probe(
        read(train.images), train.factors["kind"], read(test.images), test.factors["kind"]
    ).accuracy


def rotation_net(pictures, **which):
    train, _ = world(**which)
    encoder = models.small_encoder()
    net = models.classifier(encoder, 4)
    stream = views.batches(train.images, batch_size=64, generator=runtime.generator(0), device=CPU)
    fit(net, (rotation.four_copies(x) for x, _ in stream), losses.classification, pictures=pictures)
    return net, encoder


def turns_known(net, **which):
    """Share of test pictures, turned all four ways, whose turn the net tells."""
    train, test = world(**which)
    copies, labels = rotation.four_copies(test.images)
    guessed = evaluate.predict(net, copies, views.channel_statistics(train.images)).argmax(1)
    return (guessed == labels).float().mean().item()


@pytest.fixture(scope="module")
def floor():
    train, _ = world()
    statistics = views.channel_statistics(train.images)
    encoder = evaluate.calibrate(models.small_encoder(), train.images, statistics)
    return probe(lambda images: evaluate.features(encoder, images, statistics))


def test_pixels_and_random_weights_know_little(floor):
    pixels = probe(lambda images: {"pixels": models.pool(views.to_float(images))})
    assert 0.1 < pixels <= 0.25
    assert pixels < floor <= 0.40


def test_labels_tell_nearly_all():
    train, test = world()
    net = models.classifier(models.small_encoder(), 10)
    stream = views.batches(train.images, batch_size=64, generator=runtime.generator(0), device=CPU)
    kinds = train.factors["kind"]
    fit(net, ((x, kinds[i]) for x, i in stream), losses.classification, pictures=40_000)
    guessed = evaluate.predict(net, test.images, views.channel_statistics(train.images)).argmax(1)
    assert (guessed == test.factors["kind"]).float().mean() >= 0.90


def test_rotation_learns_the_things(floor):
    net, encoder = rotation_net(80_000)
    assert turns_known(net) > 0.6
    statistics = views.channel_statistics(world()[0].images)
    learned = probe(lambda images: evaluate.features(encoder, images, statistics))
    assert learned >= floor + 0.20


@pytest.mark.parametrize("things", ["none", "discs"])
def test_without_things_rotation_cannot_be_told(things):
    net, _ = rotation_net(40_000, things=things)
    assert turns_known(net, things=things) <= 0.30


def test_with_the_sun_above_it_can():
    """The same pictures of discs, as many seen, and a light that gives the turn away."""
    net, _ = rotation_net(40_000, things="discs", sun="above")
    assert turns_known(net, things="discs", sun="above") > 0.60
