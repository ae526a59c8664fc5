import functools

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


def test_the_loss_is_taken_in_float32_whatever_the_model_computes_in():
    images = torch.randn(8, 6, generator=runtime.generator(0))
    model = torch.nn.Linear(6, 4)
    with runtime.autocast(torch.device("cpu"), torch.bfloat16):
        assert model(images).dtype == torch.bfloat16
        loss, metrics = losses.classification(model, images, torch.arange(8) % 4)
    assert loss.dtype == metrics["accuracy"].dtype == torch.float32


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


def test_gradients_pull_the_positive_and_push_the_negative():
    x, positive, negatives = (v.double().requires_grad_() for v in triplets(b=2, k=2))
    assert torch.autograd.gradcheck(losses.tracking_hinge, (x, positive, negatives))
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


def test_mining_waits_for_no_device():
    """On "meta", which holds no values, whatever reads one is an error."""
    x, candidates = (torch.empty(n, 4, device="meta") for n in (6, 9))
    allowed = torch.empty(6, 9, device="meta", dtype=torch.bool)
    assert losses.hardest_negatives(x, candidates, allowed, 2).shape == (6, 2)
    assert losses.random_negatives(allowed, 2, runtime.generator(0)).device.type == "meta"
    choose = functools.partial(losses.hardest_negatives, k=3)
    loss, told = losses.tracking_triplets(
        torch.nn.Identity(), torch.empty(8, 5, device="meta"), torch.arange(4), choose
    )
    assert loss.device.type == told["pull"].device.type == "meta"


def test_gradients_of_triplets_are_the_same_to_the_bit_with_two_threads():
    """A negative may serve many anchors; its gradients must add up in one order."""
    vectors = torch.randn(128, 128, generator=runtime.generator(0))
    choose = functools.partial(losses.hardest_negatives, k=4)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        found = []
        for _ in range(40):
            z = vectors.clone().requires_grad_()
            losses.tracking_triplets(torch.nn.Identity(), z, torch.arange(64) // 2, choose)[
                0
            ].backward()
            found.append(z.grad)
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(found[0], gradient) for gradient in found)
