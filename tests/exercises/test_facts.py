import math

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.exercises.facts import (
    RETURNED,
    Share,
    Untouched,
    alike,
    as_tensor,
    facts_of,
    results_of,
    share,
)


def seen_of(answer, *names, reference=None, **how):
    """The facts of an answer that is handed one tensor ``x`` and a module ``net``."""

    def observe():
        results = yield from results_of(
            answer, {"x": torch.ones(2, 3), "net": nn.BatchNorm1d(3)}, *names, **how
        )
        yield "first", float(results[0].detach().sum())

    return facts_of(observe(), reference)


def test_what_is_said_of_two_results():
    seen = seen_of(lambda x, net: (2 * x, torch.arange(2)), "doubled", "numbers")
    assert seen == {
        "changed": "",
        "results": 2,
        "doubled_kind": "tensor",
        "doubled_axes": 2,
        "doubled_shape": (2, 3),
        "doubled_dtype": "float32",
        "doubled_device": "cpu",
        "numbers_kind": "tensor",
        "numbers_axes": 1,
        "numbers_shape": (2,),
        "numbers_dtype": "int64",
        "numbers_device": "cpu",
        RETURNED: True,
        "first": 12.0,
    }
    as_list = seen_of(lambda x, net: [2 * x, torch.arange(2)], "doubled", "numbers")
    assert as_list == seen


@pytest.mark.parametrize("nothing", [None, ...])
def test_a_stub_is_untouched(nothing):
    with pytest.raises(Untouched):
        seen_of(lambda x, net: nothing, "y")


@pytest.mark.parametrize(
    ("answer", "changed"),
    [
        (lambda x, net: x.add_(1), "x"),
        (lambda x, net: net(x), "net"),
        (lambda x, net: net(x.mul_(2)), "x, net"),
        (lambda x, net: net.eval()(x), ""),
    ],
)
def test_what_was_handed_in_and_changed(answer, changed):
    assert seen_of(answer, "y")["changed"] == changed


def test_the_case_itself_is_never_changed():
    x = torch.ones(2)
    list(results_of(lambda x: x.add_(1), {"x": x}, "y"))
    assert torch.equal(x, torch.ones(2))


def test_gradients_flow_to_what_was_handed_in():
    weight = torch.ones(2, requires_grad=True)
    observed = results_of(lambda x: (x**2).sum(), {"x": weight}, "y")
    try:
        while True:
            next(observed)
    except StopIteration as end:
        (y,) = end.value
    y.backward()
    assert weight.grad.tolist() == [2, 2]


def test_too_many_or_too_few_results():
    assert seen_of(lambda x, net: x, "a", "b", reference={"results": 2})["results"] == 1
    assert seen_of(lambda x, net: (x, x, x), "a", "b", reference={"results": 2})["results"] == 3


def test_with_another_shape_nothing_more_is_looked_at():
    right = seen_of(lambda x, net: x, "y")
    assert "first" in right
    assert "first" in seen_of(lambda x, net: 3 * x, "y", reference=right)
    assert "first" not in seen_of(lambda x, net: x.T, "y", reference=right)
    assert "first" not in seen_of(lambda x, net: x.add_(1), "y", reference=right)
    assert "first" not in seen_of(lambda x, net: "x", "y", reference=right)
    # Another type is no reason to stop.
    assert "first" in seen_of(lambda x, net: x.double(), "y", reference=right)


def test_numbers_and_kinds_of_numbers():
    loose = {"numbers": True, "exact": False}
    for answer, dtype, shape in (
        (lambda x, net: 3, "int", ()),
        (lambda x, net: 0.5, "float", ()),
        (lambda x, net: [1, 2], "int", (2,)),
        (lambda x, net: np.ones(4, np.float16), "float", (4,)),
        (lambda x, net: torch.ones(1, dtype=torch.bool), "bool", (1,)),
    ):
        seen = seen_of(answer, "y", **loose)
        assert (seen["y_dtype"], seen["y_shape"]) == (dtype, shape)
    assert (
        seen_of(lambda x, net: "three", "y", reference={"y_kind": "tensor"}, **loose)["y_kind"]
        == "str"
    )
    assert seen_of(lambda x, net: [1], "y", reference={"y_kind": "tensor"})["y_kind"] == "list"


def test_as_tensor_leaves_what_is_none():
    assert as_tensor([1.0, 2.0]).tolist() == [1, 2]
    assert as_tensor("abc") == "abc"
    assert as_tensor([torch.ones(2), torch.ones(3)])[0].tolist() == [1, 1]


# ------------------------------------------------------------ when facts are the same


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1.0, 1.0005, True),
        (1.0, 1.01, False),
        (0.0, 5e-5, True),
        (math.nan, math.nan, True),
        (1.0, 1, False),
        (1, 2, False),
        ("a", "a", True),
        ([1, 2], [1, 2], True),
        ([1, 2], [2, 1], False),
        (True, 1, False),
        (None, torch.ones(1), False),
        (torch.ones(2), torch.ones(3), False),
        (torch.ones(2), torch.ones(2) + 1e-5, True),
        (torch.ones(2), torch.ones(2) + 0.1, False),
        (torch.ones(2).double(), torch.ones(2), True),
    ],
)
def test_alike(a, b, same):
    assert alike(a, b) is same
    assert alike(b, a) is same


def test_shares_are_compared_within_chance():
    generator = torch.Generator().manual_seed(0)
    draws = [share(torch.rand(2000, generator=generator) < 0.15) for _ in range(200)]
    assert all(alike(draw, Share(150_000, 1_000_000)) for draw in draws)
    assert not any(alike(draw, Share(220_000, 1_000_000)) for draw in draws)
    assert alike(Share(0, 0), Share(0, 0))
    assert f"{Share(3, 4):.0%}" == "75%"
