"""Going through Python's own syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_CODE_FIELDS = {
    kind: tuple(name for name in kind._fields if name not in ("ctx", "op", "ops"))
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def code_in(node: ast.AST) -> list[ast.AST]:
    """What stands directly in a node, in the order of the text; operators and marks left out."""
    found: list[ast.AST] = []
    for name in _CODE_FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
    return found


def everything(tree: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it in no certain order, as :func:`ast.walk` in a third of its time."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        for value in vars(node).values():
            if isinstance(value, ast.AST):
                pending.append(value)
            elif type(value) is list:
                pending += [item for item in value if isinstance(item, ast.AST)]


def inside(nodes: Iterable[ast.AST], *closed: type[ast.AST]) -> Iterator[ast.AST]:
    """The nodes and everything below them, in the order of the text.

    Args:
        nodes: where to begin.
        closed: types of nodes that are given, but not gone into.
    """
    pending = [*nodes][::-1]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, closed):
            pending += code_in(node)[::-1]
