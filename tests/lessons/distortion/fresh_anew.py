"""Fresh answers to the exercise of the notebook on distortion, written without sight of the checks."""
# ruff: noqa
import torch


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
    labels = torch.div(torch.arange(n * copies, device=exemplars.device), copies, rounding_mode="floor")
    return distort(tiled), labels


def surrogate_batch_u3_shuffled_index(exemplars, copies, distort):
    n = len(exemplars)
    labels = (torch.randperm(n * copies) % n).to(exemplars.device)
    return distort(exemplars[labels]), labels


NEW = [
    ("distortion.surrogate_batch", "wrong", surrogate_batch_v1_channels_interleaved,
     "The channels are repeated one by one before the cut, so a patch is made of repeated single channels and is no copy of its exemplar."),
    ("distortion.surrogate_batch", "wrong", surrogate_batch_v2_label_is_copy_number,
     "The label is the number of the copy (0 … copies - 1), not the number of the exemplar."),
    ("distortion.surrogate_batch", "wrong", surrogate_batch_v3_distorts_the_distorted,
     "Each copy is made by distorting the previous copy, so the distortions pile up and only the first is a distorted copy of the exemplar."),
    ("distortion.surrogate_batch", "wrong", surrogate_batch_v4_two_shuffles,
     "Patches and labels are shuffled with two different permutations, so they no longer belong together."),
    ("distortion.surrogate_batch", "right", surrogate_batch_u1_one_class_at_a_time, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_u2_channel_tiling, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_u3_shuffled_index, ""),
]
