import pytest

from course_utils import lang
from tests.oracles import assert_bilingual


@pytest.fixture
def fresh(monkeypatch):
    """As in a new process: nobody has chosen yet."""
    monkeypatch.setattr(lang, "_chosen", None)


@pytest.mark.parametrize(
    ("asked", "place", "expected"),
    [
        ("ko", "en_US", "ko"),
        ("en", "ko_KR", "en"),
        ("both", "ko_KR", "both"),
        (None, "ko_KR", "ko"),
        (None, "Korean_Korea", "ko"),
        (None, "de_DE", "en"),
        (None, None, "en"),
        ("", "ko_KR", "ko"),
    ],
)
@pytest.mark.usefixtures("fresh")
def test_language_from_environment_then_locale(monkeypatch, asked, place, expected):
    if asked is not None:
        monkeypatch.setenv("SSL_COURSE_LANG", asked)
    monkeypatch.setattr(lang.locale, "getlocale", lambda: (place, "UTF-8"))
    assert lang.language() == expected


@pytest.mark.usefixtures("fresh")
def test_choice_stands_above_environment(monkeypatch):
    monkeypatch.setenv("SSL_COURSE_LANG", "ko")
    lang.set_language("en")
    assert lang.t(ko="가", en="a") == "a"
    lang.set_language("both")
    assert lang.t(ko="가", en="a") == "가\na"


@pytest.mark.usefixtures("fresh")
def test_unknown_language(monkeypatch):
    with pytest.raises(ValueError, match="'fr'") as error:
        lang.set_language("fr")
    assert_bilingual(str(error.value))
    monkeypatch.setenv("SSL_COURSE_LANG", "klingon")
    with pytest.raises(ValueError, match="klingon"):
        lang.language()


def test_switch_hides_the_other_language(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    lang.switch()
    buttons, style = shown[0].children
    assert buttons.value == "en"
    assert "div[lang=ko]" in style.value
    buttons.value = "ko"
    assert "div[lang=en]" in style.value
    assert lang.language() == "ko"
    buttons.value = "both"
    assert style.value == ""
