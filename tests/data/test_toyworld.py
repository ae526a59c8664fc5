import math
from pathlib import Path

import numpy as np
import pytest
import skimage
import torch
from PIL import Image

from course_utils.data import toyworld
from course_utils.data.toyworld import KINDS, PHOTOGRAPHS, stills

CONTINUOUS = {
    "x": (0.28, 0.72),
    "y": (0.28, 0.72),
    "scale": (0.20, 0.36),
    "angle": (-20, 20),
    "hue": (0, 1),
    "value": (0.3, 1),
    "accent_hue": (0, 1),
    "accent_value": (0.3, 1),
    "light": (0, 360),
    "tint": (0, 1),
    "crop": (0.35, 0.8),
    "crop_x": (0, 1),
    "crop_y": (0, 1),
}
DISCRETE = {"kind": 10, "background": len(PHOTOGRAPHS["train"]), "background_turn": 4}


@pytest.fixture(scope="module")
def world():
    return stills(4000, size=32, seed=5)


@pytest.mark.parametrize("size", [16, 33, 96])
def test_shapes_and_types(size):
    world = stills(12, size=size)
    assert world.images.shape == (12, 3, size, size) and world.images.dtype == torch.uint8
    assert world.masks.shape == (12, size, size) and world.masks.dtype == torch.bool
    assert set(world.factors) == set(CONTINUOUS) | set(DISCRETE)
    for name, values in world.factors.items():
        expected = torch.int64 if name in DISCRETE else torch.float32
        assert values.shape == (12,) and values.dtype == expected, name
    assert stills(1, size=size).images.shape == (1, 3, size, size)


def test_a_seed_makes_the_same_world_at_every_size():
    small, large = stills(40, size=24, seed=4), stills(40, size=96, seed=4)
    for name, values in small.factors.items():
        assert torch.equal(values, large.factors[name]), name
    shrunk = torch.nn.functional.avg_pool2d(large.images.float(), 4)
    other = shrunk.roll(1, 0)
    error = (shrunk - small.images).abs().mean()
    assert error < 10 and error < 0.2 * (other - small.images).abs().mean()


def test_same_seed_same_bytes_other_seed_other_bytes():
    first, again, other = stills(600, seed=7), stills(600, seed=7), stills(600, seed=8)
    assert torch.equal(first.images, again.images) and torch.equal(first.masks, again.masks)
    assert all(torch.equal(first.factors[name], again.factors[name]) for name in first.factors)
    elsewhere = stills(600, seed=7, split="test")
    for different in (other, elsewhere):
        assert (first.images != different.images).flatten(1).any(1).all()
        assert not torch.equal(first.factors["kind"], different.factors["kind"])
        assert not torch.equal(first.factors["x"], different.factors["x"])


def test_the_global_random_numbers_are_left_alone():
    before = torch.get_rng_state()
    stills(20)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(1)
    one = stills(20).images
    torch.manual_seed(2)
    assert torch.equal(one, stills(20).images)


def test_train_and_test_open_no_photograph_in_common(monkeypatch):
    opened = []
    real_open = Image.open
    monkeypatch.setattr(Image, "open", lambda path: opened.append(path.name) or real_open(path))
    names = {}
    for split in ("train", "test"):
        toyworld._photographs.cache_clear()
        opened.clear()
        stills(30, split=split)
        names[split] = set(opened)
    assert names["train"] and names["test"] and not names["train"] & names["test"]
    # The two pictures of one stereo pair count as one photograph.
    pair = {"motorcycle_left.png", "motorcycle_right.png"}
    assert not (names["train"] & pair and names["test"] & pair)


def test_no_photograph_is_a_copy_of_another():
    views = []
    for split in ("train", "test"):
        for photograph in toyworld._photographs(split, 32):
            view = torch.nn.functional.adaptive_avg_pool2d(photograph.mean(1), 8).flatten()
            views.append((view - view.mean()) / view.std())
    likeness = torch.corrcoef(torch.stack(views)) - 2 * torch.eye(len(views))
    assert len(views) == sum(map(len, PHOTOGRAPHS.values())) and likeness.max() < 0.95


@pytest.mark.parametrize("n", [9, 10, 4003])
def test_kinds_are_balanced(n):
    kind = stills(n, size=16).factors["kind"]
    counts = torch.bincount(kind, minlength=10)
    assert counts.sum() == n and counts.max() - counts.min() <= 1
    if n > 1000:
        following = ((kind[1:] - kind[:-1]) % 10 == 1).float().mean()
        assert 0.07 < following < 0.13, "kinds are not shuffled"


