"""The project as a whole: lists that must agree, imports that must go one way, links that must live."""

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import nbformat
import pytest
import yaml
from setuptools import find_packages

from tests.repositories import git

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "course_utils"
MODULES = sorted(PACKAGE.rglob("*.py"))
LESSONS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def settings():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_environment_is_pyproject():
    """Binder's and conda's learners get nbval too, so that they can run the tests of the lessons."""
    project = settings()["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    expected = {re.sub(r"^torch(?=>|$)", "pytorch", d) for d in project["dependencies"]}
    (nbval,) = [d for d in project["optional-dependencies"]["test"] if d.startswith("nbval")]
    expected |= {f"python{project['requires-python']}", "pip", nbval}
    conda = [d for d in environment["dependencies"] if isinstance(d, str)]
    assert set(conda) == expected
    assert len(conda) == len(expected)


def test_every_subpackage_is_shipped():
    found = settings()["tool"]["setuptools"]["packages"]["find"]
    assert found == {"include": ["course_utils*"], "namespaces": False}
    folders = {p.parent.relative_to(ROOT).as_posix().replace("/", ".") for p in MODULES}
    assert set(find_packages(str(ROOT), include=found["include"])) == folders


def test_everything_beside_the_code_is_shipped():
    """Recorded figures, messages: each file is matched by a pattern, and each pattern by a file."""
    (patterns,) = settings()["tool"]["setuptools"]["package-data"].values()
    beside = {
        p for p in PACKAGE.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc", ".part")
    }
    shipped = {pattern: set(PACKAGE.glob(pattern)) for pattern in patterns}
    assert set().union(*shipped.values()) == beside
    assert [pattern for pattern, files in shipped.items() if not files] == []


SCIENCE = {
    "data", "encoders", "evaluate", "losses", "models", "pretext", "runtime", "threads", "train", "views",
}  # fmt: skip
# What each part may import from the rest of the course, by the first pattern that fits its path.
# ``lang`` is a leaf; everybody may use it. ``exercises`` and ``records`` find those of the lessons
# by name.
EDGES = {
    "lang.py": set(),
    "runtime.py": set(),
    "texts.py": set(),
    "threads.py": set(),
    "data/*": {"data", "runtime", "views"},
    "views/*": {"runtime", "views"},
    "models.py": set(),
    "losses.py": set(),
    "cuda.py": set(),
    "optimizer.py": {"cuda", "runtime"},
    "train.py": {"optimizer", "runtime", "threads"},
    "pretext/*": {"data", "losses", "models", "pretext", "runtime", "train", "views"},
    "evaluate/*": {"data", "evaluate", "models", "runtime", "threads", "views"},
    "encoders/*": {"models", "records.weights"},
    "records/ship.py": {"data", "encoders", "lessons.recipes", "records", "runs", "runtime"},
    "records/*": {"data", "records", "runtime", "texts", "threads"},
    "runs/*": {
        "data", "encoders", "evaluate", "lessons.recipes", "models", "records", "runs", "runtime",
        "threads", "train",
    },
    "figures/*": {"figures", "texts"},
    "widgets/*": {"data.reader", "exercises.progress", "figures", "texts", "widgets"},
    "lessons/*/exercises/*.py": {
        "data", "evaluate", "exercises", "lessons", "losses", "models", "pretext", "runtime", "views",
    },
    "exercises/league.py": {"exercises", "figures.words"},
    "exercises/memory.py": {"data", "evaluate", "models", "runtime", "texts"},
    "exercises/*": {"evaluate.comparisons", "exercises", "runtime", "texts", "threads"},
    "lessons/*/drawings.py": SCIENCE | {"figures"},
    "lessons/*/*findings.py": {
        "data", "encoders", "evaluate", "exercises", "figures", "lessons", "pretext", "records",
        "runtime",
    },
    "lessons/*/halves.py": {"exercises", "figures", "lessons", "records"},  # more findings
    "lessons/*/dial.py": {"evaluate", "figures", "lessons", "records"},
    "lessons/*/memory.py": {
        "data", "evaluate", "exercises.facts", "exercises.memory", "lessons", "models", "pretext",
        "runtime", "views",
    },
    "lessons/*/experiments.py": SCIENCE | {"lessons", "records"},
    "lessons/*/*.py": SCIENCE | {"figures", "lessons", "widgets"},  # games, tables of its own
    "lessons/statements.py": {"evaluate.comparisons", "exercises"},
    "lessons/*.py": SCIENCE | {"lessons", "records"},
    "workshop/*": {
        "data", "figures", "losses", "models", "pretext", "records", "runtime", "texts", "threads",
        "train", "views", "workshop",
    },
    "__main__.py": {"data", "exercises", "records", "runs", "workshop"},
}  # fmt: skip


def imported(source):
    """What a module or a cell imports of the course: ``from course_utils.data import photos`` is
    ``data.photos``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from [n.partition(".")[2] for n in names if n.startswith("course_utils.")]


def part(path):
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=part)
def test_imports_go_one_way(path):
    source = path.read_text(encoding="utf-8")
    if path.name == "__init__.py" and path.parent != PACKAGE / "exercises":
        assert not source.strip()
        return
    fits = [pattern for pattern in EDGES if path.relative_to(PACKAGE).match(pattern)]
    assert fits, "a part of its own: say in EDGES what it may import"
    allowed = EDGES[fits[0]] | {"lang"}
    for name in imported(source):
        assert any(f"{name}.".startswith(f"{edge}.") for edge in allowed), name


def test_the_edges_name_parts_that_are_there():
    files = [path.relative_to(PACKAGE) for path in MODULES]
    assert [edge for edge in EDGES if not any(file.match(edge) for file in files)] == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_no_notebook_imports_experiments(path):
    """What a lesson shows, its reader has in front of him; a record is read, not made."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            for name in imported(cell.source):
                assert "experiments" not in name.split("."), (cell.id, name)


# A public name that two modules define, and why it means the same in both. Five at most.
SAME_MEANING = {"pretrain": "the recipe of a pretext task, one a file of ``pretext``"}


def defined(path):
    """The public names that a module defines at its top level."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        else:
            continue
        yield from [name for name in names if not name.startswith("_")]


def test_no_public_name_has_two_meanings():
    """In ``lessons`` a name is that of its topic, as ``EXPERIMENTS`` is."""
    where = defaultdict(set)
    for path in MODULES:
        if not part(path).startswith("lessons/") and path.name != "__main__.py":
            for name in defined(path):
                where[name].add(part(path))
    twice = {name: sorted(paths) for name, paths in where.items() if len(paths) > 1}
    assert {name: paths for name, paths in twice.items() if name not in SAME_MEANING} == {}
    assert set(SAME_MEANING) <= set(twice) and len(SAME_MEANING) <= 5


@pytest.mark.parametrize("path", MODULES, ids=part)
def test_files_functions_and_lines_fit_a_screen(path):
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    exercise = path.match("lessons/*/exercises/*.py")
    assert len(lines) <= (200 if exercise else 300)
    assert [(i, len(line)) for i, line in enumerate(lines, 1) if len(line) > 100] == []
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    assert [
        (f.name, f.lineno) for f in functions if f.end_lineno - f.lineno >= (40 if exercise else 60)
    ] == []


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
    for name in ("README.md", "CONTRIBUTING.md", "notebooks/TEACHING.md", "notebooks/SOURCE.md"):
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
