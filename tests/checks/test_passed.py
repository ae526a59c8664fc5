"""Lines of what has passed, and what runs because of them."""

import shlex
import subprocess
import xml.etree.ElementTree as ET

import pytest

from tests.checks import __main__ as checks
from tests.checks import passed as lines
from tests.checks.passed import UNKNOWN, Passed
from tests.checks.reached import ROOT

HERE = ("03_rotation", "photos")


class Planted:
    """A course of two lessons, whose hashes are set."""

    def __init__(self, hashes):
        self.lessons = {"03_rotation": None, "05_colorization": None}
        self.hashes = hashes

    def hash(self, lesson, check):
        return self.hashes.get((lesson, check), "none")


def test_what_is_written_is_read(tmp_path):
    file = tmp_path / "passed"
    there = {HERE: Passed("abc", 12), ("course", "colab"): Passed("0f", 3)}
    lines.write(there, file)
    assert lines.read(file) == there
    first = file.read_bytes()
    lines.write(dict(reversed(there.items())), file)
    assert file.read_bytes() == first


@pytest.mark.parametrize("text", ["", "03_rotation photos abc", "03_rotation photos abc x", "# 03_rotation photos abc 9"])  # fmt: skip
def test_a_line_that_is_none_does_not_count(tmp_path, text):
    file = tmp_path / "passed"
    file.write_text(text)
    assert lines.read(file) == {}
    assert lines.read(tmp_path / "missing") == {}


def test_a_missing_line_and_other_bytes_run():
    course = Planted({HERE: "now"})
    for there, runs in (({}, True), ({HERE: Passed("old", 1)}, True), ({HERE: Passed("now", 1)}, False)):  # fmt: skip
        assert (HERE in lines.needed(course, there, [HERE])) == runs


def test_every_lesson_and_the_course_are_checked():
    every = lines.all_checks(Planted({}))
    assert len(every) == len(set(every)) == 2 + 3 + 3
    assert ("course", "photos") not in every and ("course", "browser") in every


def test_seconds_are_those_of_the_last_time():
    there = {HERE: Passed("old", 100)}
    assert lines.seconds([HERE, ("05_colorization", "photos")], there) == 100 + UNKNOWN


def test_too_much_for_a_run_is_refused_with_the_way_out(monkeypatch, capsys):
    course = Planted({})
    monkeypatch.setattr(lines, "read", lambda: {HERE: Passed("none", 500)})
    waiting = UNKNOWN  # 05 on photographs; 03 has passed
    assert checks.fits(course, ["photos"], available=waiting)
    assert "05_colorization photos" in capsys.readouterr().out
    assert not checks.fits(course, ["photos"], available=waiting - 1)
    told = capsys.readouterr().out
    assert "make prove" in told and ".ci/passed" in told and "확인" in told


def cases(text):
    return list(ET.fromstring(f"<suite>{text}</suite>").iter("testcase"))


GOOD = '<testcase name="test_a[03_rotation]" time="2.4"/><testcase name="test_b[03_rotation-dark]" time="1"/>'
OTHER = '<testcase name="test_a[05_colorization]" time="1"><failure/></testcase>'
COMMON = '<testcase name="test_first" time="7"/>'


def test_results_are_told_apart():
    course = Planted({})
    asked = ["03_rotation", "05_colorization", "course"]
    assert checks.results(course, asked, cases(GOOD + OTHER + COMMON)) == {"03_rotation": 3, "course": 7}  # fmt: skip
    assert checks.results(course, asked, []) == {}  # nothing ran: nothing passed
    skipped = '<testcase name="test_first" time="0"><skipped/></testcase>'
    assert checks.results(course, ["course"], cases(skipped)) == {}


def test_a_run_writes_what_passed_and_keeps_the_rest(monkeypatch, tmp_path):
    course = Planted({HERE: "now", ("05_colorization", "photos"): "now", ("03_rotation", "colab"): "c"})  # fmt: skip
    written = {}
    monkeypatch.setattr(checks, "Course", lambda: course)
    there = {("03_rotation", "colab"): Passed("c", 5), ("09_gone", "colab"): Passed("x", 5)}
    monkeypatch.setattr(lines, "read", lambda: there | written)
    monkeypatch.setattr(lines, "write", written.update)
    monkeypatch.setattr(checks, "photos", lambda course, lessons: {"03_rotation": 9})
    assert not checks.run(course, [HERE, ("05_colorization", "photos")])
    assert written == {HERE: Passed("now", 9), ("03_rotation", "colab"): Passed("c", 5)}


def test_what_was_changed_while_it_ran_has_not_passed(monkeypatch):
    written = {}
    monkeypatch.setattr(checks, "Course", lambda: Planted({HERE: "later"}))
    monkeypatch.setattr(lines, "read", dict)
    monkeypatch.setattr(lines, "write", written.update)
    monkeypatch.setattr(checks, "photos", lambda course, lessons: {"03_rotation": 9})
    assert not checks.run(Planted({HERE: "now"}), [HERE])
    assert written == {}


def test_a_lesson_is_named_by_number_or_name():
    course = Planted({})
    assert checks.lesson_of(course, "05") == checks.lesson_of(course, "05_colorization")
    with pytest.raises(SystemExit) as told:
        checks.lesson_of(course, "07")
    assert "make lesson L=03" in str(told.value) and "05_colorization" in str(told.value)


def test_make_says_where_photographs_lie():
    """A comma in what is prepared once cut the command in two."""
    asked = ["make", "-n", "prove", "PHOTOS=a b.zip", "VIDEO=film.avi"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines_of = told.replace("\\\n", " ").splitlines()
    (prepare,) = [line for line in lines_of if "data prepare" in line]
    words = shlex.split(prepare)
    folder = words[words.index("--to") + 1]
    assert words[words.index("--from") + 1] == "a b.zip"
    assert words[words.index("--provenance") + 1].startswith("CIFAR-10 (Krizhevsky, 2009), ")
    assert f"cp 'film.avi' '{folder}/'" in lines_of
    assert any(
        f"SSL_COURSE_DATA='{folder}'" in line and "tests.checks prove" in line for line in lines_of
    )
