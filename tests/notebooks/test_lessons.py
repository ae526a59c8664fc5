"""Lessons as documents: two equal languages, executed outputs that belong to the code, clean pages."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from course_utils import lang, texts
from course_utils.workshop import badges, notebooks
from tests.notebooks import parity

FOLDER = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(FOLDER.glob("[0-9]*.ipynb"))


@pytest.fixture(params=LESSONS, ids=lambda p: p.stem)
def path(request):
    return request.param


@pytest.fixture(params=["as it is", "with an address"])
def lesson(path, request):
    """A lesson, also as it is where the repository's address is set: with badges, and its first cell."""
    if request.param == "as it is":
        return nbformat.read(path, as_version=4)
    return badges.addressed(path, "https://github.com/somebody/a-course", "v1.2.3")


def cells(lesson, kind):
    """Cells of a kind; badges are no text of the lesson."""
    return [c for c in lesson.cells if c.cell_type == kind and c.id != badges.BADGE_CELL]


def each_pair(lesson):
    for cell in cells(lesson, "markdown"):
        pair = parity.blocks(cell.source)
        yield cell.id, pair["ko"], pair["en"]


def is_switch(cell):
    return notebooks.SWITCH_TAG in cell.metadata.get("tags", [])


def is_figure(output):
    return output.get("metadata", {}).get("ssl_course") == {"figure": True}


def outputs_text(lesson):
    return json.dumps([c.get("outputs", []) for c in lesson.cells], ensure_ascii=False)


def test_there_are_lessons():
    assert LESSONS


@pytest.mark.parametrize("what", ["equations", "links", "code", "shape", "numbers"])
def test_both_languages_say_the_same(lesson, what):
    extract = getattr(parity, what)
    for name, ko, en in each_pair(lesson):
        assert extract(ko) == extract(en), name


def test_neither_language_is_cut_short(lesson):
    for name, ko, en in each_pair(lesson):
        ratio, (low, high) = parity.length_ratio_and_band(ko, en)
        assert low <= ratio <= high, (name, ratio)


def test_english_has_no_hangul_and_korean_is_korean(lesson):
    for name, ko, en in each_pair(lesson):
        assert not re.search("[가-힣]", en), name
        if parity.size(en) >= 150 and not re.search(r"^\s*\|", ko, re.M):
            assert parity.hangul_share(ko) >= 0.45, name


def test_korean_speech_level(lesson):
    for name, ko, _ in each_pair(lesson):
        for sentence in parity.sentences(ko):
            ending = re.search(r"(니다|세요|까요|나요|인가요|니까요|시다)[.?!]?\s*$", sentence)
            assert ending, (name, sentence)
            assert len(sentence) <= 90, (name, sentence)


def test_no_markdown_traps_in_korean(lesson):
    for name, ko, _ in each_pair(lesson):
        for trap in parity.TRAPS:
            assert not re.search(trap, parity.FENCE.sub("", ko)), (name, trap)


def test_glossary(lesson):
    for name, ko, en in each_pair(lesson):
        korean, english = parity.prose(ko), parity.prose(en).lower()
        for pattern, approved, forbidden in parity.GLOSSARY:
            assert not re.search(forbidden, korean), (name, forbidden)
            if re.search(
                pattern, re.sub(r"\bself-supervised representation learning\b", "", english)
            ):
                assert re.search(approved, korean), (name, pattern)


def test_terms_are_glossed_once(lesson):
    """``한국어(english)``: an English gloss follows a term once in a lesson."""
    whole = "\n".join(ko for _, ko, _ in each_pair(lesson))
    glosses = re.findall(r"[가-힣]\*{0,2}\(([a-z][a-z -]{2,})(?:, [A-Z]+)?\)", parity.prose(whole))
    assert len(glosses) == len(set(glosses)), sorted(glosses)
    assert len(glosses) >= 3


# ------------------------------------------------------------ outputs


def test_executed_in_order_without_errors(lesson):
    counts = []
    for cell in cells(lesson, "code"):
        if is_switch(cell):
            assert not cell.outputs
            assert cell.execution_count is None
            continue
        assert cell.execution_count is not None, cell.id
        counts.append(cell.execution_count)
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id
    assert counts == sorted(set(counts))


def test_outputs_belong_to_this_code(lesson):
    stamp = lesson.metadata.get(notebooks.STAMP, {})
    assert stamp.get("code") == notebooks.cells_hash(lesson), "run python -m course_utils execute"
    for key in ("data", "provenance", "seconds", "machine", "python", "torch", "date"):
        assert stamp.get(key), key


def test_stamped_data_is_named_on_the_page(lesson):
    stamp = lesson.metadata[notebooks.STAMP]
    assert stamp["provenance"] in outputs_text(lesson)


