"""Recorded experiments of lesson 01: what labels are worth, and a model of masked words.

Every arm learns from the same labelled pictures in a draw and is judged on the whole test set.
Nothing is tuned inside a draw: learning rates, lengths and augmentation below and the probe's
regularisation were chosen once, on CIFAR-10's training pictures, and hold for every draw and data
set.
"""

import torch

from course_utils import models, runtime
from course_utils.data import sentences
from course_utils.data.worlds import world
from course_utils.evaluate import ruler
from course_utils.evaluate.comparisons import balanced_order
from course_utils.evaluate.features import predict
from course_utils.evaluate.solvers import read_off
from course_utils.lessons.recipes import FLOOR, ROTATION, encoder_of
from course_utils.pretext import masked_words, supervised
from course_utils.records.plan import Experiment, rows
from course_utils.train import fit
from course_utils.views import streams

SENTENCES = 80_000
FIVE = (0, 1, 2, 3, 4)  # draws of the labels, each with an encoder of its own


def length_of_training(labels: int) -> int:
    """Pictures a network sees when it is trained on n labelled ones: more for more labels."""
    return {10: 3200, 100: 12_800, 1000: 32_000, 10_000: 64_000}.get(labels, 96_000)


def drawn(data: str, labels: int, seed: int) -> torch.Tensor:
    """The training pictures that have a label in draw ``seed``, balanced: int64 ``(labels,)``."""
    return balanced_order(world(data)[0].labels, seed=1000 * seed)[:labels]


def accuracy_of(
    encoder, data: str, index: torch.Tensor, *, examples: int, lr: float, seed: int
) -> float:
    """Test accuracy after training all of a network on the labelled pictures ``index``."""
    train, test = world(data)
    net = supervised.train_whole(
        encoder,
        train.images[index],
        train.labels[index],
        n_classes=len(train.classes),
        examples=examples,
        lr=lr,
        seed=seed,
    )
    return (predict(net, test.images).argmax(1) == test.labels).float().mean().item()


def from_scratch(*, data: str, labels: int, seed: int, seen: int = 0) -> dict[str, float]:
    """Supervised on ``labels`` labelled pictures, seeing ``seen`` of them, or the usual number.

    ``seen`` as many as pretraining and fine-tuning see together: is a gain one of rotation, or of
    computing?
    """
    encoder = models.small_encoder(world(data)[0].images, seed=seed)
    index = drawn(data, labels, seed)
    examples = seen or length_of_training(labels)
    return {
        "accuracy": accuracy_of(
            encoder, data, index, examples=examples, lr=supervised.FROM_SCRATCH, seed=seed
        )
    }


def fine_tuned(net: models.Classifier, *, data: str, labels: int, seed: int) -> dict[str, float]:
    """All of the network trained further on ``labels`` labelled pictures."""
    encoder = models.small_encoder(world(data)[0].images)
    encoder.load_state_dict(net.encoder.state_dict())  # the network serves other rows, too
    index = drawn(data, labels, seed)
    examples = length_of_training(labels)
    return {
        "accuracy": accuracy_of(
            encoder, data, index, examples=examples, lr=supervised.TUNED, seed=seed
        )
    }


def frozen(net, *, data: str, seed: int) -> dict[str, float]:
    """A linear classifier on the frozen features of every stage: ``block2_100``, for 100 labels.

    Recalibrated on the ruler's pictures, which need no label.
    """
    train, test = world(data)
    known = train.images[ruler.labelled_pool(train)]
    _, inside, outside = ruler.stages(encoder_of(net), known, train.images, test.images)
    return {
        f"{stage}_{n}": read_with(inside[stage], outside[stage], data, n, seed)
        for stage in inside
        for n in SIZES[data]
    }


def read_with(
    inside: torch.Tensor, outside: torch.Tensor, data: str, labels: int, seed: int
) -> float:
    """Test accuracy of ``read_off`` with ``labels`` labels: features of all training, all test
    pictures.
    """
    train, test = world(data)
    index = drawn(data, labels, seed)
    guess = read_off(inside[index], train.labels[index], outside)
    return (guess == test.labels).float().mean().item()


