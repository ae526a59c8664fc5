"""Answers written from the lesson's text alone, before the checks were tried on them."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def n4_copies_random_angles(images):
    big = images.repeat_interleave(4, dim=0)
    labels = torch.randint(0, 4, (len(big),), device=images.device)
    rotated = torch.stack([torch.rot90(im, int(r), (1, 2)) for im, r in zip(big, labels)])
    return rotated, labels


def n4_copies_buffer(images):
    B, C, H, W = images.shape
    rotated = torch.empty(4 * B, C, H, W, device=images.device)
    labels = torch.empty(4 * B, dtype=torch.int64, device=images.device)
    for i in range(B):
        for r in range(4):
            rotated[4 * i + r] = torch.rot90(images[i], r, (1, 2))
            labels[4 * i + r] = r
    return rotated, labels


def n4_copies_running(images):
    turned = images
    parts, labels = [], []
    for r in range(4):
        turned = torch.rot90(turned, r, dims=(2, 3))
        parts.append(turned)
        labels += [r] * len(images)
    return torch.cat(parts), torch.tensor(labels, device=images.device)


def n4_copies_flips(images):
    r0 = images
    r1 = images.transpose(2, 3).flip(2)
    r2 = images.flip(2)
    r3 = images.transpose(2, 3).flip(3)
    rotated = torch.cat([r0, r1, r2, r3], dim=0)
    labels = torch.arange(4, device=images.device).repeat_interleave(images.shape[0])
    return rotated, labels


def n4_copies_shuffled_together(images):
    B = images.shape[0]
    rotated = torch.cat([torch.rot90(images, r, (-2, -1)) for r in (0, 1, 2, 3)])
    labels = torch.arange(4 * B, device=images.device) // B
    order = torch.randperm(4 * B, device=images.device)
    return rotated[order], labels[order]


def n4_copies_by_index(images):
    B, C, S, _ = images.shape
    grid = torch.arange(S * S, device=images.device).view(S, S)
    flat = images.reshape(B, C, S * S)
    copies = []
    for _ in range(4):
        copies.append(flat[:, :, grid.reshape(-1)].view(B, C, S, S))
        grid = grid.t().flip(0)
    rotated = torch.stack(copies, dim=1).flatten(0, 1)
    labels = torch.tensor([0, 1, 2, 3], device=images.device).repeat(B)
    return rotated, labels


def n4_frozen_eval_late(encoder, images):
    with torch.no_grad():
        maps = encoder(images)
        encoder.eval()
        if isinstance(maps, (list, tuple)):
            maps = maps[-1]
        return maps.mean(dim=(2, 3))


def n4_frozen_flag(encoder, images):
    encoder.training = False
    with torch.no_grad():
        maps = encoder(images)
    last = maps[-1] if isinstance(maps, (list, tuple)) else maps
    return last.mean(dim=(-2, -1))


def n4_frozen_statement(encoder, images):
    encoder.eval()
    torch.no_grad()
    maps = encoder(images)
    last = maps[-1] if isinstance(maps, (list, tuple)) else maps
    return last.mean(dim=[2, 3])


def n4_frozen_scaled(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = encoder(images.float() / 255.0)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
        return F.adaptive_avg_pool2d(last, 1).flatten(1)


@torch.no_grad()
def n4_frozen_decorated(encoder, images):
    maps = encoder.eval()(images)
    if isinstance(maps, (list, tuple)):
        maps = maps[-1]
    return nn.AdaptiveAvgPool2d(1)(maps)[:, :, 0, 0]


def n4_frozen_restoring(encoder, images):
    modes = [(m, m.training) for m in encoder.modules()]
    encoder.eval()
    try:
        with torch.set_grad_enabled(False):
            out = encoder(images)
            if isinstance(out, (list, tuple)):
                out = out[-1]
            b, c, h, w = out.shape
            feats = torch.einsum("bchw->bc", out) / (h * w)
    finally:
        for m, mode in modes:
            m.training = mode
    return feats


NEW = [
    ("rotation.four_copies", "wrong", n4_copies_random_angles,
     "You draw a random angle for each of the four copies, so a photograph no longer appears once at every angle."),
    ("rotation.four_copies", "wrong", n4_copies_buffer,
     "torch.empty makes float32 by default, so uint8 photographs come back as float instead of keeping their dtype."),
    ("rotation.four_copies", "wrong", n4_copies_running,
     "You turn the already turned images by r more quarter turns, so labels 2 and 3 stand on copies turned by 270 and 180 degrees."),
    ("rotation.four_copies", "wrong", n4_copies_flips,
     "Flipping only the rows is a mirror image and not a half turn; 180 degrees needs a flip of both height and width."),
    ("rotation.four_copies", "right", n4_copies_shuffled_together, ""),
    ("rotation.four_copies", "right", n4_copies_by_index, ""),
    ("rotation.frozen_features", "wrong", n4_frozen_eval_late,
     "You call eval() only after the forward pass, so the features are still computed in training mode."),
    ("rotation.frozen_features", "wrong", n4_frozen_flag,
     "Setting encoder.training changes only the outermost module; batch norm and dropout inside stay in training mode, so call encoder.eval()."),
    ("rotation.frozen_features", "wrong", n4_frozen_statement,
     "torch.no_grad() on a line of its own does nothing; it must be used in a with statement or as a decorator."),
    ("rotation.frozen_features", "wrong", n4_frozen_scaled,
     "The images are already between 0 and 1, so dividing by 255 again makes them almost black."),
    ("rotation.frozen_features", "right", n4_frozen_decorated, ""),
    ("rotation.frozen_features", "right", n4_frozen_restoring, ""),
]
