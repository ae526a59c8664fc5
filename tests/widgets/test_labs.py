import base64
import io

import pytest
import torch
from PIL import Image

from course_utils import lang
from course_utils.data.reader import NotAPicture
from course_utils.figures import charts, grids
from course_utils.widgets import labs, questions
from tests.widgets.uploads import choose


def png(color, size=(30, 20)):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, format="PNG")
    return file.getvalue()


@pytest.fixture
def lab(shown):
    drawn = []

    def draw(picture, turns):
        drawn.append((picture, turns))
        return grids.bars_per_picture(picture[None], torch.eye(4)[:1], names="0123", right=[turns])

    examples = {name: torch.full((3, 16, 16), i, dtype=torch.uint8) for i, name in enumerate("ab")}
    dials = {"turns": labs.Dial("돌리기", "turns", 0, 3, 1, 0)}
    box = labs.picture_lab(
        draw,
        examples,
        dials,
        warn=lambda picture, turns: "경고\nupside down" if turns == 2 else None,
    )
    (which, upload), (turns,), told, screen = (
        part.children if hasattr(part, "children") else part for part in box.children
    )
    return drawn, which, turns, upload, told, screen, shown


def test_lab_draws_the_chosen_picture_and_turn(lab):
    drawn, which, turns, _, told, screen, shown = lab
    before = bytes(screen.value)
    assert before.startswith(b"\x89PNG")
    which.value, turns.value = 1, 3
    picture, quarter_turns = drawn[-1]
    assert picture.unique().tolist() == [1]
    assert quarter_turns == 3
    assert told.value == ""
    turns.value = 2
    assert told.value == "경고<br>upside down"
    assert bytes(screen.value) != before
    assert "<img alt=" in shown[0]["text/html"]


def test_photographs_with_words_are_shown_in_the_language_and_saved_with_one_click(shown):
    def draw(picture):
        return grids.picture_grid(picture[None], columns=1, row_labels=["pixels"])

    examples = {"cat": torch.full((3, 8, 8), 99, dtype=torch.uint8)}
    lang.set_language("en")
    box = labs.picture_lab(draw, examples, {}, save="mine.png")
    (which, _), _, _, screen, link = (
        part.children if hasattr(part, "children") else part for part in box.children
    )
    assert which.options == (("cat", 0),)
    assert "pixels" in screen.value and "픽셀" not in screen.value
    assert 'download="mine.png"' in link.value and "save this picture" in link.value
    data = link.value.split("base64,")[1].split('"')[0]
    with Image.open(io.BytesIO(base64.b64decode(data))) as saved:
        assert saved.convert("RGB").getpixel((0, 0)) == (99, 99, 99)
    lang.set_language("ko")
    assert which.options == (("고양이", 0),)
    assert "픽셀" in screen.value and "저장" in link.value


def test_lab_takes_a_file_of_ones_own(lab):
    drawn, which, _, upload, told, _, _ = lab
    choose(upload, b"no picture")
    assert "not readable as a picture" in told.value
    choose(upload, png((10, 200, 30)))
    assert told.value == ""
    assert drawn[-1][0][:, 0, 0].tolist() == [10, 200, 30]
    which.value = 1  # the examples can be chosen again
    assert drawn[-1][0].unique().tolist() == [1]


@pytest.mark.parametrize("version", [7, 8])
def test_a_file_comes_in_the_form_of_two_versions_of_ipywidgets(version):
    content = memoryview(png((10, 200, 30)))
    value = {
        7: {"mine.png": {"metadata": {"name": "mine.png"}, "content": content}},
        8: ({"name": "mine.png", "content": content},),
    }[version]
    assert labs._own_picture(type("Upload", (), {"value": value}), 16).shape == (3, 16, 16)


def test_lab_says_when_a_file_is_no_picture():
    broken = type("Upload", (), {"value": ({"content": b"no picture"},)})
    with pytest.raises(NotAPicture):
        labs._own_picture(broken, 16)


