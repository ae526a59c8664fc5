import pytest
import torch

from course_utils import runtime
from course_utils.data import sentences
from tests.oracles import assert_bilingual

LANGUAGES = ("ko", "en")


def drawn(language, split, n=400):
    generator = runtime.generator(0)
    return [sentences.sentence(language, split, generator) for _ in range(n)]


def test_final_consonants_against_unicode_decomposition():
    import unicodedata

    for group in sentences.NOUNS["ko"].values():
        for noun in group:
            last = unicodedata.normalize("NFD", noun)[-1]
            assert sentences.has_final_consonant(noun) == ("\u11a8" <= last <= "\u11c2"), noun


def test_spelling_by_hand():
    assert sentences.spell("책") == ["#ㅊ", "#ㅐ", "#ㄱ"]
    assert sentences.spell("고양이") == ["#ㄱ", "#ㅗ", "#ㅇ", "#ㅑ", "#ㅇ", "#ㅇ", "#ㅣ"]
    assert sentences.spell("까닭") == ["#ㄲ", "#ㅏ", "#ㄷ", "#ㅏ", "#ㄺ"]
    assert sentences.spell("owl") == ["#o", "#w", "#l"]


@pytest.mark.parametrize(
    ("words", "language", "text", "tokens"),
    [
        ([("고양이", "topic"), ("책", "object"), ("봅니다", "")], "ko", "고양이는 책을 봅니다",
         "#ㄱ #ㅗ #ㅇ #ㅑ #ㅇ #ㅇ #ㅣ 는 #ㅊ #ㅐ #ㄱ 을 봅니다"),
        ([("닭", "and"), ("소", "subject"), ("있습니다", "")], "ko", "닭과 소가 있습니다",
         "#ㄷ #ㅏ #ㄺ 과 #ㅅ #ㅗ 가 있습니다"),
        ([("owl", "one"), ("sees", ""), ("hen", "many")], "en", "an owl sees two hens",
         "an #o #w #l sees two #h #e #n -s"),
    ],
)  # fmt: skip
def test_written_and_tokenized_by_hand(words, language, text, tokens):
    assert sentences.written(words, language) == text
    assert sentences.tokenized(words, language) == tokens.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_test_sentences_have_other_nouns_and_other_patterns(language):
    parts = {split: drawn(language, split) for split in ("train", "test")}
    nouns = {s: {w for words in part for w, role in words if role} for s, part in parts.items()}
    assert nouns["train"] and nouns["test"]
    assert not nouns["train"] & nouns["test"]
    known = {
        split: {tuple(role or "-" for _, role in words) for words in part}
        for split, part in parts.items()
    }
    patterns = sentences.PATTERNS[language]
    assert not set(patterns["train"]) & set(patterns["test"])
    assert len(known["test"]) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_twice_among_the_nouns(language):
    words = [noun for group in sentences.NOUNS[language].values() for noun in group]
    assert len(words) == len(set(words))
    for words in drawn(language, "train"):
        nouns = [word for word, role in words if role]
        assert len(nouns) == len(set(nouns))


def test_english_plurals_are_regular():
    import re

    for group in sentences.NOUNS["en"].values():
        for noun in group:
            assert not re.search(r"(s|x|z|ch|sh|o|f|fe|[^aeiou]y)$", noun), noun


@pytest.mark.parametrize("language", LANGUAGES)
def test_corpus_is_seeded_and_reads_back(language):
    corpus = sentences.corpus(language, n_train=50, n_test=20)
    again = sentences.corpus(language, n_train=50, n_test=20)
    other = sentences.corpus(language, seed=1, n_train=50, n_test=20)
    assert torch.equal(corpus.train, again.train)
    assert not torch.equal(corpus.train[:, :5], other.train[:, :5])
    assert corpus.train.shape[1] == corpus.test.shape[1]
    generator = torch.Generator().manual_seed(0)
    first = sentences.tokenized(sentences.sentence(language, "train", generator), language)
    row = [corpus.tokens[i] for i in corpus.train[0].tolist() if i]
    assert row == first
    assert len(set(corpus.tokens)) == len(corpus.tokens)
    assert corpus.tokens[:2] == sentences.SPECIALS


def test_encode_refuses_what_it_does_not_know():
    tokens = sentences.vocabulary("en")
    for bad in ([["#ㄱ"]], [["a"] * 9]):
        with pytest.raises(ValueError) as error:
            sentences.encode(bad, tokens, 8)
        assert_bilingual(str(error.value))
