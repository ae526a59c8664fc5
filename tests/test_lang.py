import bs4
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


def test_switch_hides_the_other_language_and_shows_its_own(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    lang.switch()
    buttons, style = shown[0].children
    assert buttons.value == "en"
    gone = "{}[lang={}]{{display:none!important}}"
    seen = "{}[lang={}]{{display:{}!important}}"
    assert gone.format("div", "ko") in style.value
    assert gone.format("span", "mul") in style.value
    assert seen.format("div", "en", "block") in style.value  # even what was hidden when it was said
    buttons.value = "ko"
    assert gone.format("div", "en") in style.value
    assert seen.format("span", "ko", "inline") in style.value
    assert lang.language() == "ko"
    buttons.value = "both"
    assert "none" not in style.value


@pytest.fixture
def said(monkeypatch):
    """What is displayed when a notebook says something."""
    ipython = pytest.importorskip("IPython")
    bundles = []
    monkeypatch.setattr(ipython, "get_ipython", lambda: "a shell")
    monkeypatch.setattr("IPython.display.display", lambda data, raw: bundles.append(data))
    return bundles


@pytest.mark.parametrize(
    ("choice", "plain", "hidden"),
    [("ko", "가 <\n나", ["en"]), ("en", "a < b", ["ko"]), ("both", "가 <\n나\na < b", [])],
)
def test_a_notebook_keeps_both_languages_of_what_was_said(said, choice, plain, hidden):
    lang.set_language(choice)
    lang.say(ko="가 <\n나", en="a < b")
    (bundle,) = said
    assert bundle["text/plain"] == plain
    for code, text in (("ko", "가 &lt;<br>나"), ("en", "a &lt; b")):
        mark = " hidden" if code in hidden else ""
        assert f'<div lang="{code}"{mark}>{text}</div>' in bundle["text/html"]
    assert lang.text_of(bundle["text/html"]) == plain


HEAD = [("무엇", "what"), ("값 <%>", "value <%>")]
ROWS = [["block1", "7.1%"], [("평균 색", "mean color"), ""]]


@pytest.mark.parametrize(
    ("choice", "plain"),
    [
        ("ko", "무엇  값 <%>\nblock1  7.1%\n평균 색"),
        ("en", "what  value <%>\nblock1  7.1%\nmean color"),
        ("both", "무엇 / what  값 <%> / value <%>\nblock1  7.1%\n평균 색 / mean color"),
    ],
)
def test_a_table_keeps_both_languages_and_names_its_rows(said, choice, plain, capsys, monkeypatch):
    lang.set_language(choice)
    lang.table(HEAD, ROWS)
    (bundle,) = said
    assert bundle["text/plain"] == plain
    soup = bs4.BeautifulSoup(bundle["text/html"], "html.parser")
    assert [len(row.find_all(["th", "td"])) for row in soup.find_all("tr")] == [2, 2, 2]
    assert [th.get_text() for th in soup.select("tbody th")] == ["block1", "평균 색 / mean color"]
    for mark in ("ko", "en"):
        tags = soup.find_all("span", lang=mark)
        assert [tag.get_text() for tag in tags] == [
            pair[mark == "en"] for pair in (*HEAD, ROWS[1][0])
        ]
        assert all(tag.has_attr("hidden") == (choice not in (mark, "both")) for tag in tags)
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    lang.table(HEAD, ROWS)
    assert capsys.readouterr().out == plain + "\n"


@pytest.mark.parametrize("rows", [[["one"]], [["one", "2", "3"]], [["one", "2"], []]])
def test_a_row_with_too_few_or_too_many_texts(rows):
    with pytest.raises(ValueError, match="2") as error:
        lang.table(HEAD, rows)
    assert_bilingual(str(error.value))


def test_on_a_terminal_it_is_printed(capsys):
    lang.set_language("ko")
    lang.say(ko="가", en="a")
    assert capsys.readouterr().out == "가\n"


def test_one_line_has_a_slash_only_where_both_are_shown():
    lang.set_language("both")
    assert lang.text_of(lang.tagged(ko="가", en="a")) == "가 / a"
    lang.set_language("en")
    assert lang.text_of(lang.tagged(ko="가", en="a")) == "a"


def test_text_of_pictures_and_folds():
    html = '<p><b>one</b></p><details><summary>two</summary>3<br>4</details><img alt="x" src="y">'
    assert lang.text_of(html) == "one\ntwo\n3\n4\nx"


def test_alt_texts_of_both_languages():
    picture = f'<p>a</p><img alt="{lang.alt(ko="가 <나>", en="b")}" src="y">'
    assert lang.only(picture, "ko") == '<p>a</p><img alt="가 &lt;나&gt;" src="y">'
    assert lang.only(picture, "en") == '<p>a</p><img alt="b" src="y">'
    for choice, told in (("ko", "가 <나>"), ("en", "b"), ("both", "가 <나> ‖ b")):
        lang.set_language(choice)
        assert lang.text_of(picture) == f"a\n{told}"
    assert lang.alt(ko="a", en="a") == "a"


def test_only_one_language_is_left():
    page = lang.tagged(ko="가", en="a") + lang.tagged(ko="나", en="b", block=True) + "c"
    assert lang.only(page, "ko") == "<span>가</span><div>나</div>c"
    assert lang.only(page, "en") == "<span>a</span><div>b</div>c"


def test_a_language_for_a_block():
    lang.set_language("ko")
    with lang.in_language("en"):
        assert lang.language() == "en"
    assert lang.language() == "ko"
    block = lang.in_language("en")
    block.__enter__()
    assert block.__exit__(RuntimeError, RuntimeError(), None) is not True
    assert lang.language() == "ko"


def test_the_switch_follows_what_is_set_elsewhere(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    lang.switch()
    buttons, style = shown[0].children
    lang.set_language("ko")
    assert buttons.value == "ko"
    assert "div[lang=en]{display:none!important}" in style.value


def test_a_listener_that_fails_does_not_stop_the_others():
    heard = []

    def gone():
        raise NameError("its data are gone")

    lang.on_change(gone)
    lang.on_change(lambda: heard.append(lang.language()))
    lang.set_language("ko")
    lang.set_language("en")
    assert heard == ["ko", "en"]


def test_listeners_hear_of_a_change():
    heard = []
    lang.on_change(lambda: heard.append(lang.language()))
    lang.set_language("ko")
    lang.set_language("both")
    assert heard == ["ko", "both"]
