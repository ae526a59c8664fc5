"""Every lesson in JupyterLab: run, switch, lab, exercise, quiz. Run by ``make test-browser``.

The path is the same for all lessons and finds labs and quizzes by what the cells hold, so a new lesson is
covered once its ``tests/lessons/TOPIC/browser.py`` names an exercise and two answers to it.
"""

import base64
import importlib
import json
import re
import statistics
from pathlib import Path

import nbformat
import pytest

from tests.browser.lab import ROOT, SCREENSHOTS, Lesson
from tests.notebooks import github

LESSONS = [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGM8IcfFwMDAxMDAwMDAAAAMKAD0F0MkdAAAAABJRU5ErkJggg=="
)
LIVE = "application/vnd.jupyter.widget-view+json"


def typed_into(lesson):
    """What the topic of a lesson has prepared for its exercise."""
    return importlib.import_module(f"tests.lessons.{lesson[3:]}.browser")


@pytest.fixture(params=LESSONS)
def lesson(page, server, request):
    yield Lesson(page, server, request.param)
    server.stop_kernels()


def executed(lesson):
    """Every code cell ran and none failed; cells that build a widget show it."""
    for cell in lesson.saved():
        if cell.cell_type != "code":
            continue
        assert cell.execution_count is not None, cell.id
        for output in cell.outputs:
            assert output.output_type != "error", (cell.id, output)
            assert output.get("name") != "stderr", (cell.id, output.text)
        if re.search(
            r"(\w+\.(\w+_)?lab|questions\.quiz|games\.\w+|game\.Game|minute\.Minute)\(", cell.source
        ):
            assert any(LIVE in output.get("data", {}) for output in cell.outputs), cell.id


def answers_are(lesson, what):
    """Wait until the answers of quizzes and games have followed the switch: a kernel takes its time."""
    lesson.page.wait_for_function(
        "() => { const labels = [...document.querySelectorAll('.jp-OutputArea .widget-radio-box label')];"
        " const korean = labels.filter(l => /[가-힣]/.test(l.innerText));"
        f" return {what}; }}",
        timeout=20_000,
    )


def one_language_at_a_time(lesson):
    for button, seen, hidden in (("English", "en", "ko"), ("한국어", "ko", "en")):
        lesson.choose_language(button)
        mine, other = lesson.shown(seen), lesson.shown(hidden)
        assert mine["seen"] > 20 and mine["hidden"] == 0, (button, mine)
        assert other["seen"] == 0 and other["hidden"] > 20, (button, other)
        lesson.screenshot(f"language-{seen}", "predict")
    answers_are(lesson, "korean.length > labels.length / 2")
    labels = lesson.page.locator(".jp-OutputArea .widget-radio-box label").all_inner_texts()
    korean = [label for label in labels if re.search("[가-힣]", label)]
    assert len(korean) > len(labels) / 2 > 0, labels  # some answers are numbers alone
    lesson.choose_language("둘 다 · both")
    assert lesson.shown("ko")["hidden"] == lesson.shown("en")["hidden"] == 0
    lesson.choose_language("English")
    answers_are(lesson, "korean.length === 0")
    labels = lesson.page.locator(".jp-OutputArea .widget-radio-box label").all_inner_texts()
    assert labels and not any(re.search("[가-힣]", label) for label in labels), labels


def quizzes_by_keyboard(lesson):
    asking = [c.id for c in lesson.cells if c.cell_type == "code" and "quiz(" in c.source]
    assert asking
    for name in asking:
        box = lesson.cell(name).locator(".jp-OutputArea")
        reply = box.locator(".widget-html-content").last
        before = reply.inner_text()
        radio = box.locator("input[type=radio]").first
        radio.scroll_into_view_if_needed()
        radio.focus()
        lesson.page.keyboard.press("Space")
        lesson.page.wait_for_function("([r, b]) => r.innerText != b", arg=[reply.element_handle(), before])  # fmt: skip
        first = reply.inner_text()
        assert len(first) > 20
        lesson.page.keyboard.press("Tab")
        lesson.page.keyboard.press("Space")
        lesson.page.wait_for_function("([r, b]) => r.innerText != b", arg=[reply.element_handle(), first])  # fmt: skip
        assert len(reply.inner_text()) > 20
    lesson.screenshot("quiz", asking[-1])


def own_picture(lesson, area, upload, screen):
    """A file that is no picture is told of, one that is gets drawn."""
    upload.set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    area.get_by_text("This file cannot be used").wait_for()
    picture = {"name": "나.png", "mimeType": "image/png", "buffer": PICTURE}
    lesson.redraw(screen, lambda: upload.set_input_files(picture))


