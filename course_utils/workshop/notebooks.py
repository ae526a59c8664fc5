"""Run a lesson from a clean kernel and stamp it: its outputs can be told from stale ones."""

import datetime
import hashlib
import json
import os
import platform
import time
from pathlib import Path

import nbformat

from course_utils import runtime, threads
from course_utils.data import files
from course_utils.lang import both

STAMP = "ssl_course"
_LIVE_WIDGET = "application/vnd.jupyter.widget-view+json"
SWITCH_TAG = "lang-switch"
SETUP_TAG = "setup"  # the first cell, written by ``badges``
# Appended for the run, removed after it: every lesson calls its training pictures ``train``.
_ASK_DATA = "import json; print(json.dumps({'data': train.name, 'provenance': train.provenance}))"


def lessons(folder: Path) -> list[Path]:
    """The notebooks of the lessons in a folder, in their order."""
    return sorted(p for p in Path(folder).glob("[0-9]*.ipynb") if not files.ignored(p.name))


def opened(path: Path) -> nbformat.NotebookNode:
    """A notebook; raises ``ValueError`` for a file that is none."""
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise ValueError(
            both(
                ko=f"{path}: 노트북이 아니거나 비어 있는 파일입니다. 지우거나 다시 받으세요.",
                en=f"{path} is empty or no notebook. Delete it or fetch it again.",
            )
        ) from error


def cells_hash(notebook: nbformat.NotebookNode) -> str:
    """A hash of all code cells in order: outputs belong to the code with the same hash.

    Without the first cell, which makes sure that the course is installed and holds its address, and
    without the switch, in whose place an edition chooses its language.
    """
    sources = [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not {SETUP_TAG, SWITCH_TAG} & set(cell.metadata.get("tags", []))
    ]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()[:16]


def execute(path: Path) -> dict:
    """Run a notebook from a clean kernel in strict mode, write outputs and stamp, return the stamp.

    The whole schedule is run, and both languages are shown. Nothing is written when a cell fails:
    the error is raised as ``nbclient.exceptions.CellExecutionError`` and the file stays as it was.
    Widgets keep their still form only, and the language switch no output: on a page nothing is
    behind them. Raises ``FileNotFoundError`` where there is no such notebook.
    """
    from nbclient import NotebookClient

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            both(
                ko=f"노트북 {path}가 없습니다. 경로를 확인하세요.",
                en=f"There is no notebook {path}. Check the path.",
            )
        )
    notebook = opened(path)
    notebook.cells.append(nbformat.v4.new_code_cell(_ASK_DATA))
    client = NotebookClient(
        notebook,
        timeout=1800,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],  # the kernel warns of things no reader can change
        record_timing=False,
        store_widget_state=False,
    )
    strict = {
        "SSL_COURSE_STRICT": "1",
        "SSL_COURSE_EFFORT": "1",  # below 1 no claim counts
        "SSL_COURSE_LANG": "both",
        "SSL_COURSE_THREADS": str(threads.usable()),  # not what this moment makes faster
    }
    start = time.perf_counter()
    client.execute(env={**os.environ, **strict})
    seconds = time.perf_counter() - start
    about = json.loads(notebook.cells.pop().outputs[-1].text)
    for cell in notebook.cells:
        _clean(cell)
    stamp = {
        "code": cells_hash(notebook),
        **about,
        "seconds": round(seconds),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": _version("torch"),
        "torchvision": _version("torchvision"),
        "date": datetime.date.today().isoformat(),
    }
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            STAMP: stamp,
        }
    )
    with runtime.replacing(path) as beside:
        nbformat.write(notebook, beside)
    return stamp


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package).split("+")[0]


def _clean(cell: nbformat.NotebookNode) -> None:
    if cell.cell_type != "code":
        return
    cell.metadata.pop("execution", None)
    if SWITCH_TAG in cell.metadata.get("tags", []):
        cell.outputs, cell.execution_count = [], None
        return
    kept = []
    for output in cell.outputs:
        live = output.get("data", {}).pop(_LIVE_WIDGET, None)
        if output.get("name") == "stderr" or (live and "text/html" not in output.data):
            continue
        kept.append(output)
    cell.outputs = kept
