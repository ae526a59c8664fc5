"""Random views of pictures: crop, flip, affine, colour, blur — for a whole batch at once.

Every view comes as a pair. The plain function (``crop``, ``adjust_hue``) takes one parameter *per
picture* and no randomness, so it can be held against torchvision picture by picture. The
``random_…`` function draws those parameters from an explicit CPU generator and calls it. Pictures
are ``(B, 3, H, W)`` float32 in [0, 1] unless a docstring says otherwise, on any device, and keep
that shape unless one is given; parameters may live on the CPU. Nothing is changed in place.

Why not torchvision's transforms in a data loader? They draw once per call, so a batch needs a
Python loop over pictures in worker processes. Here a view is a few tensor operations on the batch.
"""

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F

# Rec. 601 luma, as torchvision rounds it.
_LUMA = (0.2989, 0.587, 0.114)
# Elementwise colour work is limited by memory traffic: this many pictures at a time stay in cache.
_CHUNK = 64


def _uniform(n: int, low: float, high: float, generator: torch.Generator) -> torch.Tensor:
    """``(n,)`` float32 draws from [low, high)."""
    return low + (high - low) * torch.rand(n, generator=generator)


def _coin(n: int, p: float, generator: torch.Generator) -> torch.Tensor:
    """``(n,)`` bool, each True with probability ``p``."""
    return torch.rand(n, generator=generator) < p


