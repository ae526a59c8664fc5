"""ToyWorld clips: films whose every cause is known.

Several things of ToyWorld move, turn and grow over a photograph, pass behind one another, and a
camera pans. What they are and how they are painted is in ``toyworld`` and ``shapes``.
"""

from dataclasses import dataclass

import torch

from course_utils.data import toyworld
from course_utils.data.shapes import DRAWINGS, KINDS
from course_utils.lang import both

_CHUNK = 2**17  # pixels painted at a time, which keeps them in the cache
LUMA = torch.tensor([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class ToyClip:
    """Frames and all that made them; T frames, K things, thing 0 nearest to the camera.

    Places count in pixels from the left and from the top; a velocity is pixels a frame on the
    screen, camera motion included.
    """

    frames: torch.Tensor  # (T, 3, S, S) uint8
    boxes: torch.Tensor  # (T, K, 4) left, top, right, bottom of the whole thing, hidden parts too
    masks: torch.Tensor  # (T, K, S, S) bool: pixels that show the thing
    hidden: torch.Tensor  # (T, K) share of its pixels in the frame that nearer things cover
    centers: torch.Tensor  # (T, K, 2) x, y
    velocities: torch.Tensor  # (T, K, 2)
    camera: torch.Tensor  # (T, 2) how far the window has moved over the background, x and y
    # kind (K,) int64; hue, value, accent_hue, accent_value (K,); scale, angle (T, K); light (T,)
    factors: dict[str, torch.Tensor]


def clip(
    n_frames: int,
    *,
    size: int = 64,
    things: int = 3,
    split: str = "train",
    seed: int = 0,
    step: int = 1,
    pan: bool = True,
    color: bool = True,
) -> ToyClip:
    """A clip of ``n_frames`` frames of ``size`` by ``size`` pixels.

    The same arguments give the same bytes. Every thing swings through the frame on a path of its
    own, within a period of 60 to 140 frames, tilts by up to 20° either way and grows and shrinks by
    a quarter. The light drifts round. ``pan``: the camera swings, too, up to a quarter of the frame
    to each side. ``color`` False makes a world in gray: same paths, same shapes, and no colour to
    tell things apart. ``split``: no background photograph is in both. ``step`` leaves out frames:
    of 30, two frames show the start and the end of a track at the price of two.

    Raises ``ValueError`` for no frames, a step below 1, fewer than 0 or more than 10 things, a size
    outside 16..96 or an unknown split.
    """
    _check(n_frames, size, things, split, step)
    generator = torch.Generator().manual_seed(2 * seed + (split == "test"))
    times = step * torch.arange(n_frames)
    canvas, camera = _background(times, size, split, pan, generator)
    paths = _paths(times, things, generator)
    drift = _uniform(generator, 1, 0, 360) + _uniform(generator, 1, -1, 1) * times
    light = drift % 360

    canvas, boxes, whole = _painted(canvas, paths, light)
    masks = _uncovered(whole)
    seen, there = (m.sum((2, 3)).float() for m in (masks, whole))
    canvas = canvas.clamp(0, 1)
    if not color:
        canvas = torch.einsum("tchw,c->thw", canvas, LUMA)[:, None].expand(-1, 3, -1, -1)
    return ToyClip(
        frames=(canvas * 255).round().to(torch.uint8),
        boxes=boxes,
        masks=masks,
        hidden=1 - seen / there.clamp(min=1),
        centers=torch.stack([paths["x"], paths["y"]], 2) * size,
        velocities=torch.stack([paths["vx"], paths["vy"]], 2) * size,
        camera=camera,
        factors={name: paths[name] for name in ("scale", "angle")}
        | {"light": light}
        | {name: paths[name][0] for name in ("kind", "hue", "value", "accent_hue", "accent_value")},
    )


def _check(n_frames, size, things, split, step):
    if min(n_frames, step) < 1 or not 0 <= things <= len(KINDS) or not 16 <= size <= 96:
        raise ValueError(
            both(
                ko=f"프레임 {n_frames}개(간격 {step}), 물체 {things}개, {size}픽셀로는 클립을 만들 수 "
                f"없습니다. 프레임과 간격은 1 이상, 물체는 0–{len(KINDS)}개, 크기는 16–96픽셀로 "
                "정하세요.",
                en=f"No clip has {n_frames} frames (step {step}), {things} things and {size} px. "
                f"Ask for 1 or more frames and steps, 0–{len(KINDS)} things and 16–96 px.",
            )
        )
    if split not in toyworld.PHOTOGRAPHS:
        raise ValueError(
            both(
                ko=f"split={split!r}: {', '.join(toyworld.PHOTOGRAPHS)} 가운데 하나를 고르세요.",
                en=f"split={split!r}: choose one of {', '.join(toyworld.PHOTOGRAPHS)}.",
            )
        )


def _painted(canvas, paths, light):
    """All things over the background ``(T, 3, S, S)``; their boxes; masks as if each were alone."""
    (n_frames, things), size = paths["x"].shape, canvas.shape[-1]
    masks = torch.zeros(n_frames, things, size, size, dtype=torch.bool)
    boxes = torch.zeros(n_frames, things, 4)
    for thing in reversed(range(things)):  # the farthest is painted first
        drawing = DRAWINGS[int(paths["kind"][0, thing])]
        mine = {name: values[:, thing] for name, values in paths.items()} | {"light": light}
        for rows in torch.arange(n_frames).split(_CHUNK // size**2):
            f = {name: values[rows] for name, values in mine.items()}
            distances = _distances(drawing, f, size)
            canvas[rows] = toyworld._paint(canvas[rows], distances, f)
            masks[rows, thing] = distances.amin(1) < 0
        boxes[:, thing] = _boxes(drawing, mine, masks[:, thing])
    return canvas, boxes, masks


def _uncovered(whole):
    """What of the masks ``(T, K, S, S)`` no nearer thing covers; thing 0 is the nearest."""
    masks = whole.clone()
    for thing in range(1, whole.shape[1]):
        masks[:, thing] &= ~whole[:, :thing].any(1)
    return masks


def thing_in(film: ToyClip, frame: int, box: torch.Tensor) -> int:
    """Which thing fills most of a box ``(4,)``, left, top, right, bottom in pixels, in a frame.

    Its number; −1 if none fills more than a fifth of the box.
    """
    left, top, right, bottom = box.round().long().clamp(0, film.frames.shape[-1]).tolist()
    inside = film.masks[frame, :, top:bottom, left:right]
    share = inside.float().mean((1, 2)) if inside.numel() else torch.zeros(1)
    return int(share.argmax()) if share.max() > 0.2 else -1


def _uniform(generator, n, low, high):
    return low + (high - low) * torch.rand(n, generator=generator)


def _background(times, size, split, pan, generator):
    """Crops of one photograph along a smooth path ``(T, 3, S, S)``, and how far each has moved."""
    n_frames, photographs = len(times), toyworld._photographs(split, size)
    index = int(torch.randint(len(photographs), (1,), generator=generator))
    crop = _uniform(generator, 1, 0.35, 0.6)
    tint = _uniform(generator, 1, 0, 1)
    swing = _swing(times, 2, generator, low=100, high=200)[0] if pan else torch.zeros(n_frames, 2)
    height, width = photographs[index].shape[2:]
    window = crop * min(height, width) / torch.tensor([width, height])  # shares of width, height
    room = (1 - window) / window  # how far the window can move, in its own sides
    # 0: left or top end of the photograph, 1: the other.
    place = 0.5 + (0.25 / room).clamp(max=0.5) * swing
    f = {
        "background": torch.full((n_frames,), index),
        "background_turn": torch.zeros(n_frames, dtype=torch.int64),
        "crop": crop.expand(n_frames),
        "crop_x": place[:, 0],
        "crop_y": place[:, 1],
        "tint": tint.expand(n_frames),
    }
    camera = (place - place[0]) * room * size
    return toyworld._backgrounds(f, split, size), camera


def _swing(times, n, generator, *, low, high):
    """``n`` sines of time within −1..1 and their change a frame: each ``(T, n)``.

    ``times`` ``(T,)`` counts frames; the periods are drawn from ``low`` to ``high`` frames.
    """
    rate = 2 * torch.pi / _uniform(generator, n, low, high)
    phase = rate * times[:, None] + _uniform(generator, n, 0, 2 * torch.pi)
    return phase.sin(), rate * phase.cos()


def _paths(times, things, generator):
    """Kind, colours, place, size and tilt of every thing in every frame: each ``(T, K)``."""
    kinds = torch.randperm(len(KINDS), generator=generator)[:things]
    across, vx = _swing(times, things, generator, low=60, high=140)
    down, vy = _swing(times, things, generator, low=60, high=140)
    reach = _uniform(generator, things, 0.2, 0.32)
    grows, _ = _swing(times, things, generator, low=60, high=140)
    tilts, _ = _swing(times, things, generator, low=60, high=140)
    constant = {
        "kind": kinds,
        "hue": _uniform(generator, things, 0, 1),
        "value": _uniform(generator, things, 0.3, 1),
        "accent_hue": _uniform(generator, things, 0, 1),
        "accent_value": _uniform(generator, things, 0.3, 1),
    }
    scale = _uniform(generator, things, 0.15, 0.21)
    return {name: values.expand(len(times), things) for name, values in constant.items()} | {
        "x": 0.5 + reach * across,
        "y": 0.5 + reach * down,
        "vx": reach * vx,
        "vy": reach * vy,
        "scale": scale * (1 + 0.25 * grows),
        "angle": 20 * tilts,
    }


def _distances(drawing, f, size):
    return toyworld._distances(drawing, f["x"], f["y"], f["scale"], f["angle"], size)


def _boxes(drawing, f, masks):
    """The box of a thing in every frame ``(T, 4)``, also where it reaches over the border."""
    size = masks.shape[-1]
    boxes = _around(masks)
    over = (boxes.amin(1) <= 0) | (boxes.amax(1) >= size)
    if over.any():
        # A frame twice as wide, with this one in its middle, shows where the thing ends.
        f = {name: values[over] for name, values in f.items()}
        wide = f | {"x": f["x"] / 2 + 0.25, "y": f["y"] / 2 + 0.25, "scale": f["scale"] / 2}
        boxes[over] = _around(_distances(drawing, wide, 2 * size).amin(1) < 0) - size / 2
    return boxes


def _around(masks):
    """Left, top, right, bottom of the pixels of masks ``(T, H, W)``: ``(T, 4)``.

    Right and bottom lie one past the last pixel.
    """
    columns, rows = masks.any(1), masks.any(2)
    first = lambda x: x.int().argmax(1)  # noqa: E731
    last = lambda x: x.shape[1] - x.flip(1).int().argmax(1)  # noqa: E731
    return torch.stack([first(columns), first(rows), last(columns), last(rows)], 1).float()
