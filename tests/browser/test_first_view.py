"""What a newcomer sees before any cell is run: one language, no question, title and riddle on one screen."""

import re

import pytest

from course_utils.workshop import editions, start
from tests.browser.lab import ROOT, SCREENSHOTS, Server

SCREEN = {"width": 1280, "height": 800}


@pytest.fixture(scope="module", params=["ko", "en"])
def first(request, tmp_path_factory):
    """A server as ``make lab`` starts it for a reader of one language, with an edition beside the lessons."""
    server = Server(tmp_path_factory.mktemp("first"), language=request.param)
    server.language, server.other = request.param, {"ko": "en", "en": "ko"}[request.param]
    editions.write_editions(ROOT / "notebooks", server.folder / "editions")
    yield server
    server.close()


def opened(page, url):
    page.set_viewport_size(SCREEN)
    page.goto(url)
    page.locator(".jp-Notebook-cell h1").first.wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(2500)


def seen(page, language):
    """How many blocks of a language can be seen."""
    return page.evaluate(
        "l => [...document.querySelectorAll(`.jp-RenderedHTMLCommon div[lang=${l}], "
        ".jp-RenderedHTMLCommon span[lang=${l}]`)].filter(b => b.getClientRects().length).length",
        language,
    )


def on_the_screen(page, what, least=20):
    """The first shown element that a selector finds lies on the screen without scrolling."""
    box = page.locator(f"{what} >> visible=true").first.bounding_box()
    assert box and box["y"] >= 0 and box["y"] + min(box["height"], least) <= SCREEN["height"], (what, box)  # fmt: skip


def nothing_is_asked(page):
    assert page.locator(".jp-Dialog").count() == 0
    text = page.locator("body").inner_text()
    assert not re.search("Would you like|official Jupyter news", text)


def test_the_start_page_is_there_in_one_language(page, first):
    opened(page, first.url(""))  # where the browser is sent
    assert f"/lab/tree/{start.PAGE}" in page.url
    nothing_is_asked(page)
    assert seen(page, first.language) > 0 and seen(page, first.other) == 0
    on_the_screen(page, "h1")
    on_the_screen(page, "img[src^='data:image/png'], .jp-RenderedMarkdown img", 200)
    page.screenshot(path=SCREENSHOTS / f"first-start-{first.language}.png")
    page.get_by_role("link", name=re.compile("^03")).and_(page.locator(":visible")).first.click()
    page.locator(".jp-Notebook-cell h1").get_by_text("03").first.wait_for(state="attached")


@pytest.mark.parametrize("where", ["lab/tree", "notebooks"], ids=["lab", "notebook7"])
@pytest.mark.parametrize("name", ["01_why_ssl", "03_rotation"])
def test_a_cover_fits_one_screen(page, first, name, where):
    opened(page, first.url(f"{where}/{name}.ipynb"))
    nothing_is_asked(page)
    assert seen(page, first.language) > 20 and seen(page, first.other) == 0
    on_the_screen(page, ".jp-RenderedMarkdown h1")
    on_the_screen(page, ".jp-RenderedMarkdown p")
    on_the_screen(page, ".jp-OutputArea img", 70)  # the riddle: pictures of the game
    page.screenshot(path=SCREENSHOTS / f"first-{name}-{first.language}-{where.split('/')[0]}.png")


@pytest.mark.parametrize("name", ["03_rotation"])
def test_an_edition_has_its_language_alone(page, first, name):
    opened(page, first.url(f"lab/tree/editions/{name}.{first.language}.ipynb"))
    assert seen(page, first.other) == 0
    on_the_screen(page, ".jp-RenderedMarkdown h1")
    on_the_screen(page, ".jp-OutputArea img", 70)
    page.screenshot(path=SCREENSHOTS / f"first-edition-{first.language}.png")
