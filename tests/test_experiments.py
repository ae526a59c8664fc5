"""Parts of the recorded experiments that no lesson shows."""

import numpy as np
import torch

from course_utils import runtime
from course_utils.data.prepared import Photos
from course_utils.experiments import rotation, why_ssl


def pictures(n, size=32):
    return torch.randint(256, (n, 3, size, size), generator=runtime.generator(0)).to(torch.uint8)


def test_full_circle_turns_counter_clockwise_inside_the_disc():
    images = pictures(4)
    turned = rotation.turn_full_circle(images, torch.tensor([0.0, 90.0, 180.0, 270.0]))
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
