"""Exercise of lesson 01: masking words as BERT does."""

from collections.abc import Callable, Iterator

import torch

from course_utils import runtime
from course_utils.data.sentences import FIRST_WORD_ID, MASK_ID, PAD_ID
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import about, results_of, share
from course_utils.pretext import masked_words

_N_TOKENS = 50


def _sentences() -> torch.Tensor:
    """Random sentences ``(2000, 30)``; the last ten places are padding, before them is a mask.

    So many that a right answer draws every word at least once.
    """
    words = torch.randint(2, _N_TOKENS, (2000, 30), generator=runtime.generator(0))
    words[:, 20:] = PAD_ID
    words[:, 19] = MASK_ID
    return words


def _observe(answer: Callable, tokens: torch.Tensor) -> Iterator[tuple[str, object]]:
    given = {"tokens": tokens, "n_tokens": _N_TOKENS, "generator": runtime.generator(1)}
    corrupted, targets = yield from results_of(answer, given, "corrupted", "targets")
    again, other = (answer(tokens.clone(), _N_TOKENS, runtime.generator(s))[0] for s in (1, 2))
    yield "repeatable", torch.equal(again, corrupted) and not torch.equal(other, corrupted)
    generator = runtime.generator(3)
    first, second = (answer(tokens.clone(), _N_TOKENS, generator)[0] for _ in range(2))
    yield "moves_on", not torch.equal(first, second)
    selected, touched = targets != masked_words.IGNORED, corrupted != tokens
    word = tokens >= FIRST_WORD_ID
    yield "everywhere", selected[word].all().item()
    yield "masks", selected[tokens == MASK_ID].any().item()
    yield "padding", (selected | touched)[tokens == PAD_ID].any().item()
    yield "changed_without_target", (touched & ~selected).any().item()
    yield "originals", torch.equal(targets[selected], tokens[selected])
    yield "one_choice_for_all", bool((selected == selected[0]).all())
    rate = share(selected[word])
    yield "rate", about(rate, 0.15)
    yield "told_rate", rate
    hidden, kept = share(corrupted[selected] == MASK_ID), share(~touched[selected])
    yield "split", about(hidden, 0.8) and about(kept, 0.1 + 0.1 / (_N_TOKENS - 2))
    masked = ((corrupted == MASK_ID) & selected).sum(1)  # in each sentence
    yield "mixed", bool(((masked > 0) & (masked < selected.sum(1))).any())
    yield "none_kept", kept.value < 0.02  # a word drawn may be the word itself
    yield "told_hidden", hidden
    yield "told_kept", kept
    drawn = corrupted[selected & touched & (corrupted != MASK_ID)].tolist() or [FIRST_WORD_ID]
    yield "one_word_for_all", len(set(drawn)) == 1 and len(drawn) > 1
    yield "low", min(drawn) < FIRST_WORD_ID
    yield "last", max(drawn) == _N_TOKENS - 1


def _masking(
    tokens, n_tokens, generator, *, from_id=FIRST_WORD_ID, rate=0.15, hidden=0.8, drawn=0.1,
    low=FIRST_WORD_ID, high=None, only_changed=False,
):  # fmt: skip
    """BERT's masking, or with one part of it done otherwise."""
    lot, fate = (torch.rand(tokens.shape, generator=generator) for _ in range(2))
    others = torch.randint(low, high or n_tokens, tokens.shape, generator=generator)
    selected = (lot < rate) & (tokens >= from_id)
    corrupted = tokens.masked_fill(selected & (fate < hidden), MASK_ID)
    corrupted = torch.where(
        selected & (fate >= hidden) & (fate < hidden + drawn), others, corrupted
    )
    if only_changed:
        selected = corrupted != tokens
    return corrupted, tokens.masked_fill(~selected, masked_words.IGNORED)


def _with(**other) -> Callable:
    return lambda tokens, n_tokens, generator: _masking(tokens, n_tokens, generator, **other)


def _targets(after: Callable) -> Callable:
    """A twin with other targets: ``after(tokens, corrupted, targets)``."""

    def twin(tokens, n_tokens, generator):
        corrupted, targets = _masking(tokens, n_tokens, generator)
        return corrupted, after(tokens, corrupted, targets)

    return twin


def _one_choice(tokens, n_tokens, generator):
    """The same places in every sentence."""
    places = torch.rand(tokens.shape[1], generator=generator) < 0.15
    corrupted, targets = _masking(tokens, n_tokens, generator, rate=1.0)
    chosen = places & (tokens >= FIRST_WORD_ID)
    return torch.where(chosen, corrupted, tokens), targets.masked_fill(~chosen, -100)


def _one_word(tokens, n_tokens, generator):
    corrupted, targets = _masking(tokens, n_tokens, generator)
    other = torch.randint(FIRST_WORD_ID, n_tokens, (1,), generator=generator)
    drawn = (corrupted != tokens) & (corrupted != MASK_ID)
    return torch.where(drawn, other, corrupted), targets


def _one_fate(tokens, n_tokens, generator):
    """Whether to mask, replace or keep is drawn once a sentence."""
    all_hidden, targets = _masking(tokens, n_tokens, generator, hidden=1.0, drawn=0.0)
    all_drawn, _ = _masking(tokens, n_tokens, generator, rate=1.0, hidden=0.0, drawn=1.0)
    fate = torch.rand(len(tokens), 1, generator=generator)
    drawn = torch.where(targets == masked_words.IGNORED, tokens, all_drawn)
    kept_or_drawn = torch.where(fate < 0.9, drawn, tokens)
    return torch.where(fate < 0.8, all_hidden, kept_or_drawn), targets


def _reseeding(tokens, n_tokens, generator):
    return _masking(tokens, n_tokens, generator.manual_seed(generator.initial_seed()))


MISTAKES = {
    "one_fate": _one_fate,
    "reseeding": _reseeding,
    "one_choice_for_all": _one_choice,
    "one_word_for_all": _one_word,
    "everywhere": _targets(lambda tokens, corrupted, targets: tokens),
    "masks": _with(from_id=MASK_ID),
    "padding": _with(from_id=PAD_ID),
    "replaced_unpredicted": _targets(
        lambda tokens, corrupted, targets: targets.masked_fill(corrupted != MASK_ID, -100)
    ),
    "only_changed": _with(only_changed=True),
    "after_masking": _targets(
        lambda tokens, corrupted, targets: corrupted.masked_fill(targets == -100, -100)
    ),
    "no_generator": lambda tokens, n, generator: _masking(tokens, n, torch.default_generator),
    "another_generator": lambda tokens, n, generator: _masking(tokens, n, runtime.generator(9)),
    "another_rate": _with(rate=0.5),
    "always_hidden": _with(hidden=1.0, drawn=0.0),
    "never_kept": _with(hidden=0.9),
    "another_split": _with(hidden=0.6, drawn=0.2),
    "from_padding": _with(low=PAD_ID),
    "last_never": _with(high=_N_TOKENS - 1),
}

EXERCISE = Exercise(
    reference=masked_words.mask_tokens,
    observe=_observe,
    cases=(_sentences,),
    mistakes=MISTAKES,
)
