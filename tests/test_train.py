import itertools
import math

import pytest
import torch
from torch import nn

from course_utils import models, runtime, train, views
from course_utils.pretext import rotation
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


def test_learns_and_counts_pictures():
    model = line()
    history = train.fit(model, numbers(), squared, pictures=6400, lr=0.05)
    assert history.pictures[-1] == 6400
    assert len(history.pictures) == 6400 // 32 // train.EVERY
    assert history.last("loss") < 1e-3 < history.metrics["loss"][0]
    torch.testing.assert_close(model.weight, torch.tensor([[2.0, -1.0]]), atol=0.02, rtol=0)
    assert not history.interrupted


def test_goal_that_is_no_multiple_of_the_batch_is_met_by_the_next_batch():
    history = train.fit(line(), numbers(), squared, pictures=33)
    assert history.pictures == [64]


def test_effort_scales_the_count(monkeypatch):
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.5")
    assert train.fit(line(), numbers(), squared, pictures=640).pictures[-1] == 320


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


def test_schedule_follows_pictures_not_steps():
    """Whatever the batch size, the same share of pictures seen has the same rate."""
    seen = {}
    for n in (16, 64):
        model, rates = line(), []
        original = torch.optim.SGD.step

        def step(self, *args, rates=rates, original=original, **kwargs):
            rates.append(self.param_groups[0]["lr"])
            return original(self, *args, **kwargs)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch.optim.SGD, "step", step)
            train.fit(model, numbers(n=n), squared, pictures=640, lr=0.05)
        seen[n] = rates
    assert len(seen[16]) == 4 * len(seen[64])
    assert sum(seen[16]) / 40 == pytest.approx(sum(seen[64]) / 10, rel=0.02)


def test_biases_and_batchnorm_are_not_decayed():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    groups = train._optimizer(model, 0.1).param_groups
    assert [p.ndim for p in groups[0]["params"]] == [2]
    assert [p.ndim for p in groups[1]["params"]] == [1, 1, 1]
    assert (groups[0]["weight_decay"], groups[1]["weight_decay"]) == (0.1, 0.0)


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_same_seed_same_history(precision):
    images = torch.randint(256, (64, 3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))

    def run(seed):
        model = models.classifier(models.small_encoder(seed=seed), 4, seed=seed)
        stream = views.batches(
            images, batch_size=16, generator=runtime.generator(seed), device=torch.device("cpu")
        )
        copies = (rotation.four_copies(x) for x, _ in stream)

        def loss_fn(model, x, y):
            return nn.functional.cross_entropy(model(x).float(), y), {}

        return train.fit(model, copies, loss_fn, pictures=640, precision=precision)

    first, second = run(0), run(0)
    assert first == second
    assert first.seconds > 0
    assert first != run(1)


def test_nan_stops_with_a_message_that_says_what_to_try():
    def poisoned(model, x, y):
        loss, metrics = squared(model, x, y)
        poisoned.calls += 1
        return loss * (math.nan if poisoned.calls == 3 else 1), metrics

    poisoned.calls = 0
    with pytest.raises(train.TrainingDiverged, match="after 64 pictures") as error:
        train.fit(line(), numbers(), poisoned, pictures=640)
    assert_bilingual(str(error.value))


def test_interrupting_returns_what_was_learned(capsys):
    model = line()
    before = model.weight.detach().clone()

    def until_interrupted():
        yield from itertools.islice(numbers(), 57)
        raise KeyboardInterrupt

    history = train.fit(model, until_interrupted(), squared, pictures=10**6)
    assert history.interrupted
    assert history.pictures[-1] == 57 * 32  # the unfinished group of steps is kept as well
    assert not torch.equal(model.weight, before)
    assert "1,824" in capsys.readouterr().out


def test_interrupting_before_the_first_step(capsys):
    def at_once():
        raise KeyboardInterrupt
        yield

    history = train.fit(line(), at_once(), squared, pictures=100)
    assert history.interrupted
    assert history.pictures == []
    capsys.readouterr()
    train.summary(history)
    assert capsys.readouterr().out.startswith("0 pictures")


def test_batches_that_end_too_early():
    with pytest.raises(ValueError, match="without end") as error:
        train.fit(line(), itertools.islice(numbers(), 3), squared, pictures=640)
    assert_bilingual(str(error.value))


def test_live_figure_is_drawn_in_a_notebook(monkeypatch):
    shown = []
    monkeypatch.setattr(runtime, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda figure, display_id: shown.append(figure))
    train.fit(line(), numbers(), squared, pictures=640, draw=lambda history: len(history.pictures))
    assert shown == [2]


def test_summary_names_the_figures(capsys):
    history = train.History([500, 1000], {"loss": [2.0, 1.0]}, seconds=2.0)
    train.summary(history)
    told = capsys.readouterr().out
    assert told == "1,000 pictures in 2 s (500 a second); means of the last 10 %: loss 1.000\n"
