"""Split-brain autoencoders: each half of the channels predicts the other half.

Zhang, Isola & Efros, "Split-Brain Autoencoders", CVPR 2017. Colorization sees gray pictures alone;
here one half of the network predicts colours from lightness, the other lightness from colours, and
their features side by side see the whole picture. The two halves are an encoder whose convolutions
are in two groups that never mix.
"""

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import models, runtime
from course_utils.pretext.colorization import BATCH, CELL, color_bins, palette
from course_utils.train import History, fit
from course_utils.views import streams
from course_utils.views.lab import rgb_to_lab

LIGHTNESS_BINS = 50  # of two units of L, 0 to 100

# What the two groups see, as channels of Lab, and how many groups there are. Groups are equally
# wide, so where one sees lightness alone it gets it twice.
WAYS = {
    "apart": ((0, 0, 1, 2), 2),
    "leaking": ((0, 1, 2, 0, 1, 2), 2),  # each half sees what it is to predict as well
    "whole": ((0, 1, 2), 1),  # one encoder of equal width
}


def lightness_bins(lightness: torch.Tensor) -> torch.Tensor:
    """The bin of the mean lightness of every place of 4 × 4 pixels.

    Float ``(B, 1, S, S)`` in [0, 100], S a multiple of ``CELL``, to int64 ``(B, S/4, S/4)``.
    """
    width = 100 / LIGHTNESS_BINS
    bins = (F.avg_pool2d(lightness, CELL) / width).long()
    return bins.clamp(0, LIGHTNESS_BINS - 1).squeeze(1)


class LabNormalize(models.Normalize):
    """Pictures in [0, 1] to normalised channels of Lab, in the order ``channels``."""

    def __init__(self, pictures: torch.Tensor, channels: tuple[int, ...]):
        super().__init__(rgb_to_lab(streams.to_float(pictures[:5000])))
        self.channels = channels

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """``(B, 3, H, W)`` to ``(B, len(channels), H, W)``."""
        with torch.autocast(images.device.type, enabled=False):  # Lab needs more than 8 bits
            normal = super().forward(rgb_to_lab(images.float()))
        chosen = [normal[:, c : c + 1] for c in self.channels]  # a list of numbers waits for a GPU
        return torch.cat(chosen, 1).contiguous(memory_format=torch.channels_last)


@models.seeded
def split_encoder(pictures: torch.Tensor, how: str) -> nn.Sequential:
    """``models.small_encoder`` on Lab, as wide, its convolutions in groups as ``WAYS[how]`` says.

    ``pictures`` uint8 ``(N, 3, S, S)`` in colour; input and stages as there. In two groups the
    first half of every stage's channels is one half of the network, the rest the other.
    """
    channels, groups = WAYS[how]

    def block(c_in: int, c_out: int) -> tuple[nn.Module, ...]:
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False, groups=groups)
        return conv, nn.BatchNorm2d(c_out), nn.ReLU(inplace=True)

    encoder = nn.Sequential()
    encoder.add_module("normalize", LabNormalize(pictures, channels))
    patchify = nn.Conv2d(len(channels), 64, 2, stride=2, groups=groups)
    encoder.add_module("block1", nn.Sequential(patchify, *block(64, 64), nn.MaxPool2d(2)))
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(2)))
    encoder.add_module("block3", nn.Sequential(*block(128, 256)))
    return encoder


class SplitBrain(nn.Module):
    """An encoder and two heads: colours from its first group, lightness from its last one."""

    def __init__(self, encoder: nn.Sequential, groups: int, outputs: tuple[int, int]):
        super().__init__()
        self.encoder, self.groups = encoder, groups
        width = 256 // groups
        self.heads = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.Conv2d(width, 4 * n, 1),  # a cell predicts the four places it covers
            )
            for n in outputs
        )

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """``(B, 3, S, S)`` in [0, 1] to logits of colours and of lightness at every place.

        Float ``(B, Q, S/4, S/4)`` and ``(B, LIGHTNESS_BINS, S/4, S/4)``.
        """
        halves = self.encoder(images).chunk(self.groups, 1)  # (B, 256 / groups, S/8, S/8) each
        ends = halves[0], halves[-1]
        return tuple(F.pixel_shuffle(head(x), 2) for head, x in zip(self.heads, ends, strict=True))


@models.seeded
def split_brain(encoder: nn.Sequential, how: str) -> SplitBrain:
    """Put the two heads on an encoder (shared, not copied)."""
    return SplitBrain(encoder, WAYS[how][1], (len(palette()), LIGHTNESS_BINS))


def pretrain(
    images: torch.Tensor, *, examples: int, seed: int, how: str = "apart"
) -> tuple[SplitBrain, History]:
    """Train an encoder to predict colours and lightness (section 3 of the paper, equation 3).

    ``images`` uint8 ``(N, 3, S, S)`` in colour; ``examples`` counts pictures, 64 a step, each seen
    by both halves; ``how`` a key of ``WAYS``. Both losses are cross-entropies and count alike.
    """
    where = images.device
    colors = palette().to(where)
    encoder = split_encoder(images, how, seed=seed)
    net = split_brain(encoder, how, seed=seed).to(where)
    stream = streams.batches(images, batch_size=BATCH, generator=runtime.generator(seed, where))

    def posed():
        for pictures, _ in stream:
            lab = rgb_to_lab(pictures)
            yield pictures, color_bins(lab[:, 1:], colors), lightness_bins(lab[:, :1])

    def loss(model, pictures, colors_there, lightness_there):
        color, lightness = (logits.float() for logits in model(pictures))
        costs = {
            "color": F.cross_entropy(color, colors_there),
            "lightness": F.cross_entropy(lightness, lightness_there),
        }
        return sum(costs.values()), {name: cost.detach() for name, cost in costs.items()}

    return net, fit(net, posed(), loss, examples=examples, static=True)
