import pytest
import torch
from torch import nn

from course_utils import models, runtime, threads
from course_utils.evaluate import features
from tests.oracles import assert_bilingual


def pictures(n=60, size=16, seed=0):
    noise = torch.rand(n, 3, size, size, generator=runtime.generator(seed))
    return (noise * torch.tensor([90.0, 150, 250])[:, None, None]).to(torch.uint8)


def state(module):
    return {k: v.clone() for k, v in module.state_dict().items()}


def unchanged(module, before):
    return all(torch.equal(v, before[k]) for k, v in module.state_dict().items())


# ------------------------------------------------------------ features


def by_hand(encoder, images, mean, std):
    """The stages' pooled maps of pictures normalised here, with an encoder's blocks alone."""
    x = (images.float() / 255 - mean[:, None, None]) / std[:, None, None]
    found = {}
    with torch.no_grad():
        for name, block in list(encoder.named_children())[1:]:
            x = block(x)
            side = {"block1": 4, "block2": 2, "block3": 2}[name]  # of maps of 4, 2 and 2
            assert x.shape[-1] == side
            grid = {"block1": 4, "block2": 2, "block3": 2}[name]
            found[name] = nn.functional.adaptive_avg_pool2d(x, grid).flatten(1)
    return found


def test_features_are_pooled_maps_in_evaluation_mode(float32, monkeypatch):
    monkeypatch.setattr(features, "_BATCH", 25)
    images = pictures()
    encoder = models.small_encoder(images).train()
    before = state(encoder)
    ours = features.features(encoder, images)
    assert encoder.training
    assert unchanged(encoder, before)
    theirs = by_hand(encoder.eval(), images, *models.channel_statistics(images))
    assert list(ours) == list(theirs)
    for name, x in theirs.items():
        torch.testing.assert_close(ours[name], x, atol=1e-4, rtol=1e-4)


def test_an_encoder_trained_on_ten_pictures_is_read_under_its_own_normalisation(float32):
    """Ten very bright pictures, a probe's pictures that are not: the ten's mean and deviation."""
    ten = 200 + pictures(10, seed=1) // 8
    images = pictures()
    of_ten, usual = models.channel_statistics(ten), models.channel_statistics(images)
    assert (of_ten[0] - usual[0]).abs().min() > 0.3  # odd indeed
    encoder = models.small_encoder(ten).eval()
    own, common = by_hand(encoder, images, *of_ten), by_hand(encoder, images, *usual)
    found = features.features(encoder, images)
    for name, x in found.items():
        torch.testing.assert_close(x, own[name], atol=1e-3, rtol=1e-3)
        assert not torch.allclose(x, common[name], atol=0.1)
    # So also after recalibration, which gives the batch norms new statistics and nothing else.
    again = features.recalibrated(encoder, images)
    found = features.features(again, images)
    for name, x in by_hand(again, images, *of_ten).items():
        torch.testing.assert_close(found[name], x, atol=1e-3, rtol=1e-3)


def test_reading_settles_the_threads(monkeypatch):
    asked = []
    monkeypatch.setattr(threads, "settle", lambda: asked.append(None))
    features.features(models.small_encoder(pictures()), pictures(4))
    assert asked


def test_pixels_are_pooled_as_a_stage():
    images = pictures(3, 32)
    found = features.pixels(images)
    assert list(found) == ["pixels"]
    expected = nn.functional.adaptive_avg_pool2d(images / 255, 18).flatten(1)
    torch.testing.assert_close(found["pixels"], expected)


# ------------------------------------------------------------ recalibration


def batchnorms(module):
    return [m for m in module.modules() if isinstance(m, nn.BatchNorm2d)]


def trained_elsewhere(images):
    """An encoder whose running statistics are not those of any pictures here."""
    encoder = models.small_encoder(images, seed=1)
    for layer in batchnorms(encoder):
        layer.running_mean.add_(3)
        layer.running_var.mul_(7)
        layer.num_batches_tracked.fill_(50)
    return encoder


