"""What moves in a video, and where: camera motion, moving points, windows that hold most of them.

Wang & Gupta 2015, section 3. Every stage is a small function; what differs from the paper is said
where it does, and the paper's numbers are as usually reported.
"""

import torch
import torch.nn.functional as F

from course_utils.lang import both
from course_utils.views import color, streams

MOVING = 0.5  # a point that moves by more pixels a frame than this moves
SHARE = (0.25, 0.75)  # of the points: fewer is noise, more is the camera (as usually reported)
TRUSTED = 1e-4  # smaller eigenvalue of the structure tensor, brightness counting to 1
CHANGED = 25  # of 255: a pixel this far from the background shows something
_CHUNK = 2**18  # pixels looked at together: more than the cache holds take five times as long


def luma(frames: torch.Tensor) -> torch.Tensor:
    """Frames ``(T, 3, H, W)``, uint8 or float, to float32 brightness ``(T, H, W)``.

    255 of uint8 counts as 1; floats keep their range.
    """
    pictures = streams.to_float(frames) if frames.dtype == torch.uint8 else frames.float()
    return color.to_gray(pictures)[:, 0]


def hann(height: int, width: int) -> torch.Tensor:
    """A window ``(height, width)`` that fades to 0 at the border, so a transform sees no edges."""
    rows, columns = (torch.hann_window(n, periodic=False) for n in (height, width))
    return rows[:, None] * columns


