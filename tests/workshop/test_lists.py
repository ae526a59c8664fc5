import re
from pathlib import Path

import pytest

from course_utils import texts
from course_utils.figures import curriculum
from course_utils.workshop import lists, notebooks
from tests.oracles import assert_bilingual

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", [lists.README, lists.TEACHING])
def test_the_lists_of_both_pages_are_those_of_the_lessons(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert lists.with_lists(text) == text, "run python -m course_utils lists"


def test_every_lesson_says_its_number_and_topic():
    """The number is that of its notebook, and every notebook has its texts."""
    there = {path.stem[3:]: path.stem[:2] for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    said = {topic: lesson["number"] for topic, lesson in texts.written_lessons().items()}
    assert said == there
    assert not set(curriculum.PLANNED_TITLES) & set(there.values())


def test_every_lesson_has_a_question_for_the_class():
    assert all(lesson["ask"] for lesson in texts.written_lessons().values())


def test_a_list_is_written_between_its_comments_and_nowhere_else(tmp_path, monkeypatch):
    new = {"number": "04", "title": ("새 강의", "New"), "ask": [(("왜?", "why?"), ("전", "old"))]}
    monkeypatch.setattr(texts, "written_lessons", lambda: {"patches": new})
    monkeypatch.setattr(curriculum, "PLANNED_TITLES", {"05": ("다음", "Next")})
    (tmp_path / "notebooks").mkdir()
    page = "before\n<!-- {0} -->\n| a | b |\n|---|---|\n| old |\n<!-- /{0} -->\nafter\n"
    (tmp_path / lists.README).write_text(page.format("lessons:en"), encoding="utf-8")
    (tmp_path / lists.TEACHING).write_text(page.format("questions:ko"), encoding="utf-8")
    assert lists.write_lists(tmp_path) == [tmp_path / lists.README, tmp_path / lists.TEACHING]
    assert (tmp_path / lists.README).read_text(encoding="utf-8") == (
        "before\n<!-- lessons:en -->\n| a | b |\n|---|---|\n"
        "| 04 | [New](notebooks/04_patches.ipynb) | complete |\n| 05 | Next | planned |\n"
        "<!-- /lessons:en -->\nafter\n"
    )
    assert "| 04 | 왜? | 전 |\n<!--" in (tmp_path / lists.TEACHING).read_text(encoding="utf-8")
    assert lists.write_lists(tmp_path) == []


def test_the_first_lessons_cover_holds_the_map():
    """Every lesson, column by column; what is written can be opened, and is there."""
    cell = notebooks.opened(ROOT / lists.DOOR).cells[0].source
    assert lists.with_map(cell) == cell, "run python -m course_utils lists"
    for language, name in (("ko", "회전"), ("en", "Rotation")):
        line = lists.map_line(language)
        assert line in cell
        links = re.findall(r"\[(\d\d) [^]]+\]\(([\w.]+)\)", line)
        assert [file[:2] for _, file in links] == [number for number, _ in links]
        assert all((ROOT / "notebooks" / file).is_file() for _, file in links)
        assert f"[03 {name}](03_rotation.ipynb)" in line
        columns = {number: x for number, (_, x, _) in curriculum.places().items()}
        listed = re.findall(r"\b(\d\d) ", line)
        assert sorted(listed) == sorted(columns)
        assert [columns[number] for number in listed] == sorted(columns.values())


def test_a_comment_without_its_partner_is_told():
    with pytest.raises(ValueError) as error:
        lists.with_lists("<!-- lessons:ko -->\n| a |\n|---|\n")
    assert_bilingual(str(error.value))
