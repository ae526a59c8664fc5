"""The ruler on tiny data: which figures there are, from which inputs, and by which rules."""

import pytest
import torch

from course_utils import models, runtime
from course_utils.data import toyworld
from course_utils.data.prepared import Photos
from course_utils.evaluate import features, probes, ruler
from course_utils.views import geometry, streams

STAGES = ("block1", "block2", "block3")
SIZES = (100, 40)


def photographs(n, seed=0):
    """Four classes, each brighter than the one before, with noise."""
    generator = runtime.generator(seed)
    labels = torch.randint(4, (n,), generator=generator)
    noise = torch.randint(150, (n, 3, 16, 16), generator=generator)
    images = (noise + 30 * labels[:, None, None, None]).to(torch.uint8)
    return Photos(images, labels, tuple("abcd"), "tiny", "made here")


@pytest.fixture
def tiny(monkeypatch):
    """150 training pictures, 100 of them labelled; probes with 100 and 40; fewer features."""
    monkeypatch.setattr(ruler, "LABELS", 100)
    monkeypatch.setitem(models.pool.__kwdefaults__, "dims", 256)
    monkeypatch.setitem(ruler.read_features.__kwdefaults__, "sizes", SIZES)
    return photographs(150), photographs(60, seed=1)


def keys(stages, readings=("linear", "neighbours")):
    return {
        f"{probe}_{n}_{stage}_{kind}"
        for probe in readings
        for n in SIZES
        for stage in stages
        for kind in ("validation", "test")
    }


def test_the_numbers_that_are_fixed():
    """Changing one changes every recorded figure of the course."""
    assert (ruler.LABELS, ruler.FEW, ruler.DRAWS) == (10_000, 500, 5)
    assert ruler.read_features.__kwdefaults__["sizes"] == (10_000, 500)


def test_every_figure_of_every_stage_is_read(tiny):
    train, test = tiny
    encoder = models.small_encoder(train.images)
    found = ruler.read(encoder, train, test)
    assert set(found) == keys(STAGES)
    assert all(isinstance(v, float) and 0 <= v <= 1 for v in found.values())
    for probe in ("linear", "neighbours"):  # far above chance: there is something to read
        assert found[f"{probe}_100_block3_test"] > 0.5


