"""What a core may measure, for the lessons that are in the form of the second edition."""

from pathlib import Path

import nbformat
import pytest

from tests.notebooks import measures

FOLDER = Path(__file__).parents[2] / "notebooks"
REMADE = ("01_why_ssl", "03_rotation", "05_colorization", "07_contrastive")


@pytest.fixture(params=REMADE)
def name(request):
    return request.param


@pytest.fixture
def lesson(name):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def test_a_core_is_short(name, lesson):
    assert measures.words(lesson, name[3:]) <= 2000
    assert 4 <= measures.figures(lesson) <= 8
    assert measures.minutes(lesson, name[3:]) <= 45


def test_no_cell_is_long(name, lesson):
    allowed = dict.fromkeys(measures.METHOD[name], 30)
    long = {cell: n for cell, n in measures.lines(lesson).items() if n > allowed.get(cell, 20)}
    assert long == {}


def test_longer_prose_is_counted(name, lesson):
    before = measures.words(lesson, name[3:]), measures.minutes(lesson, name[3:])
    cell = next(c for c in lesson.cells if c.id == "home")
    cell.source = cell.source.replace("\n\n</div>", " more" * 200 + "\n\n</div>")
    after = measures.words(lesson, name[3:]), measures.minutes(lesson, name[3:])
    assert after[0] == before[0] + 200 and after[1] == pytest.approx(before[1] + 1)
