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
