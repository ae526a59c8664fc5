"""Random views of pictures, colour: brightness, contrast, saturation, hue and gray, batch by batch.

Pairs as in ``geometry``: a plain function with one parameter a picture, and a ``random_…`` one
that draws them. Pictures are ``(B, 3, H, W)`` float32 in [0, 1], and so are the results.
"""

import torch

from course_utils.views.geometry import coin, each, uniform

# Rec. 601 luma, as torchvision rounds it.
_LUMA = (0.2989, 0.587, 0.114)
# Elementwise colour work on a CPU is limited by memory traffic: so many pictures stay in cache.
_CHUNK = 128


def _luma(images: torch.Tensor) -> torch.Tensor:
    """``(B, 3, H, W)`` to gray ``(B, 1, H, W)``."""
    r, g, b = images.unbind(1)
    return (_LUMA[0] * r + _LUMA[1] * g + _LUMA[2] * b).unsqueeze(1)


def _blend(images: torch.Tensor, other: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """``factor · images + (1 − factor) · other``, kept in [0, 1]."""
    return torch.lerp(other, images, each(factor, images)).clamp_(0, 1)


def adjust_brightness(images: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Multiply picture ``i`` by ``factor[i]`` ≥ 0 and clip: 0 is black, 1 changes nothing."""
    return (images * each(factor, images)).clamp_(0, 1)


def adjust_contrast(images: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Blend picture ``i`` with its mean gray: 0 is uniform gray, 1 changes nothing."""
    luma = _luma(images)
    mean = luma.mean(dim=(1, 2, 3), keepdim=True)
    # As large as the luma: torch blends with a value a picture four times as slowly.
    return _blend(images, mean.expand_as(luma).contiguous(), factor)


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
    per_chroma = chroma.clamp(min=1e-8).reciprocal_()
    # Masks of 0 and 1 as floats, and lerp to choose by them: with bools a CPU takes thrice as long.
    reddest, greenest = torch.eq(high, red, out=torch.empty_like(high)), high.eq_(green)
    hue = (red - green).mul_(per_chroma).add_(4)
    hue.lerp_((blue - red).mul_(per_chroma).add_(2), greenest)
    hue.lerp_((green - blue).mul_(per_chroma), reddest)
    hue.add_(6 * each(factor, images).squeeze(1))
    hue.sub_((hue / 6).floor_().mul_(6))
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
    chosen = coin(b, p, generator)
    draws = {
        adjust: uniform(b, max(0.0, 1 - x), 1 + x, generator)
        for adjust, x in (
            (adjust_brightness, brightness),
            (adjust_contrast, contrast),
            (adjust_saturation, saturation),
        )
    }
    draws[adjust_hue] = uniform(b, -hue, hue, generator)
    adjusts = [list(draws)[i] for i in _order(len(draws), generator)]

    def jittered(images, factors):
        for adjust in adjusts:
            images = adjust(images, factors[adjust])
        return images

    if images.device.type != "cpu":  # to count the chosen ones would wait for the device
        return torch.where(each(chosen, images), jittered(images, draws), images)
    out = images.clone()
    for part in chosen.nonzero().squeeze(1).split(_CHUNK):
        # index_select and index_copy_ are two to five times as fast here as square brackets.
        few = {adjust: factor[part] for adjust, factor in draws.items()}
        out.index_copy_(0, part, jittered(images.index_select(0, part), few))
    return out


def _order(n: int, generator: torch.Generator) -> list[int]:
    """A random order of ``range(n)`` as numbers of the CPU's, without waiting for a GPU.

    A GPU's generator keeps its seed and its position on the CPU; they seed the draw.
    """
    if generator.device.type != "cpu":
        state = generator.get_state()  # 16 bytes: seed and offset
        torch.rand(1, generator=generator, device=generator.device)  # the next draw differs
        seed = int(state.view(torch.int64).sum()) % 2**63
        generator = torch.Generator().manual_seed(seed)
    return torch.randperm(n, generator=generator).tolist()


def to_gray(images: torch.Tensor) -> torch.Tensor:
    """Gray version with three equal channels."""
    return _luma(images).expand(-1, 3, -1, -1)


def random_gray(
    images: torch.Tensor, generator: torch.Generator, *, p: float = 0.2
) -> torch.Tensor:
    """Make each picture gray with probability ``p``."""
    chosen = coin(len(images), p, generator).to(images.dtype)
    return torch.lerp(images, _luma(images), each(chosen, images))  # as where, in half the time
