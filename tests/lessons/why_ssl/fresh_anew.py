"""Answers written from the lesson's text alone, before the checks by facts were tried on them."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


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
            loss = F.cross_entropy(x @ w + b, y) + 0.5 * 1e-3 * (w ** 2).sum()
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
    return torch.from_numpy(pipe.fit(features.numpy(), labels.numpy()).predict(queries.numpy())).long()


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
    corrupted[chosen[n_masked:n_masked + n_swapped]] = torch.randint(
        2, n_tokens, (n_swapped,), generator=generator)
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
        hidden[i, :, top:top + half, left:left + half] = 0
    return hidden, labels


def n1_hide_quadrant_birch(images, generator):
    b, c, s, _ = images.shape
    half = s // 2
    labels = torch.randint(0, 4, (b,), generator=generator)
    mask = torch.ones(b, 1, s, s)
    for i in range(b):
        row, column = divmod(int(labels[i]), 2)
        mask[i, :, row * half:(row + 1) * half, column * half:(column + 1) * half] = 0
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
        image[:, y:y + half, x:x + half] = 0
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


NEW = [
    ("why_ssl.read_off", "wrong", n1_read_off_amber, "The queries are standardized with their own mean and deviation instead of those of the labeled features, so the classifier sees them shifted."),
    ("why_ssl.read_off", "wrong", n1_read_off_birch, "One mean and one deviation over the whole matrix leave the features as different in scale as before; each column needs its own."),
    ("why_ssl.read_off", "wrong", n1_read_off_cedar, "The bias b_k of each class is switched off with fit_intercept=False, so every boundary has to pass through the mean."),
    ("why_ssl.read_off", "wrong", n1_read_off_dune, "The argmax is a position in the sorted list of classes and has to be translated back to the class number with classes[...]."),
    ("why_ssl.read_off", "wrong", n1_read_off_ember, "This is a linear regression on the class number, rounded; class numbers are names without an order, and a multinomial logistic regression was asked for."),
    ("why_ssl.read_off", "right", n1_read_off_fern, ""),
    ("why_ssl.read_off", "right", n1_read_off_grove, ""),
    ("why_ssl.read_off", "right", n1_read_off_heath, ""),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_amber, "Only changed places get a target, but the 10% of the selected words that stay as they are count in the loss too."),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_birch, "A second draw below 0.1 among the 20% that are not masked replaces only 2% of the selected words; it should be one half of the rest."),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_cedar, "Without clone() the input itself is overwritten, so the targets read afterwards hold masks and random words instead of the original words."),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_dune, "The draw that selects is used again for the 80/10/10 split, and being below 0.15 it always masks."),
    ("why_ssl.mask_tokens", "wrong", n1_mask_tokens_ember, "The upper end of torch.randint is already exclusive, so with n_tokens - 1 the last word is never drawn as a replacement."),
    ("why_ssl.mask_tokens", "right", n1_mask_tokens_fern, ""),
    ("why_ssl.mask_tokens", "right", n1_mask_tokens_grove, ""),
    ("why_ssl.mask_tokens", "right", n1_mask_tokens_heath, ""),
    ("why_ssl.hide_quadrant", "wrong", n1_hide_quadrant_amber, "The quadrants are numbered clockwise, so labels 2 and 3 are swapped; 2 is bottom left and 3 bottom right."),
    ("why_ssl.hide_quadrant", "wrong", n1_hide_quadrant_birch, "Multiplying by a float mask turns uint8 photographs into float; the copies must keep the data type."),
    ("why_ssl.hide_quadrant", "wrong", n1_hide_quadrant_cedar, "The slice half:-1 stops before the last row or column, so a strip of the quadrant at the border stays visible."),
    ("why_ssl.hide_quadrant", "wrong", n1_hide_quadrant_dune, "The mask is inverted: the labeled quadrant is the only one still visible and the other three are black."),
    ("why_ssl.hide_quadrant", "wrong", n1_hide_quadrant_ember, "There is no clone(), so the caller's photographs are painted over instead of copies."),
    ("why_ssl.hide_quadrant", "right", n1_hide_quadrant_fern, ""),
    ("why_ssl.hide_quadrant", "right", n1_hide_quadrant_grove, ""),
]
