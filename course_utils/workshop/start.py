"""The way in: JupyterLab in the reader's language from the first moment, and its start page.

What the browser is told lies in a folder inside the environment that the course is installed in;
nothing in the reader's home is touched. Notebook 7 of the same server is told the same.
"""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat

from course_utils import lang, runtime, texts
from course_utils.figures import curriculum

PAGE = "START.ipynb"
CONFIG = Path(sys.prefix) / "share" / "ssl-course" / "jupyter"
# Nobody is asked whether Jupyter may send its news.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}
_TITLE = (
    "자기지도학습, 직접 실행하고 측정하기",
    "Self-supervised learning, run and measured",
)
_SENTENCE = (
    "사진에 답을 달아 줄 사람이 없어도 신경망은 배울 수 있습니다. "
    "먼저 놀아 보고, 직접 코드를 쓰고, 신경망이 무엇을 보는지 확인하세요.",
    "A network can learn from photographs that nobody labelled. "
    "Play first, write the code yourself, and see what the network sees.",
)
_MAP = (
    "강의 지도. 색을 채운 강의를 열 수 있습니다.",
    "Map of the course. Filled lessons can be opened.",
)


def write_configuration(folder: Path, choice: str) -> None:
    """What JupyterLab and Notebook 7 are told: hide the other language, ask nothing.

    ``choice`` as in ``lang.LANGUAGES``. A lesson's own switch wins against it.
    """
    hidden = [mark for mark in ("ko", lang.BETWEEN, "en") if choice not in (mark, "both")]
    rules = [
        f".jp-RenderedHTMLCommon {tag}[lang={mark}] {{ display: none; }}\n"
        for mark in hidden
        for tag in ("div", "span")
    ]
    runtime.replace_all(
        {
            folder / "custom" / "custom.css": "".join([*rules, lang.CENTRED]),
            folder / "labconfig" / "default_setting_overrides.json": json.dumps(SETTINGS),
        }
    )


def command(notebooks: Path) -> list[str]:
    """How JupyterLab is called: on the start page, for this machine alone.

    Root may start it, as in any container; Jupyter refuses that by default, because whoever else
    reaches the page would be root, too.
    """
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        sys.executable, "-m", "jupyterlab",
        f"--ServerApp.root_dir={notebooks}",
        "--ServerApp.ip=127.0.0.1",
        f"--LabApp.default_url=/lab/tree/{PAGE}",
        "--LabApp.custom_css=True",
        *(["--allow-root"] if root else []),
    ]  # fmt: skip


def lab(notebooks: Path) -> int:
    """Start JupyterLab on the lessons; return its exit status when it is stopped.

    Raises ``FileNotFoundError`` where the lessons are not.
    """
    if not (notebooks / PAGE).is_file():
        raise FileNotFoundError(
            lang.both(
                ko=f"{notebooks}에 강의가 없습니다. 저장소 폴더에서 실행하세요.",
                en=f"There are no lessons in {notebooks}. Run this in the repository's folder.",
            )
        )
    choice = lang.language()
    write_configuration(CONFIG, choice)
    lang.say(
        ko="브라우저가 저절로 열리지 않으면 아래에 나오는 http://127.0.0.1 주소를 여세요. "
        "끝내려면 Ctrl+C를 두 번 누르세요.",
        en="If no browser opens, open the address http://127.0.0.1… that is printed below. "
        "Press Ctrl+C twice to stop.",
    )
    environment = os.environ | {"JUPYTER_CONFIG_DIR": str(CONFIG), "SSL_COURSE_LANG": choice}
    try:
        return subprocess.run(command(notebooks.resolve()), env=environment).returncode
    except KeyboardInterrupt:
        return 0


# ---------------------------------------------------------------- the start page


def page_text() -> str:
    """The start page's one cell, both languages."""
    blocks = []
    for i, mark in enumerate(("ko", "en")):
        head = ("| 강의 | 무엇을 하나요 |", "| Lesson | What you do there |")[i]
        rows = "\n".join(
            f"| [{one['number']} {one['title'][i]}]({one['number']}_{topic}.ipynb) "
            f"| {one['play'][i]} |"
            for topic, one in texts.written_lessons().items()
        )
        blocks.append(
            f'<div lang="{mark}">\n\n# {_TITLE[i]}\n\n{_SENTENCE[i]}\n\n'
            f"![{_MAP[i]}](attachment:map.{mark}.png)\n\n{head}\n|---|---|\n{rows}\n\n</div>"
        )
    return "\n".join(blocks)


def write_page(notebooks: Path) -> Path:
    """Write the start page, with the map of the course in both languages; return its path."""
    figure = curriculum.course_map()
    cell = nbformat.v4.new_markdown_cell(page_text(), id="start")
    cell.attachments = {
        f"map.{mark}.png": {"image/png": base64.b64encode(figure.png(mark)).decode()}
        for mark in ("ko", "en")
    }
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    page = nbformat.v4.new_notebook(
        cells=[cell], metadata={"kernelspec": kernel, "language_info": {"name": "python"}}
    )
    path = notebooks / PAGE
    with runtime.replacing(path) as beside:
        nbformat.write(page, beside)
    return path
