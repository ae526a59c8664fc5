"""Small interactive parts of a lesson. Each also has a still form, for pages where nothing runs.

Labels are in the language in force, and are written anew when the reader chooses another.
"""

import base64
import html
import io
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ipywidgets
import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image, ImageOps

from course_utils import plots, progress
from course_utils.lang import SAID, language, on_change, say, t, tagged, text_of

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


def _lines(text: str) -> str:
    """Plain text as HTML, its line breaks kept."""
    return "<br>".join(html.escape(line) for line in text.splitlines())


def _follow(write: Callable[[], None]) -> None:
    """Write a label now, and again whenever another language is chosen."""
    write()
    on_change(write)


def _described(part: ipywidgets.Widget, *, ko: str, en: str) -> ipywidgets.Widget:
    """The widget itself, its label in the language in force."""

    def write():
        part.description = _line(ko=ko, en=en)

    _follow(write)
    return part


def _offer(
    chooser: ipywidgets.Widget,
    options: Sequence[tuple[str, str, object]],
    chosen: object,
    react: Callable[[dict], None],
) -> None:
    """Give a chooser its options, (Korean, English, value) each, of which ``chosen`` is chosen.

    ``react`` hears what the reader chooses. It does not hear that the labels were written anew, for
    which ipywidgets chooses the first option.
    """

    def write(value):
        chooser.options = [(_line(ko=ko, en=en), meant) for ko, en, meant in options]
        chooser.value = value

    def rewrite():
        chooser.unobserve(react, names="value")
        write(chooser.value)
        chooser.observe(react, names="value")

    write(chosen)
    chooser.observe(react, names="value")
    on_change(rewrite)


def show_with_still(
    widget: ipywidgets.Widget, still: str, pictures: Mapping[str, str] | None = None
) -> None:
    """Display a widget; where it cannot live (GitHub, a saved page) the HTML ``still`` is shown.

    ``pictures``: the alt text of the pictures in it, by language.
    """
    from IPython.display import display

    live = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    bundle = {"text/html": still, "text/plain": text_of(still), _LIVE: live}
    display(bundle, metadata={SAID: dict(pictures)} if pictures else {}, raw=True)


def choose(*, ko: str, en: str, options: Sequence[Option]) -> ipywidgets.VBox:
    """Ask a question; whichever option is chosen gets its explanation. Shows and returns the box.

    The still form lists the options, each with its explanation folded under it. The choice is remembered
    beside the learner's notebooks and is there again after a restart (``progress``).
    """
    chosen = progress.answer(en)
    if chosen not in range(len(options)):
        chosen = None
    # One group each: inside a group only arrow keys lead on, and JupyterLab takes those for itself.
    radios = [ipywidgets.RadioButtons(layout=ipywidgets.Layout(width="100%")) for _ in options]
    question, reply = ipywidgets.HTML(), ipywidgets.HTML()

    def write():
        question.value = f"<b>{html.escape(_line(ko=ko, en=en))}</b>"
        if chosen is not None:
            told = options[chosen]
            reply.value = _lines(t(ko=told.reply_ko, en=told.reply_en))

    def choose_one(change):
        nonlocal chosen
        if change["new"] is None:  # because another was chosen
            return
        chosen = change["new"]
        for i, radio in enumerate(radios):
            if i != chosen:
                radio.value = None
        progress.answered(en, chosen)
        write()

    for i, (radio, option) in enumerate(zip(radios, options, strict=True)):
        start = i if i == chosen else None
        _offer(radio, [(option.ko, option.en, i)], start, choose_one)
    _follow(write)
    box = ipywidgets.VBox([question, ipywidgets.VBox(radios), reply])
    show_with_still(box, f"<p><b>{tagged(ko=ko, en=en)}</b></p>{_folded(options)}")
    return box


def _folded(options: Sequence[Option]) -> str:
    """Every option with its reply folded under it."""
    return "".join(
        f"<details><summary>{tagged(ko=o.ko, en=o.en)}</summary>"
        f"{tagged(ko=o.reply_ko, en=o.reply_en, block=True)}</details>"
        for o in options
    )


