"""Answers written from the text of the tasks alone, without sight of the checks; not yet checked."""

# Left as it was written.
# ruff: noqa
import copy
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def _last_map(encoder, images):
    """The last feature map, whether the encoder gives one or a list of them."""
    maps = encoder(images)
    if isinstance(maps, (list, tuple)):
        maps = maps[-1]
    return maps


# ------------------------------------------------------------- four_copies


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


# ----------------------------------------------------------- rotation_loss


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


# --------------------------------------------------------- frozen_features


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


NEW = [
    (
        "rotation.four_copies",
        "wrong",
        four_copies_z1_grid_sample_truncated,
        "turns by interpolation (grid_sample) and cuts to uint8 without rounding: many pixels of the turned copies are one too low, a trace of the turn",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_z2_turns_add_up,
        "turns the already turned copy by r again: 0, 90, 270, 540 degrees, so labels 2 and 3 are exchanged",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_z3_random_angles,
        "each of the four copies gets a random angle: labels match, but a photograph does not come at all four angles",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_z4_transpose_without_flip,
        "90 and 270 degrees are transposes without a single flip, hence mirror images",
    ),
    ("rotation.four_copies", "right", four_copies_y1_numpy_one_by_one, ""),
    ("rotation.four_copies", "right", four_copies_y2_table_of_pixels, ""),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_z1_constant_normalizer,
        "the normalizer is computed without gradient: the value is right, the gradient only pushes the right logit up",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_z2_mean_of_nonzero,
        "averages over nonzero entries only: examples with log-probability exactly 0 are left out, and NaN comes if all are perfect",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_z3_clamped_probability,
        "probabilities are clamped to 1e-4: confident mistakes are capped and get no gradient",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_z4_log_of_mean,
        "takes the logarithm of the mean probability in place of the mean of the logarithms",
    ),
    ("rotation.rotation_loss", "right", rotation_loss_y1_einsum, ""),
    ("rotation.rotation_loss", "right", rotation_loss_y2_logaddexp_loop, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_z1_flag_of_outer_module,
        "sets encoder.training = False on the outer module only: the batch normalization inside stays in training mode",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_z2_only_batchnorm,
        "switches only BatchNorm2d to evaluation: dropout and any other layer stay in training mode",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_z3_squeeze_batch,
        "squeeze() also removes the batch axis when there is one photograph: (C,) in place of (1, C)",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_z4_train_again_in_loop,
        "goes back to training mode inside the loop over parts of 32: from the second part on, and after the call, the encoder is in training mode",
    ),
    ("rotation.frozen_features", "right", frozen_features_y1_einsum, ""),
    ("rotation.frozen_features", "right", frozen_features_y2_copy_in_parts, ""),
]
