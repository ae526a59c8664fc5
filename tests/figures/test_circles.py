import math

import numpy as np
import pytest
import torch

from course_utils.figures import circles


def ink(picture, near, radius=20):
    """How many pixels around a place (x, y) are not white."""
    x, y = near
    part = picture[max(0, y - radius) : y + radius, max(0, x - radius) : x + radius].astype(int)
    return int((part.min(2) < 200).sum())


def test_points_stand_where_their_angles_say():
    """0 is at the right, a quarter turn above: counter-clockwise."""
    picture = circles.board(torch.tensor([0.0, math.pi / 2]), side=320)
    assert picture.shape == (320, 320, 3) and picture.dtype == np.uint8
    middle, radius = 160, int(0.42 * 320)
    places = {
        "right": (middle + radius, middle), "top": (middle, middle - radius),
        "left": (middle - radius, middle), "bottom": (middle, middle + radius),
    }  # fmt: skip
    seen = {name: ink(picture, place) for name, place in places.items()}
    assert min(seen["right"], seen["top"]) > 2 * max(seen["left"], seen["bottom"])


def test_the_first_view_is_filled_and_the_second_hollow():
    picture = circles.board(torch.tensor([0.0, math.pi]), side=320)
    filled, hollow = ((160 + int(s * 0.42 * 320), 160) for s in (1, -1))
    assert picture[filled[1], filled[0]].min() < 200
    assert picture[hollow[1] + 3, hollow[0]].min() > 200


@pytest.mark.parametrize("pair", range(4))
def test_pairs_have_signs_of_their_own(pair):
    assert circles.sign(pair) not in [circles.sign(i) for i in range(pair)]
