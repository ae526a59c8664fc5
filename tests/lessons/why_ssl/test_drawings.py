import io

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import runtime
from course_utils.lessons.why_ssl import drawings
from tests.oracles import assert_bilingual

PICTURE = torch.randint(256, (3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))
SENTENCE = "an owl sees two eagles today".split()


def pixels(figure):
    return np.array(Image.open(io.BytesIO(figure.png("en"))).convert("RGBA"))


def test_every_way_of_hiding_gives_another_picture():
    drawn = [pixels(drawings.hidden_part(PICTURE, p, sentence=SENTENCE)) for p in drawings.HIDDEN]
    assert len({image.tobytes() for image in drawn}) == len(drawings.HIDDEN)
    assert all((image[..., 3] == 255).all() for image in drawn)


def shown(part):
    """What the left and the right panel hold, float ``(32, 32, 3)`` in [0, 1]."""
    axes = drawings.hidden_part(PICTURE, part, sentence=SENTENCE).drawing("en").axes
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


def test_a_word_is_a_hole_in_the_sentence_and_a_frame_moves_on():
    (axes,) = drawings.hidden_part(PICTURE, "word", sentence=SENTENCE).drawing("en").axes
    row = [text.get_text() for text in axes.texts if text.get_position()[1] > 0.5]
    assert row == ["an", "owl", "sees", "two", "?", "today"]
    assert "eagles" in [text.get_text() for text in axes.texts]
    image = PICTURE.permute(1, 2, 0).numpy() / 255
    for i, frame in enumerate(shown("next frame")):
        np.testing.assert_allclose(frame, image[5:25, 4 * i : 4 * i + 20])


@pytest.mark.parametrize("part", ["bottom", ""])
def test_unknown_part_is_an_error(part):
    with pytest.raises(ValueError) as error:
        drawings.hidden_part(PICTURE, part, sentence=SENTENCE)
    assert_bilingual(str(error.value))


def test_scores_stand_above_a_line_of_their_own():
    scores = {("가", "a"): torch.tensor([0.6, 0.62]), ("나", "b"): torch.tensor([0.55, 0.57])}
    rotations = {name: values + 0.3 for name, values in scores.items()}
    chance, floor = (("우연", "chance"), 0.25), (("바닥", "floor"), 0.5)
    picture = drawings.applicants({"one": (rotations, chance), "two": (scores, floor)})
    left, right = picture.drawing("en").axes
    assert left.get_ylim()[0] < 0.25 < left.get_ylim()[1]
    assert 0.4 < right.get_ylim()[0] < 0.5  # near its line: an axis of its own
    below = {name: values - 0.1 for name, values in scores.items()}  # b is now under the line
    (axes,) = drawings.applicants({"one": (below, floor)}).drawing("en").axes
    assert axes.get_ylim()[0] < 0.45
    assert "two, a 61.0%" in picture.drawing("en").description
    assert "바닥 50.0%" in picture.drawing("ko").description
