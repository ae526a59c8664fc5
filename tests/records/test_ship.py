"""Encoders that come with the package: the files are what they say, and how they are made."""

import json
import re
import statistics
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

import course_utils
from course_utils import models
from course_utils.__main__ import main
from course_utils.data.prepared import Photos
from course_utils.data.worlds import world
from course_utils.encoders import shipped
from course_utils.evaluate import ruler
from course_utils.evaluate.probes import linear_probe
from course_utils.lessons import recipes
from course_utils.pretext import rotation
from course_utils.records import run, ship
from course_utils.records.plan import Recipe
from course_utils.runs import pretrain, probe
from tests.oracles import assert_bilingual


@pytest.fixture(params=shipped.available())
def name(request):
    return request.param


def test_every_lesson_that_has_a_method_has_its_encoder():
    lessons = Path(course_utils.__file__).parent.glob("lessons/*/texts.toml")
    assert {path.parent.name for path in lessons} - {"why_ssl"} == set(shipped.available())


def test_the_readme_names_them_all_in_both_languages():
    readme = Path(course_utils.__file__).parents[1] / "README.md"
    lines = re.findall(r'shipped\.trained\("(\w+)"\)  # (.+)', readme.read_text(encoding="utf-8"))
    named = [sorted([first, *others.split(", ")]) for first, others in lines]
    assert named == [shipped.available()] * 2


def test_every_file_is_small_loads_at_once_and_is_of_plain_numbers(name):
    path = shipped.HERE / f"{name}.npz"
    assert path.stat().st_size <= 1.2e6
    with np.load(path, allow_pickle=False) as arrays:
        assert {arrays[key].dtype for key in arrays.files} <= {
            np.dtype("float16"),
            np.dtype("int64"),
        }
    shipped.trained(name)  # the first import of anything is not its own time
    start = time.perf_counter()
    encoder = shipped.trained(name)
    assert time.perf_counter() - start < 1  # measured: some hundredths; a busy machine may wait
    assert not encoder.training
    assert {p.dtype for p in encoder.parameters()} == {torch.float32}
    assert encoder(torch.rand(2, 3, 32, 32)).shape == (2, 256, 4, 4)


def test_its_accuracy_is_that_of_the_stage_that_validation_chooses(tmp_path, monkeypatch):
    blocks = {
        "block1": {"linear_10000_validation": 0.5, "linear_10000": 0.6},
        "block2": {"linear_10000_validation": 0.7, "linear_10000": 0.4},
    }
    told = {"settings": {"data": "d", "examples": 7}, "read": {"d": blocks, "other": {}}}
    monkeypatch.setattr(shipped, "HERE", tmp_path)
    (tmp_path / "mine.json").write_text(json.dumps(told), encoding="utf-8")
    (tmp_path / "mine.npz").touch()
    assert shipped.accuracy_with_labels("mine") == (7, 0.4)


def test_two_loads_share_nothing(name):
    one, other = shipped.trained(name), shipped.trained(name)
    with torch.no_grad():
        next(one.parameters()).zero_()
    assert next(other.parameters()).abs().sum() > 0


def test_what_stands_beside_it_is_whole(name):
    told = shipped.origin(name)
    recipe, settings = ship.recipe_of(name)
    assert (told["recipe"], told["settings"]) == (recipe.name, settings)
    assert settings["examples"] == 1_000_000 and told["data"] and told["provenance"]
    for who in ("read", "random weights"):
        assert set(told[who]) == {"cifar10", "toyworld"}
        for stages in told[who].values():
            assert set(stages) == {"block1", "block2", "block3"}
            assert all(0 < value < 1 for figures in stages.values() for value in figures.values())


def test_it_is_trained_by_the_code_that_is_there(name):
    assert shipped.origin(name)["code"] == ship.recipe_of(name)[0].code, (
        f"run python -m course_utils ship {name}"
    )


def reading(encoder, color):
    """The linear probe with 500 labels on ToyWorld, by stage: accuracies of five draws."""
    train, test = world("toyworld", color=color)
    index = ruler.labelled_pool(train)
    inside, outside = ruler.stages(encoder, train.images[index], test.images)
    found = linear_probe(inside, train.labels[index], outside, test.labels, n_labels=500, draws=5)
    return {stage: probe.accuracies for stage, probe in found.items()}


