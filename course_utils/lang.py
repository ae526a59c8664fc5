"""Two languages: which one the reader wants, and messages that follow it.

The language is what ``set_language`` (or the switch at the top of a lesson) chose last, else the
environment variable ``SSL_COURSE_LANG``, else the locale: Korean where it is Korean, English
elsewhere. ``both`` shows Korean above English.

In a notebook what is said is kept in both languages and only that of the language in force is
visible, so the switch works on what was said before, too, and an edition in one language can be
cut out.
"""

import contextlib
import html
import locale
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

LANGUAGES = {"ko": "한국어", "en": "English", "both": "둘 다 · both"}

# A string that serves both languages (a number, a name in the figures), or Korean and English.
Text = str | tuple[str, str]

# What stands between the two where both are shown; "mul" is the code for several languages.
BETWEEN = "mul"
# Between the two halves of an alt text that serves both languages.
_ALT = " ‖ "

# A block or a line of HTML that is marked with its language.
MARKED = re.compile(r'<(div|span) lang="(\w+)"(?: hidden)?>(.*?)</\1>', re.S)

# Photographs in a table stand in the middle, as their words do; Jupyter sets tables to the right.
CENTRED = ".jp-RenderedHTMLCommon td[align=center]{text-align:center}"

_chosen: str | None = None
_listeners: list[Callable[[], None]] = []


