"""Public data sets: where they come from, and how each becomes a prepared file."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.data import pictures
from course_utils.data.download import Source, download
from course_utils.data.prepared import ARRAYS, prepare, store

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
# As torchvision gives them; it is imported only to unpack the archive, since that takes seconds.
STL10 = [
    Source(
        f"{scheme}://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz",
        "md5",
        "91f7769df0f17e558f3565bffb0c7dfb",
    )
    for scheme in ("https", "http")
]


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
    return store("cifar10", size, arrays, CIFAR10_CLASSES, provenance)


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
    arrays = dict(zip(ARRAYS, raw, strict=True))
    return store("imagenette", size, arrays, classes, f"Imagenette, {source.url}")


def _prepare_stl10(size: int) -> Path:
    import torchvision

    downloads = runtime.cache_dir() / "downloads"
    _, source = download(STL10, downloads)
    arrays = {}
    for split in ("train", "test"):
        stl = torchvision.datasets.STL10(downloads, split=split, download=True)  # unpacks it
        arrays[f"{split}_images"] = _resize(torch.from_numpy(stl.data), size).numpy()
        arrays[f"{split}_labels"] = stl.labels.astype(np.int64)
    provenance = f"STL-10 (Coates et al., 2011), labelled part, {source.url}"
    return store("stl10", size, arrays, stl.classes, provenance)


DOWNLOADS: dict[str, Callable[[int], Path]] = {
    "cifar10": _prepare_cifar10,
    "imagenette": _prepare_imagenette,
    "stl10": _prepare_stl10,
}
