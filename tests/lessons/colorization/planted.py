"""Right answers written differently, and planted mistakes with the words that name them."""

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.pretext import colorization

# ------------------------------------------------------------ the targets


def mean_of_blocks(ab):
    b, c, h, w = ab.shape
    return ab.reshape(b, c, h // 4, 4, w // 4, 4).mean((3, 5))


def by_broadcasting(ab, colors):
    far = (mean_of_blocks(ab)[:, None] - colors[None, :, :, None, None]).square().sum(2)
    return far.argmin(1)


def a_loop(ab, colors):
    b, _, h, w = ab.shape
    bins = torch.zeros(b, h // 4, w // 4, dtype=torch.int64)
    for k in range(b):
        for i in range(h // 4):
            for j in range(w // 4):
                color = ab[k, :, 4 * i : 4 * i + 4, 4 * j : 4 * j + 4].mean((1, 2))
                bins[k, i, j] = (colors - color).norm(dim=1).argmin()
    return bins


def numpy_style(ab, colors):
    places = mean_of_blocks(ab).numpy()
    far = ((places[:, None] - colors.numpy()[None, :, :, None, None]) ** 2).sum(2)
    return torch.from_numpy(np.argmin(far, axis=1))


def by_products(ab, colors):
    """The nearest has the largest 2 x·c − |c|²."""
    score = 2 * torch.einsum("bchw,qc->bqhw", F.avg_pool2d(ab, 4), colors)
    return (score - colors.square().sum(1)[None, :, None, None]).argmax(1)


BINS_RIGHT = {
    "broadcasting": by_broadcasting,
    "a loop": a_loop,
    "numpy": numpy_style,
    "products": by_products,
    "area": lambda ab, colors: colorization.nearest_bin(
        F.interpolate(ab, scale_factor=0.25, mode="area"), colors
    ),
    "reference": colorization.color_bins,
}


def nearest(places, colors):
    return colorization.nearest_bin(places, colors)


BINS_WRONG = {
    "pixels": (nearest, "Every pixel got a bin"),
    "strided": (lambda ab, c: nearest(ab[..., ::4, ::4], c), "upper left pixel"),
    "nearest-neighbour": (
        lambda ab, c: nearest(F.interpolate(ab, scale_factor=0.25, mode="nearest"), c),
        "upper left pixel",
    ),
    "argmax": (
        lambda ab, c: (mean_of_blocks(ab)[:, None] - c[None, :, :, None, None]).norm(dim=2).argmax(1),
        "farthest bin",
    ),
    "view": (
        lambda ab, c: torch.cdist(F.avg_pool2d(ab, 4).reshape(len(ab), -1, 2), c[None]).argmin(2).view(
            len(ab), ab.shape[2] // 4, ab.shape[3] // 4),
        "`reshape` to (…, 2)",
    ),
    "max pool": (lambda ab, c: nearest(F.max_pool2d(ab, 4), c), "The largest a"),
    "eight": (lambda ab, c: nearest(F.avg_pool2d(ab, 8), c), "8 × 8"),
    "int32": (lambda ab, c: colorization.color_bins(ab, c).int(), "whole numbers"),
    "flattened": (lambda ab, c: colorization.color_bins(ab, c).view(-1), "in one row"),
}  # fmt: skip

# ------------------------------------------------------------ the loss


def weights_of(shares, uniform):
    raw = 1 / ((1 - uniform) * shares + uniform / len(shares))
    return raw / (raw * shares).sum()


def by_log_softmax(logits, bins, shares, uniform):
    chosen = logits.log_softmax(1).gather(1, bins.unsqueeze(1)).squeeze(1)
    return -(weights_of(shares, uniform)[bins] * chosen).mean()


def by_library_weights(logits, bins, shares, uniform):
    """The library's weighted sum, divided by places."""
    weights = weights_of(shares, uniform)
    return F.cross_entropy(logits, bins, weight=weights, reduction="sum") / bins.numel()


def place_by_place(logits, bins, shares, uniform):
    weights, total = weights_of(shares, uniform), 0.0
    rows = logits.permute(0, 2, 3, 1).reshape(-1, logits.shape[1])
    for row, q in zip(rows, bins.flatten().tolist(), strict=True):
        total = total - weights[q] * (row[q] - row.logsumexp(0))
    return total / bins.numel()


LOSS_RIGHT = {
    "log-softmax": by_log_softmax,
    "the library's weights, divided by places": by_library_weights,
    "place by place": place_by_place,
    "reference": colorization.color_loss,
}


def with_weights(weights):
    def answer(logits, bins, shares, uniform):
        return (weights(shares, uniform)[bins] * F.cross_entropy(logits, bins, reduction="none")).mean()  # fmt: skip

    return answer


LOSS_WRONG = {
    "plain": (lambda z, b, p, u: F.cross_entropy(z, b), "No weights are used"),
    "library's weights": (
        lambda z, b, p, u: F.cross_entropy(z, b, weight=weights_of(p, u)),
        "divided by the sum of the weights",
    ),
    "shares as weights": (
        with_weights(lambda p, u: ((1 - u) * p + u / len(p)) / (p * ((1 - u) * p + u / len(p))).sum()),
        "reciprocal is missing",
    ),
    "not scaled": (with_weights(lambda p, u: 1 / ((1 - u) * p + u / len(p))), "not scaled"),
    "reversed": (lambda z, b, p, u: by_log_softmax(z, b, p, 1 - u if u < 1 else 1e-9), "exchanged"),
    "no Q": (
        with_weights(lambda p, u: 1 / ((1 - u) * p + u) / (p / ((1 - u) * p + u)).sum()),
        "not divided by Q",
    ),
    "sum": (
        lambda z, b, p, u: F.cross_entropy(z, b, weight=weights_of(p, u), reduction="sum"),
        "added up",
    ),
    "no minus": (lambda z, b, p, u: -by_log_softmax(z, b, p, u), "sign is reversed"),
    "no reduction": (
        lambda z, b, p, u: weights_of(p, u)[b] * F.cross_entropy(z, b, reduction="none"),
        "one loss for every place",
    ),
    "no gradient": (
        lambda z, b, p, u: by_log_softmax(z.detach(), b, p, u), "gradient",
    ),
}  # fmt: skip

TABLES = {
    "color_bins": (BINS_RIGHT, BINS_WRONG),
    "color_loss": (LOSS_RIGHT, LOSS_WRONG),
}
