"""The one style of the figures: colours by role, fonts, a figure that tells what it shows, its PNG.

Backgrounds are opaque white, so a figure reads on dark and light pages. The colours were searched
for: each stands out from white (contrast of 3 and more, as WCAG asks of graphics), and any two can
be told apart with each kind of colour blindness. Two of the usual palette of Okabe and Ito are too
light for that.
"""

import base64
import functools
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from course_utils.lang import SAID, t

BLUE, ORANGE, GREEN, RED, GRAY = "#003C77", "#CD7C16", "#157A55", "#B61E0B", "#3F3F3F"
PINK, SKY = "#965E89", "#009DDE"
COLORS = (GREEN, PINK, SKY, BLUE, ORANGE, RED)
# What stands in every comparison keeps its colour from figure to figure; a lesson's method is
# green.
REFERENCES = {"pixels": BLUE, "random weights": ORANGE, "supervised from scratch": RED}
# Class names of a reader's own pictures may be Korean; Windows, macOS and many Linuxes have these.
HANGUL_FONTS = ("Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans CJK KR", "NanumGothic")


class Picture(Figure):
    """A figure that carries its description, for readers who cannot see it.

    A notebook shows it as a PNG; ``description`` becomes the alt text and the plain-text output.
    Both languages go with it as metadata, for the editions in one language.
    """

    said: Mapping[str, str] = MappingProxyType({"ko": "", "en": ""})

    def describe(self, *, ko: str, en: str) -> None:
        """Tell in words what the figure shows."""
        self.said = {"ko": ko.strip(), "en": en.strip()}

    @property
    def description(self) -> str:
        """What the figure shows, in the language in force."""
        return t(**self.said)

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {
            "image/png": base64.b64encode(png(self)).decode(),
            "text/plain": self.description,
        }
        return data, {"image/png": {"alt": self.description}, SAID: dict(self.said)}


def png(figure: Figure, *, quick: bool = False) -> bytes:
    """The figure as a PNG, with 256 colours where that hardly changes it.

    Charts take a third of the room so. ``quick``, for a lab that is redrawn all the time: larger,
    and made in a fifth of the time.
    """
    figure.canvas.draw()
    full = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
    file = io.BytesIO()
    if quick:
        full.save(file, format="PNG", compress_level=1)
        return file.getvalue()
    few = full.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    error = np.asarray(few.convert("RGB"), np.int16) - np.asarray(full, np.int16)
    # Bars and lines lose next to nothing; a colour scale (0.1 and more) would show steps.
    (few if np.abs(error).mean() < 0.03 else full).save(file, format="PNG")
    return file.getvalue()


def empty_figure(width: float, height: float) -> Picture:
    """An empty figure of a size in inches, white and opaque.

    It is outside pyplot's list, so it is shown once, by whoever returns it.
    """
    figure = Picture(figsize=(width, height), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def plain_axes(axes: Axes) -> None:
    """Take off the frame above and at the right, and draw a light line at every tick of y."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)


def ink_on(color: Sequence[float]) -> str:
    """``"white"`` or ``"black"``, whichever is easier to read on an sRGB colour (channels 0 to 1).

    Both have a contrast of 4.5 or more where they are chosen (relative luminance of WCAG 2.1).
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if luminance < 0.18 else "black"


def colors_of(names: Sequence[str]) -> list[str]:
    """One hex colour a name: its own for one of ``REFERENCES``, else the next that is free."""
    free = itertools.cycle([c for c in COLORS if c not in {REFERENCES.get(n) for n in names}])
    return [REFERENCES.get(name) or next(free) for name in names]


def drawable(text: str) -> str:
    """The text, or where it needs a Hangul font that is not installed, ``?`` for each syllable.

    An empty box says nothing; a question mark at least says that a font is missing.
    """
    if not re.search("[가-힣]", text) or _hangul_font():
        return text
    return re.sub("[가-힣]", "?", text)


def font_families() -> list[str]:
    """The fonts for a text that may hold Hangul, in the order they are tried."""
    return ["DejaVu Sans", *([_hangul_font()] if _hangul_font() else [])]


@functools.cache
def _hangul_font() -> str | None:
    installed = set(font_manager.get_font_names())
    return next((name for name in HANGUL_FONTS if name in installed), None)
