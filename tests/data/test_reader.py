"""One reader of pictures for folders, uploads and frames."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.data import reader, video
from course_utils.data.pictures import to_rgb
from course_utils.data.reader import NotAPicture, read_rgb
from course_utils.widgets import labs

SIZE = (12, 10)  # width, height
GRADIENT = np.stack([*np.mgrid[:10, :12] * 20, np.full((10, 12), 90)], axis=2).astype(np.uint8)


def stored(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def transparent():
    rgba = np.dstack([GRADIENT, np.full((10, 12), 255, np.uint8)])
    rgba[:5, :, 3] = 0
    return Image.fromarray(rgba)


def deep():
    return Image.fromarray(np.linspace(0, 65535, 120).reshape(10, 12).astype(np.uint16))


def floats(top):
    values = np.linspace(0, top, 120).reshape(10, 12).astype(np.float32)
    values[0, 0] = np.nan
    return Image.fromarray(values)


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return stored(Image.fromarray(GRADIENT), exif=exif.tobytes())


FILES = {
    "rgb.png": stored(Image.fromarray(GRADIENT)),
    "transparent.png": stored(transparent()),
    "palette.png": stored(transparent().quantize(64)),
    "deep.png": stored(deep()),
    "ones.tif": stored(floats(1), "TIFF"),
    "bytes.tif": stored(floats(255), "TIFF"),
    "many.tif": stored(floats(1e6), "TIFF"),
    "turned.png": turned(),
    "cmyk.jpg": stored(Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG"),
    "gray.gif": stored(Image.fromarray(GRADIENT[:, :, 0]), "GIF"),
    "bit.png": stored(Image.fromarray(GRADIENT[:, :, 0]).convert("1")),
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_three_ways_in_give_one_picture(tmp_path, name):
    """Folder, upload and frame: equal pixels."""
    data = FILES[name]
    rgb = read_rgb(data, name=name)
    assert rgb.mode == "RGB" and rgb.size in (SIZE, SIZE[::-1])
    square = to_rgb(rgb, 8)
    upload = SimpleNamespace(value=({"name": name, "content": memoryview(data)},))
    own = labs._own_picture(upload, 8)
    assert np.abs(own.numpy().astype(int) - square).max() <= 1
    (tmp_path / name).write_bytes(data)
    frame = video.load_clip(tmp_path).frames[0]
    assert torch.equal(frame, torch.from_numpy(np.array(rgb)).permute(2, 0, 1))


@pytest.mark.parametrize("name", ["transparent.png", "palette.png"])
def test_transparency_is_white(name):
    pixels = np.asarray(read_rgb(FILES[name]))
    assert (pixels[:5] == 255).all()
    assert (pixels[5:] < 250).all()


@pytest.mark.parametrize("name", ["deep.png", "ones.tif", "bytes.tif", "many.tif"])
def test_more_than_8_bits_are_scaled(name):
    pixels = np.asarray(read_rgb(FILES[name]))[:, :, 0].ravel()
    expected = np.linspace(0, 255, 120)
    expected[0] = 0  # what is no number is black
    assert np.abs(pixels - expected).max() <= 1


def test_a_dark_picture_stays_dark():
    """Not stretched to white: its range is known."""
    for array in (np.full((4, 4), 6553, np.uint16), np.full((4, 4), 0.1, np.float32)):
        pixels = np.asarray(reader.as_rgb(Image.fromarray(array)))
        assert np.abs(pixels.astype(int) - 25).max() <= 1
    nothing = reader.as_rgb(Image.fromarray(np.full((4, 4), np.nan, np.float32)))
    assert np.asarray(nothing).max() == 0


def test_a_photograph_is_upright():
    pixels = np.asarray(read_rgb(FILES["turned.png"]))
    assert np.array_equal(pixels, np.rot90(GRADIENT, -1))


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"no picture", "a.txt", "not readable"),
        (b"", "", "not readable"),
        (stored(Image.fromarray(GRADIENT))[:60], "cut.png", "not readable"),
        (b"\0\0\0\x18ftypheic", "IMG_1.HEIC", "photographs of a phone"),
        (b"II*\0", "raw.nef", "raw files of a camera"),
    ],
)
def test_what_is_none_says_why(data, name, words):
    with pytest.raises(NotAPicture) as error:
        read_rgb(data, name=name)
    ko, en = error.value.why
    assert words in en and any("가" <= letter <= "힣" for letter in ko)


def test_too_large_is_not_decoded(tmp_path, monkeypatch):
    small = stored(Image.new("1", (3000, 2000)))
    monkeypatch.setattr(reader, "LARGEST", 5_000_000)
    with pytest.raises(NotAPicture, match="million pixels"):
        read_rgb(small)
    monkeypatch.setattr(reader, "LARGEST", 6_000_000)
    assert read_rgb(small).size == (3000, 2000)


def test_a_bomb_is_told_without_a_warning():
    """Pillow itself refuses above twice its limit, and warns above it: neither reaches a reader."""
    bomb = stored(Image.new("1", (20_000, 20_000)))
    with pytest.raises(NotAPicture, match="million pixels"):
        read_rgb(bomb)
