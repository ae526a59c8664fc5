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

# the second round, by another writer


# ---------------------------------------------------------------- color_bins, wrong


# takes the top-left pixel of each 4 x 4 block; differs wherever the block is not of one color
def color_bins_v_topleft(ab, colors):
    small = ab[:, :, ::4, ::4]
    diff = small.permute(0, 2, 3, 1).unsqueeze(-2) - colors
    return diff.pow(2).sum(-1).argmin(-1)


# bilinear resize by 1/4 without antialias averages only the central 2 x 2 pixels of each block
def color_bins_v_bilinear(ab, colors):
    small = F.interpolate(ab, scale_factor=0.25, mode="bilinear", align_corners=False)
    B, _, h, w = small.shape
    flat = small.permute(0, 2, 3, 1).reshape(-1, 2)
    return torch.cdist(flat, colors).argmin(dim=1).reshape(B, h, w)


# reshape to (..., 2) without moving the channel last: pairs two neighboring a's (or b's) as one color
def color_bins_v_noperm(ab, colors):
    small = F.avg_pool2d(ab, 4)
    B, _, h, w = small.shape
    flat = small.reshape(-1, 2)
    return torch.cdist(flat, colors).argmin(dim=1).reshape(B, h, w)


# splits each axis as (4, S/4) and not (S/4, 4): averages pixels that lie S/4 apart, not neighbors
def color_bins_v_blocksplit(ab, colors):
    B, C, H, W = ab.shape
    small = ab.reshape(B, C, 4, H // 4, 4, W // 4).mean(dim=(2, 4))
    x = small.permute(0, 2, 3, 1)
    d = ((x[..., None, :] - colors) ** 2).sum(-1)
    return d.argmin(-1)


# permute(0, 3, 2, 1) swaps rows and columns: every place gets the bin of another place
def color_bins_v_hwswap(ab, colors):
    small = F.avg_pool2d(ab, kernel_size=4)
    B, _, h, w = small.shape
    flat = small.permute(0, 3, 2, 1).reshape(B * h * w, 2)
    return torch.cdist(flat, colors).argmin(1).reshape(B, h, w)


# bins each pixel first, then averages the bin NUMBERS, which have no meaning as quantities
def color_bins_v_binsmean(ab, colors):
    B, _, H, W = ab.shape
    flat = ab.permute(0, 2, 3, 1).reshape(-1, 2)
    q = torch.cdist(flat, colors).argmin(1).reshape(B, 1, H, W)
    return F.avg_pool2d(q.float(), 4).round().long().squeeze(1)


# bins each pixel first, then takes the most frequent bin: the majority is not the bin of the average
def color_bins_v_binsmode(ab, colors):
    B, _, H, W = ab.shape
    flat = ab.permute(0, 2, 3, 1).reshape(-1, 2)
    q = torch.cdist(flat, colors).argmin(1).reshape(B, H // 4, 4, W // 4, 4)
    q = q.permute(0, 1, 3, 2, 4).reshape(B, H // 4, W // 4, 16)
    return q.mode(dim=-1).values


# cosine similarity compares only the direction (hue), so pale and strong colors fall together
def color_bins_v_cosine(ab, colors):
    small = F.avg_pool2d(ab, 4).permute(0, 2, 3, 1)
    sim = (F.normalize(small, dim=-1).unsqueeze(-2) * F.normalize(colors, dim=-1)).sum(-1)
    return sim.argmax(dim=-1)


# sums the differences of a and b before squaring: only a + b is compared, errors cancel
def color_bins_v_sumfirst(ab, colors):
    small = F.avg_pool2d(ab, 4).permute(0, 2, 3, 1)
    diff = small[:, :, :, None, :] - colors[None, None, None]
    return (diff.sum(-1) ** 2).argmin(-1)


# expands |x - c|^2 with -x.c and not -2 x.c: nearest to x/2, so the bins are too gray
def color_bins_v_forgottwo(ab, colors):
    small = F.avg_pool2d(ab, 4).permute(0, 2, 3, 1)
    x2 = (small**2).sum(-1, keepdim=True)
    c2 = (colors**2).sum(-1)
    xc = (small.unsqueeze(-2) * colors).sum(-1)
    return (x2 + c2 - xc).argmin(-1)


# ---------------------------------------------------------------- color_bins, right


def color_bins_p_cdist(ab, colors):
    small = F.avg_pool2d(ab, 4)
    B, _, h, w = small.shape
    flat = small.permute(0, 2, 3, 1).reshape(-1, 2)
    return torch.cdist(flat, colors).argmin(dim=1).view(B, h, w)


def color_bins_p_reshape(ab, colors):
    B, C, H, W = ab.shape
    mean = ab.reshape(B, C, H // 4, 4, W // 4, 4).mean(dim=5).mean(dim=3)
    a, b = mean[:, 0, :, :, None], mean[:, 1, :, :, None]
    return ((a - colors[:, 0]) ** 2 + (b - colors[:, 1]) ** 2).min(dim=-1).indices


def color_bins_p_loop(ab, colors):
    small = F.avg_pool2d(F.avg_pool2d(ab, 2), 2)
    best = torch.full_like(small[:, 0], float("inf"))
    out = torch.zeros(best.shape, dtype=torch.int64, device=ab.device)
    for q in range(len(colors)):
        d = (small - colors[q].view(1, 2, 1, 1)).square().sum(1)
        closer = d < best
        out[closer] = q
        best = torch.where(closer, d, best)
    return out


def color_bins_p_numpy(ab, colors):
    x = ab.detach().cpu().numpy().astype(np.float64)
    c = colors.detach().cpu().numpy().astype(np.float64)
    s = sum(x[:, :, i::4, j::4] for i in range(4) for j in range(4)) / 16
    out = np.empty((s.shape[0], s.shape[2], s.shape[3]), dtype=np.int64)
    for k in range(len(s)):
        d = np.linalg.norm(s[k][None] - c[:, :, None, None], axis=1)
        out[k] = d.argmin(axis=0)
    return torch.from_numpy(out).to(ab.device)


def color_bins_p_unfold(ab, colors):
    B, _, H, W = ab.shape
    patches = F.unfold(ab, kernel_size=4, stride=4)  # (B, 2 * 16, places)
    mean = patches.view(B, 2, 16, -1).mean(2).transpose(1, 2)  # (B, places, 2)
    rows = []
    for pic in mean:
        d = torch.norm(pic[:, None] - colors[None], dim=-1)
        rows.append(torch.topk(-d, 1, dim=1).indices[:, 0])
    return torch.stack(rows).view(B, H // 4, W // 4)


# ---------------------------------------------------------------- color_loss, wrong


# weight= with the default reduction divides by the sum of the batch's weights and not by N
def color_loss_v_weightedmean(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / (shares * w).sum()
    return F.cross_entropy(logits, bins, weight=w)


# never scales the weights to sum p w = 1: the loss is too large by that factor (Q at lambda 1)
def color_loss_v_nonorm(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (w[bins] * ce).mean()


# scales the plain mean over bins to 1, not the mean weighted by the shares: other scale unless p is even
def color_loss_v_plainmean(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / w.mean()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (w[bins] * ce).mean()


# lambda and 1 - lambda swapped: differs at every lambda but exactly 0.5
def color_loss_v_swapped(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = (uniform * shares + (1 - uniform) / Q) ** -1
    w = w / (shares * w).sum()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (w[bins] * ce).mean()


# forgets the power -1: common colors count more, rare ones less
def color_loss_v_noinverse(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = (1 - uniform) * shares + uniform / Q
    w = w / (shares * w).sum()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (w[bins] * ce).mean()


# adds lambda and not lambda / Q: weights far too flat for 0 < lambda < 1
def color_loss_v_noq(logits, bins, shares, uniform):
    w = 1.0 / ((1 - uniform) * shares + uniform)
    w = w / (shares * w).sum()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (w[bins] * ce).mean()


# cross_entropy is already averaged, so weights and places are no longer paired: mean(w) * mean(ce)
def color_loss_v_meanfirst(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / (shares * w).sum()
    ce = F.cross_entropy(logits, bins)
    return (w[bins] * ce).mean()


# softmax twice: cross_entropy applies its own log-softmax to probabilities, values near log Q
def color_loss_v_doublesoftmax(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / (shares * w).sum()
    z = logits.softmax(dim=1)
    ce = F.cross_entropy(z, bins, reduction="none")
    return (w[bins] * ce).mean()


# divides the sum by the number of pictures only and not by all places: too large by H * W
def color_loss_v_perpicture(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / (shares * w).sum()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (w[bins] * ce).flatten(1).sum(1).mean()


# flattens logits to (N, Q) without moving Q last: each row mixes the logits of different places
def color_loss_v_noperm(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / (shares * w).sum()
    target = bins.reshape(-1)
    ce = F.cross_entropy(logits.reshape(-1, Q), target, reduction="none")
    return (w[target] * ce).mean()


# ---------------------------------------------------------------- color_loss, right


def color_loss_p_plain(logits, bins, shares, uniform):
    Q = logits.shape[1]
    w = 1 / ((1 - uniform) * shares + uniform / Q)
    w = w / (shares * w).sum()
    ce = F.cross_entropy(logits, bins, reduction="none")
    return (w[bins] * ce).mean()


def color_loss_p_sumdiv(logits, bins, shares, uniform):
    mix = torch.lerp(shares, torch.full_like(shares, 1.0 / shares.numel()), float(uniform))
    w = mix.reciprocal()
    w /= torch.sum(w * shares)
    return F.cross_entropy(logits, bins, weight=w, reduction="sum") / bins.numel()


def color_loss_p_logsumexp(logits, bins, shares, uniform):
    B, Q, H, W = logits.shape
    x = logits.float().permute(0, 2, 3, 1).reshape(-1, Q)
    t = bins.reshape(-1)
    mix = (1 - uniform) * shares.float() + uniform / Q
    scale = (shares.float() / mix).sum()
    place_weight = 1.0 / (mix[t] * scale)
    nll = torch.logsumexp(x, dim=1) - x.gather(1, t[:, None]).squeeze(1)
    return (place_weight * nll).sum() / (B * H * W)


def color_loss_p_onehot(logits, bins, shares, uniform):
    Q = logits.size(1)
    w = torch.pow((1.0 - uniform) * shares + uniform / Q, -1)
    w = w.div((w * shares).sum()).view(1, Q, 1, 1)
    logp = torch.log_softmax(logits, dim=1)
    y = F.one_hot(bins, num_classes=Q).permute(0, 3, 1, 2).to(logp.dtype)
    return -(y * w * logp).sum(dim=1).mean()


# weighted mean of nll_loss, times the mean weight of the batch: the same as the mean over N
def color_loss_p_undomean(logits, bins, shares, uniform):
    Q = len(shares)
    with torch.no_grad():
        w = 1 / (shares - uniform * (shares - 1 / Q))
        w = w / (shares * w).sum()
        mean_weight = w.take(bins).mean()
    logp = F.log_softmax(logits.float(), dim=1)
    return F.nll_loss(logp, bins, weight=w) * mean_weight


_B, _L = "colorization.color_bins", "colorization.color_loss"


ANSWERS = [
    ("colorization.color_bins", "wrong", color_bins_w_split_order, "Pixels far apart"),
    ("colorization.color_bins", "wrong", color_bins_w_reshape_no_permute, "to (…, 2)"),
    ("colorization.color_bins", "wrong", color_bins_w_bilinear, "Shrinking bilinearly"),
    ("colorization.color_bins", "wrong", color_bins_w_sum_not_mean, "were added up"),
    ("colorization.color_bins", "wrong", color_bins_w_dot_product, "dot product"),
    ("colorization.color_bins", "wrong", color_bins_w_vote, "the most frequent one won"),
    ("colorization.color_bins", "wrong", color_bins_w_min_value, "cut to a whole number"),
    ("colorization.color_bins", "wrong", color_bins_w_transposed, "Height and width"),
    ("colorization.color_bins", "wrong", color_bins_w_square_after_sum, "before squaring"),
    ("colorization.color_bins", "wrong", color_bins_w_float_result, "whole numbers"),
    ("colorization.color_bins", "right", color_bins_r_loops, ""),
    ("colorization.color_bins", "right", color_bins_r_numpy, ""),
    ("colorization.color_bins", "right", color_bins_r_einsum, ""),
    ("colorization.color_bins", "right", color_bins_r_area_cdist, ""),
    ("colorization.color_bins", "right", color_bins_r_running_best, ""),
    ("colorization.color_loss", "wrong", color_loss_w_mean_weight_one, "plain mean over bins"),
    ("colorization.color_loss", "wrong", color_loss_w_weighted_mean, "sum of the weights"),
    ("colorization.color_loss", "wrong", color_loss_w_lambda_swapped, "exchanged"),
    ("colorization.color_loss", "wrong", color_loss_w_reshape_no_permute, "mixes places"),
    ("colorization.color_loss", "wrong", color_loss_w_mean_over_bins_too, "number of bins"),
    ("colorization.color_loss", "wrong", color_loss_w_product_of_means, "mean weight"),
    ("colorization.color_loss", "wrong", color_loss_w_weight_of_guess, "that the network chose"),
    ("colorization.color_loss", "wrong", color_loss_w_shares_of_batch, "counted anew"),
    ("colorization.color_loss", "wrong", color_loss_w_double_softmax, "taken twice"),
    (
        "colorization.color_loss",
        "wrong",
        color_loss_w_normalise_then_invert,
        "before the reciprocal",
    ),
    ("colorization.color_loss", "right", color_loss_r_logsumexp_gather, ""),
    ("colorization.color_loss", "right", color_loss_r_library_sum, ""),
    ("colorization.color_loss", "right", color_loss_r_loop_over_bins, ""),
    ("colorization.color_loss", "right", color_loss_r_numpy_weights, ""),
    ("colorization.color_loss", "right", color_loss_r_einsum, ""),
    ("colorization.color_bins", "wrong", color_bins_v_topleft, "upper left"),
    ("colorization.color_bins", "wrong", color_bins_v_bilinear, "Shrinking bilinearly"),
    ("colorization.color_bins", "wrong", color_bins_v_noperm, "to (…, 2)"),
    ("colorization.color_bins", "wrong", color_bins_v_blocksplit, "Pixels far apart"),
    ("colorization.color_bins", "wrong", color_bins_v_hwswap, "Height and width"),
    ("colorization.color_bins", "wrong", color_bins_v_binsmean, "no mean of colors"),
    ("colorization.color_bins", "wrong", color_bins_v_binsmode, "the most frequent one won"),
    ("colorization.color_bins", "wrong", color_bins_v_cosine, "Only directions"),
    ("colorization.color_bins", "wrong", color_bins_v_sumfirst, "before squaring"),
    ("colorization.color_bins", "wrong", color_bins_v_forgottwo, "cross term"),
    ("colorization.color_bins", "right", color_bins_p_cdist, ""),
    ("colorization.color_bins", "right", color_bins_p_reshape, ""),
    ("colorization.color_bins", "right", color_bins_p_loop, ""),
    ("colorization.color_bins", "right", color_bins_p_numpy, ""),
    ("colorization.color_bins", "right", color_bins_p_unfold, ""),
    ("colorization.color_loss", "wrong", color_loss_v_weightedmean, "sum of the weights"),
    ("colorization.color_loss", "wrong", color_loss_v_nonorm, "not scaled"),
    ("colorization.color_loss", "wrong", color_loss_v_plainmean, "plain mean over bins"),
    ("colorization.color_loss", "wrong", color_loss_v_swapped, "exchanged"),
    ("colorization.color_loss", "wrong", color_loss_v_noinverse, "reciprocal is missing"),
    ("colorization.color_loss", "wrong", color_loss_v_noq, "not divided by Q"),
    ("colorization.color_loss", "wrong", color_loss_v_meanfirst, "mean weight"),
    ("colorization.color_loss", "wrong", color_loss_v_doublesoftmax, "taken twice"),
    ("colorization.color_loss", "wrong", color_loss_v_perpicture, "pictures averaged"),
    ("colorization.color_loss", "wrong", color_loss_v_noperm, "mixes places"),
    ("colorization.color_loss", "right", color_loss_p_plain, ""),
    ("colorization.color_loss", "right", color_loss_p_sumdiv, ""),
    ("colorization.color_loss", "right", color_loss_p_logsumexp, ""),
    ("colorization.color_loss", "right", color_loss_p_onehot, ""),
    ("colorization.color_loss", "right", color_loss_p_undomean, ""),
]
