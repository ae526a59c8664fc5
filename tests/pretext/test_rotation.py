import pytest
import torch
import torch.nn.functional as F

from course_utils import losses, models, runtime, train
from course_utils.data import toyworld
from course_utils.pretext import rotation
from course_utils.views import streams
from tests.oracles import assert_bilingual


@pytest.mark.parametrize("shape", [(2, 3, 5, 5), (3, 6, 6)])
@pytest.mark.parametrize("turns", range(4))
def test_rotate_is_rot90(shape, turns):
    images = torch.rand(shape, generator=runtime.generator(0))
    assert torch.equal(rotation.rotate(images, turns), torch.rot90(images, turns, (-2, -1)))


def test_rotate_by_hand_is_counter_clockwise():
    picture = torch.tensor([[1, 2], [3, 4]])
    assert rotation.rotate(picture, 1).tolist() == [[2, 4], [1, 3]]


def test_rotate_refuses_other_turns():
    with pytest.raises(ValueError, match="0, 1, 2 or 3") as error:
        rotation.rotate(torch.zeros(3, 2, 2), 4)
    assert_bilingual(str(error.value))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_four_copies_against_a_loop(dtype):
    images = (torch.rand(3, 3, 4, 4, generator=runtime.generator(0)) * 255).to(dtype)
    rotated, labels = rotation.four_copies(images)
    expected = [torch.rot90(x, r, (1, 2)) for r in range(4) for x in images]
    assert torch.equal(rotated, torch.stack(expected))
    assert rotated.dtype == dtype
    assert labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert labels.dtype == torch.int64


