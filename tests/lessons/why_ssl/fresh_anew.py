"""Answers written from the text of the tasks alone, without sight of the checks; not yet checked."""

# Left as it was written.
# ruff: noqa
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, normalize
from sklearn.svm import SVC


def _np(t):
    return t.detach().cpu().numpy()


# ---------------------------------------------------------------- read_off


def read_off_q1_queries_own_scaler(features, labels, queries):
    train = StandardScaler().fit_transform(_np(features))
    test = StandardScaler().fit_transform(_np(queries))
    model = LogisticRegression(max_iter=1000)
    model.fit(train, _np(labels))
    return torch.from_numpy(model.predict(test)).long()


def read_off_q2_rows_normalized(features, labels, queries):
    train = normalize(_np(features))
    test = normalize(_np(queries))
    model = LogisticRegression(max_iter=1000).fit(train, _np(labels))
    return torch.from_numpy(model.predict(test)).long()


def read_off_q3_no_bias(features, labels, queries):
    X, Q = _np(features), _np(queries)
    scale = np.abs(X).max(axis=0)
    scale[scale == 0] = 1
    # W only: one weight vector for each class
    model = LogisticRegression(max_iter=2000, fit_intercept=False)
    model.fit(X / scale, _np(labels))
    return torch.from_numpy(model.predict(Q / scale)).long()


def read_off_q4_svc_with_kernel(features, labels, queries):
    model = make_pipeline(StandardScaler(), SVC())
    model.fit(_np(features), _np(labels))
    return torch.from_numpy(model.predict(_np(queries))).long()


