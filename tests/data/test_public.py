"""Public data sets, from archives of their form made here."""

import io
import tarfile

import numpy as np
import torchvision
from PIL import Image

from course_utils.data import photos, prepared, public
from course_utils.data.download import Source
from tests.data.test_pictures import tree


def tgz(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_cifar10_from_the_first_source(tmp_path, monkeypatch):
    made = tree(train__cat=3, train__dog=3, test__cat=2, test__dog=1)
    files = {f"cifar10/{name}": data for name, data in made.items()}
    archive = tgz(tmp_path / "cifar10.tgz", files)
    monkeypatch.setattr(public, "download", lambda *_: (archive, public.CIFAR10[0]))
    train, test = photos.load("cifar10")
    assert (len(train), len(test), train.classes) == (6, 3, ("cat", "dog"))
    assert "fast-ai" in train.provenance
    assert prepared.prepared("cifar10", 32) is not None


def test_cifar10_from_the_second_source(tmp_path, monkeypatch):
    """The author's binary format: one label byte, then 3 × 32 × 32 pixel bytes, red first."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(256, size=(6, 3, 32, 32), dtype=np.uint8)
    records = [bytes([i]) + pixels[i].tobytes() for i in range(6)]
    files = {
        "cifar-10-batches-bin/readme.html": b"",
        "cifar-10-batches-bin/data_batch_1.bin": records[0] + records[1],
        "cifar-10-batches-bin/data_batch_2.bin": records[2] + records[3],
        "cifar-10-batches-bin/test_batch.bin": records[4] + records[5],
    }
    archive = tgz(tmp_path / "binary.tgz", files)
    monkeypatch.setattr(public, "download", lambda *_: (archive, public.CIFAR10[1]))
    train, test = photos.load("cifar10")
    assert np.array_equal(train.images.numpy(), pixels[:4])
    assert test.labels.tolist() == [4, 5]
    assert train.classes[6] == "frog"
    small, _ = prepared.read_prepared(public._prepare_cifar10(16), "cifar10")
    for ours, original in zip(small.images.numpy(), pixels, strict=False):
        picture = Image.fromarray(original.transpose(1, 2, 0))
        pillow = picture.resize((16, 16), Image.Resampling.BILINEAR)
        assert np.abs(ours.astype(int) - np.asarray(pillow).transpose(2, 0, 1)).max() <= 1


def test_imagenette(tmp_path, monkeypatch):
    made = tree(train__n01440764=2, train__n02102040=2, val__n01440764=1, val__n02102040=1)
    files = {f"imagenette2-160/{name}": data for name, data in made.items()}
    archive = tgz(tmp_path / "i.tgz", files)
    monkeypatch.setattr(public, "download", lambda *_: (archive, public.IMAGENETTE[0]))
    train, test = photos.load("imagenette", size=16)
    assert (train.images.shape, len(test)) == ((4, 3, 16, 16), 2)
    assert train.classes == ("tench", "English springer")


def test_stl10(tmp_path, monkeypatch):
    """torchvision unpacks and reads the archive; here its result is resized and kept."""

    class Fake:
        classes = ("airplane", "bird")

        def __init__(self, root, split, download):
            n = {"train": 5, "test": 3}[split]
            self.data = np.full((n, 3, 96, 96), 7 * n, np.uint8)
            self.labels = np.arange(n) % 2

    monkeypatch.setattr(public, "download", lambda *_: (tmp_path, public.STL10[0]))
    monkeypatch.setattr(torchvision.datasets, "STL10", Fake)
    train, test = photos.load("stl10", size=48)
    assert (train.images.shape, test.images.shape) == ((5, 3, 48, 48), (3, 3, 48, 48))
    assert (train.images == 35).all()


def test_stl10_is_torchvisions():
    own = torchvision.datasets.STL10
    assert {source.digest for source in public.STL10} == {own.tgz_md5}
    assert public.STL10[1].url == own.url


def test_published_hashes_have_the_right_form():
    for source in public.CIFAR10 + public.IMAGENETTE + public.STL10:
        assert isinstance(source, Source)
        assert source.url.startswith("https://" if source is not public.STL10[1] else "http://")
        assert len(source.digest) == {"md5": 32, "sha256": 64}[source.algorithm]
