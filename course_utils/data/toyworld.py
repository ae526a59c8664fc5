"""ToyWorld stills: pictures whose every cause is known.

Each shows one of ten things over a crop of a photograph. The things are drawn from signed
distances: how far a point lies from the edge of a shape, negative inside, positive outside. Shapes
are joined with a minimum and cut with a maximum, and stay sharp at any size.

Neither light nor background tells which way is up: the light comes from anywhere, backgrounds are
turned by quarter turns. Only the thing tells, so only a net that knows things can tell.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import skimage
import torch
from PIL import Image
from torch.nn import functional as F

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
CHUNK = 2**19  # pixels painted at a time, which keeps memory small

# Shapes: from points to signed distances (B, S, S). A point is (u, v): u to the right, v up.
Points = tuple[torch.Tensor, torch.Tensor]


def circle(p: Points, u: float, v: float, radius: float) -> torch.Tensor:
    """Disc around (u, v)."""
    return torch.hypot(p[0] - u, p[1] - v) - radius


def ellipse(p: Points, u: float, v: float, ru: float, rv: float) -> torch.Tensor:
    """Ellipse around (u, v); its edge is exact, its distance only nearly."""
    return (torch.hypot((p[0] - u) / ru, (p[1] - v) / rv) - 1) * min(ru, rv)


def box(p: Points, u: float, v: float, half_u: float, half_v: float, corner=0.0) -> torch.Tensor:
    """Box around (u, v), its corners rounded with radius `corner`."""
    du = (p[0] - u).abs() - half_u + corner
    dv = (p[1] - v).abs() - half_v + corner
    outside = torch.hypot(du.clamp(min=0), dv.clamp(min=0))
    return outside + torch.maximum(du, dv).clamp(max=0) - corner


def stroke(p: Points, start: tuple, end: tuple, radius: float) -> torch.Tensor:
    """Line from start to end with round ends."""
    u, v = p[0] - start[0], p[1] - start[1]
    line_u, line_v = end[0] - start[0], end[1] - start[1]
    nearest = ((u * line_u + v * line_v) / (line_u**2 + line_v**2)).clamp(0, 1)
    return torch.hypot(u - nearest * line_u, v - nearest * line_v) - radius


def polygon(p: Points, *corners: tuple) -> torch.Tensor:
    """Convex polygon, its corners counter-clockwise: what lies to the left of every edge."""
    edges = []
    for (au, av), (bu, bv) in zip(corners, corners[1:] + corners[:1], strict=True):
        cross = (p[0] - au) * (bv - av) - (p[1] - av) * (bu - au)
        edges.append(cross / math.hypot(bu - au, bv - av))
    return overlap(*edges)


def below(p: Points, v: float) -> torch.Tensor:
    """Everything below the height v."""
    return p[1] - v


def above(p: Points, v: float) -> torch.Tensor:
    """Everything above the height v."""
    return v - p[1]


def union(*shapes: torch.Tensor) -> torch.Tensor:
    """Inside of any of the shapes."""
    return torch.stack(shapes).amin(0)


def overlap(*shapes: torch.Tensor) -> torch.Tensor:
    """Inside of all the shapes."""
    return torch.stack(shapes).amax(0)


def cut(shape: torch.Tensor, *holes: torch.Tensor) -> torch.Tensor:
    """Inside of the shape and of none of the holes."""
    return overlap(shape, *(-hole for hole in holes))


# Things, upright, in -1..1 both ways: main part, second part over it, ink over both.


def house(p: Points):
    """Walls; roof and chimney; door and window."""
    roof = polygon(p, (-0.92, 0.06), (0.92, 0.06), (0, 0.92))
    chimney = box(p, 0.46, 0.64, 0.13, 0.3)
    door, window = box(p, -0.24, -0.56, 0.17, 0.28), box(p, 0.28, -0.3, 0.17, 0.17)
    return box(p, 0, -0.34, 0.64, 0.5), union(roof, chimney), union(door, window)


def tree(p: Points):
    """Three tiers of branches; baubles; trunk."""
    top = polygon(p, (-0.42, 0.34), (0.42, 0.34), (0, 0.99))
    middle = polygon(p, (-0.6, -0.11), (0.6, -0.11), (0, 0.64))
    bottom = polygon(p, (-0.78, -0.62), (0.78, -0.62), (0, 0.24))
    places = (-0.18, 0.46), (0.2, 0.08), (-0.3, -0.02), (0.36, -0.46), (-0.08, -0.36), (-0.5, -0.5)
    baubles = union(*(circle(p, u, v, 0.1) for u, v in places))
    return union(top, middle, bottom), baubles, box(p, 0, -0.77, 0.14, 0.16)


def car(p: Points):
    """Body and cabin; windows and hubs; tyres."""
    body = box(p, 0, -0.08, 0.96, 0.28, corner=0.16)
    cabin = polygon(p, (-0.72, 0.13), (0.6, 0.13), (0.3, 0.64), (-0.48, 0.64))
    rear = polygon(p, (-0.56, 0.18), (-0.12, 0.18), (-0.12, 0.52), (-0.4, 0.52))
    front = polygon(p, (0.02, 0.18), (0.42, 0.18), (0.23, 0.52), (0.02, 0.52))
    hubs = union(circle(p, -0.52, -0.34, 0.11), circle(p, 0.52, -0.34, 0.11))
    tyres = union(circle(p, -0.52, -0.34, 0.27), circle(p, 0.52, -0.34, 0.27))
    return union(body, cabin), union(rear, front, hubs), cut(tyres, hubs)


def boat(p: Points):
    """Hull; two sails; mast."""
    hull = polygon(p, (-0.55, -0.8), (0.55, -0.8), (0.92, -0.37), (-0.92, -0.37))
    mainsail = polygon(p, (0.1, -0.23), (0.8, -0.23), (0.1, 0.91))
    jib = polygon(p, (-0.66, -0.23), (-0.1, -0.23), (-0.1, 0.65))
    return hull, union(mainsail, jib), stroke(p, (0, -0.37), (0, 0.93), 0.07)


def cup(p: Points):
    """Bowl; handle, saucer and steam; coffee."""
    rim = ellipse(p, -0.08, 0.2, 0.66, 0.17)
    bowl = union(overlap(ellipse(p, -0.08, 0.2, 0.66, 0.84), below(p, 0.2)), rim)
    handle = cut(circle(p, 0.64, -0.06, 0.32), circle(p, 0.64, -0.06, 0.16), bowl)
    saucer = box(p, -0.08, -0.72, 0.8, 0.12, corner=0.12)
    steam = []
    for u in (-0.32, 0.16):
        steam.append(stroke(p, (u + 0.08, 0.48), (u - 0.08, 0.68), 0.08))
        steam.append(stroke(p, (u - 0.08, 0.68), (u + 0.08, 0.88), 0.08))
    return bowl, union(handle, saucer, *steam), ellipse(p, -0.08, 0.2, 0.52, 0.09)


def lamp(p: Points):
    """Shade; bulb and foot; stem."""
    shade = polygon(p, (-0.78, 0.02), (0.78, 0.02), (0.42, 0.84), (-0.42, 0.84))
    bulb = cut(circle(p, 0, 0.02, 0.22), shade)
    foot = overlap(ellipse(p, 0, -0.92, 0.58, 0.32), above(p, -0.92))
    return shade, union(bulb, foot), cut(stroke(p, (0, 0), (0, -0.62), 0.08), bulb)


def umbrella(p: Points):
    """Canopy with a scalloped hem; middle panel; stick with a hook."""
    hem = union(*(ellipse(p, u, -0.08, 0.31, 0.2) for u in (-0.62, 0, 0.62)))
    canopy = cut(overlap(circle(p, 0, -0.08, 0.93), above(p, -0.08)), hem)
    panel = overlap(canopy, ellipse(p, 0, -0.08, 0.31, 0.95))
    ring = cut(circle(p, 0.2, -0.68, 0.28), circle(p, 0.2, -0.68, 0.12))
    stick = stroke(p, (0, 0.12), (0, -0.68), 0.08)
    return canopy, panel, union(stick, overlap(ring, below(p, -0.68)))


def mushroom(p: Points):
    """Cap; stem and spots; eyes."""
    cap = overlap(ellipse(p, 0, -0.08, 0.92, 0.95), above(p, -0.08))
    stem = cut(polygon(p, (-0.42, -0.9), (0.42, -0.9), (0.27, 0), (-0.27, 0)), cap)
    spots = circle(p, -0.4, 0.27, 0.17), circle(p, 0.16, 0.52, 0.19), circle(p, 0.55, 0.17, 0.13)
    eyes = union(circle(p, -0.13, -0.42, 0.08), circle(p, 0.13, -0.42, 0.08))
    return cap, union(stem, *spots), eyes


def rocket(p: Points):
    """Body; nose and fins; porthole and nozzle."""
    body = overlap(circle(p, -0.62, 0.16, 1), circle(p, 0.62, 0.16, 1), above(p, -0.49))
    left = polygon(p, (-0.72, -0.79), (-0.2, -0.44), (-0.3, 0.06))
    right = polygon(p, (0.72, -0.79), (0.3, 0.06), (0.2, -0.44))
    nozzle = polygon(p, (-0.26, -0.74), (0.26, -0.74), (0.16, -0.48), (-0.16, -0.48))
    fins, nose = cut(union(left, right), body), overlap(body, above(p, 0.54))
    return body, union(fins, nose), union(circle(p, 0, 0.2, 0.16), nozzle)


def duck(p: Points):
    """Body, tail and head; beak and wing; eye."""
    body = overlap(ellipse(p, -0.08, -0.06, 0.84, 0.78), below(p, -0.06))
    tail = polygon(p, (-0.96, 0.3), (-0.92, -0.1), (-0.3, -0.08))
    head = circle(p, 0.36, 0.4, 0.43)
    beak = cut(polygon(p, (0.66, 0.17), (1.06, 0.3), (0.66, 0.54)), head)
    wing = overlap(ellipse(p, -0.2, -0.16, 0.42, 0.38), below(p, -0.16))
    return union(body, tail, head), union(beak, wing), circle(p, 0.46, 0.5, 0.1)


DRAWINGS = (house, tree, car, boat, cup, lamp, umbrella, mushroom, rocket, duck)
KINDS: tuple[str, ...] = tuple(drawing.__name__ for drawing in DRAWINGS)


def disc(p: Points):
    """What stands in for a thing when nothing may tell which way is up."""
    nothing = torch.full_like(p[0], 9)
    return circle(p, 0, 0, 0.75), nothing, nothing


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
        scale: about half the height of the thing, in picture widths, 0.22..0.36
        angle: tilt about upright, in degrees counter-clockwise, -20..20
        hue, value: colour of the main part, around the colour circle 0..1; brightness 0.4..1
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
    for rows in torch.arange(n).split(CHUNK // size**2):
        f = {name: values[rows] for name, values in factors.items()}
        canvas = _backgrounds(f, split, size)  # (B, 3, S, S) in 0..1
        if things != "none":
            distances = torch.empty(len(rows), 3, size, size)
            for kind, drawing in enumerate(DRAWINGS):
                mine = f["kind"] == kind
                where = (f[name][mine] for name in ("x", "y", "scale", "angle"))
                distances[mine] = _distances(drawing if things == "kinds" else disc, *where, size)
            canvas = _paint(canvas, distances, f)
            masks[rows] = distances.amin(1) < 0
        images[rows] = (canvas.clamp(0, 1) * 255).round().to(torch.uint8)
    return Stills(images, masks, factors)


def _check(n, size, words):
    if n < 1:
        raise ValueError(f"n={n}: 1 이상의 정수를 넣어 주세요.\nn={n}: ask for 1 picture or more.")
    if not 16 <= size <= 96:
        raise ValueError(
            f"size={size}: 16 이상 96 이하의 정수를 넣어 주세요.\n"
            f"size={size}: give a whole number from 16 to 96."
        )
    for name, word in words.items():
        if word not in CHOICES[name]:
            choices = ", ".join(CHOICES[name])
            raise ValueError(
                f"{name}={word!r}: 다음 가운데 하나를 골라 주세요: {choices}.\n"
                f"{name}={word!r}: choose one of: {choices}."
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
        "scale": uniform(0.22, 0.36),
        "angle": uniform(-20, 20),
        "hue": uniform(0, 1),
        "value": uniform(0.4, 1),
        "accent_hue": uniform(0, 1),
        "accent_value": uniform(0.4, 1),
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
