import datetime
import io

import pytest
import torch
from PIL import Image

from course_utils import lang, plots, runtime, widgets


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: bundles.append(data))
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


def asked():
    question, options, reply = ask().children
    return question, options.children, reply


def test_chosen_option_gets_its_explanation(shown):
    _, (one, two), reply = asked()
    assert (one.value, two.value, reply.value) == (None, None, "")
    one.value = 0
    assert reply.value == "No: &lt;two&gt;."
    two.value = 1
    assert reply.value == "Yes."
    assert one.value is None


def test_still_form_has_every_explanation_folded(shown):
    ask()
    (bundle,) = shown
    assert bundle["text/html"].count("<details>") == 2
    assert "No: &lt;two&gt;." in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_both_languages(shown):
    lang.set_language("both")
    _, (one, two), reply = asked()
    assert one.options[0][0] == "하나 / one"
    two.value = 1
    assert reply.value == "맞습니다.<br>Yes."
    assert '<div lang="ko">맞습니다.</div><div lang="en">Yes.</div>' in shown[0]["text/html"]


def test_labels_are_written_anew_and_the_choice_stays(shown, monkeypatch):
    stored = []
    monkeypatch.setattr(widgets.progress, "answered", lambda name, option: stored.append(option))
    question, (one, two), reply = asked()
    two.value = 1
    lang.set_language("ko")
    assert "몇일까요?" in question.value
    assert [radio.options[0][0] for radio in (one, two)] == ["하나", "둘"]
    assert (one.value, two.value, reply.value) == (None, 1, "맞습니다.")
    assert stored == [1]  # that ipywidgets chose the first option meanwhile is not kept
    lang.set_language("both")
    assert question.value == "<b>몇일까요? / How many?</b>"
    one.value = 0
    assert reply.value == "아닙니다.<br>No: &lt;two&gt;."
    assert stored == [1, 0]


def test_an_unanswered_question_stays_unanswered(shown, monkeypatch):
    stored = []
    monkeypatch.setattr(widgets.progress, "answered", lambda name, option: stored.append(option))
    _, (one, two), reply = asked()
    lang.set_language("ko")
    assert (one.value, two.value, reply.value, stored) == (None, None, "", [])


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
    dials = {"turns": widgets.Dial("돌리기", "turns", 0, 3, 1, 0)}
    box = widgets.picture_lab(
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
    which.value, turns.value = "b", 3
    picture, quarter_turns = drawn[-1]
    assert picture.unique().tolist() == [1]
    assert quarter_turns == 3
    assert told.value == ""
    turns.value = 2
    assert told.value == "경고<br>upside down"
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


def test_dials_are_whole_or_broken_numbers_as_their_step():
    assert widgets.Dial("가", "a", 0, 3, 1, 2).slider().value == 2
    slider = widgets.Dial("가", "a", 0.0, 3.0, 0.25, 1.0).slider()
    assert (slider.min, slider.max, slider.step, slider.value) == (0, 3, 0.25, 1)


def predicted(shown):
    return widgets.RowPrediction(
        {"kind": ("종류", "kind"), "hue": ("색조", "hue"), "x": ("x", "x")}
    )


def test_prediction_is_compared_with_what_was_measured(shown, capsys):
    prediction = predicted(shown)
    assert prediction.answers == {"kind": None, "hue": None, "x": None}
    for choice, value in zip(prediction.box.children, (1, -1, None), strict=True):
        choice.value = value
    found = prediction.compare({"kind": 0.3, "hue": 0.02, "x": -0.2}, margin=0.05)
    assert found == {"kind": 1, "hue": 0, "x": -1}
    kind, hue, x = capsys.readouterr().out.splitlines()
    assert kind == "✔ kind: easier to read (+0.30). Predicted: easier to read"
    assert hue == "✘ hue: about the same (+0.02). Predicted: harder to read"
    assert x == "· x: harder to read (-0.20). Predicted: no prediction"


def test_prediction_has_a_still_form(shown):
    predicted(shown)
    assert shown[0]["text/html"].count("<li>") == 3
    assert "easier to read" in shown[0]["text/html"]


def labelled(shown):
    images = torch.randint(256, (3, 3, 8, 8), dtype=torch.uint8, generator=runtime.generator(0))
    game = widgets.LabellingGame(images, torch.tensor([0, 1, 1]), ["cat", "dog"], default=3.0)
    start, screen, buttons, told = game.box.children
    return game, start, screen, buttons.children, told


def test_game_is_unplayed_until_the_last_label(shown, monkeypatch):
    game, start, screen, (cat, dog), told = labelled(shown)
    assert (game.seconds, game.played) == (3.0, False)
    assert cat.disabled and dog.disabled and not screen.value
    clock = iter([100.0, 106.0])
    monkeypatch.setattr(widgets.time, "monotonic", lambda: next(clock))
    start.click()
    first = screen.value
    assert first and told.value == "0 / 3"
    cat.click()
    assert screen.value != first
    dog.click()
    assert not game.played
    cat.click()
    assert (game.seconds, game.played) == (2.0, True)
    assert "2.0 seconds a label; 2 of 3 agree" in told.value
    assert cat.disabled
    before = told.value
    cat.click()  # a second click that came before the button went gray
    assert (game.seconds, told.value) == (2.0, before)


def test_the_result_follows_the_language(shown):
    _, start, _, (cat, _), told = labelled(shown)
    lang.set_language("ko")
    assert (start.description, told.value) == ("시작", "")
    start.click()
    for _ in range(3):
        cat.click()
    assert "같습니다" in told.value
    lang.set_language("en")
    assert "1 of 3 agree" in told.value


def test_game_can_be_played_again(shown):
    _, start, _, (cat, _), told = labelled(shown)
    for _ in range(2):
        start.click()
        for _ in range(3):
            cat.click()
        assert "1 of 3 agree" in told.value


def test_game_has_a_still_form(shown):
    labelled(shown)
    assert shown[0]["text/html"].count('<img alt="photograph to label"') == 3


def bar(name):
    return plots.choices({name: 0.75, "other": 0.25}, title=name)


def test_look_lab_changes_figure_and_text(shown):
    box = widgets.look_lab(
        bar,
        {
            "a": widgets.Option("가", "first", "첫째입니다.", "This is <one>."),
            "b": widgets.Option("나", "second", "둘째입니다.", "This is two."),
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

    line, told, screen = widgets.type_lab(draw, "x", ko="단어", en="word").children
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


def test_dial_lab_draws_the_values_and_warns(monkeypatch):
    shown, drawn = [], []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: shown.append(data))

    def draw(a, b):
        drawn.append((a, b))
        return plots.choices({"x": a, "y": b})

    box = widgets.dial_lab(
        draw,
        {
            "a": widgets.Dial("가", "a", 0.0, 1.0, 0.1, 0.5),
            "b": widgets.Dial("나", "b", 0, 3, 1, 1),
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
