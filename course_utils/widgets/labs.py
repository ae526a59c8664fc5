"""Labs: a figure that follows what the reader chooses, moves or types."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ipywidgets
import numpy as np
import torch
from PIL import ImageOps

from course_utils.data.reader import NotAPicture, read_rgb
from course_utils.figures import words
from course_utils.figures.grids import Sheet
from course_utils.figures.style import Picture
from course_utils.lang import Text, language, on_change, only, t
from course_utils.widgets.labels import described, html_lines, offer, one_line
from course_utils.widgets.questions import Option, folded
from course_utils.widgets.still import show_with_figure

Figure = Picture | Sheet


@dataclass(frozen=True)
class Dial:
    """A slider of a lab: what it is called in both languages, its ends, step and first value."""

    ko: str
    en: str
    low: float
    high: float
    step: float
    start: float

    def slider(self) -> ipywidgets.Widget:
        """A slider for whole numbers, or for floats where ``step`` is one."""
        kind = ipywidgets.FloatSlider if isinstance(self.step, float) else ipywidgets.IntSlider
        slider = kind(
            value=self.start, min=self.low, max=self.high, step=self.step,
            style={"description_width": "8em"},
        )  # fmt: skip
        return described(slider, ko=self.ko, en=self.en)


def _values(sliders: Mapping[str, ipywidgets.Widget]) -> dict[str, float]:
    return {name: slider.value for name, slider in sliders.items()}


def _row(sliders: Mapping[str, ipywidgets.Widget]) -> ipywidgets.HBox:
    """The sliders side by side, in more than one row where there is no room."""
    return ipywidgets.HBox(list(sliders.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))


class _Screen:
    """Where a lab shows its figure: a picture, or photographs with words beside them as HTML.

    ``save``: the name of a file that the reader may save the picture as.
    """

    def __init__(self, first: Figure, save: str | None = None):
        self._html, self._save = isinstance(first, Sheet), save
        self.widget = ipywidgets.HTML() if self._html else ipywidgets.Image(format="png")
        self.link = ipywidgets.HTML()

    def show(self, figure: Figure) -> None:
        """Show a figure, in the language in force."""
        if self._html:
            self.widget.value = only(figure.html(), "en" if language() == "en" else "ko")
        else:
            self.widget.value = figure.quick_png()
        if self._save:
            told = html_lines(one_line(ko="이 그림 저장하기", en="save this picture"))
            data = base64.b64encode(figure.quick_png()).decode()
            self.link.value = (
                f'<a download="{self._save}" href="data:image/png;base64,{data}">⬇ {told}</a>'
            )


def picture_lab(
    draw: Callable[..., Figure],
    examples: Mapping[Text, torch.Tensor],
    dials: Mapping[str, Dial],
    *,
    warn: Callable[..., str | None] | None = None,
    save: str | None = None,
) -> ipywidgets.VBox:
    """Choose a picture, or a file of one's own, and move dials; shows and returns the box.

    ``examples`` are uint8 ``(3, S, S)`` by name, all of one size. ``draw(picture, **values)``
    returns the figure for a picture and the values of the dials, by name;
    ``warn(picture, **values)`` may say what is wrong with them, below the dials. ``save``: the name
    of the file that one click saves the figure as. A reader's own picture stays in memory. The
    still form shows the first example.
    """
    size = next(iter(examples.values())).shape[-1]
    which = described(ipywidgets.Dropdown(), ko="사진", en="picture")
    sliders = {name: dial.slider() for name, dial in dials.items()}
    upload = described(
        ipywidgets.FileUpload(accept="image/*", multiple=False), ko="내 사진", en="own picture"
    )
    names = list(examples)
    first = draw(examples[names[0]], **{name: dial.start for name, dial in dials.items()})
    told, screen = ipywidgets.HTML(), _Screen(first, save)
    picture, unreadable = examples[names[0]], None

    def tell():
        if unreadable:
            message = _refused(unreadable)
        else:
            message = warn(picture, **_values(sliders)) if warn is not None else None
        told.value = html_lines(message or "")

    def show(change=None):
        nonlocal picture, unreadable
        unreadable = None
        changed = change["owner"] if change else which
        if changed is which:
            picture = examples[names[which.value]]
        elif changed is upload and upload.value:
            try:
                picture = _own_picture(upload, size)
            except NotAPicture as error:
                unreadable = error
        tell()
        screen.show(draw(picture, **_values(sliders)))

    offer(which, [(*words.name(name), i) for i, name in enumerate(names)], 0, show)
    for part in (upload, *sliders.values()):
        part.observe(show, names="value")
    show()
    on_change(lambda: show({"owner": None}))
    parts = [ipywidgets.HBox([which, upload]), _row(sliders), told, screen.widget]
    box = ipywidgets.VBox([*parts, screen.link] if save else parts)
    show_with_figure(box, first)
    return box


def _refused(error: NotAPicture) -> str:
    """What is said of a file that is no picture."""
    ko, en = error.why
    return one_line(
        ko=f"이 파일은 쓸 수 없습니다: {ko}. JPEG나 PNG를 고르세요.",
        en=f"This file cannot be used: {en}. Choose a JPEG or PNG.",
    )


def _own_picture(upload: ipywidgets.FileUpload, size: int) -> torch.Tensor:
    """The file a reader chose as uint8 ``(3, size, size)``, cut to a square; raises
    ``NotAPicture``.
    """
    value = upload.value
    given = list(value.values()) if isinstance(value, dict) else list(value)  # ipywidgets 7, 8
    name = given[-1].get("name") or given[-1].get("metadata", {}).get("name", "")
    picture = read_rgb(bytes(given[-1]["content"]), name=name)
    return torch.from_numpy(np.array(ImageOps.fit(picture, (size, size)))).permute(2, 0, 1)


def dial_lab(
    draw: Callable[..., Figure],
    dials: Mapping[str, Dial],
    *,
    warn: Callable[..., str | None] | None = None,
) -> ipywidgets.VBox:
    """Dials and the figure they change: as ``picture_lab``, where there is no picture to choose.

    ``draw(**values)`` returns the figure for the values of the dials, by name, and
    ``warn(**values)`` may say something below them. The still form shows the first values.
    """
    sliders = {name: dial.slider() for name, dial in dials.items()}
    first = draw(**{name: dial.start for name, dial in dials.items()})
    told, screen = ipywidgets.HTML(), _Screen(first)

    def tell():
        told.value = html_lines((warn(**_values(sliders)) if warn is not None else None) or "")

    def show(change=None):
        tell()
        screen.show(draw(**_values(sliders)))

    for slider in sliders.values():
        slider.observe(show, names="value")
    show()
    on_change(show)
    box = ipywidgets.VBox([_row(sliders), told, screen.widget])
    show_with_figure(box, first)
    return box


def look_lab(draw: Callable[[str], Figure], options: Mapping[str, Option]) -> ipywidgets.VBox:
    """Buttons that change one figure and the text below it; shows and returns the box.

    ``options`` has an ``Option`` for every key; ``draw(key)`` returns the figure for it.
    The still form shows the first figure, and all texts folded.
    """
    keys = list(options)
    buttons = ipywidgets.ToggleButtons()
    first = draw(keys[0])
    screen, told = _Screen(first), ipywidgets.HTML()

    def tell():
        option = options[buttons.value]
        told.value = html_lines(t(ko=option.reply_ko, en=option.reply_en))

    def show(change=None):
        tell()
        screen.show(draw(buttons.value))

    offer(buttons, [(o.ko, o.en, key) for key, o in options.items()], keys[0], show)
    show()
    on_change(show)
    box = ipywidgets.VBox([buttons, screen.widget, told])
    show_with_figure(box, first, folded(list(options.values())))
    return box


def type_lab(draw: Callable[[str], Figure], start: str, *, ko: str, en: str) -> ipywidgets.VBox:
    """A line to type into and the figure ``draw(text)`` below it; shows and returns the box.

    ``ko`` and ``en`` name the line; ``start`` stands in it at first. The figure follows when the
    reader presses Enter or leaves the line. What ``draw`` refuses with ``ValueError`` is told below
    the line. The still form shows the figure of ``start``.
    """
    line = described(ipywidgets.Text(value=start, continuous_update=False), ko=ko, en=en)
    first = draw(start)
    told, screen = ipywidgets.HTML(), _Screen(first)

    def show(change=None):
        told.value = ""
        try:
            screen.show(draw(line.value.strip()))
        except ValueError as error:
            told.value = html_lines(str(error))

    line.observe(show, names="value")
    show()
    on_change(show)
    box = ipywidgets.VBox([line, told, screen.widget])
    show_with_figure(box, first)
    return box
