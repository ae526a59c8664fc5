"""Answers written from the lesson's text alone, by people who had not seen the checks, and what is to be
said of the wrong ones.
"""

# Left as it was written.
# ruff: noqa
import math
from sklearn.preprocessing import StandardScaler, normalize
from scipy.optimize import minimize
from torch import nn
from sklearn.neighbors import KNeighborsClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

import numpy as np
import random
from sklearn.svm import SVC
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


# ---------------------------------------------------------------- why_ssl.read_off


def read_off_w_no_scaling(features, labels, queries):
    k = int(labels.max()) + 1
    model = nn.Linear(features.shape[1], k)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(200):
        loss = F.cross_entropy(model(features.float()), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        return model(queries.float()).argmax(dim=1)


def read_off_w_query_stats(features, labels, queries):
    features = features.float()
    queries = queries.float()
    features = (features - features.mean(dim=0)) / (features.std(dim=0) + 1e-6)
    queries = (queries - queries.mean(dim=0)) / (queries.std(dim=0) + 1e-6)
    k = int(labels.max()) + 1
    model = nn.Linear(features.shape[1], k)
    opt = torch.optim.Adam(model.parameters(), lr=0.05, weight_decay=1e-4)
    for _ in range(300):
        opt.zero_grad()
        F.cross_entropy(model(features), labels).backward()
        opt.step()
    with torch.no_grad():
        return model(queries).argmax(dim=1)


def read_off_w_row_norm(features, labels, queries):
    def standardize(x):
        x = x.float()
        return (x - x.mean(dim=1, keepdim=True)) / (x.std(dim=1, keepdim=True) + 1e-6)

    x = standardize(features)
    q = standardize(queries)
    model = nn.Linear(x.shape[1], int(labels.max()) + 1)
    opt = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(300):
        opt.zero_grad()
        F.cross_entropy(model(x), labels).backward()
        opt.step()
    return model(q).argmax(1)


def read_off_w_regress_label(features, labels, queries):
    mean, std = features.mean(0), features.std(0) + 1e-6
    x = (features - mean) / std
    q = (queries - mean) / std
    x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)
    q = torch.cat([q, torch.ones(len(q), 1, dtype=q.dtype)], dim=1)
    w = torch.linalg.lstsq(x, labels.to(x.dtype).unsqueeze(1)).solution
    guess = (q @ w).squeeze(1).round().long()
    return guess.clamp(int(labels.min()), int(labels.max()))


def read_off_r_lbfgs(features, labels, queries):
    classes, targets = torch.unique(labels, return_inverse=True)
    x = features.detach().double()
    q = queries.detach().double()
    constant = x.amax(0) == x.amin(0)
    centre = x.mean(0)
    scale = torch.where(constant, torch.ones_like(centre), x.std(0, unbiased=False))
    x = (x - centre) / scale
    q = (q - centre) / scale
    n = len(x)
    w = torch.zeros(
        len(classes), x.shape[1], dtype=torch.float64, device=x.device, requires_grad=True
    )
    b = torch.zeros(len(classes), dtype=torch.float64, device=x.device, requires_grad=True)
    opt = torch.optim.LBFGS([w, b], lr=1.0, max_iter=300, line_search_fn="strong_wolfe")

    def closure():
        opt.zero_grad()
        logits = torch.einsum("nd,kd->nk", x, w) + b
        loss = (logits.logsumexp(1) - logits.gather(1, targets[:, None]).squeeze(1)).mean()
        loss = loss + 0.5 / n * w.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        opt.step(closure)
    with torch.no_grad():
        return classes[(torch.einsum("nd,kd->nk", q, w) + b).argmax(1)]


def read_off_r_numpy_nesterov(features, labels, queries):
    x = features.detach().cpu().numpy().astype(np.float64)
    q = queries.detach().cpu().numpy().astype(np.float64)
    y = labels.detach().cpu().numpy()
    classes = np.unique(y)
    onehot = (y[:, None] == classes[None, :]).astype(np.float64)
    low, high = x.min(axis=0), x.max(axis=0)
    mu = x.mean(axis=0)
    sd = np.where(high > low, x.std(axis=0), 1.0)
    x = np.concatenate([(x - mu) / sd, np.ones((len(x), 1))], axis=1)
    q = np.concatenate([(q - mu) / sd, np.ones((len(q), 1))], axis=1)
    lam = 1e-3
    penal = np.ones((x.shape[1], 1))
    penal[-1] = 0.0
    n = len(x)
    step = 1.0 / (0.5 * np.linalg.norm(x, 2) ** 2 / n + lam)
    w = np.zeros((x.shape[1], len(classes)))
    look = w.copy()
    for t in range(1, 601):
        z = x @ look
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        new = look - step * (x.T @ (p - onehot) / n + lam * penal * look)
        look = new + (t - 1) / (t + 2) * (new - w)
        w = new
    found = classes[(q @ w).argmax(axis=1)]
    return torch.as_tensor(found, dtype=torch.int64, device=labels.device)


def read_off_w1(features, labels, queries):
    model = LogisticRegression(max_iter=1000)
    model.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(model.predict(queries.numpy()))


def read_off_w2(features, labels, queries):
    train = StandardScaler().fit_transform(features.numpy())
    new = StandardScaler().fit_transform(queries.numpy())
    model = LogisticRegression(max_iter=1000).fit(train, labels.numpy())
    return torch.from_numpy(model.predict(new))


def read_off_w3(features, labels, queries):
    mean, std = features.mean(0), features.std(0).clamp(min=1e-6)
    scaled = (features - mean) / std
    model = LogisticRegression(max_iter=1000).fit(scaled.numpy(), labels.numpy())
    return torch.from_numpy(model.predict(queries.numpy()))


def read_off_w4(features, labels, queries):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(model.predict_proba(queries.numpy()))


