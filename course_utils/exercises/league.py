"""The league table: the learner's own measurements beside the course's records.

The learner's rows are kept beside their notebooks (``progress``), nothing is sent anywhere.
"""

import datetime
from collections.abc import Mapping

from course_utils.exercises import progress
from course_utils.figures.words import name
from course_utils.lang import Text, table


def add(topic: str, value: float, *, what: str, data: str) -> None:
    """Keep a measurement, a share in [0, 1], of the learner's own encoder.

    ``what``: in a few words what was chosen; a second one of equal ``topic``, ``what`` and ``data``
    takes the place of the first.
    """
    date = datetime.date.today().isoformat()
    progress.keep_run(topic, what=what, data=data, value=value, date=date)


def show(
    data: str, references: Mapping[Text, float], *, now: Mapping[str, tuple[str, float]]
) -> None:
    """Say the table for a data set, best first: the course's records, and the learner's runs.

    ``references`` are recorded shares by name; ``now`` the runs of this moment, (what, share) by
    topic, which stand in the table also where nothing is kept.
    """
    kept = {
        (run["topic"], run["what"]): (run["value"], run["date"])
        for run in progress.remembered()["runs"]
        if run["data"] == data
    }
    today = datetime.date.today().isoformat()
    kept |= {(topic, what): (value, today) for topic, (what, value) in now.items()}
    rows = [(value, name(called), "") for called, value in references.items()]
    rows += [
        (value, (f"나: {topic}, {what}", f"you: {topic}, {what}"), date)
        for (topic, what), (value, date) in kept.items()
    ]
    table(
        [("누가", "who"), (f"{data} 정확도", f"accuracy on {data}"), ("언제", "when")],
        [
            [called, f"{value:.1%}", date]
            for value, called, date in sorted(rows, key=lambda row: -row[0])
        ],
    )