def read_off_p1_lbfgs_formula(features, labels, queries):
    with torch.enable_grad():
        classes, y = torch.unique(labels, return_inverse=True)
        h = features.detach().double()
        mean, std = h.mean(0), h.std(0, unbiased=False)
        std = torch.where(std > 0, std, torch.ones_like(std))
        z = (h - mean) / std
        n, d = z.shape
        W = torch.zeros(len(classes), d, dtype=torch.double, device=z.device, requires_grad=True)
        b = torch.zeros(len(classes), dtype=torch.double, device=z.device, requires_grad=True)
        lam = 1.0 / n
        optimizer = torch.optim.LBFGS([W, b], max_iter=500, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(z @ W.T + b, y) + lam / 2 * (W**2).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    with torch.no_grad():
        scores = (queries.detach().double() - mean) / std @ W.T + b
        return classes[scores.argmax(1)]


def read_off_p2_weights_folded_back(features, labels, queries):
    X = _np(features).astype(np.float64)
    Q = _np(queries).astype(np.float64)
    mu = X.mean(axis=0)
    sd = X.std(axis=0)
    sd[sd == 0] = 1.0
    model = LogisticRegression(max_iter=3000).fit((X - mu) / sd, _np(labels))
    W, b = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # sklearn keeps one row for two classes
        W = np.concatenate([np.zeros_like(W), W])
        b = np.concatenate([np.zeros_like(b), b])
    # weights for the features as they came
    W_raw = W / sd
    b_raw = b - W_raw @ mu
    best = (Q @ W_raw.T + b_raw).argmax(axis=1)
    return torch.from_numpy(np.asarray(model.classes_)[best]).long()


# ------------------------------------------------------------- mask_tokens


def mask_tokens_q1_last_word_never_drawn(tokens, n_tokens, generator):
    words = tokens >= 2
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & words
    how = torch.rand(tokens.shape, generator=generator)
    random_words = torch.randint(2, n_tokens - 1, tokens.shape, generator=generator)
    targets = torch.where(selected, tokens, torch.full_like(tokens, -100))
    corrupted = tokens.clone()
    corrupted[selected & (how < 0.8)] = 1
    swap = selected & (how >= 0.8) & (how < 0.9)
    corrupted[swap] = random_words[swap]
    return corrupted, targets


def mask_tokens_q2_ten_percent_of_the_rest(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    targets = tokens.masked_fill(~selected, -100)
    masked = selected & (torch.rand(tokens.shape, generator=generator) < 0.8)
    replaced = selected & ~masked & (torch.rand(tokens.shape, generator=generator) < 0.1)
    random_words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.masked_fill(masked, 1)
    corrupted = torch.where(replaced, random_words, corrupted)
    return corrupted, targets


def mask_tokens_q3_target_only_where_changed(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    how = torch.rand(tokens.shape, generator=generator)
    random_words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = torch.where(selected & (how < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (how >= 0.9), random_words, corrupted)
    targets = torch.where(corrupted != tokens, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def mask_tokens_q4_corrupted_is_tokens(tokens, n_tokens, generator):
    corrupted = tokens
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    how = torch.rand(tokens.shape, generator=generator)
    random_words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[selected & (how < 0.8)] = 1
    swap = selected & (how > 0.9)
    corrupted[swap] = random_words[swap]
    targets = torch.full_like(tokens, -100)
    targets[selected] = tokens[selected]
    return corrupted, targets


def mask_tokens_p1_fate_by_multinomial(tokens, n_tokens, generator):
    dev = generator.device
    chance = torch.full(tokens.shape, 0.15, device=dev)
    chance[(tokens < 2).to(dev)] = 0.0
    chosen = torch.bernoulli(chance, generator=generator).bool().to(tokens.device)
    shares = torch.tensor([0.8, 0.1, 0.1], device=dev)
    fate = torch.multinomial(shares, tokens.numel(), replacement=True, generator=generator)
    fate = fate.view(tokens.shape).to(tokens.device)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator, device=dev).to(
        tokens.device
    )
    options = torch.stack([torch.ones_like(tokens), words, tokens])  # masked, replaced, kept
    picked = options.gather(0, fate.unsqueeze(0)).squeeze(0)
    corrupted = torch.where(chosen, picked, tokens)
    targets = tokens.masked_fill(~chosen, -100)
    return corrupted, targets


def mask_tokens_p2_one_draw_three_limits(tokens, n_tokens, generator):
    # 0.15 * 0.8 = 0.12, then 0.015 and 0.015
    u = torch.rand(tokens.shape, generator=generator, dtype=torch.double, device=generator.device)
    v = torch.rand(tokens.shape, generator=generator, dtype=torch.double, device=generator.device)
    u, v = u.to(tokens.device), v.to(tokens.device)
    u = u.masked_fill(tokens <= 1, 1.0)
    words = 2 + (v * (n_tokens - 2)).floor().long()
    corrupted = torch.where(u < 0.12, 1, torch.where(u < 0.135, words, tokens))
    targets = torch.where(u < 0.15, tokens, -100)
    return corrupted, targets


# ----------------------------------------------------------- hide_quadrant


def hide_quadrant_q1_columns_first(images, generator):
    B, C, S, _ = images.shape
    h = S // 2
    labels = torch.randint(0, 4, (B,), generator=generator)
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        row, col = label % 2, label // 2
        hidden[i, :, row * h : (row + 1) * h, col * h : (col + 1) * h] = 0
    return hidden, labels


def hide_quadrant_q2_never_bottom_right(images, generator):
    B, C, S, _ = images.shape
    h = S // 2
    labels = torch.randint(0, 3, (B,), generator=generator)
    hidden = images.clone()
    for i in range(B):
        top = 0 if labels[i] < 2 else h
        left = 0 if labels[i] % 2 == 0 else h
        hidden[i, :, top : top + h, left : left + h] = 0
    return hidden, labels


def hide_quadrant_q3_float_mask(images, generator):
    B, C, S, _ = images.shape
    h = S // 2
    labels = torch.randint(0, 4, (B,), generator=generator)
    mask = torch.ones(B, 1, S, S)
    for i, label in enumerate(labels.tolist()):
        row, col = divmod(label, 2)
        mask[i, 0, row * h : (row + 1) * h, col * h : (col + 1) * h] = 0
    return images * mask.to(images.device), labels


def hide_quadrant_q4_channel_axis_forgotten(images, generator):
    h = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        top, left = h * (label // 2), h * (label % 2)
        hidden[i, top : top + h, left : left + h] = 0
    return hidden, labels


def hide_quadrant_p1_enlarged_one_hot(images, generator):
    h = images.shape[-1] // 2
    labels = torch.randint(4, (len(images),), generator=generator, device=generator.device)
    labels = labels.to(images.device)
    small = F.one_hot(labels, 4).bool().view(-1, 1, 2, 2)
    mask = small.repeat_interleave(h, dim=2).repeat_interleave(h, dim=3)
    return images.masked_fill(mask, 0), labels


def hide_quadrant_p2_two_by_two_blocks(images, generator):
    B, C, S, _ = images.shape
    h = S // 2
    row = torch.randint(2, (B,), generator=generator, device=generator.device).to(images.device)
    col = torch.randint(2, (B,), generator=generator, device=generator.device).to(images.device)
    blocks = images.clone().reshape(B, C, 2, h, 2, h).permute(0, 2, 4, 1, 3, 5).contiguous()
    blocks[torch.arange(B, device=images.device), row, col] = 0
    hidden = blocks.permute(0, 3, 1, 4, 2, 5).reshape(B, C, S, S)
    return hidden, 2 * row + col


NEW = [
    (
        "why_ssl.read_off",
        "wrong",
        read_off_q1_queries_own_scaler,
        "The queries are standardized with their own mean and standard deviation instead of those of the features.",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_q2_rows_normalized,
        "Each photograph's vector is scaled to unit length (wrong axis), so dimensions still differ greatly in scale.",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_q3_no_bias,
        "The classifier has no bias and the features are not centered, so its planes must pass through the origin.",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_q4_svc_with_kernel,
        "SVC() with its default RBF kernel is not a linear classifier.",
    ),
    ("why_ssl.read_off", "right", read_off_p1_lbfgs_formula, ""),
    ("why_ssl.read_off", "right", read_off_p2_weights_folded_back, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_q1_last_word_never_drawn,
        "randint excludes its upper end, so word n_tokens - 1 is never drawn as a replacement.",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_q2_ten_percent_of_the_rest,
        "10% of the rest instead of 10% of the selected places are replaced, so the shares are 80/2/18.",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_q3_target_only_where_changed,
        "Selected places that stay as they are get no target.",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_q4_corrupted_is_tokens,
        "corrupted is the same tensor as tokens, so the targets are the corrupted words (and the input is overwritten).",
    ),
    ("why_ssl.mask_tokens", "right", mask_tokens_p1_fate_by_multinomial, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_p2_one_draw_three_limits, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_q1_columns_first,
        "Row and column are taken the wrong way round, so labels 1 and 2 are exchanged.",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_q2_never_bottom_right,
        "randint(0, 3) never draws 3, so the bottom right quadrant is never hidden.",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_q3_float_mask,
        "Multiplying by a float mask turns uint8 photographs into float32.",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_q4_channel_axis_forgotten,
        "The channel axis is forgotten in the index, so the top half or nothing is hidden.",
    ),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_p1_enlarged_one_hot, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_p2_two_by_two_blocks, ""),
]
