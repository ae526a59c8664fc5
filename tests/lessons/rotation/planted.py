"""Right answers written differently, and planted mistakes with the words that name them."""

import numpy as np
import torch
import torch.nn.functional as F

from course_utils.pretext import rotation


def turned(x, sign=1):
    return torch.cat([torch.rot90(x, sign * r, (2, 3)) for r in range(4)])


def by_picture(x):
    return torch.stack([torch.rot90(x, r, (2, 3)) for r in range(4)], dim=1)


def blocks(x):
    return torch.arange(4).repeat_interleave(len(x))


def loop(x):
    copies, labels = [], []
    for picture in x:
        for r in range(4):
            copies.append(torch.rot90(picture, r, (1, 2)))
            labels.append(r)
    return torch.stack(copies), torch.tensor(labels)


def flips_and_transposes(x):
    quarter = x.transpose(2, 3).flip(2)
    return torch.cat([x, quarter, x.flip(2, 3), x.flip(2).transpose(2, 3)]), blocks(x)


def numpy_style(x):
    copies = np.concatenate([np.rot90(x.numpy(), r, (2, 3)) for r in range(4)])
    return torch.from_numpy(copies), torch.from_numpy(np.repeat(np.arange(4), len(x)))


RIGHT = {
    "rot90": lambda x: (turned(x), blocks(x)),
    "loop, picture by picture": loop,
    "picture-major with stack": lambda x: (
        by_picture(x).flatten(0, 1),
        torch.arange(4).repeat(len(x)),
    ),
    "flips and transposes": flips_and_transposes,
    "numpy": numpy_style,
    "list instead of tuple": lambda x: [turned(x), blocks(x)],
    "another order of angles": lambda x: (turned(x).flip(0), blocks(x).flip(0)),
    "reference": rotation.four_copies,
}


def in_place(x):
    out = turned(x), blocks(x)
    x.mul_(2)
    return out


def random_angle(x):
    r = int(torch.randint(4, (1,), generator=torch.Generator().manual_seed(0)))
    return torch.rot90(x, r, (2, 3)), torch.full((len(x),), r)


def transposes_only(x):
    return torch.cat([x, x.transpose(2, 3), x.flip(2, 3), x.transpose(2, 3).flip(2, 3)]), blocks(x)


def interpolated(x):
    return (0.9 * turned(x)).to(x.dtype), blocks(x)


WRONG = {
    "clockwise": (lambda x: (turned(x, -1), blocks(x)), "counter-clockwise"),
    "labels in another order": (lambda x: (turned(x), torch.arange(4).repeat(len(x))), "different orders"),
    "copies in another order": (lambda x: (by_picture(x).flatten(0, 1), blocks(x)), "different orders"),
    "one angle a picture": (random_angle, "all four rotations"),
    "stacked": (lambda x: (by_picture(x), blocks(x)), "torch.stack"),
    "wrong axes": (lambda x: (torch.rot90(x, 1, (0, 1)), blocks(x)), "last two axes"),
    "reflection": (transposes_only, "mirror images"),
    "the same angle twice": (lambda x: (torch.cat([x, x, x, x]), blocks(x)), "occur twice"),
    "interpolated": (interpolated, "moves pixels"),
    "reshaped": (lambda x: (turned(x).reshape(-1, 4, 4, 3).permute(0, 3, 1, 2), blocks(x)), "moves pixels"),
    "degrees": (lambda x: (turned(x), 90 * blocks(x)), "class numbers"),
    "counted from 1": (lambda x: (turned(x), blocks(x) + 1), "start at 0"),
    "float labels": (lambda x: (turned(x), blocks(x).float()), "whole numbers"),
    "one-hot": (lambda x: (turned(x), F.one_hot(blocks(x))), "one-hot"),
    "too few labels": (lambda x: (turned(x), torch.arange(4)), "one label"),
    "lists": (lambda x: (list(turned(x)), [0, 1, 2, 3]), "Make one tensor"),
    "labels all zero": (lambda x: (turned(x), torch.zeros(4 * len(x), dtype=torch.int64)), "should all occur"),
    "batch size nailed in": (lambda x: (turned(x), torch.arange(4).repeat_interleave(2)), "one label"),
    "type nailed in": (lambda x: (turned(x).float(), blocks(x)), "Keep the type"),
    "labels forgotten": (turned, "Return 2 things together"),
    "in place": (in_place, "was changed"),
    "type changed": (lambda x: (turned(x).double(), blocks(x)), "Keep the type"),
}  # fmt: skip


