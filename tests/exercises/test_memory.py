"""Rebuilt from memory: other correct forms pass, every planted mistake is told which half is missing."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.exercises import memory
from course_utils.pretext import rotation

ROT90 = [lambda x, r=r: torch.rot90(x, r, (2, 3)) for r in range(4)]


def picture_by_picture(x):
    return torch.stack([turn(x)[i] for i in range(len(x)) for turn in ROT90]), [0, 1, 2, 3] * len(x)


def clockwise(x):
    return torch.cat([torch.rot90(x, -r, (2, 3)) for r in range(4)]), torch.arange(4).repeat_interleave(len(x))  # fmt: skip


def one_random_turn_each(x):
    turns = torch.randint(4, (len(x),), generator=runtime.generator(3))
    return torch.stack([torch.rot90(p, int(r), (1, 2)) for p, r in zip(x, turns, strict=True)]), turns  # fmt: skip


def floats_and_one_hot(x):
    copies, turns = rotation.four_copies(x)
    return copies / 255, F.one_hot(turns)


def a_column(x):
    copies, turns = rotation.four_copies(x)
    return copies, turns[:, None]


def degrees(x):
    copies, turns = rotation.four_copies(x)
    return copies, 90 * turns


RIGHT = (picture_by_picture, clockwise, one_random_turn_each, floats_and_one_hot, degrees, a_column)

WRONG = {
    "nothing": lambda x: (None, None),
    "no_pictures": lambda x: (x[:0], torch.arange(0)),
    "no_pictures ": lambda x: (torch.arange(128), torch.arange(128)),
    "not_turned": lambda x: (torch.cat([x, x.flip(3)] * 2), torch.arange(4).repeat_interleave(len(x))),
    "angles_missing": lambda x: (torch.cat([x, x.flip((2, 3))]), torch.arange(2).repeat_interleave(len(x))),
    "no_targets": lambda x: (rotation.four_copies(x)[0], None),
    "targets_wrong": lambda x: (rotation.four_copies(x)[0], torch.arange(4).repeat(len(x))),
}  # fmt: skip


@pytest.fixture(scope="module")
def rebuild():
    return memory.Rebuild("rotation")


@pytest.mark.parametrize("form", RIGHT)
def test_other_correct_forms_get_to_the_training(rebuild, form, capsys):
    assert rebuild.check(*form(rebuild.few)) == "not_trained"
    assert "loss" in capsys.readouterr().out


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_is_told(rebuild, mistake, capsys):
    assert rebuild.check(*WRONG[mistake](rebuild.few)) == mistake.strip()
    assert len(capsys.readouterr().out) > 30


def test_all_targets_alike_are_no_targets_of_angles(rebuild):
    copies, turns = rotation.four_copies(rebuild.few)
    assert rebuild.check(copies, 0 * turns) == "targets_wrong"
    assert rebuild.check(copies, torch.where(turns == 3, 2, turns)) == "targets_wrong"


def with_shuffled_targets(x):
    copies, turns = rotation.four_copies(x)
    return copies, turns[torch.randperm(len(turns), generator=runtime.generator(0))]


@pytest.mark.parametrize(("pose", "found"), [(rotation.four_copies, "right"), (with_shuffled_targets, "not_above")])  # fmt: skip
def test_a_trained_encoder_is_above_the_floor_and_one_of_shuffled_targets_is_not(pose, found):
    task = memory.Rebuild("rotation")
    rotation.pretrain(task.encoder, task.pictures, examples=20_000, seed=1, pose=pose)
    assert task.check(*rotation.four_copies(task.few)) == found
