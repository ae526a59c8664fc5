import re
from pathlib import Path

from course_utils.figures import curriculum


def test_map_names_every_lesson_and_fills_those_that_are_written():
    figure = curriculum.course_map(curriculum.WRITTEN)
    texts = {t.get_text()[:2]: t for t in figure.axes[0].texts}
    numbers = [f"{n:02}" for n in range(1, 13)]
    assert set(numbers) <= set(texts)
    for number in numbers:
        filled = texts[number].get_color() == "white"
        assert filled == (number in curriculum.WRITTEN)
        assert number in figure.description


def test_map_has_every_arrow_and_says_why():
    figure = curriculum.course_map(curriculum.WRITTEN)
    for start, end, why in curriculum.LEADS_TO:
        assert f"{start}→{end}" in figure.description
        assert why in figure.description
    arrows = [text for text in figure.axes[0].texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == len(curriculum.LEADS_TO) + 5  # and one to each lesson on images


def test_written_lessons_are_those_in_the_folder():
    folder = Path(__file__).parents[2] / "notebooks"
    there = {re.match(r"\d\d", p.name)[0] for p in folder.glob("[0-9]*.ipynb")}
    assert set(curriculum.WRITTEN) == there
