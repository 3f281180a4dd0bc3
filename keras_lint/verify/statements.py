"""The statements of a module as a flat table with their surroundings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from keras_lint.model.dataclass import dataclass

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WHOLE = (ast.ClassDef, ast.Match)


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement.

    ``parent`` is the compound statement around it, ``function`` the innermost function definition
    around it, ``whole`` whether it is kept or dropped with everything inside (classes), ``top`` the
    index of the module-level statement that holds it.
    """

    node: ast.stmt
    parent: Statement | None
    function: ast.stmt | None
    whole: bool
    top: int

    @property
    def ancestors(self) -> Iterator[Statement]:
        """The compound statements around it, innermost first."""
        current = self.parent
        while current is not None:
            yield current
            current = current.parent

    def own_nodes(self) -> Iterator[ast.AST]:
        """Everything that is evaluated by the statement itself, not by statements inside it."""
        if self.whole:
            yield from ast.walk(self.node)
            return
        pending: list[ast.AST] = [self.node]
        while pending:
            node = pending.pop()
            yield node
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.ExceptHandler):
                    yield child
                    pending.extend([child.type] if child.type is not None else [])
                elif not isinstance(child, ast.stmt):
                    pending.append(child)


def statements_of(tree: ast.Module) -> dict[int, Statement]:
    """All statements by the id of their node, in source order; classes are not looked into."""
    found: dict[int, Statement] = {}
    pending: list[Statement] = [
        Statement(node, None, None, isinstance(node, _WHOLE), index)
        for index, node in reversed(list(enumerate(tree.body)))
    ]
    while pending:
        statement = pending.pop()
        found[id(statement.node)] = statement
        if statement.whole:
            continue
        node = statement.node
        function = node if isinstance(node, _FUNCTIONS) else statement.function
        inner = list(_inside(node))
        pending.extend(
            Statement(child, statement, function, isinstance(child, _WHOLE), statement.top)
            for child in reversed(inner)
        )
    return found


def _inside(node: ast.stmt) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler):
            yield from child.body
