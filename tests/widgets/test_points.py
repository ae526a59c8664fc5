import math

import pytest
import torch

from course_utils import lang
from course_utils.exercises import progress
from course_utils.widgets import points
from course_utils.widgets.points import PointsGame

START = torch.tensor([0, 90, 180, 270])


def loss(angles, strangers):
    """How far partners are from each other; strangers take something off."""
    far = (1 - (angles[:2] - angles[2:]).cos()).sum().item()
    return far + (1.0 if strangers else 0.0)


def descend(angles, strangers):
    return torch.stack([angles, torch.tensor([0.0, math.pi / 2, 0.0, math.pi / 2])])


@pytest.fixture
def game(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress, "_writes", lambda: True)
    monkeypatch.setattr(points, "_PAUSE", 0)
    return lambda: PointsGame(
        "tests.circle", START, loss, descend, ko="놓으세요.", en="Place them."
    )


def test_turning_by_hand_counts_and_is_kept(game, capsys):
    played = game()
    assert played.best is None and [s.value for s in played.sliders] == START.tolist()
    played.sliders[2].value = 90
    assert played.best == pytest.approx(loss(played.angles, True))
    first = played.best
    played.sliders[2].value = 0  # better
    assert played.best < first
    lowest = played.best
    played.sliders[2].value = 180  # worse: the best stays
    assert played.best == lowest
    assert f"{lowest:.3f}" in played._told.value
    assert game().best == pytest.approx(lowest)  # there again after a restart


def test_what_is_not_done_by_hand_does_not_count(game):
    played = game()
    played.descend()
    assert [s.value for s in played.sliders] == [0, 90, 0, 90]
    played.again.click()
    assert [s.value for s in played.sliders] == START.tolist()
    played.strangers.value = False
    played.sliders[2].value = 0
    assert played.best is None


def test_the_screen_follows_the_points_and_the_strangers(game):
    played = game()
    before, told = played._screen.value, played._told.value
    played.sliders[0].value = 45
    assert played._screen.value != before
    told = played._told.value
    played.strangers.value = False
    assert played._told.value != told


def test_against_says_no_score_of_somebody_who_has_not_played(game, capsys):
    played = game()
    played.against()
    out = capsys.readouterr().out
    assert "not played" in out and "–" in out and "1.000" in out  # what descent reaches
    played.sliders[2].value = 0
    played.against()
    out = capsys.readouterr().out
    assert "not played" not in out and f"{played.best:.3f}" in out


def test_words_follow_the_language(game):
    played = game()
    lang.set_language("ko")
    assert "손실" in played._told.value and played.again.description == "처음 자리로"
    lang.set_language("en")
    assert "Loss" in played._told.value
