"""What is accepted of colorization rebuilt from memory, and what is told."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import models, runtime
from course_utils.data import toyworld
from course_utils.evaluate import comparisons, probes, ruler
from course_utils.lessons.colorization import memory
from course_utils.pretext import colorization
from course_utils.views.color import to_gray
from course_utils.views.lab import rgb_to_lab
from course_utils.views.streams import to_float


@pytest.fixture(scope="module")
def few():
    return memory.given(toyworld.stills(32, seed=5))


def gray(few):
    return to_gray(to_float(few))


def bins(few, side=10):
    ab = colorization.split_color(to_float(few))[1]
    return colorization.color_bins(ab, colorization.palette(side))


def one_hot(few):
    ids = bins(few, 40)
    return F.one_hot(ids, int(ids.max()) + 1).permute(0, 3, 1, 2).float()


def rgb_bins(few):
    """Thirds of red, green and blue at every pixel."""
    thirds = (to_float(few) * 2.999).long()
    return 9 * thirds[:, 0] + 3 * thirds[:, 1] + thirds[:, 2]


FORMS = {
    "bins": lambda x: (gray(x), bins(x)),
    "bytes, one channel": lambda x: ((255 * gray(x)[:, :1]).to(torch.uint8), bins(x)),
    "lightness of Lab, no channel axis": lambda x: (rgb_to_lab(to_float(x))[:, 0], bins(x, 20)),
    "standardized": lambda x: ((gray(x) - 0.5) / 0.2, bins(x)),
    "colors themselves": lambda x: (gray(x), F.avg_pool2d(rgb_to_lab(to_float(x))[:, 1:], 4)),
    "colors of every pixel": lambda x: (gray(x), rgb_to_lab(to_float(x))[:, 1:] / 100),
    "shares": lambda x: (gray(x), one_hot(x)),
    "in rows": lambda x: (gray(x), bins(x).view(32, -1)),
    "in one row": lambda x: (gray(x), bins(x).flatten()),
    "thirds of RGB": lambda x: (gray(x), rgb_bins(x)),
}


@pytest.mark.parametrize("form", FORMS)
def test_other_correct_forms_are_right(few, form):
    assert memory.judge(few, *FORMS[form](few)) == "right"


WRONG = {
    "nothing like a picture": (lambda x: (torch.zeros(32), bins(x)), "no_pictures"),
    "smaller pictures": (lambda x: (gray(x)[..., ::2, ::2], bins(x)), "no_pictures"),
    "in color": (lambda x: (to_float(x), bins(x)), "colored"),
    "one channel of another picture": (lambda x: (gray(x).roll(1, 0), bins(x)), "another_picture"),
    "turned": (lambda x: (torch.rot90(gray(x), 1, (2, 3)), bins(x)), "another_picture"),
    "no targets": (lambda x: (gray(x), None), "no_targets"),
    "one target a picture": (lambda x: (gray(x), torch.arange(32)), "no_targets"),
    "too few": (lambda x: (gray(x), bins(x)[:20]), "no_targets"),
    "of the wrong picture": (lambda x: (gray(x), bins(x).roll(1, 0)), "targets_wrong"),
    "of the wrong place": (lambda x: (gray(x), bins(x).roll(4, 2)), "targets_wrong"),
    "all alike": (lambda x: (gray(x), torch.zeros(32, 8, 8, dtype=torch.int64)), "targets_wrong"),
    "numbers of the places": (lambda x: (gray(x), torch.arange(2048).view(32, 8, 8)), "targets_wrong"),
    "lightness": (
        lambda x: (gray(x), (F.avg_pool2d(gray(x)[:, 0], 4) * 10).long()), "targets_wrong",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_is_told(few, mistake):
    make, key = WRONG[mistake]
    assert memory.judge(few, *make(few)) == key


def test_every_kind_has_one_hue_and_gray_does_not_tell():
    drawn = toyworld.stills(60, seed=1)
    pictures, seen = memory.given(drawn), memory.probed(drawn)
    ab = rgb_to_lab(to_float(pictures))[:, 1:]
    thing = drawn.masks[:, None]
    assert (ab.norm(dim=1)[~drawn.masks] < 3).float().mean() > 0.98
    hues = torch.atan2(*((ab * thing).sum((2, 3)).T.flip(0)))
    for kind in range(10):
        of_kind = hues[drawn.factors["kind"] == kind]
        spread = torch.stack([of_kind.cos(), of_kind.sin()]).mean(1).norm()
        assert spread > 0.98
    assert (seen == seen[:, :1]).all()
    assert torch.equal(seen, memory.probed(toyworld.stills(60, seed=1)))


def test_learning_these_colors_is_above_the_floor():
    """The recipe on 8,000 pictures: what the check of a rebuilt lesson asks for."""
    drawn, test = toyworld.stills(8000, seed=5), toyworld.stills(1000, split="test", seed=5)
    pictures, known, outside = memory.given(drawn), memory.probed(drawn), memory.probed(test)
    correct = []
    for examples in (20_000, 0):
        encoder = models.small_encoder(known, seed=5)
        colorization.pretrain(encoder, pictures, examples=examples, seed=0)
        stages = ruler.stages(encoder, known[-2000:], outside)
        inside, others = ({"last": x["block3"]} for x in stages)
        labels = drawn.factors["kind"][-2000:], test.factors["kind"]
        correct.append(probes.linear_probe(inside, labels[0], others, labels[1])["last"].correct)
    assert comparisons.paired_bootstrap(*correct).low > 0
    assert runtime.effort() == 1
