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


# ---------------------------------------------------------------- tracking.tracking_hinge


def th_wrong_default_dim(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive)
    d_neg = 1 - F.cosine_similarity(x.unsqueeze(1), negatives)
    return F.relu(d_pos.unsqueeze(1) - d_neg + margin).mean()


def th_wrong_mean_negatives(x, positive, negatives, margin=0.5):
    x, positive, negatives = (F.normalize(v, dim=-1) for v in (x, positive, negatives))
    d_pos = 1 - (x * positive).sum(-1)
    d_neg = (1 - (x[:, None] * negatives).sum(-1)).mean(dim=1)
    return torch.clamp(d_pos - d_neg + margin, min=0).mean()


def th_wrong_sum_k(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    hinge = (d_pos[:, None] - d_neg + margin).clamp(min=0)
    return hinge.sum(dim=1).mean()


def th_wrong_similarity(x, positive, negatives, margin=0.5):
    pos = F.cosine_similarity(x, positive, dim=-1)
    neg = F.cosine_similarity(x.unsqueeze(1), negatives, dim=-1)
    return F.relu(pos.unsqueeze(1) - neg + margin).mean()


def th_right_einsum(x, positive, negatives, margin=0.5):
    xn = x / x.norm(dim=1, keepdim=True).clamp_min(1e-8)
    pn = positive / positive.norm(dim=1, keepdim=True).clamp_min(1e-8)
    nn = negatives / negatives.norm(dim=2, keepdim=True).clamp_min(1e-8)
    gap = torch.einsum("bd,bkd->bk", xn, nn) - torch.einsum("bd,bd->b", xn, pn)[:, None]
    gap = gap + margin
    return torch.where(gap > 0, gap, torch.zeros_like(gap)).sum() / gap.numel()


def th_right_loops(x, positive, negatives, margin=0.5):
    def distance(a, b):
        return 1 - torch.dot(a, b) / (a.norm() * b.norm()).clamp_min(1e-12)

    total, count = x.new_zeros(()), 0
    for i in range(x.shape[0]):
        near = distance(x[i], positive[i])
        for k in range(negatives.shape[1]):
            total = total + torch.relu(near - distance(x[i], negatives[i, k]) + margin)
            count += 1
    return total / count


def th_w1(x, positive, negatives, margin=0.5):
    x = F.normalize(x)
    positive = F.normalize(positive)
    negatives = F.normalize(negatives)
    d_pos = 1 - (x * positive).sum(-1)
    d_neg = 1 - (x[:, None] * negatives).sum(-1)
    return (d_pos[:, None] - d_neg + margin).clamp(min=0).mean()


def th_w2(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    return torch.clamp(d_pos.mean() - d_neg.mean() + margin, min=0)


def th_w3(x, positive, negatives, margin=0.5):
    d_pos = F.cosine_similarity(x, positive, dim=-1)
    d_neg = F.cosine_similarity(x[:, None], negatives, dim=-1)
    return F.relu(d_pos[:, None] - d_neg + margin).mean()


def th_w4(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    loss = F.relu(d_pos[:, None] - d_neg + margin)
    return loss.sum() / (loss > 0).sum().clamp(min=1)


def th_r1(x, positive, negatives, margin=0.5):
    def distance(a, b):
        return 1 - torch.dot(a, b) / (a.norm() * b.norm())

    total, count = x.new_zeros(()), 0
    for i in range(x.shape[0]):
        near = distance(x[i], positive[i])
        for k in range(negatives.shape[1]):
            h = near - distance(x[i], negatives[i, k]) + margin
            total = total + torch.maximum(h, torch.zeros_like(h))
            count += 1
    return total / count


def th_r2(x, positive, negatives, margin=0.5):
    # for unit vectors 1 - cos = |a - b|^2 / 2
    a, p, n = (
        v.double() / v.double().pow(2).sum(-1, keepdim=True).sqrt()
        for v in (x, positive, negatives)
    )
    near = (a - p).square().sum(-1).div(2)
    far = (a.unsqueeze(1) - n).square().sum(-1).div(2)
    h = near.unsqueeze(1) - far + margin
    h = torch.where(h > 0, h, torch.zeros_like(h))
    return (torch.einsum("bk->", h) / h.numel()).to(x.dtype)


# ---------------------------------------------------------------- tracking.hardest_negatives


def hn_wrong_anchor_norm_only(x, candidates, allowed, k):
    similarity = F.normalize(x, dim=1) @ candidates.T
    similarity = similarity.masked_fill(~allowed, float("-inf"))
    return similarity.topk(k, dim=1).indices


def hn_wrong_zero_mask(x, candidates, allowed, k):
    similarity = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    similarity = similarity * allowed
    return similarity.topk(k, dim=1).indices


def hn_wrong_filtered_index(x, candidates, allowed, k):
    similarity = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    rows = []
    for i in range(len(x)):
        rows.append(similarity[i][allowed[i]].topk(k).indices)
    return torch.stack(rows)


def hn_wrong_farthest(x, candidates, allowed, k):
    distance = 1 - F.cosine_similarity(x[:, None], candidates[None], dim=-1)
    distance[~allowed] = float("-inf")
    return torch.topk(distance, k, dim=1)[1]


def hn_right_numpy(x, candidates, allowed, k):
    a = x.detach().cpu().double().numpy()
    c = candidates.detach().cpu().double().numpy()
    ok = allowed.cpu().numpy()
    c = c / np.maximum(np.linalg.norm(c, axis=1, keepdims=True), 1e-12)
    result = np.zeros((len(a), k), dtype=np.int64)
    for i in range(len(a)):
        places = np.flatnonzero(ok[i])
        order = np.argsort(c[places] @ a[i])  # the anchor's own length changes no order
        result[i] = places[order[len(order) - k :]]  # least similar of the k first
    return torch.from_numpy(result).to(x.device)


def hn_right_argmax_k_times(x, candidates, allowed, k):
    left = allowed.clone()
    cosine = torch.einsum("bd,nd->bn", F.normalize(x, dim=1), F.normalize(candidates, dim=1))
    chosen = []
    for _ in range(k):
        index = torch.where(left, cosine, torch.full_like(cosine, -2.0)).argmax(dim=1)
        left[torch.arange(len(x), device=left.device), index] = False
        chosen.append(index)
    return torch.stack(chosen, dim=1)


def hn_w1(x, candidates, allowed, k):
    rows = []
    for b in range(len(x)):
        left = candidates[allowed[b]]
        cosine = F.cosine_similarity(x[b][None], left, dim=1)
        rows.append(cosine.topk(k).indices)
    return torch.stack(rows)


def hn_w2(x, candidates, allowed, k):
    similarity = F.normalize(x, dim=1) @ candidates.T
    similarity = similarity.masked_fill(~allowed, float("-inf"))
    return similarity.topk(k, dim=1).indices


def hn_w3(x, candidates, allowed, k):
    cosine = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    cosine = cosine * allowed
    return cosine.topk(k, dim=1).indices


def hn_w4(x, candidates, allowed, k):
    distance = 1 - F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    distance = distance.masked_fill(~allowed, -float("inf"))
    return distance.topk(k, dim=1).indices


def hn_r1(x, candidates, allowed, k):
    X = x.detach().cpu().numpy().astype(np.float64)
    C = candidates.detach().cpu().numpy().astype(np.float64)
    ok = allowed.cpu().numpy()
    cosine = np.einsum("bd,nd->bn", X, C)
    cosine /= np.linalg.norm(X, axis=1)[:, None] * np.linalg.norm(C, axis=1)[None, :]
    cosine[~ok] = -2.0
    order = np.argsort(cosine, axis=1)
    n = order.shape[1]
    return torch.tensor(order[:, n - k :], dtype=torch.int64, device=x.device)


def hn_r2(x, candidates, allowed, k):
    cosine = torch.stack([F.cosine_similarity(row[None], candidates, dim=1) for row in x])
    result = torch.empty((len(x), k), dtype=torch.int64, device=x.device)
    for b in range(len(x)):
        numbers = torch.nonzero(allowed[b]).flatten().tolist()
        numbers.sort(key=lambda i: cosine[b, i].item(), reverse=True)
        result[b] = torch.tensor(numbers[:k], dtype=torch.int64)
    return result


# ---------------------------------------------------------------- tracking.spread


def sp_wrong_global_norm(embeddings):
    z = embeddings / embeddings.norm()
    return z.std(dim=0).mean() * embeddings.shape[1] ** 0.5


def sp_wrong_axis(embeddings):
    z = F.normalize(embeddings, dim=1)
    return (z.std(dim=1).mean() * z.shape[1] ** 0.5).item()


def sp_wrong_sqrt_n(embeddings):
    z = F.normalize(embeddings, dim=1)
    return (z.std(dim=0).mean() * np.sqrt(len(embeddings))).item()


def sp_wrong_mean_variance(embeddings):
    z = F.normalize(embeddings, dim=1)
    variance = z.var(dim=0).mean()
    return (variance.sqrt() * z.shape[1] ** 0.5).item()


def sp_right_numpy(embeddings):
    e = embeddings.detach().cpu().numpy().astype(np.float64)
    e = e / np.maximum(np.sqrt((e * e).sum(axis=1, keepdims=True)), 1e-12)
    return float(np.std(e, axis=0).sum() / np.sqrt(e.shape[1]))


def sp_right_loops(embeddings):
    n, d = embeddings.shape
    rows = torch.stack(
        [v / torch.sqrt((v * v).sum()).clamp_min(1e-12) for v in embeddings.double()]
    )
    total = 0.0
    for j in range(d):
        column = rows[:, j]
        centered = column - column.sum() / n
        total = total + torch.sqrt((centered**2).sum() / (n - 1))
    return (total / d) * d**0.5


def sp_w1(embeddings):
    z = F.normalize(embeddings, dim=0)
    return (z.std(dim=0).mean() * embeddings.shape[1] ** 0.5).item()


def sp_w2(embeddings):
    z = F.normalize(embeddings, dim=1)
    return (z.std(dim=1).mean() * math.sqrt(z.shape[1])).item()


def sp_w3(embeddings):
    return float(embeddings.std(dim=0).mean() * math.sqrt(embeddings.shape[1]))


def sp_w4(embeddings):
    N, D = embeddings.shape
    z = F.normalize(embeddings, dim=1)
    return (z.std(dim=0).mean() * math.sqrt(N)).item()


def sp_r1(embeddings):
    z = embeddings.detach().cpu().numpy().astype(np.float64)
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    return float(np.mean(np.std(z, axis=0)) * np.sqrt(z.shape[1]))


def sp_r2(embeddings):
    N, D = embeddings.shape
    length = torch.einsum("nd,nd->n", embeddings, embeddings).sqrt()
    z = embeddings / length[:, None]
    total = 0.0
    for d in range(D):
        column = z[:, d].double()
        centred = column - column.mean()
        total += math.sqrt((centred * centred).sum().item() / (N - 1))
    return total / math.sqrt(D)


# ---------------------------------------------------------------- sixty more, committed before they were checked

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
    return order[:, 1 : k + 1]


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


# ---------------------------------------------------------------- another sixty, likewise


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
    return order[:, 1 : k + 1]


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
    length = np.sqrt((e**2).sum(axis=1, keepdims=True))
    z = e / np.maximum(length, 1e-12)
    return float(np.sqrt(e.shape[1]) * np.std(z, axis=0).mean())


def n4_spread_loop(embeddings):
    N, D = embeddings.shape
    units = torch.stack([v / v.norm().clamp(min=1e-12) for v in embeddings])
    total = 0.0
    for d in range(D):
        total += torch.std(units[:, d]).item()
    return total / D * math.sqrt(D)


# ---------------------------------------------------------------- fifty-four more, likewise


# ------------------------------------------------------------- tracking_hinge
def tracking_hinge_w1_default_dim(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive)
    d_neg = 1 - F.cosine_similarity(x.unsqueeze(1), negatives)
    return torch.clamp(d_pos.unsqueeze(1) - d_neg + margin, min=0).mean()


def tracking_hinge_w2_repeat_order(x, positive, negatives, margin=0.5):
    b, k, d = negatives.shape
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_pos = d_pos.repeat(k).view(b, k)
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    return F.relu(d_pos - d_neg + margin).mean()


def tracking_hinge_w3_active_only(x, positive, negatives, margin=0.5):
    x, positive, negatives = (F.normalize(t, dim=-1) for t in (x, positive, negatives))
    d_pos = 1 - (x * positive).sum(-1, keepdim=True)
    d_neg = 1 - torch.einsum("bd,bkd->bk", x, negatives)
    h = F.relu(d_pos - d_neg + margin)
    return h.sum() / (h > 0).sum().clamp(min=1)


def tracking_hinge_w4_negative_from_positive(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(positive.unsqueeze(1), negatives, dim=-1)
    return F.relu(d_pos.unsqueeze(1) - d_neg + margin).mean()


def tracking_hinge_r1_loops(x, positive, negatives, margin=0.5):
    total = x.new_zeros(())
    count = 0
    for a, p, ns in zip(x, positive, negatives):
        dp = 1 - torch.dot(a, p) / (a.norm() * p.norm())
        for n in ns:
            dn = 1 - torch.dot(a, n) / (a.norm() * n.norm())
            total = total + torch.clamp(dp - dn + margin, min=0)
            count += 1
    return total / count


def tracking_hinge_r2_margin_ranking(x, positive, negatives, margin=0.5):
    sim_neg = torch.matmul(
        F.normalize(negatives, dim=2), F.normalize(x, dim=1)[:, :, None]
    ).squeeze(2)
    sim_pos = F.cosine_similarity(x, positive, dim=1)[:, None].expand_as(sim_neg)
    return F.margin_ranking_loss(sim_pos, sim_neg, torch.ones_like(sim_neg), margin=margin)


# ---------------------------------------------------------- hardest_negatives
def hardest_negatives_w1_index_in_filtered(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    rows = []
    for row, ok in zip(cos, allowed):
        rows.append(row[ok].topk(k).indices)
    return torch.stack(rows)


def hardest_negatives_w2_skip_first_only(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    # the most similar one is the anchor itself
    return cos.topk(k + 1, dim=1).indices[:, 1:]


def hardest_negatives_w3_euclidean(x, candidates, allowed, k):
    dist = torch.cdist(x, candidates)
    dist = dist.masked_fill(~allowed, float("inf"))
    return dist.topk(k, dim=1, largest=False).indices


def hardest_negatives_w4_slice_off_by_one(x, candidates, allowed, k):
    cos = F.cosine_similarity(x[:, None], candidates[None], dim=-1)
    cos = torch.where(allowed, cos, torch.full_like(cos, -2.0))
    return cos.argsort(dim=1)[:, -k - 1 : -1]


def hardest_negatives_r1_python_sort(x, candidates, allowed, k):
    result = []
    for b in range(x.shape[0]):
        scored = []
        for n in range(candidates.shape[0]):
            if bool(allowed[b, n]):
                c = F.cosine_similarity(x[b], candidates[n], dim=0).item()
                scored.append((c, n))
        scored.sort(reverse=True)
        result.append([n for _, n in scored[:k]])
    return torch.tensor(result, dtype=torch.int64, device=x.device)


def hardest_negatives_r2_argsort_tail(x, candidates, allowed, k):
    inner = torch.einsum("bd,nd->bn", x, candidates)
    cos = inner / torch.outer(x.norm(dim=1), candidates.norm(dim=1))
    cos = cos - 10.0 * (~allowed).to(cos.dtype)
    return torch.argsort(cos, dim=1)[:, -k:]


# --------------------------------------------------------------------- spread
def spread_w1_all_numbers_at_once(embeddings):
    z = F.normalize(embeddings, dim=1)
    return z.std() * z.shape[1] ** 0.5


def spread_w2_center_first(embeddings):
    z = embeddings - embeddings.mean(dim=0)
    z = F.normalize(z, dim=1)
    return (z.std(dim=0).mean() * z.shape[1] ** 0.5).item()


def spread_w3_root_of_n(embeddings):
    z = F.normalize(embeddings, dim=1)
    return z.std(dim=0).mean() * len(embeddings) ** 0.5


def spread_w4_mean_length(embeddings):
    z = embeddings / embeddings.norm(dim=1).mean()
    return z.std(dim=0).mean().item() * z.shape[1] ** 0.5


def spread_r1_numpy(embeddings):
    z = embeddings.detach().cpu().numpy().astype(np.float64)
    z = z / np.sqrt((z**2).sum(axis=1, keepdims=True))
    return float(np.sqrt(z.shape[1]) * np.std(z, axis=0).mean())


def spread_r2_column_loop(embeddings):
    n, d = embeddings.shape
    unit = torch.stack([row / torch.linalg.vector_norm(row) for row in embeddings])
    total = 0.0
    for column in unit.unbind(dim=1):
        away = column - column.sum() / n
        total = total + torch.sqrt((away * away).sum() / (n - 1))
    return total / d**0.5


# ---------------------------------------------------------------- seventy-two more, likewise


# ------------------------------------------------------------- tracking_hinge
def tracking_hinge_x1_mean_of_active(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=1)
    d_neg = 1 - F.cosine_similarity(x.unsqueeze(1), negatives, dim=2)
    loss = F.relu(d_pos.unsqueeze(1) - d_neg + margin)
    active = (loss > 0).sum().clamp(min=1)
    return loss.sum() / active


def tracking_hinge_x2_sum_over_k(x, positive, negatives, margin=0.5):
    x = F.normalize(x, dim=-1)
    p = F.normalize(positive, dim=-1)
    n = F.normalize(negatives, dim=-1)
    d_pos = 1 - (x * p).sum(-1)
    d_neg = 1 - (x[:, None] * n).sum(-1)
    loss = torch.clamp(d_pos[:, None] - d_neg + margin, min=0)
    return loss.sum(dim=1).mean()


def tracking_hinge_x3_max_after_mean(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x[:, None, :], negatives, dim=-1)
    return torch.relu((d_pos[:, None] - d_neg + margin).mean())


def tracking_hinge_x4_normalize_default_dim(x, positive, negatives, margin=0.5):
    x = F.normalize(x)
    positive = F.normalize(positive)
    negatives = F.normalize(negatives)
    d_pos = 1 - (x * positive).sum(dim=1, keepdim=True)
    d_neg = 1 - torch.einsum("bd,bkd->bk", x, negatives)
    return F.relu(d_pos - d_neg + margin).mean()


def tracking_hinge_x5_positive_against_negatives(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive)
    d_neg = 1 - F.cosine_similarity(positive.unsqueeze(1), negatives, dim=-1)
    return (d_pos.unsqueeze(-1) - d_neg + margin).clamp_min(0).mean()


def tracking_hinge_y1_loops(x, positive, negatives, margin=0.5):
    def D(a, b):
        return 1 - torch.dot(a, b) / (torch.linalg.norm(a) * torch.linalg.norm(b))

    losses = []
    for i in range(len(x)):
        near = D(x[i], positive[i])
        for k in range(negatives.shape[1]):
            h = near - D(x[i], negatives[i, k]) + margin
            losses.append(torch.maximum(h, torch.zeros_like(h)))
    return torch.stack(losses).mean()


def tracking_hinge_y2_half_squared_distance(x, positive, negatives, margin=0.5):
    # between unit vectors |a - b|^2 = 2 (1 - cos)
    a = x / x.norm(dim=-1, keepdim=True)
    p = positive / positive.norm(dim=-1, keepdim=True)
    n = negatives / negatives.norm(dim=-1, keepdim=True)
    d_pos = (a - p).pow(2).sum(-1) / 2
    d_neg = (a.unsqueeze(1) - n).pow(2).sum(-1) / 2
    h = d_pos.unsqueeze(1) - d_neg + margin
    return torch.where(h > 0, h, torch.zeros_like(h)).mean()


def tracking_hinge_y3_torch_triplet(x, positive, negatives, margin=0.5):
    K = negatives.shape[1]
    return F.triplet_margin_with_distance_loss(
        x.repeat_interleave(K, dim=0),
        positive.repeat_interleave(K, dim=0),
        negatives.flatten(0, 1),
        distance_function=lambda a, b: 1 - F.cosine_similarity(a, b, dim=1),
        margin=margin,
    )


# ---------------------------------------------------------- hardest_negatives
def hardest_negatives_x1_times_mask(x, candidates, allowed, k):
    sim = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    sim = sim * allowed
    return sim.topk(k, dim=1).indices


def hardest_negatives_x2_plain_dot(x, candidates, allowed, k):
    sim = x @ candidates.T
    sim = sim.masked_fill(~allowed, float("-inf"))
    return torch.topk(sim, k, dim=1)[1]


def hardest_negatives_x3_number_in_short_list(x, candidates, allowed, k):
    out = []
    for i in range(len(x)):
        ok = candidates[allowed[i]]
        sim = F.cosine_similarity(x[i].unsqueeze(0), ok, dim=1)
        out.append(sim.topk(k).indices)
    return torch.stack(out)


def hardest_negatives_x4_skip_first(x, candidates, allowed, k):
    x = F.normalize(x, dim=-1)
    c = F.normalize(candidates, dim=-1)
    sim = (x @ c.T).masked_fill(~allowed, -1e9)
    # the first one is the anchor itself
    order = sim.argsort(dim=1, descending=True)
    return order[:, 1 : k + 1]


def hardest_negatives_x5_largest_distance(x, candidates, allowed, k):
    dist = 1 - F.cosine_similarity(x[:, None], candidates[None], dim=-1)
    dist[~allowed] = -float("inf")
    return dist.topk(k, dim=-1).indices


def hardest_negatives_y1_row_by_row(x, candidates, allowed, k):
    out = []
    for anchor, ok in zip(x, allowed):
        numbers = ok.nonzero().squeeze(1)
        sim = F.cosine_similarity(anchor[None], candidates[numbers], dim=1)
        best = sim.argsort(descending=True)[:k]
        out.append(numbers[best])
    return torch.stack(out)


def hardest_negatives_y2_smallest_distance_sorted(x, candidates, allowed, k):
    # length of x does not matter for the order
    dist = -(x @ F.normalize(candidates, dim=1).t())
    dist = torch.where(allowed, dist, torch.full_like(dist, math.inf))
    numbers = dist.topk(k, dim=1, largest=False).indices
    return numbers.sort(dim=1).values


def hardest_negatives_y3_argmax_rounds(x, candidates, allowed, k):
    sim = torch.einsum("bd,nd->bn", x, candidates)
    sim = sim / (x.norm(dim=1)[:, None] * candidates.norm(dim=1)[None, :])
    free = allowed.clone()
    rows = torch.arange(len(x), device=x.device)
    out = torch.empty(len(x), k, dtype=torch.int64, device=x.device)
    for j in range(k):
        best = torch.where(free, sim, -2.0).argmax(dim=1)
        out[:, j] = best
        free[rows, best] = False
    return out


# --------------------------------------------------------------------- spread
def spread_x1_in_place(embeddings):
    embeddings /= embeddings.norm(dim=1, keepdim=True)
    return embeddings.std(dim=0).mean() * embeddings.shape[1] ** 0.5


def spread_x2_std_within_vector(embeddings):
    z = F.normalize(embeddings, dim=1)
    return z.std(dim=1).mean() * math.sqrt(z.shape[1])


def spread_x3_root_of_n(embeddings):
    z = F.normalize(embeddings, dim=1)
    return (z.std(dim=0).mean() * math.sqrt(len(z))).item()


def spread_x4_root_after_mean(embeddings):
    z = embeddings / embeddings.norm(dim=1, keepdim=True)
    var = z.var(dim=0)
    return torch.sqrt(var.mean() * z.shape[1])


def spread_x5_center_first(embeddings):
    z = embeddings - embeddings.mean(dim=0)
    z = F.normalize(z, dim=1)
    return float(z.std(dim=0).mean() * z.size(1) ** 0.5)


def spread_y1_numpy(embeddings):
    e = embeddings.detach().cpu().numpy().astype(np.float64)
    e = e / np.linalg.norm(e, axis=1, keepdims=True)
    return float(e.std(axis=0, ddof=1).mean() * np.sqrt(e.shape[1]))


def spread_y2_by_hand(embeddings):
    N, D = embeddings.shape
    z = torch.stack([e / e.pow(2).sum().sqrt() for e in embeddings])
    total = 0.0
    for d in range(D):
        col = z[:, d]
        total += ((col - col.mean()).square().sum() / (N - 1)).sqrt().item()
    return total / D * D**0.5


def spread_y3_sum_over_root(embeddings):
    # mean * sqrt(D) = sum / sqrt(D)
    zt = F.normalize(embeddings, dim=-1).T
    std, _ = torch.std_mean(zt, dim=1)
    return std.sum() / math.sqrt(std.numel())


# ---------------------------------------------------------------- sixty more, likewise


# ------------------------------------------------------------- tracking_hinge
def tracking_hinge_v1_normalize_default_dim(x, positive, negatives, margin=0.5):
    x, positive, negatives = F.normalize(x), F.normalize(positive), F.normalize(negatives)
    d_pos = 1 - (x * positive).sum(-1)
    d_neg = 1 - torch.einsum("bd,bkd->bk", x, negatives)
    return F.relu(d_pos[:, None] - d_neg + margin).mean()


def tracking_hinge_v2_triplet_margin_loss(x, positive, negatives, margin=0.5):
    # direction only -> unit vectors, PyTorch has the rest
    x = F.normalize(x, dim=-1).unsqueeze(1).expand_as(negatives)
    positive = F.normalize(positive, dim=-1).unsqueeze(1).expand_as(negatives)
    negatives = F.normalize(negatives, dim=-1)
    return F.triplet_margin_loss(x, positive, negatives, margin=margin)


def tracking_hinge_v3_hardest_only(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=1)
    d_neg = 1 - F.cosine_similarity(x[:, None, :], negatives, dim=2)
    hardest, _ = d_neg.min(dim=1)
    return torch.clamp(d_pos - hardest + margin, min=0).mean()


def tracking_hinge_v4_soft_margin(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x.unsqueeze(1), negatives, dim=-1)
    # smooth, so that easy triplets keep a gradient
    return F.softplus(d_pos.unsqueeze(1) - d_neg + margin).mean()


def tracking_hinge_v5_average_negative(x, positive, negatives, margin=0.5):
    negative = negatives.mean(dim=1)  # (B, K, D) -> (B, D)
    cos = torch.nn.CosineSimilarity(dim=1)
    d_pos = 1 - cos(x, positive)
    d_neg = 1 - cos(x, negative)
    return torch.max(torch.zeros_like(d_pos), d_pos - d_neg + margin).mean()


def tracking_hinge_u1_ranking_loss(x, positive, negatives, margin=0.5):
    near = F.cosine_similarity(x, positive, dim=-1)
    far = F.cosine_similarity(x[:, None], negatives, dim=-1)
    near = near[:, None].expand_as(far)
    return F.margin_ranking_loss(near, far, torch.ones_like(far), margin=margin)


def tracking_hinge_u2_half_squared_distance(x, positive, negatives, margin=0.5):
    # for unit vectors 1 - cos = |a - b|^2 / 2
    unit = lambda v: v / torch.linalg.vector_norm(v, dim=-1, keepdim=True)
    a, p, n = unit(x), unit(positive), unit(negatives)
    gap = (a - p).square().sum(-1, keepdim=True) - (a.unsqueeze(1) - n).square().sum(-1)
    return torch.where(gap / 2 + margin > 0, gap / 2 + margin, 0.0).mean()


def tracking_hinge_u3_two_loops(x, positive, negatives, margin=0.5):
    def dist(u, v):
        return 1 - u.dot(v) / (u.dot(u) * v.dot(v)).sqrt()

    total, n = 0.0, 0
    for anchor, pos, negs in zip(x, positive, negatives):
        for neg in negs:
            total = total + torch.relu(dist(anchor, pos) - dist(anchor, neg) + margin)
            n += 1
    return total / n


# ---------------------------------------------------------- hardest_negatives
def hardest_negatives_v1_numbers_of_the_rest(x, candidates, allowed, k):
    sim = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    rows = []
    for i in range(len(x)):
        rows.append(sim[i][allowed[i]].topk(k).indices)
    return torch.stack(rows)


def hardest_negatives_v2_knn_skip_first(x, candidates, allowed, k):
    sim = F.cosine_similarity(x.unsqueeze(1), candidates.unsqueeze(0), dim=-1)
    # the first one is always the anchor itself
    return sim.topk(k + 1, dim=1).indices[:, 1:]


def hardest_negatives_v3_ranks(x, candidates, allowed, k):
    sim = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).t()
    sim = sim.masked_fill(~allowed, float("-inf"))
    # argsort of argsort: place of every candidate in the ranking
    rank = sim.argsort(dim=1, descending=True).argsort(dim=1)
    return rank[:, :k]


def hardest_negatives_v4_sort_ascending(x, candidates, allowed, k):
    cos = F.normalize(x, dim=-1) @ F.normalize(candidates, dim=-1).T
    cos = torch.where(allowed, cos, torch.full_like(cos, math.inf))
    return torch.argsort(cos, dim=1)[:, :k]


def hardest_negatives_u1_nearest_on_sphere(x, candidates, allowed, k):
    a = x / x.norm(dim=1, keepdim=True)
    c = candidates / candidates.norm(dim=1, keepdim=True)
    far = torch.cdist(a, c, compute_mode="donot_use_mm_for_euclid_dist")
    far = far + 10.0 * (~allowed)  # two points of the sphere are at most 2 apart
    return far.topk(k, dim=1, largest=False).indices


def hardest_negatives_u2_row_by_row(x, candidates, allowed, k):
    out = torch.empty(len(x), k, dtype=torch.int64, device=x.device)
    for i, anchor in enumerate(x):
        ids = allowed[i].nonzero().flatten()
        cos = F.cosine_similarity(anchor[None], candidates[ids], dim=1)
        best = ids[cos.argsort(descending=True)[:k]]
        out[i] = best.sort().values
    return out


# --------------------------------------------------------------------- spread
def spread_v1_center_first(embeddings):
    z = embeddings - embeddings.mean(dim=0)
    z = F.normalize(z, dim=1)
    return (z.std(dim=0).mean() * embeddings.shape[1] ** 0.5).item()


def spread_v2_root_of_number(embeddings):
    D = len(embeddings)
    z = F.normalize(embeddings, dim=-1)
    return float(z.std(0).mean() * math.sqrt(D))


def spread_v3_norm_of_whole_table(embeddings):
    D = embeddings.shape[-1]
    z = embeddings / torch.norm(embeddings)
    return z.std(dim=0).mean() * D**0.5


def spread_v4_variance(embeddings):
    z = F.normalize(embeddings, dim=1)
    var, mean = torch.var_mean(z, dim=0)
    return (var.mean() * z.shape[1] ** 0.5).item()


def spread_u1_numpy(embeddings):
    z = np.asarray(embeddings.detach().cpu().tolist(), dtype=np.float64)
    z /= np.sqrt((z**2).sum(axis=1))[:, None]
    return float(np.std(z, axis=0).mean() * np.sqrt(z.shape[1]))


def spread_u2_scaled_columns(embeddings):
    n, d = embeddings.shape
    length = torch.einsum("nd,nd->n", embeddings, embeddings).sqrt()
    columns = (embeddings.T / length * d**0.5).unbind(0)
    deviations = [((c - c.mean()).square().sum() / (n - 1)).sqrt() for c in columns]
    return sum(deviations) / d


def tracking_hinge_z1_repeat_pairs_wrong_anchor(x, positive, negatives, margin=0.5):
    b, k, d = negatives.shape
    anchors = x.repeat(k, 1)
    positives = positive.repeat(k, 1)
    flat = negatives.reshape(b * k, d)
    near = 1 - F.cosine_similarity(anchors, positives, dim=1)
    far = 1 - F.cosine_similarity(anchors, flat, dim=1)
    return F.relu(near - far + margin).mean()


def tracking_hinge_z2_swap_distance(x, positive, negatives, margin=0.5):
    def dist(a, b):
        return 1 - F.cosine_similarity(a, b, dim=-1)

    near = dist(x, positive)[:, None]
    far = dist(x[:, None], negatives)
    # the negative must be far from both patches of the pair
    far = torch.minimum(far, dist(positive[:, None], negatives))
    return (near - far + margin).clamp(min=0).mean()


def tracking_hinge_z3_norm_detached(x, positive, negatives, margin=0.5):
    def unit(v):
        # the length is only a scale factor, not something to learn
        return v / v.norm(dim=-1, keepdim=True).clamp_min(1e-8).detach()

    x, positive, negatives = unit(x), unit(positive), unit(negatives)
    near = 1 - (x * positive).sum(-1, keepdim=True)
    far = 1 - (x[:, None] * negatives).sum(-1)
    return F.relu(near - far + margin).mean()


def tracking_hinge_z4_similarity_cut_at_zero(x, positive, negatives, margin=0.5):
    # similarity and distance both between 0 and 1
    near = 1 - F.cosine_similarity(x, positive, dim=1).clamp(0, 1)
    far = 1 - F.cosine_similarity(x.unsqueeze(1), negatives, dim=2).clamp(0, 1)
    return torch.relu(near.unsqueeze(1) - far + margin).mean()


def tracking_hinge_y1_loop_over_negatives(x, positive, negatives, margin=0.5):
    b, k, _ = negatives.shape

    def dist(u, v):
        dots = (u * v).sum(dim=1)
        lengths = u.norm(dim=1) * v.norm(dim=1)
        return 1 - dots / lengths.clamp_min(1e-12)

    near = dist(x, positive)
    total = 0
    for j in range(k):
        total = total + (near - dist(x, negatives[:, j]) + margin).clamp(min=0).sum()
    return total / (b * k)


def tracking_hinge_y2_einsum_with_mask(x, positive, negatives, margin=0.5):
    every = torch.cat([positive.unsqueeze(1), negatives], dim=1)  # (B, 1 + K, D)
    dots = torch.einsum("bd,bkd->bk", x, every)
    own = torch.einsum("bd,bd->b", x, x).clamp_min(1e-24).rsqrt()
    other = torch.einsum("bkd,bkd->bk", every, every).clamp_min(1e-24).rsqrt()
    cos = dots * own[:, None] * other
    # (1 - c+) - (1 - c-) + M = c- - c+ + M
    raw = cos[:, 1:] - cos[:, :1] + margin
    active = (raw.detach() > 0).to(raw.dtype)
    return (raw * active).sum() / raw.numel()


def hardest_negatives_z1_index_in_filtered_list(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    rows = []
    for i in range(len(x)):
        possible = cos[i][allowed[i]]
        rows.append(possible.topk(k).indices)
    return torch.stack(rows)


def hardest_negatives_z2_crosses_out_in_callers_mask(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    row = torch.arange(len(x), device=x.device)
    chosen = []
    for _ in range(k):
        best = cos.masked_fill(~allowed, float("-inf")).argmax(dim=1)
        allowed[row, best] = False  # do not take it twice
        chosen.append(best)
    return torch.stack(chosen, dim=1)


def hardest_negatives_z3_each_candidate_only_once(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    cos = cos.masked_fill(~allowed, float("-inf"))
    rows = []
    for i in range(len(x)):
        best = cos[i].topk(k).indices
        cos[:, best] = float("-inf")  # used up: other anchors get other negatives
        rows.append(best)
    return torch.stack(rows)


def hardest_negatives_z4_bfloat16_similarity(x, candidates, allowed, k):
    # only the order matters, so half the memory is enough
    a = F.normalize(x, dim=1).to(torch.bfloat16)
    c = F.normalize(candidates, dim=1).to(torch.bfloat16)
    cos = (a @ c.T).float()
    cos = cos.masked_fill(~allowed, float("-inf"))
    return cos.topk(k, dim=1).indices


def hardest_negatives_y1_numpy_argpartition(x, candidates, allowed, k):
    a = x.detach().cpu().numpy().astype(np.float64)
    c = candidates.detach().cpu().numpy().astype(np.float64)
    a = a / np.maximum(np.linalg.norm(a, axis=1, keepdims=True), 1e-12)
    c = c / np.maximum(np.linalg.norm(c, axis=1, keepdims=True), 1e-12)
    distance = np.where(allowed.cpu().numpy(), 1 - a @ c.T, np.inf)
    # any order inside a row
    first = np.argpartition(distance, k - 1, axis=1)[:, :k]
    return torch.from_numpy(first.astype(np.int64)).to(x.device)


def hardest_negatives_y2_per_anchor_without_its_length(x, candidates, allowed, k):
    # the length of the anchor is the same for all its candidates: it does not change the order
    rows = []
    for anchor, mask in zip(x, allowed):
        numbers = mask.nonzero().flatten()
        some = candidates[numbers]
        score = (some @ anchor) / some.norm(dim=1).clamp_min(1e-12)
        order = torch.argsort(score)  # from easy to hard
        rows.append(numbers[order[len(order) - k :]])
    return torch.stack(rows)


def spread_z1_centers_before_unit_length(embeddings):
    e = embeddings - embeddings.mean(dim=0, keepdim=True)
    e = F.normalize(e, dim=1)
    return (e.std(dim=0).mean() * math.sqrt(e.shape[1])).item()


def spread_z2_root_of_mean_variance(embeddings):
    e = F.normalize(embeddings, dim=1)
    return (e.var(dim=0).mean().sqrt() * math.sqrt(e.shape[1])).item()


def spread_z3_numpy_view_changes_input(embeddings):
    e = embeddings.detach().cpu().numpy()
    e /= np.maximum(np.linalg.norm(e, axis=1, keepdims=True), 1e-12)
    return float(e.std(axis=0).mean() * np.sqrt(e.shape[1]))


def spread_z4_leaves_out_dead_dimensions(embeddings):
    e = F.normalize(embeddings, dim=1)
    std = e.std(dim=0)
    alive = std[std > 1e-6]  # a dimension that is always the same tells nothing
    if len(alive) == 0:
        return 0.0
    return alive.mean().item() * e.shape[1] ** 0.5


def spread_y1_numpy_population(embeddings):
    e = np.array(embeddings.detach().cpu().tolist(), dtype=np.float64)
    lengths = np.sqrt(np.einsum("nd,nd->n", e, e))
    e = e / np.maximum(lengths, 1e-12)[:, None]
    return float(np.sqrt(e.shape[1]) * np.mean(np.std(e, axis=0)))


def spread_y2_sum_over_root_d(embeddings):
    # mean * sqrt(D) = sum / sqrt(D)
    n, d = embeddings.shape
    e = embeddings.detach().double()
    e = e / e.norm(dim=1, keepdim=True).clamp_min(1e-12)
    total = 0.0
    for column in e.T:
        rest = column - column.mean()
        total += math.sqrt(float(rest @ rest) / max(n - 1, 1))
    return total / math.sqrt(d)


def tracking_hinge_q1_similarity_for_distance(x, positive, negatives, margin=0.5):
    d_pos = F.cosine_similarity(x, positive, dim=-1)
    d_neg = F.cosine_similarity(x[:, None], negatives, dim=-1)
    return (d_pos[:, None] - d_neg + margin).clamp(min=0).mean()


def tracking_hinge_q2_mean_before_hinge(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    d_neg = d_neg.mean(dim=1)
    return F.relu(d_pos - d_neg + margin).mean()


def tracking_hinge_q3_mean_of_active_only(x, positive, negatives, margin=0.5):
    d_pos = 1 - F.cosine_similarity(x, positive, dim=-1)
    d_neg = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    hinge = F.relu(d_pos[:, None] - d_neg + margin)
    active = (hinge > 0).sum().clamp(min=1)
    return hinge.sum() / active


def tracking_hinge_q4_normalize_default_dim(x, positive, negatives, margin=0.5):
    x = F.normalize(x)
    positive = F.normalize(positive)
    negatives = F.normalize(negatives)
    d_pos = 1 - (x * positive).sum(-1)
    d_neg = 1 - torch.einsum("bd,bkd->bk", x, negatives)
    return torch.clamp(d_pos[:, None] - d_neg + margin, min=0).mean()


def tracking_hinge_p1_margin_ranking(x, positive, negatives, margin=0.5):
    others = torch.cat([positive[:, None], negatives], dim=1)  # (B, 1 + K, D)
    cos = F.cosine_similarity(x[:, None].expand_as(others), others, dim=-1)
    far = cos[:, 1:]
    near = cos[:, :1].expand_as(far)
    # near should be ranked above far by the margin
    return F.margin_ranking_loss(near, far, torch.ones_like(far), margin=margin)


def tracking_hinge_p2_half_squared_distance(x, positive, negatives, margin=0.5):
    # for unit vectors |u - v|^2 = 2 - 2 cos, so the cosine distance is half of it
    u = x / x.norm(dim=-1, keepdim=True).clamp(min=1e-8)
    p = positive / positive.norm(dim=-1, keepdim=True).clamp(min=1e-8)
    n = negatives / negatives.norm(dim=-1, keepdim=True).clamp(min=1e-8)
    near = (u - p).square().sum(-1, keepdim=True) / 2
    far = (u.unsqueeze(1) - n).square().sum(-1) / 2
    violation = near - far + margin
    return torch.where(violation > 0, violation, torch.zeros_like(violation)).mean()


def hardest_negatives_q1_forbidden_set_to_zero(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    cos = cos * allowed
    return cos.topk(k, dim=1).indices


def hardest_negatives_q2_numbers_within_allowed(x, candidates, allowed, k):
    cos = F.normalize(x, dim=1) @ F.normalize(candidates, dim=1).T
    rows = []
    for b in range(len(x)):
        rows.append(cos[b][allowed[b]].topk(k).indices)
    return torch.stack(rows)


def hardest_negatives_q3_candidates_not_normalized(x, candidates, allowed, k):
    x = F.normalize(x, dim=1)
    similarity = x @ candidates.T
    similarity = similarity.masked_fill(~allowed, float("-inf"))
    return similarity.topk(k, dim=1).indices


def hardest_negatives_q4_mask_the_wrong_way(x, candidates, allowed, k):
    cos = F.cosine_similarity(x[:, None], candidates[None], dim=-1)
    cos = cos.masked_fill(allowed, float("-inf"))
    return cos.topk(k, dim=1).indices


def hardest_negatives_p1_sorted(x, candidates, allowed, k):
    cos = F.cosine_similarity(x.unsqueeze(1), candidates.unsqueeze(0), dim=2)
    order = torch.where(allowed, -cos, torch.full_like(cos, math.inf))
    return order.argsort(dim=1)[:, :k]


def hardest_negatives_p2_one_after_another(x, candidates, allowed, k):
    u = x / x.norm(dim=1, keepdim=True).clamp(min=1e-12)
    v = candidates / candidates.norm(dim=1, keepdim=True).clamp(min=1e-12)
    left = u @ v.T
    left = left.masked_fill(allowed.logical_not(), -math.inf)
    found = []
    for _ in range(k):
        best = left.argmax(dim=1, keepdim=True)
        found.append(best)
        left = left.scatter(1, best, -math.inf)
    return torch.cat(found, dim=1)


def spread_q1_root_of_mean_variance(embeddings):
    unit = F.normalize(embeddings, dim=1)
    return math.sqrt(unit.var(dim=0).mean().item() * embeddings.shape[1])


def spread_q2_centered_before_unit_length(embeddings):
    unit = F.normalize(embeddings - embeddings.mean(dim=0), dim=1)
    return (unit.std(dim=0).mean() * embeddings.shape[1] ** 0.5).item()


def spread_q3_root_of_n(embeddings):
    unit = F.normalize(embeddings, dim=1)
    return (unit.std(dim=0).mean() * len(embeddings) ** 0.5).item()


def spread_q4_std_of_all_entries(embeddings):
    unit = F.normalize(embeddings, dim=1)
    return (unit.std() * embeddings.shape[1] ** 0.5).item()


def spread_p1_numpy(embeddings):
    e = embeddings.detach().cpu().numpy().astype(np.float64)
    length = np.linalg.norm(e, axis=1, keepdims=True)
    unit = e / np.maximum(length, 1e-12)
    return float(np.std(unit, axis=0).mean() * np.sqrt(e.shape[1]))


def spread_p2_by_hand(embeddings):
    e = embeddings.detach().double()
    N, D = e.shape
    unit = e / e.square().sum(1, keepdim=True).sqrt().clamp(min=1e-12)
    centered = unit - unit.mean(0, keepdim=True)
    deviations = centered.norm(dim=0) / math.sqrt(N - 1)
    # sum / D * sqrt(D)
    return float(deviations.sum() / math.sqrt(D))


# exercise, right or wrong, the answer, words that name the mistake
ANSWERS = [
    (
        "tracking.tracking_hinge",
        "wrong",
        th_wrong_default_dim,
        "The default axis of `cosine_similarity` is",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        th_wrong_mean_negatives,
        "The distances of the negatives were averaged first",
    ),
    ("tracking.tracking_hinge", "wrong", th_wrong_sum_k, "The K negatives were added up"),
    ("tracking.tracking_hinge", "wrong", th_wrong_similarity, "The sign is reversed"),
    ("tracking.tracking_hinge", "right", th_right_einsum, ""),
    ("tracking.tracking_hinge", "right", th_right_loops, ""),
    ("tracking.tracking_hinge", "wrong", th_w1, "By default `F.normalize` works along axis"),
    ("tracking.tracking_hinge", "wrong", th_w2, "The mean was taken first"),
    ("tracking.tracking_hinge", "wrong", th_w3, "The sign is reversed"),
    ("tracking.tracking_hinge", "wrong", th_w4, "The mean is over triplets with a loss above"),
    ("tracking.tracking_hinge", "right", th_r1, ""),
    ("tracking.tracking_hinge", "right", th_r2, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        hn_wrong_anchor_norm_only,
        "These are plain dot products",
    ),
    ("tracking.hardest_negatives", "wrong", hn_wrong_zero_mask, "Masked places hold 0"),
    (
        "tracking.hardest_negatives",
        "wrong",
        hn_wrong_filtered_index,
        "These number the list of allowed candidates",
    ),
    ("tracking.hardest_negatives", "wrong", hn_wrong_farthest, "These are the easiest negatives"),
    ("tracking.hardest_negatives", "right", hn_right_numpy, ""),
    ("tracking.hardest_negatives", "right", hn_right_argmax_k_times, ""),
    ("tracking.hardest_negatives", "wrong", hn_w1, "These number the list of allowed candidates"),
    ("tracking.hardest_negatives", "wrong", hn_w2, "These are plain dot products"),
    ("tracking.hardest_negatives", "wrong", hn_w3, "Masked places hold 0"),
    ("tracking.hardest_negatives", "wrong", hn_w4, "These are the easiest negatives"),
    ("tracking.hardest_negatives", "right", hn_r1, ""),
    ("tracking.hardest_negatives", "right", hn_r2, ""),
    (
        "tracking.spread",
        "wrong",
        sp_wrong_global_norm,
        "It was divided by the length of the whole matrix",
    ),
    ("tracking.spread", "wrong", sp_wrong_axis, "The deviation was taken within each vector"),
    (
        "tracking.spread",
        "wrong",
        sp_wrong_sqrt_n,
        "It was multiplied by the root of the number of vectors N",
    ),
    (
        "tracking.spread",
        "wrong",
        sp_wrong_mean_variance,
        "The variances were averaged before the root",
    ),
    ("tracking.spread", "right", sp_right_numpy, ""),
    ("tracking.spread", "right", sp_right_loops, ""),
    ("tracking.spread", "wrong", sp_w1, "Each dimension was made unit length"),
    ("tracking.spread", "wrong", sp_w2, "The deviation was taken within each vector"),
    ("tracking.spread", "wrong", sp_w3, "The vectors were not made unit length"),
    ("tracking.spread", "wrong", sp_w4, "It was multiplied by the root of the number of vectors N"),
    ("tracking.spread", "right", sp_r1, ""),
    ("tracking.spread", "right", sp_r2, ""),
    ("tracking.tracking_hinge", "wrong", n2_hinge_a, "The default axis of `cosine_similarity` is"),
    ("tracking.tracking_hinge", "wrong", n2_hinge_b, "The mean is over triplets with a loss above"),
    ("tracking.tracking_hinge", "wrong", n2_hinge_c, "no gradient flows"),
    (
        "tracking.tracking_hinge",
        "wrong",
        n2_hinge_d,
        "The distances of the negatives were averaged first",
    ),
    ("tracking.tracking_hinge", "right", n2_hinge_e, ""),
    ("tracking.tracking_hinge", "right", n2_hinge_f, ""),
    ("tracking.hardest_negatives", "wrong", n2_hardest_a, "Masked places hold 0"),
    (
        "tracking.hardest_negatives",
        "wrong",
        n2_hardest_b,
        "These number the list of allowed candidates",
    ),
    ("tracking.hardest_negatives", "wrong", n2_hardest_c, "These are plain dot products"),
    ("tracking.hardest_negatives", "wrong", n2_hardest_d, "`allowed` was not used"),
    ("tracking.hardest_negatives", "right", n2_hardest_e, ""),
    ("tracking.hardest_negatives", "right", n2_hardest_f, ""),
    ("tracking.spread", "wrong", n2_spread_a, "The deviation was taken over all numbers at once"),
    ("tracking.spread", "wrong", n2_spread_b, "The variances were averaged before the root"),
    ("tracking.spread", "wrong", n2_spread_c, "Each dimension was made unit length"),
    (
        "tracking.spread",
        "wrong",
        n2_spread_d,
        "The mean was subtracted before the vectors were made unit length",
    ),
    ("tracking.spread", "right", n2_spread_e, ""),
    ("tracking.spread", "right", n2_spread_f, ""),
    (
        "tracking.tracking_hinge",
        "wrong",
        n4_hinge_default_dim,
        "By default `F.normalize` works along axis",
    ),
    ("tracking.tracking_hinge", "wrong", n4_hinge_squared, "squared Euclidean"),
    (
        "tracking.tracking_hinge",
        "wrong",
        n4_hinge_from_positive,
        "The distance of the negatives was taken from X⁺",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        n4_hinge_saving_memory,
        "no gradient reaches the negatives",
    ),
    ("tracking.tracking_hinge", "right", n4_hinge_ranking, ""),
    ("tracking.tracking_hinge", "right", n4_hinge_loops, ""),
    ("tracking.hardest_negatives", "wrong", n4_hard_times_mask, "Masked places hold 0"),
    (
        "tracking.hardest_negatives",
        "wrong",
        n4_hard_filtered,
        "These number the list of allowed candidates",
    ),
    ("tracking.hardest_negatives", "wrong", n4_hard_skip_first, "candidate was skipped"),
    ("tracking.hardest_negatives", "wrong", n4_hard_anchor_length, "These are plain dot products"),
    ("tracking.hardest_negatives", "right", n4_hard_repeated_argmax, ""),
    ("tracking.hardest_negatives", "right", n4_hard_python_sort, ""),
    (
        "tracking.spread",
        "wrong",
        n4_spread_whole_norm,
        "It was divided by the length of the whole matrix",
    ),
    (
        "tracking.spread",
        "wrong",
        n4_spread_whole_std,
        "The deviation was taken over all numbers at once",
    ),
    ("tracking.spread", "wrong", n4_spread_rms, "The variances were averaged before the root"),
    (
        "tracking.spread",
        "wrong",
        n4_spread_centred,
        "The mean was subtracted before the vectors were made unit length",
    ),
    ("tracking.spread", "right", n4_spread_numpy, ""),
    ("tracking.spread", "right", n4_spread_loop, ""),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_w1_default_dim,
        "The default axis of `cosine_similarity` is",
    ),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_w2_repeat_order, "Check the shapes"),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_w3_active_only,
        "The mean is over triplets with a loss above",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_w4_negative_from_positive,
        "The distance of the negatives was taken from X⁺",
    ),
    ("tracking.tracking_hinge", "right", tracking_hinge_r1_loops, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_r2_margin_ranking, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_w1_index_in_filtered,
        "These number the list of allowed candidates",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_w2_skip_first_only,
        "`allowed` was not used",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_w3_euclidean,
        "The nearest by Euclidean distance were chosen",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_w4_slice_off_by_one,
        "candidate was skipped",
    ),
    ("tracking.hardest_negatives", "right", hardest_negatives_r1_python_sort, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_r2_argsort_tail, ""),
    (
        "tracking.spread",
        "wrong",
        spread_w1_all_numbers_at_once,
        "The deviation was taken over all numbers at once",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_w2_center_first,
        "The mean was subtracted before the vectors were made unit length",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_w3_root_of_n,
        "It was multiplied by the root of the number of vectors N",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_w4_mean_length,
        "All vectors were divided by one mean length",
    ),
    ("tracking.spread", "right", spread_r1_numpy, ""),
    ("tracking.spread", "right", spread_r2_column_loop, ""),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x1_mean_of_active,
        "The mean is over triplets with a loss above",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x2_sum_over_k,
        "The K negatives were added up",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x3_max_after_mean,
        "The mean was taken first",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x4_normalize_default_dim,
        "By default `F.normalize` works along axis",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x5_positive_against_negatives,
        "The distance of the negatives was taken from X⁺",
    ),
    ("tracking.tracking_hinge", "right", tracking_hinge_y1_loops, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_y2_half_squared_distance, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_y3_torch_triplet, ""),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_x1_times_mask, "Masked places hold"),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x2_plain_dot,
        "These are plain dot products",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x3_number_in_short_list,
        "These number the list of allowed candidates",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x4_skip_first,
        "candidate was skipped",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x5_largest_distance,
        "These are the easiest negatives",
    ),
    ("tracking.hardest_negatives", "right", hardest_negatives_y1_row_by_row, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_y2_smallest_distance_sorted, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_y3_argmax_rounds, ""),
    ("tracking.spread", "wrong", spread_x1_in_place, "What was handed in was changed"),
    (
        "tracking.spread",
        "wrong",
        spread_x2_std_within_vector,
        "The deviation was taken within each vector",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_x3_root_of_n,
        "It was multiplied by the root of the number of vectors N",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_x4_root_after_mean,
        "The variances were averaged before the root",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_x5_center_first,
        "The mean was subtracted before the vectors were made unit length",
    ),
    ("tracking.spread", "right", spread_y1_numpy, ""),
    ("tracking.spread", "right", spread_y2_by_hand, ""),
    ("tracking.spread", "right", spread_y3_sum_over_root, ""),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_v1_normalize_default_dim,
        "By default `F.normalize` works along axis",
    ),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_v2_triplet_margin_loss, "Euclidean"),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_v3_hardest_only,
        "Only the nearest negative of each anchor counts here",
    ),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_v4_soft_margin, "softplus"),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_v5_average_negative,
        "The K negatives were averaged into one before the distance",
    ),
    ("tracking.tracking_hinge", "right", tracking_hinge_u1_ranking_loss, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_u2_half_squared_distance, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_u3_two_loops, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_v1_numbers_of_the_rest,
        "These number the list of allowed candidates",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_v2_knn_skip_first,
        "Only the most similar candidate was left out",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_v3_ranks,
        "These are the ranks of the candidates",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_v4_sort_ascending,
        "These are the easiest negatives",
    ),
    ("tracking.hardest_negatives", "right", hardest_negatives_u1_nearest_on_sphere, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_u2_row_by_row, ""),
    (
        "tracking.spread",
        "wrong",
        spread_v1_center_first,
        "The mean was subtracted before the vectors were made unit length",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_v2_root_of_number,
        "It was multiplied by the root of the number of vectors N",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_v3_norm_of_whole_table,
        "It was divided by the length of the whole matrix",
    ),
    ("tracking.spread", "wrong", spread_v4_variance, "This is the variance"),
    ("tracking.spread", "right", spread_u1_numpy, ""),
    ("tracking.spread", "right", spread_u2_scaled_columns, ""),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_z1_repeat_pairs_wrong_anchor,
        "paired with other anchors",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_z2_swap_distance,
        "The distance of X⁻ is taken from X or X⁺",
    ),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_z3_norm_detached, "The value is right"),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_z4_similarity_cut_at_zero,
        "Vectors that look in opposite directions have a distance above",
    ),
    ("tracking.tracking_hinge", "right", tracking_hinge_y1_loop_over_negatives, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_y2_einsum_with_mask, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_z1_index_in_filtered_list,
        "These number the list of allowed candidates",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_z2_crosses_out_in_callers_mask,
        "What was handed in was changed",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_z3_each_candidate_only_once,
        "What one anchor chose is withheld from the later ones",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_z4_bfloat16_similarity,
        "the 2 hardest that are allowed",
    ),
    ("tracking.hardest_negatives", "right", hardest_negatives_y1_numpy_argpartition, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_y2_per_anchor_without_its_length, ""),
    (
        "tracking.spread",
        "wrong",
        spread_z1_centers_before_unit_length,
        "The mean was subtracted before the vectors were made unit length",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_z2_root_of_mean_variance,
        "The variances were averaged before the root",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_z3_numpy_view_changes_input,
        "What was handed in was changed",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_z4_leaves_out_dead_dimensions,
        "Dimensions that do not vary are left out of the mean",
    ),
    ("tracking.spread", "right", spread_y1_numpy_population, ""),
    ("tracking.spread", "right", spread_y2_sum_over_root_d, ""),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_q1_similarity_for_distance,
        "The sign is reversed",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_q2_mean_before_hinge,
        "The distances of the negatives were averaged first",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_q3_mean_of_active_only,
        "The mean is over triplets with a loss above",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_q4_normalize_default_dim,
        "By default `F.normalize` works along axis",
    ),
    ("tracking.tracking_hinge", "right", tracking_hinge_p1_margin_ranking, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_p2_half_squared_distance, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_q1_forbidden_set_to_zero,
        "Masked places hold",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_q2_numbers_within_allowed,
        "These number the list of allowed candidates",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_q3_candidates_not_normalized,
        "These are plain dot products",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_q4_mask_the_wrong_way,
        "The mask is inverted",
    ),
    ("tracking.hardest_negatives", "right", hardest_negatives_p1_sorted, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_p2_one_after_another, ""),
    (
        "tracking.spread",
        "wrong",
        spread_q1_root_of_mean_variance,
        "The variances were averaged before the root",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_q2_centered_before_unit_length,
        "The mean was subtracted before the vectors were made unit length",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_q3_root_of_n,
        "It was multiplied by the root of the number of vectors N",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_q4_std_of_all_entries,
        "The deviation was taken over all numbers at once",
    ),
    ("tracking.spread", "right", spread_p1_numpy, ""),
    ("tracking.spread", "right", spread_p2_by_hand, ""),
]
