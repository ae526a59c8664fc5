"""check(), hint(), show_solution() and show_progress(): what every exercise shares."""

import html
import importlib
import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from course_utils.exercises import progress
from course_utils.exercises.guard import SECONDS, Noticed, TooLong, guarded
from course_utils.lang import both, say, tagged

_LESSONS = Path(__file__).parents[1] / "lessons"


@dataclass(frozen=True)
class Message:
    """One sentence or more, in both languages."""

    ko: str
    en: str


@dataclass(frozen=True)
class Exercise:
    """One exercise: the reference it is held against, its diagnosis and its hints.

    ``diagnose(answer)`` calls the learner's function on small inputs and returns what is wrong
    with it, or None. ``hints`` go from a nudge to nearly the answer. ``uses``: functions of the
    course that the reference calls, shown with the solution. ``short``: what is shown in place of a
    reference that is long because it is fast.
    """

    reference: Callable
    diagnose: Callable[[Callable], Message | None]
    hints: tuple[Message, ...]
    uses: tuple[Callable, ...] = ()
    short: Callable | None = None


class Untouched(Exception):
    """The learner's function returned None or ``...``: the stub as it was handed out."""


def names() -> dict[str, list[str]]:
    """All exercises of the course by topic, in the order of their files."""
    topics = sorted(path.parent.name for path in _LESSONS.glob("*/exercises.py"))
    return {topic: list(_exercises(topic)) for topic in topics}


def _exercises(topic: str) -> dict[str, Exercise]:
    return importlib.import_module(f"course_utils.lessons.{topic}.exercises").EXERCISES


def find(name: str) -> Exercise:
    """The exercise ``"topic.function"``; raises ``ValueError`` for a name that is none."""
    topic, _, function = name.partition(".")
    if topic in (found := names()) and function in found[topic]:
        return _exercises(topic)[function]
    raise ValueError(
        both(
            ko=f"이름이 {name!r}인 연습 문제는 없습니다. 노트북에 적힌 이름 그대로 쓰세요.",
            en=f"There is no exercise {name!r}. Use the name as the notebook gives it.",
        )
    )


def called(answer: Callable, *arguments):
    """Call the learner's function; raises ``Untouched`` if it hands back nothing."""
    result = answer(*arguments)
    if result is None or result is ...:
        raise Untouched
    return result


def not_a_tensor(result: object) -> Message | None:
    """What to say of an answer that should be a tensor; None if it is one."""
    if isinstance(result, torch.Tensor):
        return None
    return Message(
        ko=f"텐서를 반환해야 하는데 {type(result).__name__}입니다.",
        en=f"A tensor should come back; this is a {type(result).__name__}.",
    )


def not_two(result: object, names: str) -> Message | None:
    """What to say of an answer that should be two things; ``names`` as in ``return rotated,
    labels``.
    """
    if isinstance(result, tuple | list) and len(result) == 2:
        return None
    return Message(
        ko=f"값 두 개를 `return {names}`처럼 반환하세요.",
        en=f"Return two things: `return {names}`.",
    )


def changed(*pairs: tuple[torch.Tensor, torch.Tensor]) -> Message | None:
    """What to say when a tensor handed in is no longer what it was; pairs of (now, before)."""
    if all(torch.equal(now, before) for now, before in pairs):
        return None
    return Message(
        ko="넘겨받은 텐서가 바뀌었습니다. 제자리에서 고치지 말고 새 텐서를 만드세요.",
        en="A tensor handed in was changed. Make new tensors instead of writing into them.",
    )


