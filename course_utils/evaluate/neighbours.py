"""Which pictures are alike, by what an encoder makes of them?"""

import torch
from torch import nn

from course_utils.evaluate.features import features, pixels, recalibrated
from course_utils.evaluate.probes import nearest
from course_utils.evaluate.solvers import standardize


class Neighbours:
    """Pictures among which those most alike to another one are found.

    ``images`` uint8 ``(N, 3, S, S)``; ``encoder`` is recalibrated on them, None compares pixels.
    """

    def __init__(self, encoder: nn.Sequential | None, images: torch.Tensor, stage: str = "block2"):
        self.encoder = recalibrated(encoder, images) if encoder is not None else None
        self.stage = stage if encoder is not None else "pixels"
        self.images, self.known = images, self.describe(images)

    def describe(self, images: torch.Tensor) -> torch.Tensor:
        """What uint8 pictures ``(N, 3, S, S)`` are compared by: float ``(N, D)``."""
        found = pixels(images) if self.encoder is None else features(self.encoder, images)
        return found[self.stage]

    def of(self, picture: torch.Tensor, k: int = 6) -> torch.Tensor:
        """The ``k`` pictures (fewer where there are no more) most alike to a uint8
        ``(3, S, S)``, by cosine similarity of standardised features, best first: ``(k, 3, S, S)``.
        """
        known, query = standardize(self.known, self.describe(picture[None]))
        return self.images[nearest(known, query, min(k, len(known)))[0]]
