"""What the sources must show: one stream, one effort, no wait in a step, draws in place."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "course_utils"
MODULES = sorted(PACKAGE.rglob("*.py"))
# What runs in a training step, beside the loop of ``fit`` itself.
STEP = [
    *sorted((PACKAGE / "views").glob("*.py")),
    PACKAGE / "losses.py",
    *(PACKAGE / "pretext" / f"{name}.py" for name in ("distortion", "rotation", "tracking")),
]


def part(path):
    return path.relative_to(PACKAGE).as_posix()


def functions(source):
    """A module itself, named "", and every function in it, however deep, with its dotted name."""

    def inside(node, outer):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                name = f"{outer}{child.name}"
                if isinstance(child, ast.FunctionDef):
                    yield name, child
                yield from inside(child, f"{name}.")
            else:
                yield from inside(child, outer)

    module = ast.parse(source)
    yield "", module
    yield from inside(module, "")


def own_nodes(function):
    """The nodes of a function without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef):
            waiting.extend(ast.iter_child_nodes(node))


def found(source, wanted):
    """``(function, what)`` for every node of a module in which ``wanted`` finds something."""
    for name, function in functions(source):
        for node in own_nodes(function):
            what = wanted(node)
            if what is not None:
                yield name, what


def in_package(wanted, paths=MODULES):
    return {
        (part(path), name, what)
        for path in paths
        for name, what in found(path.read_text(encoding="utf-8"), wanted)
    }


def dotted(node):
    """``runtime.effort`` for the call of an attribute, ``effort`` for that of a name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


# ------------------------------------------------------------ one place for each


def endless(node):
    always = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value
    return "while True" if always else None


def test_there_is_one_endless_stream():
    assert in_package(endless) == {("views/streams.py", "index_batches", "while True")}
    text = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert text.count("while True") == 1  # nor in a string, which a lesson might run


def effort(node):
    called = isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "effort"
    return "effort" if called else None


# Where it says how much is trained: in ``fit``, and where a stream draws by the share of the run.
APPLIED = {("train.py", "fit"), ("pretext/tracking.py", "pretrain.with_keys")}
# Where it is only told, or undone, how much is trained.
REPORTED = {
    ("exercises/claims.py", "claim"): "nothing is claimed about a shorter run",
    ("workshop/doctor.py", "speed"): "a run of so many seconds, whatever the effort",
    ("workshop/doctor.py", "doctor"): "says it, and how long a lesson takes with it",
}


def test_effort_is_applied_in_one_place():
    places = {(file, name) for file, name, _ in in_package(effort)}
    assert places == {*APPLIED, *REPORTED}


def statistics(node):
    return "statistics" if isinstance(node, ast.arg) and node.arg == "statistics" else None


def test_no_statistics_travel_beside_an_encoder():
    """An encoder owns its normalisation; what is handed a mean may be handed the wrong one."""
    assert in_package(statistics) == set()


# ------------------------------------------------------------ no step waits for the device

READING = {"item", "tolist", "nonzero", "cpu", "numpy"}


def waiting(node):
    """Calls that read a tensor's values on the CPU, or that may."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr in READING:
        return node.func.attr
    if isinstance(node.func, ast.Name) and node.func.id in ("float", "int", "bool"):
        return node.func.id
    return None


GUARDED = {
    ("views/color.py", "random_color_jitter", "nonzero"): "after a return for other devices",
    ("views/color.py", "_order", "int"): "the state of a generator lies on the CPU",
    ("views/color.py", "_order", "tolist"): "drawn on the CPU",
    ("losses.py", "_need", "int"): "after a return for other devices",
}


def test_nothing_in_a_step_waits_for_the_device():
    assert in_package(waiting, STEP) == set(GUARDED)


@pytest.mark.parametrize(
    ("file", "name"),
    [("views/color.py", "random_color_jitter"), ("losses.py", "_need")],
)
def test_what_would_wait_comes_after_a_return_for_other_devices(file, name):
    source = (PACKAGE / file).read_text(encoding="utf-8")
    (function,) = [f for n, f in functions(source) if n == name]
    (guard,) = [
        node.lineno
        for node in function.body
        if isinstance(node, ast.If)
        and ast.unparse(node.test).endswith(".device.type != 'cpu'")
        and isinstance(node.body[-1], ast.Return)
    ]
    waits = [node.lineno for node in ast.walk(function) if waiting(node)]
    assert waits and min(waits) > guard


