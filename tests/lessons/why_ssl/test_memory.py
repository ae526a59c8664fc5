"""What is accepted of lesson 01 rebuilt from memory, and which half is told to be missing."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.evaluate import ruler
from course_utils.evaluate.solvers import read_off
from course_utils.lessons.why_ssl import memory
from course_utils.pretext import rotation


@pytest.fixture(scope="module")
def untrained():
    return memory.FromFewLabels()


@pytest.fixture(scope="module")
def task():
    """With an encoder that learned rotation, without labels."""
    task = memory.FromFewLabels()
    rotation.pretrain(task.encoder, task.pictures, examples=40_000, seed=0)
    return task


def probed(task, stage="block3"):
    inside, outside = ruler.stages(task.encoder, task.labeled, task.queries)
    return read_off(inside[stage], task.labels, outside[stage])


FORMS = {
    "numbers": lambda x: x,
    "a list": lambda x: x.tolist(),
    "an array": lambda x: x.numpy(),
    "numbers with a point": lambda x: x.float(),
    "a column": lambda x: x[:, None],
    "one-hot": lambda x: F.one_hot(x, 10),
    "scores": lambda x: F.one_hot(x, 10) - 3.5,
}


@pytest.mark.parametrize("form", FORMS)
def test_other_correct_forms_are_right(task, form, capsys):
    assert task.check(FORMS[form](probed(task))) == "right"
    assert "points" in capsys.readouterr().out


def test_another_block_and_another_classifier_are_right(task):
    assert task.check(probed(task, "block2")) == "right"
    inside, outside = ruler.stages(task.encoder, task.labeled, task.queries)
    x, y = F.normalize(inside["block3"]), F.normalize(outside["block3"])
    assert task.check(task.labels[(y @ x.T).argmax(1)]) == "right"  # the nearest neighbour


WRONG = {
    "nothing": lambda task: None,
    "no_guesses": lambda task: probed(task)[:500],
    "no_guesses: scores of too few classes": lambda task: torch.zeros(1000, 3),
    "no_guesses: shares": lambda task: torch.full((1000,), 0.5),
    "no_guesses: a word": lambda task: "cat",
    "probe_wrong: numbered from 1": lambda task: probed(task) + 1,
    "probe_wrong: one class": lambda task: torch.zeros(1000, dtype=torch.int64),
    "probe_wrong: another order": lambda task: probed(task).flip(0),
    "probe_wrong: labels of the labelled": lambda task: task.labels.repeat(2),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_is_told(task, mistake, capsys):
    assert task.check(WRONG[mistake](task)) == mistake.split(":")[0]
    assert len(capsys.readouterr().out) > 30


def test_good_guesses_from_somewhere_else_are_not_taken(untrained, task):
    assert untrained.check(probed(task)) == "not_trained"


@pytest.mark.parametrize("how", ["shuffled answers", "a little noise"])
def test_what_learned_nothing_is_not_above(how):
    task = memory.FromFewLabels()
    generator = runtime.generator(0)
    if how == "a little noise":
        with torch.no_grad():
            for weight in task.encoder.parameters():
                weight += 1e-4 * torch.randn(weight.shape, generator=generator)
    else:

        def shuffled(images):
            copies, turns = rotation.four_copies(images)
            return copies, turns[torch.randperm(len(turns), generator=generator)]

        rotation.pretrain(task.encoder, task.pictures, examples=12_800, seed=0, pose=shuffled)
    assert task.check(probed(task)) == "not_above"
