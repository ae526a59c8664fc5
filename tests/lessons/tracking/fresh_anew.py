"""Answers written from the lesson's text alone, before the checks were tried on them."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def n4_hinge_default_dim(x, positive, negatives, margin=0.5):
    x = F.normalize(x)
    positive = F.normalize(positive)
    negatives = F.normalize(negatives)
    d_pos = 1 - (x * positive).sum(-1, keepdim=True)
    d_neg = 1 - (x[:, None, :] * negatives).sum(-1)
    return F.relu(d_pos - d_neg + margin).mean()


def n4_hinge_squared(x, positive, negatives, margin=0.5):
    a = F.normalize(x, dim=-1)
    p = F.normalize(positive, dim=-1)
    n = F.normalize(negatives, dim=-1)
    d_pos = (a - p).pow(2).sum(-1)
    d_neg = (a.unsqueeze(1) - n).pow(2).sum(-1)
    return torch.clamp(d_pos.unsqueeze(1) - d_neg + margin, min=0).mean()


def n4_hinge_from_positive(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(positive.unsqueeze(1), negatives, dim=-1)
    return (d_pos.unsqueeze(1) - d_neg + margin).clamp(min=0).mean()


def n4_hinge_saving_memory(x, positive, negatives, margin=0.5):
    x = F.normalize(x, dim=1)
    positive = F.normalize(positive, dim=1)
    with torch.no_grad():
        negatives = F.normalize(negatives, dim=2)
    s_pos = (x * positive).sum(1)
    s_neg = torch.einsum("bd,bkd->bk", x, negatives)
    return torch.relu(s_neg - s_pos[:, None] + margin).mean()


def n4_hinge_ranking(x, positive, negatives, margin=0.5):
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=2)
    d_pos = (1 - F.cosine_similarity(x, positive, dim=1))[:, None].expand_as(d_neg)
    return F.margin_ranking_loss(d_neg, d_pos, torch.ones_like(d_neg), margin=margin)


def n4_hinge_loops(x, positive, negatives, margin=0.5):
    def dist(a, b):
        return 1 - torch.dot(a, b) / (a.norm() * b.norm())

    total = 0.0
    B, K = negatives.shape[:2]
    for i in range(B):
        dp = dist(x[i], positive[i])
        for j in range(K):
            v = dp - dist(x[i], negatives[i, j]) + margin
            total = total + torch.maximum(v, torch.zeros_like(v))
    return total / (B * K)


def n4_hard_times_mask(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    cos = cos * allowed
    return cos.topk(k, dim=1).indices


def n4_hard_filtered(x, candidates, allowed, k):
    rows = []
    for i in range(len(x)):
        left = candidates[allowed[i]]
        cos = F.cosine_similarity(x[i][None], left, dim=1)
        rows.append(cos.argsort(descending=True)[:k])
    return torch.stack(rows)


def n4_hard_skip_first(x, candidates, allowed, k):
    cos = F.cosine_similarity(x[:, None], candidates[None], dim=-1)
    cos = torch.where(allowed, cos, torch.full_like(cos, -float("inf")))
    order = torch.argsort(cos, dim=1, descending=True)
    return order[:, 1:k + 1]


def n4_hard_anchor_length(x, candidates, allowed, k):
    unit = x / x.norm(dim=1, keepdim=True)
    cos = unit @ candidates.t()
    cos = cos.masked_fill(~allowed, float("-inf"))
    return torch.topk(cos, k, dim=1)[1]


def n4_hard_repeated_argmax(x, candidates, allowed, k):
    with torch.no_grad():
        cos = torch.einsum("bd,nd->bn", F.normalize(x, dim=-1), F.normalize(candidates, dim=-1))
        cos = cos.masked_fill(torch.logical_not(allowed), -math.inf)
        rows = torch.arange(len(x), device=x.device)
        picked = []
        for _ in range(k):
            best = cos.argmax(dim=1)
            picked.append(best)
            cos[rows, best] = -math.inf
    return torch.stack(picked, dim=1)


def n4_hard_python_sort(x, candidates, allowed, k):
    result = []
    for i in range(x.shape[0]):
        scored = []
        for j in range(candidates.shape[0]):
            if allowed[i, j]:
                s = torch.dot(x[i], candidates[j]) / (x[i].norm() * candidates[j].norm())
                scored.append((s.item(), j))
        scored.sort(reverse=True)
        result.append([j for _, j in scored[:k]])
    return torch.tensor(result, dtype=torch.int64, device=x.device)


def n4_spread_whole_norm(embeddings):
    z = embeddings / embeddings.norm()
    return (z.std(dim=0).mean() * math.sqrt(z.shape[1])).item()


def n4_spread_whole_std(embeddings):
    z = F.normalize(embeddings, dim=1)
    return float(z.std().mean() * z.shape[1] ** 0.5)


def n4_spread_rms(embeddings):
    z = F.normalize(embeddings, dim=1)
    return float(torch.sqrt(z.var(dim=0).mean()) * math.sqrt(z.shape[1]))


def n4_spread_centred(embeddings):
    z = embeddings - embeddings.mean(dim=0, keepdim=True)
    z = F.normalize(z, dim=1)
    return float(z.std(dim=0).mean() * math.sqrt(z.shape[1]))


def n4_spread_numpy(embeddings):
    e = embeddings.detach().cpu().numpy().astype(np.float64)
    length = np.sqrt((e ** 2).sum(axis=1, keepdims=True))
    z = e / np.maximum(length, 1e-12)
    return float(np.sqrt(e.shape[1]) * np.std(z, axis=0).mean())


def n4_spread_loop(embeddings):
    N, D = embeddings.shape
    units = torch.stack([v / v.norm().clamp(min=1e-12) for v in embeddings])
    total = 0.0
    for d in range(D):
        total += torch.std(units[:, d]).item()
    return total / D * math.sqrt(D)


NEW = [
    ("tracking.tracking_hinge", "wrong", n4_hinge_default_dim,
     "F.normalize works on dim=1 by default, which in the (B, K, D) negatives is K and not the embedding dimension."),
    ("tracking.tracking_hinge", "wrong", n4_hinge_squared,
     "The squared Euclidean distance of unit vectors is twice the cosine distance, so the factor 1/2 is missing."),
    ("tracking.tracking_hinge", "wrong", n4_hinge_from_positive,
     "The negative's distance must be measured from the anchor x, not from the positive."),
    ("tracking.tracking_hinge", "wrong", n4_hinge_saving_memory,
     "no_grad cuts the gradient through the negatives, so training no longer pushes them away although the value is right."),
    ("tracking.tracking_hinge", "right", n4_hinge_ranking, ""),
    ("tracking.tracking_hinge", "right", n4_hinge_loops, ""),
    ("tracking.hardest_negatives", "wrong", n4_hard_times_mask,
     "Multiplying by the mask gives forbidden candidates a cosine of 0, which still beats allowed candidates with a negative cosine."),
    ("tracking.hardest_negatives", "wrong", n4_hard_filtered,
     "The indices count within the filtered list of allowed candidates and must be mapped back to the original candidates."),
    ("tracking.hardest_negatives", "wrong", n4_hard_skip_first,
     "The anchor itself is already masked out, so skipping the first place throws away the hardest allowed negative."),
    ("tracking.hardest_negatives", "wrong", n4_hard_anchor_length,
     "Only the anchors are made unit length, so long candidates win; a cosine must divide by the candidates' length, too."),
    ("tracking.hardest_negatives", "right", n4_hard_repeated_argmax, ""),
    ("tracking.hardest_negatives", "right", n4_hard_python_sort, ""),
    ("tracking.spread", "wrong", n4_spread_whole_norm,
     "norm() without dim is the norm of the whole matrix; every vector must be divided by its own length."),
    ("tracking.spread", "wrong", n4_spread_whole_std,
     "std() without dim mixes all numbers, so even embeddings collapsed to one point look spread out; take it for each dimension over the N vectors."),
    ("tracking.spread", "wrong", n4_spread_rms,
     "You average the variances and take the root afterwards, but the standard deviations themselves are to be averaged."),
    ("tracking.spread", "wrong", n4_spread_centred,
     "Subtracting the mean before normalizing blows up tiny differences, so nearly collapsed embeddings look well spread."),
    ("tracking.spread", "right", n4_spread_numpy, ""),
    ("tracking.spread", "right", n4_spread_loop, ""),
]
