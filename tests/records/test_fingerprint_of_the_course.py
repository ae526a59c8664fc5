"""The fingerprint on the course itself: what makes which rows stale, and what it relies on."""

import ast
import re
import shutil
import symtable
from pathlib import Path

import pytest

from course_utils.records import plan
from course_utils.records.fingerprint import ROOT, Sources
from course_utils.records.read import topics


def hashes(root):
    """Of every recipe and every reading of all topics, by name."""
    sources, found = Sources(root), {"recipes": {}, "readings": {}}
    for topic in topics():
        for experiment in plan.experiments(topic):
            recipe = experiment.recipe and experiment.recipe.train
            for kind, function in (("recipes", recipe), ("readings", experiment.read)):
                if function is not None:
                    at = function.__module__, function.__qualname__
                    found[kind][".".join(at)] = sources.hash(*at)
    return found


@pytest.fixture
def copy(tmp_path):
    """The course's sources in another folder; rewrites one file, or all that match a pattern."""
    shutil.copytree(ROOT / "course_utils", tmp_path / "course_utils", ignore=_no_sources)

    def rewrite(pattern, before, after):
        files = sorted(tmp_path.glob(f"course_utils/{pattern}"))
        texts = {path: path.read_text(encoding="utf-8") for path in files}
        assert any(re.search(before, text, re.M) for text in texts.values()), before
        for path, text in texts.items():
            path.write_text(re.sub(before, after, text, flags=re.M), encoding="utf-8")

    rewrite.root = tmp_path
    return rewrite


def _no_sources(folder, names):
    return [n for n in names if Path(folder, n).is_file() and not n.endswith(".py")]


def changed(before, after, kind):
    """The functions of a kind whose hash is another one."""
    assert before[kind].keys() == after[kind].keys()
    names = [name for name, value in after[kind].items() if before[kind][name] != value]
    return {name.removeprefix("course_utils.lessons.") for name in names}


def test_moving_and_renaming_leaves_every_row_of_the_course_fresh(copy):
    before = hashes(copy.root)
    assert before == hashes(ROOT)
    # A function that recipes and readings reach moves to a file of its own …
    source = (copy.root / "course_utils/pretext/rotation.py").read_text(encoding="utf-8")
    (function,) = (
        ast.get_source_segment(source, node)
        for node in ast.parse(source).body
        if getattr(node, "name", None) == "shuffle_tiles"
    )
    (copy.root / "course_utils/pretext/tiles.py").write_text(f"import torch\n\n\n{function}\n")
    copy("pretext/rotation.py", re.escape(function), "")
    experiments = "lessons/rotation/experiments.py"
    copy(experiments, r"pretext import rotation", "pretext import rotation, tiles")
    copy(experiments, r"rotation\.shuffle_tiles", "tiles.shuffle_tiles")
    assert hashes(copy.root) == before
    # … another gets a new name, and a whole module.
    copy("**/*.py", r"\bdate_stamp\b", "stamp_date")
    copy("**/*.py", r"(?<!container\.)\bstreams\b", "flows")
    (copy.root / "course_utils/views/streams.py").rename(copy.root / "course_utils/views/flows.py")
    assert hashes(copy.root) == before


def test_a_changed_recipe_is_the_only_one_that_is_stale(copy):
    before = hashes(copy.root)
    copy("pretext/rotation.py", r"^ANGLES = \(0, 90", "ANGLES = (0, 45")
    after = hashes(copy.root)
    assert changed(before, after, "recipes") == {
        "colorization.experiments.learn_gray_rotation",
        "recipes.learn_rotation",
        "rotation.experiments.learn_with_seams",
    }
    assert changed(before, after, "readings") == set()


def test_a_changed_ruler_retrains_nothing(copy):
    before = hashes(copy.root)
    copy(
        "evaluate/ruler.py", r"^LABELS, FEW, DRAWS = 10_000, 500, 5", "LABELS, FEW, DRAWS = 9, 9, 9"
    )
    after = hashes(copy.root)
    assert changed(before, after, "recipes") == set()
    assert changed(before, after, "readings") == {
        "colorization.experiments.probe",
        "colorization.experiments.probe_gray_toyworld",
        "colorization.experiments.probe_halves",
        "contrastive.experiments.behind_the_projector",
        "contrastive.experiments.probe",
        "contrastive.experiments.probe_linearly",
        "contrastive.experiments.transfer_of",
        "distortion.experiments.probe_of_whole_pictures",
        "recipes.probe",
        "recipes.transfer",
        "references.experiments.probe_of_pixels",
        "rotation.experiments.probe_in_light",
        "tracking.experiments.patches",
        "why_ssl.experiments.frozen",
    }


# ------------------------------------------------------------ what the fingerprint relies on

MODULES = [p for p in sorted((ROOT / "course_utils").rglob("*.py")) if p.name != "__main__.py"]


def part(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=part)
def test_every_statement_of_a_module_defines_a_name(path):
    """Others are not seen: a table filled line by line, a definition under ``if``."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        named = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import)
        from_where = isinstance(node, ast.ImportFrom) and node.names[0].name != "*"
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = all(isinstance(target, ast.Name | ast.Tuple) for target in targets)
        assert docstring or named or from_where, (part(path), node.lineno)


def scopes(table):
    yield table
    for inner in table.get_children():
        yield from scopes(inner)


@pytest.mark.parametrize("path", MODULES, ids=part)
def test_no_name_is_both_local_and_of_the_module(path):
    """Inside one top-level definition a name means one thing: all local names of it, those of its
    lambdas and inner functions among them, are taken for local in all of it.
    """
    module = Sources().module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert module.defined.keys() & module.imported.keys() == set()
    source = path.read_text(encoding="utf-8")
    whole = symtable.symtable(source, str(path), "exec")
    # Decorators and defaults are looked up where the function stands.
    outside = {
        node.name: {n.id for default in parts for n in ast.walk(default) if isinstance(n, ast.Name)}
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and (
            parts := [
                *node.decorator_list,
                *node.args.defaults,
                *filter(None, node.args.kw_defaults),
            ]
        )
    }
    for top in whole.get_children():
        symbols = [s for scope in scopes(top) for s in scope.get_symbols()]
        free = {s.get_name() for s in symbols if s.is_referenced() and s.is_global()}
        local = {s.get_name() for s in symbols if s.is_local() and not s.is_imported()}
        free |= outside.get(top.get_name(), set())
        assert free & local & set(whole.get_identifiers()) == set(), (part(path), top.get_name())


def test_how_pictures_are_read_from_files_changes_no_hash(copy):
    """The pictures themselves are hashed in every row; how ToyWorld is drawn counts."""
    before = hashes(copy.root)
    copy("data/pictures.py", "^SPLIT_AT_LEAST = 5", "SPLIT_AT_LEAST = 5 + 1")
    copy("data/photos.py", "    path = prepared", "    size = size + 0\n    path = prepared")
    assert changed(before, hashes(copy.root), "recipes") == set()
    copy("data/photos.py", "TOYWORLD_TEST = 10_000, 2_000", "TOYWORLD_TEST = 10_000, 2_001")
    assert len(changed(before, hashes(copy.root), "recipes")) > 10


def test_how_a_file_is_downloaded_changes_no_hash_but_which_file_does(copy):
    before = hashes(copy.root)
    copy("data/download.py", "^_CHUNK = 1 << 16", "_CHUNK = 1 << 17")
    assert changed(before, hashes(copy.root), "readings") == set()
    copy("data/video.py", "45cddc9490", "45cddc9491")
    assert changed(before, hashes(copy.root), "readings") == {"tracking.street.found_again_by"}
