import io

import numpy as np
import pytest
from PIL import Image

from course_utils.lessons.contrastive import collapse_findings, drawings


def effects(*values):
    return {s: (v, v - 0.01, v + 0.01) for s, v in zip((0.0, 0.25, 0.5, 1.0), values, strict=True)}


def test_the_dial_tells_its_gains_in_both_languages():
    gains = {"CIFAR-10": effects(-0.03, 0.035, 0.02, -0.02)}
    found = {"CIFAR-10": {"color histogram": effects(0.97, 0.6, 0.4, 0.25)}}
    picture = drawings.dial(gains, found)
    for language in ("ko", "en"):
        assert "¼: +3.5" in picture.drawing(language).description
    above, below = picture.drawing("en").axes
    assert next(line.get_ydata()[1] for line in above.lines) == pytest.approx(0.035)
    assert below.get_ylim()[0] == 0  # shares begin at zero


def test_points_stand_where_the_trace_says():
    """One goes to the right, one stays: two looks, a column a method, two rows."""
    trace = {"x_00_00": 0.0, "y_00_00": 0.0, "x_01_00": 0.2, "y_01_00": 0.0}
    still = dict.fromkeys(trace, 0.0)
    traces = {("A", False): trace, ("A", True): still}
    with Image.open(io.BytesIO(drawings.clouds(traces).png)) as file:
        seen = []
        for k in range(1, file.n_frames):
            file.seek(k)
            seen.append(np.asarray(file.convert("RGB")))
    first, last = (frame.min(2) < 170 for frame in (seen[0], seen[-1]))
    size = len(first) // 2
    assert first.shape == (2 * size, size)
    assert np.array_equal(first[size:], last[size:])  # below nothing moves
    columns = [np.nonzero(x[: size - 8, 8:-8])[1].mean() for x in (first, last)]
    assert columns[1] > columns[0] + 20


def test_the_recorded_clouds_are_small_and_move():
    animation = collapse_findings.fallen()
    with Image.open(io.BytesIO(animation.png)) as file:
        assert file.n_frames >= collapse_findings.LOOKS
    assert len(animation.png) < 150_000
