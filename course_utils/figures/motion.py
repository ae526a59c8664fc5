"""Pictures that move: animated PNGs whose still first frame makes sense where nothing moves."""

import io
import itertools
from collections.abc import Sequence

import numpy as np
from PIL import Image

from course_utils.figures.style import FIGURE, image
from course_utils.lang import alt, t

_SAME = 255  # the palette's index that stands for "as in the frame before"


def animated_png(
    frames: Sequence[np.ndarray],
    *,
    seconds: float = 0.15,
    hold: float = 2.0,
    rounds: int = 4,
    colors: int = 64,
) -> bytes:
    """Frames uint8 ``(H, W, 3)`` as an animated PNG that stops after ``rounds``.

    All frames share a palette of ``colors`` colours, 64 for drawings and up to 255 for photographs,
    and what does not change is transparent, so little is stored. Where nothing moves the last frame
    is seen; it also stays for ``hold`` seconds at the end of a round, every other frame for
    ``seconds``.
    """
    pictures = [Image.fromarray(frame) for frame in frames]
    together = Image.fromarray(np.concatenate([frames[0], frames[len(frames) // 2], frames[-1]]))
    palette = together.quantize(colors, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    levels = palette.getpalette()
    ground = palette.getpixel((0, 0))  # the quantiser's white is a little gray
    levels[3 * ground : 3 * ground + 3] = frames[0][0, 0].tolist()
    palette.putpalette(levels)
    indexed = [
        np.where(
            (np.asarray(p) == frames[0][0, 0]).all(2),
            ground,
            np.asarray(p.quantize(palette=palette, dither=Image.Dither.NONE)),
        ).astype(np.uint8)
        for p in pictures
    ]
    changes = [indexed[0]] + [
        np.where(now == before, _SAME, now).astype(np.uint8)
        for before, now in itertools.pairwise(indexed)
    ]
    still, *moving = [_with_palette(one, palette) for one in (indexed[-1], *changes)]
    file = io.BytesIO()
    still.save(
        file, format="PNG", save_all=True, append_images=moving, default_image=True,
        duration=[round(1000 * seconds)] * (len(moving) - 1) + [round(1000 * hold)],
        loop=rounds, disposal=0, blend=1, transparency=_SAME,
    )  # fmt: skip
    return file.getvalue()


def _with_palette(indices: np.ndarray, palette: Image.Image) -> Image.Image:
    picture = Image.fromarray(indices, mode="P")
    colors = list(palette.getpalette())
    picture.putpalette(colors + [0] * (768 - len(colors)))
    return picture


class Animation:
    """Frames that a notebook shows moving; no words in them, ``ko`` and ``en`` tell what moves."""

    def __init__(self, frames: Sequence[np.ndarray], *, ko: str, en: str, **how):
        self.png, self._said = animated_png(frames, **how), {"ko": ko, "en": en}

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = image(self.png, alt(**self._said))
        return {"text/html": shown, "text/plain": t(**self._said)}, FIGURE
