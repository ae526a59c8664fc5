import io
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from course_utils.data.pictures import NotAPictureFolder, read_classes, to_rgb
from tests.oracles import assert_bilingual


def gradient(size=8):
    """RGB ``(size, size, 3)`` uint8 without any symmetry."""
    y, x = np.mgrid[:size, :size]
    return np.stack([20 * x, 20 * y, 10 * (x + y) + 5], axis=2).astype(np.uint8)


def reread(picture, suffix="PNG", **options):
    """Through a file, as a learner's picture would come."""
    file = io.BytesIO()
    picture.save(file, suffix, **options)
    return Image.open(io.BytesIO(file.getvalue()))


def test_rgb_of_the_right_size_keeps_its_pixels():
    picture = reread(Image.fromarray(gradient()))
    assert np.array_equal(to_rgb(picture, 8), gradient().transpose(2, 0, 1))


def test_gray():
    gray = gradient()[:, :, 0]
    out = to_rgb(reread(Image.fromarray(gray)), 8)
    assert np.array_equal(out, np.stack([gray] * 3))


def test_palette():
    few = (gradient() // 64) * 64
    palette = Image.fromarray(few).quantize(64, dither=Image.Dither.NONE)
    assert palette.mode == "P"
    assert np.abs(to_rgb(reread(palette), 8).astype(int) - few.transpose(2, 0, 1)).max() <= 2


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_becomes_white(mode):
    rgba = np.dstack([gradient(), np.full((8, 8), 255, np.uint8)])
    rgba[:4, :, 3] = 0
    picture = Image.fromarray(rgba)
    converted = picture.quantize(64) if mode == "PA" else picture.convert(mode)
    picture = reread(converted)  # "PA": a palette with a transparent entry
    out = to_rgb(picture, 8)
    assert (out[:, :4] == 255).all()
    assert (out[:, 4:] < 250).all()


def test_half_transparent_is_blended():
    rgba = np.dstack([np.zeros((8, 8, 3), np.uint8), np.full((8, 8), 128, np.uint8)])
    assert np.abs(to_rgb(reread(Image.fromarray(rgba)), 8).astype(int) - 127).max() <= 1


def test_16_bit_gray_is_scaled_not_clipped():
    deep = np.linspace(0, 65535, 64).reshape(8, 8).astype(np.uint16)
    picture = reread(Image.fromarray(deep))
    assert picture.mode.startswith("I")
    expected = (deep / 257).round()
    assert np.abs(to_rgb(picture, 8)[0] - expected).max() <= 1


def test_exif_orientation_turns_the_picture_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that row 0 is the right side: turn 90° clockwise
    picture = reread(Image.fromarray(gradient()), exif=exif.tobytes())
    expected = np.rot90(gradient(), -1)
    assert np.array_equal(to_rgb(picture, 8), expected.transpose(2, 0, 1))


def test_cmyk_jpeg():
    picture = reread(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG", quality=95)
    out = to_rgb(picture, 8)
    assert out[0].min() > 200
    assert out[1:].max() < 60


def test_other_sizes_are_cut_to_a_square_and_resized():
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, 30:70] = 255  # the central square
    assert to_rgb(Image.fromarray(wide), 16).mean() > 250
    assert to_rgb(Image.fromarray(gradient(64 // 8 * 2)), 5).shape == (3, 5, 5)


# ------------------------------------------------------------ folders and archives


def content(value=0, size=8):
    file = io.BytesIO()
    picture = gradient(size)
    picture[0, 0] = value  # a mark to recognise the picture by
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def tree(**counts):
    """``train__cat=6`` means six pictures in train/cat."""
    return {
        f"{folder.replace('__', '/')}/{i}.png": content(10 * i)
        for folder, n in counts.items()
        for i in range(n)
    }


def as_folder(path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def as_zip(path, files):
    path = path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"top/{name}", data)
    return path


def as_tar(path, files):
    path = path / "set.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"top/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("make", [as_folder, as_zip, as_tar])
@pytest.mark.parametrize("test_name", ["test", "val", "VALID"])
def test_given_split(tmp_path, make, test_name):
    files = tree(
        train__고양이=3, train__dog=2, **{f"{test_name}__고양이": 1, f"{test_name}__dog": 2}
    )
    x, y, x_test, y_test, classes = read_classes(make(tmp_path, files), 8)
    assert classes == ["dog", "고양이"]
    assert x.shape == (5, 3, 8, 8)
    assert x.dtype == np.uint8
    assert sorted(y.tolist()) == [0, 0, 1, 1, 1]
    assert y.dtype == np.int64
    assert sorted(y_test.tolist()) == [0, 0, 1]
    assert x_test.shape == (3, 3, 8, 8)


def test_own_split_is_a_fifth_of_each_class_and_disjoint(tmp_path):
    path = as_folder(tmp_path, tree(cat=10, dog=5))
    x, y, x_test, y_test, _ = read_classes(path, 8)
    assert np.bincount(y).tolist() == [8, 4]
    assert np.bincount(y_test).tolist() == [2, 1]
    mark = lambda images, labels: set(  # noqa: E731
        zip(images[:, 0, 0, 0].tolist(), labels.tolist(), strict=True)
    )
    train, test = mark(x, y), mark(x_test, y_test)
    assert not train & test
    assert len(train | test) == 15
    again = read_classes(path, 8)
    assert all(np.array_equal(a, b) for a, b in zip(again[:4], (x, y, x_test, y_test), strict=True))


def test_train_folder_without_test_is_split(tmp_path):
    x, _, x_test, _, classes = read_classes(as_folder(tmp_path, tree(train__a=5, train__b=5)), 8)
    assert (len(x), len(x_test), classes) == (8, 2, ["a", "b"])


def test_broken_files_are_named_and_skipped(tmp_path, capsys):
    files = tree(train__a=3, train__b=3, test__a=1, test__b=1)
    files["train/a/broken.png"] = b"not a picture"
    files["train/b/cut.png"] = content()[:60]
    files["train/b/notes.txt"] = b"no picture"
    x, *_ = read_classes(as_folder(tmp_path, files), 8)
    assert len(x) == 6
    out = capsys.readouterr().out
    assert "Skipped 2 files" in out
    assert "train/a/broken.png" in out
    assert "train/b/cut.png" in out
    assert "Files not read: .txt 1" in out


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"1.png": content(), "2.png": content()}, "2 pictures lie outside"),
        (tree(cat=9), "1 class folders"),
        ({"readme.txt": b""}, "0 class folders"),
        (tree(cat=9, dog=4), "dog has 4 readable pictures"),
        (tree(train__a=3, train__b=3, test__c=2), "Classes in test but not in train: c"),
        (tree(train__a=3, test__a=3), "1 class folders"),
    ],
)
def test_folders_that_will_not_do(tmp_path, files, words):
    with pytest.raises(NotAPictureFolder, match=words) as error:
        read_classes(as_folder(tmp_path, files), 8)
    assert_bilingual(str(error.value))


