"""Putting known values in place of expressions, without moving anything else.

Used by the parent, which checks the result, and by the child, which runs it.
"""

from __future__ import annotations

import ast
from typing import Any

Values = list[list[Any]]
"""``[line, byte column, end line, end byte column, value]``, as ``ast`` counts. In a ``with``
statement the value is ``"nothing"``: its body runs without the context manager."""


def place_values(tree: ast.Module, values: Values) -> ast.Module:
    """``tree`` with the expressions at these positions replaced by the values, as literals."""
    places = {tuple(item[:4]): item[4] for item in values}
    if places:
        _Placer(places).visit(tree)
    return tree


def literal(value: Any) -> ast.expr:
    """A number, string, bool, None, or a sequence of these as an expression."""
    if isinstance(value, (tuple, list)):
        return ast.Tuple([literal(item) for item in value], ast.Load())
    return ast.Constant(value)


class _Placer(ast.NodeTransformer):
    def __init__(self, places: dict[tuple[Any, ...], Any]) -> None:
        self._places = places

    def visit_With(self, node: ast.With) -> Any:
        """A ``with`` whose context managers do nothing becomes a block that always runs."""
        kept = [item for item in node.items if self._place(item.context_expr) not in self._places]
        self.generic_visit(node)
        if len(kept) == len(node.items):
            return node
        if kept:
            node.items = kept
            return node
        return ast.copy_location(
            ast.If(ast.copy_location(ast.Constant(True), node), node.body, []), node
        )

    def _place(self, node: ast.expr) -> tuple[Any, ...]:
        return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            place = self._place(node)
            if place in self._places:
                new = ast.copy_location(literal(self._places[place]), node)
                for part in ast.walk(new):
                    if isinstance(part, ast.expr):
                        ast.copy_location(part, node)
                return new
        return super().visit(node)
