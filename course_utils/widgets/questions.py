"""Questions with answers to choose from: whichever is chosen gets its explanation."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets

from course_utils import texts
from course_utils.exercises import progress
from course_utils.lang import both, say, t, tagged
from course_utils.widgets.labels import html_lines, keep_in_language, offer, one_line
from course_utils.widgets.still import show_with_still


@dataclass(frozen=True)
class Option:
    """One answer to a question, and what is said to whoever chooses it, in both languages."""

    ko: str
    en: str
    reply_ko: str
    reply_en: str


def ask(*, ko: str, en: str, options: Sequence[Option]) -> ipywidgets.VBox:
    """Ask a question; whichever option is chosen gets its explanation. Shows and returns the box.

    The still form lists the options, each with its explanation folded under it. The choice is
    remembered beside the learner's notebooks, under the English question, and is there again after
    a restart (``progress``).
    """
    chosen = progress.answer(en)
    if chosen not in range(len(options)):
        chosen = None
    # One group each: inside a group only arrow keys lead on, and JupyterLab takes those for itself.
    radios = [ipywidgets.RadioButtons(layout=ipywidgets.Layout(width="100%")) for _ in options]
    question, reply = ipywidgets.HTML(), ipywidgets.HTML()

    def write():
        question.value = f"<b>{html.escape(one_line(ko=ko, en=en))}</b>"
        if chosen is not None:
            told = options[chosen]
            reply.value = html_lines(t(ko=told.reply_ko, en=told.reply_en))

    def choose_one(change):
        nonlocal chosen
        if change["new"] is None:  # because another was chosen
            return
        chosen = change["new"]
        for i, radio in enumerate(radios):
            if i != chosen:
                radio.value = None
        progress.answered(en, chosen)
        write()

    for i, (radio, option) in enumerate(zip(radios, options, strict=True)):
        start = i if i == chosen else None
        offer(radio, [(option.ko, option.en, i)], start, choose_one)
    keep_in_language(write)
    box = ipywidgets.VBox([question, ipywidgets.VBox(radios), reply])
    show_with_still(box, f"<p><b>{tagged(ko=ko, en=en)}</b></p>{folded(options)}")
    return box


def recall(name: str) -> None:
    """Say again what the learner answered to the question ``"topic.name"``, beside what settles it;
    nothing where nothing was answered.
    """
    ko, en = _quiz(name)["question"]
    chosen = progress.answer(en)
    if chosen is not None:
        (ko, en), _ = _quiz(name)["options"][chosen]
        say(ko=f"여러분의 예상: {ko}", en=f"You predicted: {en}")


def quiz(name: str) -> ipywidgets.VBox:
    """Ask the question ``"topic.name"`` of a lesson's texts, as ``ask`` does.

    Raises ``ValueError`` for a name that is none.
    """
    asked = _quiz(name)
    ko, en = asked["question"]
    options = [Option(*answer, *reply) for answer, reply in asked["options"]]
    return ask(ko=ko, en=en, options=options)


def _quiz(name: str) -> dict:
    """The texts of a question; raises ``ValueError`` for a name that is none."""
    topic, _, question = name.partition(".")
    quizzes = texts.of(topic)["quizzes"] if texts.file_of(topic).is_file() else {}
    if question not in quizzes:
        raise ValueError(
            both(
                ko=f"이름이 {name!r}인 질문은 없습니다. 노트북에 적힌 이름 그대로 쓰세요.",
                en=f"There is no question {name!r}. Use the name as the notebook gives it.",
            )
        )
    return quizzes[question]


def folded(options: Sequence[Option]) -> str:
    """Every option with its reply folded under it, as HTML."""
    return "".join(
        f"<details><summary>{tagged(ko=o.ko, en=o.en)}</summary>"
        f"{tagged(ko=o.reply_ko, en=o.reply_en, block=True)}</details>"
        for o in options
    )
