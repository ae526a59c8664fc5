"""What lesson 05 says of its record holds, is said in both languages, and fails when the record is another."""

import pytest
import torch

from course_utils import lang
from course_utils.encoders import shipped
from course_utils.exercises.claims import ClaimFailed
from course_utils.lessons.colorization import dial, experiments, findings, halves
from course_utils.records.read import recorded
from tests.lessons.common import does_not_bear_out, is_about_these_pictures, says_what_holds

pytestmark = pytest.mark.usefixtures("strict")

SAYING = (
    findings.hero,
    findings.control,
    findings.chroma_and_error,
    dial.curve,
    halves.compared,
)


@pytest.mark.parametrize("say", SAYING, ids=lambda f: f.__name__)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_said_holds(say, language, capsys):
    says_what_holds(say, language, capsys)


@pytest.mark.parametrize("say", SAYING, ids=lambda f: f.__name__)
def test_another_record_is_not_said_to_bear_it_out(say, monkeypatch):
    does_not_bear_out(say, (findings, halves, dial), monkeypatch)


def test_lengths_and_positions_are_those_of_the_record():
    assert (findings.SHORT, findings.LONG, dial.EXAMPLES) == (experiments.SHORT, experiments.LONG, experiments.DIAL)  # fmt: skip
    assert dial.SHARES == experiments.DEPENDENCES
    assert set(findings.WAYS) <= set(experiments.WAYS)
    assert set(findings.DECODED) == set(experiments.TEMPERATURES)


def test_the_league_is_of_gray_pictures():
    rows = findings.means()
    floor = recorded("colorization").outcome("linear_10000", recipe="floor", experiment="probe", data="cifar10", color=False)  # fmt: skip
    assert rows["random weights"] == pytest.approx(floor.values.mean().item())
    assert rows["채색, 재조정, 1,000,000번", "colorization, rebalanced, 1,000,000 seen"] == max(
        stage["linear_10000"]
        for stage in shipped.origin("colorization")["read"]["cifar10"].values()
    )  # validation chooses the stage that is also the best on test pictures
    assert len(rows) == 6


def test_here_is_about_these_test_pictures(capsys):
    is_about_these_pictures(findings.here, capsys)


def test_what_light_tells_is_said_and_a_network_has_to_tell_more(capsys):
    lang.set_language("en")
    right, wrong = torch.arange(200) < 150, torch.arange(200) < 90
    findings.beats_light(right, wrong, data="cifar10")
    assert "45% of the other photographs" in capsys.readouterr().out
    with pytest.raises(ClaimFailed):
        findings.beats_light(wrong, right, data="cifar10")


def test_weights_of_the_commonest_and_the_rarest_bin_are_said(capsys):
    """Shares 0.9 and 0.1 at half: 1 / 0.7 and 1 / 0.3, over their mean 0.9 / 0.7 + 0.1 / 0.3."""
    lang.set_language("en")
    findings.weights(torch.tensor([0.9, 0.1]), 0.5)
    assert capsys.readouterr().out.strip() == "weights: commonest bin 0.9, rarest 2.1"
