import inspect

import pytest

from course_utils import lang
from course_utils.exercises import (
    check,
    claim,
    hint,
    in_points,
    in_points_over_seeds,
    show_solution,
    verdict,
)
from course_utils.exercises.claims import ClaimFailed
from course_utils.pretext import rotation
from tests.oracles import assert_bilingual

NAME = "rotation.four_copies"


@pytest.mark.parametrize("name", ["rotation.nothing", "nothing.four_copies", "rotation", ""])
def test_unknown_exercise(name):
    with pytest.raises(ValueError, match="no exercise") as error:
        check(name, lambda: None)
    assert_bilingual(str(error.value))


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


def say(**changed):
    given = {
        "ko": "가",
        "en": "A.",
        "holds": True,
        "seen": "7.1 > 6",
        "data": ("cifar10",),
        "on": "cifar10",
    }
    return claim(**(given | changed))  # fmt: skip


def test_claim_that_holds(capsys):
    assert say() is True
    assert capsys.readouterr().out == "✔ A. [7.1 > 6]\n"


@pytest.mark.parametrize("holds", [True, False])
def test_what_was_seen_in_two_languages(capsys, holds):
    lang.set_language("both")
    say(seen=("일곱", "seven"), holds=holds)
    korean, english = capsys.readouterr().out.splitlines()
    assert "가 [일곱]" in korean
    assert "A. [seven]" in english


def test_claim_that_fails_raises_when_strict(monkeypatch):
    monkeypatch.setenv("SSL_COURSE_STRICT", "1")
    with pytest.raises(ClaimFailed, match=r"7\.1 > 6"):
        say(holds=False)


@pytest.mark.parametrize(
    ("setting", "changed", "reason"),
    [
        (None, {}, "changed settings"),
        ("SSL_COURSE_STRICT", {"on": "folder:mine"}, "not claimed for folder:mine"),
        ("SSL_COURSE_EFFORT", {}, "shorter run"),
    ],
)
def test_claim_that_fails_lets_a_learner_go_on(monkeypatch, capsys, setting, changed, reason):
    if setting == "SSL_COURSE_STRICT":
        monkeypatch.setenv(setting, "1")
    if setting == "SSL_COURSE_EFFORT":
        monkeypatch.setenv("SSL_COURSE_STRICT", "1")
        monkeypatch.setenv(setting, "0.1")
    assert say(holds=False, **changed) is False
    out = capsys.readouterr().out
    assert out.startswith("✘")
    assert reason in out


def test_claim_without_data_is_for_every_data_set(monkeypatch):
    monkeypatch.setenv("SSL_COURSE_STRICT", "1")
    with pytest.raises(ClaimFailed):
        say(holds=False, data=(), on="folder:mine")


@pytest.mark.parametrize(
    ("interval", "word", "korean"),
    [
        ((0.02, 0.01, 0.03), "better", "더 낫습니다"),
        ((-0.02, -0.03, -0.01), "worse", "더 못합니다"),
        ((0.01, -0.01, 0.03), "inconclusive", "판단할 수 없습니다"),
    ],
)
def test_verdict(interval, word, korean, capsys):
    lang.set_language("both")
    assert verdict(ko="이것과 저것", en="this and that", interval=interval) == word
    out = capsys.readouterr().out
    assert korean in out
    assert all(seen in out for seen in in_points(*interval))


def test_a_difference_in_points():
    """Of one run, over test pictures, and it says that this is not over seeds; and over seeds."""
    assert in_points(0.0317, -0.0149, 0.08) == (
        "+3.2%p, 테스트 이미지에 대한 95% 구간 -1.5부터 +8.0까지, 시드에 대한 구간은 아님",
        "+3.2 points, 95% interval over test pictures -1.5 to +8.0, not over seeds",
    )
    assert in_points_over_seeds(0.0317, -0.0149, 0.08, seeds=5) == (
        "+3.2%p, 시드 5개에 대한 95% 구간 -1.5부터 +8.0까지",
        "+3.2 points, 95% interval over 5 seeds -1.5 to +8.0",
    )
