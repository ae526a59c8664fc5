"""Small interactive parts of a lesson. Each also has a still form, for pages where nothing runs."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets

from course_utils.lang import language, t

_LIVE = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Option:
    """One answer to a question, and what is said to whoever chooses it, in both languages."""

    ko: str
    en: str
    reply_ko: str
    reply_en: str


def _line(*, ko: str, en: str) -> str:
    """A text for one line of a widget: both languages side by side when both are shown."""
    return f"{ko} / {en}" if language() == "both" else t(ko=ko, en=en)


def show_with_still(widget: ipywidgets.Widget, still: str) -> None:
    """Display a widget; where it cannot live (GitHub, a saved page) the HTML ``still`` is shown."""
    from IPython.display import display

    live = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    display({"text/html": still, "text/plain": repr(widget), _LIVE: live}, raw=True)


def choose(*, ko: str, en: str, options: Sequence[Option]) -> ipywidgets.VBox:
    """Ask a question; whichever option is chosen gets its explanation. Shows and returns the box.

    The still form lists the options, each with its explanation folded under it.
    """
    radio = ipywidgets.RadioButtons(
        options=[(_line(ko=o.ko, en=o.en), i) for i, o in enumerate(options)],
        value=None,
        layout=ipywidgets.Layout(width="100%"),
    )
    reply = ipywidgets.HTML()

    def explain(change):
        if change["new"] is not None:
            chosen = options[change["new"]]
            text = t(ko=chosen.reply_ko, en=chosen.reply_en)
            reply.value = "<br>".join(html.escape(line) for line in text.splitlines())

    radio.observe(explain, names="value")
    question = ipywidgets.HTML(f"<b>{html.escape(_line(ko=ko, en=en))}</b>")
    box = ipywidgets.VBox([question, radio, reply])
    show_with_still(box, _still(ko, en, options))
    return box


def _still(ko: str, en: str, options: Sequence[Option]) -> str:
    folded = "".join(
        f"<details><summary>{html.escape(_line(ko=o.ko, en=o.en))}</summary>"
        + "".join(f"<p>{html.escape(x)}</p>" for x in t(ko=o.reply_ko, en=o.reply_en).splitlines())
        + "</details>"
        for o in options
    )
    return f"<p><b>{html.escape(_line(ko=ko, en=en))}</b></p>{folded}"
