"""Going through Python's own syntax tree: what holds code, in the order of the text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_CODE_FIELDS = {
    kind: tuple(name for name in kind._fields if name not in ("ctx", "op", "ops"))
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def code_in(node: ast.AST) -> Iterator[ast.AST]:
    """What stands directly in a node; operators and other marks left out."""
    for name in _CODE_FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    yield item
        elif isinstance(value, ast.AST):
            yield value


def inside(nodes: Iterable[ast.AST], *closed: type[ast.AST]) -> Iterator[ast.AST]:
    """The nodes and everything below them.

    Args:
        nodes: where to begin.
        closed: types of nodes that are given, but not gone into.
    """
    pending = [*nodes][::-1]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, closed):
            pending += [*code_in(node)][::-1]
