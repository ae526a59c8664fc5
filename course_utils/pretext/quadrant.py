"""Which quarter of the picture is hidden? The shortest way to a free label, and a bad pretext task.

Predicting one of four quadrants is a task of Sun, Tzeng, Darrell & Efros, "Unsupervised Domain
Adaptation through Self-Supervision", 2019: there the network sees the quadrant and says where it
came from. Hiding it instead gives the answer away: whoever finds the hole knows the label.
"""

import torch

from course_utils.lang import both


def hide_quadrant(
    images: torch.Tensor, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Paint a random quarter of every picture black; the label says which.

    ``(B, C, S, S)``, any dtype, S even, to copies of the same shape and labels int64 ``(B,)``:
    0 top left, 1 top right, 2 bottom left, 3 bottom right. Drawn on the generator's device; the
    results are on that of the images. Raises ``ValueError`` for odd S.
    """
    if images.shape[-1] % 2:
        raise ValueError(
            both(
                ko=f"한 변이 {images.shape[-1]}픽셀이면 사분면으로 나눌 수 없습니다. 짝수로 정하세요.",
                en=f"A side of {images.shape[-1]} px cannot be halved. Choose an even one.",
            )
        )
    labels = torch.randint(4, (len(images),), generator=generator, device=generator.device)
    half = images.shape[-1] // 2
    hidden = images.clone()
    for picture, label in zip(hidden, labels.tolist(), strict=True):
        row, column = divmod(label, 2)
        picture[:, row * half : (row + 1) * half, column * half : (column + 1) * half] = 0
    return hidden, labels.to(images.device)
