"""Recorded experiments: what takes longer than a lesson, run once with its seeds and kept.

``course_utils/experiments/TOPIC.py`` says what is run, ``course_utils/results/TOPIC.json`` holds what
came out: one row for each setting and seed, with the hash of the code that made it. A row whose hash
differs from the code's is stale; ``python -m course_utils record TOPIC`` runs what is stale or missing.
"""

import ast
import contextlib
import datetime
import functools
import hashlib
import importlib
import json
import os
import platform
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from course_utils import runtime
from course_utils.data import photos
from course_utils.lang import both, say

PACKAGE = Path(__file__).parent
RESULTS = PACKAGE / "results"


@dataclass(frozen=True)
class Experiment:
    """What is run, with which settings and seeds.

    ``run(seed=…, **settings)`` returns figures, name to float; it must take everything random from
    ``seed``. Every setting is a dict of plain JSON values. ``data``, the name of the data set that
    ``photos.load`` takes, is one of them, unless ``provenance`` says what the experiment runs on.
    """

    run: Callable[..., dict[str, float]]
    settings: tuple[dict, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    provenance: str | None = None

    def __post_init__(self):
        if self.provenance is None and not all("data" in setting for setting in self.settings):
            raise ValueError(
                both(
                    ko="설정마다 data를 적거나 provenance를 적으세요.",
                    en="Give every setting its data set, or the experiment its provenance.",
                )
            )


def topics() -> list[str]:
    """All topics that have experiments."""
    return sorted(p.stem for p in (PACKAGE / "experiments").glob("[a-z]*.py"))


def experiments(topic: str) -> dict[str, Experiment]:
    """The experiments of a topic by name; raises ``ValueError`` for a topic that has none."""
    if topic not in topics():
        raise ValueError(
            both(
                ko=f"주제 {topic!r}에는 기록할 실험이 없습니다. 있는 주제: {', '.join(topics())}.",
                en=f"There are no experiments on {topic!r}. Topics: {', '.join(topics())}.",
            )
        )
    return importlib.import_module(f"course_utils.experiments.{topic}").EXPERIMENTS


# ---------------------------------------------------------------- the code behind a row


class _Essence(ast.NodeTransformer):
    """Leaves out what cannot change a figure: docstrings, messages, and how an f-string is quoted."""

    def _without_docstring(self, node):
        self.generic_visit(node)
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_FunctionDef = visit_ClassDef = _without_docstring

    def visit_Raise(self, node):
        return ast.Raise()

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("both", "say", "t"):
            return ast.Call(node.func, [], [])
        return node

    def visit_JoinedStr(self, node):
        self.generic_visit(node)
        parts = [getattr(part, "value", part) for part in node.values]
        return ast.Tuple(
            [p if isinstance(p, ast.AST) else ast.Constant(p) for p in parts], ast.Load()
        )


def _is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


@functools.cache
def _definitions(module: str) -> tuple[dict[str, list[ast.stmt]], dict[str, str]]:
    """A module's top-level definitions by name, and its imports from the course: name to target."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    defined: dict[str, list[ast.stmt]] = {}
    imported: dict[str, str] = {}
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_utils"):
            imported |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for name in ast.walk(node):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    defined.setdefault(name.id, []).append(node)
    return defined, imported


def _reached(module: str, name: str) -> Iterator[tuple[str, str]]:
    """What a top-level definition uses of the course's own code, as (module, name)."""
    defined, imported = _definitions(module)
    for statement in defined[name]:
        local = {n.arg for n in ast.walk(statement) if isinstance(n, ast.arg)}
        local |= {
            n.id
            for n in ast.walk(statement)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id in local:
                continue
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                target = imported.get(node.value.id)
                if target is not None and _is_module(target):
                    yield target, node.attr
            elif isinstance(node, ast.Name) and node.id in defined:
                yield module, node.id
            elif isinstance(node, ast.Name) and node.id in imported:
                target = imported[node.id]
                if not _is_module(target):
                    yield tuple(target.rsplit(".", 1))


@functools.cache
def code_hash(function: Callable) -> str:
    """A hash of a top-level function of the course and of all course code that it can reach.

    Found by reading the sources, name by name: another lesson's code, docstrings, comments, layout,
    messages and the number format of an f-string do not count, so a record grows stale only when its
    figures might change. Not seen: imports inside functions, and statements of a module that define
    no name.
    """
    seen, todo = set(), [(function.__module__, function.__name__)]
    while todo:
        place = todo.pop()
        module, name = place
        if place in seen or module == "course_utils.lang":
            continue
        defined, imported = _definitions(module)
        if name not in defined:
            # Handed on from another module, or a module inside a package.
            if name in imported and not _is_module(imported[name]):
                todo.append(tuple(imported[name].rsplit(".", 1)))
            continue
        seen.add(place)
        todo.extend(_reached(module, name))
    digest = hashlib.sha256()
    for module, name in sorted(seen):
        for node in _definitions(module)[0][name]:
            # Parsed anew: the transformer changes the tree it is given.
            essence = _Essence().visit(ast.parse(ast.unparse(node)))
            digest.update(f"{module}.{name}\n{ast.unparse(ast.fix_missing_locations(essence))}\n".encode())  # fmt: skip
    return digest.hexdigest()[:16]


# ---------------------------------------------------------------- rows


@dataclass(frozen=True)
class Record:
    """The recorded rows of a topic; see ``load``."""

    topic: str
    rows: tuple[dict, ...]

    def _rows(self, experiment: str, settings: dict) -> list[dict]:
        """Rows with exactly these settings, one for every planned seed; else ``LookupError``."""
        planned = experiments(self.topic).get(experiment)
        found = [
            row
            for row in self.rows
            if row["experiment"] == experiment and row["settings"] == settings
        ]
        if planned is None or {row["seed"] for row in found} != set(planned.seeds):
            raise LookupError(
                both(
                    ko=f"{self.topic} 기록에 {experiment} {settings}가 없거나 일부 시드만 있습니다. "
                    f"`python -m course_utils record {self.topic}`로 기록하세요.",
                    en=f"The record of {self.topic} has no {experiment} {settings}, or not all of its "
                    f"seeds. Run `python -m course_utils record {self.topic}`.",
                )
            )
        return sorted(found, key=lambda row: row["seed"])

    def figures(self, experiment: str, figure: str, **settings) -> torch.Tensor:
        """One figure for all its seeds, in order, float32 ``(seeds,)``.

        Raises ``LookupError`` if the row of any seed is missing, and for a figure that no row has.
        """
        rows = self._rows(experiment, settings)
        if figure not in rows[0]["figures"]:
            raise LookupError(
                both(
                    ko=f"{experiment}에는 {figure!r}라는 수치가 없습니다: {', '.join(rows[0]['figures'])}.",
                    en=f"{experiment} has no figure {figure!r}: {', '.join(rows[0]['figures'])}.",
                )
            )
        return torch.tensor([row["figures"][figure] for row in rows])

    def about(self, experiment: str, **settings) -> None:
        """Say where and when an experiment was recorded, beside its figures.

        ``settings``: only the rows that have these among their settings.
        """
        mine = [
            row
            for row in self.rows
            if row["experiment"] == experiment and settings.items() <= row["settings"].items()
        ]
        if not mine:
            self._rows(experiment, settings)  # says what is missing
        seeds = sorted({row["seed"] for row in mine})
        dates = sorted({row["date"] for row in mine})
        machines = ", ".join(sorted({row["machine"] for row in mine}))
        provenance = "; ".join(sorted({row["provenance"] for row in mine}))
        say(
            ko=f"기록한 결과: {experiment}, 시드 {seeds}, {dates[-1]}, {machines}. 데이터: {provenance}",
            en=f"Recorded: {experiment}, seeds {seeds}, {dates[-1]}, {machines}. Data: {provenance}",
        )


def _path(topic: str) -> Path:
    return RESULTS / f"{topic}.json"


def load(topic: str) -> Record:
    """The record of a topic; raises ``ValueError`` for an unknown topic. Empty before the first run."""
    experiments(topic)
    path = _path(topic)
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    return Record(topic, tuple(rows))


def _save(record: Record) -> None:
    """One row a line, so that a change of one row is a change of one line."""
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in record.rows)
    text = f'{{"topic": {json.dumps(record.topic)}, "rows": [\n{rows}\n]}}\n'
    _path(record.topic).parent.mkdir(exist_ok=True)
    with runtime.replacing(_path(record.topic)) as beside:
        beside.write_text(text, encoding="utf-8")


class _Stop(BaseException):
    """The key for stopping was pressed while an experiment ran."""


@contextlib.contextmanager
def _stopped_by_hand_means_stopped() -> Iterator[None]:
    """``train.fit`` keeps what it has learned when it is stopped; a record must not keep that row."""
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
def _full_effort() -> Iterator[None]:
    """Effort 1, whatever ``SSL_COURSE_EFFORT`` says: other figures are no record."""
    before = os.environ.get("SSL_COURSE_EFFORT")
    os.environ["SSL_COURSE_EFFORT"] = "1"
    try:
        yield
    finally:
        del os.environ["SSL_COURSE_EFFORT"]
        if before is not None:
            os.environ["SSL_COURSE_EFFORT"] = before


def _run(experiment: Experiment, settings: dict, seed: int) -> dict[str, float]:
    """Every figure as a plain float: a record holds numbers only."""
    with _full_effort(), _stopped_by_hand_means_stopped():
        figures = experiment.run(seed=seed, **settings)
    return {name: round(float(value), 5) for name, value in figures.items()}


def _planned(topic: str) -> Iterator[tuple[str, Experiment, dict, int]]:
    for name, experiment in experiments(topic).items():
        for seed in experiment.seeds:
            for settings in experiment.settings:
                yield name, experiment, settings, seed


def _key(name: str, settings: dict, seed: int) -> str:
    return json.dumps([name, settings, seed], sort_keys=True)


def stale(topic: str) -> list[str]:
    """What ``record`` would run or remove: rows that are missing, out of date, or asked for no more."""
    there = {_key(r["experiment"], r["settings"], r["seed"]): r["code"] for r in load(topic).rows}
    planned = {
        _key(name, settings, seed): code_hash(experiment.run)
        for name, experiment, settings, seed in _planned(topic)
    }
    wrong = [key for key, code in planned.items() if there.get(key) != code]
    return wrong + [key for key in there if key not in planned]


def record(topic: str) -> Record:
    """Run every row of a topic that is missing or stale, and store it as soon as it is there.

    Interrupt it whenever you like: what is finished stays, and the next call goes on from there.
    Runs at effort 1 whatever ``SSL_COURSE_EFFORT`` says.
    """
    todo = set(stale(topic))
    kept = {
        key: row
        for row in load(topic).rows
        if (key := _key(row["experiment"], row["settings"], row["seed"])) not in todo
    }
    for name, experiment, settings, seed in _planned(topic):
        key = _key(name, settings, seed)
        if key in kept:
            continue
        say(ko=f"실험 {key}", en=f"Running {key}")
        start = time.perf_counter()
        figures = _run(experiment, settings, seed)
        kept[key] = {
            "experiment": name,
            "settings": settings,
            "seed": seed,
            "figures": figures,
            "code": code_hash(experiment.run),
            "seconds": round(time.perf_counter() - start),
            "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
            f"{str(runtime.fastest_precision(torch.device('cpu'))).removeprefix('torch.')}",
            "torch": torch.__version__.split("+")[0],
            "date": datetime.date.today().isoformat(),
            "provenance": experiment.provenance or _provenance(settings["data"]),
        }
        _save(_in_order(topic, kept))
    _save(_in_order(topic, kept))
    return load(topic)


def _in_order(topic: str, rows: dict[str, dict]) -> Record:
    keys = [_key(name, settings, seed) for name, _, settings, seed in _planned(topic)]
    return Record(topic, tuple(rows[key] for key in keys if key in rows))


@functools.cache
def _provenance(data: str) -> str:
    return photos.load(data)[0].provenance


def rerun(topic: str, experiment: str, *, seed: int = 0, **settings) -> dict[str, float]:
    """Run one recorded row again here, print it beside the record, return the new figures.

    At effort 1, like the record. Raises ``LookupError`` for a row that is not recorded.
    """
    recorded = load(topic)
    recorded._rows(experiment, settings)
    now = _run(experiments(topic)[experiment], settings, seed)
    for figure, value in now.items():
        before = recorded.figures(experiment, figure, **settings)
        say(
            ko=f"{figure}: 지금 {value:.3f}, 기록 {before.mean():.3f} ({before.min():.3f}–{before.max():.3f})",
            en=f"{figure}: now {value:.3f}, recorded {before.mean():.3f} ({before.min():.3f}–{before.max():.3f})",
        )
    return now
