"""What a GPU would do, seen without one: nothing in a step waits for it, and nothing lies elsewhere.

On the CPU every operation of a step passes a gate that knows those for which a GPU has to be waited
for. And recipes run on tensors that have a device and no contents (PyTorch's fake tensors).
"""

import importlib
import traceback

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from course_utils import models, runtime, train
from course_utils.data.worlds import world
from course_utils.lessons import recipes
from course_utils.pretext import byol, colorization, contrastive, pairs, split_brain
from course_utils.records.plan import Recipe
from course_utils.views import color
from tests.narrow import narrow_encoder

# What waits, and where it lies, does not depend on the width of an encoder.
pytestmark = pytest.mark.usefixtures("narrow")

RECIPES = {
    "rotation": {"ROTATION": {}, "WITH_SEAMS": {"grid": 2}},
    "colorization": {
        "COLORS": {},
        "DEPENDENT": {"dependence": 0.5},
        "GRAY_ROTATION": {},
        "GRAY_SUPERVISED": {},
        "HALVES": {"how": "apart"},
    },
    "contrastive": {"CONTRASTIVE": {}, "BYOL": {}, "VICREG": {}, "SPARED": {}},
    "distortion": {"EXEMPLAR": {}},
    "tracking": {"TRACKING": {}},
    "references": {"SUPERVISED": {}},
}
CASES = [(topic, name) for topic, names in RECIPES.items() for name in names]


def experiments_of(topic):
    return importlib.import_module(f"course_utils.lessons.{topic}.experiments")


def trained(topic, name, **more):
    """Run a recipe's training for some 25 steps on ToyWorld."""
    recipe, settings = getattr(experiments_of(topic), name), RECIPES[topic][name]
    data = {} if name == "DEPENDENT" else {"data": "toyworld"}
    return recipe.train(seed=0, examples=25 * 128, **data, **settings, **more)


def test_every_recipe_of_the_course_is_here():
    for topic in RECIPES:
        there = {n for n, v in vars(experiments_of(topic)).items() if isinstance(v, Recipe)}
        untrained = {"FLOOR", "UNTRAINED_HALVES"}
        elsewhere = {"ROTATION", "SUPERVISED"} if topic not in ("rotation", "references") else set()
        assert there - untrained - elsewhere - set(RECIPES[topic]) == set(), topic


# ---------------------------------------------------------------- waits

# Operations whose result, or its size, the CPU has to know; a list that is made a tensor is copied.
ASKS = {
    "_local_scalar_dense",
    "equal",
    "is_nonzero",
    "lift_fresh",
    "masked_select",
    "nonzero",
    "_unique2",
    "unique_dim",
}


class Gate(TorchDispatchMode):
    """Notes where a GPU would be waited for, while it is shut."""

    def __init__(self):
        super().__init__()
        self.shut, self.seen, self.found = False, 0, set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name, _, overload = func.__name__.partition(".")
        by_mask = name.startswith("index") and any(
            isinstance(x, torch.Tensor) and x.dtype in (torch.bool, torch.uint8)
            for x in (args[1] if len(args) > 1 and isinstance(args[1], (list, tuple)) else ())
        )
        sized = name == "repeat_interleave" and overload == "Tensor"
        if self.shut:
            self.seen += 1
            if name in ASKS or by_mask or sized:
                frames = [f for f in traceback.extract_stack() if "/course_utils/" in f.filename]
                self.found.add((name, *(f"{f.filename}:{f.lineno}" for f in frames[-2:])))
        return func(*args, **(kwargs or {}))


@pytest.fixture
def gate(monkeypatch):
    """A gate that is shut between two readings of the metrics."""
    gate, read = Gate(), train._Log.read

    def reading(log):
        gate.shut = False
        read(log)
        gate.shut = log.seen < log.goal

    monkeypatch.setattr(train._Log, "read", reading)
    # Branches on the device take the way of a GPU where that can be had on a CPU.
    monkeypatch.setattr(color, "random_color_jitter", as_on_a_gpu(color.random_color_jitter))
    return gate


def as_on_a_gpu(jitter):
    """Colour jitter without the counting of the chosen pictures, which a GPU leaves out."""

    def jittered(images, generator, *, p=1.0, **how):
        chosen = color.coin(len(images), p, generator)
        changed = jitter_all(images, generator, **how)
        return torch.where(color.each(chosen, images), changed, images)

    def jitter_all(images, generator, *, brightness, contrast, saturation, hue):
        for adjust, x in (
            (color.adjust_brightness, brightness),
            (color.adjust_contrast, contrast),
            (color.adjust_saturation, saturation),
        ):
            images = adjust(images, color.uniform(len(images), 1 - x, 1 + x, generator))
        return color.adjust_hue(images, color.uniform(len(images), -hue, hue, generator))

    return jittered


