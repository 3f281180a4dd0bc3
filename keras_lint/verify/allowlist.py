"""Whether a replay may run: every name in it must be on the list, whatever it is called.

The check is made on the syntax tree that will be run. Names are followed through scopes: an import
makes a name mean a library path; a path may only be used where it is on the list; a name that
means two things is refused.
"""

from __future__ import annotations

import ast
import builtins
import string
from collections.abc import Iterator

from keras_lint.model.dataclass import dataclass
from keras_lint.verify.names import Scope, Scopes, bound_by
from keras_lint.verify.permitted import (
    BUILTINS,
    FORBIDDEN_ATTRIBUTES,
    HARMLESS_BUILTINS,
    METHODS,
    SUSPICIOUS_STRINGS,
    builds_application,
    canonical,
    is_namespace,
    is_permitted,
)

_MOST_REPEATS = 1_000_000
_LARGEST_EXPONENT = 1_000
_ASYNCHRONOUS = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
_KNOWN_NODES = (
    *(ast.Module, ast.expr, ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop),
    *(ast.comprehension, ast.arguments, ast.arg, ast.keyword, ast.alias, ast.withitem),
    *(ast.ExceptHandler, ast.FunctionDef, ast.ClassDef, ast.Return, ast.Delete, ast.Assign),
    *(ast.AugAssign, ast.AnnAssign, ast.For, ast.While, ast.If, ast.With, ast.Raise, ast.Try),
    *(ast.Assert, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Expr, ast.Pass),
    *(ast.Break, ast.Continue, ast.match_case, ast.pattern),
)
"""Everything else (``match``, ``type``, what Python will have next) was never thought through."""


_UNBOUND = frozenset(("mask", "training"))
"""Names that mean nothing where nobody binds them: to read one only raises NameError."""


@dataclass(frozen=True)
class Objection:
    """The first thing in a replay that is not on the list."""

    needs: str
    line: int

    def __str__(self) -> str:
        return f"needs {self.needs}, line {self.line}"


def objection(tree: ast.Module) -> Objection | None:
    """What in ``tree`` is not permitted, first by line; None if it may run."""
    return min(_Checker(tree).objections(), key=lambda found: found.line, default=None)


def refused_nodes(tree: ast.Module) -> frozenset[int]:
    """The ids of the nodes in ``tree`` that need something that is not permitted."""
    return frozenset(id(node) for node in _Checker(tree).refused())


