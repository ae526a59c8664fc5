"""Right answers written differently pass; each planted mistake gets its own diagnosis."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_utils.exercises import check
from course_utils.pretext import rotation

NAME = "rotation.four_copies"


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


@pytest.mark.parametrize("how", RIGHT)
def test_right_answers_pass(how, capsys):
    answer = RIGHT[how]
    assert check(NAME, answer) is answer
    assert "✔" in capsys.readouterr().out


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
    "labels forgotten": (turned, "Return two things"),
    "in place": (in_place, "were changed"),
    "type changed": (lambda x: (turned(x).double(), blocks(x)), "Keep the type"),
}  # fmt: skip


@pytest.mark.parametrize("how", WRONG)
def test_planted_mistakes_are_named(how, capsys):
    answer, words = WRONG[how]
    assert check(NAME, answer) is rotation.four_copies
    out = capsys.readouterr().out
    assert "✘" in out
    assert words in out


def test_mistakes_have_different_names(capsys):
    messages = set()
    for answer, _ in WRONG.values():
        check(NAME, answer)
        messages.add(capsys.readouterr().out)
    assert len(messages) >= 16


@pytest.mark.parametrize("empty", [lambda x: None, lambda x: ...])
def test_untouched_stub_is_not_a_mistake(empty, capsys):
    assert check(NAME, empty) is rotation.four_copies
    out = capsys.readouterr().out
    assert "not yet" in out
    assert "✘" not in out


def test_code_that_raises_is_reported_kindly(capsys):
    assert check(NAME, lambda x: x.no_such_method()) is rotation.four_copies
    out = capsys.readouterr().out
    assert "no_such_method" in out
    assert "line" in out


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


OTHER_RIGHT = {
    "frozen_features": [
        in_eval(lambda z: z.mean((2, 3))),
        in_eval(lambda z: F.adaptive_avg_pool2d(z, 1).flatten(1)),
    ],
}  # fmt: skip
OTHER_WRONG = {
    "frozen_features": [
        (leaky, "encoder.eval()"),
        (with_gradients, "no_grad"),
        (in_eval(lambda z: z), "(B, C)"),
        (in_eval(lambda z: z.mean(1).flatten(1)), "last two axes"),
        (in_eval(lambda z: z.mean((0, 2, 3))), "last two axes"),
        (in_eval(lambda z: z.amax((2, 3))), "largest value"),
    ],
}


# As the tables of the other lessons: right and wrong answers by exercise.
TABLES = {"four_copies": (RIGHT, WRONG)} | {
    name: (dict(enumerate(OTHER_RIGHT[name])), dict(enumerate(OTHER_WRONG[name])))
    for name in OTHER_RIGHT
}


@pytest.mark.parametrize(
    ("name", "answer"), [(name, answer) for name in OTHER_RIGHT for answer in OTHER_RIGHT[name]]
)
def test_other_exercises_take_right_answers(name, answer, capsys):
    assert check(f"rotation.{name}", answer) is answer
    assert "✔" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [(name, *pair) for name in OTHER_WRONG for pair in OTHER_WRONG[name]],
)
def test_other_exercises_name_the_mistake(name, answer, words, capsys):
    assert check(f"rotation.{name}", answer) is not answer
    out = capsys.readouterr().out
    assert "✘" in out
    assert words in out


@pytest.mark.parametrize("name", OTHER_RIGHT)
def test_other_exercises_know_the_untouched_stub(name, capsys):
    check(f"rotation.{name}", lambda *_: None)
    assert "not yet" in capsys.readouterr().out
