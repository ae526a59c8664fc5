"""Lists of the lessons in README, in the page for teachers and on the first lesson's cover, written
from the lessons' own texts.

Each stands between two comments, ``<!-- lessons:ko -->`` and ``<!-- /lessons:ko -->`` for instance.
"""

import re
from pathlib import Path

import nbformat

from course_utils import runtime, texts
from course_utils.figures import curriculum
from course_utils.lang import both, pair
from course_utils.workshop import notebooks

README, TEACHING = "README.md", "notebooks/TEACHING.md"
DOOR = "notebooks/01_why_ssl.ipynb"
_MAP = ("강의 지도", "The course")
_LANGUAGES = ("ko", "en")
_STATES = {True: ("완성", "complete"), False: ("예정", "planned")}


def lesson_rows(language: str) -> str:
    """Rows of README's table: number, title with its link, state."""
    i = _LANGUAGES.index(language)
    written = {
        one["number"]: (topic, one["title"][i]) for topic, one in texts.written_lessons().items()
    }
    rows = {number: (titles[i], False) for number, titles in curriculum.PLANNED_TITLES.items()}
    for number, (topic, title) in written.items():
        rows[number] = (f"[{title}](notebooks/{number}_{topic}.ipynb)", True)
    return "\n".join(
        f"| {number} | {title} | {_STATES[there][i]} |"
        for number, (title, there) in sorted(rows.items())
    )


def question_rows(language: str) -> str:
    """Rows of the table for teachers: lesson, what to ask, the belief that goes."""
    i = _LANGUAGES.index(language)
    return "\n".join(
        f"| {one['number']} | {ask[i]} | {belief[i]} |"
        for one in texts.written_lessons().values()
        for ask, belief in one["ask"]
    )


def map_line(language: str) -> str:
    """The course in a line for the first lesson's cover: what is written can be opened."""
    i = _LANGUAGES.index(language)
    topics = {one["number"]: topic for topic, one in texts.written_lessons().items()}
    columns: dict[float, list[str]] = {}
    for number, (title, x, _) in curriculum.places().items():
        called = f"{number} {pair(title)[i]}"
        if number == Path(DOOR).name[:2]:
            called = f"**{called}**"
        elif number in topics:
            called = f"[{called}]({number}_{topics[number]}.ipynb)"
        columns.setdefault(x, []).append(called)
    return f"**{_MAP[i]}**: " + " → ".join(" · ".join(column) for column in columns.values())


def with_map(text: str) -> str:
    """A cell with the map of the course written anew between its comments."""
    for language in _LANGUAGES:
        begin, end = (f"<!-- {slash}map:{language} -->" for slash in ("", "/"))
        pattern = f"({re.escape(begin)}\n).*?({re.escape(end)})"
        line = map_line(language)
        text = re.sub(
            pattern, lambda found, line=line: f"{found[1]}\n{line}\n\n{found[2]}", text, flags=re.S
        )
    return text


def with_lists(text: str) -> str:
    """A page with its lists written anew; raises ``ValueError`` where a comment has no partner."""
    for kind, rows in (("lessons", lesson_rows), ("questions", question_rows)):
        for language in _LANGUAGES:
            begin, end = (f"<!-- {slash}{kind}:{language} -->" for slash in ("", "/"))
            if (begin in text) != (end in text):
                raise ValueError(
                    both(
                        ko=f"{begin}와 {end} 가운데 하나만 있습니다. 둘 다 적으세요.",
                        en=f"Only one of {begin} and {end} is there. Write both.",
                    )
                )
            # The head of the table stands between the comment and the rows.
            pattern = f"({re.escape(begin)}\n(?:\\|[^\n]*\n){{2}}).*?({re.escape(end)})"
            text = re.sub(
                pattern,
                lambda found, rows=rows, language=language: (
                    f"{found[1]}{rows(language)}\n{found[2]}"
                ),
                text,
                flags=re.S,
            )
    return text


def write_lists(root: Path) -> list[Path]:
    """Write the lists of both pages and the map of the first lesson anew; return the paths of those
    that changed.
    """
    changed = []
    for name in (README, TEACHING):
        path = root / name
        before = path.read_text(encoding="utf-8")
        now = with_lists(before)
        if now != before:
            with runtime.replacing(path) as beside:
                beside.write_text(now, encoding="utf-8")
            changed.append(path)
    if (root / DOOR).is_file():
        lesson = notebooks.opened(root / DOOR)
        now = with_map(lesson.cells[0].source)
        if now != lesson.cells[0].source:
            lesson.cells[0].source = now
            with runtime.replacing(root / DOOR) as beside:
                nbformat.write(lesson, beside)
            changed.append(root / DOOR)
    return changed