def read_off_r1(features, labels, queries):
    # own objective, L-BFGS in double precision, class numbers need not be 0 ... K - 1
    names, index = torch.unique(labels, return_inverse=True)
    x, q = features.detach().double(), queries.detach().double()
    center = x.mean(0)
    spread = (x - center).pow(2).mean(0).sqrt()
    spread = torch.where(spread > 1e-12, spread, torch.ones_like(spread))
    x, q = (x - center) / spread, (q - center) / spread
    with torch.enable_grad():
        w = torch.zeros(len(names), x.shape[1], dtype=torch.float64, requires_grad=True)
        b = torch.zeros(len(names), dtype=torch.float64, requires_grad=True)
        lam = 1 / len(x)
        optimizer = torch.optim.LBFGS([w, b], max_iter=200, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            scores = torch.einsum("nd,kd->nk", x, w) + b
            loss = (
                scores.logsumexp(1) - scores.gather(1, index[:, None])[:, 0]
            ).mean() + lam / 2 * (w**2).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    best = (torch.einsum("nd,kd->nk", q, w.detach()) + b.detach()).max(1).indices
    return names[best]


def read_off_r2(features, labels, queries):
    # all in NumPy / scikit-learn; the answer is a NumPy array
    pipe = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
    pipe.fit(np.asarray(features, dtype=np.float64), np.asarray(labels))
    return pipe.predict(np.asarray(queries, dtype=np.float64))


# ---------------------------------------------------------------- why_ssl.mask_tokens


def mask_tokens_w_randint_end(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens - 1, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    swap = selected & (fate >= 0.8) & (fate < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(selected, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def mask_tokens_w_targets_after(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    corrupted = tokens
    corrupted[selected & (fate < 0.8)] = 1
    swap = selected & (fate >= 0.8) & (fate < 0.9)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[swap] = words[swap]
    targets = tokens.clone()
    targets[~selected] = -100
    return corrupted, targets


def mask_tokens_w_ten_of_rest(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    targets = tokens.clone()
    targets[~selected] = -100
    corrupted = tokens.clone()
    masked = selected & (torch.rand(tokens.shape, generator=generator) < 0.8)
    corrupted[masked] = 1
    swapped = selected & ~masked & (torch.rand(tokens.shape, generator=generator) < 0.1)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[swapped] = words[swapped]
    return corrupted, targets


def mask_tokens_w_only_changed(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), words, corrupted)
    targets = torch.where(corrupted != tokens, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def mask_tokens_r_python_loop(tokens, n_tokens, generator):
    rows, targets = [], []
    dice = torch.rand(tokens.shape, generator=generator, device=generator.device).tolist()
    words = torch.randint(
        2, n_tokens, tokens.shape, generator=generator, device=generator.device
    ).tolist()
    for b, sentence in enumerate(tokens.tolist()):
        row, target = [], []
        for i, word in enumerate(sentence):
            u = dice[b][i]
            if word < 2 or u >= 0.15:
                row.append(word)
                target.append(-100)
                continue
            target.append(word)
            if u < 0.15 * 0.8:
                row.append(1)
            elif u < 0.15 * 0.9:
                row.append(words[b][i])
            else:
                row.append(word)
        rows.append(row)
        targets.append(target)
    corrupted = torch.tensor(rows, dtype=torch.int64, device=tokens.device).reshape(tokens.shape)
    return corrupted, torch.tensor(targets, dtype=torch.int64, device=tokens.device).reshape(
        tokens.shape
    )


def mask_tokens_r_numpy_exact_count(tokens, n_tokens, generator):
    seed = int(torch.randint(0, 2**31 - 1, (1,), generator=generator, device=generator.device))
    rng = np.random.default_rng(seed)
    flat = tokens.detach().cpu().numpy().reshape(-1)
    words = np.flatnonzero(flat >= 2)
    count = int(math.floor(0.15 * len(words) + rng.random()))
    places = rng.permutation(words)[:count]
    fate = rng.choice(3, size=count, p=[0.8, 0.1, 0.1])
    corrupted = flat.copy()
    targets = np.full_like(flat, -100)
    targets[places] = flat[places]
    corrupted[places[fate == 0]] = 1
    swap = places[fate == 1]
    corrupted[swap] = rng.integers(2, n_tokens, size=len(swap))
    return (
        torch.from_numpy(corrupted).reshape(tokens.shape).to(tokens.device),
        torch.from_numpy(targets).reshape(tokens.shape).to(tokens.device),
    )


def mask_w1(tokens, n_tokens, generator):
    draw = lambda: torch.rand(tokens.shape, generator=generator)
    selected = (draw() < 0.15) & (tokens >= 2)
    targets = tokens.masked_fill(~selected, -100)
    masked = selected & (draw() < 0.8)
    randomized = selected & ~masked & (draw() < 0.1)
    corrupted = tokens.clone()
    corrupted[masked] = 1
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[randomized] = words[randomized]
    return corrupted, targets


def mask_w2(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), words, corrupted)
    targets = torch.where(corrupted != tokens, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def mask_w3(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens - 1, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    swap = selected & (fate >= 0.8) & (fate < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(selected, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def mask_w4(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens != 0)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    swap = selected & (fate >= 0.8) & (fate < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(selected, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def mask_r1(tokens, n_tokens, generator):
    # one uniform number decides everything: 12% mask, 1.5% other word, 1.5% stays
    dice = torch.rand(tokens.shape, generator=generator, dtype=torch.float64).tolist()
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator).tolist()
    new, goal = [], []
    for row, row_dice, row_words in zip(tokens.tolist(), dice, words):
        new_row, goal_row = [], []
        for token, u, word in zip(row, row_dice, row_words):
            if token < 2 or u >= 0.15:
                new_row.append(token)
                goal_row.append(-100)
                continue
            goal_row.append(token)
            new_row.append(1 if u < 0.12 else word if u < 0.135 else token)
        new.append(new_row)
        goal.append(goal_row)
    return torch.tensor(new, dtype=torch.int64), torch.tensor(goal, dtype=torch.int64)


def mask_r2(tokens, n_tokens, generator):
    # NumPy, seeded from the generator; every word is selected on its own, flat index lists
    seed = int(torch.randint(0, 2**31 - 1, (1,), generator=generator))
    rng = np.random.default_rng(seed)
    flat = tokens.numpy().reshape(-1).copy()
    goal = np.full_like(flat, -100)
    places = np.flatnonzero(flat >= 2)
    places = places[rng.random(len(places)) < 0.15]
    goal[places] = flat[places]
    kind = rng.choice(3, size=len(places), p=[0.8, 0.1, 0.1])
    flat[places[kind == 0]] = 1
    flat[places[kind == 1]] = rng.integers(2, n_tokens, size=int((kind == 1).sum()))
    return torch.from_numpy(flat).view(tokens.shape), torch.from_numpy(goal).view(tokens.shape)


# ---------------------------------------------------------------- why_ssl.hide_quadrant


def hide_quadrant_w_transposed(images, generator):
    hidden = images.clone()
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    h = images.shape[-1] // 2
    for i, label in enumerate(labels.tolist()):
        row, col = label % 2, label // 2
        hidden[i, :, row * h : (row + 1) * h, col * h : (col + 1) * h] = 0
    return hidden, labels


def hide_quadrant_w_in_place(images, generator):
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    h = images.shape[-1] // 2
    hidden = images
    for i, label in enumerate(labels.tolist()):
        row, col = label // 2, label % 2
        hidden[i, :, row * h : (row + 1) * h, col * h : (col + 1) * h] = 0
    return hidden, labels


def hide_quadrant_w_randint_three(images, generator):
    hidden = images.clone()
    labels = torch.randint(0, 3, (images.shape[0],), generator=generator)
    h = images.shape[-1] // 2
    hidden[labels == 0, :, :h, :h] = 0
    hidden[labels == 1, :, :h, h:] = 0
    hidden[labels == 2, :, h:, :h] = 0
    hidden[labels == 3, :, h:, h:] = 0
    return hidden, labels


def hide_quadrant_w_one_for_batch(images, generator):
    label = int(torch.randint(0, 4, (1,), generator=generator))
    h = images.shape[-1] // 2
    row, col = divmod(label, 2)
    hidden = images.clone()
    hidden[:, :, row * h : (row + 1) * h, col * h : (col + 1) * h] = 0
    labels = torch.full((len(images),), label, dtype=torch.int64)
    return hidden, labels


def hide_quadrant_r_coordinate_map(images, generator):
    size = images.shape[-1]
    labels = (torch.rand(len(images), generator=generator, device=generator.device) * 4).long()
    labels = labels.to(images.device)
    place = torch.arange(size, device=images.device)
    quadrant = 2 * (place >= size // 2).long()[:, None] + (place >= size // 2).long()[None, :]
    keep = quadrant[None, None] != labels[:, None, None, None]
    return images * keep.to(images.dtype), labels


def hide_quadrant_r_numpy_blocks(images, generator):
    b, c, s, _ = images.shape
    bits = torch.randint(0, 2, (2, b), generator=generator, device=generator.device).cpu().numpy()
    blocks = images.detach().cpu().numpy().copy().reshape(b, c, 2, s // 2, 2, s // 2)
    for i in range(b):
        blocks[i, :, bits[0, i], :, bits[1, i], :] = 0
    hidden = torch.from_numpy(blocks.reshape(b, c, s, s)).to(images.device)
    labels = torch.from_numpy(bits[0] * 2 + bits[1]).to(torch.int64).to(images.device)
    return hidden, labels


def hide_w1(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images
    for i, q in enumerate(labels.tolist()):
        top, left = (q // 2) * half, (q % 2) * half
        hidden[i, :, top : top + half, left : left + half] = 0
    return hidden, labels


def hide_w2(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    for i, q in enumerate(labels.tolist()):
        y, x = q % 2, q // 2
        hidden[i, :, y * half : (y + 1) * half, x * half : (x + 1) * half] = 0
    return hidden, labels


def hide_w3(images, generator):
    B, C, S, _ = images.shape
    half = S // 2
    labels = torch.randint(0, 4, (B,), generator=generator)
    mask = torch.ones(B, 1, S, S)
    for i in range(B):
        q = int(labels[i])
        r, c = q // 2, q % 2
        mask[i, :, r * half : (r + 1) * half, c * half : (c + 1) * half] = 0
    return images * mask, labels


def hide_w4(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    hidden[labels == 0][:, :, :half, :half] = 0
    hidden[labels == 1][:, :, :half, half:] = 0
    hidden[labels == 2][:, :, half:, :half] = 0
    hidden[labels == 3][:, :, half:, half:] = 0
    return hidden, labels


def hide_r1(images, generator):
    # one-hot label -> 2 x 2 picture -> enlarged mask
    size = images.shape[-1]
    labels = torch.rand(len(images), 4, generator=generator).argmax(1)
    small = F.one_hot(labels, 4).view(-1, 1, 2, 2).bool()
    large = small.repeat_interleave(size // 2, 2).repeat_interleave(size // 2, 3)
    return images.masked_fill(large, 0), labels


def hide_r2(images, generator):
    # NumPy round trip, view with block axes (B, C, 2, half, 2, half)
    array = np.array(images.numpy(), copy=True, order="C")
    b, c, s, _ = array.shape
    bottom = torch.randint(0, 2, (b,), generator=generator).numpy()
    right = torch.randint(0, 2, (b,), generator=generator).numpy()
    blocks = array.reshape(b, c, 2, s // 2, 2, s // 2)
    for i in range(b):
        blocks[i, :, bottom[i], :, right[i], :] = 0
    return torch.from_numpy(array), torch.from_numpy(2 * bottom + right).long()


# ---------------------------------------------------------------- sixty more, committed before they were checked

# ---------------------------------------------------------------- read_off


def n1_read_off_amber(features, labels, queries):
    x = StandardScaler().fit_transform(features.numpy())
    q = StandardScaler().fit_transform(queries.numpy())
    model = LogisticRegression(max_iter=2000)
    model.fit(x, labels.numpy())
    return torch.from_numpy(model.predict(q))


def n1_read_off_birch(features, labels, queries):
    mean = features.mean()
    std = features.std()
    x = ((features - mean) / std).numpy()
    q = ((queries - mean) / std).numpy()
    model = LogisticRegression(max_iter=2000)
    model.fit(x, labels.numpy())
    return torch.from_numpy(model.predict(q))


def n1_read_off_cedar(features, labels, queries):
    probe = make_pipeline(
        StandardScaler(),
        LogisticRegression(max_iter=1000, fit_intercept=False),
    )
    probe.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(probe.predict(queries.numpy()))


def n1_read_off_dune(features, labels, queries):
    mean = features.mean(dim=0)
    std = features.std(dim=0).clamp_min(1e-8)
    x = ((features - mean) / std).double()
    q = ((queries - mean) / std).double()
    classes, y = torch.unique(labels, return_inverse=True)
    with torch.enable_grad():
        w = torch.zeros(x.shape[1], len(classes), dtype=torch.float64, requires_grad=True)
        b = torch.zeros(len(classes), dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([w, b], max_iter=300, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(x @ w + b, y) + 0.5 * 1e-3 * (w**2).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    return (q @ w + b).argmax(dim=1)


def n1_read_off_ember(features, labels, queries):
    scaler = StandardScaler().fit(features.numpy())
    model = LinearRegression()
    model.fit(scaler.transform(features.numpy()), labels.numpy())
    scores = model.predict(scaler.transform(queries.numpy()))
    classes = np.clip(np.rint(scores), labels.min().item(), labels.max().item())
    return torch.from_numpy(classes.astype(np.int64))


def n1_read_off_fern(features, labels, queries):
    pipe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    return torch.from_numpy(
        pipe.fit(features.numpy(), labels.numpy()).predict(queries.numpy())
    ).long()


def n1_read_off_grove(features, labels, queries):
    features = features.detach().double()
    queries = queries.detach().double()
    mu = features.mean(0, keepdim=True)
    sigma = features.std(0, unbiased=False, keepdim=True)
    sigma[sigma == 0] = 1.0
    x = (features - mu) / sigma
    n_classes = int(labels.max()) + 1
    with torch.enable_grad():
        layer = nn.Linear(x.shape[1], n_classes).double()
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
        opt = torch.optim.LBFGS(layer.parameters(), max_iter=500, line_search_fn="strong_wolfe")

        def closure():
            opt.zero_grad()
            loss = F.cross_entropy(layer(x), labels)
            loss = loss + 0.5 * 1e-3 * layer.weight.pow(2).sum()
            loss.backward()
            return loss

        opt.step(closure)
    with torch.no_grad():
        return layer((queries - mu) / sigma).argmax(1)


def n1_read_off_heath(features, labels, queries):
    x = np.asarray(features, dtype=np.float64)
    q = np.asarray(queries, dtype=np.float64)
    y = np.asarray(labels)
    n, d = x.shape
    mean, std = x.mean(axis=0), x.std(axis=0)
    std = np.where(std > 0, std, 1.0)
    x = np.concatenate([(x - mean) / std, np.ones((n, 1))], axis=1)
    names = np.unique(y)
    onehot = (y[:, None] == names[None, :]).astype(np.float64)
    lam = 1e-3
    keep = np.ones((d + 1, 1))
    keep[-1] = 0.0
    step = 1.0 / (0.5 * np.linalg.norm(x, 2) ** 2 / n + lam)
    w = np.zeros((d + 1, len(names)))
    previous = w.copy()
    for t in range(2000):
        v = w + t / (t + 3) * (w - previous)
        z = x @ v
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        gradient = x.T @ (p - onehot) / n + lam * keep * v
        previous, w = w, v - step * gradient
    answer = []
    for row in q:
        scores = np.append((row - mean) / std, 1.0) @ w
        answer.append(int(names[scores.argmax()]))
    return torch.tensor(answer, dtype=torch.int64)


# ------------------------------------------------------------- mask_tokens


def n1_mask_tokens_amber(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    r = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (r < 0.8)] = 1
    swap = selected & (r >= 0.8) & (r < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(corrupted != tokens, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def n1_mask_tokens_birch(tokens, n_tokens, generator):
    corrupted = tokens.clone()
    targets = tokens.clone()
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    targets[~selected] = -100
    masked = selected & (torch.rand(tokens.shape, generator=generator) < 0.8)
    corrupted[masked] = 1
    replaced = selected & ~masked & (torch.rand(tokens.shape, generator=generator) < 0.1)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[replaced] = words[replaced]
    return corrupted, targets


def n1_mask_tokens_cedar(tokens, n_tokens, generator):
    corrupted = tokens
    selected = (tokens > 1) & (torch.rand(tokens.shape, generator=generator) < 0.15)
    action = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    masked = selected & (action < 0.8)
    swapped = selected & (action >= 0.8) & (action < 0.9)
    corrupted[masked] = 1
    corrupted[swapped] = words[swapped]
    targets = torch.full_like(tokens, -100)
    targets[selected] = tokens[selected]
    return corrupted, targets


def n1_mask_tokens_dune(tokens, n_tokens, generator):
    p = torch.rand(tokens.shape, generator=generator)
    selected = (p < 0.15) & (tokens != 0) & (tokens != 1)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted = torch.where(selected & (p < 0.8), torch.ones_like(tokens), corrupted)
    corrupted = torch.where(selected & (p >= 0.8) & (p < 0.9), words, corrupted)
    targets = tokens.masked_fill(~selected, -100)
    return corrupted, targets


def n1_mask_tokens_ember(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    r = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens - 1, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (r < 0.8)] = 1
    swap = selected & (r >= 0.8) & (r < 0.9)
    corrupted[swap] = words[swap]
    targets = tokens.masked_fill(~selected, -100)
    return corrupted, targets


def n1_mask_tokens_fern(tokens, n_tokens, generator):
    corrupted = tokens.clone()
    targets = torch.full_like(tokens, -100)
    n_rows, n_columns = tokens.shape
    for i in range(n_rows):
        for j in range(n_columns):
            word = tokens[i, j].item()
            if word == 0 or word == 1:
                continue
            if torch.rand(1, generator=generator).item() >= 0.15:
                continue
            targets[i, j] = word
            dice = torch.randint(10, (1,), generator=generator).item()
            if dice < 8:
                corrupted[i, j] = 1
            elif dice == 8:
                corrupted[i, j] = torch.randint(2, n_tokens, (1,), generator=generator).item()
    return corrupted, targets


def n1_mask_tokens_grove(tokens, n_tokens, generator):
    u = torch.rand(tokens.shape, generator=generator).masked_fill(tokens < 2, 1.0)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = torch.where(u < 0.135, words, tokens)
    corrupted = corrupted.masked_fill(u < 0.12, 1)
    targets = tokens.masked_fill(u >= 0.15, -100)
    return corrupted, targets


def n1_mask_tokens_heath(tokens, n_tokens, generator):
    flat = tokens.reshape(-1)
    places = (flat > 1).nonzero().squeeze(1)
    n_selected = round(0.15 * len(places))
    order = torch.randperm(len(places), generator=generator)
    chosen = places[order[:n_selected]]
    n_masked = round(0.8 * n_selected)
    n_swapped = round(0.9 * n_selected) - n_masked
    corrupted = flat.clone()
    corrupted[chosen[:n_masked]] = 1
    corrupted[chosen[n_masked : n_masked + n_swapped]] = torch.randint(
        2, n_tokens, (n_swapped,), generator=generator
    )
    targets = torch.full_like(flat, -100)
    targets[chosen] = flat[chosen]
    return corrupted.view(tokens.shape), targets.view(tokens.shape)


# ----------------------------------------------------------- hide_quadrant


def n1_hide_quadrant_amber(images, generator):
    hidden = images.clone()
    b, _, s, _ = images.shape
    half = s // 2
    corners = [(0, 0), (0, half), (half, half), (half, 0)]
    labels = torch.randint(4, (b,), generator=generator)
    for i, label in enumerate(labels.tolist()):
        top, left = corners[label]
        hidden[i, :, top : top + half, left : left + half] = 0
    return hidden, labels


def n1_hide_quadrant_birch(images, generator):
    b, c, s, _ = images.shape
    half = s // 2
    labels = torch.randint(0, 4, (b,), generator=generator)
    mask = torch.ones(b, 1, s, s)
    for i in range(b):
        row, column = divmod(int(labels[i]), 2)
        mask[i, :, row * half : (row + 1) * half, column * half : (column + 1) * half] = 0
    hidden = images * mask
    return hidden, labels


def n1_hide_quadrant_cedar(images, generator):
    hidden = images.clone()
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    for i in range(len(images)):
        if labels[i] == 0:
            hidden[i, :, :half, :half] = 0
        elif labels[i] == 1:
            hidden[i, :, :half, half:-1] = 0
        elif labels[i] == 2:
            hidden[i, :, half:-1, :half] = 0
        else:
            hidden[i, :, half:-1, half:-1] = 0
    return hidden, labels


def n1_hide_quadrant_dune(images, generator):
    b, _, s, _ = images.shape
    labels = torch.randint(4, (b,), generator=generator)
    half = torch.arange(s) // (s // 2)
    quadrant = 2 * half[:, None] + half[None, :]
    mask = quadrant[None, None] == labels[:, None, None, None]
    hidden = images * mask.to(images.dtype)
    return hidden, labels


def n1_hide_quadrant_ember(images, generator):
    hidden = images
    half = images.shape[2] // 2
    labels = torch.randint(0, 4, (images.shape[0],), generator=generator)
    for image, label in zip(hidden, labels):
        y = int(label) // 2 * half
        x = int(label) % 2 * half
        image[:, y : y + half, x : x + half] = 0
    return hidden, labels


def n1_hide_quadrant_fern(images, generator):
    half = images.shape[-1] // 2
    labels = []
    copies = []
    for image in images:
        label = int(torch.randint(4, (1,), generator=generator))
        copy = image.clone()
        rows = slice(None, half) if label < 2 else slice(half, None)
        columns = slice(None, half) if label in (0, 2) else slice(half, None)
        copy[:, rows, columns] = 0
        copies.append(copy)
        labels.append(label)
    return torch.stack(copies), torch.tensor(labels, dtype=torch.int64)


def n1_hide_quadrant_grove(images, generator):
    b, _, s, _ = images.shape
    labels = torch.randint(4, (b,), generator=generator)
    black = F.one_hot(labels, 4).bool().view(b, 1, 2, 2)
    black = black.repeat_interleave(s // 2, dim=2).repeat_interleave(s // 2, dim=3)
    return images.masked_fill(black, 0), labels


# ---------------------------------------------------------------- another sixty, likewise

# ---------------------------------------------------------------- read_off


def n3_read_rows(features, labels, queries):
    def standardize(x):
        return (x - x.mean(dim=1, keepdim=True)) / (x.std(dim=1, keepdim=True) + 1e-6)

    model = LogisticRegression(max_iter=2000)
    model.fit(standardize(features).cpu().numpy(), labels.cpu().numpy())
    return torch.from_numpy(model.predict(standardize(queries).cpu().numpy()))


def n3_read_regression(features, labels, queries):
    model = make_pipeline(StandardScaler(), LinearRegression())
    model.fit(features.cpu().numpy(), labels.cpu().numpy())
    values = model.predict(queries.cpu().numpy())
    last = int(labels.max())
    return torch.from_numpy(np.clip(np.rint(values), 0, last).astype(np.int64))


def n3_read_neighbor(features, labels, queries):
    model = make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=1))
    model.fit(features.cpu().numpy(), labels.cpu().numpy())
    return torch.from_numpy(model.predict(queries.cpu().numpy()))


def n3_read_one_scale(features, labels, queries):
    x = features.cpu().numpy()
    q = queries.cpu().numpy()
    center, spread = x.mean(), x.std()
    x = (x - center) / spread
    q = (q - center) / spread
    model = LogisticRegression(max_iter=1000)
    model.fit(x, labels.cpu().numpy())
    return torch.from_numpy(model.predict(q))


def n3_read_query_scale(features, labels, queries):
    mean = features.mean(dim=0)
    std = features.std(dim=0).clamp(min=1e-6)
    x = (features - mean) / std
    model = LogisticRegression(max_iter=1000)
    model.fit(x.cpu().numpy(), labels.cpu().numpy())
    q = queries / std
    return torch.from_numpy(model.predict(q.cpu().numpy()))


def n3_read_pipeline(features, labels, queries):
    x, y, q = (np.asarray(t.detach().cpu()) for t in (features, labels, queries))
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    return torch.as_tensor(probe.fit(x, y).predict(q), dtype=torch.int64)


def n3_read_lbfgs(features, labels, queries):
    device = features.device
    x = features.detach().double()
    q = queries.detach().double()
    mean = x.mean(0)
    std = x.std(0, unbiased=False)
    std = torch.where(std > 1e-9, std, torch.ones_like(std))
    x, q = (x - mean) / std, (q - mean) / std
    n_classes = int(labels.max()) + 1
    lam = 1.0 / len(x)
    with torch.enable_grad():
        weight = torch.zeros(
            n_classes, x.shape[1], dtype=torch.float64, device=device, requires_grad=True
        )
        bias = torch.zeros(n_classes, dtype=torch.float64, device=device, requires_grad=True)
        solver = torch.optim.LBFGS([weight, bias], max_iter=500, line_search_fn="strong_wolfe")

        def closure():
            solver.zero_grad()
            loss = F.cross_entropy(x @ weight.T + bias, labels) + lam / 2 * weight.square().sum()
            loss.backward()
            return loss

        solver.step(closure)
    return (q @ weight.detach().T + bias.detach()).argmax(dim=1)


def n3_read_numpy(features, labels, queries):
    x = features.detach().cpu().numpy().astype(np.float64)
    q = queries.detach().cpu().numpy().astype(np.float64)
    classes, y = np.unique(labels.cpu().numpy(), return_inverse=True)
    mean, std = x.mean(axis=0), x.std(axis=0)
    std[std < 1e-9] = 1.0
    x = np.hstack([(x - mean) / std, np.ones((len(x), 1))])
    q = np.hstack([(q - mean) / std, np.ones((len(q), 1))])
    onehot = np.eye(len(classes))[y]
    lam = 1.0 / len(x)
    shrink = np.full((x.shape[1], 1), lam)
    shrink[-1] = 0.0
    step = 1.0 / (0.5 * np.linalg.norm(x, 2) ** 2 / len(x) + lam)
    w = np.zeros((x.shape[1], len(classes)))
    ahead = w.copy()
    for t in range(1500):
        z = x @ ahead
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        new = ahead - step * (x.T @ (p - onehot) / len(x) + shrink * ahead)
        ahead = new + t / (t + 3) * (new - w)
        w = new
    return torch.from_numpy(classes[(q @ w).argmax(axis=1)].astype(np.int64))


# ------------------------------------------------------------- mask_tokens


def n3_mask_one_draw(tokens, n_tokens, generator):
    u = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    selected = (u < 0.15) & (tokens > 1)
    corrupted = tokens.clone()
    corrupted[selected & (u < 0.8)] = 1
    swap = selected & (u >= 0.8) & (u < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(selected, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def n3_mask_columns(tokens, n_tokens, generator):
    batch, length = tokens.shape
    pick = torch.rand(length, generator=generator) < 0.15
    selected = pick & (tokens != 0) & (tokens != 1)
    fate = torch.rand(batch, length, generator=generator)
    words = torch.randint(2, n_tokens, (batch, length), generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), words, corrupted)
    targets = tokens.masked_fill(~selected, -100)
    return corrupted, targets


def n3_mask_changed(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    swap = selected & (fate >= 0.8) & (fate < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.full_like(tokens, -100)
    changed = corrupted != tokens
    targets[changed] = tokens[changed]
    return corrupted, targets


def n3_mask_same_word(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    fate = torch.rand(tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    corrupted[selected & (fate >= 0.8) & (fate < 0.9)] = torch.randint(
        2, n_tokens, (1,), generator=generator
    ).item()
    targets = torch.full_like(tokens, -100)
    targets[selected] = tokens[selected]
    return corrupted, targets


def n3_mask_last_word(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens - 1, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    swap = selected & (fate >= 0.8) & (fate < 0.9)
    corrupted[swap] = words[swap]
    targets = tokens.clone()
    targets[~selected] = -100
    return corrupted, targets


def n3_mask_loop(tokens, n_tokens, generator):
    corrupted = tokens.clone()
    targets = torch.full_like(tokens, -100)
    draws = torch.rand(*tokens.shape, 2, generator=generator, device=generator.device).tolist()
    for b, row in enumerate(tokens.tolist()):
        for i, word in enumerate(row):
            first, second = draws[b][i]
            if word in (0, 1) or first >= 0.15:
                continue
            targets[b, i] = word
            if second < 0.8:
                corrupted[b, i] = 1
            elif second < 0.9:
                corrupted[b, i] = torch.randint(
                    2, n_tokens, (), generator=generator, device=generator.device
                ).item()
    return corrupted, targets


def n3_mask_thresholds(tokens, n_tokens, generator):
    u = torch.rand(tokens.shape, generator=generator, device=generator.device).to(tokens.device)
    words = torch.randint(
        2, n_tokens, tokens.shape, generator=generator, device=generator.device
    ).to(tokens.device)
    u = u.masked_fill(tokens < 2, 1.0)
    corrupted = torch.where(u < 0.15 * 0.9, words, tokens)
    corrupted = corrupted.masked_fill(u < 0.15 * 0.8, 1)
    return corrupted, tokens.masked_fill(u >= 0.15, -100)


def n3_mask_multinomial(tokens, n_tokens, generator):
    chances = torch.tensor([0.85, 0.12, 0.015, 0.015], device=generator.device)
    action = torch.multinomial(chances, tokens.numel(), replacement=True, generator=generator)
    action = action.view(tokens.shape).to(tokens.device) * (tokens > 1)
    words = torch.randint(
        2, n_tokens, tokens.shape, generator=generator, device=generator.device
    ).to(tokens.device)
    options = torch.stack([tokens, torch.ones_like(tokens), words, tokens])
    corrupted = options.gather(0, action.unsqueeze(0)).squeeze(0)
    targets = torch.where(action > 0, tokens, -100)
    return corrupted, targets


# ----------------------------------------------------------- hide_quadrant


def n3_hide_channel(images, generator):
    hidden = images.clone()
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    for i, label in enumerate(labels.tolist()):
        top = (label // 2) * half
        left = (label % 2) * half
        hidden[i, 0, top : top + half, left : left + half] = 0
    return hidden, labels


def n3_hide_border(images, generator):
    size = images.shape[-1]
    labels = torch.randint(4, (len(images),), generator=generator)
    place = torch.arange(size)
    second = (place > size // 2).long()
    number = second[:, None] * 2 + second[None, :]
    hole = number[None] == labels[:, None, None]
    return images.masked_fill(hole[:, None], 0), labels


def n3_hide_clockwise(images, generator):
    hidden = images.clone()
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (images.shape[0],), generator=generator)
    corners = [(0, 0), (0, half), (half, half), (half, 0)]
    for i in range(images.shape[0]):
        y, x = corners[labels[i].item()]
        hidden[i, :, y : y + half, x : x + half] = 0
    return hidden, labels


def n3_hide_gray(images, generator):
    hidden = images.clone()
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (images.shape[0],), generator=generator)
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)
        gray = images[i].float().mean().to(images.dtype)
        hidden[i, :, row * half : (row + 1) * half, column * half : (column + 1) * half] = gray
    return hidden, labels


def n3_hide_unseeded(images, generator):
    hidden = images.clone()
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (images.shape[0],))
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)
        hidden[i, :, row * half : (row + 1) * half, column * half : (column + 1) * half] = 0
    return hidden, labels


def n3_hide_slices(images, generator):
    labels = torch.randint(0, 4, (len(images),), generator=generator, device=generator.device)
    half = images.shape[-1] // 2
    low, high = slice(None, half), slice(half, None)
    boxes = {0: (low, low), 1: (low, high), 2: (high, low), 3: (high, high)}
    result = []
    for image, label in zip(images, labels.tolist()):
        image = image.clone()
        rows, columns = boxes[label]
        image[:, rows, columns] = 0
        result.append(image)
    return torch.stack(result), labels.to(images.device)


def n3_hide_view(images, generator):
    b, c, s, _ = images.shape
    uniform = torch.rand(b, generator=generator, device=generator.device)
    labels = (uniform * 4).long().clamp(max=3).to(images.device)
    blocks = images.reshape(b, c, 2, s // 2, 2, s // 2)
    keep = 1 - F.one_hot(labels, 4).reshape(b, 1, 2, 1, 2, 1)
    hidden = (blocks * keep.to(images.dtype)).reshape(b, c, s, s)
    return hidden, labels


# ---------------------------------------------------------------- fifty-four more, likewise

# --- read_off -----------------------------------------------------------------


def read_off_w1_rows_scaled(features, labels, queries):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import Normalizer

    scaler = Normalizer().fit(features.numpy())
    model = LogisticRegression(max_iter=2000)
    model.fit(scaler.transform(features.numpy()), labels.numpy())
    return torch.from_numpy(model.predict(scaler.transform(queries.numpy())))


def read_off_w2_not_mapped_back(features, labels, queries):
    mean, std = features.mean(0), features.std(0).clamp_min(1e-8)
    x, q = (features - mean) / std, (queries - mean) / std
    names = list(dict.fromkeys(labels.tolist()))
    place = {name: i for i, name in enumerate(names)}
    y = torch.tensor([place[name] for name in labels.tolist()])
    with torch.enable_grad():
        layer = torch.nn.Linear(x.shape[1], len(names)).to(x.dtype)
        optimizer = torch.optim.Adam(layer.parameters(), lr=0.05)
        for _ in range(400):
            loss = F.cross_entropy(layer(x), y) + 0.5 / len(x) * layer.weight.square().sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return layer(q).argmax(1)


def read_off_w3_regression_rounded(features, labels, queries):
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), Ridge(alpha=1.0))
    model.fit(features.numpy(), labels.numpy().astype(float))
    numbers = torch.from_numpy(np.asarray(model.predict(queries.numpy())))
    return numbers.round().clamp(int(labels.min()), int(labels.max())).long()


def read_off_w4_softmax_over_queries(features, labels, queries):
    mean, std = features.mean(0), features.std(0).clamp_min(1e-8)
    x, q = (features - mean) / std, (queries - mean) / std
    classes = int(labels.max()) + 1
    with torch.enable_grad():
        w = torch.zeros(x.shape[1], classes, dtype=x.dtype, requires_grad=True)
        b = torch.zeros(classes, dtype=x.dtype, requires_grad=True)
        optimizer = torch.optim.LBFGS([w, b], max_iter=200, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(x @ w + b, labels) + 0.5 / len(x) * w.square().sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    with torch.no_grad():
        probabilities = torch.softmax(q @ w + b, dim=0)
        return probabilities.argmax(dim=1)


def read_off_r1_hand_gradient(features, labels, queries):
    x, q = features.double(), queries.double()
    mean = x.mean(0)
    std = (x - mean).square().mean(0).sqrt()
    std = torch.where(std > 0, std, torch.ones_like(std))
    x, q = (x - mean) / std, (q - mean) / std
    names, y = torch.unique(labels, return_inverse=True)
    target = torch.eye(len(names), dtype=x.dtype)[y]
    n, lam = len(x), 1.0 / len(x)
    w = torch.zeros(len(names), x.shape[1], dtype=x.dtype)
    b = torch.zeros(len(names), dtype=x.dtype)
    step = 1.0 / (0.5 * (torch.linalg.matrix_norm(x, ord=2) ** 2 / n + 1.0) + lam)
    w_before, b_before = w, b
    for t in range(1, 1501):
        pull = (t - 1) / (t + 2)
        vw, vb = w + pull * (w - w_before), b + pull * (b - b_before)
        p = torch.softmax(torch.einsum("nd,kd->nk", x, vw) + vb, dim=1)
        gw = torch.einsum("nk,nd->kd", p - target, x) / n + lam * vw
        gb = (p - target).mean(0)
        w_before, b_before = w, b
        w, b = vw - step * gw, vb - step * gb
    scores = torch.einsum("qd,kd->qk", q, w) + b
    return names[scores.argmax(1)]


def read_off_r2_scipy(features, labels, queries):
    from scipy.optimize import minimize
    from scipy.special import log_softmax

    x = features.numpy().astype(np.float64)
    q = queries.numpy().astype(np.float64)
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0] = 1.0
    x = np.hstack([(x - middle) / spread, np.ones((len(x), 1))])
    q = np.hstack([(q - middle) / spread, np.ones((len(q), 1))])
    names, y = np.unique(labels.numpy(), return_inverse=True)
    n, d, k = len(x), x.shape[1], len(names)
    lam = 1.0 / n

    def objective(flat):
        w = flat.reshape(d, k)
        logp = log_softmax(x @ w, axis=1)
        loss = -logp[np.arange(n), y].mean() + lam / 2 * (w[:-1] ** 2).sum()
        residual = np.exp(logp)
        residual[np.arange(n), y] -= 1
        gradient = x.T @ residual / n
        gradient[:-1] += lam * w[:-1]
        return loss, gradient.ravel()

    best = minimize(
        objective, np.zeros(d * k), jac=True, method="L-BFGS-B", options={"maxiter": 1000}
    )
    return torch.from_numpy(names[(q @ best.x.reshape(d, k)).argmax(axis=1)])


# --- mask_tokens --------------------------------------------------------------


def mask_tokens_w1_tenth_of_rest(tokens, n_tokens, generator):
    corrupted = tokens.clone()
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    targets = tokens.masked_fill(~selected, -100)
    masked = selected & (torch.rand(tokens.shape, generator=generator) < 0.8)
    corrupted[masked] = 1
    swapped = selected & ~masked & (torch.rand(tokens.shape, generator=generator) < 0.1)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[swapped] = words[swapped]
    return corrupted, targets


def mask_tokens_w2_targets_where_changed(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), words, corrupted)
    targets = torch.where(corrupted != tokens, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


def mask_tokens_w3_words_without_generator(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    fate = torch.rand(tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (fate < 0.8)] = 1
    swapped = selected & (fate >= 0.9)
    corrupted[swapped] = torch.randint(2, n_tokens, (int(swapped.sum()),))
    targets = torch.full_like(tokens, -100)
    targets[selected] = tokens[selected]
    return corrupted, targets


def mask_tokens_w4_last_word_never(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens - 1, tokens.shape, generator=generator)
    corrupted = tokens.masked_fill(selected & (fate < 0.8), 1)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), words, corrupted)
    targets = tokens.masked_fill(~selected, -100)
    return corrupted, targets


def mask_tokens_r1_one_four_sided_die(tokens, n_tokens, generator):
    chances = torch.tensor([0.85, 0.12, 0.015, 0.015])
    fate = torch.multinomial(
        chances, tokens.numel(), replacement=True, generator=generator
    ).view_as(tokens)
    fate = fate * (tokens >= 2).long()
    words = (
        2
        + (
            torch.rand(tokens.shape, generator=generator, dtype=torch.float64) * (n_tokens - 2)
        ).long()
    )
    options = torch.stack([tokens, torch.ones_like(tokens), words, tokens])
    corrupted = options.gather(0, fate[None])[0]
    targets = torch.where(fate > 0, tokens, -100)
    return corrupted, targets


def mask_tokens_r2_exact_share(tokens, n_tokens, generator):
    flat = tokens.reshape(-1)
    corrupted, targets = flat.clone(), torch.full_like(flat, -100)
    words = [i for i, token in enumerate(flat.tolist()) if token not in (0, 1)]
    order = torch.randperm(len(words), generator=generator).tolist()
    chosen = [words[i] for i in order[: round(0.15 * len(words))]]
    to_mask, to_swap = round(0.8 * len(chosen)), round(0.1 * len(chosen))
    for rank, place in enumerate(chosen):
        targets[place] = flat[place]
        if rank < to_mask:
            corrupted[place] = 1
        elif rank < to_mask + to_swap:
            corrupted[place] = torch.randint(2, n_tokens, (), generator=generator)
    return corrupted.reshape(tokens.shape), targets.reshape(tokens.shape)


# --- hide_quadrant ------------------------------------------------------------


def hide_quadrant_w1_edge_left(images, generator):
    half = images.shape[-1] // 2
    first, second = slice(0, half), slice(half, -1)
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        rows = second if label >= 2 else first
        columns = second if label % 2 else first
        hidden[i, :, rows, columns] = 0
    return hidden, labels


def hide_quadrant_w2_float_mask(images, generator):
    b, c, s, _ = images.shape
    half = s // 2
    labels = torch.randint(0, 4, (b,), generator=generator)
    mask = torch.ones(b, 1, s, s)
    for i in range(b):
        top, left = labels[i] // 2 * half, labels[i] % 2 * half
        mask[i, :, top : top + half, left : left + half] = 0
    return images * mask, labels


def hide_quadrant_w3_mean_colour(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    colour = images.float().mean(dim=(2, 3), keepdim=True).to(images.dtype)
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)
        hidden[i, :, row * half : (row + 1) * half, column * half : (column + 1) * half] = colour[i]
    return hidden, labels


def hide_quadrant_w4_y_upwards(images, generator):
    b, _, s, _ = images.shape
    labels = torch.randint(0, 4, (b,), generator=generator)
    ticks = torch.linspace(-1, 1, s)
    y, x = torch.meshgrid(ticks, ticks, indexing="ij")
    top, left = y > 0, x < 0
    places = torch.stack([top & left, top & ~left, ~top & left, ~top & ~left])
    hidden = images.masked_fill(places[labels][:, None], 0)
    return hidden, labels


def hide_quadrant_r1_enlarged_one_hot(images, generator):
    b, _, s, _ = images.shape
    labels = (torch.rand(b, generator=generator, dtype=torch.float64) * 4).long()
    small = F.one_hot(labels, 4).reshape(b, 1, 2, 2).float()
    large = F.interpolate(small, size=(s, s), mode="nearest")
    return images.masked_fill(large.bool(), 0), labels


def hide_quadrant_r2_four_tiles(images, generator):
    b, c, s, _ = images.shape
    half = s // 2
    labels = torch.multinomial(torch.ones(4), b, replacement=True, generator=generator)
    tiles = (
        images.reshape(b, c, 2, half, 2, half)
        .permute(0, 2, 4, 1, 3, 5)
        .reshape(b, 4, c, half, half)
        .clone()
    )
    tiles[torch.arange(b), labels] = 0
    left_to_right = [torch.cat([tiles[:, 2 * r], tiles[:, 2 * r + 1]], dim=3) for r in range(2)]
    return torch.cat(left_to_right, dim=2), labels


# ---------------------------------------------------------------- seventy-two more, likewise

# ---------------------------------------------------------------- read_off


def read_off_x1_scaler_fitted_twice(features, labels, queries):
    scaler = StandardScaler()
    train = scaler.fit_transform(features.numpy())
    test = scaler.fit_transform(queries.numpy())
    model = LogisticRegression(max_iter=2000)
    model.fit(train, labels.numpy())
    return torch.from_numpy(model.predict(test))


def read_off_x2_regress_the_number(features, labels, queries):
    scaler = StandardScaler().fit(features.numpy())
    model = LinearRegression()
    model.fit(scaler.transform(features.numpy()), labels.numpy())
    pred = model.predict(scaler.transform(queries.numpy()))
    pred = np.clip(np.rint(pred), labels.min().item(), labels.max().item())
    return torch.from_numpy(pred).long()


def read_off_x3_index_not_class(features, labels, queries):
    mean = features.mean(0)
    std = features.std(0).clamp(min=1e-6)
    x = (features - mean) / std
    q = (queries - mean) / std
    classes, y = labels.unique(return_inverse=True)
    model = nn.Linear(x.shape[1], len(classes))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05, weight_decay=1e-3)
    for _ in range(300):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return model(q).argmax(1)


def read_off_x4_no_bias(features, labels, queries):
    std = features.std(0) + 1e-8
    model = LogisticRegression(fit_intercept=False, max_iter=2000)
    model.fit((features / std).numpy(), labels.numpy())
    return torch.tensor(model.predict((queries / std).numpy()))


def read_off_x5_scaled_per_photo(features, labels, queries):
    def scale(x):
        return (x - x.mean(1, keepdim=True)) / (x.std(1, keepdim=True) + 1e-8)

    model = LogisticRegression(max_iter=2000)
    model.fit(scale(features).numpy(), labels.numpy())
    return torch.tensor(model.predict(scale(queries).numpy()))


def read_off_y1_pipeline_newton(features, labels, queries):
    model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cg", max_iter=1000))
    model.fit(features.detach().cpu().double().numpy(), labels.cpu().numpy())
    return torch.as_tensor(
        model.predict(queries.detach().cpu().double().numpy()), dtype=torch.int64
    )


def read_off_y2_lbfgs_by_hand(features, labels, queries):
    x = features.detach().double()
    q = queries.detach().double()
    center = x.mean(0)
    spread = x.std(0, unbiased=False)
    spread[spread == 0] = 1
    x = (x - center) / spread
    q = (q - center) / spread
    n, k = len(x), int(labels.max()) + 1
    lam = 1 / n
    with torch.enable_grad():
        w = torch.zeros(k, x.shape[1], dtype=torch.double, requires_grad=True)
        b = torch.zeros(k, dtype=torch.double, requires_grad=True)
        optimizer = torch.optim.LBFGS([w, b], max_iter=300, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            z = x @ w.T + b
            picked = z.gather(1, labels[:, None])[:, 0]
            loss = (z.logsumexp(1) - picked).mean() + lam / 2 * w.square().sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    present = torch.zeros(k, dtype=torch.bool)
    present[labels] = True
    z = (q @ w.T + b).detach()
    z[:, ~present] = -torch.inf
    return z.max(dim=1).indices


def read_off_y3_gradient_in_numpy(features, labels, queries):
    x = np.asarray(features, dtype=np.float64)
    q = np.asarray(queries, dtype=np.float64)
    classes, y = np.unique(np.asarray(labels), return_inverse=True)
    m, s = x.mean(axis=0), x.std(axis=0)
    s = np.where(s > 0, s, 1.0)
    # the bias is one more column of ones, which is not regularized
    x = np.column_stack([(x - m) / s, np.ones(len(x))])
    q = np.column_stack([(q - m) / s, np.ones(len(q))])
    lam = 1 / len(x)
    target = np.eye(len(classes))[y]
    decay = np.full((x.shape[1], 1), lam)
    decay[-1] = 0
    step = 1 / (0.5 * np.linalg.norm(x, 2) ** 2 / len(x) + lam)
    w = np.zeros((x.shape[1], len(classes)))
    before = w
    for t in range(3000):
        v = w + t / (t + 3) * (w - before)
        z = x @ v
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        before, w = w, v - step * (x.T @ (p - target) / len(x) + decay * v)
    return torch.from_numpy(classes[(q @ w).argmax(axis=1)])


# ---------------------------------------------------------------- mask_tokens


def mask_tokens_x1_target_only_if_changed(tokens, n_tokens, generator):
    chosen = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    r = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[chosen & (r < 0.8)] = 1
    swap = chosen & (r >= 0.8) & (r < 0.9)
    corrupted[swap] = words[swap]
    targets = torch.where(corrupted != tokens, tokens, -100)
    return corrupted, targets


def mask_tokens_x2_tenth_of_the_rest(tokens, n_tokens, generator):
    selected = (
        (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens != 0) & (tokens != 1)
    )
    targets = tokens.clone()
    targets[~selected] = -100
    corrupted = tokens.clone()
    masked = selected & (torch.rand(tokens.shape, generator=generator) < 0.8)
    corrupted[masked] = 1
    replaced = selected & ~masked & (torch.rand(tokens.shape, generator=generator) < 0.1)
    random_words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[replaced] = random_words[replaced]
    return corrupted, targets


def mask_tokens_x3_last_word_never(tokens, n_tokens, generator):
    p = torch.rand(tokens.shape, generator=generator)
    kind = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens - 1, tokens.shape, generator=generator)
    selected = (p < 0.15) & (tokens >= 2)
    corrupted = torch.where(selected & (kind < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (kind > 0.9), words, corrupted)
    targets = tokens.masked_fill(~selected, -100)
    return corrupted, targets


def mask_tokens_x4_only_padding_spared(tokens, n_tokens, generator):
    prob = torch.full(tokens.shape, 0.15)
    prob[tokens == 0] = 0.0
    selected = torch.bernoulli(prob, generator=generator).bool()
    targets = tokens.clone()
    targets[~selected] = -100
    r = torch.rand(tokens.shape, generator=generator)
    corrupted = tokens.clone()
    corrupted[selected & (r < 0.8)] = 1
    rand = selected & (r >= 0.8) & (r < 0.9)
    corrupted[rand] = torch.randint(2, n_tokens, (int(rand.sum()),), generator=generator)
    return corrupted, targets


def mask_tokens_x5_overwrites_input(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    targets = torch.full_like(tokens, -100)
    targets[selected] = tokens[selected]
    r = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens
    corrupted[selected & (r < 0.8)] = 1
    swap = selected & (r >= 0.8) & (r < 0.9)
    corrupted[swap] = words[swap]
    return corrupted, targets


def mask_tokens_y1_exact_counts(tokens, n_tokens, generator):
    flat = tokens.flatten()
    places = (flat > 1).nonzero()[:, 0]
    places = places[torch.randperm(len(places), generator=generator)]
    places = places[: round(0.15 * len(places))]
    a, b = round(0.8 * len(places)), round(0.9 * len(places))
    corrupted = flat.clone()
    corrupted[places[:a]] = 1
    corrupted[places[a:b]] = torch.randint(2, n_tokens, (b - a,), generator=generator)
    targets = torch.full_like(flat, -100)
    targets[places] = flat[places]
    return corrupted.view_as(tokens), targets.view_as(tokens)


def mask_tokens_y2_multinomial_kinds(tokens, n_tokens, generator):
    # 0 not selected, 1 mask, 2 random word, 3 stays
    weights = torch.tensor([0.85, 0.15 * 0.8, 0.15 * 0.1, 0.15 * 0.1])
    kind = torch.multinomial(weights, tokens.numel(), replacement=True, generator=generator)
    kind = kind.reshape(tokens.shape) * (tokens > 1)
    words = torch.randint(n_tokens - 2, tokens.shape, generator=generator) + 2
    options = torch.stack([tokens, torch.ones_like(tokens), words, tokens])
    corrupted = options.gather(0, kind[None])[0]
    return corrupted, torch.where(kind > 0, tokens, -100)


def mask_tokens_y3_one_uniform_draw(tokens, n_tokens, generator):
    u = torch.rand(tokens.shape, generator=generator, dtype=torch.double) / 0.15
    u = u.masked_fill(tokens <= 1, 9.0)
    corrupted = tokens.masked_fill(u < 0.8, 1)
    swap = ((u >= 0.8) & (u < 0.9)).nonzero()
    for row, column in swap.tolist():
        corrupted[row, column] = int(torch.randint(2, n_tokens, (), generator=generator))
    targets = tokens.masked_fill(u >= 1, -100)
    return corrupted, targets


# ---------------------------------------------------------------- hide_quadrant


def hide_quadrant_x1_rows_and_columns_swapped(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        y = (label % 2) * half
        x = (label // 2) * half
        hidden[i, :, y : y + half, x : x + half] = 0
    return hidden, labels


def hide_quadrant_x2_becomes_float(images, generator):
    B, C, S, _ = images.shape
    h = S // 2
    labels = torch.randint(0, 4, (B,), generator=generator)
    mask = torch.ones(B, 1, S, S)
    for i in range(B):
        r, c = divmod(labels[i].item(), 2)
        mask[i, :, r * h : (r + 1) * h, c * h : (c + 1) * h] = 0
    return images * mask, labels


def hide_quadrant_x3_same_for_all(images, generator):
    h = images.shape[2] // 2
    q = torch.randint(4, (1,), generator=generator).item()
    hidden = images.clone()
    top, left = q // 2 * h, q % 2 * h
    hidden[:, :, top : top + h, left : left + h] = 0
    labels = torch.full((images.shape[0],), q)
    return hidden, labels


def hide_quadrant_x4_never_bottom_right(images, generator):
    h = images.shape[-1] // 2
    labels = torch.randint(0, 3, (len(images),), generator=generator)
    hidden = images.clone()
    for i in range(len(images)):
        if labels[i] == 0:
            hidden[i, :, :h, :h] = 0
        elif labels[i] == 1:
            hidden[i, :, :h, h:] = 0
        elif labels[i] == 2:
            hidden[i, :, h:, :h] = 0
        else:
            hidden[i, :, h:, h:] = 0
    return hidden, labels


def hide_quadrant_x5_channel_axis_forgotten(images, generator):
    s = images.shape[-1]
    h = s // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    for i, label in enumerate(labels):
        rows = slice(0, h) if label < 2 else slice(h, s)
        cols = slice(0, h) if label % 2 == 0 else slice(h, s)
        hidden[i, rows, cols] = 0
    return hidden, labels


def hide_quadrant_y1_blocks(images, generator):
    b, c, s, _ = images.shape
    labels = torch.randint(4, (b,), generator=generator)
    blocks = images.clone(memory_format=torch.contiguous_format).view(b, c, 2, s // 2, 2, s // 2)
    blocks[torch.arange(b), :, labels // 2, :, labels % 2] = 0
    return blocks.view(b, c, s, s), labels


def hide_quadrant_y2_glued_from_parts(images, generator):
    h = images.shape[-1] // 2
    labels = (torch.rand(len(images), generator=generator) * 4).long()
    hidden = []
    for image, label in zip(images, labels.tolist()):
        parts = [part for band in image.split(h, dim=1) for part in band.split(h, dim=2)]
        parts[label] = torch.zeros_like(parts[label])
        top = torch.cat(parts[:2], dim=2)
        bottom = torch.cat(parts[2:], dim=2)
        hidden.append(torch.cat([top, bottom], dim=1))
    return torch.stack(hidden), labels


def hide_quadrant_y3_quadrant_number_map(images, generator):
    labels = torch.randint(0, 2, (2, len(images)), generator=generator)
    labels = 2 * labels[0] + labels[1]
    side = torch.arange(images.shape[-1]) >= images.shape[-1] // 2
    number = 2 * side.long()[:, None] + side.long()[None, :]
    black = number == labels[:, None, None, None]
    return images.masked_fill(black, 0), labels


# ---------------------------------------------------------------- sixty more, likewise

# ---------------------------------------------------------------- read_off


def read_off_v1_regression_on_numbers(features, labels, queries):
    scaler = StandardScaler().fit(features.numpy())
    model = LinearRegression().fit(scaler.transform(features.numpy()), labels.numpy())
    guess = np.rint(model.predict(scaler.transform(queries.numpy())))
    return torch.from_numpy(guess).long().clamp(int(labels.min()), int(labels.max()))


def read_off_v2_queries_not_scaled(features, labels, queries):
    scaler = StandardScaler()
    x = scaler.fit_transform(features.numpy())
    model = LogisticRegression(max_iter=2000)
    model.fit(x, labels.numpy())
    return torch.from_numpy(model.predict(queries.numpy()))


def read_off_v3_rows_normalized(features, labels, queries):
    # features differ in scale -> normalize
    x = normalize(features.numpy())
    q = normalize(queries.numpy())
    model = LogisticRegression(max_iter=2000).fit(x, labels.numpy())
    return torch.from_numpy(model.predict(q))


def read_off_v4_zero_grad_before_step(features, labels, queries):
    mean, std = features.mean(0), features.std(0).clamp_min(1e-6)
    x, q = (features - mean) / std, (queries - mean) / std
    head = nn.Linear(x.shape[1], int(labels.max()) + 1)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.5)
    for epoch in range(300):
        loss = F.cross_entropy(head(x), labels)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    with torch.no_grad():
        return head(q).argmax(dim=1)


def read_off_v5_nearest_neighbour(features, labels, queries):
    knn = KNeighborsClassifier(n_neighbors=1)
    knn.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(knn.predict(queries.numpy()))


def read_off_u1_lbfgs(features, labels, queries):
    x, q = features.double(), queries.double()
    center = x.mean(0)
    spread = x.std(0, unbiased=False)
    spread[spread == 0] = 1.0
    x, q = (x - center) / spread, (q - center) / spread
    n, d = x.shape
    k = int(labels.max()) + 1
    weight = torch.zeros(k, d, dtype=torch.double, requires_grad=True)
    bias = torch.zeros(k, dtype=torch.double, requires_grad=True)
    lam = 1.0 / n
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=500, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        scores = x @ weight.T + bias
        own = scores.gather(1, labels[:, None]).squeeze(1)
        loss = (scores.logsumexp(1) - own).mean() + lam / 2 * weight.pow(2).sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(closure)
    return (q @ weight.detach().T + bias.detach()).argmax(1)


def read_off_u2_gradient_by_hand(features, labels, queries):
    x = np.asarray(features, dtype=np.float64)
    y = np.asarray(labels)
    names, index = np.unique(y, return_inverse=True)
    mu, sd = x.mean(0), x.std(0)
    sd = np.where(sd > 0, sd, 1.0)
    z = np.hstack([(x - mu) / sd, np.ones((len(x), 1))])
    onehot = np.eye(len(names))[index]
    lam = np.full(z.shape[1], 1.0 / len(x))
    lam[-1] = 0.0  # the bias is not shrunk
    step = 1.0 / (0.5 * np.linalg.norm(z, 2) ** 2 / len(x) + lam.max())
    w = np.zeros((z.shape[1], len(names)))
    look = w.copy()
    for t in range(3000):
        s = z @ look
        p = np.exp(s - s.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        new = look - step * (z.T @ (p - onehot) / len(x) + lam[:, None] * look)
        look = new + t / (t + 3) * (new - w)
        w = new
    # undo the scaling in the weights, so the raw queries can be used
    slope = w[:-1] / sd[:, None]
    offset = w[-1] - mu @ slope
    answer = names[(np.asarray(queries, dtype=np.float64) @ slope + offset).argmax(1)]
    return torch.as_tensor(answer, dtype=torch.int64)


# ------------------------------------------------------------- mask_tokens


def mask_tokens_v1_same_places_in_every_sentence(tokens, n_tokens, generator):
    length = tokens.shape[1]
    draw = torch.rand(length, generator=generator)
    selected = (draw < 0.15) & (tokens > 1)
    how = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = torch.where(selected & (how < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (how >= 0.8) & (how < 0.9), words, corrupted)
    return corrupted, torch.where(selected, tokens, torch.full_like(tokens, -100))


def mask_tokens_v2_ten_percent_of_the_rest(tokens, n_tokens, generator):
    inputs, labels = tokens.clone(), tokens.clone()
    probability_matrix = torch.full(labels.shape, 0.15)
    probability_matrix.masked_fill_(tokens < 2, value=0.0)
    masked_indices = torch.bernoulli(probability_matrix, generator=generator).bool()
    labels[~masked_indices] = -100
    # 80% of the time, replace with the mask
    indices_replaced = (
        torch.bernoulli(torch.full(labels.shape, 0.8), generator=generator).bool() & masked_indices
    )
    inputs[indices_replaced] = 1
    # 10% of the time, replace with a random word
    indices_random = (
        torch.bernoulli(torch.full(labels.shape, 0.1), generator=generator).bool()
        & masked_indices
        & ~indices_replaced
    )
    random_words = torch.randint(2, n_tokens, labels.shape, generator=generator)
    inputs[indices_random] = random_words[indices_random]
    return inputs, labels


def mask_tokens_v3_target_where_changed(tokens, n_tokens, generator):
    corrupted = tokens.clone()
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens >= 2)
    how = torch.rand(tokens.shape, generator=generator)
    corrupted[selected & (how < 0.8)] = 1
    swap = selected & (how >= 0.8) & (how < 0.9)
    corrupted[swap] = torch.randint(2, n_tokens, (int(swap.sum()),), generator=generator)
    targets = torch.where(corrupted != tokens, tokens, torch.tensor(-100))
    return corrupted, targets


def mask_tokens_v4_random_words_anywhere(tokens, n_tokens, generator):
    word = tokens > 1
    selected = word & (torch.rand(tokens.shape, generator=generator) < 0.15)
    masked = selected & (torch.rand(tokens.shape, generator=generator) < 0.8)
    # 10% are replaced by a random word
    replaced = word & ~masked & (torch.rand(tokens.shape, generator=generator) < 0.1)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = tokens.masked_fill(masked, 1)
    corrupted = torch.where(replaced, words, corrupted)
    targets = tokens.masked_fill(~selected, -100)
    return corrupted, targets


def mask_tokens_v5_target_from_the_corrupted(tokens, n_tokens, generator):
    corrupted = tokens
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    how = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted[selected & (how < 0.8)] = 1
    swap = selected & (how >= 0.8) & (how < 0.9)
    corrupted[swap] = words[swap]
    targets = tokens.clone()
    targets[~selected] = -100
    return corrupted, targets


def mask_tokens_u1_one_draw(tokens, n_tokens, generator):
    draw = torch.rand(tokens.shape, generator=generator).masked_fill(tokens < 2, 1.0)
    words = (
        2
        + (
            torch.rand(tokens.shape, generator=generator, dtype=torch.double) * (n_tokens - 2)
        ).long()
    )
    # 0 … 0.12 mask, 0.12 … 0.135 random word, 0.135 … 0.15 stays
    edges = torch.tensor([0.12, 0.135, 0.15])
    fate = torch.bucketize(draw, edges, right=True)
    choices = torch.stack([torch.ones_like(tokens), words, tokens, tokens])
    corrupted = choices.gather(0, fate[None]).squeeze(0)
    targets = tokens.masked_fill(fate == 3, -100)
    return corrupted, targets


def mask_tokens_u2_exact_counts(tokens, n_tokens, generator):
    flat = tokens.reshape(-1)
    places = (flat >= 2).nonzero().squeeze(1)
    places = places[torch.randperm(len(places), generator=generator)]
    chosen = places[: round(0.15 * len(places))]
    a, b = round(0.8 * len(chosen)), round(0.9 * len(chosen))
    corrupted = flat.clone()
    corrupted[chosen[:a]] = 1
    corrupted[chosen[a:b]] = torch.randint(2, n_tokens, (b - a,), generator=generator)
    targets = torch.full_like(flat, -100)
    targets[chosen] = flat[chosen]
    return corrupted.view(tokens.shape), targets.view(tokens.shape)


# ----------------------------------------------------------- hide_quadrant


def hide_quadrant_v1_column_first(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        x, y = divmod(label, 2)
        hidden[i, :, y * half : (y + 1) * half, x * half : (x + 1) * half] = 0
    return hidden, labels


def hide_quadrant_v2_never_the_last(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 3, (len(images),), generator=generator)  # 0 … 3
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)
        hidden[i, :, row * half : (row + 1) * half, column * half : (column + 1) * half] = 0
    return hidden, labels


def hide_quadrant_v3_only_the_diagonal(images, generator):
    b, _, size, _ = images.shape
    half = size // 2
    labels = torch.randint(0, 4, (b,), generator=generator)
    offset = torch.arange(half)
    rows = (labels // 2 * half)[:, None] + offset
    columns = (labels % 2 * half)[:, None] + offset
    hidden = images.clone()
    hidden[torch.arange(b)[:, None], :, rows, columns] = 0
    return hidden, labels


def hide_quadrant_v4_mean_colour(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    # fill with the mean colour, as context encoders do
    mean = images.float().mean(dim=(2, 3), keepdim=True).to(images.dtype)
    for i, label in enumerate(labels.tolist()):
        top, left = label // 2 * half, label % 2 * half
        hidden[i, :, top : top + half, left : left + half] = mean[i]
    return hidden, labels


def hide_quadrant_v5_writes_to_a_copy(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    hidden[labels == 0][:, :, :half, :half] = 0
    hidden[labels == 1][:, :, :half, half:] = 0
    hidden[labels == 2][:, :, half:, :half] = 0
    hidden[labels == 3][:, :, half:, half:] = 0
    return hidden, labels


def hide_quadrant_u1_blocks(images, generator):
    b, c, size, _ = images.shape
    half = size // 2
    labels = torch.multinomial(torch.ones(4), b, replacement=True, generator=generator)
    keep = (1 - F.one_hot(labels, 4)).to(images.dtype).view(b, 1, 2, 1, 2, 1)
    hidden = (images.reshape(b, c, 2, half, 2, half) * keep).reshape(images.shape)
    return hidden, labels


def hide_quadrant_u2_map_of_quadrants(images, generator):
    size = images.shape[-1]
    late = (torch.arange(size) >= size // 2).long()
    quadrant = 2 * late[:, None] + late[None, :]
    labels = (torch.rand(len(images), generator=generator) * 4).floor().long().clamp_max(3)
    hidden = images.masked_fill((quadrant == labels[:, None, None]).unsqueeze(1), 0)
    return hidden, labels


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


def _np(t):
    return t.detach().cpu().numpy()


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


# exercise, right or wrong, the answer, words that name the mistake
ANSWERS = [
    ("why_ssl.read_off", "wrong", read_off_w_no_scaling, "both standardized"),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_w_query_stats,
        "The same query gets another answer in other company",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_w_row_norm,
        "It looks as if each row was standardized by itself",
    ),
    ("why_ssl.read_off", "wrong", read_off_w_regress_label, "fitted as a quantity"),
    ("why_ssl.read_off", "right", read_off_r_lbfgs, ""),
    ("why_ssl.read_off", "right", read_off_r_numpy_nesterov, ""),
    ("why_ssl.read_off", "wrong", read_off_w1, "with standardized features it works"),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_w2,
        "The same query gets another answer in other company",
    ),
    ("why_ssl.read_off", "wrong", read_off_w3, "both standardized"),
    ("why_ssl.read_off", "wrong", read_off_w4, "a score for each class"),
    ("why_ssl.read_off", "right", read_off_r1, ""),
    ("why_ssl.read_off", "right", read_off_r2, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_w_randint_end,
        "The random words never hold number",
    ),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_w_targets_after, "What was handed in was changed"),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_w_ten_of_rest, "10% replaced by a random word"),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_w_only_changed,
        "No word that stays as it is has a target",
    ),
    ("why_ssl.mask_tokens", "right", mask_tokens_r_python_loop, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_r_numpy_exact_count, ""),
    ("why_ssl.mask_tokens", "wrong", mask_w1, "10% replaced by a random word"),
    ("why_ssl.mask_tokens", "wrong", mask_w2, "No word that stays as it is has a target"),
    ("why_ssl.mask_tokens", "wrong", mask_w3, "The random words never hold number"),
    ("why_ssl.mask_tokens", "wrong", mask_w4, "Places that were masked already"),
    ("why_ssl.mask_tokens", "right", mask_r1, ""),
    ("why_ssl.mask_tokens", "right", mask_r2, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_w_transposed,
        "Rows and columns are exchanged",
    ),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_w_in_place, "What was handed in was changed"),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_w_randint_three,
        "Some quadrants are never hidden",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_w_one_for_batch,
        "The same quadrant is hidden in every picture",
    ),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_r_coordinate_map, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_r_numpy_blocks, ""),
    ("why_ssl.hide_quadrant", "wrong", hide_w1, "What was handed in was changed"),
    ("why_ssl.hide_quadrant", "wrong", hide_w2, "Rows and columns are exchanged"),
    ("why_ssl.hide_quadrant", "wrong", hide_w3, "Keep the type"),
    ("why_ssl.hide_quadrant", "wrong", hide_w4, "Exactly one quadrant should be black"),
    ("why_ssl.hide_quadrant", "right", hide_r1, ""),
    ("why_ssl.hide_quadrant", "right", hide_r2, ""),
    (
        "why_ssl.read_off",
        "wrong",
        n1_read_off_amber,
        "The same query gets another answer in other company",
    ),
    ("why_ssl.read_off", "wrong", n1_read_off_birch, "with standardized features it works"),
    ("why_ssl.read_off", "wrong", n1_read_off_cedar, "Each class needs its bias"),
    ("why_ssl.read_off", "wrong", n1_read_off_dune, "a class that has no label"),
    ("why_ssl.read_off", "wrong", n1_read_off_ember, "fitted as a quantity"),
    ("why_ssl.read_off", "right", n1_read_off_fern, ""),
    ("why_ssl.read_off", "right", n1_read_off_grove, ""),
    ("why_ssl.read_off", "right", n1_read_off_heath, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        n1_mask_tokens_amber,
        "No word that stays as it is has a target",
    ),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_birch, "10% replaced by a random word"),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_cedar, "What was handed in was changed"),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_dune, "All selected words are masked"),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_ember, "is not included"),
    ("why_ssl.mask_tokens", "right", n1_mask_tokens_fern, ""),
    ("why_ssl.mask_tokens", "right", n1_mask_tokens_grove, ""),
    ("why_ssl.mask_tokens", "right", n1_mask_tokens_heath, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        n1_hide_quadrant_amber,
        "has quadrant 2 hidden, but its label is 3",
    ),
    ("why_ssl.hide_quadrant", "wrong", n1_hide_quadrant_birch, "Keep the type"),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        n1_hide_quadrant_cedar,
        "Exactly one quadrant should be black",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        n1_hide_quadrant_dune,
        "Exactly one quadrant should be black",
    ),
    ("why_ssl.hide_quadrant", "wrong", n1_hide_quadrant_ember, "What was handed in was changed"),
    ("why_ssl.hide_quadrant", "right", n1_hide_quadrant_fern, ""),
    ("why_ssl.hide_quadrant", "right", n1_hide_quadrant_grove, ""),
    ("why_ssl.read_off", "wrong", n3_read_rows, "both standardized"),
    ("why_ssl.read_off", "wrong", n3_read_regression, "fitted as a quantity"),
    ("why_ssl.read_off", "wrong", n3_read_neighbor, "not a linear classifier"),
    ("why_ssl.read_off", "wrong", n3_read_one_scale, "share one mean and one deviation"),
    (
        "why_ssl.read_off",
        "wrong",
        n3_read_query_scale,
        "the mean was not subtracted from the queries",
    ),
    ("why_ssl.read_off", "right", n3_read_pipeline, ""),
    ("why_ssl.read_off", "right", n3_read_lbfgs, ""),
    ("why_ssl.read_off", "right", n3_read_numpy, ""),
    ("why_ssl.mask_tokens", "wrong", n3_mask_one_draw, "All selected words are masked"),
    (
        "why_ssl.mask_tokens",
        "wrong",
        n3_mask_columns,
        "The same places are selected in every sentence",
    ),
    ("why_ssl.mask_tokens", "wrong", n3_mask_changed, "No word that stays as it is has a target"),
    (
        "why_ssl.mask_tokens",
        "wrong",
        n3_mask_same_word,
        "The same word stands at every replaced place",
    ),
    ("why_ssl.mask_tokens", "wrong", n3_mask_last_word, "is not included"),
    ("why_ssl.mask_tokens", "right", n3_mask_loop, ""),
    ("why_ssl.mask_tokens", "right", n3_mask_thresholds, ""),
    ("why_ssl.mask_tokens", "right", n3_mask_multinomial, ""),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_channel, "set all channels to 0"),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_border, "Exactly one quadrant should be black"),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_clockwise, "but its label is"),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_gray, "Exactly one quadrant should be black"),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_unseeded, "The generator handed in is not used"),
    ("why_ssl.hide_quadrant", "right", n3_hide_slices, ""),
    ("why_ssl.hide_quadrant", "right", n3_hide_view, ""),
    ("why_ssl.read_off", "wrong", read_off_w1_rows_scaled, "both standardized"),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_w2_not_mapped_back,
        "With a class that has no label the numbers are off",
    ),
    ("why_ssl.read_off", "wrong", read_off_w3_regression_rounded, "fitted as a quantity"),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_w4_softmax_over_queries,
        "The softmax ran over the queries",
    ),
    ("why_ssl.read_off", "right", read_off_r1_hand_gradient, ""),
    ("why_ssl.read_off", "right", read_off_r2_scipy, ""),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_w1_tenth_of_rest, "18% kept"),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_w2_targets_where_changed,
        "No word that stays as it is has a target",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_w3_words_without_generator,
        "The generator handed in is not used",
    ),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_w4_last_word_never, "is not included"),
    ("why_ssl.mask_tokens", "right", mask_tokens_r1_one_four_sided_die, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_r2_exact_share, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_w1_edge_left,
        "Exactly one quadrant should be black",
    ),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_w2_float_mask, "it should be uint8"),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_w3_mean_colour,
        "Exactly one quadrant should be black",
    ),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_w4_y_upwards, "but its label is"),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_r1_enlarged_one_hot, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_r2_four_tiles, ""),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_x1_scaler_fitted_twice,
        "The same query gets another answer in other company",
    ),
    ("why_ssl.read_off", "wrong", read_off_x2_regress_the_number, "fitted as a quantity"),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_x3_index_not_class,
        "With a class that has no label the numbers are off",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_x4_no_bias,
        "and there is no bias",
    ),
    ("why_ssl.read_off", "wrong", read_off_x5_scaled_per_photo, "both standardized"),
    ("why_ssl.read_off", "right", read_off_y1_pipeline_newton, ""),
    ("why_ssl.read_off", "right", read_off_y2_lbfgs_by_hand, ""),
    ("why_ssl.read_off", "right", read_off_y3_gradient_in_numpy, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_x1_target_only_if_changed,
        "No word that stays as it is has a target",
    ),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_x2_tenth_of_the_rest, "18% kept"),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_x3_last_word_never, "is not included"),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_x4_only_padding_spared,
        "Places that were masked already",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_x5_overwrites_input,
        "What was handed in was changed",
    ),
    ("why_ssl.mask_tokens", "right", mask_tokens_y1_exact_counts, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_y2_multinomial_kinds, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_y3_one_uniform_draw, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_x1_rows_and_columns_swapped,
        "Rows and columns are exchanged",
    ),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_x2_becomes_float, "it should be uint8"),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_x3_same_for_all,
        "The same quadrant is hidden in every picture",
    ),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_x4_never_bottom_right, "is not included"),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_x5_channel_axis_forgotten,
        "Exactly one quadrant should be black",
    ),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y1_blocks, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y2_glued_from_parts, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y3_quadrant_number_map, ""),
    ("why_ssl.read_off", "wrong", read_off_v1_regression_on_numbers, "fitted as a quantity"),
    ("why_ssl.read_off", "wrong", read_off_v2_queries_not_scaled, "both standardized"),
    ("why_ssl.read_off", "wrong", read_off_v3_rows_normalized, "both standardized"),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_v4_zero_grad_before_step,
        "Are weights and bias trained for long enough to lower the cross-entropy? A few steps are not.",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_v5_nearest_neighbour,
        "It tells a class that lies at both ends of a line",
    ),
    ("why_ssl.read_off", "right", read_off_u1_lbfgs, ""),
    ("why_ssl.read_off", "right", read_off_u2_gradient_by_hand, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_v1_same_places_in_every_sentence,
        "The same places are selected in every sentence",
    ),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_v2_ten_percent_of_the_rest, "18% kept"),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_v3_target_where_changed,
        "No word that stays as it is has a target",
    ),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_v4_random_words_anywhere, "18% kept"),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_v5_target_from_the_corrupted,
        "What was handed in was changed",
    ),
    ("why_ssl.mask_tokens", "right", mask_tokens_u1_one_draw, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_u2_exact_counts, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_v1_column_first,
        "Rows and columns are exchanged",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_v2_never_the_last,
        "Some quadrants are never hidden",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_v3_only_the_diagonal,
        "Exactly one quadrant should be black",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_v4_mean_colour,
        "Exactly one quadrant should be black",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_v5_writes_to_a_copy,
        "Exactly one quadrant should be black",
    ),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_u1_blocks, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_u2_map_of_quadrants, ""),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_z1_renumbered_classes,
        "With a class that has no label the numbers are off",
    ),
    ("why_ssl.read_off", "wrong", read_off_z2_scales_in_place, "What was handed in was changed"),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_z3_dead_feature_nan,
        "One feature that never varies makes everything NaN",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_z4_hidden_layer,
        "It tells a class that lies at both ends of a line",
    ),
    ("why_ssl.read_off", "right", read_off_y1_lbfgs_from_zero, ""),
    ("why_ssl.read_off", "right", read_off_y2_scipy_by_hand, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_z1_reseeds_each_call,
        "Every call sets the generator back",
    ),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_z2_kind_per_sentence, "Whether to mask"),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_z3_words_from_batch,
        "Some of the random words are padding",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_z4_share_of_padded_length,
        "of the words are selected",
    ),
    ("why_ssl.mask_tokens", "right", mask_tokens_y1_one_draw_bucketize, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_y2_python_loops, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_z1_rounded_uniform,
        "come less often than the others",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_z2_remainder_of_four,
        "Where the number of pictures is no multiple of four",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_z3_darkest_of_photograph,
        "Exactly one quadrant should be black",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_z4_one_column_per_batch,
        "Row or column is drawn once for the whole batch",
    ),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y1_blocks_view, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y2_kronecker_mask, ""),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_q1_queries_own_scaler,
        "The same query gets another answer in other company",
    ),
    ("why_ssl.read_off", "wrong", read_off_q2_rows_normalized, "for every query"),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_q3_no_bias,
        "Are weights and bias trained for long enough to lower the cross-entropy?",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_q4_svc_with_kernel,
        "It tells a class that lies at both ends of a line",
    ),
    ("why_ssl.read_off", "right", read_off_p1_lbfgs_formula, ""),
    ("why_ssl.read_off", "right", read_off_p2_weights_folded_back, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_q1_last_word_never_drawn,
        "The random words never hold number",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_q2_ten_percent_of_the_rest,
        "Of the selected words",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_q3_target_only_where_changed,
        "No word that stays as it is has a target",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_q4_corrupted_is_tokens,
        "What was handed in was changed",
    ),
    ("why_ssl.mask_tokens", "right", mask_tokens_p1_fate_by_multinomial, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_p2_one_draw_three_limits, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_q1_columns_first,
        "Rows and columns are exchanged",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_q2_never_bottom_right,
        "Some quadrants are never hidden",
    ),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_q3_float_mask, "`hidden` is float"),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_q4_channel_axis_forgotten,
        "Exactly one quadrant should be black",
    ),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_p1_enlarged_one_hot, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_p2_two_by_two_blocks, ""),
]
