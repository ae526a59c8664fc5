"""Answers are tried as their lesson uses them: a loss has to train, a function is no result."""

import pytest
import torch

from course_utils.exercises import check, checking

NAMES = [f"{topic}.{name}" for topic, names in checking.names().items() for name in names]
CODES = {name: checking.find(name).observe.__code__ for name in NAMES}
LOSSES = [
    n for n, code in CODES.items() if "loss_of" in code.co_names or "trains" in code.co_consts
]

# What a right value may be that nothing can be learned from.
SPOILT = {
    "item": lambda loss: loss.item(),
    "float": lambda loss: float(loss),
    "numpy": lambda loss: loss.detach().numpy(),
    "detached": lambda loss: loss.detach(),
    "made anew": lambda loss: torch.tensor(loss.item(), requires_grad=True),
}


def test_losses_are_those_that_are_observed_to_train():
    trains = [n for n in NAMES if any("trains" in facts for facts in checking.known(n).reference)]
    assert trains == LOSSES and len(LOSSES) >= 3


@pytest.mark.parametrize("how", sorted(SPOILT))
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_that_does_not_train_is_refused(name, how, capsys):
    reference = checking.find(name).reference

    def answer(*arguments, **options):
        return SPOILT[how](reference(*arguments, **options))

    assert check(name, answer) is reference
    assert "look again" in capsys.readouterr().out


@pytest.mark.parametrize("result", [torch.zeros(3), 0.5, [1, 2], (torch.zeros(1), 2), "text", None])
@pytest.mark.parametrize("name", NAMES)
def test_a_result_in_place_of_a_function_is_told(name, result, capsys):
    assert check(name, result) is checking.find(name).reference
    told = capsys.readouterr().out
    assert "not a function" in told and "without brackets" in told
