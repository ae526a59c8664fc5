"""What a learner has done: exercises solved, questions answered, games played, runs measured.

It is kept in one small file beside the notebooks. Nothing else is stored, nothing is sent, and
nothing is written while tests run.
"""

import hashlib
import json
import os
from pathlib import Path

from course_utils import runtime
from course_utils.lang import say

FILE = "my_progress.json"


def _path() -> Path:
    return Path.cwd() / FILE


def _writes() -> bool:
    """Only what a learner does in a notebook is kept."""
    return runtime.in_notebook() and os.environ.get("SSL_COURSE_STRICT") != "1"


def _nothing() -> dict:
    return {"solved": [], "answers": {}, "games": {}, "runs": []}


def remembered(folder: Path | None = None) -> dict:
    """What is kept, empty at first: ``solved`` (names of exercises), ``answers`` (option by
    question), ``games`` (items, answers and seconds by name), ``runs`` (rows of the league table).

    ``folder`` is the current one by default, which in a notebook is its own. A damaged file counts
    as none.
    """
    path = folder / FILE if folder is not None else _path()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {
            "solved": [str(name) for name in stored["solved"]],
            "answers": {str(q): int(option) for q, option in stored["answers"].items()},
            "games": {str(name): _game(played) for name, played in stored.get("games", {}).items()},
            "runs": [_run(run) for run in stored.get("runs", [])],
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return _nothing()


def _save(change) -> None:
    """Read, change, write as a whole: two open notebooks do not lose one another's entries."""
    if not _writes():
        return
    stored = remembered()
    change(stored)
    try:
        with runtime.replacing(_path()) as beside:
            beside.write_text(json.dumps(stored, indent=1, sort_keys=True), encoding="utf-8")
    except OSError as error:
        say(
            ko=f"진도를 저장하지 못했습니다({error}). 강의는 그대로 계속할 수 있습니다.",
            en=f"Your progress could not be stored ({error}). The lesson goes on all the same.",
        )


def solved(exercise: str) -> None:
    """Remember that the exercise ``"topic.function"`` was solved."""
    _save(lambda stored: stored.update(solved=sorted({*stored["solved"], exercise})))


def question(english: str) -> str:
    """The name a question is remembered by: a short hash of its English text."""
    return hashlib.sha256(english.encode()).hexdigest()[:12]


def answered(english: str, option: int) -> None:
    """Remember which option of a question was chosen."""
    _save(lambda stored: stored["answers"].update({question(english): option}))


def answer(english: str) -> int | None:
    """The option chosen before, None if none was; always None while tests run."""
    return remembered()["answers"].get(question(english)) if _writes() else None


def _game(played: dict) -> dict:
    seconds = played["seconds"]
    return {
        "items": str(played["items"]),
        "answers": [int(answer) for answer in played["answers"]],
        "seconds": None if seconds is None else float(seconds),
    }


def _run(run: dict) -> dict:
    return {key: str(run[key]) for key in ("topic", "what", "data", "date")} | {
        "value": float(run["value"])
    }


def game(name: str, items: str) -> dict:
    """What was answered in a game with just these items: ``answers`` and ``seconds``, or nothing;
    always nothing while tests run.
    """
    played = remembered()["games"].get(name, {}) if _writes() else {}
    return played if played.get("items") == items else {}


def keep_game(name: str, items: str, answers: list[int], seconds: float | None) -> None:
    """Remember a game that was played to its end."""
    played = {"items": items, "answers": answers, "seconds": seconds}
    _save(lambda stored: stored["games"].update({name: played}))


def keep_run(topic: str, *, what: str, data: str, value: float, date: str) -> None:
    """Remember a learner's own measurement; of equal ones (topic, what, data) the last counts."""
    row = {"topic": topic, "what": what, "data": data, "value": value, "date": date}

    def add(stored):
        same = (topic, what, data)
        kept = [r for r in stored["runs"] if (r["topic"], r["what"], r["data"]) != same]
        stored["runs"] = [*kept, row]

    _save(add)


def overview(exercises: dict[str, list[str]], folder: Path | None = None) -> dict[str, str]:
    """A few lines in each language, ``{"ko": …, "en": …}``: every topic's exercises, solved or not.

    ``exercises``: their names by topic; ``folder``: where the notebooks lie, by default the current
    one. While tests run nothing counts as solved there.
    """
    stored = remembered(folder) if folder is not None or _writes() else _nothing()
    lines = []
    for topic, names in exercises.items():
        done = [name for name in names if f"{topic}.{name}" in stored["solved"]]
        marks = ", ".join(f"{'✔' if name in done else '·'} {name}" for name in names)
        lines.append(f"{topic}: {len(done)}/{len(names)}  {marks}")
    n = len(stored["answers"])
    last = {"ko": f"답을 고른 질문: {n}개", "en": f"questions answered: {n}"}
    return {language: "\n".join([*lines, told]) for language, told in last.items()}
