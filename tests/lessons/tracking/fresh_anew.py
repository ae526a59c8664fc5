"""Answers written from the text of the tasks alone, without sight of the checks; not yet checked."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F


# ---------------------------------------------------------------- tracking_hinge


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


# ---------------------------------------------------------------- hardest_negatives


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


# ---------------------------------------------------------------- spread


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


NEW = [
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_z1_repeat_pairs_wrong_anchor,
        "x.repeat(K, 1) does not match negatives.reshape(B*K, D), so negatives are compared with other anchors (right only for B = 1 or K = 1)",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_z2_swap_distance,
        "takes the smaller of D(x, negative) and D(positive, negative), the 'swap' variant, instead of D(x, negative)",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_z3_norm_detached,
        "the lengths are detached, so the value is right but the gradient is not that of the cosine distance",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        tracking_hinge_z4_similarity_cut_at_zero,
        "cosines below 0 are cut to 0, so distances above 1 are lost, and their gradients too",
    ),
    ("tracking.tracking_hinge", "right", tracking_hinge_y1_loop_over_negatives, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_y2_einsum_with_mask, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_z1_index_in_filtered_list,
        "returns positions in the list of allowed candidates instead of positions among all candidates",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_z2_crosses_out_in_callers_mask,
        "the indices are right, but chosen candidates are crossed out in the caller's `allowed` mask, so the next use of it is wrong",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_z3_each_candidate_only_once,
        "a candidate chosen by one anchor is withheld from all later anchors (and with few candidates forbidden ones get chosen)",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        hardest_negatives_z4_bfloat16_similarity,
        "cosines are computed in bfloat16, so close cosines, as when embeddings are nearly collapsed, tie and wrong candidates are chosen",
    ),
    ("tracking.hardest_negatives", "right", hardest_negatives_y1_numpy_argpartition, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_y2_per_anchor_without_its_length, ""),
    (
        "tracking.spread",
        "wrong",
        spread_z1_centers_before_unit_length,
        "the mean is subtracted before making unit length, so a tight cluster looks evenly spread",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_z2_root_of_mean_variance,
        "square root of the mean variance instead of the mean of the standard deviations, too large when dimensions differ",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_z3_numpy_view_changes_input,
        "the number is right, but the numpy array shares memory and /= makes the caller's embeddings unit length",
    ),
    (
        "tracking.spread",
        "wrong",
        spread_z4_leaves_out_dead_dimensions,
        "dimensions that do not vary are left out of the average, so collapse to few dimensions is overestimated",
    ),
    ("tracking.spread", "right", spread_y1_numpy_population, ""),
    ("tracking.spread", "right", spread_y2_sum_over_root_d, ""),
]
