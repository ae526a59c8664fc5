"""Right answers written differently, and planted mistakes with the words that name them."""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from torch import nn

from course_utils import models

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

# ------------------------------------------------------------ the encoder


def layers(c_in, c_out):
    return [nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU()]


def begun(pictures):
    encoder = nn.Sequential()
    encoder.add_module("normalize", models.Normalize(pictures))
    patches = nn.Conv2d(3, 64, 2, stride=2)
    encoder.add_module("block1", nn.Sequential(patches, *layers(64, 64), nn.MaxPool2d(2)))
    return encoder


def encoder(pictures, second=None, third=None, names=("block2", "block3")):
    made = begun(pictures)
    made.add_module(names[0], nn.Sequential(*(second or [*layers(64, 128), nn.MaxPool2d(2)])))
    made.add_module(names[1], nn.Sequential(*(third or layers(128, 256))))
    return made


def ordered(pictures):
    parts = dict(begun(pictures).named_children())
    parts["block2"] = nn.Sequential(nn.Sequential(*layers(64, 128)), nn.MaxPool2d(2, 2))
    parts["block3"] = nn.Sequential(*layers(128, 256))
    return nn.Sequential(OrderedDict(parts))


ENCODER_RIGHT = {
    "as the text": encoder,
    "nested, from a dictionary": ordered,
    "in place": lambda p: encoder(p, third=[*layers(128, 256)[:2], nn.ReLU(inplace=True)]),
}
ENCODER_WRONG = {
    "list": (lambda p: list(encoder(p)), "this is a list"),
    "third forgotten": (lambda p: encoder(p)[:3], "third block is missing"),
    "not pooled": (lambda p: encoder(p, layers(64, 128)), "the side is not halved"),
    "pooled twice": (
        lambda p: encoder(p, third=[*layers(128, 256), nn.MaxPool2d(2)]),
        "pools as well",
    ),
    "names": (lambda p: encoder(p, names=("second", "third")), "Later, features are taken by name"),
    "bias": (
        lambda p: encoder(
            p,
            [nn.Conv2d(64, 128, 3, padding=1), *layers(64, 128)[1:], nn.MaxPool2d(2)],
            [nn.Conv2d(128, 256, 3, padding=1), *layers(128, 256)[1:]],
        ),
        "set `bias=False`",
    ),
    "no ReLU": (
        lambda p: encoder(p, [*layers(64, 128)[:2], nn.MaxPool2d(2)], layers(128, 256)[:2]),
        "`nn.ReLU()` is missing",
    ),
}

# ------------------------------------------------------------ the training loop


def loop(model, optimizer, batches, loss, rate, steps, *, order="zbs", train=True):
    losses = []
    if train:
        model.train()
    for step in range(steps):
        inputs, targets = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = rate((step + 0.5) / steps)
        value = loss(model(inputs), targets)
        for letter in order:
            {"z": optimizer.zero_grad, "b": value.backward, "s": optimizer.step}[letter]()
        losses.append(value.item())
    return losses


def stacked(*arguments):
    return torch.tensor(loop(*arguments))


def by_hand(model, optimizer, batches, loss, rate, steps):
    return loop(model, optimizer, batches, loss, rate, steps, order="b")


LOOP_RIGHT = {
    "as the text": loop,
    "cleared afterwards": lambda *a: loop(*a, order="bsz"),
    "a tensor": stacked,
}
LOOP_WRONG = {
    "never cleared": (lambda *a: loop(*a, order="bs"), "never cleared"),
    "cleared too early": (lambda *a: loop(*a, order="bzs"), "cleared before they are used"),
    "no step": (by_hand, "the weights are never moved"),
    "no gradients": (lambda *a: loop(*a, order="zs"), "No gradients are computed"),
    "evaluating": (lambda *a: loop(*a, train=False), "evaluation mode"),
    "one number": (lambda *a: loop(*a)[-1], "this is a float"),
    "too few": (lambda m, o, b, f, r, n: loop(m, o, b, f, r, n - 1), "it made 5"),
}


TABLES = {
    "read_off": (READ_OFF_RIGHT, READ_OFF_WRONG),
    "encoder": (ENCODER_RIGHT, ENCODER_WRONG),
    "training_loop": (LOOP_RIGHT, LOOP_WRONG),
    "mask_tokens": (MASK_RIGHT, MASK_WRONG),
}
