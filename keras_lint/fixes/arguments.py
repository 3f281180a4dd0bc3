"""Arguments of a call: given, taken away, renamed. Formatting and comments stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from keras_lint.fixes.syntax import NotPossible, Syntax, point
from keras_lint.model.fixes import Edit, RemoveArgument, RenameArgument, SetArgument
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
