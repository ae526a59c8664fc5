"""A tracker that follows the windows ``motion`` finds, and what it keeps of them.

Wang & Gupta 2015, section 3, mine pairs of patches with a tracker; this one is of KCF's family.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from course_utils.pretext import motion

LENGTH = 31  # boxes of a whole track: the last is 30 frames after the first (as usually reported)
SCALES, KEEP = (0.97, 1.0, 1.03), 0.985  # sizes looked for; a peak at another size counts this much
LOST = 7.0  # peak-to-sidelobe ratio below which a track has ended
RETURN = 0.6  # overlap with its first box that a track followed backwards must reach


def share_inside(moving: torch.Tensor, boxes: torch.Tensor, *, every: int = 4) -> torch.Tensor:
    """What share of the points in a box moves: maps ``(N, H', W')`` and a box in pixels for each,
    ``(N,)``.
    """
    down, across = (every * (torch.arange(n) + 0.5) for n in moving.shape[1:])
    left, top, right, bottom = boxes[:, :, None].unbind(1)
    inside = ((down >= top) & (down < bottom))[:, :, None] & ((across >= left) & (across < right))[
        :, None
    ]
    return (moving & inside).sum((1, 2)) / inside.sum((1, 2)).clamp(min=1)


def overlap(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Intersection over union of boxes ``(…, 4)`` and ``(…, 4)``: ``(…)`` from 0 to 1."""
    sides = torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])
    common = sides.clamp(min=0).prod(-1)
    areas = [(box[..., 2:] - box[..., :2]).prod(-1) for box in (a, b)]
    return common / (areas[0] + areas[1] - common).clamp(min=1e-9)


@dataclass(frozen=True)
class Track:
    """A window followed from frame ``start`` on, one row a frame until it ended or was lost."""

    start: int
    boxes: torch.Tensor  # (L, 4) left, top, right, bottom in pixels
    confidence: torch.Tensor  # (L,) peak-to-sidelobe ratio; the first is infinite


