"""Recorded experiments of lesson 08: learning from tracks.

Every encoder is ``small_encoder`` under one linear layer to ``DIMS`` numbers, trained with the recipe of the
lesson, ``BATCH`` pairs a step; ``patches`` counts both patches of a pair.
"""

import functools
from dataclasses import dataclass, replace

import torch

from course_utils import evaluate, gauges, losses, models, runtime, views
from course_utils.data import toyclips
from course_utils.data.prepared import Photos
from course_utils.experiments import _shared, _street
from course_utils.experiments._shared import CPU
from course_utils.pretext import tracking
from course_utils.records import Experiment
from course_utils.train import fit

BATCH, DIMS, K = 64, 128, 4
LONG, LIVE = 128_000, 64_000  # LIVE: as in the lesson
CLIPS, FILMS, APART = 1000, 300, 30
STREET = 32_000  # patches
LABELLED, TEST, LABELS = 600, 400, 1500  # clips, clips, labelled patches


@dataclass(frozen=True)
class Pairs:
    """X and X⁺ of N tracks, the clip each is from, and what the world knows about it."""

    patches: torch.Tensor  # (N, 2, 3, 32, 32) uint8
    clips: torch.Tensor  # (N,) int64
    kinds: torch.Tensor  # (N,) int64
    same: float = 1.0  # share of the pairs that truly show one thing


@functools.lru_cache(maxsize=8)
def true_pairs(clips: int, split: str, color: bool, seed: int) -> Pairs:
    """Both ends of every true track of 30 frames whose thing is at least half to be seen at both."""
    generator = runtime.generator(seed)
    patches, of, kinds = [], [], []
    for number in range(clips):
        film = toyclips.clip(2, step=APART, split=split, seed=10_000 * seed + number, color=color)
        seen = film.hidden.amax(0) < 0.5
        ends = [
            tracking.patches(
                film.frames,
                film.boxes[t, seen],
                torch.full((int(seen.sum()),), t),
                generator=generator,
            )
            for t in (0, 1)
        ]
        patches.append(torch.stack(ends, 1))
        of.append(torch.full((int(seen.sum()),), number))
        kinds.append(film.factors["kind"][seen])
    return Pairs(*(torch.cat(parts) for parts in (patches, of, kinds)))


@functools.lru_cache(maxsize=1)
def mined(seed: int) -> tuple:
    """Clips of 61 frames and the tracks mined in each."""
    films = [toyclips.clip(61, seed=10_000 * seed + 5000 + number) for number in range(FILMS)]
    return films, [tracking.mine(tracking.motion.to_gray(film.frames)) for film in films]


def film_pairs(source: str, seed: int) -> Pairs:
    """Pairs from the same starts in four ways: ``mined`` boxes, ``true`` ones, one that ``stands``, one ``frame``.

    The last is a control without time: X⁺ is the same box in the same frame, cut out once more. Starts on
    no thing are left out: they have no true box. All patches are jittered alike.
    """
    generator = runtime.generator(seed)
    patches, of, kinds, same = [], [], [], []
    for number, (film, tracks) in enumerate(zip(*mined(seed), strict=True)):
        for track in tracks:
            start, end = track.start, track.start + len(track.boxes) - 1
            thing = toyclips.thing_in(film, start, track.boxes[0])
            if thing < 0:
                continue
            if source == "frame":
                end = start
            boxes = {
                "mined": track.boxes[[0, -1]],
                "true": film.boxes[[start, end], thing],
                "stands": track.boxes[[0, 0]],
                "frame": track.boxes[[0, 0]],
            }[source]
            rows = torch.tensor([start, end])
            patches.append(tracking.patches(film.frames, boxes, rows, generator=generator))
            of.append(number)
            kinds.append(film.factors["kind"][thing])
            same.append(source == "true" or toyclips.thing_in(film, end, boxes[1]) == thing)
    share = sum(same) / len(same)
    return Pairs(torch.stack(patches), torch.tensor(of), torch.stack(kinds), share)


def chooser(negatives: str, generator: torch.Generator):
    """Which candidates are the negatives: ``random``, ``hardest`` or ``semihard``."""

    def choose(x, candidates, allowed):
        if negatives == "random":
            return losses.random_negatives(allowed, K, generator)
        if negatives == "hardest":
            return losses.hardest_negatives(x, candidates, allowed, K)
        return losses.semi_hard_negatives(x, candidates[len(x) :], candidates, allowed, K)

    return choose