def test_random_views_do_not_call_the_views_that_check_their_parameters():
    """What was drawn is in range; to look would make the CPU wait for the parameters."""
    checked = lambda node: dotted(node.func) if isinstance(node, ast.Call) else None  # noqa: E731
    source = (PACKAGE / "views" / "geometry.py").read_text(encoding="utf-8")
    called = {what for name, what in found(source, checked) if name.startswith("random_")}
    assert {"_cut", "_cut_and_resize"} <= called
    assert not called & {"crop", "resized_crop"}


def test_the_loop_of_fit_reads_nothing_itself():
    """The one place that reads is the log, every so many steps."""
    source = (PACKAGE / "train.py").read_text(encoding="utf-8")
    reading = {name for name, what in found(source, waiting) if what in READING}
    assert reading == {"_Log.read"}
    (fit,) = [f for name, f in functions(source) if name == "fit"]
    (loop,) = [node for node in ast.walk(fit) if isinstance(node, ast.While)]
    assert [what for node in ast.walk(loop) if (what := waiting(node))] == []


# ------------------------------------------------------------ draws

DRAWS = {"rand", "randn", "randint", "randperm", "multinomial", "bernoulli", "normal", "rand_like"}


def draws(source):
    """Every draw from a generator, and whether it says on which device."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and dotted(node.func) in {f"torch.{d}" for d in DRAWS}:
            given = {k.arg: ast.unparse(k.value) for k in node.keywords}
            if "generator" in given or None in given:
                yield node.lineno, given


def on_its_generators_device(source, given):
    if None in given:  # **name: a dict of this module with both
        pair = f"{given[None]} = {{'generator': generator, 'device': generator.device}}"
        return pair in ast.unparse(ast.parse(source))
    return given.get("device") == f"{given['generator']}.device"


MADE_ON_THE_CPU = {
    ("views/color.py", "torch.randperm(n, generator=generator)"): "a CPU generator, seeded for it",
    ("pretext/tracking.py", "torch.rand(len(boxes), 3, generator=generator)"): "mining, no step",
}


@pytest.mark.parametrize(
    "path",
    [*STEP, *sorted(p for p in (PACKAGE / "pretext").glob("*.py") if p not in STEP)],
    ids=part,
)
def test_draws_are_made_on_their_generators_device(path):
    source = path.read_text(encoding="utf-8")
    for line, given in draws(source):
        written = source.splitlines()[line - 1]
        if not any(file == part(path) and call in written for file, call in MADE_ON_THE_CPU):
            assert on_its_generators_device(source, given), written


def test_the_exceptions_are_there():
    for file, call in MADE_ON_THE_CPU:
        assert call in (PACKAGE / file).read_text(encoding="utf-8")


# ------------------------------------------------------------ and each of these can fail


@pytest.mark.parametrize(
    ("finder", "source", "expected"),
    [
        (endless, "def f():\n    while True:\n        pass", {("f", "while True")}),
        (endless, "def f(x):\n    while x:\n        pass", set()),
        (effort, "def f():\n    return 3 * runtime.effort()", {("f", "effort")}),
        (effort, "EFFORT = runtime.effort()", {("", "effort")}),
        (effort, "class A:\n    def g(self):\n        return effort()", {("A.g", "effort")}),
        (statistics, "def f(x, *, statistics):\n    pass", {("f", "statistics")}),
        (statistics, "def f():\n    return lambda statistics: 1", {("f", "statistics")}),
        (waiting, "def f(x):\n    return x.sum().item()", {("f", "item")}),
        (
            waiting,
            "def f(x):\n    def g():\n        return float(x)\n    return g",
            {("f.g", "float")},
        ),
        (waiting, "def f(x):\n    return x.float().mean()", set()),
    ],
)
def test_planted(finder, source, expected):
    assert set(found(source, finder)) == expected


@pytest.mark.parametrize(
    ("call", "fine"),
    [
        ("torch.rand(3, generator=g, device=g.device)", True),
        ("torch.rand(3, generator=g)", False),
        ("torch.randperm(3, generator=g, device=images.device)", False),
        ("torch.rand(3, **on)", False),
    ],
)
def test_planted_draws(call, fine):
    ((_, given),) = draws(call)
    assert on_its_generators_device(call, given) == fine
