import torch

from course_utils import lang, runtime
from course_utils.widgets import games


def predicted(shown):
    return games.RowPrediction({"kind": ("종류", "kind"), "hue": ("색조", "hue"), "x": ("x", "x")})


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
    game = games.LabellingGame(images, torch.tensor([0, 1, 1]), ["cat", "dog"], default=3.0)
    start, screen, buttons, told = game.box.children
    return game, start, screen, buttons.children, told


def test_game_is_unplayed_until_the_last_label(shown, monkeypatch):
    game, start, screen, (cat, dog), told = labelled(shown)
    assert (game.seconds, game.played) == (3.0, False)
    assert cat.disabled and dog.disabled and not screen.value
    clock = iter([100.0, 106.0])
    monkeypatch.setattr(games.time, "monotonic", lambda: next(clock))
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
    assert shown[0]["text/html"].count('<img alt="레이블을 달 사진 ‖ photograph to label"') == 3
