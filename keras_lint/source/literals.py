"""Whether an expression says everything itself."""

from __future__ import annotations

import libcst as cst

from keras_lint.source.walk import walk


def is_literal(node: cst.CSTNode) -> bool:
    """Whether a value is written out: no name, attribute or call stands in the expression."""
    value = node.value if isinstance(node, cst.Arg) else node
    return all(
        part.value in ("True", "False", "None")
        if isinstance(part, cst.Name)
        else not isinstance(part, (cst.Call, cst.Lambda))
        for part in walk(value)
    )
