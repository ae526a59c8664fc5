"""What a check rests on: one byte of it makes the check run again, and nothing else does."""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest

from tests.checks.reached import BESIDE, COURSE, PACKAGE, ROOT, Course

LESSONS = sorted(Course().lessons)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    ignored = shutil.ignore_patterns("__pycache__", "*.part")
    for name in (PACKAGE, "notebooks", "tests", "images"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def hashes(root):
    course = Course(root)
    return {
        (lesson, check): course.hash(lesson, check)
        for lesson in [*course.lessons, COURSE]
        for check in BESIDE
    }


@pytest.fixture(scope="module")
def before(original):
    return hashes(original)


def lessons_run_again(original, before, change, check="photos"):
    """Numbers of the lessons whose hash another content of a file changes."""
    path, content = change
    kept = path.read_bytes()
    path.write_bytes(content)
    try:
        after = hashes(original)
    finally:
        path.write_bytes(kept)
    return {name.split("_")[0] for (name, of), value in after.items() if of == check and value != before[name, of]}  # fmt: skip


def one_byte(path, old, new):
    data = path.read_bytes()
    assert old in data, path
    return path, data.replace(old, new, 1)


ALL = {name.split("_")[0] for name in LESSONS}


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("lessons/rotation/texts.toml", b"instead", b"instea0", {"03"}),
        # 07 shows 03's rotation beside its own arm.
        ("lessons/rotation/findings.py", b'"""', b'""" ', {"03", "07"}),
        ("lessons/rotation/results.json", b"0.5", b"0.6", None),
        ("lessons/colorization/spots.py", b"def ", b"def  ", {"05"}),
        ("lessons/why_ssl/results.json", b"0.5", b"0.6", {"01"}),
        ("lessons/why_ssl/exercises/read_off.py", b"def ", b"def  ", {"01"}),
        ("lessons/why_ssl/exercises/training_loop.py", b"def ", b"def  ", ALL),  # shown everywhere
        ("pretext/split_brain.py", b"def ", b"def  ", {"05"}),
        ("evaluate/probes.py", b"def ", b"def  ", ALL),
        ("figures/fonts/SSLCourseHangul.ttf", b"\0", b"\1", ALL),
        ("encoders/contrastive.npz", b"PK", b"PL", {"07"}),
        ("encoders/shipped.py", b"def ", b"def  ", {"01", "03", "05", "07"}),
        ("lang.py", b"def ", b"def  ", ALL),
        ("workshop/editions.py", b"def ", b"def  ", set()),
    ],
)
def test_a_byte_of_the_package(original, before, file, old, new, expected):
    path = original / PACKAGE / file
    if file.endswith("texts.toml"):  # a text of an exercise, no shared one
        data = path.read_bytes()
        at = data.index(b"[exercises.")
        change = path, data[:at] + data[at:].replace(b"en = '", b"en = '.", 1)
    else:
        change = one_byte(path, old, new)
    seen = lessons_run_again(original, before, change) - {COURSE}
    if expected is None:  # 03's record, and whoever names it
        assert {"03", "05"} <= seen
    else:
        assert seen == expected


def test_a_name_in_figures_is_everybodys(original, before):
    path = original / PACKAGE / "lessons" / "rotation" / "texts.toml"
    data = path.read_bytes()
    at = data.index(b"[names]")
    changed = data[:at] + data[at:].replace(b"= '", b"= '.", 1)
    assert lessons_run_again(original, before, (path, changed)) >= ALL


def changed_notebook(path, change):
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    return path, nbformat.writes(notebook).encode()


def test_a_cell_counts_and_its_output_for_the_browser_alone(original, before):
    path = original / "notebooks" / "03_rotation.ipynb"

    def prose(notebook):
        next(c for c in notebook.cells if c.cell_type == "markdown").source += "."

    def output(notebook):
        next(c for c in notebook.cells if c.get("outputs")).outputs.pop()

    for check in BESIDE:
        assert lessons_run_again(original, before, changed_notebook(path, prose), check) == {"03"}
        seen = lessons_run_again(original, before, changed_notebook(path, output), check)
        assert seen == ({"03"} if check == "browser" else set())


def test_a_picture_that_a_cell_shows(original):
    path = original / "notebooks" / "02_distortion.ipynb"
    picture = original / "images" / "planted.png"
    kept = path.read_bytes()
    picture.write_bytes(b"one")

    def shown(notebook):
        notebook.cells[0].source += "![](../images/planted.png)"

    path.write_bytes(changed_notebook(path, shown)[1])
    try:
        start = hashes(original)
        assert lessons_run_again(original, start, (picture, b"two")) == {"02"}
    finally:
        path.write_bytes(kept)
        picture.unlink()


@pytest.mark.parametrize(
    ("place", "check"),
    [("tests/browser/lab.py", "browser"), ("tests/colab/test_colab.py", "colab")],
)
def test_what_checks_counts_too(original, before, place, check):
    path = original / place
    change = path, path.read_bytes() + b"\n"
    assert lessons_run_again(original, before, change, check) == ALL | {COURSE}
    assert lessons_run_again(original, before, change, "photos") == set()


def test_the_other_lessons_browser_answers_are_their_own(original, before):
    path = original / "tests" / "lessons" / "rotation" / "browser.py"
    change = path, path.read_bytes() + b"\n"
    assert lessons_run_again(original, before, change, "browser") == {"03"}


def test_equal_bytes_are_an_equal_hash(original, before):
    assert hashes(original) == before


IMPORTS = """
import json, sys
import course_utils
sources = json.loads(sys.stdin.read())
for source in sources:
    exec(source)
print(json.dumps([m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "course_utils"]))
"""


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_a_lesson_imports_is_reached(lesson):
    """Oracle: Python's own imports of the cells that import."""
    course = Course()
    found = [
        line
        for cell in course.cells(lesson)
        if cell["type"] == "code"
        for line in cell["source"].splitlines()
        if line.startswith(("from course_utils", "import course_utils")) and "(" not in line
    ]
    assert len(found) > 5
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], input=json.dumps(found), capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    read = {ROOT.joinpath(name) for name in json.loads(done.stdout.splitlines()[-1])}
    assert len(read) > 20
    assert course.not_reached(lesson, read) == set()


def test_a_file_read_behind_the_back_is_found():
    course = Course()
    other = ROOT / PACKAGE / "lessons" / "tracking" / "results.json"
    assert course.not_reached("03_rotation", {other, ROOT / PACKAGE / "lang.py"}) == {other}


def test_the_trace_notes_what_is_read(tmp_path):
    notes = tmp_path / "notes"
    script = (
        "from course_utils.records.read import recorded; recorded('rotation'); "
        "from pathlib import Path; Path('course_utils/written').write_text('x')"
    )
    written = ROOT / PACKAGE / "written"
    try:
        subprocess.run(
            [sys.executable, "-c", script], check=True, cwd=ROOT,
            env={"TRACE_FILE": str(notes), "PYTHONPATH": str(ROOT / "tests" / "checks" / "trace")},
        )  # fmt: skip
    finally:
        written.unlink(missing_ok=True)
    read = {line.removeprefix(f"{ROOT}/") for line in notes.read_text().splitlines()}
    assert {"course_utils/records/read.py", "course_utils/lessons/rotation/results.json"} <= read
    assert not any("__pycache__" in name or "written" in name for name in read)
