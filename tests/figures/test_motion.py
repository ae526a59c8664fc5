import io

import numpy as np
from PIL import Image

from course_utils import lang
from course_utils.figures import motion, style


def moving_square(n=6):
    frames = []
    for i in range(n):
        frame = np.full((40, 60, 3), 255, np.uint8)
        frame[10:20, 5 * i : 5 * i + 10] = (180, 30, 20)
        frame[30:35] = (0, 60, 120)
        frames.append(frame)
    return frames


def decoded(file):
    """Every frame as a viewer shows it; where nothing moves, the first."""
    with Image.open(io.BytesIO(file)) as picture:
        seen = []
        for i in range(picture.n_frames):
            picture.seek(i)
            seen.append(np.asarray(picture.convert("RGB")))
        return seen


def test_a_viewer_sees_every_frame_as_it_was():
    frames = moving_square()
    still, *seen = decoded(motion.animated_png(frames))
    assert len(seen) == len(frames)
    for wanted, frame in zip((frames[-1], *frames), (still, *seen), strict=True):
        assert np.abs(wanted.astype(int) - frame).max() <= 2  # a palette's rounding
        assert (frame[0, 0] == 255).all()  # and white stays white


def test_what_stays_costs_nothing():
    frames = moving_square(20)
    rng = np.random.default_rng(0)
    ground = rng.integers(0, 60, (40, 60, 1), np.uint8).repeat(3, 2)
    busy = [np.where(f == 255, ground, f) for f in frames]
    one = len(motion.animated_png(busy[:2]))
    assert len(motion.animated_png(busy)) < 3 * one


def test_it_stops_after_some_rounds():
    with Image.open(io.BytesIO(motion.animated_png(moving_square(), rounds=3))) as picture:
        assert picture.info["loop"] == 3


def test_it_tells_what_moves_in_both_languages_and_is_stored_once():
    data, metadata = motion.Animation(moving_square(), ko="움직임", en="a move")._repr_mimebundle_()
    assert metadata == style.FIGURE and data["text/html"].count("<img") == 1
    assert 'alt="움직임"' in lang.only(data["text/html"], "ko")
    assert 'alt="a move"' in lang.only(data["text/html"], "en")
