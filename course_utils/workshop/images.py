"""The README's pictures: outputs of the executed lesson 03, and the map of the course."""

import base64
import io
from pathlib import Path

import nbformat
from PIL import Image

from course_utils import runtime
from course_utils.figures import curriculum
from course_utils.lang import both

_ROOT = Path(__file__).parents[2]
LESSON = _ROOT / "notebooks" / "03_rotation.ipynb"
TARGET = _ROOT / "images" / "what_you_see.png"
MAP = _ROOT / "images" / "course_map.png"
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


def write_course_map() -> Path:
    """Write the map of the course and return its path."""
    figure = curriculum.course_map()
    with runtime.replacing(MAP) as beside:
        figure.savefig(beside, format="png")
    return MAP
