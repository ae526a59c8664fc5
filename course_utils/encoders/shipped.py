"""Trained encoders that come with the package: a good network at once, where training it would take
many minutes.

Beside this file lie, for each, plain arrays in half precision (``NAME.npz``, nothing is unpickled)
and how they came about (``NAME.json``): recipe, data, number of inputs, machine, and what the ruler
reads of exactly these arrays. ``python -m course_utils ship NAME`` makes both.
"""

import json
from pathlib import Path

import torch
from torch import nn

from course_utils import models
from course_utils.lang import both
from course_utils.records import weights

HERE = Path(__file__).parent


def available() -> list[str]:
    """The encoders that are there; each has the name of the method that trained it."""
    return sorted(path.stem for path in HERE.glob("*.npz"))


def _file(name: str, kind: str) -> Path:
    if name not in available():
        raise ValueError(
            both(
                ko=f"함께 배포하는 인코더에 {name!r}은 없습니다. 있는 것: {', '.join(available())}.",
                en=f"No encoder called {name!r} comes with the package. There are: "
                f"{', '.join(available())}.",
            )
        )
    return HERE / f"{name}.{kind}"


def origin(name: str) -> dict:
    """How an encoder was trained and what the ruler reads of it; raises ``ValueError`` for a name
    that is not in ``available()``.
    """
    return json.loads(_file(name, "json").read_text(encoding="utf-8"))


def chosen_stage(stages: dict[str, dict[str, float]]) -> str:
    """The stage that validation with 10,000 labels chooses, of what the ruler read (``"read"`` in
    ``origin``, by world).
    """
    return max(stages, key=lambda stage: stages[stage]["linear_10000_validation"])


def accuracy_with_labels(name: str) -> tuple[int, float]:
    """How many inputs an encoder saw, and its accuracy with 10,000 labels on the data it was
    trained on, of the stage that validation chooses.
    """
    told = origin(name)
    stages = told["read"][told["settings"]["data"]]
    return told["settings"]["examples"], stages[chosen_stage(stages)]["linear_10000"]


def trained(name: str) -> nn.Sequential:
    """A trained ``models.small_encoder`` on the CPU, in evaluation mode; float32.

    Raises ``ValueError`` as ``origin``.
    """
    path = _file(name, "npz")
    encoder = models.small_encoder(torch.zeros(1, 3, 8, 8, dtype=torch.uint8))
    weights.fill(encoder, path)  # halves become float32
    return encoder.eval()
