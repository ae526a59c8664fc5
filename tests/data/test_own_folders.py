"""Folders and archives as people have them: what is taken for a class, what is not read, names of all systems."""

import io
import os
import tarfile
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from course_utils.data import files, photos, prepared
from course_utils.data.files import NotAPictureFolder
from course_utils.data.pictures import read_classes
from tests.data.test_pictures import as_folder, as_tar, as_zip, content, tree
from tests.oracles import assert_bilingual

DECOMPOSED = unicodedata.normalize("NFD", "고양이")


# ------------------------------------------------------------ which folder is the class


@pytest.mark.parametrize("make", [as_folder, as_zip, as_tar])
@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"cats__2023": 3, "cats__2024": 3, "dogs__2023": 3, "dogs__2024": 3}, ["cats", "dogs"]),
        ({"photos__cats__a": 5, "photos__dogs__b__c": 5}, ["cats", "dogs"]),
        ({"cats": 5, "dogs__2023": 5}, ["cats", "dogs"]),
        ({"train__cats__2023": 5, "train__dogs__2024": 5}, ["cats", "dogs"]),
        ({"set__train__cats__x": 2, "set__train__dogs": 2, "set__val__cats": 1, "set__val__dogs__y": 1}, ["cats", "dogs"]),
    ],
)  # fmt: skip
def test_the_topmost_folder_is_the_class(tmp_path, capsys, make, counts, expected):
    *_, classes = read_classes(make(tmp_path, tree(**counts)), 8)
    assert classes == expected
    assert "2 classes: cats, dogs" in capsys.readouterr().out


def test_a_picture_beside_the_classes_is_in_none(tmp_path, capsys):
    counts = {"mine__cats": 5, "mine__dogs": 5}
    folder = as_folder(tmp_path, tree(**counts) | {"mine/cover.png": content()})
    assert read_classes(folder, 8)[4] == ["cats", "dogs"]
    assert "Not used: 1 pictures" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"train__a": 3, "train__b": 3, "test__a": 1, "test__b": 1}, "as the folders are"),
        ({"a": 5, "b": 5}, "A fifth of each"),
        ({"train__a": 5, "train__b": 5}, "A fifth of each"),
    ],
)
def test_the_split_is_said(tmp_path, capsys, counts, words):
    read_classes(as_folder(tmp_path, tree(**counts)), 8)
    assert words in capsys.readouterr().out


# ------------------------------------------------------------ what is not read


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({f"a/{i}.HEIC": b"x" for i in range(20)}, ".heic 20 (photographs of a phone"),
        ({"a/1.nef": b"x", "b/2.CR2": b"x"}, "raw files of a camera"),
        ({"a/inner.zip": b"x"}, ".zip 1 (unpack them first)"),
        ({"a/labels.csv": b"x", "a/2.svg": b"x"}, ".svg 1 (save them as JPEG or PNG)"),
    ],
)
@pytest.mark.parametrize("make", [as_folder, as_zip, as_tar])
def test_files_of_other_kinds_are_counted(tmp_path, capsys, make, others, words):
    path = make(tmp_path, tree(a=5, b=5) | others)
    x, _, x_test, _, _ = read_classes(path, 8)
    assert len(x) + len(x_test) == 10
    assert words in capsys.readouterr().out
    only = tmp_path / "only"
    only.mkdir()
    with pytest.raises(NotAPictureFolder) as error:
        read_classes(make(only, others), 8)
    assert words in str(error.value)
    assert_bilingual(str(error.value))


def test_folders_of_a_zip_may_be_written_with_backslashes(tmp_path):
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in tree(train__고양이=5, train__dog=5).items():
            info = zipfile.ZipInfo("x")
            info.filename = name.replace("/", "\\")
            archive.writestr(info, data)
    assert read_classes(path, 8)[4] == ["dog", "고양이"]


