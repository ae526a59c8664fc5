"""Labels of widgets: in the language in force, written anew when the reader chooses another."""

import html
from collections.abc import Callable, Sequence

import ipywidgets

from course_utils.lang import language, on_change, t


def one_line(*, ko: str, en: str) -> str:
    """A text for one line of a widget: both languages side by side when both are shown."""
    return f"{ko} / {en}" if language() == "both" else t(ko=ko, en=en)


def html_lines(text: str) -> str:
    """Plain text as HTML, its line breaks kept."""
    return "<br>".join(html.escape(line) for line in text.splitlines())


def keep_in_language(write: Callable[[], None]) -> None:
    """Write a label now, and again whenever another language is chosen."""
    write()
    on_change(write)


def described(part: ipywidgets.Widget, *, ko: str, en: str) -> ipywidgets.Widget:
    """The widget itself, its label in the language in force."""

    def write():
        part.description = one_line(ko=ko, en=en)

    keep_in_language(write)
    return part


def offer(
    chooser: ipywidgets.Widget,
    options: Sequence[tuple[str, str, object]],
    chosen: object,
    react: Callable[[dict], None],
) -> None:
    """Give a chooser its options, (Korean, English, value) each, of which ``chosen`` is chosen.

    ``react`` hears what the reader chooses. It does not hear that the labels were written anew, for
    which ipywidgets chooses the first option.
    """

    def write(value):
        chooser.options = [(one_line(ko=ko, en=en), meant) for ko, en, meant in options]
        chooser.value = value

    def rewrite():
        chooser.unobserve(react, names="value")
        write(chooser.value)
        chooser.observe(react, names="value")

    write(chosen)
    chooser.observe(react, names="value")
    on_change(rewrite)
