import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import accuracy_score, log_loss

from course_utils import losses, runtime
from tests.oracles import assert_bilingual


def test_classification_is_scikit_learns():
    generator = runtime.generator(0)
    images = torch.randn(30, 6, generator=generator)
    labels = torch.randint(4, (30,), generator=generator)
    model = torch.nn.Linear(6, 4)
    loss, metrics = losses.classification(model, images, labels)
    with torch.no_grad():
        shares = model(images).double().softmax(1)
    assert loss.item() == pytest.approx(log_loss(labels, shares), abs=1e-5)
    right = accuracy_score(labels, shares.argmax(1))
    assert metrics["accuracy"].item() == pytest.approx(right)
    assert losses.accuracy(shares, labels).item() == pytest.approx(right)
    loss.backward()
    assert model.weight.grad.abs().sum() > 0


# ------------------------------------------------------------ triplets


def triplets(b=7, k=3, d=5):
    generator = runtime.generator(0)
    x, positive = (torch.randn(b, d, generator=generator) for _ in range(2))
    return x, positive, torch.randn(b, k, d, generator=generator)


def test_cosine_distance_by_hand():
    a = torch.tensor([[2.0, 0], [1, 0], [1, 0], [1, 0]])
    b = torch.tensor([[5.0, 0], [0, 3], [-2, 0], [1, 1]])
    expected = torch.tensor([0, 1, 2, 1 - 0.5**0.5])
    torch.testing.assert_close(losses.cosine_distance(a, b), expected)


def test_tracking_hinge_against_a_loop():
    x, positive, negatives = triplets()
    total = 0.0
    for i in range(7):
        for j in range(3):
            near, far = (
                1 - float(x[i] @ v / x[i].norm() / v.norm()) for v in (positive[i], negatives[i, j])
            )
            total += max(0.0, near - far + 0.5)
    assert losses.tracking_hinge(x, positive, negatives).item() == pytest.approx(
        total / 21, abs=1e-5
    )


def test_tracking_hinge_is_torchs():
    x, positive, negatives = triplets(k=1)
    torchs = torch.nn.TripletMarginWithDistanceLoss(
        distance_function=lambda a, b: 1 - torch.nn.functional.cosine_similarity(a, b), margin=0.5
    )
    expected = torchs(x, positive, negatives[:, 0])
    torch.testing.assert_close(losses.tracking_hinge(x, positive, negatives), expected)


def test_squared_triplet_is_torchs_and_twice_the_hinge_with_half_the_margin():
    x, positive, negatives = triplets(k=1)
    unit = [torch.nn.functional.normalize(v, dim=1) for v in (x, positive, negatives[:, 0])]
    torchs = torch.nn.TripletMarginWithDistanceLoss(
        distance_function=lambda a, b: (a - b).square().sum(1), margin=0.2
    )
    found = losses.squared_triplet(x, positive, negatives[:, 0])
    torch.testing.assert_close(found, torchs(*unit))
    hinge = losses.tracking_hinge(x, positive, negatives, margin=0.1)
    torch.testing.assert_close(found, 2 * hinge)


def test_gradients_pull_the_positive_and_push_the_negative():
    x, positive, negatives = (v.double().requires_grad_() for v in triplets(b=2, k=2))
    assert torch.autograd.gradcheck(losses.tracking_hinge, (x, positive, negatives))
    assert torch.autograd.gradcheck(losses.squared_triplet, (x, positive, negatives[:, 0].detach()))
    losses.tracking_hinge(x, positive, negatives, margin=2.0).backward()
    with torch.no_grad():
        nearer = losses.cosine_distance(x, positive - 0.01 * positive.grad)
        farther = losses.cosine_distance(x[:, None], negatives - 0.01 * negatives.grad)
        assert (nearer < losses.cosine_distance(x, positive)).all()
        assert (farther > losses.cosine_distance(x[:, None], negatives)).all()


