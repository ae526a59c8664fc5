import torch

from course_utils import lang, runtime
from course_utils.lessons.rotation import upright
from tests.widgets.conftest import shown  # noqa: F401


def bright_top(n):
    pictures = torch.zeros(n, 3, 8, 8, dtype=torch.uint8)
    pictures[:, :, :2] = 255
    return pictures


def test_the_right_answer_is_where_the_top_is(shown):  # noqa: F811
    turns = torch.tensor([0, 1, 2, 3])
    pictures = upright.turned(bright_top(4), turns)
    sides = {"top": (slice(2), slice(None)), "left": (slice(None), slice(2)),
             "bottom": (slice(-2, None), slice(None)), "right": (slice(None), slice(-2, None))}  # fmt: skip
    played = upright.game("rotation.turned", bright_top(4), turns)
    played.start()
    for picture, turn in zip(pictures, turns.tolist(), strict=True):
        rows, columns = sides[upright.TOPS[turn].en]
        assert (picture[:, rows, columns] == 255).all()
        played.answer(turn)
    assert played.right == [True] * 4


def test_its_words_are_in_both_languages(shown):  # noqa: F811
    upright.game(
        "rotation.turned", bright_top(3), torch.randint(4, (3,), generator=runtime.generator(0))
    )
    still = shown[0]["text/html"]
    assert "위쪽" in lang.only(still, "ko") and "Where is the top" in lang.only(still, "en")
