import pytest
import torch

from course_utils import losses, models, runtime, train
from course_utils.data import toyworld
from course_utils.pretext import supervised
from course_utils.views import streams


@pytest.fixture(scope="module")
def stills():
    drawn = toyworld.stills(300, size=16, seed=0)
    return drawn.images, drawn.factors["kind"]


def pretrained(images, labels, seed=0, examples=640):
    encoder = models.small_encoder(images, seed=seed)
    return supervised.pretrain(encoder, images, labels, examples=examples, seed=seed)


def test_training_is_seeded(stills):
    (net, once), (_, again), (_, other) = (pretrained(*stills, seed) for seed in (3, 3, 4))
    assert once == again != other
    assert once.examples == [768]  # three steps of 256
    assert net.head.out_features == len(toyworld.KINDS)


def test_training_is_the_loop_written_out(stills):
    images, labels = stills
    encoder = models.small_encoder(images, seed=3)
    net = models.classifier(encoder, 10, seed=3)

    def labelled():
        generator = runtime.generator(3)
        for x, index in streams.batches(images, batch_size=256, generator=generator):
            yield x, labels[index]

    by_hand = train.fit(net, labelled(), losses.classification, examples=640)
    same, history = pretrained(images, labels, 3)
    assert history == by_hand
    assert all(
        torch.equal(a, b)
        for a, b in zip(same.state_dict().values(), net.state_dict().values(), strict=True)
    )


def test_pictures_come_with_their_own_labels():
    """Two classes told by brightness are learned, and the same labels shuffled are not."""
    labels = torch.arange(256) % 2
    noise = torch.randint(60, (256, 3, 16, 16), generator=runtime.generator(0))
    images = (noise + 150 * labels[:, None, None, None]).to(torch.uint8)
    _, history = pretrained(images, labels, examples=2560)
    assert history.last("accuracy") > 0.8
    order = torch.randperm(256, generator=runtime.generator(1))
    _, history = pretrained(images, labels[order], examples=2560)
    assert history.last("accuracy") < 0.7
