import pytest
from matplotlib.colors import to_hex

from course_utils.figures import grids, style
from tests.figures.examples import PICTURES, drawn


@pytest.mark.parametrize("installed", [False, True])
def test_korean_class_names_are_never_empty_boxes(monkeypatch, installed):
    """Drawn in a Hangul font where there is one, as question marks elsewhere; warnings are errors."""
    if installed and style._hangul_font() is None:
        pytest.skip("no Hangul font on this machine")
    if not installed:
        monkeypatch.setattr(style, "_hangul_font", lambda: None)
    figure = grids.picture_grid(PICTURES[:1], columns=1, titles=["고양이 cat"])
    assert figure.axes[0].get_title() == ("고양이 cat" if installed else "??? cat")
    assert "고양이" in figure.description
    figure._repr_mimebundle_()


def test_bar_and_name_of_the_truth_are_green():
    for axes, right in zip(drawn("bars_per_picture").axes[3:], (0, 1, 1), strict=True):
        bars = [to_hex(bar.get_facecolor()).upper() for bar in axes.patches]
        assert bars == [style.GREEN if k == right else style.GRAY for k in range(4)]
        names = [name.get_color() for name in axes.get_xticklabels()]
        assert [k for k, color in enumerate(names) if color == style.GREEN] == [right]
