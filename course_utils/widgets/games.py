"""A game of predictions: what will be measured?"""

from collections.abc import Mapping

import ipywidgets

from course_utils.lang import say, tagged
from course_utils.widgets.labels import described, offer
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
