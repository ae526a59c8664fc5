"""What lesson 07 says of its record holds, is said in both languages, and fails when the record is another."""

import pytest
import torch

from course_utils import lang
from course_utils.lessons.contrastive import (
    collapse,
    collapse_findings,
    experiments,
    findings,
    question_findings,
)
from course_utils.records.read import recorded
from tests.lessons.common import does_not_bear_out, is_about_these_pictures, says_what_holds

pytestmark = pytest.mark.usefixtures("strict")

SAYING = (findings.hero, findings.dial, collapse_findings.collapse)
TABLES = (findings.control, question_findings.batches, question_findings.projector, question_findings.bounds)  # fmt: skip


@pytest.mark.parametrize("say", SAYING, ids=lambda f: f.__name__)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_said_holds(say, language, capsys):
    says_what_holds(say, language, capsys)


@pytest.mark.parametrize("say", SAYING, ids=lambda f: f.__name__)
def test_another_record_is_not_said_to_bear_it_out(say, monkeypatch):
    does_not_bear_out(say, (findings, collapse_findings), monkeypatch)


@pytest.mark.parametrize("table", TABLES, ids=lambda f: f.__name__)
def test_tables_have_intervals_or_shares_in_both_languages(table, capsys):
    for language in ("ko", "en"):
        lang.set_language(language)
        table()
        assert len(capsys.readouterr().out.splitlines()) >= 4


def test_lengths_and_positions_are_those_of_the_record():
    for name in ("LONG", "DIAL", "SHORT", "STRENGTHS"):
        assert getattr(findings, name) == getattr(experiments, name)
    assert set(findings.WORLDS) == set(experiments.WORLDS)
    last = {f"spread_{k:02d}" for k in range(collapse_findings.LOOKS)}
    row = recorded("contrastive").of_seed("collapse", 0, method="BYOL", taken=True)
    assert {name for name in row if name.startswith("spread_")} == last
    assert set(collapse_findings.TAKEN) == {"BYOL", *collapse.OBJECTIVES}


def test_the_block_of_the_dial_is_chosen_once_by_validation():
    """By hand, over all positions and seeds."""
    record = recorded("contrastive")
    for data in findings.WORLDS:
        asked = {"data": data, "examples": findings.DIAL}
        means = {}
        for block in ("block1", "block2", "block3"):
            rows = [
                record.figures("dial", f"linear_10000_{block}_validation", strength=s, **asked)
                for s in findings.STRENGTHS
            ]
            means[block] = torch.stack(rows).mean().item()
        assert findings.dial_stage(data) == max(means, key=means.get)


def test_a_learner_who_played_stands_in_the_dial():
    with_me, without = (findings.dial(you).description for you in (0.75, None))
    assert with_me == without  # the description tells of the record
    drawn = [findings.dial(you).png("en") for you in (0.75, None)]
    assert drawn[0] != drawn[1]


def test_the_league_is_of_this_data():
    rows = findings.means()
    floor = recorded("references").outcome("linear_10000", recipe="floor", data="cifar10")
    assert rows["random weights"] == pytest.approx(floor.values.mean().item())
    assert len(rows) == 5


def test_here_is_about_these_test_pictures(capsys):
    is_about_these_pictures(findings.here, capsys)
