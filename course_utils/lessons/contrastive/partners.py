"""The second game of lesson 07: which of eight is the other view of the picture in the middle?"""

from collections.abc import Mapping

import numpy as np
import torch
from PIL import Image, ImageDraw

from course_utils import runtime
from course_utils.evaluate.features import embeddings
from course_utils.figures.style import GRAY
from course_utils.lessons.contrastive import finding
from course_utils.pretext import contrastive
from course_utils.views.streams import to_bytes, to_float
from course_utils.widgets.game import Game, Pick

_TILE, _GAP = 64, 16
# Where the eight stand around the middle, in the order of their digits.
_PLACES = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2))


class Partners:
    """Pictures in two views, seven strangers with each, and who finds the partner.

    ``images`` uint8 ``(N, 3, S, S)``, N ≥ 8. Item i shows a view of picture i in the middle and
    second views of pictures i to i + 7 around it, in a random order. ``views`` float
    ``(2N, 3, S, S)`` in [0, 1]; ``answers`` int64 ``(N,)``: where the partner stands.
    """

    def __init__(self, images: torch.Tensor, *, strength: float, seed: int):
        generator = runtime.generator(seed)
        self.views = contrastive.two_views(to_float(images), generator, strength)
        n = len(images)
        self.order = torch.rand(n, finding.CANDIDATES, generator=generator).argsort(1)
        self.answers = (self.order == 0).long().argmax(1)

    def pictures(self, n: int) -> torch.Tensor:
        """The first ``n`` items as pictures with digits, uint8 ``(n, 3, 224, 224)``."""
        first, second = to_bytes(self.views).chunk(2)
        return torch.stack(
            [
                _sheet(first[i], second[(i + self.order[i]) % len(second)])
                for i in range(min(n, len(first)))
            ]
        )

    def right(self, net: torch.nn.Module) -> torch.Tensor:
        """Which items a network has right, bool ``(N,)``."""
        return finding.told(embeddings(net, to_bytes(self.views)))

    def right_by_color(self) -> torch.Tensor:
        """Which items the histogram of colours has right, bool ``(N,)``."""
        return finding.told(finding.histogram(self.views))


def game(name: str, items: Partners, n: int = 8) -> Game:
    """Find the partner in the first ``n`` items."""
    return Game(
        name,
        items.pictures(n),
        items.answers[:n],
        [Pick("", f"{k}번", f"{k}") for k in range(1, finding.CANDIDATES + 1)],
        ko="가운데 조각과 같은 사진에서 온 것은 어느 것인가요?",
        en="Which one is from the same photograph as the one in the middle?",
    )


def played(games: Mapping[float, Game]) -> dict[float, float]:
    """The learner's share of right answers by strength, of the games that were played."""
    return {s: sum(one.right) / len(one.right) for s, one in games.items() if one.played}


def _sheet(middle: torch.Tensor, around: torch.Tensor) -> torch.Tensor:
    """One view in the middle and eight with their digits around it, uint8 ``(3, 224, 224)``."""
    side = 3 * _TILE + 2 * _GAP
    sheet = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(sheet)
    step = _TILE + _GAP
    sheet.paste(_enlarged(middle), (step, step))
    draw.rectangle((step - 3, step - 3, step + _TILE + 2, step + _TILE + 2), outline=GRAY, width=3)
    for k, (row, column) in enumerate(_PLACES):
        x, y = column * step, row * step
        sheet.paste(_enlarged(around[k]), (x, y))
        draw.rectangle((x, y, x + 13, y + 14), fill="white")
        draw.text((x + 4, y + 1), str(k + 1), fill=GRAY, font_size=13)
    return torch.from_numpy(np.array(sheet)).permute(2, 0, 1)


def _enlarged(view: torch.Tensor) -> Image.Image:
    picture = Image.fromarray(view.permute(1, 2, 0).numpy())
    return picture.resize((_TILE, _TILE), Image.Resampling.BICUBIC)
