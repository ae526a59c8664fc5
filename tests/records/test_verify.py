import contextlib
import dataclasses
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.__main__ import main
from course_utils.records import verify as module
from course_utils.records.fingerprint import ROOT, Sources
from course_utils.records.plan import Recipe, planned, rows, stale
from course_utils.records.run import record
from course_utils.records.verify import print_rows, verify
from tests.oracles import assert_bilingual
from tests.repositories import git

# ------------------------------------------------------------ what is decided


@pytest.fixture
def anew(topic, monkeypatch):
    """A recorded topic whose code then changed; ``before`` and ``now``: what rows are made again.

    Each is a function of a row's key: figures and hashes as the two codes give them.
    """
    record("any")
    topic.made, topic.names = [], []
    topic.before = lambda row: {
        "figures": row["figures"],
        "code": {"trained": "abc", "read": "abc"},
        "weights": "0f",
    }
    topic.now = topic.before

    def run_in(root, name, keys, share):
        topic.made += [(root.name, *json.loads(key)[2:]) for key in keys]
        topic.names += [(root.name, json.loads(key)[0]) for key in keys]
        rows = {r.key: row for r, row in zip(planned("any"), topic.written(), strict=True)}
        return [(topic.before if root.name == "last" else topic.now)(rows[key]) for key in keys]

    @contextlib.contextmanager
    def last_commit():
        yield Path("last"), "1f106bb"

    monkeypatch.setattr(module, "_run_in", run_in)
    monkeypatch.setattr(module, "_last_commit", last_commit)
    topic.learn.code = "changed"
    return topic


def differing(by):
    return lambda row: {"figures": {"value": row["figures"]["value"] + by}, "code": {}}


def test_equal_figures_stamp_every_row_of_the_recipe(anew, capsys):
    rows = anew.written()
    assert len(stale("any")) == 4
    assert main(["record", "any", "--verify"]) == 0
    assert stale("any") == []
    assert len(anew.made) == 2  # one row, twice
    for row, was in zip(anew.written(), rows, strict=True):
        assert row.pop("verified")["against"] == "1f106bb"
        assert row == was | {"trained": "changed"}
    assert "4 rows stamped" in capsys.readouterr().out
    assert verify("any") is True
    assert "nothing to verify" in capsys.readouterr().out
    assert len(anew.made) == 2


@pytest.mark.parametrize("by", [0.005, -0.005, 2e-5, math.nan, math.inf])
def test_other_figures_stamp_nothing(anew, capsys, by):
    before = anew.path.read_bytes()
    anew.now = differing(by)
    assert main(["record", "any", "--verify"]) == 1
    assert anew.path.read_bytes() == before
    assert "refused" in capsys.readouterr().out


def test_the_last_decimal_may_be_rounded_either_way(anew):
    anew.now = differing(1e-5)
    assert verify("any") is True


@pytest.mark.parametrize("weights", ["0f", "f0"])
def test_of_a_share_the_weights_have_to_be_equal(anew, weights):
    anew.now = lambda row: anew.before(row) | {"weights": weights}
    assert verify("any", 0.25) is (weights == "0f")
    assert [row.get("verified", {}).get("share") for row in anew.written()] == (
        [0.25] * 4 if weights == "0f" else [None] * 4
    )


def test_of_a_share_the_last_decimal_has_to_be_equal(anew):
    anew.now = lambda row: differing(1e-5)(row) | {"weights": "0f"}
    assert verify("any", 0.25) is False


@pytest.mark.parametrize(("trained_by", "fine"), [("abc", True), ("abc", False), ("xyz", True)])
def test_a_shipped_encoder_of_a_verified_recipe_is_stamped(anew, monkeypatch, trained_by, fine):
    told = {"recipe": "linear", "code": trained_by, "seconds": 3}
    monkeypatch.setattr(module.ship.shipped, "HERE", anew.path.parent)
    monkeypatch.setattr(module.ship, "recipe_of", lambda name: (anew.experiments[0].recipe, {}))
    beside = anew.path.with_name("any.json")
    beside.write_text(json.dumps(told), encoding="utf-8")
    anew.path.with_name("any.npz").touch()
    anew.now = anew.before if fine else differing(0.5)
    verify("any")
    after = json.loads(beside.read_text(encoding="utf-8"))
    if fine and trained_by == "abc":
        assert after.pop("verified")["against"] == "1f106bb"
        told["code"] = "changed"
    assert after == told


