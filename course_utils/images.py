"""The README's picture, put together from the outputs of the executed lesson 03."""

import base64
import io
from pathlib import Path

import nbformat
from PIL import Image

from course_utils import runtime

LESSON = Path("notebooks/03_rotation.ipynb")
TARGET = Path("images/what_you_see.png")
# Cells of the lesson whose figures are shown, row by row.
ROWS = (("labels-figure",), ("fit-rotation", "probe-figure"))


def _figure(notebook: nbformat.NotebookNode, cell_id: str) -> Image.Image:
    cell = next(cell for cell in notebook.cells if cell.id == cell_id)
    png = next(o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {}))
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def what_you_see(width: int = 1400, gap: int = 24) -> Path:
    """Write the picture and return its path, both relative to the repository's root.

    Raises ``FileNotFoundError`` or ``StopIteration`` if the lesson is not there or not executed.
    """
    notebook = nbformat.read(LESSON, as_version=4)
    rows = []
    for ids in ROWS:
        figures = [_figure(notebook, cell_id) for cell_id in ids]
        # All figures of a row get the same height, and together the picture's width.
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
