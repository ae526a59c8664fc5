"""Trained encoders that come with the package: a good network at once, where training it would take
many minutes.

Beside this file lie, for each, plain arrays in half precision (``NAME.npz``, nothing is unpickled)
and how they came about (``NAME.json``): recipe, data, number of inputs, machine, and what the ruler
reads of exactly these arrays. ``python -m course_utils ship NAME`` makes both.
"""

import functools
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from course_utils import models
from course_utils.lang import both

HERE = Path(__file__).parent


def available() -> list[str]:
    """The encoders that are there; each has the name of the method that trained it."""
    return sorted(path.stem for path in HERE.glob("*.npz"))


@functools.cache
def _text_of(name: str) -> str:
    if name not in available():
        raise ValueError(
            both(
                ko=f"함께 배포하는 인코더에 {name!r}은 없습니다. 있는 것: {', '.join(available())}.",
                en=f"No encoder called {name!r} comes with the package. There are: "
                f"{', '.join(available())}.",
            )
        )
    return (HERE / f"{name}.json").read_text(encoding="utf-8")


def origin(name: str) -> dict:
    """How an encoder was trained and what the ruler reads of it; raises ``ValueError`` for a name
    that is not in ``available()``.
    """
    return json.loads(_text_of(name))


def trained(name: str) -> nn.Sequential:
    """A trained ``models.small_encoder`` on the CPU, in evaluation mode; float32.

    Raises ``ValueError`` as ``origin``.
    """
    _text_of(name)
    encoder = models.small_encoder(torch.zeros(1, 3, 8, 8, dtype=torch.uint8))
    with np.load(HERE / f"{name}.npz", allow_pickle=False) as arrays:
        state = {key: torch.from_numpy(arrays[key]) for key in arrays.files}
    encoder.load_state_dict(state)  # halves become float32
    return encoder.eval()
