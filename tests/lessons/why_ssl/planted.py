"""Right answers written differently, and planted mistakes with the words that name them."""

import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression

# ------------------------------------------------------------ reading off a representation


def standardized(x, y, q):
    mean, std = x.mean(0), x.std(0) + 1e-6  # some feature may never vary
    return (x - mean) / std, y, (q - mean) / std


def gradient_descent(x, y, q, *, steps=300, lr=0.1):
    generator = torch.Generator().manual_seed(0)
    weight = 0.01 * torch.randn(x.shape[1], 3, generator=generator, dtype=x.dtype)
    weight.requires_grad_()
    bias = torch.zeros(3, dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(x @ weight + bias, y).backward()
        optimizer.step()
    return q @ weight + bias


def adam(x, y, q):
    return gradient_descent(*standardized(x, y, q)).argmax(1)


def nearest_mean(x, y, q):
    x, _, q = standardized(x, y, q)
    classes = y.unique()
    means = torch.stack([x[y == k].mean(0) for k in classes])
    return classes[torch.cdist(q, means).argmin(1)]


def scikit_learn(x, y, q):
    x, y, q = standardized(x, y, q)
    return LogisticRegression().fit(x.numpy(), y.numpy()).predict(q.numpy())


def own_statistics(x, y, q):
    z = lambda v: (v - v.mean(0)) / (v.std(0) + 1e-9)  # noqa: E731
    return gradient_descent(z(x), y, z(q)).argmax(1)


def in_place(x, y, q):
    answer = adam(x, y, q)
    x -= x.mean(0)
    return answer


READ_OFF_RIGHT = {
    "Adam": adam,
    "scikit-learn": scikit_learn,
    "double precision": lambda x, y, q: adam(x.double(), y, q.double()),
    "a list": lambda x, y, q: adam(x, y, q).tolist(),
    "nearest class mean": nearest_mean,
}
READ_OFF_WRONG = {
    "not standardized": (lambda x, y, q: gradient_descent(x, y, q).argmax(1), "standardized features"),
    "scores": (lambda x, y, q: gradient_descent(*standardized(x, y, q)), "argmax(1)"),
    "the labelled rows": (lambda x, y, q: adam(x, y, x), "Predict the"),
    "the largest probability": (
        lambda x, y, q: gradient_descent(*standardized(x, y, q)).softmax(1).max(1).values,
        "not probabilities",
    ),
    "argmax over the rows": (
        lambda x, y, q: gradient_descent(*standardized(x, y, q)).argmax(0), "should be (60,)",
    ),
    "statistics of the queries": (own_statistics, "in other company"),
    "in place": (in_place, "was changed"),
    "not trained": (lambda x, y, q: torch.zeros(len(q), dtype=torch.int64), "for every query"),
    "trained for two steps": (
        lambda x, y, q: gradient_descent(*standardized(x, y, q), steps=2, lr=1e-3).argmax(1), "long enough",
    ),
    "a string": (lambda x, y, q: "cat", "a tensor with one class number"),
}  # fmt: skip

# ------------------------------------------------------------ masking words


def masking(
    *, rate=0.15, mask=0.8, kept=0.1, low=2, high=50, padding=False, target="before",
    everywhere=False, own_generator=False, only_changed=False,
):  # fmt: skip
    """A right answer with one thing turned wrong by an argument."""

    def answer(tokens, n_tokens, generator):
        g = torch.Generator().manual_seed(7) if own_generator else generator
        selected = torch.rand(tokens.shape, generator=g) < rate
        if not padding:
            selected &= tokens >= 2
        fate = torch.rand(tokens.shape, generator=g)
        others = torch.randint(low, high, tokens.shape, generator=g)
        corrupted = tokens.clone()
        corrupted[selected & (fate < mask)] = 1
        swapped = selected & (fate >= mask) & (fate < 1 - kept)
        corrupted[swapped] = others[swapped]
        targets = (tokens if target == "before" else corrupted).clone()
        if only_changed:
            selected = selected & (corrupted != tokens) & (fate < mask)
        if not everywhere:
            targets[~selected] = -100
        return corrupted, targets

    return answer


def loop(tokens, n_tokens, generator):
    corrupted, targets = tokens.clone(), torch.full_like(tokens, -100)
    draws = torch.rand(*tokens.shape, 2, generator=generator).tolist()
    others = torch.randint(2, n_tokens, tokens.shape, generator=generator)
    for i, row in enumerate(tokens.tolist()):
        for j, token in enumerate(row):
            if token < 2 or draws[i][j][0] >= 0.15:
                continue
            targets[i, j] = token
            if draws[i][j][1] < 0.8:
                corrupted[i, j] = 1
            elif draws[i][j][1] < 0.9:
                corrupted[i, j] = others[i, j]
    return corrupted, targets


def masks_in_place(tokens, n_tokens, generator):
    corrupted, targets = masking()(tokens, n_tokens, generator)
    tokens.copy_(corrupted)
    return tokens, targets


MASK_RIGHT = {
    "boolean indexing": masking(),
    "loop": loop,
    "list": lambda *a: list(masking()(*a)),
}
MASK_WRONG = {
    "targets everywhere": (masking(everywhere=True), "Every place has a target"),
    "padding selected": (masking(padding=True), "Padding (0) was selected"),
    "always the mask": (masking(mask=1.0, kept=0.0), "80% masked"),
    "nothing kept": (masking(mask=0.9, kept=0.0), "80% masked"),
    "half selected": (masking(rate=0.5), "it should be 15%"),
    "80 percent selected": (masking(rate=0.8), "it should be 15%"),
    "random words from 0": (masking(low=0), "Draw from 2 on"),
    "last word never": (masking(high=49), "is not included"),
    "targets after masking": (masking(target="after"), "not the original words"),
    "own generator": (masking(own_generator=True), "generator=generator"),
    "replaced words not predicted": (masking(only_changed=True), "must be predicted"),
    "in place": (masks_in_place, "was changed"),
    "one result": (lambda *a: masking()(*a)[0], "Return 2 things together"),
    "float": (lambda *a: [x.float() for x in masking()(*a)], "whole numbers"),
    "flattened": (lambda *a: [x.flatten() for x in masking()(*a)], "input's shape"),
}

# ------------------------------------------------------------ hiding a quarter


def hide(
    images, generator, *, swap=False, shift=0, side=None, one=False, value=0, channels=3, choices=4
):
    labels = torch.randint(choices, (len(images),), generator=generator)
    if one:
        labels = labels[:1].expand(len(images)).clone()
    half = side or images.shape[-1] // 2
    hidden = images.clone()
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)
        if swap:
            row, column = column, row
        hidden[i, :channels, row * half : (row + 1) * half, column * half : (column + 1) * half] = (
            value
        )
    return hidden, labels + shift


