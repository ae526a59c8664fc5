import io
import tarfile

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import runtime
from course_utils.__main__ import main
from course_utils.data import photos, prepared, public
from course_utils.data.download import DownloadError, Source
from tests.data.test_pictures import as_folder, as_zip, tree
from tests.oracles import assert_bilingual


def arrays(n=6, size=32, seed=0):
    rng = np.random.default_rng(seed)
    picture = lambda m: rng.integers(256, size=(m, 3, size, size), dtype=np.uint8)  # noqa: E731
    return {
        "train_images": picture(n),
        "train_labels": np.arange(n) % 2,
        "test_images": picture(4),
        "test_labels": np.arange(4) % 2,
    }


def put(folder, name="cifar10", size=32, provenance="made up", **options):
    given = arrays(size=size, **options)
    prepared.save(folder / f"{name}-{size}px.npz", given, ["개", "cat"], provenance)
    return given


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_):
        raise DownloadError("no network here")

    monkeypatch.setattr(public, "download", refuse)


def test_prepared_file_comes_back_whole(capsys):
    given = put(runtime.cache_dir())
    train, test = photos.load("cifar10")
    assert torch.equal(train.images, torch.from_numpy(given["train_images"]))
    assert torch.equal(test.labels, torch.from_numpy(given["test_labels"]))
    assert train.images.dtype == torch.uint8
    assert train.labels.dtype == torch.int64
    assert train.classes == ("개", "cat")
    assert (train.name, train.provenance, len(train)) == ("cifar10", "made up", 6)
    out = capsys.readouterr().out
    assert "cifar10" in out
    assert "SSL_COURSE_DATASET" in out


def test_no_pickle_in_the_file_and_none_is_read(tmp_path):
    path = tmp_path / "x-32px.npz"
    prepared.save(path, arrays(), ["a", "b"], "p")
    np.load(path, allow_pickle=False)["about"]
    evil = np.array([{"code": 1}], dtype=object)
    np.savez(tmp_path / "evil.npz", about=evil, **arrays())
    with pytest.raises(ValueError, match="damaged") as error:
        prepared.read(tmp_path / "evil.npz", "evil")
    assert_bilingual(str(error.value))


def test_damaged_file_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_COURSE_DATA", str(tmp_path))
    for content in (b"PK\x03\x04 cut off", b""):
        (tmp_path / "mine-32px.npz").write_bytes(content)
        with pytest.raises(ValueError, match="damaged"):
            photos.load("mine")


def test_classroom_folder_comes_before_the_cache(tmp_path, monkeypatch):
    put(runtime.cache_dir(), provenance="mine")
    put(tmp_path / "공유 폴더", provenance="the class's")
    monkeypatch.setenv("SSL_COURSE_DATA", str(tmp_path / "공유 폴더"))
    assert photos.load("auto")[0].provenance == "the class's"


def test_shared_drive_that_is_not_there(monkeypatch, no_network):
    put(runtime.cache_dir())
    monkeypatch.setenv("SSL_COURSE_DATA", "no/such/drive")
    with pytest.raises(FileNotFoundError, match="no/such/drive") as error:
        photos.load("cifar10")
    assert_bilingual(str(error.value))


def test_the_only_file_on_the_shared_drive_is_taken(tmp_path, monkeypatch, no_network):
    put(tmp_path, name="school")
    put(runtime.cache_dir())
    monkeypatch.setenv("SSL_COURSE_DATA", str(tmp_path))
    assert photos.load()[0].name == "school"
    put(tmp_path, name="second")  # now it takes a name to choose
    assert photos.load()[0].name == "cifar10"


@pytest.mark.parametrize(
    "options", [{"size": 0}, {"name": "toyworld"}, {"name": "a/b"}, {"name": ""}]
)
def test_prepare_refuses_names_and_sizes_that_cannot_be_loaded(tmp_path, options):
    source = as_folder(tmp_path / "in", tree(cat=6, dog=6))
    with pytest.raises(ValueError, match="plain name") as error:
        prepared.prepare(source, **({"name": "mine", "size": 8} | options))
    assert_bilingual(str(error.value))


def test_auto_follows_the_environment(monkeypatch, no_network):
    put(runtime.cache_dir(), name="school")
    monkeypatch.setenv("SSL_COURSE_DATASET", "school")
    assert photos.load()[0].name == "school"


