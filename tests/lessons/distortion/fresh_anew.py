"""Answers written from the text of the tasks alone, without sight of the checks; not yet checked."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F


# ---------------------------------------------------------------- surrogate_batch


def surrogate_batch_z1_distorts_previous_copy(exemplars, copies, distort):
    n = exemplars.shape[0]
    batch = exemplars
    parts = []
    for _ in range(copies):
        batch = distort(batch)
        parts.append(batch)
    patches = torch.cat(parts)
    labels = torch.arange(n, device=exemplars.device).repeat(copies)
    return patches, labels


def surrogate_batch_z2_draws_labels_at_random(exemplars, copies, distort):
    # draw the label first, then fetch its exemplar: the two can never disagree
    n = len(exemplars)
    labels = torch.randint(0, n, (n * copies,), device=exemplars.device)
    patches = distort(exemplars[labels])
    return patches, labels


def surrogate_batch_z3_label_by_nearest_pixels(exemplars, copies, distort):
    patches = torch.cat([distort(exemplars) for _ in range(copies)])
    # to be sure about the order: look up which exemplar each patch belongs to
    distance = torch.cdist(patches.flatten(1), exemplars.flatten(1))
    labels = distance.argmin(dim=1)
    return patches, labels


def surrogate_batch_z4_same_buffer_in_list(exemplars, copies, distort):
    n = exemplars.shape[0]
    buffer = torch.empty_like(exemplars)
    parts = []
    for _ in range(copies):
        buffer.copy_(distort(exemplars))
        parts.append(buffer)
    patches = torch.cat(parts, dim=0)
    labels = torch.arange(n, device=exemplars.device).repeat(copies)
    return patches, labels


def surrogate_batch_y1_shuffled_index(exemplars, copies, distort):
    n = len(exemplars)
    labels = torch.randperm(n * copies, device=exemplars.device) % n
    return distort(exemplars[labels]), labels


def surrogate_batch_y2_one_exemplar_at_a_time(exemplars, copies, distort):
    patches = []
    for exemplar in exemplars:
        same = torch.stack([exemplar.clone() for _ in range(copies)])
        patches.extend(distort(same).unbind(0))
    numbers = np.repeat(np.arange(len(exemplars), dtype=np.int64), copies)
    return torch.stack(patches), torch.from_numpy(numbers).to(exemplars.device)


NEW = [
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_z1_distorts_previous_copy,
        "each copy is a distortion of the previous copy instead of the exemplar, so distortions pile up",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_z2_draws_labels_at_random,
        "exemplars are drawn with replacement, so an exemplar does not have exactly `copies` copies and some have none",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_z3_label_by_nearest_pixels,
        "the label is the exemplar nearest in pixels to the distorted patch, which is wrong as soon as the distortion is strong",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_z4_same_buffer_in_list,
        "the list holds the same buffer many times, so all copies of an exemplar are identical to the last one",
    ),
    ("distortion.surrogate_batch", "right", surrogate_batch_y1_shuffled_index, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_y2_one_exemplar_at_a_time, ""),
]
