"""Where the course lives, and what is written from it: first cells of lessons, and the badges.

The address stands in ``pyproject.toml`` and nowhere else (``[project.urls]``, ``Repository``). A
lesson opened in Colab must be able to fetch the course on its own, so a copy of address and release
is written into every first cell, and into every badge. Colab gets the lesson and the package of one
release, the tag ``v`` and the version: what is new on the branch since then cannot part the two.
"""

import re
from pathlib import Path

import nbformat

from course_utils import runtime
from course_utils.lang import both
from course_utils.workshop import notebooks

BADGE_CELL = "open-in-colab"
EDITIONS_BRANCH = "editions"

_GITHUB = "https://github.com/"
_COLAB, _BINDER = "https://colab.research.google.com", "https://mybinder.org"
_FIRST_CELL = """\
# @title 모든 노트북의 첫 셀 / the first cell of every notebook
REPOSITORY = "{repository}"
RELEASE = "{release}"
try:
    import course_utils
except ModuleNotFoundError:
    import importlib.util
    import subprocess
    import sys
    from pathlib import Path

    if not REPOSITORY or Path("../course_utils").is_dir():
        raise SystemExit(
            "course_utils가 없습니다. 저장소 폴더에서 make lab을 실행하세요.\\n"
            "course_utils is missing. Run make lab in the folder of the repository."
        ) from None
    # Colab에 없는 것만 설치합니다 / only what Colab lacks is installed, never torch or numpy
    wanted = [f"git+{{REPOSITORY}}@{{RELEASE}}"]
    wanted += [] if importlib.util.find_spec("av") else ["av>=14.2"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *wanted]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(
            "course_utils를 설치하지 못했습니다. 네트워크 연결과 git을 확인하고 다시 실행하세요.\\n"
            "course_utils could not be installed. Check the network and git, and run this again.\\n"
            f"{{REPOSITORY}} {{RELEASE}}: {{done.stderr[-300:]}}"
        ) from None
    importlib.invalidate_caches()
    import course_utils
"""
_NOT_SET = {
    "ko": "Colab과 Binder 배지는 저장소 주소를 정하면 생깁니다"
    "(`python -m course_utils badges --repo OWNER/NAME`).",
    "en": "Badges for Colab and Binder appear once the repository's address is set "
    "(`python -m course_utils badges --repo OWNER/NAME`).",
}
_OPEN = {"ko": "Colab에서 열기", "en": "Open in Colab"}
_STATE = {"ko": "완성", "en": "complete"}
_ENGLISH = "## English"


def pyproject(root: Path) -> str:
    """The text of ``pyproject.toml``; ``FileNotFoundError`` outside of a checkout."""
    path = root / "pyproject.toml"
    if not path.is_file():
        raise FileNotFoundError(
            both(
                ko=f"{root.resolve()}에 pyproject.toml이 없습니다. 저장소 폴더에서 실행하세요.",
                en=f"There is no pyproject.toml in {root.resolve()}. "
                "Run this in the repository's folder.",
            )
        )
    return path.read_text(encoding="utf-8")


def repository(project: str) -> str:
    """The address in the text of ``pyproject.toml``, ``""`` while none is set."""
    found = re.search(r'^Repository = "([^"]*)"$', project, re.M)
    return found[1] if found else ""


def release(project: str) -> str:
    """The tag of the version in the text of ``pyproject.toml``, such as ``"v0.1.0"``."""
    return "v" + re.search(r'^version = "([^"]+)"$', project, re.M)[1]


def _with_address(project: str, owner_and_name: str) -> str:
    line = f'Repository = "{_GITHUB}{owner_and_name}"'
    for pattern, text in (
        (r"^Repository = .*$", line),
        (r"^\[project\.urls\]$", f"[project.urls]\n{line}"),
    ):
        project, found = re.subn(pattern, text, project, count=1, flags=re.M)
        if found:
            return project
    raise ValueError(
        both(
            ko="pyproject.toml에 [project.urls]가 없습니다. 그 줄을 넣고 다시 실행하세요.",
            en="pyproject.toml has no [project.urls]. Put that line in and run this again.",
        )
    )


def first_cell(repository: str, release: str) -> str:
    """The source of the first cell of every lesson; ``repository`` may be ``""``."""
    return _FIRST_CELL.format(repository=repository, release=release).rstrip("\n")


