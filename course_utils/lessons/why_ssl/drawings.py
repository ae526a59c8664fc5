"""Drawings of lesson 01: what is hidden, and what has to be predicted."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from course_utils.figures.style import (
    GRAY,
    GREEN,
    ORANGE,
    PINK,
    Drawing,
    drawn,
    empty_figure,
    plain_axes,
)
from course_utils.figures.words import word
from course_utils.lang import Text, both, t

# What lesson teaches which part of a picture, a film or a sentence to be predicted from the rest.
HIDDEN = {
    "top": (("위쪽", "top"), ("07 대조 학습: 가린 줄 예측", "07 contrastive: predict hidden rows")),
    "left": (
        ("왼쪽", "left"),
        ("04 패치: 어느 조각이 있던 자리일까요", "04 patches: which piece lies there?"),
    ),
    "color": (("색", "color"), ("05 채색", "05 colorization")),
    "center": (("가운데", "center"), ("06 생성 모델: 구멍 메우기", "06 generative: fill the hole")),
    "next frame": (
        ("다음 프레임", "next frame"),
        ("08–10 비디오: 다음 장면 예측", "08–10 video: what comes next?"),
    ),
    "word": (("단어", "word"), ("01 더 깊이: 가린 단어", "01 go deeper: masked words")),
}


@drawn
def hidden_part(picture: torch.Tensor, part: str, *, sentence: Sequence[str]) -> Drawing:
    """What is given on the left, what has to be predicted on the right, for a way of hiding.

    ``picture`` is uint8 ``(3, S, S)``; ``part`` one of ``HIDDEN``; ``sentence`` the words of an
    English one, of which the last but one is hidden. For "next frame" a window moves over the
    picture. Raises ``ValueError`` for another part.
    """
    if part not in HIDDEN:
        raise ValueError(
            both(
                ko=f"{part!r}은 가릴 수 없습니다. 고를 수 있는 것: {', '.join(HIDDEN)}.",
                en=f"There is no part called {part!r}. Choose among: {', '.join(HIDDEN)}.",
            )
        )
    image = picture.permute(1, 2, 0).cpu().numpy() / 255
    figure = empty_figure(8, 2.7)
    if part == "word":
        _draw_sentence(figure, sentence)
    elif part == "next frame":
        _draw_frames(figure, image)
    else:
        _draw_given_and_wanted(figure, *_given_and_wanted(image, part))
    for axes in figure.axes:
        axes.set(xticks=[], yticks=[])
    hidden, lesson = (word(text) for text in HIDDEN[part])
    figure.suptitle(
        t(ko=f"가린 것: {hidden}  →  {lesson}", en=f"hidden: {hidden}  →  {lesson}"), fontsize=11
    )
    told = f"{hidden} ({lesson})"
    figure.describe(
        ko=f"왼쪽은 주어진 것, 오른쪽은 예측할 것. 숨긴 부분: {told}.",
        en=f"What is given on the left, what to predict on the right. Hidden: {told}.",
    )
    return figure


def _draw_sentence(figure: Drawing, sentence: Sequence[str]) -> None:
    """The words in a row, the hole among them, and below it the word that belongs there."""
    axes = figure.subplots()
    axes.set(xlim=(0, len(sentence)), ylim=(0, 1))
    axes.axis("off")
    for i, shown in enumerate(sentence):
        hole = i == len(sentence) - 2
        axes.text(
            i + 0.5, 0.62, "?" if hole else shown, ha="center", va="center", fontsize=15,
            bbox={"facecolor": ORANGE if hole else "#EEF3F7", "edgecolor": GRAY, "pad": 8},
        )  # fmt: skip
        if hole:
            axes.text(i + 0.5, 0.2, shown, ha="center", color=GREEN, fontsize=15)
            axes.annotate("", (i + 0.5, 0.3), (i + 0.5, 0.45), arrowprops={"arrowstyle": "->"})


def _draw_frames(figure: Drawing, image: np.ndarray) -> None:
    """Four frames of a window that moves over a picture ``(S, S, 3)``; predict the last."""
    size = image.shape[0]
    step, window = size // 8, 5 * size // 8
    for i, axes in enumerate(figure.subplots(1, 4)):
        frame = image[size // 6 : size // 6 + window, i * step : i * step + window]
        axes.imshow(frame, interpolation="nearest")
        title = t(ko=f"프레임 {i + 1}", en=f"frame {i + 1}")
        axes.set_title(title if i < 3 else title + t(ko=": 예측", en=": predict"), fontsize=10)
        color, line = (GREEN, 4) if i == 3 else (GRAY, 1)
        axes.spines[:].set(color=color, linewidth=line)


def _given_and_wanted(image: np.ndarray, part: str) -> tuple[np.ndarray, np.ndarray]:
    """What is left of a picture ``(S, S, 3)`` in [0, 1] and what was taken, on plain gray each."""
    if part == "color":
        gray = np.repeat(image @ [[0.299], [0.587], [0.114]], 3, axis=2)
        return gray, image
    half, quarter = image.shape[0] // 2, image.shape[0] // 4
    rows, columns = {
        "top": (slice(half), slice(None)),
        "left": (slice(None), slice(half)),
        "center": (slice(quarter, 3 * quarter), slice(quarter, 3 * quarter)),
    }[part]
    hidden = np.zeros((*image.shape[:2], 1), bool)
    hidden[rows, columns] = True
    return np.where(hidden, 0.8, image), np.where(hidden, image, 0.95)


def _draw_given_and_wanted(figure: Drawing, given: np.ndarray, wanted: np.ndarray) -> None:
    """Two pictures and an arrow from one to the other."""
    left, middle, right = figure.subplots(1, 3, width_ratios=[1, 0.35, 1])
    for axes, shown, title, color in (
        (left, given, t(ko="주어진 것", en="given"), GRAY),
        (right, wanted, t(ko="예측할 것", en="to predict"), GREEN),
    ):
        axes.imshow(shown, interpolation="nearest")
        axes.set_title(title, fontsize=11)
        axes.spines[:].set(color=color, linewidth=2)
    middle.annotate("", (1, 0.5), (0, 0.5), arrowprops={"arrowstyle": "->", "linewidth": 2})
    middle.axis("off")


@drawn
def applicants(
    panels: Mapping[Text, tuple[Mapping[Text, torch.Tensor], tuple[Text, float]]],
) -> Drawing:
    """Scores of a few applicants, a panel a score, each with what takes no skill as a line.

    ``panels[title]`` holds one value a seed by applicant, and the name and height of the line. The
    axes differ: each holds what is in its panel.
    """
    figure = empty_figure(8, 2.9)
    listed = []
    for axes, (title, (scores, (floor_name, floor))) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
    ):
        every = torch.cat([*scores.values(), torch.tensor([floor])])
        low, high = every.min().item(), every.max().item()
        room = 0.25 * (high - low)
        axes.axhline(floor, color=GRAY, linestyle="--", linewidth=1)
        axes.annotate(
            f"{word(floor_name)} {floor:.1%}", (-0.5, floor), xytext=(2, -3),
            textcoords="offset points", va="top", fontsize=8.5, color=GRAY,
        )  # fmt: skip
        for x, ((name, values), color) in enumerate(
            zip(scores.items(), (GREEN, PINK), strict=True)
        ):
            mean = values.mean().item()
            axes.plot([x, x], [floor, mean], color=color, linewidth=3, solid_capstyle="butt")
            axes.plot([x] * len(values), values, "o", color=color, markersize=5, alpha=0.5)
            axes.plot(x, mean, "o", color=color, markersize=8)
            above = mean > floor
            end = values.max().item() if above else values.min().item()
            axes.annotate(
                f"{mean:.1%}", (x, end), (0, 8 if above else -8), textcoords="offset points",
                ha="center", va="bottom" if above else "top", fontsize=9.5, color=color,
            )  # fmt: skip
            listed.append(f"{word(title)}, {word(name)} {mean:.1%}")
        axes.set_xlim(-0.5, len(scores) - 0.5)
        axes.set_ylim(low - room, high + room)
        axes.set_xticks(range(len(scores)), [word(name) for name in scores])
        axes.set_title(word(title), fontsize=10, loc="left")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        plain_axes(axes)
        listed.append(f"{word(floor_name)} {floor:.1%}")
    figure.describe(ko=f"점수. {'; '.join(listed)}.", en=f"Scores. {'; '.join(listed)}.")
    return figure
