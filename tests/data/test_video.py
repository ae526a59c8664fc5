import struct
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
import torch
from av.stream import Disposition
from PIL import Image

from course_utils.data import video
from tests.oracles import assert_bilingual

LEVELS = list(range(0, 200, 10))  # frame i is a flat gray of 10 i


def frame(level, size=(48, 32)):
    """A flat gray picture with a bright right half, so that up, down, left and right differ."""
    picture = np.full((size[1], size[0], 3), level, np.uint8)
    picture[:, size[0] // 2 :] = min(level + 40, 255)
    return picture


def write(path, codec, *, fps=10, levels=LEVELS, pixels="yuv420p"):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = 48, 32, pixels
        stream.gop_size = 5
        for level in levels:
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame(level), "rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


@pytest.fixture
def clip(tmp_path):
    return write(tmp_path / "clip.avi", "mjpeg", pixels="yuvj420p")


def levels(frames):
    """The gray of the left half of each frame, to the nearest ten."""
    return [round(f[:, :, : f.shape[2] // 3].float().mean().item() / 10) * 10 for f in frames]


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mp4", "mpeg4", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("한글 이름.avi", "mjpeg", "yuvj420p"),
    ],
)
def test_files_are_read_frame_by_frame(tmp_path, name, codec, pixels):
    found = video.load_clip(write(tmp_path / name, codec, pixels=pixels))
    assert found.frames.shape == (20, 3, 32, 48)
    assert found.frames.dtype == torch.uint8
    assert levels(found.frames) == LEVELS
    np.testing.assert_allclose(found.times, np.arange(20) / 10, atol=2e-3)
    assert found.name == name


def test_a_gif_with_uneven_times(tmp_path):
    pictures = [Image.fromarray(frame(level)) for level in (0, 50, 100)]
    path = tmp_path / "a.gif"
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[100, 400, 100])
    found = video.load_clip(path)
    assert levels(found.frames) == [0, 50, 100]
    np.testing.assert_allclose(found.times, [0, 0.1, 0.5], atol=1e-3)
    # At 10 ticks a second the second frame shows for four of them.
    steady = video.load_clip(path, fps=10)
    assert levels(steady.frames)[:6] == [0, 50, 50, 50, 50, 100]
    np.testing.assert_allclose(steady.times[:6], np.arange(6) / 10, atol=1e-6)


def test_a_folder_of_frames_in_the_order_of_their_numbers(tmp_path):
    for i in (0, 1, 2, 10, 11):
        Image.fromarray(frame(10 * i)).save(tmp_path / f"frame{i}.png")
    (tmp_path / "notes.txt").write_text("no picture")
    found = video.load_clip(tmp_path)
    assert levels(found.frames) == [0, 10, 20, 100, 110]
    np.testing.assert_allclose(found.times, np.arange(5) / 25)


def test_time_range(clip):
    part = video.load_clip(clip, start=0.5, stop=0.9)
    assert levels(part.frames) == [50, 60, 70, 80]
    np.testing.assert_allclose(part.times, [0.5, 0.6, 0.7, 0.8], atol=1e-6)
    # The frame on the screen at the start counts.
    assert levels(video.load_clip(clip, start=0.55, stop=0.7).frames) == [50, 60]


@pytest.mark.parametrize(
    ("fps", "expected"),
    [(5, LEVELS[::2]), (2.5, LEVELS[::4]), (20, [level for level in LEVELS for _ in range(2)])],
)
def test_frame_rate(clip, fps, expected):
    found = video.load_clip(clip, fps=fps)
    assert levels(found.frames) == expected
    np.testing.assert_allclose(found.times, np.arange(len(expected)) / fps, atol=1e-6)


def test_size_is_the_shorter_side(clip):
    assert video.load_clip(clip, size=16).frames.shape == (20, 3, 16, 24)
    assert video.load_clip(clip, size=64).frames.shape == (20, 3, 64, 96)


def test_frames_stream_one_at_a_time(clip, monkeypatch):
    turned = []
    keep = video._tensor
    monkeypatch.setattr(video, "_tensor", lambda p, size: turned.append(1) or keep(p, size))
    stream = video.stream(clip)
    next(stream), next(stream)
    assert len(turned) == 2


def test_a_telephone_held_upright_is_turned_as_it_was_held(tmp_path):
    """The track header's matrix (ISO 14496-12, 8.3.2) maps right to down: bright is below."""
    path = write(tmp_path / "a.mp4", "mpeg4")
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 4 + 40  # version 0: the matrix starts 40 bytes into the box
    turned = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    assert data[place : place + 4] == struct.pack(">i", 1 << 16)  # the identity was there
    data[place : place + len(turned)] = turned
    path.write_bytes(data)
    first = video.load_clip(path).frames[0].float()
    assert first.shape == (3, 48, 32)
    assert first[:, 36:].mean() > first[:, :12].mean() + 20
    assert abs(first[:, :, 24:].mean() - first[:, :, :8].mean()) < 5


# ------------------------------------------------------------ bad input


def raised(path, **options):
    with pytest.raises((video.NotAVideo, FileNotFoundError)) as error:
        video.load_clip(path, **options)
    assert_bilingual(str(error.value))
    return error.value


def test_a_missing_file(tmp_path):
    assert isinstance(raised(tmp_path / "missing.mp4"), FileNotFoundError)


def test_no_video(tmp_path):
    (tmp_path / "text.mp4").write_text("no video at all")
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    for name in ("text.mp4", "empty.mp4", "folder"):
        raised(tmp_path / name)


def test_sound_only(tmp_path):
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(
            np.zeros((1, 800), np.int16), format="s16", layout="mono"
        )
        sound.sample_rate = 8000
        for packet in [*stream.encode(sound), *stream.encode()]:
            container.mux(packet)
    assert "no video" in str(raised(path))


def test_a_range_without_frames(clip):
    assert "no frame from 9.0 s" in str(raised(clip, start=9.0))


def test_a_truncated_file_keeps_what_came_before(tmp_path, clip, capsys):
    whole = clip.read_bytes()
    path = tmp_path / "cut.avi"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    found = video.load_clip(path)
    assert 5 < len(found.frames) < 20
    assert levels(found.frames) == LEVELS[: len(found.frames)]


def test_a_corrupt_file_keeps_what_came_before_or_says_so(tmp_path):
    path = write(tmp_path / "a.mp4", "mpeg4")
    data = bytearray(path.read_bytes())
    data[: len(data) // 2] = bytes(len(data) // 2)
    path.write_bytes(data)
    raised(path)


def test_a_broken_frame_in_a_folder_ends_it_there(tmp_path, capsys):
    for i in range(4):
        Image.fromarray(frame(10 * i)).save(tmp_path / f"{i}.png")
    (tmp_path / "2.png").write_bytes(b"no picture")
    assert levels(video.load_clip(tmp_path).frames) == [0, 10]
    assert "2.png cannot be read" in capsys.readouterr().out
    (tmp_path / "0.png").write_bytes(b"no picture")
    raised(tmp_path)


def test_frames_of_two_sizes_are_an_error(tmp_path):
    Image.fromarray(frame(0)).save(tmp_path / "0.png")
    Image.fromarray(frame(0, (20, 20))).save(tmp_path / "1.png")
    assert "Make them equal" in str(raised(tmp_path))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Cache and shared folder of nobody, and a network that must not be asked."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SSL_COURSE_DATA", str(tmp_path))
    monkeypatch.delenv("SSL_COURSE_DATASET", raising=False)
    monkeypatch.setattr(video, "download", lambda *_: pytest.fail("the network was asked"))
    return tmp_path


def test_the_street_is_taken_from_the_shared_folder(elsewhere):
    (elsewhere / "vtest.avi").touch()
    assert video.street() == elsewhere / "vtest.avi"


def test_without_the_street_toyworld_takes_its_place(elsewhere, monkeypatch, capsys):
    monkeypatch.setenv("SSL_COURSE_DATASET", "toyworld")
    assert video.street() is None  # and nothing is downloaded
    assert "ToyWorld" in capsys.readouterr().out

    def no_network(*_):
        raise video.DownloadError("offline")

    monkeypatch.delenv("SSL_COURSE_DATASET")
    monkeypatch.setattr(video, "download", no_network)
    assert video.street() is None
    assert "ToyWorld" in capsys.readouterr().out


def test_the_street_is_downloaded_into_the_cache(elsewhere, monkeypatch):
    asked = []
    monkeypatch.setattr(
        video,
        "download",
        lambda s, folder: (asked.append((s, folder)), (folder / "vtest.avi", s[0]))[1],
    )
    assert video.street() == elsewhere / "cache" / "ssl-course" / "downloads" / "vtest.avi"
    assert asked[0][0] == [video._STREET]


# ------------------------------------------------------------ clocks and names of other people


def shifted(path, codec, by, *, fps=10):
    """A film whose clock begins at ``by`` seconds."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv420p"
        for i, level in enumerate(LEVELS):
            picture = av.VideoFrame.from_ndarray(frame(level), "rgb24")
            picture.pts, picture.time_base = i + by * fps, Fraction(1, fps)
            for packet in stream.encode(picture):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


@pytest.mark.parametrize(
    ("name", "codec", "by"),
    [("a.mkv", "mpeg4", 100), ("b.mkv", "libvpx-vp9", 3), ("c.webm", "libvpx-vp9", 1000), ("d.mkv", "mpeg4", 0)],
)  # fmt: skip
def test_seconds_count_from_the_first_frame(tmp_path, name, codec, by):
    path = shifted(tmp_path / name, codec, by)
    with av.open(str(path)) as container:
        first = next(container.decode(video=0)).time
    assert first == pytest.approx(by, abs=0.01)  # planted
    found = video.load_clip(path, start=0, stop=1)
    assert levels(found.frames) == LEVELS[:10]
    np.testing.assert_allclose(found.times, np.arange(10) / 10, atol=2e-3)


@pytest.mark.parametrize("name", ["12:30.avi", "http:.avi", "a b:c.avi", "%d.avi"])
def test_a_name_is_a_file_and_no_protocol(tmp_path, name):
    path = write(tmp_path / name, "mjpeg", pixels="yuvj420p")
    assert len(video.load_clip(path).frames) == 20


def test_the_film_and_not_the_cover(tmp_path, monkeypatch):
    """A file whose first picture stream is a cover, as music and films from shops have it."""
    path = tmp_path / "covered.mkv"
    with av.open(str(path), "w") as container:
        cover, film = (container.add_stream("mjpeg", rate=10) for _ in range(2))
        for stream in (cover, film):
            stream.width, stream.height, stream.pix_fmt = 48, 32, "yuvj420p"
        for stream, grays in ((cover, [240]), (film, LEVELS)):
            for level in grays:
                for packet in stream.encode(av.VideoFrame.from_ndarray(frame(level), "rgb24")):
                    container.mux(packet)
            for packet in stream.encode():
                container.mux(packet)
    assert len(video.load_clip(path).frames) == 1  # the first stream, where nothing says otherwise
    monkeypatch.setattr(video, "_is_cover", lambda stream: stream.index == 0)
    assert levels(video.load_clip(path).frames) == LEVELS
    monkeypatch.setattr(video, "_is_cover", lambda stream: True)
    with pytest.raises(video.NotAVideo, match="no video"):
        video.load_clip(path)


@pytest.mark.parametrize("flags", [0, Disposition.attached_pic, Disposition.attached_pic | Disposition.default])  # fmt: skip
def test_what_is_marked_as_attached_is_a_cover(flags):
    stream = SimpleNamespace(disposition=Disposition(flags))
    assert video._is_cover(stream) == bool(flags)


def test_what_systems_leave_is_no_frame(tmp_path):
    for i in range(3):
        Image.new("RGB", (20, 20), (50 * i,) * 3).save(tmp_path / f"f{i}.png")
    (tmp_path / "._f0.png").write_bytes(b"left by a Mac")
    (tmp_path / "@eaDir").mkdir()
    (tmp_path / "desktop.ini").write_text("x")
    assert len(video.load_clip(tmp_path).frames) == 3


def test_frames_of_another_kind_are_told(tmp_path):
    (tmp_path / "1.heic").write_bytes(b"x")
    with pytest.raises(video.NotAVideo, match="photographs of a phone"):
        video.load_clip(tmp_path)