def test_date_stamp_covers_the_corner_and_nothing_else():
    images = 0.1 + 0.8 * torch.rand(2, 3, 32, 32, generator=runtime.generator(0))
    before = images.clone()
    stamped = rotation.date_stamp(images)
    assert torch.equal(images, before)
    corner = stamped[:, :, :7, :9]
    assert set(corner.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(corner, corner[:1, :1].expand(2, 3, -1, -1))
    # The middle row of a 9 and an 8, by hand.
    assert (corner[0, 0, 3] > 0).tolist() == [bool(int(bit)) for bit in "011101110"]
    stamped[:, :, :7, :9] = images[:, :, :7, :9]
    assert torch.equal(stamped, images)


def test_date_stamp_is_the_same_on_bytes_and_on_floats():
    pixels = torch.randint(256, (3, 3, 32, 32), generator=runtime.generator(0)).to(torch.uint8)
    stamped = rotation.date_stamp(pixels)
    assert stamped.dtype == torch.uint8
    floats = rotation.date_stamp(streams.to_float(pixels))
    assert torch.equal(streams.to_float(stamped), floats)


def test_painting_and_then_normalising_is_painting_normalised_white_on_black():
    pixels = torch.randint(256, (3, 3, 32, 32), generator=runtime.generator(0)).to(torch.uint8)
    normalize = models.Normalize(pixels)
    painted_first = normalize(rotation.date_stamp(streams.to_float(pixels)))
    black, white = (normalize(torch.full((1, 3, 1, 1), v)) for v in (0.0, 1.0))
    ink = rotation.date_stamp(torch.zeros(1, 1, 32, 32))[:, :, :7, :9]
    painted_last = normalize(streams.to_float(pixels))
    painted_last[:, :, :7, :9] = torch.where(ink > 0, white, black)
    torch.testing.assert_close(painted_first, painted_last)


def test_date_stamp_is_as_large_on_large_pictures_and_differs_in_every_corner():
    large = torch.zeros(1, 3, 64, 64, dtype=torch.uint8) + 100
    stamped = rotation.date_stamp(large)
    assert (stamped != 100).any(1).nonzero()[:, 1:].amax(0).tolist() == [13, 17]
    small = rotation.date_stamp(large[:, :, :32, :32])
    assert torch.equal(stamped[:, :, ::2, ::2], small)
    copies, _ = rotation.four_copies(small)
    assert len(copies.unique(dim=0)) == 4


@pytest.mark.parametrize("grid", [1, 2, 4])
def test_shuffled_tiles_are_the_tiles(grid):
    images = torch.rand(5, 3, 8, 8, generator=runtime.generator(0))
    mixed = rotation.shuffle_tiles(images, grid, runtime.generator(1))
    tile = 8 // grid

    def tiles(picture):
        cut = picture.unfold(1, tile, tile).unfold(2, tile, tile)  # (3, grid, grid, tile, tile)
        return {t.contiguous().numpy().tobytes() for row in cut.permute(1, 2, 0, 3, 4) for t in row}

    for before, after in zip(images, mixed, strict=True):
        assert tiles(before) == tiles(after)
    assert torch.equal(mixed, images) == (grid == 1)


def test_every_order_of_tiles_occurs_and_pictures_get_their_own():
    images = torch.arange(4.0).view(1, 1, 2, 2).repeat(2400, 1, 1, 1)
    mixed = rotation.shuffle_tiles(images, 2, runtime.generator(0)).flatten(1)
    counts = mixed.unique(dim=0, return_counts=True)[1]
    assert len(counts) == 24
    assert counts.min() > 50 and counts.max() < 160


def test_tiles_must_fit():
    with pytest.raises(ValueError, match="3 × 3") as error:
        rotation.shuffle_tiles(torch.zeros(1, 3, 8, 8), 3, runtime.generator(0))
    assert_bilingual(str(error.value))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_seams_hide_the_edges_of_tiles_and_give_no_turn_away(dtype):
    black = torch.zeros(2, 3, 16, 16, dtype=dtype)
    drawn = rotation.draw_seams(black)
    assert (black == 0).all()  # a copy
    for i in range(16):
        for j in range(16):
            seam = (i % 4 in (0, 3) and 0 < i < 15) or (j % 4 in (0, 3) and 0 < j < 15)
            gray = 128 if dtype == torch.uint8 else 0.5
            assert (drawn[:, :, i, j] == (gray if seam else 0)).all(), (i, j)
    turned, _ = rotation.four_copies(drawn)
    assert len(turned.unique(dim=0)) == 1


def test_seams_are_alike_for_whole_pictures_and_tiles_in_disorder():
    images = torch.rand(5, 3, 32, 32, generator=runtime.generator(0))
    mixed = rotation.draw_seams(rotation.shuffle_tiles(images, 2, runtime.generator(1)))
    whole = rotation.draw_seams(images)
    assert torch.equal(mixed == 0.5, whole == 0.5) and not torch.equal(mixed, whole)


# ------------------------------------------------------------ the recipe


@pytest.fixture(scope="module")
def images():
    return toyworld.stills(200, size=16, seed=0).images


def pretrained(images, seed=0, **options):
    encoder = models.small_encoder(images, seed=seed)
    return rotation.pretrain(encoder, images, examples=640, seed=seed, **options)


def test_pretraining_is_seeded(images):
    (net, once), (_, again), (_, other) = (pretrained(images, seed) for seed in (3, 3, 4))
    assert once == again != other
    assert once.examples == [768]  # three steps of 256
    assert isinstance(net, models.Classifier) and net.head.out_features == 4


def test_pretraining_is_the_loop_a_lesson_writes_out(images):
    """Same seed, same history, same weights: lesson and record are one."""
    seed = 3
    encoder = models.small_encoder(images, seed=seed)
    net = models.classifier(encoder, 4, seed=seed)
    stream = streams.batches(images, batch_size=64, generator=runtime.generator(seed))

    def posed():
        for x, _ in stream:
            yield rotation.four_copies(x)

    def loss(model, x, y):
        logits = model(x).float()
        return F.cross_entropy(logits, y), {"accuracy": losses.accuracy(logits, y)}

    by_hand = train.fit(net, posed(), loss, examples=640)
    same, history = pretrained(images, seed)
    assert history == by_hand
    assert all(
        torch.equal(a, b)
        for a, b in zip(same.state_dict().values(), net.state_dict().values(), strict=True)
    )


def test_another_way_of_posing_is_taken_up(images):
    _, plain = pretrained(images)
    _, stamped = pretrained(images, pose=lambda x: rotation.four_copies(rotation.date_stamp(x)))
    assert stamped != plain


def test_posing_waits_for_no_device():
    """On "meta", which holds no values, whatever reads one is an error."""
    x = torch.empty(4, 3, 32, 32, device="meta")
    rotated, labels = rotation.four_copies(rotation.date_stamp(x))
    assert rotated.device.type == labels.device.type == "meta"
    mixed = rotation.shuffle_tiles(x, 2, runtime.generator(0))
    assert rotation.draw_seams(mixed).device.type == "meta"