def labs(lesson):
    """Move every control of every lab and see its figure change; the median of ten redraws, by lab."""
    took = {}
    for cell in lesson.cells:
        if not re.search(r"\w+\.(\w+_)?lab\(", cell.source if cell.cell_type == "code" else ""):
            continue
        area = lesson.cell(cell.id).locator(".jp-OutputArea").last
        area.scroll_into_view_if_needed()
        screen = area.locator("img.widget-image, .widget-html-content:has(img)").first
        controls = []
        for slider in area.locator(".noUi-handle").all():
            controls.append(lambda slider=slider: (slider.focus(), lesson.page.keyboard.press("ArrowRight")))  # fmt: skip
        for button in area.locator(".widget-toggle-buttons button").all()[1:]:
            controls.append(button.click)
        for box in area.locator("select").all():
            options = box.locator("option").all_inner_texts()
            controls.append(lambda box=box, options=options: box.select_option(options[1]))
        for line in area.locator("input[type=text]").all():

            def write(line=line):
                line.fill("사과" if re.search("[가-힣]", line.input_value()) else "apple")
                line.press("Enter")

            controls.append(write)
        assert controls, cell.id
        times = [lesson.redraw(screen, act) for act in controls]
        handles = area.locator(".noUi-handle").all()
        buttons = area.locator(".widget-toggle-buttons button").all()
        lines = area.locator("input[type=text]").all()
        for i in range(10 if handles or buttons or lines else 0):
            if handles:
                handles[0].focus()
                key = "ArrowLeft" if i % 2 == 0 else "ArrowRight"
                times.append(lesson.redraw(screen, lambda key=key: lesson.page.keyboard.press(key)))
            elif buttons:
                times.append(lesson.redraw(screen, buttons[i % 2].click))
            else:
                line = lines[0]
                word = "ab"[i % 2] if line.input_value().isascii() else "책봄"[i % 2]

                def retype(line=line, word=word):
                    line.fill(word)
                    line.press("Enter")

                times.append(lesson.redraw(screen, retype))
        upload = area.locator("input[type=file]")
        if upload.count():
            own_picture(lesson, area, upload, screen)
        took[cell.id] = statistics.median(times[-10:])
        lesson.screenshot(f"lab-{cell.id}", cell.id)
    assert took
    return took


def exercise(lesson):
    typed = typed_into(lesson.name)
    source = next(c.source for c in lesson.cells if c.id == typed.CELL)
    assert typed.LINE in source
    told = lesson.write(typed.CELL, source.replace(typed.LINE, typed.WRONG))
    assert "✘" in told and typed.WORD in told, told
    assert not re.search("[가-힣]", told), told  # the language chosen above
    lesson.screenshot("exercise", typed.CELL)
    assert "✔" in lesson.write(typed.CELL, source.replace(typed.LINE, typed.RIGHT))
    answers = json.loads((lesson.file.parent / "my_progress.json").read_text(encoding="utf-8"))
    assert any(lesson.name.split("_", 1)[1] in exercise for exercise in answers["solved"])


def test_a_lesson_works_in_jupyterlab(lesson):
    lesson.run_all()
    executed(lesson)
    one_language_at_a_time(lesson)
    quizzes_by_keyboard(lesson)
    took = labs(lesson)
    exercise(lesson)
    print(lesson.name, "milliseconds to redraw, median of ten:", {k: round(v) for k, v in took.items()})  # fmt: skip
    assert not lesson.page.errors, lesson.page.errors


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", LESSONS)
def test_github_shows_it_as_a_document(page, tmp_path, name, dark):
    """Every picture is there and nothing is wider than the page; the screenshots are looked at."""
    lesson = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    file = tmp_path / "page.html"
    file.write_text(github.page(lesson, dark=dark), encoding="utf-8")
    page.goto(file.as_uri())
    broken = (
        "[...document.images].filter(i => i.src.startsWith('data:') && i.naturalWidth === 0).length"
    )
    assert page.evaluate(broken) == 0
    assert page.evaluate("document.images.length") > 10
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    look = SCREENSHOTS / f"{name}-github-{'dark' if dark else 'light'}.png"
    page.screenshot(path=look, full_page=True)


@pytest.mark.parametrize("name", ["01_why_ssl"])
def test_the_switch_works_in_notebook_7(page, server, name):
    page.goto(server.url(f"notebooks/{name}.ipynb"))
    page.wait_for_selector(".jp-Notebook-cell", state="attached")
    page.wait_for_selector('[data-status="idle"]', state="attached")
    page.locator(".jp-Notebook-cell").first.click()
    cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells
    for _ in range(1 + next(i for i, c in enumerate(cells) if c.id == "switch")):
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(300)
    seen = "[...document.querySelectorAll('.jp-Notebook div[lang=%s]')].filter(b => b.getClientRects().length).length"
    for button, shown, hidden in (("English", "en", "ko"), ("한국어", "ko", "en")):
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_timeout(500)
        assert page.evaluate(seen % shown) > 5
        assert page.evaluate(seen % hidden) == 0
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(SCREENSHOTS) / "notebook7.png")
