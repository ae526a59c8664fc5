"""check(), hint(), show_solution() and show_progress(): what every exercise shares."""

import functools
import html
import importlib
import inspect
import traceback
from collections.abc import Callable

from course_utils import texts, threads
from course_utils.exercises import diagnosis, progress
from course_utils.exercises.diagnosis import Exercise, Finding, Known
from course_utils.exercises.facts import Untouched
from course_utils.exercises.guard import SECONDS, Noticed, TooLong, guarded
from course_utils.lang import both, say, tagged

LONGEST = 500  # characters of a line or an error that are shown

# What is said of any function, by the keys of ``diagnosis.GENERAL``.
GENERAL_TEXTS: dict[str, texts.Said] = {
    "results": (
        "값 {wanted}개를 `return {names}`처럼 함께 반환하세요. 지금은 {seen}개입니다.",
        "Return {wanted} things together, `return {names}`; it returned {seen}.",
    ),
    "kind": (
        "`{name}`이 텐서여야 하는데 {seen}입니다. `torch.cat`이나 `torch.stack`으로 하나의 텐서를 만드세요.",
        "`{name}` should be a tensor and is a {seen}. Make one tensor, with `torch.cat` or "
        "`torch.stack` say.",
    ),
    "changed": (
        "넘겨받은 `{seen}`이 바뀌었습니다. 제자리에서 고치지 말고 새 텐서를 만드세요.",
        "What was handed in was changed: `{seen}`. Make new tensors instead of writing into it.",
    ),
    "shape": (
        "`{name}`의 형태가 {seen}입니다. {wanted}이어야 합니다.",
        "`{name}` has shape {seen}; it should be {wanted}.",
    ),
    "dtype": (
        "`{name}`의 자료형이 {seen}입니다. {wanted}이어야 합니다.",
        "`{name}` is {seen}; it should be {wanted}.",
    ),
    "device": (
        "`{name}`이 {seen}에 있습니다. 입력과 같은 {wanted}에 있어야 합니다.",
        "`{name}` lies on {seen}; it should be on {wanted}, where the input is.",
    ),
}


def names() -> dict[str, list[str]]:
    """All exercises of the course by topic, in the order of the lesson's ``texts.toml``."""
    topics = sorted(path.parent.name for path in texts.LESSONS.glob("*/exercises"))
    return {topic: list(texts.of(topic)["exercises"]) for topic in topics}


def of_lessons() -> dict[str, list[str]]:
    """The exercises of topics that have a lesson: one may be prepared before its lesson is."""
    return {topic: found for topic, found in names().items() if texts.of(topic)["lesson"]}


def find(name: str) -> Exercise:
    """The exercise ``"topic.function"``; raises ``ValueError`` for a name that is none."""
    topic, _, function = name.partition(".")
    if topic in (found := names()) and function in found[topic]:
        return importlib.import_module(
            f"course_utils.lessons.{topic}.exercises.{function}"
        ).EXERCISE
    raise ValueError(
        both(
            ko=f"이름이 {name!r}인 연습 문제는 없습니다. 노트북에 적힌 이름 그대로 쓰세요.",
            en=f"There is no exercise {name!r}. Use the name as the notebook gives it.",
        )
    )


@functools.cache
def known(name: str) -> Known:
    """The facts of an exercise's reference and twins, made once a process."""
    with guarded(seconds=600):
        return diagnosis.run_twins(find(name))


def texts_of(name: str) -> dict:
    """Hints and messages of an exercise, as ``texts.of`` gives them."""
    topic, _, function = name.partition(".")
    return texts.of(topic)["exercises"][function]


class _Unseen:
    """A fact that an answer was not looked at for."""

    def __format__(self, how: str) -> str:
        return "?"


class _Seen(dict):
    """Facts for a message; one that is missing must not keep it from being said."""

    def __missing__(self, name: str) -> _Unseen:
        return _Unseen()


def message(name: str, finding: Finding) -> texts.Said:
    """What is said of a finding: Korean and English."""
    own = texts_of(name)
    if finding.mistake:
        said = own["mistakes"][finding.key]
    elif finding.key == "otherwise":
        said = own["otherwise"]
    else:
        said = own["instead"].get(finding.key, GENERAL_TEXTS[finding.key])
    facts = _Seen({"names": ", ".join(_results(name)), **finding.facts})
    return tuple(text.format_map(facts) for text in said)


def _results(name: str) -> list[str]:
    """What the results of an exercise are called."""
    return [n.removesuffix("_kind") for n in known(name).reference[0] if n.endswith("_kind")]


