import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import runtime
from course_utils.data import photos, prepared, public
from course_utils.data.download import DownloadError
from tests.data.test_pictures import as_folder, tree
from tests.oracles import assert_bilingual


def made_arrays(n=6, size=32, seed=0):
    rng = np.random.default_rng(seed)
    picture = lambda m: rng.integers(256, size=(m, 3, size, size), dtype=np.uint8)  # noqa: E731
    return {
        "train_images": picture(n),
        "train_labels": np.arange(n) % 2,
        "test_images": picture(4),
        "test_labels": np.arange(4) % 2,
    }


def put(folder, name="cifar10", size=32, provenance="made up", **options):
    given = made_arrays(size=size, **options)
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
