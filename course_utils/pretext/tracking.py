"""From raw video to pairs of patches that show one thing: Wang & Gupta 2015, section 3.

Every stage is a small function: camera motion, moving points, the window that holds most of them, and
a tracker that follows it. The first and the last patch of a track are X and X⁺. What differs from the
paper is said where it does; its numbers are as usually reported.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from course_utils import views

MOVING = 0.5  # a point that moves by more pixels a frame than this moves
SHARE = (0.25, 0.75)  # of the points: fewer is noise, more is the camera (as usually reported)
TRUSTED = 1e-4  # smaller eigenvalue of the structure tensor, brightness counting to 1
LOST = 5.0  # peak-to-sidelobe ratio below which a track has ended


def to_gray(frames: torch.Tensor) -> torch.Tensor:
    """uint8 or float frames ``(T, 3, H, W)`` to float32 brightness ``(T, H, W)``; uint8 counts to 1."""
    pictures = views.to_float(frames) if frames.dtype == torch.uint8 else frames.float()
    return views.to_gray(pictures)[:, 0]


def _hann(height: int, width: int) -> torch.Tensor:
    rows, columns = (torch.hann_window(n, periodic=False) for n in (height, width))
    return rows[:, None] * columns


def _peak(response: torch.Tensor) -> torch.Tensor:
    """Where each map ``(N, H, W)`` is largest, x and y, with a parabola's fraction of a pixel: ``(N, 2)``.

    The maps come from Fourier transforms, so the far half of each axis counts as negative.
    """
    n, height, width = response.shape
    best = response.flatten(1).argmax(1)
    y, x = best // width, best % width
    rows = torch.arange(n)

    def fraction(before, here, after):
        curve = before - 2 * here + after
        return torch.where(curve < 0, 0.5 * (before - after) / curve.clamp(max=-1e-12), 0.0)

    here = response[rows, y, x]
    dx = fraction(response[rows, y, (x - 1) % width], here, response[rows, y, (x + 1) % width])
    dy = fraction(response[rows, (y - 1) % height, x], here, response[rows, (y + 1) % height, x])
    x = torch.where(x > width // 2, x - width, x) + dx.clamp(-0.5, 0.5)
    y = torch.where(y > height // 2, y - height, y) + dy.clamp(-0.5, 0.5)
    return torch.stack([x, y], 1)


def phase_correlation(gray: torch.Tensor) -> torch.Tensor:
    """How the picture as a whole moves from each frame to the next: ``(T, H, W)`` to ``(T − 1, 2)``, x and y.

    Kuglin & Hines 1975: only the phases of the cross-power spectrum are kept, and their inverse
    transform peaks at the shift. Finds large shifts at once, but between pixels only roughly.
    """
    shape = gray.shape[1:]
    spectra = torch.fft.rfft2((gray - gray.mean((1, 2), keepdim=True)) * _hann(*shape))
    cross = spectra[1:] * spectra[:-1].conj()
    # A little blur of the peak, so that its neighbours say where between pixels it lies.
    rows, columns = torch.fft.fftfreq(shape[0]), torch.fft.rfftfreq(shape[1])
    blur = torch.exp(-20 * (rows[:, None].square() + columns.square()))
    return _peak(torch.fft.irfft2(cross / cross.abs().clamp(min=1e-9) * blur, s=shape))


def _move(images: torch.Tensor, motion: torch.Tensor) -> torch.Tensor:
    """``(N, H, W)`` where every pixel is fetched from where ``motion`` ``(N, 2, H, W)``, x and y, says it went.

    ``(N, 2, 1, 1)`` moves all pixels of a frame alike.
    """
    n, height, width = images.shape
    identity = F.affine_grid(torch.eye(2, 3).repeat(n, 1, 1), [n, 1, height, width], False)
    grid = identity + 2 * motion.permute(0, 2, 3, 1) / torch.tensor([width, height])
    return F.grid_sample(images[:, None], grid, padding_mode="border", align_corners=False)[:, 0]


def shift(images: torch.Tensor, by: torch.Tensor) -> torch.Tensor:
    """Move the content of ``(N, H, W)`` by x and y pixels, ``(N, 2)``, bilinear; the border is repeated."""
    return _move(images, -by[:, :, None, None])


def flow(
    before: torch.Tensor, after: torch.Tensor, *, side: int = 9, steps: int = 2
) -> tuple[torch.Tensor, torch.Tensor]:
    """Optical flow of Lucas & Kanade 1981: ``(N, 2, H, W)``, x and y in pixels, and where it can be trusted.

    ``before`` and ``after`` are ``(N, H, W)``. In every window of ``side`` pixels the one motion is found
    that explains the change best, by least squares; then the second frame is moved back by it and
    what remains is found in the same way. Where the window has no structure in some direction (the
    smaller eigenvalue of its structure tensor, ``(N, H, W)``, is small) it means nothing. Good for
    motions up to about two pixels.
    """

    def window_mean(x):
        return F.avg_pool2d(x[:, None], side, 1, side // 2, count_include_pad=False)[:, 0]

    motion = before.new_zeros(len(before), 2, *before.shape[1:])
    for _ in range(steps):
        now = _move(after, motion)
        down, right = torch.gradient((before + now) / 2, dim=(1, 2))
        change = now - before
        xx, yy, xy = (window_mean(a) for a in (right * right, down * down, right * down))
        xt, yt = window_mean(right * change), window_mean(down * change)
        determinant = xx * yy - xy * xy
        found = (
            torch.stack([xy * yt - yy * xt, xy * xt - xx * yt], 1) / (determinant + 1e-9)[:, None]
        )
        motion = motion + found.clamp(-2, 2)
    half, root = (xx + yy) / 2, ((xx - yy).square() / 4 + xy.square()).sqrt()
    return motion, half - root


def camera_motion(gray: torch.Tensor) -> torch.Tensor:
    """How the background moves from each frame to the next: ``(T, H, W)`` to ``(T − 1, 2)``, x and y in pixels.

    Phase correlation finds the shift roughly; the median of the flow that remains at points of interest
    makes it exact to about a tenth of a pixel. A median: things that move on their own may cover
    almost half of these points. Knows shifts only, no zoom and no turn; the paper uses the homographies of
    improved dense trajectories.
    """
    camera = phase_correlation(gray)
    for _ in range(2):
        motion, trust = flow(gray[:-1], shift(gray[1:], -camera), steps=1)
        points = motion[..., 2::4, 2::4].flatten(2)  # (T − 1, 2, points)
        trusted = (trust[..., 2::4, 2::4] > TRUSTED).flatten(1)[:, None]
        rest = points.masked_fill(~trusted, torch.nan).nanmedian(2).values
        camera = camera + rest.nan_to_num(0)
    return camera


def moving_points(
    gray: torch.Tensor, *, every: int = 4, threshold: float = MOVING
) -> tuple[torch.Tensor, torch.Tensor]:
    """Points of interest and those of them that move on their own: bool ``(T − 1, H', W')`` each.

    ``gray`` is ``(T, H, W)``; one point for every ``every`` pixels in both directions. A point is of interest
    where the flow can be trusted; it moves if its flow, camera motion taken out, is above ``threshold``
    pixels a frame. The paper takes SURF points and the flow of improved dense trajectories.
    """
    camera = camera_motion(gray)
    steady = shift(gray[1:], -camera)  # the next frame, moved back by the camera
    motion, trust = flow(gray[:-1], steady)
    offset = every // 2
    motion, trust = (
        motion[..., offset::every, offset::every],
        trust[..., offset::every, offset::every],
    )
    interest = trust > TRUSTED
    return interest, interest & (motion.norm(dim=1) > threshold)


def moving_share(interest: torch.Tensor, moving: torch.Tensor) -> torch.Tensor:
    """What share of the points of interest moves, by frame: ``(T, H', W')`` twice to ``(T,)``; 0 without points."""
    return moving.sum((-2, -1)) / interest.sum((-2, -1)).clamp(min=1)


def accepted(share: torch.Tensor) -> torch.Tensor:
    """The paper's rule: 25 to 75 % of the points move. Fewer are noise, more are the camera."""
    return (share >= SHARE[0]) & (share <= SHARE[1])


