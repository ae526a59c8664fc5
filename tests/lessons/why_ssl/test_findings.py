"""What lesson 01 finds with few labels: measured as a loop would, said truly, and a sentence where nothing can be measured."""

import re

import pytest
import torch

from course_utils import lang
from course_utils.data.prepared import Photos
from course_utils.evaluate import comparisons
from course_utils.evaluate.neighbours import Neighbours
from course_utils.evaluate.solvers import read_off
from course_utils.exercises.claims import ClaimFailed
from course_utils.lessons.why_ssl import findings, own_findings
from course_utils.lessons.why_ssl.minute import Minute
from course_utils.records.read import recorded

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


@pytest.fixture
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    """What a game keeps is kept there."""
    monkeypatch.chdir(tmp_path)


NAMES = [f"class {k}" for k in range(10)]


@pytest.fixture
def world(in_a_folder_of_its_own):
    generator = torch.Generator().manual_seed(1)
    images = torch.randint(0, 256, (N, 3, 8, 8), generator=generator, dtype=torch.uint8)
    labels = torch.arange(N) % 10
    spaces = {"pixels": Neighbours(None, images), "random weights": Told(images, labels, 1.0)}
    spaces |= {("배움", "learned"): Told(images, labels, 0.1)}
    return Minute(Photos(images, labels, NAMES, "mine", "made here"), seed=0), spaces


def told(capsys, world, given=None, data="cifar10"):
    mine, spaces = world
    lang.set_language("en")
    if given is not None:
        play(mine, given)
    capsys.readouterr()
    findings.bought(spaces, mine, read_off, data=data)
    return capsys.readouterr().out


def play(mine, answers):
    mine.game.start()
    for answer in answers.tolist():
        mine.game.answer(answer)


def test_the_table_is_that_of_a_loop(capsys, world):
    mine, spaces = world
    images, labels = mine.images, mine.labels
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
    out = told(capsys, world, given=(world[0].labels[:20] + 1) % 10)
    (few, more) = re.search(r"learned\s+([\d.]+)%\s+([\d.]+)%", out).groups()
    assert float(few) < 5 < 60 < float(more)
    assert "labels are yours" in out


def test_nothing_is_claimed_that_does_not_hold(world):
    mine, spaces = world
    backwards = dict(reversed(spaces.items()))
    with pytest.raises(ClaimFailed):
        findings.bought(backwards, mine, read_off, data="cifar10")
    findings.bought(backwards, mine, read_off, data="mine")


def test_better_than_pixels_is_not_enough(world):
    """The weights that learned nothing are the better ones."""
    mine, spaces = world
    pixels, untrained, learned = spaces.values()
    swapped = {"pixels": pixels, "random weights": learned, ("배움", "learned"): untrained}
    with pytest.raises(ClaimFailed):
        findings.bought(swapped, mine, read_off, data="cifar10")


def test_where_few_are_left_a_sentence_stands(capsys, world):
    mine, spaces = world
    few = Minute(Photos(mine.images[:5], mine.labels[:5], NAMES, "mine", "made here"), seed=0)
    lang.set_language("en")
    findings.bought(spaces, few, read_off, data="mine")
    assert "too few to measure" in capsys.readouterr().out


def test_the_game_takes_ten_classes_at_most_and_all_of_their_pictures(in_a_folder_of_its_own):
    labels = torch.arange(360) % 120
    images = torch.zeros(360, 3, 8, 8, dtype=torch.uint8)
    mine = Minute(Photos(images, labels, [f"c{k}" for k in range(120)], "mine", "here"), seed=0)
    assert len(mine.classes) == len(mine.game.choices) == 10
    assert len(mine.images) == 30 and mine.labels.max() == 9
    assert len(mine.given) == 20 and torch.equal(mine.given, mine.labels[:20])


