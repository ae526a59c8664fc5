"""Fresh answers to the exercises of the notebook on why self-supervision, written without sight of the checks."""
# ruff: noqa
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler, normalize


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
    indices_replaced = torch.bernoulli(torch.full(labels.shape, 0.8), generator=generator).bool() & masked_indices
    inputs[indices_replaced] = 1
    # 10% of the time, replace with a random word
    indices_random = (
        torch.bernoulli(torch.full(labels.shape, 0.1), generator=generator).bool() & masked_indices & ~indices_replaced
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
    words = 2 + (torch.rand(tokens.shape, generator=generator, dtype=torch.double) * (n_tokens - 2)).long()
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
        hidden[i, :, y * half:(y + 1) * half, x * half:(x + 1) * half] = 0
    return hidden, labels


def hide_quadrant_v2_never_the_last(images, generator):
    half = images.shape[-1] // 2
    labels = torch.randint(0, 3, (len(images),), generator=generator)  # 0 … 3
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)
        hidden[i, :, row * half:(row + 1) * half, column * half:(column + 1) * half] = 0
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
        hidden[i, :, top:top + half, left:left + half] = mean[i]
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


NEW = [
    ("why_ssl.read_off", "wrong", read_off_v1_regression_on_numbers,
     "A linear regression on the class numbers, rounded, treats the classes as ordered amounts and is no classifier."),
    ("why_ssl.read_off", "wrong", read_off_v2_queries_not_scaled,
     "The features are standardized before training, but the queries go into the classifier as they are."),
    ("why_ssl.read_off", "wrong", read_off_v3_rows_normalized,
     "Each example is scaled to length 1 instead of each feature to a common scale, so the features with large values still drown the rest."),
    ("why_ssl.read_off", "wrong", read_off_v4_zero_grad_before_step,
     "The gradients are set to zero between backward and step, so the classifier is never trained."),
    ("why_ssl.read_off", "wrong", read_off_v5_nearest_neighbour,
     "A nearest neighbour on unscaled features answers, and no linear classifier is trained."),
    ("why_ssl.read_off", "right", read_off_u1_lbfgs, ""),
    ("why_ssl.read_off", "right", read_off_u2_gradient_by_hand, ""),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_v1_same_places_in_every_sentence,
     "The places are drawn once for the length and not for each sentence, so every sentence of the batch is selected at the same places."),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_v2_ten_percent_of_the_rest,
     "The 10% is applied to the 20% left after masking, so only 2% of the selected words are replaced and 18% stay."),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_v3_target_where_changed,
     "Only places where the word changed get a target, so the selected words that stay as they are drop out of the loss."),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_v4_random_words_anywhere,
     "The random words replace 10% of all words instead of 10% of the selected ones, so words that were not selected change too."),
    ("why_ssl.mask_tokens", "wrong", mask_tokens_v5_target_from_the_corrupted,
     "The sentence is corrupted in place without a copy, so the targets hold the mask and the random words instead of the original words."),
    ("why_ssl.mask_tokens", "right", mask_tokens_u1_one_draw, ""),
    ("why_ssl.mask_tokens", "right", mask_tokens_u2_exact_counts, ""),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_v1_column_first,
     "Row and column are exchanged, so label 1 hides the bottom left and label 2 the top right."),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_v2_never_the_last,
     "The upper end of randint is exclusive, so label 3 never comes up and the bottom right is never hidden."),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_v3_only_the_diagonal,
     "The row and column indices are paired instead of crossed, so only the diagonal of the quadrant turns black."),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_v4_mean_colour,
     "The quadrant is filled with the mean colour of the photograph and not with black."),
    ("why_ssl.hide_quadrant", "wrong", hide_quadrant_v5_writes_to_a_copy,
     "Indexing with a boolean mask first makes a copy, so the zeros go into the copy and nothing is hidden."),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_u1_blocks, ""),
    ("why_ssl.hide_quadrant", "right", hide_quadrant_u2_map_of_quadrants, ""),
]
