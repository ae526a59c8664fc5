"""claim(): a sentence about a result that carries its comparison, and fails when it is false.

What a sentence rests on is handed over as evidence, not as a truth value: an effect with its
interval (``gain``, ``loss``), or one measured value above another (``above``). The claim decides by
it and writes the figures beside the sentence.
"""

import contextlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import torch

from course_utils import runtime
from course_utils.evaluate.comparisons import Effect, paired_bootstrap
from course_utils.lang import Text, both, pair, say, say_folded

# What an interval may be over, in Korean with a place for the number, and in English.
_OVER = {
    "seeds": ("시드 {n}개에 대한 95% 구간", "95% interval over {n} seeds"),
    "pictures": (
        "테스트 이미지에 대한 95% 구간(시드에 대한 구간은 아님)",
        "95% interval over test pictures, not over seeds",
    ),
    "clips": ("비디오에 대한 95% 구간", "95% interval over clips"),
    "persons": ("사람에 대한 95% 구간", "95% interval over persons"),
}


class ClaimFailed(AssertionError):
    """A claim did not hold where it is made to hold."""


@dataclass(frozen=True)
class Evidence:
    """What a claim rests on: whether it bears the claim out, and its figures in both languages."""

    holds: bool
    words: tuple[str, str]


def in_words(effect: Effect, *, points: bool = True) -> tuple[str, str]:
    """An effect with its interval, Korean and English; ``points``: shares in [-1, 1], as points."""
    times, digits, ko, en = (100, 1, "%p", " points") if points else (1, 2, "", "")
    difference, low, high = (f"{times * x:+.{digits}f}" for x in effect)
    kind, n = effect.over
    over_ko, over_en = (text.format(n=n) for text in _OVER[kind])
    return (
        f"{difference}{ko}, {over_ko} {low}부터 {high}까지",
        f"{difference}{en}, {over_en} {low} to {high}",
    )


def _named(words: tuple[str, str], name: Text) -> tuple[str, str]:
    return tuple(f"{n}: {w}" if n else w for n, w in zip(pair(name), words, strict=True))


def gain(effect: Effect, *, points: bool = True, name: Text = "") -> Evidence:
    """Evidence that a difference is above 0: its whole interval is. ``name`` stands before it."""
    return Evidence(effect.low > 0, _named(in_words(effect, points=points), name))


def loss(effect: Effect, *, points: bool = True, name: Text = "") -> Evidence:
    """Evidence that a difference is below 0: its whole interval is."""
    return Evidence(effect.high < 0, _named(in_words(effect, points=points), name))


def above(value: float, other: float, form: str = "{:.1%}", *, name: Text = "") -> Evidence:
    """Evidence that one measured value is above another one, both written as ``form`` says."""
    figures = f"{form.format(value)} > {form.format(other)}"
    if value <= other:
        figures = f"{form.format(value)} ≤ {form.format(other)}"
    return Evidence(bool(value > other), _named((figures, figures), name))


# The blocks of ``folded_claims`` that are open, each with what was claimed in it.
_open: list[list[tuple[str, str]]] = []


@contextlib.contextmanager
def folded_claims() -> Iterator[None]:
    """Say the claims of a block in one line, how many were checked, each of them folded under it.

    One that does not hold, or stands alone, is said by itself.
    """
    _open.append([])
    try:
        yield
    finally:
        held = _open.pop()
        n = len(held)
        if n == 1:
            say(ko=held[0][0], en=held[0][1])
        elif held:
            say_folded((f"주장 {n}개 확인함", f"{n} statements checked"), held)


def claim(
    *,
    ko: str,
    en: str,
    by: Evidence | tuple[Evidence, ...],
    data: Collection[str] = (),
    on: str | None = None,
) -> bool:
    """Say a statement with the figures that it rests on; return whether they bear it out.

    ``by``: what it rests on; all of it has to hold. ``data``: the data sets the statement is made
    for (empty: all); ``on``: the one in use. With ``SSL_COURSE_STRICT=1`` a claim that fails raises
    ``ClaimFailed``, unless the data set is another or ``SSL_COURSE_EFFORT`` is below 1: about those
    nothing is claimed. For a learner the lesson goes on.
    """
    by = by if isinstance(by, tuple) else (by,)
    seen_ko, seen_en = ("; ".join(e.words[i] for e in by) for i in (0, 1))
    holds = all(evidence.holds for evidence in by)
    made_for_this = not data or on in data
    in_full = runtime.effort() >= 1
    if holds:
        said = f"{ko} [{seen_ko}]", f"{en} [{seen_en}]"
        if _open:
            _open[-1].append(said)
        else:
            say(ko=said[0], en=said[1])
        return True
    if os.environ.get("SSL_COURSE_STRICT") == "1" and made_for_this and in_full:
        raise ClaimFailed(
            both(ko=f"성립하지 않습니다: {ko} [{seen_ko}]", en=f"Does not hold: {en} [{seen_en}]")
        )
    if not in_full:
        why_ko, why_en = (
            "SSL_COURSE_EFFORT가 1보다 작아 학습이 짧았습니다",
            "a shorter run than usual",
        )
    elif not made_for_this:
        why_ko, why_en = f"{on} 데이터에서는 확인하지 않은 주장입니다", f"not claimed for {on}"
    else:
        why_ko, why_en = "설정이나 코드가 바뀌었습니다", "changed settings or code"
    say(
        ko=f"✘ 이번에는 성립하지 않습니다: {ko} [{seen_ko}] 가능한 원인: {why_ko}.",
        en=f"✘ Not this time: {en} [{seen_en}] A likely reason: {why_en}.",
    )
    return False


def verdict(*, ko: str, en: str, effect: Effect) -> str:
    """Say what an effect is: better, worse, or inconclusive; return the English word.

    ``ko`` and ``en`` name what was compared. It claims nothing, so it can be said of any data set.
    """
    if effect.low > 0:
        word_ko, word = "더 낫습니다", "better"
    elif effect.high < 0:
        word_ko, word = "더 못합니다", "worse"
    else:
        word_ko, word = "이 테스트 사진으로는 판단할 수 없습니다", "inconclusive"
    seen_ko, seen_en = in_words(effect)
    say(ko=f"판정, {ko}: {word_ko}. [{seen_ko}]", en=f"Verdict, {en}: {word}. [{seen_en}]")
    return word


def claim_learned(
    before: Sequence[torch.Tensor],
    after: Sequence[torch.Tensor],
    *,
    sizes: Sequence[int],
    data: Collection[str],
    on: str,
) -> None:
    """Claim of the encoder just trained that it gained, over the test pictures of its probes.

    ``before`` and ``after``: which answers are right without and with training, bool
    ``(draws, pictures)``, one for each number of labels in ``sizes``; ``data`` and ``on`` as in
    ``claim``.
    """
    with folded_claims():
        for n, floor, learned in zip(sizes, before, after, strict=True):
            claim(
                ko=f"방금 학습한 인코더, 레이블 {n:,}개: 학습하지 않은 인코더보다 정확도가 높습니다.",
                en=f"The encoder just trained, {n:,} labels: better than the untrained one.",
                by=gain(paired_bootstrap(learned, floor)),
                data=data,
                on=on,
            )
