"""Running recorded experiments: what takes longer than a lesson, run once and kept.

``lessons/TOPIC/experiments.py`` says what is trained and read, ``results.json`` beside it holds
what came out, a row for each setting and seed. Training and reading are recorded apart:
``trained`` is the hash of what the recipe reaches and stands for the weights, ``read`` that of
what the reading reaches. A row of other code is stale; ``python -m course_utils record TOPIC``
runs what is stale or missing.
"""

import contextlib
import datetime
import functools
import hashlib
import inspect
import json
import platform
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import nn

from course_utils import runtime, threads
from course_utils.data.worlds import world
from course_utils.lang import both, say
from course_utils.records import weights
from course_utils.records.plan import Planned, Recipe, key_of, planned, stale
from course_utils.records.read import path_of, recorded

CPU = torch.device("cpu")


class _Stop(BaseException):
    """The key for stopping was pressed while an experiment ran."""


@contextlib.contextmanager
def _stopped_by_hand_means_stopped() -> Iterator[None]:
    """``train.fit`` keeps what it has learned when it is stopped; a record must not keep it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise _Stop

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    except _Stop:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _as_recorded(share: float = 1.0) -> Iterator[None]:
    """Effort 1 and all usable processors, whatever the environment says: other figures are no
    record.
    """
    with threads.pinned(threads.usable(), effort=share):
        yield


def _named(function: Callable, settings: dict) -> dict:
    """The settings that a function names among its parameters, and its defaults for the others."""
    parameters = inspect.signature(function).parameters.items()
    chosen = {name: settings.get(name, parameter.default) for name, parameter in parameters}
    return {name: value for name, value in chosen.items() if value is not inspect.Parameter.empty}


@contextlib.contextmanager
def undisturbed(share: float = 1.0) -> Iterator[None]:
    """While it lasts a training is one for a record: whole (or a share of its schedule, to compare
    code), on all processors, kept only if it came to its end.
    """
    with _as_recorded(share), _stopped_by_hand_means_stopped():
        threads.settle()
        yield


def conditions(settings: dict) -> dict:
    """What, beside code, settings and seed, decides the last digits of a figure."""
    precision = str(runtime.fastest_precision(CPU)).removeprefix("torch.")
    return {
        "data": data_hash(settings["data"]) if "data" in settings else None,
        "precision": precision,
        "threads": threads.settle(),
        "torch": torch.__version__.split("+")[0],
    }


def machine() -> str:
    """This machine in a few words."""
    return f"{threads.usable()} cores, {platform.system()} {platform.machine()}"


@functools.cache
def data_hash(data: str) -> str:
    """A hash of all pictures and labels of a data set."""
    digest = hashlib.sha256()
    for part in world(data):
        digest.update(part.images.numpy().tobytes())
        digest.update(part.labels.numpy().tobytes())
    return digest.hexdigest()[:16]


@functools.lru_cache(maxsize=1)
def _trained(recipe: Recipe, settings: str, seed: int, kept: bool) -> nn.Module:
    """The network of a recipe, its weights taken from the cache or trained and kept there."""
    chosen = json.loads(settings)
    if "examples" not in chosen:
        return recipe.train(seed=seed, **chosen).eval()
    path = _kept_at(recipe.code, chosen, seed)
    if kept and path.is_file():
        net = recipe.train(seed=seed, **chosen | {"examples": 0})
        weights.fill(net, path)
    else:
        net = recipe.train(seed=seed, **chosen)
        if kept:
            weights.keep(net, path)
    return net.eval()


def _kept_at(code: str, settings: dict, seed: int) -> Path:
    """Where weights are kept on this machine, trained by the code of that hash."""
    what = {"code": code, "settings": settings, "seed": seed, **conditions(settings)}
    return weights.path_of_weights(**what)


def carry_over(row: Planned, before: str) -> None:
    """Weights that code of the hash ``before`` trained count as those of the code as it is now."""
    recipe = row.experiment.recipe
    settings = _named(recipe.train, row.settings)
    with _as_recorded():
        was, now = (_kept_at(code, settings, row.seed) for code in (before, recipe.code))
    if was.is_file():
        was.replace(now)


def network_of(row: Planned, *, kept: bool = True, device: str = "cpu") -> nn.Module | None:
    """The trained network that a row reads; None for one that trains nothing."""
    recipe = row.experiment.recipe
    if recipe is None:
        return None
    of = json.dumps(_named(recipe.train, row.settings | {"device": device}), sort_keys=True)
    return _trained(recipe, of, row.seed, kept)


def figures_of(
    row: Planned, *, kept: bool = True, device: str = "cpu", share: float = 1.0
) -> dict[str, float]:
    """Run a row: train (or take the kept weights, unless ``kept`` is False) and read.

    Every figure is a plain float with five decimals: a record holds numbers only. With ``share``
    that share of the schedule is run, and nothing is kept.
    """
    with undisturbed(share):
        net = network_of(row, kept=kept and share == 1, device=device)
        network = () if net is None else (net,)
        more = _named(row.experiment.read, {"seed": row.seed, **row.settings})
        figures = row.experiment.read(*network, **more)
    return {name: round(float(value), 5) for name, value in figures.items()}


def record(topic: str) -> None:
    """Run every row of a topic that is missing or stale, and store it as soon as it is there.

    Interrupt it whenever you like: what is finished stays, and the next call goes on from there.
    """
    todo = set(stale(topic))
    kept = {key_of(row): row for row in recorded(topic).rows if key_of(row) not in todo}
    plan = planned(topic)
    # One training serves several readings: rows of one training follow each other.
    for row in sorted(plan, key=training):
        if row.key in kept:
            continue
        say(ko=f"실험 {row.key}", en=f"Running {row.key}")
        kept[row.key] = run(row)
        write_rows(topic, [kept[r.key] for r in plan if r.key in kept])
    write_rows(topic, [kept[r.key] for r in plan if r.key in kept])


def training(row: Planned) -> str:
    """What tells the training that a row needs from others."""
    recipe = row.experiment.recipe
    if recipe is None:
        return json.dumps(["", row.settings, row.seed], sort_keys=True)
    return json.dumps([recipe.name, _named(recipe.train, row.settings), row.seed], sort_keys=True)


def run(row: Planned) -> dict:
    """A row with its figures and all that says where they come from."""
    start = time.perf_counter()
    figures = figures_of(row)
    with _as_recorded():
        where = conditions(row.settings)
    recipe, provenance = row.experiment.recipe, row.experiment.provenance
    return {
        "experiment": row.experiment.name,
        "recipe": recipe and recipe.name,
        "settings": row.settings,
        "seed": row.seed,
        "figures": figures,
        **row.code,
        "seconds": round(time.perf_counter() - start),
        "data_hash": where.pop("data"),
        **where,
        "machine": f"{machine()}, {where['precision']}",
        "date": datetime.date.today().isoformat(),
        "provenance": provenance or world(row.settings["data"])[0].provenance,
    }


def write_rows(topic: str, found: list[dict]) -> None:
    """One row a line, so that a change of one row is a change of one line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in found)
    text = f'{{"topic": {json.dumps(topic)}, "rows": [\n{lines}\n]}}\n'
    with runtime.replacing(path_of(topic)) as beside:
        beside.write_text(text, encoding="utf-8")
    recorded.cache_clear()


