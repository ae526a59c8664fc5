# Left as it was written.
# ruff: noqa
import math

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ANSWERS = []


def add(exercise, verdict, mistake=""):
    def keep(function):
        ANSWERS.append((exercise, verdict, mistake, function))
        return function

    return keep


# ---------------------------------------------------------------- read_off
E = "why_ssl.read_off"


@add(
    E,
    "wrong",
    "The features are never scaled, so large uninformative ones drown small informative ones; a tutor should say: "
    "standardize every feature with the mean and deviation of the labeled features first.",
)
def read_off_w1(features, labels, queries):
    model = LogisticRegression(max_iter=1000)
    model.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(model.predict(queries.numpy()))


@add(
    E,
    "wrong",
    "The queries are standardized with their own mean and deviation, so the answer for a query depends on the other queries "
    "(few or one-sided queries go wrong); a tutor should say: use the statistics of the labeled features for both.",
)
def read_off_w2(features, labels, queries):
    train = StandardScaler().fit_transform(features.numpy())
    new = StandardScaler().fit_transform(queries.numpy())
    model = LogisticRegression(max_iter=1000).fit(train, labels.numpy())
    return torch.from_numpy(model.predict(new))


@add(
    E,
    "wrong",
    "The classifier is trained on standardized features but gets the raw queries; a tutor should say: "
    "the queries have to go through the same scaling as the features.",
)
def read_off_w3(features, labels, queries):
    mean, std = features.mean(0), features.std(0).clamp(min=1e-6)
    scaled = (features - mean) / std
    model = LogisticRegression(max_iter=1000).fit(scaled.numpy(), labels.numpy())
    return torch.from_numpy(model.predict(queries.numpy()))


@add(
    E,
    "wrong",
    "Returns the class probabilities (Q, K) and not one class number per query; a tutor should say: "
    "take the class with the largest probability, the shape should be (Q,).",
)
def read_off_w4(features, labels, queries):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(features.numpy(), labels.numpy())
    return torch.from_numpy(model.predict_proba(queries.numpy()))


@add(E, "right")
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


@add(E, "right")
def read_off_r2(features, labels, queries):
    # all in NumPy / scikit-learn; the answer is a NumPy array
    pipe = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
    pipe.fit(np.asarray(features, dtype=np.float64), np.asarray(labels))
    return pipe.predict(np.asarray(queries, dtype=np.float64))


# ---------------------------------------------------------------- mask_tokens
E = "why_ssl.mask_tokens"


