"""Right answers written differently, and planted mistakes with the words that name them."""

import numpy as np
import torch
import torch.nn.functional as F

# ------------------------------------------------------------ the cosine hinge


def near_far(x, p, n):
    return (1 - F.cosine_similarity(x, p))[:, None], 1 - F.cosine_similarity(x[:, None], n, dim=2)


def hinge(x, p, n, margin=0.5, sign=1):
    near, far = near_far(x, p, n)
    return F.relu(sign * (near - far) + margin)


def of_distances(after):
    """An answer made from ``after(near, far, margin)``."""
    return lambda x, p, n, margin=0.5: after(*near_far(x, p, n), margin)


def hinge_loop(x, p, n, margin=0.5):
    cos = lambda a, b: (a * b).sum() / a.norm() / b.norm()  # noqa: E731
    losses = [
        torch.clamp((1 - cos(a, b)) - (1 - cos(a, c)) + margin, min=0)
        for a, b, cs in zip(x, p, n, strict=True)
        for c in cs
    ]
    return sum(losses) / len(losses)


def hinge_of_numbers(x, p, n, margin=0.5):
    return float(hinge_loop(x, p, n, margin).detach())


def hinge_einsum(x, p, n, margin=0.5):
    x, p, n = (F.normalize(v, dim=-1) for v in (x, p, n))
    similar = torch.einsum("bd,bkd->bk", x, n) - (x * p).sum(1, keepdim=True)
    return (similar + margin).clamp(min=0).mean()


def hinge_in_place(x, p, n, margin=0.5):
    x /= x.norm(dim=1, keepdim=True)
    return hinge(x, p, n, margin).mean()


def distances(x, p, n, kind):
    if kind == "dot":
        return -(x * p).sum(1)[:, None], -(x[:, None] * n).sum(2)
    if kind == "similar":
        near, far = near_far(x, p, n)
        return 1 - near, 1 - far
    if kind == "squared":
        u, v, w = (F.normalize(a, dim=-1) for a in (x, p, n))
        return (u - v).square().sum(1)[:, None], (u[:, None] - w).square().sum(2)
    return (x - p).norm(dim=1)[:, None], (x[:, None] - n).norm(dim=2)


def pulled(kind):
    def answer(x, p, n, margin=0.5):
        near, far = distances(x, p, n, kind)
        return F.relu(near - far + margin).mean()

    return answer


def crossed(x, p, n, margin=0.5):
    near = 1 - F.cosine_similarity(x[:, None], p[None], dim=2)
    _, far = near_far(x, p, n)
    return F.relu(near[:, :, None] - far[:, None] + margin).mean()


HINGE_RIGHT = {
    "broadcast": lambda *a, **k: hinge(*a, **k).mean(),
    "loop": hinge_loop,
    "einsum": hinge_einsum,
    "double": lambda x, p, n, margin=0.5: hinge(x.double(), p.double(), n.double(), margin).mean(),
    "maximum": of_distances(lambda near, far, m: torch.maximum(near - far + m, torch.tensor(0.0)).mean()),
}  # fmt: skip
HINGE_WRONG = {
    "sign": (lambda *a, **k: hinge(*a, **k, sign=-1).mean(), "sign is reversed. It is D(X, X⁺) − D(X, X⁻), and D is a distance"),
    "no margin": (of_distances(lambda near, far, m: F.relu(near - far).mean()), "margin of 0.5 is missing"),
    "margin subtracted": (of_distances(lambda near, far, m: F.relu(near - far - m).mean()), "was subtracted"),
    "margin nailed in": (of_distances(lambda near, far, m: F.relu(near - far + 0.5).mean()), "Use the argument `margin`"),
    "no max": (of_distances(lambda near, far, m: (near - far + m).mean()), "max(0, ·) is missing"),
    "mean first": (of_distances(lambda near, far, m: F.relu((near - far + m).mean())), "mean was taken first"),
    "sum": (lambda *a, **k: hinge(*a, **k).sum(), "This is the sum"),
    "sum over K": (lambda *a, **k: hinge(*a, **k).sum(1).mean(), "K negatives were added up"),
    "mean negative": (
        of_distances(lambda near, far, m: F.relu(near - far.mean(1, keepdim=True) + m).mean()), "averaged first",
    ),
    "dot products": (pulled("dot"), "plain dot products"),
    "similarities": (pulled("similar"), "sign is reversed. It is D(X, X⁺) − D(X, X⁻), and D is a distance"),
    "squared": (pulled("squared"), "squared Euclidean"),
    "Euclidean": (pulled("plain"), "This is the Euclidean"),
    "all with all": (crossed, "every X⁺"),
    "one each": (lambda *a, **k: hinge(*a, **k).mean(1), "Return one number"),
    "in place": (hinge_in_place, "was changed"),
    "nothing to learn": (lambda *a, **k: torch.tensor(0.7), "Check the shapes"),
    "numbers": (hinge_of_numbers, "no gradient flows"),
    "detached": (lambda *a, **k: hinge(*a, **k).mean().detach(), "no gradient flows"),
}  # fmt: skip

