"""The colours of the figures: readable on white, and told apart with every kind of colour blindness."""

import itertools
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from course_utils.figures import heatmaps, style

NAMES = ("BLUE", "ORANGE", "GREEN", "RED", "GRAY", "PINK", "SKY")
COLORS = {name: getattr(style, name) for name in NAMES}
PACKAGE = Path(style.__file__).parents[1]
# Machado, Oliveira & Fernandes (2009), severity 1.0, in linear RGB.
SEEN = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(color):
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast_with_white(color):
    """Contrast ratio of WCAG 2, 1 to 21."""
    return 1.05 / (linear(color) @ [0.2126, 0.7152, 0.0722] + 0.05)


def lab(color, seen):
    light = np.clip(seen @ linear(color), 0, 1)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return rgb2lab(coded)


def nearest(colors, seen):
    return min(
        float(deltaE_ciede2000(lab(a, seen), lab(b, seen)))
        for a, b in itertools.combinations(colors, 2)
    )


@pytest.mark.parametrize("name", NAMES)
def test_stands_out_from_white(name):
    assert contrast_with_white(COLORS[name]) >= 3


@pytest.mark.parametrize("who", SEEN)
def test_any_two_can_be_told_apart(who):
    assert nearest(COLORS.values(), SEEN[who]) >= 15


def test_the_measures_find_what_is_known_to_be_hard():
    """Black on white is 21:1; red and green of the same lightness meet for a deuteranope."""
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#777777") == pytest.approx(4.48, abs=0.01)
    pair = ("#B85C00", "#718C00")
    assert nearest(pair, SEEN["all cones"]) > 25
    assert nearest(pair, SEEN["deuteranopia"]) < 15
    # The usual palette: two of its colours are too light, and two pairs lie close together.
    assert contrast_with_white("#E69F00") < 3 and contrast_with_white("#56B4E9") < 3


@pytest.mark.parametrize(
    "color", [*COLORS.values(), "#FFFFFF", "#000000", "#757575", "#767676", "#888888"]
)
def test_ink_is_the_one_of_higher_contrast(color):
    on_white = contrast_with_white(color)
    contrast = {"white": on_white, "black": 21 / on_white}
    ink = style.ink_on([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    assert contrast[ink] >= 4.5
    assert contrast[ink] == max(contrast.values()) or min(contrast.values()) > 4.4


def test_figures_in_cells_can_be_read():
    """Text in a heat map, whatever its value."""
    table = {f"row {i}": {f"column {j}": (4 * i + j) / 19 for j in range(4)} for i in range(5)}
    axes = heatmaps.heat(table, percent=True).drawing("en").axes[0]
    (image,), texts = axes.images, {t.get_text(): t.get_color() for t in axes.texts}
    for values in table.values():
        for value in values.values():
            assert texts[f"{value:.1%}"] == style.ink_on(image.to_rgba(value))


def test_nothing_but_the_named_colors_and_light_grays():
    """Light grays are for grids and edges; everything that says something has a named colour."""
    decoration = {"#BBBBBB", "#DDDDDD", "#E3E3E3", "#EEF3F7", "#FFFFFF"}
    plain = {"black", "white", "none"}
    files = [*PACKAGE.glob("figures/*.py"), *PACKAGE.glob("lessons/*/drawings.py")]
    assert len(files) >= 9
    for path in files:
        name, source = path.relative_to(PACKAGE), path.read_text(encoding="utf-8")
        for color in set(re.findall(r'"(#[0-9A-Fa-f]{6})"', source)) - set(COLORS.values()):
            assert color in decoration, (name, color)
        for color in re.findall(r'color[=:]? ?"?=?"([a-z]+)"', source):
            assert color in plain, (name, color)


def test_every_figure_is_made_in_one_style():
    """Nothing draws outside of ``style.empty_figure``: one font, one resolution, one background."""
    sources = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    for path in (PACKAGE.parent / "notebooks").glob("[0-9]*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        sources[path] = "\n".join(c.source for c in cells if c.cell_type == "code")
    for path, source in sources.items():
        assert not re.search(r"matplotlib\.pyplot|import pyplot|\bplt\.", source), path
        if path != PACKAGE / "figures" / "style.py":
            assert not re.search(r"\b(Figure|Picture)\(", source), path
