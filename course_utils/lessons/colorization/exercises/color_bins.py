"""Exercise of lesson 05: which colour, of a few, has every place of a picture?"""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import results_of
from course_utils.pretext import colorization


def _drawn(n: int, height: int, width: int, q: int, seed: int = 0) -> tuple:
    """Colours that change within a place, so that it matters how they become one."""
    generator = runtime.generator(seed)
    places = 40 * torch.randn(n, 2, height // 4, width // 4, generator=generator)
    ab = F.interpolate(places, (height, width)) + 15 * torch.randn(
        n, 2, height, width, generator=generator
    )
    return ab, 40 * torch.randn(q, 2, generator=generator)


def _halves() -> tuple[torch.Tensor, torch.Tensor]:
    """Every place has ten pixels of one colour and six of another: their mean is near a third."""
    ab = torch.zeros(1, 2, 8, 8)
    ab[:, 0] = -50.0
    ab[:, 0, :, 1::4] = ab[:, 0, 0::4, 2::4] = ab[:, 0, 2::4, 2::4] = 50.0
    return ab, torch.tensor([[-50.0, 0.0], [50.0, 0.0], [-12.0, 9.0]])


def _observe(answer: Callable, case: tuple) -> Iterator[tuple[str, object]]:
    ab, colors = case
    (bins,) = yield from results_of(answer, {"ab": ab, "colors": colors}, "bins")
    wanted = colorization.color_bins(ab, colors)
    yield "largest", int(bins.max())
    yield "told_right", f"{(bins == wanted).float().mean():.0%}"
    yield "bins", bins


def _distances(ab: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    """``(B, Q, H, W)``: how far every place is from every colour."""
    return (ab[:, None] - colors[None, :, :, None, None]).norm(dim=2)


def _of_places(ab: torch.Tensor) -> torch.Tensor:
    return F.avg_pool2d(ab, 4)


def _vote(ab: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    """The most frequent bin of the sixteen pixels."""
    pixels = _distances(ab, colors).argmin(1)  # (B, S, S)
    votes = F.one_hot(pixels, len(colors)).permute(0, 3, 1, 2).float()
    return F.avg_pool2d(votes, 4).argmax(1)


def _reshaped(ab: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    """Taken apart without exchanging axes: a and b of different places become pairs."""
    places = _of_places(ab)
    found = torch.cdist(places.reshape(-1, 2), colors).argmin(1)
    return found.view(len(ab), *places.shape[2:])


def _transposed(ab: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    places = _of_places(ab).permute(0, 3, 2, 1)  # (B, W, H, 2)
    found = torch.cdist(places.reshape(-1, 2), colors).argmin(1)
    return found.view(len(ab), ab.shape[2] // 4, ab.shape[3] // 4)


def _far_apart(ab: torch.Tensor) -> torch.Tensor:
    """The mean of sixteen pixels that lie a quarter of the picture apart."""
    b, c, h, w = ab.shape
    return ab.reshape(b, c, 4, h // 4, 4, w // 4).mean((2, 4))


def _without_the_two(ab: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    """|x − c|² multiplied out, with the mixed term once."""
    mixed = torch.einsum("bchw,qc->bqhw", _of_places(ab), colors)
    return (colors.square().sum(1)[:, None, None] - mixed).argmin(1)


def _cosine(ab: torch.Tensor, colors: torch.Tensor) -> torch.Tensor:
    places = F.normalize(_of_places(ab), dim=1)
    return torch.einsum("bchw,qc->bqhw", places, F.normalize(colors, dim=1)).argmax(1)


def _nearest_after(pool: Callable) -> Callable:
    return lambda ab, colors: _distances(pool(ab), colors).argmin(1)


MISTAKES = {
    "every_pixel": lambda ab, colors: _distances(ab, colors).argmin(1),
    "corner": _nearest_after(lambda ab: ab[:, :, ::4, ::4]),
    "largest_of_place": _nearest_after(lambda ab: F.max_pool2d(ab, 4)),
    "middle": _nearest_after(lambda ab: ab[:, :, 2::4, 2::4]),
    "vote": _vote,
    "averaged_numbers": lambda ab, colors: (
        F.avg_pool2d(_distances(ab, colors).argmin(1).float(), 4).round().long()
    ),
    "without_the_two": _without_the_two,
    "scrambled": lambda ab, colors: colorization.color_bins(ab, colors).transpose(1, 2),
    "larger_places": _nearest_after(lambda ab: F.avg_pool2d(ab, 8)),
    "smaller_places": _nearest_after(lambda ab: F.avg_pool2d(ab, 2)),
    "farthest": lambda ab, colors: _distances(_of_places(ab), colors).argmax(1),
    "distances": lambda ab, colors: _distances(_of_places(ab), colors),
    "smallest_distance": lambda ab, colors: _distances(_of_places(ab), colors).amin(1),
    "colors_themselves": lambda ab, colors: colors[
        colorization.color_bins(ab, colors)
    ].permute(0, 3, 1, 2),
    "one_hot": lambda ab, colors: F.one_hot(colorization.color_bins(ab, colors), len(colors)),
    "direction": _cosine,
    "only_a": lambda ab, colors: _distances(
        _of_places(ab)[:, :1], colors[:, :1]
    ).argmin(1),
    "only_b": lambda ab, colors: _distances(
        _of_places(ab)[:, 1:], colors[:, 1:]
    ).argmin(1),
    "square_of_sum": lambda ab, colors: (
        (_of_places(ab)[:, None] - colors[None, :, :, None, None]).sum(2).square().argmin(1)
    ),
    "product": lambda ab, colors: torch.einsum(
        "bchw,qc->bqhw", _of_places(ab), colors
    ).argmax(1),
    "summed": _nearest_after(lambda ab: 16 * _of_places(ab)),
    "interleaved": _nearest_after(_far_apart),
    "bilinear": _nearest_after(
        lambda ab: F.interpolate(ab, scale_factor=0.25, mode="bilinear")
    ),
    "whole_distance": lambda ab, colors: _distances(_of_places(ab), colors).amin(1).long(),
    "a_and_b_exchanged": lambda ab, colors: colorization.color_bins(ab.flip(1), colors),
    "reshaped": _reshaped,
    "transposed": _transposed,
    "float": lambda ab, colors: colorization.color_bins(ab, colors).float(),
    "flat": lambda ab, colors: colorization.color_bins(ab, colors).flatten(),
    "from_one": lambda ab, colors: colorization.color_bins(ab, colors) + 1,
}  # fmt: skip

EXERCISE = Exercise(
    reference=colorization.color_bins,
    uses=(colorization.nearest_bin,),
    observe=_observe,
    cases=(
        lambda: _drawn(3, 32, 32, 20),
        lambda: _drawn(2, 16, 24, 7, seed=1),
        _halves,
        lambda: _drawn(1, 8, 8, 5, seed=2),
    ),
    mistakes=MISTAKES,
)
