"""``python -m course_utils pretrain``: any method's recipe, for as long as one likes."""

import contextlib
import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import torch

from course_utils import runtime, threads
from course_utils.data.worlds import world
from course_utils.lang import both, say
from course_utils.records import run as records
from course_utils.records import weights
from course_utils.records.plan import Recipe
from course_utils.runs import folder as folders
from course_utils.runs.checkpoints import CHECKPOINT, EVERY_SECONDS, Checkpoints
from course_utils.train import KEEPER


def count(text: str) -> int:
    """A number of examples as people type it: ``"20M"``, ``"250k"``, ``"96000"``.

    Raises ``ValueError`` for what is no positive number.
    """
    units = {"k": 1000, "m": 1_000_000}
    digits, unit = (text[:-1], units[text[-1].lower()]) if text[-1:].lower() in units else (text, 1)
    try:
        value = float(digits.replace(",", "").replace("_", "")) * unit
    except ValueError:
        value = 0
    if not 1 <= value < 1e12:
        raise ValueError(
            both(
                ko=f"예제 수 {text!r}를 알 수 없습니다. 1000000, 250k, 20M처럼 적으세요.",
                en=f"{text!r} is no number of examples. Write 1000000, 250k or 20M.",
            )
        )
    return round(value)


def pretrain_run(
    recipe: Recipe,
    settings: dict,
    folder: Path,
    *,
    seed: int = 0,
    resume: bool = False,
    device: str | None = None,
    every: float = EVERY_SECONDS,
) -> bool:
    """Train a recipe in a folder, as ``runs.folder`` describes it; True when it came to its end.

    ``settings`` are what the recipe names, ``data`` and ``examples`` among them; ``device`` is the
    GPU if there is one. A checkpoint is kept ``every`` seconds. With ``resume`` a run that was
    stopped goes on, with the precision and threads it began with: on a CPU its history is that of
    a run that was never stopped. Raises ``ValueError`` for a folder that holds something else,
    another run, no run to go on with, or that has no room.
    """
    where = torch.device(device or runtime.device())
    settings = {"encoder": "small", **settings}
    what = {
        "method": recipe.name,
        "settings": settings,
        "seed": seed,
        "code": recipe.code,
        "data": records.data_hash(settings["data"]),
        "device": where.type,
        "torch": torch.__version__.split("+")[0],
    }
    with runtime.alone_with(folder / "run"):
        run = _begun(folder, what, resume=resume)
        for left in folder.glob(".*.part"):  # of a process that was killed while it wrote
            left.unlink()
        if (folder / folders.ENCODER).is_file():
            (folder / CHECKPOINT).unlink(missing_ok=True)  # killed when all but this was done
            say(ko=f"{folder}의 학습은 이미 끝났습니다.", en=f"The run in {folder} is finished.")
            return True
        keeper = Checkpoints(folder, getattr(torch, run["how"]["precision"]), every=every)
        with threads.pinned(run["how"]["threads"], effort=1), _kept_by(keeper):
            net = recipe.train(seed=seed, device=str(where), **settings)
        if keeper.history.interrupted:
            say(
                ko="같은 명령에 --resume을 붙이면 마지막으로 저장한 곳부터 이어 갑니다.",
                en="The same command with --resume goes on from what was kept last.",
            )
            return False
        keeper.write_log()
        weights.keep(net.encoder, folder / folders.ENCODER)
        (folder / CHECKPOINT).unlink(missing_ok=True)
    return True


@contextlib.contextmanager
def _kept_by(keeper: Checkpoints) -> Iterator[None]:
    token = KEEPER.set(keeper)
    try:
        yield
    finally:
        KEEPER.reset(token)


def _begun(folder: Path, what: dict, *, resume: bool) -> dict:
    """The description of the run in a folder, a new one unless it goes on; written down."""
    path = folder / folders.RUN
    if not path.is_file():
        if resume:
            folders.about_run(folder)  # says that there is none
        if folder.is_file() or (folder.is_dir() and any(folder.glob("[!.]*"))):
            raise ValueError(
                both(
                    ko=f"{folder}에 다른 파일이 있습니다. 비어 있거나 없는 폴더를 --to에 적으세요.",
                    en=f"{folder} holds other files. Give an empty or a new folder as --to.",
                )
            )
        new = {"what": what, "how": _how(what)}
        runtime.replace_all({path: json.dumps(new, indent=1, ensure_ascii=False) + "\n"})
        return new
    there = folders.about_run(folder)
    other = [name for name in what if there["what"].get(name) != what[name]]
    if other:
        lines = "\n".join(f"  {name}: {there['what'].get(name)} → {what[name]}" for name in other)
        raise ValueError(
            both(
                ko=f"{folder}에는 다른 학습이 있습니다. 다른 폴더를 --to에 적으세요.\n{lines}",
                en=f"{folder} holds another run. Give another folder as --to.\n{lines}",
            )
        )
    if not resume and not (folder / folders.ENCODER).is_file():
        raise ValueError(
            both(
                ko=f"{folder}에 이미 시작한 학습이 있습니다. 이어 가려면 --resume을 붙이세요.",
                en=f"{folder} holds a run that has begun. Add --resume to go on with it.",
            )
        )
    return there


def _how(what: dict) -> dict:
    """How a run is computed here and now, and where its pictures come from."""
    precision = runtime.fastest_precision(torch.device(what["device"]))
    return {
        "precision": str(precision).removeprefix("torch."),
        "threads": threads.settle(),
        "machine": records.machine(),
        "date": datetime.date.today().isoformat(),
        "provenance": world(what["settings"]["data"])[0].provenance,
    }
