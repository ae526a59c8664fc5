import pytest
import torch

from course_utils import lang, models
from course_utils.lessons.colorization import spots
from course_utils.pretext import colorization
from course_utils.views.lab import lab_to_rgb, rgb_to_lab
from course_utils.views.streams import to_bytes
from tests.widgets.conftest import shown  # noqa: F401


def with_spot(k, row, column):
    """A gray picture with one place of the k-th colour."""
    lab = torch.zeros(1, 3, 32, 32)
    lab[:, 0] = 60
    lab[:, 1:, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4] = spots.SWATCHES[k][None, :, None, None]  # fmt: skip
    return to_bytes(lab_to_rgb(lab))[0]


@pytest.fixture(scope="module")
def pictures():
    """Ten pictures, two of each colour, in places that differ."""
    return torch.stack([with_spot(i % 5, 1 + i % 6, 1 + (2 * i) % 6) for i in range(10)])


def test_spots_are_where_the_colors_are(pictures):
    found = spots.Spots(pictures, n=10)
    assert sorted(found.index.tolist()) == list(range(10))
    for i, row, column, truth in zip(found.index, found.rows, found.columns, found.truth, strict=True):  # fmt: skip
        assert truth == i % 5
        if truth != 4:  # gray is everywhere in it
            assert (row, column) == (1 + i % 6, 1 + (2 * i) % 6)
    assert (found.ab - spots.SWATCHES[found.truth]).norm(dim=1).max() < 1  # rounded to bytes


def test_colors_are_equally_frequent_and_one_that_is_missing_is_left_out(pictures):
    assert sorted(spots.Spots(pictures, n=5).truth.tolist()) == [0, 1, 2, 3, 4]
    no_blue = pictures[[i for i in range(10) if i % 5 != 3]]
    assert sorted(set(spots.Spots(no_blue, n=8).truth.tolist())) == [0, 1, 2, 4]
    assert len(spots.Spots(pictures, n=100).truth) <= 10  # each picture once


def test_a_spot_at_the_edge_is_not_asked():
    at_edge = torch.stack([with_spot(0, 0, 3), with_spot(0, 7, 7)])
    assert 0 not in spots.Spots(at_edge, n=2).truth.tolist()


def test_one_spot_is_asked_where_no_color_stands_out():
    between = (spots.SWATCHES[0] + spots.SWATCHES[4]) / 2  # as far from red as from gray
    lab = torch.cat([torch.tensor([60.0]), between]).view(1, 3, 1, 1).expand(2, 3, 32, 32)
    found = spots.Spots(to_bytes(lab_to_rgb(lab)), n=5)
    assert len(found.truth) == 1 and found.truth[0] in (0, 4)
    assert 0 < found.rows[0] < 7 and 0 < found.columns[0] < 7


def test_the_frame_lies_around_the_spot_and_the_picture_is_gray(pictures):
    found = spots.Spots(pictures, n=5)
    marked = found.marked()
    assert marked.shape == (5, 3, 224, 224) and marked.dtype == torch.uint8
    for picture, row, column in zip(marked, found.rows, found.columns, strict=True):
        top, left = 28 * int(row), 28 * int(column)
        assert (picture[:, top - 1, left + 10] == 255).all()
        assert (picture[:, top - 3, left + 10] == 0).all()
        inside = picture[:, top : top + 28, left : left + 28].int()
        assert (inside - inside[:1]).abs().max() <= 1


def test_a_networks_bins_count_for_the_nearest_of_the_five(pictures, monkeypatch):
    """All probability on one bin: that of blue."""
    colors = colorization.palette()
    blue = (colors - spots.SWATCHES[3]).norm(dim=1).argmin()
    predicted = torch.zeros(5, len(colors), 8, 8)
    predicted[:, blue] = 1
    monkeypatch.setattr(spots, "predict", lambda net, images: predicted)
    found = spots.Spots(pictures, n=5)
    shares = found.shares(None, colors)
    assert torch.equal(shares, torch.eye(5)[3].expand(5, 5))
    assert found.right(None, colors).tolist() == (found.truth == 3).tolist()


