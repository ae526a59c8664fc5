"""The film of lesson 08: the part of a video that is asked for, or what can be had of it."""

from pathlib import Path

import torch

from course_utils.data import toyclips, video
from course_utils.lang import say

SIDE = 288  # pixels on the shorter side


def part(
    path: Path | None, *, start: float, seconds: float, least: int
) -> tuple[torch.Tensor, float, str]:
    """Frames uint8 ``(T, 3, H, W)``, how many there are a second, and the name of the film.

    Of a video that ends before ``start``, or soon after, the first ``seconds`` are taken, which is
    said. Where there are fewer than ``least`` frames, or no ``path``, a clip of ToyWorld takes its
    place. Raises as ``video.stream`` for a file that is missing or no video.
    """
    if path is not None:
        clip = _of(path, start, start + seconds)
        if len(clip.frames) < least and start > 0:
            clip = _of(path, 0.0, seconds)
            say(
                ko=f"{clip.name}에는 {start:g}초부터 쓸 프레임이 모자라 처음부터 씁니다. "
                "START와 SECONDS로 다른 구간을 고를 수 있습니다.",
                en=f"{clip.name} has too few frames from {start:g} s on; it is used from its "
                "beginning. START and SECONDS choose another part.",
            )
        if len(clip.frames) >= least:
            passed = float(clip.times[-1] - clip.times[0])
            return clip.frames, (len(clip.frames) - 1) / max(passed, 1e-6), clip.name
        say(
            ko=f"{clip.name}에는 프레임이 {len(clip.frames)}개뿐입니다. {least}개가 필요해 "
            "ToyWorld의 클립을 대신 씁니다.",
            en=f"{clip.name} has only {len(clip.frames)} frames where {least} are needed: a clip "
            "of ToyWorld takes its place.",
        )
    return toyclips.clip(120, seed=5).frames, 10.0, "ToyWorld clip"


def _of(path: Path, start: float, stop: float) -> video.Clip:
    found = list(video.stream(path, start=start, stop=stop, size=SIDE))
    frames = [frame for _, frame in found]
    return video.Clip(
        torch.stack(frames) if frames else torch.empty(0, 3, SIDE, SIDE, dtype=torch.uint8),
        torch.tensor([seconds for seconds, _ in found], dtype=torch.float64),
        path.name,
    )
