import itertools
import math

import pytest
import torch
from torch import nn

from course_utils import models, runtime, threads, train
from course_utils.pretext import rotation
from course_utils.views import streams
from tests.oracles import assert_bilingual


def numbers(seed=0, n=32):
    """Endless batches of a line with noise: y = 2 x0 - x1 + 0.5."""
    generator = runtime.generator(seed)
    while True:
        x = torch.randn(n, 2, generator=generator)
        yield x, (2 * x[:, 0] - x[:, 1] + 0.5)[:, None]


def squared(model, x, y):
    loss = (model(x) - y).square().mean()
    return loss, {"error": loss.detach().sqrt()}


def line():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Linear(2, 1)


def test_learns_and_counts_examples():
    model = line()
    history = train.fit(model, numbers(), squared, examples=6400, lr=0.05)
    assert history.examples[-1] == 6400
    assert len(history.examples) == 6400 // 32 // train.EVERY
    assert history.last("loss") < 1e-3 < history.metrics["loss"][0]
    torch.testing.assert_close(model.weight, torch.tensor([[2.0, -1.0]]), atol=0.02, rtol=0)
    assert not history.interrupted


def test_goal_that_is_no_multiple_of_the_batch_is_met_by_the_next_batch():
    history = train.fit(line(), numbers(), squared, examples=33)
    assert history.examples == [64]


def test_no_examples_train_nothing():
    def none_may_be_asked_for():
        raise AssertionError("a batch was drawn")
        yield

    model = models.classifier(models.small_encoder(torch.zeros(1, 3, 8, 8) + 0.5), 4)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    history = train.fit(model, none_may_be_asked_for(), squared, examples=0)
    assert (history.examples, history.metrics, history.interrupted) == ([], {}, False)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())


def test_effort_scales_the_count(monkeypatch):
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.5")
    assert train.fit(line(), numbers(), squared, examples=640).examples[-1] == 320


def test_effort_scales_the_schedule_and_the_progress(monkeypatch):
    """Half the effort is the whole schedule over half as many examples, not half a schedule."""
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.5")
    told = []

    def loss(model, x, y, progress):
        told.append(progress)
        return squared(model, x, y)

    model, direct = line(), line()
    train.fit(model, numbers(), loss, examples=640)
    monkeypatch.delenv("SSL_COURSE_EFFORT")
    train.fit(direct, numbers(), squared, examples=320)
    assert torch.equal(model.weight, direct.weight)
    assert told == pytest.approx([i / 10 for i in range(10)])


# ------------------------------------------------------------ the schedule


def test_schedule():
    rates = [train.learning_rate(i / 1000, peak=0.4) for i in range(1001)]
    assert rates[0] == 0
    assert rates.index(max(rates)) == 100
    assert max(rates) == pytest.approx(0.4)
    assert rates[-1] == pytest.approx(0)
    # both ramps against torch's own scheduler
    for start, end, ramp in ((1e-9, 1, rates[:101]), (1, 0, rates[100:])):
        optimizer = torch.optim.SGD(line().parameters(), lr=0.4)
        scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, start, end, len(ramp) - 1)
        for rate in ramp:
            assert rate == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-8)
            optimizer.step()
            scheduler.step()


def test_schedule_follows_examples_not_steps():
    """Whatever the batch size, the same share of examples seen has the same rate."""
    seen = {}
    for n in (16, 64):
        model, rates = line(), []
        original = torch.optim.SGD.step

        def step(self, *args, rates=rates, original=original, **kwargs):
            rates.append(self.param_groups[0]["lr"])
            return original(self, *args, **kwargs)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch.optim.SGD, "step", step)
            train.fit(model, numbers(n=n), squared, examples=640, lr=0.05)
        seen[n] = rates
    assert len(seen[16]) == 4 * len(seen[64])
    assert sum(seen[16]) / 40 == pytest.approx(sum(seen[64]) / 10, rel=0.02)


def test_biases_and_batchnorm_are_not_decayed():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    groups = train.sgd(model, 0.1).param_groups
    assert [p.ndim for p in groups[0]["params"]] == [2]
    assert [p.ndim for p in groups[1]["params"]] == [1, 1, 1]
    assert (groups[0]["weight_decay"], groups[1]["weight_decay"]) == (0.1, 0.0)


def test_progress_is_handed_to_a_loss_that_asks_for_it():
    told = []

    def loss(model, x, y, progress):
        told.append(progress)
        return squared(model, x, y)

    model, without = line(), line()
    history = train.fit(model, numbers(), loss, examples=1000)  # 32 steps, the last beyond the goal
    assert told == pytest.approx([32 * i / 1000 for i in range(32)])
    assert told[0] == 0 and told[-1] < 1
    assert told == sorted(set(told))
    # To one that does not ask it is not handed (it would be an error), and nothing else differs.
    assert train.fit(without, numbers(), squared, examples=1000) == history
    assert torch.equal(model.weight, without.weight)


# ------------------------------------------------------------ the history


def test_an_entry_is_the_mean_over_every_steps_and_the_rest_is_kept():
    told = []

    def loss(model, x, y):
        value, metrics = squared(model, x, y)
        told.append((value.item(), metrics["error"].item()))
        return value, metrics

    history = train.fit(line(), numbers(), loss, examples=32 * 23)
    assert train.EVERY == 10
    assert history.examples == [320, 640, 736]
    groups = told[:10], told[10:20], told[20:]
    for i, name in enumerate(("loss", "error")):
        expected = [sum(step[i] for step in group) / len(group) for group in groups]
        assert history.metrics[name] == pytest.approx(expected, rel=1e-5)


