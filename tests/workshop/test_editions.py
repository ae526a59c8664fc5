"""Editions in one language: nothing of the other is left, nothing else is lost."""

import html
import json
import os
import re
from pathlib import Path

import nbformat
import pytest

from course_utils import lang, texts
from course_utils.__main__ import main
from course_utils.figures import charts
from course_utils.workshop import editions, notebooks
from tests.notebooks import parity
from tests.oracles import assert_bilingual

FOLDER = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(FOLDER.glob("[0-9]*.ipynb"))
OTHER = {"ko": "en", "en": "ko"}


@pytest.fixture(params=LESSONS, ids=lambda p: p.stem)
def lesson(request):
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(params=editions.EDITIONS)
def language(request):
    return request.param


def without_code_and_data(text):
    """Without solutions, and without the words that lesson 01's own small corpus is made of."""
    for pattern in (r"<pre>.*?</pre>", r"펭귄\[\?\] 책을 봅니다", "은/는, 이/가, 을/를, 과/와", "[가-힣] [a-z]+ \\d+%"):  # fmt: skip
        text = re.sub(pattern, "", text, flags=re.S)
    return re.sub("The right one is [가-힣] ", "", text)


def said_twice(lesson):
    """Every text that the outputs hold in both languages."""
    for cell in lesson.cells:
        for output in cell.get("outputs", []):
            page = output.get("data", {}).get("text/html", "")
            found = re.findall(
                r'<(div|span) lang="ko"[^>]*>(.*?)</\1>(?:<span lang="mul"[^>]*> / </span>)?<\1 lang="en"[^>]*>(.*?)</\1>',
                page,
                re.S,
            )
            yield from ((ko, en) for _, ko, en in found)
            yield from re.findall(r'alt="([^"]*?) ‖ ([^"]*)"', page)


def test_text_is_that_language_alone(lesson, language):
    one = editions.edition(lesson, language)
    for cell, made in zip(lesson.cells, one.cells, strict=True):
        if cell.cell_type == "markdown":
            assert made.source == parity.blocks(cell.source)[language]


def test_code_cells_are_those_of_the_lesson(lesson, language):
    one = editions.edition(lesson, language)
    for cell, made in zip(lesson.cells, one.cells, strict=True):
        if cell.cell_type != "code":
            continue
        if notebooks.SWITCH_TAG in cell.metadata.get("tags", []):
            assert f'set_language("{language}")' in made.source
            assert "switch" not in made.source
        else:
            assert (made.source, made.execution_count) == (cell.source, cell.execution_count)
            assert len(made.outputs) == len(cell.outputs)
    assert one.metadata[notebooks.STAMP]["code"] == notebooks.cells_hash(one)


def test_outputs_are_that_language_alone(lesson, language):
    one = editions.edition(lesson, language)
    text = json.dumps([c.get("outputs", []) for c in one.cells], ensure_ascii=False)
    pairs = list(said_twice(lesson))
    assert len(pairs) > 30
    # Tables of lessons that are still to be remade name their arms in English.
    names = "\n".join([*(pair[language == "en"] for pair in pairs), *texts.figure_names()])
    forms = lambda x: (json.dumps(y, ensure_ascii=False)[1:-1] for y in (x, html.escape(x)))  # noqa: E731
    for ko, en in pairs:
        mine, other = (ko, en) if language == "ko" else (en, ko)
        assert any(form in text for form in forms(mine)), mine
        if ko != en and len(other) > 12 and other not in names:
            assert not any(form in text for form in forms(other)), other
    assert 'lang=\\"' not in text
    assert "‖" not in text


def test_english_edition_has_no_hangul_but_in_code_and_data(lesson):
    one = editions.edition(lesson, "en")
    for cell in one.cells:
        if cell.cell_type == "markdown":
            assert not re.search("[가-힣]", cell.source), cell.id
        for output in cell.get("outputs", []):
            if output.output_type != "stream":  # what the cells print: numbers and data
                page = output.data.get("text/html", output.data.get("text/plain", ""))
                said = without_code_and_data(page + json.dumps(output.metadata, ensure_ascii=False))
                assert not re.search("[가-힣]", said), (cell.id, said[:500])


def test_a_lesson_is_left_as_it_was(lesson, language):
    before = nbformat.writes(lesson)
    editions.edition(lesson, language)
    assert nbformat.writes(lesson) == before


