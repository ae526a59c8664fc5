"""Recorded once for the course: what every method is compared with, on the ruler.

The floor is random weights, recalibrated as every encoder is; ``supervised`` sees as many inputs as
the methods beside it (equal computing); pixels are read as they are.
"""

from course_utils.data.worlds import world
from course_utils.evaluate import ruler
from course_utils.lessons.recipes import FLOOR, SUPERVISED, factors, probe, transfer
from course_utils.records.plan import Experiment, rows

FIVE = (0, 1, 2, 3, 4)
EXAMPLES = {"cifar10": 270_000, "toyworld": 96_000}


def probe_of_pixels(*, data: str) -> dict[str, float]:
    """The ruler on the pixels themselves."""
    return ruler.read(None, *world(data))


def factors_of_pixels() -> dict[str, float]:
    """The factor row of the pixels themselves."""
    return ruler.factor_row(None)


WORLDS = rows("data", *((data,) for data in EXAMPLES))
TRAINED = rows("data examples", *EXAMPLES.items())
TOYWORLD = rows("data", ("toyworld",))
EXPERIMENTS = (
    Experiment("probe", probe, WORLDS, FLOOR, FIVE),
    Experiment("probe", probe, TRAINED, SUPERVISED, FIVE),
    Experiment("transfer", transfer, WORLDS, FLOOR, FIVE),
    Experiment("transfer", transfer, TRAINED, SUPERVISED, FIVE),
    Experiment("factors", factors, TOYWORLD, FLOOR, FIVE),
    Experiment("factors", factors, rows("data examples", ("toyworld", 96_000)), SUPERVISED, FIVE),
    Experiment("pixels", probe_of_pixels, WORLDS, seeds=(0,)),
    Experiment("factors of pixels", factors_of_pixels, TOYWORLD, seeds=(0,)),
)
