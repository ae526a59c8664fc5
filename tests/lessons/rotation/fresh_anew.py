"""Fresh student answers for the exercises of the rotation notebook."""
# ruff: noqa
import numpy as np
import torch
import torch.nn.functional as F


# ---------------------------------------------------------------- four_copies
def four_copies_w1_labels_like_images(images):
    copies, labels = [], []
    for r in range(4):
        copies.append(torch.rot90(images, r, dims=(2, 3)))
        labels.append(images.new_full((len(images),), r))
    return torch.cat(copies), torch.cat(labels)


def four_copies_w2_mirror_for_180(images):
    a0 = images
    a90 = images.transpose(2, 3).flip(2)
    a180 = images.flip(3)
    a270 = images.transpose(2, 3).flip(3)
    rotated = torch.cat([a0, a90, a180, a270])
    labels = torch.arange(4, device=images.device).repeat_interleave(len(images))
    return rotated, labels


def four_copies_w3_random_turns(images):
    many = images.repeat(4, 1, 1, 1)
    labels = torch.randint(0, 4, (len(many),), device=images.device)
    rotated = torch.stack([torch.rot90(im, int(r), dims=(1, 2)) for im, r in zip(many, labels)])
    return rotated, labels


def four_copies_w4_turns_add_up(images):
    current = images
    copies, labels = [], []
    for r in range(4):
        current = torch.rot90(current, r, dims=(2, 3))
        copies.append(current)
        labels.append(torch.full((images.shape[0],), r, dtype=torch.long, device=images.device))
    return torch.cat(copies), torch.cat(labels)


def four_copies_r1_numpy_reverse_order(images):
    arr = images.detach().cpu().numpy()
    out, lab = [], []
    for picture in arr:
        hwc = picture.transpose(1, 2, 0)
        for r in (3, 2, 1, 0):
            out.append(np.ascontiguousarray(np.rot90(hwc, r).transpose(2, 0, 1)))
            lab.append(r)
    rotated = torch.from_numpy(np.stack(out)).to(images.device)
    return rotated, torch.tensor(lab, dtype=torch.int64, device=images.device)


def four_copies_r2_gather_pixels(images):
    b, c, s, _ = images.shape
    grid = torch.arange(s * s, device=images.device).view(s, s)
    flat = images.reshape(b, c, s * s)
    rotated = images.new_empty(b, 4, c, s, s)
    for r in range(4):
        rotated[:, r] = flat[:, :, grid.reshape(-1)].view(b, c, s, s)
        grid = grid.t().flip(0)
    labels = torch.arange(4 * b, device=images.device) % 4
    return rotated.flatten(0, 1), labels


# ------------------------------------------------------------ frozen_features
def frozen_features_w1_eval_not_called(encoder, images):
    encoder.eval
    with torch.no_grad():
        features = encoder(images)
    return features.mean(dim=(2, 3))


def frozen_features_w2_forward_outside_no_grad(encoder, images):
    with torch.no_grad():
        encoder.eval()
    features = encoder(images)
    return features.mean(dim=(2, 3))


def frozen_features_w3_reshape_mixes_channels(encoder, images):
    encoder.eval()
    with torch.no_grad():
        features = encoder(images)
    b, c = features.shape[:2]
    return features.reshape(b, -1, c).mean(dim=1)


def frozen_features_w4_unit_length(encoder, images):
    encoder.eval()
    with torch.no_grad():
        features = encoder(images).mean(dim=(2, 3))
        return F.normalize(features, dim=1)


def frozen_features_r1_adaptive_pool(encoder, images):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        maps = encoder.train(False)(images)
        return F.adaptive_avg_pool2d(maps, 1).flatten(1)
    finally:
        torch.set_grad_enabled(before)


@torch.no_grad()
def frozen_features_r2_one_by_one(encoder, images):
    encoder.eval()
    rows = []
    for i in range(len(images)):
        fmap = encoder(images[i:i + 1])[0]
        rows.append(torch.einsum("chw->c", fmap) / (fmap.shape[1] * fmap.shape[2]))
    return torch.stack(rows)


NEW = [
    ("rotation.four_copies", "wrong", four_copies_w1_labels_like_images, "the labels take the dtype of the images (uint8 or float) instead of int64"),
    ("rotation.four_copies", "wrong", four_copies_w2_mirror_for_180, "the 180-degree copy is only mirrored left to right, not turned"),
    ("rotation.four_copies", "wrong", four_copies_w3_random_turns, "each of the four copies gets a random angle, so a photograph does not appear at all four angles"),
    ("rotation.four_copies", "wrong", four_copies_w4_turns_add_up, "turns the already turned copy by r again, so labels 2 and 3 are really turned by 270 and 180 degrees"),
    ("rotation.four_copies", "right", four_copies_r1_numpy_reverse_order, ""),
    ("rotation.four_copies", "right", four_copies_r2_gather_pixels, ""),
    ("rotation.frozen_features", "wrong", frozen_features_w1_eval_not_called, "writes encoder.eval without parentheses, so the encoder stays in training mode"),
    ("rotation.frozen_features", "wrong", frozen_features_w2_forward_outside_no_grad, "only eval() is inside no_grad; the forward pass is outside, so gradients stay on"),
    ("rotation.frozen_features", "wrong", frozen_features_w3_reshape_mixes_channels, "reshapes (B, C, h, w) to (B, h*w, C) without permuting, which mixes channels and places"),
    ("rotation.frozen_features", "wrong", frozen_features_w4_unit_length, "scales the averaged features to unit length, which was not asked"),
    ("rotation.frozen_features", "right", frozen_features_r1_adaptive_pool, ""),
    ("rotation.frozen_features", "right", frozen_features_r2_one_by_one, ""),
]
