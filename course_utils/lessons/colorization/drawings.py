"""Drawings of lesson 05: colours that come to gray pictures, and what is believed of one place."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import skimage
import torch
import torch.nn.functional as F
from PIL import ImageOps

from course_utils import runtime
from course_utils.data.reader import read_rgb
from course_utils.evaluate.features import embeddings
from course_utils.figures.grids import Sheet, picture_grid
from course_utils.figures.motion import Animation
from course_utils.figures.style import FAINT, GRAY, Drawing, drawn, empty_figure, plain_axes
from course_utils.figures.words import word
from course_utils.lang import Text, t
from course_utils.pretext import colorization
from course_utils.views.lab import lab_to_rgb
from course_utils.views.streams import to_bytes, to_float

_SIDE = 128  # screen pixels of a picture
_GAP = 8
_FRAMES = 24


def _row(images: torch.Tensor) -> np.ndarray:
    """Pictures float ``(N, 3, S, S)`` side by side, enlarged, on white: uint8 ``(H, W, 3)``."""
    times = max(1, _SIDE // images.shape[-1])
    large = to_bytes(images.clamp(0, 1)).repeat_interleave(times, 2).repeat_interleave(times, 3)
    framed = F.pad(large, (_GAP // 2,) * 4, value=255)  # white at the first pixel, too
    return torch.cat(list(framed), 2).permute(1, 2, 0).numpy()


def arriving(images: torch.Tensor) -> Animation:
    """Gray photographs to which their own colours come back, place by place.

    ``images`` uint8 ``(N, 3, S, S)`` in colour. Each place of 4 × 4 pixels gets one colour, the
    mean of its own: what a network will have to predict.
    """
    gray, ab = colorization.split_color(to_float(images))
    cell = colorization.CELL
    places = F.avg_pool2d(ab, cell)
    full = places.repeat_interleave(cell, 2).repeat_interleave(cell, 3)
    order = torch.rand(places[:, :1].shape, generator=runtime.generator(0))
    order = order.repeat_interleave(cell, 2).repeat_interleave(cell, 3)
    frames = [
        _row(colorization.paint(gray, full * (order < share)))
        for share in torch.linspace(0, 1.01, _FRAMES).tolist()
    ]
    n = len(images)
    return Animation(
        frames,
        ko=f"흑백 사진 {n}장에 색이 한 자리씩 돌아옵니다. 자리마다 색은 하나뿐입니다.",
        en=f"Colors come back to {n} gray photographs, place by place, one color a place.",
        colors=200,
    )


def paintings(images: torch.Tensor, seen: Sequence[torch.Tensor]) -> Animation:
    """What a network paints in the course of its training, the truth in a row below.

    ``images`` uint8 ``(N, 3, S, S)`` in colour; ``seen`` the colours that it chose at some moments,
    float ``(N, 2, h, w)`` each.
    """
    truth = to_float(images)
    gray, _ = colorization.split_color(truth)
    below = _row(truth)
    step = max(1, len(seen) // _FRAMES)
    moments = [*list(seen)[:-1:step], seen[-1]]
    frames = [_row(gray)] + [_row(colorization.paint(gray, ab)) for ab in moments]
    n = len(images)
    return Animation(
        [np.concatenate([frame, below]) for frame in frames],
        ko=f"위: 흑백 사진 {n}장을 신경망이 학습하는 동안 점점 칠합니다. 아래: 실제 색.",
        en=f"Above: {n} gray photographs as the network paints them while it learns. Below: truth.",
        colors=200,
    )


def colored(
    net: colorization.Painter,
    picture: torch.Tensor,
    colors: torch.Tensor,
    *,
    temperature: float,
    size: int,
) -> Sheet:
    """A photograph in gray, as a network paints it, and as it was.

    ``picture`` uint8 ``(3, T, T)`` of any T. The network sees it at ``size`` × ``size`` pixels, as
    in its training; its colours are laid over the large gray picture, which stays sharp.
    """
    large = to_float(picture[None])
    small = F.interpolate(large, (size, size), mode="bilinear", antialias=True).clamp(0, 1)
    logits = embeddings(net, to_bytes(colorization.split_color(small)[0]))
    ab = colorization.annealed_mean(logits, colors.cpu(), temperature)
    gray, _ = colorization.split_color(large)
    shown = torch.cat([gray, colorization.paint(gray, ab), large])
    titles = [("흑백", "gray"), ("신경망이 칠함", "painted"), ("원래 색", "as it was")]
    return picture_grid(shown, columns=3, titles=titles, width=7)


def large_photographs() -> dict[Text, torch.Tensor]:
    """Four photographs that come with scikit-image, cut to squares: uint8 ``(3, 320, 320)``."""
    folder = Path(skimage.__file__).parent / "data"
    names = {
        "chelsea.png": ("고양이", "cat"),
        "coffee.png": ("커피", "coffee"),
        "rocket.jpg": ("로켓", "rocket"),
        "astronaut.png": ("우주비행사", "astronaut"),
    }
    return {
        name: torch.from_numpy(
            np.array(ImageOps.fit(read_rgb((folder / file).read_bytes(), name=file), (320, 320)))
        ).permute(2, 0, 1)
        for file, name in names.items()
    }


def three_rows(images: torch.Tensor, ab: torch.Tensor) -> Sheet:
    """Pictures uint8 ``(N, 3, S, S)``: gray, painted with ``ab`` ``(N, 2, h, w)``, the truth."""
    truth = to_float(images)
    gray, _ = colorization.split_color(truth)
    rows = torch.cat([gray, colorization.paint(gray, ab), truth])
    labels = [("흑백", "gray"), ("신경망이 칠함", "painted"), ("원래 색", "truth")]
    return picture_grid(rows, columns=len(images), row_labels=labels)


@drawn
def beliefs(
    pictures: torch.Tensor, shares: torch.Tensor, colors: torch.Tensor, truth: torch.Tensor
) -> Drawing:
    """What a network believes of one place each: its distribution over colours, and three answers.

    ``pictures`` uint8 ``(N, 3, T, T)`` with the place marked; ``shares`` float ``(N, Q)`` over
    ``colors`` ``(Q, 2)``; ``truth`` float ``(N, 2)``, the colour that the place had. A disc is a
    colour, drawn in it, its area the probability.
    """
    n = len(pictures)
    figure = empty_figure(8, 4.6)
    grid = figure.subplots(2, n, height_ratios=[1, 2.1], squeeze=False)
    lightness = torch.full((len(colors), 1), 68.0)
    lab = torch.cat([lightness, colors], 1).T[None, :, None]  # (1, 3, 1, Q)
    inks = lab_to_rgb(lab)[0, :, 0].T.numpy()
    told: list[str] = []
    for k in range(n):
        top, plane = grid[:, k]
        top.imshow(pictures[k].permute(1, 2, 0).numpy())
        top.axis("off")
        plane.axhline(0, color=FAINT, linewidth=1, zorder=0)
        plane.axvline(0, color=FAINT, linewidth=1, zorder=0)
        a, b = colors.T.numpy()
        plane.scatter(a, b, s=1500 * shares[k].numpy(), c=inks, linewidths=0)
        logits = shares[k].clamp(min=1e-12).log()[None, :, None, None]
        answers = {
            name: colorization.annealed_mean(logits, colors, temperature)[0, :, 0, 0]
            for name, temperature in (("mean", 1.0), ("mode", 0.0))
        } | {"truth": truth[k]}
        marks = {"mean": ("x", 9), "mode": ("+", 18), "truth": ("*", 9)}
        for name, place in answers.items():
            sign, size = marks[name]
            plane.plot(
                *place.tolist(), sign, color="black", markersize=size, zorder=3, label=word(name)
            )
        plane.set(xlim=(-60, 70), ylim=(-60, 75), aspect="equal")
        plane.set_xlabel(t(ko="a: 초록 ↔ 빨강", en="a: green ↔ red"), fontsize=8.5, color=GRAY)
        if k == 0:
            plane.set_ylabel(
                t(ko="b: 파랑 ↔ 노랑", en="b: blue ↔ yellow"), fontsize=8.5, color=GRAY
            )
            plane.legend(loc="lower left", fontsize=8.5, frameon=False, handletextpad=0.2)
        plain_axes(plane)
        told.append(f"{answers['mean'].norm():.0f}, {truth[k].norm():.0f}")
    figure.describe(
        ko=f"자리 {n}곳의 색 분포. 평균과 정답의 채도는 차례로 {'; '.join(told)}.",
        en=f"Distributions over colors at {n} places. Chroma of mean and truth: {'; '.join(told)}.",
    )
    return figure