def test_other_names_of_figures_stamp_nothing(anew):
    before = anew.path.read_bytes()
    for names in ({"worth": 4.5}, {}, {"value": 4.5, "more": 1.0}):
        anew.now = lambda row, names=names: {"figures": names, "code": {}}
        assert verify("any") is False
    assert anew.path.read_bytes() == before


def test_rows_that_the_last_commit_did_not_make_are_refused(anew, capsys):
    before = anew.path.read_bytes()
    for part in ("trained", "read"):
        code = {"trained": "abc", "read": "abc"} | {part: "of the last commit"}
        anew.before = lambda row, code=code: {"figures": row["figures"], "code": code}
        assert verify("any") is False
        assert "did not make these rows" in capsys.readouterr().out
    assert anew.path.read_bytes() == before


def test_a_row_speaks_for_rows_of_its_own_code_only(anew):
    """Two rows are older than the last commit's code: another run of ``record`` was interrupted."""
    content = json.loads(anew.path.read_text(encoding="utf-8"))
    for row in content["rows"][:2]:
        row["trained"] = "older"
    anew.path.write_text(json.dumps(content), encoding="utf-8")
    anew.begin_anew()
    assert verify("any") is False
    assert [row["trained"] for row in anew.written()] == ["older"] * 2 + ["changed"] * 2
    assert ["verified" in row for row in anew.written()] == [False] * 2 + [True] * 2


def test_a_row_of_the_fewest_examples_and_the_first_seed_is_made_again(anew):
    settings = rows("data examples times", ("toyworld", 8, 1), ("toyworld", 4, 2))
    (told,) = anew.experiments
    anew.experiments = (dataclasses.replace(told, settings=settings, seeds=(1, 0)),)
    record("any")
    anew.learn.code = "changed again"
    anew.before = lambda row: {
        "figures": row["figures"],
        "code": {"trained": "changed", "read": "abc"},
    }
    assert verify("any") is True
    assert anew.made == [(place, settings[1], 0) for place in ("last", ROOT.name)]


def test_readings_of_one_network_follow_each_other(anew):
    """Two experiments read what a recipe trains; in the plan another recipe stands between them."""
    (told,) = anew.experiments
    again = dataclasses.replace(told, name="told again")
    between = dataclasses.replace(told, name="between", recipe=Recipe("other", anew.learn))
    anew.experiments = (told, between, again)
    anew.learn.code = "abc"
    record("any")
    anew.learn.code = "changed"
    assert verify("any") is True
    names = [name for place, name in anew.names if place == "last"]
    assert sorted(names) == ["between", "told", "told again"]
    assert "between" in (names[0], names[-1])


def test_weights_are_kept_for_the_changed_code(anew):
    """What is read later of a verified recipe trains nothing."""
    before = anew.trainings()
    assert verify("any") is True
    (told,) = anew.experiments
    anew.experiments = (told, dataclasses.replace(told, name="told again"))
    anew.begin_anew()
    record("any")
    assert anew.trainings() == before


def test_missing_rows_are_left_to_record(topic, monkeypatch):
    assert verify("any") is True  # nothing is there
    assert topic.calls == []


# ------------------------------------------------------------ processes and git


def test_a_row_is_printed_on_the_last_line_and_trained_anew(topic, capsys):
    record("any")
    topic.begin_anew()
    print_rows("any", [planned("any")[i].key for i in (3, 1, 2)], 1.0)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    weights = [row.pop("weights") for row in told]
    assert weights[0] == weights[1] != weights[2]  # seed 1, read twice, and seed 0
    code = {"trained": "abc", "read": "abc"}
    assert told == [{"figures": {"value": v}, "code": code} for v in (9.2, 4.6, 9.0)]
    assert len(topic.trainings()) == 4  # of seed 1 once, for both readings


