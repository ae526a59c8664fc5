import pytest
import torch

from course_utils import lang
from course_utils.data import toyworld
from course_utils.lessons.colorization import limits
from course_utils.pretext import colorization
from course_utils.views.lab import lab_to_rgb
from course_utils.views.streams import to_bytes


@pytest.fixture(scope="module")
def pictures():
    return toyworld.stills(20, seed=4).images


def flat(a, b):
    """A picture of one colour."""
    lab = torch.tensor([60.0, a, b]).view(1, 3, 1, 1).expand(1, 3, 32, 32)
    return to_bytes(lab_to_rgb(lab))


def test_one_color_everywhere_leaves_its_distance_to_the_bin():
    exact = colorization.split_color(flat(14.0, -3.0) / 255)[1][0, :, 0, 0]
    assert limits.left_out(flat(14.0, -3.0), None, 4) == pytest.approx(0, abs=0.02)
    for side in (10, 40):
        wanted = (exact - side * (exact / side).round()).norm().item()
        assert limits.left_out(flat(14.0, -3.0), side, 4) == pytest.approx(wanted, abs=0.05)


def test_larger_bins_and_larger_places_leave_more_out(pictures):
    bins = [limits.left_out(pictures, side, 4) for side in (None, 10, 40)]
    places = [limits.left_out(pictures, 10, cell) for cell in (2, 4, 8)]
    assert bins == sorted(bins) and places == sorted(places)
    assert bins[0] < bins[2] and places[0] < places[2]


def test_jpeg_takes_more_of_color_where_pixels_share_it(pictures):
    whole, shared = (
        limits.jpeg_errors(pictures, quality=95, subsampling=name) for name in ("4:4:4", "4:2:0")
    )
    assert shared[1] > 1.2 * whole[1]
    assert shared[0] == pytest.approx(whole[0], rel=0.5)
    one = limits.jpeg_errors(flat(20.0, 20.0), quality=95, subsampling="4:2:0")
    assert max(one) < 1.5  # nothing but rounding is lost of a flat picture


def test_the_tables_hold_what_was_measured(pictures, capsys):
    lang.set_language("en")
    limits.bins_and_places(pictures)
    limits.jpeg(pictures)
    told = capsys.readouterr().out
    assert f"{limits.left_out(pictures, 20, 4):.1f}" in told and "261 bins of 10" in told
    assert "quality 75" in told
