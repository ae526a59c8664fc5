import torch
from torch import nn

from course_utils import models, runtime
from course_utils.data.worlds import without_color
from course_utils.lessons.tracking import measures
from course_utils.pretext.pairs import Pairs


def test_ordered_is_the_share_in_which_the_positive_is_nearer():
    clips = torch.arange(4)
    x = torch.eye(4)
    near = x + 0.1
    assert measures.ordered(torch.cat([x, near]), clips, 0) == 1
    assert measures.ordered(torch.cat([x, near.roll(1, 0)]), clips, 0) < 0.9
    assert measures.ordered(torch.ones(8, 4), clips, 0) == 0  # a tie is not ordered


def test_negatives_are_of_other_clips():
    """All patches of one clip are alike: were they negatives, half of the triplets would tie."""
    clips = torch.tensor([0, 0, 1, 1])
    x = torch.eye(2).repeat_interleave(2, 0)
    assert measures.ordered(torch.cat([x, x]), clips, 0) == 1


def test_color_alone_orders_what_differs_in_color():
    hues = torch.tensor([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]], dtype=torch.uint8)
    painted = hues.repeat(2, 1)[:, :, None, None].expand(-1, -1, 2, 2)
    seen = measures.mean_color(painted)
    torch.testing.assert_close(seen[0], torch.tensor([0.5, -0.5, -0.5]))
    assert measures.ordered(seen, torch.arange(4), 0) == 1
    assert measures.ordered(measures.mean_color(without_color(painted)), torch.arange(4), 0) < 1


def test_labelled_patches_and_those_they_are_tested_on_are_of_other_photographs(monkeypatch):
    asked = []
    monkeypatch.setattr(measures, "true_pairs", lambda *what, **how: asked.append((what, how)))
    measures.labelled_patches(False)
    (known, how), (unknown, same) = asked
    assert how == same == {"color": False}
    assert (known[1], unknown[1]) == ("train", "test")
    assert known[2] >= 5  # no seed of a recipe: no clip of its training


def test_kinds_from_patches_are_read_with_all_labels(monkeypatch):
    """Kinds that only colour tells: gone where the patches lose it."""
    kinds = torch.arange(200) % 2
    images = torch.randint(40, (200, 2, 3, 32, 32), generator=runtime.generator(0))
    images[kinds == 0, :, 0] += 76  # 0.299 of it
    images[kinds == 1, :, 1] += 39  # 0.587 of it: as bright
    pairs = Pairs(images.to(torch.uint8), torch.arange(200), kinds)
    asked = []
    monkeypatch.setattr(
        measures, "labelled_patches", lambda color: asked.append(color) or (pairs, pairs)
    )
    monkeypatch.setattr(measures, "LABELS", 100)
    encoder = models.small_encoder(images.flatten(0, 1).to(torch.uint8))
    seen = measures.kinds_from_patches(encoder)
    blind = measures.kinds_from_patches(encoder, color=False, gray=True)
    assert asked == [True, False]
    assert set(seen) == {
        f"{probe}_100_block{n}_{part}"
        for probe in ("linear", "neighbours")
        for n in (1, 2, 3)
        for part in ("validation", "test")
    }
    assert seen["linear_100_block1_test"] > 0.95
    assert blind["linear_100_block1_test"] < 0.95
    assert isinstance(encoder, nn.Sequential) and encoder.training  # as it was
