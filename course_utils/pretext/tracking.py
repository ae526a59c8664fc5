"""Pairs of patches that show one thing: Wang & Gupta 2015.

The first and the last patch of a track are X and X⁺; the loss is ``losses.tracking_triplets``.
"""

import math
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import losses, models, runtime
from course_utils.pretext.tracker import cut
from course_utils.train import History, fit
from course_utils.views import color, streams

CONTEXT = 1.2  # side of a patch, in longer sides of its box
JITTER = (0.12, 0.15)  # how far a patch is off: its middle, in sides; the logarithm of its size
DIMS, NEGATIVES = 128, 4  # of an embedding; for each anchor


def patches(
    frames: torch.Tensor,
    boxes: torch.Tensor,
    rows: torch.Tensor,
    *,
    size: int = 32,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """Square patches around boxes: uint8 ``(N, 3, size, size)`` from frames ``(T, 3, H, W)``, box
    i from row ``rows[i]``.

    ``CONTEXT`` times the longer side of the box. With a ``generator`` each is a little off, in
    place and size (``JITTER``): a thing that sits exactly in the middle of both its patches would
    be told by that.
    """
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    side = CONTEXT * (boxes[:, 2:] - boxes[:, :2]).amax(1, keepdim=True)
    if generator is not None:
        off = 2 * torch.rand(len(boxes), 3, generator=generator) - 1
        middle = middle + JITTER[0] * side / CONTEXT * off[:, :2]
        side = side * (JITTER[1] * off[:, 2:]).exp()
    squares = torch.cat([middle - side / 2, middle + side / 2], 1)
    cuts = [
        cut(streams.to_float(frames[some]), places, size)
        for some, places in zip(rows.split(16), squares.split(16), strict=True)
    ]
    return streams.to_bytes(torch.cat(cuts))


def pair_batches(
    pairs: torch.Tensor,
    clips: torch.Tensor,
    *,
    batch_size: int,
    generator: torch.Generator,
    gray: float = 0.0,
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches of pairs for ``fit``: patches ``(2B, 3, S, S)`` in [0, 1] and clips ``(B,)``.

    ``pairs`` is uint8 ``(N, 2, 3, S, S)``, X and X⁺; ``clips`` int64 ``(N,)`` says which video
    each is from. The first B patches are X, the others X⁺ in the same order. ``gray``: the share
    of patches that lose their colour, each on its own.
    """
    for index in streams.index_batches(len(pairs), batch_size, generator):
        index = index.to(pairs.device)
        x = streams.to_float(pairs[index].transpose(0, 1).flatten(0, 1))
        yield color.random_gray(x, generator, p=gray), clips[index]


def follow(
    frames: torch.Tensor,
    boxes: torch.Tensor,
    embed: Callable[[torch.Tensor], torch.Tensor],
    *,
    reach: int = 6,
    every: int = 2,
) -> torch.Tensor:
    """Follow things by features alone: boxes ``(K, 4)`` in the first frame to ``(T, K, 4)``.

    In every frame the patches up to ``reach`` pixels around the last place are embedded; the one
    whose vector has the largest cosine with the first patch's is the new place. No motion, no
    filter, no change of size: what follows is the representation. ``embed`` takes uint8 ``(N, 3,
    S, S)`` and gives ``(N, D)``.
    """
    offsets = torch.arange(-reach, reach + 1, every).float()
    moves = torch.cartesian_prod(offsets, offsets).repeat(1, 2)  # (M, 4): x, y, x, y
    nothing = torch.zeros(len(boxes), dtype=torch.int64)
    wanted = F.normalize(embed(patches(frames, boxes, nothing)), dim=1)  # (K, D)
    found = [boxes]
    for t in range(1, len(frames)):
        tried = found[-1][:, None] + moves  # (K, M, 4)
        rows = torch.full((tried.shape[:2].numel(),), t)
        seen = embed(patches(frames, tried.flatten(0, 1), rows))
        seen = F.normalize(seen, dim=1).view(len(boxes), len(moves), -1)
        best = torch.einsum("kmd,kd->km", seen, wanted).argmax(1)
        found.append(tried[torch.arange(len(boxes)), best])
    return torch.stack(found)


def pretrain(
    encoder: nn.Sequential,
    pairs: torch.Tensor,
    clips: torch.Tensor,
    *,
    examples: int,
    seed: int,
    gray: float = 0.5,
    hard_from: float = 0.3,
) -> tuple[models.Classifier, History]:
    """Train an encoder and a linear embedding on pairs: the recipe of lesson 08 and of its records.

    ``pairs`` and ``clips`` as in ``pair_batches``, on the encoder's device; ``examples`` counts
    patches, both of a pair, 128 a step. ``gray``: share of patches without colour. Negatives are
    random at first, and from the share ``hard_from`` of the run on the hardest of the batch.
    """
    where = next(encoder.parameters()).device
    net = models.classifier(encoder, DIMS, seed=seed).to(where)
    generator = runtime.generator(seed, where)
    stream = pair_batches(pairs, clips, batch_size=64, generator=generator, gray=gray)

    def with_keys():
        """All that a step draws at random is drawn here: a run that goes on draws it again."""
        seen, goal = 0, math.ceil(examples * runtime.effort())
        for x, of in stream:
            keys = None
            if seen / goal < hard_from:  # the largest of random numbers: random negatives
                keys = torch.rand(len(of), len(x), generator=generator, device=generator.device)
            seen += len(x)
            yield x, of, keys

    def loss(model, x, of, keys):
        def choose(anchors, candidates, allowed):
            if keys is not None:
                return losses.first_allowed(keys, allowed, NEGATIVES)
            return losses.hardest_negatives(anchors, candidates, allowed, NEGATIVES)

        return losses.tracking_triplets(model, x, of, choose)

    return net, fit(net, with_keys(), loss, examples=examples)
