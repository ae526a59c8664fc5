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


def test_labelled_batches_are_64_pictures_with_their_labels():
    grays = torch.arange(10, 250, 24).to(torch.uint8)  # flat: a shift cannot change them
    images = grays[:, None, None, None].expand(-1, 3, 16, 16).contiguous()
    many = images.repeat(100, 1, 1, 1), torch.arange(10).repeat(100)
    x, y = next(supervised.labelled_batches(*many, runtime.generator(0), strong=False))
    torch.testing.assert_close(x.mean((1, 2, 3)), grays[y].float() / 255)
    x, y = next(
        supervised.labelled_batches(images, torch.arange(10), runtime.generator(0), strong=True)
    )
    assert x.shape == (64, 3, 16, 16) and x.min() >= 0 and x.max() <= 1
    assert torch.bincount(y, minlength=10).min() >= 6
    assert (x.mean((1, 2, 3)) - grays[y].float() / 255).abs().max() > 0.02  # jittered
