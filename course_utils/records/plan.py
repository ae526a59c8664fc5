"""What is recorded: recipes, experiments, the rows that should be there, and which are stale.

``lessons/TOPIC/experiments.py`` holds a topic's ``EXPERIMENTS``.
"""

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from course_utils.lang import both
from course_utils.records.fingerprint import fingerprint
from course_utils.records.read import path_of, recorded, with_recipe


@dataclass(frozen=True)
class Recipe:
    """A way of training with a name of its own.

    ``train(seed=…, **settings)`` returns a trained network and is handed the settings that it
    names. If ``examples`` is among them, 0 returns the network untrained: kept weights are put
    into that. ``color``: whether its encoder takes pictures in colour, or gray ones.
    """

    name: str
    train: Callable[..., nn.Module]
    color: bool = True

    @property
    def code(self) -> str:
        """The hash of what training reaches: it stands for the weights."""
        return fingerprint(self.train)


@dataclass(frozen=True)
class Experiment:
    """What is read, of which recipe, with which settings and seeds.

    ``read(net, seed=…, **settings)`` returns figures, name to float, and is handed the settings
    that it names; without a recipe it gets no ``net`` and must take everything random from
    ``seed``. Every setting is a dict of plain JSON values. ``data``, a name that ``photos.load``
    takes, is one of them, unless ``provenance`` says what the experiment runs on. Experiments of
    one name differ in recipe, settings or seeds.
    """

    name: str
    read: Callable[..., dict[str, float]]
    settings: tuple[dict, ...]
    recipe: Recipe | None = None
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


def rows(names: str, *values: tuple) -> tuple[dict, ...]:
    """Rows of values as settings: ``names`` holds the name of each column."""
    return tuple(dict(zip(names.split(), row, strict=True)) for row in values)


def experiments(topic: str) -> tuple[Experiment, ...]:
    """The experiments of a topic; raises ``ValueError`` for a topic that has none."""
    path_of(topic)
    return importlib.import_module(f"course_utils.lessons.{topic}.experiments").EXPERIMENTS


# ---------------------------------------------------------------- what is planned, what is there


@dataclass(frozen=True)
class Planned:
    """One row that should be there."""

    experiment: Experiment
    settings: dict
    seed: int

    @property
    def key(self) -> str:
        """What tells the row from others: experiment, recipe, settings and seed."""
        recipe = self.experiment.recipe
        return _key(self.experiment.name, recipe and recipe.name, self.settings, self.seed)

    @property
    def described(self) -> dict:
        """Its settings and the name of its recipe: what a look-up may ask for."""
        recipe = self.experiment.recipe
        return with_recipe(recipe and recipe.name, self.settings)

    @property
    def code(self) -> dict[str, str | None]:
        """The hashes that a fresh row has."""
        recipe = self.experiment.recipe
        return {"trained": recipe and recipe.code, "read": fingerprint(self.experiment.read)}


def planned(topic: str) -> list[Planned]:
    """All rows of a topic in their order."""
    return [
        Planned(experiment, settings, seed)
        for experiment in experiments(topic)
        for settings in experiment.settings
        for seed in experiment.seeds
    ]


def key_of(row: dict) -> str:
    """The key of a recorded row, as in ``Planned``."""
    return _key(row["experiment"], row["recipe"], row["settings"], row["seed"])


def _key(*what: object) -> str:
    return json.dumps(what, sort_keys=True)


def stale(topic: str) -> list[str]:
    """What ``record`` would run or remove: rows that are missing, out of date, or asked for no
    more.
    """
    there = {key_of(row): row for row in recorded(topic).rows}
    wanted = {row.key: row for row in planned(topic)}
    wrong = [
        key
        for key, row in wanted.items()
        if key not in there or not row.code.items() <= there[key].items()
    ]
    return wrong + [key for key in there if key not in wanted]
