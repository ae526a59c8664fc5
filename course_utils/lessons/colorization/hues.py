"""Gray pictures of ToyWorld under colours of our own choice: one hue a thing, none around it."""

import math

import torch

from course_utils import runtime
from course_utils.data import toyworld
from course_utils.data.worlds import without_color

CHROMA = 40.0


def hued(masks: torch.Tensor, hues: torch.Tensor) -> torch.Tensor:
    """a and b of things that have one hue each: float ``(N, 2, S, S)``, 0 outside of the things.

    ``masks`` bool ``(N, S, S)``; ``hues`` float ``(N,)``, shares of the colour circle in [0, 1).
    """
    angle = 2 * math.pi * hues
    ab = CHROMA * torch.stack([angle.cos(), angle.sin()], 1)[:, :, None, None]  # (N, 2, 1, 1)
    return ab * masks[:, None]


def stored(gray: torch.Tensor, masks: torch.Tensor, hues: torch.Tensor) -> torch.Tensor:
    """Gray pictures uint8 ``(N, 3, S, S)`` and the colours of their things, in one tensor.

    uint8 ``(N, 3, S, S)``: gray, and a and b, each with 128 added; ``masks`` and ``hues`` as in
    ``hued``. So one gray picture may have any colours: none has to be mixed into it.
    """
    ab = (hued(masks, hues) + 128).round().to(torch.uint8)
    return torch.cat([gray[:, :1], ab], 1)


def any_hue(n: int, *, size: int, seed: int) -> torch.Tensor:
    """Test pictures of ToyWorld, and hues that nothing seen in them tells, as ``stored``.

    ToyWorld's own hues would not do: yellow things are brighter than blue ones in gray, too.
    """
    drawn = toyworld.stills(n, size=size, split="test", seed=seed)
    drawn_hues = torch.rand(n, generator=runtime.generator(seed))
    return stored(without_color(drawn.images), drawn.masks, drawn_hues)


def split_stored(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Gray and colours of ``stored`` pictures, float in [0, 1]."""
    return images[:, :1].expand(-1, 3, -1, -1), 255 * images[:, 1:] - 128
