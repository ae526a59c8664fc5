import pytest
import torch

from course_utils import models
from course_utils.data import toyworld
from course_utils.evaluate import gauges
from course_utils.evaluate.features import embeddings
from course_utils.pretext import byol, contrastive
from course_utils.views.streams import to_float


@pytest.fixture(scope="module")
def pictures():
    return toyworld.stills(96, seed=4).images


def made(pictures, momentum):
    online = contrastive.projected(models.small_encoder(pictures, seed=0), seed=0)
    return byol.bootstrapped(online, momentum, seed=0)


def test_the_loss_is_the_squared_distance_of_unit_vectors_to_the_partner():
    predicted, targets = torch.randn(2, 6, 5, generator=torch.Generator().manual_seed(0))
    total = 0.0
    for i in range(6):
        p, t = predicted[i], targets[(i + 3) % 6]
        total += (p / p.norm() - t / t.norm()).square().sum()
    assert byol.bootstrap_loss(predicted, targets).item() == pytest.approx(total.item() / 6, rel=1e-5)  # fmt: skip


@pytest.mark.parametrize(("momentum", "flows"), [(0.9, False), (0.0, False), (None, True)])
def test_gradients_reach_targets_only_where_that_is_asked_for(pictures, momentum, flows):
    _, targets = made(pictures, momentum)(to_float(pictures[:8]))
    assert targets.requires_grad is flows


def test_the_target_follows_slowly(pictures):
    net = made(pictures, 0.9)
    weight = net.online.projector[-1].weight
    start = weight.detach().clone()
    with torch.no_grad():
        weight += 1
    net.follow()
    assert torch.allclose(net.target.projector[-1].weight, start + 0.1, atol=1e-6)
    net.follow()
    assert torch.allclose(net.target.projector[-1].weight, start + 0.19, atol=1e-6)
    assert made(pictures, 0.0).target is None


def test_without_the_stop_gradient_it_collapses_and_with_it_not(pictures):
    spread = {}
    for momentum in (0.0, None):
        encoder = models.small_encoder(pictures, seed=0)
        net, history = byol.pretrain(encoder, pictures, examples=6400, seed=0, momentum=momentum)
        assert net.encoder is encoder and history.examples[-1] == 6400
        spread[momentum] = gauges.collapse(embeddings(net.online, pictures)).spread
    assert spread[None] < spread[0.0] / 2
