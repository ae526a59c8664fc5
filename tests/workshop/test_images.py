import base64
import io

import nbformat
import numpy as np
import pytest
from PIL import Image

from course_utils import texts
from course_utils.records.read import recorded, topics
from course_utils.workshop import images
from tests.oracles import assert_bilingual

COLORS = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Writes a lesson of three cells, each with a figure of one colour, or without outputs."""
    for name in ("LESSON", "TARGET", "MAP", "FACTORS"):
        monkeypatch.setattr(images, name, tmp_path / getattr(images, name).name)

    def write(with_figures):
        notebook = nbformat.v4.new_notebook()
        ids = [cell_id for row in images.ROWS for cell_id in row]
        for cell_id, color, size in zip(
            ids, COLORS, ((600, 200), (300, 150), (400, 160)), strict=True
        ):
            file = io.BytesIO()
            Image.new("RGB", size, color).save(file, format="PNG")
            png = base64.b64encode(file.getvalue()).decode()
            output = nbformat.v4.new_output("display_data", {"image/png": png})
            cell = nbformat.v4.new_code_cell(outputs=[output] if with_figures else [], id=cell_id)
            notebook.cells.append(cell)
        nbformat.write(notebook, images.LESSON)

    return write


def test_rows_lie_below_each_other_at_the_full_width(lesson):
    lesson(with_figures=True)
    with Image.open(images.write_what_you_see()) as picture:
        page = np.array(picture.convert("RGB"))
    assert page.shape[1] == 1400 + 2 * 24
    boxes = []
    for color in COLORS:
        rows, columns = np.nonzero((page == color).all(2))
        boxes.append((rows.min(), rows.max(), columns.min(), columns.max()))
    first, left, right = boxes
    # As wide as the page but for its margins, to the pixel that rounding a height costs.
    assert abs(first[2] - 24) <= 1 and abs(first[3] - (24 + 1400 - 1)) <= 1
    assert first[1] < left[0]
    assert left[:2] == right[:2]
    assert left[3] < right[2]


def test_a_lesson_that_was_not_executed_is_told_so(lesson):
    lesson(with_figures=False)
    with pytest.raises(ValueError, match="execute") as error:
        images.write_what_you_see()
    assert_bilingual(str(error.value))
    assert not images.TARGET.exists()


def test_map_is_a_picture(lesson):
    with Image.open(images.write_course_map()) as picture:
        assert picture.width > 600


def test_every_method_that_recorded_factors_is_on_the_map():
    """Rows of the lessons stand between random weights and supervised learning, as recorded."""
    rows = images.factor_rows()
    assert list(rows)[:2] == ["pixels", "random weights"] and list(rows)[-1] == "supervised"
    between = list(rows)[2:-1]
    for topic, lesson in texts.written_lessons().items():
        recorded_here = topic in topics() and any(
            row["experiment"] == "factors" for row in recorded(topic).rows
        )
        name = lesson["map"]["name"]
        assert any(row.startswith(name) for row in between) == recorded_here
    kinds = recorded("rotation").figures("factors", "kind_linear", data="toyworld")
    assert rows["Rotation"]["kind"] == kinds.tolist()


def test_the_map_of_factors_is_written(lesson):
    path = images.write_factor_map()
    with Image.open(path) as picture:
        assert picture.width > 800
