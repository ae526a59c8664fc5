"""The learner's minute: photographs labelled by hand, and what those labels cost."""

import torch

from course_utils.data.prepared import Photos
from course_utils.evaluate.comparisons import balanced_order
from course_utils.figures import words
from course_utils.lang import say, table
from course_utils.widgets.game import Game, Pick

PICTURES = 20  # of the game
MOST = 10  # classes: one for each digit of the keyboard
ASSUMED = 3.0  # seconds a label, of a reader who has not played
WANTED = (1000, 50_000, 1_200_000)  # labels; the last is about ImageNet


class Minute:
    """A game in which photographs get labels, and the labels it gave.

    ``test`` are photographs of any number of classes; the game uses the first ten. ``images`` uint8
    ``(N, 3, S, S)`` and ``labels`` int64 ``(N,)`` are all their photographs, the game's first, the
    classes in turn. Shows the game when made.
    """

    def __init__(self, test: Photos, *, seed: int):
        among = (test.labels < MOST).nonzero()[:, 0]
        order = among[balanced_order(test.labels[among], seed=seed)]
        self.images, self.labels = test.images[order], test.labels[order]
        self.classes = list(test.classes[:MOST])
        self.game = Game(
            "why_ssl.labels",
            self.images[:PICTURES],
            self.labels[:PICTURES],
            [Pick("", *words.name(one)) for one in self.classes],
            ko="무엇을 찍은 사진인가요?",
            en="What is in this photograph?",
        )

    @property
    def given(self) -> torch.Tensor:
        """The labels of the first photographs, int64 ``(20,)`` or fewer: the learner's, or those of
        the data set where nobody has played.
        """
        if self.game.played:
            return torch.tensor(self.game.answered)
        return self.labels[:PICTURES]

    @property
    def seconds(self) -> float:
        """What one label took; assumed where it was not measured."""
        return self.game.seconds or ASSUMED

    def hours(self) -> None:
        """Say how long more labels would take at this speed."""
        if self.game.seconds is None:
            say(
                ko=f"잰 값이 아니라 가정입니다: 레이블 하나에 {ASSUMED:.0f}초",
                en=f"Assumed, not measured: {ASSUMED:.0f} seconds a label.",
            )
        rows = []
        for pictures in WANTED:
            hours = self.seconds * pictures / 3600
            days = f"{hours / 8:,.1f}"
            rows.append([f"{pictures:,}", (f"{hours:,.1f}시간", f"{hours:,.1f} hours"),
                         (f"{days}일", f"{days} days")])  # fmt: skip
        table([("레이블", "labels"), ("시간", "time"), ("하루 8시간씩", "at 8 hours a day")], rows)
