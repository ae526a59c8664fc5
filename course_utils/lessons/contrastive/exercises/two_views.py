"""Exercise of lesson 07: two random views of every picture of a batch."""

from collections.abc import Callable, Iterator

import torch

from course_utils import runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.lessons.contrastive.exercises import seen
from course_utils.pretext import contrastive
from course_utils.views import color, geometry


def _observe(answer: Callable, strength: float) -> Iterator[tuple[str, object]]:
    look = seen.of_places if strength == 0 else seen.of_tints
    yield from look(answer, strength)


def _views(
    images, generator, strength, *, area=contrastive.AREA, mirror=0.5, factor=0.8, hue=0.2,
    often=0.8, gray=contrastive.GRAY_SHARE, left_out=(), always_gray=False, always=None,
    fixed_hue=None,
):  # fmt: skip
    """One view of every picture, or with one part of it done otherwise."""
    strength = strength if always is None else always
    x = images
    if area is not None:
        x = geometry.random_resized_crop(x, x.shape[-1], generator, area=area)
    x = geometry.random_flip(x, generator, p=mirror)
    if strength == 0 and not (always_gray or fixed_hue):
        return x
    names = ("brightness", "contrast", "saturation")
    how = {name: 0.0 if name in left_out else factor * strength for name in names}
    x = color.random_color_jitter(
        x, generator, **how, hue=fixed_hue or min(0.5, hue * strength), p=often
    )
    return color.random_gray(x, generator, p=gray if strength or always_gray else 0.0)


def _with(**other) -> Callable:
    return lambda images, g, strength: torch.cat(
        [_views(images, g, strength, **other) for _ in range(2)]
    )


def _right(images, generator, strength):
    return contrastive.two_views(images, generator, strength)


def _same_twice(images, generator, strength):
    return _views(images, generator, strength).repeat(2, 1, 1, 1)


def _interleaved(images, generator, strength):
    a, b = _right(images, generator, strength).chunk(2)
    return torch.stack([a, b], 1).flatten(0, 1)


def _one_shuffled(images, generator, strength):
    a, b = _right(images, generator, strength).chunk(2)
    return torch.cat([a, b[torch.randperm(len(b), generator=generator)]])


def _crop_shared(images, generator, strength):
    """One crop of each picture, its colours changed twice."""
    x = _views(images, generator, 0.0)
    return torch.cat([_views(x, generator, strength, area=None, mirror=0.0) for _ in range(2)])


def _color_shared(images, generator, strength):
    """Colours changed once, then cropped twice."""
    x = _views(images, generator, strength, area=None, mirror=0.0)
    return torch.cat([_views(x, generator, 0.0) for _ in range(2)])


def _one_crop(images, generator, strength):
    """One rectangle for the whole batch."""
    return torch.cat(
        [
            _views(
                _views(images.flatten(0, 1)[None], generator, 0.0)[0].unflatten(0, (-1, 3)),
                generator,
                strength,
                area=None,
                mirror=0.0,
            )
            for _ in range(2)
        ]
    )


def _mirror_shared(images, generator, strength):
    return _with(mirror=0.0)(geometry.random_flip(images, generator), generator, strength)


def _channels_mirrored(images, generator, strength):
    swapped = torch.where(torch.rand(2 * len(images), 1, 1, 1, generator=generator) < 0.5, 1, 0)
    x = _with(mirror=0.0)(images, generator, 0.0)
    x = torch.where(swapped.bool(), x.flip(1), x)
    return _views(x, generator, strength, area=None, mirror=0.0)


def _second_from_first(images, generator, strength):
    first = _views(images, generator, strength)
    return torch.cat([first, _views(first, generator, strength)])


def _second_repeats(images, generator, strength):
    second = runtime.generator(generator.initial_seed() + 1)
    return torch.cat([_views(images, g, strength) for g in (generator, second)])


