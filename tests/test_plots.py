import io

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from PIL import Image

from course_utils import lang, plots, runtime
from course_utils.train import History

PICTURES = torch.randint(256, (6, 3, 8, 8), dtype=torch.uint8, generator=runtime.generator(0))


def drawn(name):
    history = History([100, 200, 300], {"loss": [3.0, 2.0, 1.0], "accuracy": [0.2, 0.4, 0.6]})
    return {
        "picture_grid": lambda: plots.picture_grid(PICTURES, columns=4, titles=list("abcdef")),
        "training_curve": lambda: plots.training_curve(history, metric="accuracy", chance=0.25),
        "accuracy_bars": lambda: plots.accuracy_bars(
            {"many": {"floor": 0.5, "ours": 0.625}, "few": {"floor": 0.3, "ours": 0.4}},
            chance=0.1,
            spread={"few": {"floor": 0.01, "ours": 0.02}},
        ),
        "confusion": lambda: plots.confusion(torch.tensor([[9, 1], [2, 8]]), names=["x", "y"]),
        "bars_per_picture": lambda: plots.bars_per_picture(
            PICTURES[:3], torch.eye(4)[:3], names=list("0123"), right=[0, 1, 1]
        ),
        "curves": lambda: plots.curves(
            {"ours": {100: [0.3, 0.4], 1000: [0.6]}, "floor": {100: [0.1], 1000: [0.2]}},
            x_label="labels",
            y_label="accuracy",
            chance=0.1,
        ),
        "heat": lambda: plots.heat(
            {"floor": {"kind": 0.2, "hue": -0.1}, "ours": {"kind": 0.9, "hue": 0.5}},
            spread={"ours": {"kind": 0.01}},
        ),
        "changes": lambda: plots.changes({"less": [-0.02, -0.04], "more": [0.01]}, x_label="gain"),
        "choices": lambda: plots.choices({"yes": 0.75, "no": 0.25}, right="yes", title="who?"),
    }[name]()


ALL = {
    "picture_grid": ("6 pictures in 4 columns", "a; b"),
    "training_curve": ("accuracy 0.20", "accuracy 0.60", "300 pictures"),
    "accuracy_bars": ("ours 62.5%", "floor 30.0%"),
    "confusion": ("x 90%", "y 80%"),
    "bars_per_picture": ("100%, 100%, 0%",),
    "curves": ("ours (100: 35.0%, 1,000: 60.0%)", "labels against accuracy"),
    "choices": ("who?", "yes 75%, no 25%", "The right one is yes"),
    "heat": ("floor: kind 0.20, hue -0.10", "ours: kind 0.90"),
}


@pytest.mark.parametrize("name", ALL)
def test_figures_are_opaque_and_say_what_they_show(name):
    data, metadata = drawn(name)._repr_mimebundle_()
    for words in ALL[name]:
        assert words in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"]
    import base64

    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    alpha = np.asarray(picture.convert("RGBA"))[:, :, 3]
    assert alpha.min() == 255
    assert np.asarray(picture.convert("L")).std() > 5  # something is drawn


@pytest.mark.parametrize("name", ALL)
def test_descriptions_follow_the_language(name):
    lang.set_language("ko")
    assert any("가" <= c <= "힣" for c in drawn(name).description)


def test_bars_have_the_heights_they_were_given():
    axes = drawn("accuracy_bars").axes[0]
    heights = [patch.get_height() for patch in axes.patches]
    assert heights == [0.5, 0.3, 0.625, 0.4]


def test_confusion_shows_shares_of_rows():
    image = drawn("confusion").axes[0].images[0].get_array()
    np.testing.assert_allclose(np.asarray(image), [[0.9, 0.1], [0.2, 0.8]], rtol=1e-6)


@pytest.mark.parametrize("installed", [False, True])
def test_korean_class_names_are_never_empty_boxes(monkeypatch, installed):
    """Drawn in a Hangul font where there is one, as question marks elsewhere; warnings are errors."""
    if installed and plots._hangul_font() is None:
        pytest.skip("no Hangul font on this machine")
    if not installed:
        monkeypatch.setattr(plots, "_hangul_font", lambda: None)
    figure = plots.picture_grid(PICTURES[:1], columns=1, titles=["고양이 cat"])
    assert figure.axes[0].get_title() == ("고양이 cat" if installed else "??? cat")
    assert "고양이" in figure.description
    figure._repr_mimebundle_()


def test_five_arms_are_five_bars():
    arms = {str(i): 0.1 * i for i in range(5)}
    assert len(plots.accuracy_bars({"all": arms}, chance=0.1).axes[0].patches) == 5


