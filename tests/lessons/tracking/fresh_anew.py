"""Fresh student answers for the exercises of the tracking notebook."""
# ruff: noqa
import numpy as np
import torch
import torch.nn.functional as F


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
    sim_neg = torch.matmul(F.normalize(negatives, dim=2), F.normalize(x, dim=1)[:, :, None]).squeeze(2)
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
    return cos.argsort(dim=1)[:, -k - 1:-1]


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
    z = z / np.sqrt((z ** 2).sum(axis=1, keepdims=True))
    return float(np.sqrt(z.shape[1]) * np.std(z, axis=0).mean())


def spread_r2_column_loop(embeddings):
    n, d = embeddings.shape
    unit = torch.stack([row / torch.linalg.vector_norm(row) for row in embeddings])
    total = 0.0
    for column in unit.unbind(dim=1):
        away = column - column.sum() / n
        total = total + torch.sqrt((away * away).sum() / (n - 1))
    return total / d ** 0.5


NEW = [
    ("tracking.tracking_hinge", "wrong", tracking_hinge_w1_default_dim, "leaves cosine_similarity at dim=1, which for (B, K, D) runs over the K negatives instead of the dimensions"),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_w2_repeat_order, "repeat(K).view(B, K) pairs the positive distances with the negatives of other anchors"),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_w3_active_only, "averages over the triplets with a loss above 0 only, not over all triplets"),
    ("tracking.tracking_hinge", "wrong", tracking_hinge_w4_negative_from_positive, "measures the distance of the negatives from the positive instead of from the anchor"),
    ("tracking.tracking_hinge", "right", tracking_hinge_r1_loops, ""),
    ("tracking.tracking_hinge", "right", tracking_hinge_r2_margin_ranking, ""),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_w1_index_in_filtered, "the indices count within the allowed candidates only, not within all candidates"),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_w2_skip_first_only, "drops only the most similar candidate as the anchor itself and ignores allowed"),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_w3_euclidean, "takes the nearest by Euclidean distance instead of the highest cosine"),
    ("tracking.hardest_negatives", "wrong", hardest_negatives_w4_slice_off_by_one, "the slice is off by one and leaves out the most similar allowed candidate"),
    ("tracking.hardest_negatives", "right", hardest_negatives_r1_python_sort, ""),
    ("tracking.hardest_negatives", "right", hardest_negatives_r2_argsort_tail, ""),
    ("tracking.spread", "wrong", spread_w1_all_numbers_at_once, "one standard deviation over all numbers instead of one for each dimension, so a collapsed batch does not give 0"),
    ("tracking.spread", "wrong", spread_w2_center_first, "subtracts the mean before making the vectors unit length, which hides a near collapse"),
    ("tracking.spread", "wrong", spread_w3_root_of_n, "multiplies by the root of the number of embeddings instead of the number of dimensions"),
    ("tracking.spread", "wrong", spread_w4_mean_length, "divides all vectors by their mean length instead of each by its own"),
    ("tracking.spread", "right", spread_r1_numpy, ""),
    ("tracking.spread", "right", spread_r2_column_loop, ""),
]
