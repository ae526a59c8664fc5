import numpy as np
import pytest

from course_utils.__main__ import main
from course_utils.data import photos, prepared
from tests.data.test_photos import made_arrays
from tests.data.test_pictures import as_folder, as_zip, tree
from tests.oracles import assert_bilingual


def test_no_pickle_in_the_file_and_none_is_read(tmp_path):
    path = tmp_path / "x-32px.npz"
    prepared.save(path, made_arrays(), ["a", "b"], "p")
    np.load(path, allow_pickle=False)["about"]
    evil = np.array([{"code": 1}], dtype=object)
    np.savez(tmp_path / "evil.npz", about=evil, **made_arrays())
    with pytest.raises(ValueError, match="damaged") as error:
        prepared.read_prepared(tmp_path / "evil.npz", "evil")
    assert_bilingual(str(error.value))


@pytest.mark.parametrize(
    "options", [{"size": 0}, {"name": "toyworld"}, {"name": "a/b"}, {"name": ""}]
)
def test_prepare_refuses_names_and_sizes_that_cannot_be_loaded(tmp_path, options):
    source = as_folder(tmp_path / "in", tree(cat=6, dog=6))
    with pytest.raises(ValueError, match="plain name") as error:
        prepared.prepare(source, **({"name": "mine", "size": 8} | options))
    assert_bilingual(str(error.value))


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
