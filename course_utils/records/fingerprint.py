"""A hash of what a function computes: of definitions, not of the places where they stand.

Every reference to the course's own code is replaced by the hash of what it refers to, and a
definition's own name is left out. So moving a function to another file or renaming it changes no
hash; changing what it, or anything it reaches, computes does. Docstrings, comments, layout,
annotations, messages and the number format of an f-string do not count either. Nor does how
pictures are read from files, where a row holds a hash of the pictures themselves (``data_hash``),
how a file is downloaded, which has to have the hash its source names, how memory is kept, or what
only a GPU does: rows are made on a CPU.
"""

import ast
import functools
import hashlib
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
COURSE = "course_utils"
# Words for people: what is said in two languages changes no figure.
_WORDS = f"{COURSE}.lang"
# How memory is kept.
_MEMORY = f"{COURSE}.threads.keep_memory"
# What only a CUDA device does.
_GPU = f"{COURSE}.cuda"
# What reads pictures from files, and what fetches a file whose hash is known.
_FROM_FILES = {
    (f"{COURSE}.data.download", "download"),
    *((f"{COURSE}.data.photos", name) for name in ("_load_auto", "_load_folder", "_load_named")),
}


@dataclass
class _Module:
    """A module's top-level definitions by name, and its imports: name to dotted target."""

    defined: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)


def _imports(nodes) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            yield from ((a.asname or a.name, f"{node.module}.{a.name}") for a in node.names)
        elif isinstance(node, ast.Import):
            for a in node.names:
                yield a.asname or a.name.split(".")[0], a.name if a.asname else a.name.split(".")[0]


def _names(node: ast.AST, context: type) -> Iterator[str]:
    for n in ast.walk(node):
        if isinstance(n, ast.Name) and isinstance(n.ctx, context):
            yield n.id


