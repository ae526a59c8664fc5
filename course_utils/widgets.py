"""Small interactive parts of a lesson. Each also has a still form, for pages where nothing runs."""

import html
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ipywidgets
import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image, ImageOps

from course_utils.lang import language, t

_LIVE = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Option:
    """One answer to a question, and what is said to whoever chooses it, in both languages."""

    ko: str
    en: str
    reply_ko: str
    reply_en: str


def _line(*, ko: str, en: str) -> str:
    """A text for one line of a widget: both languages side by side when both are shown."""
    return f"{ko} / {en}" if language() == "both" else t(ko=ko, en=en)


def show_with_still(widget: ipywidgets.Widget, still: str) -> None:
    """Display a widget; where it cannot live (GitHub, a saved page) the HTML ``still`` is shown."""
    from IPython.display import display

    live = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    display({"text/html": still, "text/plain": repr(widget), _LIVE: live}, raw=True)


def choose(*, ko: str, en: str, options: Sequence[Option]) -> ipywidgets.VBox:
    """Ask a question; whichever option is chosen gets its explanation. Shows and returns the box.

    The still form lists the options, each with its explanation folded under it.
    """
    radio = ipywidgets.RadioButtons(
        options=[(_line(ko=o.ko, en=o.en), i) for i, o in enumerate(options)],
        value=None,
        layout=ipywidgets.Layout(width="100%"),
    )
    reply = ipywidgets.HTML()

    def explain(change):
        if change["new"] is not None:
            chosen = options[change["new"]]
            text = t(ko=chosen.reply_ko, en=chosen.reply_en)
            reply.value = "<br>".join(html.escape(line) for line in text.splitlines())

    radio.observe(explain, names="value")
    question = ipywidgets.HTML(f"<b>{html.escape(_line(ko=ko, en=en))}</b>")
    box = ipywidgets.VBox([question, radio, reply])
    show_with_still(box, _still(ko, en, options))
    return box


def _still(ko: str, en: str, options: Sequence[Option]) -> str:
    folded = "".join(
        f"<details><summary>{html.escape(_line(ko=o.ko, en=o.en))}</summary>"
        + "".join(f"<p>{html.escape(x)}</p>" for x in t(ko=o.reply_ko, en=o.reply_en).splitlines())
        + "</details>"
        for o in options
    )
    return f"<p><b>{html.escape(_line(ko=ko, en=en))}</b></p>{folded}"


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


def picture_lab(
    draw: Callable[[torch.Tensor, int], Figure], examples: Mapping[str, torch.Tensor]
) -> ipywidgets.VBox:
    """Choose a picture, or a file of one's own, and turn it; shows and returns the box.

    ``examples`` are uint8 ``(3, S, S)`` by name. ``draw(picture, turns)`` returns the ``plots.Picture`` for a
    picture turned counter-clockwise by ``turns`` × 90°. The still form shows the first example.
    """
    size = next(iter(examples.values())).shape[-1]
    which = ipywidgets.Dropdown(options=list(examples), description=_line(ko="사진", en="picture"))
    turns = ipywidgets.IntSlider(0, 0, 3, description=_line(ko="90° × r", en="90° × r"))
    upload = ipywidgets.FileUpload(accept="image/*", multiple=False)
    told, screen = ipywidgets.HTML(), ipywidgets.Image(format="png")

    picture = examples[which.value]

    def show(change=None):
        nonlocal picture
        told.value = ""
        changed = change["owner"] if change else which
        if changed is which:
            picture = examples[which.value]
        elif changed is upload and upload.value:
            own = _own_picture(upload, size)
            if own is None:
                told.value = _line(
                    ko="이 파일은 이미지로 읽을 수 없습니다. JPEG나 PNG를 고르세요.",
                    en="This file is no picture. Choose a JPEG or PNG.",
                )
            else:
                picture = own
        file = io.BytesIO()
        draw(picture, turns.value).savefig(file, format="png")
        screen.value = file.getvalue()

    for part in (which, turns, upload):
        part.observe(show, names="value")
    show()
    box = ipywidgets.VBox([ipywidgets.HBox([which, turns, upload]), told, screen])
    first = draw(next(iter(examples.values())), 0)
    still = first._repr_mimebundle_()[0]["image/png"]
    alt = html.escape(first.description, quote=True)
    show_with_still(box, f'<img alt="{alt}" src="data:image/png;base64,{still}">')
    return box
