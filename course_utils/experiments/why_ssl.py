"""Recorded experiments of lesson 01: what labels are worth, and a model of masked words.

Every arm learns from the same labelled pictures in a draw and is judged on the whole test set. Nothing
is tuned inside a draw: learning rates, lengths and augmentation below and the probe's regularisation
were chosen once, on CIFAR-10's training pictures, and hold for every draw and data set.
"""

import functools

import torch

from course_utils import evaluate, losses, models, runtime, views
from course_utils.data import sentences
from course_utils.experiments import _shared
from course_utils.experiments._shared import world
from course_utils.experiments.rotation import COPIES, LONG, pretrained
from course_utils.pretext import masked_words
from course_utils.records import Experiment
from course_utils.train import fit

COMPONENTS = 32  # principal components of the pixels
STAGE = "block2"  # the one middle layer that is read
SENTENCES = 80_000


def length_of_training(labels: int) -> int:
    """Pictures a network sees when it is trained on n labelled ones: more for more labels."""
    return {10: 3200, 100: 12_800, 1000: 32_000, 10_000: 64_000}.get(labels, 96_000)


def labelled_batches(images: torch.Tensor, labels: torch.Tensor, statistics, generator):
    """Endless augmented batches of 64 of a few labelled pictures; each occurs several times if need be.

    ``images`` uint8 ``(n, 3, S, S)``, ``labels`` int64 ``(n,)``. Below 1,000 pictures strong augmentation
    (resized crops and color jitter), from there on the usual shift: what was better for supervised
    learning from scratch, judged on training pictures. The baseline deserves its best.
    """
    size, copies = images.shape[-1], -(-64 // len(images))
    while True:
        order = torch.cat([torch.randperm(len(images), generator=generator) for _ in range(copies)])
        for index in order.split(64):
            x = views.random_flip(views.to_float(images[index]), generator)
            if len(images) < 1000:
                x = views.random_resized_crop(x, size, generator, area=(0.25, 1))
                x = views.random_color_jitter(
                    x, generator, brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8
                )
            else:
                x = views.random_crop(x, size // 16, generator)
            yield views.normalize(x, *statistics), labels[index]


def trained_network(encoder, data: str, index: torch.Tensor, *, lr: float, seed: int):
    """A classifier on top of ``encoder``, all of it trained on the labelled pictures ``index``."""
    train, _ = world(data)
    net = models.classifier(encoder, len(train.classes), seed=seed)
    stream = labelled_batches(
        train.images[index],
        train.labels[index],
        views.channel_statistics(train.images),
        runtime.generator(seed),
    )
    pictures = length_of_training(len(index))
    fit(net, stream, losses.classification, pictures=pictures, lr=lr)
    return net


def principal_components(data: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The mean ``(3·S·S,)`` of the unlabeled training pixels and their first axes, one a column."""
    train, _ = world(data)
    pixels = views.to_float(train.images[:10_000]).flatten(1)
    mean = pixels.mean(0)
    _, axes = torch.linalg.eigh((pixels - mean).T @ (pixels - mean) / len(pixels))
    return mean, axes[:, -COMPONENTS:]


@functools.lru_cache(maxsize=1)
def frozen(data: str, arm: str, copies: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Features of all training and all test pictures that an arm reads: ``(N, D)`` and ``(M, D)``."""
    train, test = world(data)
    if arm == "pca":
        mean, axes = principal_components(data)
        return tuple(
            torch.cat(
                [(views.to_float(x).flatten(1) - mean) @ axes for x in part.images.split(2000)]
            )
            for part in (train, test)
        )
    encoder = (
        _shared.random_encoder(train, seed)
        if arm == "random"
        else pretrained(data, "four", copies, seed, "random", "kinds")[1]
    )
    return tuple(_shared.features(encoder, train, part.images)[STAGE] for part in (train, test))


def efficiency(*, data: str, arm: str, copies: int, labels: int, seed: int) -> dict[str, float]:
    """Test accuracy of an arm with ``labels`` labelled pictures; the seed is the number of the draw.

    Arms: ``supervised`` from scratch; ``finetuned`` and ``probe`` start from a rotation encoder that saw
    ``copies`` rotated pictures; ``random`` and ``pca`` are probes on random weights and on pixels.
    """
    train, test = world(data)

    def accuracy(index):
        if arm in ("probe", "random", "pca"):
            inside, outside = frozen(data, arm, copies, seed)
            guessed = evaluate.read_off(inside[index], train.labels[index], outside)
        else:
            if arm == "supervised":
                encoder, lr = models.small_encoder(seed=seed), 0.15
            else:
                encoder = models.small_encoder()
                learned = pretrained(data, "four", copies, seed, "random", "kinds")[1]
                encoder.load_state_dict(learned.state_dict())
                lr = 0.05
            net = trained_network(encoder, data, index, lr=lr, seed=seed)
            statistics = views.channel_statistics(train.images)
            guessed = evaluate.predict(net, test.images, statistics).argmax(1)
        return (guessed == test.labels).float().mean().item()

    curve = evaluate.label_efficiency(accuracy, train.labels, [labels], draws=1, seed=seed)
    return {"accuracy": curve[labels][0]}


def supervised_longer(*, data: str, labels: int, pictures: int, seed: int) -> dict[str, float]:
    """Supervised from scratch as in ``efficiency``, on the same draw, but seeing ``pictures`` pictures.

    As many as pretraining and fine-tuning see together: is the gain one of rotation, or of computing?
    """
    train, test = world(data)
    statistics = views.channel_statistics(train.images)
    index = evaluate.balanced_order(train.labels, seed=1000 * seed)[:labels]
    net = models.classifier(models.small_encoder(seed=seed), len(train.classes), seed=seed)
    stream = labelled_batches(
        train.images[index], train.labels[index], statistics, runtime.generator(seed)
    )
    fit(net, stream, losses.classification, pictures=pictures)
    guessed = evaluate.predict(net, test.images, statistics).argmax(1)
    return {"accuracy": (guessed == test.labels).float().mean().item()}


def masked_word_model(language: str, seed: int):
    """A model of masked words trained on the sentences of a language, with the corpus it saw."""
    corpus = sentences.corpus(language)
    generator = runtime.generator(seed)

    def stream():
        while True:
            for index in torch.randperm(len(corpus.train), generator=generator).split(32):
                yield masked_words.mask_tokens(corpus.train[index], len(corpus.tokens), generator)

    model = masked_words.masked_words(len(corpus.tokens), corpus.train.shape[1], seed=seed)
    fit(
        model,
        stream(),
        masked_words.masked_loss,
        pictures=SENTENCES,
        lr=0.2,
        weight_decay=0.0,
        precision=torch.float32,
    )
    return model.eval(), corpus


def words(*, language: str, seed: int) -> dict[str, float]:
    """Masked words on held-out nouns and patterns: the model, a bigram, a unigram.

    ``all``: words selected as BERT does; ``choice``: every particle (Korean) or determiner (English),
    hidden alone. ``role`` and ``form`` of Korean particles, guessed among the eight.
    """
    model, corpus = masked_word_model(language, seed)
    n = len(corpus.tokens)
    selected = masked_words.mask_tokens(corpus.test, n, runtime.generator(5))
    alone = masked_words.one_at_a_time(corpus.test, corpus.choices)
    figures = {}
    for name, guess in (
        ("model", model),
        ("bigram", masked_words.Bigram(corpus.train, n)),
        ("unigram", masked_words.Unigram(corpus.train, n)),
    ):
        figures[f"{name}_all"] = masked_words.share_right(guess, *selected)
        figures[f"{name}_choice"] = masked_words.share_right(guess, *alone)
        if language == "ko":
            role, form = masked_words.role_and_form(guess, *alone, corpus.choices)
            figures |= {f"{name}_role": role, f"{name}_form": form}
    return figures


SIZES = {"cifar10": (10, 100, 1000, 10_000, 50_000), "toyworld": (10, 100, 1000, 10_000)}
PRETRAINED = {"cifar10": LONG, "toyworld": COPIES}  # rotated pictures that the encoder saw
EXPERIMENTS = {
    "efficiency": Experiment(
        efficiency,
        _shared.settings(
            *(
                (data, arm, copies, n)
                for data, sizes in SIZES.items()
                for arm, copies in (
                    ("supervised", 0),
                    ("finetuned", PRETRAINED[data]),
                    ("probe", PRETRAINED[data]),
                    ("random", 0),
                    ("pca", 0),
                )
                for n in sizes
            ),
            names="data arm copies labels",
        ),
        seeds=(0, 1, 2, 3, 4),
    ),
    "longer": Experiment(
        supervised_longer,
        _shared.settings(("cifar10", 50_000, 96_000 + LONG), names="data labels pictures"),
    ),
    "words": Experiment(
        words,
        _shared.settings(("ko",), ("en",), names="language"),
        provenance="sentences drawn by course_utils.data.sentences, seed 0",
    ),
}
