"""Answers written from the lesson's text alone, by people who had not seen the checks, and what is to be
said of the wrong ones.
"""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import copy
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


# ---------------------------------------------------------------- rotation.four_copies


def four_copies_w_clockwise(images):
    rotated = torch.cat([torch.rot90(images, r, dims=(3, 2)) for r in range(4)])
    labels = torch.arange(4).repeat_interleave(len(images))
    return rotated, labels


def four_copies_w_label_order(images):
    rotated = torch.cat([torch.rot90(images, r, dims=(2, 3)) for r in range(4)], dim=0)
    labels = torch.arange(4).repeat(images.shape[0])
    return rotated, labels


def four_copies_w_mirror_180(images):
    turned = images.transpose(2, 3)
    rotated = torch.cat([images, turned.flip(2), images.flip(2), turned.flip(3)])
    labels = torch.arange(4).repeat_interleave(len(images))
    return rotated, labels


def four_copies_w_float_buffer(images):
    b, c, s, _ = images.shape
    rotated = torch.zeros(4 * b, c, s, s)
    labels = torch.zeros(4 * b, dtype=torch.int64)
    for i in range(b):
        for r in range(4):
            rotated[4 * i + r] = torch.rot90(images[i], r, dims=(1, 2))
            labels[4 * i + r] = r
    return rotated, labels


def four_copies_r_numpy_interleaved(images):
    array = images.detach().cpu().numpy()
    copies, labels = [], []
    for picture in array:
        for r in (2, 0, 3, 1):
            copies.append(np.rot90(picture, k=r, axes=(1, 2)))
            labels.append(r)
    rotated = torch.from_numpy(np.stack(copies)).to(images.device)
    return rotated, torch.tensor(labels, dtype=torch.int64, device=images.device)


def four_copies_r_index_steps(images):
    s = images.shape[-1]
    i = torch.arange(s, device=images.device)[:, None]
    j = torch.arange(s, device=images.device)[None, :]
    current, copies, labels = images, [], []
    for r in range(4):
        copies.insert(0, current)
        labels.insert(0, torch.full((len(images),), r, dtype=torch.int64, device=images.device))
        # a quarter turn counter-clockwise: new[i, j] = old[j, s - 1 - i]
        current = current[:, :, j.expand(s, s), (s - 1 - i).expand(s, s)]
    return torch.cat(copies), torch.cat(labels)


def fc_w1(images):
    rotated = torch.cat([torch.rot90(images, -r, (2, 3)) for r in range(4)])
    labels = torch.arange(4, device=images.device).repeat_interleave(len(images))
    return rotated, labels


def fc_w2(images):
    rotated = torch.cat([torch.rot90(images, r, (2, 3)) for r in range(4)])
    labels = torch.arange(4, device=images.device).repeat(len(images))
    return rotated, labels


def fc_w3(images):
    B = images.shape[0]
    copies, labels = [], []
    turned = images
    for r in range(4):
        turned = torch.rot90(turned, r, (2, 3))
        copies.append(turned)
        labels.append(torch.full((B,), r, dtype=torch.int64, device=images.device))
    return torch.cat(copies), torch.cat(labels)


def fc_w4(images):
    r0 = images
    r1 = images.transpose(2, 3)
    r2 = images.flip(2).flip(3)
    r3 = images.transpose(2, 3).flip(2).flip(3)
    rotated = torch.cat([r0, r1, r2, r3])
    labels = torch.arange(4, device=images.device).repeat_interleave(images.shape[0])
    return rotated, labels


def fc_r1(images):
    arr = images.detach().cpu().numpy()
    out, labels = [], []
    for picture in arr:
        for r in (3, 0, 2, 1):
            out.append(np.rot90(picture, k=r, axes=(1, 2)).copy())
            labels.append(r)
    rotated = torch.from_numpy(np.stack(out)).to(images.device)
    return rotated, torch.tensor(labels, dtype=torch.int64, device=images.device)


