"""JupyterLab and Notebook 7 in a real Chromium, driven as a reader would drive them."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import nbformat

from course_utils.workshop import start

ROOT = Path(__file__).parents[2]
# Kept after the run, to be looked at.
SCREENSHOTS = ROOT / ".cache" / "browser"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    # Cells off the screen stay in the page, so that they can be looked up by their number.
    "notebook-extension/tracker": {"windowingMode": "none"},
}


class Server:
    """A Jupyter server as ``make lab`` starts it, on copies of the lessons, in a folder with Hangul and a
    space in its name.
    """

    def __init__(self, home: Path, *, language: str = "ko"):
        self.folder = home / "강의 노트"
        self.folder.mkdir(parents=True)
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            shutil.copy(path, self.folder)
        start.write_configuration(home / "config", language)
        for name, values in SETTINGS.items():
            file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SSL_COURSE_")},
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "SSL_COURSE_DATASET": "toyworld",
            "SSL_COURSE_EFFORT": "0.02",
            "SSL_COURSE_LANG": language,
        }
        self._log = (home / "server.log").open("w")
        self._process = subprocess.Popen(
            [*start.command(self.folder), "--no-browser", f"--port={self.port}",
             "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"],
            env=environment, stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            self._wait()
        except TimeoutError:
            self.close()
            raise

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def _wait(self) -> None:
        for _ in range(120):
            try:
                urllib.request.urlopen(self.url("api"), timeout=2).read()
                return
            except OSError:
                time.sleep(0.5)
        raise TimeoutError(Path(self._log.name).read_text())

    def stop_kernels(self) -> None:
        """So that lessons do not lie in memory beside one another."""
        sessions = json.load(urllib.request.urlopen(self.url("api/sessions")))
        for session in sessions:
            stop = urllib.request.Request(
                self.url(f"api/sessions/{session['id']}"), method="DELETE"
            )
            urllib.request.urlopen(stop).close()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._log.close()


class Lesson:
    """One lesson open in JupyterLab. Cells are named as in the file."""

    def __init__(self, page, server: Server, name: str):
        self.page, self.file, self.name = page, server.folder / f"{name}.ipynb", name
        self.cells = nbformat.read(self.file, as_version=4).cells
        page.goto(server.url(f"lab/tree/{name}.ipynb?reset"))
        page.locator(".jp-Notebook-cell").nth(len(self.cells) - 1).wait_for(
            state="attached", timeout=60_000
        )
        page.wait_for_selector('[data-status="idle"]', state="attached", timeout=60_000)

    def menu(self, name: str, entry: str) -> None:
        self.page.get_by_role("menuitem", name=name, exact=True).click()
        self.page.get_by_role("menuitem", name=entry, exact=True).click()

    def cell(self, name: str):
        number = next(i for i, c in enumerate(self.cells) if c.id == name)
        return self.page.locator(".jp-Notebook-cell").nth(number)

    def wait(self, seconds: float = 300) -> None:
        """Until nothing is running, as the prompts of the cells and the kernel say: a folded cell has
        no prompt."""
        quiet, end = 0, time.monotonic() + seconds
        while quiet < 3:
            assert time.monotonic() < end, "cells are still running"
            self.page.wait_for_timeout(300)
            running = self.page.evaluate(
                "[...document.querySelectorAll('.jp-InputPrompt')].some(p => p.textContent.includes('*'))"
                " || document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'busy'"
            )
            quiet = 0 if running else quiet + 1

    def run_all(self) -> None:
        self.menu("Run", "Run All Cells")
        self.page.wait_for_timeout(1000)
        self.wait()

    def saved(self) -> list[nbformat.NotebookNode]:
        """The cells as they are now, read from the file."""
        before = self.file.stat().st_mtime_ns
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("ControlOrMeta+s")
        for _ in range(100):
            self.page.wait_for_timeout(100)
            if self.file.stat().st_mtime_ns != before:
                self.page.wait_for_timeout(300)
                return nbformat.read(self.file, as_version=4).cells
        raise TimeoutError("the notebook was not saved")

    def write(self, name: str, source: str) -> str:
        """Replace a cell's source as if typed, run it, return what its output says."""
        editor = self.cell(name).locator(".cm-content").first
        editor.scroll_into_view_if_needed()
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)
        return self._run_chosen(name)

    def rerun(self, name: str) -> str:
        """Run a cell again whose source may be folded; return what its output says."""
        output = self.cell(name).locator(".jp-OutputArea")
        output.scroll_into_view_if_needed()
        output.click(position={"x": 5, "y": 5})
        self.page.keyboard.press("Escape")
        return self._run_chosen(name)

    def _run_chosen(self, name: str) -> str:
        """Run the cell that was clicked last, ``name``; return what its output says."""
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_timeout(500)
        self.wait(60)
        return self.cell(name).locator(".jp-OutputArea").inner_text()

    def choose_language(self, button: str) -> None:
        self.cell("switch").get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_timeout(700)

    def shown(self, language: str) -> dict[str, int]:
        """How many marked blocks of a language can be seen and how many cannot."""
        return self.page.evaluate(
            """language => {
                const blocks = [...document.querySelectorAll(`.jp-Notebook [lang="${language}"]`)]
                    .filter(b => !b.closest('details:not([open])'));
                const seen = blocks.filter(b => b.getClientRects().length > 0).length;
                return {seen, hidden: blocks.length - seen};
            }""",
            language,
        )

    def redraw(self, screen, act) -> float:
        """Milliseconds from what ``act`` does until the new picture can be seen.

        ``screen`` is the image of a lab, or the HTML that holds its photographs.
        """
        screen.evaluate(
            """screen => {
                window.redrawn = new Promise(resolve => {
                    const start = performance.now();
                    const seen = () => resolve(performance.now() - start);
                    if (screen.matches('img')) {
                        screen.addEventListener('load', seen, {once: true});
                    } else {
                        const watch = new MutationObserver(() => {
                            watch.disconnect();
                            screen.querySelector('img').decode().then(seen);
                        });
                        watch.observe(screen, {childList: true});
                    }
                });
            }"""
        )
        act()
        return self.page.evaluate(
            "Promise.race([window.redrawn, new Promise((_, no) => setTimeout(() => no('no new picture'), 15000))])"
        )

    def screenshot(self, what: str, name: str | None = None) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        if name is not None:
            self.cell(name).scroll_into_view_if_needed()
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=SCREENSHOTS / f"{self.name}-{what}.png")
