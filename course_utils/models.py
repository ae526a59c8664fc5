"""Encoders that own their normalisation, with named stages, and the head that sits on one.

An encoder is a ``nn.Sequential``: first ``normalize``, then its stages in order. It takes pictures
in [0, 1]; ``encoder(images)`` gives the last stage's feature maps, ``stage_maps`` those of every
stage. Weights are drawn from a seed given to the builder, so building a network neither reads nor
moves PyTorch's global generator.
"""

import functools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn


def seeded(build: Callable[..., nn.Module]) -> Callable[..., nn.Module]:
    """Give a builder the keyword ``seed`` (0 by default) and leave the global generator alone."""

    @functools.wraps(build)
    def wrapper(*args, seed: int = 0, **kwargs):
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)  # manual_seed would reseed CUDA as well
            return build(*args, **kwargs).to(memory_format=torch.channels_last)

    return wrapper


class Normalize(nn.Module):
    """Subtract each channel's mean and divide by its deviation: the first child of an encoder.

    Mean and deviation are buffers ``(1, C, 1, 1)`` taken from ``pictures`` ``(N, C, H, W)``, those
    that the encoder is trained on: uint8 ones count as values in [0, 1], float ones (gray, Lab) as
    they are. They travel with the weights. The result is stored channels-last: convolutions on a
    CPU are about twice as fast on it.
    """

    def __init__(self, pictures: torch.Tensor):
        super().__init__()
        mean, std = channel_statistics(pictures)
        self.register_buffer("mean", mean.view(1, -1, 1, 1))
        self.register_buffer("std", std.view(1, -1, 1, 1))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Float ``(B, C, H, W)`` to the same shape."""
        normal = (images - self.mean) / self.std
        return normal.contiguous(memory_format=torch.channels_last)


def channel_statistics(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of each channel of ``(N, C, H, W)``: both ``(C,)``, on the CPU.

    uint8 pictures count as values in [0, 1] and are read from 256-bin histograms, so 50,000 of them
    need no float copy of themselves.
    """
    if images.dtype != torch.uint8:
        channels = images.transpose(0, 1).flatten(1).double()  # (C, N · H · W)
        return channels.mean(1).float().cpu(), channels.std(1, correction=0).float().cpu()
    levels = torch.arange(256, dtype=torch.float64, device=images.device) / 255
    mean, std = [], []
    for channel in range(images.shape[1]):
        counts = torch.bincount(images[:, channel].flatten(), minlength=256).double()
        share = counts / counts.sum()
        mean.append((share * levels).sum())
        std.append(((share * levels**2).sum() - mean[-1] ** 2).sqrt())
    return torch.stack(mean).float().cpu(), torch.stack(std).float().cpu()


def _block(c_in: int, c_out: int) -> list[nn.Module]:
    return [
        nn.Conv2d(c_in, c_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(c_out),
        nn.ReLU(inplace=True),
    ]


@seeded
def small_encoder(pictures: torch.Tensor) -> nn.Sequential:
    """The encoder of every lesson: 407,232 weights, about 4,000 training pictures/s on two cores.

    Made for CPUs. Most of the time of a usual CIFAR network goes into convolutions at full
    resolution; here a 2 × 2 convolution with stride 2 cuts the picture into patches first, and
    three 3 × 3 blocks with 64, 128 and 256 channels follow.

    ``pictures`` ``(N, C, H, W)`` are those it will be trained on: ``normalize`` is set from them.
    Input ``(B, C, S, S)`` float in their range, S ≥ 8 and a multiple of 8. Stages, for S = 32:
    ``block1`` ``(B, 64, 8, 8)``, ``block2`` ``(B, 128, 4, 4)``, ``block3`` ``(B, 256, 4, 4)``.
    """
    encoder = nn.Sequential()
    encoder.add_module("normalize", Normalize(pictures))
    patchify = nn.Conv2d(pictures.shape[1], 64, 2, stride=2)
    encoder.add_module("block1", nn.Sequential(patchify, *_block(64, 64), nn.MaxPool2d(2)))
    encoder.add_module("block2", nn.Sequential(*_block(64, 128), nn.MaxPool2d(2)))
    encoder.add_module("block3", nn.Sequential(*_block(128, 256)))
    return encoder


class _Residual(nn.Module):
    """Two 3 × 3 convolutions and a skip connection (He et al., 2016, figure 2)."""

    def __init__(self, c_in: int, c_out: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_out)
        self.shortcut = nn.Sequential()
        if stride != 1 or c_in != c_out:
            self.shortcut.append(nn.Conv2d(c_in, c_out, 1, stride, bias=False))
            self.shortcut.append(nn.BatchNorm2d(c_out))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(out)) + self.shortcut(x))


