"""CIE Lab: lightness apart from colour. Batched, both ways.

L is the lightness, 0 (black) to 100 (white); a runs from green to red, b from blue to yellow, and
both are 0 for gray. For colours of sRGB a lies within −87 and 99, b within −108 and 95. Distances
in Lab are closer to what people see than those between RGB values. White point D65, 2° observer.
"""

import functools

import torch

# sRGB's primaries (IEC 61966-2-1) as rows of X, Y, Z, and the white point D65.
_XYZ_OF_RGB = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
_WHITE = ((0.95047,), (1.0,), (1.08883,))
# Below this share of white the cube root is replaced by a line (CIE 15).
_DARK = (6 / 29) ** 3


@functools.cache
def _constant(
    rows: tuple[tuple[float, ...], ...], where: torch.device, inverse: bool = False
) -> torch.Tensor:
    """A matrix in float32, made once a device: to copy Python's numbers to a GPU waits for it."""
    matrix = torch.tensor(rows, dtype=torch.float64)
    return (matrix.inverse() if inverse else matrix).float().to(where)


def _mixed(images: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """A 3 × 3 matrix on the channels of ``(B, 3, H, W)``."""
    return torch.einsum("ij,bjhw->bihw", matrix.to(images.dtype), images)


def _white(like: torch.Tensor) -> torch.Tensor:
    return _constant(_WHITE, like.device).to(like.dtype).view(1, -1, 1, 1)


def rgb_to_lab(images: torch.Tensor) -> torch.Tensor:
    """sRGB ``(B, 3, H, W)`` float in [0, 1] to Lab of the same shape."""
    bent = ((images.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4
    linear = torch.where(images <= 0.04045, images / 12.92, bent)
    xyz = _mixed(linear, _constant(_XYZ_OF_RGB, images.device)) / _white(images)
    line = xyz * (29 / 6) ** 2 / 3 + 4 / 29
    x, y, z = torch.where(xyz > _DARK, xyz.clamp(min=_DARK) ** (1 / 3), line).unbind(1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def lab_to_rgb(lab: torch.Tensor) -> torch.Tensor:
    """Lab ``(B, 3, H, W)`` to sRGB in [0, 1]; colours that sRGB does not have are clipped."""
    lightness, a, b = lab.unbind(1)
    y = (lightness + 16) / 116
    root = torch.stack([y + a / 500, y, y - b / 200], dim=1)
    xyz = torch.where(root > 6 / 29, root**3, 3 * (6 / 29) ** 2 * (root - 4 / 29))
    xyz = xyz * _white(lab)
    linear = _mixed(xyz, _constant(_XYZ_OF_RGB, lab.device, inverse=True))
    bent = 1.055 * linear.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(linear <= 0.0031308, 12.92 * linear, bent).clamp(0, 1)
