"""What every figure is: opaque, told in words, stored small."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import lang, runtime
from course_utils.figures import grids, style
from tests.figures.examples import ALL, drawn


@pytest.mark.parametrize("name", ALL)
def test_figures_are_opaque_and_say_what_they_show(name):
    data, metadata = drawn(name)._repr_mimebundle_()
    for words in ALL[name]:
        assert words in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"]
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    alpha = np.asarray(picture.convert("RGBA"))[:, :, 3]
    assert alpha.min() == 255
    assert np.asarray(picture.convert("L")).std() > 5  # something is drawn


@pytest.mark.parametrize("name", ALL)
def test_descriptions_follow_the_language(name):
    lang.set_language("ko")
    assert any("가" <= c <= "힣" for c in drawn(name).description)


def test_figures_are_not_kept_in_pyplot():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    drawn("picture_grid")
    assert plt.get_fignums() == before


@pytest.mark.parametrize(
    "names",
    [
        list("abcd"),
        ["pixels", "random weights", "a", "b"],
        ["supervised from scratch", "a", "b", "c"],
    ],
)
def test_every_arm_has_its_own_color(names):
    assert len(set(style.colors_of(names))) == len(names)
    assert style.colors_of(["x", "random weights"])[1] == style.colors_of(["random weights"])[0]


def test_charts_are_stored_with_few_colors_and_photographs_with_all():
    noise = torch.rand(4, 3, 32, 32, generator=runtime.generator(0))
    for figure, mode in ((drawn("curves"), "P"), (grids.picture_grid(noise, columns=2), "RGB")):
        stored = Image.open(io.BytesIO(style.png(figure)))
        assert stored.mode == mode
        exact = io.BytesIO()
        figure.savefig(exact, format="png")
        difference = np.asarray(stored.convert("RGB"), int) - np.asarray(
            Image.open(exact).convert("RGB"), int
        )
        assert np.abs(difference).mean() < 0.03


def test_a_quick_png_shows_the_same():
    slow, quick = (
        np.asarray(
            Image.open(io.BytesIO(style.png(drawn("picture_grid"), quick=q))).convert("RGB"),
            np.int16,
        )
        for q in (False, True)
    )
    assert slow.shape == quick.shape and np.abs(slow - quick).mean() < 0.03  # but for the palette
