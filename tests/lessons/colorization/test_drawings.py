import io
import itertools

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import lang, models, runtime
from course_utils.data import toyworld
from course_utils.lessons.colorization import drawings
from course_utils.pretext import colorization
from course_utils.views.lab import rgb_to_lab
from course_utils.views.streams import to_float


@pytest.fixture(scope="module")
def pictures():
    return toyworld.stills(3, seed=2).images


def frames_of(animation):
    """The frames of an animated PNG as they are seen, floats in [0, 1] ``(T, H, W, 3)``."""
    with Image.open(io.BytesIO(animation.png)) as file:
        frames = []
        for i in range(1, file.n_frames):
            file.seek(i)
            frames.append(np.asarray(file.convert("RGB")) / 255)
    return np.stack(frames)


def chroma(frame):
    seen = torch.from_numpy(frame).float().permute(2, 0, 1)[None]
    return rgb_to_lab(seen)[0, 1:].norm(dim=0).mean().item()


def test_colors_come_back_to_gray_pictures(pictures):
    frames = frames_of(drawings.arriving(pictures))
    colorful = [chroma(frame) for frame in frames]
    assert colorful[0] < 3 and all(b >= a - 0.3 for a, b in itertools.pairwise(colorful))  # fmt: skip
    truth = chroma(np.concatenate(list(to_float(pictures).permute(0, 2, 3, 1).numpy()), 1))
    # White stands between the pictures; all frames share 200 colours.
    assert colorful[-1] == pytest.approx(truth * 3 * 128**2 / (3 * 136**2), rel=0.2)


def test_paintings_end_as_the_last_colors_say(pictures):
    places = torch.zeros(3, 2, 8, 8)
    places[:, 0] = 50.0
    frames = frames_of(drawings.paintings(pictures, [0 * places, 0.5 * places, places]))
    above, below = frames[:, : frames.shape[1] // 2], frames[:, frames.shape[1] // 2 :]
    assert np.abs(below[0] - below[-1]).max() == 0  # the truth stands still
    assert chroma(above[0]) < 3 < 15 < chroma(above[-1])
    assert above[-1][..., 0].mean() > above[0][..., 0].mean()  # towards red


def test_no_more_frames_than_are_seen_well(pictures):
    many = [torch.zeros(3, 2, 8, 8)] * 200
    assert len(frames_of(drawings.paintings(pictures, many))) <= 30


def test_a_photograph_of_any_size_is_painted_sharply(pictures):
    colors = colorization.palette(40)
    net = colorization.painter(models.small_encoder(pictures), len(colors), seed=0)
    large = torch.randint(256, (3, 200, 200), generator=runtime.generator(0)).to(torch.uint8)
    with lang.in_language("en"):
        sheet = drawings.colored(net, large, colors, temperature=0.38, size=32)
        assert "painted" in sheet.description
    gray, painted, own = sheet._rows[0]
    assert (own == large.permute(1, 2, 0).numpy()).all()
    light = [rgb_to_lab(torch.from_numpy(x / 255).float().permute(2, 0, 1)[None])[0, 0] for x in (gray, painted)]  # fmt: skip
    # As sharp as the gray picture; colours that sRGB does not have are clipped.
    assert (light[0] - light[1]).abs().median() < 1


def test_gray_painted_truth(pictures):
    red = torch.zeros(3, 2, 8, 8)
    red[:, 0] = 60.0
    gray, painted, truth = drawings.three_rows(pictures, red)._rows
    times = truth[0].shape[0] // 32
    assert (truth[1][::times, ::times] == pictures[1].permute(1, 2, 0).numpy()).all()
    assert all(np.ptp(one.astype(int), axis=2).max() <= 1 for one in gray)
    assert all(one[..., 0].mean() > one[..., 1].mean() for one in painted)


def test_beliefs_name_mean_mode_and_truth(pictures):
    colors = torch.tensor([[40.0, 0.0], [-40.0, 0.0], [0.0, 0.0]])
    shares = torch.tensor([[0.9, 0.05, 0.05], [0.45, 0.5, 0.05]])
    truth = torch.tensor([[38.0, 2.0], [30.0, 0.0]])
    figure = drawings.beliefs(pictures[:2], shares, colors, truth)
    for language, words in (("en", ("mean", "mode", "truth")), ("ko", ("평균", "최빈값", "정답"))):
        drawn = figure.drawing(language)
        places = [[[34, 0], [40, 0], [38, 2]], [[-2, 0], [-40, 0], [30, 0]]]
        for axes, expected in zip(drawn.axes[2:], places, strict=True):
            points = [line for line in axes.lines if line.get_label() in words]
            assert tuple(point.get_label() for point in points) == words
            where = [point.get_xydata()[0].tolist() for point in points]
            assert where == [pytest.approx(place) for place in expected]
        assert tuple(text.get_text() for text in drawn.axes[2].get_legend().texts) == words
    # The mean of opposite beliefs is nearly gray.
    assert "34, 38; 2, 30" in figure.drawing("en").description


def test_photographs_that_come_with_the_package_are_large_and_in_color():
    found = drawings.large_photographs()
    assert len(found) == 4
    for picture in found.values():
        assert picture.shape == (3, 320, 320) and picture.dtype == torch.uint8
        assert (picture.float().std(0).mean()) > 5  # channels differ
