"""Checks by need, used by ``make``: ``python -m tests.checks fits | toyworld | own | lesson NUMBER | prove``."""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.checks import passed as lines
from tests.checks.reached import BESIDE, COURSE, ROOT, Course

NBVAL = ("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=1800")
PROVE = "make prove PHOTOS=cifar10.zip VIDEO=vtest.avi"


def pytest(*arguments: str, **environment: str) -> int:
    """The exit status of pytest with these arguments."""
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment).returncode


def on_data(name: str, notebooks: Path, *, effort: str = "1", **environment: str) -> bool:
    """Every cell of a notebook, or of all in a folder, on a data set, strictly; ``effort`` as
    ``SSL_COURSE_EFFORT``, below 1 no claim counts.
    """
    from course_utils.threads import usable

    settings = {"DATASET": name, "EFFORT": effort, "STRICT": "1", "THREADS": str(usable())}
    settings = {f"SSL_COURSE_{key}": value for key, value in settings.items()}
    return pytest(*NBVAL, str(notebooks), **settings, **environment) == 0


def photos(course: Course, lessons: list[str]) -> dict[str, int]:
    """Lessons that pass on photographs and read nothing that ``reached`` does not know."""
    took = {}
    for lesson in lessons:
        with tempfile.TemporaryDirectory() as folder:
            notes, start = Path(folder) / "read", time.monotonic()
            trace = {"TRACE_FILE": str(notes), "PYTHONPATH": str(Path(__file__).parent / "trace")}
            if not on_data("cifar10", course.lessons[lesson], **trace):
                continue
            read = {Path(line) for line in notes.read_text(encoding="utf-8").splitlines()}
        missed = course.not_reached(lesson, read)
        if missed:
            print(f"{lesson} reads what tests/checks/reached.py does not find: {sorted(missed)}")
        else:
            took[lesson] = round(time.monotonic() - start)
    return took


def own(course: Course) -> bool:
    """Whether every lesson runs to its end on a reader's own pictures and films, of which too few
    may be there to learn anything: a tenth of the schedule.
    """
    from tests.checks.own import cases

    failed = []
    for name, notebook, data in cases(course.lessons):
        print(f"---- {name}", flush=True)
        if not on_data(data, notebook, effort="0.1"):
            failed.append(name)
    if failed:
        print(f"Not passed: {', '.join(failed)}")
    return not failed


def in_folder(kind: str, course: Course, lessons: list[str]) -> dict[str, int]:
    """Lessons whose tests in ``tests/KIND`` all pass; ``COURSE`` are those of no lesson."""
    every = " or ".join(course.lessons)
    chosen = " or ".join(f"not ({every})" if name == COURSE else name for name in lessons)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        pytest(f"tests/{kind}", "-s", "-k", chosen, f"--junitxml={report}")
        cases = list(ET.parse(report).iter("testcase")) if report.is_file() else []
    return results(course, lessons, cases)


def results(course: Course, lessons: list[str], cases: list[ET.Element]) -> dict[str, int]:
    """Seconds of each of ``lessons`` that has cases and none that failed or was left out."""
    took = {}
    for lesson in lessons:
        others = [name for name in course.lessons if name != lesson]
        own = [
            case
            for case in cases
            if (lesson in case.get("name"))
            or (lesson == COURSE and not any(name in case.get("name") for name in others))
        ]
        if own and not any(case.find(end) is not None for case in own for end in ("failure", "error", "skipped")):  # fmt: skip
            took[lesson] = round(sum(float(case.get("time")) for case in own))
    return took


def run(course: Course, checks: list[lines.Check]) -> bool:
    """Run checks, write a line for each that passes; whether all did."""
    failed = []
    for kind in BESIDE:
        lessons = [lesson for lesson, of in checks if of == kind]
        if not lessons:
            continue
        hashes = {lesson: course.hash(lesson, kind) for lesson in lessons}
        took = photos(course, lessons) if kind == "photos" else in_folder(kind, course, lessons)
        there = {k: v for k, v in lines.read().items() if k in lines.all_checks(course)}
        fresh = Course()  # what was changed meanwhile has not passed
        for lesson in lessons:
            if lesson in took and fresh.hash(lesson, kind) == hashes[lesson]:
                there[lesson, kind] = lines.Passed(hashes[lesson], took[lesson])
            else:
                failed.append(f"{lesson} {kind}")
        lines.write(there)
    if failed:
        print(f"Not passed: {', '.join(failed)}")
    return not failed


def fits(course: Course, kinds: list[str], available: int = lines.AVAILABLE) -> bool:
    """Say what has to run; whether it fits into a run, and if not, how it is proved elsewhere."""
    passed = lines.read()
    waiting = lines.needed(course, passed, lines.all_checks(course, kinds))
    total = lines.seconds(waiting, passed)
    listed = ", ".join(" ".join(check) for check in waiting) or "nothing"
    print(f"Not passed on these bytes: {listed}. {total} s of {available} s.")
    if total > available:
        print(
            f"여기서 다 확인하기에는 너무 깁니다. 다른 곳에서 {PROVE}를 실행하고 .ci/passed를 함께 커밋하세요.\n"
            f"Too long for this run. Run {PROVE} elsewhere and commit .ci/passed with the change."
        )
    return total <= available


def lesson_of(course: Course, number: str) -> str:
    """The lesson with a number, such as 03, or a name; says which there are."""
    found = [name for name in course.lessons if number in (name, name.split("_")[0])]
    if len(found) != 1:
        raise SystemExit(
            f"강의 {number!r}은 없습니다. make lesson L=03처럼 다음 중 하나를 적으세요: {', '.join(course.lessons)}\n"
            f"There is no lesson {number!r}. Name one of these, as in make lesson L=03: {', '.join(course.lessons)}"
        )
    return found[0]


def one_lesson(course: Course, name: str) -> bool:
    """A lesson's units, its notebook on ToyWorld, browser and Colab, whatever has passed before."""
    topic = name.split("_", 1)[1]
    units = [f"tests/lessons/{topic}", "tests/notebooks", "tests/test_project.py"]
    units += [str(p) for p in (ROOT / "tests" / "pretext").glob(f"test_{topic}*.py")]
    if pytest(*units) or not on_data("toyworld", course.lessons[name]):
        return False
    return run(course, [(name, kind) for kind in ("browser", "colab")])


def main() -> int:
    """What ``make`` calls; 1 if something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("fits", "prove"):
        commands.add_parser(command).add_argument("kinds", nargs="*", default=list(BESIDE))
    commands.choices["prove"].add_argument("--all", action="store_true")
    commands.add_parser("toyworld").add_argument("--effort", default="1")
    commands.add_parser("own")
    commands.add_parser("lesson").add_argument("number")
    asked = parser.parse_args()
    course = Course()
    if asked.command == "lesson":
        return not one_lesson(course, lesson_of(course, asked.number))
    if asked.command == "toyworld":
        return not on_data("toyworld", ROOT / "notebooks", effort=asked.effort)
    if asked.command == "own":
        return not own(course)
    if asked.command == "fits":
        return not fits(course, asked.kinds)
    checks = lines.all_checks(course, asked.kinds)
    waiting = checks if asked.all else lines.needed(course, lines.read(), checks)
    return not run(course, waiting)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
