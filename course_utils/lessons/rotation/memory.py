"""Lesson 03 rebuilt from memory: are these turned pictures, and do the targets say how?"""

import torch

from course_utils.exercises.facts import as_tensor
from course_utils.pretext import rotation


def judge(few: torch.Tensor, inputs: object, targets: object) -> str:
    """What is missing of the inputs and targets made of uint8 pictures ``(N, 3, S, S)``.

    Any order, any dtype and scale of the pictures, any numbering of the angles and one angle or all
    four a picture are right, as long as every angle occurs and a target stands for one angle.
    Returns ``"right"`` or what is wrong: a key of the lesson's texts.
    """
    inputs, targets = as_tensor(inputs), as_tensor(targets)
    if not isinstance(inputs, torch.Tensor) or not len(inputs) or inputs.shape[1:] != few.shape[1:]:
        return "no_pictures"
    scaled = inputs.float().cpu()
    scaled = scaled if scaled.max() > 1.5 else 255 * scaled
    copies, turns = rotation.four_copies(few.float())  # (4N, 3, S, S)
    distance = (scaled[:, None] - copies[None]).abs().mean((2, 3, 4))  # (M, 4N)
    nearest = distance.min(1)
    if nearest.values.max() > 1:  # of 255: rounding is allowed
        return "not_turned"
    turned = turns[nearest.indices]
    if len(turned.unique()) < len(rotation.ANGLES):
        return "angles_missing"
    if not isinstance(targets, torch.Tensor) or len(targets) != len(inputs):
        return "no_targets"
    targets = targets.cpu()
    if targets.ndim == 2 and targets.shape[1] > 1:  # one-hot
        targets = targets.argmax(1)
    pairs = set(zip(turned.tolist(), targets.flatten().tolist(), strict=True))
    one_to_one = len(pairs) == len(rotation.ANGLES) == len({target for _, target in pairs})
    return "right" if one_to_one else "targets_wrong"
