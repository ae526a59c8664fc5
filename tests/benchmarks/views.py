"""How many random views a second: ours on the batch, torchvision v2 in a two-worker loader, and, where
it is installed, kornia on the batch.

All make two views of every picture: resized crop, flip, colour jitter with true hue (p 0.8), gray
(p 0.2), each with draws of its own, from the same uint8 pictures to float batches. Rounds
alternate, so a machine whose speed drifts slows all; medians of the rounds are compared.

    python tests/benchmarks/views.py
"""

import importlib.util
import statistics
import time

import torch
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from course_utils import runtime
from course_utils.data import photos
from course_utils.views import color, geometry, streams

BATCH, ROUNDS = 256, 7
JITTER = {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1}


def in_batches(view, images):
    """Two views of each batch of uint8 pictures."""
    for part in images.split(BATCH):
        x = streams.to_float(part)
        yield view(x), view(x)


def ours(generator):
    """One random view of every picture of a batch."""

    def view(x):
        x = geometry.random_resized_crop(x, 32, generator)
        x = geometry.random_flip(x, generator)
        x = color.random_color_jitter(x, generator, **JITTER, p=0.8)
        return color.random_gray(x, generator, p=0.2)

    return view


class TwoViews(Dataset):
    def __init__(self, images):
        self.images = images
        self.view = v2.Compose(
            [
                v2.RandomResizedCrop(32, antialias=True),
                v2.RandomHorizontalFlip(),
                v2.RandomApply([v2.ColorJitter(**JITTER)], p=0.8),
                v2.RandomGrayscale(p=0.2),
                v2.ToDtype(torch.float32, scale=True),
            ]
        )

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.view(self.images[i]), self.view(self.images[i])


def kornias():
    """The same operations by kornia."""
    from kornia import augmentation

    return torch.nn.Sequential(
        augmentation.RandomResizedCrop((32, 32), scale=(0.08, 1.0)),
        augmentation.RandomHorizontalFlip(),
        augmentation.ColorJitter(*JITTER.values(), p=0.8),
        augmentation.RandomGrayscale(p=0.2),
    )


def views_per_second(batches):
    """Views a second over all batches but the first, which pays for starting up."""
    iterator = iter(batches)
    next(iterator)
    start, made = time.perf_counter(), 0
    for a, b in iterator:
        made += len(a) + len(b)
    return made / (time.perf_counter() - start)


def main():
    train, _ = photos.load("auto", size=32)
    few, more = train.images[: 20 * BATCH], train.images[: 40 * BATCH]
    mine = ours(runtime.generator(0))
    loader = DataLoader(TwoViews(few), batch_size=BATCH, num_workers=2)
    made = {
        "ours": lambda: in_batches(mine, more),
        "torchvision v2, two workers": lambda: loader,
    }
    if importlib.util.find_spec("kornia"):
        theirs = kornias()
        made["kornia"] = lambda: in_batches(theirs, few)
    rates = {name: [] for name in made}
    for _ in range(ROUNDS):
        for name, batches in made.items():
            rates[name].append(views_per_second(batches()))
    for name, values in rates.items():
        print(f"{name:28} median {statistics.median(values):8,.0f} views/s"
              f"  (min {min(values):,.0f}, max {max(values):,.0f}, {ROUNDS} rounds)")  # fmt: skip
    first, *others = rates
    for other in others:
        pairs = [a / b for a, b in zip(rates[first], rates[other], strict=True)]
        print(f"ours to {other}, median of {ROUNDS} pairs: {statistics.median(pairs):.1f}")
    profile(train.images[: 8 * BATCH].split(BATCH))


def profile(parts):
    """Where our time goes: milliseconds a batch for each step, medians."""
    g = runtime.generator(0)
    steps = {
        "to float": lambda x: streams.to_float(x),
        "resized crop": lambda x: geometry.random_resized_crop(x, 32, g),
        "flip": lambda x: geometry.random_flip(x, g),
        "colour jitter": lambda x: color.random_color_jitter(x, g, **JITTER, p=0.8),
        "gray": lambda x: color.random_gray(x, g),
    }
    taken = {name: [] for name in steps}
    for part in [*parts, *parts]:
        x = part
        for name, step in steps.items():
            start = time.perf_counter()
            x = step(x)
            taken[name].append(1000 * (time.perf_counter() - start))
    print("milliseconds a batch of", BATCH, "-", ", ".join(
        f"{name} {statistics.median(values):.1f}" for name, values in taken.items()
    ))  # fmt: skip


if __name__ == "__main__":
    main()
