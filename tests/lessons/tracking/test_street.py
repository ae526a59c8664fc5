import pytest
import torch
from torch import nn

from course_utils import models, runtime
from course_utils.data import video
from course_utils.lessons.tracking import street
from course_utils.pretext.tracker import Track
from tests.oracles import assert_bilingual


@pytest.fixture
def filmed(monkeypatch):
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
    monkeypatch.setattr(street, "filmed", lambda: (frames, behind, tracks, [0, 0, 2, 3, 4]))
    monkeypatch.setattr(street, "PARTS", ((0, 100), (130, 260)))
    return tracks


def brightness(patches, boxes):
    """Sees what is brightest in a patch."""
    return patches.float().amax((1, 2, 3))[:, None]


def test_the_halves_of_the_street_share_nobody(filmed):
    assert street.parts(1) == ([0, 1], [3, 4])  # track 2 lies in the gap
    assert street.parts(0) == ([3, 4], [0])  # two tracks of one person: the first


def test_who_is_in_both_halves_is_not_looked_for(filmed, monkeypatch):
    frames, behind, tracks, _ = street.filmed()
    monkeypatch.setattr(street, "filmed", lambda: (frames, behind, tracks, [0, 1, 2, 0, 4]))
    assert street.parts(1) == ([0, 1], [4])
    assert street.parts(0) == ([3, 4], [1])


def test_the_gap_is_longer_than_any_track():
    (_, first), (second, _) = street.PARTS
    assert second - first > max(street.STARTS) + street.LATER


def test_patches_of_the_street_without_person_and_without_street(filmed):
    whole, behind, person = (
        street.shown(filmed[2], 5, what, runtime.generator(0))
        for what in ("whole", "background", "person")
    )
    assert whole.shape == (1, 3, 32, 32)
    assert whole.max() == 180 and whole.min() == 100
    assert behind.unique().tolist() == [100]
    assert person.max() == 180 and 100 not in person[0, 0, 0].tolist()  # the rim is gray, 128


def test_training_pairs_are_later_patches_of_the_same_track(filmed):
    pairs, persons = street.training_pairs([0, 3], 0)
    assert pairs.shape == (32, 2, 3, 32, 32) and pairs.dtype == torch.uint8
    assert persons.tolist() == [0] * 16 + [3] * 16
    peaks = pairs.amax((2, 3, 4))
    assert peaks[:16].unique().tolist() == [130] and peaks[16:].unique().tolist() == [205]
    assert len({x.numpy().tobytes() for x in pairs[:16].flatten(0, 1)}) == 32  # jittered
    assert not torch.equal(pairs, street.training_pairs([0, 3], 1)[0])


def test_who_is_found_again(filmed):
    assert street.found_again([0, 2, 4], brightness, "whole", 0).tolist() == [1, 1, 1]
    nobody = street.found_again([0, 2, 4], brightness, "background", 0)
    assert nobody.tolist() == [1, 0, 0]  # all alike: the first is always the nearest
    where = street.embedder("position", [], None)
    assert street.found_again([0, 2, 4], where, "whole", 0).tolist() == [1, 0, 0]


def test_arms_that_learn_nothing(filmed):
    boxes = torch.tensor([[0.0, 10, 20, 40]])
    assert street.embedder("position", [], 0)(None, boxes).tolist() == [[10, 25]]
    patches = torch.cat([street.shown(t, 5, "whole", runtime.generator(0)) for t in filmed])
    seen = street.embedder("pixels", [], 0)(patches, None)
    assert seen.shape == (5, 3 * 32 * 32)
    torch.testing.assert_close(seen.norm(dim=1), torch.ones(5))


def test_arms_that_are_networks(filmed, monkeypatch):
    """``trained`` sees the embedding, ``features`` the encoder before it, both of one training."""
    trainings = []

    def trained_on(numbers, seed):
        trainings.append((numbers, seed))
        images = street.training_pairs(numbers, seed)[0].flatten(0, 1)
        return models.classifier(models.small_encoder(images, seed=5), 16, seed=seed)

    monkeypatch.setattr(street, "trained_on", trained_on)
    patches = torch.cat([street.shown(t, 5, "whole", runtime.generator(0)) for t in filmed])
    seen = {
        arm: street.embedder(arm, [0, 1], 3)(patches, None)
        for arm in ("trained", "features", "random")
    }
    assert trainings == [([0, 1], 3)] * 2  # nothing is trained for random weights
    assert [x.shape[1] for x in seen.values()] == [16, 1024, 1024]
    for x in seen.values():
        torch.testing.assert_close(x.norm(dim=1), torch.ones(5))
    assert not torch.equal(seen["features"], seen["random"])


def test_trained_on_is_the_recipe_of_the_lesson(filmed, monkeypatch):
    given = []
    monkeypatch.setattr(
        street.tracking, "pretrain", lambda *what, **how: given.append((what, how)) or ("net", [])
    )
    assert street.trained_on([0, 3], 2) == "net"
    ((encoder, pairs, persons), how) = given[0]
    assert how == {"examples": street.EXAMPLES, "seed": 2}
    assert isinstance(encoder, nn.Sequential)
    expected = street.training_pairs([0, 3], 2)
    assert torch.equal(pairs, expected[0]) and torch.equal(persons, expected[1])


def test_figures_are_those_of_both_halves_with_their_intervals(filmed, monkeypatch):
    monkeypatch.setattr(street, "embedder", lambda arm, known, seed: brightness)
    found = street.found_again_by(arm="pixels", seed=0)
    assert found["tracks"] == 3  # one of the first half, two of the second
    assert found["whole"] == found["whole_low"] == found["whole_high"] == 1
    assert found["background"] == pytest.approx(2 / 3)
    assert found["above"] == pytest.approx(1 / 3)
    for what in ("background", "person", "above"):
        assert found[f"{what}_low"] <= found[what] <= found[f"{what}_high"], what
    assert set(street.found_again_by(arm="position", seed=0)) == {
        "tracks", "whole", "whole_low", "whole_high"
    }  # fmt: skip


def test_without_the_video(monkeypatch):
    monkeypatch.setattr(video, "street", lambda: None)
    street.filmed.cache_clear()
    with pytest.raises(FileNotFoundError) as error:
        street.filmed()
    assert_bilingual(str(error.value))
