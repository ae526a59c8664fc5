"""One file, wanted by several processes at once; what kills leave behind."""

import http.server
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from course_utils import runtime
from tests.data.test_download import CONTENT, Handler

ROOT = Path(__file__).parents[2]

DOWNLOAD = """
import sys, hashlib
from pathlib import Path
from course_utils.data.download import Source, download
url, folder, digest = sys.argv[1:]
path, _ = download([Source(url, "md5", digest)], Path(folder))
print(path.read_bytes() == bytes(i * i % 251 for i in range(300_000)))
"""


class Slow(Handler):
    pause = 0.004


@pytest.fixture
def server():
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    running.asked = []
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize("n", [2, 3, 5])
def test_one_downloads_and_the_others_wait(server, tmp_path, n):
    import hashlib

    digest = hashlib.md5(CONTENT).hexdigest()
    url = f"http://127.0.0.1:{server.server_port}/slow/data.bin"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", DOWNLOAD, url, str(tmp_path), digest], cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"SSL_COURSE_LANG": "en"},
        )
        for _ in range(n)
    ]  # fmt: skip
    told = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * n, told
    assert all(out.strip().endswith("True") for out, _ in told)
    assert len(server.asked) == 1
    assert not list(tmp_path.glob("*.part"))


HOLD = """
import sys, time
from pathlib import Path
from course_utils import runtime
with runtime.alone_with(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(60)
"""


def test_who_waits_says_so_and_a_kill_frees_the_file(tmp_path, capsys):
    path = tmp_path / "data.npz"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert holder.stdout.readline() == "in\n"
    threading.Timer(1.5, holder.kill).start()
    start = time.monotonic()
    with runtime.alone_with(path):
        assert 1 < time.monotonic() - start < 20
    assert "Another notebook" in capsys.readouterr().out
    holder.wait()
    holder.stdout.close()
    with runtime.alone_with(path):  # free again, and nothing is said
        pass
    assert capsys.readouterr().out == ""


def test_a_drive_without_locks_keeps_nobody_out(tmp_path, monkeypatch):
    def refuse(self, timeout=None):
        raise NotImplementedError

    monkeypatch.setattr(runtime.filelock.FileLock, "acquire", refuse)
    with runtime.alone_with(tmp_path / "x"):
        pass


def test_equal_process_numbers_on_two_machines(tmp_path, monkeypatch):
    names = []
    for machine in ("one", "two"):
        monkeypatch.setattr(runtime.socket, "gethostname", lambda machine=machine: machine)
        with runtime.replacing(tmp_path / "file") as beside:
            beside.write_text(machine)
            names.append(beside.name)
    assert names[0] != names[1]


def test_parts_left_by_a_kill_are_swept(tmp_path):
    old, young, other = (
        tmp_path / name for name in (".file.host.1.part", ".file.host.2.part", ".else.host.1.part")
    )
    for part in (old, young, other):
        part.write_text("half")
    yesterday = time.time() - runtime.LEFT_OVER - 60
    for part in (old, other):
        os.utime(part, (yesterday, yesterday))
    with runtime.replacing(tmp_path / "file") as beside:
        beside.write_text("whole")
    assert not old.exists() and young.exists() and other.exists()
    assert (tmp_path / "file").read_text() == "whole"
