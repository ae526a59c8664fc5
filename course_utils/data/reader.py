"""One picture file to RGB: the same way for folders, uploads and frames."""

import io
import warnings
from pathlib import Path, PurePath

import numpy as np
from PIL import Image, ImageOps

from course_utils.lang import Text

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"}
# Pictures that Pillow alone does not read, and what may be done about them.
_PHONE: Text = (
    "휴대전화 사진입니다. JPEG로 저장하세요",
    "photographs of a phone: save them as JPEG",
)
_CAMERA: Text = ("카메라 원본입니다. JPEG로 저장하세요", "raw files of a camera: save them as JPEG")
_OTHER: Text = ("JPEG나 PNG로 저장하세요", "save them as JPEG or PNG")
_PACKED: Text = ("압축을 먼저 푸세요", "unpack them first")
ADVICE: dict[str, Text] = {
    **dict.fromkeys((".heic", ".heif"), _PHONE),
    **dict.fromkeys((".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".raf", ".rw2"), _CAMERA),
    **dict.fromkeys((".avif", ".eps", ".jp2", ".jxl", ".pdf", ".psd", ".svg"), _OTHER),
    **dict.fromkeys((".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip"), _PACKED),
}
# A picture with more pixels is not decoded: it would take gigabytes.
LARGEST = 100_000_000


class NotAPicture(ValueError):
    """A file is no picture that can be read. ``why``: a short reason, Korean and English."""

    def __init__(self, why: Text):
        self.why = why
        super().__init__(" / ".join(why))


def read_rgb(file: bytes | Path, *, name: str = "") -> Image.Image:
    """Any picture as RGB, upright.

    Turned by its EXIF tag; transparency put on white; more than 8 bits scaled, not clipped; of
    what moves, the first frame. ``file``: its bytes or where it lies; ``name`` is for the reason,
    where bytes have none. Raises ``NotAPicture`` for anything else, and for more than ``LARGEST``
    pixels.
    """
    suffix = PurePath(name or (file if isinstance(file, Path) else "")).suffix.lower()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged tags, large pictures: decided below
            with Image.open(io.BytesIO(file) if isinstance(file, bytes) else file) as picture:
                if picture.width * picture.height > LARGEST:
                    raise Image.DecompressionBombError
                return as_rgb(picture)
    except Image.DecompressionBombError:
        n = LARGEST // 1_000_000
        why = f"{n}백만 픽셀보다 커서 읽지 않습니다", f"over {n} million pixels: not read"
    except Exception:  # decoders raise nearly anything on damaged bytes
        why = ADVICE.get(suffix, ("이미지로 읽을 수 없습니다", "not readable as a picture"))
    raise NotAPicture(why)


def as_rgb(picture: Image.Image) -> Image.Image:
    """``read_rgb`` for a picture that is open already."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        tops = (65535,) if picture.mode.startswith("I") else (1, 255, 65535)
        picture = Image.fromarray(_eight_bits(np.asarray(picture, dtype=np.float64), tops))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return picture.convert("RGB")


def _eight_bits(gray: np.ndarray, tops: tuple[int, ...]) -> np.ndarray:
    """Gray values ``(H, W)`` as uint8, the first of ``tops`` that holds them all white.

    If none does, the largest value is white; what is no number is black.
    """
    gray = np.nan_to_num(gray, nan=0.0, posinf=0.0, neginf=0.0)
    largest = gray.max(initial=0.0)
    top = next((top for top in tops if largest <= top), largest)
    return np.clip(gray / top * 255, 0, 255).round().astype(np.uint8)
