# Left as it was written.
# ruff: noqa
import numpy as np
import torch
import torch.nn.functional as F


# ---------------------------------------------------------------- distortion.surrogate_batch


def sb_wrong_order(seeds, copies, distort):
    n = seeds.shape[0]
    patches = distort(seeds.repeat(copies, 1, 1, 1))
    labels = torch.arange(n, device=seeds.device).repeat_interleave(copies)
    return patches, labels


def sb_wrong_distort_once(seeds, copies, distort):
    n = seeds.shape[0]
    patches = distort(seeds).repeat_interleave(copies, dim=0)
    labels = torch.arange(n, device=seeds.device).repeat_interleave(copies)
    return patches, labels


def sb_wrong_result_dropped(seeds, copies, distort):
    patches = seeds.repeat_interleave(copies, dim=0)
    distort(patches)
    labels = torch.arange(len(seeds), device=seeds.device).repeat_interleave(copies)
    return patches, labels


def sb_wrong_float_labels(seeds, copies, distort):
    n = len(seeds)
    patches = distort(seeds.repeat_interleave(copies, dim=0))
    labels = torch.zeros(n * copies, device=seeds.device)
    for i in range(n):
        labels[i * copies : (i + 1) * copies] = i
    return patches, labels


def sb_right_per_seed(seeds, copies, distort):
    patches, labels = [], []
    for number in range(len(seeds)):
        batch = torch.stack([seeds[number].clone() for _ in range(copies)])
        patches.append(distort(batch))
        labels += [number] * copies
    return torch.cat(patches), torch.tensor(labels, dtype=torch.int64, device=seeds.device)


def sb_right_shuffled(seeds, copies, distort):
    n = seeds.shape[0]
    labels = torch.arange(n * copies, device=seeds.device) % n
    labels = labels[torch.randperm(n * copies).to(seeds.device)]
    return distort(seeds[labels]), labels


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


ANSWERS = [
    (
        "distortion.surrogate_batch",
        "wrong",
        "repeat_vs_interleave",
        sb_wrong_order,
        "Repeated the seeds as blocks but the labels one by one, so copies and labels are in different orders.",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        "distorted_once",
        sb_wrong_distort_once,
        "Distorted each seed once and then repeated it, so all copies of a seed are the same.",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        "result_dropped",
        sb_wrong_result_dropped,
        "Thought distort changes its batch in place and dropped what it returns.",
    ),
    (
        "distortion.surrogate_batch",
        "wrong",
        "float_labels",
        sb_wrong_float_labels,
        "Filled the labels into torch.zeros, which makes them float32 instead of int64.",
    ),
    ("distortion.surrogate_batch", "right", "seed_by_seed", sb_right_per_seed, ""),
    ("distortion.surrogate_batch", "right", "shuffled_labels", sb_right_shuffled, ""),
    (
        "tracking.tracking_hinge",
        "wrong",
        "default_dim",
        th_wrong_default_dim,
        "Left cosine_similarity at its default dim=1, which for the negatives is the axis K and not D.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        "mean_before_hinge",
        th_wrong_mean_negatives,
        "Averaged the distances to the negatives before the hinge instead of afterwards.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        "sum_over_k",
        th_wrong_sum_k,
        "Summed over the negatives and averaged over the anchors only.",
    ),
    (
        "tracking.tracking_hinge",
        "wrong",
        "similarity_for_distance",
        th_wrong_similarity,
        "Put cosine similarities where distances belong, so the sign is reversed.",
    ),
    ("tracking.tracking_hinge", "right", "einsum_where", th_right_einsum, ""),
    ("tracking.tracking_hinge", "right", "triplet_loops", th_right_loops, ""),
    (
        "tracking.hardest_negatives",
        "wrong",
        "anchor_norm_only",
        hn_wrong_anchor_norm_only,
        "Normalized the anchors only, so long candidates win.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        "zero_mask",
        hn_wrong_zero_mask,
        "Multiplied by the mask, so forbidden candidates get 0 and beat allowed ones with a negative cosine.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        "filtered_index",
        hn_wrong_filtered_index,
        "Returned indices into the filtered list of allowed candidates instead of into all candidates.",
    ),
    (
        "tracking.hardest_negatives",
        "wrong",
        "farthest",
        hn_wrong_farthest,
        "Took the largest cosine distances, that is, the least similar candidates.",
    ),
    ("tracking.hardest_negatives", "right", "numpy_ascending", hn_right_numpy, ""),
    ("tracking.hardest_negatives", "right", "argmax_k_times", hn_right_argmax_k_times, ""),
    (
        "tracking.spread",
        "wrong",
        "global_norm",
        sp_wrong_global_norm,
        "Divided by the norm of the whole matrix instead of the norm of each vector.",
    ),
    (
        "tracking.spread",
        "wrong",
        "std_within_vector",
        sp_wrong_axis,
        "Took the standard deviation within each vector instead of over the vectors.",
    ),
    (
        "tracking.spread",
        "wrong",
        "sqrt_n",
        sp_wrong_sqrt_n,
        "Multiplied by the root of the number of vectors instead of the number of dimensions.",
    ),
    (
        "tracking.spread",
        "wrong",
        "root_mean_variance",
        sp_wrong_mean_variance,
        "Averaged the variances and took the root afterwards instead of averaging the standard deviations.",
    ),
    ("tracking.spread", "right", "numpy_population", sp_right_numpy, ""),
    ("tracking.spread", "right", "column_loops", sp_right_loops, ""),
]
