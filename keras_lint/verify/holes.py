"""Expressions over what a replay cannot have, for which a value may stand: ``x_train.shape[1]``.

A variable is *foreign* if what it is bound to needs something that may not run: data that are
loaded, command line options, the environment. Where a foreign value only gives a number
(``len(words)``), the number can be assumed; the rest of the program then does without the value.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Mapping
from typing import Literal

from keras_lint.model.dataclass import dataclass
from keras_lint.verify.assumptions import Quantities
from keras_lint.verify.names import Scope, Scopes, parameters
from keras_lint.verify.statements import Statement

Key = tuple[int, str]
NOTHING = "nothing"
"""What stands for what a model is built without: a strategy's scope, or training it."""

_COUNTS = frozenset({"max", "min", "nunique", "amax", "count"})
_TRAINING = frozenset(
    f"{name}{suffix}" for name in ("fit", "evaluate", "predict") for suffix in ("", "_generator")
) | {"train_on_batch", "test_on_batch", "predict_on_batch"}
_TUNED = frozenset({"Int", "Choice", "Float", "Boolean", "Fixed"})


@dataclass(frozen=True)
class Hole:
    """One expression for which a value may stand.

    Args:
        name: the expression's text.
        kind: ``size``: any number does; ``given``: ``value`` is the one; ``skipped``: a context
            manager, or a call that trains, which is passed over.
    """

    name: str
    kind: Literal["size", "given", "skipped"]
    value: object = None

    def fill(self, quantities: Quantities) -> object:
        """The value; None if the plan has none."""
        if self.kind == "size":
            return quantities.size(self.name)
        if self.kind == "skipped":
            return NOTHING
        return quantities.fixed(self.name, self.value)


def find_holes(
    scopes: Scopes,
    statements: Mapping[int, Statement],
    refused: Container[int],
    known: Container[int],
) -> dict[int, Hole]:
    """The holes of a program by the id of their node.

    Args:
        scopes: of the program.
        statements: of the program.
        refused: ids of the nodes that the allow-list does not let through.
        known: ids of expressions whose value is known anyway.
    """
    return _Finder(scopes, statements, refused, known).find()


class _Finder:
    def __init__(
        self,
        scopes: Scopes,
        statements: Mapping[int, Statement],
        refused: Container[int],
        known: Container[int],
    ) -> None:
        self._scopes = scopes
        self._statements = list(statements.values())
        self._refused = refused
        self._known = known
        self._foreign: set[Key] = set()
        self._holes: dict[int, Hole] = {}

    def find(self) -> dict[int, Hole]:
        for statement in self._statements:
            if isinstance(statement.node, ast.FunctionDef):
                inner = self._scopes.inside[id(statement.node)]
                self._foreign.update(
                    (id(inner), p.arg) for p in parameters(statement.node) if p.arg == "hp"
                )
        changed = True
        while changed:  # a foreign value makes others foreign
            before = len(self._foreign), len(self._holes)
            for statement in self._statements:
                self._look_at(statement)
            changed = before != (len(self._foreign), len(self._holes))
        return self._holes

    def _look_at(self, statement: Statement) -> None:
        node = statement.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            if any(id(part) in self._refused for part in ast.walk(node)):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self._add(name, self._scopes.of(node))
            return
        if self._leaks(node, statement):
            for part in statement.own_nodes():
                if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                    self._add(part.id, self._scopes.of(part))

    def _add(self, name: str, scope: Scope) -> None:
        found = scope.find(name)
        self._foreign.add((0 if found is None else id(found), name))

    def _leaks(self, top: ast.AST, statement: Statement) -> bool:
        """Whether something foreign is used here other than in a hole; holes are noted."""
        leaks = False
        for child in _children(top, statement):
            if self._fill(top, child):
                continue
            leaks = self._is_foreign(child) or leaks
            leaks = self._leaks(child, statement) or leaks
        return leaks

    def _fill(self, parent: ast.AST, node: ast.AST) -> bool:
        """Whether ``node`` is a hole, or known anyway, so that nobody looks inside."""
        if id(node) in self._known or id(node) in self._holes:
            return True
        if not isinstance(node, ast.expr) or not self._touches(node):
            return False
        hole = _hole(parent, node)
        if hole is not None:
            self._holes[id(node)] = hole
        return hole is not None

    def _touches(self, node: ast.AST) -> bool:
        return any(self._is_foreign(part) for part in ast.walk(node))

    def _is_foreign(self, node: ast.AST) -> bool:
        if id(node) in self._refused:
            return True
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found = self._scopes.find(node)
            return (0 if found is None else id(found), node.id) in self._foreign
        return False


