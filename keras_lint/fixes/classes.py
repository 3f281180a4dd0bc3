"""Repairs of own layer and model classes: their constructors, configurations and decorators."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from keras_lint.fixes.imports import rename
from keras_lint.fixes.syntax import NotPossible, Syntax, point
from keras_lint.model.fixes import CallSuper, Complete, Decorate, Edit, HandOn, Rename
from keras_lint.model.spans import Span
from keras_lint.source.walk import walk


def call_super(syntax: Syntax, change: CallSuper) -> Iterator[Edit]:
    """Begin a constructor with that of the base; see :class:`CallSuper`.

    Raises:
        NotPossible: its body is not written in lines of its own.
    """
    function = _function(syntax, change.init)
    keywords = function.params.star_kwarg
    given = ""
    if keywords is not None and not _reads(function.body, keywords.name.value):
        given = f"**{keywords.name.value}"
    first = _block(function).body[0]
    if _is_text(first) and len(_block(function).body) > 1:
        first = _block(function).body[1]
    yield _before(syntax, first, f"super().__init__({given})")


def hand_on(syntax: Syntax, change: HandOn) -> Iterator[Edit]:
    """Take keywords and hand them on; see :class:`HandOn`.

    Raises:
        NotPossible: the constructor does not call that of its base once, or takes keywords.
    """
    function = _function(syntax, change.init)
    params = function.params
    if params.star_kwarg is not None or _reads(function.body, "kwargs"):
        raise NotPossible("the constructor has kwargs already")
    call = _super_call(function)
    for place, some in (
        (_end_of_parameters(syntax, function), True),
        (_end_of_arguments(syntax, call), bool(call.args)),
    ):
        yield syntax.edit(place, ", **kwargs" if some else "**kwargs")


def complete(syntax: Syntax, change: Complete) -> Iterator[Edit]:
    """Put keys into a configuration; see :class:`Complete`.

    Raises:
        NotPossible: the method writes down no dict, or the constructor does not call that of its
            base in a statement of its own.
    """
    method = _function(syntax, change.config)
    found = next(_dicts(method.body), None)
    if found is not None:
        yield from _put_in(syntax, found, change.names)
    else:
        inherited = _call_of_super(method, "get_config")
        span = syntax.span(inherited)
        text = f"{{**{syntax.text(span)}, {', '.join(map(_item, change.names))}}}"
        yield syntax.edit(span, text)
    if change.kept:
        function = _function(syntax, change.init)
        call = _super_call(function)
        line = syntax.parent(syntax.statement(call))
        if syntax.parent(line) is not function.body:
            raise NotPossible("the constructor of the base is not called in a statement of its own")
        span = syntax.span(line)
        indent = syntax.indent(span.line)
        kept = "".join(f"\n{indent}self.{name} = {name}" for name in change.kept)
        end = syntax.span(call)
        rest = syntax.lines[end.end_line - 1]
        yield syntax.edit(point(end.end_line, len(rest) + 1), kept)


def decorate(syntax: Syntax, change: Decorate) -> Iterator[Edit]:
    """Put a decorator before a class; see :class:`Decorate`.

    Raises:
        NotPossible: as :func:`keras_lint.fixes.imports.rename`.
    """
    name = syntax.at(change.definition, cst.Name)
    definition = syntax.parent(name)
    if not isinstance(definition, cst.ClassDef):
        raise NotPossible("no class is defined there")
    first = definition.decorators[0] if definition.decorators else None
    line = syntax.span(name).line if first is None else syntax.span(first).line
    indent = syntax.indent(line)
    place = syntax.edit(point(line, len(indent) + 1), "").span
    for edit in rename(syntax, Rename(place, change.name)):
        text = f"@{edit.text}()\n{indent}" if edit.span == place else edit.text
        yield Edit(edit.span, text)


def _function(syntax: Syntax, name: Span) -> cst.FunctionDef:
    function = syntax.parent(syntax.at(name, cst.Name))
    if not isinstance(function, cst.FunctionDef):
        raise NotPossible("no function is defined there")
    return function


def _block(function: cst.FunctionDef) -> cst.IndentedBlock:
    if not isinstance(function.body, cst.IndentedBlock):
        raise NotPossible("the body of the function stands on its first line")
    return function.body


def _is_text(statement: cst.CSTNode) -> bool:
    """Whether a statement is a docstring."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    small = statement.body[0]
    return isinstance(small, cst.Expr) and isinstance(
        small.value, (cst.SimpleString, cst.ConcatenatedString)
    )


