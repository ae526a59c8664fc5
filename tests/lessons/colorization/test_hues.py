import torch

from course_utils.data import toyworld
from course_utils.data.worlds import without_color
from course_utils.lessons.colorization import hues, spots
from course_utils.views.streams import to_float


def test_things_have_their_hue_and_the_background_none():
    masks = torch.zeros(2, 8, 8, dtype=torch.bool)
    masks[:, 2:5, 2:5] = True
    ab = hues.hued(masks, torch.tensor([0.0, 0.25]))
    assert torch.allclose(ab[0, :, 3, 3], torch.tensor([hues.CHROMA, 0.0]), atol=1e-4)
    assert torch.allclose(ab[1, :, 3, 3], torch.tensor([0.0, hues.CHROMA]), atol=1e-4)
    assert ab[:, :, 0].abs().max() == 0


def test_gray_is_toyworlds_and_hues_are_independent_of_its_own():
    stored = hues.any_hue(400, size=32, seed=9)
    drawn = toyworld.stills(400, split="test", seed=9)
    gray, ab = hues.split_stored(to_float(stored))
    assert torch.equal((255 * gray).round().to(torch.uint8), without_color(drawn.images))
    mean = (ab * drawn.masks[:, None]).sum((2, 3))
    seen = torch.atan2(mean[:, 1], mean[:, 0])
    for name in ("hue", "value"):
        own = 2 * torch.pi * drawn.factors[name]
        for wave in (own.cos(), own.sin(), drawn.factors[name]):
            for other in (seen.cos(), seen.sin()):
                # Four standard errors of a correlation of independent numbers.
                assert torch.corrcoef(torch.stack([wave, other]))[0, 1].abs() < 4 / 400**0.5


def test_spots_of_these_are_on_things_and_their_colors_equally_frequent():
    toys = hues.any_hue(300, size=32, seed=9)
    found = spots.Spots(toys, split=hues.split_stored, among=range(4))
    assert len(found.truth) == 15 and set(found.truth.tolist()) == {0, 1, 2, 3}
    drawn = toyworld.stills(300, split="test", seed=9)
    for i, row, column in zip(found.index, found.rows, found.columns, strict=True):
        place = drawn.masks[i, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        assert place.float().mean() > 0.5
