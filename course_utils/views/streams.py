"""From pictures in memory to batches: one stream of indices, and the usual light augmentation.

Pictures stay uint8 where they are, on the CPU or on a GPU; a batch is float32 in [0, 1] on the
same device. The model normalises (``models.Normalize``), so nothing here knows a mean.
"""

from collections.abc import Iterator

import torch

from course_utils.views import geometry


def to_float(images: torch.Tensor) -> torch.Tensor:
    """uint8 pictures 0–255 to float32 in [0, 1], any shape; ``TypeError`` for other types."""
    if images.dtype != torch.uint8:
        raise TypeError(
            f"to_float는 uint8 이미지를 받습니다. 지금은 {images.dtype}입니다.\n"
            f"to_float takes uint8 pictures; these are {images.dtype}."
        )
    return images.to(torch.float32) / 255


def to_bytes(images: torch.Tensor) -> torch.Tensor:
    """Float pictures in [0, 1] to uint8 0–255, rounded, any shape."""
    return (255 * images).round().to(torch.uint8)


def index_batches(n: int, batch_size: int, generator: torch.Generator) -> Iterator[torch.Tensor]:
    """Endless batches of indices into n pictures, int64 ``(batch_size,)``: the course's only one.

    One pass over all n in random order follows the other. Every batch is full: it may hold the end
    of one pass and the start of the next, or several passes where n is smaller than the batch. The
    indices lie on the generator's device.
    """
    waiting = torch.empty(0, dtype=torch.int64, device=generator.device)
    while True:
        while len(waiting) < batch_size:
            order = torch.randperm(n, generator=generator, device=generator.device)
            waiting = torch.cat([waiting, order])
        yield waiting[:batch_size]
        waiting = waiting[batch_size:]


def batches(
    images: torch.Tensor, *, batch_size: int, generator: torch.Generator
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches of shifted and mirrored pictures, with their indices.

    ``images`` is uint8 ``(N, C, S, S)``; yields float ``(B, C, S, S)`` in [0, 1] and int64
    ``(B,)``, both on the device of ``images``. The usual light augmentation: a shift by up to a
    sixteenth of the side and a left–right flip.
    """
    padding = images.shape[-1] // 16
    for index in index_batches(len(images), batch_size, generator):
        index = index.to(images.device)
        x = to_float(images[index])  # (B, C, S, S)
        yield geometry.random_flip(geometry.random_crop(x, padding, generator), generator), index
