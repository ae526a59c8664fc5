"""What lesson 03 says of its record holds, is said in both languages, and fails when the record is another."""

import pytest

from course_utils import lang
from course_utils.encoders import shipped
from course_utils.lessons.rotation import findings, light_findings
from course_utils.records.read import recorded
from tests.lessons.common import does_not_bear_out, is_about_these_pictures, says_what_holds

pytestmark = pytest.mark.usefixtures("strict")

SAYING = (findings.hero, findings.as_long_as_here, light_findings.answers, findings.tiles, findings.sun, findings.depth)  # fmt: skip


@pytest.mark.parametrize("say", SAYING, ids=lambda f: f.__name__)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_said_holds(say, language, capsys):
    says_what_holds(say, language, capsys)


@pytest.mark.parametrize("say", SAYING, ids=lambda f: f.__name__)
def test_another_record_is_not_said_to_bear_it_out(say, monkeypatch):
    does_not_bear_out(say, (findings, light_findings), monkeypatch)


def test_the_table_of_the_sun_is_what_was_recorded(capsys):
    lang.set_language("en")
    findings.sun()
    told = capsys.readouterr().out
    kept = recorded("rotation").outcome(
        experiment="sun", recipe="rotation", sun="above", light="above"
    )
    assert f"{kept.values.mean():.1%}" in told and "untrained" in told


def test_the_league_has_the_headline_with_its_inputs():
    rows = findings.means("cifar10")
    assert rows["random weights"] == pytest.approx(findings.headline("cifar10")["random weights"].mean().item())  # fmt: skip
    assert ("회전, 입력 270,000개", "rotation, 270,000 inputs") in rows
    short = recorded("rotation").outcome(
        "linear_10000", data="cifar10", examples=96_000, pose="four", sun="random"
    )
    as_here = ("회전, 입력 96,000개", "rotation, 96,000 inputs")
    assert rows[as_here] == pytest.approx(short.values.mean().item())
    blocks = shipped.origin("rotation")["read"]["cifar10"]
    million = ("회전, 입력 1,000,000개", "rotation, 1,000,000 inputs")
    assert rows[million] in [block["linear_10000"] for block in blocks.values()]
    assert million not in findings.means("toyworld")


def test_fooled_says_how_far_each_falls(capsys):
    lang.set_language("en")
    shares = {"first": {0.0: 0.65, 0.3: 0.43}, "mended": {0.0: 0.64, 0.3: 0.56}}
    light_findings.fooled(shares)
    told = capsys.readouterr().out
    assert "-22 points" in told and "by -8" in told
    assert "the first gets 65% of the angles right, the mended one 64%" in told


def test_here_is_about_these_test_pictures(capsys):
    is_about_these_pictures(findings.here, capsys)
