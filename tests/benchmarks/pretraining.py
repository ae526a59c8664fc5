"""Probe accuracy against seconds of rotation pretraining: this course's way and the usual way.

Ours: the CPU encoder, batched views, the fastest precision. The usual way: a CIFAR ResNet-18 in
float32 fed by torchvision v2 transforms in a two-worker loader. Each gets a budget of seconds,
turned into a schedule of pictures by its own measured speed; optimiser, learning rate and probe are
the same. Takes about a quarter of an hour.

    python tests/benchmarks/pretraining.py [SECONDS ...]
"""

import sys
import time

import torch
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from course_utils import models, runtime
from course_utils.data import photos
from course_utils.evaluate import probes, ruler
from course_utils.losses import classification
from course_utils.pretext import rotation
from course_utils.train import fit
from course_utils.views import streams

BATCH, SEED = 64, 0
PROBE_TRAIN, PROBE_TEST = 5_000, 5_000  # few enough that ResNet-18's features take a minute


class Augmented(Dataset):
    def __init__(self, images):
        self.images = images
        self.view = v2.Compose(
            [
                v2.RandomCrop(32, padding=2, padding_mode="reflect"),
                v2.RandomHorizontalFlip(),
                v2.ToDtype(torch.float32, scale=True),
            ]
        )

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.view(self.images[i])


def endless(images):
    loader = DataLoader(
        Augmented(images),
        batch_size=BATCH,
        shuffle=True,
        generator=runtime.generator(SEED),
        num_workers=2,
        persistent_workers=True,
    )
    while True:
        yield from loader


def main(budgets):
    train, test = photos.load("auto", size=32)

    def our_stream():  # on the CPU: the question is what two cores can do
        generator = runtime.generator(SEED)
        stream = streams.batches(train.images, batch_size=BATCH, generator=generator)
        return (rotation.four_copies(x) for x, _ in stream)

    def usual_stream():
        return (rotation.four_copies(x) for x in endless(train.images))

    ways = {
        "ours": (models.small_encoder, our_stream, None),
        "usual": (models.resnet18, usual_stream, torch.float32),
    }
    order = torch.randperm(len(train), generator=runtime.generator(SEED))[:PROBE_TRAIN]
    asked = torch.randperm(len(test), generator=runtime.generator(SEED))[:PROBE_TEST]

    def probe(encoder):
        """Test accuracy of the best stage with all labels, and with 500 of them."""
        inside, outside = ruler.stages(encoder, train.images[order], test.images[asked])
        given = inside, train.labels[order], outside, test.labels[asked]
        many, few = probes.linear_probe(*given), probes.linear_probe(*given, n_labels=500, draws=5)
        return [found[probes.best_stage(found)].accuracy for found in (many, few)]

    for name, (build, stream, precision) in ways.items():
        model = models.classifier(build(train.images), 4)
        # Speed from a first run of about ten seconds; the run itself may drift a little from it.
        short = fit(model, stream(), classification, examples=256, precision=precision)
        rate = 256 / short.seconds
        short = fit(model, stream(), classification, examples=round(10 * rate), precision=precision)
        rate = short.examples[-1] / short.seconds
        for seconds in budgets:
            encoder = build(train.images, seed=SEED)
            model = models.classifier(encoder, 4, seed=SEED)
            history = fit(
                model, stream(), classification, examples=round(seconds * rate), precision=precision
            )
            start = time.perf_counter()
            many, few = probe(encoder)
            print(
                f"{name:6} budget {seconds:4} s: {history.examples[-1]:8,} pictures in "
                f"{history.seconds:5.0f} s, rotation {history.last('accuracy'):.1%}, probe "
                f"{many:.1%} with {PROBE_TRAIN:,} labels, {few:.1%} with 500 "
                f"(probing took {time.perf_counter() - start:.0f} s)",
                flush=True,
            )


if __name__ == "__main__":
    main([int(x) for x in sys.argv[1:]] or [30, 60, 120])
