"""A lesson's own texts: its titles, what is said of mistakes, hints, quizzes, in both languages.

They stand in ``lessons/TOPIC/texts.toml``. A text is a table with ``ko`` and ``en``; placeholders
in braces are filled by name and are the same in both languages.
"""

import functools
import string
import tomllib
from pathlib import Path

from course_utils.lang import both

LESSONS = Path(__file__).parent / "lessons"

Said = tuple[str, str]  # Korean, English

# What a text is made of: the keys of its table.
_TEXT = {"ko", "en"}
_OPTION = {"ko", "en", "reply_ko", "reply_en"}
_EXERCISE = {"hints", "mistakes", "instead", "otherwise"}
# General messages that a lesson may replace for an exercise.
REPLACEABLE = {"results", "kind", "changed", "shape", "dtype", "device"}


def file_of(topic: str) -> Path:
    """Where a topic's texts stand."""
    return LESSONS / topic / "texts.toml"


@functools.cache
def of(topic: str) -> dict:
    """A topic's texts by kind, ``lesson``, ``names``, ``memory``, ``exercises``, ``quizzes``; each
    text is a pair (Korean, English).

    ``lesson`` holds ``number``, ``title``, ``play`` (what one does there), ``ask`` (pairs of a
    question and the belief that it shakes), and its place on the course's ``map`` with what it
    ``leads_to``; None where there is none. ``names`` are what figures call things, English to
    Korean; ``memory`` is what is said of a method rebuilt from memory, by finding.
    ``exercises[name]`` holds ``hints`` (a list), ``mistakes`` and ``instead`` (texts by name) and
    ``otherwise``; ``quizzes[name]`` holds ``question`` and ``options``, pairs of answer and reply.
    Raises ``ValueError`` for whatever is missing, unknown or unlike in the two languages.
    """
    raw = tomllib.loads(file_of(topic).read_text(encoding="utf-8"))
    place = f"lessons/{topic}/texts.toml"
    _only(raw, {"lesson", "names", "memory", "exercises", "quizzes"}, place)
    return {
        "lesson": _lesson(raw["lesson"], f"{place}, lesson") if "lesson" in raw else None,
        "names": {
            en: _pair(ko, en, f"{place}, names")[0].replace("|", "\n")
            for en, ko in raw.get("names", {}).items()
        },
        "exercises": {
            name: _exercise(table, f"{place}, exercises.{name}")
            for name, table in raw.get("exercises", {}).items()
        },
        "memory": _by_name(raw.get("memory", {}), f"{place}, memory"),
        "quizzes": {
            name: _quiz(table, f"{place}, quizzes.{name}")
            for name, table in raw.get("quizzes", {}).items()
        },
    }


def written_lessons() -> dict[str, dict]:
    """What all lessons say of themselves, by topic, in the order of their numbers."""
    topics = (path.parent.name for path in LESSONS.glob("*/texts.toml"))
    found = {topic: of(topic)["lesson"] for topic in topics}
    found = {topic: lesson for topic, lesson in found.items() if lesson is not None}
    return dict(sorted(found.items(), key=lambda item: item[1]["number"]))


@functools.cache
def figure_names() -> dict[str, str]:
    """What figures of any lesson call things, English to Korean; ``{}`` stands for a number."""
    topics = sorted(path.parent.name for path in LESSONS.glob("*/texts.toml"))
    return {en: ko for topic in topics for en, ko in of(topic)["names"].items()}


def placeholders(text: str) -> set[str]:
    """The names in braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _wrong(place: str, ko: str, en: str) -> ValueError:
    return ValueError(both(ko=f"{place}: {ko}", en=f"{place}: {en}"))


def _only(table: dict, allowed: set[str], place: str) -> None:
    unknown = set(table) - allowed
    if unknown:
        names = ", ".join(sorted(unknown))
        raise _wrong(place, f"모르는 키가 있습니다: {names}", f"there are unknown keys: {names}")


def _said(table: object, place: str) -> Said:
    if not isinstance(table, dict) or set(table) != _TEXT:
        raise _wrong(place, "ko와 en이 하나씩 있어야 합니다", "ko and en, one each, are needed")
    return _pair(table["ko"], table["en"], place)


def _pair(ko: object, en: object, place: str) -> Said:
    if not all(isinstance(text, str) and text.strip() for text in (ko, en)):
        raise _wrong(place, "빈 글이 있습니다", "an empty text")
    if placeholders(ko) != placeholders(en):
        raise _wrong(place, "두 언어의 자리표시자가 다릅니다", "other placeholders in one language")
    return ko, en


def _with(table: dict, second: str, place: str) -> tuple[Said, Said]:
    """A text and the one beside it, whose keys begin with ``second``."""
    beside = (table.get(f"{second}_{language}") for language in ("ko", "en"))
    return _pair(table.get("ko"), table.get("en"), place), _pair(*beside, place)


def _by_name(tables: dict, place: str) -> dict[str, Said]:
    return {name: _said(table, f"{place}.{name}") for name, table in tables.items()}


def _exercise(table: dict, place: str) -> dict:
    _only(table, _EXERCISE, place)
    instead = table.get("instead", {})
    _only(instead, REPLACEABLE, f"{place}.instead")
    hints = table.get("hints", [])
    if len(hints) != 3:
        raise _wrong(place, "힌트는 세 개여야 합니다", "three hints are needed")
    return {
        "hints": [_said(hint, f"{place}.hints") for hint in hints],
        "mistakes": _by_name(table.get("mistakes", {}), f"{place}.mistakes"),
        "instead": _by_name(instead, f"{place}.instead"),
        "otherwise": _said(table.get("otherwise"), f"{place}.otherwise"),
    }


def _lesson(table: dict, place: str) -> dict:
    _only(table, {"number", "ko", "en", "play_ko", "play_en", "map", "leads_to", "ask"}, place)
    where = table.get("map", {})
    if not str(table.get("number", "")).isdecimal() or set(where) != {"ko", "en", "x", "y"}:
        raise _wrong(
            place, "번호나 지도에서의 자리가 없습니다", "number or place on the map missing"
        )
    title, play = _with(table, "play", place)
    return {
        "number": table["number"],
        "title": title,
        "play": play,
        "map": {
            "name": _pair(where["ko"], where["en"], f"{place}.map"),
            "x": where["x"],
            "y": where["y"],
        },
        "leads_to": [_arrow(arrow, f"{place}.leads_to") for arrow in table.get("leads_to", [])],
        "ask": [_with(ask, "belief", place) for ask in table.get("ask", [])],
    }


def _arrow(table: dict, place: str) -> tuple[str, Said]:
    """The number of a lesson, and why this one leads to it; two empty texts if nothing is said."""
    _only(table, {"number", *_TEXT}, place)
    said = len(table) > 1
    return table["number"], _pair(table.get("ko"), table.get("en"), place) if said else ("", "")


def _quiz(table: dict, place: str) -> dict:
    _only(table, {"ko", "en", "options"}, place)
    options = table.get("options", [])
    if len(options) < 2:
        raise _wrong(place, "선택지가 둘은 있어야 합니다", "at least two options are needed")
    for option in options:
        if set(option) != _OPTION:
            raise _wrong(place, "선택지에 글이 빠졌습니다", "an option lacks a text")
    return {
        "question": _pair(table.get("ko"), table.get("en"), place),
        "options": [_with(option, "reply", place) for option in options],
    }
