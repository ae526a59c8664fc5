"""What has passed, on which bytes: one line a lesson and check in ``.ci/passed``."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.checks.reached import BESIDE, COURSE, ROOT, Course

FILE = ROOT / ".ci" / "passed"
HEAD = (
    "# Which check of which lesson passed on which bytes, and in how many seconds. make prove and\n"
    "# make lesson write it; commit it with the change, never edit it.\n"
)
# Seconds of two quiet cores: what a check takes that has never passed (of those of today 110 on
# average), and what .ci/run may spend on checks. On a machine half as fast that and make test stay
# within the 90 minutes of a run.
UNKNOWN, AVAILABLE = 110, 27 * 60

Check = tuple[str, str]  # lesson, check


@dataclass(frozen=True)
class Passed:
    """A check that passed: the hash of what it rests on, and its seconds."""

    hash: str
    seconds: int


def read(file: Path = FILE) -> dict[Check, Passed]:
    """What stands in the file; what is no such line does not count."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        words = line.split()
        if len(words) == 4 and not line.startswith("#") and words[3].isdecimal():
            found[words[0], words[1]] = Passed(words[2], int(words[3]))
    return found


def write(passed: dict[Check, Passed], file: Path = FILE) -> None:
    """All lines in order: the same content is the same file."""
    lines = [f"{a} {b} {line.hash} {line.seconds}\n" for (a, b), line in sorted(passed.items())]
    file.write_text(HEAD + "".join(lines), encoding="utf-8")


def all_checks(course: Course, kinds: Iterable[str] = BESIDE) -> list[Check]:
    """Every check there is, by kind; photographs are nothing that the course has by itself."""
    return [
        (lesson, kind)
        for kind in kinds
        for lesson in [*course.lessons, *([COURSE] if kind != "photos" else [])]
    ]


def needed(course: Course, passed: dict[Check, Passed], checks: Iterable[Check]) -> list[Check]:
    """Which of ``checks`` have no line for the bytes that are there now."""
    return [c for c in checks if c not in passed or passed[c].hash != course.hash(*c)]


def seconds(checks: Iterable[Check], passed: dict[Check, Passed]) -> int:
    """How long checks will take, as long as they did last time."""
    return sum(passed[c].seconds if c in passed else UNKNOWN for c in checks)