def test_factors_fill_their_ranges(world):
    for name, (low, high) in CONTINUOUS.items():
        values = (world.factors[name] - low) / (high - low)
        counts = torch.histc(values, 10, 0, 1)
        assert counts.sum() == 4000, f"{name} leaves its range"
        # Chi-square with 9 degrees of freedom: above 40 about once in 100,000.
        assert ((counts - 400) ** 2 / 400).sum() < 40, f"{name} is not spread evenly"
    for name, levels in DISCRETE.items():
        counts = torch.bincount(world.factors[name], minlength=levels).float()
        expected = 4000 / levels
        assert len(counts) == levels and ((counts - expected) ** 2 / expected).sum() < 45, name


def test_factors_are_independent(world):
    # Ten equal classes of each factor, and for every pair the chi-square of the 10 x 10 table.
    classes = {}
    for name, (low, high) in CONTINUOUS.items():
        classes[name] = ((world.factors[name] - low) / (high - low) * 10).long().clamp(0, 9)
    classes |= {name: world.factors[name] for name in DISCRETE}
    names = sorted(classes)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            table = torch.bincount(classes[one] * 10 + classes[other], minlength=100).view(10, 10)
            table = table[table.sum(1) > 0][:, table.sum(0) > 0].double()
            expected = table.sum(1, keepdim=True) * table.sum(0) / table.sum()
            chi2 = ((table - expected) ** 2 / expected).sum().item()
            freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
            # Five standard deviations above the mean, for 120 pairs.
            assert chi2 < freedom + 5 * math.sqrt(2 * freedom), f"{one} tells of {other}"


def test_masks_are_where_erasing_the_thing_changes_the_picture(world):
    empty = stills(4000, size=32, seed=5, things="none")
    assert not empty.masks.any()
    assert all(torch.equal(world.factors[name], empty.factors[name]) for name in world.factors)
    difference = (world.images.int() - empty.images.int()).abs().amax(1)
    changed = difference > 0
    assert changed[world.masks].float().mean() > 0.98
    # The rim is one pixel wide; beside parts thinner than a pixel, and at sharp tips, two.
    for width, most in ((1, 0.005), (2, 0.0005)):
        near = torch.nn.functional.max_pool2d(
            world.masks.float()[:, None], 2 * width + 1, 1, padding=width
        )[:, 0]
        beyond = changed & (near == 0)
        assert beyond.sum() < most * changed.sum()
    assert difference[beyond].max() < 25
    share = world.masks.float().mean((1, 2))
    assert share.min() > 0.03 and share.max() < 0.4


def test_the_mask_lies_where_the_position_and_scale_say(world):
    pixel = (torch.arange(32) + 0.5) / 32
    masks = world.masks.float()
    total = masks.sum((1, 2))
    for name, axis in (("x", 1), ("y", 2)):
        centroid = (masks.sum(axis) * pixel).sum(1) / total
        off = centroid - world.factors[name]
        assert off.abs().max() < 0.12 and off.mean().abs() < 0.02
        assert torch.corrcoef(torch.stack([centroid, world.factors[name]]))[0, 1] > 0.9
    for kind in range(10):
        mine = world.factors["kind"] == kind
        area = torch.stack([total[mine].sqrt(), world.factors["scale"][mine]])
        assert torch.corrcoef(area)[0, 1] > 0.9, KINDS[kind]


def test_the_main_part_has_the_hue_it_says(world):
    # House walls just right of the middle of the thing's lower edge hold no other part.
    f = world.factors
    mine = (f["kind"] == KINDS.index("house")).nonzero()[:, 0]
    u, v, angle, scale = 0.0, -0.45, torch.deg2rad(f["angle"][mine]), f["scale"][mine]
    column = ((f["x"][mine] + scale * (u * angle.cos() - v * angle.sin())) * 32).long()
    row = ((f["y"][mine] - scale * (u * angle.sin() + v * angle.cos())) * 32).long()
    red, green, blue = world.images[mine, :, row, column].float().unbind(1)
    seen = torch.atan2(math.sqrt(3) * (green - blue), 2 * red - green - blue)
    away = (torch.exp(1j * (seen - 2 * math.pi * f["hue"][mine]))).angle().abs()
    assert away.median() < math.radians(10) and away.quantile(0.9) < math.radians(30)


