"""Games, every item by keyboard: 03's and its rematch, and 01's minute; scores are shown only to whoever
played."""

import re
import time

import pytest

from tests.browser.lab import SCREENSHOTS, Lesson


def play(lesson, cell, answers):
    """Answer every item of a game with a digit; returns what it says at the end."""
    area = lesson.cell(cell).locator(".jp-OutputArea").last
    area.scroll_into_view_if_needed()
    area.get_by_role("button", name="Start").click()
    keys = area.locator("input[type=text]:enabled")  # once the kernel has answered
    keys.wait_for()
    keys.focus()
    screen = area.locator("img.widget-image")
    seen = {screen.get_attribute("src")}
    for i, answer in enumerate(answers):
        lesson.page.keyboard.type(str(answer))
        told = f"{i + 1} / {len(answers)}" if i + 1 < len(answers) else " are right"
        area.get_by_text(told).wait_for()
        seen.add(screen.get_attribute("src"))
        if i % 5 == 0:
            lesson.screenshot(f"{cell}-{i:02}", cell)
    assert len(seen) == len(answers)  # another picture every time
    lesson.screenshot(f"{cell}-end", cell)
    return area.locator(".widget-html-content").last.inner_text()


@pytest.mark.parametrize("name", ["03_rotation"])
def test_game_and_rematch_by_keyboard(page, server, name):
    lesson = Lesson(page, server, name)
    lesson.run_all()
    lesson.choose_language("English")
    for game, against in (("game", "against"), ("rematch-game", "rematch-against")):
        told = lesson.cell(against).locator(".jp-OutputArea").inner_text()
        assert "not played" in told and "–" in told, told  # nothing is invented
        answers = [1, 2, 3, 4] * 5
        score = int(re.match(r"(\d+) of 20 are right", play(lesson, game, answers))[1])
        assert 0 < score < 20
        source = next(c.source for c in lesson.cells if c.id == against)
        told = lesson.write(against, source)
        assert f"{score} / 20" in told and "%" in told, told
        lesson.screenshot(f"{against}-score", against)
    # The answers are there again after a restart of the kernel.
    lesson.run_all()
    assert f"{score} / 20" in lesson.cell("rematch-against").locator(".jp-OutputArea").inner_text()
    assert not page.errors, page.errors


@pytest.mark.parametrize("name", ["03_rotation"])
def test_a_picture_is_saved_with_one_click(page, server, name):
    lesson = Lesson(page, server, name)
    lesson.run_all()
    area = lesson.cell("lab").locator(".jp-OutputArea").last
    area.scroll_into_view_if_needed()
    with page.expect_download() as download:
        area.locator("a[download]").click()
    assert download.value.suggested_filename == "which_way_is_up.png"
    saved = SCREENSHOTS / "saved.png"
    download.value.save_as(saved)
    assert saved.read_bytes().startswith(b"\x89PNG")
    server.stop_kernels()


@pytest.mark.parametrize("name", ["01_why_ssl"])
def test_a_readers_labels_are_what_is_learned_from(page, server, name):
    lesson = Lesson(page, server, name)
    lesson.run_all()
    lesson.choose_language("English")
    for cell, told in (("hours", "Assumed"), ("bought-table", "You have not played")):
        assert told in lesson.cell(cell).locator(".jp-OutputArea").inner_text()
    answers = [*range(1, 10), 0] * 2
    assert re.match(r"\d+ of 20 are right", play(lesson, "game", answers))
    assert "Assumed" not in lesson.rerun("hours")
    start = time.monotonic()
    assert "labels are yours" in lesson.rerun("bought-table")
    print("from the last label to the result:", round(time.monotonic() - start, 1), "s")
    lesson.screenshot("bought", "bought-table")
    assert not page.errors, page.errors


@pytest.mark.parametrize("name", ["07_contrastive"])
def test_points_are_turned_and_partners_found_by_keyboard(page, server, name):
    lesson = Lesson(page, server, name)
    lesson.run_all()
    lesson.choose_language("English")
    area = lesson.cell("game").locator(".jp-OutputArea").last
    area.scroll_into_view_if_needed()

    def loss():
        return float(re.search(r"Loss (-?[\d.]+)", area.inner_text())[1].rstrip("."))

    seen = [loss()]
    for i, slider in enumerate(area.locator(".noUi-handle").all()):
        slider.focus()
        page.keyboard.press("ArrowRight")
        area.get_by_text(f"Loss {seen[-1]:.3f}").wait_for(state="detached")
        seen.append(loss())
        lesson.screenshot(f"circle-{i}", "game")
    assert len(seen) == 9 and f"lowest so far: {min(seen[1:]):.3f}" in area.inner_text()
    told = lesson.rerun("game-against")
    assert f"{min(seen[1:]):.3f}" in told, told
    area.get_by_role("button", name="Gradient descent").click()
    area.get_by_text(re.compile(r"Loss 0\.4")).wait_for()
    lesson.screenshot("circle-descended", "game")
    area.get_by_label("keep strangers apart").uncheck()
    area.get_by_role("button", name="Gradient descent").click()
    area.get_by_text("Loss -2.000").wait_for()  # all partners met
    lesson.screenshot("circle-without-strangers", "game")
    against = next(c.source for c in lesson.cells if c.id == "partners-against")
    for game in ("partners-game", "partners-jittered"):
        told = play(lesson, game, range(1, 9))
        score = int(re.match(r"(\d+) of 8 are right", told)[1])
        assert f"{score} / 8" in lesson.write("partners-against", against)
    lesson.screenshot("partners-score", "partners-against")
    lesson.rerun("dial-figure")
    lesson.screenshot("dial-with-me", "dial-figure")
    assert not page.errors, page.errors
