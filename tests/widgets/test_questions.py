import html

import pytest

from course_utils import lang, texts
from course_utils.widgets import questions
from tests.oracles import assert_bilingual


def ask():
    return questions.ask(
        ko="몇일까요?",
        en="How many?",
        options=[
            questions.Option("하나", "one", "아닙니다.", "No: <two>."),
            questions.Option("둘", "two", "맞습니다.", "Yes."),
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
    monkeypatch.setattr(questions.progress, "answered", lambda name, option: stored.append(option))
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
    monkeypatch.setattr(questions.progress, "answered", lambda name, option: stored.append(option))
    _, (one, two), reply = asked()
    lang.set_language("ko")
    assert (one.value, two.value, reply.value, stored) == (None, None, "", [])


def test_a_quiz_of_a_lesson_is_asked_with_its_texts(shown):
    question, options, reply = questions.quiz("rotation.tiles").children
    quiz = texts.of("rotation")["quizzes"]["tiles"]
    assert len(options.children) == len(quiz["options"])
    assert html.escape(quiz["question"][1]) in question.value
    options.children[1].value = 1
    assert html.escape(quiz["options"][1][1][1]) in reply.value


@pytest.mark.parametrize("name", ["rotation.nothing", "nothing.depth", "rotation", ""])
def test_a_quiz_that_is_none(name):
    with pytest.raises(ValueError, match="no question") as error:
        questions.quiz(name)
    assert_bilingual(str(error.value))


def test_a_prediction_is_said_again_beside_what_settles_it(monkeypatch, capsys):
    lang.set_language("en")
    monkeypatch.setattr(questions.progress, "answer", lambda question: None)
    questions.recall("rotation.how_many")
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(questions.progress, "answer", lambda question: 2)
    questions.recall("rotation.how_many")
    assert capsys.readouterr().out == "You predicted: about 65%\n"
    with pytest.raises(ValueError, match="no question"):
        questions.recall("rotation.nothing")
