"""One layer for two calls."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from keras_lint.fixes.syntax import NotPossible, Syntax, point
from keras_lint.model.fixes import Edit, Share
from keras_lint.source.walk import walk


def share(syntax: Syntax, change: Share) -> Iterator[Edit]:
    """Make an object once; see :class:`Share`.

    Raises:
        NotPossible: the two are not made and called in statements of one block.
    """
    first, second = syntax.at(change.first, cst.Call), syntax.at(change.second, cst.Call)
    for made in (first, second):
        outer = syntax.parent(made)
        if not isinstance(outer, cst.Call) or outer.func is not made:
            raise NotPossible("the layer is not called where it is made")
    lines = [syntax.parent(syntax.statement(made)) for made in (first, second)]
    block = syntax.parent(lines[0])
    if first is second or block is not syntax.parent(lines[1]):
        raise NotPossible("the two layers are not made in one block")
    start = syntax.span(lines[0])
    if start.line > syntax.span(lines[1]).line:
        raise NotPossible("the branch that repeats stands first")
    if any(isinstance(node, cst.Name) and node.value == change.name for node in _names(syntax)):
        raise NotPossible(f"the name {change.name} means something already")
    text = syntax.text(syntax.span(first))
    indent = syntax.indent(start.line)
    yield syntax.edit(point(start.line, start.column), f"{change.name} = {text}\n{indent}")
    for made in (first, second):
        yield syntax.edit(syntax.span(made), change.name)


def _names(syntax: Syntax) -> Iterator[cst.CSTNode]:
    return walk(syntax.source.module)
