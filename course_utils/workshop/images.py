"""The course's own pictures: outputs of the executed lesson 03, its map, the map of all factors."""

import base64
import io
from pathlib import Path

import nbformat
from matplotlib.figure import Figure
from PIL import Image

from course_utils import runtime, texts
from course_utils.data import toyworld
from course_utils.figures import curriculum, maps
from course_utils.lang import both
from course_utils.records.read import Record, recorded, topics

_ROOT = Path(__file__).parents[2]
LESSON = _ROOT / "notebooks" / "03_rotation.ipynb"
TARGET = _ROOT / "images" / "what_you_see.png"
MAP = _ROOT / "images" / "course_map.png"
FACTORS = _ROOT / "images" / "factor_map.png"
# Cells of the lesson whose figures are shown, row by row.
ROWS = (("labels-figure",), ("fit-rotation", "probe-figure"))


def _figure(notebook: nbformat.NotebookNode, cell_id: str) -> Image.Image:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if cell.id == cell_id and "image/png" in output.get("data", {}):
                png = base64.b64decode(output.data["image/png"])
                return Image.open(io.BytesIO(png)).convert("RGB")
    raise ValueError(
        both(
            ko=f"{LESSON.name}의 {cell_id} 셀에 그림이 없습니다. 먼저 `python -m course_utils execute`로 "
            "실행하세요.",
            en=f"{LESSON.name} has no figure in its cell {cell_id}. Run it first with "
            "`python -m course_utils execute`.",
        )
    )


def write_what_you_see(width: int = 1400, gap: int = 24) -> Path:
    """Write the picture, ``width`` pixels and two gaps wide, and return its path.

    Raises ``ValueError`` if the lesson was not executed.
    """
    notebook = nbformat.read(LESSON, as_version=4)
    rows = []
    for ids in ROWS:
        figures = [_figure(notebook, cell_id) for cell_id in ids]
        # All figures of a row get the same height and together the picture's width; a row narrower
        # than 2.2 : 1 is not blown up, but centred.
        ratio = sum(f.width / f.height for f in figures)
        height = round((width - gap * (len(figures) - 1)) / max(ratio, 2.2))
        rows.append([f.resize((round(height * f.width / f.height), height)) for f in figures])
    page = Image.new(
        "RGB",
        (width + 2 * gap, sum(row[0].height + gap for row in rows) + gap),
        "white",
    )
    top = gap
    for row in rows:
        used = sum(f.width for f in row) + gap * (len(row) - 1)
        left = (page.width - used) // 2
        for figure in row:
            page.paste(figure, (left, top))
            left += figure.width + gap
        top += row[0].height + gap
    with runtime.replacing(TARGET) as beside:
        page.save(beside, format="PNG", optimize=True)
    return TARGET


def _written(figure: Figure, path: Path) -> Path:
    with runtime.replacing(path) as beside:
        figure.savefig(beside, format="png")
    return path


def write_course_map() -> Path:
    """Write the map of the course and return its path."""
    return _written(curriculum.course_map(), MAP)


def factor_rows() -> dict[str, dict[str, list[float]]]:
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
                name = lesson["map"]["name"]
                rows[f"{name}, {about}" if about else name] = _factor_row(
                    recorded(topic), "factors", settings
                )
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


def write_factor_map() -> Path:
    """Write the factor map of all methods and return its path."""
    return _written(maps.factor_map(factor_rows()), FACTORS)
