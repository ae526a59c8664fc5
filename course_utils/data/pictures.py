"""Picture files to arrays: any size and mode in, RGB uint8 of one size out."""

import contextlib
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from PIL import Image, ImageOps
from tqdm.auto import tqdm

from course_utils import runtime
from course_utils.lang import both, say

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"}
_TRAIN, _TEST = ("train", "training"), ("test", "val", "valid", "validation")
# To make a split of its own, a class needs a picture for the test set and four to learn from.
SPLIT_AT_LEAST = 5

Raw = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, list[str]]
_Labelled = tuple[str, np.ndarray]  # class name, picture uint8 (3, S, S)


class NotAPictureFolder(ValueError):
    """The folder or archive does not hold class subfolders with enough pictures."""


def to_rgb(picture: Image.Image, size: int) -> np.ndarray:
    """Any picture as RGB uint8 ``(3, size, size)``.

    Turned upright by its EXIF tag; transparency put on white; 16-bit gray scaled to 8 bits, not
    clipped; cut to the central square and resized with antialiasing. A picture that has the size
    already keeps its pixels.
    """
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        gray = np.asarray(picture, dtype=np.float64)
        top = 65535 if picture.mode.startswith("I") else max(gray.max(), 1e-12)
        picture = Image.fromarray(np.clip(gray / top * 255, 0, 255).round().astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    picture = ImageOps.fit(picture.convert("RGB"), (size, size), Image.Resampling.BICUBIC)
    return np.asarray(picture).transpose(2, 0, 1)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """A member's name; old Windows tools write Korean names in cp949 and do not say so."""
    if not info.flag_bits & 0x800:  # not marked as UTF-8: zipfile took it for cp437
        for encoding in ("utf-8", "cp949"):
            with contextlib.suppress(UnicodeError):
                return info.filename.encode("cp437").decode(encoding)
    return info.filename


def _files(path: Path) -> Iterator[tuple[PurePosixPath, Callable[[], bytes]]]:
    """Every picture file below a folder, or inside a zip or tar archive, and how to read it."""
    wanted = lambda name: (  # noqa: E731
        PurePosixPath(name).suffix.lower() in SUFFIXES
        and not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)
    )
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            name = file.relative_to(path).as_posix()
            if wanted(name) and file.is_file():
                yield PurePosixPath(name), file.read_bytes
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for info in sorted(archive.infolist(), key=_zip_name):
                if wanted(_zip_name(info)) and not info.is_dir():
                    yield PurePosixPath(_zip_name(info)), partial(archive.read, info)
    elif path.is_file() and tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            for member in archive:
                if wanted(member.name) and member.isfile():
                    yield PurePosixPath(member.name), archive.extractfile(member).read
    else:
        raise NotAPictureFolder(
            both(
                ko=f"{path.absolute()}: 폴더도 zip이나 tar 파일도 아닙니다. "
                "경로를 절대 경로로 적으세요.",
                en=f"{path.absolute()}: neither a folder nor a zip or tar file. "
                "Give the full path.",
            )
        )


def _place(name: PurePosixPath) -> tuple[str, str] | None:
    """Split ("train", "test" or "") and class of a file, from its folders; None if it has none.

    A folder named ``train`` that holds pictures itself is a class like any other.
    """
    folders = name.parts[:-1]
    for folder, below in pairwise(folders):
        for split, names in (("train", _TRAIN), ("test", _TEST)):
            if folder.lower() in names:
                return split, below
    return ("", folders[-1]) if folders else None


def read_classes(path: Path, size: int, *, seed: int = 0) -> Raw:
    """Read class subfolders: train images, train labels, test images, test labels, class names.

    ``path`` is a folder, zip or tar with ``train/CLASS/…`` and ``test/CLASS/…`` (or ``val/``), or
    with ``CLASS/…`` alone, of which a fifth becomes the test set (drawn by ``seed``). Images are
    uint8 ``(N, 3, size, size)``, labels int64 ``(N,)``, classes in alphabetical order. A file that
    is no readable picture is named and skipped. Raises ``NotAPictureFolder`` (a ``ValueError``)
    when there are fewer than two classes or too few pictures to split, or the archive is damaged.
    """
    found, loose = _decoded(path, size)
    ignored = loose + (len(found[""]) if found["train"] else 0)
    if ignored:
        say(
            ko=f"클래스 폴더 밖에 있는 이미지 {ignored}장은 쓰지 않습니다.",
            en=f"Not used: {ignored} pictures that lie outside the class folders.",
        )
    train, test = found["train"], found["test"]
    if not train:  # no train/ folder: whatever there is gets split
        train, test = _split(path, found[""] or test, loose, seed)
    elif not test:
        train, test = _split(path, train, loose, seed)
    classes = _class_names(path, train, test, loose)
    arrays = []
    for part in (train, test):
        arrays.append(np.stack([picture for _, picture in part]))
        arrays.append(np.array([classes.index(label) for label, _ in part], dtype=np.int64))
    return *arrays, classes


