"""Answers written from the text of the tasks alone, without sight of the checks; not yet checked."""

# Left as it was written.
# ruff: noqa
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


# ---------------------------------------------------------------- read_off


def read_off_z1_renumbered_classes(features, labels, queries):
    x = features.detach().cpu().numpy()
    q = queries.detach().cpu().numpy()
    classes, y = np.unique(labels.cpu().numpy(), return_inverse=True)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(x, y)
    return torch.from_numpy(model.predict(q)).long()


def read_off_z2_scales_in_place(features, labels, queries):
    mean = features.mean(0)
    std = features.std(0) + 1e-8
    features -= mean
    features /= std
    queries -= mean
    queries /= std
    model = LogisticRegression(max_iter=1000)
    model.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(model.predict(queries.numpy()))


def read_off_z3_dead_feature_nan(features, labels, queries):
    mean, std = features.mean(0), features.std(0)
    x = ((features - mean) / std).detach()
    q = ((queries - mean) / std).detach()
    classes = int(labels.max()) + 1
    linear = nn.Linear(x.shape[1], classes)
    with torch.no_grad():
        linear.weight.zero_()
        linear.bias.zero_()
    optimizer = torch.optim.Adam(linear.parameters(), lr=0.05, weight_decay=1e-3)
    for _ in range(500):
        optimizer.zero_grad()
        loss = F.cross_entropy(linear(x.float()), labels)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return linear(q.float()).argmax(1)


def read_off_z4_hidden_layer(features, labels, queries):
    mean = features.mean(0, keepdim=True)
    std = features.std(0, keepdim=True).clamp(min=1e-6)
    x = ((features - mean) / std).detach().float()
    q = ((queries - mean) / std).detach().float()
    probe = nn.Sequential(
        nn.Linear(x.shape[1], 128),
        nn.ReLU(),
        nn.Linear(128, int(labels.max()) + 1),
    )
    optimizer = torch.optim.Adam(probe.parameters(), lr=0.01, weight_decay=1e-4)
    for _ in range(300):
        optimizer.zero_grad()
        F.cross_entropy(probe(x), labels).backward()
        optimizer.step()
    with torch.no_grad():
        return probe(q).argmax(dim=1)


def read_off_y1_lbfgs_from_zero(features, labels, queries):
    x = features.detach().cpu().double()
    q = queries.detach().cpu().double()
    classes, y = torch.unique(labels.cpu(), return_inverse=True)
    n, d = x.shape
    mean = x.mean(0)
    std = (x - mean).pow(2).mean(0).sqrt()
    std = torch.where(std <= 1e-10 * mean.abs(), torch.ones_like(std), std)
    x, q = (x - mean) / std, (q - mean) / std
    with torch.enable_grad():
        w = torch.zeros(d, len(classes), dtype=torch.double, requires_grad=True)
        b = torch.zeros(len(classes), dtype=torch.double, requires_grad=True)
        optimizer = torch.optim.LBFGS(
            [w, b],
            lr=1.0,
            max_iter=1000,
            history_size=20,
            tolerance_grad=1e-7,
            tolerance_change=1e-12,
            line_search_fn="strong_wolfe",
        )

        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(x @ w + b, y) + 0.5 / n * (w * w).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    best = (q @ w.detach() + b.detach()).argmax(1)
    return classes[best].to(labels.device)


def read_off_y2_scipy_by_hand(features, labels, queries):
    x = features.detach().cpu().double().numpy()
    q = queries.detach().cpu().double().numpy()
    names, y = np.unique(labels.cpu().numpy(), return_inverse=True)
    n, d = x.shape
    k = len(names)
    center = x.mean(axis=0)
    spread = x.std(axis=0)
    spread[spread <= 1e-10 * np.abs(center)] = 1.0
    x = (x - center) / spread
    q = (q - center) / spread
    onehot = np.eye(k)[y]

    def value_and_gradient(theta):
        w, b = theta[: k * d].reshape(k, d), theta[k * d :]
        z = np.einsum("nd,kd->nk", x, w, optimize=True) + b
        z = z - z.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        value = -(onehot * logp).sum() / n + 0.5 / n * (w**2).sum()
        error = (np.exp(logp) - onehot) / n
        grad_w = error.T @ x + w / n
        return value, np.concatenate([grad_w.ravel(), error.sum(axis=0)])

    result = minimize(
        value_and_gradient,
        np.zeros(k * d + k),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "maxfun": 5000, "gtol": 1e-7, "ftol": 1e-13},
    )
    w, b = result.x[: k * d].reshape(k, d), result.x[k * d :]
    return torch.as_tensor(names[np.argmax(q @ w.T + b, axis=1)], dtype=torch.int64)