def cut(pictures: torch.Tensor, boxes: torch.Tensor, out: int) -> torch.Tensor:
    """One window of each picture, as ``(N, C, out, out)``: ``(N, C, H, W)`` float, boxes ``(N,
    4)`` in pixels.

    Bilinear; left, top, right, bottom may lie between pixels and outside, where the border is
    repeated.
    """
    size = torch.tensor(pictures.shape[:1:-1])  # W, H
    theta = torch.zeros(len(boxes), 2, 3)
    theta[:, [0, 1], [0, 1]] = (boxes[:, 2:] - boxes[:, :2]) / size
    theta[:, :, 2] = (boxes[:, 2:] + boxes[:, :2]) / size - 1
    grid = F.affine_grid(theta, [len(boxes), pictures.shape[1], out, out], align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def _channels(patches: torch.Tensor, window: torch.Tensor) -> torch.Tensor:
    """What the filter looks at in ``(N, S, S)``: brightness and its derivatives, faded out: ``(N,
    3, S, S)``.
    """
    down, right = torch.gradient(patches, dim=(1, 2))
    stacked = torch.stack([patches - patches.mean((1, 2), keepdim=True), right, down], 1)
    return stacked / stacked.std((2, 3), keepdim=True).clamp(min=1e-4) * window


def track(
    gray: torch.Tensor,
    boxes: torch.Tensor,
    starts: torch.Tensor,
    *,
    length: int = LENGTH,
    lost: float = LOST,
    side: int = 32,
    rate: float = 0.08,
) -> list[Track]:
    """Follow boxes through frames with correlation filters in the Fourier domain, all at once.

    ``gray`` ``(T, H, W)``; ``boxes`` ``(N, 4)``, each in frame ``starts`` ``(N,)``. A filter is
    the ridge regression that answers a window around the thing with a narrow peak in its middle;
    circular shifts of the window are all its training examples, and in the Fourier domain the
    regression is a division (Bolme et al. 2010; Henriques et al. 2015, KCF, equation 21). Of KCF's
    family: this one is linear where KCF has a Gaussian kernel, sees brightness and its derivatives
    where KCF sees HOG, and looks for the thing a little smaller and larger, too, where KCF keeps
    the size of the box. After each frame the filter learns the new look with weight ``rate``. A
    track ends after ``length`` frames, at the end of the clip, or where the peak stands less than
    ``lost`` deviations above the rest of the answer: the thing is hidden or gone.
    """
    boxes = boxes.float()
    extent, centers = boxes[:, 2:] - boxes[:, :2], (boxes[:, 2:] + boxes[:, :2]) / 2
    window = motion.hann(side, side)
    wanted = torch.fft.rfft2(_narrow_peak(side))

    def seen(frames, centers, extent):  # twice the box: the thing and its surroundings
        around = torch.cat([centers - extent, centers + extent], 1)
        return torch.fft.rfft2(_channels(cut(frames[:, None], around, side)[:, 0], window))

    def learned(spectra):
        return wanted * spectra.conj(), spectra.abs().square().sum(1)

    above, below = learned(seen(gray[starts], centers, extent))
    found = [torch.cat([centers - extent / 2, centers + extent / 2], 1)]
    ratios = [torch.full((len(boxes),), torch.inf)]
    for step in range(1, length):
        frames = gray[(starts + step).clamp(max=len(gray) - 1)]
        answers = []
        for scale in SCALES:
            heard = above * seen(frames, centers, extent * scale)
            answers.append(heard.sum(1) / (below + 0.01 * below.mean((1, 2), keepdim=True)))
        answers = torch.fft.irfft2(torch.stack(answers, 1), s=(side, side))  # (N, scales, S, S)
        best = (answers.amax((2, 3)) * torch.tensor([KEEP, 1, KEEP])).argmax(1)
        answer = answers[torch.arange(len(boxes)), best]
        extent = extent * torch.tensor(SCALES)[best, None]
        centers = centers + motion.peak(answer) * 2 * extent / side
        found.append(torch.cat([centers - extent / 2, centers + extent / 2], 1))
        ratios.append(peak_to_sidelobe(answer))
        now_above, now_below = learned(seen(frames, centers, extent))
        above, below = torch.lerp(above, now_above, rate), torch.lerp(below, now_below, rate)
    # (N, length, 4) and (N, length)
    return _until_lost(torch.stack(found, 1), torch.stack(ratios, 1), starts, len(gray), lost)


def _narrow_peak(side: int) -> torch.Tensor:
    """What a filter should answer, ``(S, S)``: a Gaussian with its peak in the corner, wrapped."""
    distance = torch.fft.fftfreq(side, 1 / side)
    return torch.exp(-(distance[:, None].square() + distance.square()) / (2 * (side / 24) ** 2))


def _until_lost(boxes, ratios, starts, frames: int, lost: float) -> list[Track]:
    """Each track up to where it is lost or the clip of so many frames ends."""
    good = (ratios >= lost) & (starts[:, None] + torch.arange(boxes.shape[1]) < frames)
    return [
        Track(int(start), box[:end], ratio[:end])
        for start, box, ratio, end in zip(
            starts, boxes, ratios, good.cumprod(1).sum(1), strict=True
        )
    ]


def peak_to_sidelobe(answers: torch.Tensor) -> torch.Tensor:
    """(peak − mean) / deviation of the rest of each map ``(N, S, S)``, 11 × 11 around the peak
    left out: ``(N,)``.

    Bolme et al. 2010, section 3.5. Sharp peaks have 20 and more, noise about 4.
    """
    size = answers.shape[1]
    peak = answers.flatten(1).argmax(1)
    # Roll every peak to the corner: then the same cells are left out of all maps.
    away = torch.arange(size)
    down = (peak[:, None] // size + away) % size
    across = (peak[:, None] % size + away) % size
    rolled = answers[torch.arange(len(answers))[:, None, None], down[:, :, None], across[:, None]]
    far = torch.minimum(away, size - away) > 5
    rest = rolled[:, far[:, None] | far]
    return (answers.amax((1, 2)) - rest.mean(1)) / rest.std(1).clamp(min=1e-9)


def returned(gray: torch.Tensor, tracks: list[Track]) -> torch.Tensor:
    """Overlap of each track's first box with where following it backwards ends: ``(N,)``.

    All tracks must have the same length. Kalal et al. 2010: what drifted on the way there seldom
    finds the way back.
    """
    length = len(tracks[0].boxes)
    last = len(gray) - 1
    starts = torch.tensor([last - (t.start + length - 1) for t in tracks])
    ends = torch.stack([t.boxes[-1] for t in tracks])
    back = track(gray.flip(0), ends, starts, length=length, lost=0)
    return overlap(
        torch.stack([t.boxes[-1] for t in back]), torch.stack([t.boxes[0] for t in tracks])
    )


def mine(
    gray: torch.Tensor,
    *,
    side: int = 6,
    every: int = 4,
    length: int = LENGTH,
    step: int = 5,
    rounds: int = 2,
    lost: float = LOST,
) -> list[Track]:
    """Tracks of ``length`` frames in a clip ``(T, H, W)``: their first and last boxes show X and
    X⁺.

    Up to ``rounds`` windows of ``side`` cells of ``every`` pixels in which much moves, every
    ``step`` frames. A track is kept if it was never lost, if half of the points in its last box
    still move, and if it finds its way back. These two checks are ours, not the paper's.
    """
    if len(gray) < length:
        return []
    _, moving = motion.moving_points(gray, every=every)
    boxes, starts = motion.windows(moving, side, every=every, step=step, rounds=rounds)
    fits = starts + length <= len(gray)
    if not fits.any():
        return []
    followed = track(gray, boxes[fits], starts[fits], length=length, lost=lost)
    whole = [t for t in followed if len(t.boxes) == length]
    if not whole:
        return []
    ends = torch.tensor([t.start + length - 1 for t in whole]).clamp(max=len(moving) - 1)
    still = share_inside(moving[ends], torch.stack([t.boxes[-1] for t in whole]), every=every)
    good = (still >= 0.5) & (returned(gray, whole) >= RETURN)
    kept = [t for t, fine in zip(whole, good, strict=True) if fine]
    return sorted(kept, key=lambda t: t.start)


def joined(tracks: list[Track], *, reach: float = 1.0, gap: int = 10) -> list[int]:
    """Which tracks may show one thing: a number for each, equal where they are joined.

    Two tracks are joined if their middles come closer than ``reach`` sides of the larger box in a
    frame of both; or if the later one starts, at most ``gap`` frames after the end of the other,
    where that one would be by now at its mean speed. Joined tracks join all that are joined to
    either. So things that meet count as one: for negatives it is better to join too much than too
    little.
    """
    number = list(range(len(tracks)))
    for j, late in enumerate(tracks):
        for i, early in enumerate(tracks):
            if (early.start, i) < (late.start, j) and _meet(early, late, reach, gap):
                number = [number[i] if n == number[j] else n for n in number]
    return number


def _meet(early: Track, late: Track, reach: float, gap: int) -> bool:
    middles = [(t.boxes[:, :2] + t.boxes[:, 2:]) / 2 for t in (early, late)]
    sides = [(t.boxes[:, 2:] - t.boxes[:, :2]).max() for t in (early, late)]
    common = early.start + len(early.boxes) - late.start  # frames that both have
    if common > 0:
        apart = middles[0][-common:][: len(late.boxes)] - middles[1][:common]
    elif -common <= gap:
        speed = (middles[0][-1] - middles[0][0]) / max(len(early.boxes) - 1, 1)
        apart = middles[0][-1] + (1 - common) * speed - middles[1][:1]
    else:
        return False
    return bool(apart.norm(dim=1).min() < reach * max(sides))
