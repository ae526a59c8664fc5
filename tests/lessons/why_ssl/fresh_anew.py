"""Fresh answers, right and wrong, to the three exercises of the why_ssl notebook."""
# ruff: noqa
import numpy as np
import torch
import torch.nn.functional as F


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

    best = minimize(objective, np.zeros(d * k), jac=True, method="L-BFGS-B", options={"maxiter": 1000})
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
    fate = torch.multinomial(chances, tokens.numel(), replacement=True, generator=generator).view_as(tokens)
    fate = fate * (tokens >= 2).long()
    words = 2 + (torch.rand(tokens.shape, generator=generator, dtype=torch.float64) * (n_tokens - 2)).long()
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
    tiles = images.reshape(b, c, 2, half, 2, half).permute(0, 2, 4, 1, 3, 5).reshape(b, 4, c, half, half).clone()
    tiles[torch.arange(b), labels] = 0
    left_to_right = [torch.cat([tiles[:, 2 * r], tiles[:, 2 * r + 1]], dim=3) for r in range(2)]
    return torch.cat(left_to_right, dim=2), labels


NEW = [
    ("why_ssl.read_off", "wrong", read_off_w1_rows_scaled,
     "Every photograph (row) is scaled to length 1 instead of every feature (column), so a feature of large scale still drowns the others."),
    ("why_ssl.read_off", "wrong", read_off_w2_not_mapped_back,
     "Classes are renumbered in the order of their first appearance and never mapped back to class numbers."),
    ("why_ssl.read_off", "wrong", read_off_w3_regression_rounded,
     "The class number is predicted as a quantity by linear regression and rounded, instead of one score per class."),
    ("why_ssl.read_off", "wrong", read_off_w4_softmax_over_queries,
     "The softmax before the argmax runs over the queries instead of the classes, so an answer depends on the other queries."),
    ("why_ssl.read_off", "right", read_off_r1_hand_gradient, ""),
    ("why_ssl.read_off", "right", read_off_r2_scipy, ""),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_w1_tenth_of_rest,
     "The 10% for random words are taken of the unmasked rest, so only 2% of the selected words are replaced and 18% stay."),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_w2_targets_where_changed,
     "Targets are set only where the word has changed, so the selected words that stay as they are have no target."),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_w3_words_without_generator,
     "The replacement words are drawn without the generator, so the same generator state gives different sentences."),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_w4_last_word_never,
     "The upper end of randint is already exclusive, so n_tokens - 1 leaves out the last word as a replacement."),
    ("why_ssl.mask_tokens", "right", mask_tokens_r1_one_four_sided_die, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_r2_exact_share, ""),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_w1_edge_left,
     "The second half ends at -1, so the last row or column of the right and bottom quadrants stays visible."),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_w2_float_mask,
     "Multiplying by a float mask turns uint8 images into float images."),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_w3_mean_colour,
     "The quadrant is filled with the mean colour of the image instead of black."),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_w4_y_upwards,
     "The y axis is thought to point upwards, so top and bottom are exchanged in the labels."),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_r1_enlarged_one_hot, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_r2_four_tiles, ""),
]
