import numpy as np
import torch

from course_utils import lang
from course_utils.lessons.tracking import drawings
from tests.figures.test_style import pictures


def frames_of(sheet):
    """Its pictures, ``(H, W, 3)`` each."""
    return [np.asarray(picture.convert("RGB")) for _, picture in pictures(sheet.html())]


def test_scenes_draw_boxes_points_and_paths_on_their_frame():
    black = [torch.zeros(3, 30, 40, dtype=torch.uint8)] * 4
    sheet = drawings.scenes(
        black,
        boxes=[torch.tensor([[10.0, 10, 30, 20]]), *[torch.zeros(0, 4)] * 3],
        points=[torch.zeros(0, 2), torch.tensor([[20.0, 15.0]]), *[torch.zeros(0, 2)] * 2],
        paths=[[], [], [torch.tensor([[0.0, 29], [39, 29]])], []],
        titles=["a", "b", "frame 3", "d"],
    )
    boxed, pointed, walked, empty = frames_of(sheet)
    height, width = empty.shape[:2]
    assert abs(width / height - 40 / 30) < 0.02 and not empty.any()

    def lit(picture):
        """Left, top, right, bottom of what is drawn, in pixels of the frame."""
        y, x = np.nonzero(picture.any(2))
        scale = width / 40
        return [v / scale - 0.5 for v in (x.min(), y.min(), x.max(), y.max())]

    assert np.allclose(lit(boxed), [10, 10, 30, 20], atol=0.5)
    assert np.allclose(lit(pointed), [20, 15, 20, 15], atol=0.7)
    assert np.allclose(lit(walked), [0, 29, 39, 29], atol=1.2)
    assert "프레임 3" in lang.text_of(lang.only(sheet.html(), "ko"))


def test_triplets_count_those_that_pull():
    near = torch.tensor([0.2, 0.4, 1.0, 0.1])
    far = {"random": torch.tensor([1.5, 0.8, 1.2, 0.5]), "hard": near.clone()}
    figure = drawings.triplets(near, far, margin=0.5)
    assert [axes.get_title() for axes in figure.drawing("en").axes] == [
        "random: 75% active",
        "hard: 100% active",
    ]
    assert (
        figure.drawing("en").axes[0].lines[-1].get_xydata().tolist()
        == torch.stack([near, far["random"]], 1).tolist()
    )
    assert "random 75%" in figure.description
