"""Answers written from the lesson's text alone, by people who had not seen the checks, and what is to be
said of the wrong ones.
"""

# Left as it was written.
# ruff: noqa
import math
import itertools
from course_utils import models
from collections import OrderedDict
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


# exercise, right or wrong, the answer, words that name the mistake

# ---------------------------------------------------------------- encoder


def enc_w1(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(2)))
    encoder.add_module("block3", nn.Sequential(*block(128, 256), nn.MaxPool2d(2)))
    return encoder


def enc_w2(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    for i, (c_in, c_out) in enumerate([(64, 128), (128, 256)], start=2):
        layers = block(c_in, c_out)
        if i == 2:
            layers.append(nn.MaxPool2d(2))
        encoder.add_module(f"block{i}", nn.Sequential(*layers))
        return encoder


def enc_w3(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(nn.MaxPool2d(2), *block(64, 128)))  # (B, 128, 4, 4)
    encoder.add_module("block3", nn.Sequential(*block(128, 256)))  # (B, 256, 4, 4)
    return encoder


def enc_w4(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    patches2 = nn.Conv2d(64, 128, 2, stride=2)  # (B, 128, 4, 4)
    encoder.add_module("block2", nn.Sequential(patches2, *block(128, 128)))  # (B, 128, 4, 4)
    encoder.add_module("block3", nn.Sequential(*block(128, 256)))  # (B, 256, 4, 4)
    return encoder


def enc_w5(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.AvgPool2d(2)))  # (B, 128, 4, 4)
    encoder.add_module("block3", nn.Sequential(*block(128, 256)))  # (B, 256, 4, 4)
    return encoder


def enc_w6(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    conv, norm, relu = block(64, 128)
    encoder.add_module("block2", nn.Sequential(conv, norm, relu, nn.MaxPool2d(2)))  # (B, 128, 4, 4)
    conv, norm, relu = block(128, 256)
    encoder.add_module("block3", nn.Sequential(conv, relu))  # (B, 256, 4, 4)
    return encoder


def enc_w7(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(2)))  # (B, 128, 4, 4)
    # only the channels change here, the size stays 4x4
    widen = nn.Conv2d(128, 256, 1, bias=False)
    encoder.add_module(
        "block3", nn.Sequential(widen, nn.BatchNorm2d(256), nn.ReLU())
    )  # (B, 256, 4, 4)
    return encoder


def enc_w8(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    # a few pictures are enough to know the shape
    encoder.add_module("normalize", models.Normalize(pictures[:8]))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(2)))  # (B, 128, 4, 4)
    encoder.add_module("block3", nn.Sequential(*block(128, 256)))  # (B, 256, 4, 4)
    return encoder


def enc_w9(pictures):
    """pictures: (N, 3, S, S) uint8, those the network will learn from; returns an nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 64), nn.MaxPool2d(2)))
    encoder.add_module("block3", nn.Sequential(*block(64, 256)))  # (B, 256, 4, 4)
    return encoder


# ---------------------------------------------------------------- right answers


def enc_r1(pictures):
    """OrderedDict all the way down, layers named, one deeper level of nesting."""

    def block(c_in, c_out):
        return nn.Sequential(
            OrderedDict(
                [
                    (
                        "conv",
                        nn.Conv2d(c_in, c_out, kernel_size=(3, 3), padding="same", bias=False),
                    ),
                    ("norm", nn.BatchNorm2d(c_out)),
                    ("act", nn.ReLU(inplace=True)),
                ]
            )
        )

    return nn.Sequential(
        OrderedDict(
            normalize=models.Normalize(pictures),
            block1=nn.Sequential(
                OrderedDict(
                    patches=nn.Conv2d(3, 64, 2, stride=2),
                    layers=block(64, 64),
                    pool=nn.MaxPool2d(2),
                )
            ),
            block2=nn.Sequential(
                OrderedDict(
                    layers=block(64, 128),
                    pool=nn.MaxPool2d(2),
                )
            ),
            block3=block(128, 256),
        )
    )


def enc_r2(pictures):
    """One loop for all three blocks, put into the Sequential by setattr."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.normalize = models.Normalize(pictures)
    pool = nn.MaxPool2d(2)  # has no parameters and no state, so one object serves twice
    widths = [64, 64, 128, 256]
    last = len(widths) - 1
    for n in range(1, len(widths)):
        head = [nn.Conv2d(3, widths[0], 2, stride=2)] if n == 1 else []
        body = block(widths[n - 1], widths[n])
        tail = [pool] if n < last else [nn.Identity()]
        setattr(encoder, f"block{n}", nn.Sequential(*head, *body, *tail))
    return encoder


