"""How many distorted copies a second: all six families of Exemplar-CNN, beside torchvision v2.

torchvision has four of the families (translation, scale and rotation in RandomAffine, hue in
ColorJitter) and draws once a call, so it gets one picture at a time in a loader with two workers.
Rounds alternate; medians are compared.

    python tests/benchmarks/distortions.py
"""

import statistics
import time

import torch
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from course_utils import runtime
from course_utils.pretext import distortion
from course_utils.views import streams

BATCH, BATCHES, ROUNDS = 256, 20, 7
IMAGES = torch.randint(256, (BATCH * BATCHES, 3, 32, 32), generator=runtime.generator(0)).to(
    torch.uint8
)


def ours(generator):
    axes = distortion.color_axes(streams.to_float(IMAGES[:500]))
    for part in IMAGES.split(BATCH):
        drawn = distortion.draw_parameters(len(part), generator)
        yield distortion.distort(streams.to_float(part), drawn, axes, side=32, out=32)


class Distorted(Dataset):
    def __init__(self):
        self.view = v2.Compose(
            [
                v2.RandomAffine(20, translate=(0.2, 0.2), scale=(0.7, 1.4)),
                v2.ColorJitter(hue=0.1),
                v2.ToDtype(torch.float32, scale=True),
            ]
        )

    def __len__(self):
        return len(IMAGES)

    def __getitem__(self, i):
        return self.view(IMAGES[i])


def copies_per_second(batches):
    """Copies a second over all batches but the first, which pays for starting up."""
    iterator = iter(batches)
    next(iterator)
    start, made = time.perf_counter(), 0
    for copies in iterator:
        made += len(copies)
    return made / (time.perf_counter() - start)


def main():
    generator = runtime.generator(0)
    loader = DataLoader(Distorted(), batch_size=BATCH, num_workers=2)
    rates = {"ours, six families": [], "torchvision v2, four of them": []}
    for _ in range(ROUNDS):
        rates["ours, six families"].append(copies_per_second(ours(generator)))
        rates["torchvision v2, four of them"].append(copies_per_second(loader))
    for name, values in rates.items():
        print(f"{name:29} median {statistics.median(values):8,.0f} copies/s"
              f"  (min {min(values):,.0f}, max {max(values):,.0f}, {ROUNDS} rounds)")  # fmt: skip
    first, second = rates.values()
    pairs = [a / b for a, b in zip(first, second, strict=True)]
    print(f"ratio, median of {ROUNDS} pairs: {statistics.median(pairs):.1f}")


if __name__ == "__main__":
    main()