def _decoded(path: Path, size: int) -> tuple[dict[str, list[_Labelled]], int]:
    """All readable pictures by split (see ``_place``), and how many files lie in no folder.

    Says which files are no readable pictures.
    """
    found: dict[str, list[_Labelled]] = {"train": [], "test": [], "": []}
    broken, loose = [], 0
    try:
        for name, read in tqdm(_files(path), unit=" pictures", desc=path.name, leave=False):
            place = _place(name)
            if place is None:
                loose += 1
                continue
            split, label = place
            try:
                with Image.open(io.BytesIO(read())) as picture:
                    found[split].append((label, to_rgb(picture, size)))
            except Exception:  # decoders raise nearly anything on damaged bytes
                broken.append(str(name))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise NotAPictureFolder(
            both(
                ko=f"{path}: 압축 파일이 깨졌거나 끝까지 복사되지 않았습니다({error}). 다시 받으세요.",
                en=f"{path}: the archive is damaged or not fully copied ({error}). Fetch it again.",
            )
        ) from error
    if broken:
        names = ", ".join(broken[:5]) + (" …" if len(broken) > 5 else "")
        say(
            ko=f"읽을 수 없는 파일 {len(broken)}개를 건너뛰었습니다: {names}",
            en=f"Skipped {len(broken)} files that are not readable pictures: {names}",
        )
    return found, loose


def _class_names(
    path: Path, train: list[_Labelled], test: list[_Labelled], loose: int
) -> list[str]:
    """The classes of the training set; raises if the test set has others, or there is only one."""
    classes = sorted({label for label, _ in train})
    strange = sorted({label for label, _ in test} - set(classes))
    if strange:
        raise NotAPictureFolder(
            both(
                ko=f"test에만 있고 train에는 없는 클래스가 있습니다: {', '.join(strange)}. "
                "두 폴더의 클래스 이름을 맞추세요.",
                en=f"Classes in test but not in train: {', '.join(strange)}. "
                "Give both folders the same class names.",
            )
        )
    _at_least_two(path, classes, loose)
    return classes


def _at_least_two(path: Path, classes: list[str], loose: int) -> None:
    if len(classes) >= 2:
        return
    seen_ko = f"클래스 폴더가 {len(classes)}개뿐입니다"
    seen_en = f"{len(classes)} class folders"
    if loose:
        seen_ko += f"(폴더 밖에 놓인 이미지 {loose}장)"
        seen_en += f" ({loose} pictures lie outside any)"
    raise NotAPictureFolder(
        both(
            ko=f"{path}: {seen_ko}. 클래스마다 폴더를 하나씩, 두 개 이상 만드세요. "
            "예: 고양이/1.jpg, 개/1.jpg.",
            en=f"{path}: {seen_en}. Make one folder per class, two or more: cats/1.jpg, "
            "dogs/1.jpg.",
        )
    )


def _split(
    path: Path, pictures: list[_Labelled], loose: int, seed: int
) -> tuple[list[_Labelled], list[_Labelled]]:
    """Put a fifth of every class, drawn by ``seed``, into a test set."""
    classes = sorted({label for label, _ in pictures})
    _at_least_two(path, classes, loose)
    generator = runtime.generator(seed)
    train, test = [], []
    for label in classes:
        mine = [p for p in pictures if p[0] == label]
        if len(mine) < SPLIT_AT_LEAST:
            raise NotAPictureFolder(
                both(
                    ko=f"{path}: 클래스 {label}에 읽을 수 있는 이미지가 {len(mine)}장뿐입니다. "
                    f"학습용과 테스트용으로 나누려면 클래스마다 {SPLIT_AT_LEAST}장 이상 필요합니다.",
                    en=f"{path}: class {label} has {len(mine)} readable pictures. To split them "
                    f"into training and test, each class needs at least {SPLIT_AT_LEAST}.",
                )
            )
        order = torch.randperm(len(mine), generator=generator).tolist()
        held = max(1, len(mine) // 5)
        test += [mine[i] for i in order[:held]]
        train += [mine[i] for i in order[held:]]
    return train, test
