"""Exercises that name the likely mistake, and claims that can fail: ``checking``, ``claims``."""

from course_utils.exercises.checking import check, hint, show_basics, show_progress, show_solution
from course_utils.exercises.claims import (
    above,
    claim,
    claim_learned,
    folded_claims,
    gain,
    in_words,
    loss,
    verdict,
)

__all__ = [
    "above",
    "check",
    "claim",
    "claim_learned",
    "folded_claims",
    "gain",
    "hint",
    "in_words",
    "loss",
    "show_basics",
    "show_progress",
    "show_solution",
    "verdict",
]