def test_metrics_are_read_every_ten_steps_and_not_between(monkeypatch):
    """Reading is what would make the CPU wait for a GPU."""
    steps, reads, read = [], [], train._Log.read

    def loss(model, x, y):
        steps.append(None)
        return squared(model, x, y)

    def counted(log):
        reads.append(len(steps))
        read(log)

    monkeypatch.setattr(train._Log, "read", counted)
    train.fit(line(), numbers(), loss, examples=32 * 23)
    assert reads == [10, 20, 23]


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_same_seed_same_history(precision):
    images = torch.randint(256, (64, 3, 16, 16), dtype=torch.uint8, generator=runtime.generator(0))

    def run(seed):
        model = models.classifier(models.small_encoder(images, seed=seed), 4, seed=seed)
        stream = streams.batches(images, batch_size=16, generator=runtime.generator(seed))
        copies = (rotation.four_copies(x) for x, _ in stream)

        def loss_fn(model, x, y):
            return nn.functional.cross_entropy(model(x).float(), y), {}

        return train.fit(model, copies, loss_fn, examples=320, precision=precision)

    first, second = run(0), run(0)
    assert first == second
    assert first.seconds > 0
    assert first != run(1)


def test_history_says_how_it_was_computed(monkeypatch):
    history = train.fit(line(), numbers(), squared, examples=32, precision=torch.bfloat16)
    assert (history.precision, history.threads) == ("bfloat16", torch.get_num_threads())
    monkeypatch.setattr(threads, "settle", lambda: 7)
    monkeypatch.setattr(runtime, "fastest_precision", lambda where: torch.float32)
    history = train.fit(line(), numbers(), squared, examples=32)
    assert (history.precision, history.threads) == ("float32", 7)


def test_histories_differ_by_precision_and_threads_and_not_by_seconds():
    one = train.History([1], {"loss": [1.0]}, threads=1, seconds=1.0)
    assert one == train.History([1], {"loss": [1.0]}, threads=1, seconds=2.0)
    assert one != train.History([1], {"loss": [1.0]}, threads=2, seconds=1.0)
    assert one != train.History([1], {"loss": [1.0]}, threads=1, precision="bfloat16", seconds=1.0)


def test_threads_are_settled_before_anything_is_trained(monkeypatch):
    order = []
    monkeypatch.setattr(threads, "settle", lambda: order.append("threads") or 1)

    def loss(model, x, y):
        order.append("step")
        return squared(model, x, y)

    train.fit(line(), numbers(), loss, examples=64)
    assert order == ["threads", "step", "step"]


# ------------------------------------------------------------ what may go wrong


@pytest.mark.parametrize(("examples", "steps"), [(640, train.EVERY), (160, 5)])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_not_finite_stops_within_every_steps_and_says_what_to_try(examples, steps, value):
    def poisoned(model, x, y):
        loss, metrics = squared(model, x, y)
        poisoned.calls += 1
        return loss * (value if poisoned.calls == 3 else 1), metrics

    poisoned.calls = 0
    with pytest.raises(train.TrainingDiverged, match=f"about {32 * steps} examples") as error:
        train.fit(line(), numbers(), poisoned, examples=examples, lr=0.15)
    assert poisoned.calls == steps
    assert str(value) in str(error.value) and "lr=0.15" in str(error.value)
    assert_bilingual(str(error.value))


def test_interrupting_returns_what_was_learned(capsys):
    model = line()
    before = model.weight.detach().clone()

    def until_interrupted():
        yield from itertools.islice(numbers(), 57)
        raise KeyboardInterrupt

    history = train.fit(model, until_interrupted(), squared, examples=10**6)
    assert history.interrupted
    assert history.examples[-1] == 57 * 32  # the unfinished group of steps is kept as well
    assert not torch.equal(model.weight, before)
    assert "1,824" in capsys.readouterr().out


def test_interrupting_before_the_first_step(capsys):
    def at_once():
        raise KeyboardInterrupt
        yield

    history = train.fit(line(), at_once(), squared, examples=100)
    assert history.interrupted
    assert history.examples == []
    capsys.readouterr()
    train.summary(history)
    assert capsys.readouterr().out.startswith("0 examples")


def test_batches_that_end_too_early():
    with pytest.raises(ValueError, match="without end") as error:
        train.fit(line(), itertools.islice(numbers(), 3), squared, examples=640)
    assert_bilingual(str(error.value))


def test_live_figure_is_drawn_in_a_notebook(monkeypatch):
    shown = []
    monkeypatch.setattr(runtime, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda figure, display_id: shown.append(figure))
    train.fit(line(), numbers(), squared, examples=640, draw=lambda history: len(history.examples))
    assert shown == [2]


def test_summary_names_the_figures(capsys):
    history = train.History([500, 1000], {"loss": [2.0, 1.0]}, seconds=2.0)
    train.summary(history)
    told = capsys.readouterr().out
    assert told == "1,000 examples in 2 s (500 a second); means of the last 10 %: loss 1.000\n"
