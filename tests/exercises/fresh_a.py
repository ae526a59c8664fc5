# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


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


# ---------------------------------------------------------------- rotation.four_copies


def four_copies_w_clockwise(images):
    rotated = torch.cat([torch.rot90(images, r, dims=(3, 2)) for r in range(4)])
    labels = torch.arange(4).repeat_interleave(len(images))
    return rotated, labels


def four_copies_w_label_order(images):
    rotated = torch.cat([torch.rot90(images, r, dims=(2, 3)) for r in range(4)], dim=0)
    labels = torch.arange(4).repeat(images.shape[0])
    return rotated, labels


def four_copies_w_mirror_180(images):
    turned = images.transpose(2, 3)
    rotated = torch.cat([images, turned.flip(2), images.flip(2), turned.flip(3)])
    labels = torch.arange(4).repeat_interleave(len(images))
    return rotated, labels


def four_copies_w_float_buffer(images):
    b, c, s, _ = images.shape
    rotated = torch.zeros(4 * b, c, s, s)
    labels = torch.zeros(4 * b, dtype=torch.int64)
    for i in range(b):
        for r in range(4):
            rotated[4 * i + r] = torch.rot90(images[i], r, dims=(1, 2))
            labels[4 * i + r] = r
    return rotated, labels


def four_copies_r_numpy_interleaved(images):
    array = images.detach().cpu().numpy()
    copies, labels = [], []
    for picture in array:
        for r in (2, 0, 3, 1):
            copies.append(np.rot90(picture, k=r, axes=(1, 2)))
            labels.append(r)
    rotated = torch.from_numpy(np.stack(copies)).to(images.device)
    return rotated, torch.tensor(labels, dtype=torch.int64, device=images.device)


def four_copies_r_index_steps(images):
    s = images.shape[-1]
    i = torch.arange(s, device=images.device)[:, None]
    j = torch.arange(s, device=images.device)[None, :]
    current, copies, labels = images, [], []
    for r in range(4):
        copies.insert(0, current)
        labels.insert(0, torch.full((len(images),), r, dtype=torch.int64, device=images.device))
        # a quarter turn counter-clockwise: new[i, j] = old[j, s - 1 - i]
        current = current[:, :, j.expand(s, s), (s - 1 - i).expand(s, s)]
    return torch.cat(copies), torch.cat(labels)


# ---------------------------------------------------------------- rotation.frozen_features


def frozen_features_w_no_eval(encoder, images):
    with torch.no_grad():
        maps = encoder(images)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
    return last.mean(dim=(2, 3))


def frozen_features_w_no_grad_statement(encoder, images):
    encoder.eval()
    torch.no_grad()
    maps = encoder(images)
    last = maps[-1] if isinstance(maps, (list, tuple)) else maps
    return last.mean(dim=(2, 3))


