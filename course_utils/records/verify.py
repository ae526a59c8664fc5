"""``record --verify``: code was changed, figures should not have changed. Is that so?

One row of each recipe and experiment, one of the fewest examples, is trained and read twice on this
machine: with the code of the last commit, in a checkout of its own, and with the code as it stands
now. Several readings of one network train it once. If all figures are equal within rounding, every
row of that recipe and experiment gets the new stamp, and says that it was verified; so does an
encoder that the same recipe made and that comes with the package. Otherwise nothing is stamped:
rows have to be run.

With ``--share`` only that share of every schedule is run. A step that differed in one bit would
change all that come after it, so the weights then have to be equal, bit for bit, and the figures in
all their decimals: for changes that leave arithmetic alone.
"""

import contextlib
import datetime
import hashlib
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from course_utils.lang import both, say
from course_utils.records import ship
from course_utils.records.fingerprint import ROOT
from course_utils.records.plan import Planned, key_of, planned, stale
from course_utils.records.read import recorded
from course_utils.records.run import (
    carry_over,
    figures_of,
    network_of,
    training,
    undisturbed,
    write_rows,
)

# Figures are kept with five decimals: the last one may be rounded either way.
ROUNDING = 1.5e-5


def print_rows(topic: str, keys: list[str], share: float) -> None:
    """Run planned rows anew, without kept weights, and print what they gave as a line of JSON."""
    there = {row.key: row for row in planned(topic)}
    made = []
    for key in keys:
        figures = figures_of(there[key], kept=False, share=share)
        with undisturbed(share):
            network = network_of(there[key], kept=False)  # the one that was just trained
        digest = hashlib.sha256()
        for value in network.state_dict().values() if network is not None else ():
            digest.update(value.numpy().tobytes())
        weights = digest.hexdigest()[:16]
        made.append({"figures": figures, "code": there[key].code, "weights": weights})
    print(json.dumps(made))


def _run_in(root: Path, topic: str, keys: list[str], share: float) -> list[dict]:
    """``print_rows`` in a process of its own, with the code that lies in ``root``."""
    command = [sys.executable, "-m", "course_utils", "record", topic, "--print-rows", *keys]
    command += ["--share", str(share)]
    environment = os.environ | {"PYTHONPATH": str(root), "TQDM_DISABLE": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(
            both(
                ko=f"{root}의 코드로 {topic}의 행을 다시 만들지 못했습니다.\n{done.stderr[-800:]}",
                en=f"The code in {root} could not make rows of {topic}.\n{done.stderr[-800:]}",
            )
        )
    return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def _last_commit() -> Iterator[tuple[Path, str]]:
    """A checkout of the last commit in a folder of its own, and the commit's name."""

    def git(*arguments):
        call = ["git", "-c", "safe.directory=*", *arguments]
        done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise ValueError(
                both(
                    ko=f"git에서 마지막 커밋을 꺼내지 못했습니다. {done.stderr.strip()}",
                    en=f"git could not give the last commit. {done.stderr.strip()}",
                )
            )
        return done.stdout.strip()

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "last"
        git("worktree", "add", "--detach", str(place), "HEAD")
        try:
            yield place, git("rev-parse", "--short", "HEAD")
        finally:
            git("worktree", "remove", "--force", str(place))


def _groups(topic: str) -> dict[tuple, list[Planned]]:
    """Rows that are there but of other code, those together that one of them can speak for: of one
    experiment and recipe, made by the same code and to be stamped with the same; fewest examples
    first.
    """
    there = {key_of(row): row for row in recorded(topic).rows}
    todo = set(stale(topic)) & set(there)
    groups: dict[tuple, list[Planned]] = {}
    for row in planned(topic):
        if row.key in todo:
            recipe, was = row.experiment.recipe, there[row.key]
            code = was["trained"], was["read"], *row.code.values()
            groups.setdefault((row.experiment.name, recipe and recipe.name, *code), []).append(row)
    # Seeds break the tie in the same way everywhere: experiments then share a training.
    return {
        g: sorted(rows, key=lambda r: (r.settings.get("examples", 0), r.seed))
        for g, rows in groups.items()
    }


def verify(topic: str, share: float = 1.0) -> bool:
    """Stamp the rows of a topic whose code changed and whose figures did not; True if all are.

    ``share`` in (0, 1]: how much of every schedule is run. Rows that are missing are left to
    ``record``. Raises ``ValueError`` if git has no last commit, or if a row cannot be made with
    either code.
    """
    found = {key_of(row): row for row in recorded(topic).rows}
    groups, refused = _groups(topic), set()
    if not groups:
        say(ko="확인할 행이 없습니다.", en="There is nothing to verify.")
        return True
    # Rows of one training follow each other.
    groups = dict(sorted(groups.items(), key=lambda group: training(group[1][0])))
    keys = [rows[0].key for rows in groups.values()]
    with _last_commit() as (last, commit):
        verified = {"against": commit, "date": datetime.date.today().isoformat()}
        if share < 1:
            verified["share"] = share
        made = zip(*(_run_in(root, topic, keys, share) for root in (last, ROOT)), strict=True)
        for (before, now), ((experiment, recipe, *_), rows) in zip(
            made, groups.items(), strict=True
        ):
            known = found[rows[0].key]
            made_it = all(before["code"][part] == known[part] for part in ("trained", "read"))
            apart = _apart(before["figures"], now["figures"])
            same = apart <= ROUNDING
            if share < 1:
                same = apart == 0 and before["weights"] == now["weights"]
            name = f"{experiment}, {recipe}" if recipe else experiment
            if not made_it or not same:
                refused.add(recipe)
                say(
                    ko=f"{name}: 확인하지 못했습니다. 수치가 {apart:.5f}까지 다릅니다."
                    if made_it
                    else f"{name}: 마지막 커밋의 코드로 만든 행이 아닙니다.",
                    en=f"{name}: refused, figures differ by up to {apart:.5f}."
                    if made_it
                    else f"{name}: refused, the last commit's code did not make these rows.",
                )
                continue
            for row in rows:
                if row.experiment.recipe:
                    carry_over(row, found[row.key]["trained"])
                found[row.key] |= row.code | {"verified": verified}
            say(
                ko=f"{name}: 수치가 같아 {len(rows)}행에 새 해시를 적었습니다.",
                en=f"{name}: equal figures, {len(rows)} rows stamped anew.",
            )
            write_rows(topic, list(found.values()))
    for _, recipe, trained, *_ in groups:
        if recipe and recipe not in refused:
            ship.stamp_anew(topic, recipe, trained, verified)
    return not refused


def _apart(before: dict[str, float], now: dict[str, float]) -> float:
    """The largest difference of two sets of figures; infinite if they have other names, or if a
    figure is no number.
    """
    if before.keys() != now.keys():
        return math.inf
    differences = [abs(before[name] - now[name]) for name in now]
    return math.inf if any(map(math.isnan, differences)) else max(differences, default=0.0)
