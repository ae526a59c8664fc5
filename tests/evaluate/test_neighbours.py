import pytest
import torch

from course_utils import models
from course_utils.evaluate.features import features, recalibrated
from course_utils.evaluate.neighbours import Neighbours


@pytest.fixture(scope="module")
def images():
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(40, 3, 4, 4, generator=generator)
    return (coarse.repeat_interleave(4, 2).repeat_interleave(4, 3) * 255).to(torch.uint8)


@pytest.mark.parametrize("stage", ["block1", "block2", "block3", None])
def test_neighbours_are_those_of_a_loop(images, stage):
    known, queries = images[:30], images[30:]
    encoder = models.small_encoder(known, seed=1) if stage else None

    def described(x):
        if stage is None:
            return x.flatten(1).double() / 255
        return features(recalibrated(encoder, known), x)[stage].double()

    x, q = described(known), torch.cat([described(picture[None]) for picture in queries])
    mean, std = x.mean(0), x.std(0)
    std = std + 1e-3 * std.mean()  # what hardly varies is not blown up
    x, q = (x - mean) / std, (q - mean) / std
    space = Neighbours(encoder, known, stage) if stage else Neighbours(None, known)
    for picture, query in zip(queries, q, strict=True):
        alike = [(query @ one / query.norm() / one.norm()).item() for one in x]
        found = [
            next(i for i in range(30) if torch.equal(known[i], one)) for one in space.of(picture)
        ]
        assert len(set(found)) == 6
        # In half precision two that are equally alike may change places.
        assert [alike[i] for i in found] == pytest.approx(sorted(alike)[:-7:-1], abs=2e-3)


def test_a_picture_is_most_alike_to_itself(images):
    for encoder in (None, models.small_encoder(images)):
        assert torch.equal(Neighbours(encoder, images).of(images[7], 1)[0], images[7])


def test_where_there_are_few_all_are_found(images):
    assert len(Neighbours(None, images[:4]).of(images[0])) == 4