def frozen_features_w_mean_channels(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = encoder(images)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
        return last.mean(dim=(1, 2))


def frozen_features_w_max_pool(encoder, images):
    encoder.eval()
    with torch.no_grad():
        maps = encoder(images)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
        return F.adaptive_max_pool2d(last, 1).flatten(1)


def frozen_features_r_restore_einsum(encoder, images):
    modes = [(module, module.training) for module in encoder.modules()]
    encoder.train(False)
    try:
        with torch.set_grad_enabled(False):
            maps = encoder(images)
            last = maps[-1] if isinstance(maps, (list, tuple)) else maps
            return torch.einsum("bchw->bc", last) / (last.shape[2] * last.shape[3])
    finally:
        for module, training in modes:
            module.training = training


@torch.no_grad()
def frozen_features_r_chunks(encoder, images):
    encoder.eval()
    pieces = []
    for chunk in images.split(3):
        maps = encoder(chunk)
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
        pieces.append(last.mean(dim=3).mean(dim=2))
    return torch.cat(pieces)


ANSWERS = [
    (
        "why_ssl.read_off",
        "wrong",
        "no_scaling",
        read_off_w_no_scaling,
        "Trained on the raw features without standardizing, so large features drown the small ones.",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        "query_stats",
        read_off_w_query_stats,
        "Standardized the queries with their own mean and deviation rather than those of the training features.",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        "row_norm",
        read_off_w_row_norm,
        "Standardized each photograph over its features (dim=1) rather than each feature over the photographs (dim=0).",
    ),
    (
        "why_ssl.read_off",
        "wrong",
        "regress_label",
        read_off_w_regress_label,
        "Fitted the class number by least squares and rounded it, as if classes were quantities.",
    ),
    ("why_ssl.read_off", "right", "lbfgs", read_off_r_lbfgs, ""),
    ("why_ssl.read_off", "right", "numpy_nesterov", read_off_r_numpy_nesterov, ""),
    (
        "why_ssl.mask_tokens",
        "wrong",
        "randint_end",
        mask_tokens_w_randint_end,
        "Took the upper end of randint as inclusive, so the last word is never drawn as a replacement.",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        "targets_after",
        mask_tokens_w_targets_after,
        "Changed tokens in place without a clone and took the targets afterwards, so targets hold corrupted words.",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        "ten_of_rest",
        mask_tokens_w_ten_of_rest,
        "Drew 10% of the 20% left over for random words, so only 2% are replaced and 18% stay.",
    ),
    (
        "why_ssl.mask_tokens",
        "wrong",
        "only_changed",
        mask_tokens_w_only_changed,
        "Set targets only where the word changed, so selected words that stay get -100.",
    ),
    ("why_ssl.mask_tokens", "right", "python_loop", mask_tokens_r_python_loop, ""),
    ("why_ssl.mask_tokens", "right", "numpy_exact_count", mask_tokens_r_numpy_exact_count, ""),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        "transposed",
        hide_quadrant_w_transposed,
        "Swapped row and column, so labels 1 and 2 are exchanged.",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        "in_place",
        hide_quadrant_w_in_place,
        "Painted on the input itself without a clone, so the caller's photographs are spoiled.",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        "randint_three",
        hide_quadrant_w_randint_three,
        "Called randint(0, 3), whose end is exclusive, so the bottom right is never hidden.",
    ),
    (
        "why_ssl.hide_quadrant",
        "wrong",
        "one_for_batch",
        hide_quadrant_w_one_for_batch,
        "Drew a single label for the whole batch rather than one for each photograph.",
    ),
    ("why_ssl.hide_quadrant", "right", "coordinate_map", hide_quadrant_r_coordinate_map, ""),
    ("why_ssl.hide_quadrant", "right", "numpy_blocks", hide_quadrant_r_numpy_blocks, ""),
    (
        "rotation.four_copies",
        "wrong",
        "clockwise",
        four_copies_w_clockwise,
        "Gave the dims as (3, 2), which turns clockwise, so labels 1 and 3 are exchanged.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        "label_order",
        four_copies_w_label_order,
        "Used repeat where repeat_interleave is needed, so labels do not match the order of the copies.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        "mirror_180",
        four_copies_w_mirror_180,
        "Flipped only the rows for 180 degrees, which is a mirror image and not a turn.",
    ),
    (
        "rotation.four_copies",
        "wrong",
        "float_buffer",
        four_copies_w_float_buffer,
        "Filled a torch.zeros buffer of the default dtype, so uint8 photographs come back as float32.",
    ),
    ("rotation.four_copies", "right", "numpy_interleaved", four_copies_r_numpy_interleaved, ""),
    ("rotation.four_copies", "right", "index_steps", four_copies_r_index_steps, ""),
    (
        "rotation.frozen_features",
        "wrong",
        "no_eval",
        frozen_features_w_no_eval,
        "Forgot evaluation mode, so batch normalization uses and updates the statistics of the batch.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        "no_grad_statement",
        frozen_features_w_no_grad_statement,
        "Called torch.no_grad() as a statement without with, so gradients stay on.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        "mean_channels",
        frozen_features_w_mean_channels,
        "Averaged over channels and height rather than height and width.",
    ),
    (
        "rotation.frozen_features",
        "wrong",
        "max_pool",
        frozen_features_w_max_pool,
        "Took the maximum over height and width rather than the average.",
    ),
    ("rotation.frozen_features", "right", "restore_einsum", frozen_features_r_restore_einsum, ""),
    ("rotation.frozen_features", "right", "chunks", frozen_features_r_chunks, ""),
]