class _Stage(nn.Module):
    """A block as a Module of its own; ReLU and max pooling commute, so the pooling may come first."""

    def __init__(self, c_in, c_out, pooled, patch_from=None):
        super().__init__()
        self.cut = nn.Identity() if patch_from is None else nn.Conv2d(patch_from, c_in, 2, stride=2)
        self.weights = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        self.scale = nn.BatchNorm2d(c_out)
        self.pooled = pooled

    def forward(self, x):
        x = self.scale(self.weights(self.cut(x)))
        if self.pooled:
            x = F.max_pool2d(x, kernel_size=2)
        return F.relu(x)


def enc_r3(pictures):
    """Own Module class for the blocks, functional pooling and ReLU."""
    return nn.Sequential(
        models.Normalize(pictures),
        _Stage(64, 64, pooled=True, patch_from=3),
        _Stage(64, 128, pooled=True),
        _Stage(128, 256, pooled=False),
    )


def enc_r6(pictures):
    """As above, with names."""
    parts = [
        models.Normalize(pictures),
        _Stage(64, 64, pooled=True, patch_from=3),
        _Stage(64, 128, pooled=True),
        _Stage(128, 256, pooled=False),
    ]
    names = ("normalize", "block1", "block2", "block3")
    return nn.Sequential(OrderedDict(zip(names, parts, strict=True)))


def enc_r4(pictures):
    """No nested Sequential at all: every layer is appended to one flat chain, driven by a short plan."""
    encoder = nn.Sequential()
    encoder.append(models.Normalize(pictures))
    encoder.append(nn.Conv2d(3, 64, kernel_size=2, stride=2))
    channels = 64
    for step in (64, "pool", 128, "pool", 256):
        if step == "pool":
            encoder.append(nn.MaxPool2d(kernel_size=2, stride=2))
            continue
        encoder.append(nn.Conv2d(channels, step, 3, stride=1, padding=1, bias=False))
        encoder.append(nn.BatchNorm2d(step))
        encoder.append(nn.Threshold(0.0, 0.0))  # the same as ReLU
        channels = step
    return encoder


class _PoolByTwo(nn.Module):
    """Max pooling by 2, written with unfold; an odd last row or column is dropped as MaxPool2d drops it."""

    def forward(self, x):
        windows = x.unfold(2, 2, 2).unfold(3, 2, 2)  # (B, C, H/2, W/2, 2, 2)
        return windows.flatten(4).max(dim=-1).values


class _Positive(nn.Module):
    """ReLU."""

    def forward(self, x):
        return torch.clamp(x, min=0)


class _ConvNormAct(nn.Sequential):
    """The three layers of a block, as a subclass of Sequential with explicit zero padding."""

    def __init__(self, c_in, c_out):
        super().__init__(
            nn.ZeroPad2d(1),
            nn.Conv2d(c_in, c_out, 3, bias=False),
            nn.BatchNorm2d(c_out),
            _Positive(),
        )


def enc_r5(pictures):
    """Subclass of Sequential, own pooling and ReLU, padding as a layer, put together by list work."""
    first = nn.Sequential(nn.Conv2d(3, 64, 2, 2), nn.Sequential(_ConvNormAct(64, 64), _PoolByTwo()))
    second, third = [_ConvNormAct(c, 2 * c) for c in (64, 128)]
    second.append(_PoolByTwo())
    parts = {
        "normalize": models.Normalize(pictures),
        "block1": first,
        "block2": second,
        "block3": third,
    }
    encoder = nn.Sequential()
    for name, part in parts.items():
        encoder.register_module(name, part)
    return encoder