@seeded
def resnet18(pictures: torch.Tensor) -> nn.Sequential:
    """ResNet-18 as used on CIFAR: 3 × 3 stem with stride 1, no first max-pool, 11.2 M weights.

    For a GPU: on two CPU cores it is about forty times slower than ``small_encoder``. ``pictures``
    and input as there, S a multiple of 8. Stages, for S = 32: ``block1`` ``(B, 64, 32, 32)``,
    ``block2`` ``(B, 128, 16, 16)``, ``block3`` ``(B, 256, 8, 8)``, ``block4`` ``(B, 512, 4, 4)``.
    """
    encoder = nn.Sequential()
    encoder.add_module("normalize", Normalize(pictures))
    for stage, (c_in, c_out, stride) in enumerate(
        [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)], start=1
    ):
        stem = _block(pictures.shape[1], 64) if stage == 1 else []
        residual = [_Residual(c_in, c_out, stride), _Residual(c_out, c_out, 1)]
        encoder.add_module(f"block{stage}", nn.Sequential(*stem, *residual))
    return encoder


ENCODERS = {"small": small_encoder, "resnet18": resnet18}


def stage_maps(encoder: nn.Sequential, images: torch.Tensor) -> dict[str, torch.Tensor]:
    """Feature maps ``(B, C, H, W)`` after every stage, by name, in order; ``normalize`` is none."""
    maps = {}
    for name, part in encoder.named_children():
        images = part(images)
        if not isinstance(part, Normalize):
            maps[name] = images
    return maps


def pool(maps: torch.Tensor, *, dims: int = 1024) -> torch.Tensor:
    """Average-pool ``(B, C, H, W)`` to a g × g grid, C · g² about ``dims``, as ``(B, C · g²)``.

    Stages differ in channels and resolution; pooled like this a probe gets about the same number
    of dimensions from each, so a wide stage does not win by its width.
    """
    channels, side = maps.shape[1], min(maps.shape[2:])
    grid = min(max(1, round((dims / channels) ** 0.5)), side)
    return F.adaptive_avg_pool2d(maps.float(), grid).flatten(1)


class Classifier(nn.Module):
    """An encoder, its last stage pooled to 2 × 2, and one linear layer: images to logits.

    The 2 × 2 grid keeps where things are, which both a rotation and an object's layout need. The
    linear layer sees standardised features, divided by 8. Without that a learning rate that suits
    the encoder is far too large for a layer with a thousand inputs that are all positive: the loss
    jumps in the first steps, and ToyWorld's rotations are not learned in 60,000 pictures.
    """

    def __init__(self, encoder: nn.Sequential, features: int, n_classes: int):
        super().__init__()
        self.encoder = encoder
        self.standardize = nn.BatchNorm1d(features, affine=False)
        self.head = nn.Linear(features, n_classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """``(B, C, S, S)`` float in the encoder's range to logits ``(B, n_classes)``."""
        pooled = F.adaptive_avg_pool2d(self.encoder(images), 2).flatten(1)  # (B, 4 · C)
        return self.head(self.standardize(pooled.float()) / 8)


@seeded
def classifier(encoder: nn.Sequential, n_classes: int) -> Classifier:
    """Put a linear head with ``n_classes`` outputs on an encoder (shared, not copied)."""
    channels = [m for m in encoder.modules() if isinstance(m, nn.BatchNorm2d)][-1].num_features
    return Classifier(encoder, 4 * channels, n_classes)
