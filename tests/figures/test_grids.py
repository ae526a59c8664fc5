import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from course_utils import lang, runtime
from course_utils.figures import grids, style
from tests.figures.examples import PICTURES, drawn
from tests.figures.test_style import pictures


def test_bar_and_name_of_the_truth_are_green():
    for axes, right in zip(
        drawn("bars_per_picture").drawing("en").axes[3:], (0, 1, 1), strict=True
    ):
        bars = [to_hex(bar.get_facecolor()).upper() for bar in axes.patches]
        assert bars == [style.GREEN if k == right else style.GRAY for k in range(4)]
        names = [name.get_color() for name in axes.get_xticklabels()]
        assert [k for k, color in enumerate(names) if color == style.GREEN] == [right]


def test_photographs_are_stored_exactly_and_once_with_their_words_beside_them():
    sheet = grids.picture_grid(PICTURES, columns=3, titles=["cat", "dog", "a", "b", "0°\ncat", "f"])
    markup = sheet.html()
    shown = pictures(markup)
    assert len(shown) == len(PICTURES)
    for (_, picture), pixels in zip(shown, PICTURES, strict=True):
        times = picture.width // 8
        assert times > 1
        small = np.asarray(picture.convert("RGB"))[::times, ::times]
        assert np.array_equal(small, pixels.permute(1, 2, 0).numpy())
    korean = lang.text_of(lang.only(markup, "ko"))
    assert "고양이" in korean and "cat" not in korean
    assert "0°\n고양이" in korean
    assert markup.count("<tr") == 2


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_without_words_all_photographs_are_one_picture(dtype):
    images = PICTURES if dtype == torch.uint8 else PICTURES.float() / 255
    ((told, picture),) = pictures(grids.picture_grid(images, columns=4, width=2).html())
    times = (picture.width - 3 * 4) // 4 // 8
    pixels = np.asarray(picture.convert("RGB"))
    at = 8 * times + 4  # a picture and the gap beside it
    for i, wanted in enumerate(PICTURES):
        top, left = at * (i // 4), at * (i % 4)
        seen = pixels[top : top + 8 * times : times, left : left + 8 * times : times]
        assert np.array_equal(seen, wanted.permute(1, 2, 0).numpy())
    assert "6장" in told and "6 pictures" in told


def test_rows_are_named_in_both_languages():
    sheet = grids.picture_grid(PICTURES, columns=3, row_labels=["pixels", ("내 것", "mine")])
    for language, names in (("ko", ("픽셀", "내 것")), ("en", ("pixels", "mine"))):
        text = lang.text_of(lang.only(sheet.html(), language))
        with lang.in_language(language):
            assert all(name in text and name in sheet.description for name in names)
    assert len(pictures(sheet.html())) == 2


def test_a_name_is_shown_as_it_is_written():
    sheet = grids.picture_grid(PICTURES[:1], columns=1, titles=["<b>&고양이"])
    assert "&lt;b&gt;&amp;고양이" in sheet.html()


def test_large_pictures_are_not_made_larger():
    large = torch.randint(256, (2, 3, 300, 300), dtype=torch.uint8, generator=runtime.generator(0))
    ((_, picture),) = pictures(grids.picture_grid(large, columns=2, width=4).html())
    assert picture.height == 300
