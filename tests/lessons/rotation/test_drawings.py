import io

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import runtime
from course_utils.figures import style
from course_utils.lessons.rotation import drawings


def colored(frame, color):
    """Where a colour lies on average, x and y in [-1, 1] from the middle; y points down."""
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    y, x = np.nonzero((np.abs(frame.astype(int) - wanted) < 12).all(2))
    return 2 * x.mean() / frame.shape[1] - 1, 2 * y.mean() / frame.shape[0] - 1


def test_arrows_drift_to_where_the_network_takes_the_top_to_be():
    truth = torch.arange(4).repeat_interleave(30)
    undecided = torch.full((120, 4), 0.25)
    sure = torch.eye(4)[truth]
    moving = drawings.compass(torch.stack([undecided, sure]), truth)
    with Image.open(io.BytesIO(moving.png)) as picture:
        frames = []
        for i in (1, 2):
            picture.seek(i)
            frames.append(np.asarray(picture.convert("RGB")))
    for color, (x, y) in zip((style.GREEN, style.PINK, style.SKY, style.ORANGE), ((0, -1), (-1, 0), (0, 1), (1, 0)), strict=True):  # fmt: skip
        start, end = (colored(frame, color) for frame in frames)
        assert np.abs(start).max() < 0.1
        assert np.allclose(end, (0.72 * x, 0.72 * y), atol=0.1)
    assert "100%" in moving._said["en"]


def test_a_network_that_is_wrong_is_seen_to_be():
    truth = torch.zeros(30, dtype=torch.int64)
    wrong = torch.eye(4)[truth + 2]
    moving = drawings.compass(torch.stack([wrong, wrong]), truth)
    with Image.open(io.BytesIO(moving.png)) as picture:
        x, y = colored(np.asarray(picture.convert("RGB")), style.GREEN)
    assert abs(x) < 0.1 and y > 0.6  # upright pictures, taken for upside down
    assert "0%" in moving._said["en"]


def test_worlds_are_shown_as_far_as_there_are_photographs():
    """A class may have two photographs of its own alone."""
    drawn = torch.randint(0, 256, (4, 3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))
    sheet = drawings.worlds(drawn[:2], {"random": drawn, "above": drawn})
    assert [len(row) for row in sheet._rows] == [2] * 5
    whole, four, sixteen, anywhere, above = sheet._rows
    gray = [(picture == 128).all(2).mean() for picture in (whole[0], four[0], sixteen[0])]
    assert gray[0] == pytest.approx(gray[1]) == pytest.approx(gray[2]) and gray[0] > 0.2
    assert (anywhere[0] == above[0]).all() and not (whole[0] == four[0]).all()
