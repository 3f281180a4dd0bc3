"""Layers taken out of the source."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from keras_lint.fixes.arguments import remove_item
from keras_lint.fixes.syntax import NotPossible, Syntax
from keras_lint.model.fixes import Drop, Edit, Unwrap
from keras_lint.source.literals import is_literal

_WRAPPED = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.List, cst.Tuple)
"""What may stand in place of a call without brackets around it."""


def drop(syntax: Syntax, change: Drop) -> Iterator[Edit]:
    """Take a layer out; see :class:`Drop`.

    Raises:
        NotPossible: it stands where taking it out is not a matter of one place.
    """
    made = syntax.at(change.layer, cst.Call)
    holder = syntax.parent(made)
    if isinstance(holder, cst.Element):
        sequence = syntax.parent(holder)
        if isinstance(sequence, (cst.List, cst.Tuple)) and len(sequence.elements) > 1:
            yield from remove_item(syntax, holder, sequence.elements)
            return
    elif isinstance(holder, cst.Call) and holder.func is made:
        yield from _called(syntax, holder)
        return
    elif isinstance(holder, cst.Arg):
        adding = syntax.parent(holder)
        method = adding.func if isinstance(adding, cst.Call) else None
        if isinstance(method, cst.Attribute) and method.attr.value == "add":
            yield _without_statement(syntax, adding)
            return
    raise NotPossible("the layer is used by its name")


def unwrap(syntax: Syntax, change: Unwrap) -> Iterator[Edit]:
    """Put an inner call in place of the outer one; see :class:`Unwrap`.

    Raises:
        NotPossible: no calls stand there.
    """
    outer, inner = syntax.at(change.outer, cst.Call), syntax.at(change.inner, cst.Call)
    yield syntax.edit(syntax.span(outer), syntax.text(syntax.span(inner)))


def _called(syntax: Syntax, call: cst.Call) -> Iterator[Edit]:
    """``Dropout(0)(x)`` becomes ``x``, and ``x = x`` nothing."""
    if not call.args or call.args[0].keyword or call.args[0].star:
        raise NotPossible("the layer is not called on one tensor")
    if any(not a.keyword or not _is_plain(a.value) for a in call.args[1:]):
        raise NotPossible("the call has further arguments")
    given = call.args[0].value
    if isinstance(given, (cst.List, cst.Tuple)):
        if len(given.elements) != 1 or not isinstance(given.elements[0], cst.Element):
            raise NotPossible("the layer is called on several tensors")
        given = given.elements[0].value
    holder = syntax.parent(call)
    if (
        isinstance(holder, cst.Assign)
        and len(holder.targets) == 1
        and isinstance(given, cst.Name)
        and isinstance(holder.targets[0].target, cst.Name)
        and holder.targets[0].target.value == given.value
    ):
        yield _without_statement(syntax, call)
        return
    text = syntax.text(syntax.outer_span(given))
    if not given.lpar and not isinstance(given, _WRAPPED):
        text = f"({text})"
    yield syntax.edit(syntax.span(call), text)


def _is_plain(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Name) or is_literal(value)


def _without_statement(syntax: Syntax, node: cst.CSTNode) -> Edit:
    """The statement that ``node`` is in, gone; ``pass`` where a block needs a statement."""
    statement = syntax.statement(node)
    line = syntax.parent(statement)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise NotPossible("other statements stand on the same line")
    value = statement.value if isinstance(statement, (cst.Expr, cst.Assign)) else None
    if value is not node:
        raise NotPossible("the call is part of a larger expression")
    block = syntax.parent(line)
    span = syntax.span(statement)
    if isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
        return syntax.edit(span, "pass")
    return syntax.edit(syntax.whole_lines(span), "")
