import functools
import re
import shutil

import pytest

from course_utils.pretext import rotation
from course_utils.records import fingerprint
from course_utils.records.fingerprint import Sources
from tests.records.course import FILES, TOPIC


@pytest.fixture
def hashed(tmp_path):
    """Write modules of a small course; the hash of ``topic.run``, or of another definition."""

    def write(module="topic", name="run", /, **files):
        shutil.rmtree(tmp_path / "course_utils", ignore_errors=True)
        for path, text in files.items():
            at = tmp_path / "course_utils" / f"{path}.py"
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_text(text, encoding="utf-8")
        return Sources(tmp_path).hash(f"course_utils.{module}", name)

    return write


def replaced(file, before, after):
    """The small course with one place changed."""
    assert FILES[file].count(before) == 1, before
    return FILES | {file: FILES[file].replace(before, after)}


CHANGES = """
topic: * RATE → / RATE
topic: float = 0.1 → float = 0.2
topic: LOW, HIGH = 1, 2 → HIGH, LOW = 1, 2
topic: LOW / HIGH → HIGH / LOW
topic: LOW / HIGH → LOW / LOW
topic: "rate": RATE → "rate": LOW
topic: "rate": RATE → "ratio": RATE
topic: ["a", "b"] → ["b", "a"]
topic: size: int = 3 → size: int = 4
topic: x * self.size → x + self.size
topic: x * self.size → x * self.depth
topic: Net(tools.Base) → Net
topic: @tools.twice → @tools.shift
topic: @tools.twice →
topic: power=2 → power=3
topic: *, power=2 → power=2
topic: table=TABLE → table=RATE
topic: seed < 0 → seed <= 0
topic: y, z=1 → y, z=2
topic: return y + z → return y - z
topic: z=3 → y=3
topic: if k >= 3 → if k > 3
topic: if k >= 3 →
topic: range(9) → range(8)
topic: sign=1 → sign=-1
topic: sign * -k → sign * k
topic: case tools.STEP → case 5
topic: STEP | 4 → STEP | 5
topic: if power > 2 else → if power > 1 else
topic: picked[1:] → picked[:1]
topic: picked if power > 2 else picked[2:] → picked[2:] if power > 2 else picked
topic: figure_{seed} → figure_{power}
topic: figure_{seed} → row_{seed}
topic: np.mean → np.median
topic: import numpy as np → import torch as np
topic: dice.rand → dice.randn
topic: forward(seed) → forward(power)
topic: from course_utils.other import scale → from course_utils.tools import late as scale
topic: tools.shift(seed) → tools.other(seed)
topic: tools.shift(seed) → seed
topic: return scale(x) → return scale(x) + 1
tools: STEP = 3 → STEP = 4
tools: x + STEP → x - STEP
tools: x // 7 → x // 8
tools: depth = 5 → depth = 6
tools: (*a, **b) * 2 → (*a, **b) * 3
other: 2 * x → 3 * x
""".strip().splitlines()


@pytest.mark.parametrize("change", CHANGES)
def test_follows_what_the_function_reaches(hashed, change):
    file, change = change.split(": ", 1)
    before, after = change.split(" →")
    assert hashed(**replaced(file, before, after.strip())) != hashed(**FILES)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("topic", "What it does.", "Does it."),
        ("topic", '    """A network."""\n\n', ""),
        ("topic", "  # a comment", ""),
        ("topic", 'ko="음수", en="negative"', 'ko="작다", en="below zero"'),
        ("topic", "raise ValueError(", "raise KeyError("),
        ("topic", 'say(ko="시작", en="start")', 'say(ko="시작", en=f"from {LOW}")'),
        ("topic", 'en=f"seed {seed}"', 'en="seed"'),
        ("topic", "x: float) -> float", "x: int)"),
        ("topic", "seed: int,", "seed: float,"),
        ("topic", "RATE: float", "RATE: int"),
        ("topic", "range(9)", "range( 0x9 )"),
        ("topic", 'f"figure_{seed}"', "f'figure_{seed:d}'"),
        ("topic", "    return scale(x)", "    return (\n        scale(x)\n    )"),
        ("topic", "def unused(x):\n    return x", "def unused(x):\n    return 2"),
        ("tools", "def other(x):\n    return x", "def other(x):\n    return 2"),
    ],
)
def test_does_not_follow_words_layout_and_code_that_is_not_reached(hashed, file, before, after):
    assert hashed(**replaced(file, before, after)) == hashed(**FILES)


