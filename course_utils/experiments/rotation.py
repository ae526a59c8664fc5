"""Recorded experiments of lesson 03: rotation prediction.

Every encoder is ``small_encoder`` trained with the recipe of the lesson; ``copies`` counts rotated
pictures. Encoders are kept between rows, so that one training serves several of them.
"""

import functools
from collections.abc import Callable

import torch

from course_utils import evaluate, losses, models, runtime, views
from course_utils.data.prepared import Photos
from course_utils.experiments import _shared
from course_utils.experiments._shared import CPU, world
from course_utils.pretext import rotation
from course_utils.records import Experiment
from course_utils.train import fit

BATCH = 64  # photographs; four copies of each are 256 inputs
SHORT, COPIES, LONG = 32_000, 96_000, 270_000  # COPIES: a little more than the lesson trains live


def make_inputs(arm: str, train: Photos, seed: int) -> Callable:
    """From a batch of normalised pictures to inputs and labels, for one way of posing the task."""
    generator = runtime.generator(1000 + seed)
    mean, std = views.channel_statistics(train.images)
    white, black = (1 - mean) / std, -mean / std
    return {
        "four": rotation.four_copies,
        "one": lambda x: rotation.one_random_turn(x, generator),
        "stamped": lambda x: rotation.four_copies(rotation.date_stamp(x, white, black)),
        "quarters": lambda x: rotation.four_copies(rotation.shuffle_tiles(x, 2, generator)),
        "sixteenths": lambda x: rotation.four_copies(rotation.shuffle_tiles(x, 4, generator)),
    }[arm]


@functools.cache
def pretrained(data: str, arm: str, copies: int, seed: int, sun: str, things: str):
    """A rotation net with its encoder, trained on ``copies`` inputs, 256 a step in every arm."""
    train, _ = world(data, sun, things)
    encoder = models.small_encoder(seed=seed)
    net = models.classifier(encoder, 4, seed=seed)
    inputs = make_inputs(arm, train, seed)
    stream = views.batches(
        train.images,
        batch_size=4 * BATCH if arm == "one" else BATCH,
        generator=runtime.generator(seed),
        device=CPU,
    )
    fit(net, (inputs(images) for images, _ in stream), losses.classification, pictures=copies)
    return net, encoder


def pretext_accuracy(net, arm: str, train: Photos, test: Photos, seed: int) -> float:
    """Accuracy on 2,000 test pictures, turned all four ways, under the conditions of ``arm``."""
    statistics = views.channel_statistics(train.images)
    index = torch.randperm(len(test), generator=runtime.generator(0))[:2000]
    images = test.images[index]
    if arm == "stamped":
        images = rotation.date_stamp(images, torch.full((3,), 255), torch.zeros(3))
    tiles = {"quarters": 2, "sixteenths": 4}.get(arm)
    if tiles:
        images = rotation.shuffle_tiles(images, tiles, runtime.generator(seed))
    copies, labels = rotation.four_copies(images)
    guessed = evaluate.predict(net, copies, statistics).argmax(1)
    return (guessed == labels).float().mean().item()


def encoder_of(data: str, arm: str, copies: int, seed: int):
    """The encoder of an arm; ``random`` is the floor, None stands for ``pixels``."""
    if arm == "pixels":
        return None
    if arm == "random":
        return _shared.random_encoder(world(data)[0], seed)
    return pretrained(data, arm, copies, seed, "random", "kinds")[1]


def gain(*, data: str, arm: str, copies: int, seed: int) -> dict[str, float]:
    """Pretext accuracy and probes of an encoder; arms ``random`` and ``pixels`` see 0 copies.

    ``pretext`` is measured on the arm's own kind of pictures, ``pretext_clean`` on whole pictures
    without a stamp, ``pretext_stamped`` on stamped ones.
    """
    train, test = world(data)
    figures = _shared.probed(encoder_of(data, arm, copies, seed), train, test)
    if copies:
        net, _ = pretrained(data, arm, copies, seed, "random", "kinds")
        for name, kind in (
            ("pretext", arm),
            ("pretext_clean", "four"),
            ("pretext_stamped", "stamped"),
        ):
            figures[name] = pretext_accuracy(net, kind, train, test, seed)
    return figures


