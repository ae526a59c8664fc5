"""A step that is captured and replayed: its bookkeeping on a pretended GPU, itself on a real one."""

import contextlib

import pytest
import torch

from course_utils import cuda, losses, models, optimizer, runtime, train
from course_utils.pretext import rotation
from course_utils.views import streams

needs_a_gpu = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device: replayed steps cannot run here"
)


def turned(where="cpu", n=64, batch=16):
    generator = runtime.generator(0, where)
    images = torch.randint(256, (n, 3, 16, 16), dtype=torch.uint8, generator=runtime.generator(0))
    stream = streams.batches(images.to(where), batch_size=batch, generator=generator)
    return (rotation.four_copies(x) for x, _ in stream)


def network(where="cpu"):
    pixels = torch.arange(3 * 16 * 16).view(1, 3, 16, 16).to(torch.uint8)
    return models.classifier(models.small_encoder(pixels), 4).to(where)


# ---------------------------------------------------------------- pretended


class Graph:
    """A graph that computes its step anew when it is replayed, on the tensors it captured.

    As on a GPU: nothing is computed while it is captured, every replay writes into the same results.
    """

    def __init__(self, captured, model, steps):
        self.captured, self.model, self.steps, self.replays = captured, model, steps, 0

    @contextlib.contextmanager
    def capturing(self):
        before = {k: v.clone() for k, v in self.model.state_dict().items()}
        states = self.steps.state.values()
        momenta = [{k: v.clone() for k, v in state.items()} for state in states]
        yield
        self.model.load_state_dict(before)
        for state, kept in zip(states, momenta, strict=True):
            for name, value in kept.items():
                state[name].copy_(value)

    def replay(self):
        self.replays += 1
        for name, value in self.captured.step(*self.captured.batch).items():
            self.captured.metrics[name].copy_(value)


@pytest.fixture
def pretended(monkeypatch):
    """``cuda.Captured`` on the CPU; returns what makes one of a model, its loss and optimiser."""
    for name in ("Stream", "current_stream"):
        stream = type("S", (), {"wait_stream": lambda self, other: None})
        monkeypatch.setattr(torch.cuda, name, stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: contextlib.nullcontext())

    def make(model, steps):
        step = optimizer.stepping(model, losses.classification, steps, torch.float32, static=True)
        captured = cuda.Captured(step)
        graph = Graph(captured, model, steps)
        monkeypatch.setattr(torch.cuda, "CUDAGraph", lambda: graph)
        monkeypatch.setattr(torch.cuda, "graph", lambda graph: graph.capturing())
        return captured, graph

    return make


def run(step, steps, batches, n):
    """``n`` steps; the metrics are looked at when all are done."""
    found = []
    for _ in range(n):
        optimizer.set_rate(steps, 0.05)
        found.append(step(*next(batches)))
    return [{name: value.item() for name, value in metrics.items()} for metrics in found]


def test_replayed_steps_learn_what_plain_ones_learn(pretended):
    model, plain = network(), network()
    steps, others = (optimizer.sgd(net, 1e-3) for net in (model, plain))
    captured, graph = pretended(model, steps)
    step = optimizer.stepping(plain, losses.classification, others, torch.float32, static=False)
    assert run(captured, steps, turned(), 12) == run(step, others, turned(), 12)
    assert graph.replays == 12 - cuda.WARM_UP
    for a, b in zip(model.parameters(), plain.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_batch_of_another_shape_runs_as_it_stands(pretended):
    model = network()
    steps = optimizer.sgd(model, 1e-3)
    captured, graph = pretended(model, steps)
    run(captured, steps, turned(), 6)
    before = graph.replays
    run(captured, steps, turned(batch=8), 2)
    assert graph.replays == before
    run(captured, steps, turned(), 1)
    assert graph.replays == before + 1


def test_on_a_cpu_nothing_is_captured():
    model = network()
    steps = optimizer.sgd(model, 1e-3)
    step = optimizer.stepping(model, losses.classification, steps, torch.float32, static=True)
    assert not isinstance(step, cuda.Captured)


def test_the_rate_reaches_every_group_whether_number_or_tensor():
    steps = optimizer.sgd(network(), 1e-3)
    optimizer.set_rate(steps, 0.25)
    assert [group["lr"] for group in steps.param_groups] == [0.25, 0.25]
    there = [torch.zeros(()) for _ in steps.param_groups]
    for group, rate in zip(steps.param_groups, there, strict=True):
        group["lr"] = rate
    optimizer.set_rate(steps, 0.5)
    assert [rate.item() for rate in there] == [0.5, 0.5]  # in place: a graph holds these tensors


@pytest.mark.parametrize(("native", "half"), [(True, torch.bfloat16), (False, torch.float16)])
def test_without_native_bfloat16_a_gpu_is_asked_about_float16(native, half, monkeypatch):
    asked = {}
    supported = lambda **how: asked.update(how) or native  # noqa: E731
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    assert runtime.half_precision(torch.device("cuda")) == half
    assert asked == {"including_emulation": False}
    assert runtime.half_precision(torch.device("cpu")) == torch.bfloat16


# ---------------------------------------------------------------- on a GPU


@needs_a_gpu
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16, torch.float16])
def test_a_replayed_run_has_the_losses_of_a_plain_one(precision):
    histories = [
        train.fit(
            network("cuda"), turned("cuda"), losses.classification,
            examples=64 * 200, precision=precision, static=static,
        )
        for static in (False, True)
    ]  # fmt: skip
    plain, replayed = (history.metrics["loss"] for history in histories)
    assert replayed[:3] == pytest.approx(plain[:3], abs=0.02)
    assert histories[1].last("loss") == pytest.approx(histories[0].last("loss"), abs=0.1)


@needs_a_gpu
def test_a_recipe_learns_on_a_gpu_what_it_learns_on_a_cpu():
    from course_utils.lessons.recipes import learn_rotation
    from course_utils.runs.probe import probed_stages

    found = []
    for where in ("cpu", "cuda"):
        net = learn_rotation(data="toyworld", examples=32_000, seed=0, device=where)
        found.append(probed_stages(net.encoder.cpu().eval(), "toyworld")["block2"])
    assert found[1]["linear_10000"] == pytest.approx(found[0]["linear_10000"], abs=0.05)
