"""What is learned from distorted copies: the stream of copies, a guess by colour, the recipe."""

import torch

from course_utils import losses, models, runtime, train
from course_utils.pretext import distortion
from course_utils.views import streams
from tests.pretext.test_distortion import exemplars, pictures


def test_copies_carry_the_number_of_their_exemplar_and_are_made_anew():
    """Flat exemplars, one gray each: undistorted in colour, a copy shows whose it is."""
    grays = torch.arange(10, 250, 12)
    flat = grays.to(torch.uint8)[:, None, None, None].expand(-1, 3, 20, 20).contiguous()
    stream = distortion.copies(
        flat,
        side=10,
        out=16,
        batch_size=8,
        generator=runtime.generator(0),
        strength={"components": 0, "saturation": 0, "hue": 0},
    )
    seen = []
    for _ in range(5):  # two passes over 20 exemplars
        patches, index = next(stream)
        assert patches.shape == (8, 3, 16, 16)
        shown = 255 * patches.mean((1, 2, 3))
        torch.testing.assert_close(shown, grays[index].float(), atol=0.01, rtol=0)
        seen += index.tolist()
    assert sorted(seen[:20]) == sorted(seen[20:]) == list(range(20))
    textured = exemplars(4)
    options = {"side": 10, "out": 10, "batch_size": 4}
    stream = distortion.copies(textured, generator=runtime.generator(0), **options)
    (first, order), (second, other) = next(stream), next(stream)
    assert not torch.allclose(first[order.argsort()], second[other.argsort()])
    again, _ = next(distortion.copies(textured, generator=runtime.generator(0), **options))
    assert torch.equal(again, first)


def test_strength_is_handed_on():
    options = {"side": 10, "out": 10, "batch_size": 4}
    still, turned = (
        next(
            distortion.copies(
                exemplars(4), generator=runtime.generator(0), strength={"hue": hue}, **options
            )
        )[0]
        for hue in (0, 5)
    )
    assert not torch.allclose(still, turned, atol=0.1)


def test_a_batch_may_be_larger_than_the_number_of_exemplars():
    flat = torch.zeros(3, 3, 16, 16, dtype=torch.uint8)
    stream = distortion.copies(flat, side=16, out=16, batch_size=7, generator=runtime.generator(0))
    _, index = next(stream)
    assert torch.bincount(index, minlength=3).tolist() in ([3, 2, 2], [2, 3, 2], [2, 2, 3])


def test_surrogate_batch_by_hand():
    x = torch.arange(3.0)[:, None, None, None].expand(-1, 1, 2, 2)
    given = []
    patches, labels = distortion.surrogate_batch(x, 2, lambda batch: given.append(batch) or -batch)
    assert given[0].shape == (6, 1, 2, 2)
    assert labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert torch.equal(patches[:, 0, 0, 0], -labels.float())


def test_nearest_color_knows_mean_colors_and_nothing_else():
    grays = torch.tensor([0.1, 0.5, 0.9])[:, None, None, None]
    of = (grays + 0.05 * (pictures(3, 8) - 0.5)).clamp(0, 1)
    turned = of[[2, 0, 1, 1]].flip(2, 3) + 0.1
    assert distortion.nearest_color(turned, of).tolist() == [2, 0, 1, 1]
    swapped = 1 - of  # bright and dark exchanged: 0.9, 0.5, 0.1
    assert distortion.nearest_color(swapped, of).tolist() == [2, 1, 0]


# ------------------------------------------------------------ the recipe


def pretrained(seed=0, **options):
    encoder = models.small_encoder(exemplars(size=16), seed=seed)
    return distortion.pretrain(encoder, exemplars(size=16), examples=640, seed=seed, **options)


def test_pretraining_is_seeded_and_takes_its_strength():
    (net, once), (_, again), (_, other) = (pretrained(seed) for seed in (3, 3, 4))
    assert once == again != other
    assert once.examples == [768]  # three steps of 256
    assert net.head.out_features == 100
    _, stronger = pretrained(3, strength={"hue": 5})
    assert stronger != once


def test_pretraining_is_the_loop_a_lesson_writes_out():
    """Same seed, same history, same weights: lesson and record are one."""
    seed, strength = 3, {"hue": 5, "scale": 0}
    pixels = exemplars(size=16)
    encoder = models.small_encoder(pixels, seed=seed)
    net = models.classifier(encoder, len(pixels), seed=seed)
    generator = runtime.generator(seed)

    def copies():
        axes = distortion.color_axes(streams.to_float(pixels))
        for index in streams.index_batches(len(pixels), 256, generator):
            drawn = distortion.draw_parameters(256, generator, strength=strength)
            x = distortion.warp(streams.to_float(pixels[index]), drawn, side=16, out=16)
            x = distortion.change_components(x, drawn["components"], axes).clamp(0, 1)
            yield distortion.change_hsv(x, drawn), index

    by_hand = train.fit(net, copies(), losses.classification, examples=640)
    same, history = pretrained(seed, strength=strength)
    assert history == by_hand
    assert all(
        torch.equal(a, b)
        for a, b in zip(same.state_dict().values(), net.state_dict().values(), strict=True)
    )


def test_distorting_waits_for_no_device():
    """On "meta", which holds no values, whatever reads one is an error."""
    x = torch.empty(4, 3, 16, 16, device="meta")
    drawn = distortion.draw_parameters(4, runtime.generator(0))
    axes = torch.empty(3, device="meta"), torch.empty(3, 3, device="meta")
    found = distortion.distort(x, drawn, axes, side=16, out=16)
    assert found.device.type == "meta" and found.shape == x.shape
