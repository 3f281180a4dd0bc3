"""Going through a syntax tree without libcst's visitors.

A libcst visitor makes every node it leaves anew, and looks at all whitespace: it takes about as
long as parsing. To find things it is enough to look at the fields that hold code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache

import libcst as cst


def walk(node: cst.CSTNode, *closed: type[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """A node and everything below it in the order of the text; whitespace and marks left out.

    Args:
        node: where to begin; always gone into.
        closed: types of nodes that are given, but not gone into.
    """
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        if current is not node and isinstance(current, closed):
            continue
        below: list[cst.CSTNode] = []
        for name in _code_fields(type(current)):
            value = getattr(current, name)
            if isinstance(value, cst.CSTNode):
                below.append(value)
            elif isinstance(value, (list, tuple)):
                below += [item for item in value if isinstance(item, cst.CSTNode)]
        pending += reversed(below)


@cache
def _code_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a type of node that can hold code."""
    return tuple(
        field.name
        for field in fields(kind)
        if "whitespace" not in field.name and field.name not in _MARKS
    )


_MARKS = frozenset(
    [
        "comma",
        "dot",
        "equal",
        "footer",
        "header",
        "indent",
        "lbrace",
        "lbracket",
        "leading_lines",
        "lines_after_decorators",
        "lpar",
        "rbrace",
        "rbracket",
        "rpar",
        "semicolon",
    ]
)
