"""The game of lesson 05: which colour did the marked spot have before the photograph was gray?"""

import itertools
from collections.abc import Sequence

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.evaluate.features import predict
from course_utils.pretext import colorization
from course_utils.views.lab import lab_to_rgb
from course_utils.views.streams import to_bytes, to_float
from course_utils.widgets.game import SIDE, Game, Pick

PICKS = (
    Pick("🟥", "빨강", "red"),
    Pick("🟧", "주황·갈색", "orange, brown"),
    Pick("🟩", "초록", "green"),
    Pick("🟦", "파랑", "blue"),
    Pick("⬜", "회색", "gray"),
)
# What the choices stand for, as a and b of Lab. A spot has the colour that is nearest to its own.
SWATCHES = torch.tensor([[42.0, 25.0], [14.0, 36.0], [-26.0, 28.0], [2.0, -32.0], [0.0, 0.0]])
INKS = lab_to_rgb(
    torch.cat([torch.tensor([[52.0], [58.0], [62.0], [55.0], [80.0]]), SWATCHES], 1).T[
        None, :, None
    ]
)[0, :, 0].T.tolist()  # of a bar that stands for a choice
_CLEAR = 8.0  # units of Lab that a spot is nearer to its colour than to the next one


class Spots:
    """Pictures with one marked place each, as many of each colour as there are.

    ``images`` uint8 ``(N, 3, S, S)`` in colour, S a multiple of 8, are looked through in order.
    There are fewer than ``n`` spots where a colour has no more, and at least one; a colour that
    does not occur is left out. ``split`` takes pictures apart as in ``colorization.pretrain``, and
    ``among`` are the colours that are asked for.

    ``index`` int64 ``(n,)``, which pictures; ``rows`` and ``columns`` int64 ``(n,)``, the places of
    4 × 4 pixels; ``truth`` int64 ``(n,)``, indices into ``PICKS``; ``ab`` float ``(n, 2)``, their
    colours; ``gray`` the pictures without colour, uint8 ``(n, 3, S, S)``.
    """

    def __init__(
        self,
        images: torch.Tensor,
        n: int = 15,
        *,
        split: colorization.Split = colorization.split_color,
        among: Sequence[int] = range(len(PICKS)),
    ):
        self.among = list(among)
        gray, ab = split(to_float(images))
        places = F.avg_pool2d(ab, colorization.CELL)  # (N, 2, h, w)
        far = (places[:, None] - SWATCHES[None, :, :, None, None]).norm(dim=2)  # (N, K, h, w)
        near = far.topk(2, dim=1, largest=False)
        color, clear = near.indices[:, 0], near.values[:, 1] - near.values[:, 0]  # (N, h, w)
        edge = torch.ones_like(clear, dtype=torch.bool)
        edge[:, 1:-1, 1:-1] = False  # a frame around the spot has to fit
        clear = clear.masked_fill(edge, -1.0)
        best = {
            k: clear.masked_fill(color != k, -1.0).flatten(1).max(1)  # (N,) values, places
            for k in among
        }
        there = {k: (one.values > _CLEAR).nonzero()[:, 0].tolist() for k, one in best.items()}
        waiting = {k: iter(pictures) for k, pictures in there.items() if pictures}
        found: list[tuple[int, int, int]] = []  # picture, place, colour
        used: set[int] = set()
        for k in itertools.islice(itertools.cycle(waiting), n):
            picture = next((i for i in waiting[k] if i not in used), None)
            if picture is None:  # the others are as many then
                break
            used.add(picture)
            found.append((picture, int(best[k].indices[picture]), k))
        if not found:  # no colour stands out: the place that is least unclear
            picture, place = divmod(int(clear.argmax()), clear[0].numel())
            found = [(picture, place, int(color[picture].flatten()[place]))]
        order = torch.randperm(len(found), generator=runtime.generator(0)).tolist()
        chosen = torch.tensor([found[i] for i in order], dtype=torch.int64).view(-1, 3)
        self.index, place, self.truth = chosen.unbind(1)
        self.rows, self.columns = place // places.shape[3], place % places.shape[3]
        self.ab = places[self.index, :, self.rows, self.columns]
        self.gray = to_bytes(gray[self.index])

    def marked(self) -> torch.Tensor:
        """The gray pictures, enlarged, a frame around each spot: uint8 ``(n, 3, T, T)``."""
        times = max(1, round(SIDE / self.gray.shape[-1]))
        large = F.interpolate(self.gray.float(), scale_factor=times, mode="bicubic")
        large = large.round().clamp(0, 255).to(torch.uint8)
        cell = colorization.CELL * times
        for picture, row, column in zip(large, self.rows, self.columns, strict=True):
            top, left = cell * int(row), cell * int(column)
            for out, shade in ((4, 0), (2, 255)):  # a black line outside a white one: seen on all
                inside = picture[:, top : top + cell, left : left + cell].clone()
                a, b = max(0, top - out), max(0, left - out)
                picture[:, a : top + cell + out, b : left + cell + out] = shade
                picture[:, top : top + cell, left : left + cell] = inside
        return large

    def believed(self, net: colorization.Painter) -> torch.Tensor:
        """What a network believes of the spots: probabilities of its Q bins, float ``(n, Q)``."""
        predicted = predict(net, self.gray)  # (n, Q, h, w)
        return predicted[torch.arange(len(self.gray)), :, self.rows, self.columns]

    def shares(self, net: colorization.Painter, colors: torch.Tensor) -> torch.Tensor:
        """What a network takes the spots for: probabilities of the five colours, ``(n, 5)``.

        ``colors`` float ``(Q, 2)`` are those that it was trained with; each counts for the nearest
        of the five.
        """
        swatch = torch.cdist(colors.cpu(), SWATCHES).argmin(1)  # (Q,)
        return self.believed(net) @ F.one_hot(swatch, len(PICKS)).float()

    def right(self, net: colorization.Painter, colors: torch.Tensor) -> torch.Tensor:
        """Which spots a network names rightly among the colours that are asked, bool ``(n,)``."""
        asked = self.shares(net, colors)[:, self.among]
        return torch.tensor(self.among)[asked.argmax(1)] == self.truth

    def by_light(self) -> torch.Tensor:
        """Which spots are named rightly by who knows nothing of things, bool ``(n,)``: by the most
        frequent color among the 25 other spots that are most alike in light and place.

        Alike in lightness, row and column, the contrast of the 3 × 3 places around, and mean and
        deviation of the picture, each divided by its deviation over all spots.
        """
        light = to_float(self.gray)[:, :1]  # (n, 1, S, S)
        places = F.avg_pool2d(light, colorization.CELL)
        around = F.unfold(places, 3, padding=1).std(1).view_as(places)
        spot = torch.arange(len(light)), 0, self.rows, self.columns
        seen = torch.stack(
            [
                places[spot], around[spot], self.rows.float(), self.columns.float(),
                light.mean((1, 2, 3)), light.std((1, 2, 3)),
            ],
            1,
        )  # (n, 6)  # fmt: skip
        seen = seen / seen.std(0, correction=0).clamp(min=1e-6)
        far = torch.cdist(seen, seen).fill_diagonal_(torch.inf)
        near = far.topk(min(25, len(seen) - 1), largest=False).indices  # (n, 25)
        votes = F.one_hot(self.truth[near], len(PICKS)).sum(1)
        return votes.argmax(1) == self.truth


def game(name: str, spots: Spots) -> Game:
    """A game of marked spots; ``name`` as in ``Game``."""
    return Game(
        name,
        spots.marked(),
        torch.tensor([spots.among.index(k) for k in spots.truth.tolist()]),
        [PICKS[k] for k in spots.among],
        ko="표시한 자리는 원래 무슨 색이었을까요?",
        en="Which color did the marked spot have?",
    )
