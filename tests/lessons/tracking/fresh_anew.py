"""Answers written from the lesson's text alone, before the checks by facts were tried on them."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


# ------------------------------------------------------------- tracking_hinge

def n2_hinge_a(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive)
    d_neg = 1 - F.cosine_similarity(x.unsqueeze(1), negatives)
    loss = torch.clamp(d_pos.unsqueeze(1) - d_neg + margin, min=0)
    return loss.mean()


def n2_hinge_b(x, positive, negatives, margin=0.5):
    x = F.normalize(x, dim=-1)
    positive = F.normalize(positive, dim=-1)
    negatives = F.normalize(negatives, dim=-1)
    d_pos = 1 - (x * positive).sum(-1, keepdim=True)
    d_neg = 1 - (x.unsqueeze(1) * negatives).sum(-1)
    hinge = F.relu(d_pos - d_neg + margin)
    active = (hinge > 0).sum().clamp(min=1)
    return hinge.sum() / active


def n2_hinge_c(x, positive, negatives, margin=0.5):
    B, K, D = negatives.shape
    losses = []
    for i in range(B):
        d_pos = 1 - F.cosine_similarity(x[i], positive[i], dim=0).item()
        for j in range(K):
            d_neg = 1 - F.cosine_similarity(x[i], negatives[i, j], dim=0).item()
            losses.append(max(0.0, d_pos - d_neg + margin))
    return torch.tensor(losses).mean()


def n2_hinge_d(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=1)
    d_neg = 1 - F.cosine_similarity(x[:, None, :], negatives, dim=2)
    d_neg = d_neg.mean(dim=1)
    return torch.relu(d_pos - d_neg + margin).mean()


def n2_hinge_e(x, positive, negatives, margin=0.5):
    B, K, _ = negatives.shape
    total = x.new_zeros(())
    for i in range(B):
        a, p = x[i], positive[i]
        d_pos = 1 - a.dot(p) / (a.norm() * p.norm())
        for j in range(K):
            n = negatives[i, j]
            d_neg = 1 - a.dot(n) / (a.norm() * n.norm())
            total = total + torch.clamp(d_pos - d_neg + margin, min=0)
    return total / (B * K)


def n2_hinge_f(x, positive, negatives, margin=0.5):
    a = F.normalize(x, dim=-1)
    everyone = torch.cat([positive.unsqueeze(1), negatives], dim=1)
    everyone = F.normalize(everyone, dim=-1)
    cos = torch.einsum("bd,bkd->bk", a, everyone)
    gap = cos[:, 1:] - cos[:, :1] + margin
    return ((gap + gap.abs()) / 2).mean()


# ---------------------------------------------------------- hardest_negatives

def n2_hardest_a(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    cos = cos * allowed
    return cos.topk(k, dim=1).indices


def n2_hardest_b(x, candidates, allowed, k):
    result = []
    for i in range(len(x)):
        mine = candidates[allowed[i]]
        cos = F.cosine_similarity(x[i].unsqueeze(0), mine, dim=1)
        result.append(cos.topk(k).indices)
    return torch.stack(result)


def n2_hardest_c(x, candidates, allowed, k):
    similarity = F.normalize(x, dim=1) @ candidates.t()
    similarity = similarity.masked_fill(~allowed, float("-inf"))
    return similarity.topk(k, dim=1).indices


def n2_hardest_d(x, candidates, allowed, k):
    cos = F.normalize(x, dim=-1) @ F.normalize(candidates, dim=-1).T
    order = cos.argsort(dim=1, descending=True)
    return order[:, 1:k + 1]


def n2_hardest_e(x, candidates, allowed, k):
    cos = F.cosine_similarity(x[:, None, :], candidates[None, :, :], dim=-1)
    cos = torch.where(allowed, cos, torch.full_like(cos, -math.inf))
    _, indices = torch.sort(cos, dim=1, descending=True)
    return indices[:, :k]


def n2_hardest_f(x, candidates, allowed, k):
    rows = []
    for anchor, ok in zip(x, allowed):
        scored = []
        for j in range(candidates.shape[0]):
            if not ok[j]:
                continue
            c = candidates[j]
            cos = torch.dot(anchor, c) / (anchor.norm() * c.norm() + 1e-12)
            scored.append((cos.item(), j))
        scored.sort(reverse=True)
        rows.append([j for _, j in scored[:k]])
    return torch.tensor(rows, dtype=torch.int64, device=x.device)


# --------------------------------------------------------------------- spread

def n2_spread_a(embeddings):
    z = F.normalize(embeddings, dim=1)
    return (z.std() * math.sqrt(z.shape[1])).item()


def n2_spread_b(embeddings):
    z = F.normalize(embeddings, dim=1)
    variance = z.var(dim=0).mean()
    return float(torch.sqrt(variance) * math.sqrt(embeddings.shape[1]))


def n2_spread_c(embeddings):
    z = embeddings / embeddings.norm(dim=0)
    std = z.std(dim=0)
    return (std.mean() * embeddings.shape[1] ** 0.5).item()


def n2_spread_d(embeddings):
    z = embeddings - embeddings.mean(dim=0, keepdim=True)
    z = F.normalize(z, dim=1)
    return z.std(dim=0).mean().item() * math.sqrt(z.shape[1])


def n2_spread_e(embeddings):
    e = embeddings.detach().cpu().numpy().astype(np.float64)
    n, d = e.shape
    unit = np.zeros_like(e)
    for i in range(n):
        unit[i] = e[i] / max(math.sqrt(float((e[i] ** 2).sum())), 1e-12)
    total = 0.0
    for j in range(d):
        total += unit[:, j].std()
    return total / d * math.sqrt(d)


def n2_spread_f(embeddings):
    z = F.normalize(embeddings.double(), dim=-1)
    centered = z - z.mean(0)
    std = torch.linalg.vector_norm(centered, dim=0) / math.sqrt(z.shape[0] - 1)
    return std.sum() / math.sqrt(z.shape[1])


NEW = [
    ("tracking.tracking_hinge", "wrong", n2_hinge_a,
     "F.cosine_similarity works along dim=1 by default, which is the axis of the K negatives here; the embedding dimension is the last one."),
    ("tracking.tracking_hinge", "wrong", n2_hinge_b,
     "You average only over the triplets whose loss is not zero; the mean is over all B times K triplets."),
    ("tracking.tracking_hinge", "wrong", n2_hinge_c,
     ".item() turns the cosines into plain numbers, so the loss has no gradient and the network cannot be trained with it."),
    ("tracking.tracking_hinge", "wrong", n2_hinge_d,
     "You average the distances of the K negatives before the hinge; max{0, ...} has to be taken for each triplet first."),
    ("tracking.tracking_hinge", "right", n2_hinge_e, ""),
    ("tracking.tracking_hinge", "right", n2_hinge_f, ""),
    ("tracking.hardest_negatives", "wrong", n2_hardest_a,
     "Multiplying by the mask sets forbidden candidates to 0, which still beats every allowed candidate with a negative cosine; use minus infinity."),
    ("tracking.hardest_negatives", "wrong", n2_hardest_b,
     "Your indices count positions in the filtered list and not in candidates; they must be mapped back."),
    ("tracking.hardest_negatives", "wrong", n2_hardest_c,
     "The candidates are not made unit length, so long vectors win; the ranking must be by cosine."),
    ("tracking.hardest_negatives", "wrong", n2_hardest_d,
     "Skipping the first place removes only the anchor itself at best; the positive and the patches of the same clip are in allowed, which you never use."),
    ("tracking.hardest_negatives", "right", n2_hardest_e, ""),
    ("tracking.hardest_negatives", "right", n2_hardest_f, ""),
    ("tracking.spread", "wrong", n2_spread_a,
     "std() without an axis takes one standard deviation over all numbers, so embeddings that all sit in one point do not give 0."),
    ("tracking.spread", "wrong", n2_spread_b,
     "You average the variances and then take the root; the task averages the standard deviations themselves."),
    ("tracking.spread", "wrong", n2_spread_c,
     "norm(dim=0) makes each column unit length; each embedding, that is each row, should have length 1."),
    ("tracking.spread", "wrong", n2_spread_d,
     "You subtract the mean before making the vectors unit length, which blows a nearly collapsed cloud up to full spread."),
    ("tracking.spread", "right", n2_spread_e, ""),
    ("tracking.spread", "right", n2_spread_f, ""),
]
