"""Answers written from the lesson's text alone, before the checks were tried on them."""

# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


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
        weight = torch.zeros(n_classes, x.shape[1], dtype=torch.float64, device=device, requires_grad=True)
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
    corrupted[selected & (fate >= 0.8) & (fate < 0.9)] = torch.randint(2, n_tokens, (1,), generator=generator).item()
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
                corrupted[b, i] = torch.randint(2, n_tokens, (), generator=generator, device=generator.device).item()
    return corrupted, targets


def n3_mask_thresholds(tokens, n_tokens, generator):
    u = torch.rand(tokens.shape, generator=generator, device=generator.device).to(tokens.device)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator, device=generator.device).to(tokens.device)
    u = u.masked_fill(tokens < 2, 1.0)
    corrupted = torch.where(u < 0.15 * 0.9, words, tokens)
    corrupted = corrupted.masked_fill(u < 0.15 * 0.8, 1)
    return corrupted, tokens.masked_fill(u >= 0.15, -100)


def n3_mask_multinomial(tokens, n_tokens, generator):
    chances = torch.tensor([0.85, 0.12, 0.015, 0.015], device=generator.device)
    action = torch.multinomial(chances, tokens.numel(), replacement=True, generator=generator)
    action = action.view(tokens.shape).to(tokens.device) * (tokens > 1)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator, device=generator.device).to(tokens.device)
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
        hidden[i, 0, top:top + half, left:left + half] = 0
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
        hidden[i, :, y:y + half, x:x + half] = 0
    return hidden, labels


def n3_hide_gray(images, generator):
    hidden = images.clone()
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (images.shape[0],), generator=generator)
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)
        gray = images[i].float().mean().to(images.dtype)
        hidden[i, :, row * half:(row + 1) * half, column * half:(column + 1) * half] = gray
    return hidden, labels


def n3_hide_unseeded(images, generator):
    hidden = images.clone()
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (images.shape[0],))
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)
        hidden[i, :, row * half:(row + 1) * half, column * half:(column + 1) * half] = 0
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


NEW = [
    ("why_ssl.read_off", "wrong", n3_read_rows, "You standardize each photograph over its features (dim=1), so features of a large scale still drown the others; take mean and deviation over the photographs (dim=0)."),
    ("why_ssl.read_off", "wrong", n3_read_regression, "You regress the class number and round it, which treats the classes as if they were ordered; a probe needs one score for each class."),
    ("why_ssl.read_off", "wrong", n3_read_neighbor, "A nearest-neighbor classifier is not linear; the probe must be multinomial logistic regression."),
    ("why_ssl.read_off", "wrong", n3_read_one_scale, "You divide all features by one and the same number, so their scales still differ as greatly as before; each feature needs its own mean and deviation."),
    ("why_ssl.read_off", "wrong", n3_read_query_scale, "The queries are divided by the deviation but the mean is not subtracted, so they are not in the coordinates the classifier was trained in."),
    ("why_ssl.read_off", "right", n3_read_pipeline, ""),
    ("why_ssl.read_off", "right", n3_read_lbfgs, ""),
    ("why_ssl.read_off", "right", n3_read_numpy, ""),
    ("why_ssl.mask_tokens", "wrong", n3_mask_one_draw, "The same random number decides on selection and on what happens, so a selected place is always below 0.8 and always masked; none is replaced or kept."),
    ("why_ssl.mask_tokens", "wrong", n3_mask_columns, "You draw one selection for the whole batch, so all sentences are selected at the same places; draw one for each sentence and place."),
    ("why_ssl.mask_tokens", "wrong", n3_mask_changed, "The selected words that stay as they are get no target; the loss is taken at all selected places, not only at changed ones."),
    ("why_ssl.mask_tokens", "wrong", n3_mask_same_word, "One random word is drawn and put at every replaced place; each place needs a draw of its own."),
    ("why_ssl.mask_tokens", "wrong", n3_mask_last_word, "The upper end of torch.randint is exclusive already, so with n_tokens - 1 the last word is never drawn as a replacement."),
    ("why_ssl.mask_tokens", "right", n3_mask_loop, ""),
    ("why_ssl.mask_tokens", "right", n3_mask_thresholds, ""),
    ("why_ssl.mask_tokens", "right", n3_mask_multinomial, ""),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_channel, "Only the first channel is set to zero, so the quadrant changes color instead of turning black."),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_border, "With > instead of >= the middle row and column count as top and left, so the hidden quadrants are one pixel too large or too small."),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_clockwise, "You number the quadrants clockwise, so 2 and 3 are exchanged: 2 is bottom left and 3 bottom right."),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_gray, "The quadrant is filled with the mean of the photograph; it should be black, that is 0."),
    ("why_ssl.hide_quadrant", "wrong", n3_hide_unseeded, "The generator is not passed to torch.randint, so the same seed does not give the same labels."),
    ("why_ssl.hide_quadrant", "right", n3_hide_slices, ""),
    ("why_ssl.hide_quadrant", "right", n3_hide_view, ""),
]