def test_figures_are_not_kept_in_pyplot():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    drawn("picture_grid")
    assert plt.get_fignums() == before


def test_heat_writes_every_number_and_its_spread():
    (axes,) = drawn("heat").axes
    words = [text.get_text() for text in axes.texts]
    assert {"0.20", "-0.10", "0.90", "0.50", "± 0.01"} == set(words)
    shades = axes.images[0].get_array()
    assert shades.tolist() == [[0.2, 0.0], [0.9, 0.5]]


def test_curves_show_every_seed():
    (axes,) = drawn("curves").axes
    dots = [tuple(line.get_ydata()) for line in axes.lines if line.get_linestyle() == "None"]
    assert (0.3, 0.4) in dots
    assert [t.get_text() for t in axes.get_xticklabels()] == ["100", "1,000"]


@pytest.mark.parametrize(
    "names",
    [
        list("abcd"),
        ["pixels", "random weights", "a", "b"],
        ["supervised from scratch", "a", "b", "c"],
    ],
)
def test_every_arm_has_its_own_color(names):
    assert len(set(plots._colors(names))) == len(names)
    assert plots._colors(["x", "random weights"])[1] == plots._colors(["random weights"])[0]


def test_bars_without_a_chance_level_claim_none():
    assert "Chance" not in plots.accuracy_bars({"g": {"a": 0.5}}).description


def test_the_right_word_is_green_and_the_others_gray():
    bars = plots.choices({"yes": 0.75, "no": 0.25}, right="yes").axes[0].patches
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [plots.GREEN, plots.GRAY]


def test_changes_draw_means_and_every_seed():
    axes = drawn("changes").axes[0]
    assert [round(bar.get_width(), 3) for bar in axes.patches] == [-0.03, 0.01]
    dots = [x for line in axes.lines[:2] for x in line.get_xdata()]
    assert dots == [-0.02, -0.04, 0.01]
    assert "less -3.0, more +1.0" in drawn("changes").description


@pytest.mark.parametrize(("chance", "told"), [(0.25, "25%"), (0.01, "1%"), (0.002, "0.2%")])
def test_a_chance_level_is_never_told_as_0(chance, told):
    figure = plots.accuracy_bars({"all": {"ours": 0.5}}, chance=chance)
    assert f"Chance is {told}." in figure.description


def test_charts_are_stored_with_few_colors_and_photographs_with_all():
    noise = torch.rand(4, 3, 32, 32, generator=runtime.generator(0))
    for figure, mode in ((drawn("curves"), "P"), (plots.picture_grid(noise, columns=2), "RGB")):
        stored = Image.open(io.BytesIO(plots.png(figure)))
        assert stored.mode == mode
        exact = io.BytesIO()
        figure.savefig(exact, format="png")
        difference = np.asarray(stored.convert("RGB"), int) - np.asarray(
            Image.open(exact).convert("RGB"), int
        )
        assert np.abs(difference).mean() < 0.03


def test_triplets_count_those_that_pull():
    near = torch.tensor([0.2, 0.4, 1.0, 0.1])
    far = {"random": torch.tensor([1.5, 0.8, 1.2, 0.5]), "hard": near.clone()}
    figure = plots.triplets(near, far, margin=0.5)
    assert [axes.get_title() for axes in figure.axes] == ["random: 75% pull", "hard: 100% pull"]
    assert (
        figure.axes[0].lines[-1].get_xydata().tolist()
        == torch.stack([near, far["random"]], 1).tolist()
    )
    assert "random 75%" in figure.description


def test_a_training_curve_without_chance_shows_none():
    history = History([10, 20], {"loss": [1.0, 0.5], "spread": [0.9, 0.1]})
    figure = plots.training_curve(history, metric="spread")
    assert not figure.axes[1].texts and "hance" not in figure.description


def test_a_quick_png_shows_the_same():
    slow, quick = (
        np.asarray(
            Image.open(io.BytesIO(plots.png(drawn("picture_grid"), quick=q))).convert("RGB"),
            np.int16,
        )
        for q in (False, True)
    )
    assert slow.shape == quick.shape and np.abs(slow - quick).mean() < 0.03  # but for the palette


@pytest.mark.parametrize("lowest", [0.11, 0.3])
def test_the_words_beside_the_chance_line_do_not_touch_the_axis(lowest):
    figure = plots.curves(
        {"a": {10: [lowest], 100: [0.8]}}, x_label="labels", y_label="accuracy", chance=0.1
    )
    figure.canvas.draw()
    (axes,) = figure.axes
    (words,) = axes.texts
    assert words.get_window_extent().y0 > axes.get_window_extent().y0 + 1
