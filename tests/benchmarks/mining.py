"""How many frames a second are mined, at 64 and at 256 px, with two and six windows every 5.

python tests/benchmarks/mining.py
"""

import statistics
import time

import torch

from course_utils.data import toyclips
from course_utils.pretext import motion, tracker

ROUNDS = 5


def film(size):
    """Brightness of 91 frames: clips of 64 px with three things each, side by side to ``size``."""
    n = size // 64
    clips = [motion.luma(toyclips.clip(91, seed=seed, pan=False).frames) for seed in range(n * n)]
    rows = [torch.cat(clips[i * n : (i + 1) * n], 2) for i in range(n)]
    return torch.cat(rows, 1)


def main():
    for size, rounds in ((64, 2), (256, 2), (256, 6)):
        gray = film(size)
        taken = {"moving points": [], "mining": []}
        for _ in range(ROUNDS):
            for name, work in (
                ("moving points", lambda gray=gray: motion.moving_points(gray)),
                ("mining", lambda gray=gray, rounds=rounds: tracker.mine(gray, rounds=rounds)),
            ):
                start = time.perf_counter()
                found = work()
                taken[name].append(time.perf_counter() - start)
        speeds = {name: len(gray) / statistics.median(t) for name, t in taken.items()}
        print(
            f"{size} px, {rounds} windows: "
            + ", ".join(f"{name} {speed:,.0f} frames a second" for name, speed in speeds.items())
            + f" ({len(found)} tracks; median of {ROUNDS}, {torch.get_num_threads()} threads)"
        )


if __name__ == "__main__":
    main()
