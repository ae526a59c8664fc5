"""What the tests of several lessons need: a notebook's cells by id, and a record that says the opposite."""

import json
from pathlib import Path

from course_utils.records.read import Record, recorded

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def cells_of(name):
    """The source of every cell of a lesson by its id: ``cells_of("03_rotation")``."""
    lesson = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in lesson["cells"]}


def reversed_record(topic):
    """A record in which every figure f is 1 − f: what was better is worse."""
    rows = tuple(
        {**row, "figures": {name: 1 - value for name, value in row["figures"].items()}}
        for row in recorded(topic).rows
    )
    return Record(topic, rows)
