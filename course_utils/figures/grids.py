"""Photographs: in rows and columns with words beside them, or above bars of probability."""

import html
import io
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageOps

from course_utils.figures.style import FIGURE, GRAY, GREEN, Drawing, drawn, empty_figure, image
from course_utils.figures.words import name
from course_utils.lang import Text, alt, t, tagged

# Pixels of the screen to an inch of a figure's width.
_INCH = 96
_GAP = 4  # pixels between photographs of a strip
_FRAME = 3  # and of the line around one that is framed


class Sheet:
    """Photographs in a table of HTML.

    They carry no words and are stored once; what is said of them stands beside them in both
    languages, each shown to its reader.
    """

    def __init__(
        self,
        rows: Sequence[Sequence[np.ndarray]],
        *,
        titles: Sequence[Text] | None = None,
        row_labels: Sequence[Text] | None = None,
    ):
        """``rows`` of pictures uint8 ``(H, W, 3)`` of one size, as large as they are shown."""
        self._rows, self._titles, self._labels = rows, titles, row_labels

    @property
    def description(self) -> str:
        """What is shown, in the language in force."""
        told = self._said()
        return t(ko=told[0], en=told[1])

    def _said(self) -> tuple[str, str]:
        n, columns = sum(map(len, self._rows)), max(map(len, self._rows))
        names = [_in_both(title) for title in self._titles or self._labels or []]
        ko, en = ("; ".join(" ".join(pair[i].split()) for pair in names) for i in (0, 1))
        return (
            f"이미지 {n}장을 {columns}열로 놓은 격자. {ko}".strip(),
            f"A grid of {n} pictures in {columns} columns. {en}".strip(),
        )

    def html(self) -> str:
        """The table; without words around them, all photographs as one picture."""
        told_ko, told_en = self._said()
        told = alt(ko=told_ko, en=told_en)
        if not self._titles and not self._labels:
            return image(self.quick_png(), told)
        rows, at = [], 0
        for i, row in enumerate(self._rows):
            cells = [f"<th>{_words(self._labels[i])}</th>"] if self._labels else []
            if self._titles:
                for picture, title in zip(row, self._titles[at : at + len(row)], strict=True):
                    shown = image(_png(picture), _told("이미지", "picture", title))
                    cells.append(_cell(f"{shown}<br>{_words(title)}"))
            else:
                n = len(row)
                here = _told(f"이미지 {n}장", f"{n} pictures", self._labels[i])
                cells.append(_cell(image(_png(_strip(row)), here)))
            at += len(row)
            rows.append(f"<tr>{''.join(cells)}</tr>")
        return f"<table><tbody>{''.join(rows)}</tbody></table>"

    def quick_png(self) -> bytes:
        """The photographs alone, for a lab that is redrawn all the time."""
        return _png(_stacked([_strip(row) for row in self._rows]))

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html(), "text/plain": self.description}, FIGURE


def _in_both(title: Text) -> tuple[str, str]:
    """A title in both languages, line by line where it is one text."""
    if not isinstance(title, str):
        return title
    lines = [name(line) for line in title.split("\n")]
    return "\n".join(ko for ko, _ in lines), "\n".join(en for _, en in lines)


def _words(title: Text) -> str:
    """A title as HTML, marked where the languages differ."""
    ko, en = _in_both(title)
    return tagged(ko=ko, en=en) if ko != en else html.escape(ko).replace("\n", "<br>")


def _told(ko: str, en: str, title: Text) -> str:
    """The alt text of a picture: what it is, and its title."""
    said_ko, said_en = (" ".join(one.split()) for one in _in_both(title))
    return alt(ko=f"{ko}: {said_ko}", en=f"{en}: {said_en}")


def _cell(content: str) -> str:
    return f'<td align="center">{content}</td>'


def _enlarged(picture: torch.Tensor, side: int) -> np.ndarray:
    """``(3, S, S)``, uint8 or float in [0, 1], as uint8 ``(T, T, 3)``: its own pixels as squares, T
    the multiple of S that is nearest to ``side``.
    """
    if picture.dtype != torch.uint8:
        picture = (255 * picture).round().clamp(0, 255).to(torch.uint8)
    times = max(1, round(side / picture.shape[-1]))
    large = picture.repeat_interleave(times, -2).repeat_interleave(times, -1)
    return large.permute(1, 2, 0).cpu().numpy()


