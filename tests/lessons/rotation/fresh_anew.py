"""Answers written from the text of the tasks alone, without sight of the checks; not yet checked."""

# Left as it was written.
# ruff: noqa
import torch
import torch.nn.functional as F


def _last_map(out):
    """The last feature map, whether the encoder returns one map or one per block."""
    if isinstance(out, dict):
        out = list(out.values())
    if isinstance(out, (list, tuple)):
        out = out[-1]
    return out


# ------------------------------------------------------------- four_copies


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


# ----------------------------------------------------------- rotation_loss


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


# --------------------------------------------------------- frozen_features


def frozen_features_q1_eval_too_late(encoder, images):
    with torch.no_grad():
        maps = _last_map(encoder(images))
        encoder.eval()
        return maps.mean(dim=(2, 3))


def frozen_features_q2_maximum(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = _last_map(encoder(images))
    return F.adaptive_max_pool2d(maps, 1).flatten(1)


def frozen_features_q3_only_images_detached(encoder, images):
    encoder.eval()
    images = images.detach()  # no gradients
    maps = _last_map(encoder(images))
    return maps.mean(dim=(2, 3))


def frozen_features_q4_divided_by_255(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = _last_map(encoder(images / 255))
        return maps.mean(dim=(2, 3))


@torch.no_grad()
def frozen_features_p1_adaptive_pool(encoder, images):
    maps = _last_map(encoder.train(False)(images))
    return F.adaptive_avg_pool2d(maps, 1).flatten(1)


def frozen_features_p2_pieces_and_modes_restored(encoder, images):
    modes = [(module, module.training) for module in encoder.modules()]
    encoder.eval()
    pieces = []
    try:
        with torch.no_grad():
            for piece in images.split(16):
                maps = _last_map(encoder(piece))
                pieces.append(maps.flatten(2).sum(-1) / (maps.shape[2] * maps.shape[3]))
    finally:
        for module, mode in modes:
            module.training = mode
    return torch.cat(pieces)


NEW = [
    (
        "rotation.four_copies",
        "wrong",
        four_copies_q1_dims_swapped,
        "The two dims are exchanged, so it turns clockwise (90 and 270 degrees are swapped).",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_q2_labels_in_other_order,
        "The copies run photograph by photograph, the labels angle by angle.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_q3_flip_forgotten,
        "For 90 and 180 degrees a flip is missing, so these copies are mirrored instead of turned.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        four_copies_q4_turns_pile_up,
        "Each step turns the copy already turned by r more, so labels 2 and 3 stand for 270 and 180 degrees.",
    ),
    ("rotation.four_copies", "right", four_copies_p1_transpose_and_flip, ""),
    ("rotation.four_copies", "right", four_copies_p2_every_fourth_place, ""),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_q1_quarter_twice,
        "The mean over the batch already holds the 1/4, and it is divided by 4 once more.",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_q2_log_of_mean,
        "It takes the logarithm of the mean probability instead of the mean of the logarithms.",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_q3_softmax_over_batch,
        "The softmax runs over the batch instead of the four angles.",
    ),
    (
        "rotation.rotation_loss",
        "wrong",
        rotation_loss_q4_all_rows_all_labels,
        "log_p[:, labels] takes the columns of all labels for every row instead of one entry for each row.",
    ),
    ("rotation.rotation_loss", "right", rotation_loss_p1_distance_to_right_logit, ""),
    ("rotation.rotation_loss", "right", rotation_loss_p2_soft_targets, ""),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_q1_eval_too_late,
        "Evaluation mode is switched on only after the encoder has run.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_q2_maximum,
        "It takes the maximum over height and width instead of the average.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_q3_only_images_detached,
        "Only the photographs are detached, so the features still carry gradients to the weights of the encoder.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        frozen_features_q4_divided_by_255,
        "Photographs that are already 0-1 are divided by 255 again.",
    ),
    ("rotation.frozen_features", "right", frozen_features_p1_adaptive_pool, ""),
    ("rotation.frozen_features", "right", frozen_features_p2_pieces_and_modes_restored, ""),
]
