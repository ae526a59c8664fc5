from course_utils import texts
from course_utils.figures import curriculum
from course_utils.lang import pair


def test_map_names_every_lesson_and_fills_those_that_are_written():
    figure = curriculum.course_map()
    drawn = {t.get_text()[:2]: t for t in figure.drawing("en").axes[0].texts}
    numbers = [f"{n:02}" for n in range(1, 13)]
    written = {lesson["number"] for lesson in texts.written_lessons().values()}
    assert set(numbers) <= set(drawn)
    for number in numbers:
        filled = drawn[number].get_color() == "white"
        assert filled == (number in written)
        assert number in figure.description


def test_map_has_every_arrow_and_says_why():
    figure = curriculum.course_map()
    for start, end, why in curriculum.arrows():
        assert f"{start}→{end}" in figure.description
        assert pair(why)[1] in figure.description
    drawn = [
        text for text in figure.drawing("ko").axes[0].texts if getattr(text, "arrow_patch", None)
    ]
    assert len(drawn) == len(curriculum.arrows())


def test_a_lesson_says_its_place_itself(monkeypatch):
    new = {
        "number": "04",
        "map": {"name": ("조각", "Pieces"), "x": 1, "y": 2.4},
        "leads_to": [("12", ("그래서", "because"))],
    }
    monkeypatch.setattr(texts, "written_lessons", lambda: {"patches": new})
    assert curriculum.places()["04"] == (("조각", "Pieces"), 1, 2.4)
    said = [arrow for arrow in curriculum.arrows() if arrow[0] == "04"]
    assert said == [("04", "12", ("그래서", "because"))]  # and nothing that was planned for it
