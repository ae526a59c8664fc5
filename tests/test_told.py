"""Words that help, on any terminal: encodings, closed pipes, names and folders that will not do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from course_utils import runtime
from course_utils.__main__ import main
from course_utils.data import photos, prepared
from course_utils.figures import dots, grids
from tests.data.test_pictures import as_folder, tree
from tests.oracles import assert_bilingual

ROOT = Path(__file__).parents[1]


def command(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "course_utils", *arguments], cwd=ROOT, capture_output=True,
        env=os.environ | environment,
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp949", "ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_a_terminal_cannot_show_is_replaced(tmp_path, encoding, language):
    solved = {"solved": ["rotation.four_copies"], "answers": {}, "games": {}, "runs": []}
    (tmp_path / "my_progress.json").write_text(json.dumps(solved))
    done = command("progress", "--folder", str(tmp_path), PYTHONIOENCODING=encoding, SSL_COURSE_LANG=language)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"four_copies" in done.stdout and b"Traceback" not in done.stderr


def test_an_error_on_such_a_terminal_is_told_too(tmp_path):
    missing = str(tmp_path / "없는 폴더")
    done = command("progress", "--folder", missing, PYTHONIOENCODING="ascii", SSL_COURSE_LANG="ko")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr and b"There is no folder" in done.stderr


@pytest.mark.parametrize("read", [0, 1])
def test_a_closed_pipe_is_silent(tmp_path, read):
    script = f"{sys.executable} -m course_utils progress --folder {tmp_path} | head -n {read}"
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True)
    assert done.stderr == b""


@pytest.mark.parametrize(
    "name", ["..", ".", " ", "", " a", "a/b", "a\\b", "c:d", "auto", "toyworld"]
)
def test_a_name_that_could_not_be_loaded_is_refused(tmp_path, name):
    source = as_folder(tmp_path / "source", tree(a=5, b=5))
    with pytest.raises(ValueError) as error:
        prepared.prepare(source, name=name, size=8, folder=tmp_path / "to")
    assert_bilingual(str(error.value))
    assert not (tmp_path / "to").exists()


def test_home_may_be_written_short_in_every_argument(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    as_folder(tmp_path / "mine", tree(a=5, b=5))
    assert (
        main(["data", "prepare", "--from=~/mine", "--name=ours", "--size=8", "--to=~/there"]) == 0
    )
    assert (tmp_path / "there" / "ours-8px.npz").is_file()
    assert main(["progress", "--folder=~/mine"]) == 0


def test_a_folder_that_is_not_there(tmp_path, capsys):
    assert main(["progress", "--folder", str(tmp_path / "none")]) == 1
    told = capsys.readouterr().err
    assert_bilingual(told)
    assert "none" in told and "--folder" in told


def test_a_shared_file_of_another_size_is_told(tmp_path, monkeypatch, capsys):
    source = as_folder(tmp_path / "source", tree(a=5, b=5))
    prepared.prepare(source, name="ours", size=16, folder=tmp_path)
    monkeypatch.setenv("SSL_COURSE_DATA", str(tmp_path))
    monkeypatch.setattr(photos, "DOWNLOADS", {"cifar10": no_network})
    assert photos.load("auto", size=32)[0].name == "toyworld"
    told = capsys.readouterr().out
    assert "no file of 32 px (ours-16px.npz)" in told and "data prepare --size 32" in told


def test_a_cache_that_cannot_be_made_is_no_reason_to_stop(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("where the cache should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(photos, "DOWNLOADS", {"cifar10": no_network})
    assert photos.load("auto", size=32)[0].name == "toyworld"


def no_network(size):
    raise photos.DownloadError("no network")


def test_a_shared_folder_that_may_not_be_read(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_COURSE_DATA", str(tmp_path))
    monkeypatch.setattr(prepared.os, "access", lambda path, how: False)
    with pytest.raises(PermissionError, match="may not be read") as error:
        photos.load("auto")
    assert_bilingual(str(error.value))


def test_no_home_folder(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(FileNotFoundError, match="XDG_CACHE_HOME") as error:
        runtime.cache_dir()
    assert_bilingual(str(error.value))


@pytest.mark.parametrize("content", ["", "{}", "no notebook", '{"cells": 3}'])
def test_a_file_that_is_no_notebook(tmp_path, capsys, content):
    (tmp_path / "01_empty.ipynb").write_text(content)
    assert main(["editions", "--folder", str(tmp_path), "--to", str(tmp_path / "to")]) == 1
    told = capsys.readouterr().err
    assert_bilingual(told)
    assert "01_empty.ipynb" in told
    assert not (tmp_path / "to").exists()


def test_what_a_mac_leaves_beside_a_lesson_is_no_lesson(tmp_path, capsys):
    (tmp_path / "._01_a.ipynb").write_bytes(b"\0")
    (tmp_path / "01_a.ipynb").write_text((ROOT / "notebooks" / "03_rotation.ipynb").read_text(encoding="utf-8"), encoding="utf-8")  # fmt: skip
    assert main(["editions", "--folder", str(tmp_path), "--to", str(tmp_path / "to")]) == 0
    assert len(list((tmp_path / "to").iterdir())) == 2


@pytest.mark.parametrize("name", ["Ba$$in", "$5", "a_b^c", "$\\frac$", "100%", "{x}"])
def test_a_class_may_have_any_name(name):
    interval = (0.5, 0.4, 0.6)
    for figure in (
        dots.dots({name: {name: interval, "other": interval}}),
        grids.picture_grid(torch.zeros(2, 3, 8, 8), columns=1, row_labels=[name, "other"]),
    ):
        assert figure is not None
