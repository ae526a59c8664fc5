import pytest

from course_utils import texts
from course_utils.exercises.checking import names
from tests.oracles import assert_bilingual

HINTS = "".join(f"[[exercises.a.hints]]\nko='힌트 {i}'\nen='hint {i}'\n" for i in range(3))
EXERCISE = HINTS + "[exercises.a.otherwise]\nko='{x}'\nen='{x}'\n"
OPTION = "[[quizzes.q.options]]\nko='예'\nen='yes'\nreply_ko='네'\nreply_en='right'\n"
QUIZ = "[quizzes.q]\nko='무엇?'\nen='what?'\n" + 2 * OPTION


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Read texts of a topic that a test writes."""
    monkeypatch.setattr(texts, "LESSONS", tmp_path)

    def read(content):
        (tmp_path / "any").mkdir(exist_ok=True)
        (tmp_path / "any" / "texts.toml").write_text(content, encoding="utf-8")
        texts.of.cache_clear()
        return texts.of("any")

    yield read
    texts.of.cache_clear()


def test_texts_are_pairs(written):
    mistake = "[exercises.a.mistakes.late]\nko='늦음'\nen='late'\n"
    instead = "[exercises.a.instead.shape]\nko='{seen}'\nen='{seen}!'\n"
    found = written(EXERCISE + mistake + instead + QUIZ)
    assert found["exercises"]["a"] == {
        "hints": [(f"힌트 {i}", f"hint {i}") for i in range(3)],
        "mistakes": {"late": ("늦음", "late")},
        "instead": {"shape": ("{seen}", "{seen}!")},
        "otherwise": ("{x}", "{x}"),
    }
    assert found["quizzes"]["q"] == {
        "question": ("무엇?", "what?"),
        "options": [(("예", "yes"), ("네", "right"))] * 2,
    }
    assert written("") == {
        "lesson": None,
        "names": {},
        "memory": {},
        "exercises": {},
        "quizzes": {},
    }


@pytest.mark.parametrize(
    "content",
    [
        "[other]",
        HINTS,  # nothing is said otherwise
        EXERCISE.replace(HINTS, HINTS[: len(HINTS) // 2]),
        EXERCISE + "[exercises.a.mistakes.late]\nko='늦음'\n",
        EXERCISE + "[exercises.a.mistakes.late]\nko='늦음'\nen=''\n",
        EXERCISE + "[exercises.a.mistakes.late]\nko='{n}'\nen='{m}'\n",
        EXERCISE + "[exercises.a.mistakes.late]\nko='늦음'\nen='late'\nfr='tard'\n",
        EXERCISE + "[exercises.a.instead.colour]\nko='색'\nen='colour'\n",
        EXERCISE + "[exercises.a.more]\nko='색'\nen='colour'\n",
        QUIZ.replace(OPTION, "", 1),
        QUIZ.replace("reply_en='right'\n", "", 1),
        QUIZ.replace("en='what?'\n", ""),
        "[lesson]\nnumber='4'\nko='가'\nen='a'\n",  # no place on the map
        "[lesson]\nko='가'\nen='a'\nplay_ko='놀기'\nplay_en='play'\n[lesson.map]\nko='가'\nen='A'\nx=1\ny=2\n",
    ],
)
def test_what_is_missing_unknown_or_unlike_is_refused(written, content):
    with pytest.raises(ValueError) as error:
        written(content)
    assert_bilingual(str(error.value))
    assert "lessons/any/texts.toml" in str(error.value)


def test_what_a_lesson_says_of_itself(written):
    found = written(
        "[lesson]\nnumber='04'\nko='가'\nen='a'\nplay_ko='놀기'\nplay_en='play'\n[lesson.map]\nko='가'\nen='A'\nx=1\ny=2\n"
        "[[lesson.leads_to]]\nnumber='07'\nko='그래'\nen='so'\n[[lesson.leads_to]]\nnumber='08'\n"
        "[[lesson.ask]]\nko='왜'\nen='why'\nbelief_ko='늘'\nbelief_en='always'\n"
    )
    assert found["lesson"] == {
        "number": "04",
        "title": ("가", "a"),
        "play": ("놀기", "play"),
        "map": {"name": ("가", "A"), "x": 1, "y": 2},
        "leads_to": [("07", ("그래", "so")), ("08", ("", ""))],
        "ask": [(("왜", "why"), ("늘", "always"))],
    }
    assert texts.written_lessons() == {"any": found["lesson"]}


def test_placeholders():
    assert texts.placeholders("{a} and {b:.2f}, {{not}} {a}") == {"a", "b"}


@pytest.mark.parametrize("topic", names())
def test_texts_of_the_course(topic):
    """They are read without a fault and stand as literal strings: nothing is escaped."""
    assert texts.of(topic)["exercises"]
    for line in texts.file_of(topic).read_text(encoding="utf-8").splitlines():
        if " = " in line and not line.startswith(("x = ", "y = ")):  # places on the map
            assert line.split(" = ", 1)[1][0] == "'", line
