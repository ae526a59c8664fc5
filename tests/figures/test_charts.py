import itertools

import pytest
from matplotlib.colors import to_hex

from course_utils.figures import charts, style
from course_utils.train import History
from tests.figures.examples import drawn


def test_bars_have_the_heights_they_were_given():
    axes = drawn("accuracy_bars").drawing("en").axes[0]
    heights = [patch.get_height() for patch in axes.patches]
    assert heights == [0.5, 0.3, 0.625, 0.4]


def test_five_arms_are_five_bars():
    arms = {str(i): 0.1 * i for i in range(5)}
    assert len(charts.accuracy_bars({"all": arms}, chance=0.1).drawing("en").axes[0].patches) == 5


def test_curves_show_every_seed():
    (axes,) = drawn("curves").drawing("en").axes
    dots = [tuple(line.get_ydata()) for line in axes.lines if line.get_linestyle() == "None"]
    assert (0.3, 0.4) in dots
    assert [t.get_text() for t in axes.get_xticklabels()] == ["100", "1,000"]


def test_bars_without_a_chance_level_claim_none():
    assert "Chance" not in charts.accuracy_bars({"g": {"a": 0.5}}).description


def test_the_right_word_is_green_and_the_others_gray():
    bars = charts.choices({"yes": 0.75, "no": 0.25}, right="yes").drawing("en").axes[0].patches
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [style.GREEN, style.GRAY]


def test_changes_draw_means_and_every_seed():
    axes = drawn("changes").drawing("en").axes[0]
    assert [round(bar.get_width(), 3) for bar in axes.patches] == [-0.03, 0.01]
    dots = [x for line in axes.lines[:2] for x in line.get_xdata()]
    assert dots == [-0.02, -0.04, 0.01]
    assert "less -3.0, more +1.0" in drawn("changes").description


@pytest.mark.parametrize(("chance", "told"), [(0.25, "25%"), (0.01, "1%"), (0.002, "0.2%")])
def test_a_chance_level_is_never_told_as_0(chance, told):
    figure = charts.accuracy_bars({"all": {"ours": 0.5}}, chance=chance)
    assert f"Chance: {told}." in figure.description


def test_a_training_curve_without_chance_shows_none():
    history = History([10, 20], {"loss": [1.0, 0.5], "spread": [0.9, 0.1]})
    figure = charts.training_curve(history, metric="spread")
    assert not figure.drawing("en").axes[1].texts and "hance" not in figure.description


@pytest.mark.parametrize("lowest", [0.11, 0.3])
def test_the_words_beside_the_chance_line_do_not_touch_the_axis(lowest):
    figure = charts.curves(
        {"a": {10: [lowest], 100: [0.8]}}, x_label="labels", y_label="accuracy", chance=0.1
    )
    figure = figure.drawing("en")
    figure.canvas.draw()
    (axes,) = figure.axes
    (words,) = (text for text in axes.texts if "chance" in text.get_text())
    assert words.get_window_extent().y0 > axes.get_window_extent().y0 + 1


def test_curves_are_named_at_their_ends_and_names_do_not_touch():
    series = {name: {10: [0.3], 100: [0.8 + 0.001 * i]} for i, name in enumerate("abc")}
    figure = charts.curves(series, x_label="labels", y_label="accuracy").drawing("en")
    figure.canvas.draw()
    (axes,) = figure.axes
    assert axes.get_legend() is None
    boxes = sorted(text.get_window_extent().extents.tolist() for text in axes.texts)
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c"]
    heights = sorted((low, high) for _, low, _, high in boxes)
    assert all(high < low for (_, high), (low, _) in itertools.pairwise(heights))
