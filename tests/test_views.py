"""Each view against torchvision's function of the same name, picture by picture."""

import pytest
import torch
import torchvision.transforms.v2.functional as tv
from torchvision.transforms import InterpolationMode

from course_utils import runtime, views
from tests.oracles import assert_bilingual


@pytest.fixture(scope="module")
def images():
    return torch.rand(6, 3, 20, 20, generator=runtime.generator(0))


def each(oracle, images, *parameters):
    """The oracle called on one picture after the other."""
    return torch.stack([oracle(x, *(p[i] for p in parameters)) for i, x in enumerate(images)])


def test_to_float_and_normalize(images):
    pixels = (images * 255).to(torch.uint8)
    mean, std = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.3, 0.4])
    ours = views.normalize(views.to_float(pixels), mean, std)
    theirs = tv.normalize(
        tv.to_dtype(pixels, torch.float32, scale=True), mean.tolist(), std.tolist()
    )
    torch.testing.assert_close(ours, theirs)
    with pytest.raises(TypeError, match="uint8"):
        views.to_float(images)


def test_channel_statistics(images):
    pixels = (images * 255).to(torch.uint8)
    mean, std = views.channel_statistics(pixels)
    flat = pixels.double().transpose(0, 1).flatten(1) / 255
    torch.testing.assert_close(mean, flat.mean(1).float())
    torch.testing.assert_close(std, flat.std(1, unbiased=False).float())


def test_crop(images):
    top, left = torch.tensor([0, 1, 2, 3, 4, 8]), torch.tensor([8, 0, 3, 5, 2, 1])
    ours = views.crop(images, top, left, 12)
    theirs = each(lambda x, t, c: tv.crop(x, int(t), int(c), 12, 12), images, top, left)
    assert torch.equal(ours, theirs)
    with pytest.raises(ValueError, match="leaves"):
        views.crop(images, top, left + 1, 12)


def test_random_crop_is_a_crop_of_the_reflected_picture(images):
    generator = runtime.generator(3)
    ours = views.random_crop(images, 4, generator)
    top, left = torch.randint(9, (2, 6), generator=runtime.generator(3))
    padded = tv.pad(images, [4], padding_mode="reflect")
    theirs = each(lambda x, t, c: tv.crop(x, int(t), int(c), 20, 20), padded, top, left)
    assert torch.equal(ours, theirs)


def test_flip(images):
    flipped = torch.tensor([True, False, True, False, False, True])
    theirs = each(lambda x, f: tv.horizontal_flip(x) if f else x, images, flipped)
    assert torch.equal(views.flip(images, flipped), theirs)


@pytest.mark.parametrize("size", [20, 32, 7])  # the last one shrinks: antialiasing
def test_resized_crop(images, size):
    top, left = torch.tensor([0, 1, 2, 3, 4, 10]), torch.tensor([8, 0, 3, 5, 2, 1])
    height, width = torch.tensor([20, 3, 12, 17, 1, 9]), torch.tensor([12, 20, 17, 1, 9, 5])
    ours = views.resized_crop(images, top, left, height, width, size)

    def oracle(x, t, c, h, w):
        box = [int(t), int(c), int(h), int(w)]
        return tv.resized_crop(x, *box, [size, size], InterpolationMode.BILINEAR, antialias=True)

    theirs = each(oracle, images, top, left, height, width)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", [(20, 20), (18, 30)])
def test_affine(shape):
    images = torch.rand(5, 3, *shape, generator=runtime.generator(1))
    angle = torch.tensor([0.0, 20, -35, 90, 5])
    translate = torch.tensor([[0.0, 0], [3, -2], [-1, 4], [0, 0], [2, 2]])
    scale = torch.tensor([1.0, 0.7, 1.4, 1, 1.1])
    shear = torch.tensor([[0.0, 0], [0, 0], [10, 0], [0, 0], [5, -12]])
    ours = views.affine(images, angle, translate, scale, shear)

    def oracle(x, a, t, s, sh):
        return tv.affine(x, float(a), t.tolist(), float(s), sh.tolist(), InterpolationMode.BILINEAR)

    theirs = each(oracle, images, angle, translate, scale, shear)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_adjust(images, name):
    factor = torch.tensor([0.0, 0.3, 1.0, 1.7, 2.5, 0.9])
    ours = getattr(views, f"adjust_{name}")(images, factor)
    oracle = getattr(tv, f"adjust_{name}")
    theirs = each(lambda x, f: oracle(x, float(f)), images, factor)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_adjust_hue(images):
    images = images.clone()
    images[0] = 0.5  # gray has no hue
    images[1, :2] = 0.0  # pure blue
    images[2, 0] = images[2, 1]  # ties between channels
    factor = torch.tensor([0.3, 0.5, -0.5, 0.0, 0.1, -0.2])
    theirs = each(lambda x, f: tv.adjust_hue(x, float(f)), images, factor)
    torch.testing.assert_close(views.adjust_hue(images, factor), theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("top", "height"), [(-1, 5), (0, 0), (10, 11)])
def test_resized_crop_refuses_rectangles_outside(images, top, height):
    tops, heights, ones = (torch.full((6,), v) for v in (top, height, 1))
    with pytest.raises(ValueError, match="leaves the 20×20") as error:
        views.resized_crop(images, tops, ones, heights, ones, 8)
    assert_bilingual(str(error.value))


@pytest.mark.parametrize("kernel_size", [0, 4, 41])
def test_blur_refuses_kernels(images, kernel_size):
    with pytest.raises(ValueError, match="odd number") as error:
        views.gaussian_blur(images, torch.ones(6), kernel_size)
    assert_bilingual(str(error.value))