def _each(values: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """Shape per-picture values ``(B,)`` so that they multiply pictures: ``(B, 1, 1, 1)``."""
    values = torch.as_tensor(values, device=images.device)
    if values.dtype.is_floating_point:
        values = values.to(images.dtype)
    return values.view(-1, 1, 1, 1)


def to_float(images: torch.Tensor) -> torch.Tensor:
    """uint8 pictures 0–255 to float32 in [0, 1], any shape. Raises ``TypeError`` for other types."""
    if images.dtype != torch.uint8:
        raise TypeError(
            f"to_float는 uint8 이미지를 받습니다. 지금은 {images.dtype}입니다.\n"
            f"to_float takes uint8 pictures; these are {images.dtype}."
        )
    return images.to(torch.float32) / 255


def normalize(images: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Subtract the channel means and divide by the channel deviations.

    ``mean`` and ``std`` are ``(3,)``. The result is stored channels-last: convolutions on a CPU
    are about twice as fast on it.
    """
    mean, std = (torch.as_tensor(v, device=images.device).view(1, -1, 1, 1) for v in (mean, std))
    return ((images - mean) / std).contiguous(memory_format=torch.channels_last)


def channel_statistics(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of each channel of uint8 ``(N, 3, H, W)``: both ``(3,)``, on the CPU.

    Taken from 256-bin histograms, so 50,000 pictures need no float copy of themselves.
    """
    levels = torch.arange(256, dtype=torch.float64, device=images.device) / 255
    mean, std = [], []
    for channel in range(images.shape[1]):
        counts = torch.bincount(images[:, channel].flatten(), minlength=256).double()
        share = counts / counts.sum()
        mean.append((share * levels).sum())
        std.append(((share * levels**2).sum() - mean[-1] ** 2).sqrt())
    return torch.stack(mean).float().cpu(), torch.stack(std).float().cpu()


def batches(
    images: torch.Tensor,
    *,
    batch_size: int,
    generator: torch.Generator,
    device: torch.device,
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches of shifted, mirrored and normalised pictures, with their indices.

    ``images`` is uint8 ``(N, 3, S, S)`` and stays where it is; yields float ``(B, 3, S, S)`` on
    ``device`` and int64 ``(B,)``. Each pass is a new random order. The usual light augmentation: a
    shift by up to a sixteenth of the side and a left–right flip.
    """
    statistics = channel_statistics(images)
    padding = images.shape[-1] // 16
    while True:
        for index in torch.randperm(len(images), generator=generator).split(batch_size):
            x = to_float(images[index].to(device))  # (B, 3, S, S)
            x = random_flip(random_crop(x, padding, generator), generator)
            yield normalize(x, *statistics), index


# ---------------------------------------------------------------- geometry


def crop(images: torch.Tensor, top: torch.Tensor, left: torch.Tensor, size: int) -> torch.Tensor:
    """Cut the ``size`` × ``size`` window at row ``top[i]``, column ``left[i]`` out of picture ``i``.

    Any dtype. ``top`` and ``left`` are int64 ``(B,)``; the windows lie inside the pictures. Returns
    ``(B, C, size, size)``.
    """
    b, _, h, w = images.shape
    top, left = (torch.as_tensor(v, device=images.device) for v in (top, left))
    if min(top.min(), left.min()) < 0 or top.max() > h - size or left.max() > w - size:
        raise ValueError(
            f"{h}×{w} 이미지 밖으로 나가는 창이 있습니다. size={size}, top, left를 확인하세요.\n"
            f"A window leaves the {h}×{w} picture. Check size={size}, top and left."
        )
    offsets = torch.arange(size, device=images.device)
    rows = (top[:, None] + offsets)[:, :, None]  # (B, size, 1)
    cols = (left[:, None] + offsets)[:, None, :]  # (B, 1, size)
    picture = torch.arange(b, device=images.device)[:, None, None]
    return images.permute(0, 2, 3, 1)[picture, rows, cols].permute(0, 3, 1, 2)  # (B, C, size, size)


def random_crop(images: torch.Tensor, padding: int, generator: torch.Generator) -> torch.Tensor:
    """Reflect ``padding`` pixels around each picture, then cut a random window of the old size.

    Reflection instead of black: a black border would tell which way a picture was shifted.
    Float pictures ``(B, C, S, S)`` to the same shape.
    """
    b, size = len(images), images.shape[-1]
    padded = F.pad(images, (padding,) * 4, mode="reflect")
    top, left = torch.randint(2 * padding + 1, (2, b), generator=generator)
    return crop(padded, top, left, size)


def flip(images: torch.Tensor, flipped: torch.Tensor) -> torch.Tensor:
    """Mirror left and right the pictures for which ``flipped``, bool ``(B,)``, is True."""
    return torch.where(_each(flipped, images), images.flip(-1), images)


def random_flip(
    images: torch.Tensor, generator: torch.Generator, *, p: float = 0.5
) -> torch.Tensor:
    """Mirror each picture left–right with probability ``p``."""
    return flip(images, _coin(len(images), p, generator))


def _apply_rows_and_columns(
    images: torch.Tensor, rows: torch.Tensor, cols: torch.Tensor
) -> torch.Tensor:
    """Resample each picture by two matrices: ``rows`` (B, H', H) and ``cols`` (B, W', W)."""
    return rows[:, None] @ (images @ cols[:, None].mT)  # (B, C, H', W')


def _resize_matrix(start: torch.Tensor, length: torch.Tensor, size: int, full: int) -> torch.Tensor:
    """One matrix a picture, ``(B, size, full)``: linear interpolation of a window to ``size``.

    Pixel ``i`` of the result lies at ``start + (i + ½) · length / size`` and takes a triangle-
    weighted mean around it. The triangle widens when the picture shrinks (antialiasing) and is cut
    off at the window's edge, as torchvision's ``resized_crop`` does.
    """
    start, length = start.float()[:, None, None], length.float()[:, None, None]
    scale = length / size
    centre = start + (torch.arange(size, device=start.device)[None, :, None] + 0.5) * scale
    pixel = torch.arange(full, device=start.device)[None, None, :] + 0.5
    weight = (1 - (pixel - centre).abs() / scale.clamp(min=1)).clamp(min=0)
    weight = weight * ((pixel > start) & (pixel < start + length))
    return weight / weight.sum(2, keepdim=True)


def resized_crop(
    images: torch.Tensor,
    top: torch.Tensor,
    left: torch.Tensor,
    height: torch.Tensor,
    width: torch.Tensor,
    size: int,
) -> torch.Tensor:
    """Cut a rectangle out of each picture and resize it to ``size`` × ``size``, antialiased.

    ``top``, ``left``, ``height``, ``width`` are int64 ``(B,)``; raises ``ValueError`` if a rectangle
    is empty or leaves its picture. Returns ``(B, C, size, size)``.
    """
    h, w = images.shape[-2:]
    inside = (top >= 0) & (left >= 0) & (height > 0) & (width > 0)
    if not (inside & (top + height <= h) & (left + width <= w)).all():
        raise ValueError(
            f"비었거나 {h}×{w} 이미지 밖으로 나가는 사각형이 있습니다. 네 값을 확인하세요.\n"
            f"A rectangle is empty or leaves the {h}×{w} picture. Check the four values."
        )
    top, left, height, width = (
        torch.as_tensor(v, device=images.device) for v in (top, left, height, width)
    )
    rows = _resize_matrix(top, height, size, h)
    cols = _resize_matrix(left, width, size, w)
    return _apply_rows_and_columns(images, rows, cols)


def random_resized_crop(
    images: torch.Tensor,
    size: int,
    generator: torch.Generator,
    *,
    area: tuple[float, float] = (0.08, 1.0),
    aspect: tuple[float, float] = (3 / 4, 4 / 3),
) -> torch.Tensor:
    """A rectangle of random area share, aspect ratio (log-uniform) and place, resized to ``size``.

    The view of SimCLR (Chen et al., 2020, appendix A). A rectangle that would not fit is clipped
    to the picture's side, where torchvision draws again up to ten times.
    """
    b, _, h, w = images.shape
    pixels = _uniform(b, *area, generator) * h * w
    ratio = torch.exp(_uniform(b, math.log(aspect[0]), math.log(aspect[1]), generator))
    height = (pixels / ratio).sqrt().round().long().clamp(1, h)
    width = (pixels * ratio).sqrt().round().long().clamp(1, w)
    top, left = (
        (torch.rand(b, generator=generator) * (room + 1)).long() for room in (h - height, w - width)
    )
    return resized_crop(images, top, left, height, width, size)


def affine(
    images: torch.Tensor,
    angle: torch.Tensor,
    translate: torch.Tensor,
    scale: torch.Tensor,
    shear: torch.Tensor,
) -> torch.Tensor:
    """Rotate, scale, shear and shift each picture about its centre, bilinear, black outside.

    ``angle`` ``(B,)`` in degrees, clockwise as torchvision counts it; ``translate`` ``(B, 2)`` in
    pixels (x, y); ``scale`` ``(B,)``; ``shear`` ``(B, 2)`` in degrees (x, y).
    """
    h, w = images.shape[-2:]
    angle, translate, scale, shear = (
        torch.as_tensor(v, dtype=images.dtype, device=images.device)
        for v in (angle, translate, scale, shear)
    )
    rot, shear_x, shear_y = (torch.deg2rad(v) for v in (angle, shear[:, 0], shear[:, 1]))
    # Forward map: rotation · shear · scale, then the shift. grid_sample wants its inverse.
    a = torch.cos(rot - shear_y) / torch.cos(shear_y)
    b = -torch.cos(rot - shear_y) * torch.tan(shear_x) / torch.cos(shear_y) - torch.sin(rot)
    c = torch.sin(rot - shear_y) / torch.cos(shear_y)
    d = -torch.sin(rot - shear_y) * torch.tan(shear_x) / torch.cos(shear_y) + torch.cos(rot)
    linear = torch.stack([d, -b, -c, a], dim=1).view(-1, 2, 2) / scale[:, None, None]  # inverse
    shift = -(linear @ translate[:, :, None])  # (B, 2, 1), pixels
    # From pixels to grid_sample's coordinates, where a side runs from -1 to 1.
    half = torch.tensor([w / 2, h / 2], dtype=images.dtype, device=images.device)
    theta = torch.cat([linear * half[None, None, :], shift], dim=2) / half[None, :, None]
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="zeros", align_corners=False)


def random_affine(
    images: torch.Tensor,
    generator: torch.Generator,
    *,
    degrees: float,
    translate: float,
    scale: tuple[float, float],
) -> torch.Tensor:
    """A random turn (± ``degrees``), shift (± ``translate`` of the side) and scale; no shear."""
    b, side = len(images), images.shape[-1]
    angle = _uniform(b, -degrees, degrees, generator)
    shift = _uniform(2 * b, -translate, translate, generator).view(b, 2) * side
    zoom = _uniform(b, *scale, generator)
    return affine(images, angle, shift, zoom, torch.zeros(b, 2))


# ---------------------------------------------------------------- colour


def _luma(images: torch.Tensor) -> torch.Tensor:
    """``(B, 3, H, W)`` to gray ``(B, 1, H, W)``."""
    r, g, b = images.unbind(1)
    return (_LUMA[0] * r + _LUMA[1] * g + _LUMA[2] * b).unsqueeze(1)


def _blend(images: torch.Tensor, other: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """``factor · images + (1 − factor) · other``, kept in [0, 1]."""
    return torch.lerp(other, images, _each(factor, images)).clamp_(0, 1)


def adjust_brightness(images: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Multiply picture ``i`` by ``factor[i]`` ≥ 0 and clip: 0 is black, 1 changes nothing."""
    return (images * _each(factor, images)).clamp_(0, 1)


def adjust_contrast(images: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Blend picture ``i`` with its mean gray: 0 is uniform gray, 1 changes nothing."""
    return _blend(images, _luma(images).mean(dim=(1, 2, 3), keepdim=True), factor)


def adjust_saturation(images: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Blend picture ``i`` with its gray version: 0 is gray, 1 changes nothing."""
    return _blend(images, _luma(images), factor)


def adjust_hue(images: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Turn the hue of picture ``i`` by ``factor[i]`` ∈ [-0.5, 0.5] of the colour circle.

    Hue is HSV's; value and saturation stay. With V the largest channel, m the smallest and
    C = V − m, a colour of hue h (0–6) is m + C · clamp(|h − 3| − 1) for red, and
    m + C · clamp(2 − |h − 2|), m + C · clamp(2 − |h − 4|) for green and blue, clamped to [0, 1].
    """
    red, green, blue = images.unbind(1)  # (B, H, W) each
    high = torch.maximum(torch.maximum(red, green), blue)
    low = torch.minimum(torch.minimum(red, green), blue)
    chroma = high - low
    # Where there is no colour (C = 0) any hue will do; the numerators are 0 there.
    per_chroma = 1 / chroma.clamp(min=1e-8)
    hue = torch.where(
        high == red,
        (green - blue) * per_chroma,
        torch.where(high == green, 2 + (blue - red) * per_chroma, 4 + (red - green) * per_chroma),
    )
    hue = hue + 6 * _each(factor, images).squeeze(1)
    hue = hue - 6 * torch.floor(hue / 6)
    turned = torch.stack([(hue - 3).abs_() - 1, 2 - (hue - 2).abs_(), 2 - (hue - 4).abs_()], dim=1)
    return turned.clamp_(0, 1).mul_(chroma.unsqueeze(1)).add_(low.unsqueeze(1))


def random_color_jitter(
    images: torch.Tensor,
    generator: torch.Generator,
    *,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 1.0,
) -> torch.Tensor:
    """Change brightness, contrast, saturation (factors 1 ± x) and hue (± x of the circle).

    Each picture has its own factors and is left alone with probability 1 − ``p``. The four run in
    an order drawn once a call, where torchvision draws it once a picture.
    """
    b = len(images)
    chosen = _coin(b, p, generator).nonzero().squeeze(1)
    draws = {
        adjust: _uniform(b, max(0.0, 1 - x), 1 + x, generator)[chosen]
        for adjust, x in (
            (adjust_brightness, brightness),
            (adjust_contrast, contrast),
            (adjust_saturation, saturation),
        )
    }
    draws[adjust_hue] = _uniform(b, -hue, hue, generator)[chosen]
    adjusts = [list(draws)[i] for i in torch.randperm(4, generator=generator).tolist()]
    out = images.clone()
    for start in range(0, len(chosen), _CHUNK):
        part = chosen[start : start + _CHUNK].to(images.device)
        jittered = images[part]
        for adjust in adjusts:
            jittered = adjust(jittered, draws[adjust][start : start + _CHUNK])
        out[part] = jittered
    return out


def to_gray(images: torch.Tensor) -> torch.Tensor:
    """Gray version with three equal channels."""
    return _luma(images).expand(-1, 3, -1, -1)


def random_gray(
    images: torch.Tensor, generator: torch.Generator, *, p: float = 0.2
) -> torch.Tensor:
    """Make each picture gray with probability ``p``."""
    return torch.where(_each(_coin(len(images), p, generator), images), to_gray(images), images)


def gaussian_blur(images: torch.Tensor, sigma: torch.Tensor, kernel_size: int) -> torch.Tensor:
    """Blur picture ``i`` with a Gaussian of ``sigma[i]`` > 0 pixels, cut off at ``kernel_size``.

    ``kernel_size`` is odd and below twice the side, else ``ValueError``; borders are reflected.
    """
    if kernel_size % 2 == 0 or not 0 < kernel_size < 2 * min(images.shape[-2:]):
        raise ValueError(
            f"kernel_size={kernel_size}: 이미지 한 변의 두 배보다 작은 홀수로 정하세요.\n"
            f"kernel_size={kernel_size}: choose an odd number below twice the picture's side."
        )
    h, w = images.shape[-2:]
    radius = kernel_size // 2
    offset = torch.arange(-radius, radius + 1, device=images.device)
    sigma = torch.as_tensor(sigma, dtype=images.dtype, device=images.device)
    kernel = torch.exp(-0.5 * (offset / sigma[:, None]) ** 2)
    kernel = kernel / kernel.sum(1, keepdim=True)  # (B, kernel_size)

    def matrix(side: int) -> torch.Tensor:
        index = (torch.arange(side, device=images.device)[:, None] + offset).abs()
        index = side - 1 - (side - 1 - index).abs()  # reflect at both ends
        out = torch.zeros(len(kernel), side, side, dtype=images.dtype, device=images.device)
        index = index.expand(len(kernel), -1, -1)
        return out.scatter_add_(2, index, kernel[:, None, :].expand(-1, side, -1))

    return _apply_rows_and_columns(images, matrix(h), matrix(w))


def random_blur(
    images: torch.Tensor,
    generator: torch.Generator,
    *,
    kernel_size: int,
    sigma: tuple[float, float] = (0.1, 2.0),
    p: float = 0.5,
) -> torch.Tensor:
    """Blur each picture with probability ``p`` and a width drawn from ``sigma`` (pixels)."""
    b = len(images)
    blurred = gaussian_blur(images, _uniform(b, *sigma, generator), kernel_size)
    return torch.where(_each(_coin(b, p, generator), images), blurred, images)