@cache
def reading_of_random_weights(color):
    """The same of one untrained encoder, for all that are shipped."""
    return reading(models.small_encoder(world("toyworld", color=color)[0].images, seed=1), color)


def test_a_probe_finds_what_the_record_says(name):
    """Within the spread of the record's own draws; random weights are far outside."""
    told, color = shipped.origin(name), ship.recipe_of(name)[0].color
    mine, random = reading(shipped.trained(name), color), reading_of_random_weights(color)
    for stage, figures in told["read"]["toyworld"].items():
        found = statistics.mean(mine[stage])
        assert abs(found - figures["linear_500"]) <= figures["linear_500_spread"], stage
    last = told["read"]["toyworld"]["block2"]
    assert last["linear_500"] - statistics.mean(random["block2"]) > 3 * last["linear_500_spread"]


def test_another_name_is_told():
    for call in (shipped.trained, shipped.origin):
        with pytest.raises(ValueError) as error:
            call("nothing")
        assert_bilingual(str(error.value))
        assert all(known in str(error.value) for known in shipped.available())


# ---------------------------------------------------------------- making one


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A recipe that takes no time, a world of noise, and a folder of its own."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (700, 3, 16, 16), generator=generator, dtype=torch.uint8)
    photos = Photos(images, torch.arange(700) % 2, ("a", "b"), "tiny", "made in a test")

    def learn(*, data, examples, seed, encoder="small", device="cpu"):
        new = models.small_encoder(images, seed=seed)
        return rotation.pretrain(new, images, examples=examples, seed=seed)[0]

    recipe = Recipe("tiny", learn)
    monkeypatch.setattr(
        ship, "recipe_of", lambda topic: (recipe, {"data": "cifar10", "examples": 5})
    )
    monkeypatch.setattr(Recipe, "code", "abc")
    for module in (ship, run, pretrain, probe, recipes):
        monkeypatch.setattr(module, "world", lambda data, color=True: (photos, photos))
    monkeypatch.setattr(shipped, "HERE", tmp_path)
    run.data_hash.cache_clear()
    yield tmp_path, learn
    run.data_hash.cache_clear()


def test_what_is_read_are_the_weights_that_are_stored(tiny):
    folder, learn = tiny
    assert main(["ship", "mine"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["mine.json", "mine.npz"]
    built = learn(data="cifar10", examples=5, seed=ship.SEED).encoder
    loaded = shipped.trained("mine")
    for key, value in built.state_dict().items():
        rounded = value.half().float() if value.is_floating_point() else value
        assert torch.equal(loaded.state_dict()[key], rounded), key
    told = json.loads((folder / "mine.json").read_text(encoding="utf-8"))
    assert told["read"]["cifar10"] == ship.probed_stages(loaded, "cifar10")
    assert told["code"] == "abc" and told["settings"]["examples"] == 5


def test_a_training_that_was_stopped_goes_on_in_its_folder(tiny, tmp_path_factory, monkeypatch):
    folder, learn = tiny
    place = tmp_path_factory.mktemp("of") / "run"
    begun = []

    def stopped(*, data, examples, seed, encoder="small", device="cpu"):
        net = learn(data=data, examples=examples, seed=seed)
        begun.append(pretrain.KEEPER.get().history)
        begun[-1].interrupted = len(begun) == 1
        return net

    monkeypatch.setattr(ship, "recipe_of", lambda topic: (Recipe("tiny", stopped), {"data": "cifar10", "examples": 5}))  # fmt: skip
    assert main(["ship", "mine", "--run", str(place)]) == 1
    assert list(folder.iterdir()) == [] and (place / "run.json").is_file()
    assert main(["ship", "mine", "--run", str(place)]) == 0
    assert len(begun) == 2 and shipped.origin("mine")["code"] == "abc"


def test_nothing_is_written_where_the_training_fails(tiny, monkeypatch):
    folder, _ = tiny

    def fails(*, data, examples, seed, encoder="small", device="cpu"):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(ship, "recipe_of", lambda topic: (Recipe("x", fails), {"data": "cifar10", "examples": 5}))  # fmt: skip
    with pytest.raises(RuntimeError):
        ship.ship("mine")
    assert list(folder.iterdir()) == []


def test_a_topic_that_ships_nothing_says_so(capsys):
    assert main(["ship", "references"]) == 1
    told = capsys.readouterr().err
    assert_bilingual(told)
    assert "references" in told and "SHIPPED" in told
    assert main(["ship", "no-such-topic"]) == 1
