"""Things drawn from signed distances: the shapes, and the ten things made of them.

A signed distance tells how far a point lies from the edge of a shape, negative inside, positive
outside. Shapes are joined with a minimum and cut with a maximum, and stay sharp at any size: the
union, intersection and subtraction of constructive solid geometry.
"""

import math

import torch

# Shapes: from points to signed distances (B, S, S). A point is (u, v): u to the right, v up.
Points = tuple[torch.Tensor, torch.Tensor]


def disc(p: Points, u: float, v: float, radius: float) -> torch.Tensor:
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
    return intersection(*edges)


def below(p: Points, v: float) -> torch.Tensor:
    """Everything below the height v."""
    return p[1] - v


def above_line(p: Points, v: float) -> torch.Tensor:
    """Everything above the height v."""
    return v - p[1]


def union(*shapes: torch.Tensor) -> torch.Tensor:
    """Inside of any of the shapes."""
    return torch.stack(shapes).amin(0)


def intersection(*shapes: torch.Tensor) -> torch.Tensor:
    """Inside of all the shapes."""
    return torch.stack(shapes).amax(0)


def subtraction(shape: torch.Tensor, *holes: torch.Tensor) -> torch.Tensor:
    """Inside of the shape and of none of the holes."""
    return intersection(shape, *(-hole for hole in holes))


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
    baubles = union(*(disc(p, u, v, 0.1) for u, v in places))
    return union(top, middle, bottom), baubles, box(p, 0, -0.77, 0.14, 0.16)


def car(p: Points):
    """Body and cabin; windows and hubs; tyres."""
    body = box(p, 0, -0.08, 0.96, 0.28, corner=0.16)
    cabin = polygon(p, (-0.72, 0.13), (0.6, 0.13), (0.3, 0.64), (-0.48, 0.64))
    rear = polygon(p, (-0.56, 0.18), (-0.12, 0.18), (-0.12, 0.52), (-0.4, 0.52))
    front = polygon(p, (0.02, 0.18), (0.42, 0.18), (0.23, 0.52), (0.02, 0.52))
    hubs = union(disc(p, -0.52, -0.34, 0.11), disc(p, 0.52, -0.34, 0.11))
    tyres = union(disc(p, -0.52, -0.34, 0.27), disc(p, 0.52, -0.34, 0.27))
    return union(body, cabin), union(rear, front, hubs), subtraction(tyres, hubs)


def boat(p: Points):
    """Hull; two sails; mast."""
    hull = polygon(p, (-0.55, -0.8), (0.55, -0.8), (0.92, -0.37), (-0.92, -0.37))
    mainsail = polygon(p, (0.1, -0.23), (0.8, -0.23), (0.1, 0.91))
    jib = polygon(p, (-0.66, -0.23), (-0.1, -0.23), (-0.1, 0.65))
    return hull, union(mainsail, jib), stroke(p, (0, -0.37), (0, 0.93), 0.07)


def cup(p: Points):
    """Bowl; handle, saucer and steam; coffee."""
    rim = ellipse(p, -0.08, 0.2, 0.66, 0.17)
    bowl = union(intersection(ellipse(p, -0.08, 0.2, 0.66, 0.84), below(p, 0.2)), rim)
    handle = subtraction(disc(p, 0.64, -0.06, 0.32), disc(p, 0.64, -0.06, 0.16), bowl)
    saucer = box(p, -0.08, -0.72, 0.8, 0.12, corner=0.12)
    steam = []
    for u in (-0.32, 0.16):
        steam.append(stroke(p, (u + 0.08, 0.48), (u - 0.08, 0.68), 0.08))
        steam.append(stroke(p, (u - 0.08, 0.68), (u + 0.08, 0.88), 0.08))
    return bowl, union(handle, saucer, *steam), ellipse(p, -0.08, 0.2, 0.52, 0.09)


def lamp(p: Points):
    """Shade; bulb and foot; stem."""
    shade = polygon(p, (-0.78, 0.02), (0.78, 0.02), (0.42, 0.84), (-0.42, 0.84))
    bulb = subtraction(disc(p, 0, 0.02, 0.22), shade)
    foot = intersection(ellipse(p, 0, -0.92, 0.58, 0.32), above_line(p, -0.92))
    return shade, union(bulb, foot), subtraction(stroke(p, (0, 0), (0, -0.62), 0.08), bulb)


def umbrella(p: Points):
    """Canopy with a scalloped hem; middle panel; stick with a hook."""
    hem = union(*(ellipse(p, u, -0.08, 0.31, 0.2) for u in (-0.62, 0, 0.62)))
    canopy = subtraction(intersection(disc(p, 0, -0.08, 0.93), above_line(p, -0.08)), hem)
    panel = intersection(canopy, ellipse(p, 0, -0.08, 0.31, 0.95))
    ring = subtraction(disc(p, 0.2, -0.68, 0.28), disc(p, 0.2, -0.68, 0.12))
    stick = stroke(p, (0, 0.12), (0, -0.68), 0.08)
    return canopy, panel, union(stick, intersection(ring, below(p, -0.68)))


def mushroom(p: Points):
    """Cap; stem and spots; eyes."""
    cap = intersection(ellipse(p, 0, -0.08, 0.92, 0.95), above_line(p, -0.08))
    stem = subtraction(polygon(p, (-0.42, -0.9), (0.42, -0.9), (0.27, 0), (-0.27, 0)), cap)
    spots = disc(p, -0.4, 0.27, 0.17), disc(p, 0.16, 0.52, 0.19), disc(p, 0.55, 0.17, 0.13)
    eyes = union(disc(p, -0.13, -0.42, 0.08), disc(p, 0.13, -0.42, 0.08))
    return cap, union(stem, *spots), eyes


def rocket(p: Points):
    """Body; nose and fins; porthole and nozzle."""
    body = intersection(disc(p, -0.62, 0.16, 1), disc(p, 0.62, 0.16, 1), above_line(p, -0.49))
    left = polygon(p, (-0.72, -0.79), (-0.2, -0.44), (-0.3, 0.06))
    right = polygon(p, (0.72, -0.79), (0.3, 0.06), (0.2, -0.44))
    nozzle = polygon(p, (-0.26, -0.74), (0.26, -0.74), (0.16, -0.48), (-0.16, -0.48))
    fins, nose = subtraction(union(left, right), body), intersection(body, above_line(p, 0.54))
    return body, union(fins, nose), union(disc(p, 0, 0.2, 0.16), nozzle)


def duck(p: Points):
    """Body, tail and head; beak and wing; eye."""
    body = intersection(ellipse(p, -0.08, -0.06, 0.84, 0.78), below(p, -0.06))
    tail = polygon(p, (-0.96, 0.3), (-0.92, -0.1), (-0.3, -0.08))
    head = disc(p, 0.36, 0.4, 0.43)
    beak = subtraction(polygon(p, (0.66, 0.17), (1.06, 0.3), (0.66, 0.54)), head)
    wing = intersection(ellipse(p, -0.2, -0.16, 0.42, 0.38), below(p, -0.16))
    return union(body, tail, head), union(beak, wing), disc(p, 0.46, 0.5, 0.1)


DRAWINGS = (house, tree, car, boat, cup, lamp, umbrella, mushroom, rocket, duck)
KINDS: tuple[str, ...] = tuple(drawing.__name__ for drawing in DRAWINGS)


def bare_disc(p: Points):
    """What stands in for a thing when nothing may tell which way is up."""
    nothing = torch.full_like(p[0], 9)
    return disc(p, 0, 0, 0.75), nothing, nothing
