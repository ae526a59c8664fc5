"""Right answers written differently, and planted mistakes with the words that name them."""

import torch

# ------------------------------------------------------------ surrogate labels


def by_seed(seeds, copies, distort, labels=None):
    patches = distort(seeds.repeat_interleave(copies, 0))
    return patches, torch.arange(len(seeds)).repeat_interleave(copies) if labels is None else labels


def loop(seeds, copies, distort):
    made = [(distort(seeds[i : i + 1]), i) for i in range(len(seeds)) for _ in range(copies)]
    return torch.cat([p for p, _ in made]), torch.tensor([i for _, i in made])


def by_copy(seeds, copies, distort):
    return distort(seeds.repeat(copies, 1, 1, 1)), torch.arange(len(seeds)).repeat(copies)


BATCH_RIGHT = {"by seed": by_seed, "loop": loop, "by copy": by_copy}
BATCH_WRONG = {
    "orders differ": (
        lambda s, k, d: (d(s.repeat(k, 1, 1, 1)), torch.arange(len(s)).repeat_interleave(k)),
        "different orders",
    ),
    "number of the copy": (lambda s, k, d: by_seed(s, k, d, torch.arange(k).repeat(len(s))), "which exemplar"),
    "a class a copy": (lambda s, k, d: by_seed(s, k, d, torch.arange(len(s) * k)), "one class"),
    "from 1": (lambda s, k, d: (by_seed(s, k, d)[0], by_seed(s, k, d)[1] + 1), "start at 1"),
    "too few labels": (lambda s, k, d: by_seed(s, k, d, torch.arange(len(s))), "Every copy needs one"),
    "float labels": (lambda s, k, d: (by_seed(s, k, d)[0], by_seed(s, k, d)[1].float()), "whole numbers"),
    "not distorted": (lambda s, k, d: by_seed(s, k, lambda x: x), "Nothing was distorted"),
    "one result": (lambda s, k, d: by_seed(s, k, d)[0], "Return 2 things together"),
    "one copy": (lambda s, k, d: by_seed(s, 1, d), "one copy of each exemplar"),
}  # fmt: skip

TABLES = {
    "surrogate_batch": (BATCH_RIGHT, BATCH_WRONG),
}
