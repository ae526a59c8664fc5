"""The small encoder with an eighth of its channels, for tests of what the width does not change."""

import torch
from torch import nn

from course_utils import models


@models.seeded
def narrow_encoder(pictures: torch.Tensor) -> nn.Sequential:
    """Stages, sizes and kinds of layers as in ``models.small_encoder``."""
    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))
    patchify = nn.Conv2d(pictures.shape[1], 8, 2, stride=2)
    for stage, (c_in, c_out) in enumerate([(8, 8), (8, 16), (16, 32)], start=1):
        block = [nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU()]
        first, last = [patchify][: stage == 1], [nn.MaxPool2d(2)][: stage < 3]
        encoder.add_module(f"block{stage}", nn.Sequential(*first, *block, *last))
    return encoder