def _show_with_figure(box: ipywidgets.Widget, figure: plots.Picture, below: str = "") -> None:
    """Display a lab whose still form is a figure, and the HTML ``below`` it."""
    alt = html.escape(figure.description, quote=True)
    picture = base64.b64encode(plots.png(figure)).decode()
    still = f'<img alt="{alt}" src="data:image/png;base64,{picture}">{below}'
    show_with_still(box, still, figure.said)


def _pixels(picture: torch.Tensor, side: int = 160) -> bytes:
    """A uint8 picture ``(3, S, S)`` as a PNG of ``side`` pixels, its own pixels as squares."""
    file = io.BytesIO()
    image = Image.fromarray(picture.permute(1, 2, 0).cpu().numpy())
    image.resize((side, side), Image.Resampling.NEAREST).save(file, format="PNG")
    return file.getvalue()


def _base64(picture: torch.Tensor) -> str:
    return base64.b64encode(_pixels(picture, 64)).decode()


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
        kind = ipywidgets.FloatSlider if isinstance(self.step, float) else ipywidgets.IntSlider
        slider = kind(
            value=self.start, min=self.low, max=self.high, step=self.step,
            style={"description_width": "8em"},
        )  # fmt: skip
        return _described(slider, ko=self.ko, en=self.en)


def _values(sliders: Mapping[str, ipywidgets.Widget]) -> dict[str, float]:
    return {name: slider.value for name, slider in sliders.items()}


def picture_lab(
    draw: Callable[..., Figure],
    examples: Mapping[str, torch.Tensor],
    dials: Mapping[str, Dial],
    *,
    warn: Callable[..., str | None] | None = None,
) -> ipywidgets.VBox:
    """Choose a picture, or a file of one's own, and move dials; shows and returns the box.

    ``examples`` are uint8 ``(3, S, S)`` by name. ``draw(picture, **values)`` returns the ``plots.Picture`` for a
    picture and the values of the dials, by name; ``warn(picture, **values)`` may say what is wrong with
    them, below the dials. The still form shows the first example.
    """
    size = next(iter(examples.values())).shape[-1]
    which = _described(ipywidgets.Dropdown(options=list(examples)), ko="사진", en="picture")
    sliders = {name: dial.slider() for name, dial in dials.items()}
    upload = _described(
        ipywidgets.FileUpload(accept="image/*", multiple=False), ko="내 사진", en="own picture"
    )
    told, screen = ipywidgets.HTML(), ipywidgets.Image(format="png")

    picture, unreadable = examples[which.value], False

    def tell():
        if unreadable:
            message = _line(
                ko="이 파일은 이미지로 읽을 수 없습니다. JPEG나 PNG를 고르세요.",
                en="This file is no picture. Choose a JPEG or PNG.",
            )
        else:
            message = warn(picture, **_values(sliders)) if warn is not None else None
        told.value = _lines(message or "")

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
        screen.value = plots.png(draw(picture, **_values(sliders)), quick=True)

    for part in (which, upload, *sliders.values()):
        part.observe(show, names="value")
    show()
    on_change(tell)
    row = ipywidgets.HBox([which, upload])
    wrapped = ipywidgets.Layout(flex_flow="row wrap")
    box = ipywidgets.VBox(
        [row, ipywidgets.HBox(list(sliders.values()), layout=wrapped), told, screen]
    )
    first = {name: dial.start for name, dial in dials.items()}
    _show_with_figure(box, draw(next(iter(examples.values())), **first))
    return box


def dial_lab(
    draw: Callable[..., Figure],
    dials: Mapping[str, Dial],
    *,
    warn: Callable[..., str | None] | None = None,
) -> ipywidgets.VBox:
    """Dials and the figure they change: as ``picture_lab``, where there is no picture to choose.

    ``draw(**values)`` returns the ``plots.Picture`` for the values of the dials, by name, and ``warn(**values)`` may
    say something below them. The still form shows the first values.
    """
    sliders = {name: dial.slider() for name, dial in dials.items()}
    told, screen = ipywidgets.HTML(), ipywidgets.Image(format="png")

    def tell():
        told.value = _lines((warn(**_values(sliders)) if warn is not None else None) or "")

    def show(change=None):
        tell()
        screen.value = plots.png(draw(**_values(sliders)), quick=True)

    for slider in sliders.values():
        slider.observe(show, names="value")
    show()
    on_change(tell)
    wrapped = ipywidgets.Layout(flex_flow="row wrap")
    box = ipywidgets.VBox([ipywidgets.HBox(list(sliders.values()), layout=wrapped), told, screen])
    _show_with_figure(box, draw(**{name: d.start for name, d in dials.items()}))
    return box


