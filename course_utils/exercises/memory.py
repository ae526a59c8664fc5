"""Rebuild it from memory: nothing is given but pictures, and what comes out is checked.

No signature is given. The learner makes inputs and targets from a few pictures and trains an
encoder, in whatever form; ``Rebuild.check`` says which half is missing.
"""

import importlib

import torch

from course_utils import models, runtime, texts
from course_utils.data import toyworld
from course_utils.evaluate import comparisons, probes, ruler
from course_utils.lang import say

_LABELS = 2000


class Rebuild:
    """What a learner starts from, and the check of what they made of it.

    ``pictures`` uint8 ``(8000, 3, 32, 32)`` of ToyWorld, without labels; ``few`` the first 32 of
    them; ``encoder`` untrained. Whatever has to be trained is trained in place.

    ``lessons/TOPIC/memory.py`` has ``judge``, and may have ``given`` and ``probed``: how pictures
    of ToyWorld (``Stills``) are handed out, and how they are seen by the probe, uint8
    ``(N, 3, 32, 32)``; as they are drawn where there is none. It may have ``told_of``: which of a
    number of questions an encoder answers rightly, bool ``(1, N)``, in place of the probe of kinds.
    """

    def __init__(self, topic: str):
        self.topic = topic
        self._lesson = importlib.import_module(f"course_utils.lessons.{topic}.memory")
        self._drawn = toyworld.stills(8000, seed=5)
        self.pictures = self._made("given", self._drawn)
        self.few = self.pictures[:32]
        self.encoder = models.small_encoder(self.pictures, seed=5)
        self._floor = models.small_encoder(self.pictures, seed=5)

    def check(self, inputs: object = None, targets: object = None) -> str:
        """Say what is right and which half is missing; return the key of what was said.

        ``inputs`` and ``targets``: what the learner made of ``few``. They are judged by the
        lesson, the encoder by a probe of ToyWorld's kinds or by what the lesson asks of it, beside
        the untrained one it began as.
        """
        found = "nothing" if inputs is None else self._lesson.judge(self.few, inputs, targets)
        if found != "right":
            return self._say(found)
        if self._untrained():
            return self._say("not_trained")
        effect = comparisons.paired_bootstrap(self._read(self.encoder), self._read(self._floor))
        return self._say("right" if effect.low > 0 else "not_above", effect)

    def _say(self, found: str, effect: comparisons.Effect | None = None) -> str:
        """Say a text of the lesson, with what was gained over the untrained encoder; return it."""
        ko, en = texts.of(self.topic)["memory"][found]
        gained = "" if effect is None else f" ({100 * effect.difference:+.1f}%p)"
        say(ko=ko + gained, en=en + gained.replace("%p", " points"))
        return found

    def _made(self, how: str, drawn: toyworld.Stills) -> torch.Tensor:
        return getattr(self._lesson, how, lambda stills: stills.images)(drawn)

    def _untrained(self) -> bool:
        """Are the encoder's weights still those of the beginning?"""
        before, now = self._floor.state_dict(), self.encoder.state_dict()
        weights = [name for name, _ in self._floor.named_parameters()]
        return all(torch.equal(before[name], now[name].cpu()) for name in weights)

    def _read(self, encoder) -> torch.Tensor:
        """Which of 1,000 test pictures a probe on the last stage has right, bool ``(1, 1000)``, or
        what the lesson asks.
        """
        encoder = encoder.to(runtime.device())
        if hasattr(self._lesson, "told_of"):
            return self._lesson.told_of(encoder, self.pictures)
        test = toyworld.stills(1000, split="test", seed=5)
        known = self._made("probed", self._drawn)[-_LABELS:]
        stages = ruler.stages(encoder, known, self._made("probed", test))
        inside, outside = ({"last": list(x.values())[-1]} for x in stages)
        kinds = self._drawn.factors["kind"][-_LABELS:], test.factors["kind"]
        return probes.linear_probe(inside, kinds[0], outside, kinds[1])["last"].correct
