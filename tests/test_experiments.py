"""Parts of the recorded experiments that no lesson shows."""

import numpy as np
import pytest
import torch

from course_utils import runtime, views
from course_utils.data import toyclips
from course_utils.data.prepared import Photos
from course_utils.experiments import _shared, _street, distortion, tracking, why_ssl
from course_utils.pretext.tracking import Track


def pictures(n, size=32):
    return torch.randint(256, (n, 3, size, size), generator=runtime.generator(0)).to(torch.uint8)


def test_full_circle_turns_counter_clockwise_inside_the_disc():
    images = pictures(4)
    turned = _shared.turn_full_circle(images, torch.tensor([0.0, 90.0, 180.0, 270.0]))
    middle = (torch.arange(32) - 15.5) ** 2
    inside = middle[:, None] + middle[None, :] <= 15**2
    for picture, result, r in zip(images, turned, range(4), strict=True):
        expected = torch.rot90(picture, r, (1, 2))[:, inside]
        assert (result[:, inside].int() - expected.int()).abs().max() <= 1
        assert set(result[:, ~inside].unique().tolist()) == {128}


def test_labelled_batches_are_64_pictures_with_their_labels():
    grays = torch.arange(10, 250, 24).to(torch.uint8)  # flat: a shift cannot change them
    images = grays[:, None, None, None].expand(-1, 3, 16, 16).contiguous()
    as_is = torch.zeros(3), torch.ones(3)
    many = images.repeat(100, 1, 1, 1), torch.arange(10).repeat(100)
    x, y = next(why_ssl.labelled_batches(*many, as_is, runtime.generator(0)))
    torch.testing.assert_close(x.mean((1, 2, 3)), grays[y].float() / 255)
    x, y = next(why_ssl.labelled_batches(images, torch.arange(10), as_is, runtime.generator(0)))
    assert x.shape == (64, 3, 16, 16)
    assert torch.bincount(y, minlength=10).min() >= 6


def test_principal_components_are_the_svds(monkeypatch):
    images = pictures(80, 4)
    train = Photos(images, torch.zeros(80, dtype=torch.int64), ("x",), "tiny", "made here")
    monkeypatch.setattr(why_ssl, "world", lambda data: (train, train))
    mean, axes = why_ssl.principal_components("tiny")
    x = images.flatten(1).double().numpy() / 255
    _, _, v = np.linalg.svd(x - x.mean(0), full_matrices=False)
    np.testing.assert_allclose(mean, x.mean(0), atol=1e-5)
    np.testing.assert_allclose((axes @ axes.T).double(), v[:32].T @ v[:32], atol=1e-3)


