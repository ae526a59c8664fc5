"""How GitHub shows a notebook: as a document, nothing running, cleaned of all that might run or disguise."""

import html
import re

import bleach
from nbconvert.filters import markdown2html

# The allowlist of GitHub's own sanitiser (its html-pipeline), as far as a notebook may use it; no ``style``,
# no ``class``, no ``data-…``, no ``id``. Pictures of outputs come as data.
TAGS = set(
    "h1 h2 h3 h4 h5 h6 br b i strong em a pre code img tt div ins del sup sub p picture ol ul table thead "
    "tbody tfoot blockquote dl dt dd kbd q samp var hr ruby rt rp li tr td th s strike summary details "
    "caption figure figcaption abbr bdo cite dfn mark small source span time wbr".split()
)
ATTRIBUTES = {
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
    "td": ["colspan", "rowspan"],
    "*": ["align", "dir", "lang", "title", "open", "start", "width"],
}
RICHEST = ("text/html", "image/png", "text/plain")


def cleaned(markup: str) -> str:
    """The HTML after the sanitiser."""
    return bleach.clean(
        markup, tags=TAGS, attributes=ATTRIBUTES, protocols={"http", "https", "data"}, strip=True
    )


def of_cell(cell) -> str:
    """A cell as HTML before it is cleaned."""
    if cell.cell_type == "markdown":
        return markdown2html(cell.source)
    parts = [f"<pre>{html.escape(cell.source)}</pre>"]
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(f"<pre>{html.escape(output.text)}</pre>")
            continue
        kind = next(kind for kind in RICHEST if kind in output.data)
        content = output.data[kind]
        if kind == "image/png":
            alt = html.escape(output.metadata[kind]["alt"], quote=True)
            content = f'<img alt="{alt}" src="data:image/png;base64,{"".join(content.split())}">'
        elif kind == "text/plain":
            content = f"<pre>{html.escape(content)}</pre>"
        parts.append(content)
    return "\n".join(parts)


def words(markup: str) -> list[str]:
    """What can be read."""
    return html.unescape(re.sub(r"<[^>]+>", " ", markup)).split()


def page(lesson, *, dark: bool) -> str:
    """The whole lesson on a page with GitHub's colours."""
    ink, paper, code = ("#e6edf3", "#0d1117", "#151b23") if dark else ("#1f2328", "#ffffff", "#f6f8fa")  # fmt: skip
    body = "\n".join(cleaned(of_cell(cell)) for cell in lesson.cells)
    return (
        f'<!doctype html><meta charset="utf-8"><style>body{{color:{ink};background:{paper};'
        "font:16px/1.5 sans-serif;max-width:900px;margin:2em auto}"
        f"pre{{background:{code};padding:1em;overflow:auto;font-size:13px}}img{{max-width:100%}}"
        f"td,th{{border:1px solid #888;padding:4px 10px}}table{{border-collapse:collapse}}</style>{body}"
    )
