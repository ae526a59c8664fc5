"""ToyWorld stills: pictures whose every cause is known.

Each shows one of ten things (see ``shapes``) over a crop of a photograph.

Neither light nor background tells which way is up: the light comes from anywhere, backgrounds are
turned by quarter turns. Only the thing tells, so only a net that knows things can tell.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import skimage
import torch
from PIL import Image
from torch.nn import functional as F

from course_utils.data.shapes import DRAWINGS, KINDS, bare_disc
from course_utils.lang import both

# These files lie inside scikit-image itself: no network is needed. No photograph is in both.
# fmt: off
PHOTOGRAPHS = {
    "train": ("astronaut.png", "brick.png", "chelsea.png", "coffee.png", "gravel.png",
              "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "page.png"),
    "test": ("camera.png", "cell.png", "clock_motion.png", "coins.png", "grass.png", "retina.jpg",
             "rocket.jpg"),
}
# fmt: on
CHOICES = {
    "split": tuple(PHOTOGRAPHS),
    "sun": ("random", "above"),
    "things": ("kinds", "none", "discs"),
}
# Factors that come round again, and after how much; those that a factor probe reads.
PERIODS = {"hue": 1.0, "accent_hue": 1.0, "light": 360.0, "tint": 1.0}
READABLE = ("kind", "x", "y", "scale", "angle", "hue", "value", "light", "tint")
_CHUNK = 2**19  # pixels painted at a time, which keeps memory small


@dataclass(frozen=True)
class Stills:
    """Pictures, and all that made them (see `stills`)."""

    images: torch.Tensor  # (N, 3, S, S) uint8
    masks: torch.Tensor  # (N, S, S) bool: which pixels are the thing
    factors: dict[str, torch.Tensor]  # each (N,)


def stills(
    n: int,
    *,
    size: int = 32,
    split: str = "train",
    seed: int = 0,
    sun: str = "random",
    things: str = "kinds",
) -> Stills:
    """n pictures of `size` by `size` pixels; the same arguments give the same bytes.

    size: 16..96; a seed makes the same world at every size.
    split: "train" or "test"; no background photograph is in both.
    sun: "random" lights every thing from its own direction; "above" lights all from above in the
        picture, which plants a cue that tells rotations apart without knowing any thing.
    things: "kinds"; to see what can be learned without a thing, "none" erases it and "discs" puts
        a shaded disc in its place. All else, and every factor, stays the same.

    Factors, each (n,), drawn independently (float32, or int64 where marked):
        kind: int64, index into KINDS, as many of each as n allows
        x, y: centre, in picture widths from the left and from the top, 0.28..0.72
        scale: about half the height of the thing, in picture widths, 0.20..0.36
        angle: tilt about upright, in degrees counter-clockwise, -20..20
        hue, value: colour of the main part, around the colour circle 0..1; brightness 0.3..1
        accent_hue, accent_value: the same for the second part
        light: where the light comes from, in degrees counter-clockwise from the right, 0..360
        background: int64, index into PHOTOGRAPHS[split]
        background_turn: int64, quarter turns counter-clockwise, 0..3
        tint: hue laid over the background, 0..1
        crop, crop_x, crop_y: side of the crop in shorter sides of the photograph, 0.35..0.8, and
            where it lies, 0 (left, top) .. 1 (right, bottom)

    Raises ValueError for n below 1, a size outside 16..96, or an unknown split, sun or things.
    """
    _check(n, size, {"split": split, "sun": sun, "things": things})
    factors = _draw_factors(n, split, seed)
    if sun == "above":
        factors["light"] = torch.full((n,), 90.0)

    images = torch.empty(n, 3, size, size, dtype=torch.uint8)
    masks = torch.zeros(n, size, size, dtype=torch.bool)
    for rows in torch.arange(n).split(_CHUNK // size**2):
        f = {name: values[rows] for name, values in factors.items()}
        canvas = _backgrounds(f, split, size)  # (B, 3, S, S) in 0..1
        if things != "none":
            distances = _distances_by_kind(f, things, size)
            canvas = _paint(canvas, distances, f)
            masks[rows] = distances.amin(1) < 0
        images[rows] = (canvas.clamp(0, 1) * 255).round().to(torch.uint8)
    return Stills(images, masks, factors)


def _check(n, size, words):
    if n < 1:
        raise ValueError(
            both(ko=f"n={n}: 1 이상의 정수를 넣어 주세요.", en=f"n={n}: ask for 1 picture or more.")
        )
    if not 16 <= size <= 96:
        raise ValueError(
            both(
                ko=f"size={size}: 16 이상 96 이하의 정수를 넣어 주세요.",
                en=f"size={size}: give a whole number from 16 to 96.",
            )
        )
    for name, word in words.items():
        if word not in CHOICES[name]:
            choices = ", ".join(CHOICES[name])
            raise ValueError(
                both(
                    ko=f"{name}={word!r}: 다음 가운데 하나를 골라 주세요: {choices}.",
                    en=f"{name}={word!r}: choose one of: {choices}.",
                )
            )


def _draw_factors(n, split, seed):
    # A generator of its own: the caller's random numbers stay as they were.
    generator = torch.Generator().manual_seed(2 * seed + (split == "test"))

    def uniform(low, high):
        return low + (high - low) * torch.rand(n, generator=generator)

    return {
        "kind": (torch.arange(n) % len(KINDS))[torch.randperm(n, generator=generator)],
        "x": uniform(0.28, 0.72),
        "y": uniform(0.28, 0.72),
        "scale": uniform(0.20, 0.36),
        "angle": uniform(-20, 20),
        "hue": uniform(0, 1),
        "value": uniform(0.3, 1),
        "accent_hue": uniform(0, 1),
        "accent_value": uniform(0.3, 1),
        "light": uniform(0, 360),
        "background": torch.randint(len(PHOTOGRAPHS[split]), (n,), generator=generator),
        "background_turn": torch.randint(4, (n,), generator=generator),
        "tint": uniform(0, 1),
        "crop": uniform(0.35, 0.8),
        "crop_x": uniform(0, 1),
        "crop_y": uniform(0, 1),
    }


@lru_cache(maxsize=4)
def _photographs(split, size):
    folder = Path(skimage.__file__).parent / "data"
    photographs = []
    for name in PHOTOGRAPHS[split]:
        with Image.open(folder / name) as file:
            pixels = torch.from_numpy(np.array(file.convert("RGB"))).permute(2, 0, 1) / 255
        # Shrunk so that a crop has about as many pixels as the picture: nothing flickers.
        shrink = 2 * size / min(pixels.shape[1:])
        shape = [round(side * shrink) for side in pixels.shape[1:]]
        photographs.append(F.interpolate(pixels[None], shape, mode="bilinear", antialias=True))
    return photographs  # each (1, 3, h, w) in 0..1


def _backgrounds(f, split, size):
    crops = torch.empty(len(f["background"]), 3, size, size)
    for index, photograph in enumerate(_photographs(split, size)):
        mine = f["background"] == index
        many, (h, w) = int(mine.sum()), photograph.shape[2:]
        if many == 0:  # affine_grid refuses an empty batch
            continue
        window = torch.zeros(many, 2, 3)  # grid_sample counts from -1 to 1
        window[:, 0, 0] = f["crop"][mine] * min(h, w) / w
        window[:, 1, 1] = f["crop"][mine] * min(h, w) / h
        window[:, 0, 2] = (2 * f["crop_x"][mine] - 1) * (1 - window[:, 0, 0])
        window[:, 1, 2] = (2 * f["crop_y"][mine] - 1) * (1 - window[:, 1, 1])
        grid = F.affine_grid(window, (many, 3, size, size), align_corners=False)
        source = photograph.expand(many, -1, -1, -1)
        crops[mine] = F.grid_sample(source, grid, padding_mode="border", align_corners=False)
    for turn in range(4):
        mine = f["background_turn"] == turn
        crops[mine] = crops[mine].rot90(turn, (2, 3))
    # Mostly gray under a tint, so that no photograph is known by its own colours.
    mixed = 0.3 * crops + 0.7 * crops.mean(1, keepdim=True)
    contrast = (0.5 + 1.2 * (mixed - 0.5)).clamp(0, 1)
    return contrast * _rgb(f["tint"], 0.5, 1)[:, :, None, None]


def _offsets(x, y, size):
    """How far each pixel lies to the right of and above (x, y): each (B, S, S)."""
    pixel = (torch.arange(size) + 0.5) / size
    right = pixel[None, None, :] - x[:, None, None]
    up = y[:, None, None] - pixel[None, :, None]
    return right, up


def _distances(drawing, x, y, scale, angle, size):
    """The three parts' signed distances (B, 3, S, S), in picture widths."""
    right, up = _offsets(x, y, size)
    scale, angle = scale[:, None, None], torch.deg2rad(angle)[:, None, None]
    u = (right * angle.cos() + up * angle.sin()) / scale
    v = (up * angle.cos() - right * angle.sin()) / scale
    return torch.stack(drawing((u, v)), 1) * scale[:, None]