def near_loss(model, corrupted: torch.Tensor, targets: torch.Tensor):
    """``masked_loss`` where the model sees the two neighbours of each selected word alone."""
    return masked_words.masked_loss(model, *masked_words.neighbours_only(corrupted, targets))


def masked_word_model(language: str, seed: int, loss=masked_words.masked_loss):
    """A model of masked words trained on the sentences of a language, with the corpus it saw."""
    corpus = sentences.corpus(language)
    generator = runtime.generator(seed)
    stream = (
        masked_words.mask_tokens(corpus.train[index], len(corpus.tokens), generator)
        for index in streams.index_batches(len(corpus.train), 32, generator)
    )
    model = masked_words.masked_words(len(corpus.tokens), corpus.train.shape[1], seed=seed)
    fit(
        model,
        stream,
        loss,
        examples=SENTENCES,
        lr=0.2,
        weight_decay=0.0,
        precision=torch.float32,
    )
    return model.eval(), corpus


def guessed(guess, language: str, selected: tuple, alone: tuple, choices) -> dict[str, float]:
    """Shares that a guess has right, of words selected as BERT does and of choices hidden alone."""
    figures = {
        "all": masked_words.masked_accuracy(guess, *selected),
        "choice": masked_words.masked_accuracy(guess, *alone),
    }
    if language == "ko":
        role, form = masked_words.role_and_form(guess, *alone, choices)
        figures |= {"role": role, "form": form}
    return figures


def words(*, language: str, seed: int) -> dict[str, float]:
    """Masked words on held-out nouns and patterns: the model, the same network trained and asked
    with two neighbours alone (``near``), a bigram, a unigram.

    ``all``: words selected as BERT does; ``choice``: every particle (Korean) or determiner
    (English), hidden alone. ``role`` and ``form`` of Korean particles, guessed among the eight.
    """
    model, corpus = masked_word_model(language, seed)
    near, _ = masked_word_model(language, seed, near_loss)
    n = len(corpus.tokens)
    whole = (
        masked_words.mask_tokens(corpus.test, n, runtime.generator(5)),
        masked_words.one_at_a_time(corpus.test, corpus.choices),
    )
    guesses = {
        "model": (model, whole),
        "near": (near, [masked_words.neighbours_only(*hidden) for hidden in whole]),
        "bigram": (masked_words.Bigram(corpus.train, n), whole),
        "unigram": (masked_words.Unigram(corpus.train, n), whole),
    }
    return {
        f"{name}_{figure}": share
        for name, (guess, hidden) in guesses.items()
        for figure, share in guessed(guess, language, *hidden, corpus.choices).items()
    }


SIZES = {"cifar10": (10, 100, 1000, 10_000, 50_000), "toyworld": (10, 100, 1000, 10_000)}
EQUAL = 100  # from so many labels on, equal computing is recorded
PRETRAINED = (("cifar10", 270_000), ("toyworld", 96_000))  # rotated pictures that the encoder saw
LABELLED = [(data, n) for data, sizes in SIZES.items() for n in sizes]
BOTH = rows("data", *((data,) for data in SIZES))
EXPERIMENTS = (
    Experiment("from scratch", from_scratch, rows("data labels", *LABELLED), seeds=FIVE),
    Experiment(
        "from scratch, as long",
        from_scratch,
        rows(
            "data labels seen",
            *(
                (data, n, seen + length_of_training(n))
                for data, seen in PRETRAINED
                for n in SIZES[data]
                if n >= EQUAL
            ),
        ),
        seeds=FIVE,
    ),
    Experiment(
        "fine-tuned",
        fine_tuned,
        rows(
            "data examples labels",
            *((*seen, n) for seen in PRETRAINED for n in SIZES[seen[0]]),
        ),
        ROTATION,
        FIVE,
    ),
    Experiment("frozen", frozen, rows("data examples", *PRETRAINED), ROTATION, FIVE),
    Experiment("frozen", frozen, BOTH, FLOOR, FIVE),
    Experiment(
        "words",
        words,
        rows("language", ("ko",), ("en",)),
        provenance="sentences drawn by course_utils.data.sentences, seed 0",
    ),
)
