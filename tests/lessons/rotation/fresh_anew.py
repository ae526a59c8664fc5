"""Fresh student answers for the rotation exercises, written from the task text alone."""

# ruff: noqa
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


# ---------------------------------------------------------------- four_copies
def four_copies_x1_clockwise(images):
    rotated = torch.cat([torch.rot90(images, r, dims=(3, 2)) for r in range(4)])
    labels = torch.arange(4, device=images.device).repeat_interleave(len(images))
    return rotated, labels


def four_copies_x2_labels_other_order(images):
    copies = []
    for r in range(4):
        copies.append(torch.rot90(images, r, (2, 3)))
    rotated = torch.cat(copies, dim=0)
    labels = torch.tensor([0, 1, 2, 3] * images.shape[0], device=images.device)
    return rotated, labels


def four_copies_x3_turns_add_up(images):
    rotated, labels = [], []
    for r in range(4):
        images = torch.rot90(images, r, (-2, -1))
        rotated.append(images)
        labels.append(torch.full((len(images),), r, dtype=torch.long, device=images.device))
    return torch.cat(rotated), torch.cat(labels)


def four_copies_x4_float_buffer(images):
    B, C, H, W = images.shape
    rotated = torch.zeros(4 * B, C, H, W, device=images.device)
    labels = torch.zeros(4 * B, dtype=torch.int64, device=images.device)
    for r in range(4):
        rotated[r * B : (r + 1) * B] = torch.rot90(images, r, (2, 3))
        labels[r * B : (r + 1) * B] = r
    return rotated, labels


def four_copies_x5_mirrors(images):
    r0 = images
    r1 = images.transpose(2, 3)
    r2 = images.flip(2)
    r3 = r1.flip(2)
    rotated = torch.cat([r0, r1, r2, r3])
    labels = torch.arange(4, device=images.device).repeat_interleave(images.size(0))
    return rotated, labels


def four_copies_y1_image_by_image(images):
    copies = torch.stack([torch.rot90(images, r, (2, 3)) for r in range(4)], dim=1)
    rotated = copies.flatten(0, 1)
    labels = torch.arange(4, device=images.device).repeat(images.shape[0])
    return rotated, labels


def four_copies_y2_transpose_and_flip(images):
    quarter = images.transpose(2, 3).flip(2)
    half = images.flip(2).flip(3)
    three = images.transpose(2, 3).flip(3)
    rotated = torch.cat((three, half, quarter, images))
    one = torch.ones(len(images), dtype=torch.int64, device=images.device)
    labels = torch.cat((3 * one, 2 * one, one, 0 * one))
    return rotated, labels


def four_copies_y3_shuffled(images):
    rotated, labels = [], []
    for im in images:
        for r in (2, 0, 3, 1):
            rotated.append(torch.rot90(im, r, [1, 2]))
            labels.append(r)
    order = torch.randperm(len(labels))
    rotated = torch.stack(rotated)[order.to(images.device)]
    labels = torch.tensor(labels)[order].to(images.device)
    return rotated, labels


# ------------------------------------------------------------ frozen_features
def frozen_features_x1_eval_not_called(encoder, images):
    encoder.eval
    with torch.no_grad():
        f = encoder(images)
        if isinstance(f, (list, tuple)):
            f = f[-1]
        return f.mean(dim=(2, 3))


def frozen_features_x2_view_without_permute(encoder, images):
    encoder.eval()
    with torch.no_grad():
        f = encoder(images)
        if isinstance(f, (list, tuple)):
            f = f[-1]
    B, C, H, W = f.shape
    return f.reshape(B, H * W, C).mean(dim=1)


def frozen_features_x3_forward_outside_no_grad(encoder, images):
    with torch.no_grad():
        encoder.eval()
    f = encoder(images)
    if isinstance(f, (list, tuple)):
        f = f[-1]
    return f.mean(dim=[2, 3])


def frozen_features_x4_max(encoder, images):
    encoder.eval()
    with torch.no_grad():
        f = encoder(images)
        if isinstance(f, (list, tuple)):
            f = f[-1]
        return F.adaptive_max_pool2d(f, 1).squeeze(-1).squeeze(-1)


def frozen_features_x5_divide_by_255(encoder, images):
    encoder.eval()
    with torch.no_grad():
        f = encoder(images.float() / 255)
        if isinstance(f, (list, tuple)):
            f = f[-1]
        return f.mean((-2, -1))


@torch.no_grad()
def frozen_features_y1_decorator_pool(encoder, images):
    f = encoder.eval()(images)
    if isinstance(f, (list, tuple)):
        f = f[-1]
    return nn.Flatten()(nn.AdaptiveAvgPool2d(1)(f))


def frozen_features_y2_sum_over_places(encoder, images):
    encoder.train(False)
    with torch.set_grad_enabled(False):
        f = encoder(images)
        if isinstance(f, (list, tuple)):
            f = f[-1]
        n = f.shape[2] * f.shape[3]
        return torch.einsum("bchw->bc", f) / n


def frozen_features_y3_grad_off_and_on(encoder, images):
    before = torch.is_grad_enabled()
    encoder.eval()
    torch.set_grad_enabled(False)
    try:
        f = encoder(images)
        if isinstance(f, (list, tuple)):
            f = f[-1]
        f = f.flatten(2).mean(2)
    finally:
        torch.set_grad_enabled(before)
    return f


NEW = [
    (
        "rotation.four_copies",
        "wrong",
        four_copies_x1_clockwise,
        "The dims are given as (3, 2), so the copies turn clockwise and labels 1 and 3 are swapped.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_x2_labels_other_order,
        "The copies come angle by angle but the labels count 0, 1, 2, 3 image by image, so they do not match.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_x3_turns_add_up,
        "The loop overwrites images, so the turns add up to 0, 90, 270 and 180 degrees (180 is 540) under labels 0 to 3.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_x4_float_buffer,
        "The copies are written into a float32 buffer, so uint8 photographs come back as float.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_x5_mirrors,
        "A bare transpose and a bare vertical flip stand for 90 and 180 degrees, so copies are mirrored, and label 3 gets the 90-degree turn.",
    ),
    ("rotation.four_copies", "right", four_copies_y1_image_by_image, ""),
    ("rotation.four_copies", "right", four_copies_y2_transpose_and_flip, ""),
    ("rotation.four_copies", "right", four_copies_y3_shuffled, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x1_eval_not_called,
        "encoder.eval has no parentheses, so the encoder stays in training mode.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x2_view_without_permute,
        "The map is reshaped to (B, H*W, C) without a permute, so the shape is right but channels and places are mixed.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x3_forward_outside_no_grad,
        "Only eval() is inside no_grad; the forward pass is outside, so the features carry gradients.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x4_max,
        "Takes the maximum over height and width, not the average.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x5_divide_by_255,
        "Divides the images by 255 although they are already between 0 and 1.",
    ),
    ("rotation.frozen_features", "right", frozen_features_y1_decorator_pool, ""),
    ("rotation.frozen_features", "right", frozen_features_y2_sum_over_places, ""),
    ("rotation.frozen_features", "right", frozen_features_y3_grad_off_and_on, ""),
]