CHANGES = {
    -1: ("더 읽기 어려움", "harder to read"),
    0: ("그대로", "about the same"),
    1: ("더 읽기 쉬움", "easier to read"),
}


class RowPrediction:
    """Predict for every factor whether it becomes easier or harder to read, before it is measured.

    ``factors``: what each is called, (Korean, English) by name. Shows itself when made, one choice a
    factor; ``answers`` maps each factor to −1, 0, 1, or None where nothing was chosen. ``compare`` says
    afterwards how it turned out. The still form lists the factors.
    """

    def __init__(self, factors: Mapping[str, tuple[str, str]]):
        self._factors = factors
        choices = [("고르세요", "choose", None), *((k, e, c) for c, (k, e) in CHANGES.items())]
        self._choices = {}
        for name, (ko, en) in factors.items():
            choice = ipywidgets.Dropdown(
                style={"description_width": "16em"}, layout=ipywidgets.Layout(width="34em")
            )
            _offer(choice, choices, None, lambda change: None)
            self._choices[name] = _described(choice, ko=ko, en=en)
        self.box = ipywidgets.VBox(list(self._choices.values()))
        asked = tagged(
            ko=", ".join(k for k, _ in CHANGES.values()),
            en=", ".join(e for _, e in CHANGES.values()),
        )
        items = "".join(f"<li>{tagged(ko=ko, en=en)}</li>" for ko, en in factors.values())
        show_with_still(self.box, f"<p>{asked}?</p><ul>{items}</ul>")

    @property
    def answers(self) -> dict[str, int | None]:
        """What was chosen for each factor: −1 harder, 0 the same, 1 easier, None nothing."""
        return {name: choice.value for name, choice in self._choices.items()}

    def compare(self, changes: Mapping[str, float], *, margin: float) -> dict[str, int]:
        """Print every prediction beside what was measured; return the measured −1, 0 or 1 by factor.

        ``changes``: by how much each factor became easier to read; within ``margin`` it is "the same".
        """
        measured = {
            name: 0 if abs(change) <= margin else (1 if change > 0 else -1)
            for name, change in changes.items()
        }
        for name, outcome in measured.items():
            guess = self.answers[name]
            mark = "·" if guess is None else "✔" if guess == outcome else "✘"
            (ko, en), (ko_out, en_out) = self._factors[name], CHANGES[outcome]
            ko_guess, en_guess = CHANGES.get(guess, ("예상 없음", "no prediction"))
            say(
                ko=f"{mark} {ko}: {ko_out} ({changes[name]:+.2f}). 예상: {ko_guess}",
                en=f"{mark} {en}: {en_out} ({changes[name]:+.2f}). Predicted: {en_guess}",
            )
        return measured


def look_lab(draw: Callable[[str], Figure], options: Mapping[str, Option]) -> ipywidgets.VBox:
    """Buttons that change one figure and the text below it; shows and returns the box.

    ``options`` has an ``Option`` for every key; ``draw(key)`` returns the ``plots.Picture`` for it. The
    still form shows the first figure, and all texts folded.
    """
    keys = list(options)
    buttons = ipywidgets.ToggleButtons()
    screen, told = ipywidgets.Image(format="png"), ipywidgets.HTML()

    def tell():
        option = options[buttons.value]
        told.value = _lines(t(ko=option.reply_ko, en=option.reply_en))

    def show(change=None):
        tell()
        screen.value = plots.png(draw(buttons.value), quick=True)

    _offer(buttons, [(o.ko, o.en, key) for key, o in options.items()], keys[0], show)
    show()
    on_change(tell)
    box = ipywidgets.VBox([buttons, screen, told])
    _show_with_figure(box, draw(keys[0]), _folded(list(options.values())))
    return box


