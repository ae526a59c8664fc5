"""Statements of findings in both languages, each resting on recorded values over the same seeds."""

import torch

from course_utils.evaluate import comparisons
from course_utils.exercises import claim, folded_claims, gain
from course_utils.lang import Text


def over(arm: torch.Tensor, floor: torch.Tensor) -> comparisons.Effect:
    """How far an arm is above another one, over the seeds that both have: one value a seed."""
    n = min(len(arm), len(floor))
    return comparisons.over_seeds(arm[:n], floor[:n])


def with_interval(effect: comparisons.Effect) -> Text:
    """A difference of shares in points with its interval, in both languages."""
    value, low, high = (f"{100 * x:+.1f}" for x in effect)
    return f"{value} ({low}부터 {high}까지)", f"{value} ({low} to {high})"


def checked(*rows: tuple[str, str, torch.Tensor, torch.Tensor], points: bool = True) -> None:
    """Statements in both languages, each with the values that have to be above others."""
    with folded_claims():
        for ko, en, more, less in rows:
            claim(ko=ko, en=en, by=gain(over(more, less), points=points))
