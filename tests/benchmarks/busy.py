"""Lesson 03's training on a quiet machine and on busy ones: what does other work cost, and why?

Rotation prediction on ToyWorld in a process of its own: alone, beside one process that does nothing
but count, and beside one such process a core. Each training chooses its number of threads itself,
under the conditions that it finds. The conditions take turns; medians are compared.

    python tests/benchmarks/busy.py [EXAMPLES]
"""

import json
import multiprocessing
import os
import statistics
import subprocess
import sys

from course_utils import threads

EXAMPLES, ROUNDS = 8_000, 3
TRAINING = """
import json, sys
from course_utils import models
from course_utils.data import toyworld
from course_utils.pretext import rotation

images = toyworld.stills(2_000, seed=0).images
encoder = models.small_encoder(images)
_, history = rotation.pretrain(encoder, images, examples=int(sys.argv[1]), seed=0)
print(json.dumps([history.seconds, history.threads, history.precision]))
"""


def spin():
    """Other work: a process that keeps a core busy."""
    while True:
        pass


def trained(examples, spinning):
    """Seconds, threads and precision of a training beside so many spinning processes."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("SSL_COURSE_")}
    others = [multiprocessing.Process(target=spin, daemon=True) for _ in range(spinning)]
    for other in others:
        other.start()
    try:
        command = [sys.executable, "-c", TRAINING, str(examples)]
        done = subprocess.run(command, env=own, check=True, capture_output=True, text=True)
    finally:
        for other in others:
            other.terminate()
            other.join()
    return json.loads(done.stdout.splitlines()[-1])


def main(examples):
    cores = threads.usable()
    conditions = {"quiet": 0, "one spinning process": 1, f"{cores} spinning processes": cores}
    runs = {name: [] for name in conditions}
    for _ in range(ROUNDS):
        for name, spinning in conditions.items():
            runs[name].append(trained(examples, spinning))
    quiet = statistics.median(seconds for seconds, *_ in runs["quiet"])
    print(f"{examples:,} rotated pictures of ToyWorld, {cores} processors, {ROUNDS} rounds")
    for name, found in runs.items():
        seconds = [run[0] for run in found]
        how = "; ".join(f"{count} threads, {precision}" for _, count, precision in found)
        median, spread = statistics.median(seconds), f"{min(seconds):.1f} to {max(seconds):.1f}"
        print(f"{name:24} median {median:6.1f} s ({spread}), {median / quiet:.1f} × quiet [{how}]")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES)