class Sources:
    """The course's sources in a folder; hashes any top-level definition by (module, name)."""

    def __init__(self, root: Path = ROOT):
        self.root = root
        self.module = functools.cache(self._module)
        self._hashes: dict[tuple[str, str], str] = {}

    def _path(self, module: str) -> Path | None:
        path = self.root.joinpath(*module.split("."))
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
        return None

    def _module(self, name: str) -> _Module:
        found = _Module()
        for node in ast.parse(self._path(name).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.defined.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                for target in _names(node, ast.Store):
                    found.defined.setdefault(target, []).append(node)
            found.imported |= dict(_imports([node]))
        return found

    def place(self, dotted: str) -> tuple[str, str] | None:
        """Where ``course_utils.a.b.name`` is defined, as (module, name); None for what is not ours.

        Follows names that a module only hands on. A module itself has no place.
        """
        if not dotted.startswith(f"{COURSE}.") or self._path(dotted):
            return None
        module, _, name = dotted.rpartition(".")
        if self._path(module) is None:
            # An attribute of a definition (a class's constant), or of a module handed on.
            outer = self.place(module)
            if outer is not None:
                return outer
            head, _, last = module.rpartition(".")
            if self._path(head) and last in (there := self.module(head).imported):
                return self.place(f"{there[last]}.{name}")
            return None
        there = self.module(module)
        if name in there.defined:
            return module, name
        return self.place(there.imported[name]) if name in there.imported else None

    # ------------------------------------------------------------ hashes

    def hash(self, module: str, name: str) -> str:
        """The fingerprint of a definition, 16 hex digits; ``LookupError`` if there is none."""
        at = self.place(f"{module}.{name}")
        if at is None:
            raise LookupError(f"{module}.{name}")
        self._settle(at)
        return self._hashes[at][:16]

    def _settle(self, start: tuple[str, str]) -> None:
        """Hash all that is reached: circles of definitions together (Tarjan 1972), leaves first."""
        index: dict = {}
        low: dict = {}
        stack: list = []

        def visit(at):
            index[at] = low[at] = len(index)
            stack.append(at)
            for to in self._references(at):
                if to in self._hashes:
                    continue
                if to not in index:
                    visit(to)
                if to in stack:
                    low[at] = min(low[at], low[to])
            if low[at] == index[at]:
                circle = [stack.pop()]
                while circle[-1] != at:
                    circle.append(stack.pop())
                self._hash_circle(circle)

        if start not in self._hashes:
            visit(start)

    def _hash_circle(self, circle: list) -> None:
        """Definitions that reach each other: hashed again and again, each time with the last
        hashes of the others in place, until every one has seen all of them.
        """
        marks = dict.fromkeys(circle, "inside")
        for _ in circle:
            texts = {at: self._essence(at, marks) for at in circle}
            marks = {at: hashlib.sha256(text.encode()).hexdigest() for at, text in texts.items()}
        self._hashes |= marks

    def _references(self, at: tuple[str, str]) -> list[tuple[str, str]]:
        found = []
        for statement in self.module(at[0]).defined[at[1]]:
            essence = _Essence(self, at, statement, lambda to: found.append(to) or "")
            essence.visit(_copy(statement))
        return found

    def _essence(self, at: tuple[str, str], inside: dict) -> str:
        def mark(to):
            return inside[to] if to in inside else self._hashes[to]

        texts = []
        for statement in self.module(at[0]).defined[at[1]]:
            tree = _Essence(self, at, statement, mark).visit(_copy(statement))
            texts.append(ast.unparse(ast.fix_missing_locations(tree)))
        return "\n".join(texts)


def _copy(node: ast.AST) -> ast.AST:
    """Parsed anew: a transformer changes the tree it is given."""
    return ast.parse(textwrap.dedent(ast.unparse(node))).body[0]


class _Essence(ast.NodeTransformer):
    """What can change a figure: references become ``mark(place)``, and words for people go."""

    def __init__(self, sources: Sources, at: tuple[str, str], statement: ast.stmt, mark: Callable):
        self.sources, (self.module, self.own), self.mark = sources, at, mark
        there = sources.module(self.module)
        inner = (n for n in ast.walk(statement) if n is not statement)
        self.imported = there.imported | dict(_imports(inner))
        self.local = {n.arg for n in ast.walk(statement) if isinstance(n, ast.arg)}
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            self.local |= set(_names(statement, ast.Store))

    def _target(self, node: ast.expr) -> str | None:
        """The dotted name that an expression refers to from outside, None for a local one."""
        if isinstance(node, ast.Attribute):
            outer = self._target(node.value)
            return None if outer is None else f"{outer}.{node.attr}"
        if not isinstance(node, ast.Name) or node.id in self.local:
            return None
        if node.id in self.sources.module(self.module).defined:
            return f"{self.module}.{node.id}"
        return self.imported.get(node.id)

    def _reference(self, node):
        dotted = self._target(node)
        if dotted is None:
            return self.generic_visit(node)
        place = self.sources.place(dotted)
        if place is None:
            own = dotted.startswith(f"{COURSE}.")
            return ast.Constant("course") if own else ast.Constant(f"outside {dotted}")
        if place == (self.module, self.own):
            return ast.Constant("itself")
        if place[0] == _WORDS:
            return ast.Constant("words")
        if place[0] == _GPU:
            return ast.Constant("a GPU")
        if place in _FROM_FILES:
            return ast.Constant("pictures")
        return ast.Constant(f"ours {self.mark(place)}")

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            return self._reference(node)
        return ast.Name("own" if node.id == self.own else node.id, node.ctx)

    def visit_Attribute(self, node):
        outer = self._target(node.value)
        if outer is not None and self.sources.place(outer) is not None:
            return self.generic_visit(node)  # TABLE.keys is not TABLE.values
        return self._reference(node)

    def _without_words(self, node):
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if node.name == self.own:
            node.name = "own"
        return self.generic_visit(node)

    visit_FunctionDef = visit_ClassDef = _without_words

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_Import(self, node):
        return ast.Pass()

    visit_ImportFrom = visit_Import

    def visit_Raise(self, node):
        return ast.Raise()

    def visit_Expr(self, node):
        kept = isinstance(node.value, ast.Call) and self._target(node.value.func) == _MEMORY
        return None if kept else self.generic_visit(node)

    def visit_Call(self, node):
        said = self._target(node.func)
        if said is not None and said.startswith(f"{_WORDS}."):
            return ast.Constant("words")
        return self.generic_visit(node)

    def visit_JoinedStr(self, node):
        self.generic_visit(node)
        parts = [getattr(part, "value", part) for part in node.values]
        return ast.Tuple(
            [p if isinstance(p, ast.AST) else ast.Constant(p) for p in parts], ast.Load()
        )


@functools.cache
def _here() -> Sources:
    return Sources()


def fingerprint(*functions: Callable) -> str:
    """A hash of top-level functions of the course and of all course code that they reach.

    Found by reading the sources, name by name, imports inside functions included. Not seen:
    statements of a module that define no name, and names made at run time.
    """
    hashes = [_here().hash(f.__module__, f.__qualname__) for f in functions]
    return (
        hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()[:16]
    )
