"""Answers written from the lesson's text alone, by people who had not seen the checks, and what is to be
said of the wrong ones.
"""

# Left as it was written.
# ruff: noqa
import torch
import torch.nn.functional as F
import numpy as np


# ---------------------------------------------------------------- color_bins, wrong


# (4, H/4) instead of (H/4, 4): averages pixels that lie H/4 apart, not a 4 x 4 block
def color_bins_w_split_order(ab, colors):
    B, _, H, W = ab.shape
    x = ab.reshape(B, 2, 4, H // 4, 4, W // 4).mean(dim=(2, 4))
    x = x.permute(0, 2, 3, 1)
    d = ((x[..., None, :] - colors) ** 2).sum(-1)
    return d.argmin(-1)


# (B, 2, h, w) reshaped to rows of 2: a row holds two neighboring a's (or b's), not (a, b)
def color_bins_w_reshape_no_permute(ab, colors):
    x = F.avg_pool2d(ab, 4)
    B, _, h, w = x.shape
    rows = x.reshape(-1, 2)
    return torch.cdist(rows, colors).argmin(1).reshape(B, h, w)


# bilinear shrinking without antialias uses only the middle 2 x 2 pixels of each block
def color_bins_w_bilinear(ab, colors):
    x = F.interpolate(ab, scale_factor=0.25, mode="bilinear", align_corners=False)
    x = x.permute(0, 2, 3, 1)
    d = ((x.unsqueeze(3) - colors) ** 2).sum(-1)
    return d.argmin(dim=3)


# sum over the 16 pixels: colors are 16 times too strong, so the outermost bins win
def color_bins_w_sum_not_mean(ab, colors):
    B, _, H, W = ab.shape
    x = ab.reshape(B, 2, H // 4, 4, W // 4, 4).sum(dim=(3, 5))
    x = x.permute(0, 2, 3, 1)
    d = (x.unsqueeze(-2) - colors).norm(dim=-1)
    return d.argmin(-1)


# largest dot product is not nearest: bins far from the origin win, |c|^2 is left out
def color_bins_w_dot_product(ab, colors):
    x = F.avg_pool2d(ab, 4).permute(0, 2, 3, 1)
    return (x @ colors.t()).argmax(-1)


# nearest bin of every pixel first, then the commonest of 16, instead of averaging the color first
def color_bins_w_vote(ab, colors):
    B, _, H, W = ab.shape
    x = ab.permute(0, 2, 3, 1)
    per_pixel = ((x.unsqueeze(-2) - colors) ** 2).sum(-1).argmin(-1)
    p = per_pixel.reshape(B, H // 4, 4, W // 4, 4).permute(0, 1, 3, 2, 4)
    return p.reshape(B, H // 4, W // 4, 16).mode(dim=-1).values


# returns the smallest distance (cut to an integer), not the number of the bin
def color_bins_w_min_value(ab, colors):
    x = F.avg_pool2d(ab, 4).permute(0, 2, 3, 1)
    d = (x.unsqueeze(-2) - colors).norm(dim=-1)
    return d.min(dim=-1)[0].long()


# permute(0, 3, 2, 1) puts columns before rows: the map of bins comes out transposed
def color_bins_w_transposed(ab, colors):
    x = F.avg_pool2d(ab, 4).permute(0, 3, 2, 1)
    d = ((x.unsqueeze(-2) - colors) ** 2).sum(-1)
    return d.argmin(-1)


# squares after the sum: errors of a and b of opposite sign cancel, so far bins look near
def color_bins_w_square_after_sum(ab, colors):
    x = F.avg_pool2d(ab, 4).permute(0, 2, 3, 1)
    d = (x.unsqueeze(-2) - colors).sum(-1) ** 2
    return d.argmin(-1)


# right numbers, but float32 instead of int64: cannot serve as an index or class target
def color_bins_w_float_result(ab, colors):
    x = F.avg_pool2d(ab, 4).permute(0, 2, 3, 1)
    d = ((x.unsqueeze(-2) - colors) ** 2).sum(-1)
    out = torch.zeros(d.shape[:3], device=ab.device)
    out[:] = d.argmin(-1)
    return out


# ---------------------------------------------------------------- color_bins, right


def color_bins_r_loops(ab, colors):
    B, _, H, W = ab.shape
    out = torch.zeros(B, H // 4, W // 4, dtype=torch.int64, device=ab.device)
    for n in range(B):
        for i in range(H // 4):
            for j in range(W // 4):
                patch = ab[n, :, 4 * i : 4 * i + 4, 4 * j : 4 * j + 4]
                color = patch.mean(dim=(1, 2))
                out[n, i, j] = ((colors - color) ** 2).sum(dim=1).argmin()
    return out


def color_bins_r_numpy(ab, colors):
    a = ab.detach().cpu().numpy().astype(np.float64)
    c = colors.detach().cpu().numpy().astype(np.float64)
    B, _, H, W = a.shape
    m = a.reshape(B, 2, H // 4, 4, W // 4, 4).mean(axis=(3, 5))
    d = np.hypot(m[:, 0, :, :, None] - c[:, 0], m[:, 1, :, :, None] - c[:, 1])
    return torch.from_numpy(d.argmin(axis=-1).astype(np.int64)).to(ab.device)


def color_bins_r_einsum(ab, colors):
    B, _, H, W = ab.shape
    x = ab.double().reshape(B, 2, H // 4, 4, W // 4, 4)
    c = colors.double()
    dots = torch.einsum("bkiujv,qk->bijq", x, c) / 16
    # |x|^2 is the same for all bins and may be left out
    return (c.pow(2).sum(1) / 2 - dots).argmin(dim=-1)


def color_bins_r_area_cdist(ab, colors):
    B, _, H, W = ab.shape
    x = F.interpolate(ab, size=(H // 4, W // 4), mode="area")
    rows = x.permute(0, 2, 3, 1).reshape(-1, 2)
    d = torch.cdist(rows, colors, compute_mode="donot_use_mm_for_euclid_dist")
    nearest = torch.topk(d, 1, dim=1, largest=False).indices
    return nearest.reshape(B, H // 4, W // 4)


def color_bins_r_running_best(ab, colors):
    x = ab.unfold(2, 4, 4).unfold(3, 4, 4).mean(dim=(-2, -1))
    best = torch.full_like(x[:, 0], float("inf"))
    number = torch.zeros_like(x[:, 0], dtype=torch.long)
    for q in range(colors.shape[0]):
        d = (x[:, 0] - colors[q, 0]) ** 2 + (x[:, 1] - colors[q, 1]) ** 2
        closer = d < best
        best = torch.where(closer, d, best)
        number[closer] = q
    return number


# ---------------------------------------------------------------- color_loss, wrong


# plain mean of the weights made 1 instead of sum_q p_q w_q = 1: another overall factor
def color_loss_w_mean_weight_one(logits, bins, shares, uniform):
    w = 1 / ((1 - uniform) * shares + uniform / len(shares))
    w = w / w.mean()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (ce * w[bins]).mean()


# cross_entropy's default mean with weight= divides by the sum of the weights, not by N
def color_loss_w_weighted_mean(logits, bins, shares, uniform):
    w = 1 / ((1 - uniform) * shares + uniform / len(shares))
    w = w / (shares * w).sum()
    return F.cross_entropy(logits, bins, weight=w)


# lambda and 1 - lambda swapped: rebalances most where it should least (equal only at 1/2)
def color_loss_w_lambda_swapped(logits, bins, shares, uniform):
    w = 1 / (uniform * shares + (1 - uniform) / len(shares) + 1e-8)
    w = w / (shares * w).sum()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (ce * w[bins]).mean()


# logits reshaped to (N, Q) without moving Q last: a row mixes places, not the bins of a place
def color_loss_w_reshape_no_permute(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / (shares * w).sum()
    flat = bins.reshape(-1)
    ce = F.cross_entropy(logits.reshape(-1, Q), flat, reduction="none")
    return (ce * w[flat]).mean()


# mean over the one-hot product divides by B*Q*H*W instead of B*H*W: Q times too small
def color_loss_w_mean_over_bins_too(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / (shares * w).sum()
    onehot = F.one_hot(bins, Q).permute(0, 3, 1, 2)
    return -(onehot * w.view(1, Q, 1, 1) * F.log_softmax(logits, dim=1)).mean()


# mean cross-entropy times mean weight is not the mean of the products
def color_loss_w_product_of_means(logits, bins, shares, uniform):
    w = 1 / ((1 - uniform) * shares + uniform / len(shares))
    w = w / (shares * w).sum()
    return F.cross_entropy(logits, bins) * w[bins].mean()


# takes the weight of the bin the network guesses, not of the true bin
def color_loss_w_weight_of_guess(logits, bins, shares, uniform):
    w = 1 / ((1 - uniform) * shares + uniform / len(shares))
    w = w / (shares * w).sum()
    guess = logits.argmax(dim=1)
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (ce * w[guess]).mean()


# counts p_q in this batch instead of using the given shares of the training photographs
def color_loss_w_shares_of_batch(logits, bins, shares, uniform):
    Q = logits.shape[1]
    p = torch.bincount(bins.flatten(), minlength=Q).to(shares.dtype) / bins.numel()
    w = 1 / ((1 - uniform) * p + uniform / Q)
    w = w / (p * w).sum()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (ce * w[bins]).mean()


# softmax before cross_entropy, which applies its own softmax: probabilities get flattened
def color_loss_w_double_softmax(logits, bins, shares, uniform):
    w = 1 / ((1 - uniform) * shares + uniform / len(shares))
    w = w / (shares * w).sum()
    z = torch.softmax(logits, dim=1)
    ce = F.cross_entropy(z, bins, reduction="none")
    return (ce * w[bins]).mean()


# normalises the mixture first and inverts afterwards: sum_q p_q w_q is then not 1
def color_loss_w_normalise_then_invert(logits, bins, shares, uniform):
    mix = (1 - uniform) * shares + uniform / len(shares)
    mix = mix / (shares * mix).sum()
    w = 1 / mix
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (ce * w[bins]).mean()


# ---------------------------------------------------------------- color_loss, right


def color_loss_r_logsumexp_gather(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = ((1 - uniform) * shares + uniform / Q) ** (-1)
    w = w / torch.sum(shares * w)
    true_logit = logits.gather(1, bins.unsqueeze(1)).squeeze(1)
    ce = torch.logsumexp(logits, dim=1) - true_logit
    return (w[bins] * ce).mean()


def color_loss_r_library_sum(logits, bins, shares, uniform):
    w = torch.lerp(shares, torch.full_like(shares, 1 / shares.numel()), uniform).reciprocal()
    w = w / (w * shares).sum()
    return F.cross_entropy(logits, bins, weight=w, reduction="sum") / bins.numel()


def color_loss_r_loop_over_bins(logits, bins, shares, uniform):
    Q = logits.shape[1]
    raw = [1.0 / ((1 - uniform) * float(shares[q]) + uniform / Q) for q in range(Q)]
    norm = sum(float(shares[q]) * raw[q] for q in range(Q))
    logz = F.log_softmax(logits, dim=1)
    total = logz.new_zeros(())
    for q in range(Q):
        here = bins == q
        total = total - raw[q] / norm * logz[:, q][here].sum()
    return total / bins.numel()


def color_loss_r_numpy_weights(logits, bins, shares, uniform):
    p = shares.detach().cpu().numpy().astype(np.float64)
    w = 1.0 / ((1.0 - uniform) * p + uniform / p.size)
    w /= np.sum(p * w)
    w = torch.from_numpy(w).to(device=logits.device, dtype=torch.float32)
    Q = logits.shape[1]
    rows = logits.permute(0, 2, 3, 1).reshape(-1, Q)
    q = bins.reshape(-1)
    nll = F.nll_loss(F.log_softmax(rows, dim=1), q, reduction="none")
    weight = F.embedding(q, w[:, None])[:, 0]
    return torch.mean(nll * weight)


def color_loss_r_einsum(logits, bins, shares, uniform):
    with torch.autocast(device_type=logits.device.type, enabled=False):
        z = logits.float()
        p = shares.float()
        Q = z.shape[1]
        w = 1 / ((1 - uniform) * p + uniform / Q)
        w = w / (p * w).sum()
        logz = z - z.logsumexp(dim=1, keepdim=True)
        onehot = (bins.unsqueeze(1) == torch.arange(Q, device=z.device).view(1, Q, 1, 1)).float()
        place = torch.einsum("bqhw,bqhw->bqhw", onehot * w.view(1, Q, 1, 1), logz)
        return -torch.einsum("bqhw->", place) / bins.numel()


BINS = "colorization.color_bins"
LOSS = "colorization.color_loss"

ANSWERS = [
    (
        BINS,
        "wrong",
        color_bins_w_split_order,
        "splits height and width as (4, S/4), so it averages pixels far apart",
    ),
    (
        BINS,
        "wrong",
        color_bins_w_reshape_no_permute,
        "reshapes (B, 2, h, w) to rows of 2 without moving the color axis last",
    ),
    (
        BINS,
        "wrong",
        color_bins_w_bilinear,
        "shrinks bilinearly, which uses only the middle 2 x 2 pixels of each block",
    ),
    (BINS, "wrong", color_bins_w_sum_not_mean, "sums the 16 pixels instead of averaging them"),
    (
        BINS,
        "wrong",
        color_bins_w_dot_product,
        "takes the largest dot product instead of the smallest distance",
    ),
    (
        BINS,
        "wrong",
        color_bins_w_vote,
        "bins every pixel first and takes the commonest bin, instead of averaging the color first",
    ),
    (
        BINS,
        "wrong",
        color_bins_w_min_value,
        "returns the smallest distance instead of the bin's number",
    ),
    (BINS, "wrong", color_bins_w_transposed, "swaps rows and columns of the result"),
    (
        BINS,
        "wrong",
        color_bins_w_square_after_sum,
        "sums the differences of a and b before squaring",
    ),
    (BINS, "wrong", color_bins_w_float_result, "returns float32 instead of int64"),
    (BINS, "right", color_bins_r_loops, ""),
    (BINS, "right", color_bins_r_numpy, ""),
    (BINS, "right", color_bins_r_einsum, ""),
    (BINS, "right", color_bins_r_area_cdist, ""),
    (BINS, "right", color_bins_r_running_best, ""),
    (
        LOSS,
        "wrong",
        color_loss_w_mean_weight_one,
        "normalises the weights to a plain mean of 1 instead of sum p w = 1",
    ),
    (
        LOSS,
        "wrong",
        color_loss_w_weighted_mean,
        "cross_entropy's weighted mean divides by the sum of the weights instead of N",
    ),
    (LOSS, "wrong", color_loss_w_lambda_swapped, "swaps lambda and 1 - lambda"),
    (
        LOSS,
        "wrong",
        color_loss_w_reshape_no_permute,
        "reshapes the logits to (N, Q) without moving the bin axis last",
    ),
    (
        LOSS,
        "wrong",
        color_loss_w_mean_over_bins_too,
        "takes the mean over the bins too, so divides by N Q",
    ),
    (
        LOSS,
        "wrong",
        color_loss_w_product_of_means,
        "multiplies the mean cross-entropy by the mean weight",
    ),
    (
        LOSS,
        "wrong",
        color_loss_w_weight_of_guess,
        "takes the weight of the guessed bin instead of the true one",
    ),
    (
        LOSS,
        "wrong",
        color_loss_w_shares_of_batch,
        "counts the shares in the batch instead of using the given ones",
    ),
    (LOSS, "wrong", color_loss_w_double_softmax, "applies softmax before cross_entropy, so twice"),
    (
        LOSS,
        "wrong",
        color_loss_w_normalise_then_invert,
        "normalises before inverting, so sum p w is not 1",
    ),
    (LOSS, "right", color_loss_r_logsumexp_gather, ""),
    (LOSS, "right", color_loss_r_library_sum, ""),
    (LOSS, "right", color_loss_r_loop_over_bins, ""),
    (LOSS, "right", color_loss_r_numpy_weights, ""),
    (LOSS, "right", color_loss_r_einsum, ""),
]
