"""What a GPU makes of the course: speed, waits, a million pictures. At most eight minutes on one.

Without a GPU the same code runs on the CPU, on far fewer pictures, and says that it measured
nothing of a GPU. CIFAR-10 is read where it lies prepared, else ToyWorld stands alone.

    python tests/benchmarks/gpu.py
"""

import functools
import time
import traceback
import warnings
from unittest import mock

import torch

from course_utils import losses, models, runtime, train
from course_utils.data.prepared import prepared
from course_utils.encoders.shipped import chosen_stage
from course_utils.lessons.recipes import untrained
from course_utils.pretext import contrastive, rotation
from course_utils.runs.methods import methods
from course_utils.runs.probe import probed_stages
from course_utils.views import streams

BUDGET = 8 * 60  # seconds in all; what does not fit is named and left out
WHERE = runtime.device()
GPU = WHERE.type == "cuda"
LIVE, LONG = (96_000, 1_000_000) if GPU else (1280, 2560)  # inputs: as a lesson trains, and long
TIMED = 2_000_000 if GPU else 5120  # inputs of a run that is timed
WORLDS = [name for name in ("cifar10", "toyworld") if name == "toyworld" or prepared(name, 32)]


def rotation_run(kind: str, batch: int, examples: int, *, static: bool = True) -> train.History:
    """Train an encoder to tell rotations of noise, ``batch`` pictures four times a step."""
    generator = runtime.generator(0, WHERE)
    shape = (20_000 if GPU else 500, 3, 32, 32)
    images = torch.randint(256, shape, dtype=torch.uint8, generator=generator, device=WHERE)
    net = models.classifier(models.ENCODERS[kind](images), 4).to(WHERE)
    stream = streams.batches(images, batch_size=batch, generator=generator)
    copies = (rotation.four_copies(x) for x, _ in stream)
    return train.fit(net, copies, losses.classification, examples=examples, static=static)


def training_speed(kind: str, batch: int, examples: int, *, static: bool = True) -> float:
    """Inputs a second through ``fit`` and ``views``, once it is warm."""
    rotation_run(kind, batch, 20 * 4 * batch if GPU else 4 * batch, static=static)
    history = rotation_run(kind, batch, examples, static=static)
    return history.examples[-1] / history.seconds


def view_speed(batch: int) -> float:
    """Views a second, two of each of ``batch`` pictures, as SimCLR makes them."""
    generator = runtime.generator(0, WHERE)
    images = torch.rand(batch, 3, 32, 32, generator=generator, device=WHERE)
    rounds = 200 if GPU else 3
    for done in range(-3, rounds):
        if done == 0:
            settled()
            start = time.perf_counter()
        contrastive.two_views(images, generator, contrastive.STRENGTH)
    settled()
    return 2 * batch * rounds / (time.perf_counter() - start)


def settled() -> None:
    if GPU:
        torch.cuda.synchronize()


def waits() -> dict[str, int]:
    """Where steps between two readings of the metrics wait for the device, and how often.

    Counted by PyTorch, for a step as it stands and for one that is replayed.
    """
    found: dict[str, int] = {}
    read = train._Log.read

    def reading(log):
        torch.cuda.set_sync_debug_mode("default")
        read(log)
        torch.cuda.set_sync_debug_mode("warn")

    def told(message, *_, **__):
        frames = [f for f in traceback.extract_stack() if "course_utils" in f.filename]
        if "synchroniz" in str(message) and frames:
            at = f"{frames[-1].filename.rpartition('course_utils/')[2]}:{frames[-1].lineno}"
            found[at] = found.get(at, 0) + 1

    with mock.patch.object(train._Log, "read", reading), warnings.catch_warnings():
        warnings.simplefilter("always")
        with mock.patch.object(warnings, "showwarning", told):
            for static in (False, True):
                rotation_run("small", 64, 100 * 256, static=static)
            torch.cuda.set_sync_debug_mode("default")
    return found


def replay_differs() -> float:
    """How far the losses of replayed steps are from those of steps as they stand, at most, over the
    first 200 steps; both learn from the same noise in the same order.
    """
    plain, replayed = (
        rotation_run("small", 64, 200 * 256, static=static).metrics["loss"]
        for static in (False, True)
    )
    return max(abs(a - b) for a, b in zip(plain, replayed, strict=True))


@functools.cache
def floor_of(data: str, color: bool) -> dict[str, dict[str, float]]:
    encoder = untrained(data=data, seed=0, color=color, device=str(WHERE))
    return probed_stages(encoder, data, color=color)


def gains(name: str, data: str, examples: int) -> tuple[float, float, float]:
    """Points above random weights with 10,000 and with 500 labels, and seconds of training."""
    recipe = methods()[name]
    start = time.perf_counter()
    net = recipe.train(data=data, examples=examples, seed=0, device=str(WHERE))
    seconds = time.perf_counter() - start
    found = probed_stages(net.encoder.eval(), data, color=recipe.color)
    floor = floor_of(data, recipe.color)
    mine, bare = found[chosen_stage(found)], floor[chosen_stage(floor)]
    many, few = (100 * (mine[n] - bare[n]) for n in ("linear_10000", "linear_500"))
    return many, few, seconds


def main() -> None:
    start = time.monotonic()
    named = torch.cuda.get_device_name(WHERE) if GPU else "CPU: nothing of a GPU was measured"
    precision = str(runtime.fastest_precision(WHERE)).removeprefix("torch.")
    print(f"{named}; torch {torch.__version__}; {precision}\n")
    print("| what | measured |\n|---|---|")
    kinds = (("small", 64), ("resnet18", 128)) if GPU else (("small", 64),)
    for kind, batch in kinds:
        fast = training_speed(kind, batch, TIMED if kind == "small" else TIMED // 4)
        plain = training_speed(kind, batch, TIMED // 4, static=False)
        print(f"| {kind}, rotation {batch} × 4 | {fast:,.0f} inputs/s; step by step {plain:,.0f} |")
    print(
        f"| two views, batch {512 if GPU else 64} | {view_speed(512 if GPU else 64):,.0f} views/s |"
    )
    if GPU:
        print(f"| waits of 200 steps | {waits() or 'none'} |")
        print(f"| loss, replayed and step by step, at most | {replay_differs():.4f} apart |")
    print(
        f"\n| method, data | {LIVE:,} inputs: 10,000 / 500 labels | {LONG:,} | s |\n|---|---|---|---|"
    )
    left_out = []
    cases = [(m, d) for d in WORLDS for m in methods() if m != "tracking" or d == "toyworld"]
    for name, data in cases if GPU else cases[:1]:
        if time.monotonic() - start > BUDGET - 30:
            left_out.append(f"{name} on {data}")
            continue
        live, long = (gains(name, data, examples) for examples in (LIVE, LONG))
        print(
            f"| {name}, {data} | {live[0]:+.1f} / {live[1]:+.1f} | {long[0]:+.1f} / {long[1]:+.1f} "
            f"| {live[2]:.0f}, {long[2]:.0f} |",
            flush=True,
        )
    if left_out:
        print(f"\nNo time was left for: {', '.join(left_out)}.")
    print(f"\n{time.monotonic() - start:.0f} s in all")


if __name__ == "__main__":
    main()
