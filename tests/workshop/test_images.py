import base64
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from course_utils import texts
from course_utils.__main__ import main
from course_utils.records.read import recorded, topics
from course_utils.workshop import images, notebooks
from tests.oracles import assert_bilingual

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Writes a lesson whose moving picture holds some bytes, or has no output."""
    monkeypatch.setattr(images, "LESSON", tmp_path / "03_rotation.ipynb")
    monkeypatch.setattr(images, "FOLDER", tmp_path / "images")

    def write(shown):
        page = (
            f'<img alt="a" src="data:image/png;base64,{base64.b64encode(shown or b"").decode()}">'
        )
        output = nbformat.v4.new_output("display_data", {"text/html": page})
        cell = nbformat.v4.new_code_cell(outputs=[output] if shown else [], id=images.MOVES_IN)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), images.LESSON)

    return write


def test_the_moving_picture_is_that_of_the_executed_lesson(lesson):
    lesson(b"bytes of a picture")
    assert images.write_moving().read_bytes() == b"bytes of a picture"


def test_executing_the_lesson_writes_its_moving_picture(lesson, monkeypatch, capsys):
    """Another lesson's execution leaves the picture alone."""
    lesson(b"executed anew")
    other = images.LESSON.with_name("05.ipynb")
    stamp = {"seconds": 1, "data": "tiny", "provenance": "made up"}
    monkeypatch.setattr(notebooks, "execute", lambda path: stamp)
    assert main(["execute", str(other)]) == 0 and not images.FOLDER.exists()
    assert main(["execute", str(images.LESSON)]) == 0
    assert (images.FOLDER / "training.png").read_bytes() == b"executed anew"


def test_a_lesson_that_was_not_executed_is_told_so(lesson):
    lesson(None)
    with pytest.raises(ValueError, match="execute") as error:
        images.write_moving()
    assert_bilingual(str(error.value))
    assert not images.FOLDER.exists()


def test_all_pictures_are_written_in_both_languages(lesson):
    lesson(b"x")
    names = [path.name for path in images.write_images()]
    maps = [f"{name}.{code}.png" for name in ("course_map", "factor_map") for code in ("ko", "en")]
    assert names == ["training.png", *maps, "START.ipynb"]
    for one in ("course_map", "factor_map"):
        pictures = [Image.open(images.FOLDER / f"{one}.{code}.png") for code in ("ko", "en")]
        assert all(picture.width > 600 for picture in pictures)
        assert pictures[0].tobytes() != pictures[1].tobytes()


def test_the_readme_shows_the_pictures_of_the_lesson_as_it_is():
    """Drawn from the executed lesson: an older picture would show another course."""
    written = ROOT / "images" / "training.png"
    cells = nbformat.read(ROOT / "notebooks" / "03_rotation.ipynb", as_version=4).cells
    (shown,) = (c.outputs[-1].data["text/html"] for c in cells if c.id == images.MOVES_IN)
    assert base64.b64encode(written.read_bytes()).decode() in shown
    with Image.open(written) as picture:
        assert picture.n_frames > 10


def test_every_method_that_recorded_factors_is_on_the_map():
    """Rows of the lessons stand between random weights and supervised learning, as recorded."""
    rows = images.factor_rows()
    assert list(rows)[:2] == ["pixels", "random weights"] and list(rows)[-1] == "supervised"
    between = list(rows)[2:-1]
    for topic, lesson in texts.written_lessons().items():
        recorded_here = topic in topics() and any(
            row["experiment"] == "factors" for row in recorded(topic).rows
        )
        _, name = lesson["map"]["name"]
        assert any(en.startswith(name) for _, en in between) == recorded_here
    kinds = recorded("rotation").figures("factors", "kind_linear", data="toyworld")
    assert rows["회전", "Rotation"]["kind"] == kinds.tolist()
