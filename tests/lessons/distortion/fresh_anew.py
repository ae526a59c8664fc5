"""Answers written from the text of the tasks alone, without sight of the checks; not yet checked."""

# Left as it was written.
# ruff: noqa
import torch


def surrogate_batch_q1_tiled_patches_grouped_labels(exemplars, copies, distort):
    N = len(exemplars)
    patches = distort(exemplars.repeat(copies, 1, 1, 1))
    labels = torch.arange(N, device=exemplars.device).repeat_interleave(copies)
    return patches, labels


def surrogate_batch_q2_distorted_before_copying(exemplars, copies, distort):
    patches = distort(exemplars).repeat_interleave(copies, dim=0)
    labels = torch.arange(len(exemplars), device=exemplars.device).repeat_interleave(copies)
    return patches, labels


def surrogate_batch_q3_distortions_pile_up(exemplars, copies, distort):
    patches, labels = [], []
    x = exemplars
    for _ in range(copies):
        x = distort(x)
        patches.append(x)
        labels.append(torch.arange(len(exemplars), device=exemplars.device))
    return torch.cat(patches), torch.cat(labels)


def surrogate_batch_q4_label_is_copy_number(exemplars, copies, distort):
    patches, labels = [], []
    for c in range(copies):
        patches.append(distort(exemplars))
        labels.append(torch.full((len(exemplars),), c, dtype=torch.int64, device=exemplars.device))
    return torch.cat(patches), torch.cat(labels)


def surrogate_batch_p1_copies_stacked_inside(exemplars, copies, distort):
    N = exemplars.shape[0]
    rounds = [distort(exemplars) for _ in range(copies)]
    patches = torch.stack(rounds, dim=1).flatten(0, 1)  # exemplar by exemplar
    labels = torch.arange(N, device=exemplars.device)[:, None].expand(N, copies).reshape(-1)
    return patches, labels


def surrogate_batch_p2_labels_pick_the_exemplars(exemplars, copies, distort):
    n = len(exemplars)
    labels = torch.arange(n * copies, device=exemplars.device) % n
    return distort(exemplars[labels]), labels


NEW = [
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_q1_tiled_patches_grouped_labels,
        "The patches run through all exemplars again and again, but the labels exemplar by exemplar.",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_q2_distorted_before_copying,
        "It distorts once and copies afterwards, so all copies of an exemplar are identical.",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_q3_distortions_pile_up,
        "Each copy is made from the copy before, so the distortions pile up instead of starting from the exemplar.",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_q4_label_is_copy_number,
        "The label is the number of the copy instead of the number of the exemplar.",
    ),
    ("distortion.surrogate_batch", "right", surrogate_batch_p1_copies_stacked_inside, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_p2_labels_pick_the_exemplars, ""),
]