def peak(response: torch.Tensor) -> torch.Tensor:
    """Where each map ``(N, H, W)`` is largest, x and y: ``(N, 2)``, fractions from a parabola.

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
    """How the picture as a whole moves from each frame to the next.

    Brightness ``(T, H, W)`` to x and y in pixels, ``(T − 1, 2)``.

    Kuglin & Hines 1975: only the phases of the cross-power spectrum are kept, and their inverse
    transform peaks at the shift. Finds large shifts at once, but between pixels only roughly.
    """
    shape = gray.shape[1:]
    spectra = torch.fft.rfft2((gray - gray.mean((1, 2), keepdim=True)) * hann(*shape))
    cross = spectra[1:] * spectra[:-1].conj()
    # A little blur of the peak, so that its neighbours say where between pixels it lies.
    rows, columns = torch.fft.fftfreq(shape[0]), torch.fft.rfftfreq(shape[1])
    blur = torch.exp(-20 * (rows[:, None].square() + columns.square()))
    return peak(torch.fft.irfft2(cross / cross.abs().clamp(min=1e-9) * blur, s=shape))


def _move(images: torch.Tensor, motion: torch.Tensor) -> torch.Tensor:
    """``(N, H, W)`` where every pixel is fetched from where ``motion`` says it went.

    ``motion`` is x and y, ``(N, 2, H, W)``, or ``(N, 2, 1, 1)`` for all pixels of a frame alike.
    """
    n, height, width = images.shape
    identity = F.affine_grid(torch.eye(2, 3).repeat(n, 1, 1), [n, 1, height, width], False)
    grid = identity + 2 * motion.permute(0, 2, 3, 1) / torch.tensor([width, height])
    return F.grid_sample(images[:, None], grid, padding_mode="border", align_corners=False)[:, 0]


def shift(images: torch.Tensor, by: torch.Tensor) -> torch.Tensor:
    """Move the content of ``(N, H, W)`` by x and y pixels, ``(N, 2)``.

    Bilinear; the border is repeated.
    """
    return _move(images, -by[:, :, None, None])


def flow(
    before: torch.Tensor, after: torch.Tensor, *, every: int = 1, side: int = 9, steps: int = 2
) -> tuple[torch.Tensor, torch.Tensor]:
    """Optical flow of Lucas & Kanade 1981 and where to trust it.

    ``before`` and ``after`` are ``(N, H, W)``; the flow is x and y in pixels, ``(N, 2, H', W')``:
    one answer for every ``every`` pixels in both directions, the first ``every // 2`` pixels from
    the corner. In a window of ``side`` pixels around each the one motion is found that explains the
    change best, by least squares; then the second frame is moved back by it and what remains is
    found in the same way. Where the window has no structure in some direction (the smaller
    eigenvalue of its structure tensor, ``(N, H', W')``, is small) the answer means nothing. Good
    for motions up to about two pixels.
    """
    near, far = side // 2 - every // 2, side // 2

    def window_means(x):
        return F.avg_pool2d(F.pad(x, (near, far, near, far)), side, every)

    motion, now = 0, after
    for step in range(steps):
        if step:
            dense = F.interpolate(motion, before.shape[1:], mode="bilinear", align_corners=False)
            now = _move(after, dense)
        down, right = torch.gradient((before + now) / 2, dim=(1, 2))
        change = now - before
        products = [right * right, down * down, right * down, right * change, down * change]
        xx, yy, xy, xt, yt = window_means(torch.stack(products, 1)).unbind(1)
        determinant = xx * yy - xy * xy + 1e-9
        found = torch.stack([xy * yt - yy * xt, xy * xt - xx * yt], 1) / determinant[:, None]
        motion = motion + found.clamp(-2, 2)
    half, root = (xx + yy) / 2, ((xx - yy).square() / 4 + xy.square()).sqrt()
    return motion, half - root


def camera_motion(gray: torch.Tensor) -> torch.Tensor:
    """How the background moves from each frame to the next.

    Brightness ``(T, H, W)`` to x and y in pixels, ``(T − 1, 2)``.

    Phase correlation finds the shift roughly; the median of the flow that remains at points of
    interest makes it exact to about a tenth of a pixel. A median: things that move on their own may
    cover almost half of these points. Knows shifts only, no zoom and no turn; the paper uses the
    homographies of improved dense trajectories.
    """
    camera = phase_correlation(gray)
    for _ in range(2):
        motion, trust = flow(gray[:-1], shift(gray[1:], -camera), every=4, steps=1)
        trusted = (trust > TRUSTED).flatten(1)[:, None]
        rest = motion.flatten(2).masked_fill(~trusted, torch.nan).nanmedian(2).values
        camera = camera + rest.nan_to_num(0)
    return camera


def moving_points(
    gray: torch.Tensor, *, every: int = 4, threshold: float = MOVING
) -> tuple[torch.Tensor, torch.Tensor]:
    """Points of interest and those of them that move on their own: bool ``(T − 1, H', W')`` each.

    ``gray`` is ``(T, H, W)``; one point for every ``every`` pixels in both directions. A point is
    of interest where the flow can be trusted; it moves if its flow, camera motion taken out, is
    above ``threshold`` pixels a frame. The paper takes SURF points and the flow of improved dense
    trajectories.
    """
    found = []
    step = max(1, _CHUNK // gray[0].numel())
    for first in range(0, len(gray) - 1, step):
        part = gray[first : first + step + 1]
        steady = shift(part[1:], -camera_motion(part))  # the next frame, moved back by the camera
        motion, trust = flow(part[:-1], steady, every=every)
        interest = trust > TRUSTED
        found.append((interest, interest & (motion.norm(dim=1) > threshold)))
    interest, moving = zip(*found, strict=True)
    return torch.cat(interest), torch.cat(moving)


def moving_share(interest: torch.Tensor, moving: torch.Tensor) -> torch.Tensor:
    """What share of the points of interest moves, by frame: bool ``(T, H', W')`` twice to ``(T,)``.

    0 where there are no points.
    """
    return moving.sum((-2, -1)) / interest.sum((-2, -1)).clamp(min=1)


def accepted(share: torch.Tensor) -> torch.Tensor:
    """The paper's rule, ``(T,)`` to bool ``(T,)``: 25 to 75 % of the points move.

    Fewer are noise, more are the camera.
    """
    return (share >= SHARE[0]) & (share <= SHARE[1])


def best_window(moving: torch.Tensor, side: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The square of ``side`` cells with most moving points in each map, bool ``(T, H', W')``.

    Top, left and number of points, each int64 ``(T,)``. By an integral image: four corners give the
    sum of any window at once. Of equal windows the first from the top left. Raises ``ValueError``
    if the window does not fit.
    """
    height, width = moving.shape[1:]
    if not 1 <= side <= min(height, width):
        raise ValueError(
            both(
                ko=f"창의 한 변이 {side}칸이라 {height}×{width}칸에 들어가지 않습니다.",
                en=f"A window of {side} cells does not fit into {height} × {width}.",
            )
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


def windows(
    moving: torch.Tensor, side: int, *, every: int = 4, step: int = 5, rounds: int = 2
) -> tuple[torch.Tensor, torch.Tensor]:
    """Where tracks may start, looked for at every ``step``-th frame.

    Boxes ``(N, 4)``, left, top, right, bottom in pixels, and their frames, int64 ``(N,)``.

    ``moving`` is bool ``(T, H', W')``, one point for every ``every`` pixels. A point counts if it
    moves in two of three frames. The best window of ``side`` cells is taken and emptied, and then
    the next, ``rounds`` times; it needs a share of ``SHARE[0]`` of moving points. The box is fitted
    to them: points spread evenly over ±h have a standard deviation of h / √3. The paper takes one
    window of fixed size. Raises ``ValueError`` if the window does not fit.
    """
    steady = moving.unfold(0, 3, step).sum(3) >= 2  # (T', H', W')
    down, across = (every * (torch.arange(n) + 0.5) for n in moving.shape[1:])
    rows, columns = torch.arange(moving.shape[1]), torch.arange(moving.shape[2])
    found = []
    for _ in range(rounds):
        top, left, number = best_window(steady, side)
        inside = ((rows >= top[:, None]) & (rows < top[:, None] + side))[:, :, None]
        inside = inside & ((columns >= left[:, None]) & (columns < left[:, None] + side))[:, None]
        points = steady & inside
        middle, half = [], []
        for places, marginal in ((across, points.sum(1)), (down, points.sum(2))):
            share = marginal / number[:, None].clamp(min=1)
            mean = share @ places
            variance = share @ places.square() - mean.square()
            middle.append(mean)
            half.append((3 * variance.clamp(min=0)).sqrt().clamp(min=every))
        middle, half = torch.stack(middle, 1), torch.stack(half, 1)
        boxes = torch.cat([middle - half, middle + half], 1)
        enough = number >= SHARE[0] * side**2
        found.append((boxes[enough], (torch.arange(len(steady)) * step)[enough]))
        steady = steady & ~inside
    boxes, starts = zip(*found, strict=True)
    return torch.cat(boxes), torch.cat(starts)


def background(frames: torch.Tensor) -> torch.Tensor:
    """What a camera that stands still sees behind everything that moves.

    uint8 ``(T, 3, H, W)`` to ``(3, H, W)``. The median over time, from every k-th frame so that
    100 to 199 of a long video count: right wherever nothing stays for half of the time.
    """
    return frames[:: max(1, len(frames) // 100)].median(0).values


def foreground(frame: torch.Tensor, behind: torch.Tensor) -> torch.Tensor:
    """A frame with everything gray that looks like the background ``behind``.

    Both uint8 ``(3, H, W)``, as is the result. Two pixels around what has changed are left as they
    are.
    """
    changed = (frame.int() - behind.int()).abs().amax(0, keepdim=True) > CHANGED  # (1, H, W)
    near = F.max_pool2d(changed[None].float(), 5, stride=1, padding=2)[0] > 0
    return torch.where(near, frame, torch.full_like(frame, 128))