def _before(syntax: Syntax, statement: cst.CSTNode, text: str) -> Edit:
    span = syntax.span(statement)
    indent = syntax.indent(span.line)
    if span.column != len(indent) + 1:
        raise NotPossible("the statement does not begin its line")
    return syntax.edit(point(span.line, span.column), f"{text}\n{indent}")


def _reads(body: cst.CSTNode, name: str) -> bool:
    return any(isinstance(node, cst.Name) and node.value == name for node in walk(body))


def _call_of_super(function: cst.FunctionDef, method: str) -> cst.Call:
    """The only ``super().method(...)`` of a function."""
    found = [
        node
        for node in walk(function.body)
        if isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value == method
        and isinstance(node.func.value, cst.Call)
        and isinstance(node.func.value.func, cst.Name)
        and node.func.value.func.value == "super"
    ]
    if len(found) != 1:
        raise NotPossible(f"super().{method} is not called once")
    return found[0]


def _super_call(function: cst.FunctionDef) -> cst.Call:
    return _call_of_super(function, "__init__")


def _end_of_parameters(syntax: Syntax, function: cst.FunctionDef) -> Span:
    params = function.params
    every = [*params.posonly_params, *params.params, *params.kwonly_params]
    if isinstance(params.star_arg, cst.Param):
        every.append(params.star_arg)
    last = max((syntax.span(param) for param in every), key=lambda s: (s.end_line, s.end_column))
    return point(last.end_line, last.end_column)


def _end_of_arguments(syntax: Syntax, call: cst.Call) -> Span:
    if call.args:
        last = syntax.span(call.args[-1].value)
        return point(last.end_line, last.end_column)
    span = syntax.span(call)
    return point(span.end_line, span.end_column - 1)


def _dicts(body: cst.CSTNode) -> Iterator[cst.Dict | cst.Call]:
    """The dicts that a method writes down, none inside another."""
    for node in walk(body, cst.Dict, cst.FunctionDef, cst.Lambda):
        if isinstance(node, cst.Dict) or (
            isinstance(node, cst.Call)
            and isinstance(node.func, cst.Name)
            and node.func.value == "dict"
            and node.args
            and all(argument.keyword is not None for argument in node.args)
        ):
            yield node


def _item(name: str) -> str:
    return f'"{name}": self.{name}'


def _put_in(syntax: Syntax, found: cst.Dict | cst.Call, names: tuple[str, ...]) -> Iterator[Edit]:
    """Items of a dict put behind its last; in lines of their own where that stands in one."""
    if isinstance(found, cst.Call):
        items = [f"{name}=self.{name}" for name in names]
        values = [argument.value for argument in found.args]
    else:
        items = [_item(name) for name in names]
        values = [element.value for element in found.elements]
    if not values:
        yield syntax.edit(syntax.span(found), f"{{{', '.join(items)}}}")
        return
    last = syntax.outer_span(values[-1])  # the comma behind it, if any, will be behind the new ones
    before = syntax.lines[last.line - 1][: last.column - 1].strip()
    end = point(last.end_line, last.end_column)
    if syntax.span(found).line == last.line or "," in before:
        yield syntax.edit(end, "".join(f", {item}" for item in items))
        return
    line = syntax.lines[last.end_line - 1]
    rest = line[last.end_column - 1 :].strip()
    if rest and not rest.startswith((",", "#")):  # the bracket
        yield syntax.edit(end, "".join(f", {item}" for item in items))
        return
    comma = rest.startswith(",")
    if not comma:
        yield syntax.edit(end, ",")
    indent = syntax.indent(last.line)
    text = ",".join(f"\n{indent}{item}" for item in items) + ("," if comma else "")
    yield syntax.edit(point(last.end_line, len(line) + 1), text)
