"""How long a prepared file takes to load, how many ToyWorld pictures and frames are drawn.

python tests/benchmarks/loading.py
"""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from course_utils.data import prepared, toyclips, toyworld

ROUNDS = 5


def seconds(work):
    """Median of a few rounds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main():
    rng = np.random.default_rng(0)
    arrays = {
        f"{split}_{what}": value
        for split, n in (("train", 50_000), ("test", 10_000))
        for what, value in (
            ("images", rng.integers(256, size=(n, 3, 32, 32), dtype=np.uint8)),
            ("labels", np.zeros(n, np.int64)),
        )
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big-32px.npz"
        prepared.save(path, arrays, ["a", "b"], "random pixels")
        took = seconds(lambda: prepared.read_prepared(path, "big"))
    print(f"60,000 prepared pictures of 32 px load in {took:.2f} s (median of {ROUNDS})")
    took = seconds(lambda: toyworld.stills(5_000, size=32))
    print(f"ToyWorld draws {5_000 / took:,.0f} pictures of 32 px a second (median of {ROUNDS})")
    took = seconds(lambda: toyclips.clip(1_000, size=64))
    print(
        f"and {60_000 / took:,.0f} frames of 64 px with three things a minute (median of {ROUNDS})"
    )


if __name__ == "__main__":
    main()
