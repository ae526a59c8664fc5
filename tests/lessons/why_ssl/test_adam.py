"""The scores of wrong answers are those of PyTorch's Adam."""

import pytest
import torch
import torch.nn.functional as F

from course_utils import runtime
from course_utils.lessons.why_ssl.exercises.adam import linear_scores


@pytest.mark.parametrize("bias", [True, False])
def test_steps_are_those_of_torchs_adam(bias):
    generator = runtime.generator(3)
    x, q = (torch.randn(n, 6, generator=generator) for n in (30, 10))
    y = torch.randint(3, (30,), generator=generator)
    layer = torch.nn.Linear(6, int(y.max()) + 1, bias=bias)
    torch.nn.init.normal_(layer.weight, std=0.01, generator=runtime.generator(0))
    if bias:
        torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.05)
    for _ in range(40):
        optimizer.zero_grad()
        F.cross_entropy(layer(x), y).backward()
        optimizer.step()
    scores = linear_scores(x, y, q, steps=40, lr=0.05, bias=bias)
    assert scores.dtype == torch.float32
    torch.testing.assert_close(scores, layer(q).detach(), rtol=1e-3, atol=1e-4)


def test_what_is_no_number_gives_none():
    x = torch.full((8, 2), torch.nan)
    assert linear_scores(x, torch.arange(8) % 2, x[:3], steps=3).isnan().all()
