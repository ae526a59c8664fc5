"""Downloads that survive a bad network: resumed, verified, from the next source when one stalls."""

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm.auto import tqdm

from course_utils import runtime
from course_utils.lang import both, say

_CHUNK = 1 << 16  # bytes asked for at a time


@dataclass(frozen=True)
class Source:
    """A file on the network; its hash, named ``md5`` or ``sha256``, tells that it arrived whole."""

    url: str
    algorithm: str
    digest: str

    @property
    def filename(self) -> str:
        """The last part of the address."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Patience:
    """When a source counts as stalled.

    ``silence``: seconds without a byte; ``rate``: bytes a second below which it is too slow, when
    that goes on for ``window`` seconds; ``tries``: connections to a source that keeps breaking.
    """

    silence: float = 20.0
    rate: float = 100_000.0
    window: float = 30.0
    tries: int = 3


class DownloadError(OSError):
    """No source delivered the file. The message lists what each of them did."""


def verified(path: Path, source: Source) -> bool:
    """True if the file at ``path`` exists and has the source's hash."""
    if not path.is_file():
        return False
    digest = hashlib.new(source.algorithm)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == source.digest


class _TooSlow(OSError):
    pass


def _receive(source: Source, part: Path, patience: Patience) -> None:
    """One connection: append to ``part`` what is still missing of the file."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(source.url, headers={"User-Agent": "ssl-course"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=patience.silence) as answer:
        # 206 continues where we stopped; a server that ignores the range sends all of it again.
        resumed = answer.status == 206
        if not resumed:
            have = 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        with (
            part.open("ab" if resumed else "wb") as file,
            tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=source.filename) as bar,
        ):
            recent = deque([(time.monotonic(), have)])
            while block := answer.read1(_CHUNK):
                file.write(block)
                bar.update(len(block))
                have += len(block)
                _watch_speed(recent, have, patience)
    if total is not None and have < total:
        raise OSError(f"connection closed after {have:,} of {total:,} bytes")


def _watch_speed(recent: deque, have: int, patience: Patience) -> None:
    """Raise if the last ``patience.window`` seconds brought fewer bytes than they should."""
    now = time.monotonic()
    recent.append((now, have))
    while now - recent[1][0] > patience.window:
        recent.popleft()
    seconds, received = now - recent[0][0], have - recent[0][1]
    if seconds >= patience.window and received < patience.rate * seconds:
        raise _TooSlow(f"only {received / seconds / 1000:.0f} kB/s over {seconds:.0f} s")


def _try_source(source: Source, folder: Path, patience: Patience) -> Path:
    """The verified file in ``folder``; raises ``OSError`` saying what this source did instead."""
    path = folder / source.filename
    part = path.with_name(path.name + ".part")
    if verified(path, source):
        return path
    if part.exists():
        _fill(source, part, patience)
        if not verified(part, source):  # the old part was of another file, or damaged: start over
            part.unlink(missing_ok=True)
    if not part.exists():
        _fill(source, part, patience)
    if not verified(part, source):
        part.unlink(missing_ok=True)  # garbage is worth nothing: do not resume it
        raise OSError(f"{source.algorithm} differs from the published one")
    part.replace(path)
    return path


def _fill(source: Source, part: Path, patience: Patience) -> None:
    """Receive until the server says that ``part`` is whole, over several connections if need be."""
    for _ in range(patience.tries):
        had = part.stat().st_size if part.exists() else 0
        try:
            _receive(source, part, patience)
            break
        except urllib.error.HTTPError as error:
            if error.code != 416:
                raise
            break  # the server has nothing after our part: it is whole, or of another file
        except (TimeoutError, _TooSlow):
            raise  # stalled: the next source, not this one again
        except (OSError, http.client.HTTPException):
            if not part.exists() or part.stat().st_size <= had:
                raise  # broken without bringing anything: asking again would not help
    else:
        raise OSError(f"the connection broke {patience.tries} times")


def download(
    sources: Sequence[Source], folder: Path, patience: Patience | None = None
) -> tuple[Path, Source]:
    """Fetch a file into ``folder`` from the first source that delivers it; return path and source.

    A file already there with the right hash is not fetched again. A broken transfer is continued
    where it stopped, also by a later call. The finished file is moved into place only when its
    hash is right, so nothing half-written ever carries its name. Of several processes that want it
    one downloads and the others wait. The last source is not left for
    being slow. Raises ``DownloadError`` when every source failed or the folder is not writable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        raise DownloadError(
            both(
                ko=f"{folder}에 쓸 수 없습니다({error}). 쓸 수 있는 폴더를 XDG_CACHE_HOME에 적으세요.",
                en=f"Cannot write to {folder} ({error}). Set XDG_CACHE_HOME to a folder you may "
                "write to.",
            )
        ) from error
    for source in sources:  # what is there already needs no waiting
        if verified(folder / source.filename, source):
            return folder / source.filename, source
    with runtime.alone_with(folder / sources[0].filename):
        return _from_one_of(sources, folder, patience or Patience())


def _from_one_of(
    sources: Sequence[Source], folder: Path, patience: Patience
) -> tuple[Path, Source]:
    failures = []
    for source in sources:
        if source is sources[-1]:  # slow is better than nothing when nobody else is left
            patience = replace(patience, rate=0)
        try:
            return _try_source(source, folder, patience), source
        except (OSError, http.client.HTTPException, ValueError) as error:
            failures.append(f"  {source.url}: {error}")
            say(
                ko=f"{source.url}에서 받지 못했습니다({error}).",
                en=f"{source.url} did not deliver ({error}).",
            )
    raise DownloadError(
        both(
            ko="어디에서도 내려받지 못했습니다. 네트워크를 확인하고 다시 실행하세요. "
            "중간에 끊긴 파일은 이어서 받습니다.",
            en="No source delivered the file. Check the network and run this again; a file that "
            "broke off is continued.",
        )
        + "\n"
        + "\n".join(failures)
    )
