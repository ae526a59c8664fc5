import json

import pytest
import torch
from torch import nn

from course_utils import runtime
from course_utils.data.prepared import Photos
from course_utils.records import plan, read, run
from course_utils.records.plan import Experiment, Recipe, rows


class Topic:
    """A topic ``any`` whose ``experiments`` a test may change, on four pictures for ToyWorld.

    ``calls``: what was trained and read. A function's hash is its attribute ``code``, or ``"abc"``.
    """

    def __init__(self, folder):
        self.calls, self.path = [], folder / "any" / "results.json"
        self.path.parent.mkdir(parents=True)
        self.path.with_name("experiments.py").touch()

        def learn(*, data, examples, seed, gray=0.5):
            if examples:  # 0 asks for the network only
                self.calls.append(("train", examples, gray, seed))
            net = nn.Linear(1, 1, bias=False)
            nn.init.constant_(net.weight, examples + gray + seed / 10 if examples else 0)
            return net

        def tell(net, *, times):
            self.calls.append(("read", times))
            return {"value": times * net.weight.item()}

        self.learn, self.tell = learn, tell
        self.settings = rows("data examples times", ("toyworld", 4, 1), ("toyworld", 4, 2))
        recipe = Recipe("linear", learn)
        self.experiments = (Experiment("told", tell, self.settings, recipe, (0, 1)),)

    def trainings(self):
        return [call for call in self.calls if call[0] == "train"]

    def written(self):
        """The rows in the file."""
        return json.loads(self.path.read_text(encoding="utf-8"))["rows"]

    def weights(self):
        """The files of kept weights."""
        return sorted((runtime.cache_dir() / "weights").glob("*"))

    def begin_anew(self):
        """As in a new process: nothing is at hand but files."""
        for cache in (read.recorded, run.data_hash, run._trained):
            cache.cache_clear()


@pytest.fixture
def topic(tmp_path, monkeypatch):
    fake = Topic(tmp_path / "lessons")
    photos = Photos(
        torch.arange(4 * 3 * 8 * 8).view(4, 3, 8, 8).to(torch.uint8),
        torch.arange(4),
        tuple("abcd"),
        "tiny",
        "made in a test",
    )
    monkeypatch.setattr(read, "LESSONS", tmp_path / "lessons")
    monkeypatch.setattr(plan, "experiments", lambda name: fake.experiments)
    monkeypatch.setattr(plan, "fingerprint", lambda function: getattr(function, "code", "abc"))
    monkeypatch.setattr(run, "world", lambda data: (photos, photos))
    monkeypatch.setattr(runtime, "fastest_precision", lambda where: torch.float32)
    fake.begin_anew()
    yield fake
    fake.begin_anew()