def test_auto_without_network_is_toyworld(monkeypatch, capsys, no_network):
    monkeypatch.setattr(photos, "TOYWORLD_TRAIN", 40)
    monkeypatch.setattr(photos, "TOYWORLD_TEST", 20)
    train, test = photos.load()
    assert (train.name, len(train), len(test), len(train.classes)) == ("toyworld", 40, 20, 10)
    assert "going on with ToyWorld" in capsys.readouterr().out


def test_explicit_name_without_network_is_an_error(no_network):
    with pytest.raises(DownloadError):
        photos.load("cifar10")


def test_unknown_name_lists_what_there_is():
    put(runtime.cache_dir(), name="school")
    with pytest.raises(photos.UnknownDataset, match="school-32px") as error:
        photos.load("cifar11")
    assert_bilingual(str(error.value))


def test_folder(tmp_path):
    path = as_folder(tmp_path / "내 사진", tree(cat=6, dog=6))
    train, test = photos.load(f"folder:{path}", size=16)
    assert (train.name, train.images.shape, len(test)) == ("folder:내 사진", (10, 3, 16, 16), 2)
    assert str(tmp_path) not in train.name + train.provenance  # outputs show no machine's paths


def test_prepare_from_the_command_line(tmp_path, monkeypatch, capsys):
    source = as_zip(tmp_path, tree(train__a=3, train__b=3, test__a=1, test__b=1))
    shared = tmp_path / "shared drive"
    command = ["data", "prepare", "--from", str(source), "--name", "mine", "--size", "16"]
    assert main([*command, "--to", str(shared), "--provenance", "our garden"]) == 0
    assert "SSL_COURSE_DATASET=mine" in capsys.readouterr().out
    monkeypatch.setenv("SSL_COURSE_DATA", str(shared))
    train, _ = photos.load("mine", size=16)
    assert (train.provenance, train.images.shape) == ("our garden", (6, 3, 16, 16))
    assert [p.name for p in shared.iterdir()] == ["mine-16px.npz"]


def test_prepare_from_a_bad_folder_writes_nothing(tmp_path, capsys):
    source = as_folder(tmp_path / "in", tree(only=9))
    assert main(["data", "prepare", "--from", str(source), "--to", str(tmp_path / "out")]) == 1
    assert_bilingual(capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def tgz(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_cifar10_from_the_first_source(tmp_path, monkeypatch):
    files = {f"cifar10/{k}": v for k, v in tree(train__cat=3, train__dog=3, test__cat=2, test__dog=1).items()}  # fmt: skip
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
    small, _ = prepared.read(public._prepare_cifar10(16), "cifar10")
    for ours, original in zip(small.images.numpy(), pixels, strict=False):
        pillow = Image.fromarray(original.transpose(1, 2, 0)).resize((16, 16), Image.Resampling.BILINEAR)  # fmt: skip
        assert np.abs(ours.astype(int) - np.asarray(pillow).transpose(2, 0, 1)).max() <= 1


def test_imagenette(tmp_path, monkeypatch):
    files = {f"imagenette2-160/{k}": v for k, v in tree(train__n01440764=2, train__n02102040=2, val__n01440764=1, val__n02102040=1).items()}  # fmt: skip
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
    monkeypatch.setattr(public.torchvision.datasets, "STL10", Fake)
    train, test = photos.load("stl10", size=48)
    assert (train.images.shape, test.images.shape) == ((5, 3, 48, 48), (3, 3, 48, 48))
    assert (train.images == 35).all()


def test_published_hashes_have_the_right_form():
    for source in public.CIFAR10 + public.IMAGENETTE + public.STL10:
        assert isinstance(source, Source)
        assert source.url.startswith("https://" if source is not public.STL10[1] else "http://")
        assert len(source.digest) == {"md5": 32, "sha256": 64}[source.algorithm]


def test_picture_bytes_survive_png(tmp_path):
    """What `prepare` reads from PNG files are the very pixels that were written."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(256, size=(4, 8, 8, 3), dtype=np.uint8)
    for i, picture in enumerate(pixels):
        for folder in ("train", "test"):
            path = tmp_path / folder / f"class{i % 2}" / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(path)
    train, _ = photos.load(f"folder:{tmp_path}", size=8)
    assert np.array_equal(train.images.numpy(), pixels[[0, 2, 1, 3]].transpose(0, 3, 1, 2))
