"""Making the encoders that come with the package: a method's own recipe, once, on a million inputs.

``lessons/TOPIC/experiments.py`` names what is shipped in ``SHIPPED``: a recipe and its settings.
The ruler reads the stored file, not the network that it was made from, with random weights beside.
"""

import contextlib
import datetime
import importlib
import json
import tempfile
from pathlib import Path

import numpy as np

from course_utils import runtime
from course_utils.data.worlds import OTHER, world
from course_utils.encoders import shipped
from course_utils.lang import both
from course_utils.lessons.recipes import untrained
from course_utils.records import run
from course_utils.records.plan import Recipe
from course_utils.records.read import path_of
from course_utils.runs.folder import RUN, encoder_of_run, history_of_run
from course_utils.runs.pretrain import pretrain_run
from course_utils.runs.probe import probed_stages

SEED = 0


def recipe_of(topic: str) -> tuple[Recipe, dict]:
    """What a topic ships; raises ``ValueError`` for one that ships nothing."""
    path_of(topic)
    module = importlib.import_module(f"course_utils.lessons.{topic}.experiments")
    if not hasattr(module, "SHIPPED"):
        raise ValueError(
            both(
                ko=f"{topic}에는 함께 배포할 인코더가 정해져 있지 않습니다. experiments.py에 SHIPPED를 적으세요.",
                en=f"{topic} ships no encoder. Name it as SHIPPED in its experiments.py.",
            )
        )
    return module.SHIPPED


def stamp_anew(topic: str, recipe: str, before: str, verified: dict) -> None:
    """A shipped encoder that code of the hash ``before`` trained counts as one of the code as it is
    now: what was found out about rows of its recipe (``records.verify``) holds for it.
    """
    if topic not in shipped.available():
        return
    of, told = recipe_of(topic)[0], shipped.origin(topic)
    if (of.name, told["code"]) == (recipe, before):
        _tell(topic, told | {"code": of.code, "verified": verified})


def _tell(topic: str, told: dict) -> None:
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    runtime.replace_all({shipped.HERE / f"{topic}.json": text})


def ship(topic: str, folder: Path | None = None) -> bool:
    """Train a topic's encoder and write its two files; nothing is written before it is read.

    The training lies in ``folder`` as ``runs.folder`` describes it, where it goes on if it was
    stopped, or in one that is gone at the end. False where it is stopped, as ``pretrain_run``
    is; raises ``ValueError`` for a folder as that does.
    """
    recipe, settings = recipe_of(topic)
    data = settings["data"]
    with run.undisturbed():
        with contextlib.nullcontext(folder) if folder else tempfile.TemporaryDirectory() as place:
            place = Path(place)
            goes_on = (place / RUN).is_file()
            if not pretrain_run(recipe, settings, place, seed=SEED, resume=goes_on, device="cpu"):
                return False
            encoder, seconds = encoder_of_run(place), round(history_of_run(place).seconds)
        stored = {
            key: value.half() if value.is_floating_point() else value
            for key, value in encoder.state_dict().items()
        }
        encoder.load_state_dict(stored)  # what is read are the rounded weights
        floor = untrained(data=data, seed=SEED, color=recipe.color)
        worlds = data, OTHER[data]
        told = {
            "recipe": recipe.name,
            "settings": settings,
            "seed": SEED,
            "code": recipe.code,
            "seconds": seconds,
            **run.conditions(settings),
            "machine": run.machine(),
            "date": datetime.date.today().isoformat(),
            "provenance": world(data)[0].provenance,
            "read": {name: probed_stages(encoder, name, color=recipe.color) for name in worlds},
            "random weights": {
                name: probed_stages(floor, name, color=recipe.color) for name in worlds
            },
        }
    with runtime.replacing(shipped.HERE / f"{topic}.npz") as beside, beside.open("wb") as file:
        np.savez_compressed(file, **{key: value.numpy() for key, value in stored.items()})
    _tell(topic, told)
    return True
