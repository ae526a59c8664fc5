"""Right answers written differently pass; each planted mistake gets its own diagnosis."""

import math

import numpy as np
import pytest
import torch

from tests.exercises import planted

# ------------------------------------------------------------ gradient energy


def gradients(x):
    return torch.gradient(x, dim=(2, 3))


def differences(x):
    down, right = torch.zeros_like(x), torch.zeros_like(x)
    down[..., 1:-1, :] = (x[..., 2:, :] - x[..., :-2, :]) / 2
    right[..., 1:-1] = (x[..., 2:] - x[..., :-2]) / 2
    return (down**2 + right**2).mean(1)


def next_pixel(x):
    out = torch.zeros_like(x)
    out[..., :-1, :] += (x[..., 1:, :] - x[..., :-1, :]) ** 2
    out[..., :-1] += (x[..., 1:] - x[..., :-1]) ** 2
    return out.mean(1)


def in_place(x):
    out = differences(x)
    x *= 2
    return out


ENERGY_RIGHT = {
    "gradient": lambda x: sum(g.square() for g in gradients(x)).mean(1),
    "differences, no border": differences,
    "numpy": lambda x: torch.from_numpy(
        sum(g**2 for g in np.gradient(x.double().numpy(), axis=(2, 3))).mean(1)
    ),
}
ENERGY_WRONG = {
    "root": (lambda x: sum(g.square() for g in gradients(x)).sqrt().mean(1), "leave out the root"),
    "added before squaring": (lambda x: sum(gradients(x)).square().mean(1), "opposite signs cancel"),
    "gray first": (lambda x: sum(g.mean(1).square() for g in gradients(x)), "equal brightness"),
    "right only": (lambda x: gradients(x)[1].square().mean(1), "Add the vertical"),
    "down only": (lambda x: gradients(x)[0].square().mean(1), "Add the horizontal"),
    "channels added": (lambda x: sum(g.square() for g in gradients(x)).sum(1), "Take their mean"),
    "absolute": (lambda x: sum(g.abs() for g in gradients(x)).mean(1), "Add squares"),
    "channels kept": (lambda x: sum(g.square() for g in gradients(x)), "one number a pixel"),
    "one number a picture": (lambda x: differences(x).mean((1, 2)), "it should be (2, 6, 9)"),
    "next pixel": (next_pixel, "central differences"),
    "in place": (in_place, "was changed"),
    "a float": (lambda x: 1.0, "A tensor should come back"),
}  # fmt: skip

# ------------------------------------------------------------ one affine matrix


def matrix(angle, scale, shift, side, *, sign=1, order="shift last", pixels=True, swap=False):
    turn = sign * angle
    cos, sin = math.cos(turn) / scale, math.sin(turn) / scale
    x, y = (v * (side if pixels else 1) for v in (shift[::-1] if swap else shift))
    if order == "shift first":
        x, y = cos * x - sin * y, sin * x + cos * y
    return torch.tensor([[cos, -sin, x], [sin, cos, y]])


def right_matrix(angle, scale, shift, side, **wrong):
    return matrix(math.radians(angle), scale, shift, side, **wrong)


def by_products(angle, scale, shift, side):
    a = np.radians(angle)
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    move = np.array([[1, 0, side * shift[0]], [0, 1, side * shift[1]], [0, 0, 1]])
    return torch.from_numpy((move @ turn @ np.diag([1 / scale, 1 / scale, 1]))[:2])


MATRIX_RIGHT = {
    "entries": right_matrix,
    "products of three": by_products,
    "nested lists": lambda *a: right_matrix(*a).tolist(),
}
MATRIX_WRONG = {
    "other way round": (lambda *a: right_matrix(*a, sign=-1), "turns the other way"),
    "scale": (lambda a, s, *r: right_matrix(a, 1 / s, *r), "upside down"),
    "shift first": (lambda *a: right_matrix(*a, order="shift first"), "is not turned"),
    "shift in sides": (lambda *a: right_matrix(*a, pixels=False), "to get pixels"),
    "x and y": (lambda *a: right_matrix(*a, swap=True), "exchanged"),
    "degrees": (matrix, "into radians"),
    "three rows": (lambda *a: torch.eye(3), "it should be (2, 3)"),
    "identity": (lambda *a: torch.eye(2, 3), "Put the shift beside"),
}  # fmt: skip

# ------------------------------------------------------------ surrogate labels


def by_seed(seeds, copies, distort, labels=None):
    patches = distort(seeds.repeat_interleave(copies, 0))
    return patches, torch.arange(len(seeds)).repeat_interleave(copies) if labels is None else labels


def loop(seeds, copies, distort):
    made = [(distort(seeds[i : i + 1]), i) for i in range(len(seeds)) for _ in range(copies)]
    return torch.cat([p for p, _ in made]), torch.tensor([i for _, i in made])


def by_copy(seeds, copies, distort):
    return distort(seeds.repeat(copies, 1, 1, 1)), torch.arange(len(seeds)).repeat(copies)


BATCH_RIGHT = {"by seed": by_seed, "loop": loop, "by copy": by_copy}
BATCH_WRONG = {
    "orders differ": (
        lambda s, k, d: (d(s.repeat(k, 1, 1, 1)), torch.arange(len(s)).repeat_interleave(k)),
        "different orders",
    ),
    "number of the copy": (lambda s, k, d: by_seed(s, k, d, torch.arange(k).repeat(len(s))), "which seed"),
    "a class a copy": (lambda s, k, d: by_seed(s, k, d, torch.arange(len(s) * k)), "one class"),
    "from 1": (lambda s, k, d: (by_seed(s, k, d)[0], by_seed(s, k, d)[1] + 1), "start at 1"),
    "too few labels": (lambda s, k, d: by_seed(s, k, d, torch.arange(len(s))), "Every copy needs one"),
    "float labels": (lambda s, k, d: (by_seed(s, k, d)[0], by_seed(s, k, d)[1].float()), "whole numbers"),
    "not distorted": (lambda s, k, d: by_seed(s, k, lambda x: x), "Nothing was distorted"),
    "one result": (lambda s, k, d: by_seed(s, k, d)[0], "Return two things"),
    "one copy": (lambda s, k, d: by_seed(s, 1, d), "it should be"),
}  # fmt: skip

TABLES = {
    "gradient_energy": (ENERGY_RIGHT, ENERGY_WRONG),
    "sampling_matrix": (MATRIX_RIGHT, MATRIX_WRONG),
    "surrogate_batch": (BATCH_RIGHT, BATCH_WRONG),
}


@pytest.mark.parametrize(("name", "how"), planted.cases(TABLES, 0))
def test_right_answers_pass(name, how, capsys):
    planted.assert_accepted(f"distortion.{name}", TABLES[name][0][how], capsys)


@pytest.mark.parametrize(("name", "how"), planted.cases(TABLES, 1))
def test_planted_mistakes_are_named(name, how, capsys):
    planted.assert_named(f"distortion.{name}", *TABLES[name][1][how], capsys)
