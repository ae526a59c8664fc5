"""Lesson 03's training by the code as it is and by the code of another commit: which is faster?

Both wait in processes of their own and train by turns for a few seconds each, so that a machine that
is slow for a minute is slow for both. The first turn of each is left out. Printed are the median of
the pairs' ratios and its 95% bootstrap interval.

    python tests/benchmarks/revisions.py COMMIT [PAIRS]
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from course_utils import runtime, threads

ROOT = Path(__file__).resolve().parents[2]
PAIRS, COPIES = 40, 12_800
TRAINING = """
import sys, time
import torch
from course_utils import models
from course_utils.pretext import rotation

images = torch.randint(0, 256, (4096, 3, 32, 32), dtype=torch.uint8)
encoder = models.small_encoder(images, seed=0)
for asked in sys.stdin:
    start = time.perf_counter()
    rotation.pretrain(encoder, images, examples=int(asked), seed=0)
    print("seconds", time.perf_counter() - start, flush=True)
"""


@contextlib.contextmanager
def training(code: Path):
    """A process that trains when it is asked to, by the package that lies in a folder."""
    settings = {"PYTHONPATH": str(code), "SSL_COURSE_THREADS": str(threads.usable())}
    settings["TQDM_DISABLE"] = "1"
    command = [sys.executable, "-W", "ignore", "-c", TRAINING]
    process = subprocess.Popen(
        command,
        cwd=code,
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def turn(process: subprocess.Popen, copies: int) -> float:
    """Seconds that one training took."""
    process.stdin.write(f"{copies}\n")
    process.stdin.flush()
    for line in process.stdout:
        if line.startswith("seconds "):
            return float(line.split()[1])
    raise SystemExit("the training ended")


def main(commit: str, pairs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), folder], check=True)
        subprocess.run(["git", "checkout", "--quiet", commit], cwd=folder, check=True)
        with training(ROOT) as now, training(Path(folder)) as then:
            took = {now: [], then: []}
            for k in range(pairs + 1):
                # Which of the two begins changes, so that neither always comes after the other.
                for process in (now, then) if k % 2 else (then, now):
                    took[process].append(turn(process, COPIES))
    seconds, before = (torch.tensor(took[process][1:]) for process in (now, then))
    ratios = before / seconds
    drawn = torch.randint(len(ratios), (10_000, len(ratios)), generator=runtime.generator(0))
    low, high = ratios[drawn].quantile(0.5, dim=1).quantile(torch.tensor([0.025, 0.975])).tolist()
    print(
        f"{pairs} pairs of {COPIES:,} copies: {ratios.quantile(0.5):.3f} times as fast as {commit} "
        f"({low:.3f} to {high:.3f}), {COPIES / seconds.quantile(0.5):,.0f} inputs/s"
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else PAIRS)
