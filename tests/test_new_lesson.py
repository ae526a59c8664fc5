"""A lesson is found, not listed: a small one is added to a copy of the project, and nothing else changes."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PARTS = (
    "README.md CONTRIBUTING.md Makefile pyproject.toml environment.yml course_utils images".split()
)
PARTS += ["notebooks", "tests"]

PRETEXT = '''
"""Mirrored or not: the smallest pretext task there is."""

import torch


def two_copies(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures ``(B, C, S, S)`` and their mirror images, with labels int64 ``(2B,)``."""
    labels = torch.arange(2, device=images.device).repeat_interleave(len(images))
    return torch.cat([images, images.flip(-1)]), labels
'''

EXERCISE = '''
"""Exercise of the lesson on mirror images."""

import torch

from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import results_of
from course_utils.pretext import mirror


def _observe(answer, images):
    copies, labels = yield from results_of(answer, {"images": images}, "copies", "labels")
    yield "copies", copies
    yield "label_values", sorted(labels.tolist())


MISTAKES = {
    "upside_down": lambda x: (torch.cat([x, x.flip(-2)]), mirror.two_copies(x)[1]),
    "from_one": lambda x: (mirror.two_copies(x)[0], 1 + mirror.two_copies(x)[1]),
}

EXERCISE = Exercise(
    reference=mirror.two_copies,
    observe=_observe,
    cases=(lambda: torch.arange(96.0).view(2, 3, 4, 4),),
    mistakes=MISTAKES,
)
'''

TEXTS = """
[lesson]
number = '13'
ko = '거울'
en = 'Mirror'
play_ko = '뒤집어 보기'
play_en = 'Flip it'

[lesson.map]
ko = '거울'
en = 'Mirror'
x = 3
y = 1.2

[[lesson.ask]]
ko = '왜요?'
en = 'Why?'
belief_ko = '거울은 쉽다'
belief_en = 'Mirrors are easy'

[[exercises.two_copies.hints]]
ko = '뒤집으세요.'
en = 'Flip.'

[[exercises.two_copies.hints]]
ko = '마지막 축입니다.'
en = 'The last axis.'

[[exercises.two_copies.hints]]
ko = '`images.flip(-1)`입니다.'
en = 'It is `images.flip(-1)`.'

[exercises.two_copies.otherwise]
ko = '사본이 다릅니다.'
en = 'The copies differ.'

[exercises.two_copies.mistakes.upside_down]
ko = '위아래로 뒤집었습니다.'
en = 'Turned upside down.'

[exercises.two_copies.mistakes.from_one]
ko = '1부터 셌습니다.'
en = 'Counted from 1.'

[quizzes.why]
ko = '몇 장인가요?'
en = 'How many?'

[[quizzes.why.options]]
ko = '한 장'
en = 'one'
reply_ko = '아닙니다.'
reply_en = 'No.'

[[quizzes.why.options]]
ko = '두 장'
en = 'two'
reply_ko = '맞습니다.'
reply_en = 'Right.'
"""

PLANTED = """
import torch

from course_utils.pretext.mirror import two_copies


def upside_down(x):
    return torch.cat([x, x.flip(-2)]), two_copies(x)[1]


RIGHT = {i: lambda x: two_copies(x) for i in range(4)}
WRONG = {i: (lambda x: upside_down(x), "upside down") for i in range(8)}
TABLES = {"two_copies": (RIGHT, WRONG)}
"""

FRESH = """
from tests.lessons.mirror.planted import RIGHT, WRONG

NAME = "mirror.two_copies"
ANSWERS = [(NAME, "right", f, "") for f in RIGHT.values()]
ANSWERS += [(NAME, "wrong", f, words) for f, words in WRONG.values()]
"""

KOREAN = """
# 13 · 거울

사진을 거울상(mirror image)으로 만든 다음, 뒤집었는지 맞힙니다. 이 문제가 프리텍스트 태스크(pretext task)이고 정답은 공짜입니다. 이렇게 배운 표현(representation)은 다른 일에 씁니다.
"""
ENGLISH = """
# 13 · Mirror

A photograph becomes its mirror image, and the question is whether it did. That is the pretext task, and its answer is free. The representation that is learned serves other ends.
"""
CODE = {
    "imports": """\
from course_utils.data import photos
from course_utils.exercises import above, check, claim, show_basics, show_progress
from course_utils.widgets import questions""",
    "basics": "show_basics()",
    "data": "train, test = photos.load('auto')",
    "exercise": """\
def my_two_copies(images):
    # return copies, labels
    pass


two_copies = check("mirror.two_copies", my_two_copies)""",
    "claim": """\
claim(
    ko="학습 이미지가 더 많습니다.",
    en="There are more pictures to train on.",
    by=above(len(train), len(test), "{:,}"),
)""",
    "quiz": 'question = questions.quiz("mirror.why")',
    "progress": "show_progress()",
}


def small_notebook(like: Path) -> nbformat.NotebookNode:
    """A lesson of one page: the first cells of another one, then its own."""
    other = nbformat.read(like, as_version=4)
    first = [cell for cell in other.cells if cell.cell_type == "code"][:2]

    def page(name, ko, en):
        text = f'<div lang="ko">\n{ko}\n</div>\n<div lang="en">\n{en}\n</div>'
        return nbformat.v4.new_markdown_cell(text, id=name)

    own = [nbformat.v4.new_code_cell(source, id=name) for name, source in CODE.items()]
    for cell in own:
        if cell.id in ("quiz", "claim"):
            cell.metadata["jupyter"] = {"source_hidden": True}
    deeper = page("deeper", "\n# 더 깊이\n", "\n# Go deeper\n")
    cells = [page("title", KOREAN, ENGLISH), *first, *own[:-1], deeper, own[-1]]
    return nbformat.v4.new_notebook(cells=cells, metadata=dict(other.metadata))


@pytest.fixture
def copy(tmp_path):
    root = tmp_path / "course"
    root.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, root / name)
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.lstrip("\n"), encoding="utf-8")


def test_a_lesson_is_found(copy):
    lesson, tests = copy / "course_utils/lessons/mirror", copy / "tests/lessons/mirror"
    write(copy / "course_utils/pretext/mirror.py", PRETEXT)
    write(lesson / "texts.toml", TEXTS)
    write(lesson / "exercises/two_copies.py", EXERCISE)
    for folder in (lesson, lesson / "exercises", tests):
        write(folder / "__init__.py", "")
    write(tests / "planted.py", PLANTED)
    write(tests / "fresh.py", FRESH)
    nbformat.write(
        small_notebook(copy / "notebooks/03_rotation.ipynb"), copy / "notebooks/13_mirror.ipynb"
    )

    def run(*command):
        environment = os.environ | {"PYTHONPATH": str(copy), "SSL_COURSE_DATASET": "toyworld"}
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
        return done.stdout

    run("course_utils", "lists")
    run("course_utils", "execute", "notebooks/13_mirror.ipynb")
    assert "| 13 | [Mirror](notebooks/13_mirror.ipynb) | complete |" in (
        copy / "README.md"
    ).read_text(encoding="utf-8")
    told = run(
        "pytest", "-q", "-p", "no:cacheprovider", "-k", "mirror or lists or curriculum",
        "tests/exercises", "tests/test_texts.py", "tests/test_project.py", "tests/notebooks",
        "tests/workshop/test_lists.py", "tests/figures/test_curriculum.py",
    )  # fmt: skip
    assert int(told.split(" passed")[0].split()[-1]) >= 60

    written_anew = {
        "README.md",
        "notebooks/TEACHING.md",
        "notebooks/01_why_ssl.ipynb",
    }  # by ``lists``
    for path in copy.rglob("*"):
        before = ROOT / path.relative_to(copy)
        if before.is_file() and path.suffix != ".pyc":
            name = path.relative_to(copy).as_posix()
            assert name in written_anew or filecmp.cmp(path, before, shallow=False), name
