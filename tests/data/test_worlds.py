import pytest
import torch
import torchvision.transforms.v2.functional as tv

from course_utils.data import photos, toyworld, worlds
from course_utils.data.prepared import Photos
from course_utils.data.worlds import without_color

SPLITS = (("train", 60), ("test", 40))


@pytest.fixture(autouse=True)
def small_worlds(monkeypatch):
    """ToyWorld with 60 and 40 pictures, and nothing kept from one test to the next."""
    monkeypatch.setattr(photos, "TOYWORLD_TRAIN", 60)
    monkeypatch.setattr(photos, "TOYWORLD_TEST", 40)
    worlds.world.cache_clear()
    yield
    worlds.world.cache_clear()


def test_a_world_is_what_is_loaded_and_is_kept():
    loaded = photos.load("toyworld")
    found = worlds.world("toyworld")
    for ours, theirs in zip(found, loaded, strict=True):
        assert torch.equal(ours.images, theirs.images)
        assert torch.equal(ours.labels, theirs.labels)
        assert (ours.name, ours.classes, ours.provenance) == (
            theirs.name,
            theirs.classes,
            theirs.provenance,
        )
    assert worlds.world("toyworld") is found


@pytest.mark.parametrize("options", [{"sun": "above"}, {"things": "none"}, {"things": "discs"}])
def test_one_thing_is_changed_and_the_rest_stays(options):
    """The pictures are those of ToyWorld drawn so; the labels are still those of what was there."""
    plain, changed = worlds.world("toyworld"), worlds.world("toyworld", **options)
    for before, after, (split, n) in zip(plain, changed, SPLITS, strict=True):
        drawn = toyworld.stills(n, split=split, seed=0, **options)
        assert torch.equal(after.images, drawn.images)
        assert torch.equal(after.labels, drawn.factors["kind"])
        assert torch.equal(after.labels, before.labels)
        assert (after.name, after.classes) == (before.name, before.classes)
        assert not torch.equal(after.images, before.images)


@pytest.mark.parametrize("options", [{}, {"sun": "above"}])
def test_without_color_pictures_are_gray(options):
    plain = worlds.world("toyworld", **options)
    gray = worlds.world("toyworld", color=False, **options)
    for before, after in zip(plain, gray, strict=True):
        assert after.images.dtype == torch.uint8 and after.images.shape == before.images.shape
        assert torch.equal(after.images, after.images[:, :1].expand(-1, 3, -1, -1))
        expected = 255 * tv.rgb_to_grayscale(before.images / 255, num_output_channels=3)
        assert (after.images.float() - expected).abs().max() <= 0.51
        assert torch.equal(after.labels, before.labels)


def test_photographs_of_any_data_set(monkeypatch):
    loaded = tuple(
        Photos(torch.zeros(2, 3, 8, 8, dtype=torch.uint8), torch.arange(2), ("a", "b"), "x", "y")
        for _ in range(2)
    )
    asked = []
    monkeypatch.setattr(photos, "load", lambda name: asked.append(name) or loaded)
    assert worlds.world("mine") == loaded
    assert asked == ["mine"]


def test_transfer_goes_both_ways():
    assert {worlds.OTHER[other] for other in worlds.OTHER.values()} == set(worlds.OTHER)
    assert all(there != here for here, there in worlds.OTHER.items())


def test_gray_keeps_three_equal_channels():
    red = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    red[:, 0] = 255
    gray = without_color(red)
    assert gray.shape == red.shape and gray.dtype == torch.uint8
    assert gray.unique().tolist() == [76]  # 0.299 of white
