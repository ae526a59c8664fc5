"""Fresh student answers for the tracking exercises, written from the task text alone."""

# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


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


NEW = [
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x1_mean_of_active,
        "Averages only over the triplets whose loss is above 0, not over all triplets.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x2_sum_over_k,
        "Sums over the K negatives and averages only over the anchors, so the loss is K times too large.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x3_max_after_mean,
        "Takes the mean first and the maximum with 0 afterwards, so easy triplets cancel hard ones.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x4_normalize_default_dim,
        "F.normalize with its default dim=1 normalizes the negatives over K instead of over D.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_x5_positive_against_negatives,
        "Measures the negatives from the positive instead of from the anchor.",
    ),
    ("tracking.tracking_hinge", "right", tracking_hinge_y1_loops, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_y2_half_squared_distance, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_y3_torch_triplet, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x1_times_mask,
        "Multiplies by the mask, so forbidden candidates get cosine 0 and beat allowed ones with a negative cosine.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x2_plain_dot,
        "Uses the dot product without normalizing, so long candidates win over similar ones.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x3_number_in_short_list,
        "Returns positions in the shortened list of allowed candidates, not indices into candidates.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x4_skip_first,
        "Skips the first place because it is thought to be the anchor, although the mask has removed it, so the hardest negative is lost.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_x5_largest_distance,
        "Takes the k largest cosine distances, which are the easiest negatives.",
    ),
    ("tracking.hardest_negatives", "right", hardest_negatives_y1_row_by_row, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_y2_smallest_distance_sorted, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_y3_argmax_rounds, ""),
    (
        "tracking.spread",
        "wrong",
        spread_x1_in_place,
        "Normalizes with /=, so the number is right but the caller's embeddings are changed.",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_x2_std_within_vector,
        "Takes the standard deviation within each vector (dim=1) instead of over the vectors for each dimension.",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_x3_root_of_n,
        "Multiplies by the root of N, the number of vectors, instead of the root of D.",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_x4_root_after_mean,
        "Averages the variances and takes the root afterwards instead of averaging standard deviations.",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_x5_center_first,
        "Subtracts the mean before making unit length, so embeddings close to one point still look spread out.",
    ),
    ("tracking.spread", "right", spread_y1_numpy, ""),
    ("tracking.spread", "right", spread_y2_by_hand, ""),
    ("tracking.spread", "right", spread_y3_sum_over_root, ""),
]