def photographs(n=40):
    """Flat pictures of different grays in the first half, noise in the second."""
    images = pictures(n)
    images[: n // 2] = torch.arange(n // 2, dtype=torch.uint8)[:, None, None, None] * 5
    return Photos(images, torch.zeros(n, dtype=torch.int64), ("x",), "tiny", "made here")


def test_seeds_are_drawn_in_the_ways_they_are_called():
    train = photographs()
    everything = {x.numpy().tobytes() for x in train.images}
    for kind in ("whole", "middle"):
        seeds, side = distortion.seed_pictures(train, kind, 12, seed=0)
        assert side == {"whole": 32, "middle": 14}[kind]
        assert len({x.numpy().tobytes() for x in seeds} & everything) == 12
    twice, _ = distortion.seed_pictures(train, "twice", 12, seed=0)
    assert torch.equal(twice[:6], twice[6:])
    assert len({x.numpy().tobytes() for x in twice}) == 6
    edges, _ = distortion.seed_pictures(train, "edges", 12, seed=0)
    assert (edges.float().std((1, 2, 3)) > 0).all()  # a flat picture has no energy
    other, _ = distortion.seed_pictures(train, "whole", 12, seed=1)
    assert not torch.equal(other, distortion.seed_pictures(train, "whole", 12, seed=0)[0])


def test_what_is_left_out_has_strength_0_and_the_rest_the_papers():
    assert distortion.strengths("", 5) == {"hue": 5}
    assert distortion.strengths("scale", 1) == {"hue": 1, "scale": 0}
    assert distortion.strengths("color", 1) == dict.fromkeys(distortion.COLOR, 0)
    left_out = {f for families in distortion.WITHOUT.values() for f in families}
    assert left_out == set(distortion.exemplar.FAMILIES)


def test_surrogate_accuracy_counts_seeds_told_by_a_net_and_by_color():
    """Flat seeds and a net that reads the mean gray: both are always right, until the seeds are painted."""
    seeds = photographs().images[:20]
    grays = seeds[:, 0, 0, 0].float() / 255
    mean, std = (x[0] for x in views.channel_statistics(seeds))

    class ReadsGray(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = torch.nn.Parameter(torch.tensor(1000.0))

        def forward(self, x):
            gray = x.mean((1, 2, 3), keepdim=True)[:, :, 0, 0].float() * std + mean
            return -self.scale * (gray - grays).abs()

    still = dict.fromkeys(distortion.COLOR, 0)
    told = distortion.surrogate_accuracy(ReadsGray(), seeds, seeds, 32, still, seed=0)
    assert told == (1.0, 1.0)
    painted = torch.zeros_like(seeds)  # all look like seed 0 now
    told = distortion.surrogate_accuracy(ReadsGray(), seeds, painted, 32, still, seed=0)
    assert told == pytest.approx((1 / 20, 1 / 20))


def test_true_pairs_show_the_thing_of_their_kind_at_both_ends():
    pairs = tracking.true_pairs(3, "train", True, 7)
    assert pairs.patches.shape[1:] == (2, 3, 32, 32)
    assert len(pairs.patches) == len(pairs.clips) == len(pairs.kinds) <= 9
    for number in range(3):
        film = toyclips.clip(2, step=30, seed=70_000 + number)
        there = pairs.kinds[pairs.clips == number]
        assert set(there.tolist()) <= set(film.factors["kind"].tolist())
        assert len(there) == int((film.hidden.amax(0) < 0.5).sum())


def test_ordered_is_a_loops_share_and_color_alone_orders_what_differs_in_color():
    clips = torch.arange(4)
    x = torch.eye(4)
    near = x + 0.1
    assert tracking.ordered(torch.cat([x, near]), clips, 0) == 1
    assert tracking.ordered(torch.cat([x, near.roll(1, 0)]), clips, 0) < 0.9
    hues = torch.tensor([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]], dtype=torch.uint8)
    painted = hues.repeat(2, 1)[:, :, None, None].expand(-1, -1, 2, 2)
    assert tracking.ordered(tracking.mean_color(painted), clips, 0) == 1


@pytest.fixture
def street(monkeypatch):
    """A gray street on which five squares of different brightness walk, one after the other."""
    frames = torch.full((260, 3, 48, 64), 100, dtype=torch.uint8)
    tracks = []
    for n in range(5):
        boxes = []
        for t in range(31):
            left = 10 + t
            frames[50 * n + t, :, 20:30, left : left + 10] = 130 + 25 * n
            boxes.append([left, 20, left + 10, 30])
        tracks.append(Track(50 * n, torch.tensor(boxes).float(), torch.ones(31)))
    behind = torch.full((3, 48, 64), 100, dtype=torch.uint8)
    monkeypatch.setattr(_street, "filmed", lambda: (frames, behind, tracks, [0, 0, 2, 3, 4]))
    monkeypatch.setattr(_street, "PARTS", ((0, 100), (130, 260)))


def test_the_halves_of_the_street_share_nobody(street):
    assert _street.parts(1) == ([0, 1], [3, 4])  # track 2 lies in the gap
    assert _street.parts(0) == ([3, 4], [0])  # two tracks of one person: the first


def test_patches_of_the_street_without_person_and_without_street(street):
    track = _street.filmed()[2][2]
    whole, behind, person = (
        _street.shown(track, 5, what, runtime.generator(0))
        for what in ("whole", "background", "person")
    )
    assert whole.max() == 180 and whole.min() == 100
    assert behind.unique().tolist() == [100]
    assert person.max() == 180 and 100 not in person[0, 0, 0].tolist()  # the rim is gray, 128


def test_who_is_found_again(street):
    brightness = lambda patches, _: patches.float().amax((1, 2, 3))[:, None]  # noqa: E731
    assert _street.found_again([0, 2, 4], brightness, "whole", 0).tolist() == [1, 1, 1]
    nobody = _street.found_again([0, 2, 4], brightness, "background", 0)
    assert nobody.tolist() == [1, 0, 0]  # all alike: the first is always the nearest
    where = _street.embedder("position", [], None, 0)
    assert _street.found_again([0, 2, 4], where, "whole", 0).tolist() == [1, 0, 0]


def test_interval_of_tracks_holds_the_mean():
    values = torch.tensor([1.0, 1, 0, 1, 0.5, 0, 1, 1])
    low, high = _street.interval(values, 0)
    assert low < values.mean() < high
    assert high - low == pytest.approx(
        2 * 1.96 * float(values.std(correction=0)) / 8**0.5, rel=0.15
    )