def masks(images, generator):
    labels = torch.randint(4, (len(images),), generator=generator)
    half = images.shape[-1] // 2
    far = (torch.arange(images.shape[-1]) >= half).int()
    quarter = 2 * far[:, None] + far[None, :]
    return images.masked_fill((quarter == labels[:, None, None])[:, None], 0), labels


def hide_in_place(images, generator):
    hidden, labels = hide(images, generator)
    images.copy_(hidden)
    return images, labels


def unseeded(images, generator):
    return hide(images, torch.Generator().manual_seed(int(torch.randint(2**31, (1,)))))


def after_hiding(after):
    return lambda images, generator: after(*hide(images, generator))


HIDE_RIGHT = {
    "loop": hide,
    "mask": masks,
    "list": lambda x, g: list(hide(x, g)),
}
HIDE_WRONG = {
    "rows and columns exchanged": (lambda x, g: hide(x, g, swap=True), "exchanged"),
    "counted from 1": (lambda x, g: hide(x, g, shift=1), "start at 0"),
    "one quadrant for all": (lambda x, g: hide(x, g, one=True), "same quadrant"),
    "too small": (lambda x, g: hide(x, g, side=2), "Exactly one quadrant"),
    "one channel": (lambda x, g: hide(x, g, channels=1), "set all channels to 0"),
    "in place": (hide_in_place, "was changed"),
    "float labels": (
        after_hiding(lambda hidden, labels: (hidden, labels.float())),
        "whole numbers",
    ),
    "labels of other draws": (lambda x, g: (hide(x, g)[0], hide(x, g)[1]), "but its label is"),
    "generator ignored": (unseeded, "not used"),
    "one quadrant never": (lambda x, g: hide(x, g, choices=3), "never hidden: [3]"),
    "own seed": (lambda x, g: hide(x, torch.Generator().manual_seed(3)), "another seed"),
    "one result": (lambda x, g: hide(x, g)[0], "Return 2 things together"),
    "type changed": (
        after_hiding(lambda hidden, labels: (hidden.double(), labels)),
        "Keep the type",
    ),
    "cut out": (
        after_hiding(lambda hidden, labels: (hidden[..., :3, :3], labels)),
        "keep their shape",
    ),
}

TABLES = {
    "read_off": (READ_OFF_RIGHT, READ_OFF_WRONG),
    "mask_tokens": (MASK_RIGHT, MASK_WRONG),
    "hide_quadrant": (HIDE_RIGHT, HIDE_WRONG),
}
