"""Answers written from the lesson's text alone, before the checks were tried on them."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def n3_batch_discard(exemplars, copies, distort):
    patches = exemplars.repeat_interleave(copies, dim=0)
    distort(patches)
    labels = torch.arange(len(exemplars)).repeat_interleave(copies)
    return patches, labels


def n3_batch_chain(exemplars, copies, distort):
    batch = exemplars
    patches = []
    for _ in range(copies):
        batch = distort(batch)
        patches.append(batch)
    labels = torch.arange(len(exemplars)).repeat(copies)
    return torch.cat(patches), labels


def n3_batch_original(exemplars, copies, distort):
    patches = [exemplars]
    while len(patches) < copies:
        patches.append(distort(exemplars))
    labels = torch.arange(exemplars.shape[0]).repeat(copies)
    return torch.cat(patches, dim=0), labels


def n3_batch_every(exemplars, copies, distort):
    patches = distort(exemplars.repeat_interleave(copies, dim=0))
    labels = torch.arange(len(patches))
    return patches, labels


def n3_batch_divide(exemplars, copies, distort):
    n = len(exemplars)
    patches = distort(exemplars.repeat_interleave(copies, dim=0))
    labels = torch.arange(n * copies) // n
    return patches, labels


def n3_batch_stack(exemplars, copies, distort):
    rounds = [distort(exemplars.clone()) for _ in range(copies)]
    patches = torch.stack(rounds, dim=1).flatten(0, 1)
    labels = torch.tensor([k for k in range(len(exemplars)) for _ in range(copies)], device=exemplars.device)
    return patches, labels


def n3_batch_shuffled(exemplars, copies, distort):
    n = exemplars.shape[0]
    labels = (torch.randperm(n * copies) % n).to(exemplars.device)
    return distort(exemplars[labels]), labels


NEW = [
    ("distortion.surrogate_batch", "wrong", n3_batch_discard, "The batch that distort returns is thrown away, so all copies are the plain exemplars."),
    ("distortion.surrogate_batch", "wrong", n3_batch_chain, "Each round distorts the copies of the round before, so the distortions pile up; distort the exemplars themselves each time."),
    ("distortion.surrogate_batch", "wrong", n3_batch_original, "The first copy of each exemplar is not distorted; all copies must go through distort."),
    ("distortion.surrogate_batch", "wrong", n3_batch_every, "Each copy gets a class of its own; the label is the number of the exemplar, which all its copies share."),
    ("distortion.surrogate_batch", "wrong", n3_batch_divide, "The copies of an exemplar lie side by side, so the label is the index divided by copies, not by the number of exemplars."),
    ("distortion.surrogate_batch", "right", n3_batch_stack, ""),
    ("distortion.surrogate_batch", "right", n3_batch_shuffled, ""),
]
