"""Address, badges and first cells, and the workflow that writes them where the course is published."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from course_utils.__main__ import main
from course_utils.workshop import badges, notebooks
from tests.oracles import assert_bilingual
from tests.repositories import git

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "publish.yml"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A copy of what ``badges`` reads and writes, in a folder with Hangul and a space in its name."""
    root = tmp_path / "내 강의"
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, root / name)
    monkeypatch.chdir(root)
    return root


def texts(root):
    return {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}


def first(path):
    cells = nbformat.read(path, as_version=4).cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


def test_this_checkout_is_as_badges_would_write_it(checkout, capsys):
    """README and first cells agree with the address and version of pyproject.toml."""
    before = texts(checkout)
    assert main(["badges"]) == 0
    assert texts(checkout) == before


def test_without_an_address_there_is_no_badge_but_a_line_that_says_so():
    if badges.repository(badges.pyproject(ROOT)):
        pytest.skip("the address is set")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "colab.research" not in readme and "mybinder.org" not in readme
    for told in badges._NOT_SET.values():
        assert readme.count(told) == 1


def test_an_address_is_written_everywhere_and_can_be_changed(checkout, capsys):
    assert main(["badges", "--repo", "kim/ssl-course"]) == 0
    assert badges.repository(badges.pyproject(checkout)) == "https://github.com/kim/ssl-course"
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    korean, english = readme.split("## English")
    for path in sorted((checkout / "notebooks").glob("[0-9]*.ipynb")):
        link = "https://colab.research.google.com/github/kim/ssl-course/blob/editions/{}.{}.ipynb"
        assert korean.count(link.format(path.stem, "ko")) == 1
        assert english.count(link.format(path.stem, "en")) == 1
        lesson = nbformat.read(path, as_version=4)
        nbformat.validate(lesson)
        assert link.format(path.stem, "ko") in lesson.cells[0].source
        assert 'REPOSITORY = "https://github.com/kim/ssl-course"\n' in first(path)
        assert lesson.metadata[notebooks.STAMP]["code"] == notebooks.cells_hash(lesson)
    assert "mybinder.org/v2/gh/kim/ssl-course/" in korean and "mybinder.org" in english
    assert not any(told in readme for told in badges._NOT_SET.values())
    # Written twice is written once; another address leaves nothing of the first.
    before = texts(checkout)
    assert main(["badges", "--repo", "kim/ssl-course"]) == 0
    assert texts(checkout) == before
    assert main(["badges", "--repo", "lee/course"]) == 0
    assert not any(b"kim/ssl-course" in text for text in texts(checkout).values())


def test_taken_back_everything_is_as_before(checkout):
    before = texts(checkout)
    main(["badges", "--repo", "kim/ssl-course"])
    project = checkout / "pyproject.toml"
    project.write_bytes(before[project])
    main(["badges"])
    assert texts(checkout) == before


@pytest.mark.parametrize(
    "wrong", ["kim", "https://github.com/kim/ssl", "kim/ssl/x", "kim/ssl.git", "김/강의", ""]
)
def test_what_is_no_repository(checkout, capsys, wrong):
    before = texts(checkout)
    assert main(["badges", "--repo", wrong]) == 1
    assert_bilingual(capsys.readouterr().err)
    assert texts(checkout) == before


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("pyproject.toml", "[project.urls]\n"),
        ("README.md", "## English\n"),
        ("README.md", "<!-- badges -->\n"),
    ],
)
def test_where_a_place_to_write_is_missing(checkout, capsys, name, line):
    path = checkout / name
    path.write_text(path.read_text(encoding="utf-8").replace(line, "", 1), encoding="utf-8")
    before = texts(checkout)
    assert main(["badges", "--repo", "kim/ssl"]) == 1
    assert_bilingual(capsys.readouterr().err)
    assert texts(checkout) == before


def test_an_address_is_replaced_wherever_it_stands(checkout):
    path = checkout / "pyproject.toml"
    urls = '[project.urls]\nHomepage = "https://x.y"\nRepository = "https://github.com/a/b"\n'
    text = re.sub(r"\[project\.urls\]\n(Repository.*\n)?", urls, path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    assert main(["badges", "--repo", "kim/ssl"]) == 0
    assert path.read_text(encoding="utf-8") == text.replace("github.com/a/b", "github.com/kim/ssl")


def test_outside_of_a_checkout(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["badges", "--repo", "kim/ssl"]) == 1
    assert_bilingual(capsys.readouterr().err)


def test_the_address_stands_in_one_place_only():
    """Everything but pyproject.toml is written from it: README and lessons are, as the test above holds."""
    pattern = re.compile(r"github\.com/[\w.-]+/[\w.-]+")
    files = [p for kind in ("*.py", "*.json") for p in (ROOT / "course_utils").rglob(kind)]
    files += [p for kind in ("*.md", "*.yml", "Makefile") for p in ROOT.glob(kind)]
    files += [*WORKFLOW.parent.iterdir(), ROOT / "notebooks" / "TEACHING.md", ROOT / ".ci" / "run"]
    for path in files:
        if path.name != "README.md":
            assert not pattern.search(path.read_text(encoding="utf-8")), path


def test_first_cell_never_installs_what_colab_has():
    source = badges.first_cell("https://github.com/o/n", "v1")
    strings = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)]
    assert "--no-deps" in strings
    assert "av>=14.2" in strings
    assert not any(re.match(r"(torch|torchvision|numpy)\b", str(string)) for string in strings)


