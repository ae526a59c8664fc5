"""Light laid over pictures: a ramp of brightness along their height, and its control.

Pictures are ``(B, C, H, W)`` float in [0, 1], and so are the results. A ``strength`` of 0.3 adds
0.3 at one end and takes 0.3 away at the other; what leaves [0, 1] is clipped.
"""

import torch


def _height(images: torch.Tensor) -> torch.Tensor:
    """−1 in the first row to 1 in the last, ``(H, 1)``."""
    return torch.linspace(-1, 1, images.shape[-2], device=images.device)[:, None]


def from_below(images: torch.Tensor, strength: float) -> torch.Tensor:
    """Brighter towards the bottom and darker towards the top; a negative strength: from above.

    ``strength`` may also be a tensor ``(B, 1, 1, 1)``, one a picture.
    """
    return (images + strength * _height(images)).clamp(0, 1)


def from_both_ends(images: torch.Tensor, strength: float) -> torch.Tensor:
    """The same range of brightness without a direction: both ends brighter, the middle darker."""
    return (images + strength * (2 * _height(images).abs() - 1)).clamp(0, 1)
