import pytest
import torch

from course_utils import lang, runtime
from course_utils.exercises import progress
from course_utils.widgets import game
from tests.figures.test_style import pictures
from tests.oracles import assert_bilingual

PICTURES = torch.randint(256, (3, 3, 8, 8), dtype=torch.uint8, generator=runtime.generator(0))
CHOICES = [game.Pick("↑", "위", "up"), game.Pick("↓", "아래", "down")]


def new(pictures=PICTURES):
    truth = torch.tensor([0, 1, 1])
    return game.Game("any.game", pictures, truth, CHOICES, ko="어디?", en="where?")


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """As in a notebook that lies in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress.runtime, "in_notebook", lambda: True)
    monkeypatch.delenv("SSL_COURSE_STRICT", raising=False)


def type_in(played, text):
    played._keys.value = text


def test_played_by_mouse(shown, monkeypatch):
    played = new()
    clock = iter([100.0, 106.0])
    monkeypatch.setattr(game.time, "monotonic", lambda: next(clock))
    assert all(button.disabled for button in played._buttons) and not played._screen.value
    played._buttons[0].click()  # before the start nothing counts
    assert played.answered == []
    played._begin.click()
    screens = [bytes(played._screen.value)]
    for button in (0, 0, 1):
        assert not played.played
        played._buttons[button].click()
        screens.append(bytes(played._screen.value))
    assert len(set(screens)) == 3  # the last picture stays
    assert played.played and played.right == [True, False, True] and played.seconds == 2.0
    assert "2 of 3 are right. 2.0 seconds each." in played._told.value
    played._buttons[0].click()  # a second click that came too late
    assert played.answered == [0, 0, 1]


def test_played_by_keyboard_without_a_clock(shown):
    played = new()
    assert played._keys.disabled
    played._clock.value = False
    played.start()
    for key in ("1", "9", "x", "ㅂ", "2", "0", "²"):  # what is no choice is no answer
        type_in(played, key)
        assert played._keys.value == ""
    assert played.answered == [0, 1]
    type_in(played, "22")  # two at once, of which one is left to answer
    assert played.right == [True, True, True] and played.seconds is None
    assert "seconds" not in played._told.value


def test_it_can_be_played_again_and_speaks_the_language(shown):
    played = new()
    for wanted in (3, 1):
        played.start()
        type_in(played, "122" if wanted == 3 else "111")
        assert sum(played.right) == wanted
    lang.set_language("ko")
    assert "3장 가운데 1장을 맞혔습니다." in played._told.value
    assert played._buttons[0].description == "1 ↑ 위" and "어디?" in played._question.value
    lang.set_language("en")
    assert "1 of 3" in played._told.value and played._buttons[1].description == "2 ↓ down"


def test_answers_are_there_after_a_restart_if_the_items_are_the_same(shown, learner):
    first = new()
    first.start()
    type_in(first, "12")
    assert new().answered == []  # half a game is none
    type_in(first, "1")
    again = new()
    assert again.answered == [0, 1, 0] and again.played and again.seconds == first.seconds
    assert "2 of 3" in again._told.value
    assert not new(PICTURES.flip(0)).played


def test_against_the_network(shown, capsys):
    played, network = new(), torch.tensor([True, False, False])
    more = torch.tensor([True] * 3 + [False])
    assert played.against(network, more=more) is None
    told = capsys.readouterr().out
    assert "–" in told and "1 / 3" in told and "75.0%" in told and "not played" in told
    played.start()
    type_in(played, "121")  # the last one is missed by both
    missed = played.against(network, more=more)
    assert "2 / 3" in capsys.readouterr().out
    assert len(pictures(missed.html())) == 1
    assert "down" in missed.description
    type_in(played, "")
    played.start()
    type_in(played, "122")
    assert played.against(network, more=more) is None  # nothing that both missed


def test_the_still_shows_pictures_and_no_score(shown):
    new()
    still = shown[0]["text/html"]
    assert len(pictures(still)) == 3
    assert "↑ 위" in lang.only(still, "ko") and "↓ down" in lang.only(still, "en")
    assert "맞혔" not in still and "right" not in still


def test_more_than_ten_choices_have_no_digits(shown):
    with pytest.raises(ValueError) as error:
        game.Game("a.b", PICTURES, torch.zeros(3), CHOICES * 6, ko="?", en="?")
    assert_bilingual(str(error.value))
