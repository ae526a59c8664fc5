import pytest
import torch

from course_utils import runtime
from course_utils.lessons.contrastive import finding
from course_utils.pretext import contrastive


def test_a_histogram_knows_colors_and_no_places():
    x = torch.rand(3, 3, 8, 8, generator=runtime.generator(0))
    mixed = x.flatten(2)[:, :, torch.randperm(64, generator=runtime.generator(1))].view_as(x)
    described = finding.histogram(x)
    assert described.shape == (3, 64)
    assert torch.equal(described, finding.histogram(mixed))
    assert described.square().sum(1) == pytest.approx(torch.ones(3))  # roots of shares
    white = finding.histogram(torch.ones(1, 3, 4, 4))  # the last bin takes 1.0 itself
    assert white[0, -1] == 1 and white.sum() == 1


def test_bins_by_a_loop():
    x = torch.rand(1, 3, 5, 5, generator=runtime.generator(2))
    counts = torch.zeros(4, 4, 4)
    for r, g, b in x[0].flatten(1).T.tolist():
        counts[int(4 * r), int(4 * g), int(4 * b)] += 1
    assert finding.histogram(x)[0] == pytest.approx((counts.flatten() / 25).sqrt())


def test_the_partner_stands_in_the_first_column():
    z = torch.eye(10).repeat(2, 1)
    alike = finding.among_candidates(z)
    assert alike.shape == (10, finding.CANDIDATES)
    assert (alike[:, 0] == 1).all() and (alike[:, 1:] == 0).all()
    assert finding.told(z).all()
    # The others are second views of the next pictures, each another one.
    shifted = torch.cat([torch.eye(10), torch.eye(10).roll(-1, 1)])
    assert (finding.among_candidates(shifted)[:, 1:].sum(1) == 1).all()
    assert not finding.told(shifted).any()


def test_what_cannot_be_told_apart_is_not_found():
    assert not finding.told(torch.ones(20, 4)).any()


def test_chance_is_one_in_eight():
    z = torch.randn(8000, 5, generator=runtime.generator(3))
    assert finding.told(z).float().mean().item() == pytest.approx(1 / 8, abs=0.02)


def test_colors_find_the_partner_until_they_are_changed():
    """Pictures of one colour each: at strength 0 nothing but the colour is needed."""
    images = torch.rand(400, 3, 1, 1, generator=runtime.generator(4)).expand(-1, -1, 16, 16)
    shares = []
    for strength in (0.0, 0.5, 1.0):
        views = contrastive.two_views(images, runtime.generator(5), strength)
        shares.append(finding.told(finding.histogram(views)).float().mean().item())
    # Colours that share a bin cannot be told apart.
    assert shares[0] > 0.8 and shares[0] > shares[1] > shares[2]
