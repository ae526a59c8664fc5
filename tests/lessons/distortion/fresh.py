"""Answers written from the lesson's text alone, by people who had not seen the checks, and what is to be
said of the wrong ones.
"""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


# ---------------------------------------------------------------- distortion.surrogate_batch


def sb_wrong_order(seeds, copies, distort):
    n = seeds.shape[0]
    patches = distort(seeds.repeat(copies, 1, 1, 1))
    labels = torch.arange(n, device=seeds.device).repeat_interleave(copies)
    return patches, labels


def sb_wrong_distort_once(seeds, copies, distort):
    n = seeds.shape[0]
    patches = distort(seeds).repeat_interleave(copies, dim=0)
    labels = torch.arange(n, device=seeds.device).repeat_interleave(copies)
    return patches, labels


def sb_wrong_result_dropped(seeds, copies, distort):
    patches = seeds.repeat_interleave(copies, dim=0)
    distort(patches)
    labels = torch.arange(len(seeds), device=seeds.device).repeat_interleave(copies)
    return patches, labels


def sb_wrong_float_labels(seeds, copies, distort):
    n = len(seeds)
    patches = distort(seeds.repeat_interleave(copies, dim=0))
    labels = torch.zeros(n * copies, device=seeds.device)
    for i in range(n):
        labels[i * copies : (i + 1) * copies] = i
    return patches, labels


def sb_right_per_seed(seeds, copies, distort):
    patches, labels = [], []
    for number in range(len(seeds)):
        batch = torch.stack([seeds[number].clone() for _ in range(copies)])
        patches.append(distort(batch))
        labels += [number] * copies
    return torch.cat(patches), torch.tensor(labels, dtype=torch.int64, device=seeds.device)


def sb_right_shuffled(seeds, copies, distort):
    n = seeds.shape[0]
    labels = torch.arange(n * copies, device=seeds.device) % n
    labels = labels[torch.randperm(n * copies).to(seeds.device)]
    return distort(seeds[labels]), labels


def surrogate_w1(seeds, copies, distort):
    patches = distort(seeds.repeat(copies, 1, 1, 1))
    labels = torch.arange(len(seeds)).repeat_interleave(copies)
    return patches, labels


def surrogate_w2(seeds, copies, distort):
    patches = distort(seeds).repeat_interleave(copies, dim=0)
    labels = torch.arange(len(seeds)).repeat_interleave(copies)
    return patches, labels


def surrogate_w3(seeds, copies, distort):
    n = len(seeds)
    labels = torch.zeros(n * copies)
    parts = []
    for i in range(copies):
        parts.append(distort(seeds))
        for j in range(n):
            labels[i * n + j] = j
    return torch.cat(parts), labels


def surrogate_w4(seeds, copies, distort):
    patches = [seeds]
    for _ in range(copies - 1):
        patches.append(distort(seeds))
    labels = torch.arange(len(seeds)).repeat(copies)
    return torch.cat(patches), labels


def surrogate_r1(seeds, copies, distort):
    # (copies, N, ...) -> swap -> flatten; labels from integer division
    stack = torch.stack([distort(seeds.clone()) for _ in range(copies)])
    patches = stack.transpose(0, 1).flatten(0, 1).contiguous()
    labels = torch.div(torch.arange(len(patches)), copies, rounding_mode="floor")
    return patches, labels


def surrogate_r2(seeds, copies, distort):
    # a list of labels in reversed order decides which seed is copied; one call of distort
    order = [i for i in reversed(range(len(seeds))) for _ in range(copies)]
    labels = torch.tensor(order, dtype=torch.int64)
    return distort(seeds[labels]), labels


# ---------------------------------------------------------------- sixty more, committed before they were checked


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
        labels[i * copies : (i + 1) * copies] = i
    return patches, labels


def n1_surrogate_batch_fern(exemplars, copies, distort):
    patches, labels = [], []
    for number in range(len(exemplars)):
        for _ in range(copies):
            patches.append(distort(exemplars[number : number + 1]))
            labels.append(number)
    return torch.cat(patches, dim=0), torch.tensor(labels, dtype=torch.int64)


