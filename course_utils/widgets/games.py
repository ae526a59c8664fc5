"""Games: label pictures against the clock; predict what will be measured."""

import io
import time
from collections.abc import Mapping, Sequence

import ipywidgets
import torch
from PIL import Image

from course_utils.figures import words
from course_utils.figures.style import image
from course_utils.lang import alt, on_change, say, t, tagged
from course_utils.widgets.labels import described, html_lines, offer
from course_utils.widgets.still import show_with_still

CHANGES = {
    -1: ("더 읽기 어려움", "harder to read"),
    0: ("그대로", "about the same"),
    1: ("더 읽기 쉬움", "easier to read"),
}


class RowPrediction:
    """Predict for every factor whether it becomes easier or harder to read, before it is measured.

    ``factors``: what each is called, (Korean, English) by name. Shows itself when made, one choice
    a factor; ``answers`` maps each factor to −1, 0, 1, or None where nothing was chosen.
    ``compare`` says afterwards how it turned out. The still form lists the factors.
    """

    def __init__(self, factors: Mapping[str, tuple[str, str]]):
        self._factors = factors
        choices = [("고르세요", "choose", None), *((k, e, c) for c, (k, e) in CHANGES.items())]
        self._choices = {}
        for name, (ko, en) in factors.items():
            choice = ipywidgets.Dropdown(
                style={"description_width": "16em"}, layout=ipywidgets.Layout(width="34em")
            )
            offer(choice, choices, None, lambda change: None)
            self._choices[name] = described(choice, ko=ko, en=en)
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
        """Say every prediction beside what was measured; return the measured −1, 0 or 1 by factor.

        ``changes``: by how much each factor became easier to read; within ``margin`` it is "the
        same".
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


class LabellingGame:
    """Label pictures against the clock.

    ``images`` are uint8 ``(N, 3, S, S)``, ``labels`` int64 ``(N,)``. Shows itself when made: a
    start button, then one picture after the other with a button for each class. At the end it
    tells the seconds a label and how many agree with the data set. ``seconds`` is what one label
    took, or ``default`` before that; ``labels`` int64 ``(N,)`` are the answers, or the data set's
    before that. The still form shows the first eight pictures.
    """

    def __init__(
        self, images: torch.Tensor, labels: torch.Tensor, classes: Sequence[str], *, default: float
    ):
        self.seconds, self.played = default, False
        self.labels = labels
        self._images, self._labels, self._answers = images, labels.tolist(), []
        self._start = described(ipywidgets.Button(), ko="시작", en="Start")
        self._screen = ipywidgets.Image(format="png", width=160, height=160)
        self._told = ipywidgets.HTML()
        self._buttons = [ipywidgets.Button(disabled=True) for _ in classes]
        for button, called in zip(self._buttons, classes, strict=True):
            ko, en = words.name(called)
            described(button, ko=ko, en=en)
        self._start.on_click(self._begin)
        on_change(self._tell)
        for i, button in enumerate(self._buttons):
            button.on_click(lambda _, answer=i: self._answer(answer))
        grid = ipywidgets.HBox(self._buttons, layout=ipywidgets.Layout(flex_flow="row wrap"))
        self.box = ipywidgets.VBox([self._start, self._screen, grid, self._told])
        told_alt = alt(ko="레이블을 달 사진", en="photograph to label")
        still = " ".join(image(_pixels(x, 64), told_alt) for x in images[:8])
        told = tagged(
            ko="실행하면 이런 사진에 레이블을 답니다.",
            en="When run, you label photographs like these.",
        )
        show_with_still(self.box, f"<p>{told}</p><p>{still}</p>")

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
        self.played, self.labels = True, torch.tensor(self._answers)
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
        self._told.value = html_lines(told)


def _pixels(picture: torch.Tensor, side: int = 160) -> bytes:
    """A uint8 picture ``(3, S, S)`` as a PNG of ``side`` pixels, its own pixels as squares."""
    file = io.BytesIO()
    pixels = Image.fromarray(picture.permute(1, 2, 0).cpu().numpy())
    pixels.resize((side, side), Image.Resampling.NEAREST).save(file, format="PNG")
    return file.getvalue()