def test_recalibration_takes_the_statistics_of_the_pictures(float32, monkeypatch):
    """By hand, batch by batch: batch norms in training mode, averages of what they see."""
    monkeypatch.setattr(features, "_BATCH", 20)
    images = pictures()
    encoder = trained_elsewhere(images)
    found = features.recalibrated(encoder, images)
    mean, std = (v[:, None, None] for v in models.channel_statistics(images))
    seen = {}

    def note(layer, given, out):
        x = given[0]
        seen.setdefault(layer, []).append((x.mean((0, 2, 3)), x.var((0, 2, 3))))

    by_hand = trained_elsewhere(images).train()
    for layer in batchnorms(by_hand):
        layer.register_forward_hook(note)
    with torch.no_grad():
        for part in images.split(20):
            by_hand[1:]((part / 255 - mean) / std)
    for ours, theirs in zip(batchnorms(found), batchnorms(by_hand), strict=True):
        means, variances = (torch.stack(v).mean(0) for v in zip(*seen[theirs], strict=True))
        torch.testing.assert_close(ours.running_mean, means, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(ours.running_var, variances, atol=1e-4, rtol=1e-4)


def test_what_the_first_batch_norm_hands_on_has_mean_0_and_deviation_1(float32):
    images = pictures()
    found = features.recalibrated(trained_elsewhere(images), images)
    with torch.no_grad():
        maps = found.block1[:3](found.normalize(images / 255))
    torch.testing.assert_close(maps.mean((0, 2, 3)), torch.zeros(64), atol=1e-3, rtol=0)
    torch.testing.assert_close(maps.std((0, 2, 3)), torch.ones(64), atol=2e-2, rtol=0)


@pytest.mark.parametrize("mode", [True, False])
def test_recalibration_leaves_the_original_alone_and_changes_batch_norms_only(mode):
    images = pictures()
    encoder = trained_elsewhere(images // 2).train(mode)
    before, momenta = state(encoder), [layer.momentum for layer in batchnorms(encoder)]
    found = features.recalibrated(encoder, images)
    assert found is not encoder
    assert unchanged(encoder, before) and encoder.training == mode
    assert not any(m.training for m in found.modules())
    changed = {k for k, v in found.state_dict().items() if not torch.equal(v, before[k])}
    kinds = ("running_mean", "running_var", "num_batches_tracked")
    assert changed == {k for k in before if k.endswith(kinds)}
    assert [layer.momentum for layer in batchnorms(found)] == momenta


def test_recalibration_does_not_depend_on_what_was_there_before():
    images = pictures()
    fresh = features.recalibrated(models.small_encoder(images, seed=1), images)
    used = features.recalibrated(trained_elsewhere(images), images)
    assert unchanged(used, state(fresh))


def test_recalibrating_a_whole_classifier_leaves_its_head_alone():
    images = pictures()
    net = models.classifier(models.small_encoder(images), 4)
    found = features.recalibrated(net, images)
    for kind in ("running_mean", "running_var"):
        assert torch.equal(getattr(found.standardize, kind), getattr(net.standardize, kind))


def test_recalibration_of_a_network_without_batch_norm_is_a_copy():
    images = pictures(10)
    plain = nn.Sequential(models.Normalize(images), nn.Conv2d(3, 4, 3), nn.ReLU()).train()
    found = features.recalibrated(plain, images)
    assert found is not plain and not found.training and plain.training
    assert unchanged(found, state(plain))


def test_recalibration_needs_pictures():
    with pytest.raises(ValueError, match="no pictures") as error:
        features.recalibrated(models.small_encoder(pictures()), pictures()[:0])
    assert_bilingual(str(error.value))


# ------------------------------------------------------------ outputs


def test_predict_gives_probabilities_in_evaluation_mode(float32, monkeypatch):
    monkeypatch.setattr(features, "_BATCH", 5)
    images = pictures(12)
    model = models.classifier(models.small_encoder(images), 4).train()
    before = state(model)
    ours = features.predict(model, images)
    assert model.training and unchanged(model, before)
    with torch.no_grad():
        theirs = model.eval()(images / 255).softmax(1)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=0)
    torch.testing.assert_close(ours.sum(1), torch.ones(12))


def test_embeddings_are_the_models_outputs_in_evaluation_mode(float32, monkeypatch):
    monkeypatch.setattr(features, "_BATCH", 3)
    images = pictures(7, 8)
    net = models.classifier(models.small_encoder(images, seed=1), 5, seed=1).train()
    found = features.embeddings(net, images)
    assert net.training and found.dtype == torch.float32
    with torch.no_grad():
        expected = net.eval()(images / 255)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found.softmax(1), features.predict(net, images))


def test_in_the_fastest_precision_outputs_stay_near():
    """bfloat16 keeps about three digits, and what comes back is float32 in any case."""
    images = pictures(8)
    encoder = models.small_encoder(images)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "fastest_precision", lambda where: torch.float32)
        exact = features.features(encoder, images)
        patch.setattr(runtime, "fastest_precision", lambda where: torch.bfloat16)
        coarse = features.features(encoder, images)
    for name, x in exact.items():
        assert coarse[name].dtype == torch.float32
        assert not torch.equal(x, coarse[name])
        torch.testing.assert_close(x, coarse[name], atol=0.03, rtol=0.03)


def test_the_mode_is_put_back_even_if_reading_fails():
    encoder = models.small_encoder(pictures()).train()
    with pytest.raises(RuntimeError):
        features.features(encoder, pictures()[:, :2])
    assert encoder.training


def test_frozen_features_leave_the_encoder_as_it_is():
    images = pictures(4) / 255
    encoder = models.small_encoder(pictures()).train()
    before = state(encoder)
    found = features.frozen_features(encoder, images)
    assert found.shape == (4, 256)
    assert not found.requires_grad
    assert unchanged(encoder, before)
    alone = features.frozen_features(encoder, images[:1])
    torch.testing.assert_close(found[:1], alone, atol=1e-5, rtol=1e-4)
