import pytest

from course_utils import lang
from course_utils.evaluate.comparisons import Effect
from course_utils.exercises import above, claim, folded_claims, gain, in_words, loss, verdict
from course_utils.exercises.claims import ClaimFailed, Evidence

UP = Effect(0.0317, 0.0149, 0.08, over=("seeds", 5))
DOWN = Effect(-0.0317, -0.08, -0.0149, over=("pictures", 2000))
OPEN = Effect(0.0317, -0.0149, 0.08, over=("clips", 400))


def say(**changed):
    given = {"ko": "가", "en": "A.", "by": gain(UP), "data": ("cifar10",), "on": "cifar10"}
    return claim(**(given | changed))


def test_an_effect_in_words():
    assert in_words(UP) == (
        "+3.2%p, 시드 5개에 대한 95% 구간 +1.5부터 +8.0까지",
        "+3.2 points, 95% interval over 5 seeds +1.5 to +8.0",
    )
    assert in_words(DOWN) == (
        "-3.2%p, 테스트 이미지에 대한 95% 구간(시드에 대한 구간은 아님) -8.0부터 -1.5까지",
        "-3.2 points, 95% interval over test pictures, not over seeds -8.0 to -1.5",
    )
    assert in_words(OPEN, points=False)[1] == "+0.03, 95% interval over clips -0.01 to +0.08"
    of_persons = Effect(0.1, 0, 0.2, over=("persons", 30))
    assert "over persons" in in_words(of_persons)[1]


@pytest.mark.parametrize(
    ("evidence", "holds"),
    [
        (gain(UP), True),
        (gain(DOWN), False),
        (gain(OPEN), False),
        (gain(Effect(1, 0, 2, over=("seeds", 3))), False),  # an interval that touches 0
        (loss(DOWN), True),
        (loss(UP), False),
        (loss(OPEN), False),
        (above(0.815, 0.6), True),
        (above(0.6, 0.815), False),
        (above(0.6, 0.6), False),
    ],
)
def test_what_bears_a_claim_out(evidence, holds):
    assert evidence.holds is holds


def test_one_value_above_another_is_written_with_both():
    assert above(0.815, 0.6).words == ("81.5% > 60.0%",) * 2
    assert above(3, 20, "{} ms").words[1] == "3 ms ≤ 20 ms"
    assert above(2.0, 1.0, "{:.0f}", name=("색", "color")).words == ("색: 2 > 1", "color: 2 > 1")


def test_a_claim_that_holds_is_said_with_its_figures_and_no_tick(capsys):
    assert say() is True
    assert capsys.readouterr().out == f"A. [{in_words(UP)[1]}]\n"


def test_a_claim_may_rest_on_several_things(capsys):
    assert say(by=(gain(UP), above(2, 1, "{}"))) is True
    assert "+3.2 points" in (out := capsys.readouterr().out) and "; 2 > 1]" in out
    assert say(by=(gain(UP), above(1, 2, "{}"))) is False
    assert "; 1 ≤ 2]" in capsys.readouterr().out


@pytest.mark.parametrize("by", [gain(UP), gain(OPEN)])
def test_what_was_seen_in_two_languages(capsys, by):
    lang.set_language("both")
    say(by=by)
    korean, english = capsys.readouterr().out.splitlines()
    assert f"가 [{by.words[0]}]" in korean
    assert f"A. [{by.words[1]}]" in english


def test_claim_that_fails_raises_when_strict(monkeypatch):
    monkeypatch.setenv("SSL_COURSE_STRICT", "1")
    with pytest.raises(ClaimFailed, match=r"-1\.5 to \+8\.0"):
        say(by=gain(OPEN))
    with pytest.raises(ClaimFailed), folded_claims():  # folded or not
        say(by=gain(OPEN))


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
    assert say(by=loss(UP), **changed) is False
    out = capsys.readouterr().out
    assert out.startswith("✘")
    assert reason in out


def test_claim_without_data_is_for_every_data_set(monkeypatch):
    monkeypatch.setenv("SSL_COURSE_STRICT", "1")
    with pytest.raises(ClaimFailed):
        say(by=loss(UP), data=(), on="folder:mine")


def test_several_claims_are_one_line_and_false_ones_stand_out(capsys):
    with folded_claims():
        for _ in range(3):
            say()
        say(by=loss(UP))
        assert capsys.readouterr().out.startswith("✘")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 statements checked"
    assert lines[1:] == [f"A. [{in_words(UP)[1]}]"] * 3
    with folded_claims():
        say(by=loss(UP))
        say()
    assert "checked" not in (out := capsys.readouterr().out)
    assert len(out.splitlines()) == 2


def test_folded_claims_are_folded_in_a_notebook(monkeypatch):
    shown = []
    monkeypatch.setattr(lang, "_show", lambda plain, marked: shown.append(marked))
    with folded_claims():
        say()
        say()
    (marked,) = shown
    assert marked.startswith("<details><summary>")
    assert marked.count('<div lang="ko"') == marked.count('<div lang="en"') == 2
    assert "주장 2개 확인함" in marked


@pytest.mark.parametrize(
    ("effect", "word", "korean"),
    [
        (UP, "better", "더 낫습니다"),
        (DOWN, "worse", "더 못합니다"),
        (OPEN, "inconclusive", "판단할 수 없습니다"),
    ],
)
def test_verdict(effect, word, korean, capsys):
    lang.set_language("both")
    assert verdict(ko="이것과 저것", en="this and that", effect=effect) == word
    out = capsys.readouterr().out
    assert korean in out
    assert all(words in out for words in in_words(effect))


def test_a_truth_value_is_no_evidence():
    with pytest.raises(AttributeError):
        say(by=True)
    assert isinstance(gain(UP), Evidence)
