"""What lesson 01 finds with few labels: measured as a loop would, said truly, and a sentence where nothing can be measured."""

import re

import pytest
import torch

from course_utils import lang
from course_utils.evaluate.neighbours import Neighbours
from course_utils.evaluate.solvers import read_off
from course_utils.exercises.claims import ClaimFailed
from course_utils.lessons.why_ssl import findings

pytestmark = pytest.mark.usefixtures("strict")
N = 20 + findings.MORE + 400


class Told:
    """A space of its own: the class in one number, hidden in noise of a set strength."""

    def __init__(self, images, labels, noise):
        generator = torch.Generator().manual_seed(0)
        x = torch.nn.functional.one_hot(labels, 10).float()
        self.x, self.images = x + noise * torch.randn(len(x), 10, generator=generator), images

    def describe(self, images):
        at = [next(i for i, one in enumerate(self.images) if torch.equal(one, x)) for x in images]
        return self.x[at]


@pytest.fixture(scope="module")
def world():
    generator = torch.Generator().manual_seed(1)
    images = torch.randint(0, 256, (N, 3, 8, 8), generator=generator, dtype=torch.uint8)
    labels = torch.arange(N) % 10
    spaces = {"pixels": Neighbours(None, images), "random weights": Told(images, labels, 1.0)}
    return images, labels, spaces | {("배움", "learned"): Told(images, labels, 0.1)}


def told(capsys, world, **how):
    images, labels, spaces = world
    lang.set_language("en")
    findings.bought(spaces, how.pop("given", labels[:20]), images, labels, own=False, data="cifar10", **how)  # fmt: skip
    return capsys.readouterr().out


def test_the_table_is_that_of_a_loop(capsys, world):
    images, labels, spaces = world
    out = told(capsys, world)
    for name, space in (("random weights", spaces["random weights"]), ("learned", spaces["배움", "learned"])):  # fmt: skip
        x = space.describe(images)
        shares = []
        for n in (20, 20 + findings.MORE):
            guess = read_off(x[:n], labels[:n], x[20 + findings.MORE :])
            shares.append(f"{(guess == labels[20 + findings.MORE :]).float().mean():.1%}")
        assert re.search(rf"{name}\s+{shares[0]}\s+{shares[1]}", out), (name, shares, out)
    assert "You have not played" in out


def test_the_readers_labels_count(capsys, world):
    """All answers wrong by one class: twenty of them teach the wrong names."""
    _, labels, _ = world
    out = told(capsys, world, given=(labels[:20] + 1) % 10)
    (few, more) = re.search(r"learned\s+([\d.]+)%\s+([\d.]+)%", out).groups()
    assert float(few) < 5 < 60 < float(more)


def test_nothing_is_claimed_that_does_not_hold(world):
    images, labels, spaces = world
    backwards = dict(reversed(spaces.items()))
    with pytest.raises(ClaimFailed):
        findings.bought(backwards, labels[:20], images, labels, own=True, data="cifar10")
    findings.bought(backwards, labels[:20], images, labels, own=True, data="mine")


def test_where_few_are_left_a_sentence_stands(capsys, world):
    images, labels, spaces = world
    lang.set_language("en")
    findings.bought(spaces, labels[:2], images[:5], labels[:5], own=False, data="mine")
    assert "too few to measure" in capsys.readouterr().out
