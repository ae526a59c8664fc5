"""Answers written from the text of the tasks alone, without sight of the checks; not yet checked."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F


# --------------------------------------------------------- tracking_hinge


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


# ------------------------------------------------------ hardest_negatives


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


# ------------------------------------------------------------------ spread


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


NEW = [
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_q1_similarity_for_distance,
        "The cosine itself is used as the distance, so the negative is pulled near and the positive pushed away.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_q2_mean_before_hinge,
        "The distances of the K negatives are averaged before the hinge instead of taking the hinge of each triplet.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_q3_mean_of_active_only,
        "The mean is over the triplets with a loss above 0 only, not over all.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_q4_normalize_default_dim,
        "F.normalize without dim normalizes the (B, K, D) negatives over K instead of D.",
    ),
    ("tracking.tracking_hinge", "right", tracking_hinge_p1_margin_ranking, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_p2_half_squared_distance, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_q1_forbidden_set_to_zero,
        "Forbidden candidates get cosine 0, so they beat allowed ones with a negative cosine.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_q2_numbers_within_allowed,
        "The indices count within the allowed candidates only and are not mapped back to all candidates.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_q3_candidates_not_normalized,
        "The candidates are not normalized, so long vectors win instead of those with the highest cosine.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_q4_mask_the_wrong_way,
        "masked_fill blanks the allowed candidates instead of the forbidden ones.",
    ),
    ("tracking.hardest_negatives", "right", hardest_negatives_p1_sorted, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_p2_one_after_another, ""),
    (
        "tracking.spread",
        "wrong",
        spread_q1_root_of_mean_variance,
        "It averages the variances and takes the root afterwards instead of averaging the standard deviations.",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_q2_centered_before_unit_length,
        "The mean is subtracted before scaling to unit length, so a tight cluster looks evenly spread.",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_q3_root_of_n,
        "It multiplies by the root of N, the number of embeddings, instead of D.",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_q4_std_of_all_entries,
        "One standard deviation over all entries is taken instead of one for each dimension, so one point does not give 0.",
    ),
    ("tracking.spread", "right", spread_p1_numpy, ""),
    ("tracking.spread", "right", spread_p2_by_hand, ""),
]
