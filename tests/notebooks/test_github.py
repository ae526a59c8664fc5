"""Lessons as GitHub shows them, and as those read them who cannot see them."""

import itertools
import re

import nbformat
import pytest

from tests.notebooks import github, parity
from tests.notebooks.test_lessons import LESSONS


@pytest.fixture(params=LESSONS, ids=lambda p: p.stem)
def lesson(request):
    return nbformat.read(request.param, as_version=4)


def test_cleaning_takes_nothing_that_can_be_read(lesson):
    for cell in lesson.cells:
        before = github.of_cell(cell)
        after = github.cleaned(before)
        assert github.words(after) == github.words(before), cell.id
        for tag in ("h1", "h2", "h3", "table", "li", "details", "pre", "img", "div", "strong"):
            count = lambda markup, tag=tag: len(re.findall(rf"<{tag}\b", markup))  # noqa: E731
            assert count(after) == count(before), (cell.id, tag)
        sources = [re.findall(r'src="([^"]{0,200})', x) for x in (before, after)]
        assert sources[0] == sources[1], cell.id


def test_outputs_hold_nothing_that_is_cleaned_away(lesson):
    """Styles and scripts would be gone there, and what leans on them would look broken."""
    for cell in lesson.cells:
        for output in cell.get("outputs", []):
            page = output.get("data", {}).get("text/html", "")
            assert not re.search(r"<(style|script|link|iframe|svg|button|input)\b|\sstyle=|\son\w+=", page), cell.id  # fmt: skip


def test_the_sanitiser_does_clean():
    planted = '<div lang="ko" style="color:red" onclick="x()">가<script>1</script><style>b{}</style></div>'
    assert github.cleaned(planted) == '<div lang="ko">가1b{}</div>'
    assert github.cleaned('<img src="javascript:x">') == "<img>"


def test_headings_go_down_one_step_at_a_time(lesson):
    """A screen reader's list of headings is the table of contents."""
    for language in ("ko", "en"):
        text = "\n".join(
            parity.FENCE.sub("", parity.blocks(c.source)[language])
            for c in lesson.cells
            if c.cell_type == "markdown"
        )
        levels = [len(marks) for marks in re.findall(r"^(#{1,6})\s", text, re.M)]
        assert levels[0] == 1 and levels.count(1) == 2  # the lesson, and "Go deeper"
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), levels


def test_every_picture_has_an_alt_text(lesson):
    for cell in lesson.cells:
        for picture in re.findall(r"<img[^>]*>", github.of_cell(cell)):
            assert re.search(r'alt="[^"]{8,}"', picture), (cell.id, picture[:80])


def test_links_say_where_they_lead(lesson):
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            for text, _ in parity.LINK.findall(cell.source):
                assert text.strip().lower() not in {"", "여기", "here", "링크", "link"}, cell.id