def supervised(*, data: str, labels: int, pictures: int, seed: int) -> dict[str, float]:
    """Supervised from scratch on ``labels`` labelled pictures, with the recipe of all arms.

    64 pictures a step: with a quarter of the rotated copies it takes about as many steps as rotation
    (375; with 100 labels 480, since every second batch has 36 pictures).
    """
    train, test = world(data)
    index = evaluate.balanced_order(train.labels, seed=seed)[:labels]
    encoder = models.small_encoder(seed=seed)
    net = models.classifier(encoder, len(train.classes), seed=seed)
    stream = views.batches(
        train.images[index],
        batch_size=BATCH,
        generator=runtime.generator(seed),
        device=CPU,
    )
    targets = train.labels[index]
    fit(net, ((x, targets[i]) for x, i in stream), losses.classification, pictures=pictures)
    statistics = views.channel_statistics(train.images[index])
    guessed = evaluate.predict(net, test.images, statistics).argmax(1)
    return {"accuracy": (guessed == test.labels).float().mean().item()}


@functools.lru_cache(maxsize=1)
def _frozen(data: str, arm: str, copies: int, seed: int):
    """Features of the labelled pool and the test set for one arm, and their labels."""
    train, test = world(data)
    index = _shared.pool(train)
    encoder = encoder_of(data, arm, copies, seed)
    inside = _shared.features(encoder, train, train.images[index])
    outside = _shared.features(encoder, train, test.images)
    return inside, train.labels[index], outside, test.labels


def labels(*, data: str, arm: str, copies: int, labels: int, seed: int) -> dict[str, float]:
    """Probe of a frozen encoder with ``labels`` labels of the pool, validation labels among them."""
    inside, known, outside, test_labels = _frozen(data, arm, copies, seed)
    curve = evaluate.label_efficiency(
        lambda index: (
            evaluate.linear_probe(
                {name: x[index] for name, x in inside.items()}, known[index], outside, test_labels
            ).accuracy
        ),
        known,
        [labels],
        draws=3,
        seed=seed,
    )
    return {"accuracy": sum(curve[labels]) / 3}


def sun(*, data: str, sun: str, things: str, copies: int, seed: int) -> dict[str, float]:
    """ToyWorld with the light from anywhere or from above: pretext, and the probe of kinds."""
    train, test = world(data, sun, things)
    net, encoder = pretrained(data, "four", copies, seed, sun, things)
    figures = {"pretext": pretext_accuracy(net, "four", train, test, seed)}
    # Probed where the light comes from anywhere, as the world is without the cue.
    return figures | _shared.probed(encoder, *world(data))


def what_is_readable(*, data: str, arm: str, copies: int, seed: int) -> dict[str, float]:
    """The factor row of an encoder on ToyWorld, all factors from the last stage (or pixels)."""
    return _shared.factor_row(encoder_of(data, arm, copies, seed), world(data)[0])


BOTH = ("cifar10", "toyworld")
EXPERIMENTS = {
    "gain": Experiment(
        gain,
        _shared.settings(
            *((data, "random", 0) for data in BOTH),
            *((data, "four", COPIES) for data in BOTH),
            ("cifar10", "stamped", COPIES),
            ("cifar10", "four", SHORT),
            ("cifar10", "four", LONG),
            ("cifar10", "one", COPIES),
            ("cifar10", "quarters", COPIES),
            ("cifar10", "sixteenths", COPIES),
            names="data arm copies",
        ),
    ),
    "pixels": Experiment(
        gain,
        _shared.settings(*((data, "pixels", 0) for data in BOTH), names="data arm copies"),
        (0,),
    ),
    "labels": Experiment(
        labels,
        _shared.settings(
            *(
                (data, arm, copies, n)
                for data in BOTH
                for arm, copies in (("random", 0), ("four", COPIES))
                for n in (100, 1000, 10_000)
            ),
            names="data arm copies labels",
        ),
    ),
    "supervised": Experiment(
        supervised,
        _shared.settings(
            *(("cifar10", n, COPIES // 4) for n in (100, 1000, 10_000, 50_000)),
            *(("toyworld", n, COPIES // 4) for n in (100, 1000, 10_000)),
            names="data labels pictures",
        ),
    ),
    "factors": Experiment(
        what_is_readable,
        _shared.settings(
            ("toyworld", "random", 0), ("toyworld", "four", COPIES), names="data arm copies"
        ),
    ),
    "factors of pixels": Experiment(
        what_is_readable, _shared.settings(("toyworld", "pixels", 0), names="data arm copies"), (0,)
    ),
    "sun": Experiment(
        sun,
        _shared.settings(("toyworld", "above", "kinds", COPIES), names="data sun things copies"),
    ),
}
