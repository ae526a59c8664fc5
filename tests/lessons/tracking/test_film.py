"""Videos of one's own, shorter and longer than the lesson's part."""

import av
import numpy as np
import pytest
from PIL import Image

from course_utils.data.video import NotAVideo
from course_utils.lessons.tracking import film
from course_utils.pretext import tracker

LEAST = 2 * tracker.LENGTH


def written(path, n, fps=10):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for i in range(n):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), i % 250, np.uint8), "rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def part(path, start=48.0, seconds=14.0):
    return film.part(path, start=start, seconds=seconds, least=LEAST)


@pytest.mark.parametrize("n", [1, 2, LEAST - 1])
def test_too_few_frames_are_replaced_and_told(tmp_path, capsys, n):
    frames, fps, name = part(written(tmp_path / "short.avi", n))
    assert (len(frames), fps, name) == (120, 10, "ToyWorld clip")
    told = capsys.readouterr().out
    assert f"short.avi has only {n} frames" in told and "ToyWorld" in told


@pytest.mark.parametrize(("n", "kept"), [(LEAST, LEAST), (62, 62), (200, 140)])
def test_a_film_that_ends_before_the_part_is_used_from_its_beginning(tmp_path, capsys, n, kept):
    frames, fps, name = part(written(tmp_path / "mine.avi", n))
    assert (len(frames), name) == (kept, "mine.avi")
    assert fps == pytest.approx(10, abs=0.01)
    assert frames[0].float().mean() < 3  # its first frame
    assert "from its beginning" in capsys.readouterr().out


def test_the_part_that_is_asked_for(tmp_path, capsys):
    frames, *_ = part(written(tmp_path / "mine.avi", 300), start=2.0, seconds=8.0)
    assert len(frames) == 80
    assert frames[0].float().mean().item() == pytest.approx(20, abs=2)
    assert capsys.readouterr().out == ""


def test_a_folder_of_frames(tmp_path):
    for i in range(70):
        Image.new("RGB", (40, 30), (i, i, i)).save(tmp_path / f"f{i}.png")
    frames, fps, _ = part(tmp_path)
    assert len(frames) == 70 and fps == pytest.approx(25)


def test_no_film_is_toyworld():
    assert part(None)[2] == "ToyWorld clip"


def test_what_is_no_video_is_told(tmp_path):
    (tmp_path / "a.avi").write_bytes(b"no video")
    with pytest.raises(NotAVideo):
        part(tmp_path / "a.avi")
    with pytest.raises(FileNotFoundError):
        part(tmp_path / "none.avi")
