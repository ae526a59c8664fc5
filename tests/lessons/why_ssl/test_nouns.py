"""The gap beside a noun: what belongs there by the small grammar, and nouns that are none."""

import pytest
import torch

from course_utils.data import sentences
from course_utils.lessons.why_ssl import nouns
from tests.oracles import assert_bilingual


@pytest.fixture(params=["ko", "en"], scope="module")
def language(request):
    return request.param


@pytest.fixture(scope="module")
def corpus(language):
    return sentences.corpus(language, n_train=20, n_test=5)


def sure_of(token, corpus):
    """A model that always answers one token, wherever it is asked."""
    scores = torch.zeros(len(corpus.tokens))
    scores[corpus.tokens.index(token)] = 9.0
    return lambda ids: scores.expand(*ids.shape, -1)


@pytest.mark.parametrize(
    ("ko", "right_ko", "en", "right_en"),
    [("펭귄", "은", "igloo", "an"), ("고양이", "는", "penguin", "a")],
)
def test_the_answer_of_the_grammar_is_named_whatever_the_model_says(language, corpus, ko, right_ko, en, right_en):  # fmt: skip
    noun, right = (ko, right_ko) if language == "ko" else (en, right_en)
    guess = "가" if language == "ko" else "two"
    told = nouns.beside(noun, sure_of(guess, corpus), corpus, language).drawing("en").description
    assert f"{guess} {sentences.SOUNDS[guess]}".strip() in told
    assert told.split("The right one is ")[1].split()[0].strip(".") == right


@pytest.mark.parametrize("noun", ["", "penguin"])
def test_what_is_no_korean_noun_is_refused(noun):
    corpus = sentences.corpus("ko", n_train=20, n_test=5)
    with pytest.raises(ValueError) as error:
        nouns.beside(noun, sure_of("은", corpus), corpus, "ko")
    assert_bilingual(str(error.value))
