"""Labelled pictures for every lesson: photographs where they can be had, ToyWorld everywhere.

A data set is prepared once into a single file, ``NAME-SIZEpx.npz``, of plain uint8 arrays (no
pickle), which loads in well under a second. Prepared files are looked for in the folder
``SSL_COURSE_DATA`` (a classroom's shared drive), then in the course's cache folder.
"""

import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

from course_utils import runtime
from course_utils.data import pictures, toyworld
from course_utils.data.download import DownloadError, Source, download
from course_utils.lang import both, say

TOYWORLD_TRAIN, TOYWORLD_TEST = 10_000, 2_000
ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")

CIFAR10_CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()
# The fast.ai copy holds the original's pixels as PNG files, in another order. The second source is
# the author's own page; its binary version needs no unpickling.
CIFAR10 = [
    Source(
        "https://s3.amazonaws.com/fast-ai-imageclas/cifar10.tgz",
        "sha256",
        "637c5814e11aefcb6ee76d5f59c67ddc8de7f5b5077502a195b0833d1e3e4441",
    ),
    Source(
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        "md5",
        "c32a1d4ab5d03f1284b67883e8d87530",
    ),
]
IMAGENETTE = [
    Source(
        "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz",
        "md5",
        "e793b78cc4c9e9a4ccc0c1155377a412",
    )
]
IMAGENETTE_CLASSES = {
    "n01440764": "tench",
    "n02102040": "English springer",
    "n02979186": "cassette player",
    "n03000684": "chain saw",
    "n03028079": "church",
    "n03394916": "French horn",
    "n03417042": "garbage truck",
    "n03425413": "gas pump",
    "n03445777": "golf ball",
    "n03888257": "parachute",
}
STL10 = [
    Source(
        torchvision.datasets.STL10.url.replace("http://", "https://"),
        "md5",
        torchvision.datasets.STL10.tgz_md5,
    )
]


class UnknownDataset(ValueError):
    """The name is no data set and no prepared file of that name was found."""


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


# ---------------------------------------------------------------- prepared files


def save(path: Path, arrays: dict[str, np.ndarray], classes: list[str], provenance: str) -> None:
    """Write a prepared file as a whole or not at all.

    ``arrays`` has the keys ``ARRAYS``: uint8 ``(N, 3, S, S)`` and int64 ``(N,)`` for each split.
    """
    about = json.dumps({"classes": list(classes), "provenance": provenance}, ensure_ascii=False)
    with runtime.replacing(path) as beside, beside.open("wb") as file:
        np.savez(file, about=np.array(about), **arrays)


def read(path: Path, name: str) -> tuple[Photos, Photos]:
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

    Raises ``FileNotFoundError`` if ``SSL_COURSE_DATA`` is no folder: a shared drive that is not
    there must not turn into a download by every machine of a class.
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
    return [folder, runtime.cache_dir()]


def prepared(name: str, size: int) -> Path | None:
    """The prepared file of a data set at a size, or None."""
    for folder in folders():
        path = folder / f"{name}-{size}px.npz"
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
    if size < 8 or not name or name in ("auto", "toyworld") or set(name) & set(":/\\"):
        raise ValueError(
            both(
                ko=f"이름 {name!r}, 크기 {size}: 크기는 8 이상으로, 이름은 auto나 toyworld가 아닌 "
                "단순한 이름으로 정하세요.",
                en=f"Name {name!r}, size {size}: use a size of 8 or more and a plain name other "
                "than auto or toyworld.",
            )
        )
    source = Path(source).expanduser()
    *raw, classes = pictures.read_classes(source, size)
    path = (folder or runtime.cache_dir()) / f"{name}-{size}px.npz"
    save(path, dict(zip(ARRAYS, raw, strict=True)), classes, provenance or f"{name}, {source.name}")
    return path


# ---------------------------------------------------------------- public data sets


def _prepare_cifar10(size: int) -> Path:
    archive, source = download(CIFAR10, runtime.cache_dir() / "downloads")
    provenance = f"CIFAR-10 (Krizhevsky, 2009), {source.url}"
    if source is CIFAR10[0]:
        return prepare(archive, name="cifar10", size=size, provenance=provenance)
    arrays = _read_cifar10_binary(archive)
    for split in ("train", "test"):
        arrays[f"{split}_images"] = _resize(
            torch.from_numpy(arrays[f"{split}_images"]), size
        ).numpy()
    path = runtime.cache_dir() / f"cifar10-{size}px.npz"
    save(path, arrays, CIFAR10_CLASSES, provenance)
    return path


def _read_cifar10_binary(archive: Path) -> dict[str, np.ndarray]:
    """The author's binary version: records of one label byte and 3,072 pixel bytes."""
    parts = {"train": [], "test": []}
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            if member.name.endswith(".bin"):
                content = np.frombuffer(tar.extractfile(member).read(), dtype=np.uint8)
                split = "test" if "test_batch" in member.name else "train"
                parts[split].append(content.reshape(-1, 1 + 3 * 32 * 32))
    arrays = {}
    for split, records in parts.items():
        records = np.concatenate(records)
        arrays[f"{split}_images"] = records[:, 1:].reshape(-1, 3, 32, 32)
        arrays[f"{split}_labels"] = records[:, 0].astype(np.int64)
    return arrays


def _prepare_imagenette(size: int) -> Path:
    archive, source = download(IMAGENETTE, runtime.cache_dir() / "downloads")
    *raw, wordnet_ids = pictures.read_classes(archive, size)
    classes = [IMAGENETTE_CLASSES[wordnet_id] for wordnet_id in wordnet_ids]
    path = runtime.cache_dir() / f"imagenette-{size}px.npz"
    save(path, dict(zip(ARRAYS, raw, strict=True)), classes, f"Imagenette, {source.url}")
    return path