def test_the_code_in_a_folder_makes_a_row(tmp_path):
    package = tmp_path / "course_utils"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("import sys; print('hello'); print(sys.argv[1:])")
    with pytest.raises(json.JSONDecodeError):
        module._run_in(tmp_path, "tiny", ["a key"], 1.0)
    (package / "__main__.py").write_text("print('hello\\n[1, 2]')")
    assert module._run_in(tmp_path, "tiny", ["a key", "another"], 1.0) == [1, 2]
    (package / "__main__.py").write_text("raise SystemExit('no such row')")
    with pytest.raises(ValueError, match="no such row") as error:
        module._run_in(tmp_path, "tiny", ["a key"], 1.0)
    assert_bilingual(str(error.value))


@pytest.mark.parametrize("repository", [False, True])
def test_without_a_commit_nothing_is_stamped(topic, tmp_path, monkeypatch, repository):
    record("any")
    topic.learn.code = "changed"
    before = topic.path.read_bytes()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    if repository:
        git("init", "-q", cwd=tmp_path)
    with pytest.raises(ValueError) as error:
        verify("any")
    assert_bilingual(str(error.value))
    assert topic.path.read_bytes() == before


# ------------------------------------------------------------ all of it, in a repository

TINY = """
import torch
from torch import nn

from course_utils import losses, runtime
from course_utils.records.plan import Experiment, Recipe, rows
from course_utils.train import fit


def batches(generator):
    while True:
        x = torch.rand(8, 4, generator=generator)
        yield x, (x.sum(1) > 2).long()


def learn(*, examples, seed):
    generator = runtime.generator(seed)
    net = nn.Linear(4, 2)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.rand(parameter.shape, generator=generator))
    fit(net, batches(generator), losses.classification, examples=examples, lr=0.1,
        precision=torch.float32)
    return net


def first_weight(net):
    return {"weight": net.weight[0, 0].item()}


EXPERIMENTS = (
    Experiment("weight", first_weight, rows("examples", (64,), (128,)), Recipe("line", learn), (0,),
               "numbers drawn here"),
)
"""


def test_verify_in_a_repository(tmp_path):
    root = tmp_path / "clone"
    ignored = shutil.ignore_patterns("results.json", "__pycache__", ".*")
    shutil.copytree(ROOT / "course_utils", root / "course_utils", ignore=ignored)
    tiny = root / "course_utils" / "lessons" / "tiny"
    tiny.mkdir()
    (tiny / "__init__.py").touch()
    code, results = tiny / "experiments.py", tiny / "results.json"
    code.write_text(TINY, encoding="utf-8")

    def course(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "course_utils", *arguments],
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root), "SSL_COURSE_LANG": "en"},
            capture_output=True,
            text=True,
        )

    def commit():
        git("add", "-A", cwd=root)
        git("commit", "-q", "-m", "as it is", cwd=root)
        return git("rev-parse", "--short", "HEAD", cwd=root)

    def rows():
        return json.loads(results.read_text(encoding="utf-8"))["rows"]

    git("init", "-q", cwd=root)
    done = course("record", "tiny")
    assert (done.returncode, len(rows())) == (0, 2), done.stderr
    last, recorded = commit(), rows()

    # Code that computes the same in other words.
    clean = TINY.replace(".long()", ".to(torch.int64)").replace("learn", "train_linear")
    code.write_text(clean, encoding="utf-8")
    fresh = Sources(root).hash("course_utils.lessons.tiny.experiments", "train_linear")
    assert fresh != recorded[0]["trained"]
    done = course("record", "tiny", "--verify")
    assert done.returncode == 0, done.stdout + done.stderr
    for row, was in zip(rows(), recorded, strict=True):
        assert row.pop("verified")["against"] == last
        assert row == was | {"trained": fresh}
    assert git("worktree", "list", cwd=root).count("\n") == 0  # the checkout is gone

    # Code that moves a figure by half a point.
    commit()
    before = results.read_bytes()
    code.write_text(clean.replace(".item()}", ".item() + 0.005}"), encoding="utf-8")
    done = course("record", "tiny", "--verify")
    assert done.returncode == 1
    assert "refused, figures differ by up to 0.00500" in done.stdout
    assert results.read_bytes() == before
