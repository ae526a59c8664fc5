"""A small course to be fingerprinted: ``run`` reaches all of it but ``unused`` and ``other``."""

TOPIC = '''
import numpy as np
from numpy import random as dice

from course_utils import tools
from course_utils.lang import both, say, t
from course_utils.other import scale

RATE: float = 0.1
LOW, HIGH = 1, 2
TABLE = {"rate": RATE, "kinds": ["a", "b"]}
LINES = """
one
two
"""


class Net(tools.Base):
    """A network."""

    size: int = 3

    def forward(self, x: float) -> float:
        """Times its size."""
        return x * self.size


@tools.twice
def run(seed: int, *, power=2, table=TABLE):
    """What it does."""
    from course_utils.tools import late

    if seed < 0:
        raise ValueError(both(ko="음수", en="negative"))
    say(ko="시작", en="start")
    print(t(ko=f"{seed}", en=f"seed {seed}"))

    def inner(y, z=1):
        return y + z

    picked = sorted([k for k in range(9) if k >= 3], key=lambda k, sign=1: sign * -k)
    match seed:
        case tools.STEP | 4:
            picked = picked[1:]
        case _:
            picked = picked if power > 2 else picked[2:]
    name = f"figure_{seed}"
    net = Net()
    many = inner(net.forward(seed), z=3) ** power + np.mean(picked) + dice.rand() + LOW / HIGH
    return {name: helper(many) * RATE + tools.shift(seed) + late(seed) + len(table)}


def helper(x):
    return scale(x)  # a comment


def unused(x):
    return x
'''
TOOLS = """
from course_utils.other import scale as handed_on

STEP = 3


class Base:
    depth = 5


def twice(function):
    return lambda *a, **b: function(*a, **b) * 2


def shift(x):
    return x + STEP


def late(x):
    return x // 7


def other(x):
    return x
"""
OTHER = "def scale(x):\n    return 2 * x\n"
FILES = {"topic": TOPIC, "tools": TOOLS, "other": OTHER}
