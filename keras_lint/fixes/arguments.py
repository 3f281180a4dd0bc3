"""Arguments of a call: given, taken away, renamed. Formatting and comments stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from keras_lint.fixes.syntax import NotPossible, Syntax, point
from keras_lint.model.fixes import (
    Bracket,
    Edit,
    RemoveArgument,
    RenameArgument,
    SetArgument,
    SetString,
    SetValue,
)
from keras_lint.model.spans import Span


def set_argument(syntax: Syntax, change: SetArgument) -> Iterator[Edit]:
    """Give a keyword a value; see :class:`SetArgument`.

    Raises:
        NotPossible: there is no such call, or ``**`` may hold the keyword already.
    """
    call = syntax.at(change.call, cst.Call)
    found = _keyword(call, change.name)
    if found is not None:
        yield syntax.edit(syntax.outer_span(found.value), change.value)
        return
    if any(argument.star == "**" for argument in call.args):
        raise NotPossible(f"** may already hold {change.name}")
    written = f"{change.name}={change.value}"
    if not call.args:
        end = syntax.span(call)
        yield syntax.edit(point(end.end_line, end.end_column - 1), written)
        return
    last = call.args[-1]
    span = syntax.span(last)
    after = point(span.end_line, span.end_column)
    has_comma = isinstance(last.comma, cst.Comma)
    own_line = not syntax.lines[span.line - 1][: span.column - 1].strip()
    if own_line and syntax.alone_on_lines(span):  # a line for each argument: one more line
        indent = syntax.indent(span.line)
        below = point(span.end_line + 1, 1)
        if not has_comma:
            yield syntax.edit(after, ",")
        yield syntax.edit(below, f"{indent}{written}{',' if has_comma else ''}\n")
        return
    if isinstance(last.value, cst.GeneratorExp) and not last.value.lpar:
        raise NotPossible("a generator without brackets is the only argument")
    yield syntax.edit(after, f", {written}")


def set_value(syntax: Syntax, change: SetValue) -> Iterator[Edit]:
    """Give an argument another value; see :class:`SetValue`.

    Raises:
        NotPossible: no argument stands there.
    """
    argument = syntax.at(change.argument, cst.Arg)
    yield syntax.edit(syntax.outer_span(argument.value), change.value)


def set_string(syntax: Syntax, change: SetString) -> Iterator[Edit]:
    """Give the argument that is one string another; see :class:`SetString`.

    Raises:
        NotPossible: no argument of the call is that string, or several are.
    """
    call = syntax.at(change.call, cst.Call)
    found = [
        argument.value
        for argument in call.args
        if isinstance(argument.value, cst.SimpleString)
        and argument.value.evaluated_value == change.old
    ]
    if len(found) != 1 or not isinstance(found[0], cst.SimpleString):
        raise NotPossible(f"{change.old!r} is not written in the call")
    quote = found[0].quote
    yield syntax.edit(syntax.span(found[0]), f"{quote}{change.new}{quote}")


def bracket(syntax: Syntax, change: Bracket) -> Iterator[Edit]:
    """Make the positional arguments of a call a list; see :class:`Bracket`.

    Raises:
        NotPossible: there is no such call, or it has none.
    """
    call = syntax.at(change.call, cst.Call)
    given = [argument for argument in call.args if argument.keyword is None]
    if not given or any(argument.star for argument in given):
        raise NotPossible("the tensors are not written one by one")
    first, last = syntax.span(given[0]), syntax.span(given[-1])
    yield syntax.edit(point(first.line, first.column), "[")
    yield syntax.edit(point(last.end_line, last.end_column), "]")


def remove_argument(syntax: Syntax, change: RemoveArgument) -> Iterator[Edit]:
    """Take a keyword out; see :class:`RemoveArgument`.

    Raises:
        NotPossible: the call has no such keyword.
    """
    call = syntax.at(change.call, cst.Call)
    found = _keyword(call, change.name)
    if found is None:
        raise NotPossible(f"the call has no argument {change.name}")
    yield from remove_item(syntax, found, call.args)


def rename_argument(syntax: Syntax, change: RenameArgument) -> Iterator[Edit]:
    """Call a keyword otherwise; see :class:`RenameArgument`.

    Raises:
        NotPossible: the call has no such keyword, or has the new one already.
    """
    call = syntax.at(change.call, cst.Call)
    found = _keyword(call, change.old)
    if found is None or found.keyword is None:
        raise NotPossible(f"the call has no argument {change.old}")
    if _keyword(call, change.new) is not None:
        raise NotPossible(f"the call has an argument {change.new} already")
    yield syntax.edit(syntax.span(found.keyword), change.new)


def remove_item(
    syntax: Syntax, item: cst.Arg | cst.BaseElement, items: Sequence[cst.Arg | cst.BaseElement]
) -> Iterator[Edit]:
    """Take one of the comma-separated items of a call, list or tuple out.

    Raises:
        NotPossible: a comment would go with it that may be about something else.
    """
    index = next(i for i, other in enumerate(items) if other is item)
    span = syntax.span(item)
    if isinstance(item, cst.Element):
        span = syntax.outer_span(item.value)
    if syntax.alone_on_lines(span) and (index < len(items) - 1 or _has_comma(item) or index == 0):
        yield syntax.edit(syntax.whole_lines(span), "")
        return
    if index > 0:
        before = syntax.span(items[index - 1])
        gone = Span(before.end_line, before.end_column, span.end_line, span.end_column)
    elif len(items) > 1:
        after = syntax.span(items[1])
        gone = Span(span.line, span.column, after.line, after.column)
    else:
        gone = span
        if _has_comma(item):
            line = syntax.lines[span.end_line - 1]
            comma = line.find(",", span.end_column - 1)
            if comma < 0 or line[span.end_column - 1 : comma].strip():
                raise NotPossible("the comma is on another line")
            gone = Span(span.line, span.column, span.end_line, comma + 2)
    if "#" in syntax.text(gone).replace(syntax.text(span), ""):
        raise NotPossible("a comment is in the way")
    yield syntax.edit(gone, "")


def _has_comma(item: cst.Arg | cst.BaseElement) -> bool:
    return isinstance(item.comma, cst.Comma)


def _keyword(call: cst.Call, name: str) -> cst.Arg | None:
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == name:
            return argument
    return None
