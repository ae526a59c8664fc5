"""A photograph of one's own, of any size and mode: three made ones go through the lesson's lab."""

import io
import re

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from course_utils import lang, models
from course_utils.data import toyworld
from course_utils.lessons.colorization import drawings
from course_utils.pretext import colorization
from course_utils.widgets import labs
from tests.widgets.conftest import shown  # noqa: F401
from tests.widgets.uploads import choose

COLORS = colorization.palette(20)


def landscape():
    """Sky over meadow, wide, in colour."""
    y = np.linspace(0, 1, 360)[:, None, None] * np.ones((1, 640, 1))
    sky, meadow = np.array([110, 160, 230]), np.array([70, 130, 40])
    pixels = np.where(y < 0.55, sky * (1 - 0.3 * y), meadow * (0.6 + 0.4 * y))
    return Image.fromarray(pixels.astype(np.uint8))


def face():
    """A drawing of a face, small, tall and gray."""
    picture = Image.new("L", (97, 131), 245)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((15, 20, 82, 112), outline=20, width=3)
    for x in (36, 60):
        pen.ellipse((x - 4, 50, x + 4, 58), fill=30)
    pen.arc((32, 66, 66, 94), 20, 160, fill=30, width=3)
    return picture


def document():
    """A page of lines, large, of ink and paper alone."""
    picture = Image.new("1", (1240, 1754), 1)
    pen = ImageDraw.Draw(picture)
    for y in range(200, 1600, 40):
        pen.line((140, y, 1000 + 3 * (y % 70), y), fill=0, width=6)
    return picture


MADE = {"landscape": landscape, "face drawing": face, "document": document}
MODES = {
    "transparent": lambda: face().convert("RGBA"),
    "palette": lambda: landscape().convert("P"),
    "CMYK": lambda: landscape().convert("CMYK"),
    "sixteen bits": lambda: Image.fromarray((np.arange(4096).reshape(64, 64) * 16).astype(np.uint16)),
    "one pixel": lambda: Image.new("RGB", (1, 1), "teal"),
}  # fmt: skip


@pytest.fixture
def lab(shown):  # noqa: F811
    """The lesson's lab around a network that has not learned anything; what it drew last."""
    pictures = toyworld.stills(8).images
    net = colorization.painter(models.small_encoder(pictures), len(COLORS), seed=0)
    drawn = []

    def colored(picture, temperature):
        drawn.append(picture)
        return drawings.colored(net, picture, COLORS, temperature=temperature, size=32)

    examples = {"one": torch.zeros(3, 256, 256, dtype=torch.uint8)}
    dials = {"temperature": labs.Dial("온도", "temperature", 0.0, 1.0, 0.02, 0.38)}
    lang.set_language("en")
    return drawn, labs.picture_lab(colored, examples, dials, save="in_color.png")


def uploaded(box, file):
    """What the lab says below its dials and shows after a file was chosen."""
    (_, upload), _, told, screen, link = (
        part.children if hasattr(part, "children") else part for part in box.children
    )
    choose(upload, file)
    return told.value, screen.value, link.value


@pytest.mark.parametrize("name", [*MADE, *MODES])
def test_any_size_and_mode_is_painted_and_can_be_saved(lab, name):
    drawn, box = lab
    file = io.BytesIO()
    (MADE | MODES)[name]().save(file, format="TIFF" if name == "CMYK" else "PNG")
    told, screen, link = uploaded(box, file.getvalue())
    assert told == "" and drawn[-1].shape == (3, 256, 256) and drawn[-1].unique().numel() > 0
    assert len(re.findall("<img", screen)) == 3 and "painted" in screen
    assert 'download="in_color.png"' in link


def test_what_is_no_picture_is_said(lab):
    drawn, box = lab
    before = len(drawn)
    told, _, _ = uploaded(box, b"no picture")
    assert "not readable as a picture" in told and all((x == 0).all() for x in drawn[before:])
