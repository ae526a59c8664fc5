"""The second game: eight candidates, one of them the partner, and who finds it."""

import pytest
import torch
from torch import nn

from course_utils import lang
from course_utils.data import toyworld
from course_utils.lessons.contrastive import finding
from course_utils.lessons.contrastive.partners import Partners, game
from tests.widgets.conftest import shown  # noqa: F401


@pytest.fixture(scope="module")
def images():
    return toyworld.stills(40, seed=3).images


class Flat(nn.Module):
    """Embeddings that are the pixels."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))  # where a network has its weights it is run

    def forward(self, images):
        return self.scale * images.flatten(1)


def test_the_partner_stands_once_where_the_answer_says(images):
    items = Partners(images, strength=0.0, seed=0)
    assert items.answers.shape == (40,) and len(set(items.answers.tolist())) >= 6
    for i, order in enumerate(items.order):
        assert sorted(order.tolist()) == list(range(8))
        assert order[items.answers[i]] == 0


def test_the_sheet_shows_the_views_in_their_places(images):
    """Read back from the pixels: the tile at the answer is the partner's view."""
    items = Partners(images, strength=0.25, seed=1)
    sheets = items.pictures(5)
    assert sheets.shape == (5, 3, 224, 224) and sheets.dtype == torch.uint8
    corners = [(0, 0), (0, 80), (0, 160), (80, 0), (80, 160), (160, 0), (160, 80), (160, 160)]
    first, second = items.views.chunk(2)

    def tile(sheet, y, x):
        """The lower right quarter of a tile, where no digit stands."""
        return sheet[:, y + 32 : y + 64, x + 32 : x + 64].float().div(255).mean((1, 2))

    for i, sheet in enumerate(sheets):
        assert torch.allclose(tile(sheet, 80, 80), first[i, :, 16:, 16:].mean((1, 2)), atol=0.03)
        for k, (y, x) in enumerate(corners):
            view = second[(i + items.order[i, k]) % 40]
            assert torch.allclose(tile(sheet, y, x), view[:, 16:, 16:].mean((1, 2)), atol=0.03)


def test_equal_views_are_found_by_pixels_and_strangers_alone_are_not(images):
    items = Partners(images, strength=0.0, seed=0)
    items.views = items.views[:40].repeat(2, 1, 1, 1)
    assert items.right(Flat()).all() and items.right_by_color().float().mean() > 0.9
    items.views = torch.cat([items.views[:40], items.views[:40].roll(3, 0)])
    assert not items.right(Flat()).any()  # the same picture stands elsewhere


def test_strength_changes_colors_and_nothing_but_colors_at_zero(images):
    gray = images.float().mean(1, keepdim=True).expand(-1, 3, -1, -1).to(torch.uint8)
    views = Partners(gray, strength=0.0, seed=0).views
    assert (views - views[:, :1]).abs().max() < 1e-5
    colored = Partners(images, strength=1.0, seed=0)
    assert colored.right_by_color().float().mean() < 0.6


def test_what_is_right_is_told_as_in_the_record(images):
    items = Partners(images, strength=0.25, seed=2)
    assert torch.equal(items.right_by_color(), finding.told(finding.histogram(items.views)))


def test_the_game_asks_eight_with_eight_choices(images, shown):  # noqa: F811
    lang.set_language("ko")
    items = Partners(images, strength=0.25, seed=0)
    play = game("contrastive.test", items)
    assert len(play.choices) == 8 and not play.played
    play.start()
    for answer in items.answers[:8].tolist():
        play.answer(answer)
    assert play.played and all(play.right)
