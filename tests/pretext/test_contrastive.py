import math

import pytest
import torch
import torch.nn.functional as F

from course_utils import models, runtime
from course_utils.data import toyworld
from course_utils.evaluate import gauges
from course_utils.evaluate.features import embeddings
from course_utils.pretext import contrastive
from course_utils.views.streams import to_float


@pytest.fixture(scope="module")
def pictures():
    return toyworld.stills(96, seed=4).images


def embedded(n, d=6, seed=0):
    return torch.randn(2 * n, d, generator=runtime.generator(seed), dtype=torch.float64)


def by_a_loop(z, temperature):
    """Equation 1 of the paper, written out."""
    n = len(z)

    def sim(i, k):
        return torch.dot(z[i], z[k]) / (z[i].norm() * z[k].norm())

    total = 0.0
    for i in range(n):
        j = i + n // 2 if i < n // 2 else i - n // 2
        below = sum(math.e ** (sim(i, k) / temperature) for k in range(n) if k != i)
        total += -torch.log(math.e ** (sim(i, j) / temperature) / below)
    return total / n


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("temperature", [0.07, 0.5, 2.0])
def test_nt_xent_is_the_papers_formula(n, temperature):
    z = embedded(n)
    expected = by_a_loop(z, temperature)
    assert contrastive.nt_xent(z, temperature).item() == pytest.approx(expected.item(), rel=1e-9, abs=1e-12)  # fmt: skip


def test_nt_xent_of_cases_made_by_hand():
    """Partners equal and strangers opposite: each of 4 views has one right and two wrong answers."""
    z = torch.tensor([[1.0, 0], [-1, 0], [1, 0], [-1, 0]])
    expected = math.log(math.e**2 + 2 * math.e**-2) - 2
    assert contrastive.nt_xent(z, 0.5).item() == pytest.approx(expected, rel=1e-5)
    collapsed = torch.ones(8, 3)  # nothing can be told apart: one of 7
    assert contrastive.nt_xent(collapsed, 0.1).item() == pytest.approx(math.log(7), rel=1e-5)


def test_slopes_are_those_of_finite_differences():
    z = embedded(4, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(lambda z: contrastive.nt_xent(z, 0.3), z)


def test_a_batch_of_one_picture_has_nothing_to_be_told_from():
    z = embedded(1).requires_grad_()
    loss = contrastive.nt_xent(z, 0.2)
    assert loss.item() == 0
    assert torch.autograd.grad(loss, z)[0].abs().max() == 0


def test_found_counts_partners_that_are_nearest():
    first = torch.eye(4)
    assert contrastive.found(torch.cat([first, first])).item() == 1
    exchanged = first[[1, 0, 2, 3]]  # two pictures have each other's second view
    assert contrastive.found(torch.cat([first, exchanged])).item() == 0.5


def test_two_views_of_every_picture_in_order(pictures):
    """Pictures of one colour each: at strength 0 every view tells which it is of."""
    images = torch.rand(10, 3, 1, 1, generator=runtime.generator(0)).expand(-1, -1, 16, 16)
    views = contrastive.two_views(images, runtime.generator(1), 0.0)
    assert views.shape == (20, 3, 16, 16)
    assert torch.allclose(views, images.repeat(2, 1, 1, 1), atol=1e-5)
    x = to_float(pictures)
    for strength in (0.0, 0.25):
        views = contrastive.two_views(x, runtime.generator(1), strength)
        assert (views[: len(x)] - views[len(x) :]).abs().mean() > 0.02  # drawn anew
        assert torch.equal(views, contrastive.two_views(x, runtime.generator(1), strength))


def test_a_stronger_view_changes_colors_more(pictures):
    """One pixel of each picture, enlarged: a crop shows nothing else."""
    pixel = to_float(pictures)[:, :, :1, :1].expand(-1, -1, 16, 16)
    changed = [
        (contrastive.random_view(pixel, runtime.generator(2), strength=s) - pixel).abs().mean().item()
        for s in (0.0, 0.25, 0.5, 1.0)
    ]  # fmt: skip
    assert changed[0] < 1e-5 and changed[1] < changed[2] < changed[3]


def test_batches_hold_both_views_and_the_numbers_of_their_pictures():
    images = (torch.arange(40)[:, None, None, None] * 6).to(torch.uint8).expand(-1, 3, 16, 16)
    stream = contrastive.viewed(images, batch=8, generator=runtime.generator(0), strength=0.0)
    seen = []
    for _, (views, index) in zip(range(5), stream, strict=False):
        assert views.shape == (16, 3, 16, 16) and index.shape == (8,)
        numbers = (views.mean((1, 2, 3)) * 255 / 6).round().long()
        assert torch.equal(numbers, index.repeat(2))
        seen += index.tolist()
    assert sorted(seen) == list(range(40))


def test_training_finds_partners_and_keeps_pictures_apart(pictures):
    encoder = models.small_encoder(pictures, seed=0)
    net, history = contrastive.pretrain(encoder, pictures, examples=6400, seed=0)
    assert net.encoder is encoder
    assert history.examples[-1] == 6400
    before, after = (sum(history.metrics["accuracy"][part]) for part in (slice(2), slice(-2, None)))
    assert after > before
    assert gauges.collapse(embeddings(net, pictures)).spread > 0.5


def test_the_objective_is_what_is_minimised(pictures):
    """Partners near and nothing else: the embeddings end in one place."""
    encoder = models.small_encoder(pictures, seed=0)

    def attract(z, index):
        assert len(index) == contrastive.PICTURES and len(z) == 2 * len(index)
        a, b = z.chunk(2)
        return -F.cosine_similarity(a, b).mean() / 0.2

    net, _ = contrastive.pretrain(encoder, pictures, examples=6400, seed=0, objective=attract)
    assert gauges.collapse(embeddings(net, pictures)).spread < 0.3