# ------------------------------------------------------------ the first cell, where nothing is installed


def run_first_cell(repository, release, folder):
    """Its exit status and what it says, in a Python without the course."""
    cell = folder / "cell.py"
    cell.write_text(badges.first_cell(repository, release), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", str(cell)],
        capture_output=True, text=True, encoding="utf-8", cwd=folder,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_first_cell_without_an_address_says_what_to_run(tmp_path):
    status, told = run_first_cell("", "v1", tmp_path)
    assert status == 1 and "make lab" in told
    assert_bilingual(told)
    assert "Traceback" not in told


def test_first_cell_in_a_checkout_installs_nothing(tmp_path):
    """A wrong kernel there must not get a package that differs from the checkout's own."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (tmp_path / "course_utils").mkdir()
    status, told = run_first_cell("https://github.com/kim/ssl-course", "v1", folder)
    assert status == 1 and "make lab" in told
    assert_bilingual(told)


# ------------------------------------------------------------ the workflow


def steps():
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    return [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]


@pytest.fixture
def hub(tmp_path):
    """A bare repository in the place of GitHub, a clone of it, and the workflow's steps to run there."""
    if sys.platform == "win32":
        pytest.skip("runs on the publisher's Linux only")
    hub, work = tmp_path / "hub.git", tmp_path / "work"
    git("init", "--bare", "-b", "main", str(hub), cwd=tmp_path)
    files = [ROOT / n for n in ("pyproject.toml", "README.md", ".gitignore")]
    shutil.copytree(ROOT / "notebooks", work / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for path in files:
        shutil.copy(path, work)
    git("init", "-b", "main", cwd=work)
    git("remote", "add", "origin", str(hub), cwd=work)
    git("add", "-A", cwd=work)
    git("commit", "-m", "all", cwd=work)
    git("push", "origin", "main", cwd=work)

    environment = {
        **os.environ,
        "GITHUB_REPOSITORY": "kim/ssl-course",
        "GITHUB_REF_NAME": "main",
        "RUNNER_TEMP": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }

    def publish():
        for step in steps():
            if "pip install" not in step:
                subprocess.run(
                    ["bash", "-e", "-c", step], cwd=work, env=environment, check=True,
                    capture_output=True, text=True,
                )  # fmt: skip

    return hub, work, publish


def test_workflow_writes_tags_and_publishes(hub):
    """The steps of publish.yml, run as they are."""
    hub, _, publish = hub
    states = []
    for _ in range(2):  # a second push of the same state changes nothing
        publish()
        refs = "for-each-ref", "--format=%(refname:short) %(objectname)"
        states.append(git(*refs, cwd=hub))
    assert states[0] == states[1]
    tag = badges.release(badges.pyproject(ROOT))
    assert {line.split()[0] for line in states[0].splitlines()} == {"main", "editions", tag}
    assert git("rev-list", "--count", "main", cwd=hub) == "2"
    assert git("rev-parse", f"{tag}^{{commit}}", cwd=hub) == git("rev-parse", "main", cwd=hub)
    published = git("ls-tree", "--name-only", "editions", cwd=hub).split("\n")
    lessons = [p.stem for p in (ROOT / "notebooks").glob("[0-9]*.ipynb")]
    assert {f"{n}.{x}.ipynb" for n in lessons for x in ("ko", "en")} <= set(published)
    edition = git("show", f"editions:{lessons[0]}.ko.ipynb", cwd=hub)
    assert "https://github.com/kim/ssl-course" in edition


def test_workflow_refuses_a_tag_without_this_address(hub):
    """Tagged by hand, or copied with a fork: what Colab would get could not install itself."""
    hub, work, publish = hub
    git("tag", badges.release(badges.pyproject(ROOT)), cwd=work)
    with pytest.raises(subprocess.CalledProcessError) as error:
        publish()
    assert "Raise the version" in error.value.stdout
    assert "editions" not in git("branch", cwd=hub)


def test_workflow_refuses_a_lesson_that_is_not_in_the_release(hub):
    _, work, publish = hub
    publish()
    shutil.copy(work / "notebooks" / "03_rotation.ipynb", work / "notebooks" / "99_new.ipynb")
    git("add", "-A", cwd=work)
    git("commit", "-m", "a lesson", cwd=work)
    git("push", "origin", "main", cwd=work)
    with pytest.raises(subprocess.CalledProcessError) as error:
        publish()
    assert "Raise the version" in error.value.stdout
