"""One figure of each kind, and words that its description must hold."""

import torch

from course_utils import runtime
from course_utils.figures import charts, grids, heatmaps
from course_utils.train import History

PICTURES = torch.randint(256, (6, 3, 8, 8), dtype=torch.uint8, generator=runtime.generator(0))


def drawn(name):
    """A new figure ``name``."""
    history = History([100, 200, 300], {"loss": [3.0, 2.0, 1.0], "accuracy": [0.2, 0.4, 0.6]})
    return {
        "picture_grid": lambda: grids.picture_grid(PICTURES, columns=4, titles=list("abcdef")),
        "training_curve": lambda: charts.training_curve(history, metric="accuracy", chance=0.25),
        "accuracy_bars": lambda: charts.accuracy_bars(
            {
                "many": {"random weights": 0.5, "ours": 0.625},
                "few": {"random weights": 0.3, "ours": 0.4},
            },
            chance=0.1,
            spread={"few": {"random weights": 0.01, "ours": 0.02}},
        ),
        "confusion": lambda: heatmaps.confusion(torch.tensor([[9, 1], [2, 8]]), names=["x", "y"]),
        "bars_per_picture": lambda: grids.bars_per_picture(
            PICTURES[:3], torch.eye(4)[:3], names=list("0123"), right=[0, 1, 1]
        ),
        "curves": lambda: charts.curves(
            {"ours": {100: [0.3, 0.4], 1000: [0.6]}, "floor": {100: [0.1], 1000: [0.2]}},
            x_label="labels",
            y_label="accuracy",
            chance=0.1,
        ),
        "heat": lambda: heatmaps.heat(
            {"floor": {"kind": 0.2, "hue": -0.1}, "ours": {"kind": 0.9, "hue": 0.5}},
            spread={"ours": {"kind": 0.01}},
        ),
        "changes": lambda: charts.changes({"less": [-0.02, -0.04], "more": [0.01]}, x_label="gain"),
        "choices": lambda: charts.choices({"yes": 0.75, "no": 0.25}, right="yes", title="who?"),
    }[name]()


ALL = {
    "picture_grid": ("6 pictures in 4 columns", "a; b"),
    "training_curve": ("accuracy 0.20", "accuracy 0.60", "300 examples"),
    "accuracy_bars": ("ours 62.5%", "random weights 30.0%"),
    "confusion": ("x 90%", "y 80%"),
    "bars_per_picture": ("100%, 100%, 0%",),
    "curves": ("ours (100: 35.0%, 1,000: 60.0%)", "labels against accuracy"),
    "choices": ("who?", "yes 75%, no 25%", "The right one is yes"),
    "heat": ("floor: kind 0.20, hue -0.10", "ours: kind 0.90"),
}
