"""The course's own pictures: what moves in the executed lesson 03, the maps of lessons and factors.

Pictures with words are written for each language, ``NAME.ko.png`` and ``NAME.en.png``.
"""

import base64
import re
from pathlib import Path

import nbformat

from course_utils import runtime, texts
from course_utils.data import toyworld
from course_utils.figures import curriculum, maps
from course_utils.figures.style import Picture
from course_utils.lang import Text, both
from course_utils.records.read import Record, recorded, topics
from course_utils.workshop import start

_ROOT = Path(__file__).parents[2]
LESSON = _ROOT / "notebooks" / "03_rotation.ipynb"
MOVES_IN = "compass"  # the cell of the lesson whose picture moves
FOLDER = _ROOT / "images"


def write_images() -> list[Path]:
    """Write all pictures and the start page, which shows the map; return their paths.

    Raises ``ValueError`` if the lesson was not executed.
    """
    return [
        write_moving(),
        *_written(curriculum.course_map(), "course_map"),
        *_written(maps.factor_map(factor_rows()), "factor_map"),
        start.write_page(LESSON.parent),
    ]


def write_moving() -> Path:
    """Write the lesson's moving picture as it was executed, and return its path."""
    path = FOLDER / "training.png"
    for cell in nbformat.read(LESSON, as_version=4).cells:
        for output in cell.get("outputs", []) if cell.id == MOVES_IN else []:
            found = re.search(r'base64,([^"]+)"', output.get("data", {}).get("text/html", ""))
            if found:
                with runtime.replacing(path) as beside:
                    beside.write_bytes(base64.b64decode(found[1]))
                return path
    raise ValueError(
        both(
            ko=f"{LESSON.name}의 {MOVES_IN} 셀에 그림이 없습니다. 먼저 `python -m course_utils execute`로 "
            "실행하세요.",
            en=f"{LESSON.name} has no figure in its cell {MOVES_IN}. Run it first with "
            "`python -m course_utils execute`.",
        )
    )


def _written(figure: Picture, name: str) -> list[Path]:
    """A figure as a PNG in each language."""
    paths = []
    for language in ("ko", "en"):
        path = FOLDER / f"{name}.{language}.png"
        with runtime.replacing(path) as beside:
            beside.write_bytes(figure.png(language))
        paths.append(path)
    return paths


def factor_rows() -> dict[Text, dict[str, list[float]]]:
    """What can be read linearly of every method that recorded a factor row, lesson by lesson.

    Pixels and random weights first, supervised last. A method with several settings on ToyWorld has
    a row for each that was recorded with most seeds.
    """
    references = recorded("references")
    rows = {
        "pixels": _factor_row(references, "factors of pixels", {}),
        "random weights": _factor_row(references, "factors", {"recipe": "floor"}),
    }
    for topic, lesson in texts.written_lessons().items():
        if topic in topics():
            for about, settings in _headlines(recorded(topic)).items():
                ko, en = (f"{one}, {about}" if about else one for one in lesson["map"]["name"])
                rows[ko, en] = _factor_row(recorded(topic), "factors", settings)
    return rows | {"supervised": _factor_row(references, "factors", {"recipe": "supervised"})}


def _headlines(record: Record) -> dict[str, dict]:
    """The settings of a topic's factor rows with most seeds, by what tells them from each other."""
    found: dict[str, list[dict]] = {}
    for row in record.rows:
        if row["experiment"] == "factors":
            found.setdefault(repr(row["settings"]), []).append(row["settings"])
    most = max(map(len, found.values()), default=0)
    chosen = [settings[0] for settings in found.values() if len(settings) == most]
    differ = [key for key in (chosen or [{}])[0] if len({repr(s[key]) for s in chosen}) > 1]
    return {", ".join(f"{key} {s[key]}" for key in differ): s for s in chosen}


def _factor_row(record: Record, experiment: str, settings: dict) -> dict[str, list[float]]:
    return {
        name: record.figures(experiment, f"{name}_linear", **settings).tolist()
        for name in (*toyworld.READABLE, "turn")
    }
