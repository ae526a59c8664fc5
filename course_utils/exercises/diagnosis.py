"""Which mistake is it? An answer is compared with the reference and with executable wrong twins.

A mistake is a wrong twin: a function that makes just this mistake. An answer with a twin's facts
has made its mistake. With two mistakes at once the nearest twin is named; where none is near, what
is wrong with kinds, shapes and types, or else what was seen and what was wanted.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from course_utils.exercises.facts import RETURNED, Facts, alike, facts_of

# A twin is named if it explains more than this of all differences, its own included.
NEAR = 0.5
# Facts whose names begin so are for messages only.
TOLD = "told_"
# What is said of any function, in this order: the end of a fact's name, and the key of the message.
GENERAL = (
    ("results", "results"),
    ("_kind", "kind"),
    ("changed", "changed"),
    ("_axes", "shape"),
    ("_shape", "shape"),
    ("_dtype", "dtype"),
    ("_device", "device"),
)

Observed = list[Facts]  # one for each case


@dataclass(frozen=True)
class Exercise:
    """One exercise: what is asked for, how answers are observed, and the likely mistakes.

    ``observe(answer, case)`` yields facts (see ``facts``), for every case that a function of
    ``cases`` makes anew. ``mistakes``: wrong twins by name; their messages, the hints and what is
    said otherwise stand in the lesson's ``texts.toml``. ``uses``: functions of the course that the
    reference calls, shown with the solution. ``short``: what is shown in place of a reference that
    is long because it is fast.
    """

    reference: Callable
    observe: Callable[[Callable, object], Iterator[tuple[str, object]]]
    cases: tuple[Callable[[], object], ...]
    mistakes: Mapping[str, Callable]
    uses: tuple[Callable, ...] = ()
    short: Callable | None = None


@dataclass(frozen=True)
class Known:
    """The facts of an exercise's reference and of its twins."""

    reference: Observed
    twins: Mapping[str, Observed]

    @functools.cached_property
    def wrong(self) -> dict[str, frozenset[tuple[int, str]]]:
        """Where the facts of each twin are not the reference's: found once, not for each answer."""
        return {
            name: frozenset(differences(twin, self.reference)) for name, twin in self.twins.items()
        }


@dataclass(frozen=True)
class Finding:
    """What is wrong: a twin's name (``mistake``) or another ``key``, and what its message may use.

    ``facts``: the answer's where it goes wrong first, the reference's with ``wanted_`` before the
    name, and for a general key ``name``, ``seen`` and ``wanted`` of one result.
    """

    key: str
    facts: Facts
    mistake: bool = False


def observed(exercise: Exercise, answer: Callable, reference: Observed | None = None) -> Observed:
    """An answer's facts; with the ``reference``'s at hand no more of them than make sense."""
    cases = [make() for make in exercise.cases]
    wanted = reference or [None] * len(cases)
    return [
        facts_of(exercise.observe(answer, case), facts)
        for case, facts in zip(cases, wanted, strict=True)
    ]


def run_twins(exercise: Exercise) -> Known:
    """Run the reference and every twin."""
    reference = observed(exercise, exercise.reference)
    twins = {name: observed(exercise, twin, reference) for name, twin in exercise.mistakes.items()}
    return Known(reference, twins)


def differences(a: Observed, b: Observed) -> list[tuple[int, str]]:
    """Where the facts of ``a`` are not those of ``b``: case and name, in order."""
    return [
        (case, name)
        for case, (one, other) in enumerate(zip(a, b, strict=True))
        for name, value in one.items()
        if not name.startswith(TOLD)
        and name != RETURNED
        and not (name in other and alike(value, other[name]))
    ]


def explained(
    answer: Observed, wrong: frozenset[tuple[int, str]], twin: str, among: Known
) -> float:
    """How far a twin of ``among`` explains an answer, in [0, 1]: 1 if all their facts are alike.

    ``wrong``: where the answer differs from the reference. Of all facts in which either differs
    from it, the share in which both are alike. With another number of axes the shape itself says
    little more: it counts half.
    """
    facts, its = among.twins[twin], among.wrong[twin]
    either = wrong | its

    def weight(case, name):
        return 0.5 if (case, name.replace("_shape", "_axes")) in either - {(case, name)} else 1.0

    both = [
        (case, name) for case, name in wrong & its if alike(answer[case][name], facts[case][name])
    ]
    return sum(weight(*fact) for fact in both) / max(0.5, sum(weight(*fact) for fact in either))


def diagnose(answer: Observed, among: Known) -> Finding | None:
    """What is wrong with an answer, by its facts; None if they are the reference's."""
    wrong = differences(answer, among.reference)
    if not wrong:
        return None
    scores = {name: explained(answer, frozenset(wrong), name, among) for name in among.twins}
    nearest = max(scores, key=scores.__getitem__)
    case, _ = wrong[0]
    seen, wanted = answer[case], among.reference[case]
    facts = seen | {f"wanted_{name}": value for name, value in wanted.items()}
    if scores[nearest] > NEAR:
        return Finding(nearest, facts, mistake=True)
    for ending, key in GENERAL:
        for name in (name for at, name in wrong if at == case and name.endswith(ending)):
            of = name.removesuffix(ending)
            # The shape itself says more than the number of its axes.
            fact = f"{of}_shape" if ending == "_axes" else name
            one = {"name": of, "seen": seen[fact], "wanted": wanted[fact]}
            return Finding(key, facts | one)
    return Finding("otherwise", facts)