def best_window(moving: torch.Tensor, side: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The square of ``side`` cells with most moving points in each map ``(T, H', W')``: top, left and number.

    By an integral image: four corners give the sum of any window at once. Of equal windows the
    first from the top left. Raises ``ValueError`` if the window does not fit.
    """
    height, width = moving.shape[1:]
    if not 1 <= side <= min(height, width):
        raise ValueError(
            f"창의 한 변이 {side}칸이라 {height}×{width}칸에 들어가지 않습니다.\n"
            f"A window of {side} cells does not fit into {height} × {width}."
        )
    total = F.pad(moving.float().cumsum(1).cumsum(2), (1, 0, 1, 0))  # (T, H' + 1, W' + 1)
    counts = (
        total[:, side:, side:]
        - total[:, :-side, side:]
        - total[:, side:, :-side]
        + total[:, :-side, :-side]
    )
    best = counts.flatten(1).argmax(1)
    columns = counts.shape[2]
    return best // columns, best % columns, counts.flatten(1).amax(1).long()


@dataclass(frozen=True)
class Track:
    """A window followed from frame ``start`` on, one row a frame until it ended or was lost."""

    start: int
    boxes: torch.Tensor  # (L, 4) left, top, right, bottom in pixels
    confidence: torch.Tensor  # (L,) peak-to-sidelobe ratio; the first is infinite


def _cut(frame: torch.Tensor, center: torch.Tensor, width: torch.Tensor, out: int) -> torch.Tensor:
    """A window of ``(H, W)`` around ``center`` (x, y), ``width`` (two numbers) wide and high: ``(out, out)``."""
    size = torch.tensor(frame.shape[::-1])
    theta = torch.zeros(1, 2, 3)
    theta[0, 0, 0], theta[0, 1, 1] = (width / size).tolist()
    theta[0, :, 2] = 2 * center / size - 1
    grid = F.affine_grid(theta, [1, 1, out, out], align_corners=False)
    return F.grid_sample(frame[None, None], grid, padding_mode="border", align_corners=False)[0, 0]


def _channels(patch: torch.Tensor, window: torch.Tensor) -> torch.Tensor:
    """What the filter looks at in ``(S, S)``: brightness and its derivatives, faded to the border, ``(3, S, S)``."""
    down, right = torch.gradient(patch)
    stacked = torch.stack([patch - patch.mean(), right, down])
    return stacked / stacked.std((1, 2), keepdim=True).clamp(min=1e-4) * window


def track(
    gray: torch.Tensor,
    box: torch.Tensor,
    *,
    start: int = 0,
    length: int = 30,
    lost: float = LOST,
    side: int = 48,
    rate: float = 0.08,
) -> Track:
    """Follow a box through frames with a correlation filter in the Fourier domain.

    ``gray`` ``(T, H, W)``; ``box`` ``(4,)`` in frame ``start``. The filter is the ridge regression that answers a
    window around the thing with a narrow peak in its middle; circular shifts of the window are all its
    training examples, and in the Fourier domain the regression is a division (Bolme et al. 2010;
    Henriques et al. 2015, KCF, equation 21). Of KCF's family: this one is linear where KCF has a Gaussian
    kernel, and sees brightness and its derivatives where KCF sees HOG; like KCF it keeps the size of the
    box. After each frame the filter learns the new look with weight ``rate``. The track ends after ``length``
    frames, at the end of the clip, or where the peak stands less than ``lost`` deviations above the rest
    of the answer: then the thing is hidden or gone.
    """
    extent = (box[2:] - box[:2]).float()
    center = (box[2:] + box[:2]).float() / 2
    width = 2 * extent  # the thing and its surroundings
    window = _hann(side, side)
    distance = torch.fft.fftfreq(side, 1 / side)
    target = torch.exp(-(distance[:, None].square() + distance.square()) / (2 * (side / 24) ** 2))
    wanted = torch.fft.rfft2(target)

    def seen(frame):
        return torch.fft.rfft2(_channels(_cut(frame, center, width, side), window))

    def learned(spectrum):
        return wanted * spectrum.conj(), (spectrum * spectrum.conj()).sum(0).real

    above, below = learned(seen(gray[start]))
    centers, confidence = [center], [torch.inf]
    for frame in gray[start + 1 : start + length]:
        answer = torch.fft.irfft2(
            (above * seen(frame)).sum(0) / (below + 0.01 * below.mean()), s=(side, side)
        )
        ratio = peak_to_sidelobe(answer)
        if ratio < lost:
            break
        center = center + _peak(answer[None])[0] * width / side
        centers.append(center)
        confidence.append(ratio)
        now_above, now_below = learned(seen(frame))
        above, below = torch.lerp(above, now_above, rate), torch.lerp(below, now_below, rate)
    middles = torch.stack(centers)
    boxes = torch.cat([middles - extent / 2, middles + extent / 2], 1)
    return Track(start, boxes, torch.tensor(confidence))


def peak_to_sidelobe(answer: torch.Tensor) -> float:
    """(peak − mean) / deviation of the rest of the map ``(S, S)``, 11 × 11 around the peak left out.

    Bolme et al. 2010, section 3.5. Sharp peaks have 20 and more, noise about 4.
    """
    size = answer.shape[0]
    peak = int(answer.argmax())
    away = (torch.arange(size) - peak // size + size // 2) % size - size // 2
    across = (torch.arange(size) - peak % size + size // 2) % size - size // 2
    rest = answer[(away.abs()[:, None] > 5) | (across.abs() > 5)]
    return float((answer.max() - rest.mean()) / rest.std().clamp(min=1e-9))
