"""Two languages: which one the reader wants, and messages that follow it.

The language is what ``set_language`` (or the switch at the top of a lesson) chose last, else the
environment variable ``SSL_COURSE_LANG``, else the locale: Korean where it is Korean, English
elsewhere. ``both`` shows Korean above English.
"""

import locale
import os

LANGUAGES = {"ko": "한국어", "en": "English", "both": "둘 다 · both"}

_chosen: str | None = None


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


def both(*, ko: str, en: str) -> str:
    """Both sentences, Korean above English: what error messages use, whatever the language."""
    return f"{ko}\n{en}"


def t(*, ko: str, en: str) -> str:
    """The sentence in the language in force (both of them, one above the other, for ``both``)."""
    return {"ko": ko, "en": en, "both": both(ko=ko, en=en)}[language()]


def say(*, ko: str, en: str) -> None:
    """Print the sentence in the language in force."""
    print(t(ko=ko, en=en))


def switch():
    """The language switch of a lesson: three buttons that hide the other language's text.

    Works in JupyterLab and Notebook 7. Where scripts of one cell cannot style another (Colab, a
    page with nothing running) both languages simply stay visible.
    """
    import ipywidgets
    from IPython.display import display

    style = ipywidgets.HTML()
    buttons = ipywidgets.ToggleButtons(
        options=[(name, code) for code, name in LANGUAGES.items()], value=language()
    )

    def show(change):
        set_language(change["new"])
        hidden = {"ko": "en", "en": "ko"}.get(change["new"])
        style.value = (
            f"<style>.jp-RenderedHTMLCommon div[lang={hidden}]{{display:none!important}}</style>"
            if hidden
            else ""
        )

    buttons.observe(show, names="value")
    show({"new": buttons.value})
    display(ipywidgets.VBox([buttons, style]))