def train(
    pairs: Pairs, statistics, *, gray: float, hard_from: float, patches: int, seed: int
) -> tuple[models.Classifier, object]:
    """A network trained on pairs: random negatives, from the share ``hard_from`` of the run on the hardest."""
    net = models.classifier(models.small_encoder(seed=seed), DIMS, seed=seed)
    generator = runtime.generator(2000 + seed)
    stream = tracking.pair_batches(
        pairs.patches,
        pairs.clips,
        batch_size=BATCH,
        statistics=statistics,
        generator=runtime.generator(1000 + seed),
        device=CPU,
        gray=gray,
    )

    def loss(model, x, clips, seen):
        how = "hardest" if seen >= hard_from * patches else "random"
        return losses.tracking_triplets(model, x, clips, chooser(how, generator))

    return net, fit(net, stream, loss, pictures=patches)


def ordered(z: torch.Tensor, clips: torch.Tensor, seed: int) -> float:
    """In how many triplets X⁺ is nearer to X than a patch of another clip: embeddings ``(2N, D)``, X first."""
    x, positive = z.chunk(2)
    allowed = clips[:, None] != clips.repeat(2)
    negatives = z[losses.random_negatives(allowed, K, runtime.generator(seed))]
    near = losses.cosine_distance(x, positive)[:, None]
    return (near < losses.cosine_distance(x[:, None], negatives)).float().mean().item()


def mean_color(patches: torch.Tensor) -> torch.Tensor:
    """The mean colour of uint8 patches ``(N, 3, S, S)``, gray taken as the origin: ``(N, 3)``."""
    return views.to_float(patches).mean((2, 3)) - 0.5


def world(color: bool) -> tuple[Photos, Photos]:
    """ToyWorld's pictures, as they are or without their colour."""
    parts = _shared.world("toyworld")
    if color:
        return parts
    return tuple(
        replace(p, images=(255 * views.to_gray(views.to_float(p.images))).round().to(torch.uint8))
        for p in parts
    )


def kind_of_patches(encoder, color: bool, statistics) -> float:
    """How well the kind of a thing is read from a patch around it: 1,500 labels, test clips of other photographs."""
    known, unknown = true_pairs(LABELLED, "train", color, 99), true_pairs(TEST, "test", color, 0)
    return evaluate.linear_probe(
        evaluate.features(encoder, known.patches[:LABELS, 0], statistics),
        known.kinds[:LABELS],
        evaluate.features(encoder, unknown.patches[:, 0], statistics),
        unknown.kinds,
    ).accuracy


def probed(encoder, color: bool) -> dict[str, float]:
    """The probes of every lesson, on whole pictures, and ``kind``, on patches."""
    train_set, test_set = world(color)
    statistics = views.channel_statistics(train_set.images)
    found = _shared.probed(encoder, train_set, test_set)
    return found | {"kind": kind_of_patches(encoder, color, statistics)}


def gain(
    *,
    data: str,
    source: str,
    color: bool,
    gray: float,
    hard_from: float,
    patches: int,
    factors: bool,
    seed: int,
) -> dict[str, float]:
    """Probes of an encoder trained on tracks, and its pretext task on tracks of held-out clips.

    ``source``: ``clips``, true tracks of many clips; or ``true``, ``mined``, ``stands``, ``frame``, all from the same
    fewer clips. ``patches`` 0: random weights. ``ordered``: held-out triplets with a random negative in which X⁺ is
    nearer, ``by_color``: the same by mean colour alone. ``spread`` and ``rank``: collapse gauges.
    """
    train_set, _ = world(color)
    statistics = views.channel_statistics(train_set.images)
    if patches == 0:
        return probed(_shared.random_encoder(train_set, seed), color)
    if source == "clips":
        pairs = true_pairs(CLIPS, "train", color, seed)
    else:
        pairs = film_pairs(source, seed)
    net, history = train(
        pairs, statistics, gray=gray, hard_from=hard_from, patches=patches, seed=seed
    )
    held_out = true_pairs(TEST, "test", color, 0)
    shown = held_out.patches.transpose(0, 1).flatten(0, 1)
    z = evaluate.embeddings(net, shown, statistics)
    read = gauges.read(z)
    found = probed(net.encoder, color) | {
        "ordered": ordered(z, held_out.clips, seed),
        "by_color": ordered(mean_color(shown), held_out.clips, seed),
        "pull": history.last("pull"),
        "spread": read.spread,
        "rank": read.rank,
        "pairs": len(pairs.patches),
        "same": pairs.same,
    }
    return found | (_shared.factor_row(net.encoder, train_set) if factors else {})