def n1_surrogate_batch_grove(exemplars, copies, distort):
    n = len(exemplars)
    labels = torch.arange(n * copies) % n
    return distort(exemplars[labels]), labels


# ---------------------------------------------------------------- another sixty, likewise


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
    labels = torch.tensor(
        [k for k in range(len(exemplars)) for _ in range(copies)], device=exemplars.device
    )
    return patches, labels


def n3_batch_shuffled(exemplars, copies, distort):
    n = exemplars.shape[0]
    labels = (torch.randperm(n * copies) % n).to(exemplars.device)
    return distort(exemplars[labels]), labels


# ---------------------------------------------------------------- fifty-four more, likewise


def surrogate_batch_w1_compounds(exemplars, copies, distort):
    current = exemplars
    patches, labels = [], []
    for _ in range(copies):
        current = distort(current)
        patches.append(current)
        labels.append(torch.arange(len(exemplars)))
    return torch.cat(patches), torch.cat(labels)


def surrogate_batch_w2_drawn_labels(exemplars, copies, distort):
    n = len(exemplars)
    labels = torch.randint(n, (n * copies,))
    patches = distort(exemplars[labels])
    return patches, labels


def surrogate_batch_w3_side_by_side(exemplars, copies, distort):
    n, c, h, w = exemplars.shape
    wide = torch.cat([distort(exemplars) for _ in range(copies)], dim=3)
    patches = wide.reshape(n * copies, c, h, w)
    labels = torch.arange(n).repeat_interleave(copies)
    return patches, labels


def surrogate_batch_w4_single_images(exemplars, copies, distort):
    patches, labels = [], []
    for number, exemplar in enumerate(exemplars):
        for _ in range(copies):
            patches.append(distort(exemplar))
            labels.append(number)
    return torch.stack(patches), torch.tensor(labels)


def surrogate_batch_r1_dealt_cards(exemplars, copies, distort):
    n = len(exemplars)
    labels = torch.randperm(n * copies) % n
    return distort(exemplars[labels]), labels


def surrogate_batch_r2_along_channels(exemplars, copies, distort):
    n, c, h, w = exemplars.shape
    thick = torch.cat([distort(exemplars.clone()) for _ in range(copies)], dim=1)
    patches = thick.reshape(n * copies, c, h, w)
    labels = torch.div(torch.arange(n * copies), copies, rounding_mode="floor")
    return patches, labels


# ---------------------------------------------------------------- seventy-two more, likewise

# ---------------------------------------------------------------- surrogate_batch


def surrogate_batch_x1_stack_copy_major(exemplars, copies, distort):
    n = exemplars.shape[0]
    out = []
    for _ in range(copies):
        out.append(distort(exemplars))
    patches = torch.stack(out).flatten(0, 1)
    labels = torch.arange(n).unsqueeze(1).expand(n, copies).flatten()
    return patches, labels


def surrogate_batch_x2_chained(exemplars, copies, distort):
    n = len(exemplars)
    x = exemplars.clone()
    patches, labels = [], []
    for _ in range(copies):
        x = distort(x)
        patches.append(x)
        labels.append(torch.arange(n))
    return torch.cat(patches), torch.cat(labels)


def surrogate_batch_x3_original_kept(exemplars, copies, distort):
    n = len(exemplars)
    patches = [exemplars]
    for _ in range(1, copies):
        patches.append(distort(exemplars))
    labels = torch.arange(n).repeat(copies)
    return torch.cat(patches), labels


def surrogate_batch_x4_distort_then_repeat(exemplars, copies, distort):
    labels = torch.arange(len(exemplars)).repeat_interleave(copies)
    distorted = distort(exemplars)
    patches = distorted.repeat_interleave(copies, dim=0)
    return patches, labels


def surrogate_batch_x5_float_labels(exemplars, copies, distort):
    n = exemplars.size(0)
    patches = distort(exemplars.repeat_interleave(copies, dim=0))
    labels = torch.zeros(n * copies)
    for i in range(n):
        labels[i * copies : (i + 1) * copies] = i
    return patches, labels


