import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import drawings, runtime
from tests.oracles import assert_bilingual

PICTURE = torch.randint(256, (3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))
SENTENCE = "an owl sees two eagles today".split()


def pixels(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return np.array(Image.open(file).convert("RGBA"))


def test_every_way_of_hiding_gives_another_picture():
    drawn = [pixels(drawings.hidden_part(PICTURE, p, sentence=SENTENCE)) for p in drawings.HIDDEN]
    assert len({image.tobytes() for image in drawn}) == len(drawings.HIDDEN)
    assert all((image[..., 3] == 255).all() for image in drawn)


def shown(part):
    """What the left and the right panel hold, float ``(32, 32, 3)`` in [0, 1]."""
    axes = drawings.hidden_part(PICTURE, part, sentence=SENTENCE).axes
    return [np.asarray(a.images[0].get_array()) for a in axes if a.images]


def test_given_and_wanted_together_are_the_picture():
    image = PICTURE.permute(1, 2, 0).numpy() / 255
    for part, hole in {
        "top": np.s_[:16, :], "left": np.s_[:, :16], "center": np.s_[8:24, 8:24],
    }.items():  # fmt: skip
        given, wanted = shown(part)
        hidden = np.zeros((32, 32), bool)
        hidden[hole] = True
        np.testing.assert_allclose(wanted[hidden], image[hidden])
        np.testing.assert_allclose(given[~hidden], image[~hidden])
        assert len(np.unique(given[hidden])) == 1
        assert len(np.unique(wanted[~hidden])) == 1
    given, wanted = shown("color")
    np.testing.assert_allclose(given[..., 0], given[..., 2])
    np.testing.assert_allclose(wanted, image)


def test_map_names_every_lesson_and_fills_those_that_are_written():
    figure = drawings.course_map(drawings.WRITTEN)
    texts = {t.get_text()[:2]: t for t in figure.axes[0].texts}
    numbers = [f"{n:02}" for n in range(1, 13)]
    assert set(numbers) <= set(texts)
    for number in numbers:
        filled = texts[number].get_color() == "white"
        assert filled == (number in drawings.WRITTEN)
        assert number in figure.description


def test_map_has_every_arrow_and_says_why():
    figure = drawings.course_map(drawings.WRITTEN)
    for start, end, why in drawings.LEADS_TO:
        assert f"{start}→{end}" in figure.description
        assert why in figure.description
    arrows = [text for text in figure.axes[0].texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == len(drawings.LEADS_TO) + 5  # and one to each lesson on images


def test_a_word_is_a_hole_in_the_sentence_and_a_frame_moves_on():
    (axes,) = drawings.hidden_part(PICTURE, "word", sentence=SENTENCE).axes
    row = [text.get_text() for text in axes.texts if text.get_position()[1] > 0.5]
    assert row == ["an", "owl", "sees", "two", "?", "today"]
    assert "eagles" in [text.get_text() for text in axes.texts]
    image = PICTURE.permute(1, 2, 0).numpy() / 255
    for i, frame in enumerate(shown("next frame")):
        np.testing.assert_allclose(frame, image[5:25, 4 * i : 4 * i + 20])


def test_written_lessons_are_those_in_the_folder():
    from pathlib import Path

    folder = Path(__file__).parents[1] / "notebooks"
    there = {re.match(r"\d\d", p.name)[0] for p in folder.glob("[0-9]*.ipynb")}
    assert set(drawings.WRITTEN) == there


@pytest.mark.parametrize("part", ["bottom", ""])
def test_unknown_part_is_an_error(part):
    with pytest.raises(ValueError) as error:
        drawings.hidden_part(PICTURE, part, sentence=SENTENCE)
    assert_bilingual(str(error.value))


def test_windows_lie_where_they_were_asked_for():
    pictures = [torch.zeros(3, 20, 30), torch.rand(20, 30)]
    figure = drawings.windows(pictures, [[(2, 5, 8)], []], titles=["photo", "energy"])
    left, right = figure.axes
    for patch in left.patches:  # a white line on a black one
        assert (patch.get_y(), patch.get_x(), patch.get_width(), patch.get_height()) == (2, 5, 8, 8)
    assert len(left.patches) == 2 and not right.patches
    assert "photo (1)" in figure.description


def test_outlines_show_each_window_with_its_first_side_thick():
    square = torch.tensor([[2.0, 8, 8, 2], [3, 3, 9, 9]])
    figure = drawings.outlines(torch.zeros(3, 20, 30), [square], torch.rand(1, 3, 6, 6))
    whole, first = figure.axes[0].lines
    assert list(whole.get_xdata()) == [2, 8, 8, 2, 2]
    assert (list(first.get_xdata()), list(first.get_ydata())) == ([2, 8], [3, 3])
    assert first.get_linewidth() > whole.get_linewidth()
    assert len(figure.axes) == 2


def test_scenes_draw_boxes_points_and_paths_on_their_frame():
    frames = [torch.zeros(3, 30, 40, dtype=torch.uint8)] * 3
    figure = drawings.scenes(
        frames,
        boxes=[
            torch.tensor([[1.0, 2, 5, 8]]),
            torch.zeros(0, 4),
            torch.tensor([[0.0, 0, 9, 9]] * 2),
        ],
        points=[torch.tensor([[3.0, 4.0]]), torch.zeros(0, 2), torch.zeros(0, 2)],
        paths=[[], [torch.tensor([[0.0, 0], [5, 5]])], []],
        titles=["a", "b", "c"],
    )
    first, second, third, empty = figure.axes
    assert [len(axes.patches) for axes in figure.axes] == [2, 0, 4, 0]  # white on black
    box = first.patches[0]
    assert (box.get_x(), box.get_y(), box.get_width(), box.get_height()) == (1, 2, 4, 6)
    assert first.lines[0].get_xdata().tolist() == [3] and second.lines[-1].get_ydata().tolist() == [
        0,
        5,
    ]
    assert not empty.images and len(third.images) == 1
    assert "a (1); b (0); c (2)" in figure.description
