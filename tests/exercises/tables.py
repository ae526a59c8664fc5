"""What every topic has prepared for its exercises, found by its folder in ``tests/lessons``.

``planted.TABLES[exercise]`` holds right answers by name, and wrong ones with the words that name the
mistake; ``fresh.ANSWERS`` those that were written from the lesson's text alone.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from course_utils.exercises.checking import names


@dataclass(frozen=True)
class Answer:
    """An answer to an exercise, and the words that name its mistake; none of a right one."""

    exercise: str
    what: str
    function: Callable
    words: str = ""

    def __str__(self) -> str:
        return f"{self.exercise}-{self.what}"


EXERCISES = [f"{topic}.{name}" for topic, all_of in names().items() for name in all_of]


def _of(topic: str, file: str):
    return importlib.import_module(f"tests.lessons.{topic}.{file}")


PLANTED = [
    Answer(f"{topic}.{name}", str(what), *(answer if isinstance(answer, tuple) else (answer,)))
    for topic in names()
    for name, table in _of(topic, "planted").TABLES.items()
    for part in table
    for what, answer in part.items()
]
FRESH = [
    Answer(exercise, function.__name__, function, words)
    for topic in names()
    for exercise, _, function, words in _of(topic, "fresh").ANSWERS
]
