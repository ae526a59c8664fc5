"""Labelled pictures for every lesson: photographs where they can be had, ToyWorld everywhere."""

import os
from pathlib import Path

import torch

from course_utils import runtime
from course_utils.data import pictures, toyworld
from course_utils.data.download import DownloadError
from course_utils.data.files import composed
from course_utils.data.prepared import (
    Photos,
    filename,
    folders,
    prepared,
    prepared_in,
    read_prepared,
)
from course_utils.data.public import DOWNLOADS
from course_utils.lang import both, say

TOYWORLD_TRAIN, TOYWORLD_TEST = 10_000, 2_000


class UnknownDataset(ValueError):
    """The name is no data set and no prepared file of that name was found."""


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
    name = composed(name)
    path = prepared(name, size)
    if path is None and name in DOWNLOADS:
        with runtime.alone_with(runtime.cache_dir() / filename(name, size)):
            path = prepared(name, size) or DOWNLOADS[name](size)
    if path is None:
        there = sorted({p.stem for f in folders() for p in prepared_in(f)})
        known = ", ".join([*DOWNLOADS, "toyworld", "folder:PATH"])
        raise UnknownDataset(
            both(
                ko=f"데이터셋 {name!r}({size}픽셀)가 없습니다. 고를 수 있는 이름: {known}. "
                f"준비된 파일: {', '.join(there) or '없음'}.",
                en=f"No data set {name!r} at {size} px. Names to choose from: {known}. "
                f"Prepared files: {', '.join(there) or 'none'}.",
            )
        )
    return read_prepared(path, name)


def _load_auto(size: int) -> tuple[Photos, Photos]:
    shared = prepared_in(folders()[0]) if os.environ.get("SSL_COURSE_DATA") else []
    fitting = [path for path in shared if path.name.endswith(f"-{size}px.npz")]
    if len(fitting) == 1:  # the one data set that a teacher hands out
        return _load_named(fitting[0].stem.removesuffix(f"-{size}px"), size)
    if shared and not fitting:
        names = ", ".join(path.name for path in shared)
        say(
            ko=f"SSL_COURSE_DATA에는 {size}픽셀 파일이 없습니다({names}). "
            f"`python -m course_utils data prepare --size {size}`로 만들 수 있습니다.",
            en=f"SSL_COURSE_DATA holds no file of {size} px ({names}). Make one with "
            f"`python -m course_utils data prepare --size {size}`.",
        )
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
    ``"auto"``: what ``SSL_COURSE_DATASET`` says, else the only prepared file in
    ``SSL_COURSE_DATA``, else CIFAR-10, else, without a network, ToyWorld. ``size`` is the side in
    pixels (ToyWorld: 16 to 96). Raises ``UnknownDataset``, ``DownloadError``,
    ``NotAPictureFolder``, ``FileNotFoundError`` if ``SSL_COURSE_DATA`` is no folder, and
    ``ValueError`` for a damaged file.
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
        ko=f"데이터: {train.name} — {train.provenance}. 학습 {len(train):,}장, "
        f"테스트 {len(test):,}장, 클래스 {len(train.classes)}개. 다른 데이터로 바꾸려면 "
        "SSL_COURSE_DATASET을 정하세요.",
        en=f"Data: {train.name} — {train.provenance}. {len(train):,} training and "
        f"{len(test):,} test pictures, {len(train.classes)} classes. Set SSL_COURSE_DATASET to "
        "choose another.",
    )
    return train, test
