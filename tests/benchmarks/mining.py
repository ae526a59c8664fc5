"""How many frames a second are mined, at 64 and at 256 pixels.

python tests/benchmarks/mining.py
"""

import statistics
import time

import torch
import torch.nn.functional as F

from course_utils.data import toyclips
from course_utils.pretext import motion, tracking

ROUNDS = 5


def film(size):
    """Brightness of a clip of 91 frames with three things and a pan; above 64 pixels enlarged."""
    gray = motion.to_gray(toyclips.clip(91, seed=7).frames)
    return F.interpolate(gray[:, None], (size, size), mode="bilinear")[:, 0]


def main():
    for size in (64, 256):
        gray = film(size)
        cells = 6 * size // 64  # windows of the same share of the frame
        taken = {"moving points": [], "mining": []}
        for _ in range(ROUNDS):
            for name, work in (
                ("moving points", lambda gray=gray: motion.moving_points(gray)),
                ("mining", lambda gray=gray, cells=cells: tracking.mine(gray, side=cells)),
            ):
                start = time.perf_counter()
                found = work()
                taken[name].append(time.perf_counter() - start)
        speeds = {name: len(gray) / statistics.median(t) for name, t in taken.items()}
        print(
            f"{size} px: "
            + ", ".join(f"{name} {speed:,.0f} frames a second" for name, speed in speeds.items())
            + f" ({len(found)} tracks; median of {ROUNDS}, {torch.get_num_threads()} threads)"
        )


if __name__ == "__main__":
    main()
