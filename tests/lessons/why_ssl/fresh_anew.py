"""Answers students might hand in for why_ssl: read_off, mask_tokens, hide_quadrant."""

# ruff: noqa
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn


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


NEW = [
    (
        "why_ssl.read_off",
        "wrong",
        read_off_x1_scaler_fitted_twice,
        "the scaler is fitted again on the queries, so they are scaled otherwise than the training features",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_x2_regress_the_number,
        "least squares on the class number with rounding, instead of a classifier",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_x3_index_not_class,
        "returns the index among the classes that occur, not the class number",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_x4_no_bias,
        "no bias, on features that are divided by their spread but not centered",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        read_off_x5_scaled_per_photo,
        "standardizes each photograph (dim 1) and not each feature, so the scales still differ",
    ),
    ("why_ssl.read_off", "right", read_off_y1_pipeline_newton, ""),
    ("why_ssl.read_off", "right", read_off_y2_lbfgs_by_hand, ""),
    ("why_ssl.read_off", "right", read_off_y3_gradient_in_numpy, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_x1_target_only_if_changed,
        "selected words that stay as they are get the target -100",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_x2_tenth_of_the_rest,
        "replaces 10% of the selected words left after masking, which is 2% of the selected",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_x3_last_word_never,
        "randint's upper end is one too low, so the last word never replaces another",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_x4_only_padding_spared,
        "spares the padding only, so a mask token already there can be selected",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        mask_tokens_x5_overwrites_input,
        "corrupts the caller's tokens in place",
    ),
    ("why_ssl.mask_tokens", "right", mask_tokens_y1_exact_counts, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_y2_multinomial_kinds, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_y3_one_uniform_draw, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_x1_rows_and_columns_swapped,
        "row and column are swapped, so labels 1 and 2 are exchanged",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_x2_becomes_float,
        "multiplies with a float mask, so uint8 images come back as float",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_x3_same_for_all,
        "draws one quadrant for the whole batch instead of one for each photograph",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_x4_never_bottom_right,
        "randint(0, 3) never draws label 3",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        hide_quadrant_x5_channel_axis_forgotten,
        "forgets the channel axis, so it slices channels and rows instead of rows and columns",
    ),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y1_blocks, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y2_glued_from_parts, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_y3_quadrant_number_map, ""),
]
