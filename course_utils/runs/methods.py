"""The methods that can be trained by name, found among the recipes of the lessons."""

import importlib
import inspect
import re

from course_utils.lang import both
from course_utils.records.plan import Recipe
from course_utils.records.read import topics


def methods() -> dict[str, Recipe]:
    """Every recipe that needs no more than a data set, a number of examples and a seed, and that
    takes an encoder and a device: by its name in small letters, with hyphens.
    """
    found = {}
    for topic in topics():
        module = importlib.import_module(f"course_utils.lessons.{topic}.experiments")
        recipes = [value for value in vars(module).values() if isinstance(value, Recipe)]
        found |= {_plain(recipe.name): recipe for recipe in recipes if _complete(recipe)}
    return dict(sorted(found.items()))


def method_called(name: str) -> Recipe:
    """A recipe of ``methods()``; raises ``ValueError`` for another name."""
    there = methods()
    if name not in there:
        raise ValueError(
            both(
                ko=f"{name!r}라는 방법은 없습니다. 있는 것: {', '.join(there)}.",
                en=f"There is no method {name!r}. There are: {', '.join(there)}.",
            )
        )
    return there[name]


def _plain(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower())


def _complete(recipe: Recipe) -> bool:
    parameters = inspect.signature(recipe.train).parameters
    needed = {name for name, p in parameters.items() if p.default is inspect.Parameter.empty}
    return needed == {"data", "examples", "seed"} and {"encoder", "device"} <= set(parameters)