def _checked(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(
            both(
                ko=f"지원하지 않는 언어입니다({language!r}). ko, en, both 가운데 하나를 고르세요.",
                en=f"Unknown language {language!r}. Choose ko, en or both.",
            )
        )
    return language


def language() -> str:
    """The language in force: ``"ko"``, ``"en"`` or ``"both"``.

    Raises ``ValueError`` if ``SSL_COURSE_LANG`` holds anything else.
    """
    if _chosen is not None:
        return _chosen
    asked = os.environ.get("SSL_COURSE_LANG")
    if asked:
        return _checked(asked)
    return "ko" if (locale.getlocale()[0] or "").lower().startswith("ko") else "en"


def set_language(choice: str) -> None:
    """Choose ``"ko"``, ``"en"`` or ``"both"`` for the rest of this process."""
    global _chosen
    _chosen = _checked(choice)
    for listener in list(_listeners):
        try:
            listener()
        except Exception:
            # A lab from a cell that was run again, whose data are gone, must not stop the others.
            _listeners.remove(listener)


@contextlib.contextmanager
def in_language(choice: str) -> Iterator[None]:
    """Another language for a block: what is drawn or said in it, and nothing else."""
    global _chosen
    before, _chosen = _chosen, _checked(choice)
    try:
        yield
    finally:
        _chosen = before


def on_change(listener: Callable[[], None]) -> None:
    """Call ``listener`` whenever a language is chosen: widgets write their labels anew."""
    _listeners.append(listener)


def both(*, ko: str, en: str) -> str:
    """Both sentences, Korean above English: what error messages use, whatever the language."""
    return f"{ko}\n{en}"


def t(*, ko: str, en: str) -> str:
    """The sentence in the language in force (both of them, one above the other, for ``both``)."""
    return {"ko": ko, "en": en, "both": both(ko=ko, en=en)}[language()]


def _hidden(mark: str) -> bool:
    return language() != "both" and mark != language()


def tagged(*, ko: str, en: str, block: bool = False) -> str:
    """Both plain texts as HTML, each marked with its language; visible is the language in force.

    ``block``: one paragraph each, line breaks kept. Otherwise both stand in one line, a slash
    between them.
    """
    tag = "div" if block else "span"
    texts = [("ko", ko), (BETWEEN, " / "), ("en", en)]
    return "".join(
        f'<{tag} lang="{mark}"{" hidden" if _hidden(mark) else ""}>'
        + html.escape(text).replace("\n", "<br>")
        + f"</{tag}>"
        for mark, text in texts
        if not (block and mark == BETWEEN)
    )


def marked(*, ko: str, en: str, block: bool = False) -> str:
    """Two pieces of HTML, each marked with its language as by ``tagged``."""
    return tagged(ko="{ko}", en="{en}", block=block).replace("{ko}", ko).replace("{en}", en)


def alt(*, ko: str, en: str) -> str:
    """The alt text of a picture that serves both languages, for an attribute of HTML."""
    return html.escape(f"{ko}{_ALT}{en}" if ko != en else ko, quote=True)


def only(text: str, choice: str) -> str:
    """HTML without what is marked with another language than ``choice``, which loses its mark."""

    def one(mark: re.Match) -> str:
        return f"<{mark[1]}>{mark[3]}</{mark[1]}>" if mark[2] == choice else ""

    def half(attribute: re.Match) -> str:
        return f'alt="{attribute[1 if choice == "ko" else 2]}"'

    text = MARKED.sub(one, text)
    return re.sub(rf'alt="([^"]*?){_ALT}([^"]*)"', half, text)


def text_of(markup: str) -> str:
    """What HTML made with ``marked`` says where it is visible, as plain text."""
    seen = re.sub(r"<(\w+) [^>]*hidden>.*?</\1>", "", markup, flags=re.S)
    if language() != "both":
        seen = only(seen, language())
    seen = re.sub(r'<img alt="([^"]*)"[^>]*>', r"\1  ", seen)
    seen = re.sub(r"<img[^>]*>|</t[hd]>", "  ", seen)
    lines = re.sub(r"<br>|</(?:div|p|li|tr|summary|details)>", "\n", seen).splitlines()
    text = (html.unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in lines)
    return "\n".join(line for line in text if line)


def pair(text: Text) -> tuple[str, str]:
    """Korean and English of a text: itself, or the same twice where one string serves both."""
    return (text, text) if isinstance(text, str) else text


def _show(plain: str, marked: str) -> None:
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(plain)
        return
    ipython.display.display({"text/plain": plain, "text/html": marked}, raw=True)


def say(*, ko: str, en: str) -> None:
    """Say the sentence in the language in force: in a notebook below the cell, else on the
    terminal.
    """
    _show(t(ko=ko, en=en), tagged(ko=ko, en=en, block=True))


def say_folded(title: tuple[str, str], lines: Iterable[tuple[str, str]]) -> None:
    """Say one line, with others folded under it; pairs of Korean and English.

    Where nothing can be folded the lines stand below it.
    """
    inner = "".join(tagged(ko=ko, en=en, block=True) for ko, en in lines)
    markup = f"<details><summary>{tagged(ko=title[0], en=title[1])}</summary>{inner}</details>"
    _show(text_of(markup), markup)


def table(head: Sequence[Text], rows: Iterable[Sequence[Text]]) -> None:
    """Say a table in the language in force; the first column names the rows.

    Raises ``ValueError`` where a row has not as many texts as ``head``.
    """

    def cell(text: Text, tag: str) -> str:
        ko, en = pair(text)
        return f"<{tag}>{html.escape(ko) if ko == en else tagged(ko=ko, en=en)}</{tag}>"

    def line(texts: Sequence[Text], tag: str) -> str:
        if len(texts) != len(head):
            raise ValueError(
                both(
                    ko=f"표의 열은 {len(head)}개인데 한 줄에 {len(texts)}개가 있습니다.",
                    en=f"The table has {len(head)} columns, but one of its rows has {len(texts)}.",
                )
            )
        name, *values = texts
        cells = [cell(name, "th"), *(cell(value, tag) for value in values)]
        return f"<tr>{''.join(cells)}</tr>"

    body = "".join(line(row, "td") for row in rows)
    markup = f"<table><thead>{line(head, 'th')}</thead><tbody>{body}</tbody></table>"
    _show(text_of(markup), markup)


def _style(choice: str) -> str:
    """CSS that shows the language of ``choice`` in the whole notebook, whatever was hidden."""
    shown = {"ko": ["ko"], "en": ["en"], "both": ["ko", BETWEEN, "en"]}[choice]
    rules = [
        f".jp-RenderedHTMLCommon {tag}[lang={mark}]"
        + (f"{{display:{display}!important}}" if mark in shown else "{display:none!important}")
        for mark in ("ko", BETWEEN, "en")
        for tag, display in (("div", "block"), ("span", "inline"))
    ]
    return f"<style>{''.join(rules)}{CENTRED}</style>"


def switch():
    """The language switch of a lesson: three buttons that hide the other language's text.

    Works in JupyterLab and Notebook 7. Where scripts of one cell cannot style another (Colab, a
    page with nothing running) both languages of the text stay visible, and what is said from then
    on follows the buttons all the same.
    """
    import ipywidgets
    from IPython.display import display

    style = ipywidgets.HTML(value=_style(language()))
    buttons = ipywidgets.ToggleButtons(
        options=[(name, code) for code, name in LANGUAGES.items()], value=language()
    )

    def follow():
        style.value, buttons.value = _style(language()), language()

    buttons.observe(lambda change: set_language(change["new"]), names="value")
    on_change(follow)
    display(ipywidgets.VBox([buttons, style]))
