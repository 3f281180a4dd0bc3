"""Tuples of lengths, and lists that repeat one object."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from keras_lint.fixes.arguments import remove_item
from keras_lint.fixes.syntax import NotPossible, Syntax, point
from keras_lint.model.fixes import Edit, Reshape, Unshare


def reshape(syntax: Syntax, change: Reshape) -> Iterator[Edit]:
    """Change a tuple of lengths; see :class:`Reshape`.

    Raises:
        NotPossible: the value is not written out there.
    """
    value = syntax.at(change.shape, cst.Arg).value
    span = syntax.span(value)
    if change.single and not isinstance(value, (cst.Tuple, cst.List)):
        if value.lpar:
            yield syntax.edit(point(span.end_line, span.end_column), ",")
        else:
            yield syntax.edit(span, f"({syntax.text(span)},)")
        return
    if not isinstance(value, (cst.Tuple, cst.List)) or not value.elements:
        raise NotPossible("the shape is not written out here")
    if change.drop_first:
        if len(value.elements) < 2:
            raise NotPossible("the shape has one item only")
        yield from remove_item(syntax, value.elements[0], value.elements)
        if len(value.elements) == 2 and isinstance(value, cst.Tuple):
            last = syntax.span(value.elements[1])
            if not isinstance(value.elements[1].comma, cst.Comma):
                yield syntax.edit(point(last.end_line, last.end_column), ",")
    if change.append:
        last = syntax.span(value.elements[-1])
        yield syntax.edit(point(last.end_line, last.end_column), f", {change.append}")


def unshare(syntax: Syntax, change: Unshare) -> Iterator[Edit]:
    """``[f()] * n`` becomes ``[f() for _ in range(n)]``; see :class:`Unshare`.

    Raises:
        NotPossible: the object is not repeated like that.
    """
    made = syntax.at(change.item, cst.Call)
    element = syntax.parent(made)
    repeated = syntax.parent(element)
    product = syntax.parent(repeated)
    if (
        not isinstance(repeated, cst.List)
        or len(repeated.elements) != 1
        or not isinstance(product, cst.BinaryOperation)
        or not isinstance(product.operator, cst.Multiply)
    ):
        raise NotPossible("the object is not repeated by multiplying a list")
    count = product.left if product.right is repeated else product.right
    times = syntax.text(syntax.span(count))
    text = syntax.text(syntax.span(made))
    yield syntax.edit(syntax.span(product), f"[{text} for _ in range({times})]")
