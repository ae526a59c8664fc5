"""Answers students might hand in for the exercises of the tracking notebook."""
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F


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


NEW = [
    ("tracking.tracking_hinge", "wrong", tracking_hinge_v1_normalize_default_dim, "F.normalize without dim normalizes the (B, K, D) negatives over the K negatives, not over D."),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_v2_triplet_margin_loss, "F.triplet_margin_loss uses the Euclidean distance, not the cosine distance."),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_v3_hardest_only, "Only the nearest negative of each anchor counts, not all K triplets."),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_v4_soft_margin, "softplus stands in place of max(0, ...), so a triplet that is far enough apart still has a loss."),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_v5_average_negative, "The K negatives are averaged into one vector before the distance is taken."),
    ("tracking.tracking_hinge", "right", tracking_hinge_u1_ranking_loss, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_u2_half_squared_distance, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_u3_two_loops, ""),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_v1_numbers_of_the_rest, "The indices count within the allowed candidates only, not within all N candidates."),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_v2_knn_skip_first, "Only the most similar candidate is dropped and allowed is ignored, so the positive and patches of the same clip are chosen."),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_v3_ranks, "It returns the ranks of the first k candidates, not the indices of the k best ones."),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_v4_sort_ascending, "argsort is ascending by default, so the least similar candidates are chosen."),
    ("tracking.hardest_negatives", "right", hardest_negatives_u1_nearest_on_sphere, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_u2_row_by_row, ""),
    ("tracking.spread", "wrong", spread_v1_center_first, "The mean is subtracted before the vectors are made unit length, so a nearly collapsed set looks spread out."),
    ("tracking.spread", "wrong", spread_v2_root_of_number, "It multiplies by the root of the number of embeddings N instead of the dimension D."),
    ("tracking.spread", "wrong", spread_v3_norm_of_whole_table, "torch.norm without dim divides by the norm of the whole table, so the vectors are not unit length."),
    ("tracking.spread", "wrong", spread_v4_variance, "It averages the variance of each dimension instead of the standard deviation."),
    ("tracking.spread", "right", spread_u1_numpy, ""),
    ("tracking.spread", "right", spread_u2_scaled_columns, ""),
]
