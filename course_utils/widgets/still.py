"""The still form of a widget, for pages where nothing runs (GitHub, a saved notebook)."""

import ipywidgets

from course_utils.figures.grids import Sheet
from course_utils.figures.style import Picture
from course_utils.lang import text_of

_LIVE = "application/vnd.jupyter.widget-view+json"


def show_with_still(widget: ipywidgets.Widget, still: str) -> None:
    """Display a widget; where it cannot live (GitHub, a saved page) the HTML ``still`` is shown."""
    from IPython.display import display

    live = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    display({"text/html": still, "text/plain": text_of(still), _LIVE: live}, raw=True)


def show_with_figure(box: ipywidgets.Widget, figure: Picture | Sheet, below: str = "") -> None:
    """Display a lab whose still form is a figure, and the HTML ``below`` it."""
    show_with_still(box, figure.html() + below)