def test_to_gray(images):
    theirs = tv.rgb_to_grayscale(images, num_output_channels=3)
    torch.testing.assert_close(views.to_gray(images), theirs)


def test_gaussian_blur(images):
    sigma = torch.tensor([0.1, 0.5, 1.0, 2.0, 3.0, 0.7])
    theirs = each(lambda x, s: tv.gaussian_blur(x, [5, 5], [float(s)] * 2), images, sigma)
    torch.testing.assert_close(views.gaussian_blur(images, sigma, 5), theirs, atol=1e-5, rtol=0)


RANDOM = {
    "random_crop": lambda x, g: views.random_crop(x, 4, g),
    "random_flip": lambda x, g: views.random_flip(x, g),
    "random_resized_crop": lambda x, g: views.random_resized_crop(x, 20, g),
    "random_affine": lambda x, g: views.random_affine(
        x, g, degrees=20, translate=0.2, scale=(0.7, 1.4)
    ),
    "random_color_jitter": lambda x, g: views.random_color_jitter(
        x, g, brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8
    ),
    "random_gray": lambda x, g: views.random_gray(x, g),
    "random_blur": lambda x, g: views.random_blur(x, g, kernel_size=5),
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_views(name):
    """Same generator, same views; each picture its own draw; the input and global state untouched."""
    one = torch.rand(1, 3, 20, 20, generator=runtime.generator(5))
    images = one.repeat(100, 1, 1, 1)  # 100 equal pictures: what differs afterwards is the draw
    before, state = images.clone(), torch.get_rng_state()
    first = RANDOM[name](images, runtime.generator(1))
    assert torch.equal(first, RANDOM[name](images, runtime.generator(1)))
    assert not torch.equal(first, RANDOM[name](images, runtime.generator(2)))
    assert torch.equal(images, before)
    assert torch.equal(torch.get_rng_state(), state)
    assert first.shape == images.shape
    assert first.min() >= -1e-6
    assert first.max() <= 1 + 1e-6
    distinct = len({x.numpy().tobytes() for x in first})
    assert distinct == 2 if name in ("random_flip", "random_gray") else distinct > 30


def test_probabilities():
    one = torch.rand(1, 3, 8, 8, generator=runtime.generator(5))
    images = one.repeat(4000, 1, 1, 1)
    changed = {
        "flip": views.random_flip(images, runtime.generator(0), p=0.5),
        "gray": views.random_gray(images, runtime.generator(0), p=0.2),
        "jitter": views.random_color_jitter(
            images,
            runtime.generator(0),
            brightness=0.4,
            contrast=0.4,
            saturation=0.4,
            hue=0.1,
            p=0.8,
        ),
        "blur": views.random_blur(images, runtime.generator(0), kernel_size=3, sigma=(1, 2), p=0.5),
    }
    expected = {"flip": 0.5, "gray": 0.2, "jitter": 0.8, "blur": 0.5}
    for name, after in changed.items():
        share = (after != images).flatten(1).any(1).float().mean().item()
        assert abs(share - expected[name]) < 4 * (0.25 / 4000) ** 0.5, name


def test_resized_crop_ranges():
    """Areas and aspect ratios cover what was asked for (large pictures: rounding is small)."""
    images = torch.zeros(2000, 3, 64, 64)
    rows = torch.linspace(0, 1, 64)[:, None].expand(64, 64)
    images[:, 0], images[:, 1] = rows, rows.T
    out = views.random_resized_crop(images, 64, runtime.generator(0))
    span = lambda x: x.amax((1, 2)) - x.amin((1, 2)) + 1 / 64  # noqa: E731
    height, width = span(out[:, 0]), span(out[:, 1])
    area = height * width
    assert 0.07 < area.min() < 0.1
    assert area.max() > 0.95
    small = area < 0.5  # larger ones are clipped to the picture
    aspect = (width / height)[small]
    assert 0.65 < aspect.min() < 0.8
    assert 1.25 < aspect.max() < 1.5


def batches(images, batch_size, seed=1):
    return views.batches(
        images,
        batch_size=batch_size,
        generator=runtime.generator(seed),
        device=torch.device("cpu"),
    )


def test_batches_see_every_picture_once_a_pass():
    """Flat pictures are unchanged by crop and flip, so they can be recognised."""
    images = torch.arange(20, dtype=torch.uint8).view(20, 1, 1, 1).expand(20, 3, 8, 8) * 10
    mean, std = views.channel_statistics(images)
    stream, orders = batches(images, 8), []
    for _ in range(2):
        seen = []
        for size in (8, 8, 4):  # one pass over the pictures
            x, index = next(stream)
            assert x.shape == (size, 3, 8, 8)
            level = (x[:, 0, 3, 3] * std[0] + mean[0]) * 255 / 10
            assert level.round().long().tolist() == index.tolist()
            seen += index.tolist()
        assert sorted(seen) == list(range(20))
        orders.append(seen)
    assert orders[0] != orders[1]


def test_batches_are_augmented_by_shift_and_flip():
    images = torch.randint(256, (1, 3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))
    statistics = views.channel_statistics(images)
    plain = views.normalize(views.to_float(images), *statistics)
    stream, found = batches(images, 1), set()
    for _ in range(200):
        x, _ = next(stream)
        matches = [
            (flipped, down, right)
            for flipped in (False, True)
            for down in range(-2, 3)
            for right in range(-2, 3)
            # the middle of a shifted picture is free of reflected borders
            if torch.equal(
                (x.flip(-1) if flipped else x)[0, :, 4:28, 4:28],
                plain[0, :, 4 + down : 28 + down, 4 + right : 28 + right],
            )
        ]
        assert len(matches) == 1
        found.update(matches)
    assert len(found) > 40  # of 50
