"""How long a prepared file takes to load, and how many ToyWorld pictures a second are drawn.

python tests/benchmarks/loading.py
"""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from course_utils.data import prepared, toyworld

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
        took = seconds(lambda: prepared.read(path, "big"))
    print(f"60,000 prepared pictures of 32 px load in {took:.2f} s (median of {ROUNDS})")
    took = seconds(lambda: toyworld.stills(5_000, size=32))
    print(f"ToyWorld draws {5_000 / took:,.0f} pictures of 32 px a second (median of {ROUNDS})")


if __name__ == "__main__":
    main()