def _gray_inside_jitter(images, generator, strength):
    x = _right(images, generator, 0.0)
    if strength == 0:
        return x
    changed = _views(x, generator, strength, area=None, mirror=0.0, often=1.0)
    return torch.where(torch.rand(len(x), 1, 1, 1, generator=generator) < 0.8, changed, x)


def _jitter_or_gray(images, generator, strength):
    x = _right(images, generator, 0.0)
    if strength == 0:
        return x
    changed = _views(x, generator, strength, area=None, mirror=0.0, often=1.0, gray=0.0)
    draw = torch.rand(len(x), 1, 1, 1, generator=generator)
    return torch.where(draw < 0.8, changed, color.to_gray(x))


def _hue_apart(images, generator, strength):
    """Whether hue changes is drawn apart from the others."""
    still = {"area": None, "mirror": 0.0}
    x = _with(hue=0.0, gray=0.0)(images, generator, strength)
    return _views(x, generator, strength, factor=0.0, **still)


def _gray_quota(images, generator, strength):
    """One in five of every view, exactly."""
    x = _with(gray=0.0)(images, generator, strength)
    order = torch.rand(2, len(images), generator=generator).argsort(1).flatten()
    chosen = (order < len(images) // 5)[:, None, None, None]
    return torch.where(chosen & (strength > 0), color.to_gray(x), x)


MISTAKES = {
    "same_twice": _same_twice,
    "first_untouched": lambda x, g, s: torch.cat([x, _views(x, g, s)]),
    "interleaved": _interleaved,
    "shuffled": _one_shuffled,
    "reversed": lambda x, g, s: torch.cat([_views(x, g, s), _views(x, g, s).flip(0)]),
    "stacked": lambda x, g, s: torch.stack(_right(x, g, s).chunk(2)),
    "pair": lambda x, g, s: tuple(_right(x, g, s).chunk(2)),
    "one_view": _views,
    "crop_shared": _crop_shared,
    "color_shared": _color_shared,
    "one_crop": _one_crop,
    "not_cropped": _with(area=None),
    "smaller_crops": _with(area=(0.08, 1.0)),
    "larger_crops": _with(area=(0.2**0.5, 1.0)),
    "mirror_shared": _mirror_shared,
    "channels_mirrored": _channels_mirrored,
    "second_from_first": _second_from_first,
    "second_repeats": _second_repeats,
    "gray_inside_jitter": _gray_inside_jitter,
    "jitter_or_gray": _jitter_or_gray,
    "hue_apart": _hue_apart,
    "hue_fixed": _with(fixed_hue=0.2),
    "gray_quota": _gray_quota,
    "gray_scaled": lambda x, g, s: _with(gray=0.2 * s)(x, g, s),
    "not_mirrored": _with(mirror=0.0),
    "always_mirrored": _with(mirror=1.0),
    "no_jitter": _with(factor=0.0, hue=0.0),
    "always_jittered": _with(often=1.0),
    "half_jittered": _with(often=0.5),
    "strength_ignored": _with(always=1.0),
    "without_08": _with(factor=1.0),
    "hue_as_others": _with(hue=0.8),
    "hue_as_strength": _with(hue=1.0),
    "no_hue": _with(hue=0.0),
    "no_brightness": _with(left_out=("brightness",)),
    "no_contrast": _with(left_out=("contrast",)),
    "no_saturation": _with(left_out=("saturation",)),
    "never_gray": _with(gray=0.0),
    "often_gray": _with(gray=0.5),
    "all_gray": _with(gray=1.0),
    "gray_at_zero": _with(always_gray=True),
    "another_generator": lambda x, g, s: _right(x, runtime.generator(9), s),
    "global_generator": lambda x, g, s: _right(x, torch.default_generator, s),
}

EXERCISE = Exercise(
    reference=contrastive.two_views,
    uses=(contrastive.random_view,),
    observe=_observe,
    cases=(lambda: 0.0, lambda: 0.5, lambda: 0.25),
    mistakes=MISTAKES,
)