def _distances_by_kind(f, things, size):
    """`_distances` of every picture's own thing, or of the disc that stands in for it."""
    distances = torch.empty(len(f["kind"]), 3, size, size)
    for kind, drawing in enumerate(DRAWINGS):
        mine = f["kind"] == kind
        where = (f[name][mine] for name in ("x", "y", "scale", "angle"))
        distances[mine] = _distances(drawing if things == "kinds" else bare_disc, *where, size)
    return distances


def _paint(canvas, distances, f):
    size = canvas.shape[-1]
    right, up = _offsets(f["x"], f["y"], size)
    scale, light = f["scale"][:, None, None], torch.deg2rad(f["light"])[:, None, None]
    towards_light = (right * light.cos() + up * light.sin()) / scale
    main = _rgb(f["hue"], 0.6, f["value"][:, None])
    accent = _rgb(f["accent_hue"], 0.6, f["accent_value"][:, None])
    # Ink is dark on bright things and bright on dark ones: seen on all, the same on none.
    ink = main * torch.where(f["value"][:, None] > 0.65, 0.3, 1.6)
    for distance, colour in zip(distances.unbind(1), (main, accent, ink), strict=True):
        down_slope, right_slope = torch.gradient(distance * size, dim=(1, 2))
        facing = right_slope * light.cos() - down_slope * light.sin()
        bevel = _smoothstep(1 + distance / (0.16 * scale))  # 1 at the edge, 0 further inside
        shade = 1 + 0.25 * towards_light + 0.35 * facing * bevel
        cover = _smoothstep(0.5 - distance * size)  # soft over the one pixel at the edge
        canvas = torch.lerp(canvas, colour[:, :, None, None] * shade[:, None], cover[:, None])
    return canvas


def _smoothstep(t):
    t = t.clamp(0, 1)
    return t * t * (3 - 2 * t)


def _rgb(hue, saturation, value):
    """(B,) hues on the colour circle to (B, 3) colours."""
    wheel = ((6 * hue[:, None] + torch.tensor([0.0, 4.0, 2.0])) % 6 - 3).abs() - 1
    return value * (1 - saturation + saturation * wheel.clamp(0, 1))