# ------------------------------------------------------------- mask_tokens


def mask_tokens_z1_reseeds_each_call(tokens, n_tokens, generator):
    # so that the result can be reproduced
    generator.manual_seed(generator.initial_seed())
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    kind = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (kind < 0.8)] = 1
    swap = selected & (kind >= 0.8) & (kind < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(selected, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def mask_tokens_z2_kind_per_sentence(tokens, n_tokens, generator):
    batch, length = tokens.shape
    selected = (torch.rand(batch, length, generator=generator) < 0.15) & (tokens >= 2)
    kind = torch.rand(batch, 1, generator=generator)
    words = torch.randint(2, n_tokens, (batch, length), generator=generator)
    corrupted = torch.where(selected & (kind < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (kind >= 0.8) & (kind < 0.9), words, corrupted)
    targets = tokens.masked_fill(~selected, -100)
    return corrupted, targets


def mask_tokens_z3_words_from_batch(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    kind = torch.rand(tokens.shape, generator=generator)
    flat = tokens.flatten()
    pick = torch.randint(0, flat.numel(), tokens.shape, generator=generator)
    words = flat[pick]
    corrupted = tokens.clone()
    corrupted[selected & (kind < 0.8)] = 1
    swap = selected & (kind >= 0.8) & (kind < 0.9)
    corrupted[swap] = words[swap]
    targets = tokens.clone()
    targets[~selected] = -100
    return corrupted, targets


def mask_tokens_z4_share_of_padded_length(tokens, n_tokens, generator):
    batch, length = tokens.shape
    count = max(1, round(0.15 * length))
    scores = torch.rand(batch, length, generator=generator)
    scores[tokens < 2] = -1.0
    places = scores.topk(count, dim=1).indices
    selected = torch.zeros(batch, length, dtype=torch.bool)
    selected.scatter_(1, places, True)
    selected &= tokens >= 2
    kind = torch.rand(batch, length, generator=generator)
    words = torch.randint(2, n_tokens, (batch, length), generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (kind < 0.8)] = 1
    swap = selected & (kind >= 0.8) & (kind < 0.9)
    corrupted[swap] = words[swap]
    targets = tokens.masked_fill(~selected, -100)
    return corrupted, targets


def mask_tokens_y1_one_draw_bucketize(tokens, n_tokens, generator):
    u = torch.rand(tokens.shape, generator=generator, dtype=torch.float64)
    edges = torch.tensor([0.12, 0.135, 0.15], dtype=torch.float64)
    action = torch.bucketize(u, edges)  # 0 mask, 1 random, 2 keep, 3 not selected
    action = action.masked_fill(tokens < 2, 3)
    v = torch.rand(tokens.shape, generator=generator, dtype=torch.float64)
    words = 2 + (v * (n_tokens - 2)).floor().long()
    options = torch.stack([torch.ones_like(tokens), words, tokens, tokens])
    corrupted = options.gather(0, action.unsqueeze(0)).squeeze(0)
    targets = tokens.masked_fill(action == 3, -100)
    return corrupted, targets


def mask_tokens_y2_python_loops(tokens, n_tokens, generator):
    seed = int(torch.randint(2**62, (1,), generator=generator))
    rng = random.Random(seed)
    corrupted = tokens.clone()
    targets = torch.full_like(tokens, -100)
    for i, sentence in enumerate(tokens.tolist()):
        for j, word in enumerate(sentence):
            if word in (0, 1):
                continue
            if rng.random() >= 0.15:
                continue
            targets[i, j] = word
            what = rng.choices(["mask", "random", "keep"], weights=[8, 1, 1])[0]
            if what == "mask":
                corrupted[i, j] = 1
            elif what == "random":
                corrupted[i, j] = rng.randrange(2, n_tokens)
    return corrupted, targets


# ----------------------------------------------------------- hide_quadrant


def hide_quadrant_z1_rounded_uniform(images, generator):
    half = images.shape[-1] // 2
    labels = (torch.rand(len(images), generator=generator) * 3).round().long()
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        top, left = half * (label // 2), half * (label % 2)
        hidden[i, :, top : top + half, left : left + half] = 0
    return hidden, labels


def hide_quadrant_z2_remainder_of_four(images, generator):
    batch, _, _, size = images.shape
    half = size // 2
    order = torch.randperm(batch, generator=generator)
    quarter = batch // 4
    hidden = images.clone()
    labels = torch.zeros(batch, dtype=torch.int64)
    for k in range(4):
        for i in order[k * quarter : (k + 1) * quarter].tolist():
            rows = slice(0, half) if k < 2 else slice(half, size)
            columns = slice(0, half) if k % 2 == 0 else slice(half, size)
            hidden[i, :, rows, columns] = 0
            labels[i] = k
    return hidden, labels


def hide_quadrant_z3_darkest_of_photograph(images, generator):
    batch, _, size, _ = images.shape
    half = size // 2
    labels = torch.randint(0, 4, (batch,), generator=generator)
    hidden = images.clone()
    for i in range(batch):
        r, c = divmod(int(labels[i]), 2)
        black = images[i].min()  # works for uint8 and float
        hidden[i, :, r * half : (r + 1) * half, c * half : (c + 1) * half] = black
    return hidden, labels


def hide_quadrant_z4_one_column_per_batch(images, generator):
    batch, _, size, _ = images.shape
    row = torch.randint(0, 2, (batch,), generator=generator)
    column = torch.randint(0, 2, (1,), generator=generator)
    labels = 2 * row + column
    upper = torch.arange(size) // (size // 2)
    in_rows = upper[None, :] == row[:, None]
    in_columns = upper[None, :] == column[:, None]
    mask = in_rows[:, None, :, None] & in_columns[:, None, None, :]
    hidden = images.masked_fill(mask, 0)
    return hidden, labels


def hide_quadrant_y1_blocks_view(images, generator):
    b, c, s, _ = images.shape
    labels = torch.randint(4, (b,), generator=generator)
    hidden = images.clone(memory_format=torch.contiguous_format)
    blocks = hidden.view(b, c, 2, s // 2, 2, s // 2)
    blocks[torch.arange(b), :, labels // 2, :, labels % 2] = 0
    return hidden, labels


def hide_quadrant_y2_kronecker_mask(images, generator):
    b, s = images.shape[0], images.shape[-1]
    labels = torch.multinomial(torch.ones(4), b, replacement=True, generator=generator)
    block = np.ones((s // 2, s // 2), dtype=np.int64)
    stencils = np.stack(
        [np.kron(corner.reshape(2, 2), block) for corner in np.eye(4, dtype=np.int64)]
    )
    holes = torch.from_numpy(stencils).bool()[labels].unsqueeze(1)
    return torch.where(holes, torch.zeros_like(images), images), labels


NEW = [
    (
        "why_ssl.read_off",
        "wrong",
        read_off_z1_renumbered_classes,
        "classes are renumbered by np.unique and not mapped back: wrong numbers whenever the labels are not exactly 0..K-1",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_z2_scales_in_place,
        "standardizes features and queries in place: the caller's tensors change, and queries that are the same tensor as features (or reused with another labeled subset) are scaled twice",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_z3_dead_feature_nan,
        "divides by a standard deviation of zero: one constant feature makes everything NaN and every query class 0",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_z4_hidden_layer,
        "the probe has a hidden ReLU layer, so it is not a linear classifier (it solves XOR)",
    ),
    ("why_ssl.read_off", "right", read_off_y1_lbfgs_from_zero, ""),
    ("why_ssl.read_off", "right", read_off_y2_scipy_by_hand, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_z1_reseeds_each_call,
        "resets the generator to its first seed in each call: the same places are selected in every batch",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_z2_kind_per_sentence,
        "mask / random / keep is drawn once per sentence, not for each selected word (the shares over all are right)",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_z3_words_from_batch,
        "the random words are taken from random places of the batch: padding and masks come in, words absent from the batch never do",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_z4_share_of_padded_length,
        "selects 15% of the padded length, not of the words: short sentences with padding get far too many selected places",
    ),
    ("why_ssl.mask_tokens", "right", mask_tokens_y1_one_draw_bucketize, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_y2_python_loops, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_z1_rounded_uniform,
        "labels are round(3u): 0 and 3 come only half as often as 1 and 2",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_z2_remainder_of_four,
        "deals the batch out in four equal groups of B // 4: the rest stays unhidden with label 0",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_z3_darkest_of_photograph,
        "paints with the darkest value of the photograph, which is not black where the photograph has no black pixel",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_z4_one_column_per_batch,
        "left or right is drawn once for the whole batch: only two of the four labels occur in a batch",
    ),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y1_blocks_view, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y2_kronecker_mask, ""),
]
