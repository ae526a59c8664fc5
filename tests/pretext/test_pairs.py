import pytest
import torch

from course_utils import runtime
from course_utils.data import toyclips
from course_utils.pretext import pairs, tracking
from course_utils.pretext.tracker import Track


def test_true_pairs_show_the_thing_of_their_kind_at_both_ends():
    found = pairs.true_pairs(3, "train", 7)
    assert found.patches.shape[1:] == (2, 3, 32, 32) and found.patches.dtype == torch.uint8
    assert len(found.patches) == len(found.clips) == len(found.kinds) <= 9
    assert found.same == 1
    for number in range(3):
        film = toyclips.clip(2, step=30, seed=70_000 + number)
        there = found.kinds[found.clips == number]
        assert set(there.tolist()) <= set(film.factors["kind"].tolist())
        assert len(there) == int((film.hidden.amax(0) < 0.5).sum())


def test_true_pairs_are_drawn_by_split_seed_and_colour():
    first = pairs.true_pairs(2, "train", 7)
    assert pairs.true_pairs(2, "train", 7) is first  # drawn once
    for other in (pairs.true_pairs(2, "train", 8), pairs.true_pairs(2, "test", 7)):
        assert first.patches.shape != other.patches.shape or not torch.equal(
            first.patches, other.patches
        )
    gray = pairs.true_pairs(2, "train", 7, color=False)
    assert torch.equal(gray.kinds, first.kinds)  # the same things
    red, green, blue = gray.patches.unbind(2)
    assert torch.equal(red, green) and torch.equal(green, blue)


@pytest.fixture
def film(monkeypatch):
    """One clip with two mined tracks: of thing 0, to where it is at the end, and of nothing."""
    film = toyclips.clip(31, things=2, seed=3)
    thing, nothing = film.boxes[[0, 30], 0], torch.tensor([[0.0, 0, 4, 4]]).repeat(2, 1)
    assert toyclips.thing_in(film, 0, thing[0]) == toyclips.thing_in(film, 30, thing[1]) == 0
    assert toyclips.thing_in(film, 0, nothing[0]) == -1
    tracks = []
    for first, last in (thing, nothing):
        boxes = first + (last - first) * torch.linspace(0, 1, 31)[:, None]
        tracks.append(Track(0, boxes, torch.ones(31)))
    monkeypatch.setattr(pairs, "_mined", lambda seed: ([film], [tracks]))
    return film


def expected(film, boxes, rows):
    """Patches around two boxes, jittered by the first draws of seed 0."""
    return tracking.patches(film.frames, boxes, torch.tensor(rows), generator=runtime.generator(0))[
        None
    ]


def test_mined_pairs_in_four_ways_from_the_same_starts(film):
    start, end = film.boxes[0, 0], film.boxes[30, 0]
    for source, boxes, rows in (
        ("true", [start, end], [0, 30]),
        ("mined", [start, end], [0, 30]),  # followed without a fault
        ("stands", [start, start], [0, 30]),
        ("frame", [start, start], [0, 0]),
    ):
        found = pairs.mined_pairs(source, 0)
        assert torch.equal(found.patches, expected(film, torch.stack(boxes), rows)), source
        assert found.clips.tolist() == [0]
        assert found.kinds.tolist() == film.factors["kind"][:1].tolist()
        there = toyclips.thing_in(film, rows[1], boxes[1])
        assert found.same == (there == 0), source
    assert set(pairs.SOURCES) == {"true", "mined", "stands", "frame"}
    with pytest.raises(KeyError):
        pairs.mined_pairs("followed", 0)


def test_a_box_that_stands_while_its_thing_leaves_shows_no_longer_the_same(film):
    film.masks[30] = False
    film.masks[30, 0, 60:, 60:] = True
    assert pairs.mined_pairs("stands", 0).same == 0
    assert pairs.mined_pairs("mined", 0).same == 0
    assert pairs.mined_pairs("true", 0).same == 1  # by definition
    assert pairs.mined_pairs("frame", 0).same == 1


def test_clips_are_mined_by_their_motion(monkeypatch):
    monkeypatch.setattr(pairs, "FILMS", 1)
    films, tracks = pairs._mined.__wrapped__(1)
    assert len(films) == len(tracks) == 1
    film = toyclips.clip(pairs.FRAMES, seed=15_000)
    assert torch.equal(films[0].frames, film.frames)
    for track in tracks[0]:
        assert len(track.boxes) == pairs.APART + 1
