"""Answers written from the lesson's text alone, before the checks by facts were tried on them."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


# ---------------------------------------------------------------- four_copies

def n2_copies_a(images):
    B = images.shape[0]
    turned = images
    rotated = []
    labels = []
    for r in range(4):
        turned = torch.rot90(turned, r, dims=(2, 3))
        rotated.append(turned)
        labels.append(torch.full((B,), r, dtype=torch.long, device=images.device))
    return torch.cat(rotated), torch.cat(labels)


def n2_copies_b(images):
    B = images.size(0)
    r0 = images
    r90 = torch.rot90(images, 1, [2, 3])
    r180 = torch.flip(images, dims=[2])
    r270 = torch.rot90(images, 3, [2, 3])
    rotated = torch.cat([r0, r90, r180, r270], dim=0)
    labels = torch.arange(4, device=images.device).repeat_interleave(B)
    return rotated, labels


def n2_copies_c(images):
    B, C, S, _ = images.shape
    copies = [torch.rot90(images, r, (-2, -1)) for r in range(4)]
    rotated = torch.stack(copies, dim=1).reshape(4 * B, C, S, S)
    labels = torch.arange(4, device=images.device).repeat_interleave(B)
    return rotated, labels


def n2_copies_d(images):
    rotated, labels = [], []
    for r in range(4):
        rotated.append(torch.rot90(images, k=r, dims=(2, 3)))
        labels.append(images.new_full((len(images),), r))
    return torch.cat(rotated, dim=0), torch.cat(labels, dim=0)


def n2_copies_e(images):
    rotated = []
    labels = []
    for image in images:
        for r in range(4):
            rotated.append(torch.rot90(image, r, dims=(1, 2)))
            labels.append(r)
    return torch.stack(rotated), torch.tensor(labels, dtype=torch.int64, device=images.device)


def n2_copies_f(images):
    t = images.transpose(2, 3)
    by_label = {3: t.flip(3), 2: images.flip(2, 3), 1: t.flip(2), 0: images}
    rotated = torch.cat(tuple(by_label.values()))
    order = torch.tensor(list(by_label), dtype=torch.int64, device=images.device)
    labels = order[:, None].expand(4, images.shape[0]).reshape(-1)
    return rotated, labels


# ------------------------------------------------------------ frozen_features

def n2_frozen_a(encoder, images):
    encoder.training = False
    with torch.no_grad():
        maps = encoder(images)
    return maps.mean(dim=(2, 3))


def n2_frozen_b(encoder, images):
    encoder.eval()
    torch.no_grad()
    maps = encoder(images)
    return maps.mean(dim=(2, 3))


def n2_frozen_c(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = encoder(images)
        features = F.adaptive_avg_pool2d(maps, 1).squeeze()
    return features


def n2_frozen_d(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = encoder(images)
        features = maps.mean(dim=[2, 3])
        features = F.normalize(features, dim=1)
    return features


@torch.no_grad()
def n2_frozen_e(encoder, images):
    encoder.eval()
    out = encoder(images)
    return out.mean(-1).mean(-1)


def n2_frozen_f(encoder, images):
    was_training = encoder.training
    encoder.train(False)
    try:
        with torch.set_grad_enabled(False):
            maps = encoder(images)
            if isinstance(maps, (list, tuple)):
                maps = maps[-1]
            B, C, H, W = maps.shape
            features = torch.einsum("bchw->bc", maps) / (H * W)
    finally:
        encoder.train(was_training)
    return features


NEW = [
    ("rotation.four_copies", "wrong", n2_copies_a,
     "You turn the copy that was already turned, so the angles add up to 0, 90, 270 and 540 degrees and labels 2 and 3 do not fit."),
    ("rotation.four_copies", "wrong", n2_copies_b,
     "Flipping the rows alone gives a mirror image; a turn by 180 degrees flips height and width."),
    ("rotation.four_copies", "wrong", n2_copies_c,
     "Stacking along dim 1 puts the four copies of one photograph next to each other, but your labels come in four blocks of B, so they do not match."),
    ("rotation.four_copies", "wrong", n2_copies_d,
     "new_full takes over the dtype of the images, so the labels are uint8 or float instead of int64."),
    ("rotation.four_copies", "right", n2_copies_e, ""),
    ("rotation.four_copies", "right", n2_copies_f, ""),
    ("rotation.frozen_features", "wrong", n2_frozen_a,
     "Setting the attribute training changes only the outermost module; batch norm and dropout inside stay in training mode, so call encoder.eval()."),
    ("rotation.frozen_features", "wrong", n2_frozen_b,
     "torch.no_grad() on a line of its own does nothing; it needs a with block, so your features still carry gradients."),
    ("rotation.frozen_features", "wrong", n2_frozen_c,
     "squeeze() without dimensions also removes the batch axis when there is a single image, so the result is (C,) instead of (1, C)."),
    ("rotation.frozen_features", "wrong", n2_frozen_d,
     "The task asks for the plain average over height and width; you additionally scale every feature vector to unit length."),
    ("rotation.frozen_features", "right", n2_frozen_e, ""),
    ("rotation.frozen_features", "right", n2_frozen_f, ""),
]
