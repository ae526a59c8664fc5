"""execute(): runs, stamps, cleans, and leaves a failing notebook alone."""

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.workshop import notebooks
from tests.oracles import assert_bilingual

DATA = (
    "from types import SimpleNamespace\ntrain = SimpleNamespace(name='tiny', provenance='made up')"
)


@pytest.fixture
def write(tmp_path):
    def make(*sources, tags=None):
        cells = [new_code_cell(source) for source in sources]
        if tags:
            cells[0].metadata["tags"] = tags
        path = tmp_path / "강의 노트.ipynb"
        nbformat.write(new_notebook(cells=cells), path)
        return path

    return make


def test_outputs_and_stamp(write, monkeypatch):
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.1")  # must not shorten what gets committed
    widget = "import ipywidgets\nipywidgets.IntSlider()"
    path = write(
        DATA,
        "import os; print(os.environ['SSL_COURSE_STRICT'], os.environ['SSL_COURSE_EFFORT'])",
        widget,
    )
    stamp = notebooks.execute(path)
    done = nbformat.read(path, as_version=4)
    assert len(done.cells) == 3  # the question about the data is gone
    assert done.cells[1].outputs[0].text == "1 1\n"
    assert done.cells[2].outputs == []
    assert "widgets" not in done.metadata
    assert (stamp["data"], stamp["provenance"]) == ("tiny", "made up")
    assert done.metadata[notebooks.STAMP] == stamp
    assert stamp["code"] == notebooks.cells_hash(done)
    done.cells[0].source += " "
    assert stamp["code"] != notebooks.cells_hash(done)


def test_switch_is_left_without_output(write):
    path = write("print('buttons')", DATA, tags=[notebooks.SWITCH_TAG])
    notebooks.execute(path)
    switch = nbformat.read(path, as_version=4).cells[0]
    assert (switch.outputs, switch.execution_count) == ([], None)


def test_failing_notebook_stays_as_it_was(write):
    path = write(DATA, "1 / 0")
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        notebooks.execute(path)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.part"))


def test_missing_notebook(tmp_path):
    with pytest.raises(FileNotFoundError, match="no notebook") as error:
        notebooks.execute(tmp_path / "none.ipynb")
    assert_bilingual(str(error.value))
