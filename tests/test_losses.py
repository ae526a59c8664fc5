import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss

from course_utils import losses, runtime


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
