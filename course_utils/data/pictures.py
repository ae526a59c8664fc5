"""Picture files to arrays: any size and mode in, RGB uint8 of one size out."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from PIL import Image, ImageOps
from tqdm.auto import tqdm

from course_utils import runtime
from course_utils.data import files
from course_utils.data.files import NotAPictureFolder
from course_utils.data.reader import SUFFIXES, NotAPicture, as_rgb, read_rgb
from course_utils.lang import both, say

_TRAIN, _TEST = ("train", "training"), ("test", "val", "valid", "validation")
# To make a split of its own, a class needs a picture for the test set and four to learn from.
SPLIT_AT_LEAST = 5

Raw = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, list[str]]
_Labelled = tuple[str, np.ndarray]  # class name, picture uint8 (3, S, S)


def to_rgb(picture: Image.Image, size: int) -> np.ndarray:
    """Any picture as RGB uint8 ``(3, size, size)``.

    Made RGB by ``reader.as_rgb``, cut to the central square and resized with antialiasing. A
    picture that has the size already keeps its pixels.
    """
    picture = ImageOps.fit(as_rgb(picture), (size, size), Image.Resampling.BICUBIC)
    return np.asarray(picture).transpose(2, 0, 1)


def _places(names: list[PurePosixPath]) -> list[tuple[str, str] | None]:
    """Split ("train", "test" or "") and class of every file; None for one that has no class.

    The class is the folder right below ``train`` or ``test``, or else the topmost folder; folders
    that hold everything do not count. A folder named ``train`` that holds pictures itself is a
    class like any other.
    """
    given = [_given_split(name.parts[:-1]) for name in names]
    others = [name.parts[:-1] for name, place in zip(names, given, strict=True) if not place]
    depth = _around_everything([folders for folders in others if folders])
    return [
        place or (("", name.parts[depth]) if len(name.parts) > depth + 1 else None)
        for name, place in zip(names, given, strict=True)
    ]


def _around_everything(inside: list[tuple[str, ...]]) -> int:
    """How many folders, from the top, hold all pictures and are not where these lie."""
    depth = 0
    while len({folders[depth] for folders in inside}) == 1 and any(
        len(folders) > depth + 1 for folders in inside
    ):
        depth += 1
        inside = [folders for folders in inside if len(folders) > depth]
    return depth


def _given_split(folders: tuple[str, ...]) -> tuple[str, str] | None:
    for folder, below in pairwise(folders):
        for split, names in (("train", _TRAIN), ("test", _TEST)):
            if folder.lower() in names:
                return split, below
    return None


def read_classes(path: Path, size: int, *, seed: int = 0) -> Raw:
    """Read class subfolders: train images, train labels, test images, test labels, class names.

    ``path`` is a folder, zip or tar with ``train/CLASS/…`` and ``test/CLASS/…`` (or ``val/``), or
    with ``CLASS/…`` alone, of which a fifth becomes the test set (drawn by ``seed``). Images are
    uint8 ``(N, 3, size, size)``, labels int64 ``(N,)``, classes in alphabetical order, their names
    composed (NFC). What was found is said in a line, and what is not read is counted, by kind.
    Raises ``NotAPictureFolder`` (a ``ValueError``) when there are fewer than two classes or too few
    pictures to split, or the archive cannot be read.
    """
    path = files.as_on_disk(path)
    found, left = _decoded(path, size)
    train, test = found["train"], found["test"]
    whole = train or found[""] or test  # no train/ folder: whatever there is gets split
    if not (train and test):
        train, test = _split(path, whole, left, seed)
    classes = _class_names(path, train, test, left)
    ignored = left.loose + (len(found[""]) if found["train"] else 0)
    if ignored:
        say(
            ko=f"클래스 폴더 밖에 있는 이미지 {ignored}장은 쓰지 않습니다.",
            en=f"Not used: {ignored} pictures that lie outside the class folders.",
        )
    _say_classes(classes, given=bool(found["train"] and found["test"]))
    arrays = []
    for part in (train, test):
        arrays.append(np.stack([picture for _, picture in part]))
        arrays.append(np.array([classes.index(label) for label, _ in part], dtype=np.int64))
    return *arrays, classes


def _say_classes(classes: list[str], *, given: bool) -> None:
    """What classes and what split were found, in one line."""
    names = ", ".join(classes[:8]) + (" …" if len(classes) > 8 else "")
    if given:
        split_ko = "train과 test는 폴더에 나뉜 그대로 씁니다."
        split_en = "Split into train and test as the folders are."
    else:
        split_ko = "클래스마다 5분의 1을 테스트용으로 떼어 둡니다."
        split_en = "A fifth of each is set aside as the test set."
    say(
        ko=f"클래스 {len(classes)}개: {names}. {split_ko}",
        en=f"{len(classes)} classes: {names}. {split_en}",
    )


@dataclass
class _Left:
    """What was found and is not read: pictures in no class folder, files of other kinds."""

    loose: int = 0
    others: list[PurePosixPath] = field(default_factory=list)

    def words(self) -> tuple[str, str]:
        """In parentheses, Korean and English; empty if there is nothing."""
        ko, en = [], []
        if self.loose:
            ko.append(f"폴더 밖에 놓인 이미지 {self.loose}장")
            en.append(f"{self.loose} pictures lie outside any")
        if self.others:
            kinds = files.kinds(self.others)
            ko.append(f"읽지 않는 파일: {kinds[0]}")
            en.append(f"files not read: {kinds[1]}")
        return tuple(f"({'; '.join(x)})" if x else "" for x in (ko, en))


def _decoded(path: Path, size: int) -> tuple[dict[str, list[_Labelled]], _Left]:
    """All readable pictures by split (see ``_places``), and what else there is, which is said."""
    found: dict[str, list[_Labelled]] = {"train": [], "test": [], "": []}
    left, broken = _Left(), []
    with files.entries(path) as there:
        pictures = [entry for entry in there if entry.name.suffix.lower() in SUFFIXES]
        left.others = [e.name for e in there if e.name.suffix.lower() not in SUFFIXES]
        places = _places([entry.name for entry in pictures])
        bar = tqdm(pictures, unit=" pictures", desc=path.name, leave=False)
        for entry, place in zip(bar, places, strict=True):
            if place is None:
                left.loose += 1
                continue
            split, label = place
            try:
                found[split].append((label, to_rgb(read_rgb(entry.read()), size)))
            except (NotAPicture, OSError, RuntimeError, *files.DAMAGED):
                broken.append(str(entry.name))
    if left.others:
        ko, en = files.kinds(left.others)
        say(ko=f"읽지 않은 파일: {ko}.", en=f"Files not read: {en}.")
    if broken:
        names = ", ".join(broken[:5]) + (" …" if len(broken) > 5 else "")
        say(
            ko=f"읽을 수 없는 파일 {len(broken)}개를 건너뛰었습니다: {names}",
            en=f"Skipped {len(broken)} files that are not readable pictures: {names}",
        )
    return found, left


def _class_names(
    path: Path, train: list[_Labelled], test: list[_Labelled], left: _Left
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
    _at_least_two(path, classes, left)
    return classes


def _at_least_two(path: Path, classes: list[str], left: _Left) -> None:
    if len(classes) >= 2:
        return
    ko, en = left.words()
    seen_ko = f"클래스 폴더가 {len(classes)}개뿐입니다{ko}"
    seen_en = f"{len(classes)} class folders {en}".rstrip()
    raise NotAPictureFolder(
        both(
            ko=f"{path}: {seen_ko}. 클래스마다 폴더를 하나씩, 두 개 이상 만드세요. "
            "예: 고양이/1.jpg, 개/1.jpg.",
            en=f"{path}: {seen_en}. Make one folder per class, two or more: cats/1.jpg, "
            "dogs/1.jpg.",
        )
    )


def _split(
    path: Path, pictures: list[_Labelled], left: _Left, seed: int
) -> tuple[list[_Labelled], list[_Labelled]]:
    """Put a fifth of every class, drawn by ``seed``, into a test set."""
    classes = sorted({label for label, _ in pictures})
    _at_least_two(path, classes, left)
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
