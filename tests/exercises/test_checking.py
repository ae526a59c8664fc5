import inspect

import pytest
import torch

from course_utils import lang
from course_utils.exercises import check, hint, show_basics, show_solution
from course_utils.exercises.checking import message
from course_utils.exercises.diagnosis import Finding
from course_utils.pretext import rotation
from tests.oracles import assert_bilingual

NAME = "rotation.four_copies"


@pytest.mark.parametrize("name", ["rotation.nothing", "nothing.four_copies", "rotation", ""])
def test_unknown_exercise(name):
    with pytest.raises(ValueError, match="no exercise") as error:
        check(name, lambda: None)
    assert_bilingual(str(error.value))


@pytest.mark.parametrize("empty", [lambda x: None, lambda x: ...])
def test_untouched_stub_is_not_a_mistake(empty, capsys):
    assert check(NAME, empty) is rotation.four_copies
    out = capsys.readouterr().out
    assert "not yet" in out
    assert "✘" not in out


def test_code_that_raises_is_reported_kindly(capsys):
    assert check(NAME, lambda x: x.no_such_method()) is rotation.four_copies
    out = capsys.readouterr().out
    assert "no_such_method" in out
    assert "line" in out


@pytest.mark.parametrize("result", [torch.ones(3), 3, (1, 2)])
def test_a_result_in_place_of_a_function_is_told(result, capsys):
    assert check(NAME, result) is rotation.four_copies
    assert "not a function" in capsys.readouterr().out


def test_a_message_is_said_though_a_fact_is_missing():
    """Whatever an answer is, what is wrong with it is told and nothing raised."""
    finding = Finding("orders", {"told_copy": 3}, mistake=True)
    ko, en = message(NAME, finding)
    assert "Copy 3 is picture ? turned by ?°" in en and "?" in ko


def test_hints_go_in_steps(capsys):
    texts = []
    for step in (1, 2, 3):
        hint(NAME, step)
        texts.append(capsys.readouterr().out)
    assert [f"{n}/3" in text for n, text in enumerate(texts, 1)] == [True] * 3
    hint(NAME, 4)
    assert "hints 1 to 3" in capsys.readouterr().out


def test_messages_follow_the_language(capsys):
    lang.set_language("ko")
    check(NAME, lambda x: None)
    assert "아직 반환하는 값이 없습니다" in (out := capsys.readouterr().out)
    assert "not yet" not in out


def test_solution_is_the_very_source(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    show_solution(NAME)
    assert shown[0].data.startswith("<details>")
    assert inspect.getsource(rotation.four_copies).splitlines()[-1].strip() in shown[0].data


def test_encoder_and_loop_of_the_course_are_one_click_away(capsys, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda page: shown.append(page.data))
    show_basics()
    (page,) = shown
    assert page.startswith("<details>")
    for line in (
        "encoder.add_module(&quot;block3&quot;",
        "value.backward()",
        "nn.BatchNorm2d(c_out)",
    ):
        assert line in page, line
