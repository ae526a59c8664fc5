"""Video in: files, GIFs and folders of frames as uint8 tensors, one frame after the other."""

import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import av
import numpy as np
import torch
from av.stream import Disposition
from PIL import Image

from course_utils import runtime
from course_utils.data import files
from course_utils.data.download import DownloadError, Source, download
from course_utils.data.prepared import folders
from course_utils.data.reader import SUFFIXES, NotAPicture, read_rgb
from course_utils.lang import both, say

FOLDER_FPS = 25.0  # a folder of frames does not say how fast they were taken
# OpenCV's sample: a street, a camera that stands still, people who walk. 768 × 576, 795 frames,
# 10 a second.
_STREET = Source(
    "https://raw.githubusercontent.com/opencv/opencv/4.x/samples/data/vtest.avi",
    "sha256",
    "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf",
)


class NotAVideo(ValueError):
    """Nothing could be read; the message says why and what to do."""


@dataclass(frozen=True)
class Clip:
    """Frames of a video and when each was taken."""

    frames: torch.Tensor  # (T, 3, H, W) uint8
    times: torch.Tensor  # (T,) seconds from the start of the video, float64
    name: str


def stream(
    path: str | Path,
    *,
    start: float = 0.0,
    stop: float | None = None,
    size: int | None = None,
    fps: float | None = None,
) -> Iterator[tuple[float, torch.Tensor]]:
    """Frames of a video file or of a folder of pictures: seconds and uint8 ``(3, H, W)``, in order.

    Anything FFmpeg reads (mp4, avi, webm, GIF), upright as the camera held it. ``start`` and
    ``stop`` are seconds; ``size`` the shorter side in pixels (as it is by default); ``fps`` keeps,
    for every tick of that clock, the frame that was showing, so it may repeat or leave out frames.
    One frame is in memory at a time.

    Raises ``FileNotFoundError`` for a missing file and ``NotAVideo`` where nothing can be read.
    Damage after the first frame ends the stream with a message: what came before it is kept.
    """
    path = files.as_on_disk(Path(path))
    if not path.exists():
        raise FileNotFoundError(
            both(
                ko=f"{path} 파일이 없습니다. 경로와 확장자를 확인하세요.",
                en=f"There is no file {path}. Check the path and the suffix.",
            )
        )
    decoded = _folder(path) if path.is_dir() else _file(path)
    timed = _in_range(decoded, start, stop)
    for seconds, picture in _at_rate(timed, start, fps):
        yield seconds, _tensor(picture, size)


def load_clip(
    path: str | Path,
    *,
    start: float = 0.0,
    stop: float | None = None,
    size: int | None = None,
    fps: float | None = None,
) -> Clip:
    """A video, or a part of it, in memory; arguments and errors as in ``stream``.

    Raises ``NotAVideo`` also where the time range holds no frame.
    """
    found = list(stream(path, start=start, stop=stop, size=size, fps=fps))
    name = Path(path).name
    if not found:
        end_ko, end_en = ("끝", "its end") if stop is None else (f"{stop}초", f"{stop} s")
        raise NotAVideo(
            both(
                ko=f"{name}에서 {start}초부터 {end_ko}까지 프레임이 없습니다. 시간을 확인하세요.",
                en=f"{name} has no frame from {start} s to {end_en}. Check the times.",
            )
        )
    times, frames = zip(*found, strict=True)
    return Clip(torch.stack(frames), torch.tensor(times, dtype=torch.float64), name)


def street() -> Path | None:
    """OpenCV's sample video of a street (8 MB), or None where it cannot be had, which is said.

    Looked for in the folder ``SSL_COURSE_DATA`` and in the cache, else downloaded; not downloaded
    if ``SSL_COURSE_DATASET`` is ``toyworld``.
    """
    for folder in folders():
        if (folder / _STREET.filename).is_file():
            return folder / _STREET.filename
    if os.environ.get("SSL_COURSE_DATASET") != "toyworld":
        try:
            return download([_STREET], runtime.cache_dir() / "downloads")[0]
        except DownloadError:
            pass
    say(
        ko=f"길거리 비디오({_STREET.filename})가 없어 ToyWorld의 클립을 대신 씁니다.",
        en=f"The video of a street ({_STREET.filename}) is not here; a clip of ToyWorld takes its "
        "place.",
    )
    return None


def _nothing(path: Path, ko: str, en: str) -> NotAVideo:
    return NotAVideo(both(ko=f"{path.name}: {ko}", en=f"{path.name}: {en}"))


