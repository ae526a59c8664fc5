"""claim(): a sentence about a result, with its figures, that fails when it is false."""

import os
from collections.abc import Collection

from course_utils import runtime
from course_utils.lang import Text, both, pair, say


class ClaimFailed(AssertionError):
    """A claim did not hold where it is made to hold."""


def claim(
    *, ko: str, en: str, holds: bool, seen: Text, data: Collection[str] = (), on: str | None = None
) -> bool:
    """Say a statement with the figures it rests on and a tick or a cross; return ``holds``.

    ``holds``: whether the figures bear it out; ``seen``: those figures, digits and names as in the
    figures, or a pair (Korean, English); ``data``: the data sets the statement is made for (empty:
    all); ``on``: the one in use. With ``SSL_COURSE_STRICT=1`` a claim that fails raises
    ``ClaimFailed``, unless the data set is another or ``SSL_COURSE_EFFORT`` is below 1: about those
    nothing is claimed. For a learner the lesson goes on.
    """
    seen_ko, seen_en = pair(seen)
    made_for_this = not data or on in data
    in_full = runtime.effort() >= 1
    if holds:
        say(ko=f"✔ {ko} [{seen_ko}]", en=f"✔ {en} [{seen_en}]")
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


def in_points(difference: float, low: float, high: float) -> tuple[str, str]:
    """A difference of accuracies in one run and its 95 % bounds over test pictures, in points.

    All in [-1, 1], as ``comparisons.paired_bootstrap`` gives them; Korean and English. It is no
    interval over seeds, and says so.
    """
    difference, low, high = (100 * x for x in (difference, low, high))
    return (
        f"{difference:+.1f}%p, 테스트 이미지에 대한 95% 구간 {low:+.1f}부터 {high:+.1f}까지, "
        "시드에 대한 구간은 아님",
        f"{difference:+.1f} points, 95% interval over test pictures {low:+.1f} to {high:+.1f}, "
        "not over seeds",
    )


def in_points_over_seeds(
    difference: float, low: float, high: float, *, seeds: int
) -> tuple[str, str]:
    """A mean difference of accuracies and its 95 % bounds over ``seeds`` seeds, in points.

    All in [-1, 1], as ``comparisons.over_seeds`` gives them; Korean and English.
    """
    difference, low, high = (100 * x for x in (difference, low, high))
    return (
        f"{difference:+.1f}%p, 시드 {seeds}개에 대한 95% 구간 {low:+.1f}부터 {high:+.1f}까지",
        f"{difference:+.1f} points, 95% interval over {seeds} seeds {low:+.1f} to {high:+.1f}",
    )


def verdict(*, ko: str, en: str, interval: tuple[float, float, float]) -> str:
    """Say what a paired bootstrap says of a difference: better, worse, or inconclusive.

    ``interval``: difference and its 95 % bounds, in [-1, 1], as ``comparisons.paired_bootstrap``
    gives them; ``ko`` and ``en`` name what was compared. Returns the English word. It claims
    nothing, so it can be said of any data set.
    """
    _, low, high = interval
    if low > 0:
        word_ko, word = "더 낫습니다", "better"
    elif high < 0:
        word_ko, word = "더 못합니다", "worse"
    else:
        word_ko, word = "이 테스트 사진으로는 판단할 수 없습니다", "inconclusive"
    seen_ko, seen_en = in_points(*interval)
    say(ko=f"판정, {ko}: {word_ko}. [{seen_ko}]", en=f"Verdict, {en}: {word}. [{seen_en}]")
    return word
