"""Answers students might hand in for the exercises of the rotation notebook (encoder(images) is taken to return a (B, C, H, W) map)."""
# ruff: noqa
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


# ---------------------------------------------------------------- four_copies
def four_copies_v1_stack_mismatch(images):
    B = images.shape[0]
    # (B, 4, 3, S, S) -> (4B, 3, S, S), no loop over the batch
    rotated = torch.stack([images.rot90(r, (2, 3)) for r in range(4)], dim=1).flatten(0, 1)
    labels = torch.arange(4, device=images.device).repeat_interleave(B)
    return rotated, labels


def four_copies_v2_turns_add_up(images):
    rotated, labels = [], []
    for r in range(4):
        images = torch.rot90(images, r, dims=[2, 3])
        rotated.append(images)
        labels.append(torch.full((len(images),), r, dtype=torch.long))
    return torch.cat(rotated), torch.cat(labels)


def four_copies_v3_random_draws(images):
    big = images.repeat(4, 1, 1, 1)
    labels = torch.randint(0, 4, (len(big),))
    rotated = torch.stack([torch.rot90(im, int(r), (1, 2)) for im, r in zip(big, labels)])
    return rotated, labels


def four_copies_v4_upside_down_mirror(images):
    x0 = images
    x90 = images.transpose(2, 3).flip(2)
    x180 = images.flip(2)  # upside down
    x270 = images.transpose(2, 3).flip(3)
    rotated = torch.cat((x0, x90, x180, x270), 0)
    b = images.size(0)
    labels = torch.tensor([0] * b + [1] * b + [2] * b + [3] * b)
    return rotated, labels


def four_copies_u1_numpy_per_photo(images):
    copies, labels = [], []
    for photo in images.detach().cpu().numpy():
        for r in (2, 0, 3, 1):
            copies.append(np.rot90(photo, k=r, axes=(-2, -1)).copy())
            labels.append(r)
    rotated = torch.from_numpy(np.stack(copies)).to(images.device)
    return rotated, torch.tensor(labels, dtype=torch.int64, device=images.device)


def four_copies_u2_fill_by_index(images):
    B, C, S, _ = images.shape
    rotated = images.new_empty((B, 4, C, S, S))
    back = torch.arange(S - 1, -1, -1, device=images.device)
    t = images.permute(0, 1, 3, 2)
    rotated[:, 3] = images
    rotated[:, 2] = t[:, :, back]
    rotated[:, 1] = images.reshape(B, C, S * S).flip(-1).reshape(B, C, S, S)
    rotated[:, 0] = t[:, :, :, back]
    labels = (3 - torch.arange(4 * B, device=images.device) % 4).remainder(4)
    # slot 3 holds label 0, slot 2 label 1, slot 1 label 2, slot 0 label 3
    return rotated.view(4 * B, C, S, S), labels


# ------------------------------------------------------------ frozen_features
def frozen_features_v1_eval_not_called(encoder, images):
    encoder.eval
    with torch.no_grad():
        h = encoder(images)
        return h.mean(dim=[2, 3])


def frozen_features_v2_no_grad_as_line(encoder, images):
    encoder.eval()
    torch.no_grad()
    out = encoder(images)
    out = F.adaptive_avg_pool2d(out, (1, 1))
    return torch.flatten(out, 1)


def frozen_features_v3_drop_last_child(encoder, images):
    # remove the classification layer, as for a torchvision resnet
    backbone = nn.Sequential(*list(encoder.children())[:-1])
    backbone.eval()
    with torch.no_grad():
        feats = backbone(images)
    return feats.mean((2, 3))


@torch.no_grad()
def frozen_features_v4_reshape_mixes(encoder, images):
    encoder.eval()
    fmap = encoder(images)
    B, C = fmap.shape[:2]
    # all places in one axis, then the mean of the places
    return fmap.reshape(B, -1, C).mean(1)


def frozen_features_u1_mode_put_back(encoder, images):
    modes = [(m, m.training) for m in encoder.modules()]
    encoder.train(False)
    try:
        with torch.set_grad_enabled(False):
            fmap = encoder(images)
            n = fmap.shape[-1] * fmap.shape[-2]
            return torch.einsum("bchw->bc", fmap) / n
    finally:
        for m, mode in modes:
            m.training = mode


@torch.no_grad()
def frozen_features_u2_chunks(encoder, images):
    encoder = encoder.eval()
    parts = []
    for chunk in images.split(3):
        fmap = encoder(chunk)
        parts.append(F.avg_pool2d(fmap, kernel_size=fmap.shape[-2:])[:, :, 0, 0])
    return torch.cat(parts)


NEW = [
    ("rotation.four_copies", "wrong", four_copies_v1_stack_mismatch, "The copies are ordered photo by photo but the labels angle by angle, so they do not match."),
    ("rotation.four_copies", "wrong", four_copies_v2_turns_add_up, "The loop turns the already turned images again, so the angles are 0, 90, 270, 180 and labels 2 and 3 are swapped."),
    ("rotation.four_copies", "wrong", four_copies_v3_random_draws, "Each of the four copies gets a random angle, so a photograph does not get every one of the four angles once."),
    ("rotation.four_copies", "wrong", four_copies_v4_upside_down_mirror, "The turn by 180 degrees is only a vertical flip, which mirrors the photograph."),
    ("rotation.four_copies", "right", four_copies_u1_numpy_per_photo, ""),
    ("rotation.four_copies", "right", four_copies_u2_fill_by_index, ""),
    ("rotation.frozen_features", "wrong", frozen_features_v1_eval_not_called, "encoder.eval without parentheses is never called, so batch norm and dropout stay in training mode."),
    ("rotation.frozen_features", "wrong", frozen_features_v2_no_grad_as_line, "torch.no_grad() stands as a line of its own and does nothing, so the features carry gradients."),
    ("rotation.frozen_features", "wrong", frozen_features_v3_drop_last_child, "The last child of the encoder is cut off, so it is not the last feature map that is averaged."),
    ("rotation.frozen_features", "wrong", frozen_features_v4_reshape_mixes, "Reshaping (B, C, H, W) to (B, HW, C) without a permute mixes channels and places, so the means are over the wrong values."),
    ("rotation.frozen_features", "right", frozen_features_u1_mode_put_back, ""),
    ("rotation.frozen_features", "right", frozen_features_u2_chunks, ""),
]
