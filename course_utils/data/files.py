"""Names and files as they come in: from folders, zip and tar archives, of any system."""

import contextlib
import os
import tarfile
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from course_utils.data.reader import ADVICE
from course_utils.lang import Text, both, pair

# What systems leave beside the files of people.
_LEFT = {"system volume information", *"__macosx @eadir $recycle.bin thumbs.db desktop.ini".split()}
# A file in an archive that is larger unpacked is not read.
LARGEST_FILE = 200_000_000
_ENCRYPTED = 0x1
_IS_UTF8 = 0x800
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
# What reading a damaged archive raises.
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error)
_ARCHIVES = {".7z", ".gz", ".rar", ".tar", ".tgz", ".zip"}


class NotAPictureFolder(ValueError):
    """No folder or archive of pictures in folders that can be read; the message says why."""


def composed(name: str) -> str:
    """A name in its one normal form (NFC): macOS writes 고 as ㄱ and ㅗ."""
    return unicodedata.normalize("NFC", name)


def ignored(name: str | PurePosixPath) -> bool:
    """Hidden, or left by a system: in no folder of this course is it anybody's file."""
    parts = PurePosixPath(name).parts
    return any(
        part.lower() in _LEFT or (part.startswith(".") and part.strip(".")) for part in parts
    )


def as_on_disk(path: Path) -> Path:
    """A path as the disk spells it, where that is another form of the same letters.

    A leading ``~`` is the home folder. What is not there is returned as it came.
    """
    path = path.expanduser() if path.parts[:1] == ("~",) else path
    if path.exists() or path == path.parent:
        return path
    folder = as_on_disk(path.parent)
    entries = folder.iterdir() if folder.is_dir() else ()
    return next((p for p in entries if composed(p.name) == composed(path.name)), path)


@dataclass(frozen=True)
class Entry:
    """A file in a folder or archive: its name there, in normal form, and how it is read."""

    name: PurePosixPath
    read: Callable[[], bytes]


@contextlib.contextmanager
def entries(path: Path) -> Iterator[list[Entry]]:
    """Every file below a folder, or inside a zip or tar archive, in the order of their names.

    Links are followed; what is ``ignored`` is left out. Raises ``NotAPictureFolder`` for what is
    neither, and for an archive that is damaged, encrypted or compressed in a way that Python does
    not know, also while its files are read.
    """
    if path.is_dir():
        yield _in_folder(path)
        return
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield _in_zip(path, archive)
        elif path.is_file() and tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                yield _in_tar(archive)
        elif path.is_file() and path.stat().st_size and path.suffix.lower() in _ARCHIVES:
            raise _no(
                path,
                "압축 파일이 깨졌거나, 파이썬이 풀지 못하는 형식입니다. 다시 받거나 먼저 푸세요.",
                "a damaged archive, or of a kind that Python does not unpack. Fetch it again, or "
                "unpack it first.",
            )
        else:
            raise _no(
                path.absolute(),
                "폴더도 zip이나 tar 파일도 아닙니다. 경로를 절대 경로로 적으세요.",
                "neither a folder nor a zip or tar file. Give the full path.",
            )
    except DAMAGED as error:
        raise _no(
            path,
            f"압축 파일이 깨졌거나 끝까지 복사되지 않았습니다({error}). 다시 받으세요.",
            f"the archive is damaged or not fully copied ({error}). Fetch it again.",
        ) from error


def _no(path: Path, ko: str, en: str) -> NotAPictureFolder:
    return NotAPictureFolder(both(ko=f"{path}: {ko}", en=f"{path}: {en}"))


def _in_folder(path: Path) -> list[Entry]:
    found, seen = [], set()
    for folder, below, files in os.walk(path, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:  # a link to a folder above: round and round
            below.clear()
            continue
        seen.add(real)
        for file in files:
            place = Path(folder, file)
            name = composed(place.relative_to(path).as_posix())
            if not ignored(name) and place.is_file():
                found.append(Entry(PurePosixPath(name), place.read_bytes))
    return sorted(found, key=lambda entry: entry.name.as_posix())


def _zip_name(info: zipfile.ZipInfo) -> str:
    """A member's name; old Windows tools write Korean names in cp949, folders with backslashes."""
    name = info.filename
    if not info.flag_bits & _IS_UTF8:  # zipfile took it for cp437
        for encoding in ("utf-8", "cp949"):
            with contextlib.suppress(UnicodeError):
                name = name.encode("cp437").decode(encoding)
                break
    return composed(name.replace("\\", "/"))


def _in_zip(path: Path, archive: zipfile.ZipFile) -> list[Entry]:
    members = [m for m in archive.infolist() if not m.is_dir() and not ignored(_zip_name(m))]
    if any(m.flag_bits & _ENCRYPTED for m in members):
        raise _no(
            path,
            "암호가 걸린 압축 파일입니다. 암호로 푼 다음 그 폴더를 적으세요.",
            "the archive is encrypted. Unpack it with its password and give the folder.",
        )
    if any(m.compress_type not in _METHODS for m in members):
        raise _no(
            path,
            "파이썬이 모르는 방식으로 압축되었습니다. 압축을 푼 다음 그 폴더를 적으세요.",
            "compressed in a way that Python does not know. Unpack it and give the folder.",
        )

    def read(member: zipfile.ZipInfo) -> bytes:
        return b"" if member.file_size > LARGEST_FILE else archive.read(member)

    found = [Entry(PurePosixPath(_zip_name(m)), partial(read, m)) for m in members]
    return sorted(found, key=lambda entry: entry.name.as_posix())


def _in_tar(archive: tarfile.TarFile) -> list[Entry]:
    """In the order of the archive: going back would mean to unpack it again."""

    def read(member: tarfile.TarInfo) -> bytes:
        with contextlib.suppress(KeyError):  # a link to what is not in the archive
            file = archive.extractfile(member)
            if file is not None and member.size <= LARGEST_FILE:
                return file.read()
        return b""

    return [
        Entry(PurePosixPath(name), partial(read, member))
        for member in archive.getmembers()
        if (member.isfile() or member.issym() or member.islnk())
        and not ignored(name := composed(member.name.replace("\\", "/")))
    ]


def kinds(names: Sequence[PurePosixPath]) -> tuple[str, str]:
    """Files by kind with what may be done about them, most of them first, in both languages."""
    counts = Counter(name.suffix.lower() for name in names).most_common()
    told = []
    for language in (0, 1):
        parts = []
        for suffix, n in counts[:5]:
            advice: Text = ADVICE.get(suffix, "")
            kind = suffix or ("확장자 없음", "no suffix")[language]
            parts.append(f"{kind} {n}" + (f" ({pair(advice)[language]})" if advice else ""))
        told.append(", ".join(parts) + (" …" if len(counts) > 5 else ""))
    return told[0], told[1]