class _Checker:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._scopes = Scopes(tree)
        self._stars: list[str] = []
        self._meanings: dict[tuple[int, str], set[str | None]] = {}
        self._parents = {
            id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)
        }
        self._collect()

    def objections(self) -> Iterator[Objection]:
        """Everything that is not permitted."""
        for node in ast.walk(self._tree):
            for needs in self._check(node):
                yield Objection(needs, getattr(node, "lineno", 1))

    def refused(self) -> Iterator[ast.AST]:
        """The nodes at fault; a name that may mean two things is not at fault by itself."""
        for node in ast.walk(self._tree):
            if any(not needs.startswith("to ") for needs in self._check(node)):
                yield node

    # -- what names mean ---------------------------------------------------------------------

    def _collect(self) -> None:
        """For every variable the library paths it is bound to; None stands for anything else."""
        aliases: list[tuple[ast.Name, ast.expr]] = []
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._collect_import(node)
            elif (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and isinstance(node.targets[0], ast.Name)
                and isinstance(node.value, (ast.Name, ast.Attribute))
            ):
                aliases.append((node.targets[0], node.value))
        targets = {id(target) for target, _ in aliases}
        for node in ast.walk(self._tree):
            for name in _binds(node):
                if id(node) not in targets:
                    self._mean(name, self._scope_for(node), None)
        plain = {key: set(paths) for key, paths in self._meanings.items()}
        for _ in range(len(aliases) + 1):  # until an alias of an alias of an alias is known too
            before = self._meanings
            found = [(target, self.path(value)) for target, value in aliases]
            self._meanings = {key: set(paths) for key, paths in plain.items()}
            for target, path in found:
                self._mean(target.id, self._scopes.of(target), path)
            if self._meanings == before:
                break

    def _collect_import(self, node: ast.Import | ast.ImportFrom) -> None:
        scope = self._scopes.of(node)
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                path = canonical(f"{'.' * node.level}{node.module or ''}.{alias.name}")
                if alias.name == "*":
                    self._stars.append(canonical(node.module or ""))
                    continue
            else:
                path = canonical(alias.name if alias.asname else alias.name.partition(".")[0])
            self._mean(bound_by(alias, node), scope, path)

    def _scope_for(self, node: ast.AST) -> Scope:
        if isinstance(node, ast.arg):
            function = self._parents[id(self._parents[id(node)])]
            return self._scopes.inside[id(function)]
        return self._scopes.of(node)

    def _mean(self, name: str, scope: Scope, path: str | None) -> None:
        owner = scope.find(name) or scope
        self._meanings.setdefault((id(owner), name), set()).add(path)

    def path(self, node: ast.expr) -> str | None:
        """The library path of an expression: of a name, or of attributes of a module."""
        if isinstance(node, ast.Name):
            owner = self._scopes.find(node)
            if owner is None:
                return self._free(node.id)
            meanings = self._meanings.get((id(owner), node.id), {None})
            return next(iter(meanings)) if len(meanings) == 1 else None
        if isinstance(node, ast.Attribute):
            base = self.path(node.value)
            if base is not None and not base.startswith("builtins.") and not is_permitted(base):
                return canonical(f"{base}.{node.attr}")
        return None

    def _free(self, name: str) -> str | None:
        if hasattr(builtins, name) or name in ("__name__", "__file__"):
            return f"builtins.{name}"
        return f"{self._stars[0]}.{name}" if len(self._stars) == 1 else f"?.{name}"

    # -- the rules ---------------------------------------------------------------------------

    def _check(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, _ASYNCHRONOUS):
            yield "asynchronous code"
        elif isinstance(node, ast.Match):
            yield "a match statement"
        elif not isinstance(node, _KNOWN_NODES):
            yield f"syntax that is not known here ({type(node).__name__})"
        elif getattr(node, "type_params", ()):
            yield "type parameters"
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from self._check_import(node)
        elif isinstance(node, ast.Name):
            yield from self._check_name(node)
        elif isinstance(node, ast.Attribute):
            yield from self._check_attribute(node)
        elif isinstance(node, ast.Call):
            yield from self._check_call(node)
        elif isinstance(node, ast.ClassDef):
            if node.keywords:
                yield "a metaclass"
        elif isinstance(node, ast.FunctionDef):
            if _is_special(node.name) and node.name not in METHODS:
                yield node.name
        elif isinstance(node, ast.arg):
            if _is_special(node.arg):
                yield node.arg
        elif isinstance(node, ast.keyword):
            if node.arg in SUSPICIOUS_STRINGS:
                yield "an object made from its configuration"
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) and node.value in SUSPICIOUS_STRINGS:
                yield "an object made from its configuration"
        elif isinstance(node, ast.BinOp):
            yield from _check_size(node)

    def _check_import(self, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        for alias in node.names:
            if isinstance(node, ast.Import):
                path = canonical(alias.name)
                if not is_namespace(path):
                    yield alias.name
                continue
            module = canonical("." * node.level + (node.module or ""))
            path = canonical(f"{node.module or ''}.{alias.name}")
            if node.level:
                yield "." * node.level + (node.module or "") + "." + alias.name
            elif alias.name == "*":
                if not module.startswith("keras.") or not is_namespace(module):
                    yield f"everything of {node.module}"
            elif not (is_namespace(path) or is_permitted(path)):
                yield path

    def _check_name(self, node: ast.Name) -> Iterator[str]:
        owner = self._scopes.find(node)
        if owner is None and node.id in _UNBOUND:
            return
        if _is_special(node.id) and node.id != "__name__":
            yield node.id
            return
        if owner is not None:
            meanings = self._meanings.get((id(owner), node.id), {None})
            if len(meanings) > 1:
                yield f"to know which {node.id} is meant"
                return
            if self._may_be_builtin(node.id, owner):
                yield node.id
                return
        if not isinstance(node.ctx, ast.Load):
            return
        path = self.path(node)
        if path is None:
            return
        if path.startswith("builtins."):
            if path.partition(".")[2] not in BUILTINS:
                yield path.partition(".")[2]
        elif path.startswith("?."):
            yield path[2:]
        elif not isinstance(self._parents.get(id(node)), ast.Attribute):
            yield from self._check_path(node, path)

    def _may_be_builtin(self, name: str, owner: Scope) -> bool:
        """Whether a name set in a module or class may mean a forbidden builtin after all.

        It does before it is set, and where the statement that sets it never runs.
        """
        return (
            isinstance(owner.node, (ast.Module, ast.ClassDef))
            and hasattr(builtins, name)
            and name not in BUILTINS
            and name not in HARMLESS_BUILTINS
        )

    def _check_attribute(self, node: ast.Attribute) -> Iterator[str]:
        path = self.path(node)
        if path is not None:
            if not isinstance(node.ctx, ast.Load):
                yield f"to change {path}"
            elif path.startswith("?."):
                return  # said at the name
            elif not isinstance(self._parents.get(id(node)), ast.Attribute) or (
                not is_namespace(path) and not is_permitted(path)
            ):
                yield from self._check_path(node, path)
            return
        if not isinstance(node.ctx, ast.Load) and self.path(node.value) is not None:
            yield f"to change {self.path(node.value)}"
        if _is_special(node.attr):
            if node.attr not in ("__init__", "__call__"):
                yield node.attr
        elif (
            node.attr.startswith("_") and not self._scopes.is_own_object(node.value)
        ) or node.attr in FORBIDDEN_ATTRIBUTES:
            yield node.attr
        elif node.attr == "format" and not _harmless_format(node.value):
            yield "str.format on a text that is not plain"

    def _check_path(self, node: ast.expr, path: str) -> Iterator[str]:
        """A path used as a value: it must be permitted, or a namespace given another name."""
        if is_permitted(path):
            return
        parent = self._parents.get(id(node))
        if is_namespace(path) and isinstance(parent, ast.Assign) and parent.value is node:
            target = parent.targets[0]
            if len(parent.targets) == 1 and isinstance(target, ast.Name):
                if self.path(ast.copy_location(target, target)) is None:
                    yield path
                return
        yield path

    def _check_call(self, node: ast.Call) -> Iterator[str]:
        path = self.path(node.func)
        if path is not None and builds_application(path):
            weights = [k.value for k in node.keywords if k.arg == "weights"]
            if not (weights and isinstance(weights[0], ast.Constant) and weights[0].value is None):
                yield f"the weights of {path.rpartition('.')[2]}"


def _binds(node: ast.AST) -> Iterator[str]:
    """The names that a node by itself binds to a value that is no library path."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name


def _is_special(name: str) -> bool:
    return name.startswith("__")


def _harmless_format(node: ast.expr) -> bool:
    """Whether a text reaches for no attribute or item, not even in a format within a format."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    try:
        parts = list(string.Formatter().parse(node.value))
    except ValueError:
        return False
    return not any(
        "." in (name or "") or "[" in (name or "") or "{" in (spec or "")
        for _, name, spec, _ in parts
    )


def _check_size(node: ast.BinOp) -> Iterator[str]:
    left, right = _constant(node.left), _constant(node.right)
    if isinstance(node.op, (ast.Pow, ast.LShift)):
        if isinstance(right, int) and right > _LARGEST_EXPONENT:
            yield "a very large number"
    elif isinstance(node.op, ast.Mult):
        for one, other in ((node.left, right), (node.right, left)):
            text = isinstance(_constant(one), (str, bytes)) or isinstance(
                one, (ast.List, ast.Tuple)
            )
            if text and isinstance(other, int) and other > _MOST_REPEATS:
                yield "a very long sequence"


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None
