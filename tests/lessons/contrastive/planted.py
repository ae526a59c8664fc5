"""Right answers written differently, and planted mistakes with the words that name them."""

import torch
import torch.nn.functional as F

from course_utils.views import color, geometry

# ------------------------------------------------------------ two views


def one_view(x, g, s, *, area=(0.2, 1.0), hue=0.2, factor=0.8, gray=0.2):
    x = geometry.random_flip(geometry.random_resized_crop(x, x.shape[-1], g, area=area), g)
    if s > 0:
        f = factor * s
        x = color.random_color_jitter(
            x, g, brightness=f, contrast=f, saturation=f, hue=hue * s, p=0.8
        )
        x = color.random_gray(x, g, p=gray)
    return x


def doubled_first(images, generator, strength):
    return one_view(images.repeat(2, 1, 1, 1), generator, strength)


def into_a_tensor(images, generator, strength):
    views = torch.empty(2, *images.shape)
    for k in range(2):
        views[k] = one_view(images, generator, strength)
    return views.flatten(0, 1)


def flipped_first(images, generator, strength):
    views = []
    for _ in range(2):
        x = geometry.random_flip(images, generator)
        x = geometry.random_resized_crop(x, x.shape[2], generator, area=(0.2, 1))
        if strength:
            x = color.random_color_jitter(
                x, generator, brightness=0.8 * strength, contrast=0.8 * strength,
                saturation=0.8 * strength, hue=0.2 * strength, p=0.8,
            )  # fmt: skip
            x = color.random_gray(x, generator)
        views += [x]
    return torch.cat(views)


VIEWS_RIGHT = {
    "doubled first": doubled_first,
    "into a tensor": into_a_tensor,
    "flipped first": flipped_first,
}


def twice(**how):
    return lambda x, g, s: torch.cat([one_view(x, g, s, **how) for _ in range(2)])


VIEWS_WRONG = {
    "repeat": (lambda x, g, s: one_view(x, g, s).repeat(2, 1, 1, 1), "was used twice"),
    "repeat_interleave": (
        lambda x, g, s: one_view(x.repeat_interleave(2, 0), g, s), "side by side"
    ),
    "the paper's crops": (twice(area=(0.08, 1.0)), "20% or more"),
    "gray at last": (
        lambda x, g, s: color.random_gray(twice(gray=0.0)(x, g, s), g), "although the strength is 0"
    ),
    "hue like the rest": (twice(hue=0.8), "On a circle"),
    "no 0.8": (twice(factor=1.0), "0.8 · strength"),
    "original": (lambda x, g, s: torch.cat([x, one_view(x, g, s)]), "as they were"),
    "stack": (lambda x, g, s: torch.stack([one_view(x, g, s), one_view(x, g, s)]), "`torch.cat`"),
}  # fmt: skip

# ------------------------------------------------------------ the loss


def by_loops(z, temperature):
    n, total = len(z), 0.0
    for i in range(n):
        alike = [F.cosine_similarity(z[i], z[k], dim=0) / temperature for k in range(n)]
        others = torch.stack([alike[k] for k in range(n) if k != i])
        total = total - alike[(i + n // 2) % n] + others.logsumexp(0)
    return total / n


def by_exponentials(z, temperature):
    u = z / z.norm(dim=1, keepdim=True)
    e = torch.exp(u @ u.T / temperature)
    e = e * (1 - torch.eye(len(z)))
    half = len(z) // 2
    right = torch.cat([e.diagonal(half), e.diagonal(-half)])
    return -(right / e.sum(1)).log().mean()


def without_the_diagonal(z, temperature):
    """The diagonal is cut out, which moves every partner behind it by one."""
    n = len(z)
    cos = F.cosine_similarity(z[:, None], z[None], dim=2)
    off = cos[~torch.eye(n, dtype=torch.bool)].view(n, n - 1) / temperature
    labels = torch.cat([torch.arange(n // 2 - 1, n - 1), torch.arange(n // 2)])
    return F.cross_entropy(off, labels)


def large_negative(z, temperature):
    u = F.normalize(z)
    logits = (u @ u.T) / temperature - 1e9 * torch.eye(len(z))
    return F.cross_entropy(logits, (torch.arange(len(z)) + len(z) // 2) % len(z))


LOSS_RIGHT = {
    "loops": by_loops,
    "exponentials": by_exponentials,
    "without the diagonal": without_the_diagonal,
    "large negative": large_negative,
}


def logits_of(z, temperature, diagonal=-torch.inf):
    u = F.normalize(z, dim=1)
    return (u @ u.T).fill_diagonal_(diagonal) / temperature


def partner(z):
    return torch.arange(len(z)).roll(len(z) // 2)


LOSS_WRONG = {
    "no lengths": (
        lambda z, t: F.cross_entropy((z @ z.T).fill_diagonal_(-torch.inf) / t, partner(z)),
        "Lengths are not made 1",
    ),
    "itself stays": (
        lambda z, t: F.cross_entropy(F.normalize(z) @ F.normalize(z).T / t, partner(z)),
        "candidate for itself",
    ),
    "zero": (lambda z, t: F.cross_entropy(logits_of(z, t, 0.0), partner(z)), "The diagonal is 0"),
    "half": (
        lambda z, t: F.cross_entropy(logits_of(z, t)[: len(z) // 2], partner(z)[: len(z) // 2]),
        "Only first views",
    ),
    "side by side": (
        lambda z, t: F.cross_entropy(logits_of(z, t), torch.arange(len(z)) ^ 1), "next to each other"
    ),
    "sum": (lambda z, t: F.cross_entropy(logits_of(z, t), partner(z), reduction="sum"), "added up"),
    "times": (lambda z, t: F.cross_entropy(logits_of(z, 1 / t), partner(z)), "It divides"),
    "one way": (
        lambda z, t: F.cross_entropy(
            F.normalize(z[: len(z) // 2]) @ F.normalize(z[len(z) // 2 :]).T / t,
            torch.arange(len(z) // 2),
        ),
        "Only one way",
    ),
    "no gradient": (lambda z, t: by_loops(z.detach(), t), "No gradient"),
}  # fmt: skip

TABLES = {
    "two_views": (VIEWS_RIGHT, VIEWS_WRONG),
    "nt_xent": (LOSS_RIGHT, LOSS_WRONG),
}
