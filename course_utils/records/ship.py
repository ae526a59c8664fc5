"""Making the encoders that come with the package: a method's own recipe, once, on a million inputs.

``lessons/TOPIC/experiments.py`` names what is shipped in ``SHIPPED``: a recipe and its settings.
The ruler reads the stored file, not the network that it was made from, with random weights beside.
"""

import datetime
import importlib
import json
import platform
import statistics
import time

import numpy as np
from torch import nn

from course_utils import models, runtime, threads
from course_utils.data.worlds import OTHER, world
from course_utils.encoders import shipped
from course_utils.evaluate import ruler
from course_utils.evaluate.probes import linear_probe
from course_utils.lang import both
from course_utils.records import run
from course_utils.records.plan import Recipe
from course_utils.records.read import path_of

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


def probed_stages(encoder: nn.Sequential, data: str) -> dict[str, dict[str, float]]:
    """The linear probe on a world, by stage: test accuracy with 10,000 labels, with 500 (five
    draws), and the deviation over these draws.
    """
    train, test = world(data)
    index = ruler.labelled_pool(train)
    inside, outside = ruler.stages(encoder, train.images[index], test.images)
    probed = inside, train.labels[index], outside, test.labels
    many = linear_probe(*probed)
    few = linear_probe(*probed, n_labels=ruler.FEW, draws=ruler.DRAWS)
    found = {
        stage: {
            "linear_10000": many[stage].accuracy,
            "linear_10000_validation": many[stage].held_out,
            "linear_500": few[stage].accuracy,
            "linear_500_spread": statistics.stdev(few[stage].accuracies),
        }
        for stage in many
    }
    return {s: {name: round(x, 5) for name, x in of.items()} for s, of in found.items()}


def ship(topic: str) -> None:
    """Train a topic's encoder and write its two files; nothing is written before it is read."""
    recipe, settings = recipe_of(topic)
    data = settings["data"]
    with run.undisturbed():
        start = time.monotonic()
        encoder = recipe.train(seed=SEED, **settings).encoder.to("cpu")
        seconds = round(time.monotonic() - start)
        stored = {
            key: value.half() if value.is_floating_point() else value
            for key, value in encoder.state_dict().items()
        }
        encoder.load_state_dict(stored)  # what is read are the rounded weights
        floor = models.small_encoder(world(data)[0].images, seed=SEED)
        told = {
            "recipe": recipe.name,
            "settings": settings,
            "seed": SEED,
            "code": recipe.code,
            "seconds": seconds,
            **run.conditions(settings),
            "machine": f"{threads.usable()} cores, {platform.system()} {platform.machine()}",
            "date": datetime.date.today().isoformat(),
            "provenance": world(data)[0].provenance,
            "read": {name: probed_stages(encoder, name) for name in (data, OTHER[data])},
            "random weights": {name: probed_stages(floor, name) for name in (data, OTHER[data])},
        }
    with runtime.replacing(shipped.HERE / f"{topic}.npz") as beside, beside.open("wb") as file:
        np.savez_compressed(file, **{key: value.numpy() for key, value in stored.items()})
    _tell(topic, told)