def _prepare_stl10(size: int) -> Path:
    downloads = runtime.cache_dir() / "downloads"
    _, source = download(STL10, downloads)
    arrays = {}
    for split in ("train", "test"):
        stl = torchvision.datasets.STL10(downloads, split=split, download=True)  # unpacks it
        arrays[f"{split}_images"] = _resize(torch.from_numpy(stl.data), size).numpy()
        arrays[f"{split}_labels"] = stl.labels.astype(np.int64)
    path = runtime.cache_dir() / f"stl10-{size}px.npz"
    save(path, arrays, stl.classes, f"STL-10 (Coates et al., 2011), labelled part, {source.url}")
    return path


DOWNLOADS: dict[str, Callable[[int], Path]] = {
    "cifar10": _prepare_cifar10,
    "imagenette": _prepare_imagenette,
    "stl10": _prepare_stl10,
}


def _resize(images: torch.Tensor, size: int) -> torch.Tensor:
    """uint8 ``(N, 3, S, S)`` to ``(N, 3, size, size)``, antialiased; unchanged if S is ``size``."""
    if images.shape[-1] == size:
        return images
    return torch.cat(
        [
            F.interpolate(part, size=(size, size), mode="bilinear", antialias=True)
            for part in images.split(1000)
        ]
    )


# ---------------------------------------------------------------- loading


def _load_toyworld(size: int) -> tuple[Photos, Photos]:
    provenance = "ToyWorld, drawn by course_utils.data.toyworld, seed 0"
    splits = []
    for split, n in (("train", TOYWORLD_TRAIN), ("test", TOYWORLD_TEST)):
        world = toyworld.stills(n, size=size, split=split, seed=0)
        kinds = world.factors["kind"]
        splits.append(Photos(world.images, kinds, toyworld.KINDS, "toyworld", provenance))
    return tuple(splits)


def _load_folder(path: Path, size: int) -> tuple[Photos, Photos]:
    *raw, classes = pictures.read_classes(path, size)
    images_and_labels = [torch.from_numpy(x) for x in raw]
    return tuple(
        Photos(images, labels, tuple(classes), f"folder:{path.name}", f"own pictures, {path.name}")
        for images, labels in (images_and_labels[:2], images_and_labels[2:])
    )


def _load_named(name: str, size: int) -> tuple[Photos, Photos]:
    path = prepared(name, size)
    if path is None and name in DOWNLOADS:
        path = DOWNLOADS[name](size)
    if path is None:
        there = sorted({p.stem for f in folders() if f.is_dir() for p in f.glob("*px.npz")})
        known = ", ".join([*DOWNLOADS, "toyworld", "folder:PATH"])
        raise UnknownDataset(
            both(
                ko=f"데이터셋 {name!r}({size}픽셀)가 없습니다. 고를 수 있는 이름: {known}. "
                f"준비된 파일: {', '.join(there) or '없음'}.",
                en=f"No data set {name!r} at {size} px. Names to choose from: {known}. "
                f"Prepared files: {', '.join(there) or 'none'}.",
            )
        )
    return read(path, name)


def _load_auto(size: int) -> tuple[Photos, Photos]:
    shared = (
        sorted(folders()[0].glob(f"*-{size}px.npz")) if os.environ.get("SSL_COURSE_DATA") else []
    )
    if len(shared) == 1:  # the one data set that a teacher hands out
        return _load_named(shared[0].stem.removesuffix(f"-{size}px"), size)
    try:
        return _load_named("cifar10", size)
    except DownloadError:
        say(
            ko="CIFAR-10을 내려받지 못해 이 과정이 직접 그리는 ToyWorld로 진행합니다.",
            en="CIFAR-10 could not be downloaded; going on with ToyWorld, which the course draws.",
        )
        return _load_toyworld(size)


def load(name: str = "auto", *, size: int = 32) -> tuple[Photos, Photos]:
    """Training and test set of a data set, and one line that says which it is.

    ``name``: ``"cifar10"``, ``"imagenette"``, ``"stl10"`` (prepared, else downloaded);
    ``"folder:PATH"`` (class subfolders); ``"toyworld"``; the name of a prepared file; or
    ``"auto"``: what ``SSL_COURSE_DATASET`` says, else the only prepared file in ``SSL_COURSE_DATA``,
    else CIFAR-10, else, without a network, ToyWorld. ``size`` is the side in pixels (ToyWorld: 16
    to 96). Raises ``UnknownDataset``, ``DownloadError``, ``NotAPictureFolder``, ``FileNotFoundError``
    if ``SSL_COURSE_DATA`` is no folder, and ``ValueError`` for a damaged file.
    """
    if name == "auto":
        name = os.environ.get("SSL_COURSE_DATASET") or "auto"
    if name == "auto":
        train, test = _load_auto(size)
    elif name == "toyworld":
        train, test = _load_toyworld(size)
    elif name.startswith("folder:"):
        train, test = _load_folder(Path(name.removeprefix("folder:")).expanduser(), size)
    else:
        train, test = _load_named(name, size)
    say(
        ko=f"데이터: {train.name} — {train.provenance}. 학습 {len(train):,}장, 테스트 {len(test):,}장, "
        f"클래스 {len(train.classes)}개. 다른 데이터로 바꾸려면 SSL_COURSE_DATASET을 정하세요.",
        en=f"Data: {train.name} — {train.provenance}. {len(train):,} training and {len(test):,} test "
        f"pictures, {len(train.classes)} classes. Set SSL_COURSE_DATASET to choose another.",
    )
    return train, test
