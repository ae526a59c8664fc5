"""What lesson 01 finds about masked words, on sentences with unseen nouns and patterns."""

from collections.abc import Callable

from course_utils import runtime
from course_utils.data.sentences import Corpus
from course_utils.evaluate import comparisons
from course_utils.exercises import above, claim, folded_claims, gain, loss
from course_utils.figures.tables import named
from course_utils.lang import Text
from course_utils.pretext import masked_words
from course_utils.records.read import recorded

_PARTICLES: Text = ("조사", "particles")
_ARTICLES: Text = ("a, an, two", "a, an, two")


def measured(model: Callable, corpus: Corpus, language: str) -> None:
    """How often the model and two ways of counting are right on the test sentences.

    ``model`` takes int64 ``(B, L)`` to scores ``(B, L, K)``.
    """
    n_tokens = len(corpus.tokens)
    selected = masked_words.mask_tokens(corpus.test, n_tokens, runtime.generator(5))
    alone = masked_words.one_at_a_time(corpus.test, corpus.choices)
    guesses = {
        "unigram": masked_words.Unigram(corpus.train, n_tokens),
        "bigram": masked_words.Bigram(corpus.train, n_tokens),
        "masked-word model": model,
    }
    right = {
        name: [masked_words.masked_accuracy(guess, *hidden) for hidden in (selected, alone)]
        for name, guess in guesses.items()
    }
    ko, en = _PARTICLES if language == "ko" else _ARTICLES
    named(
        [
            ("맞힌 비율", "share right"),
            ("가린 단어 전체", "all hidden words"),
            (f"하나씩 가린 {ko}", f"{en} hidden alone"),
        ],
        [[name, *[f"{share:.1%}" for share in shares]] for name, shares in right.items()],
    )
    with folded_claims():
        claim(
            ko="가린 단어 전체로는 모델이 바이그램보다 많이 맞힙니다.",
            en="Of all hidden words the model has more right than the bigram.",
            by=above(right["masked-word model"][0], right["bigram"][0]),
        )


_MEASURED = (
    (_PARTICLES, "ko", "choice"),
    (("조사의 꼴(받침)", "form of a particle"), "ko", "form"),
    (("조사의 역할", "role of a particle"), "ko", "role"),
)


def remembered() -> None:
    """Particles as recorded over seeds: the bigram, the model that sees the two neighbours alone,
    and the model that sees the whole sentence.
    """
    record = recorded("why_ssl")
    rows, shares = [], {}
    for name, language, figure in _MEASURED:
        shares[figure] = {
            who: record.figures("words", f"{who}_{figure}", language=language)
            for who in ("bigram", "near", "model")
        }
        rows.append([name, *[f"{share.mean():.1%}" for share in shares[figure].values()]])
    columns = ("bigram", "model, two neighbors alone", "masked-word model")
    named([("맞힌 비율", "share right"), *columns], rows)
    role, form = shares["role"], shares["form"]
    with folded_claims():
        claim(
            ko="모델이 조사의 역할을 바이그램보다 자주 맞힙니다.",
            en="The model has the role of a particle right more often than the bigram.",
            by=gain(comparisons.over_seeds(role["model"], role["bigram"])),
        )
        claim(
            ko="문장 전체를 보는 모델이 두 이웃만 보는 모델보다 조사의 역할을 자주 맞힙니다.",
            en="Seeing the whole sentence, the model has the role of a particle right more often "
            "than with its two neighbors alone.",
            by=gain(comparisons.over_seeds(role["model"], role["near"])),
        )
        claim(
            ko="두 이웃만 보는 모델은 조사의 역할을 바이그램보다 드물게 맞힙니다.",
            en="With its two neighbors alone the model has the role right less often than the "
            "bigram.",
            by=loss(comparisons.over_seeds(role["near"], role["bigram"])),
        )
        claim(
            ko="받침에 맞는 꼴은 바이그램이 더 자주 맞힙니다.",
            en="The form that fits the final consonant is right more often by the bigram.",
            by=loss(comparisons.over_seeds(form["model"], form["bigram"])),
        )