def surrogate_batch_y1_one_exemplar_at_a_time(exemplars, copies, distort):
    patches, labels = [], []
    for i, patch in enumerate(exemplars):
        patches.append(distort(torch.stack([patch] * copies)))
        labels += [i] * copies
    return torch.cat(patches), torch.tensor(labels)


def surrogate_batch_y2_strided_fill(exemplars, copies, distort):
    n = len(exemplars)
    patches = exemplars.new_empty((n * copies, *exemplars.shape[1:]))
    labels = torch.empty(n * copies, dtype=torch.long, device=exemplars.device)
    for k in range(copies):
        patches[k::copies] = distort(exemplars.clone())
        labels[k::copies] = torch.arange(n, device=exemplars.device)
    return patches, labels


def surrogate_batch_y3_shuffled_together(exemplars, copies, distort):
    n = len(exemplars)
    order = torch.randperm(n * copies)
    labels = order % n
    return distort(exemplars[labels]), labels


# ---------------------------------------------------------------- sixty more, likewise


def surrogate_batch_v1_channels_interleaved(exemplars, copies, distort):
    n, c, h, w = exemplars.shape
    # copies along the channels, then cut the long stack of channels into patches
    stacked = exemplars.repeat_interleave(copies, dim=1)
    patches = distort(stacked.reshape(n * copies, c, h, w))
    labels = torch.arange(n, device=exemplars.device).repeat_interleave(copies)
    return patches, labels


def surrogate_batch_v2_label_is_copy_number(exemplars, copies, distort):
    patches, labels = [], []
    for exemplar in exemplars:
        for k in range(copies):
            patches.append(distort(exemplar.unsqueeze(0)))
            labels.append(k)
    return torch.cat(patches), torch.tensor(labels, device=exemplars.device)


def surrogate_batch_v3_distorts_the_distorted(exemplars, copies, distort):
    patches = []
    labels = []
    x = exemplars
    for _ in range(copies):
        x = distort(x)
        patches.append(x)
        labels.append(torch.arange(len(exemplars), device=exemplars.device))
    return torch.cat(patches), torch.cat(labels)


def surrogate_batch_v4_two_shuffles(exemplars, copies, distort):
    n = len(exemplars)
    patches = distort(exemplars.repeat_interleave(copies, dim=0))
    labels = torch.arange(n, device=exemplars.device).repeat_interleave(copies)
    # mix the batch, as a DataLoader with shuffle=True would
    patches = patches[torch.randperm(n * copies)]
    labels = labels[torch.randperm(n * copies)]
    return patches, labels


def surrogate_batch_u1_one_class_at_a_time(exemplars, copies, distort):
    patches, labels = [], []
    for number in reversed(range(exemplars.shape[0])):
        one = torch.stack([exemplars[number]] * copies)
        patches.append(distort(one))
        labels += [number] * copies
    return torch.cat(patches), torch.tensor(labels, dtype=torch.int64, device=exemplars.device)


def surrogate_batch_u2_channel_tiling(exemplars, copies, distort):
    n, c, h, w = exemplars.shape
    tiled = exemplars.repeat(1, copies, 1, 1).reshape(n * copies, c, h, w)
    labels = torch.div(
        torch.arange(n * copies, device=exemplars.device), copies, rounding_mode="floor"
    )
    return distort(tiled), labels


def surrogate_batch_u3_shuffled_index(exemplars, copies, distort):
    n = len(exemplars)
    labels = (torch.randperm(n * copies) % n).to(exemplars.device)
    return distort(exemplars[labels]), labels


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