def test_hours_are_those_of_a_label_and_an_assumption_is_told(capsys, world, monkeypatch):
    mine, _ = world
    lang.set_language("en")
    mine.hours()
    out = capsys.readouterr().out
    assert "Assumed" in out and "0.8 hours" in out and "1,000.0 hours" in out  # 3 s a label
    clock = iter([0.0, 40.0])
    monkeypatch.setattr("course_utils.widgets.game.time.monotonic", lambda: next(clock))
    play(mine, mine.labels[:20])
    capsys.readouterr()
    mine.hours()
    out = capsys.readouterr().out
    assert "Assumed" not in out and "666.7 hours" in out and "83.3 days" in out  # 2 s a label


# ---------------------------------------------------------------- recorded


def test_the_figure_of_a_data_set_holds_the_records_at_equal_computing():
    record = recorded("why_ssl")
    picture = findings.efficiency("cifar10").drawing("en")
    longer = record.figures("from scratch, as long", "accuracy", data="cifar10", labels=10_000)
    usual = record.figures("from scratch", "accuracy", data="cifar10", labels=10)
    assert f"10,000: {longer.mean():.1%}" in picture.description
    assert f"10: {usual.mean():.1%}" in picture.description
    assert len(longer) == len(usual) == 5


def test_the_floor_of_the_third_score_is_drawn():
    """Where everything in it begins: the accuracy of random weights, not 0."""
    floor = recorded("references").outcome("linear_10000", data="cifar10", recipe="floor").values
    axes = findings.hired().drawing("en").axes[2]
    assert axes.get_ylim()[0] > floor.mean() - 0.05
    assert any(f"{floor.mean():.1%}" in text.get_text() for text in axes.texts)


# ---------------------------------------------------------------- my pictures, fifty labels


class Known:
    """A way of describing that knows the class up to noise: brightness of the first ten pixels."""

    def __init__(self, noise):
        self.noise = noise

    def describe(self, images):
        x = images[:, 0, 0, :10].float() / 255
        generator = torch.Generator().manual_seed(int(images.long().sum()) % 1000)
        return x + self.noise * torch.randn(x.shape, generator=generator)


def own_world(n, classes=10):
    """Noise that no network can learn from 50 pictures, with the class told in its first row."""
    generator = torch.Generator().manual_seed(n)
    labels = torch.arange(n) % classes
    images = torch.randint(0, 256, (n, 3, 16, 16), generator=generator, dtype=torch.uint8)
    images[:, 0, 0, :10] = 255 * torch.nn.functional.one_hot(labels % 10, 10).to(torch.uint8)
    return Photos(images, labels, [f"c{k}" for k in range(classes)], "mine", "made here")


def own(capsys, *noises, n=300, test=400, classes=10):
    names = ("pixels", "random weights", ("배움", "learned"))
    spaces = {name: Known(noise) for name, noise in zip(names, noises, strict=True)}
    lang.set_language("en")
    own_findings.does_it_pay(spaces, own_world(n, classes), own_world(test, classes))
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("noises", "said"),
    [
        ((9, 9, 0.1), "Here it pays"),
        ((9, 0.1, 0.1), "not shown to be so by what was learned"),
        ((9, 9, 9), "do not settle"),
    ],
)
def test_the_sentence_is_what_the_intervals_say(capsys, monkeypatch, noises, said):
    monkeypatch.setattr(own_findings, "SEEN", 64)
    assert said in own(capsys, *noises)


def test_a_network_from_scratch_can_win(capsys, monkeypatch):
    def perfect(images, labels, *, n_classes, examples, seed):
        return None

    monkeypatch.setattr(own_findings.supervised, "learned_from_few", perfect)
    truth = own_world(400).labels[comparisons.balanced_order(own_world(400).labels, seed=0)]
    monkeypatch.setattr(
        own_findings, "predict", lambda net, x: torch.nn.functional.one_hot(truth, 10).float()
    )
    assert "does not pay" in own(capsys, 9, 9, 9)


def test_few_pictures_and_many_classes_are_told(capsys, monkeypatch):
    monkeypatch.setattr(own_findings, "SEEN", 64)
    assert "too few to tell" in own(capsys, 9, 9, 9, n=10, test=10, classes=2)
    assert re.search(r"\b120 labels", own(capsys, 9, 9, 0.1, n=360, test=360, classes=120))
