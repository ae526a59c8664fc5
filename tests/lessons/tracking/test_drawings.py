import torch

from course_utils.lessons.tracking import drawings


def test_scenes_draw_boxes_points_and_paths_on_their_frame():
    frames = [torch.zeros(3, 30, 40, dtype=torch.uint8)] * 3
    figure = drawings.scenes(
        frames,
        boxes=[
            torch.tensor([[1.0, 2, 5, 8]]),
            torch.zeros(0, 4),
            torch.tensor([[0.0, 0, 9, 9]] * 2),
        ],
        points=[torch.tensor([[3.0, 4.0]]), torch.zeros(0, 2), torch.zeros(0, 2)],
        paths=[[], [torch.tensor([[0.0, 0], [5, 5]])], []],
        titles=["a", "b", "c"],
    )
    first, second, third, empty = figure.axes
    assert [len(axes.patches) for axes in figure.axes] == [2, 0, 4, 0]  # white on black
    box = first.patches[0]
    assert (box.get_x(), box.get_y(), box.get_width(), box.get_height()) == (1, 2, 4, 6)
    assert first.lines[0].get_xdata().tolist() == [3] and second.lines[-1].get_ydata().tolist() == [
        0,
        5,
    ]
    assert not empty.images and len(third.images) == 1
    assert "a (1); b (0); c (2)" in figure.description


def test_triplets_count_those_that_pull():
    near = torch.tensor([0.2, 0.4, 1.0, 0.1])
    far = {"random": torch.tensor([1.5, 0.8, 1.2, 0.5]), "hard": near.clone()}
    figure = drawings.triplets(near, far, margin=0.5)
    assert [axes.get_title() for axes in figure.axes] == ["random: 75% pull", "hard: 100% pull"]
    assert (
        figure.axes[0].lines[-1].get_xydata().tolist()
        == torch.stack([near, far["random"]], 1).tolist()
    )
    assert "random 75%" in figure.description