def test_the_figures_are_those_of_the_probes_on_recalibrated_features(tiny):
    train, test = tiny
    encoder = models.small_encoder(photographs(10, seed=3).images // 2, seed=1)
    for layer in (m for m in encoder.modules() if isinstance(m, torch.nn.BatchNorm2d)):
        layer.running_mean.add_(5)  # what a pretext task may have left there
    found = ruler.read(encoder, train, test)
    index = torch.randperm(150, generator=runtime.generator(0))[:100]
    known, labels = train.images[index], train.labels[index]
    ready = features.recalibrated(encoder, known)
    inside, outside = features.features(ready, known), features.features(ready, test.images)
    for name, probe in (
        ("linear", probes.linear_probe),
        ("neighbours", probes.neighbour_probe),
    ):
        for n, draws in ((100, 1), (40, 5)):
            by_hand = probe(inside, labels, outside, test.labels, n_labels=n, draws=draws)
            for stage in STAGES:
                assert len(by_hand[stage].accuracies) == draws
                assert found[f"{name}_{n}_{stage}_validation"] == by_hand[stage].held_out
                assert found[f"{name}_{n}_{stage}_test"] == by_hand[stage].accuracy


def test_one_reading_alone_is_the_same(tiny):
    encoder = models.small_encoder(tiny[0].images)
    both = ruler.read(encoder, *tiny)
    found = ruler.read(encoder, *tiny, readings=("neighbours",))
    assert found == {name: both[name] for name in keys(STAGES, ("neighbours",))}


def test_test_pictures_recalibrate_nothing(tiny):
    """The encoder's statistics, and the figures of validation, are those of the training inputs."""
    train, test = tiny
    encoder = models.small_encoder(train.images)
    found = ruler.read(encoder, train, test)
    dark = Photos(test.images // 5, test.labels, test.classes, "dark", "made here")
    other = ruler.read(encoder, train, dark)
    for name, value in found.items():
        assert not name.endswith("validation") or other[name] == value
    assert other != found


def test_pixels_are_a_stage_of_their_own(tiny):
    found = ruler.read(None, *tiny)
    assert set(found) == keys(["pixels"])
    train, test = tiny
    index = ruler.labelled_pool(train)
    by_hand = probes.linear_probe(
        features.pixels(train.images[index]),
        train.labels[index],
        features.pixels(test.images),
        test.labels,
    )
    assert found["linear_100_pixels_test"] == by_hand["pixels"].accuracy


def test_the_floor_is_read_like_any_encoder(tiny):
    """Untrained weights differ by their seed, are read above chance, and are not changed."""
    train, test = tiny
    floors = [models.small_encoder(train.images, seed=seed) for seed in (0, 1)]
    before = {k: v.clone() for k, v in floors[0].state_dict().items()}
    first, second = (ruler.read(floor, train, test) for floor in floors)
    assert set(first) == set(second) == keys(STAGES)
    assert first != second
    assert first["linear_100_block1_test"] > 0.4
    assert all(torch.equal(v, before[k]) for k, v in floors[0].state_dict().items())


def test_the_labelled_pool_is_the_same_for_all():
    """It depends on the number of pictures alone: not on the encoder, the world, the moment."""
    several = [ruler.labelled_pool(photographs(n)) for n in (12_000, 12_000)]
    other = ruler.labelled_pool(photographs(12_000, seed=9))
    assert torch.equal(several[0], several[1]) and torch.equal(several[0], other)
    assert len(several[0]) == len(several[0].unique()) == 10_000
    assert several[0].max() >= 11_900
    assert len(ruler.labelled_pool(photographs(150))) == 150


# ------------------------------------------------------------ the factor row


@pytest.fixture
def small_world(monkeypatch):
    """The world of the factor row, with a tenth of its pictures and a quarter of its features."""
    original = toyworld.stills
    monkeypatch.setitem(models.pool.__kwdefaults__, "dims", 256)
    monkeypatch.setattr(ruler.toyworld, "stills", lambda n, **options: original(n // 10, **options))
    ruler._world_to_read.cache_clear()
    yield
    ruler._world_to_read.cache_clear()


def test_the_factor_row_has_two_figures_for_every_factor(small_world):
    names = {f"{f}_{how}" for f in (*toyworld.READABLE, "turn") for how in ("linear", "neighbours")}
    drawn = toyworld.stills(800, split="train", seed=1)
    rows = [ruler.factor_row(encoder) for encoder in (models.small_encoder(drawn.images), None)]
    for row in rows:
        assert set(row) == names
        assert all(isinstance(value, float) and value <= 1 for value in row.values())
    assert rows[0] != rows[1]
    for row in rows:  # what is plain is read, and what needs shapes is not
        assert row["turn_linear"] < 0.3 < 0.6 < row["tint_linear"]


def test_the_turned_pictures_are_turned_by_the_angles_that_are_to_be_read(small_world):
    drawn, turns, turned = ruler._world_to_read()
    for split, angles, images in zip(drawn, turns, turned, strict=True):
        assert len(angles) == len(images) == len(split.images)
        assert angles.min() >= 0 and angles.max() < 360 and angles.std() > 80
        some = slice(0, None, 50)
        expected = geometry.turn_full_circle(streams.to_float(split.images[some]), angles[some])
        assert torch.equal(images[some], streams.to_bytes(expected))


def test_a_live_network_is_read_on_the_stage_of_its_own_validation():
    """The stage that tells the classes is chosen for all labels and for few, whatever the test set says."""
    generator = runtime.generator(0)
    labels, asked = (torch.arange(n) % 4 for n in (400, 200))

    def drawn(of, telling):
        noise = torch.randn(len(of), 6, generator=generator)
        return noise + 4 * telling * torch.nn.functional.one_hot(of, 6).float()

    inside = {"dull": drawn(labels, 0), "telling": drawn(labels, 1)}
    outside = {"dull": drawn(asked, 1), "telling": drawn(asked, 1)}
    full, few = ruler.live(inside, labels, outside, asked, few=40)
    assert full.accuracy > 0.95 and few.accuracy > 0.9
    assert full.correct.shape == (1, 200) and few.correct.shape == (5, 200)
    assert full.held_out > 0.9
