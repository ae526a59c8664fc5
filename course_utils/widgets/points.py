"""A game of optimisation: turn points on a circle until a loss is small."""

import hashlib
import io
import math
import time
from collections.abc import Callable

import ipywidgets
import torch
from PIL import Image

from course_utils.exercises import progress
from course_utils.figures.circles import board, sign
from course_utils.figures.style import image
from course_utils.lang import alt, say, t, table, tagged
from course_utils.widgets.labels import described, html_lines, keep_in_language
from course_utils.widgets.still import show_with_still

STEP = 5  # degrees
_PAUSE = 0.04  # seconds between two pictures of a descent


class PointsGame:
    """Pairs of points on a circle, each turned by a slider of its own, and the loss they have.

    ``start`` int64 ``(2B,)``, degrees, multiples of ``STEP``; points i and i + B are partners.
    ``loss(angles, strangers)`` takes radians ``(2B,)`` and whether other pictures count, and gives
    a float; ``descend`` takes the same and gives the places of a descent, ``(T, 2B)``. ``name`` is
    ``"topic.game"``: the best places found by hand are kept under it. ``ko`` and ``en`` say what to
    do. The still form shows the first places and no score.

    ``best`` is the smallest loss that was reached by hand with strangers in it, None before.
    """

    def __init__(
        self,
        name: str,
        start: torch.Tensor,
        loss: Callable[[torch.Tensor, bool], float],
        descend: Callable[[torch.Tensor, bool], torch.Tensor],
        *,
        ko: str,
        en: str,
    ):
        self.name, self._start, self._loss, self._descend = name, start, loss, descend
        self._items = hashlib.sha256(start.numpy().tobytes()).hexdigest()[:12]
        kept = progress.game(name, self._items).get("answers", [])
        self.best: float | None = loss(_radians(kept), True) if kept else None
        self._moving = False  # by the descent or by starting over, not by hand
        self._build(ko, en)
        self._show_still(ko, en)

    # ------------------------------------------------------------ the screen

    def _build(self, ko: str, en: str) -> None:
        self._asked, self._told = ipywidgets.HTML(), ipywidgets.HTML()
        self._screen = ipywidgets.Image(
            format="png", layout=ipywidgets.Layout(width="320px", height="320px")
        )
        n = len(self._start) // 2
        self.sliders = [
            ipywidgets.IntSlider(
                value=int(degrees), min=0, max=360 - STEP, step=STEP, readout=False,
                description=f"{sign(i % n)} {i % n + 1}{'' if i < n else '′'}",
                style={"description_width": "3em"}, layout=ipywidgets.Layout(width="15em"),
            )
            for i, degrees in enumerate(self._start.tolist())
        ]  # fmt: skip
        self.strangers = described(
            ipywidgets.Checkbox(value=True, indent=False),
            ko="다른 사진과 멀어지게 하기",
            en="keep strangers apart",
        )
        self.go = described(ipywidgets.Button(), ko="경사 하강법", en="Gradient descent")
        self.again = described(ipywidgets.Button(), ko="처음 자리로", en="Start over")

        def write():
            self._asked.value = f"<b>{html_lines(t(ko=ko, en=en))}</b>"
            self._show(self.angles)

        keep_in_language(write)
        for slider in self.sliders:
            slider.observe(lambda _: self._turned(), names="value")
        self.strangers.observe(lambda _: self._show(self.angles), names="value")
        self.go.on_click(lambda _: self.descend())
        self.again.on_click(lambda _: self._place(self._start.tolist()))
        wrap = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        halves = [ipywidgets.VBox(self.sliders[:n]), ipywidgets.VBox(self.sliders[n:])]
        buttons = ipywidgets.HBox([self.go, self.again, self.strangers], layout=wrap)
        self.box = ipywidgets.VBox(
            [
                self._asked,
                ipywidgets.HBox([self._screen, *halves], layout=wrap),
                buttons,
                self._told,
            ]
        )

    def _show_still(self, ko: str, en: str) -> None:
        told = alt(
            ko="원 위에 놓인 점들. 짝은 모양과 색이 같습니다.",
            en="Points on a circle; partners have one shape and one color.",
        )
        asked, shown = tagged(ko=ko, en=en), image(_png(_radians(self._start.tolist())), told)
        played = tagged(
            ko="노트북을 실행하면 점을 하나씩 옮길 수 있습니다.",
            en="When the notebook runs, each point can be moved.",
        )
        show_with_still(self.box, f"<p><b>{asked}</b></p><p>{shown}</p><p>{played}</p>")

    def _show(self, angles: torch.Tensor) -> None:
        """Draw points and say their loss."""
        self._screen.value = _png(angles)
        now = self._loss(angles, self.strangers.value)
        lowest = "" if self.best is None else t(
            ko=f" 지금까지 가장 작은 값은 {self.best:.3f}입니다.", en=f" Your lowest so far: {self.best:.3f}."
        )  # fmt: skip
        told = t(ko=f"손실 {now:.3f}.", en=f"Loss {now:.3f}.")
        self._told.value = f"<b>{html_lines(told)}</b>{html_lines(lowest)}"

    # ------------------------------------------------------------ playing

    @property
    def angles(self) -> torch.Tensor:
        """Where the points are now, float ``(2B,)``, radians."""
        return _radians([slider.value for slider in self.sliders])

    def _turned(self) -> None:
        """A point was turned: by hand it may be a new best."""
        if self._moving:
            return
        if self.strangers.value:
            loss = self._loss(self.angles, True)
            if self.best is None or loss < self.best:
                self.best = loss
                degrees = [slider.value for slider in self.sliders]
                progress.keep_game(self.name, self._items, degrees, None)
        self._show(self.angles)

    def _place(self, degrees: list[int]) -> None:
        """Put the points somewhere, not by hand."""
        self._moving = True
        for slider, value in zip(self.sliders, degrees, strict=True):
            slider.value = value
        self._moving = False
        self._show(self.angles)

    def descend(self) -> None:
        """Let gradient descent go on from where the points are, and watch it."""
        path = self._descend(self.angles, self.strangers.value)
        for angles in path:
            self._show(angles)
            time.sleep(_PAUSE)
        degrees = (path[-1].rad2deg() / STEP).round().long() * STEP % 360
        self._place(degrees.tolist())

    def against(self) -> None:
        """Say the learner's lowest loss beside that of gradient descent from the same start."""
        start = _radians(self._start.tolist())
        reached = self._loss(self._descend(start, True)[-1], True)
        table(
            [("누가", "who"), ("손실", "loss")],
            [
                [("처음 자리", "at first"), f"{self._loss(start, True):.3f}"],
                [("나", "you"), "–" if self.best is None else f"{self.best:.3f}"],
                [("경사 하강법", "gradient descent"), f"{reached:.3f}"],
            ],
        )
        if self.best is None:
            say(
                ko="아직 게임을 하지 않아 여러분의 점수는 비워 둡니다.",
                en="You have not played yet, so your score is left empty.",
            )


def _radians(degrees: list[int]) -> torch.Tensor:
    return torch.tensor(degrees, dtype=torch.float32) * (math.pi / 180)


def _png(angles: torch.Tensor) -> bytes:
    file = io.BytesIO()
    Image.fromarray(board(angles)).save(file, format="PNG")
    return file.getvalue()