# What may and what may not tell which way is up.


def brightness_gradient(world, masks):
    """Direction (N,) in radians, from the right and counter-clockwise, in which things brighten."""
    gray = world.images.float().mean(1)
    pixel = torch.arange(gray.shape[-1]).float()
    weights = masks.float() / masks.sum((1, 2), keepdim=True)
    right = pixel[None, None, :] - (weights * pixel).sum((1, 2), keepdim=True)
    up = (weights * pixel[:, None]).sum((1, 2), keepdim=True) - pixel[None, :, None]
    return torch.atan2((weights * gray * up).sum((1, 2)), (weights * gray * right).sum((1, 2)))


def test_light_comes_from_where_the_factor_says_and_from_everywhere():
    world = stills(1500, seed=3, things="discs")
    light = torch.deg2rad(world.factors["light"])
    seen = brightness_gradient(world, world.masks)
    assert torch.cos(seen - light).mean() > 0.95
    assert torch.exp(1j * seen).mean().abs() < 0.1, "discs brighten more one way than another"


def test_the_planted_sun_is_above():
    world = stills(300, seed=3, things="discs", sun="above")
    assert torch.equal(world.factors["light"], torch.full((300,), 90.0))
    assert torch.sin(brightness_gradient(world, world.masks)).mean() > 0.95
    random = stills(300, seed=3, things="discs")
    assert torch.equal(world.masks, random.masks)
    assert torch.equal(world.factors["hue"], random.factors["hue"])


def test_backgrounds_have_no_up():
    world = stills(6000, size=16, seed=9, things="none")
    edge = torch.stack(
        [
            world.images.float().mean(1).rot90(quarters, (1, 2))[:, 0].mean(1)
            for quarters in range(4)
        ]
    )
    spread = (edge - edge.mean(0)).std() / math.sqrt(6000)
    assert (edge.mean(1) - edge.mean()).abs().max() < 5 * spread


def test_the_turn_of_a_background_is_a_quarter_turn(monkeypatch):
    turned = stills(60, seed=2, things="none")
    draw = toyworld._draw_factors

    def unturned(*args):
        factors = draw(*args)
        factors["background_turn"] = torch.zeros_like(factors["background_turn"])
        return factors

    monkeypatch.setattr(toyworld, "_draw_factors", unturned)
    straight = stills(60, seed=2, things="none")
    for one, other, turn in zip(
        turned.images, straight.images, turned.factors["background_turn"].tolist(), strict=True
    ):
        assert torch.equal(one, other.rot90(turn, (1, 2)))


def test_the_background_is_the_crop_the_factors_name():
    world = stills(60, seed=6, things="none")
    folder = Path(skimage.__file__).parent / "data"
    for row in range(60):
        f = {name: values[row].item() for name, values in world.factors.items()}
        photograph = Image.open(folder / PHOTOGRAPHS["train"][f["background"]]).convert("L")
        side = f["crop"] * min(photograph.size)
        left, top = (
            f[name] * (length - side)
            for name, length in zip(("crop_x", "crop_y"), photograph.size, strict=True)
        )
        box = left, top, left + side, top + side
        expected = np.asarray(photograph.resize((32, 32), Image.Resampling.BOX, box)).astype(float)
        seen = np.rot90(world.images[row].float().mean(0).numpy(), -f["background_turn"])
        if expected.std() > 8:  # flat pieces of the moon have nothing to compare
            assert np.corrcoef(expected.ravel(), seen.ravel())[0, 1] > 0.75, f


@pytest.mark.parametrize(
    ("arguments", "korean", "english"),
    [
        ({"n": 0}, "1 이상", "1 picture or more"),
        ({"size": 15}, "16 이상 96 이하", "from 16 to 96"),
        ({"size": 97}, "16 이상 96 이하", "from 16 to 96"),
        ({"split": "val"}, "골라 주세요: train, test", "choose one of: train, test"),
        ({"sun": "below"}, "골라 주세요: random, above", "choose one of: random, above"),
        ({"things": "cats"}, "골라 주세요: kinds", "choose one of: kinds, none, discs"),
    ],
)
def test_bad_arguments_say_in_two_languages_what_to_do(arguments, korean, english):
    with pytest.raises(ValueError) as error:
        stills(**{"n": 5, **arguments})
    assert korean in str(error.value) and english in str(error.value)
