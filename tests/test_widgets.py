import datetime
import io

import pytest
import torch
from PIL import Image

from course_utils import lang, plots, widgets


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: bundles.append(data))
    return bundles


def ask():
    return widgets.choose(
        ko="몇일까요?",
        en="How many?",
        options=[
            widgets.Option("하나", "one", "아닙니다.", "No: <two>."),
            widgets.Option("둘", "two", "맞습니다.", "Yes."),
        ],
    )


def test_chosen_option_gets_its_explanation(shown):
    _, radio, reply = ask().children
    assert radio.value is None
    assert reply.value == ""
    radio.value = 0
    assert reply.value == "No: &lt;two&gt;."
    radio.value = 1
    assert reply.value == "Yes."


def test_still_form_has_every_explanation_folded(shown):
    ask()
    (bundle,) = shown
    assert bundle["text/html"].count("<details>") == 2
    assert "No: &lt;two&gt;." in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_both_languages(shown):
    lang.set_language("both")
    _, radio, reply = ask().children
    assert radio.options[0][0] == "하나 / one"
    radio.value = 1
    assert reply.value == "맞습니다.<br>Yes."
    assert "<p>맞습니다.</p><p>Yes.</p>" in shown[0]["text/html"]


def png(color, size=(30, 20)):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, format="PNG")
    return file.getvalue()


@pytest.fixture
def lab(shown):
    drawn = []

    def draw(picture, turns):
        drawn.append((picture, turns))
        return plots.picture_grid(picture[None], columns=1, width=1)

    examples = {name: torch.full((3, 16, 16), i, dtype=torch.uint8) for i, name in enumerate("ab")}
    box = widgets.picture_lab(draw, examples)
    controls, told, screen = box.children
    return drawn, *controls.children, told, screen, shown


def test_lab_draws_the_chosen_picture_and_turn(lab):
    drawn, which, turns, _, _, screen, shown = lab
    before = bytes(screen.value)
    assert before.startswith(b"\x89PNG")
    which.value, turns.value = "b", 3
    picture, quarter_turns = drawn[-1]
    assert picture.unique().tolist() == [1]
    assert quarter_turns == 3
    assert bytes(screen.value) != before
    assert "<img alt=" in shown[0]["text/html"]


@pytest.mark.parametrize("version", [7, 8])
def test_lab_takes_a_file_of_ones_own(lab, version):
    drawn, which, _, upload, told, _, _ = lab
    content = {"content": memoryview(png((10, 200, 30))), "name": "mine.png"}
    value = {"mine.png": content} if version == 7 else (content,)
    assert widgets._own_picture(type("Upload", (), {"value": value}), 16).shape == (3, 16, 16)
    if version == 8:
        today = datetime.datetime(2026, 11, 24, tzinfo=datetime.timezone.utc)
        file = {**content, "type": "image/png", "size": 1, "last_modified": today}
        upload.value = ({**file, "content": memoryview(b"no picture")},)
        assert "no picture" in told.value
        upload.value = (file,)
        assert told.value == ""
        assert drawn[-1][0][:, 0, 0].tolist() == [10, 200, 30]
        which.value = "b"  # the examples can be chosen again
        assert drawn[-1][0].unique().tolist() == [1]


def test_lab_says_when_a_file_is_no_picture():
    broken = type("Upload", (), {"value": ({"content": b"no picture"},)})
    assert widgets._own_picture(broken, 16) is None
    assert widgets._own_picture(type("Upload", (), {"value": ()}), 16) is None