# exercise, right or wrong, the answer, words that name the mistake
ANSWERS = [
    (
        "distortion.surrogate_batch",
        "wrong",
        sb_wrong_order,
        "Copies and labels are in different orders",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        sb_wrong_distort_once,
        "Some copies are distorted alike",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        sb_wrong_result_dropped,
        "The copies are not distorted",
    ),
    ("distortion.surrogate_batch", "wrong", sb_wrong_float_labels, "whole numbers"),
    ("distortion.surrogate_batch", "right", sb_right_per_seed, ""),
    ("distortion.surrogate_batch", "right", sb_right_shuffled, ""),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_w1,
        "Copies and labels are in different orders",
    ),
    ("distortion.surrogate_batch", "wrong", surrogate_w2, "Some copies are distorted alike"),
    ("distortion.surrogate_batch", "wrong", surrogate_w3, "whole numbers"),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_w4,
        "Some copies are the exemplars as they were",
    ),
    ("distortion.surrogate_batch", "right", surrogate_r1, ""),
    ("distortion.surrogate_batch", "right", surrogate_r2, ""),
    (
        "distortion.surrogate_batch",
        "wrong",
        n1_surrogate_batch_amber,
        "Copies and labels are in different orders",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        n1_surrogate_batch_birch,
        "Some copies are distorted alike",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        n1_surrogate_batch_cedar,
        "Every copy became a class of its own",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        n1_surrogate_batch_dune,
        "Some copies are the exemplars as they were",
    ),
    ("distortion.surrogate_batch", "wrong", n1_surrogate_batch_ember, "whole numbers"),
    ("distortion.surrogate_batch", "right", n1_surrogate_batch_fern, ""),
    ("distortion.surrogate_batch", "right", n1_surrogate_batch_grove, ""),
    ("distortion.surrogate_batch", "wrong", n3_batch_discard, "The copies are not distorted"),
    (
        "distortion.surrogate_batch",
        "wrong",
        n3_batch_chain,
        "Copies that were distorted already are distorted again",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        n3_batch_original,
        "Some copies are the exemplars as they were",
    ),
    ("distortion.surrogate_batch", "wrong", n3_batch_every, "Every copy became a class of its own"),
    (
        "distortion.surrogate_batch",
        "wrong",
        n3_batch_divide,
        "Copies and labels are in different orders",
    ),
    ("distortion.surrogate_batch", "right", n3_batch_stack, ""),
    ("distortion.surrogate_batch", "right", n3_batch_shuffled, ""),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_w1_compounds,
        "Copies that were distorted already are distorted again",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_w2_drawn_labels,
        "Do not draw them at random",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_w3_side_by_side,
        "Rows of several copies are mixed",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_w4_single_images,
        "it should be (15, 3, 4, 4)",
    ),
    ("distortion.surrogate_batch", "right", surrogate_batch_r1_dealt_cards, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_r2_along_channels, ""),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x1_stack_copy_major,
        "Copies and labels are in different orders",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x2_chained,
        "Copies that were distorted already are distorted again",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x3_original_kept,
        "Every copy has to go through",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x4_distort_then_repeat,
        "Some copies are distorted alike",
    ),
    ("distortion.surrogate_batch", "wrong", surrogate_batch_x5_float_labels, "whole numbers"),
    ("distortion.surrogate_batch", "right", surrogate_batch_y1_one_exemplar_at_a_time, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_y2_strided_fill, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_y3_shuffled_together, ""),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_v1_channels_interleaved,
        "Pixels or channels are out of place",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_v2_label_is_copy_number,
        "The label is the number of the copy",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_v3_distorts_the_distorted,
        "Copies that were distorted already are distorted again",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_v4_two_shuffles,
        "Copies and labels are in different orders",
    ),
    ("distortion.surrogate_batch", "right", surrogate_batch_u1_one_class_at_a_time, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_u2_channel_tiling, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_u3_shuffled_index, ""),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_z1_distorts_previous_copy,
        "Copies that were distorted already are distorted again",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_z2_draws_labels_at_random,
        "Some exemplars come too often and others too seldom",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_z3_label_by_nearest_pixels,
        "The label is the exemplar whose pixels are nearest",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_z4_same_buffer_in_list,
        "Some copies are distorted alike",
    ),
    ("distortion.surrogate_batch", "right", surrogate_batch_y1_shuffled_index, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_y2_one_exemplar_at_a_time, ""),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_q1_tiled_patches_grouped_labels,
        "Copies and labels are in different orders",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_q2_distorted_before_copying,
        "Some copies are distorted alike",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_q3_distortions_pile_up,
        "Copies that were distorted already are distorted again",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_q4_label_is_copy_number,
        "The label is the number of the copy",
    ),
    ("distortion.surrogate_batch", "right", surrogate_batch_p1_copies_stacked_inside, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_p2_labels_pick_the_exemplars, ""),
]
