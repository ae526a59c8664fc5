"""Which bytes a lesson's check rests on, and their hash. Needs nothing but Python.

A lesson reaches its cells, every module of the course that these import, directly or not, all that
stands in its own folder of ``course_utils/lessons``, and the data beside what it reaches. Of other
lessons' texts it reaches what figures and maps read, of other lessons' records and exercises, and of
shipped encoders, those that it names.
"""

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "course_utils"
# What every lesson reads of the texts of all: names in figures, titles and places on the map.
SHARED_TEXTS = ("lesson", "names")
COURSE = "course"  # stands for the checks that belong to no lesson

# What a check rests on beside the lesson, and whether on its stored outputs as well.
BESIDE = {
    "photos": ((), False),
    "browser": (("course_utils/workshop", "tests/browser", "tests/notebooks/github.py"), True),
    "colab": (("course_utils/workshop", "tests/colab"), False),
}


@cache
def named_in(source: str) -> tuple[set[str], set[str]]:
    """Modules and names that a source imports, dotted, and its text constants."""
    imported, constants = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            constants.add(node.value)
    return imported, constants


class Course:
    """The course in a folder: its lessons, and what each of them reaches."""

    def __init__(self, root: Path = ROOT):
        self.root = root
        self.reached = cache(self._reached)

    @cached_property
    def lessons(self) -> dict[str, Path]:
        """Notebooks by name, such as ``03_rotation``."""
        return {p.stem: p for p in sorted((self.root / "notebooks").glob("[0-9]*.ipynb"))}

    @cached_property
    def topics(self) -> set[str]:
        """Folders of ``course_utils/lessons`` that are a topic."""
        folders = (self.root / PACKAGE / "lessons").iterdir()
        return {p.name for p in folders if p.is_dir() and not p.name.startswith("_")}

    # ------------------------------------------------------------ code

    def module_files(self, dotted: str) -> list[Path]:
        """Files that importing ``course_utils.a.b`` runs; a last name that is no module is left."""
        parts, files = dotted.split("."), []
        for n in range(1, len(parts) + 1):
            path = self.root.joinpath(*parts[:n])
            for file in (path / "__init__.py", path.with_suffix(".py")):
                if file.is_file():
                    files.append(file)
        return files

    def modules(self, sources: Iterable[str], files: Iterable[Path] = ()) -> set[Path]:
        """Modules of the course that ``sources`` and ``files`` import, and these files."""
        found: set[Path] = set()
        waiting = [*files]

        def add(source: str) -> None:
            for dotted in named_in(source)[0]:
                if dotted.split(".")[0] == PACKAGE:
                    waiting.extend(self.module_files(dotted))

        for source in sources:
            add(source)
        while waiting:
            file = waiting.pop()
            if file not in found:
                found.add(file)
                add(file.read_text(encoding="utf-8"))
        return found

    def cells(self, lesson: str) -> list[dict]:
        """Cells without what running them left."""
        notebook = json.loads(self.lessons[lesson].read_text(encoding="utf-8"))
        return [
            {
                "id": cell["id"],
                "type": cell["cell_type"],
                "source": "".join(cell["source"]),
                "tags": cell["metadata"].get("tags", []),
                "attachments": cell.get("attachments", {}),
            }
            for cell in notebook["cells"]
        ]

    # ------------------------------------------------------------ what is reached

    def _in(self, place: str) -> set[Path]:
        path = self.root / place
        if path.is_file():
            return {path}
        return {p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts}

    def _reached(self, lesson: str) -> set[Path]:
        """Files whose bytes count in full, whatever the check."""
        if lesson == COURSE:  # whatever is not a lesson's own
            own = {self.root / PACKAGE / "lessons" / topic for topic in self.topics}
            files = {p for p in self._in(PACKAGE) if not own & set(p.parents)}
            return files | {self.root / "notebooks" / "START.ipynb"}
        topic = lesson.split("_", 1)[1]
        cells = [c["source"] for c in self.cells(lesson) if c["type"] == "code"]
        own = self._in(f"{PACKAGE}/lessons/{topic}") | self._in(f"tests/lessons/{topic}/browser.py")
        files = own | self.modules(cells, [p for p in own if p.suffix == ".py"])
        said = [*cells, *(p.read_text(encoding="utf-8") for p in files if p.suffix == ".py")]
        constants = set().union(*(named_in(source)[1] for source in said))
        exercises = [c.split(".") for c in constants if re.fullmatch(r"\w+\.\w+", c)]
        for topic, name in exercises:
            file = self.root / PACKAGE / "lessons" / topic / "exercises" / f"{name}.py"
            if file.is_file():
                files |= self.modules([f"import {PACKAGE}.lessons.{topic}.exercises.{name}"])
        lessons, encoders = (self.root / PACKAGE / part for part in ("lessons", "encoders"))
        for other in self.topics & constants:  # names of records, and of encoders that are shipped
            files |= self._in(f"{PACKAGE}/lessons/{other}/results.json")
            if encoders / "shipped.py" in files:
                files |= set(encoders.glob(f"{other}.*"))
        for folder in {p.parent for p in files if p.suffix == ".py"}:
            if lessons not in folder.parents:  # of other lessons and encoders what is named above
                files |= {
                    p
                    for p in folder.rglob("*")
                    if p.is_file()
                    and p.suffix not in (".py", ".pyc", ".part")
                    and not {lessons, encoders} & {*p.parents}
                }
        text = "\n".join(c["source"] for c in self.cells(lesson))
        return files | {p for p in self._in("images") if p.name in text}

    def _shared_texts(self) -> str:
        files = sorted((self.root / PACKAGE / "lessons").glob("*/texts.toml"))
        tables = {p.parent.name: tomllib.loads(p.read_text(encoding="utf-8")) for p in files}
        shared = {t: [table.get(key) for key in SHARED_TEXTS] for t, table in tables.items()}
        return json.dumps(shared, sort_keys=True, ensure_ascii=False)

    def hash(self, lesson: str, check: str) -> str:
        """16 hex digits for all that a check of a lesson rests on."""
        places, with_outputs = BESIDE[check]
        files = self.reached(lesson).union(*(self._in(place) for place in places))
        files |= {self.root / "pyproject.toml"}
        if lesson != COURSE and with_outputs:
            files.add(self.lessons[lesson])
        total = hashlib.sha256()
        for name, data in sorted(
            (p.relative_to(self.root).as_posix(), p.read_bytes()) for p in files
        ):
            total.update(f"{name} {len(data)}\n".encode() + data)
        cells = [] if lesson == COURSE else self.cells(lesson)
        total.update(json.dumps(cells, sort_keys=True, ensure_ascii=False).encode())
        total.update(self._shared_texts().encode())
        return total.hexdigest()[:16]

    def not_reached(self, lesson: str, read: Iterable[Path]) -> set[Path]:
        """Files that a run has read and ``reached`` has not; texts of others are shared in part."""
        shared = set((self.root / PACKAGE / "lessons").glob("*/texts.toml"))
        return set(read) - self.reached(lesson) - shared