def _edition_badge(repository: str, name: str, language: str) -> str:
    where = repository.removeprefix(_GITHUB)
    link = f"{_COLAB}/github/{where}/blob/{EDITIONS_BRANCH}/{name}.{language}.ipynb"
    return f"[![{_OPEN[language]}]({_COLAB}/assets/colab-badge.svg)]({link})"


def _badge_cell(repository: str, name: str) -> nbformat.NotebookNode:
    blocks = [
        f'<div lang="{language}">\n\n{_edition_badge(repository, name, language)}\n\n</div>'
        for language in ("ko", "en")
    ]
    return nbformat.v4.new_markdown_cell("\n".join(blocks), id=BADGE_CELL)


def addressed(path: Path, repository: str, release: str) -> nbformat.NotebookNode:
    """A lesson with the first cell and, where there is an address, the badges that belong to it."""
    lesson = notebooks.opened(path)
    lesson.cells = [cell for cell in lesson.cells if cell.id != BADGE_CELL]
    first = next(cell for cell in lesson.cells if cell.cell_type == "code")
    first.source = first_cell(repository, release)
    # Folded in JupyterLab and in Colab: nobody has to read it.
    first.metadata.update(
        tags=[notebooks.SETUP_TAG], jupyter={"source_hidden": True}, cellView="form"
    )
    if repository:
        lesson.cells.insert(0, _badge_cell(repository, path.stem))
    return lesson


def readme(text: str, repository: str, release: str) -> str:
    """The README with its badges: one for Binder, and one for each lesson that is there.

    Raises ``ValueError`` where the marks between which they belong are missing.
    """
    if text.count(f"\n{_ENGLISH}\n") != 1 or text.count("<!-- badges -->\n") != 2:
        raise ValueError(
            both(
                ko="README.md에 '## English'나 '<!-- badges -->' 표시가 없습니다. 되살리고 다시 "
                "실행하세요.",
                en="README.md lacks '## English' or a mark '<!-- badges -->'. "
                "Put them back and run this again.",
            )
        )
    halves = re.split(f"^(?={_ENGLISH}$)", text, flags=re.M)
    where = repository.removeprefix(_GITHUB)
    binder = (
        f"[![Binder]({_BINDER}/badge_logo.svg)]"
        f"({_BINDER}/v2/gh/{where}/{release}?urlpath=lab/tree/notebooks)"
    )
    for i, language in enumerate(("ko", "en")):
        told = binder if repository else _NOT_SET[language]
        half = re.sub(
            r"(<!-- badges -->\n).*?(\n<!-- /badges -->)",
            rf"\g<1>{told}\g<2>",
            halves[i],
            flags=re.S,
        )

        def row(found: re.Match, language=language) -> str:
            badge = _edition_badge(repository, found[2], language)
            state = f"{_STATE[language]} {badge}" if repository else _STATE[language]
            return f"{found[1]}| {state} |"

        halves[i] = re.sub(
            rf"^(\|[^|\n]*\|[^|\n]*\(notebooks/(\w+)\.ipynb\) )\| {_STATE[language]}[^|\n]*\|$",
            row,
            half,
            flags=re.M,
        )
    return "".join(halves)


def write_badges(root: Path, owner_and_name: str | None = None) -> list[Path]:
    """Set the address, if one is given, and write first cells and badges anew; return what changed.

    ``owner_and_name`` is that of a GitHub repository, ``"OWNER/NAME"``; anything else is a
    ``ValueError``. Written as by ``runtime.replace_all``.
    """
    root = Path(root)
    project = pyproject(root)
    if owner_and_name is not None:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+(?<!\.git)", owner_and_name, re.A):
            raise ValueError(
                both(
                    ko=f"{owner_and_name!r}은 저장소 이름이 아닙니다. OWNER/NAME처럼 적으세요.",
                    en=f"{owner_and_name!r} is no repository. Write it as OWNER/NAME.",
                )
            )
        project = _with_address(project, owner_and_name)
    address, tag = repository(project), release(project)
    path = root / "README.md"
    texts = {
        root / "pyproject.toml": project,
        path: readme(path.read_text(encoding="utf-8"), address, tag),
    }
    for path in notebooks.lessons(root / "notebooks"):
        texts[path] = nbformat.writes(addressed(path, address, tag)) + "\n"
    changed = {p: text for p, text in texts.items() if p.read_text(encoding="utf-8") != text}
    runtime.replace_all(changed)
    return list(changed)