def test_page_is_clean(lesson, path):
    text = outputs_text(lesson)
    assert not re.search(r"/(?:work|root|tmp|home|Users|content)/", text)
    assert "Warning" not in text
    assert "✘" not in text
    assert notebooks._LIVE_WIDGET not in text
    assert "widgets" not in lesson.metadata
    assert path.stat().st_size < 2_000_000


def test_every_figure_has_a_caption_after_it(lesson):
    """Figures are numbered in order, in both languages: what a reader who cannot see them is told."""
    whole = {lang: "\n".join(parity.blocks(c.source)[lang] for c in cells(lesson, "markdown")) for lang in ("ko", "en")}  # fmt: skip
    pictures = sum(is_figure(o) for c in cells(lesson, "code") for o in c.outputs)
    numbered = list(range(1, pictures + 1))
    assert [int(n) for n in re.findall(r"^\*그림 (\d+)\.", whole["ko"], re.M)] == numbered
    assert [int(n) for n in re.findall(r"^\*Figure (\d+)\.", whole["en"], re.M)] == numbered


def test_figures_are_told_in_both_languages(lesson):
    for cell in cells(lesson, "code"):
        for output in cell.outputs:
            if is_figure(output):
                for language, letters in (("ko", "[가-힣]{2}"), ("en", "[a-z]{3}")):
                    told = lang.text_of(lang.only(output.data["text/html"], language))
                    assert re.search(letters, told), cell.id


# Words that stay English in a Korean figure: names, signs, code.
LATIN = re.compile(
    r"a, an, two|SSL|\b(?:JPEG|CIFAR|ToyWorld|Fig|R|[A-D]|[a-z]|X|D|k-NN|Lab|RGB|px)\b|°|²|[⁺⁻]"
)


def test_korean_figures_speak_korean(lesson):
    """What their description names is what is drawn: no English word is left in it."""
    for cell in cells(lesson, "code"):
        for output in cell.outputs:
            if is_figure(output):
                page = lang.only(output.data["text/html"], "ko")
                with lang.in_language("ko"):
                    left = re.findall("[A-Za-z]{2,}", LATIN.sub("", lang.text_of(page)))
                assert left == [], (cell.id, left)


def test_first_cells_are_the_same_in_every_lesson():
    first = {cells(nbformat.read(p, as_version=4), "code")[0].source for p in LESSONS}
    assert len(first) == 1
    for p in LESSONS:
        code = cells(nbformat.read(p, as_version=4), "code")
        assert [is_switch(c) for c in code].count(True) == 1
        assert is_switch(code[1])


def folded(cell):
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


def test_source_of_a_question_is_folded(lesson):
    """It holds the explanations of all answers, which should not be read before choosing."""
    asking = [c for c in cells(lesson, "code") if "quiz(" in c.source]
    assert asking
    assert all(folded(c) for c in asking)


def test_every_quiz_of_a_lesson_is_asked_once():
    """What stands in its texts, and nothing else."""
    for path in LESSONS:
        topic = path.stem[3:]
        source = "\n".join(c.source for c in cells(nbformat.read(path, as_version=4), "code"))
        asked = re.findall(r"questions\.quiz\(\"(\w+)\.(\w+)\"\)", source)
        assert sorted(asked) == sorted((topic, name) for name in texts.of(topic)["quizzes"])


def test_source_of_a_claim_is_folded(lesson):
    """What a learner reads of it is the sentence below the cell, not the code that compares."""
    claiming = [c for c in cells(lesson, "code") if re.search(r"\bclaim\(|^findings\.", c.source)]
    assert claiming
    assert [c.id for c in claiming if not folded(c)] == []


# Sentences of lesson 01's own small corpus, in the language that was chosen for them.
CORPUS = {"sentences", "mask-look"}


def test_what_is_printed_has_no_words(lesson):
    """Sentences and tables go through lang, in both languages; print is for shapes and data."""
    for cell in cells(lesson, "code"):
        for output in cell.outputs:
            if output.output_type == "stream" and cell.id not in CORPUS:
                words = re.findall("[A-Za-z가-힣]+", re.sub(r"torch\.\w+", "", output.text))
                assert words == [], cell.id


def test_lesson_names_its_pictures_train(lesson):
    assert any(re.search(r"train, \w+ = photos\.load\(", c.source) for c in cells(lesson, "code"))


@pytest.mark.parametrize("file", LESSONS[1:], ids=lambda p: p.stem)
def test_encoder_and_loop_are_one_click_away(file):
    """01 builds them; elsewhere they are shown before anything is trained."""
    source = [c.source for c in nbformat.read(file, as_version=4).cells if c.cell_type == "code"]
    shown = next(i for i, text in enumerate(source) if "show_basics()" in text)
    trains = [i for i, text in enumerate(source) if re.search(r"(?<![.\w])fit\(", text)]
    assert not trains or shown < trains[0]