def _framed(picture: np.ndarray, framed: bool) -> np.ndarray:
    """The picture with a line around it, green or white."""
    color = GREEN if framed else "white"
    return np.asarray(ImageOps.expand(Image.fromarray(picture), _FRAME, fill=color))


def _strip(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures side by side on white."""
    gap = np.full((pictures[0].shape[0], _GAP, 3), 255, np.uint8)
    parts = [part for one in pictures for part in (one, gap)]
    return np.concatenate(parts[:-1], 1)


def _stacked(strips: Sequence[np.ndarray]) -> np.ndarray:
    """Strips below each other on white; a shorter last one is filled up."""
    width = max(strip.shape[1] for strip in strips)
    parts = []
    for strip in strips:
        filled = np.full((strip.shape[0] + _GAP, width, 3), 255, np.uint8)
        filled[: strip.shape[0], : strip.shape[1]] = strip
        parts.append(filled)
    return np.concatenate(parts)[:-_GAP]


def _png(pixels: np.ndarray) -> bytes:
    picture, file = Image.fromarray(pixels), io.BytesIO()
    if picture.getcolors(256) is not None:  # few colours: the same picture in a third of the room
        colors, indices = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
        picture = Image.fromarray(indices.reshape(pixels.shape[:2]).astype(np.uint8), mode="P")
        picture.putpalette(colors.flatten().tolist())
    picture.save(file, format="PNG", optimize=True)
    return file.getvalue()


def picture_grid(
    images: torch.Tensor,
    *,
    columns: int,
    titles: Sequence[Text] | None = None,
    row_labels: Sequence[Text] | None = None,
    framed: Sequence[bool] | None = None,
    width: float = 8.0,
) -> Sheet:
    """Pictures in a grid, row by row, not smoothed.

    ``images`` is uint8 or float in [0, 1], ``(N, 3, S, S)``; ``titles`` one a picture, of one line
    or more; ``row_labels`` one a row; ``framed`` says which have a green line around them;
    ``width`` in inches.
    """
    side = round(_INCH * (width - (1.1 if row_labels else 0)) / columns) - _GAP
    large = [_enlarged(picture, side) for picture in images]
    if framed is not None:
        large = [_framed(one, yes) for one, yes in zip(large, framed, strict=True)]
    rows = [large[i : i + columns] for i in range(0, len(large), columns)]
    return Sheet(rows, titles=titles, row_labels=row_labels)


@drawn
def bars_per_picture(
    images: torch.Tensor,
    shares: torch.Tensor,
    *,
    names: Sequence[str],
    right: Sequence[int],
    inks: Sequence[Sequence[float]] | None = None,
) -> Drawing:
    """Pictures above their predicted probabilities; bar and name of the truth are green, or, where
    each of the classes has a color of its own in ``inks``, framed.

    ``images`` is uint8 or float in [0, 1], ``(N, 3, S, S)``; ``shares`` float ``(N, K)``; ``names``
    the K classes, in signs or numbers: no words; ``right`` holds the index of the truth for each;
    ``inks`` K colors of three numbers in [0, 1].
    """
    n = len(images)
    figure = empty_figure(min(8, 0.6 + 1.9 * n), 2.6)
    size = 6.5 if n > 4 else 12
    grid = figure.subplots(2, n, height_ratios=[1.3, 1], squeeze=False)
    for i in range(n):
        top, bottom = grid[0, i], grid[1, i]
        top.imshow(images[i].permute(1, 2, 0).cpu().numpy(), interpolation="nearest")
        top.set(xticks=[], yticks=[])
        top.spines[:].set_visible(False)
        colors = inks or [GREEN if k == right[i] else GRAY for k in range(len(names))]
        bars = bottom.bar(range(len(names)), shares[i].numpy(), color=colors)
        if inks:
            bars[right[i]].set(edgecolor="black", linewidth=2)
        bottom.set(ylim=(0, 1.05), yticks=[0, 1] if i == 0 else [], xticks=range(len(names)))
        bottom.set_xticklabels(names, fontsize=size)
        bottom.get_xticklabels()[right[i]].set(color="black" if inks else GREEN, fontweight="bold")
        bottom.spines[["top", "right"]].set_visible(False)
    listed = ", ".join(f"{shares[i, right[i]]:.0%}" for i in range(n))
    figure.describe(
        ko=f"이미지 {n}장과 예측 확률 막대. 정답에 준 확률은 차례로 {listed}.",
        en=f"{n} pictures with bars of predicted probability. The truth got, in order, {listed}.",
    )
    return figure
