"""Rotation prediction (RotNet): which way up is this picture?

Gidaris, Singh & Komodakis, "Unsupervised Representation Learning by Predicting Image Rotations",
ICLR 2018. The label is free: we turned the picture, so we know by how much.
"""

import torch

ANGLES = (0, 90, 180, 270)


def rotate(images: torch.Tensor, turns: int) -> torch.Tensor:
    """Turn pictures counter-clockwise by ``turns`` × 90°, exactly.

    ``images`` is ``(..., S, S)``, any dtype; ``turns`` is 0, 1, 2 or 3. Only transposes and flips
    move the pixels (section 2.2 of the paper and its released code): interpolation would leave a
    trace that gives the angle away.
    """
    if turns == 0:
        return images
    if turns == 1:
        return images.transpose(-2, -1).flip(-2)
    if turns == 2:
        return images.flip((-2, -1))
    if turns == 3:
        return images.flip(-2).transpose(-2, -1)
    raise ValueError(
        f"turns는 0, 1, 2, 3 가운데 하나입니다. 지금은 {turns}입니다.\n"
        f"turns must be 0, 1, 2 or 3; it is {turns}."
    )


def four_copies(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """All four rotations of every picture, with their labels.

    ``(B, C, S, S)``, any dtype, to rotated pictures ``(4B, C, S, S)`` of the same dtype and labels
    int64 ``(4B,)``: label r means the picture was turned counter-clockwise by r × 90°. First come
    all pictures at 0°, then all at 90°, and so on. Keeping the four copies of a picture in one
    batch follows the paper (section 2.2), which found it better than one random rotation each.
    """
    rotated = torch.cat([rotate(images, r) for r in range(4)])  # (4B, C, S, S)
    labels = torch.arange(4, device=images.device).repeat_interleave(len(images))  # (4B,)
    return rotated, labels
