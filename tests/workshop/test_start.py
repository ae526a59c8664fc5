"""The way in: one language from the first moment, nothing asked, nothing of the reader's home touched."""

import json
import os
import re
import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from course_utils import lang, texts
from course_utils.workshop import start
from tests.oracles import assert_bilingual

ROOT = Path(__file__).parents[2]
CHECK = ROOT / ".ci" / "python_check.py"
python_check = SimpleNamespace(**runpy.run_path(str(CHECK), run_name="python_check"))


@pytest.mark.parametrize(
    ("choice", "hidden"), [("ko", ["mul", "en"]), ("en", ["ko", "mul"]), ("both", [])]
)
def test_the_other_language_is_hidden_before_any_cell_is_run(tmp_path, choice, hidden):
    start.write_configuration(tmp_path, choice)
    css = (tmp_path / "custom" / "custom.css").read_text()
    assert re.findall(r"div\[lang=(\w+)\] \{ display: none; \}", css) == hidden
    assert "!important" not in css  # a lesson's own switch wins


def test_no_question_about_news_is_asked(tmp_path):
    start.write_configuration(tmp_path, "ko")
    said = json.loads((tmp_path / "labconfig" / "default_setting_overrides.json").read_text())
    assert said["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_it_listens_on_this_machine_alone_and_root_may_start_it(monkeypatch, tmp_path):
    for user, allowed in ((0, True), (1000, False)):
        monkeypatch.setattr(start.os, "geteuid", lambda user=user: user)
        called = start.command(tmp_path)
        assert ("--allow-root" in called) == allowed
        assert "--ServerApp.ip=127.0.0.1" in called
        assert f"--LabApp.default_url=/lab/tree/{start.PAGE}" in called


def test_kernels_and_stylesheet_have_one_language(monkeypatch, tmp_path, capsys):
    ran = {}
    monkeypatch.setattr(start, "CONFIG", tmp_path / "config")
    monkeypatch.setattr(
        start.subprocess, "run",
        lambda command, env: ran.update(command=command, env=env) or subprocess.CompletedProcess([], 0),
    )  # fmt: skip
    lang.set_language("ko")
    assert start.lab(ROOT / "notebooks") == 0
    assert ran["env"]["SSL_COURSE_LANG"] == "ko"
    assert ran["env"]["JUPYTER_CONFIG_DIR"] == str(tmp_path / "config")
    assert "lang=en" in (tmp_path / "config" / "custom" / "custom.css").read_text()
    assert "주소" in capsys.readouterr().out
    # Nothing lies in the reader's home: the folder is one of the environment.
    assert Path(sysconfig.get_path("data")) in Path(sys.prefix, "share", "x").parents


def test_elsewhere_it_says_where_to_go(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        start.lab(tmp_path)
    assert_bilingual(str(error.value))


# ------------------------------------------------------------ the start page


def test_the_start_page_tells_of_every_lesson_in_both_languages():
    page = nbformat.read(ROOT / "notebooks" / start.PAGE, as_version=4)
    (cell,) = page.cells
    assert cell.source == start.page_text(), "run python -m course_utils images"
    assert set(cell.attachments) == {"map.ko.png", "map.en.png"}
    for topic, lesson in texts.written_lessons().items():
        link = f"({lesson['number']}_{topic}.ipynb)"
        assert cell.source.count(link) == 2
        assert (ROOT / "notebooks" / link[1:-1]).is_file()
    assert page.metadata.kernelspec.name == "python3"


# ------------------------------------------------------------ what is wrong with a Python


def test_a_python_that_will_do_has_nothing_said_of_it():
    assert python_check.complaint(sys.version_info, True) is None


@pytest.mark.parametrize(
    ("version", "has_venv", "word"),
    [
        ((3, 10, 4), True, "PYTHON=python3.12"),
        ((2, 7), False, "3.11"),
        ((3, 11), False, "python3-venv"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(version, has_venv, word):
    told = python_check.complaint(version, has_venv)
    assert_bilingual(told)
    assert told.count(word) >= 2 and f"{version[0]}.{version[1]}" in told


def test_it_needs_nothing_of_the_course():
    """Run by any Python, with nothing installed."""
    done = subprocess.run([sys.executable, "-I", "-S", str(CHECK)], capture_output=True)
    assert done.returncode == 0 and not done.stderr


@pytest.mark.skipif(os.name == "nt", reason="make")
def test_make_says_what_is_wrong_before_anything_is_made(tmp_path):
    """In a folder with Hangul and a blank in its name, with a Python that is too old or not there."""
    copy = tmp_path / "내 강의 노트"
    (copy / ".ci").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", ".ci/python_check.py"):
        (copy / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    old = copy / "python-old"
    old.write_text(
        "#!/bin/sh\n"
        f"exec {sys.executable} -c \"import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); "
        'runpy.run_path(sys.argv[1], run_name=\'__main__\')" "$1"\n'
    )
    old.chmod(0o755)
    for python, word in ((str(old), "3.9"), ("no-python-here", "no-python-here")):
        done = subprocess.run(
            ["make", "lab", f"PYTHON={python}"], cwd=copy, capture_output=True, text=True
        )
        assert done.returncode != 0
        assert_bilingual(done.stderr.split("make:")[0])
        assert word in done.stderr
        assert not (copy / ".venv").exists()