def test_a_planted_sentence_of_the_other_language_goes(language):
    lang.set_language("both")
    data, metadata = charts.choices({"a": 0.5}, right="a")._repr_mimebundle_()
    page = lang.tagged(ko="말 <하나>\n둘", en="word <one>\ntwo", block=True)
    page += f'<img alt="{lang.alt(ko="그림 <하나>", en="Figure <one>")}" src="x">{lang.tagged(ko="가", en="a")}'
    cell = nbformat.v4.new_code_cell(
        "1",
        outputs=[
            nbformat.v4.new_output("display_data", data, metadata=metadata),
            nbformat.v4.new_output("display_data", {"text/html": page, "text/plain": "both"}),
            nbformat.v4.new_output("stream", name="stdout", text="그대로 as it is"),
        ],
    )
    lesson = nbformat.v4.new_notebook(cells=[cell])
    picture, said, printed = editions.edition(lesson, language).cells[0].outputs
    told = {"ko": "막대그래프. a 50%. 정답은 a.", "en": "Bars. a 50%. The right one is a."}[
        language
    ]
    assert picture.data["text/html"].count("<img") == 1
    assert picture.data["text/html"].startswith(f'<div><img alt="{told}" src="data:image/png')
    assert picture.data["text/plain"] == told
    assert (
        said.data["text/html"]
        == {
            "ko": '<div>말 &lt;하나&gt;<br>둘</div><img alt="그림 &lt;하나&gt;" src="x"><span>가</span>',
            "en": '<div>word &lt;one&gt;<br>two</div><img alt="Figure &lt;one&gt;" src="x"><span>a</span>',
        }[language]
    )
    assert said.data["text/plain"].startswith({"ko": "말 <하나>\n둘", "en": "word <one>\ntwo"}[language])  # fmt: skip
    assert printed.text == "그대로 as it is"


def test_written_as_files_that_jupyter_reads(tmp_path, capsys):
    to = tmp_path / "한글 폴더" / "editions"
    assert main(["editions", "--folder", str(FOLDER), "--to", str(to)]) == 0
    names = sorted(p.name for p in to.iterdir())
    assert names == sorted(f"{p.stem}.{x}.ipynb" for p in LESSONS for x in ("ko", "en"))
    assert capsys.readouterr().out.count(".ipynb") == len(names)
    for path in to.iterdir():
        nbformat.validate(nbformat.read(path, as_version=4))
        assert path.stat().st_size < 2_000_000


def test_no_lessons_there(tmp_path, capsys):
    assert main(["editions", "--folder", str(tmp_path), "--to", str(tmp_path / "to")]) == 1
    assert_bilingual(capsys.readouterr().err)
    assert not (tmp_path / "to").exists()


def test_the_folder_of_the_lessons_is_no_place_for_editions(capsys):
    before = sorted(FOLDER.iterdir())
    assert main(["editions", "--folder", str(FOLDER), "--to", f"{FOLDER}/../notebooks"]) == 1
    assert_bilingual(capsys.readouterr().err)
    assert sorted(FOLDER.iterdir()) == before


def test_what_a_reader_added_stays(language):
    """A note without blocks, a raw cell, and a notebook saved after the switch was used."""
    switch = nbformat.v4.new_code_cell(
        "lang.switch()",
        metadata={"tags": [notebooks.SWITCH_TAG]},
        execution_count=2,
        outputs=[nbformat.v4.new_output("display_data", {"text/plain": "VBox()"})],
    )
    note, raw = nbformat.v4.new_markdown_cell("내 메모 my note"), nbformat.v4.new_raw_cell("raw")
    cells = editions.edition(nbformat.v4.new_notebook(cells=[note, raw, switch]), language).cells
    assert [cell.source for cell in cells[:2]] == ["내 메모 my note", "raw"]
    assert (cells[2].outputs, cells[2].execution_count) == ([], None)


@pytest.mark.parametrize("what", ["a file in the way", "a folder nobody may write to"])
def test_a_folder_that_cannot_be_written(tmp_path, capsys, what):
    to = tmp_path / "to"
    if what == "a file in the way":
        to.write_text("mine")
    else:
        if os.name == "nt" or os.geteuid() == 0:
            pytest.skip("this user may write everywhere")
        to.mkdir(mode=0o500)
    assert main(["editions", "--folder", str(FOLDER), "--to", str(to)]) == 1
    assert_bilingual(capsys.readouterr().err)
    assert to.is_dir() or to.read_text() == "mine"
    assert to.is_file() or not list(to.iterdir())
