"""What lesson 07 says of its record holds, is said in both languages, and fails when the record is another."""

from types import SimpleNamespace

import pytest
import torch

from course_utils import lang, runtime
from course_utils.encoders import shipped
from course_utils.exercises.claims import ClaimFailed
from course_utils.lessons.contrastive import (
    collapse,
    collapse_findings,
    experiments,
    findings,
    partners,
    question_findings,
)
from course_utils.records.read import recorded
from tests.lessons.common import does_not_bear_out, says_what_holds

pytestmark = pytest.mark.usefixtures("strict")

SAYING = (
    findings.hero,
    findings.dial,
    collapse_findings.collapse,
    question_findings.temperatures,
    question_findings.methods,
    question_findings.projector,
)
TABLES = (
    findings.control,
    question_findings.batches,
    question_findings.bounds,
    question_findings.methods,
    question_findings.projector,
    question_findings.temperatures,
)


@pytest.mark.parametrize("say", SAYING, ids=lambda f: f.__name__)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_said_holds(say, language, capsys):
    says_what_holds(say, language, capsys)


@pytest.mark.parametrize("say", SAYING, ids=lambda f: f.__name__)
def test_another_record_is_not_said_to_bear_it_out(say, monkeypatch):
    does_not_bear_out(say, (findings, collapse_findings, question_findings), monkeypatch)


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
    game = SimpleNamespace(played=True, right=[True, True, True, False])
    not_yet = SimpleNamespace(played=False, right=[])
    mine = partners.played({0.0: not_yet, 0.25: game})
    assert mine == {0.25: 0.75}
    with_me, without = findings.dial(mine), findings.dial()
    assert with_me.description == without.description  # the description tells of the record
    assert with_me.png("en") != without.png("en")
    assert with_me.png("en") != findings.dial({0.0: 0.75, 0.25: 0.75}).png("en")


def test_what_colors_find_is_said_and_checked(capsys):
    plain, jittered = torch.arange(1000) < 900, torch.arange(1000) < 500
    findings.by_color(plain, jittered, data="cifar10")
    assert "90%" in (told := capsys.readouterr().out) and "50%" in told
    with pytest.raises(ClaimFailed):
        findings.by_color(jittered, plain, data="cifar10")
    findings.by_color(jittered, plain, data="folder")  # of other data nothing is claimed


def test_false_negatives_are_counted_as_in_batches(capsys):
    """Beside a count over batches drawn at random."""
    labels = torch.tensor([0] * 30 + [1] * 50 + [2] * 20)
    drawn = [labels[torch.randperm(100, generator=runtime.generator(s))[:16]] for s in range(500)]
    same = [(x[:, None] == x).sum() - 16 for x in drawn]
    counted = 2 * sum(same).item() / (16 * 500)  # negatives of the same class, per view
    lang.set_language("en")
    question_findings.false_negatives(labels, 16)
    told = float(capsys.readouterr().out.split("Of 30 negatives, ")[1].split()[0])
    assert told == pytest.approx(counted, abs=0.15)


def test_the_league_is_of_this_data():
    rows = findings.means()
    floor = recorded("references").outcome("linear_10000", recipe="floor", data="cifar10")
    assert rows["random weights"] == pytest.approx(floor.values.mean().item())
    assert len(rows) == 6
    block = shipped.origin("contrastive")["read"]["cifar10"]["block2"]  # the best by validation
    assert block["linear_10000"] in rows.values()


@pytest.mark.parametrize(("share", "word"), [(0.9, "better"), (0.505, "inconclusive"), (0.1, "worse")])  # fmt: skip
@pytest.mark.parametrize("data", ["cifar10", "my photographs"])
def test_here_says_what_one_run_shows_and_claims_the_record(share, word, data, capsys):
    lang.set_language("en")
    generator = runtime.generator(0)
    drawn = (torch.rand(5, 2000, generator=generator) < p for p in (share, 0.5))
    after, before = (SimpleNamespace(correct=x) for x in drawn)
    findings.here([before], [after], sizes=(500,), data=data)
    told = capsys.readouterr().out
    assert f"500 labels: {word}. [" in told
    assert ("trained on 1,000,000 views" in told) is (data == "cifar10")
    assert told.count("Recorded on CIFAR-10, 96,000 views") == 2


def test_here_another_record_is_not_said_to_bear_it_out(monkeypatch):
    probe = SimpleNamespace(correct=torch.rand(5, 200) < 0.5)

    def here():
        findings.here([probe], [probe], sizes=(500,), data="cifar10")

    does_not_bear_out(here, (findings,), monkeypatch)