# ------------------------------------------------------------ places and names


def test_moving_a_function_to_another_file_changes_nothing(hashed):
    moved = "STEP = 3\n\n\ndef shift(x):\n    return x + STEP\n"
    assert moved.partition("def")[2] in FILES["tools"]
    tools = FILES["tools"].replace(moved.partition("\n\n\n")[2], "").replace("STEP = 3\n", "")
    topic = TOPIC.replace("tools.shift", "deep.shift").replace("tools.STEP", "deep.STEP")
    topic = "from course_utils.new import deep\n" + topic
    files = FILES | {"tools": tools, "topic": topic, "new/deep": moved}
    assert hashed(**files) == hashed(**FILES)
    # The entry itself, with all that it used to find in its own file.
    assert hashed("new.place", **FILES | {"topic": "", "new/place": TOPIC}) == hashed(**FILES)
    helper = TOPIC[TOPIC.index("def helper") : TOPIC.index("def unused")]
    topic = "from course_utils.other import helper\n" + TOPIC.replace(helper, "")
    assert hashed(**FILES | {"topic": topic, "other": FILES["other"] + helper}) == hashed(**FILES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scale", "enlarge"),  # a function
        ("RATE", "SPEED"),  # a constant
        ("TABLE", "NUMBERS"),
        ("Net", "Network"),  # a class
        ("twice", "doubled"),  # a decorator
        ("late", "later"),  # what is imported inside a function
        ("run", "main"),  # the entry itself
        ("tools", "instruments"),  # a module
        ("other", "rest"),
        ("np", "numbers"),  # the alias of an import
        ("dice", "chance"),
    ],
)
def test_names_do_not_count(hashed, old, new):
    files = {
        re.sub(rf"\b{old}\b", new, file): re.sub(rf"\b{old}\b", new, text)
        for file, text in FILES.items()
    }
    assert files != FILES
    assert hashed("topic", "main" if old == "run" else "run", **files) == hashed(**FILES)


def test_how_something_is_imported_does_not_count(hashed):
    for before, after in (
        ("from course_utils import tools\n", "import course_utils.tools as tools\n"),
        ("from course_utils.other import scale\n", "from course_utils.tools import handed_on\n"),
        ("import numpy as np\n", "import numpy\n"),
    ):
        topic = replaced("topic", before, after)["topic"]
        if "handed_on" in after:
            topic = topic.replace("scale(x)", "handed_on(x)")
        if "import numpy\n" in after:
            topic = topic.replace("np.mean", "numpy.mean")
        assert hashed(**FILES | {"topic": topic}) == hashed(**FILES), after
    whole = TOPIC.replace("from course_utils import tools", "import course_utils.tools")
    whole = whole.replace("(tools.", "(course_utils.tools.").replace(
        "@tools", "@course_utils.tools"
    )
    whole = whole.replace(" tools.", " course_utils.tools.")
    assert hashed(**FILES | {"topic": whole}) == hashed(**FILES)


def test_follows_a_module_that_is_handed_on(hashed):
    files = {
        "topic": "from course_utils import tools\n\n\ndef run():\n    return tools.other.scale(2)\n",
        "tools": "from course_utils import other\n",
        "other": FILES["other"],
    }
    first = hashed(**files)
    assert hashed(**files | {"other": FILES["other"].replace("2", "3")}) != first
    direct = files["topic"].replace("tools.other", "other").replace("import tools", "import other")
    assert hashed(**files | {"topic": direct}) == first


def test_follows_a_package_that_hands_names_on(hashed):
    files = {
        "topic": "from course_utils.deep import scale\n\n\ndef run():\n    return scale(2)\n",
        "deep/__init__": "from course_utils.deep.inside import scale\n",
        "deep/inside": FILES["other"],
    }
    assert hashed(**files) != hashed(**files | {"deep/inside": "def scale(x):\n    return x\n"})


def test_a_local_variable_is_no_reference(hashed):
    text = "RATE = {}\n\n\ndef run():\n    {}\n    return [RATE for _ in range(2)]\n"
    for local in ("RATE = 3", "for RATE in range(3): pass", "with open('x') as RATE: pass"):
        assert hashed(topic=text.format(1, local)) == hashed(topic=text.format(2, local))
    assert hashed(topic=text.format(1, "pass")) != hashed(topic=text.format(2, "pass"))
    argument = "RATE = {}\n\n\ndef run(RATE):\n    return RATE\n"
    assert hashed(topic=argument.format(1)) == hashed(topic=argument.format(2))
    method = "RATE = {}\n\n\nclass run:\n    def f(self):\n        return self.RATE\n"
    assert hashed(topic=method.format(1)) == hashed(topic=method.format(2))


