"""Fresh answers, right and wrong, to the exercise of the distortion notebook."""
# ruff: noqa
import torch


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


NEW = [
    ("distortion.surrogate_batch", "wrong", surrogate_batch_w1_compounds,
     "Each round distorts the copies of the round before, so distortions pile up and copy k is distorted k times."),
    ("distortion.surrogate_batch", "wrong", surrogate_batch_w2_drawn_labels,
     "Exemplars are drawn with replacement, so an exemplar does not get exactly `copies` copies (some get none)."),
    ("distortion.surrogate_batch", "wrong", surrogate_batch_w3_side_by_side,
     "Copies are joined along the width and reshaped, which cuts the images up and mixes rows of different copies in one patch."),
    ("distortion.surrogate_batch", "wrong", surrogate_batch_w4_single_images,
     "`distort` is given one (C, H, W) image although it takes a batch, so the channels are treated as the batch (or it crashes)."),
    ("distortion.surrogate_batch", "right", surrogate_batch_r1_dealt_cards, ""),
    ("distortion.surrogate_batch", "right", surrogate_batch_r2_along_channels, ""),
]
