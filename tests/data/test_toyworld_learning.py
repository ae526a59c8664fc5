"""What can be learned from ToyWorld, and what must not be: trainings with the default encoder.

Pixels and random weights know little, labels tell nearly all, rotation comes from the thing and
not from light or background. About a minute and a half on two fast cores.
"""

import pytest

from course_utils import losses, models, runtime
from course_utils.data.worlds import world
from course_utils.evaluate import features, probes, ruler
from course_utils.pretext import rotation
from course_utils.train import fit
from course_utils.views import streams


def probe(encoder):
    """Accuracy of the linear probe with all labels on the best stage; None: pixels."""
    train, test = world("toyworld")
    inside, outside = ruler.stages(encoder, train.images, test.images)
    found = probes.linear_probe(inside, train.labels, outside, test.labels)
    return found[probes.best_stage(found)].accuracy


def rotation_net(examples, **which):
    images = world("toyworld", **which)[0].images
    encoder = models.small_encoder(images)
    return rotation.pretrain(encoder, images, examples=examples, seed=0)[0]


def turns_known(net, **which):
    """Share of test pictures, turned all four ways, whose turn the net tells."""
    copies, labels = rotation.four_copies(world("toyworld", **which)[1].images)
    return (features.predict(net, copies).argmax(1) == labels).float().mean().item()


@pytest.fixture(scope="module")
def floor():
    return probe(models.small_encoder(world("toyworld")[0].images))


def test_pixels_and_random_weights_know_little(floor):
    pixels = probe(None)
    assert 0.1 < pixels <= 0.25
    assert pixels < floor <= 0.40


def test_labels_tell_nearly_all():
    train, test = world("toyworld")
    net = models.classifier(models.small_encoder(train.images), 10)
    stream = streams.batches(train.images, batch_size=64, generator=runtime.generator(0))
    labelled = ((x, train.labels[i]) for x, i in stream)
    fit(net, labelled, losses.classification, examples=40_000)
    guessed = features.predict(net, test.images).argmax(1)
    assert (guessed == test.labels).float().mean() >= 0.90


def test_rotation_learns_the_things(floor):
    net = rotation_net(80_000)
    assert turns_known(net) > 0.6
    assert probe(net.encoder) >= floor + 0.20


@pytest.mark.parametrize("things", ["none", "discs"])
def test_without_things_rotation_cannot_be_told(things):
    assert turns_known(rotation_net(16_000, things=things), things=things) <= 0.30


def test_with_the_sun_above_it_can():
    """The same pictures of discs, as many seen, and a light that gives the turn away."""
    which = {"things": "discs", "sun": "above"}
    assert turns_known(rotation_net(16_000, **which), **which) > 0.60