def test_a_constant_changed_later_in_its_module(hashed):
    text = "STEPS = 3\nSTEPS += {}\n\n\ndef run():\n    return STEPS\n"
    assert hashed(topic=text.format(1)) != hashed(topic=text.format(2))


# ------------------------------------------------------------ definitions that reach each other

EVEN = """
def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def run(n):
    return n * run(n - 1) if n else 1
"""


def test_recursion(hashed):
    first = hashed(topic=EVEN)
    assert hashed(topic=EVEN.replace("n * run", "n + run")) != first
    assert hashed("topic", "fac", topic=EVEN.replace("run", "fac")) == first
    assert hashed(topic=EVEN.replace("run(n - 1)", "odd(n - 1)")) != first


def test_functions_that_call_each_other(hashed, tmp_path):
    even, odd = (hashed("topic", name, topic=EVEN) for name in ("even", "odd"))
    assert even != odd
    for first, second in (("even", "odd"), ("odd", "even")):
        sources = Sources(tmp_path)
        found = {name: sources.hash("course_utils.topic", name) for name in (first, second)}
        assert found == {"even": even, "odd": odd}  # whichever is entered first
    for before, after in (("n == 0", "n == 2"), ("n != 0", "n != 2")):
        changed = EVEN.replace(before, after)
        assert hashed("topic", "even", topic=changed) != even
        assert hashed("topic", "odd", topic=changed) != odd
    renamed = EVEN.replace("odd", "not_even")
    assert hashed("topic", "even", topic=renamed) == even
    assert hashed("topic", "not_even", topic=renamed) == odd
    apart = {  # in two files that import each other
        "topic": "from course_utils.other import odd\n" + EVEN[: EVEN.index("def odd")],
        "other": "from course_utils.topic import even\n"
        + EVEN[EVEN.index("def odd") : EVEN.index("def run")],
    }
    assert hashed("topic", "even", **apart) == even
    assert hashed("other", "odd", **apart) == odd


def test_which_of_several_that_call_each_other_is_called_where(hashed):
    text = """
def run(x):
    return one(x) - two(x) if x else 0


def one(x):
    return run(x - 1)


def two(x):
    return 2 * run(x - 1)
"""
    swapped = text.replace("one(x) - two(x)", "two(x) - one(x)")
    for name in ("run", "one", "two"):
        assert hashed("topic", name, topic=text) != hashed("topic", name, topic=swapped)


def test_which_attribute_of_a_definition_is_taken(hashed):
    for before, after in (
        ("TABLE.items()", "TABLE.values()"),
        ("tools.Base.depth", "tools.Base.width"),
        ("tools.Base.inner.depth", "tools.Base.inner.width"),
        ("run.first", "run.second"),
    ):
        text = (
            f"from course_utils import tools\nTABLE = {{}}\n\n\ndef run():\n    return {before}\n"
        )
        files = FILES | {"topic": text}
        assert hashed(**files) != hashed(**files | {"topic": text.replace(before, after)}), after


def test_unknown_definition(hashed):
    with pytest.raises(LookupError, match=r"topic\.nothing"):
        hashed("topic", "nothing", topic=EVEN)


def test_fingerprint_takes_functions_and_says_all_of_them_in_order():
    one, other = rotation.rotate, rotation.four_copies
    assert re.fullmatch("[0-9a-f]{16}", fingerprint.fingerprint(one))
    both = fingerprint.fingerprint(one, other)
    assert both not in (fingerprint.fingerprint(one), fingerprint.fingerprint(other, one))
    cached = functools.lru_cache(one)  # a cache around a function does not hide it
    assert fingerprint.fingerprint(cached) == fingerprint.fingerprint(one)


def test_how_memory_is_kept_counts_nothing(hashed):
    def of(statement):
        topic = f"from course_utils import threads\ndef run(x):\n    {statement}\n    return x\n"
        return hashed(topic=topic, threads="def keep_memory(): ...\ndef settle(): ...\n")

    assert of("threads.keep_memory()") == of("'nothing'") != of("threads.settle()")
