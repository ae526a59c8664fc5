"""Answers written from the lesson's text alone, before the checks by facts were tried on them."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def n1_surrogate_batch_amber(exemplars, copies, distort):
    n = exemplars.shape[0]
    patches = torch.stack([distort(exemplars) for _ in range(copies)]).flatten(0, 1)
    labels = torch.arange(n).repeat_interleave(copies)
    return patches, labels


def n1_surrogate_batch_birch(exemplars, copies, distort):
    patches = distort(exemplars).repeat_interleave(copies, dim=0)
    labels = torch.arange(len(exemplars)).repeat_interleave(copies)
    return patches, labels


def n1_surrogate_batch_cedar(exemplars, copies, distort):
    patches = distort(exemplars.repeat_interleave(copies, dim=0))
    labels = torch.arange(len(patches))
    return patches, labels


def n1_surrogate_batch_dune(exemplars, copies, distort):
    batches = [exemplars]
    for _ in range(copies - 1):
        batches.append(distort(exemplars))
    patches = torch.cat(batches)
    labels = torch.arange(len(exemplars)).repeat(copies)
    return patches, labels


def n1_surrogate_batch_ember(exemplars, copies, distort):
    n = len(exemplars)
    patches = distort(torch.repeat_interleave(exemplars, copies, dim=0))
    labels = torch.zeros(n * copies)
    for i in range(n):
        labels[i * copies:(i + 1) * copies] = i
    return patches, labels


def n1_surrogate_batch_fern(exemplars, copies, distort):
    patches, labels = [], []
    for number in range(len(exemplars)):
        for _ in range(copies):
            patches.append(distort(exemplars[number:number + 1]))
            labels.append(number)
    return torch.cat(patches, dim=0), torch.tensor(labels, dtype=torch.int64)


def n1_surrogate_batch_grove(exemplars, copies, distort):
    n = len(exemplars)
    labels = torch.arange(n * copies) % n
    return distort(exemplars[labels]), labels


NEW = [
    ("distortion.surrogate_batch", "wrong", n1_surrogate_batch_amber, "The patches come round by round (0, 1, 2, ...) but the labels exemplar by exemplar (0, 0, 0, ...), so they do not match."),
    ("distortion.surrogate_batch", "wrong", n1_surrogate_batch_birch, "Each exemplar is distorted once and then duplicated, so all its copies are identical; copy first, then distort."),
    ("distortion.surrogate_batch", "wrong", n1_surrogate_batch_cedar, "Every copy gets a class of its own, but all copies of one exemplar share its number."),
    ("distortion.surrogate_batch", "wrong", n1_surrogate_batch_dune, "The first copy of every exemplar is the undistorted original; all the copies should go through distort."),
    ("distortion.surrogate_batch", "wrong", n1_surrogate_batch_ember, "torch.zeros makes float labels by default; class labels must be int64."),
    ("distortion.surrogate_batch", "right", n1_surrogate_batch_fern, ""),
    ("distortion.surrogate_batch", "right", n1_surrogate_batch_grove, ""),
]
