"""Reading recorded results: rows found by a subset of their settings, a stage chosen for a method.

``lessons/TOPIC/results.json`` holds one row for each setting and seed of an experiment; nothing
here imports the code that made them.
"""

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch

from course_utils.lang import both, say
from course_utils.texts import LESSONS


def path_of(topic: str) -> Path:
    """Where the rows of a topic lie; raises ``ValueError`` for a topic that records nothing."""
    if topic not in topics():
        raise ValueError(
            both(
                ko=f"주제 {topic!r}에는 기록할 실험이 없습니다. 있는 주제: {', '.join(topics())}.",
                en=f"There are no experiments on {topic!r}. Topics: {', '.join(topics())}.",
            )
        )
    return LESSONS / topic / "results.json"


def topics() -> list[str]:
    """All topics that have experiments."""
    return sorted(p.parent.name for p in LESSONS.glob("*/experiments.py"))


@dataclass(frozen=True)
class Outcome:
    """One reading of a method on a data set, for all its seeds, from the stage chosen for it.

    ``values``: test figures, float32 ``(seeds,)``; ``validation``: the mean that chose ``stage``.
    """

    values: torch.Tensor
    stage: str
    validation: float


@dataclass(frozen=True)
class Record:
    """The recorded rows of a topic; see ``recorded``."""

    topic: str
    rows: tuple[dict, ...]

    def _matching(self, experiment: str, asked: dict) -> list[dict]:
        return [
            row
            for row in self.rows
            if row["experiment"] == experiment and asked.items() <= _described(row).items()
        ]

    def _one(self, experiment: str, asked: dict) -> list[dict]:
        """The rows of the one setting that is meant, by seed; else ``LookupError``."""
        rows = self._matching(experiment, asked)
        settings = {json.dumps(_described(row), sort_keys=True) for row in rows}
        if len(settings) == 1:
            return sorted(rows, key=lambda row: row["seed"])
        if not rows:
            raise LookupError(
                both(
                    ko=f"{self.topic} 기록에 {experiment} {asked}가 없습니다. "
                    f"`python -m course_utils record {self.topic}`로 기록하세요.",
                    en=f"The record of {self.topic} has no {experiment} {asked}. "
                    f"Run `python -m course_utils record {self.topic}`.",
                )
            )
        several = "\n".join(sorted(settings))
        raise LookupError(
            both(
                ko=f"{experiment} {asked}에 맞는 설정이 여럿입니다. 하나만 남도록 더 적으세요.\n{several}",
                en=f"Several settings of {experiment} match {asked}. Say more.\n{several}",
            )
        )

    def settings_of(self, experiment: str, **asked) -> dict:
        """All settings, ``recipe`` among them, of the one that is meant; ``LookupError`` as in
        ``figures``.
        """
        return _described(self._one(experiment, asked)[0])

    def figures(self, experiment: str, figure: str, **asked) -> torch.Tensor:
        """One figure for all its seeds, in order, float32 ``(seeds,)``.

        ``asked``: as many settings (``recipe`` among them) as tell the one that is meant. Raises
        ``LookupError`` if none or several match, and for a figure that no row has.
        """
        rows = self._one(experiment, asked)
        if figure not in rows[0]["figures"]:
            raise _no_figure(experiment, figure, rows[0]["figures"])
        return torch.tensor([row["figures"][figure] for row in rows])

    def of_seed(self, experiment: str, seed: int, **asked) -> dict[str, float]:
        """All figures of one row, by name; ``LookupError`` as in ``figures``, and for a seed that
        was not recorded.
        """
        rows = [row for row in self._one(experiment, asked) if row["seed"] == seed]
        if not rows:
            raise LookupError(
                both(
                    ko=f"{experiment} {asked}에는 시드 {seed}의 기록이 없습니다.",
                    en=f"{experiment} {asked} has no row with seed {seed}.",
                )
            )
        return rows[0]["figures"]

    def stages(
        self, reading: str, *, experiment: str = "probe", **asked
    ) -> dict[str, torch.Tensor]:
        """Test figures of a reading (``linear_500``) by stage, in order: float32 ``(seeds,)``
        each. Raises ``LookupError`` as ``figures`` does.
        """
        there = self._one(experiment, asked)[0]["figures"]
        names = [n for n in there if n.startswith(f"{reading}_") and n.endswith("_test")]
        if not names:
            raise _no_figure(experiment, reading, there)
        return {
            name.removeprefix(f"{reading}_").removesuffix("_test"): self.figures(
                experiment, name, **asked
            )
            for name in names
        }

    def outcome(
        self, reading: str = "linear_10000", *, experiment: str = "probe", **asked
    ) -> Outcome:
        """A reading of a method on a data set, from the stage that the ruler chooses for it.

        ``reading``: ``linear_10000``, ``linear_500``, ``neighbours_10000`` or ``neighbours_500``.
        The stage is the one with the highest validation of the linear probe with most labels,
        averaged over all seeds: chosen once a method and data set, never seed by seed, and for all
        readings the same.
        """
        tests = self.stages(reading, experiment=experiment, **asked)
        names = self._one(experiment, asked)[0]["figures"]
        most = max(int(n.split("_")[1]) for n in names if n.startswith("linear_"))
        means = {
            stage: self.figures(experiment, f"linear_{most}_{stage}_validation", **asked).mean()
            for stage in tests
        }
        stage = max(means, key=means.get)
        return Outcome(tests[stage], stage, means[stage].item())

    def about(self, experiment: str, **asked) -> None:
        """Say where and when an experiment was recorded, beside its figures; ``asked`` as a
        filter.
        """
        mine = self._matching(experiment, asked) or self._one(experiment, asked)
        seeds = sorted({row["seed"] for row in mine})
        date = max(row["date"] for row in mine)
        machines = ", ".join(sorted({row["machine"] for row in mine}))
        provenance = "; ".join(sorted({row["provenance"] for row in mine}))
        say(
            ko=f"기록한 결과: {experiment}, 시드 {seeds}, {date}, {machines}. 데이터: {provenance}",
            en=f"Recorded: {experiment}, seeds {seeds}, {date}, {machines}. Data: {provenance}",
        )


def _no_figure(experiment: str, asked: str, there: Iterable[str]) -> LookupError:
    names = ", ".join(there)
    return LookupError(
        both(
            ko=f"{experiment}에는 {asked!r}라는 수치가 없습니다: {names}.",
            en=f"{experiment} has no figure {asked!r}: {names}.",
        )
    )


def with_recipe(recipe: str | None, settings: dict) -> dict:
    """Settings with the name of the recipe, if there is one: what a look-up may ask for."""
    return ({"recipe": recipe} if recipe else {}) | settings


def _described(row: dict) -> dict:
    return with_recipe(row["recipe"], row["settings"])


@functools.cache
def recorded(topic: str) -> Record:
    """The record of a topic, empty before the first run; ``ValueError`` for an unknown one."""
    path = path_of(topic)
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    return Record(topic, tuple(rows))
