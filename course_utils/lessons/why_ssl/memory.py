"""Lesson 01 rebuilt from memory: learn without labels, freeze, tell classes from a few labels."""

import torch

from course_utils.data import toyworld
from course_utils.evaluate import comparisons, ruler
from course_utils.evaluate.solvers import read_off
from course_utils.exercises.facts import as_tensor
from course_utils.exercises.memory import Rebuild

_LABELS, _KINDS = 500, 10


class FromFewLabels(Rebuild):
    """What a learner starts from, and the check of what they made of it.

    ``pictures`` uint8 ``(8000, 3, 32, 32)`` of ToyWorld, without labels; ``labeled`` the last 500
    of them, with ``labels`` int64 ``(500,)``, the kinds of their things; ``queries`` uint8
    ``(1000, 3, 32, 32)``, whose kinds are asked. ``encoder``, untrained, is trained in place.
    """

    def __init__(self):
        super().__init__("why_ssl")
        self.labeled = self.pictures[-_LABELS:]
        self.labels = self._drawn.factors["kind"][-_LABELS:]
        asked = toyworld.stills(1000, split="test", seed=5)
        self.queries, self._truth = asked.images, asked.factors["kind"]

    def check(self, guesses: object = None) -> str:
        """Say what is right and which half is missing; return the key of what was said.

        ``guesses``: the kinds of ``queries``, whole numbers ``(1000,)`` or scores ``(1000, 10)``,
        from a linear classifier on features of ``encoder``, trained on ``labeled``. They have to be
        right more often than those from the untrained encoder at its best stage.
        """
        if guesses is None:
            return self._say("nothing")
        guesses = _classes(as_tensor(guesses), len(self._truth))
        if guesses is None:
            return self._say("no_guesses")
        if self._untrained():
            return self._say("not_trained")
        floor = self._best(self._floor)
        effect = comparisons.paired_bootstrap((guesses == self._truth)[None], floor[None])
        if effect.low > 0:
            return self._say("right", effect)
        better = comparisons.paired_bootstrap(self._best(self.encoder)[None], floor[None]).low > 0
        return self._say("probe_wrong" if better else "not_above", effect)

    def _best(self, encoder) -> torch.Tensor:
        """Which queries a linear classifier has right, bool ``(1000,)``, at the best stage."""
        inside, outside = ruler.stages(encoder, self.labeled, self.queries)
        # On the CPU, where the labels are: the learner's encoder may lie on a GPU.
        guesses = (read_off(inside[s].cpu(), self.labels, outside[s].cpu()) for s in inside)
        return max((guess == self._truth for guess in guesses), key=torch.sum)


def _classes(guesses: object, n: int) -> torch.Tensor | None:
    """``n`` guesses as int64 ``(n,)``; None if they are no guesses of kinds."""
    if not isinstance(guesses, torch.Tensor):
        return None
    guesses = guesses.detach().cpu()
    if guesses.shape == (n, _KINDS):
        return guesses.argmax(1)
    if guesses.numel() != n or (guesses != guesses.round()).any():
        return None
    return guesses.flatten().long()
