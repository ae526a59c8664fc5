"""What happens in Colab, as near as it comes without Colab. Run by ``make test-colab``.

A fresh Python environment with Colab's IPython, ipykernel and ipywidgets, in which torch and what else Colab
has is there and the course is not; an empty folder, in it one notebook and nothing else; the public address
mapped to a bare repository on this machine. Needs a package index, as pip does in Colab.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest

from course_utils.workshop import badges, editions
from tests.oracles import assert_bilingual
from tests.repositories import git

nbclient = pytest.importorskip("nbclient")

ROOT = Path(__file__).parents[2]
LESSONS = [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]
# The runtime of August 2026.
COLAB = ("ipython==7.34.0", "ipykernel==6.17.1", "ipywidgets==7.7.1")
# Not handed on from this environment: the course itself, what Colab has in other versions, what it lacks.
ABSENT = (
    "ssl_course", "__editable__", "course_utils", "ipython", "ipykernel", "ipywidgets", "jupyter",
    "notebook", "nb", "traitlets", "widgetsnbextension", "av", "_distutils", "distutils-precedence",
    "pip", "setuptools", "tornado", "zmq", "pyzmq", "prompt_toolkit", "jedi", "comm", "debugpy",
    "playwright", "pytest", "_pytest",
)  # fmt: skip
REPOSITORY = "kim/ssl-course"
RELEASE = badges.release(badges.pyproject(ROOT))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The course as published: a bare repository with its tag, and the editions."""
    home = tmp_path_factory.mktemp("published")
    work = home / "work"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True,
    ).stdout.decode()  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, work / name)
    badges.write_badges(work, REPOSITORY)
    git("init", "-b", "main", cwd=work)
    git("add", "-A", cwd=work)
    git("commit", "-m", "all", cwd=work)
    git("tag", RELEASE, cwd=work)
    git("clone", "--bare", str(work), str(home / "hub.git"), cwd=home)
    editions.write_editions(work / "notebooks", home / "editions")
    return home


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    """The Python of a Colab runtime that has just started; what it had before the first cell."""
    home = tmp_path_factory.mktemp("runtime")
    venv.create(home / "venv", with_pip=True, symlinks=True)
    python = home / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *COLAB], check=True)
    there, links = Path(sysconfig.get_paths()["purelib"]), home / "handed-on"
    links.mkdir()
    for path in there.iterdir():
        if not path.name.lower().startswith(ABSENT) or path.name.lower().startswith("avro"):
            (links / path.name).symlink_to(path)
    purelib = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    (Path(purelib) / "handed_on.pth").write_text(f"{links}\n")
    kernel = home / "share" / "kernels" / "colab"
    kernel.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "Colab", "language": "python"})
    )
    return home


def forget(runtime):
    """As after a new start: the course and what came with it are gone."""
    python = runtime / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", "ssl-course", "av"], check=True)


def surroundings(runtime, published, content, **others):
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("SSL_COURSE", "PYTHON", "GIT_"))},
        "HOME": str(content),
        "XDG_CACHE_HOME": str(content / ".cache"),
        "JUPYTER_PATH": str(runtime / "share"),
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip")),
        "LANG": "en_US.UTF-8",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{published}/hub.git.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://github.com/{REPOSITORY}",
        "SSL_COURSE_DATASET": "toyworld",
        "SSL_COURSE_EFFORT": "0.02",
        **others,
    }  # fmt: skip


def versions(runtime):
    """Every distribution that Python sees there, as a set of (name, version)."""
    script = (
        "import importlib.metadata as m; print({(d.name, d.version) for d in m.distributions()})"
    )
    done = subprocess.run(
        [runtime / "venv" / "bin" / "python", "-c", script],
        check=True, capture_output=True, text=True, cwd=runtime,
    )  # fmt: skip
    return ast.literal_eval(done.stdout)