def facenet(*, data: str, negatives: str, patches: int, seed: int) -> dict[str, float]:
    """FaceNet's supervised triplets: X⁺ is another thing of the same kind, α = 0.2 in squared distance."""
    statistics = views.channel_statistics(world(True)[0].images)
    pairs = true_pairs(CLIPS, "train", True, seed)
    net = models.classifier(models.small_encoder(seed=seed), DIMS, seed=seed)
    choose = chooser(negatives, runtime.generator(2000 + seed))
    draw = runtime.generator(1000 + seed)

    def batches():
        everything = pairs.patches[:, 0]
        while True:
            anchors = torch.randint(len(everything), (BATCH,), generator=draw)
            alike = pairs.kinds[anchors, None] == pairs.kinds
            positives = torch.multinomial(alike.float(), 1, generator=draw)[:, 0]
            x = views.to_float(everything[torch.cat([anchors, positives])])
            yield views.normalize(x, *statistics), pairs.kinds[anchors]

    def loss(model, x, kinds):
        # The cosine hinge with margin α / 2 is half of the squared one with α.
        return losses.tracking_triplets(model, x, kinds, choose, margin=0.1)

    history = fit(net, batches(), loss, pictures=patches)
    held_out = true_pairs(TEST, "test", True, 0).patches[:, 0]
    read = gauges.read(evaluate.embeddings(net, held_out, statistics))
    return probed(net.encoder, True) | {
        "pull": history.last("pull"),
        "spread": read.spread,
        "rank": read.rank,
    }


def street(*, arm: str, seed: int) -> dict[str, float]:
    """How often people of a real street are found again 1.5 seconds later, over both halves of the video.

    ``whole`` patches, the ``background`` behind them alone, the ``person`` alone; ``…_low`` and ``…_high`` bound 95 % of
    bootstrap draws of the tracks, as does ``above``, the difference of whole and background by track.
    """

    def learned(pairs, of, statistics, seed):
        everything = Pairs(pairs, of, of)
        return train(everything, statistics, gray=0.5, hard_from=0.3, patches=STREET, seed=seed)[0]

    by_track = {}
    for test in (0, 1):
        known, unknown = _street.parts(test)
        embed = _street.embedder(arm, known, learned, seed)
        for what in ("whole",) if arm == "position" else ("whole", "background", "person"):
            by_track.setdefault(what, []).append(_street.found_again(unknown, embed, what, seed))
    values = {what: torch.cat(parts) for what, parts in by_track.items()}
    if "background" in values:
        values["above"] = values["whole"] - values["background"]
    found = {"tracks": len(values["whole"])}
    for what, each in values.items():
        low, high = _street.interval(each, seed)
        found |= {what: each.mean().item(), f"{what}_low": low, f"{what}_high": high}
    return found


EXPERIMENTS = {
    "gain": Experiment(
        gain,
        _shared.settings(
            ("toyworld", "clips", True, 0, 0, 0, False),
            ("toyworld", "clips", True, 0, 1, LIVE, True),
            ("toyworld", "clips", True, 0.5, 0.3, LIVE, True),
            ("toyworld", "clips", True, 0, 0.3, LIVE, False),
            *(("toyworld", "clips", True, 0.5, hard, LIVE, False) for hard in (0, 0.6, 1)),
            ("toyworld", "clips", True, 0, 1, LONG, False),
            ("toyworld", "clips", True, 0.5, 0.3, LONG, False),
            ("toyworld", "clips", False, 0, 0, 0, False),
            ("toyworld", "clips", False, 0, 1, LIVE, False),
            ("toyworld", "clips", False, 0, 1, LONG, False),
            ("toyworld", "clips", False, 0, 0.3, LIVE, False),
            *(
                ("toyworld", s, True, 0.5, 0.3, LIVE, False)
                for s in ("true", "mined", "stands", "frame")
            ),
            names="data source color gray hard_from patches factors",
        ),
    ),
    "facenet": Experiment(
        facenet,
        _shared.settings(
            *(("toyworld", how, LIVE) for how in ("random", "semihard", "hardest")),
            names="data negatives patches",
        ),
    ),
    "street": Experiment(
        street,
        _shared.settings(
            *((arm,) for arm in ("trained", "features", "random", "pixels", "position")),
            names="arm",
        ),
        provenance="OpenCV's sample video vtest.avi, 288 pixels high",
    ),
}
