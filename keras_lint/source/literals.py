"""Whether an expression says everything itself."""

from __future__ import annotations

import libcst as cst


def is_literal(node: cst.CSTNode) -> bool:
    """Whether a value is written out: no name, attribute or call stands in the expression."""
    if isinstance(node, cst.Arg):
        return is_literal(node.value)
    if isinstance(node, cst.Name):
        return node.value in ("True", "False", "None")
    if isinstance(node, (cst.Call, cst.Lambda)):
        return False
    return all(is_literal(child) for child in node.children)
