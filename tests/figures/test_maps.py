import pytest
from matplotlib.colors import to_rgba

from course_utils import lang
from course_utils.figures import maps
from tests.oracles import assert_bilingual

VALUES = {
    "random weights": {"kind": [0.3, 0.34], "x": [0.7, 0.7], "hue": [0.6, 0.6]},
    "ours": {"kind": [0.8, 0.9], "x": [0.7, 0.7], "hue": [0.1, 0.1]},
    "pixels": {"hue": [0.5]},
}


def cells(figure):
    """Colour of every cell, in the order they were drawn."""
    return [patch.get_facecolor() for patch in figure.drawing("en").axes[0].patches]


def test_a_cell_is_blue_where_a_factor_became_easier_and_red_where_harder():
    kind, x, hue, our_kind, our_x, our_hue, pixels_hue = cells(maps.factor_map(VALUES))
    assert kind == x == hue == our_x == to_rgba("white")
    for color, stronger in ((our_kind, 2), (our_hue, 0), (pixels_hue, 0)):
        assert color[stronger] == max(color[:3]) and color[2 - stronger] < 1
    # Nearer the floor means paler.
    assert pixels_hue[2] > our_hue[2]


def test_every_mean_and_spread_is_written_and_a_single_seed_has_none():
    texts = [text.get_text() for text in maps.factor_map(VALUES).drawing("en").axes[0].texts]
    assert {"0.32", "0.85", "± 0.03", "± 0.07", "0.50"} <= set(texts)
    assert sum(text.startswith("±") for text in texts) == 6


def test_groups_that_are_there_are_named():
    texts = [text.get_text() for text in maps.factor_map(VALUES).drawing("en").axes[0].texts]
    assert "what" in texts and "color" in texts and "light" not in texts


@pytest.mark.parametrize("language", ["ko", "en"])
def test_it_is_told_in_words(language):
    lang.set_language(language)
    told = maps.factor_map(VALUES).description
    wanted = {
        "ko": "ours: 종류 0.85, 가로 위치 0.70, 색조 0.10",
        "en": "ours: kind 0.85, x 0.70, hue 0.10",
    }
    assert wanted[language] in told
    assert ("결정 계수" in told) == (language == "ko")


def test_an_unknown_factor_is_an_error():
    with pytest.raises(ValueError, match="smell") as error:
        maps.factor_map({"random weights": {"smell": [0.1]}})
    assert_bilingual(str(error.value))