def type_lab(draw: Callable[[str], Figure], start: str, *, ko: str, en: str) -> ipywidgets.VBox:
    """A line to type into and the figure ``draw(text)`` below it; shows and returns the box.

    The figure follows when the reader presses Enter or leaves the line. What ``draw`` refuses with
    ``ValueError`` is told below the line. The still form shows the figure of ``start``.
    """
    line = _described(ipywidgets.Text(value=start, continuous_update=False), ko=ko, en=en)
    told, screen = ipywidgets.HTML(), ipywidgets.Image(format="png")

    def show(change=None):
        told.value = ""
        try:
            screen.value = plots.png(draw(line.value.strip()), quick=True)
        except ValueError as error:
            told.value = _lines(str(error))

    line.observe(show, names="value")
    show()
    box = ipywidgets.VBox([line, told, screen])
    _show_with_figure(box, draw(start))
    return box


class LabellingGame:
    """Label pictures against the clock; ``seconds`` is what one label took, or ``default`` before that.

    ``images`` are uint8 ``(N, 3, S, S)``, ``labels`` int64 ``(N,)``. Shows itself when made: a start
    button, then one picture after the other with a button for each class. At the end it tells the
    seconds a label and how many agree with the data set. Where nothing runs a still picture is shown.
    """

    def __init__(
        self, images: torch.Tensor, labels: torch.Tensor, classes: Sequence[str], *, default: float
    ):
        self.seconds, self.played = default, False
        self._images, self._labels, self._answers = images, labels.tolist(), []
        self._start = _described(ipywidgets.Button(), ko="시작", en="Start")
        self._screen = ipywidgets.Image(format="png", width=160, height=160)
        self._told = ipywidgets.HTML()
        self._buttons = [ipywidgets.Button(description=name, disabled=True) for name in classes]
        self._start.on_click(self._begin)
        on_change(self._tell)
        for i, button in enumerate(self._buttons):
            button.on_click(lambda _, answer=i: self._answer(answer))
        grid = ipywidgets.HBox(self._buttons, layout=ipywidgets.Layout(flex_flow="row wrap"))
        self.box = ipywidgets.VBox([self._start, self._screen, grid, self._told])
        alt = {"ko": "레이블을 달 사진", "en": "photograph to label"}
        still = " ".join(
            f'<img alt="{html.escape(t(**alt), quote=True)}" src="data:image/png;base64,{_base64(x)}">'
            for x in images[:8]
        )
        told = tagged(
            ko="실행하면 이런 사진에 레이블을 답니다.",
            en="When run, you label photographs like these.",
        )
        show_with_still(self.box, f"<p>{told}</p><p>{still}</p>", alt)

    def _begin(self, _) -> None:
        self._answers, self._since = [], time.monotonic()
        for button in self._buttons:
            button.disabled = False
        self._show()

    def _show(self) -> None:
        done, n = len(self._answers), len(self._images)
        self._screen.value = _pixels(self._images[done])
        self._told.value = f"{done} / {n}"

    def _answer(self, answer: int) -> None:
        if len(self._answers) == len(self._images):  # a second click before the buttons went gray
            return
        self._answers.append(answer)
        if len(self._answers) < len(self._images):
            self._show()
            return
        self.seconds = (time.monotonic() - self._since) / len(self._images)
        self.played = True
        for button in self._buttons:
            button.disabled = True
        self._tell()

    def _tell(self) -> None:
        if len(self._answers) < len(self._images):
            return
        pairs = zip(self._answers, self._labels, strict=True)
        same = sum(mine == given for mine, given in pairs)
        told = t(
            ko=f"레이블 하나에 {self.seconds:.1f}초 걸렸습니다. {len(self._images)}개 가운데 {same}개가 "
            "데이터셋의 레이블과 같습니다. 아래 셀을 실행하세요.",
            en=f"{self.seconds:.1f} seconds a label; {same} of {len(self._images)} agree with the "
            "dataset. Run the cell below.",
        )
        self._told.value = _lines(told)
