"""A long training that may be stopped at any moment: what is needed to go on, kept every minute.

A checkpoint is one file of plain arrays: the network, the optimiser's momenta and the history so
far. It is written beside its place and then moved there, so a kill leaves the last one whole.
"""

import json
import shutil
import time
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

from course_utils import runtime
from course_utils.lang import both
from course_utils.train import History

EVERY_SECONDS = 60.0
CHECKPOINT, LOG = "checkpoint.npz", "history.json"


class Checkpoints:
    """Keeps a run of ``train.fit`` in a folder (a ``train.Keeper``), and takes it up from there.

    ``precision`` is that of the run, ``history`` what ``fit`` has seen so far.
    """

    def __init__(self, folder: Path, precision: torch.dtype, *, every: float = EVERY_SECONDS):
        self.folder, self.precision, self.every = folder, precision, every
        self.history: History | None = None
        self.last = time.monotonic()

    def take_up(self, model: nn.Module, optimizer: torch.optim.Optimizer, history: History) -> None:
        """Fill what ``fit`` has just made with the last checkpoint, if there is one.

        Raises ``ValueError`` if the folder has no room for checkpoints, or one cannot be read.
        """
        self._ask_for_room(model)
        self.history = history
        path = self.folder / CHECKPOINT
        if not path.is_file():
            return
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                arrays = {name: torch.from_numpy(file[name]) for name in file.files}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise ValueError(
                both(
                    ko=f"{path}를 읽을 수 없습니다. 파일을 지우면 처음부터 다시 학습합니다. {error}",
                    en=f"{path} cannot be read. Delete it to train from the start. {error}",
                )
            ) from error
        model.load_state_dict(_under("model", arrays))
        momenta = _under("momentum", arrays)
        for i, p in enumerate(_parameters(optimizer)):
            if str(i) in momenta:  # in the layout of the parameter, as the optimiser makes it
                optimizer.state[p]["momentum_buffer"] = torch.empty_like(p).copy_(momenta[str(i)])
        history.examples = arrays["examples"].tolist()
        history.metrics = {k: v.tolist() for k, v in _under("metric", arrays).items()}
        history.seconds = arrays["seconds"].item()

    def keep(self, model: nn.Module, optimizer: torch.optim.Optimizer, history: History) -> None:
        """Write a checkpoint and the log if ``every`` seconds have passed since the last one."""
        if time.monotonic() - self.last < self.every:
            return
        momenta = {
            str(i): optimizer.state[p]["momentum_buffer"]
            for i, p in enumerate(_parameters(optimizer))
            if optimizer.state[p].get("momentum_buffer") is not None
        }
        metrics = {k: torch.tensor(v, dtype=torch.float64) for k, v in history.metrics.items()}
        arrays = {
            **{f"model/{name}": value for name, value in model.state_dict().items()},
            **{f"momentum/{name}": value for name, value in momenta.items()},
            **{f"metric/{name}": value for name, value in metrics.items()},
            "examples": torch.tensor(history.examples),
            "seconds": torch.tensor(history.seconds, dtype=torch.float64),
        }
        with runtime.replacing(self.folder / CHECKPOINT) as beside, beside.open("wb") as file:
            np.savez(file, **{name: value.cpu().numpy() for name, value in arrays.items()})
        self.write_log()
        self.last = time.monotonic()

    def write_log(self) -> None:
        """Write the history as JSON, for figures."""
        text = json.dumps(vars(self.history))
        runtime.replace_all({self.folder / LOG: text})

    def _ask_for_room(self, model: nn.Module) -> None:
        size = sum(x.numel() * x.element_size() for x in model.state_dict().values())
        # Weights and momenta, the old checkpoint beside the new one, and the encoder at the end.
        needed, free = 5 * size, shutil.disk_usage(self.folder).free
        if free < needed:
            raise ValueError(
                both(
                    ko=f"{self.folder}에 {needed / 1e6:,.0f} MB가 필요한데 {free / 1e6:,.0f} MB만 "
                    "남았습니다. 공간을 비우거나 --to에 다른 폴더를 적으세요.",
                    en=f"{self.folder} needs {needed / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are "
                    "left. Free some, or give another folder as --to.",
                )
            )


def _parameters(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"]]


def _under(part: str, arrays: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What is called ``part/…``, by the rest of the name."""
    return {k.removeprefix(f"{part}/"): v for k, v in arrays.items() if k.startswith(f"{part}/")}
