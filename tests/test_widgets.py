import pytest

from course_utils import lang, widgets


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