def test_class_named_train_is_a_class(tmp_path):
    *_, classes = read_classes(as_folder(tmp_path, tree(bus=5, train=5, plane=5)), 8)
    assert classes == ["bus", "plane", "train"]


def test_ignored_pictures_are_counted(tmp_path, capsys):
    files = tree(train__a=5, train__b=5, other=3) | {"loose.png": content()}
    read_classes(as_folder(tmp_path, files), 8)
    assert "Not used: 4 pictures" in capsys.readouterr().out


def test_korean_names_of_an_old_windows_zip(tmp_path):
    path = as_zip(tmp_path, tree(고양이=5, 강아지=5))
    names = [n.encode() for n in ("고양이", "강아지")]
    raw = path.read_bytes()
    for name in names:  # rewrite UTF-8 names as cp949 of the same length, and clear the UTF-8 flag
        cp949 = name.decode().encode("cp949")
        raw = raw.replace(name, cp949 + b"_" * (len(name) - len(cp949)))
    raw = raw.replace(b"\x14\x00\x00\x08", b"\x14\x00\x00\x00")
    path.write_bytes(raw)
    *_, classes = read_classes(path, 8)
    assert classes == ["강아지___", "고양이___"]


def test_damaged_member_is_skipped_and_damaged_archive_is_told(tmp_path, capsys):
    path = as_zip(tmp_path, tree(train__a=3, train__b=3, test__a=1, test__b=1))
    raw = bytearray(path.read_bytes())
    start = raw.index(b"top/train/a/0.png") + len(b"top/train/a/0.png")
    raw[start + 40 : start + 60] = b"\0" * 20  # its checksum no longer fits
    path.write_bytes(raw)
    assert len(read_classes(path, 8)[0]) == 5
    assert "top/train/a/0.png" in capsys.readouterr().out
    tar = as_tar(tmp_path, tree(a=9, b=9))
    tar.write_bytes(tar.read_bytes()[:-200])
    with pytest.raises(NotAPictureFolder, match="damaged") as error:
        read_classes(tar, 8)
    assert_bilingual(str(error.value))


def test_too_few_says_how_many_are_needed(tmp_path):
    with pytest.raises(NotAPictureFolder, match=r"at least 5"):
        read_classes(as_folder(tmp_path, tree(cat=9, dog=4)), 8)


def test_path_that_is_nothing(tmp_path):
    (tmp_path / "text.zip").write_text("no archive")
    (tmp_path / "text.txt").write_text("no archive")
    for name, words in (
        ("nowhere", "neither a folder"), ("text.txt", "neither a folder"), ("text.zip", "damaged"),
    ):  # fmt: skip
        with pytest.raises(NotAPictureFolder, match=words) as error:
            read_classes(tmp_path / name, 8)
        assert_bilingual(str(error.value))