def _children(node: ast.AST, statement: Statement) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt) or statement.whole:
            yield child


def _hole(parent: ast.AST, node: ast.expr) -> Hole | None:
    """What may stand for an expression that has to do with something foreign."""
    name = ast.unparse(node)
    if isinstance(node, ast.Call) and _last_name(node.func) in _TRAINING:
        return Hole(name, "skipped")
    if len(name) > 80:
        return None
    if isinstance(node, ast.Subscript):
        index = node.slice
        if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub):
            index = index.operand
        shape = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        number = isinstance(index, ast.Constant) and isinstance(index.value, int)
        return Hole(name, "size") if shape and number else None
    if isinstance(node, ast.Attribute):
        return Hole(name, "size") if _is_option(parent, node) else None
    if not isinstance(node, ast.Call):
        return None
    function = node.func
    if isinstance(function, ast.Name):
        single = node.args[0] if len(node.args) == 1 else None
        if single is None or function.id not in ("len", "int"):
            return None
        inside = function.id == "int" and _hole(node, single) is not None
        return None if inside else Hole(name, "size")
    if not isinstance(function, ast.Attribute):
        return None
    if isinstance(parent, ast.withitem) and parent.optional_vars is None:
        return Hole(name, "skipped") if function.attr == "scope" and not node.args else None
    if function.attr in _TUNED and isinstance(function.value, ast.Name):
        return _tuned(function.attr, node)
    if function.attr in ("get", "getenv") and len(node.args) == 2:
        default = node.args[1]
        around = ast.unparse(function.value)
        if around.endswith("environ") or around == "os":
            return Hole(name, "given", default.value) if isinstance(default, ast.Constant) else None
    if function.attr in _COUNTS:
        return Hole(name, "size")
    return None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_option(parent: ast.AST, node: ast.Attribute) -> bool:
    """``args.units`` where a number may stand: an argument, an axis, or in arithmetic."""
    if not isinstance(node.value, ast.Name) or not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(parent, ast.Call):
        return any(node is argument for argument in parent.args)
    return isinstance(parent, (ast.BinOp, ast.keyword, ast.Tuple, ast.List))


def _tuned(kind: str, node: ast.Call) -> Hole | None:
    """A hyperparameter: the first of the choices, the least of the numbers."""
    label = node.args[0] if node.args else None
    if not isinstance(label, ast.Constant) or not isinstance(label.value, str):
        return None
    options = {keyword.arg: keyword.value for keyword in node.keywords}
    second = node.args[1] if len(node.args) > 1 else None
    if kind == "Boolean":
        return Hole(label.value, "given", False)
    if kind == "Choice":
        choices = second or options.get("values")
        items = choices.elts if isinstance(choices, (ast.List, ast.Tuple)) else []
        first = items[0] if items else None
        return Hole(label.value, "given", first.value) if isinstance(first, ast.Constant) else None
    chosen = second or options.get("value" if kind == "Fixed" else "min_value")
    if isinstance(chosen, ast.Constant):
        return Hole(label.value, "given", chosen.value)
    return Hole(label.value, "size") if kind == "Int" else None
