"""The game engine: a learner does a pretext task by hand, then the network does the same items.

Whatever the task, there are pictures, a question, and a few choices. Every choice has a digit: keys
answer as quickly as the mouse, and nothing rests on colour.
"""

import hashlib
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets
import torch
from PIL import Image

from course_utils.exercises import progress
from course_utils.figures.grids import Sheet, picture_grid
from course_utils.figures.style import image
from course_utils.lang import alt, both, say, t, table, tagged
from course_utils.widgets.labels import described, html_lines, keep_in_language, one_line
from course_utils.widgets.still import show_with_still

SIDE = 224  # pixels of the screen


@dataclass(frozen=True)
class Pick:
    """One answer: a sign that needs no language, and its name in both."""

    sign: str
    ko: str
    en: str


class Game:
    """Pictures one after the other, an answer to each, and a score at the end.

    ``pictures`` uint8 ``(N, 3, S, S)``; ``answers`` int64 ``(N,)``, indices into ``choices``, of
    which there are at most ten. ``ko`` and ``en`` ask the question. ``name`` is ``"topic.game"``:
    what was answered is kept under it beside the learner's notebooks and is there again after a
    restart, as long as the items are the same. The clock, which can be turned off, counts from the
    first picture to the last answer. The still form shows the first eight pictures and no score.

    ``answered`` holds the learner's answers so far, ``played`` whether all are there,
    ``seconds`` how long one took, None without a clock.
    """

    def __init__(
        self,
        name: str,
        pictures: torch.Tensor,
        answers: torch.Tensor,
        choices: Sequence[Pick],
        *,
        ko: str,
        en: str,
    ):
        if len(choices) > 10:
            raise ValueError(both(ko="선택지는 열 개까지입니다.", en="There may be ten choices."))
        self.name, self.choices = name, choices
        self._pictures, self._truth = pictures, answers.tolist()
        digest = hashlib.sha256(pictures.numpy().tobytes() + answers.numpy().tobytes())
        self._items = digest.hexdigest()[:12]
        kept = progress.game(name, self._items)
        self.answered: list[int] = kept.get("answers", [])
        self.seconds: float | None = kept.get("seconds")
        self._build(ko, en)
        self._show_still(ko, en)

    @property
    def played(self) -> bool:
        """Whether every item was answered."""
        return len(self.answered) == len(self._truth)

    # ------------------------------------------------------------ the screen

    def _build(self, ko: str, en: str) -> None:
        self._question = ipywidgets.HTML()
        self._begin = described(ipywidgets.Button(), ko="시작", en="Start")
        self._clock = described(
            ipywidgets.Checkbox(value=True, indent=False), ko="시간 재기", en="clock"
        )
        self._screen = ipywidgets.Image(
            format="png", layout=ipywidgets.Layout(width=f"{SIDE}px", height=f"{SIDE}px")
        )
        self._buttons = [ipywidgets.Button(disabled=True) for _ in self.choices]
        last = len(self.choices) % 10  # the tenth choice has the key 0
        self._keys = described(
            ipywidgets.Text(
                disabled=True,
                layout=ipywidgets.Layout(width="16em"),
                style={"description_width": "11em"},
            ),
            ko=f"키보드로: 1–{last}",
            en=f"by keyboard: 1–{last}",
        )
        self._told = ipywidgets.HTML()

        def write():
            self._question.value = f"<b>{html_lines(one_line(ko=ko, en=en))}</b>"
            for i, (button, choice) in enumerate(zip(self._buttons, self.choices, strict=True)):
                digit, word = str((i + 1) % 10), one_line(ko=choice.ko, en=choice.en)
                named = f"{choice.sign} {word}".strip()
                # A choice that is a number is not numbered twice.
                button.description = named if named.startswith(digit) else f"{digit} {named}"
            self._tell()

        keep_in_language(write)
        self._begin.on_click(lambda _: self.start())
        for i, button in enumerate(self._buttons):
            button.on_click(lambda _, i=i: self.answer(i))
        self._keys.observe(self._typed, names="value")
        row = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        self.box = ipywidgets.VBox(
            [
                self._question,
                ipywidgets.HBox([self._begin, self._clock], layout=row),
                self._screen,
                ipywidgets.HBox(self._buttons, layout=row),
                self._keys,
                self._told,
            ]
        )

    def _show_still(self, ko: str, en: str) -> None:
        told = alt(ko="게임에 나오는 사진", en="a picture of the game")
        shown = " ".join(image(_pixels(x, 72), told) for x in self._pictures[:8])
        signs = " · ".join(
            tagged(ko=f"{c.sign} {c.ko}".strip(), en=f"{c.sign} {c.en}".strip())
            for c in self.choices
        )
        played = tagged(
            ko=f"노트북을 실행하면 이런 사진 {len(self._truth)}장으로 게임을 합니다.",
            en=f"When the notebook runs, you play with {len(self._truth)} pictures like these.",
        )
        asked = tagged(ko=ko, en=en)
        still = f"<p><b>{asked}</b></p><p>{shown}</p><p>{signs}</p><p>{played}</p>"
        show_with_still(self.box, still)

    # ------------------------------------------------------------ playing

    def start(self) -> None:
        """Begin, or begin again: what was answered before is gone when the first answer comes."""
        self.answered, self.seconds = [], None
        self._since = time.monotonic()
        for part in (*self._buttons, self._keys):
            part.disabled = False
        self._clock.disabled = True
        self._show()

    def answer(self, choice: int) -> None:
        """Answer the picture on the screen."""
        if self.played or self._keys.disabled:  # a click that came too late
            return
        self.answered.append(choice)
        if self.played:
            if self._clock.value:
                self.seconds = (time.monotonic() - self._since) / len(self._truth)
            for part in (*self._buttons, self._keys):
                part.disabled = True
            self._clock.disabled = False
            progress.keep_game(self.name, self._items, self.answered, self.seconds)
        self._show()

    def _typed(self, change: dict) -> None:
        """Every digit is an answer; the line is empty again at once."""
        if not change["new"]:
            return
        self._keys.value = ""
        for key in change["new"]:
            if key.isdecimal() and 0 <= (number := (int(key) - 1) % 10) < len(self.choices):
                self.answer(number)

    def _show(self) -> None:
        if not self.played:
            self._screen.value = _pixels(self._pictures[len(self.answered)], SIDE)
        self._tell()

    def _tell(self) -> None:
        n = len(self._truth)
        if not self.played:
            self._told.value = f"{len(self.answered)} / {n}" if not self._keys.disabled else ""
            return
        right = sum(self.right)
        took = "" if self.seconds is None else t(
            ko=f" 한 장에 {self.seconds:.1f}초 걸렸습니다.", en=f" {self.seconds:.1f} seconds each."
        )  # fmt: skip
        told = t(ko=f"{n}장 가운데 {right}장을 맞혔습니다.", en=f"{right} of {n} are right.")
        self._told.value = f"<b>{html_lines(told + took)}</b>"

    # ------------------------------------------------------------ the score

    @property
    def right(self) -> list[bool]:
        """Which of the answers so far are right."""
        pairs = zip(self.answered, self._truth[: len(self.answered)], strict=True)
        return [mine == truth for mine, truth in pairs]

    def against(self, network: torch.Tensor, *, more: torch.Tensor) -> Sheet | None:
        """Say the learner's score beside the network's; return the pictures that both missed.

        ``network`` bool ``(N,)``: which items it has right; ``more`` bool, of any length: the same
        for others like them. Of a learner who has not played nothing is said; where both missed
        nothing, or nobody played, None is returned.
        """
        n, more = len(self._truth), more.flatten()
        mine = f"{sum(self.right)} / {n}" if self.played else "–"
        table(
            [
                ("누가", "who"),
                (f"같은 {n}장", f"the same {n}"),
                (f"다른 {len(more):,}장", f"{len(more):,} others"),
            ],
            [
                [("나", "you"), mine, "–"],
                [
                    ("신경망", "network"),
                    f"{int(network.sum())} / {n}",
                    f"{more.float().mean():.1%}",
                ],
            ],
        )
        if not self.played:
            say(
                ko="아직 게임을 하지 않아 여러분의 점수는 비워 둡니다.",
                en="You have not played yet, so your score is left empty.",
            )
            return None
        both_missed = [i for i, mine in enumerate(self.right) if not mine and not network[i]]
        if not both_missed:
            return None
        titles = [
            (self.choices[self._truth[i]].ko, self.choices[self._truth[i]].en) for i in both_missed
        ]
        return picture_grid(self._pictures[both_missed], columns=min(8, len(titles)), titles=titles)


def _pixels(picture: torch.Tensor, side: int) -> bytes:
    """A uint8 picture ``(3, S, S)`` as a PNG of ``side`` pixels, smoothed: easier for people."""
    file = io.BytesIO()
    shown = Image.fromarray(picture.permute(1, 2, 0).cpu().numpy())
    shown.resize((side, side), Image.Resampling.BICUBIC).save(file, format="PNG")
    return file.getvalue()