@add(
    E,
    "wrong",
    "After 80% are masked, only 10% of the remaining 20% get a random word, so it is 80/2/18; a tutor should say: "
    "10% of all selected is half of what is left after masking.",
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


@add(
    E,
    "wrong",
    "The target is given only where the word was changed, so the selected words that stay as they are have target -100; "
    "a tutor should say: the loss is taken at all selected places, the 10% that stay included.",
)
def mask_w2(tokens, n_tokens, generator):
    selected = (torch.rand(tokens.shape, generator=generator) < 0.15) & (tokens > 1)
    fate = torch.rand(tokens.shape, generator=generator)
    words = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    corrupted = torch.where(selected & (fate < 0.8), torch.ones_like(tokens), tokens)
    corrupted = torch.where(selected & (fate >= 0.8) & (fate < 0.9), words, corrupted)
    targets = torch.where(corrupted != tokens, tokens, torch.full_like(tokens, -100))
    return corrupted, targets


@add(
    E,
    "wrong",
    "randint(2, n_tokens - 1) leaves out its upper end, so the last word n_tokens - 1 is never drawn as a random word; "
    "a tutor should say: the upper end of torch.randint is exclusive, so use n_tokens.",
)
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


@add(
    E,
    "wrong",
    "Only padding is kept from being selected, mask tokens (1) already in the sentence can be selected; "
    "a tutor should say: neither 0 nor 1 may be selected.",
)
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


@add(E, "right")
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


@add(E, "right")
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


# ---------------------------------------------------------------- hide_quadrant
E = "why_ssl.hide_quadrant"


@add(
    E,
    "wrong",
    "The quadrant is blackened in the photographs that were passed in, because nothing is copied; a tutor should say: "
    "clone the images first, otherwise the data set itself is damaged.",
)
def hide_w1(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images
    for i, q in enumerate(labels.tolist()):
        top, left = (q // 2) * half, (q % 2) * half
        hidden[i, :, top : top + half, left : left + half] = 0
    return hidden, labels


@add(
    E,
    "wrong",
    "Row and column are mixed up (row = label % 2, column = label // 2), so labels 1 and 2 are exchanged; a tutor should say: "
    "1 is top right and 2 is bottom left, the row is label // 2.",
)
def hide_w2(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    for i, q in enumerate(labels.tolist()):
        y, x = q % 2, q // 2
        hidden[i, :, y * half : (y + 1) * half, x * half : (x + 1) * half] = 0
    return hidden, labels


@add(
    E,
    "wrong",
    "Multiplies with a float mask, so uint8 photographs come back as float32; a tutor should say: "
    "the copies must keep the dtype of the images, cast the mask or set the pixels to 0.",
)
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


@add(
    E,
    "wrong",
    "hidden[labels == q][...] = 0 writes into a temporary copy, so nothing is blackened; a tutor should say: "
    "indexing with a boolean mask copies, so index everything in one pair of brackets.",
)
def hide_w4(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 4, (len(images),), generator=generator)
    hidden = images.clone()
    hidden[labels == 0][:, :, :half, :half] = 0
    hidden[labels == 1][:, :, :half, half:] = 0
    hidden[labels == 2][:, :, half:, :half] = 0
    hidden[labels == 3][:, :, half:, half:] = 0
    return hidden, labels


@add(E, "right")
def hide_r1(images, generator):
    # one-hot label -> 2 x 2 picture -> enlarged mask
    size = images.shape[-1]
    labels = torch.rand(len(images), 4, generator=generator).argmax(1)
    small = F.one_hot(labels, 4).view(-1, 1, 2, 2).bool()
    large = small.repeat_interleave(size // 2, 2).repeat_interleave(size // 2, 3)
    return images.masked_fill(large, 0), labels


@add(E, "right")
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


# ---------------------------------------------------------------- surrogate_batch
E = "distortion.surrogate_batch"


@add(
    E,
    "wrong",
    "The seeds are repeated as 0,1,2,0,1,2 but the labels as 0,0,1,1,2,2, so labels and copies do not belong together; "
    "a tutor should say: use the same order for both, repeat with repeat or repeat_interleave with repeat_interleave.",
)
def surrogate_w1(seeds, copies, distort):
    patches = distort(seeds.repeat(copies, 1, 1, 1))
    labels = torch.arange(len(seeds)).repeat_interleave(copies)
    return patches, labels


@add(
    E,
    "wrong",
    "Every seed is distorted once and the result is repeated, so all copies of a seed are identical; a tutor should say: "
    "repeat first and distort afterwards, so that every copy gets a distortion of its own.",
)
def surrogate_w2(seeds, copies, distort):
    patches = distort(seeds).repeat_interleave(copies, dim=0)
    labels = torch.arange(len(seeds)).repeat_interleave(copies)
    return patches, labels


@add(
    E,
    "wrong",
    "The labels are written into torch.zeros and come back as float32; a tutor should say: "
    "class numbers must be int64, otherwise cross entropy takes them for something else or fails.",
)
def surrogate_w3(seeds, copies, distort):
    n = len(seeds)
    labels = torch.zeros(n * copies)
    parts = []
    for i in range(copies):
        parts.append(distort(seeds))
        for j in range(n):
            labels[i * n + j] = j
    return torch.cat(parts), labels


@add(
    E,
    "wrong",
    "The undistorted seed itself counts as the first copy and only copies - 1 are distorted; a tutor should say: "
    "every one of the copies goes through distort.",
)
def surrogate_w4(seeds, copies, distort):
    patches = [seeds]
    for _ in range(copies - 1):
        patches.append(distort(seeds))
    labels = torch.arange(len(seeds)).repeat(copies)
    return torch.cat(patches), labels


@add(E, "right")
def surrogate_r1(seeds, copies, distort):
    # (copies, N, ...) -> swap -> flatten; labels from integer division
    stack = torch.stack([distort(seeds.clone()) for _ in range(copies)])
    patches = stack.transpose(0, 1).flatten(0, 1).contiguous()
    labels = torch.div(torch.arange(len(patches)), copies, rounding_mode="floor")
    return patches, labels


@add(E, "right")
def surrogate_r2(seeds, copies, distort):
    # a list of labels in reversed order decides which seed is copied; one call of distort
    order = [i for i in reversed(range(len(seeds))) for _ in range(copies)]
    labels = torch.tensor(order, dtype=torch.int64)
    return distort(seeds[labels]), labels


ANSWERS = [(exercise, kind, f.__name__, f, mistake) for exercise, kind, mistake, f in ANSWERS]