@pytest.mark.parametrize(("topic", "name"), CASES, ids=[name for _, name in CASES])
def test_no_step_of_a_recipe_waits(topic, name, gate, monkeypatch):
    if name == "TRACKING":  # it counts candidates on a CPU alone
        monkeypatch.setattr("course_utils.losses._need", lambda allowed, k: None)
    with gate:
        trained(topic, name)
    assert gate.seen > 500, "nothing passed the gate"
    assert gate.found == set()


@pytest.mark.parametrize(
    "waiting",
    [
        lambda x: x.sum().item(),
        lambda x: x[x > 0],
        lambda x: x * torch.tensor([1.0, 2.0]),
        lambda x: (x > 0).nonzero(),
        lambda x: bool((x > 0).all()),
        lambda x: x.T.cov(),
        lambda x: torch.equal(x, x),
    ],
)
def test_the_gate_finds_what_waits(waiting, gate):
    x = torch.randn(64, 2, generator=runtime.generator(0))
    net = nn.Linear(2, 1)

    def loss(model, x):
        waiting(x)
        return model(x).square().mean(), {}

    def batches():
        while True:
            yield (x,)

    with gate:
        train.fit(net, batches(), loss, examples=64 * 25, precision=torch.float32)
    assert gate.found


# ---------------------------------------------------------------- devices


class OnGpu(torch.Generator):
    """A generator that says it is a GPU's."""

    device = torch.device("cuda", 0)


@pytest.fixture
def pretended(monkeypatch):
    """A GPU whose tensors have no contents; what reads contents is replaced."""
    monkeypatch.setattr(runtime, "generator", lambda seed, where="cpu": OnGpu())
    monkeypatch.setattr(runtime, "fastest_precision", lambda where: torch.float32)
    monkeypatch.setattr(train, "stepping", forwards)
    monkeypatch.setattr(train._Log, "read", lambda log: log.recent.clear())
    monkeypatch.setattr(color, "_order", lambda n, generator: list(range(n)))
    plain = torch.zeros(3), torch.ones(3)
    monkeypatch.setattr(models, "channel_statistics", lambda images: plain)
    shares = lambda images, colors, **how: colors.new_ones(len(colors)) / len(colors)  # noqa: E731
    monkeypatch.setattr(colorization, "bin_shares", shares)
    monkeypatch.setattr(nn.Module, "_apply", replaced)
    another = lambda net: contrastive.projected(narrow_encoder(drawn_once[0].images))  # noqa: E731
    monkeypatch.setattr(byol.copy, "deepcopy", another)
    # Data is made before, on the CPU and with contents.
    bins, drawn_once = colorization.palette(), world("toyworld")
    for module in (colorization, split_brain):
        monkeypatch.setattr(module, "palette", lambda: bins)
    for module in (recipes, *map(experiments_of, RECIPES)):
        monkeypatch.setattr(module, "world", lambda data, **how: drawn_once, raising=False)
    drawn = experiments_of("colorization").dependent_world(0.5)
    monkeypatch.setattr(experiments_of("colorization"), "dependent_world", lambda share: drawn)
    found = pairs.true_pairs(20, "train", 0)
    monkeypatch.setattr(experiments_of("tracking"), "true_pairs", lambda *_, **how: found)
    monkeypatch.setattr(torch.Tensor, "__int__", lambda tensor: 9)  # the largest label
    return FakeTensorMode(allow_non_fake_inputs=True)


def forwards(model, loss, optimizer, precision, *, static):
    """Steps without a backward pass, for which PyTorch wants a real GPU."""

    def step(*batch, **more):
        value, metrics = loss(model, *batch, **more)
        return {"loss": value, **metrics}

    return step


def replaced(module, fn, recurse=True):
    """``nn.Module._apply`` with new parameters: those without contents cannot be swapped."""
    for part in module.modules():
        for name, p in part._parameters.items():
            if p is not None:
                part._parameters[name] = nn.Parameter(fn(p.detach()), p.requires_grad)
        for name, b in part._buffers.items():
            if b is not None:
                part._buffers[name] = fn(b)
    return module


@pytest.mark.parametrize(("topic", "name"), CASES, ids=[name for _, name in CASES])
def test_a_recipe_stays_on_its_device(topic, name, pretended):
    with pretended:
        net = trained(topic, name, device="cuda")
        assert {p.device.type for p in net.parameters()} == {"cuda"}
