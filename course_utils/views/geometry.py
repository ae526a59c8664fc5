"""Random views of pictures, geometry: crop, flip, resize, turn and blur a whole batch at once.

Every view comes as a pair. The plain function (``crop``, ``affine``) takes one parameter *per
picture* and no randomness, so it can be held against torchvision picture by picture. The
``random_…`` function draws those parameters from an explicit generator, on the generator's device,
and calls it. Pictures are ``(B, C, H, W)`` float32 in [0, 1] unless a docstring says otherwise, on
any device, and keep that shape unless one is given. Nothing is changed in place, and nothing that
is drawn at random makes the CPU wait for a GPU.

Why not torchvision's transforms in a data loader? They draw once per call, so a batch needs a
Python loop over pictures in worker processes. Here a view is a few tensor operations on the batch.
"""

import math

import torch
import torch.nn.functional as F


def uniform(n: int, low: float, high: float, generator: torch.Generator) -> torch.Tensor:
    """``(n,)`` float32 draws from [low, high), on the generator's device."""
    return low + (high - low) * torch.rand(n, generator=generator, device=generator.device)


def coin(n: int, p: float, generator: torch.Generator) -> torch.Tensor:
    """``(n,)`` bool, each True with probability ``p``, on the generator's device."""
    return torch.rand(n, generator=generator, device=generator.device) < p


def each(values: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """Shape per-picture values ``(B,)`` so that they multiply pictures: ``(B, 1, 1, 1)``."""
    values = torch.as_tensor(values, device=images.device)
    if values.dtype.is_floating_point:
        values = values.to(images.dtype)
    return values.view(-1, 1, 1, 1)


def crop(images: torch.Tensor, top: torch.Tensor, left: torch.Tensor, size: int) -> torch.Tensor:
    """Cut the ``size`` × ``size`` window at row ``top[i]``, column ``left[i]`` out of picture
    ``i``.

    Any dtype. ``top`` and ``left`` are int64 ``(B,)``; the windows lie inside the pictures. Returns
    ``(B, C, size, size)``.
    """
    h, w = images.shape[-2:]
    if min(top.min(), left.min()) < 0 or top.max() > h - size or left.max() > w - size:
        raise ValueError(
            f"{h}×{w} 이미지 밖으로 나가는 창이 있습니다. size={size}, top, left를 확인하세요.\n"
            f"A window leaves the {h}×{w} picture. Check size={size}, top and left."
        )
    return _cut(images, top, left, size)


def _cut(images: torch.Tensor, top: torch.Tensor, left: torch.Tensor, size: int) -> torch.Tensor:
    """``crop`` without the check: reading a result on a GPU would make the CPU wait for it."""
    b = len(images)
    top, left = (torch.as_tensor(v, device=images.device) for v in (top, left))
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
    top, left = torch.randint(2 * padding + 1, (2, b), generator=generator, device=generator.device)
    return _cut(padded, top, left, size)


def flip(images: torch.Tensor, flipped: torch.Tensor) -> torch.Tensor:
    """Mirror left and right the pictures for which ``flipped``, bool ``(B,)``, is True."""
    return torch.where(each(flipped, images), images.flip(-1), images)


def random_flip(
    images: torch.Tensor, generator: torch.Generator, *, p: float = 0.5
) -> torch.Tensor:
    """Mirror each picture left–right with probability ``p``."""
    return flip(images, coin(len(images), p, generator))


def _apply_rows_and_columns(
    images: torch.Tensor, rows: torch.Tensor, cols: torch.Tensor
) -> torch.Tensor:
    """Resample each picture by two matrices: ``rows`` (B, H', H) and ``cols`` (B, W', W)."""
    b, c, h, _ = images.shape
    # One product a picture for all its channels, where broadcasting would make one a channel.
    across = images.reshape(b, c * h, -1) @ cols.mT  # (B, C·H, W')
    return rows[:, None] @ across.view(b, c, h, -1)  # (B, C, H', W')


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
    weight = (1 - (pixel - centre).abs_() / scale.clamp(min=1)).clamp_(min=0)
    weight *= (pixel - (start + length / 2)).abs_() < length / 2
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

    ``top``, ``left``, ``height``, ``width`` are int64 ``(B,)``; raises ``ValueError`` if a
    rectangle is empty or leaves its picture. Returns ``(B, C, size, size)``.
    """
    h, w = images.shape[-2:]
    inside = (top >= 0) & (left >= 0) & (height > 0) & (width > 0)
    if not (inside & (top + height <= h) & (left + width <= w)).all():
        raise ValueError(
            f"비었거나 {h}×{w} 이미지 밖으로 나가는 사각형이 있습니다. 네 값을 확인하세요.\n"
            f"A rectangle is empty or leaves the {h}×{w} picture. Check the four values."
        )
    return _cut_and_resize(images, top, left, height, width, size)


def _cut_and_resize(images, top, left, height, width, size: int) -> torch.Tensor:
    """``resized_crop`` without the check, for the same reason as ``_cut``."""
    h, w = images.shape[-2:]
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
    pixels = uniform(b, *area, generator) * h * w
    ratio = torch.exp(uniform(b, math.log(aspect[0]), math.log(aspect[1]), generator))
    height = (pixels / ratio).sqrt().round().long().clamp(1, h)
    width = (pixels * ratio).sqrt().round().long().clamp(1, w)
    top, left = (
        (uniform(b, 0, 1, generator) * (room + 1)).long() for room in (h - height, w - width)
    )
    return _cut_and_resize(images, top, left, height, width, size)


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
    blurred = gaussian_blur(images, uniform(b, *sigma, generator), kernel_size)
    return torch.where(each(coin(b, p, generator), images), blurred, images)


def turn_full_circle(images: torch.Tensor, degrees: torch.Tensor) -> torch.Tensor:
    """Turn pictures ``(N, 3, S, S)`` counter-clockwise by any angle ``(N,)`` under a disc.

    Outside the inscribed disc everything is gray: the corners that a turn leaves empty would tell.
    """
    n, _, _, size = images.shape
    still = torch.zeros(n, 2)
    turned = affine(images, -degrees, still, torch.ones(n), still)
    middle = (torch.arange(size, device=images.device) - (size - 1) / 2) ** 2
    outside = middle[:, None] + middle[None, :] > (size / 2 - 1) ** 2
    return turned.masked_fill(outside, 0.5)
