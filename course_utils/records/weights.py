"""Trained weights of recorded experiments, kept in the cache, outside git: a new reading trains
nothing.

A file of plain arrays for each training, named by a hash of all that the weights depend on: the
code that made them, settings, seed, data, precision, threads and the version of torch.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from course_utils import runtime


def path_of_weights(**what: object) -> Path:
    """Where the weights that depend on ``what`` (plain JSON values) are kept."""
    key = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]
    return runtime.cache_dir() / "weights" / f"{key}.npz"


def keep(net: nn.Module, path: Path) -> None:
    """Store a network's parameters and buffers."""
    arrays = {name: value.cpu().numpy() for name, value in net.state_dict().items()}
    with runtime.replacing(path) as beside, beside.open("wb") as file:
        np.savez(file, **arrays)


def fill(net: nn.Module, path: Path) -> None:
    """Put stored weights into a network of the same build.

    Nothing is unpickled: the file holds plain arrays.
    """
    with np.load(path, allow_pickle=False) as arrays:
        net.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})
