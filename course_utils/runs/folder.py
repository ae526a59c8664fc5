"""A folder of a long training: what was run, how far it has come, the encoder, what it reads.

``run.json`` says what is trained and how, ``history.json`` is the log, ``checkpoint.npz`` is there
while it trains, ``encoder.npz`` afterwards, ``probe.json`` once it was read. Nothing is pickled.
"""

import json
from pathlib import Path

import torch
from torch import nn

from course_utils import models
from course_utils.lang import both
from course_utils.records import weights
from course_utils.runs.checkpoints import LOG
from course_utils.train import History

RUN, ENCODER, PROBE = "run.json", "encoder.npz", "probe.json"


def about_run(folder: Path | str) -> dict:
    """What a folder's run is; raises ``ValueError`` if there is none."""
    try:
        return json.loads((Path(folder) / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(
            both(
                ko=f"{folder}는 pretrain이 만든 폴더가 아닙니다. --to로 적었던 폴더를 적으세요.",
                en=f"{folder} is no folder of pretrain's. Give the one that was given as --to.",
            )
        ) from error


def history_of_run(folder: Path | str) -> History:
    """The log of a run so far, to be drawn by ``charts.training_curve``; ``ValueError`` as above,
    or before anything was kept.
    """
    about_run(folder)
    path = Path(folder) / LOG
    if not path.is_file():
        raise ValueError(
            both(
                ko=f"{folder}에는 아직 기록이 없습니다. 1분쯤 뒤에 다시 해 보세요.",
                en=f"Nothing is logged in {folder} yet. Try again in a minute.",
            )
        )
    return History(**json.loads(path.read_text(encoding="utf-8")))


def encoder_of_run(folder: Path | str) -> nn.Sequential:
    """The trained encoder of a finished run, on the CPU, in evaluation mode.

    Raises ``ValueError`` for a folder without a run, and for a run that is not finished.
    """
    run, path = about_run(folder), Path(folder) / ENCODER
    if not path.is_file():
        raise ValueError(
            both(
                ko=f"{folder}의 학습이 끝나지 않았습니다. 같은 명령에 --resume을 붙여 마저 학습하세요.",
                en=f"The run in {folder} is not finished. Go on: the same command and --resume.",
            )
        )
    build = models.ENCODERS[run["what"]["settings"]["encoder"]]
    encoder = build(torch.zeros(1, 3, 8, 8, dtype=torch.uint8))
    weights.fill(encoder, path)
    return encoder.eval()
