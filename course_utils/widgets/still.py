"""The still form of a widget, for pages where nothing runs (GitHub, a saved notebook)."""

import base64
import html
from collections.abc import Mapping

import ipywidgets

from course_utils.figures import style
from course_utils.lang import SAID, text_of

_LIVE = "application/vnd.jupyter.widget-view+json"


def show_with_still(
    widget: ipywidgets.Widget, still: str, pictures: Mapping[str, str] | None = None
) -> None:
    """Display a widget; where it cannot live (GitHub, a saved page) the HTML ``still`` is shown.

    ``pictures``: the alt text of the pictures in it, by language.
    """
    from IPython.display import display

    live = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    bundle = {"text/html": still, "text/plain": text_of(still), _LIVE: live}
    display(bundle, metadata={SAID: dict(pictures)} if pictures else {}, raw=True)


def show_with_figure(box: ipywidgets.Widget, figure: style.Picture, below: str = "") -> None:
    """Display a lab whose still form is a figure, and the HTML ``below`` it."""
    alt = html.escape(figure.description, quote=True)
    picture = base64.b64encode(style.png(figure)).decode()
    still = f'<img alt="{alt}" src="data:image/png;base64,{picture}">{below}'
    show_with_still(box, still, figure.said)
