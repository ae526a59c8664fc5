"""What lesson 07 says of collapse: traces of three methods, as they are and with one thing taken
away.
"""

import torch

from course_utils.figures.motion import Animation
from course_utils.figures.tables import named
from course_utils.lessons.contrastive import drawings
from course_utils.lessons.statements import checked
from course_utils.records.read import recorded

LOOKS = 16  # at the networks of a recorded trace
TAKEN = {
    "SimCLR": ("네거티브", "negatives"),
    "BYOL": ("스톱 그래디언트", "stop-gradient"),
    "VICReg": ("분산 항", "variance"),
}


def fallen() -> Animation:
    """24 photographs of the test set while networks train: above as each method is, below with one
    thing taken away.
    """
    record = recorded("contrastive")
    return drawings.clouds(
        {
            (method, taken): record.of_seed("collapse", 0, method=method, taken=taken)
            for taken in (False, True)
            for method in TAKEN
        }
    )


def collapse() -> None:
    """Gauges at the end of the recorded traces, as each method is and with one thing taken away."""
    record = recorded("contrastive")

    def last(gauge: str, **asked) -> torch.Tensor:
        return record.figures("collapse", f"{gauge}_{LOOKS - 1:02d}", **asked)

    rows, statements = [], []
    for method, (ko, en) in TAKEN.items():
        spreads = {taken: last("spread", method=method, taken=taken) for taken in (False, True)}
        for taken, values in spreads.items():
            told = [
                last(gauge, method=method, taken=taken).mean() for gauge in ("cosine", "deviation")
            ]
            name = (f"{method}, {ko} 없이", f"{method} without {en}") if taken else method
            rows.append([name, f"{values.mean():.2f}", *[f"{x:.2f}" for x in told]])
        statements.append(
            (
                f"{method}: 하나를 뺀 것보다 원래 방법에서 퍼진 정도가 큽니다.",
                f"{method}: more spread as it is than with one thing taken away.",
                spreads[False],
                spreads[True],
            )
        )
    checked(*statements, points=False)
    named(
        [
            ("방법", "method"),
            ("퍼진 정도", "spread"),
            ("두 사진의 평균 코사인", "mean cosine of two pictures"),
            ("한 차원의 표준편차", "deviation of a dimension"),
        ],
        rows,
    )
