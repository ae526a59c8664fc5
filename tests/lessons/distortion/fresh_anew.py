"""Answers students might hand in for distortion.surrogate_batch."""

# ruff: noqa
import torch


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


NEW = [
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x1_stack_copy_major,
        "patches run copy by copy, labels exemplar by exemplar, so they do not match",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x2_chained,
        "each copy distorts the copy before it again, instead of the exemplar",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x3_original_kept,
        "the first copy of every exemplar is the exemplar itself, never distorted",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x4_distort_then_repeat,
        "distorts once and then repeats, so all copies of an exemplar are the same picture",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        surrogate_batch_x5_float_labels,
        "labels are float32 because they were filled into torch.zeros",
    ),
    ("distortion.surrogate_batch", "right", surrogate_batch_y1_one_exemplar_at_a_time, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_y2_strided_fill, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_y3_shuffled_together, ""),
]
