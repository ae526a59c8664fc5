"""Measures of a lesson's core, what is not under *Go deeper*: words, figures, lines of a cell, minutes."""

import re

from course_utils import texts
from course_utils.workshop import notebooks
from tests.notebooks import parity

FIGURE = {"ssl_course": {"figure": True}}
# Cells that hold the method itself may have 30 lines, all others 20.
METHOD = {
    "01_why_ssl": set(),
    "03_rotation": {"fit-rotation"},
    "05_colorization": {"fit-color"},
    "07_contrastive": {"fit-contrastive"},
}


def core(lesson):
    """The cells before *Go deeper*."""
    ids = [cell.id for cell in lesson.cells]
    return lesson.cells[: ids.index("deeper")]


def words(lesson, topic):
    """English words of the core, captions and quizzes included."""
    prose = " ".join(
        parity.prose(parity.blocks(c.source)["en"])
        for c in core(lesson)
        if c.cell_type == "markdown"
    )
    asked = set(re.findall(rf'quiz\("{topic}\.(\w+)"\)', "\n".join(c.source for c in core(lesson))))
    quizzes = [q for name, q in texts.of(topic)["quizzes"].items() if name in asked]
    said = " ".join(
        " ".join([q["question"][1], *(text[1] for option in q["options"] for text in option)])
        for q in quizzes
    )
    return len(f"{prose} {said}".split())


def figures(lesson):
    """Figures of the core."""
    outputs = [o for c in core(lesson) if c.cell_type == "code" for o in c.outputs]
    return sum(o.get("metadata", {}) == FIGURE for o in outputs)


def lines(lesson):
    """Lines of every code cell, by its id; the first one, which installs, is every lesson's."""
    return {
        c.id: len(c.source.splitlines())
        for c in lesson.cells
        if c.cell_type == "code" and notebooks.SETUP_TAG not in c.metadata.get("tags", [])
    }


def minutes(lesson, topic):
    """Minutes of the core, by one rule for all lessons.

    200 words a minute; a quarter of a minute a figure, three minutes an exercise, one and a half a game,
    half a minute a question, and what it takes to run.
    """
    source = "\n".join(c.source for c in core(lesson) if c.cell_type == "code")
    exercises = len(re.findall(r"= check\(", source))
    games = len(re.findall(r"\.game\(|game\.Game\(|minute\.Minute\(", source))
    questions = len(re.findall(r"questions\.quiz\(", source))
    ran = lesson.metadata[notebooks.STAMP]["seconds"] / 60
    read = words(lesson, topic) / 200 + figures(lesson) / 4
    return read + 3 * exercises + 1.5 * games + questions / 2 + ran