def _file(path: Path) -> Iterator[tuple[float, Image.Image]]:
    n, first = 0, 0.0
    try:
        with av.open(f"file:{path}") as container:  # 12:30.mp4 is no protocol
            film = [s for s in container.streams.video if not _is_cover(s)]
            if not film:
                raise _nothing(
                    path,
                    "비디오가 들어 있지 않습니다. 소리만 있는 파일인지 확인하세요.",
                    "it holds no video. Is it a file with sound only?",
                )
            video = film[0]
            video.thread_type = "AUTO"
            for frame in container.decode(video):
                # A frame without a time (damaged index) follows the one before it.
                seconds = (
                    frame.time if frame.time is not None else n / float(video.average_rate or 25)
                )
                first = first if n else seconds  # clocks of files begin anywhere
                n += 1
                picture = frame.to_image()
                yield (
                    seconds - first,
                    picture.rotate(frame.rotation, expand=True) if frame.rotation else picture,
                )
    except av.error.FFmpegError as error:
        if not n:
            raise _nothing(
                path,
                f"비디오로 읽을 수 없습니다({error}). 파일이 온전한지 다른 재생기로 확인하세요.",
                f"it cannot be read as a video ({error}). See whether another player opens it.",
            ) from None
        say(
            ko=f"{path.name}: 프레임 {n}개 뒤에서 파일이 손상되었습니다. 그 앞까지만 씁니다.",
            en=f"{path.name}: damaged after {n} frames. Only what comes before is used.",
        )
    if not n:
        raise _nothing(path, "프레임이 하나도 없습니다.", "it holds not a single frame.")


def _is_cover(stream) -> bool:
    """A picture that comes with a file, as music has it, is no film."""
    return bool(stream.disposition & Disposition.attached_pic)


def _folder(path: Path) -> Iterator[tuple[float, Image.Image]]:
    """Pictures in the order of the numbers in their names: frame2 comes before frame10."""
    there = [p for p in path.iterdir() if p.is_file() and not files.ignored(p.name)]
    pictures = [p for p in there if p.suffix.lower() in SUFFIXES]
    pictures.sort(key=lambda p: [int(x) if x.isdigit() else x for x in re.split(r"(\d+)", p.name)])
    if not pictures:
        ko, en = files.kinds([PurePosixPath(p.name) for p in there])
        raise _nothing(
            path,
            "폴더에 이미지가 없습니다. 프레임을 JPEG나 PNG로 넣으세요."
            + (f" 읽지 않은 파일: {ko}." if there else ""),
            "there are no pictures in the folder. Put the frames there as JPEG or PNG."
            + (f" Files not read: {en}." if there else ""),
        )
    shape = None
    for i, file in enumerate(pictures):
        try:
            picture = read_rgb(file)
        except NotAPicture as error:
            ko, en = error.why
            if not i:
                raise _nothing(
                    path,
                    f"첫 프레임 {file.name}을 읽을 수 없습니다({ko}).",
                    f"its first frame, {file.name}, cannot be read ({en}).",
                ) from None
            say(
                ko=f"{file.name}을 읽을 수 없습니다({ko}). 그 앞의 {i}개만 씁니다.",
                en=f"{file.name} cannot be read ({en}). Only the {i} before it are used.",
            )
            return
        if shape is not None and picture.size != shape:
            raise _nothing(
                path,
                f"{file.name}의 크기 {picture.size}가 앞의 프레임 {shape}와 다릅니다. 크기를 맞추세요.",
                f"{file.name} has size {picture.size}, those before it {shape}. Make them equal.",
            )
        shape = picture.size
        yield i / FOLDER_FPS, picture


def _in_range(timed, start: float, stop: float | None):
    """What is shown between ``start`` and ``stop``; the frame on the screen at ``start`` counts."""
    before = None
    for seconds, picture in timed:
        if stop is not None and seconds >= stop:
            break
        if seconds <= start:
            before = seconds, picture
            continue
        if before is not None:
            yield before
            before = None
        yield seconds, picture
    if before is not None and before[0] == start:
        yield before


def _at_rate(timed, start: float, fps: float | None):
    """For every tick of a clock with ``fps`` ticks a second the frame that was showing."""
    if fps is None:
        yield from timed
        return
    tick, shown, last, gap = 0, None, 0.0, 0.0
    for seconds, picture in timed:
        if shown is None:  # the first frame may come later than the start
            tick = max(0, math.ceil((seconds - start) * fps - 1e-6))
        else:
            gap = seconds - last
        while shown is not None and start + tick / fps < seconds - 1e-9:
            yield start + tick / fps, shown
            tick += 1
        shown, last = picture, seconds
    # The last frame shows for as long as the one before it did.
    while shown is not None and start + tick / fps <= last + max(gap - 1e-9, 0):
        yield start + tick / fps, shown
        tick += 1


def _tensor(picture: Image.Image, size: int | None) -> torch.Tensor:
    if size is not None and size != min(picture.size):
        scale = size / min(picture.size)
        picture = picture.resize(
            [max(1, round(side * scale)) for side in picture.size], Image.Resampling.BILINEAR
        )
    return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1).contiguous()