def test_a_network_is_not_faulted_for_a_color_that_is_not_asked(pictures, monkeypatch):
    """It takes every spot for gray, then for red: among four colours without gray that is red."""
    colors = colorization.palette()
    gray, red = ((colors - spots.SWATCHES[k]).norm(dim=1).argmin() for k in (4, 0))
    found = spots.Spots(pictures, n=4, among=range(4))
    predicted = torch.zeros(4, len(colors), 8, 8)
    predicted[:, gray], predicted[:, red] = 0.9, 0.1
    monkeypatch.setattr(spots, "predict", lambda net, images: predicted)
    assert found.right(None, colors).tolist() == (found.truth == 0).tolist()
    assert found.right(None, colors).sum() == 1


def test_a_network_is_asked_at_the_spot(pictures):
    colors = colorization.palette(20)
    net = colorization.painter(models.small_encoder(pictures), len(colors), seed=0)
    shares = spots.Spots(pictures, n=5).shares(net, colors)
    assert shares.shape == (5, 5)
    assert torch.allclose(shares.sum(1), torch.ones(5), atol=1e-3)


def test_the_game_speaks_both_languages(pictures, shown):  # noqa: F811
    spots.game("colorization.spots", spots.Spots(pictures, n=5))
    still = shown[0]["text/html"]
    assert "무슨 색" in lang.only(still, "ko") and "Which color" in lang.only(still, "en")


def test_light_and_place_alone_are_told_by_the_most_frequent_color_nearby(pictures):
    """Against a loop, on gray pictures of noise whose spots' colors depend on nothing but light."""
    generator = torch.Generator().manual_seed(0)
    found = spots.Spots(pictures, n=10)
    n = 60
    found.gray = torch.randint(40, 60, (n, 1, 32, 32), generator=generator).expand(-1, 3, -1, -1)
    found.gray = found.gray.to(torch.uint8).clone()
    found.rows, found.columns = (torch.randint(1, 7, (n,), generator=generator) for _ in range(2))
    found.truth = torch.arange(n) % 5
    for i in range(n):
        row, column = (4 * int(x) for x in (found.rows[i], found.columns[i]))
        found.gray[i, :, row : row + 4, column : column + 4] = 50 * int(found.truth[i])
    seen = []
    for picture, row, column in zip(found.gray, found.rows, found.columns, strict=True):
        light = picture[0] / 255
        means = light.view(8, 4, 8, 4).mean((1, 3))
        around = means[row - 1 : row + 2, column - 1 : column + 2]
        seen.append([means[row, column], around.std(), row, column, light.mean(), light.std()])
    seen = torch.tensor(seen)
    seen /= seen.std(0, correction=0)
    expected = []
    for i in range(n):
        others = sorted((j for j in range(n) if j != i), key=lambda j: (seen[i] - seen[j]).norm())
        votes = [found.truth[j].item() for j in others[:25]]
        expected.append(max(range(5), key=votes.count) == found.truth[i])
    told = found.by_light()
    assert told.tolist() == expected
    assert 0.3 < told.float().mean() < 1
    found.truth = found.truth[torch.randperm(n, generator=generator)]  # now light tells nothing
    assert found.by_light().float().mean() < 0.4


def test_light_of_one_spot_tells_nothing(pictures):
    assert spots.Spots(pictures[:1], n=1).by_light().shape == (1,)


def test_only_colors_that_are_asked_can_be_picked(pictures):
    found = spots.Spots(pictures, n=4, among=(1, 3))
    game = spots.game("colorization.spots", found)
    assert [choice.en for choice in game.choices] == ["orange, brown", "blue"]
    assert [(1, 3)[k] for k in game._truth] == found.truth.tolist()


def test_bars_have_the_color_they_stand_for():
    lab = torch.tensor(spots.INKS).T[None, :, None]
    ab = rgb_to_lab(lab)[0, 1:, 0].T  # (5, 2)
    assert torch.cdist(ab, spots.SWATCHES).argmin(1).tolist() == list(range(5))
