"""Every lesson on data of a reader's own, smaller, larger and other than the author's.

Each data set is made here, so nothing is downloaded: photographs of ToyWorld in folders, digits of
scikit-learn, films of a square that moves.
"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from course_utils.data import toyworld

HANGUL = "고양이와 강아지"


def _folders(to: Path, classes: int, each: int, *, size: int = 40) -> Path:
    """``each`` colour pictures a class as JPEG, wider than high, one class with a Hangul name."""
    images = toyworld.stills(classes * each, size=size, seed=3).images
    for i, image in enumerate(images):
        c = i % classes
        folder = to / (HANGUL if c == 0 else f"class {c}")
        folder.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(image.permute(1, 2, 0).numpy())
        picture.resize((size + 8, size)).save(folder / f"{i}.jpg", quality=92)
    return to


def _digits(to: Path) -> Path:
    """Gray pictures of 8 × 8, 100 a class, in mode L."""
    found = load_digits()
    for c in range(10):
        (to / str(c)).mkdir(parents=True)
        for i, pixels in enumerate(found.images[found.target == c][:100]):
            Image.fromarray((pixels * 15.9).astype(np.uint8)).save(to / str(c) / f"{i}.png")
    return to


def _film(to: Path, frames: int) -> Path:
    """Ten frames a second of 384 × 288: a square on its way over a still ground."""
    ground = np.random.default_rng(0).integers(60, 190, (288, 384, 3)).astype(np.uint8)
    with av.open(str(to), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 384, 288, "yuvj420p"
        for t in range(frames):
            picture = ground.copy()
            x, y = 20 + 3 * t % 300, 90 + t % 60
            picture[y : y + 40, x : x + 24] = (200, 40, 60)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return to


PICTURES = {
    "two classes of five": lambda folder: _folders(folder, 2, 5),
    "120 classes of six": lambda folder: _folders(folder, 120, 6),
    "ten classes of 500": lambda folder: _folders(folder, 10, 500),
    "gray digits": _digits,
}
FILMS = {"one frame": 1, "62 frames": 62, "20 seconds": 200}
_VIDEO = re.compile(r'VIDEO = \\"auto\\"')


def cases(lessons: dict[str, Path]) -> Iterator[tuple[str, Path, str]]:
    """What it is, a notebook, the data set: of every lesson on every data set, and of those that
    read a video on every film.
    """
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary)
        for name, make in PICTURES.items():
            folder = make(made / name)
            for lesson, notebook in lessons.items():
                yield f"{lesson} on {name}", notebook, f"folder:{folder}"
        for name, frames in FILMS.items():
            film = _film(made / f"{name}.avi", frames)
            for lesson, notebook in lessons.items():
                text, found = _VIDEO.subn(f'VIDEO = \\\\"{film}\\\\"', notebook.read_text("utf-8"))
                if found:
                    # The folder of the lessons is where a notebook runs.
                    copy = made / notebook.name
                    copy.write_text(text, encoding="utf-8")
                    yield f"{lesson} on a film of {name}", copy, "toyworld"