def run(notebook, runtime, environment, content, monkeypatch):
    """Run a notebook in the runtime, all its cells, as Colab's "Run all" does."""
    monkeypatch.setenv("JUPYTER_PATH", str(runtime / "share"))
    client = nbclient.NotebookClient(
        notebook,
        timeout=900,
        kernel_name="colab",
        resources={"metadata": {"path": str(content)}},
        store_widget_state=True,
    )
    client.execute(env=environment)
    return notebook


@pytest.mark.parametrize(("name", "language"), [*((n, "ko") for n in LESSONS), (LESSONS[0], "en")])
def test_an_edition_runs_to_its_end_in_an_empty_folder(
    name, language, published, runtime, tmp_path, monkeypatch
):
    forget(runtime)
    before = versions(runtime)
    content = tmp_path / "content"
    content.mkdir()
    notebook = nbformat.read(published / "editions" / f"{name}.{language}.ipynb", as_version=4)
    built = [
        c.id
        for c in notebook.cells
        if c.cell_type == "code" and any(w in c.source for w in ("_lab(", "quiz("))
    ]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    run(notebook, runtime, surroundings(runtime, published, content), content, monkeypatch)
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    live = "application/vnd.jupyter.widget-view+json"
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            if cell.id in built and live in output.get("data", {}):
                assert output.data[live]["model_id"] in state
                built.remove(cell.id)
    assert not built, "widgets that were not shown"
    other = {"ko": "en", "en": "ko"}[language]
    hidden = [
        o.data["text/html"]
        for c in notebook.cells
        for o in c.get("outputs", [])
        if f'lang="{other}"' in o.get("data", {}).get("text/html", "")
    ]
    assert hidden and not any(re.search(f'lang="{other}"(?! hidden)', html) for html in hidden)
    after = versions(runtime)
    assert before <= after
    assert {name for name, _ in after - before} == {"ssl-course", "av"}


def first_cell_alone(published, name=LESSONS[0]):
    notebook = nbformat.read(published / "editions" / f"{name}.ko.ipynb", as_version=4)
    first = next(c for c in notebook.cells if c.cell_type == "code")
    first.outputs, first.execution_count = [], None
    notebook.cells = [first]
    return notebook, first


@pytest.mark.parametrize("wrong", ["tag", "repository", "no git", "no network"])
def test_what_can_go_wrong_is_told(wrong, published, runtime, tmp_path, monkeypatch):
    forget(runtime)
    content = tmp_path / "한글 폴더"
    content.mkdir()
    notebook, first = first_cell_alone(published)
    environment = surroundings(runtime, published, content)
    if wrong == "tag":
        first.source = first.source.replace(RELEASE, "v999.0")
    elif wrong == "repository":
        environment["GIT_CONFIG_KEY_0"] = f"url.file://{content}/nothing.insteadOf"
    elif wrong == "no git":
        environment["PATH"] = str(runtime / "venv" / "bin")
    else:
        # Nothing listens there: what a machine without a network sees of every address.
        environment |= {
            "GIT_CONFIG_COUNT": "0",
            "https_proxy": "http://127.0.0.1:9",
            "HTTPS_PROXY": "http://127.0.0.1:9",
        }
    with pytest.raises(nbclient.exceptions.CellExecutionError) as error:
        run(notebook, runtime, environment, content, monkeypatch)
    told = str(error.value)
    assert "SystemExit" in told
    assert_bilingual(told)
    assert "course_utils could not be installed" in told
    assert re.search('RELEASE = "(.*)"', first.source)[1] in told  # the tag that was asked for
    python = runtime / "venv" / "bin" / "python"
    there = subprocess.run([python, "-c", "import course_utils"], capture_output=True, cwd=content)
    assert there.returncode != 0, "nothing is half installed"


def test_a_folder_with_hangul_and_spaces(published, runtime, tmp_path, monkeypatch):
    forget(runtime)
    content = tmp_path / "내 강의 폴더"
    content.mkdir()
    notebook, _ = first_cell_alone(published)
    run(notebook, runtime, surroundings(runtime, published, content), content, monkeypatch)
    assert not [o for o in notebook.cells[0].outputs if o.output_type == "error"]