def check(name: str, answer: Callable) -> Callable:
    """Try the learner's function; return it if it passes, else the course's own.

    Prints which of the two the lesson goes on with and, for a wrong answer, what was seen on which
    small input. Never raises on account of the learner's code; what else that code does (print,
    change a random seed, never end) is told and undone (``guard``).
    """
    exercise = find(name)
    try:
        with guarded() as noticed:
            message = exercise.diagnose(answer)
    except Untouched:
        _tell(noticed)
        say(
            ko=f"… {name}: 아직 반환하는 값이 없습니다. 채운 뒤 이 셀을 다시 실행하세요. 이미 채웠다면 "
            "return을 빠뜨리지 않았는지 보세요. 지금은 준비된 함수로 계속합니다.",
            en=f"… {name}: not yet, nothing is returned. Fill it in and run this cell again. If "
            "you have, is the return missing? For now the lesson goes on with the course's "
            "function.",
        )
        return exercise.reference
    except TooLong:
        message = Message(
            ko=f"{SECONDS:.0f}초가 지나도 끝나지 않아 멈추었습니다. 끝나지 않는 반복문이 없는지 보세요.",
            en=f"It was stopped: after {SECONDS:.0f} seconds it had not come to an end. Is there a "
            "loop that never ends?",
        )
    except (Exception, SystemExit) as error:
        where = _own_line(answer, error)
        what = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
        message = Message(
            ko=f"실행하다가 오류가 났습니다. {what}", en=f"It stopped with an error. {what}"
        )
    _tell(noticed)
    if message is None:
        progress.solved(name)
        say(
            ko=f"✔ {name}: 맞습니다. 이제부터 여러분이 만든 함수를 씁니다.",
            en=f"✔ {name}: correct. From here on the lesson uses your function.",
        )
        return answer
    say(
        ko=f"✘ {name}: 다시 생각해 보세요. {message.ko}\n  지금은 준비된 함수로 계속합니다.",
        en=f"✘ {name}: look again. {message.en}\n"
        "  For now the lesson goes on with the course's function.",
    )
    return exercise.reference


def _tell(noticed: Noticed) -> None:
    """Say what else the learner's function did."""
    lines = noticed.printed.splitlines()
    if lines:
        say(
            ko=f"  함수가 {len(lines)}줄을 출력했습니다. 처음 세 줄만 보입니다.",
            en=f"  Your function printed {len(lines)} lines; here are the first three at most.",
        )
        print("\n".join(f"  | {line}" for line in lines[:3]))
    if noticed.changed:
        say(
            ko=f"  함수가 {', '.join(noticed.changed)}의 상태를 바꾸었습니다. 다음 셀에 영향을 주지 않도록 되돌려 놓았습니다.",
            en=f"  Your function changed the state of {', '.join(noticed.changed)}. It was put "
            "back, so that later cells are not affected.",
        )


def _own_line(answer: Callable, error: Exception) -> traceback.FrameSummary:
    """The last line of the learner's own code that the error passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    return [frame for frame in frames if frame.filename == file or frame is frames[0]][-1]


def hint(name: str, step: int = 1) -> None:
    """Print hint number ``step`` of an exercise; 1 is the smallest."""
    hints = find(name).hints
    if not 1 <= step <= len(hints):
        say(
            ko=f"힌트는 1부터 {len(hints)}까지 있습니다.",
            en=f"There are hints 1 to {len(hints)}.",
        )
        return
    text = hints[step - 1]
    say(
        ko=f"힌트 {step}/{len(hints)}: {text.ko}",
        en=f"Hint {step}/{len(hints)}: {text.en}",
    )


def show_solution(name: str):
    """Show the source of a solution, folded, with the functions of the course that it calls."""
    from IPython.display import HTML, display

    exercise = find(name)
    shown = (*exercise.uses, exercise.short or exercise.reference)
    sources = [inspect.getsource(function) for function in shown]
    source = html.escape("\n\n".join(sources))
    title = tagged(ko="풀이 보기", en="Show the solution")
    display(HTML(f"<details><summary>{title}</summary><pre>{source}</pre></details>"))


def show_progress() -> None:
    """Say which exercises of the course are solved, as kept beside the notebook, and how many
    questions answered.
    """
    say(**progress.overview(names()))