# ------------------------------------------------------------ the hardest negatives


def cosines(x, c):
    return F.normalize(x, dim=1) @ F.normalize(c, dim=1).T


def hardest(x, c, allowed, k):
    return cosines(x, c).masked_fill(~allowed, -torch.inf).topk(k, dim=1).indices


def by_sorting(x, c, allowed, k):
    scores = torch.where(allowed, cosines(x, c), torch.tensor(-2.0))
    return scores.argsort(dim=1, descending=True)[:, :k]


def by_distance(x, c, allowed, k):
    distance = 1 - F.cosine_similarity(x[:, None], c[None], dim=2)
    return (distance + 10 * (~allowed).float()).topk(k, dim=1, largest=False).indices


def rows_in_a_loop(x, c, allowed, k):
    found = []
    for i, row in enumerate(cosines(x, c)):
        there = allowed[i].nonzero()[:, 0]
        found.append(there[row[there].argsort(descending=True)[:k]])
    return torch.stack(found)


def mask_in_place(x, c, allowed, k):
    found = hardest(x, c, allowed, k)
    allowed[:] = True
    return found


HARD_RIGHT = {"topk": hardest, "sort": by_sorting, "distance": by_distance, "loop": rows_in_a_loop}
HARD_WRONG = {
    "own positive": (lambda x, c, a, k: cosines(x, c).topk(k, dim=1).indices, "`allowed` is not used"),
    "inverted": (lambda x, c, a, k: hardest(x, c, ~a, k), "mask is inverted"),
    "easiest": (lambda x, c, a, k: (-cosines(x, c)).masked_fill(~a, -9).topk(k, dim=1).indices, "easiest negatives"),
    "zeros": (lambda x, c, a, k: (cosines(x, c) * a).topk(k, dim=1).indices, "Masked places hold 0"),
    "dot products": (lambda x, c, a, k: (x @ c.T).masked_fill(~a, -torch.inf).topk(k, dim=1).indices, "favor long vectors"),
    "values": (lambda x, c, a, k: cosines(x, c).masked_fill(~a, -9).topk(k, dim=1).values, "Indices should come back"),
    "wrong axis": (lambda x, c, a, k: cosines(x, c).masked_fill(~a, -9).topk(k, dim=0).indices, "anchors for each candidate"),
    "one only": (lambda x, c, a, k: hardest(x, c, a, 1), "is (5, 2)"),
    "in place": (mask_in_place, "was changed"),
    "a fixed one": (lambda x, c, a, k: torch.tensor([[2, 3]]).expand(len(x), -1), "that are allowed"),
    "second best": (lambda x, c, a, k: hardest(x, c, a, k + 1)[:, 1:], "candidate was skipped"),
}  # fmt: skip

# ------------------------------------------------------------ a gauge of collapse


def spread(z, correction=0):
    return F.normalize(z, dim=1).std(0, correction=correction).mean() * z.shape[1] ** 0.5


SPREAD_RIGHT = {
    "torch": spread,
    "unbiased": lambda z: spread(z, 1),
    "float": lambda z: float(spread(z.double())),
    "numpy": lambda z: (z.numpy() / np.linalg.norm(z.numpy(), axis=1, keepdims=True)).std(0).mean() * 8**0.5,
    "root of the mean square": lambda z: (F.normalize(z, dim=1) - F.normalize(z, dim=1).mean(0)).square().mean(0).sqrt().mean() * 8**0.5,
}  # fmt: skip
SPREAD_WRONG = {
    "not unit": (lambda z: z.std(0).mean() * 8**0.5, "were not made unit length"),
    "no root of D": (lambda z: spread(z) / 8**0.5, "√D is missing"),
    "times D": (lambda z: spread(z) * 8**0.5, "multiplied by D"),
    "variance": (lambda z: F.normalize(z, dim=1).var(0).mean() * 8**0.5, "This is the variance"),
    "within": (lambda z: F.normalize(z, dim=1).std(1).mean() * 8**0.5, "within each vector"),
    "all at once": (lambda z: F.normalize(z, dim=1).std() * 8**0.5, "over all numbers at once"),
    "whole matrix": (lambda z: (z / z.norm()).std(0).mean() * 8**0.5, "length of the whole matrix"),
    "columns": (lambda z: F.normalize(z, dim=0).std(0).mean() * 8**0.5, "Each dimension was made unit"),
    "not averaged": (lambda z: F.normalize(z, dim=1).std(0) * 8**0.5, "Average the 8"),
    "one a vector": (lambda z: F.normalize(z, dim=1).std(1), "over the pictures, axis 0"),
    "in place": (lambda z: spread(z.div_(z.norm(dim=1, keepdim=True))), "was changed"),
    "text": (lambda z: "spread", "One number should come back"),
    "a guess": (lambda z: 3.21, "instead of"),
}  # fmt: skip

TABLES = {
    "tracking_hinge": (HINGE_RIGHT, HINGE_WRONG),
    "hardest_negatives": (HARD_RIGHT, HARD_WRONG),
    "spread": (SPREAD_RIGHT, SPREAD_WRONG),
}
