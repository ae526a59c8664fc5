"""What every figure is: opaque, told in words, in the reader's language, stored small."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import lang, runtime
from course_utils.figures import grids, style, words
from tests.figures.examples import ALL, drawn


def pictures(markup):
    """Alt text and PNG of every picture in HTML, in order."""
    found = re.findall(r'<img alt="([^"]*)"[^>]*base64,([^"]+)"', markup)
    return [(told, Image.open(io.BytesIO(base64.b64decode(data)))) for told, data in found]


@pytest.mark.parametrize("name", ALL)
def test_figures_are_opaque_and_say_what_they_show(name):
    data, metadata = drawn(name)._repr_mimebundle_()
    for told in ALL[name]:
        assert told in data["text/plain"]
    assert metadata == style.FIGURE
    for _, picture in pictures(data["text/html"]):
        alpha = np.asarray(picture.convert("RGBA"))[:, :, 3]
        assert alpha.min() == 255
        assert np.asarray(picture.convert("L")).std() > 5  # something is drawn


@pytest.mark.parametrize("name", ALL)
def test_every_reader_sees_one_language(name):
    """Two marked pictures where words are drawn, one where there are none; descriptions likewise."""
    markup = drawn(name).html()
    for language, hangul in (("ko", True), ("en", False)):
        with lang.in_language(language):
            told = lang.text_of(lang.only(markup, language))
            assert drawn(name).description in told or name == "picture_grid"
            assert bool(re.search("[가-힣]", drawn(name).description)) == hangul
        assert hangul or not re.search("[가-힣]", told)
    n = [len(pictures(lang.only(markup, language))) for language in ("ko", "en")]
    assert n[0] == n[1] == (6 if name == "picture_grid" else 1)
    assert len(pictures(markup)) == (n[0] if name in ("picture_grid", "bars_per_picture") else 2)


def test_korean_is_drawn_korean_and_english_english():
    figure = drawn("accuracy_bars")
    for language, y_label, legend in (
        ("ko", "테스트 정확도", "학습하지 않은 인코더"),
        ("en", "test accuracy", "random weights"),
    ):
        (axes,) = figure.drawing(language).axes
        assert axes.get_ylabel() == y_label
        assert axes.get_legend().get_texts()[0].get_text() == legend


def test_the_language_of_a_drawing_is_not_that_of_the_page():
    lang.set_language("en")
    figure = drawn("curves")
    assert re.search("[가-힣]", figure.drawing("ko").description)
    assert lang.language() == "en" and not re.search("[가-힣]", figure.description)


def test_what_cannot_be_drawn_fails_where_it_is_asked_for():
    @style.drawn
    def broken():
        raise ValueError("no data")

    with pytest.raises(ValueError, match="no data"):
        broken()


def test_figures_are_not_kept_in_pyplot():
    import matplotlib.pyplot as plt

    before = plt.get_fignums(), plt.rcParams["font.family"]
    drawn("curves").html()
    assert (plt.get_fignums(), plt.rcParams["font.family"]) == before


@pytest.mark.parametrize(
    "names",
    [
        list("abcd"),
        ["pixels", "random weights", "a", "b"],
        ["supervised from scratch", "a", "b", "c"],
    ],
)
def test_every_arm_has_its_own_color(names):
    assert len(set(style.colors_of(names))) == len(names)
    assert style.colors_of(["x", "random weights"])[1] == style.colors_of(["random weights"])[0]


def test_charts_are_stored_with_few_colors_and_pictures_with_all():
    noise = torch.rand(8, 3, 32, 32, generator=runtime.generator(0))
    shares = torch.full((8, 4), 0.25)
    photographs = grids.bars_per_picture(noise, shares, names=list("0123"), right=[0] * 8)
    for figure, mode in ((drawn("curves"), "P"), (photographs, "RGB")):
        stored = Image.open(io.BytesIO(figure.png("en")))
        assert stored.mode == mode
        exact = io.BytesIO()
        with style._fonts():
            figure.drawing("en").savefig(exact, format="png")
        difference = np.asarray(stored.convert("RGB"), int) - np.asarray(
            Image.open(exact).convert("RGB"), int
        )
        assert np.abs(difference).mean() < 0.03


def test_a_quick_png_shows_the_same():
    lang.set_language("en")
    figure = drawn("curves")
    slow = np.asarray(pictures(lang.only(figure.html(), "en"))[0][1].convert("RGB"), np.int16)
    quick = Image.open(io.BytesIO(figure.quick_png())).convert("RGB")
    assert slow.shape == np.asarray(quick).shape
    assert np.abs(slow - np.asarray(quick)).mean() < 0.03  # but for the palette


# ------------------------------------------------------------ Hangul


def test_the_course_s_own_font_has_the_usual_syllables():
    usual = [chr(c) for c in range(0xAC00, 0xD7A4) if len(chr(c).encode("euc_kr", "ignore")) == 2]
    assert len(usual) == 2350
    own = style.font_manager.get_font(style._own_font()).get_charmap()
    assert [c for c in usual if ord(c) not in own] == []
    assert "Nanum" not in style.font_manager.get_font(style._own_font()).family_name


@pytest.fixture
def only_the_own_font(monkeypatch):
    """As on a machine without another Hangul font: Colab."""
    monkeypatch.setattr(style, "OTHER_HANGUL", ())
    style._families.cache_clear()
    style._syllables.cache_clear()
    yield
    style._families.cache_clear()
    style._syllables.cache_clear()


def test_a_reader_s_own_class_names_are_drawn(only_the_own_font):
    """Warnings of missing glyphs are errors here; a syllable that is rare shows a question mark."""
    figure = drawn_bars({"고양이 cat": 0.5, "뷁": 0.2})
    labels = [label.get_text() for label in figure.drawing("ko").axes[0].get_xticklabels()]
    assert labels == ["고양이 cat", "?"]
    figure.html()


def drawn_bars(group):
    from course_utils.figures import charts

    return charts.accuracy_bars({name: {"ours": value} for name, value in group.items()})


def test_names_of_the_course_have_both_languages():
    assert words.name("cat") == ("고양이", "cat")
    assert words.name(("가", "a")) == ("가", "a")
    assert words.name("내 사진") == ("내 사진", "내 사진")
    with lang.in_language("ko"):
        assert words.words(["truck", ("가", "a")]) == ["트럭", "가"]


def test_what_stands_after_a_comma_changes_no_color():
    names = ["a", ("학습하지 않음, 500개", "random weights, 500"), "b", "random weights"]
    a, floor, b, same = style.colors_of(names)
    assert floor == same == style.colors_of(["random weights"])[0]
    assert len({a, b, floor}) == 3
