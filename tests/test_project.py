"""The project as a whole: lists that must agree, imports that must go one way, links that must live."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from tests.repositories import git

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "course_utils"
MODULES = sorted(PACKAGE.rglob("*.py"))


def test_environment_is_pyproject():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    expected = {re.sub(r"^torch(?=>|$)", "pytorch", d) for d in pyproject["dependencies"]}
    expected |= {f"python{pyproject['requires-python']}", "pip"}
    conda = [d for d in environment["dependencies"] if isinstance(d, str)]
    assert set(conda) == expected
    assert len(conda) == len(expected)


def test_every_subpackage_is_shipped():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in MODULES}
    assert set(pyproject["tool"]["setuptools"]["packages"]) == folders


# What each part may import from the rest of the course. ``lang`` is a leaf; everybody may use it.
EDGES = {
    "lang": set(),
    "runtime": set(),
    "views": set(),
    "models": set(),
    "losses": set(),
    "gauges": set(),
    "data": {"runtime", "data"},
    "pretext": {"views", "pretext"},
    "train": {"runtime"},
    "evaluate": {"models", "runtime", "views"},
    "factors": {"evaluate", "runtime"},
    "experiments": {
        "data",
        "evaluate",
        "experiments",
        "factors",
        "gauges",
        "losses",
        "models",
        "pretext",
        "records",
        "runtime",
        "train",
        "views",
    },
    "records": {"data", "runtime"},
    "plots": set(),
    "drawings": {"plots"},
    "maps": {"plots"},
    "progress": {"runtime"},
    "widgets": {"plots", "progress"},
    "exercises": {
        "pretext",
        "evaluate",
        "losses",
        "gauges",
        "models",
        "runtime",
        "progress",
        "exercises",
    },
    "notebooks": {"runtime"},
    "editions": {"notebooks", "runtime"},
    "badges": {"notebooks", "runtime"},
    "doctor": {"losses", "models", "runtime", "train", "views", "data", "pretext"},
    "images": {"drawings", "runtime"},
    "__main__": {
        "badges",
        "data",
        "doctor",
        "editions",
        "exercises",
        "images",
        "notebooks",
        "progress",
        "records",
    },
}


def imported(path):
    """Parts of the course that a module imports: ``course_utils.data.photos`` is ``data``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_utils"):
            rest = node.module.split(".")[1:]
            yield from [rest[0]] if rest else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from [
                a.name.split(".")[1] for a in node.names if a.name.startswith("course_utils.")
            ]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way(path):
    part = path.relative_to(PACKAGE).with_suffix("").parts[0]
    if part == "__init__":
        assert not path.read_text(encoding="utf-8").strip()
        return
    assert set(imported(path)) <= EDGES[part] | {"lang"}


TOP = set(
    ".ci .gitattributes .github .gitignore CONTRIBUTING.md LICENSE Makefile README.md "
    "course_utils environment.yml images notebooks pyproject.toml tests".split()
)


def test_nothing_is_committed_by_accident():
    """A wheel that a tool had left in the folder once was."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    # The clone may belong to somebody else than who runs its tests.
    listed = git("-c", "safe.directory=*", "ls-files", "-z", cwd=ROOT)
    files = [ROOT / name for name in listed.split("\0") if name]
    assert {f.relative_to(ROOT).parts[0] for f in files} == TOP
    assert [f.name for f in files if f.exists() and f.stat().st_size > 2 * 1024**2] == []


def test_documents_link_to_files_that_exist():
    for name in ("README.md", "CONTRIBUTING.md", "notebooks/TEACHING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text) + re.findall(
            r'src="([^"]+)"', text
        ):
            assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"


def test_readme_lists_every_lesson_and_marks_the_planned_ones():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    there = {p.stem for p in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    linked = set(re.findall(r"\(notebooks/(\w+)\.ipynb\)", text))
    assert linked == there


def test_public_functions_have_docstrings():
    missing = []
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and not ast.get_docstring(node):
                missing.append(f"{path.name}: {node.name}")
    assert not missing


def test_the_page_for_teachers_says_the_same_twice():
    text = (ROOT / "notebooks" / "TEACHING.md").read_text(encoding="utf-8")
    korean, english = text.split("## 한국어")[1].split("## English")
    for pattern in (r"^### ", r"^\|", r"^\d\. ", r"`[^`]+`"):
        assert len(re.findall(pattern, korean, re.M)) == len(re.findall(pattern, english, re.M)), (
            pattern
        )
    code = [
        sorted(c.replace("경로", "PATH") for c in re.findall(r"`([^`]+)`", half))
        for half in (korean, english)
    ]
    assert code[0] == code[1]
    minutes = [[int(n) for n in re.findall(r"\| (\d+) \|", half)] for half in (korean, english)]
    assert minutes[0] == minutes[1]
