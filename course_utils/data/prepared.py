"""Prepared files: a data set as plain uint8 arrays in one file, which loads in a tenth of a second.

``NAME-SIZEpx.npz`` holds no pickle. Such files are looked for in the folder ``SSL_COURSE_DATA`` (a
classroom's shared drive), then in the course's cache folder.
"""

import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from course_utils import runtime
from course_utils.data import files, pictures
from course_utils.lang import both

ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")


@dataclass(frozen=True)
class Photos:
    """One split of a data set, in memory.

    ``images`` uint8 ``(N, 3, S, S)``; ``labels`` int64 ``(N,)``; ``classes`` the class names;
    ``name`` such as ``"cifar10"``; ``provenance`` one sentence about where the pixels come from.
    """

    images: torch.Tensor
    labels: torch.Tensor
    classes: tuple[str, ...]
    name: str
    provenance: str

    def __len__(self) -> int:
        return len(self.images)


def save(
    path: Path, arrays: dict[str, np.ndarray], classes: Sequence[str], provenance: str
) -> None:
    """Write a prepared file as a whole or not at all.

    ``arrays`` has the keys ``ARRAYS``: uint8 ``(N, 3, S, S)`` and int64 ``(N,)`` for each split.
    """
    about = json.dumps({"classes": list(classes), "provenance": provenance}, ensure_ascii=False)
    with runtime.replacing(path) as beside, beside.open("wb") as file:
        np.savez(file, about=np.array(about), **arrays)


def read_prepared(path: Path, name: str) -> tuple[Photos, Photos]:
    """Training and test set of a prepared file; raises ``ValueError`` if it is damaged."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            arrays = {k: torch.from_numpy(file[k]) for k in file.files if k != "about"}
            return tuple(
                Photos(
                    arrays[f"{split}_images"],
                    arrays[f"{split}_labels"].long(),
                    tuple(about["classes"]),
                    name,
                    about["provenance"],
                )
                for split in ("train", "test")
            )
    except (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            both(
                ko=f"{path}는 이 과정이 준비한 파일이 아니거나 깨졌습니다({error}). 지우고 "
                "`python -m course_utils data prepare`로 다시 만드세요.",
                en=f"{path} is damaged or was not prepared by this course ({error}). Delete it "
                "and make it again with `python -m course_utils data prepare`.",
            )
        ) from error


def folders() -> list[Path]:
    """Where prepared files are looked for: ``SSL_COURSE_DATA`` if set, then the cache.

    Raises ``FileNotFoundError`` if ``SSL_COURSE_DATA`` is no folder, ``PermissionError`` if it may
    not be read: a shared drive that is not there must not turn into a download by every machine of
    a class.
    """
    shared = os.environ.get("SSL_COURSE_DATA")
    if not shared:
        return [runtime.cache_dir()]
    folder = Path(shared).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(
            both(
                ko=f"SSL_COURSE_DATA={shared} 폴더가 없습니다. 공유 드라이브가 연결되었는지 보고, "
                "경로를 처음부터 끝까지(절대 경로로) 적으세요.",
                en=f"There is no folder SSL_COURSE_DATA={shared}. See that the shared drive is "
                "connected, and give the full (absolute) path.",
            )
        )
    if not os.access(folder, os.R_OK | os.X_OK):
        raise PermissionError(
            both(
                ko=f"SSL_COURSE_DATA={shared} 폴더를 읽을 권한이 없습니다. 폴더의 권한을 확인하세요.",
                en=f"The folder SSL_COURSE_DATA={shared} may not be read. Check its permissions.",
            )
        )
    return [folder, runtime.cache_dir()]


def prepared_in(folder: Path) -> list[Path]:
    """Prepared files of a folder, of any size; none if there is no such folder."""
    found = folder.glob("*px.npz") if folder.is_dir() else ()
    return sorted(path for path in found if not files.ignored(path.name))


def filename(name: str, size: int) -> str:
    """What the prepared file of a data set is called."""
    return f"{files.composed(name)}-{size}px.npz"


def store(
    name: str,
    size: int,
    arrays: dict[str, np.ndarray],
    classes: Sequence[str],
    provenance: str,
    folder: Path | None = None,
) -> Path:
    """``save`` under the name that ``prepared`` looks for, in ``folder`` or the cache; the path."""
    path = (folder or runtime.cache_dir()) / filename(name, size)
    save(path, arrays, classes, provenance)
    return path


def prepared(name: str, size: int) -> Path | None:
    """The prepared file of a data set at a size, or None."""
    for folder in folders():
        path = files.as_on_disk(folder / filename(name, size))
        if path.is_file():
            return path
    return None


def prepare(
    source: Path,
    *,
    name: str,
    size: int = 32,
    provenance: str | None = None,
    folder: Path | None = None,
) -> Path:
    """Make a prepared file from class subfolders (a folder, zip or tar) and return its path.

    ``folder`` defaults to the course's cache; hand the file to a class by putting it where
    ``SSL_COURSE_DATA`` points. Raises ``NotAPictureFolder`` when the source will not do, and
    ``ValueError`` for a size below 8 or a name that could not be loaded again.
    """
    plain = name.strip(". ") and name == name.strip() and not set(name) & set(":/\\")
    if size < 8 or not plain or name in ("auto", "toyworld"):
        raise ValueError(
            both(
                ko=f"이름 {name!r}, 크기 {size}: 크기는 8 이상으로, 이름은 auto나 toyworld가 아닌 "
                "단순한 이름으로 정하세요.",
                en=f"Name {name!r}, size {size}: use a size of 8 or more and a plain name other "
                "than auto or toyworld.",
            )
        )
    source = files.as_on_disk(Path(source))
    *raw, classes = pictures.read_classes(source, size)
    arrays = dict(zip(ARRAYS, raw, strict=True))
    return store(name, size, arrays, classes, provenance or f"{name}, {source.name}", folder)
