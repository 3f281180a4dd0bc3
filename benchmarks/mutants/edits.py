"""Single edits that people make by mistake, each as the whole text of a program after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from keras_lint.fixes.resolve import NotPossible, edits_of
from keras_lint.fixes.syntax import Syntax, point
from keras_lint.fixes.text import apply_edits
from keras_lint.model.fixes import Change, Drop, Edit, Fix, RemoveArgument, RenameArgument
from keras_lint.source.reader import parse
from keras_lint.source.walk import walk

RECURRENT = {"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}
MERGES = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
HEADS = {"Flatten", "Reshape", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "RepeatVector"}
SHAPES = {"shape", "input_shape", "batch_shape"}


@dataclass(frozen=True)
class Mutant:
    """A program with one edit: the kind of edit, in which lines it is made, and how."""

    kind: str
    line: int
    end_line: int
    syntax: Syntax
    changes: tuple[Change, ...]

    @property
    def span(self) -> range:
        """The lines of what was edited."""
        return range(self.line, self.end_line + 1)

    def text(self) -> str | None:
        """The program after the edit; None if that cannot be made, or is no Python."""
        before = self.syntax.source.text
        try:
            edited = apply_edits(before, edits_of(self.syntax, Fix("", self.changes)))
            compile(edited, "mutant", "exec")
        except (NotPossible, SyntaxError, ValueError):
            return None
        return edited if edited != before else None


Made = Iterator[tuple[cst.CSTNode, tuple[Change, ...]]]


def mutants(text: str) -> Iterator[Mutant]:
    """Every mutant of a program that these edits would make."""
    syntax = Syntax(parse("program.py", text))
    for kind, make in KINDS.items():
        for node, changes in make(syntax):
            span = syntax.span(node)
            yield Mutant(kind, span.line, span.end_line, syntax, changes)


def _calls(syntax: Syntax) -> Iterator[tuple[str, cst.Call]]:
    """Calls with the last part of what they call."""
    for node in walk(syntax.source.module):
        if isinstance(node, cst.Call):
            function = node.func
            if isinstance(function, cst.Attribute):
                yield function.attr.value, node
            elif isinstance(function, cst.Name):
                yield function.value, node


def _layers(syntax: Syntax) -> Iterator[tuple[str, cst.Call]]:
    return ((name, call) for name, call in _calls(syntax) if name[:1].isupper())


def return_sequences(syntax: Syntax) -> Made:
    """``return_sequences`` left out, or the other way round."""
    for name, call in _layers(syntax):
        if name not in RECURRENT:
            continue
        for argument in call.args:
            if argument.keyword is not None and argument.keyword.value == "return_sequences":
                span = syntax.source.spans.of(call)
                yield call, (RemoveArgument(span, "return_sequences"),)
                break
        else:
            yield call, (_append(syntax, call, "return_sequences=True"),)


def dropped_layer(syntax: Syntax) -> Made:
    """A Flatten, pooling or other layer left out."""
    for name, call in _layers(syntax):
        if name in HEADS or "Pooling" in name or name in ("Dense", "Embedding", "Conv2D"):
            yield call, (Drop(syntax.source.spans.of(call)),)


def input_shape(syntax: Syntax) -> Made:
    """A number of the shape changed, the batch added, the last axis left out, no tuple."""
    for _, call in _calls(syntax):
        for index, argument in enumerate(call.args):
            name = argument.keyword.value if argument.keyword is not None else ""
            if name not in SHAPES and not (_called(call) == "Input" and index == 0 and not name):
                continue
            value = argument.value
            if not isinstance(value, cst.Tuple) or not value.elements:
                continue
            span = syntax.span(value)
            items = [syntax.text(syntax.span(e.value)) for e in value.elements]
            yield call, (Edit(span, f"({', '.join(['None', *items])})"),)
            yield call, (Edit(span, f"({', '.join(['100', *items])})"),)
            if len(items) > 1:
                yield call, (Edit(span, f"({', '.join(items[:-1])},)"),)
                yield call, (Edit(span, f"({', '.join([*items[1:], items[0]])})"),)
            else:
                yield call, (Edit(span, items[0]),)
            for position, item in enumerate(items):
                if item.isdigit():
                    other = [*items[:position], str(int(item) + 1), *items[position + 1 :]]
                    yield call, (Edit(span, f"({', '.join(other)},)"),)


def number(syntax: Syntax) -> Made:
    """Units, filters, a kernel size or a length changed."""
    for _, call in _layers(syntax):
        for argument in call.args:
            if isinstance(argument.value, cst.Integer):
                span = syntax.span(argument.value)
                old = int(argument.value.value)
                yield call, (Edit(span, str(old + 1)),)
                yield call, (Edit(span, str(old * 2)),)
                yield call, (Edit(span, "0"),)
                yield call, (Edit(span, f"({old}, {old}, {old})"),)


def swapped(syntax: Syntax) -> Made:
    """Two neighbours in a list of layers, or two statements that add layers, swapped."""
    for node in walk(syntax.source.module):
        if isinstance(node, (cst.List, cst.Tuple)):
            pairs = zip(node.elements, node.elements[1:], strict=False)
            for first, second in pairs:
                if isinstance(first.value, cst.Call) and isinstance(second.value, cst.Call):
                    yield first.value, _exchange(syntax, first.value, second.value)
        elif isinstance(node, (cst.Module, cst.IndentedBlock)):
            for one, two in zip(node.body, node.body[1:], strict=False):
                if (_adds(one) and _adds(two)) or (_steps(one) and _steps(two)):
                    yield one, _exchange(syntax, one, two)


def forgotten_call(syntax: Syntax) -> Made:
    """``Dense(8)(x)`` without the ``(x)``."""
    for _, call in _layers(syntax):
        outer = syntax.parent(call)
        if isinstance(outer, cst.Call) and outer.func is call:
            yield outer, (Edit(syntax.span(outer), syntax.text(syntax.span(call))),)


def other_tensor(syntax: Syntax) -> Made:
    """A layer called on a tensor of another name that was made before."""
    names = []
    for node in walk(syntax.source.module):
        if isinstance(node, cst.Assign) and isinstance(node.targets[0].target, cst.Name):
            value = node.value
            made = isinstance(value, cst.Call) and (
                isinstance(value.func, cst.Call) or _called(value) == "Input"
            )
            if made and isinstance(value, cst.Call):
                for argument in value.args:
                    if isinstance(value.func, cst.Call) and isinstance(argument.value, cst.Name):
                        for name in dict.fromkeys(names[-4:]):
                            if name != argument.value.value:
                                yield node, (Edit(syntax.span(argument.value), name),)
                names.append(node.targets[0].target.value)


def result_forgotten(syntax: Syntax) -> Made:
    """``x = Dense(8)(x)`` without ``x =``, or with another name before it."""
    for node in walk(syntax.source.module):
        if (
            isinstance(node, cst.Assign)
            and isinstance(node.targets[0].target, cst.Name)
            and isinstance(node.value, cst.Call)
            and isinstance(node.value.func, cst.Call)
            and any(
                isinstance(a.value, cst.Name) and a.value.value == node.targets[0].target.value
                for a in node.value.args
            )
        ):
            yield node, (Edit(syntax.span(node.targets[0].target), "unused"),)


def call_arguments(syntax: Syntax) -> Made:
    """A merge without its brackets, a layer called with two tensors, brackets too many."""
    for name, call in _layers(syntax):
        outer = syntax.parent(call)
        if not isinstance(outer, cst.Call) or outer.func is not call or not outer.args:
            continue
        given = outer.args[0].value
        span = syntax.span(given)
        text = syntax.text(span)
        if name in MERGES and isinstance(given, cst.List):
            yield outer, (Edit(span, text[1:-1]),)
            if given.elements:
                yield outer, (Edit(span, syntax.text(syntax.span(given.elements[0].value))),)
        elif isinstance(given, cst.Name) and len(outer.args) == 1:
            yield outer, (Edit(span, f"{text}, {text}"),)
            yield outer, (Edit(span, f"[{text}, {text}]"),)


def misspelt(syntax: Syntax) -> Made:
    """A keyword or a string with a letter missing."""
    for _, call in _layers(syntax):
        for argument in call.args:
            if argument.keyword is not None and len(argument.keyword.value) > 3:
                name = argument.keyword.value
                span = syntax.source.spans.of(call)
                yield call, (RenameArgument(span, name, name[:2] + name[3:]),)
            value = argument.value
            if isinstance(value, cst.SimpleString) and len(value.raw_value) > 3:
                if argument.keyword is not None and argument.keyword.value == "name":
                    continue
                text = value.raw_value
                yield call, (Edit(syntax.span(value), f"{text[:2] + text[3:]!r}"),)


def same_name(syntax: Syntax) -> Made:
    """Two layers with one name."""
    before: cst.Call | None = None
    for name, call in _layers(syntax):
        if name in ("Input", "Sequential", "Model") or not _is_layer(syntax, call):
            continue
        if before is not None:
            changes = [_named(syntax, each) for each in (before, call)]
            if None not in changes:
                yield call, tuple(change for change in changes if change is not None)
        before = call


def shared(syntax: Syntax) -> Made:
    """The object of one layer used in place of another of its class."""
    before: dict[str, cst.Call] = {}
    for name, call in _layers(syntax):
        outer = syntax.parent(call)
        if not (isinstance(outer, cst.Call) and outer.func is call):
            continue
        first = before.get(name)
        if first is not None:
            text = syntax.text(syntax.span(first))
            line = syntax.span(syntax.statement(first)).line
            head = Edit(point(line, 1), f"{syntax.indent(line)}shared = {text}\n")
            uses = (Edit(syntax.span(each), "shared") for each in (first, call))
            yield call, (head, *uses)
        before[name] = call


def doubled(syntax: Syntax) -> Made:
    """A line twice."""
    for node in walk(syntax.source.module):
        if isinstance(node, (cst.Module, cst.IndentedBlock)):
            for statement in node.body:
                if _adds(statement) or _steps(statement):
                    span = syntax.span(statement)
                    text = syntax.text(span)
                    indent = syntax.indent(span.line)
                    yield statement, (Edit(point(span.line, span.column), f"{text}\n{indent}"),)
        elif isinstance(node, (cst.List, cst.Tuple)):
            for element in node.elements:
                if isinstance(element.value, cst.Call):
                    span = syntax.span(element.value)
                    text = syntax.text(span)
                    yield element.value, (Edit(point(span.line, span.column), f"{text}, "),)


def missing_line(syntax: Syntax) -> Made:
    """A line left out."""
    for node in walk(syntax.source.module):
        if isinstance(node, (cst.Module, cst.IndentedBlock)):
            for statement in node.body:
                if _adds(statement) or _steps(statement):
                    yield statement, (Edit(syntax.span(statement), "pass"),)


KINDS: dict[str, Callable[[Syntax], Made]] = {
    "call-arguments": call_arguments,
    "doubled": doubled,
    "dropped-layer": dropped_layer,
    "forgotten-call": forgotten_call,
    "input-shape": input_shape,
    "misspelt": misspelt,
    "missing-line": missing_line,
    "number": number,
    "other-tensor": other_tensor,
    "result-forgotten": result_forgotten,
    "return-sequences": return_sequences,
    "same-name": same_name,
    "shared": shared,
    "swapped": swapped,
}
"""The edits by name."""


def _called(call: cst.Call) -> str:
    function = call.func
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""


def _append(syntax: Syntax, call: cst.Call, text: str) -> Edit:
    span = syntax.span(call)
    separator = ", " if call.args else ""
    if call.args and isinstance(call.args[-1].comma, cst.Comma):
        separator = ""
    return Edit(point(span.end_line, span.end_column - 1), f"{separator}{text}")


def _exchange(syntax: Syntax, one: cst.CSTNode, two: cst.CSTNode) -> tuple[Edit, ...]:
    first, second = syntax.span(one), syntax.span(two)
    return Edit(first, syntax.text(second)), Edit(second, syntax.text(first))


def _adds(statement: cst.CSTNode) -> bool:
    """``model.add(...)``."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    small = statement.body[0]
    return (
        isinstance(small, cst.Expr)
        and isinstance(small.value, cst.Call)
        and _called(small.value) == "add"
    )


def _steps(statement: cst.CSTNode) -> bool:
    """``x = Layer(...)(x)``."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    small = statement.body[0]
    return (
        isinstance(small, cst.Assign)
        and isinstance(small.value, cst.Call)
        and isinstance(small.value.func, cst.Call)
    )


def _is_layer(syntax: Syntax, call: cst.Call) -> bool:
    """Whether a construction is called, or stands in a list or in ``add``."""
    parent = syntax.parent(call)
    if isinstance(parent, cst.Call):
        return parent.func is call
    if isinstance(parent, cst.Arg):
        outer = syntax.parent(parent)
        return isinstance(outer, cst.Call) and _called(outer) == "add"
    return isinstance(parent, cst.Element)


def _named(syntax: Syntax, call: cst.Call) -> Edit | None:
    for argument in call.args:
        if argument.star:
            return None
        if argument.keyword is not None and argument.keyword.value == "name":
            return Edit(syntax.span(argument.value), '"twice"')
    return _append(syntax, call, 'name="twice"')
