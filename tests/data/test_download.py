"""Downloads from a local server that is slow, cuts off, sends garbage, answers 404 or is gone."""

import contextlib
import hashlib
import http.server
import socket
import threading
import time

import pytest

from course_utils.data.download import DownloadError, Patience, Source, download
from tests.oracles import assert_bilingual

CONTENT = bytes(i * i % 251 for i in range(300_000))
QUICK = Patience(silence=2.0, rate=400_000, window=0.4, tries=3)


def files_in(folder):
    """Without the lock, which is empty and stays."""
    return [path for path in folder.iterdir() if path.suffix != ".lock"]


class Handler(http.server.BaseHTTPRequestHandler):
    pause = 0.05  # seconds between the slow answer's pieces of 2,000 bytes

    def log_message(self, *_):
        pass

    def _start(self, status=200, length=300_000):
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        kind = self.path.split("/")[1]
        asked_from = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client gave up
            getattr(self, f"answer_{kind}")(asked_from)

    def answer_good(self, start):
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self._start(206 if start else 200, len(CONTENT) - start)
        self.wfile.write(CONTENT[start:])

    def answer_norange(self, start):
        self._start()
        self.wfile.write(CONTENT)

    def answer_cuts(self, start):
        """Every connection brings 100,000 bytes more and breaks."""
        self._start(206 if start else 200, len(CONTENT) - start)
        self.wfile.write(CONTENT[start : start + 100_000])

    def answer_slow(self, start):
        self._start()
        for i in range(0, len(CONTENT), 2000):
            self.wfile.write(CONTENT[i : i + 2000])
            self.wfile.flush()
            time.sleep(self.pause)

    def answer_silent(self, start):
        self._start()
        self.wfile.write(CONTENT[:5000])
        self.wfile.flush()
        self.server.over.wait(5)

    def answer_garbage(self, start):
        page = b"<html>Please log in to the hotel's network</html>"
        self._start(length=len(page))
        self.wfile.write(page)

    def answer_missing(self, start):
        self.send_error(404)


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.over = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def source(server):
    def make(kind, algorithm="sha256"):
        url = f"http://127.0.0.1:{server.server_port}/{kind}/file.tgz"
        return Source(url, algorithm, hashlib.new(algorithm, CONTENT).hexdigest())

    return make


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_fetches_and_verifies(source, server, tmp_path, algorithm):
    path, used = download([source("good", algorithm)], tmp_path / "가 나", QUICK)
    assert path.read_bytes() == CONTENT
    assert used.url.endswith("good/file.tgz")
    assert [p.name for p in files_in(path.parent)] == ["file.tgz"]
    download([source("good", algorithm)], path.parent, QUICK)
    assert len(server.asked) == 1  # the second call found the file


def test_broken_connection_is_resumed(source, server, tmp_path):
    path, _ = download([source("cuts")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT
    assert [r for _, r in server.asked] == [None, "bytes=100000-", "bytes=200000-"]


def test_a_later_call_resumes_what_an_earlier_one_left(source, server, tmp_path):
    once = Patience(silence=2.0, rate=1, window=5, tries=1)
    with pytest.raises(DownloadError):
        download([source("cuts")], tmp_path, once)
    assert (tmp_path / "file.tgz.part").stat().st_size == 100_000
    assert not (tmp_path / "file.tgz").exists()
    path, _ = download([source("good")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT
    assert server.asked[-1][1] == "bytes=100000-"


def test_server_that_ignores_ranges_starts_over(source, tmp_path):
    (tmp_path / "file.tgz.part").write_bytes(CONTENT[:70_000])
    path, _ = download([source("norange")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT


def test_complete_part_is_recognised(source, tmp_path):
    (tmp_path / "file.tgz.part").write_bytes(CONTENT)
    path, _ = download([source("good")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("bad", ["slow", "silent", "garbage", "missing"])
def test_next_source_takes_over_at_once(source, server, tmp_path, capsys, bad):
    path, used = download([source(bad), source("good")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT
    assert "good" in used.url
    assert f"{bad}/file.tgz" in capsys.readouterr().out
    assert [p.split("/")[1] for p, _ in server.asked] == [bad, "good"]  # not asked a second time


def test_source_that_keeps_breaking_is_left(source, server, tmp_path):
    twice = Patience(silence=2.0, rate=1, window=5, tries=2)
    path, _ = download([source("cuts"), source("good")], tmp_path, twice)
    assert path.read_bytes() == CONTENT
    assert [p.split("/")[1] for p, _ in server.asked] == ["cuts", "cuts", "good"]
    assert server.asked[-1][1] == "bytes=200000-"  # what arrived is not fetched again


def test_source_that_is_not_there(source, tmp_path):
    with socket.socket() as unused:  # bound but not listening
        unused.bind(("127.0.0.1", 0))
        gone = Source(f"http://127.0.0.1:{unused.getsockname()[1]}/file.tgz", "md5", "0" * 32)
        path, _ = download([gone, source("good")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT


def test_nobody_delivers(source, tmp_path):
    with pytest.raises(DownloadError) as error:
        download([source("missing"), source("garbage")], tmp_path, QUICK)
    message = str(error.value)
    assert_bilingual(message)
    assert "404" in message
    assert "sha256 differs" in message
    assert files_in(tmp_path) == []  # garbage is not kept, nothing carries the file's name


def test_part_of_another_file_does_not_spoil_a_good_source(source, server, tmp_path):
    (tmp_path / "file.tgz.part").write_bytes(b"x" * 1000)
    path, _ = download([source("good")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT
    assert [r for _, r in server.asked] == ["bytes=1000-", None]


def test_slow_source_is_kept_when_it_is_the_last(source, tmp_path, monkeypatch):
    monkeypatch.setattr(Handler, "pause", 0.01)
    path, _ = download([source("slow")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT


def test_folder_that_cannot_be_written(source, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DownloadError, match="Cannot write") as error:
        download([source("good")], tmp_path / "file", QUICK)
    assert_bilingual(str(error.value))


def test_damaged_file_is_fetched_again(source, server, tmp_path):
    (tmp_path / "file.tgz").write_bytes(CONTENT[:-1])
    path, _ = download([source("good")], tmp_path, QUICK)
    assert path.read_bytes() == CONTENT


def test_default_patience_is_the_documented_one():
    patience = Patience()
    assert (patience.silence, patience.rate, patience.window) == (20, 100_000, 30)