def rerun(
    topic: str, experiment: str, *, seed: int = 0, device: str = "cpu", **asked
) -> dict[str, float]:
    """Train and read one recorded row again here, print it beside the record, return its figures.

    ``device="cuda"`` trains on a GPU: the same within the spread. ``asked`` as in
    ``Record.figures``. Raises ``LookupError`` for what is not recorded, and for a seed or settings
    that the experiments no longer have.
    """
    before = recorded(topic)
    meant = before.settings_of(experiment, **asked)
    meant_rows = [
        row
        for row in planned(topic)
        if row.experiment.name == experiment and row.seed == seed and row.described == meant
    ]
    if not meant_rows:
        raise LookupError(
            both(
                ko=f"{topic}의 실험에는 시드 {seed}인 {experiment} {meant}가 없습니다.",
                en=f"The experiments of {topic} have no {experiment} {meant} with seed {seed}.",
            )
        )
    now = figures_of(meant_rows[0], kept=False, device=device)
    for figure, value in now.items():
        known = before.figures(experiment, figure, **meant)
        between = f"{known.mean():.3f} ({known.min():.3f}–{known.max():.3f})"
        say(
            ko=f"{figure}: 지금 {value:.3f}, 기록 {between}",
            en=f"{figure}: now {value:.3f}, recorded {between}",
        )
    return now