def test_hardest_negatives_against_sorting_by_hand():
    generator = runtime.generator(1)
    x, candidates = torch.randn(6, 4, generator=generator), torch.randn(9, 4, generator=generator)
    allowed = torch.rand(6, 9, generator=generator) < 0.7
    found = losses.hardest_negatives(x, candidates, allowed, 2)
    for i in range(6):
        by_distance = sorted(
            (float(losses.cosine_distance(x[i], candidates[j])), j)
            for j in range(9)
            if allowed[i, j]
        )
        assert found[i].tolist() == [j for _, j in by_distance[:2]]


def test_too_few_candidates_is_an_error():
    x = torch.eye(3)
    with pytest.raises(ValueError, match="only 2") as error:
        losses.hardest_negatives(x, x, ~torch.eye(3, dtype=torch.bool), 3)
    assert_bilingual(str(error.value))


def test_random_negatives_are_allowed_different_and_even():
    allowed = torch.rand(6, 12, generator=runtime.generator(0)) < 0.7
    drawn = torch.stack(
        [
            losses.random_negatives(allowed, 3, g)
            for g in [runtime.generator(1)]
            for _ in range(2000)
        ]
    )
    counts = F.one_hot(drawn, 12).sum((0, 2))  # (6, 12)
    assert (counts[~allowed] == 0).all()
    shares = counts / 2000
    expected = 3 / allowed.sum(1, keepdim=True) * allowed
    torch.testing.assert_close(shares, expected, atol=0.05, rtol=0)
    assert (drawn.sort(2).values.diff(dim=2) > 0).all()
    with pytest.raises(ValueError, match="candidates for 13") as error:
        losses.random_negatives(allowed, 13, runtime.generator(0))
    assert_bilingual(str(error.value))


def test_semi_hard_negatives_are_those_of_a_loop():
    generator = runtime.generator(3)
    x, positive = (torch.randn(8, 4, generator=generator) for _ in range(2))
    positive[:4] = x[:4] + 0.3 * positive[:4]
    candidates = torch.randn(10, 4, generator=generator)
    allowed = torch.rand(8, 10, generator=generator) < 0.8
    found = losses.semi_hard_negatives(x, positive, candidates, allowed, 2)
    for i in range(8):
        distance = lambda v, i=i: float(losses.cosine_distance(x[i], v))  # noqa: E731
        there = [j for j in range(10) if allowed[i, j]]
        farther = [j for j in there if distance(candidates[j]) > distance(positive[i])]
        nearer = [j for j in there if j not in farther]
        wanted = sorted(farther, key=lambda j: distance(candidates[j]))
        wanted += sorted(nearer, key=lambda j: -distance(candidates[j]))
        assert found[i].tolist() == wanted[:2]


def test_triplets_of_a_batch_are_those_of_a_loop():
    generator = runtime.generator(4)
    vectors = torch.randn(8, 5, generator=generator)  # four X, then their X⁺
    clips = torch.tensor([0, 0, 1, 2])
    given = {}

    def choose(x, candidates, allowed):
        given.update(x=x, candidates=candidates, allowed=allowed)
        return torch.tensor([[2, 6], [3, 7], [0, 5], [1, 4]])

    loss, told = losses.tracking_triplets(torch.nn.Identity(), vectors, clips, choose)
    assert torch.equal(given["x"], vectors[:4]) and torch.equal(given["candidates"], vectors)
    for i in range(4):
        for j in range(8):
            assert bool(given["allowed"][i, j]) == (clips[i] != clips[j % 4])
    gaps = torch.tensor(
        [
            float(
                losses.cosine_distance(vectors[i], vectors[4 + i])
                - losses.cosine_distance(vectors[i], vectors[j])
            )
            for i, js in enumerate(([2, 6], [3, 7], [0, 5], [1, 4]))
            for j in js
        ]
    )
    torch.testing.assert_close(loss, (gaps + 0.5).clamp(min=0).mean())
    assert float(told["pull"]) == pytest.approx(float((gaps > -0.5).float().mean()))
    assert float(told["ordered"]) == pytest.approx(float((gaps < 0).float().mean()))
