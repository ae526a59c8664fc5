"""Exercises that name the likely mistake, and claims that can fail: ``checking``, ``claims``."""

from course_utils.exercises.checking import check, hint, show_progress, show_solution
from course_utils.exercises.claims import claim, in_points, in_points_over_seeds, verdict

__all__ = [
    "check",
    "claim",
    "hint",
    "in_points",
    "in_points_over_seeds",
    "show_progress",
    "show_solution",
    "verdict",
]