def fc_r2(images):
    B, C, S, _ = images.shape
    i = torch.arange(S, device=images.device)[:, None].expand(S, S)
    j = torch.arange(S, device=images.device)[None, :].expand(S, S)
    last = S - 1
    where = [(i, j), (j, last - i), (last - i, last - j), (last - j, i)]
    rotated = images.new_empty((B, 4, C, S, S))
    for r, (row, col) in enumerate(where):
        rotated[:, r] = images[:, :, row, col]
    labels = torch.arange(4 * B, device=images.device) % 4
    return rotated.reshape(4 * B, C, S, S), labels


# ---------------------------------------------------------------- rotation.frozen_features


def frozen_features_w_no_eval(encoder, images):
    with torch.no_grad():
        maps = encoder(images)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
    return last.mean(dim=(2, 3))


def frozen_features_w_no_grad_statement(encoder, images):
    encoder.eval()
    torch.no_grad()
    maps = encoder(images)
    last = maps[-1] if isinstance(maps, (list, tuple)) else maps
    return last.mean(dim=(2, 3))


def frozen_features_w_mean_channels(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = encoder(images)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
        return last.mean(dim=(1, 2))


def frozen_features_w_max_pool(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = encoder(images)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
        return F.adaptive_max_pool2d(last, 1).flatten(1)


def frozen_features_r_restore_einsum(encoder, images):
    modes = [(module, module.training) for module in encoder.modules()]
    encoder.train(False)
    try:
        with torch.set_grad_enabled(False):
            maps = encoder(images)
            last = maps[-1] if isinstance(maps, (list, tuple)) else maps
            return torch.einsum("bchw->bc", last) / (last.shape[2] * last.shape[3])
    finally:
        for module, training in modes:
            module.training = training


@torch.no_grad()
def frozen_features_r_chunks(encoder, images):
    encoder.eval()
    pieces = []
    for chunk in images.split(3):
        maps = encoder(chunk)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
        pieces.append(last.mean(dim=3).mean(dim=2))
    return torch.cat(pieces)


def ff_w1(encoder, images):
    encoder.eval
    with torch.no_grad():
        return encoder(images).mean(dim=(2, 3))


def ff_w2(encoder, images):
    encoder.eval()
    torch.no_grad()
    features = encoder(images)
    return features.mean(dim=(2, 3))


def ff_w3(encoder, images):
    encoder.eval()
    with torch.no_grad():
        features = encoder(images)
    return features.mean(dim=(1, 2))


def ff_w4(encoder, images):
    encoder.eval()
    with torch.no_grad():
        features = encoder(images)
        return F.adaptive_max_pool2d(features, 1).flatten(1)


def ff_r1(encoder, images):
    was_training = encoder.training
    encoder.train(False)
    with torch.no_grad():
        maps = encoder(images)
        height, width = maps.shape[-2:]
        features = torch.einsum("bchw->bc", maps) / (height * width)
    encoder.train(was_training)
    return features


def ff_r2(encoder, images):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        encoder.eval()
        rows = []
        for n in range(images.shape[0]):
            one = encoder(images[n : n + 1])[0]
            rows.append(one.double().mean(-1).mean(-1).to(one.dtype))
        return torch.stack(rows)
    finally:
        torch.set_grad_enabled(before)


# ---------------------------------------------------------------- sixty more, committed before they were checked

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


# ---------------------------------------------------------------- another sixty, likewise


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


# ---------------------------------------------------------------- fifty-four more, likewise


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
        fmap = encoder(images[i : i + 1])[0]
        rows.append(torch.einsum("chw->c", fmap) / (fmap.shape[1] * fmap.shape[2]))
    return torch.stack(rows)


# ---------------------------------------------------------------- seventy-two more, likewise


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


# ---------------------------------------------------------------- sixty more, likewise


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


# ---------------------------------------------------------------- twelve for the loss, likewise


def rotation_loss_w1_double_softmax(logits, labels):
    probs = F.softmax(logits, dim=1)
    return F.cross_entropy(probs, labels)


def rotation_loss_w2_mean_over_all_entries(logits, labels):
    target = F.one_hot(labels, num_classes=4).to(logits.dtype)
    logp = torch.log_softmax(logits, dim=1)
    return -(target * logp).mean()


def rotation_loss_w3_every_row_every_label(logits, labels):
    logp = F.log_softmax(logits, dim=-1)
    return -logp[:, labels].mean()


def rotation_loss_w4_softmax_over_batch(logits, labels):
    logp = F.log_softmax(logits, dim=0)
    return -logp.gather(1, labels.unsqueeze(1)).mean()


def rotation_loss_w5_log_of_mean(logits, labels):
    probs = logits.softmax(dim=1)
    picked = probs[torch.arange(len(labels), device=logits.device), labels]
    return -torch.log(picked.mean())


def rotation_loss_w6_sigmoid_bce(logits, labels):
    target = F.one_hot(labels, 4).float()
    return nn.BCEWithLogitsLoss()(logits, target.to(logits.dtype))


def rotation_loss_w7_nll_without_log(logits, labels):
    return F.nll_loss(F.softmax(logits, dim=1), labels)


def rotation_loss_w8_item_cuts_graph(logits, labels):
    logp = F.log_softmax(logits, dim=1)
    total = 0.0
    for i in range(logits.shape[0]):
        total -= logp[i, labels[i]].item()
    return torch.tensor(total / logits.shape[0], requires_grad=True)


def rotation_loss_r1_cross_entropy(logits, labels):
    return F.cross_entropy(logits, labels)


def rotation_loss_r2_loop_over_angles(logits, labels):
    log_z = torch.logsumexp(logits, dim=1)
    total = logits.new_zeros(())
    for y in range(4):
        turned = labels == y
        total = total + (logits[turned, y] - log_z[turned]).sum()
    return -total / logits.shape[0]


def rotation_loss_r3_one_hot_by_hand(logits, labels):
    shifted = logits - logits.max(dim=1, keepdim=True).values.detach()
    logp = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    target = torch.eye(4, dtype=logits.dtype, device=logits.device)[labels]
    n = logits.shape[0] / 4
    return -torch.einsum("bk,bk->", target, logp) / 4 / n


def rotation_loss_r4_categorical(logits, labels):
    dist = torch.distributions.Categorical(logits=logits)
    return dist.log_prob(labels).neg().mean()


def _last_map(encoder, images):
    """The last feature map, whether the encoder gives one or a list of them."""
    maps = encoder(images)
    if isinstance(maps, (list, tuple)):
        maps = maps[-1]
    return maps


def four_copies_z1_grid_sample_truncated(images):
    batch = images.shape[0]
    pictures = images if images.is_floating_point() else images.float()
    copies = []
    for r in range(4):
        angle = torch.deg2rad(torch.tensor(90.0 * r))
        cos, sin = torch.cos(angle), torch.sin(angle)
        zero = torch.zeros(())
        theta = torch.stack([torch.stack([cos, -sin, zero]), torch.stack([sin, cos, zero])])
        theta = theta.to(pictures).expand(batch, 2, 3)
        grid = F.affine_grid(theta, list(pictures.shape), align_corners=False)
        copies.append(F.grid_sample(pictures, grid, align_corners=False))
    rotated = torch.cat(copies).to(images.dtype)
    labels = torch.arange(4).repeat_interleave(batch)
    return rotated, labels


def four_copies_z2_turns_add_up(images):
    current = images
    copies, labels = [], []
    for r in range(4):
        current = torch.rot90(current, r, dims=(2, 3))
        copies.append(current)
        labels.append(torch.full((len(images),), r, dtype=torch.int64))
    return torch.cat(copies), torch.cat(labels)


def four_copies_z3_random_angles(images):
    copies = images.repeat(4, 1, 1, 1)
    labels = torch.randint(0, 4, (len(copies),))
    rotated = torch.stack(
        [torch.rot90(picture, int(label), dims=(1, 2)) for picture, label in zip(copies, labels)]
    )
    return rotated, labels


def four_copies_z4_transpose_without_flip(images):
    quarter = images.transpose(2, 3)
    half = images.flip(2, 3)
    three_quarters = quarter.flip(2, 3)
    rotated = torch.cat([images, quarter, half, three_quarters])
    labels = torch.arange(4).repeat_interleave(images.shape[0])
    return rotated, labels


def four_copies_y1_numpy_one_by_one(images):
    pictures = images.detach().cpu().numpy()
    rotated, labels = [], []
    for picture in pictures:
        for r in (3, 2, 1, 0):
            turned = np.stack([np.rot90(channel, r) for channel in picture])
            rotated.append(torch.from_numpy(np.ascontiguousarray(turned)))
            labels.append(r)
    return (
        torch.stack(rotated).to(images.device),
        torch.tensor(labels, dtype=torch.int64, device=images.device),
    )


def four_copies_y2_table_of_pixels(images):
    b, c, s, _ = images.shape
    turn = torch.arange(s * s, device=images.device).view(s, s)
    tables = []
    for _ in range(4):
        tables.append(turn)
        turn = turn.t().flip(0)  # a quarter turn counter-clockwise
    tables = torch.stack(tables)  # (4, S, S)
    rotated = images.flatten(2)[:, :, tables]  # (B, C, 4, S, S)
    rotated = rotated.permute(0, 2, 1, 3, 4).reshape(4 * b, c, s, s)
    labels = torch.arange(4, device=images.device).repeat(b)
    return rotated, labels


def rotation_loss_z1_constant_normalizer(logits, labels):
    with torch.no_grad():
        log_normalizer = torch.logsumexp(logits, dim=1)
    chosen = logits[torch.arange(len(labels)), labels]
    return (log_normalizer - chosen).mean()


def rotation_loss_z2_mean_of_nonzero(logits, labels):
    logp = F.log_softmax(logits, dim=1)
    picked = logp * F.one_hot(labels, 4)
    return -picked[picked != 0].mean()


def rotation_loss_z3_clamped_probability(logits, labels):
    probabilities = torch.softmax(logits, dim=1)
    probabilities = probabilities.clamp(1e-4, 1 - 1e-4)  # log(0) must not happen
    p = probabilities.gather(1, labels[:, None])
    return -torch.log(p).mean()


def rotation_loss_z4_log_of_mean(logits, labels):
    probabilities = torch.softmax(logits, dim=1)
    p = probabilities[torch.arange(logits.shape[0]), labels]
    return -torch.log(p.mean())


def rotation_loss_y1_einsum(logits, labels):
    onehot = torch.eye(4, dtype=logits.dtype, device=logits.device)[labels]
    total = torch.einsum("bk,bk->", F.log_softmax(logits, dim=-1), onehot)
    return -total / logits.shape[0]


def rotation_loss_y2_logaddexp_loop(logits, labels):
    loss = logits.new_zeros(())
    for row, label in zip(logits, labels.tolist()):
        log_sum = row[0]
        for other in row[1:]:
            log_sum = torch.logaddexp(log_sum, other)
        loss = loss + (log_sum - row[label])
    return loss / len(logits)


def frozen_features_z1_flag_of_outer_module(encoder, images):
    encoder.training = False
    with torch.no_grad():
        maps = _last_map(encoder, images)
    return maps.mean(dim=(2, 3))


def frozen_features_z2_only_batchnorm(encoder, images):
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    with torch.no_grad():
        return _last_map(encoder, images).mean(dim=(-2, -1))


def frozen_features_z3_squeeze_batch(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = _last_map(encoder, images)
        return F.adaptive_avg_pool2d(maps, 1).squeeze()


def frozen_features_z4_train_again_in_loop(encoder, images):
    features = []
    encoder.eval()
    with torch.no_grad():
        for part in images.split(32):
            features.append(_last_map(encoder, part).mean(dim=(2, 3)))
            encoder.train()
    return torch.cat(features)


def frozen_features_y1_einsum(encoder, images):
    encoder.train(False)
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        maps = _last_map(encoder, images)
        height, width = maps.shape[2:]
        return torch.einsum("bchw->bc", maps) / (height * width)
    finally:
        torch.set_grad_enabled(before)


def frozen_features_y2_copy_in_parts(encoder, images):
    frozen = copy.deepcopy(encoder).eval()
    parts = []
    with torch.no_grad():
        for part in images.split(7):
            maps = _last_map(frozen, part).cpu().numpy()
            parts.append(maps.reshape(maps.shape[0], maps.shape[1], -1).mean(axis=2))
    return torch.from_numpy(np.concatenate(parts)).to(images.device)


def _map_before_pooling(out):
    """The last feature map, whether the encoder returns one map or one per block."""
    if isinstance(out, dict):
        out = list(out.values())
    if isinstance(out, (list, tuple)):
        out = out[-1]
    return out


def four_copies_q1_dims_swapped(images):
    rotated = torch.cat([torch.rot90(images, r, dims=(-1, -2)) for r in range(4)])
    labels = torch.arange(4, device=images.device).repeat_interleave(len(images))
    return rotated, labels


def four_copies_q2_labels_in_other_order(images):
    B = len(images)
    # all four of a photograph side by side
    rotated = torch.stack([torch.rot90(images, r, (2, 3)) for r in range(4)], dim=1)
    rotated = rotated.flatten(0, 1)
    labels = torch.arange(4, device=images.device).repeat_interleave(B)
    return rotated, labels


def four_copies_q3_flip_forgotten(images):
    B = len(images)
    r0 = images
    r1 = images.transpose(2, 3)
    r2 = images.flip(2)
    r3 = images.transpose(2, 3).flip(3)
    rotated = torch.cat([r0, r1, r2, r3])
    labels = torch.cat([torch.full((B,), r, dtype=torch.int64) for r in range(4)])
    return rotated, labels.to(images.device)


def four_copies_q4_turns_pile_up(images):
    rotated, labels = [], []
    x = images
    for r in range(4):
        x = torch.rot90(x, r, dims=(2, 3))
        rotated.append(x)
        labels += [r] * len(images)
    return torch.cat(rotated), torch.tensor(labels, device=images.device)


def four_copies_p1_transpose_and_flip(images):
    t = images.transpose(-2, -1)
    turned = [t.flip(-1), images.flip(-2).flip(-1), t.flip(-2), images]
    rotated = torch.cat(turned, dim=0)
    labels = torch.tensor([3, 2, 1, 0], device=images.device).repeat_interleave(len(images))
    return rotated, labels


def four_copies_p2_every_fourth_place(images):
    B = images.shape[0]
    rotated = images.repeat_interleave(4, dim=0)
    x = images
    for r in range(1, 4):
        x = torch.rot90(x, 1, dims=(2, 3))  # a quarter more than the one before
        rotated[r::4] = x
    labels = torch.arange(4 * B, device=images.device) % 4
    return rotated, labels


def rotation_loss_q1_quarter_twice(logits, labels):
    # the formula has 1/N and 1/4
    return F.cross_entropy(logits, labels) / 4


def rotation_loss_q2_log_of_mean(logits, labels):
    p = torch.softmax(logits, dim=1)
    right = p[torch.arange(len(labels), device=labels.device), labels]
    return -torch.log(right.mean())


def rotation_loss_q3_softmax_over_batch(logits, labels):
    log_p = torch.log_softmax(logits, dim=0)
    return -log_p.gather(1, labels[:, None]).mean()


def rotation_loss_q4_all_rows_all_labels(logits, labels):
    log_p = F.log_softmax(logits, dim=1)
    return -log_p[:, labels].mean()


def rotation_loss_p1_distance_to_right_logit(logits, labels):
    right = logits.gather(1, labels.view(-1, 1))
    return torch.logsumexp(logits - right, dim=1).mean()


def rotation_loss_p2_soft_targets(logits, labels):
    targets = F.one_hot(labels, num_classes=4).to(logits.dtype)
    return F.cross_entropy(logits, targets)


def frozen_features_q1_eval_too_late(encoder, images):
    with torch.no_grad():
        maps = _map_before_pooling(encoder(images))
        encoder.eval()
        return maps.mean(dim=(2, 3))


def frozen_features_q2_maximum(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = _map_before_pooling(encoder(images))
    return F.adaptive_max_pool2d(maps, 1).flatten(1)


def frozen_features_q3_only_images_detached(encoder, images):
    encoder.eval()
    images = images.detach()  # no gradients
    maps = _map_before_pooling(encoder(images))
    return maps.mean(dim=(2, 3))


def frozen_features_q4_divided_by_255(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = _map_before_pooling(encoder(images / 255))
        return maps.mean(dim=(2, 3))


@torch.no_grad()
def frozen_features_p1_adaptive_pool(encoder, images):
    maps = _map_before_pooling(encoder.train(False)(images))
    return F.adaptive_avg_pool2d(maps, 1).flatten(1)


def frozen_features_p2_pieces_and_modes_restored(encoder, images):
    modes = [(module, module.training) for module in encoder.modules()]
    encoder.eval()
    pieces = []
    try:
        with torch.no_grad():
            for piece in images.split(16):
                maps = _map_before_pooling(encoder(piece))
                pieces.append(maps.flatten(2).sum(-1) / (maps.shape[2] * maps.shape[3]))
    finally:
        for module, mode in modes:
            module.training = mode
    return torch.cat(pieces)


# exercise, right or wrong, the answer, words that name the mistake
ANSWERS = [
    ("rotation.four_copies", "wrong", four_copies_w_clockwise, "90° and 270° are exchanged"),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_w_label_order,
        "Copies and labels are in different orders",
    ),
    ("rotation.four_copies", "wrong", four_copies_w_mirror_180, "Some copies are mirror images"),
    ("rotation.four_copies", "wrong", four_copies_w_float_buffer, "Keep the type"),
    ("rotation.four_copies", "right", four_copies_r_numpy_interleaved, ""),
    ("rotation.four_copies", "right", four_copies_r_index_steps, ""),
    ("rotation.four_copies", "wrong", fc_w1, "90° and 270° are exchanged"),
    ("rotation.four_copies", "wrong", fc_w2, "Copies and labels are in different orders"),
    ("rotation.four_copies", "wrong", fc_w3, "already turned"),
    ("rotation.four_copies", "wrong", fc_w4, "Some copies are mirror images"),
    ("rotation.four_copies", "right", fc_r1, ""),
    ("rotation.four_copies", "right", fc_r2, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_w_no_eval,
        "Taking features changed the statistics",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_w_no_grad_statement,
        "Gradients still flow into the result",
    ),
    ("rotation.frozen_features", "wrong", frozen_features_w_mean_channels, "last two axes"),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_w_max_pool,
        "The largest value over height and width was taken",
    ),
    ("rotation.frozen_features", "right", frozen_features_r_restore_einsum, ""),
    ("rotation.frozen_features", "right", frozen_features_r_chunks, ""),
    (
        "rotation.frozen_features",
        "wrong",
        ff_w1,
        "Taking features changed the statistics",
    ),
    ("rotation.frozen_features", "wrong", ff_w2, "Gradients still flow into the result"),
    ("rotation.frozen_features", "wrong", ff_w3, "last two axes"),
    (
        "rotation.frozen_features",
        "wrong",
        ff_w4,
        "The largest value over height and width was taken",
    ),
    ("rotation.frozen_features", "right", ff_r1, ""),
    ("rotation.frozen_features", "right", ff_r2, ""),
    ("rotation.four_copies", "wrong", n2_copies_a, "already turned"),
    ("rotation.four_copies", "wrong", n2_copies_b, "Some copies are mirror images"),
    ("rotation.four_copies", "wrong", n2_copies_c, "Copies and labels are in different orders"),
    ("rotation.four_copies", "wrong", n2_copies_d, "whole numbers"),
    ("rotation.four_copies", "right", n2_copies_e, ""),
    ("rotation.four_copies", "right", n2_copies_f, ""),
    (
        "rotation.frozen_features",
        "wrong",
        n2_frozen_a,
        "Taking features changed the statistics",
    ),
    ("rotation.frozen_features", "wrong", n2_frozen_b, "Gradients still flow into the result"),
    ("rotation.frozen_features", "wrong", n2_frozen_c, "takes out every axis of length 1"),
    ("rotation.frozen_features", "wrong", n2_frozen_d, "length 1"),
    ("rotation.frozen_features", "right", n2_frozen_e, ""),
    ("rotation.frozen_features", "right", n2_frozen_f, ""),
    ("rotation.four_copies", "wrong", n4_copies_random_angles, "some angles come twice"),
    ("rotation.four_copies", "wrong", n4_copies_buffer, "Keep the type"),
    ("rotation.four_copies", "wrong", n4_copies_running, "already turned"),
    ("rotation.four_copies", "wrong", n4_copies_flips, "Some copies are mirror images"),
    ("rotation.four_copies", "right", n4_copies_shuffled_together, ""),
    ("rotation.four_copies", "right", n4_copies_by_index, ""),
    (
        "rotation.frozen_features",
        "wrong",
        n4_frozen_eval_late,
        "Taking features changed the statistics",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        n4_frozen_flag,
        "Taking features changed the statistics",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        n4_frozen_statement,
        "Gradients still flow into the result",
    ),
    ("rotation.frozen_features", "wrong", n4_frozen_scaled, "The images were divided by"),
    ("rotation.frozen_features", "right", n4_frozen_decorated, ""),
    ("rotation.frozen_features", "right", n4_frozen_restoring, ""),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_w1_labels_like_images,
        "labels for cross-entropy",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_w2_mirror_for_180,
        "Some copies are mirror images",
    ),
    ("rotation.four_copies", "wrong", four_copies_w3_random_turns, "The labels fit"),
    ("rotation.four_copies", "wrong", four_copies_w4_turns_add_up, "already turned"),
    ("rotation.four_copies", "right", four_copies_r1_numpy_reverse_order, ""),
    ("rotation.four_copies", "right", four_copies_r2_gather_pixels, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_w1_eval_not_called,
        "Taking features changed the statistics",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_w2_forward_outside_no_grad,
        "Gradients still flow into the result",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_w3_reshape_mixes_channels,
        "does not exchange axes",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_w4_unit_length,
        "The features were scaled to length",
    ),
    ("rotation.frozen_features", "right", frozen_features_r1_adaptive_pool, ""),
    ("rotation.frozen_features", "right", frozen_features_r2_one_by_one, ""),
    ("rotation.four_copies", "wrong", four_copies_x1_clockwise, "° are exchanged"),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_x2_labels_other_order,
        "Copies and labels are in different orders",
    ),
    ("rotation.four_copies", "wrong", four_copies_x3_turns_add_up, "already turned"),
    ("rotation.four_copies", "wrong", four_copies_x4_float_buffer, "labels for cross-entropy"),
    ("rotation.four_copies", "wrong", four_copies_x5_mirrors, "Some copies are mirror images"),
    ("rotation.four_copies", "right", four_copies_y1_image_by_image, ""),
    ("rotation.four_copies", "right", four_copies_y2_transpose_and_flip, ""),
    ("rotation.four_copies", "right", four_copies_y3_shuffled, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x1_eval_not_called,
        "Taking features changed the statistics",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x2_view_without_permute,
        "`reshape` does not exchange axes",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x3_forward_outside_no_grad,
        "Gradients still flow into the result",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x4_max,
        "The largest value over height and width was taken",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_x5_divide_by_255,
        "The images were divided by",
    ),
    ("rotation.frozen_features", "right", frozen_features_y1_decorator_pool, ""),
    ("rotation.frozen_features", "right", frozen_features_y2_sum_over_places, ""),
    ("rotation.frozen_features", "right", frozen_features_y3_grad_off_and_on, ""),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_v1_stack_mismatch,
        "Copies and labels are in different orders",
    ),
    ("rotation.four_copies", "wrong", four_copies_v2_turns_add_up, "already turned"),
    ("rotation.four_copies", "wrong", four_copies_v3_random_draws, "The labels fit"),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_v4_upside_down_mirror,
        "Some copies are mirror images",
    ),
    ("rotation.four_copies", "right", four_copies_u1_numpy_per_photo, ""),
    ("rotation.four_copies", "right", four_copies_u2_fill_by_index, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_v1_eval_not_called,
        "Taking features changed the statistics",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_v2_no_grad_as_line,
        "Gradients still flow into the result",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_v3_drop_last_child,
        "it should be (6, 256)",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_v4_reshape_mixes,
        "`reshape` does not exchange axes",
    ),
    ("rotation.frozen_features", "right", frozen_features_u1_mode_put_back, ""),
    ("rotation.frozen_features", "right", frozen_features_u2_chunks, ""),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_w1_double_softmax,
        "The softmax is taken twice",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_w2_mean_over_all_entries,
        "The mean is over all B×",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_w3_every_row_every_label,
        "pairs every row with every label",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_w4_softmax_over_batch,
        "The softmax runs over the batch",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_w5_log_of_mean,
        "The mean was taken before the log",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_w6_sigmoid_bce,
        "Each angle got a sigmoid of its own",
    ),
    ("rotation.rotation_loss", "wrong", rotation_loss_w7_nll_without_log, "The log is missing"),
    ("rotation.rotation_loss", "wrong", rotation_loss_w8_item_cuts_graph, "The value is right"),
    ("rotation.rotation_loss", "right", rotation_loss_r1_cross_entropy, ""),
    ("rotation.rotation_loss", "right", rotation_loss_r2_loop_over_angles, ""),
    ("rotation.rotation_loss", "right", rotation_loss_r3_one_hot_by_hand, ""),
    ("rotation.rotation_loss", "right", rotation_loss_r4_categorical, ""),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_z1_grid_sample_truncated,
        "Some copies have changed or scrambled pixels",
    ),
    ("rotation.four_copies", "wrong", four_copies_z2_turns_add_up, "already turned"),
    ("rotation.four_copies", "wrong", four_copies_z3_random_angles, "The labels fit"),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_z4_transpose_without_flip,
        "Some copies are mirror images",
    ),
    ("rotation.four_copies", "right", four_copies_y1_numpy_one_by_one, ""),
    ("rotation.four_copies", "right", four_copies_y2_table_of_pixels, ""),
    ("rotation.rotation_loss", "wrong", rotation_loss_z1_constant_normalizer, "The value is right"),
    ("rotation.rotation_loss", "wrong", rotation_loss_z2_mean_of_nonzero, "Pictures whose loss is"),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_z3_clamped_probability,
        "Small probabilities are cut off",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_z4_log_of_mean,
        "The mean was taken before the log",
    ),
    ("rotation.rotation_loss", "right", rotation_loss_y1_einsum, ""),
    ("rotation.rotation_loss", "right", rotation_loss_y2_logaddexp_loop, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_z1_flag_of_outer_module,
        "Taking features changed the statistics",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_z2_only_batchnorm,
        "Only batch normalization is in evaluation mode",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_z3_squeeze_batch,
        "With a single picture the result has shape",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_z4_train_again_in_loop,
        "Evaluation mode holds for the first few dozen pictures only",
    ),
    ("rotation.frozen_features", "right", frozen_features_y1_einsum, ""),
    ("rotation.frozen_features", "right", frozen_features_y2_copy_in_parts, ""),
    ("rotation.four_copies", "wrong", four_copies_q1_dims_swapped, "° are exchanged"),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_q2_labels_in_other_order,
        "Copies and labels are in different orders",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_q3_flip_forgotten,
        "Some copies are mirror images",
    ),
    ("rotation.four_copies", "wrong", four_copies_q4_turns_pile_up, "The angles of labels"),
    ("rotation.four_copies", "right", four_copies_p1_transpose_and_flip, ""),
    ("rotation.four_copies", "right", four_copies_p2_every_fourth_place, ""),
    ("rotation.rotation_loss", "wrong", rotation_loss_q1_quarter_twice, "The mean is over all B×"),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_q2_log_of_mean,
        "The mean was taken before the log",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_q3_softmax_over_batch,
        "The softmax runs over the batch",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_q4_all_rows_all_labels,
        "labels]` pairs every row with every label",
    ),
    ("rotation.rotation_loss", "right", rotation_loss_p1_distance_to_right_logit, ""),
    ("rotation.rotation_loss", "right", rotation_loss_p2_soft_targets, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_q1_eval_too_late,
        "Taking features changed the statistics",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_q2_maximum,
        "The largest value over height and width was taken",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_q3_only_images_detached,
        "Gradients still flow into the result",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_q4_divided_by_255,
        "The images were divided by",
    ),
    ("rotation.frozen_features", "right", frozen_features_p1_adaptive_pool, ""),
    ("rotation.frozen_features", "right", frozen_features_p2_pieces_and_modes_restored, ""),
]
