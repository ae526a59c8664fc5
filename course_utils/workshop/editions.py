"""One lesson, one language: notebooks with the Korean or the English only, made from the lessons.

For places where the switch cannot work (Colab keeps every output in a frame of its own) and for
readers who want one language on paper. Nothing is translated or run: blocks marked with the other
language are left out, of the text as of the outputs.
"""

import copy
from pathlib import Path

import nbformat

from course_utils import runtime
from course_utils.lang import MARKED, both, only, text_of
from course_utils.workshop import notebooks

EDITIONS = ("ko", "en")


def _block(markdown: str, language: str) -> str:
    """The Markdown in the block of a language; without blocks, a reader's own note, as it is."""
    if not MARKED.search(markdown):
        return markdown
    return "\n\n".join(m[3].strip() for m in MARKED.finditer(markdown) if m[2] == language)


def _output(output: nbformat.NotebookNode, language: str) -> None:
    data = output.get("data", {})
    if "text/html" in data:
        one = only(data["text/html"], language)
        if one != data["text/html"]:
            data["text/html"], data["text/plain"] = one, text_of(one)


def edition(lesson: nbformat.NotebookNode, language: str) -> nbformat.NotebookNode:
    """A copy of the lesson in ``language``, ``"ko"`` or ``"en"``.

    Code cells are those of the lesson, but for the switch: in its place the language is chosen.
    """
    one = copy.deepcopy(lesson)
    for cell in one.cells:
        if cell.cell_type == "markdown":
            cell.source = _block(cell.source, language)
        elif notebooks.SWITCH_TAG in cell.metadata.get("tags", []):
            cell.source = f'from course_utils import lang\n\nlang.set_language("{language}")'
            cell.outputs, cell.execution_count = [], None
        elif cell.cell_type == "code":
            for output in cell.outputs:
                _output(output, language)
    one.metadata[notebooks.STAMP] = {**one.metadata.get(notebooks.STAMP, {}), "edition": language}
    return one


def write_editions(folder: Path, to: Path) -> list[Path]:
    """Write ``NAME.ko.ipynb`` and ``NAME.en.ipynb`` of every lesson in ``folder`` to ``to``.

    Returns their paths. Written as by ``runtime.replace_all``. Raises ``FileNotFoundError`` where
    there is no lesson, and ``ValueError`` where ``to`` is the folder of the lessons: editions are
    no lessons, and tests of the lessons would take them for some.
    """
    if Path(to).resolve() == Path(folder).resolve():
        raise ValueError(
            both(
                ko=f"강의가 있는 폴더({folder})에는 쓰지 않습니다. --to로 다른 폴더를 정하세요.",
                en=f"Nothing is written to the folder of the lessons ({folder}). "
                "Give another one as --to.",
            )
        )
    lessons = notebooks.lessons(folder)
    if not lessons:
        raise FileNotFoundError(
            both(
                ko=f"{folder}에 강의 노트북이 없습니다. 저장소 폴더에서 실행하거나 --folder로 폴더를 "
                "정하세요.",
                en=f"There is no lesson in {folder}. Run this in the repository's folder, or give "
                "--folder.",
            )
        )
    made = {}
    for path in lessons:
        lesson = notebooks.opened(path)
        for language in EDITIONS:
            text = nbformat.writes(edition(lesson, language)) + "\n"
            made[Path(to) / f"{path.stem}.{language}.ipynb"] = text
    runtime.replace_all(made)
    return list(made)
