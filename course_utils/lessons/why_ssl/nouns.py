"""Type a noun, and see what the model of masked words puts beside it."""

from collections.abc import Callable

import ipywidgets
import torch

from course_utils.data import sentences
from course_utils.data.sentences import Corpus
from course_utils.figures import charts
from course_utils.figures.style import Picture
from course_utils.lang import both
from course_utils.widgets import labs


def _sentence(noun: str, language: str) -> tuple[list[str], str, str]:
    """Tokens of a sentence with a gap beside the noun, what belongs there, and the title."""
    pieces = sentences.spell(noun)
    if language == "ko":
        if not noun or not all("가" <= letter <= "힣" for letter in noun):
            raise ValueError(
                both(ko="한글 명사를 하나 적으세요.", en="Type one Korean noun in Hangul.")
            )
        tokens = [*pieces, sentences.MASK, *sentences.spell("책"), "을", "봅니다"]
        return tokens, sentences.forms(noun, "topic", "ko")[1], f"{noun}[?] 책을 봅니다"
    if not noun:
        raise ValueError(both(ko="영어 명사를 하나 적으세요.", en="Type one English noun."))
    tokens = ["we", "see", sentences.MASK, *pieces]
    return tokens, sentences.forms(noun, "one", "en")[0], f"we see [?] {noun}"


@torch.no_grad()
def beside(noun: str, model: Callable, corpus: Corpus, language: str) -> Picture:
    """Probabilities for the gap beside a noun; green is the answer of the small grammar.

    Raises ``ValueError`` for what is no noun of ``language``.
    """
    tokens, answer, title = _sentence(noun.lower(), language)
    ids = sentences.encode([tokens], corpus.tokens, corpus.train.shape[1])
    logits = model(ids)[0, tokens.index(sentences.MASK)]
    names = [corpus.tokens[i] for i in corpus.choices]
    heard = {name: f"{name} {sentences.SOUNDS[name]}".strip() for name in names}
    shares = dict(
        zip(heard.values(), logits[list(corpus.choices)].softmax(0).tolist(), strict=True)
    )
    return charts.choices(shares, right=heard[answer], title=title)


def lab(model: Callable, corpus: Corpus, language: str) -> ipywidgets.VBox:
    """Type a noun and see ``beside`` it."""
    first = "펭귄" if language == "ko" else "igloo"
    return labs.type_lab(
        lambda noun: beside(noun, model, corpus, language), first, ko="명사", en="noun"
    )