# ---------------------------------------------------------------- training loop


def loop_w1(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


def loop_w2(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(value.item())
    return losses


def loop_w3(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    optimizer.zero_grad()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.step()
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        losses.append(value.item())
    return losses


def loop_w4(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        loss(model(inputs), targets).backward()
        optimizer.step()
        losses.append(loss(model(inputs), targets).item())
    return losses


def loop_w5(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        losses.append(value.item())
    optimizer.step()
    return losses


def loop_w6(model, optimizer, batches, loss, rate, steps):
    losses = []
    running = 0.0
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        running += value.item()
        losses.append(running / (step + 1))
    return losses


def loop_w7(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    for step in range(steps):
        inputs = next(batches)[0]
        targets = next(batches)[1]
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


def loop_w8(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    inputs, targets = next(batches)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


def loop_w9(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        losses.append(value.item())
    return losses


def loop_w10(model, optimizer, batches, loss, rate, steps):
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        with torch.no_grad():
            for group in optimizer.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p -= group["lr"] * p.grad
        losses.append(value.item())
    return losses


# ---------------------------------------------------------------- right ones


def loop_r1(model, optimizer, batches, loss, rate, steps):
    # gradients cleared once up front, then again at the end of every step
    losses = []
    model.train()
    optimizer.zero_grad()
    for step in range(steps):
        inputs, targets = next(batches)
        value = loss(model(inputs), targets)
        losses.append(float(value.detach()))
        value.backward()
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.step()
        optimizer.zero_grad()
    return losses


def loop_r2(model, optimizer, batches, loss, rate, steps):
    # zip with range first (so no batch is wasted), gradients dropped by hand
    losses = []
    model.train()
    for step, (inputs, targets) in zip(range(steps), batches):
        lr = rate((step + 0.5) / steps)
        for group in optimizer.param_groups:
            group["lr"] = lr
            for p in group["params"]:
                p.grad = None
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


def loop_r3(model, optimizer, batches, loss, rate, steps):
    # islice, and no backward(): torch.autograd.grad with .grad written by hand
    model.train()
    optimizer.zero_grad()
    params = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    losses = []
    for step, (inputs, targets) in enumerate(itertools.islice(batches, steps)):
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        value = loss(model(inputs), targets)
        grads = torch.autograd.grad(value, params, allow_unused=True)
        for p, g in zip(params, grads):
            p.grad = g
        optimizer.step()
        losses.append(value.item())
    return losses


def loop_r4(model, optimizer, batches, loss, rate, steps):
    # while loop, preallocated record, gradients cleared between forward and backward
    record = torch.zeros(steps, dtype=torch.float64)
    model.train()
    step = 0
    while step < steps:
        inputs, targets = next(batches)
        outputs = model(inputs)
        value = loss(outputs, targets)
        optimizer.zero_grad()
        value.backward()
        for group in optimizer.param_groups:
            group.update(lr=rate((2 * step + 1) / (2 * steps)))
        optimizer.step()
        record[step] = value.detach()
        step += 1
    return record.tolist()


def loop_r5(model, optimizer, batches, loss, rate, steps):
    # rates worked out beforehand, a generator of detached losses, floats at the end
    model.train()
    rates = [rate((k + 0.5) / steps) for k in range(steps)]

    def run():
        for lr in rates:
            inputs, targets = next(batches)
            for group in optimizer.param_groups:
                group["lr"] = lr
            optimizer.zero_grad()
            value = loss(model(inputs), targets)
            torch.autograd.backward([value])
            optimizer.step()
            yield value.detach()

    return [value.item() for value in list(run())]


# ---------------------------------------------------------------- encoder and loop, another writer


# Wrong: block2 pools before its convolution instead of after the block.
def n4_encoder_w_poolfirst(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(nn.MaxPool2d(2), *block(64, 128)))
    encoder.add_module("block3", nn.Sequential(*block(128, 256)))
    return encoder


# Wrong: block3 has a max pooling too, so its maps are 2 x 2.
def n4_encoder_w_pool3(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(2)))
    encoder.add_module("block3", nn.Sequential(*block(128, 256), nn.MaxPool2d(2)))
    return encoder


# Wrong: block2 ends with average pooling instead of max pooling.
def n4_encoder_w_avgpool(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.AvgPool2d(2)))
    encoder.add_module("block3", nn.Sequential(*block(128, 256)))
    return encoder


# Wrong: block2 pools over overlapping 3 x 3 windows with stride 2; the shape is the same.
def n4_encoder_w_overlap(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module(
        "block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(3, stride=2, padding=1))
    )
    encoder.add_module("block3", nn.Sequential(*block(128, 256)))
    return encoder


# Wrong: block2 and block3 each have two convolutions, widen and then keep, after the pattern of block1, where one is asked for.
def n4_encoder_w_double(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), *block(128, 128), nn.MaxPool2d(2)))
    encoder.add_module("block3", nn.Sequential(*block(128, 256), *block(256, 256)))
    return encoder


# Wrong: the new layers are appended one by one, so they are children 2 to 8 and there is no block2 or block3.
def n4_encoder_w_names(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    for layer in [*block(64, 128), nn.MaxPool2d(2), *block(128, 256)]:
        encoder.append(layer)
    return encoder


# Wrong: block3 ends with a global average and a flattening, so the encoder returns (B, 256), not (B, 256, 4, 4).
def n4_encoder_w_flat(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(2)))
    encoder.add_module(
        "block3", nn.Sequential(*block(128, 256), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    )
    return encoder


# Wrong: block3 gets the list of block as it is, without nn.Sequential, which add_module refuses.
def n4_encoder_w_list(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(2)))
    encoder.add_module("block3", block(128, 256))
    return encoder


# Wrong: block3 is only a convolution, without batch normalization and ReLU.
def n4_encoder_w_bare(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.add_module("block2", nn.Sequential(*block(64, 128), nn.MaxPool2d(2)))
    last = nn.Conv2d(128, 256, 3, padding=1)
    encoder.add_module("block3", nn.Sequential(last))
    return encoder


def n4_encoder_r_dict(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    patches = nn.Conv2d(3, 64, kernel_size=2, stride=2)
    children = OrderedDict()
    children["normalize"] = models.Normalize(pictures)
    children["block1"] = nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    children["block2"] = nn.Sequential(*block(64, 128), nn.MaxPool2d(2))
    children["block3"] = nn.Sequential(*block(128, 256))
    return nn.Sequential(children)


def n4_encoder_r_loop(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    widths = [64, 128, 256]
    for number in (2, 3):
        layers = block(widths[number - 2], widths[number - 1])
        if number == 2:
            layers.append(nn.MaxPool2d(2))
        encoder.add_module(f"block{number}", nn.Sequential(*layers))
    return encoder


def n4_encoder_r_attribute(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    encoder.block2 = nn.Sequential(
        nn.Sequential(*block(64, 128)), nn.MaxPool2d(kernel_size=2, stride=2)
    )
    encoder.block3 = nn.Sequential(*block(128, 256))
    return encoder


def n4_encoder_r_explicit(pictures):
    """pictures: (N, 3, S, S) uint8, to learn from; returns nn.Sequential."""

    def block(c_in, c_out):
        conv = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False)
        return [conv, nn.BatchNorm2d(c_out), nn.ReLU()]

    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))  # (B, 3, 32, 32)
    patches = nn.Conv2d(3, 64, 2, stride=2)  # (B, 64, 16, 16)
    encoder.add_module(
        "block1", nn.Sequential(patches, *block(64, 64), nn.MaxPool2d(2))
    )  # (B, 64, 8, 8)
    second = nn.Sequential(
        nn.Conv2d(64, 128, kernel_size=(3, 3), stride=1, padding="same", bias=False),
        nn.BatchNorm2d(128),
        nn.ReLU(inplace=True),
        nn.MaxPool2d((2, 2)),
    )
    third = nn.Sequential(
        nn.Conv2d(128, 256, kernel_size=(3, 3), stride=1, padding="same", bias=False),
        nn.BatchNorm2d(256),
        nn.ReLU(inplace=True),
    )
    encoder.register_module("block2", second)
    encoder.register_module("block3", third)
    return encoder


# Wrong: the gradients are never set to zero, so they add up over the steps.
def n4_loop_w_nozero(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


# Wrong: zero_grad stands between backward and step, so the optimizer finds no gradients and nothing is learned.
def n4_loop_w_wiped(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(value.item())
    return losses


# Wrong: the loss in the list is computed anew after the update, on a second pass of the same batch in training mode.
def n4_loop_w_after(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        with torch.no_grad():
            losses.append(loss(model(inputs), targets).item())
    return losses


# Wrong: a second batch is drawn in each step, and the first is thrown away.
def n4_loop_w_twice(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        inputs, targets = next(batches)
        outputs = model(inputs)
        value = loss(outputs, targets)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


# Wrong: the arguments of the loss are in the wrong order.
def n4_loop_w_swapped(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        outputs = model(inputs)
        value = loss(targets, outputs)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


# Wrong: the loss function is overwritten by its value, so the second step crashes.
def n4_loop_w_clobber(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        outputs = model(inputs)
        loss = loss(outputs, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# Wrong: the list holds the mean of the losses so far, not the loss of each step.
def n4_loop_w_running(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        total = value.item() if step == 0 else total + value.item()
        losses.append(total / (step + 1))
    return losses


# Wrong: model.eval() stands inside the loop, so all steps but the first train in evaluation mode.
def n4_loop_w_eval(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
        model.eval()
    return losses


# Wrong: return is indented into the loop, so it ends after one step.
def n4_loop_w_early(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        optimizer.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        optimizer.step()
        losses.append(value.item())
        return losses


def n4_loop_r_later(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    optimizer.zero_grad(set_to_none=False)
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        outputs = model(inputs)
        value = loss(outputs, targets)
        losses += [float(value.detach())]
        value.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
    return losses


def n4_loop_r_closure(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)

        def closure():
            optimizer.zero_grad()
            value = loss(model(inputs), targets)
            value.backward()
            return value

        losses.append(optimizer.step(closure).item())
    return losses


def n4_loop_r_grad(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""
    losses = []
    model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        value = loss(model(inputs), targets)
        weights = [
            w for group in optimizer.param_groups for w in group["params"] if w.requires_grad
        ]
        gradients = torch.autograd.grad(value, weights, allow_unused=True)
        for w, gradient in zip(weights, gradients):
            w.grad = gradient
        optimizer.step()
        losses.append(value.item())
    return losses


def n4_loop_r_while(model, optimizer, batches, loss, rate, steps):
    """batches: (inputs, targets) without end; loss(outputs, targets): scalar;
    rate(progress): learning rate at progress in [0, 1]; returns: losses."""

    def one_step(progress):
        for group in optimizer.param_groups:
            group.update(lr=rate(progress))
        inputs, targets = next(batches)
        value = loss(model(inputs), targets)
        for group in optimizer.param_groups:
            for w in group["params"]:
                w.grad = None
        torch.autograd.backward(value)
        optimizer.step()
        return value.detach()

    model.train()
    kept, step = [], 0
    while step < steps:
        kept.append(one_step((step + 0.5) / steps))
        step += 1
    return [value.item() for value in kept]


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
    ("why_ssl.encoder", "wrong", enc_w1, "pools as well"),
    ("why_ssl.encoder", "wrong", enc_w2, "third block is missing"),
    ("why_ssl.encoder", "wrong", enc_w3, "pooling comes before the convolution"),
    ("why_ssl.encoder", "wrong", enc_w4, "instead of"),
    ("why_ssl.encoder", "wrong", enc_w5, "pools by averaging"),
    ("why_ssl.encoder", "wrong", enc_w6, "`block3` lacks batch norm"),
    ("why_ssl.encoder", "wrong", enc_w7, "not 3 × 3"),
    ("why_ssl.encoder", "wrong", enc_w8, "from some of the photographs"),
    ("why_ssl.encoder", "wrong", enc_w9, "should be (12, 128, 4, 4)"),
    ("why_ssl.training_loop", "wrong", loop_w1, "never cleared"),
    ("why_ssl.training_loop", "wrong", loop_w2, "cleared before they are used"),
    ("why_ssl.training_loop", "wrong", loop_w3, "comes before the loss"),
    ("why_ssl.training_loop", "wrong", loop_w4, "after the weights have moved"),
    ("why_ssl.training_loop", "wrong", loop_w5, "outside the loop"),
    ("why_ssl.training_loop", "wrong", loop_w6, "means of the losses so far"),
    ("why_ssl.training_loop", "wrong", loop_w7, "come from different batches"),
    ("why_ssl.training_loop", "wrong", loop_w8, "again and again"),
    ("why_ssl.training_loop", "wrong", loop_w9, "lags one step behind"),
    ("why_ssl.training_loop", "wrong", loop_w10, "is not used"),
    ("why_ssl.encoder", "wrong", enc_r3, "features are taken by name"),
    ("why_ssl.encoder", "wrong", enc_r4, "`block1` has shape"),
    ("why_ssl.encoder", "right", enc_r1, ""),
    ("why_ssl.encoder", "right", enc_r6, ""),
    ("why_ssl.encoder", "right", enc_r2, ""),
    ("why_ssl.encoder", "right", enc_r5, ""),
    ("why_ssl.training_loop", "right", loop_r1, ""),
    ("why_ssl.training_loop", "right", loop_r2, ""),
    ("why_ssl.training_loop", "right", loop_r3, ""),
    ("why_ssl.training_loop", "right", loop_r4, ""),
    ("why_ssl.training_loop", "right", loop_r5, ""),
    ("why_ssl.encoder", "wrong", n4_encoder_w_poolfirst, "pooling comes before the convolution"),
    ("why_ssl.encoder", "wrong", n4_encoder_w_pool3, "pools as well"),
    ("why_ssl.encoder", "wrong", n4_encoder_w_avgpool, "pools by averaging"),
    ("why_ssl.encoder", "wrong", n4_encoder_w_overlap, "overlap"),
    ("why_ssl.encoder", "wrong", n4_encoder_w_double, "two convolutions each"),
    ("why_ssl.encoder", "wrong", n4_encoder_w_names, "added one by one"),
    ("why_ssl.encoder", "wrong", n4_encoder_w_flat, "The maps are flattened"),
    ("why_ssl.encoder", "wrong", n4_encoder_w_list, "list is not a Module subclass"),
    ("why_ssl.encoder", "wrong", n4_encoder_w_bare, "a convolution alone"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_nozero, "never cleared"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_wiped, "cleared before they are used"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_after, "after the weights have moved"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_twice, "one is thrown away"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_swapped, "the targets first"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_clobber, "object is not callable"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_running, "means of the losses so far"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_eval, "After the first step"),
    ("why_ssl.training_loop", "wrong", n4_loop_w_early, "after one step"),
    ("why_ssl.encoder", "right", n4_encoder_r_dict, ""),
    ("why_ssl.encoder", "right", n4_encoder_r_loop, ""),
    ("why_ssl.encoder", "right", n4_encoder_r_attribute, ""),
    ("why_ssl.encoder", "right", n4_encoder_r_explicit, ""),
    ("why_ssl.training_loop", "right", n4_loop_r_later, ""),
    ("why_ssl.training_loop", "right", n4_loop_r_closure, ""),
    ("why_ssl.training_loop", "right", n4_loop_r_grad, ""),
    ("why_ssl.training_loop", "right", n4_loop_r_while, ""),
]
