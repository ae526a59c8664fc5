import math

import pytest
import torch

from course_utils import losses, models, runtime, train
from course_utils.pretext import tracking
from course_utils.views import streams
from tests.pretext.test_motion import texture
from tests.pretext.test_tracker import passing


def noise(n, size=16):
    """Random pairs ``(n, 2, 3, size, size)``, two of each clip."""
    shape = (n, 2, 3, size, size)
    pairs = torch.randint(256, shape, generator=runtime.generator(0)).to(torch.uint8)
    return pairs, torch.arange(n) // 2


def test_patches_are_squares_around_boxes():
    frames = torch.zeros(2, 3, 40, 40, dtype=torch.uint8)
    frames[1, :, 10:20, 15:25] = 200
    box = torch.tensor([[15.0, 10, 25, 20]])
    plain = tracking.patches(frames, box, torch.tensor([1]), size=12)
    assert plain.shape == (1, 3, 12, 12) and plain.dtype == torch.uint8
    assert (plain[..., 1:-1, 1:-1] == 200).all() and (plain[..., 0, :] == 0).all()
    tall = tracking.patches(frames, torch.tensor([[18.0, 10, 22, 20]]), torch.tensor([1]), size=12)
    assert torch.equal(tall, plain)  # the longer side counts, and the thing is not stretched
    assert (tracking.patches(frames, box, torch.tensor([0])) == 0).all()


def test_jitter_moves_patches_and_comes_from_the_generator():
    frames = (255 * texture(40, 40)).to(torch.uint8).expand(1, 3, -1, -1)
    boxes = torch.tensor([[10.0, 10, 30, 30]]).expand(40, -1)
    rows = torch.zeros(40, dtype=torch.int64)
    once, again, other = (
        tracking.patches(frames, boxes, rows, generator=runtime.generator(s)) for s in (0, 0, 1)
    )
    assert torch.equal(once, again) and not torch.equal(once, other)
    assert len({p.numpy().tobytes() for p in once}) == 40


def test_pair_batches_keep_pairs_and_clips_together():
    pairs = (
        torch.arange(10, dtype=torch.uint8)[:, None, None, None, None]
        .expand(-1, 2, 3, 4, 4)
        .clone()
    )
    pairs[:, 1] += 100
    clips = torch.arange(10) // 2
    stream = tracking.pair_batches(pairs, clips, batch_size=4, generator=runtime.generator(0))
    told = []
    for _ in range(5):
        x, of = next(stream)
        assert x.shape == (8, 3, 4, 4)
        levels = (255 * x[:, 0, 0, 0]).round().long()
        assert torch.equal(levels[4:], levels[:4] + 100)
        assert torch.equal(levels[:4] // 2, of)
        told += levels[:4].tolist()
    assert sorted(told[:10]) == sorted(told[10:]) == list(range(10))  # no pair twice in a pass


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_share_of_patches_asked_for_loses_its_color(share):
    pairs, clips = noise(200, size=4)
    batches = tracking.pair_batches(
        pairs, clips, batch_size=200, generator=runtime.generator(1), gray=share
    )
    x, _ = next(batches)
    gray = (x.amax(1) - x.amin(1)).amax((1, 2)) < 1e-6
    assert abs(gray.float().mean() - share) <= 4 * (share * (1 - share) / 400) ** 0.5
    if share:
        assert (gray[:200] != gray[200:]).any()  # each on its own


def test_follow_goes_where_the_patch_looks_the_same():
    frames, boxes = passing(12)
    film = (255 * frames[:, None].expand(-1, 3, -1, -1)).round().to(torch.uint8)
    pixels = lambda p: streams.to_float(p).flatten(1) - 0.5  # noqa: E731
    found = tracking.follow(film, boxes[:1], pixels, reach=4, every=1)
    assert found.shape == (12, 1, 4)
    torch.testing.assert_close(found[:, 0], boxes, atol=1.5, rtol=0)
    blind = tracking.follow(film, boxes[:1], lambda p: torch.ones(len(p), 2), reach=0)
    torch.testing.assert_close(blind[-1], boxes[:1])


# ------------------------------------------------------------ the recipe


def pretrained(seed=0, examples=640, **options):
    pairs, clips = noise(100)
    encoder = models.small_encoder(pairs.flatten(0, 1), seed=seed)
    return tracking.pretrain(encoder, pairs, clips, examples=examples, seed=seed, **options)


def test_pretraining_is_seeded():
    (net, once), (_, again), (_, other) = (pretrained(seed) for seed in (3, 3, 4))
    assert once == again != other
    assert once.examples == [640]  # five steps of 128 patches
    assert set(once.metrics) == {"loss", "pull", "ordered"}
    assert net.head.out_features == tracking.DIMS


def test_pretraining_is_the_loop_a_lesson_writes_out():
    """Same seed, same history, same weights: lesson and record are one."""
    seed, hard_from, kept = 3, 0.5, 4
    pairs, clips = noise(100)
    encoder = models.small_encoder(pairs.flatten(0, 1), seed=seed)
    net = models.classifier(encoder, 128, seed=seed)
    generator = runtime.generator(seed)
    stream = tracking.pair_batches(pairs, clips, batch_size=64, generator=generator, gray=0.5)

    def loss(model, patches, of, progress):
        def choose(x, candidates, allowed):
            if progress < hard_from:
                return losses.random_negatives(allowed, kept, generator)
            return losses.hardest_negatives(x, candidates, allowed, kept)

        return losses.tracking_triplets(model, patches, of, choose, margin=0.5)

    by_hand = train.fit(net, stream, loss, examples=640)
    same, history = pretrained(seed, hard_from=hard_from)
    assert history == by_hand
    assert all(
        torch.equal(a, b)
        for a, b in zip(same.state_dict().values(), net.state_dict().values(), strict=True)
    )


def test_negatives_turn_hard_when_the_share_of_the_run_says_so(monkeypatch):
    """Ten steps: counted which way each was mined."""
    mined = []
    for name in ("first_allowed", "hardest_negatives"):
        original = getattr(losses, name)

        def spy(*args, name=name, original=original):
            mined.append(name.split("_")[0])
            return original(*args)

        monkeypatch.setattr(losses, name, spy)
    for hard_from, randomly in ((0.3, 3), (0.0, 0), (1.0, 10)):
        mined.clear()
        pretrained(examples=1280, hard_from=hard_from)
        assert mined == ["first"] * randomly + ["hardest", "first"] * (10 - randomly)


def test_gray_is_handed_on():
    assert pretrained(gray=0.0)[1] != pretrained(gray=1.0)[1]
    assert math.isfinite(pretrained(gray=1.0)[1].last("loss"))