# ------------------------------------------------------------ the exercise of Go deeper


def leaky(encoder, images):
    """Forgets evaluation mode."""
    with torch.no_grad():
        return encoder(images).mean((2, 3))


def in_eval(after):
    def answer(encoder, images):
        encoder.eval()
        with torch.no_grad():
            return after(encoder(images))

    return answer


def with_gradients(encoder, images):
    return encoder.eval()(images).mean((2, 3))


FROZEN_RIGHT = {
    "mean": in_eval(lambda z: z.mean((2, 3))),
    "pooling layer": in_eval(lambda z: F.adaptive_avg_pool2d(z, 1).flatten(1)),
}
FROZEN_WRONG = {
    "training mode": (leaky, "encoder.eval()"),
    "gradients": (with_gradients, "no_grad"),
    "not pooled": (in_eval(lambda z: z), "(B, C)"),
    "over channels": (in_eval(lambda z: z.mean(1).flatten(1)), "last two axes"),
    "over the batch": (in_eval(lambda z: z.mean((0, 2, 3))), "last two axes"),
    "largest": (in_eval(lambda z: z.amax((2, 3))), "largest value"),
}

# ------------------------------------------------------------ the loss


def by_hand(logits, labels):
    shares = logits.exp() / logits.exp().sum(1, keepdim=True)
    return sum(-shares[i, r].log() for i, r in enumerate(labels.tolist())) / len(labels)


def by_log_sum_exp(logits, labels):
    return (logits.logsumexp(1) - (logits * F.one_hot(labels, 4)).sum(1)).mean()


LOSS_RIGHT = {
    "cross-entropy": F.cross_entropy,
    "a loop": by_hand,
    "log-sum-exp": by_log_sum_exp,
    "negative log likelihood": lambda z, y: F.nll_loss(F.log_softmax(z, dim=-1), y),
    "a module": lambda z, y: torch.nn.CrossEntropyLoss()(z, y),
}
LOSS_WRONG = {
    "no minus": (lambda z, y: F.log_softmax(z, 1)[torch.arange(len(y)), y].mean(), "sign is reversed"),
    "sum": (lambda z, y: F.cross_entropy(z, y, reduction="sum"), "Take the mean"),
    "one a picture": (lambda z, y: F.cross_entropy(z, y, reduction="none"), "one loss for each picture"),
    "probabilities handed over": (lambda z, y: F.cross_entropy(F.softmax(z, 1), y), "taken twice"),
    "log forgotten": (lambda z, y: -F.softmax(z, 1)[torch.arange(len(y)), y].mean(), "log is missing"),
    "axis 0": (lambda z, y: -F.log_softmax(z, 0)[torch.arange(len(y)), y].mean(), "runs over the batch"),
    "logits alone": (lambda z, y: -z[torch.arange(len(y)), y].mean(), "not made into probabilities"),
    "mean over all": (lambda z, y: -F.log_softmax(z, 1).mean(), "all four angles"),
    "squares": (lambda z, y: F.mse_loss(F.softmax(z, 1), F.one_hot(y, 4).float()), "squared difference"),
    "share of errors": (lambda z, y: (z.argmax(1) != y).float().mean(), "no gradient"),
    "a number": (lambda z, y: F.cross_entropy(z, y).item(), "no gradient flows"),
    "under no_grad": (torch.no_grad()(lambda z, y: F.cross_entropy(z, y)), "no gradient flows"),
}  # fmt: skip

TABLES = {
    "four_copies": (RIGHT, WRONG),
    "rotation_loss": (LOSS_RIGHT, LOSS_WRONG),
    "frozen_features": (FROZEN_RIGHT, FROZEN_WRONG),
}
