"""Long trainings in a folder: begun, stopped, killed, gone on with, read."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils import models, train
from course_utils.__main__ import main
from course_utils.data.worlds import world
from course_utils.lessons import recipes
from course_utils.runs import checkpoints, folder, pretrain, probe
from course_utils.runs.methods import method_called, methods
from course_utils.runs.pretrain import count, pretrain_run
from course_utils.runs.probe import probe_run
from tests.oracles import assert_bilingual

# What is kept, compared and refused does not depend on the width of an encoder.
pytestmark = pytest.mark.usefixtures("narrow")

ROOT = Path(__file__).parents[2]
EXAMPLES = 40 * 256  # 40 steps of rotation, four entries of the history


def run_rotation(to, **how):
    settings = {"data": "tiny", "examples": how.pop("examples", EXAMPLES)}
    return pretrain_run(recipes.ROTATION, settings, to, device="cpu", **how)


def arrays_of(path):
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def log_of(to):
    log = json.loads((to / "history.json").read_text(encoding="utf-8"))
    log.pop("seconds")
    return log


def same(one, other):
    """Two finished runs: equal logs, equal weights to the last bit."""
    assert log_of(one) == log_of(other)
    a, b = arrays_of(one / "encoder.npz"), arrays_of(other / "encoder.npz")
    assert a.keys() == b.keys()
    assert all(np.array_equal(a[name], b[name]) for name in a)


@pytest.fixture
def whole(tiny, tmp_path_factory):
    """A run that nothing disturbed; all tests look at one."""
    if not hasattr(whole, "folder"):
        whole.folder = tmp_path_factory.mktemp("whole") / "run"
        run_rotation(whole.folder)
    return whole.folder


@contextlib.contextmanager
def stopped_at(examples, error):
    """Trainings end with an error when so many examples have been seen."""
    step = train._Log.step

    def stepped(log, n, metrics, bar):
        step(log, n, metrics, bar)
        if log.seen >= examples:
            raise error

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(train._Log, "step", stepped)
        yield


class Killed(BaseException):
    """Nothing catches it, and nothing is tidied up by ``fit``."""


# ---------------------------------------------------------------- one run


def test_a_run_is_the_recipe_itself(tiny, whole):
    net = recipes.learn_rotation(data=tiny, examples=EXAMPLES, seed=0)
    stored = folder.encoder_of_run(whole)
    assert not stored.training
    for name, value in net.encoder.state_dict().items():
        assert torch.equal(value, stored.state_dict()[name]), name
    there = {path.name for path in whole.iterdir()}
    assert there - {".run.lock", "probe.json"} == {"run.json", "history.json", "encoder.npz"}
    history = folder.history_of_run(whole)
    assert history.examples == [2560 * i for i in range(1, 5)]
    assert set(history.metrics) == {"loss", "accuracy"}


def test_effort_does_not_shorten_a_run(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.1")
    run_rotation(tmp_path / "run", examples=2560)
    assert folder.history_of_run(tmp_path / "run").examples == [2560]
    assert os.environ["SSL_COURSE_EFFORT"] == "0.1"


@pytest.mark.parametrize("name", methods())
def test_every_method_has_a_name_and_takes_both_encoders(name):
    recipe = method_called(name)
    for encoder in models.ENCODERS:
        net = recipe.train(data="toyworld", examples=0, seed=0, encoder=encoder)
        parts = dict(net.encoder.named_children())
        assert ("block4" in parts) is (encoder == "resnet18")


def test_the_methods_are_those_of_the_lessons():
    assert {"rotation", "colorization", "contrastive", "byol", "vicreg", "exemplar", "tracking",
            "supervised"} <= set(methods())  # fmt: skip
    assert not any(name.startswith("floor") for name in methods())


# ---------------------------------------------------------------- stopped and gone on with


@pytest.mark.parametrize("steps", [5, 10, 29, 39])
def test_stopped_anywhere_it_goes_on_as_if_nothing_had_been(steps, whole, tmp_path):
    with stopped_at(256 * steps, Killed()), pytest.raises(Killed):
        run_rotation(tmp_path / "run", every=0)
    assert (tmp_path / "run" / "checkpoint.npz").exists() is (steps > 10)
    with pytest.raises(ValueError, match="--resume") as error:
        folder.encoder_of_run(tmp_path / "run")
    assert_bilingual(str(error.value))
    assert run_rotation(tmp_path / "run", resume=True) is True
    same(tmp_path / "run", whole)
    assert not (tmp_path / "run" / "checkpoint.npz").exists()


def test_stopped_twice_and_by_hand(whole, tmp_path, capsys):
    for steps in (15, 32):
        with stopped_at(256 * steps, KeyboardInterrupt()):
            assert run_rotation(tmp_path / "run", every=0, resume=steps > 15) is False
        assert "--resume" in capsys.readouterr().out
    run_rotation(tmp_path / "run", resume=True)
    same(tmp_path / "run", whole)


@pytest.mark.parametrize("method", ["byol", "colorization", "exemplar", "tracking"])
def test_what_a_method_keeps_beside_its_encoder_is_kept(method, tiny, tmp_path):
    """A target network, a head, the share of the run that is done, places in the stream."""
    data = "toyworld" if method == "tracking" else tiny  # which has no clips
    recipe, settings = method_called(method), {"data": data, "examples": 1920}
    pretrain_run(recipe, settings, tmp_path / "whole", device="cpu")
    with stopped_at(1350, Killed()), pytest.raises(Killed):
        pretrain_run(recipe, settings, tmp_path / "run", device="cpu", every=0)
    pretrain_run(recipe, settings, tmp_path / "run", device="cpu", resume=True)
    same(tmp_path / "run", tmp_path / "whole")


def test_precision_and_threads_are_those_it_began_with(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_COURSE_THREADS", "1")
    with stopped_at(5120, Killed()), pytest.raises(Killed):
        run_rotation(tmp_path / "run", every=0)
    monkeypatch.setenv("SSL_COURSE_THREADS", "2")
    other = {torch.float32: torch.bfloat16, torch.bfloat16: torch.float32}
    chosen = pretrain.runtime.fastest_precision(torch.device("cpu"))
    monkeypatch.setattr(pretrain.runtime, "fastest_precision", lambda where: other[chosen])
    run_rotation(tmp_path / "run", resume=True)
    history = folder.history_of_run(tmp_path / "run")
    assert (history.threads, history.precision) == (1, str(chosen).removeprefix("torch."))


KILLS = 4  # ten, as a measurement


def test_killed_at_random_moments_it_has_the_history_of_an_uninterrupted_run(whole, tmp_path):
    """With −9, in processes of their own, checkpoints following each other without a pause."""
    code = (
        "from course_utils import models; from tests.narrow import narrow_encoder;"
        "models.ENCODERS['small'] = narrow_encoder;"
        "from course_utils.lessons import recipes; from course_utils.runs.pretrain import *;"
        "from pathlib import Path; import sys; print('begins', flush=True);"
        f"pretrain_run(recipes.ROTATION, {{'data': 'tiny', 'examples': {EXAMPLES}}},"
        f"Path({str(tmp_path / 'run')!r}), device='cpu', every=0, resume=len(sys.argv) > 1)"
    )
    draw, kills = random.Random(0), 0
    moments = sorted(draw.uniform(0.1, 2) for _ in range(KILLS))  # the first before it can be done
    while not (tmp_path / "run" / "encoder.npz").exists():
        going_on = ["on"] if (tmp_path / "run" / "run.json").exists() else []
        call = [sys.executable, "-c", code, *going_on]
        with subprocess.Popen(call, stdout=subprocess.PIPE, cwd=ROOT) as process:
            process.stdout.readline()
            if kills < KILLS:
                time.sleep(moments[kills])
                kills += process.poll() is None
                process.send_signal(signal.SIGKILL)
            process.wait()  # before its output is closed: it says which data it takes
        assert process.returncode in (0, -signal.SIGKILL)  # never an error of its own
        path = tmp_path / "run" / "checkpoint.npz"
        if path.exists():
            assert {"examples", "seconds"} <= set(arrays_of(path))  # whole, whatever happened
    assert kills > 0
    same(tmp_path / "run", whole)
    assert list((tmp_path / "run").glob("*.part")) == list((tmp_path / "run").glob(".*.part")) == []


# ---------------------------------------------------------------- what is refused


def test_another_run_is_not_written_over(tiny, tmp_path):
    run_rotation(tmp_path / "run", examples=2560)
    before = (tmp_path / "run" / "encoder.npz").read_bytes()
    for resume in (False, True):
        with pytest.raises(ValueError, match="seed: 0 → 1") as error:
            run_rotation(tmp_path / "run", examples=2560, seed=1, resume=resume)
        assert_bilingual(str(error.value))
    assert run_rotation(tmp_path / "run", examples=2560) is True  # finished: nothing to do
    assert (tmp_path / "run" / "encoder.npz").read_bytes() == before


@pytest.mark.parametrize("what", ["code", "data", "device", "torch", "method", "settings"])
def test_everything_that_makes_a_run_is_compared(what, tiny, tmp_path):
    with stopped_at(256, Killed()), pytest.raises(Killed):
        run_rotation(tmp_path / "run")
    path = tmp_path / "run" / "run.json"
    run = json.loads(path.read_text(encoding="utf-8"))
    run["what"][what] = "other"
    path.write_text(json.dumps(run), encoding="utf-8")
    with pytest.raises(ValueError, match=f"{what}: other"):
        run_rotation(tmp_path / "run", resume=True)


def refused(arguments, *words, capsys):
    assert main(["pretrain", *arguments]) == 1
    told = capsys.readouterr().err
    assert_bilingual(told)
    assert all(word in told for word in words), told


def test_wrong_input_is_told(tiny, tmp_path, capsys, monkeypatch):
    to = ["--data", "tiny", "--examples", "2560", "--to", str(tmp_path / "run")]
    refused(["turning", *to], "rotation", "byol", capsys=capsys)
    refused(["rotation", *to, "--examples", "many"], "'many'", "20M", capsys=capsys)
    refused(["rotation", *to, "--resume"], "--to", capsys=capsys)
    (tmp_path / "run" / "thesis.txt").touch()
    refused(["rotation", *to], "other files", capsys=capsys)
    (tmp_path / "run" / "thesis.txt").unlink()
    monkeypatch.setattr(checkpoints.shutil, "disk_usage", lambda path: type("D", (), {"free": 10}))
    refused(["rotation", *to], "MB", capsys=capsys)


def test_one_that_has_begun_asks_for_resume(tiny, tmp_path, capsys):
    with stopped_at(5120, Killed()), pytest.raises(Killed):
        run_rotation(tmp_path / "run", examples=7680, every=0)
    arguments = ["rotation", "--data", "tiny", "--examples", "7680", "--to", str(tmp_path / "run")]
    refused(arguments, "--resume", capsys=capsys)
    checkpoint = tmp_path / "run" / "checkpoint.npz"
    for half in (b"half of", checkpoint.read_bytes()[:5000]):
        checkpoint.write_bytes(half)
        refused([*arguments, "--resume"], "checkpoint.npz", capsys=capsys)
    (tmp_path / "run" / "checkpoint.npz").unlink()
    assert main(["pretrain", *arguments, "--resume"]) == 0
    assert "encoder_of_run" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20M", 20_000_000),
        ("250k", 250_000),
        ("96000", 96_000),
        ("1.5m", 1_500_000),
        ("1_000", 1000),
    ],
)
def test_numbers_as_people_type_them(text, number):
    assert count(text) == number


@pytest.mark.parametrize("text", ["", "M", "-3k", "0", "nan", "inf", "1e99", "20G", "k20"])
def test_no_numbers(text):
    with pytest.raises(ValueError) as error:
        count(text)
    assert_bilingual(str(error.value))


# ---------------------------------------------------------------- read


def test_a_probe_stands_beside_random_weights(whole, capsys):
    assert main(["probe", str(whole)]) == 0
    told = capsys.readouterr().out
    found = json.loads((whole / "probe.json").read_text(encoding="utf-8"))
    for who in ("trained", "random weights"):
        assert set(found[who]) == {"block1", "block2", "block3"}
    best = max(found["trained"].values(), key=lambda s: s["linear_10000_validation"])
    assert f"{100 * best['linear_10000']:.1f} %" in told and "300 labels" in told


def test_what_learned_from_gray_is_read_on_gray(tiny, tmp_path):
    recipe = method_called("colorization")
    pretrain_run(recipe, {"data": "tiny", "examples": 640}, tmp_path / "run", device="cpu")
    with pytest.MonkeyPatch.context() as patched:
        asked = []
        patched.setattr(probe, "probed_stages", lambda *of, **how: asked.append(how) or BLOCKS)
        assert probe_run(tmp_path / "run")["color"] is False
    assert asked == [{"color": False}] * 2
    for color in (False, True):  # gray pictures have three equal channels
        images = world(tiny, color=color)[0].images
        assert torch.equal(images[:, 0], images[:, 1]) is not color


BLOCKS = {"block1": {"linear_10000": 0.5, "linear_10000_validation": 0.5, "linear_500": 0.5}}


@pytest.mark.parametrize("read", [folder.about_run, folder.history_of_run, folder.encoder_of_run])
def test_a_folder_without_a_run_is_told(read, tmp_path):
    with pytest.raises(ValueError) as error:
        read(tmp_path)
    assert_bilingual(str(error.value))
