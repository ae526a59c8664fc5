"""The game of lesson 03: where is the top of this photograph now?"""

import torch

from course_utils.pretext import rotation
from course_utils.widgets.game import Game, Pick

# By turn: a picture turned once counter-clockwise has its top on the left.
TOPS = (
    Pick("↑", "위", "top"),
    Pick("←", "왼쪽", "left"),
    Pick("↓", "아래", "bottom"),
    Pick("→", "오른쪽", "right"),
)


def turned(pictures: torch.Tensor, turns: torch.Tensor) -> torch.Tensor:
    """Pictures ``(N, 3, S, S)``, each turned as often as ``turns`` int64 ``(N,)`` says."""
    pairs = zip(pictures, turns.tolist(), strict=True)
    return torch.stack([rotation.rotate(picture, r) for picture, r in pairs])


def game(name: str, pictures: torch.Tensor, turns: torch.Tensor) -> Game:
    """A game of uint8 pictures that are turned before they are shown; ``name`` as in ``Game``."""
    return Game(
        name,
        turned(pictures, turns),
        turns,
        TOPS,
        ko="이 사진의 위쪽은 지금 어느 쪽에 있나요?",
        en="Where is the top of this photograph now?",
    )
