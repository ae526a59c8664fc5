"""Rotation prediction (RotNet): which way up is this picture?

Gidaris, Singh & Komodakis, "Unsupervised Representation Learning by Predicting Image Rotations",
ICLR 2018. The label is free: we turned the picture, so we know by how much.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import losses, models, runtime
from course_utils.train import History, fit
from course_utils.views import streams

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


def rotation_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean of −log of the probability that is given to the true turn (section 2.1).

    ``logits`` float ``(B, 4)``, ``labels`` int64 ``(B,)`` on the same device, to a scalar. With all
    four copies of a picture in the batch this is the paper's mean over pictures and turns.
    """
    return F.cross_entropy(logits, labels)


# The year '98 as a camera would print it.
_DIGITS = """
.........
.###.###.
.#.#.#.#.
.###.###.
...#.#.#.
.###.###.
.........
"""


def date_stamp(images: torch.Tensor) -> torch.Tensor:
    """The digits 98 in the top left corner, white on black: a camera's date stamp.

    ``images`` is ``(B, C, S, S)``, uint8 or float in [0, 1]. The stamp is 9 × 7 pixels on pictures
    below 64 pixels, twice that from 64 on, and so forth. Returns stamped copies.

    Digits and not a white square: a bright corner is also a bit of sky, and a network that looks
    for one tells real photographs apart without the stamp.
    """
    lines = _DIGITS.split()
    ink = torch.tensor([[pixel == "#" for pixel in line] for line in lines], device=images.device)
    times = max(1, images.shape[-1] // 32)
    ink = ink.repeat_interleave(times, 0).repeat_interleave(times, 1)  # (7 · times, 9 · times)
    height, width = ink.shape
    white = 255 if images.dtype == torch.uint8 else 1
    stamped = images.clone()
    stamped[:, :, :height, :width] = white * ink.to(images.dtype)
    return stamped


def shuffle_tiles(images: torch.Tensor, grid: int, generator: torch.Generator) -> torch.Tensor:
    """Cut every picture into ``grid`` × ``grid`` tiles and put them back in a random order.

    ``(B, C, S, S)``, S a multiple of ``grid``, to the same shape; every picture gets its own order.
    What is inside a tile stays, where the tiles lie is lost.
    """
    b, c, size, _ = images.shape
    if size % grid:
        raise ValueError(
            f"한 변이 {size}픽셀인 이미지는 {grid}×{grid}칸으로 나눌 수 없습니다. 약수를 고르세요.\n"
            f"A picture of {size} px cannot be cut into {grid} × {grid} tiles. Choose a divisor."
        )
    tile = size // grid
    tiles = images.reshape(b, c, grid, tile, grid, tile).permute(0, 2, 4, 1, 3, 5)
    tiles = tiles.reshape(b, grid * grid, c, tile, tile)
    order = torch.rand(b, grid * grid, generator=generator, device=generator.device).argsort(1)
    order = order.to(images.device)
    tiles = tiles[torch.arange(b, device=images.device)[:, None], order]
    tiles = tiles.reshape(b, grid, grid, c, tile, tile).permute(0, 3, 1, 4, 2, 5)
    return tiles.reshape(b, c, size, size)


def draw_seams(images: torch.Tensor, grid: int = 4) -> torch.Tensor:
    """Gray seams between the ``grid`` × ``grid`` tiles of pictures, two pixels wide.

    ``(B, C, S, S)``, uint8 or float in [0, 1], S a multiple of ``grid``; returns copies. Whether
    tiles were moved cannot be told by the seams, and neither can a turn: the lines lie alike from
    all four sides.
    """
    size = images.shape[-1]
    edges = torch.arange(1, grid, device=images.device) * (size // grid)
    lines = torch.cat([edges - 1, edges])
    gray = 128 if images.dtype == torch.uint8 else 0.5
    drawn = images.index_fill(-1, lines, gray)
    return drawn.index_fill_(-2, lines, gray)


def pretrain(
    encoder: nn.Sequential,
    images: torch.Tensor,
    *,
    examples: int,
    seed: int,
    pose: Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]] = four_copies,
) -> tuple[models.Classifier, History]:
    """Train an encoder to tell rotations: the recipe of lesson 03 and of its records.

    ``images`` uint8 ``(N, C, S, S)`` on the encoder's device; ``examples`` counts rotated
    pictures, 256 a step. ``pose`` makes inputs and labels from a batch of pictures in [0, 1]:
    ``four_copies``, or that after something was done to them.
    """
    where = next(encoder.parameters()).device
    net = models.classifier(encoder, len(ANGLES), seed=seed).to(where)
    generator = runtime.generator(seed, where)
    stream = streams.batches(images, batch_size=64, generator=generator)
    posed = (pose(x) for x, _ in stream)
    return net, fit(net, posed, losses.classification, examples=examples, static=True)