def test_dials_are_whole_or_broken_numbers_as_their_step():
    assert labs.Dial("가", "a", 0, 3, 1, 2).slider().value == 2
    slider = labs.Dial("가", "a", 0.0, 3.0, 0.25, 1.0).slider()
    assert (slider.min, slider.max, slider.step, slider.value) == (0, 3, 0.25, 1)


def bar(name):
    return charts.choices({name: 0.75, "other": 0.25}, title=name)


def test_look_lab_changes_figure_and_text(shown):
    box = labs.look_lab(
        bar,
        {
            "a": questions.Option("가", "first", "첫째입니다.", "This is <one>."),
            "b": questions.Option("나", "second", "둘째입니다.", "This is two."),
        },
    )
    buttons, screen, told = box.children
    before = screen.value
    assert told.value == "This is &lt;one&gt;."
    buttons.value = "b"
    assert screen.value != before
    assert told.value == "This is two."
    still = shown[0]["text/html"]
    assert still.count("<details>") == 2
    assert 'alt="Bars. a' in still


def test_type_lab_follows_and_tells_what_it_cannot_read(shown):
    def draw(text):
        if not text:
            raise ValueError("비었습니다.\nIt is <empty>.")
        return bar(text)

    line, told, screen = labs.type_lab(draw, "x", ko="단어", en="word").children
    before = screen.value
    line.value = " y "
    assert screen.value != before
    now = screen.value
    line.value = ""
    assert told.value == "비었습니다.<br>It is &lt;empty&gt;."
    assert screen.value == now
    line.value = "y"
    assert told.value == ""
    assert 'alt="Bars. x' in shown[0]["text/html"]


def titled(color=0):
    picture = torch.full((1, 3, 8, 8), color, dtype=torch.uint8)
    return grids.picture_grid(picture, columns=1, titles=["pixels"])


@pytest.mark.parametrize(
    ("build", "move"),
    [
        (
            lambda: labs.dial_lab(titled, {"color": labs.Dial("색", "color", 0, 9, 1, 0)}),
            lambda box: setattr(box.children[0].children[0], "value", 9),
        ),
        (
            lambda: labs.look_lab(
                lambda key: titled(int(key)),
                {key: questions.Option(key, key, "답", "reply") for key in "09"},
            ),
            lambda box: setattr(box.children[0], "value", "9"),
        ),
        (
            lambda: labs.type_lab(lambda text: titled(int(text)), "0", ko="수", en="number"),
            lambda box: setattr(box.children[0], "value", "9"),
        ),
    ],
    ids=["dial_lab", "look_lab", "type_lab"],
)
def test_every_lab_keeps_the_words_beside_photographs(shown, build, move):
    lang.set_language("en")
    box = build()
    (screen,) = (
        part
        for part in box.children
        if "<img" in str(getattr(part, "value", "")) and "pixels" in part.value
    )
    before = screen.value
    move(box)
    assert screen.value != before and "pixels" in screen.value and "픽셀" not in screen.value
    lang.set_language("ko")
    assert "픽셀" in screen.value and "pixels" not in screen.value


def test_dial_lab_draws_the_values_and_warns(monkeypatch):
    shown, drawn = [], []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))

    def draw(a, b):
        drawn.append((a, b))
        return charts.choices({"x": a, "y": b})

    box = labs.dial_lab(
        draw,
        {
            "a": labs.Dial("가", "a", 0.0, 1.0, 0.1, 0.5),
            "b": labs.Dial("나", "b", 0, 3, 1, 1),
        },
        warn=lambda a, b: "too much\n너무 많음" if b > 2 else None,
    )
    (first, second), told, screen = (
        part.children if hasattr(part, "children") else part for part in box.children
    )
    assert drawn[0] == (0.5, 1) and told.value == ""
    before = bytes(screen.value)
    second.value = 3
    assert drawn[-1] == (0.5, 3) and told.value == "too much<br>너무 많음"
    first.value = 0.2
    assert drawn[-1] == (0.2, 3) and bytes(screen.value) != before
    assert "<img alt=" in shown[0]["text/html"]
