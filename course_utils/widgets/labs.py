"""Labs: a figure that follows what the reader chooses, moves or types."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ipywidgets
import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image, ImageOps

from course_utils.figures import style
from course_utils.lang import on_change, t
from course_utils.widgets.labels import described, html_lines, offer, one_line
from course_utils.widgets.questions import Option, folded
from course_utils.widgets.still import show_with_figure


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


def picture_lab(
    draw: Callable[..., Figure],
    examples: Mapping[str, torch.Tensor],
    dials: Mapping[str, Dial],
    *,
    warn: Callable[..., str | None] | None = None,
) -> ipywidgets.VBox:
    """Choose a picture, or a file of one's own, and move dials; shows and returns the box.

    ``examples`` are uint8 ``(3, S, S)`` by name, all of one size. ``draw(picture, **values)``
    returns the ``style.Picture`` for a picture and the values of the dials, by name;
    ``warn(picture, **values)`` may say what is wrong with them, below the dials. The still form
    shows the first example.
    """
    size = next(iter(examples.values())).shape[-1]
    which = described(ipywidgets.Dropdown(options=list(examples)), ko="사진", en="picture")
    sliders = {name: dial.slider() for name, dial in dials.items()}
    upload = described(
        ipywidgets.FileUpload(accept="image/*", multiple=False), ko="내 사진", en="own picture"
    )
    told, screen = ipywidgets.HTML(), ipywidgets.Image(format="png")
    picture, unreadable = examples[which.value], False

    def tell():
        if unreadable:
            message = one_line(
                ko="이 파일은 이미지로 읽을 수 없습니다. JPEG나 PNG를 고르세요.",
                en="This file is no picture. Choose a JPEG or PNG.",
            )
        else:
            message = warn(picture, **_values(sliders)) if warn is not None else None
        told.value = html_lines(message or "")

    def show(change=None):
        nonlocal picture, unreadable
        unreadable = False
        changed = change["owner"] if change else which
        if changed is which:
            picture = examples[which.value]
        elif changed is upload and upload.value:
            own = _own_picture(upload, size)
            unreadable = own is None
            picture = picture if unreadable else own
        tell()
        screen.value = style.png(draw(picture, **_values(sliders)), quick=True)

    for part in (which, upload, *sliders.values()):
        part.observe(show, names="value")
    show()
    on_change(tell)
    box = ipywidgets.VBox([ipywidgets.HBox([which, upload]), _row(sliders), told, screen])
    first = {name: dial.start for name, dial in dials.items()}
    show_with_figure(box, draw(next(iter(examples.values())), **first))
    return box


def _own_picture(upload: ipywidgets.FileUpload, size: int) -> torch.Tensor | None:
    """The file a reader chose as uint8 ``(3, size, size)``, cut to a square; None if it is none."""
    value = upload.value
    files = list(value.values()) if isinstance(value, dict) else list(value)  # ipywidgets 7, 8
    try:
        with Image.open(io.BytesIO(bytes(files[-1]["content"]))) as file:
            picture = ImageOps.fit(ImageOps.exif_transpose(file).convert("RGB"), (size, size))
    except (IndexError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)


def dial_lab(
    draw: Callable[..., Figure],
    dials: Mapping[str, Dial],
    *,
    warn: Callable[..., str | None] | None = None,
) -> ipywidgets.VBox:
    """Dials and the figure they change: as ``picture_lab``, where there is no picture to choose.

    ``draw(**values)`` returns the ``style.Picture`` for the values of the dials, by name, and
    ``warn(**values)`` may say something below them. The still form shows the first values.
    """
    sliders = {name: dial.slider() for name, dial in dials.items()}
    told, screen = ipywidgets.HTML(), ipywidgets.Image(format="png")

    def tell():
        told.value = html_lines((warn(**_values(sliders)) if warn is not None else None) or "")

    def show(change=None):
        tell()
        screen.value = style.png(draw(**_values(sliders)), quick=True)

    for slider in sliders.values():
        slider.observe(show, names="value")
    show()
    on_change(tell)
    box = ipywidgets.VBox([_row(sliders), told, screen])
    show_with_figure(box, draw(**{name: d.start for name, d in dials.items()}))
    return box


def look_lab(draw: Callable[[str], Figure], options: Mapping[str, Option]) -> ipywidgets.VBox:
    """Buttons that change one figure and the text below it; shows and returns the box.

    ``options`` has an ``Option`` for every key; ``draw(key)`` returns the ``style.Picture`` for it.
    The still form shows the first figure, and all texts folded.
    """
    keys = list(options)
    buttons = ipywidgets.ToggleButtons()
    screen, told = ipywidgets.Image(format="png"), ipywidgets.HTML()

    def tell():
        option = options[buttons.value]
        told.value = html_lines(t(ko=option.reply_ko, en=option.reply_en))

    def show(change=None):
        tell()
        screen.value = style.png(draw(buttons.value), quick=True)

    offer(buttons, [(o.ko, o.en, key) for key, o in options.items()], keys[0], show)
    show()
    on_change(tell)
    box = ipywidgets.VBox([buttons, screen, told])
    show_with_figure(box, draw(keys[0]), folded(list(options.values())))
    return box


def type_lab(draw: Callable[[str], Figure], start: str, *, ko: str, en: str) -> ipywidgets.VBox:
    """A line to type into and the figure ``draw(text)`` below it; shows and returns the box.

    ``ko`` and ``en`` name the line; ``start`` stands in it at first. The figure follows when the
    reader presses Enter or leaves the line. What ``draw`` refuses with ``ValueError`` is told below
    the line. The still form shows the figure of ``start``.
    """
    line = described(ipywidgets.Text(value=start, continuous_update=False), ko=ko, en=en)
    told, screen = ipywidgets.HTML(), ipywidgets.Image(format="png")

    def show(change=None):
        told.value = ""
        try:
            screen.value = style.png(draw(line.value.strip()), quick=True)
        except ValueError as error:
            told.value = html_lines(str(error))

    line.observe(show, names="value")
    show()
    box = ipywidgets.VBox([line, told, screen])
    show_with_figure(box, draw(start))
    return box
