"""Notes which files of the course a Python process reads: put first on PYTHONPATH for a check.

Each file is written as it is read, for a kernel is killed rather than ended.
"""

import importlib.util
import os
import sys
from pathlib import Path

_NOTES = os.environ.get("TRACE_FILE")
_ROOT = str(Path(__file__).resolve().parents[3] / "course_utils") + os.sep
_seen = set()


def _note(event, arguments):
    if event != "open" or not isinstance(arguments[0], str):
        return
    path, reads = os.path.abspath(arguments[0]), (arguments[2] & os.O_ACCMODE) == os.O_RDONLY
    if not reads or not path.startswith(_ROOT) or path in _seen:
        return
    _seen.add(path)
    if path.endswith(".pyc"):
        path = importlib.util.source_from_cache(path)
    with open(_NOTES, "a", encoding="utf-8") as notes:
        notes.write(path + "\n")


if _NOTES:
    sys.addaudithook(_note)
