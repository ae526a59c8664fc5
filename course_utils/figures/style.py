"""The one style of the figures: colours by role, fonts, one drawing a language, its PNG.

Backgrounds are opaque white, so a figure reads on dark and light pages. The colours were searched
for: each stands out from white (contrast of 3 and more, as WCAG asks of graphics), and any two can
be told apart with each kind of colour blindness. Two of the usual palette of Okabe and Ito are too
light for that.
"""

import base64
import contextlib
import functools
import io
import itertools
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from course_utils.lang import Text, alt, in_language, language, marked, pair, t

BLUE, ORANGE, GREEN, RED, GRAY = "#003C77", "#CD7C16", "#157A55", "#B61E0B", "#3F3F3F"
PINK, SKY = "#965E89", "#009DDE"
FAINT = "#DDDDDD"  # lines that only guide the eye
COLORS = (GREEN, PINK, SKY, BLUE, ORANGE, RED)
# What stands in every comparison keeps its colour from figure to figure; a lesson's method is
# green.
REFERENCES = {
    "pixels": BLUE,
    "random weights": ORANGE,
    "supervised": RED,
    "supervised from scratch": RED,
    "you": SKY,
}
# The course's own font has the 2,350 usual syllables; rarer ones, in class names of a reader's own,
# are taken from one of these where it is installed.
HANGUL = "SSL Course Hangul"
OTHER_HANGUL = ("Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans CJK KR", "NanumGothic")
# What stands in the metadata of an output that is a figure of the lesson.
FIGURE = {"ssl_course": {"figure": True}}


class Drawing(Figure):
    """A figure in one language, and what it shows in words, for readers who cannot see it."""

    description = ""

    def describe(self, *, ko: str, en: str) -> None:
        """Tell in words what the figure shows, in the language it is drawn in."""
        self.description = {"ko": ko, "en": en}[_drawn_in()].strip()


def _drawn_in() -> str:
    """The language of what is drawn now: that in force, Korean where both are."""
    return "ko" if language() == "both" else language()


class Picture:
    """A figure for a reader of either language, drawn anew for each.

    In a notebook it is one HTML output with two marked pictures, of which the switch shows one;
    editions keep one. Where no word is drawn both are the same and it is stored once.
    """

    def __init__(self, draw: Callable[[], Drawing]):
        self._draw = draw
        self._drawn: dict[str, Drawing] = {}
        self.drawing(_drawn_in())  # what cannot be drawn fails here, not when it is shown

    def drawing(self, choice: str) -> Drawing:
        """The figure in Korean (``"ko"``) or English (``"en"``)."""
        if choice not in self._drawn:
            with in_language(choice), _fonts():
                self._drawn[choice] = self._draw()
        return self._drawn[choice]

    @property
    def description(self) -> str:
        """What the figure shows, in the language in force."""
        return t(ko=self.drawing("ko").description, en=self.drawing("en").description)

    def png(self, choice: str) -> bytes:
        """The figure in Korean or English as it is stored."""
        with _fonts():
            return encoded(self.drawing(choice))

    def quick_png(self) -> bytes:
        """The figure in the language in force, for a lab that is redrawn all the time: larger
        than stored, and made in a fifth of the time.
        """
        with _fonts():
            return encoded(self.drawing(_drawn_in()), quick=True)

    def html(self) -> str:
        """Both pictures, marked with their languages."""
        pictures = {one: self.png(one) for one in ("ko", "en")}
        told = {one: self.drawing(one).description for one in pictures}
        if pictures["ko"] == pictures["en"]:
            return image(pictures["ko"], alt(**told))
        return marked(
            **{one: image(pictures[one], alt(ko=told[one], en=told[one])) for one in pictures},
            block=True,
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html(), "text/plain": self.description}, FIGURE


def drawn(function: Callable[..., Drawing]) -> Callable[..., Picture]:
    """Make a function that draws a figure, with words by ``lang.t`` and ``words.word``, into one
    that returns a ``Picture``.
    """

    @functools.wraps(function)
    def picture(*args, **kwargs) -> Picture:
        return Picture(functools.partial(function, *args, **kwargs))

    return picture


