"""Shapes against geometry known beforehand, and the things made of them."""

import math

import pytest
import torch

from course_utils.data import shapes, toyworld
from course_utils.data.shapes import DRAWINGS, KINDS


def upright(drawing, size=64, angle=0.0, scale=0.45):
    """Distances (3, S, S) of one thing in the middle of the picture."""
    middle = torch.tensor([0.5])
    where = middle, middle, torch.tensor([scale]), torch.tensor([angle])
    return toyworld._distances(drawing, *where, size)[0]


def grid():
    axis = torch.linspace(-2, 2, 81)
    return axis[None, None, :], axis[None, :, None]


def test_distances_agree_with_distances_to_points_sampled_on_the_edge():
    p = grid()
    turn = torch.linspace(0, 2 * math.pi, 4001)
    edge = torch.stack([0.3 + 0.8 * turn.cos(), -0.2 + 0.8 * turn.sin()], 1)
    points = torch.stack([x.expand(1, 81, 81).flatten() for x in p], 1)
    nearest = torch.cdist(points, edge).amin(1).view(1, 81, 81)
    assert torch.allclose(shapes.disc(p, 0.3, -0.2, 0.8).abs(), nearest, atol=2e-3)

    along = torch.linspace(-1, 1, 2001)[:, None]
    sides = [torch.cat([0.9 * along, torch.full_like(along, s * 0.4)], 1) for s in (-1, 1)]
    sides += [torch.cat([torch.full_like(along, s * 0.9), 0.4 * along], 1) for s in (-1, 1)]
    nearest = torch.cdist(points, torch.cat(sides)).amin(1).view(1, 81, 81)
    assert torch.allclose(shapes.box(p, 0, 0, 0.9, 0.4).abs(), nearest, atol=2e-3)

    line = torch.cat([0.7 * along, -0.5 * along], 1)
    nearest = torch.cdist(points, line).amin(1).view(1, 81, 81)
    stroke = shapes.stroke(p, (-0.7, 0.5), (0.7, -0.5), 0.1)
    assert torch.allclose(stroke, nearest - 0.1, atol=2e-3)


def test_polygon_and_ellipse_have_the_known_area():
    axis = (torch.arange(800) + 0.5) / 400 - 1
    p = axis[None, None, :], axis[None, :, None]
    triangle = shapes.polygon(p, (-0.9, -0.5), (0.9, -0.5), (0.2, 0.7))
    assert 4 * (triangle < 0).float().mean() == pytest.approx(0.5 * 1.8 * 1.2, rel=0.01)
    ellipse = shapes.ellipse(p, 0.1, -0.1, 0.8, 0.5)
    assert 4 * (ellipse < 0).float().mean() == pytest.approx(math.pi * 0.8 * 0.5, rel=0.01)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=KINDS)
def test_a_quarter_turn_of_the_angle_is_a_quarter_turn_of_the_picture(drawing):
    turned = upright(drawing, angle=90.0)
    assert torch.allclose(turned, upright(drawing).rot90(1, (1, 2)), atol=1e-5)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=KINDS)
def test_every_thing_shows_three_parts_and_has_an_upright(drawing):
    main, accent, ink = upright(drawing) < 0
    whole = main | accent | ink
    for seen in (main & ~accent & ~ink, accent & ~ink, ink):
        assert seen.sum() > 0.01 * whole.sum()
    for quarters in (1, 2, 3):
        turned = whole.rot90(quarters)
        overlap = (turned & whole).sum() / (turned | whole).sum()
        assert overlap < 0.85, f"{quarters} quarter turns change too little"


def test_a_thing_fits_in_one_scale_each_way():
    for drawing in DRAWINGS:
        rows, columns = (upright(drawing, size=200, scale=0.4).amin(0) < 0).nonzero().T
        for pixels in (rows, columns):
            assert pixels.min() >= 100 - 1.1 * 80 and pixels.max() <= 100 + 1.1 * 80
        assert rows.max() - rows.min() > 80, "a thing is at least one scale high"


def test_the_disc_in_place_of_a_thing_has_no_upright():
    disc = upright(shapes.bare_disc)
    assert torch.allclose(disc, disc.rot90(1, (1, 2)), atol=1e-6)