def check(name: str, answer: Callable) -> Callable:
    """Try the learner's function; return it if it passes, else the course's own.

    Prints which of the two the lesson goes on with and, for a wrong answer, what was seen on which
    small input. Never raises on account of the learner's code; what else that code does (print,
    change a random seed, never end) is told and undone (``guard``).
    """
    exercise = find(name)
    if not callable(answer):
        return _wrong(
            name,
            ko=f"함수가 아니라 {type(answer).__name__}을 넘겼습니다. 결과 말고 함수 이름을 괄호 없이 쓰세요.",
            en=f"This is a {type(answer).__name__}, not a function. Hand in the function by its "
            "name, without brackets, and not its result.",
        )
    threads.settle()  # or it would look as if the learner's function had changed their number
    wanted = known(name)
    try:
        seen = _observed(exercise, answer, wanted)
    except Untouched:
        say(
            ko=f"… {name}: 아직 반환하는 값이 없습니다. 채운 뒤 이 셀을 다시 실행하세요. 이미 채웠다면 "
            "return을 빠뜨리지 않았는지 보세요. 지금은 준비된 함수로 계속합니다.",
            en=f"… {name}: not yet, nothing is returned. Fill it in and run this cell again. If "
            "you have, is the return missing? For now the lesson goes on with the course's "
            "function.",
        )
        return exercise.reference
    except TooLong:
        return _wrong(
            name,
            ko=f"{SECONDS:.0f}초가 지나도 끝나지 않아 멈추었습니다. 끝나지 않는 반복문이 없는지 보세요.",
            en=f"It was stopped: after {SECONDS:.0f} seconds it had not come to an end. Is there a "
            "loop that never ends?",
        )
    except KeyboardInterrupt:  # the stop button
        raise
    except BaseException as error:  # SystemExit, CancelledError: nothing of it ends the lesson
        where = _own_line(answer, error)
        what = f"{type(error).__name__}: {_text_of(error)} ({where.name}, line {where.lineno})"
        return _wrong(
            name, ko=f"실행하다가 오류가 났습니다. {what}", en=f"It stopped with an error. {what}"
        )
    finding = diagnosis.diagnose(seen, wanted)
    if finding is None:
        progress.solved(name)
        say(
            ko=f"✔ {name}: 맞습니다. 이제부터 여러분이 만든 함수를 씁니다.",
            en=f"✔ {name}: correct. From here on the lesson uses your function.",
        )
        return answer
    ko, en = message(name, finding)
    return _wrong(name, ko=ko, en=en)


def _observed(exercise: Exercise, answer: Callable, wanted: Known) -> diagnosis.Observed:
    """The facts of an answer; whatever else it did is said, also where it ends with an error."""
    noticed = Noticed()
    try:
        with guarded() as noticed:
            return diagnosis.observed(exercise, answer, wanted.reference)
    finally:
        _tell(noticed)


def _wrong(name: str, *, ko: str, en: str) -> Callable:
    """Say what is wrong; return the function that the lesson goes on with."""
    say(
        ko=f"✘ {name}: 다시 생각해 보세요. {ko}\n  지금은 준비된 함수로 계속합니다.",
        en=f"✘ {name}: look again. {en}\n  For now the lesson goes on with the course's function.",
    )
    return find(name).reference


def _tell(noticed: Noticed) -> None:
    """Say what else the learner's function did."""
    if noticed.lines:
        say(
            ko=f"  함수가 {noticed.lines:,}줄을 출력했습니다. 처음 세 줄만 보입니다.",
            en=f"  Your function printed {noticed.lines:,} lines; the first three are shown.",
        )
        first = noticed.printed.splitlines()[:3]
        print("\n".join(f"  | {line[:LONGEST]}" for line in first))
    if noticed.changed:
        say(
            ko=f"  함수가 {', '.join(noticed.changed)}의 상태를 바꾸었습니다. 다음 셀에 영향을 주지 않도록 되돌려 놓았습니다.",
            en=f"  Your function changed the state of {', '.join(noticed.changed)}. It was put "
            "back, so that later cells are not affected.",
        )


def _text_of(error: BaseException) -> str:
    """What an error says, in short, also where its own text fails."""
    try:
        text = str(error)
    except Exception:
        return "…"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _own_line(answer: Callable, error: Exception) -> traceback.FrameSummary:
    """The last line of the learner's own code that the error passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    return [frame for frame in frames if frame.filename == file or frame is frames[0]][-1]


def hint(name: str, step: int = 1) -> None:
    """Print hint number ``step`` of an exercise; 1 is the smallest."""
    find(name)
    hints = texts_of(name)["hints"]
    if not 1 <= step <= len(hints):
        say(
            ko=f"힌트는 1부터 {len(hints)}까지 있습니다.",
            en=f"There are hints 1 to {len(hints)}.",
        )
        return
    ko, en = hints[step - 1]
    say(ko=f"힌트 {step}/{len(hints)}: {ko}", en=f"Hint {step}/{len(hints)}: {en}")


def show_solution(name: str) -> None:
    """Show the source of a solution, folded, with the functions of the course that it calls."""
    exercise = find(name)
    shown = (*exercise.uses, exercise.short or exercise.reference)
    _show_folded("풀이 보기", "Show the solution", shown)


def show_basics() -> None:
    """Show the encoder and the training loop of every lesson, folded, as lesson 01 builds them."""
    encoder, loop = find("why_ssl.encoder"), find("why_ssl.training_loop")
    shown = (*encoder.uses, encoder.reference, loop.reference)
    _show_folded(
        "인코더와 학습 루프 보기 (01 강의)", "Show encoder and training loop (lesson 01)", shown
    )


def _show_folded(ko: str, en: str, functions: tuple[Callable, ...]) -> None:
    from IPython.display import HTML, display

    source = html.escape("\n\n".join(inspect.getsource(function) for function in functions))
    title = tagged(ko=ko, en=en)
    display(HTML(f"<details><summary>{title}</summary><pre>{source}</pre></details>"))


def show_progress() -> None:
    """Say which exercises of the course are solved, as kept beside the notebook, and how many
    questions answered.
    """
    say(**progress.overview(of_lessons()))