def encrypted(path):
    """The flag alone: nothing here can write an encrypted one."""
    raw = bytearray(as_zip(path, tree(a=5, b=5)).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(mark, at + 1)
    (path / "set.zip").write_bytes(raw)
    return path / "set.zip"


def strangely_packed(path):
    """Method 97 (WavPack), which Python has not."""
    raw = bytearray(as_zip(path, tree(a=5, b=5)).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] = 97
            at = raw.find(mark, at + 1)
    (path / "set.zip").write_bytes(raw)
    return path / "set.zip"


def cut(path):
    zipped = as_zip(path, tree(a=5, b=5))
    zipped.write_bytes(zipped.read_bytes()[:-100])
    return zipped


def seven(path):
    (path / "set.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    return path / "set.7z"


@pytest.mark.parametrize(
    ("make", "words"),
    [(encrypted, "encrypted"), (strangely_packed, "does not know"), (cut, "damaged"), (seven, "does not unpack")],
)  # fmt: skip
def test_an_archive_that_cannot_be_read_says_why(tmp_path, make, words):
    with pytest.raises(NotAPictureFolder, match=words) as error:
        read_classes(make(tmp_path), 8)
    assert_bilingual(str(error.value))


def test_links_are_followed_and_circles_left(tmp_path):
    elsewhere = as_folder(tmp_path / "elsewhere", tree(cat=5))
    here = as_folder(tmp_path / "here", tree(dog=5))
    (here / "cat").symlink_to(elsewhere / "cat")
    (here / "dog" / "again").symlink_to(here)
    (here / "dog" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    x, _, x_test, _, classes = read_classes(here, 8)
    assert classes == ["cat", "dog"]
    assert len(x) + len(x_test) == 10


def test_links_in_a_tar_are_followed(tmp_path):
    path = tmp_path / "set.tar"
    with tarfile.open(path, "w") as archive:
        for name, data in tree(cat=5, dog=4).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target in (("dog/link.png", "../cat/0.png"), ("dog/gone.png", "nothing.png")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    x, _, x_test, _, _ = read_classes(path, 8)
    assert len(x) + len(x_test) == 10  # the fifth dog is the linked picture


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(files, "LARGEST_FILE", 10_000)
    for make in (as_zip, as_tar):
        path = make(tmp_path, tree(a=5, b=5) | {"a/bomb.png": bytes(1_000_000)})
        read_classes(path, 8)
        assert "bomb.png" in capsys.readouterr().out


# ------------------------------------------------------------ names


@pytest.mark.parametrize("make", [as_folder, as_zip, as_tar])
def test_composed_and_decomposed_names_are_one_class(tmp_path, make):
    counts = {"train__고양이": 3, "train__dog": 3, f"test__{DECOMPOSED}": 2, "test__dog": 2}
    *_, classes = read_classes(make(tmp_path, tree(**counts)), 8)
    assert classes == ["dog", "고양이"]


def test_a_class_in_both_forms_is_one(tmp_path):
    folder = as_folder(tmp_path, tree(**{"고양이": 3, DECOMPOSED: 2, "개": 5}))
    x, _, x_test, _, classes = read_classes(folder, 8)
    assert classes == ["개", "고양이"]
    assert len(x) + len(x_test) in (8, 10)  # 8 where a disk takes both forms for one file


@pytest.mark.parametrize("typed", ["고양이 사진", unicodedata.normalize("NFD", "고양이 사진")])
@pytest.mark.parametrize("there", ["NFC", "NFD"])
def test_a_path_is_found_in_either_form(tmp_path, typed, there):
    folder = tmp_path / unicodedata.normalize(there, "고양이 사진") / "속"
    as_folder(folder, tree(a=5, b=5))
    train, _ = photos.load(f"folder:{tmp_path}/{typed}/속", size=8)
    assert train.classes == ("a", "b")
    assert files.as_on_disk(tmp_path / "아직 없음") == tmp_path / "아직 없음"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_prepared_name_is_found_in_either_form(tmp_path, monkeypatch, form):
    source = as_folder(tmp_path / "source", tree(a=5, b=5))
    prepared.prepare(source, name=unicodedata.normalize(form, "고양이"), size=8, folder=tmp_path)
    monkeypatch.setenv("SSL_COURSE_DATA", str(tmp_path))
    for name in ("고양이", DECOMPOSED):
        train, _ = photos.load(name, size=8)
        assert train.name == "고양이"


def test_a_prepared_file_that_a_mac_has_renamed(tmp_path, monkeypatch):
    source = as_folder(tmp_path / "source", tree(a=5, b=5))
    path = prepared.prepare(source, name="고양이", size=8, folder=tmp_path)
    path.rename(path.with_name(unicodedata.normalize("NFD", path.name)))
    monkeypatch.setenv("SSL_COURSE_DATA", str(tmp_path))
    assert photos.load("고양이", size=8)[0].name == "고양이"


# ------------------------------------------------------------ what is ignored


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/1.png", False), ("a/._1.png", True), (".hidden/1.png", True), ("@eaDir/1.png", True),
        ("$RECYCLE.BIN/a/1.png", True), ("__MACOSX/a/1.png", True), ("a/Thumbs.db", True),
        ("../a/1.png", False), ("./a/1.png", False), ("a/desktop.ini", True), ("a.b/1.png", False),
        ("System Volume Information/x", True),
    ],
)  # fmt: skip
def test_one_rule_of_what_is_ignored(name, expected):
    assert files.ignored(name) == expected
    assert files.ignored(PurePosixPath(name)) == expected


LEFT = {name: content() for name in ("@eaDir/a/1.png", "$RECYCLE.BIN/x/1.png", "a/._0.png", ".cache/b/0.png")}  # fmt: skip


@pytest.mark.parametrize("make", [as_folder, as_zip, as_tar])
def test_what_systems_leave_is_no_class_and_not_told(tmp_path, capsys, make):
    x, _, x_test, _, classes = read_classes(make(tmp_path, tree(a=5, b=5) | LEFT), 8)
    assert classes == ["a", "b"] and len(x) + len(x_test) == 10
    assert "not read" not in capsys.readouterr().out


def test_a_mac_on_the_shared_drive_leaves_one_data_set(tmp_path, monkeypatch):
    source = as_folder(tmp_path / "source", tree(a=5, b=5))
    shared = tmp_path / "shared"
    shared.mkdir()
    path = prepared.prepare(source, name="ours", size=8, folder=shared)
    (shared / f"._{path.name}").write_bytes(b"left by a Mac")
    monkeypatch.setenv("SSL_COURSE_DATA", str(shared))
    assert photos.load("auto", size=8)[0].name == "ours"


def test_a_home_folder_may_be_written_short(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    as_folder(tmp_path / "mine", tree(a=5, b=5))
    assert photos.load("folder:~/mine", size=8)[0].classes == ("a", "b")
    assert files.as_on_disk(Path("~/mine")) == Path(os.path.expanduser("~")) / "mine"