def image(file: bytes, told: str) -> str:
    """A PNG as HTML; ``told`` is its alt text, escaped as by ``lang.alt``."""
    data = base64.b64encode(file).decode()
    return f'<img alt="{told}" src="data:image/png;base64,{data}">'


def encoded(figure: Drawing, *, quick: bool = False) -> bytes:
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


def empty_figure(width: float, height: float) -> Drawing:
    """An empty figure of a size in inches, white and opaque.

    It is outside pyplot's list, so it is shown once, by whoever returns it.
    """
    figure = Drawing(figsize=(width, height), dpi=110, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def plain_axes(axes: Axes) -> None:
    """Take off the frame above and at the right, and draw a light line at every tick of y."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)


def plain_rows(axes: Axes) -> None:
    """For rows that are named at the left: no frame there, and a light line at every tick of x."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)


def as_percent(share: float) -> str:
    """A share in whole percent; below one, where that would say 0, with a decimal."""
    return f"{share:.0%}" if share >= 0.01 else f"{share:.1%}"


def chance_level(chance: float) -> str:
    """What stands beside the line of a chance level."""
    return t(ko=f"우연 수준 {as_percent(chance)}", en=f"chance {as_percent(chance)}")


def ink_on(color: Sequence[float]) -> str:
    """``"white"`` or ``"black"``, whichever is easier to read on an sRGB colour (channels 0 to 1).

    Both have a contrast of 4.5 or more where they are chosen (relative luminance of WCAG 2.1).
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if luminance < 0.18 else "black"


def colors_of(names: Sequence[Text]) -> list[str]:
    """One hex colour a name: its own for one of ``REFERENCES``, else the next that is free.

    What stands after a comma, "random weights, 500 labels", does not count.
    """
    own = [REFERENCES.get(pair(name)[1].split(",")[0]) for name in names]
    free = itertools.cycle([color for color in COLORS if color not in own])
    return [color or next(free) for color in own]


def name_lines(axes: Axes, ends: Sequence[tuple[float, str, str]], *, least: float) -> None:
    """Write the names of lines at the right of the axes, each at the height where its line ends.

    ``ends`` are height, name and colour of each; names are at least ``least`` apart.
    """
    y = float("-inf")
    for height, name, color in sorted(ends):
        y = max(height, y + least)
        axes.annotate(
            name, (1.01, y), xycoords=("axes fraction", "data"), va="center", color=color,
            fontsize=9, annotation_clip=False,
        )  # fmt: skip


# ---------------------------------------------------------------- Hangul


@functools.cache
def _own_font() -> Path:
    """Where the course's Hangul font lies; matplotlib knows it from now on."""
    path = Path(__file__).parent / "fonts" / "SSLCourseHangul.ttf"
    font_manager.fontManager.addfont(path)
    # There is one weight; without this, bold words would be drawn in it with a warning.
    bold = {"fname": str(path), "name": HANGUL, "style": "normal", "variant": "normal"}
    font_manager.fontManager.ttflist.append(
        font_manager.FontEntry(**bold, weight=700, stretch="normal", size="scalable")
    )
    return path


@functools.cache
def _families() -> list[str]:
    """The fonts of every figure in the order they are tried, glyph by glyph."""
    _own_font()
    installed = set(font_manager.get_font_names())
    return ["DejaVu Sans", HANGUL, *(name for name in OTHER_HANGUL if name in installed)]


@contextlib.contextmanager
def _fonts() -> Iterator[None]:
    """In this block text is drawn in the fonts of the course; no warning where one is not bold."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        # A class may be called Ba$$in: that is no formula.
        with matplotlib.rc_context({"font.family": _families(), "text.parse_math": False}):
            yield
    finally:
        log.setLevel(level)


@functools.cache
def _syllables() -> frozenset[int]:
    """The code points of Hangul that can be drawn here."""
    paths = [font_manager.findfont(name) for name in _families()[1:]]
    return frozenset().union(*(font_manager.get_font(path).get_charmap() for path in paths))


def drawable(text: str) -> str:
    """The text with ``?`` for each syllable that no font here has.

    An empty box says nothing; a question mark at least says that a font is missing.
    """
    return re.sub("[가-힣]", lambda c: c[0] if ord(c[0]) in _syllables() else "?", text)
