"""Handlers for expressions: literals, names, containers, operators, subscripts, conditionals."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import libcst as cst

from keras_lint.interp.arithmetic import binary, compare, unary
from keras_lint.interp.machine import Machine
from keras_lint.interp.modules import force
from keras_lint.interp.registry import evaluates
from keras_lint.interp.sizes import fits, format_fits
from keras_lint.interp.store import DictObject
from keras_lint.interp.subscripts import subscript
from keras_lint.interp.symbolic import python_use
from keras_lint.interp.values import (
    FALSE,
    NONE,
    TRUE,
    Args,
    Const,
    FunctionValue,
    ImportedValue,
    Ref,
    SliceValue,
    TupleValue,
    UnknownValue,
    Value,
)

_CONVERSIONS: dict[str, Callable[[object], str]] = {"r": repr, "s": str, "a": ascii}
_PLAIN_STRING = re.compile(r"""'[^'\\\n\r]*'|"[^"\\\n\r]*\"""")
_BUILTIN_CONSTANTS = {"True": TRUE, "False": FALSE, "None": NONE, "Ellipsis": Const(...)}


@evaluates(cst.Name)
def name(machine: Machine, node: cst.CSTNode) -> Value:
    """A variable, a constant, or a builtin."""
    assert isinstance(node, cst.Name)
    constant = _BUILTIN_CONSTANTS.get(node.value)
    if constant is not None:
        return constant
    value = machine.lookup(node.value)
    if isinstance(value, ImportedValue):
        value = force(machine, value, node)
        machine.assign_where_bound(node.value, value)
    if value is not None:
        machine.reads.note(node, value)
        return value
    return machine.get_attribute(Const(None), f"builtins.{node.value}", node)


@evaluates(cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString, cst.ConcatenatedString)
def literal(machine: Machine, node: cst.CSTNode) -> Value:
    """A number or a string."""
    if isinstance(node, cst.ConcatenatedString):
        left, right = machine.eval(node.left), machine.eval(node.right)
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(left.value + right.value)
        return machine.unknown("a string that is not known", node)
    assert isinstance(node, (cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString))
    try:
        return _literal(node.value)
    except (ValueError, SyntaxError):  # an integer past Python's digit limit
        return machine.unknown("a literal Python itself does not take", node)


@lru_cache(maxsize=4096)
def _literal(text: str) -> Const:
    if _PLAIN_STRING.fullmatch(text):  # most are; Python's parser takes ten times as long
        return Const(text[1:-1])
    return Const(int(text) if text.isdecimal() and text[0] != "0" else ast.literal_eval(text))


@evaluates(cst.Ellipsis)
def ellipsis(machine: Machine, node: cst.CSTNode) -> Value:
    """``...``."""
    del machine, node
    return Const(...)


@evaluates(cst.FormattedString)
def formatted_string(machine: Machine, node: cst.CSTNode) -> Value:
    """An f-string whose parts are known."""
    assert isinstance(node, cst.FormattedString)
    text = ""
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            text += part.value.replace("{{", "{").replace("}}", "}")
            continue
        assert isinstance(part, cst.FormattedStringExpression)
        value = machine.eval(part.expression)
        spec = ""
        if part.format_spec:
            pieces = part.format_spec
            if not all(isinstance(piece, cst.FormattedStringText) for piece in pieces):
                return machine.unknown("a format that is not known", node)
            spec = "".join(
                piece.value for piece in pieces if isinstance(piece, cst.FormattedStringText)
            )
        if not isinstance(value, Const):
            return machine.unknown("an f-string with a part that is not known", node)
        try:
            converted: Any = value.value
            if part.conversion is not None:
                converted = _CONVERSIONS[part.conversion](converted)
            if not format_fits(spec, (converted,)) or not fits(len(text), len(str(converted))):
                return machine.unknown("a text too long to keep", node)
            text += format(converted, spec)
        except (ValueError, TypeError):
            return machine.unknown("a format Python does not take", node)
    return Const(text)


def _elements(machine: Machine, elements: Any, node: cst.CSTNode) -> Any:
    """Values of list, tuple or set elements; an UnknownValue if a star is not known."""
    values: list[Value] = []
    for element in elements:
        value = machine.eval(element.value)
        if isinstance(element, cst.StarredElement):
            items = machine.items(value)
            if items is None:
                return machine.why_unknown(value, node)
            values.extend(items)
        else:
            values.append(value)
    return values


@evaluates(cst.Tuple)
def tuple_(machine: Machine, node: cst.CSTNode) -> Value:
    """``(a, b, *c)``."""
    assert isinstance(node, cst.Tuple)
    values = _elements(machine, node.elements, node)
    return values if isinstance(values, UnknownValue) else TupleValue(tuple(values))


@evaluates(cst.List)
def list_(machine: Machine, node: cst.CSTNode) -> Value:
    """``[a, b, *c]``."""
    assert isinstance(node, cst.List)
    values = _elements(machine, node.elements, node)
    return values if isinstance(values, UnknownValue) else machine.new_list(values)


@evaluates(cst.Set)
def set_(machine: Machine, node: cst.CSTNode) -> Value:
    """``{a, b}``."""
    assert isinstance(node, cst.Set)
    values = _elements(machine, node.elements, node)
    if isinstance(values, UnknownValue):
        return values
    return machine.new_set(values, node)


@evaluates(cst.Dict)
def dict_(machine: Machine, node: cst.CSTNode) -> Value:
    """``{k: v, **other}``."""
    assert isinstance(node, cst.Dict)
    items: dict[Value, Value] = {}
    for element in node.elements:
        if isinstance(element, cst.DictElement):
            key = machine.eval(element.key)
            value = machine.eval(element.value)
            if isinstance(key, UnknownValue):
                return Ref(machine.new(DictObject(None, key)))
            items[key] = value
        else:
            other = machine.eval(element.value)
            found = machine.get_as(other, DictObject)
            if found is None or found.items is None:
                return Ref(machine.new(DictObject(None, machine.why_unknown(other, node))))
            items.update(found.items)
    return Ref(machine.new(DictObject(tuple(items.items()))))


_BINARY: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
}


@evaluates(cst.BinaryOperation)
def binary_operation(machine: Machine, node: cst.CSTNode) -> Value:
    """``a + b``; long chains of one operator are walked, not recursed into."""
    assert isinstance(node, cst.BinaryOperation)
    chain: list[cst.BinaryOperation] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.BinaryOperation):
        chain.append(current)
        current = current.left
    value = machine.eval(current)
    for operation in reversed(chain):
        right = machine.eval(operation.right)
        value = binary(machine, _BINARY[type(operation.operator)], value, right, operation)
    return value


@evaluates(cst.UnaryOperation)
def unary_operation(machine: Machine, node: cst.CSTNode) -> Value:
    """``-a``, ``not a``, ``~a``."""
    assert isinstance(node, cst.UnaryOperation)
    value = machine.eval(node.expression)
    if isinstance(node.operator, cst.Not):
        python_use(machine, value, "a truth value", node)
        truth = machine.truth(value)
        return machine.why_unknown(value, node) if truth is None else Const(not truth)
    symbol = {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~"}[type(node.operator)]
    return unary(machine, symbol, value, node)


@evaluates(cst.BooleanOperation)
def boolean_operation(machine: Machine, node: cst.CSTNode) -> Value:
    """``a and b``, ``a or b`` with Python's short cut."""
    assert isinstance(node, cst.BooleanOperation)
    left = machine.eval(node.left)
    python_use(machine, left, "a truth value", node)
    truth = machine.truth(left)
    if truth is None:
        before = machine.fork()
        with machine.perhaps(), machine.guarded(True):  # mostly the left side guards the right
            right = machine.eval(node.right)
        machine.join([before, machine.store], node)
        return machine.join_values([machine.why_unknown(left, node), right], node)
    if truth == isinstance(node.operator, cst.Or):
        return left
    return machine.eval(node.right)


_COMPARE: dict[type[cst.BaseCompOp], str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.In: "in",
    cst.NotIn: "not in",
}


@evaluates(cst.Comparison)
def comparison(machine: Machine, node: cst.CSTNode) -> Value:
    """``a < b < c``."""
    assert isinstance(node, cst.Comparison)
    left = machine.eval(node.left)
    result: Value = TRUE
    for target in node.comparisons:
        right = machine.eval(target.comparator)
        result = compare(machine, _COMPARE[type(target.operator)], left, right, node)
        if machine.truth(result) is not True:
            return result
        left = right
    return result


@evaluates(cst.IfExp)
def conditional(machine: Machine, node: cst.CSTNode) -> Value:
    """``a if test else b``; both sides when the test is not known."""
    assert isinstance(node, cst.IfExp)
    test = machine.eval(node.test)
    python_use(machine, test, "a truth value", node.test)
    truth = machine.truth(test)
    if truth is not None:
        return machine.eval(node.body if truth else node.orelse)
    before = machine.fork()
    with machine.perhaps():
        first = machine.eval(node.body)
        after_first, machine.store = machine.store, before
        second = machine.eval(node.orelse)
    machine.join([after_first, machine.store], node)
    return machine.join_values([first, second], node)


@evaluates(cst.NamedExpr)
def walrus(machine: Machine, node: cst.CSTNode) -> Value:
    """``(name := value)``."""
    assert isinstance(node, cst.NamedExpr)
    value = machine.eval(node.value)
    if isinstance(node.target, cst.Name):
        frame = machine.frame  # in a comprehension the name belongs to what is around it
        machine.assign_in(frame.scopes[frame.comprehensions], node.target.value, value)
    return value


@evaluates(cst.Attribute)
def attribute(machine: Machine, node: cst.CSTNode) -> Value:
    """``value.name``."""
    assert isinstance(node, cst.Attribute)
    return machine.get_attribute(machine.eval(node.value), node.attr.value, node)


@evaluates(cst.Subscript)
def subscript_(machine: Machine, node: cst.CSTNode) -> Value:
    """``value[index]``, ``value[a:b, c]``."""
    assert isinstance(node, cst.Subscript)
    value = machine.eval(node.value)
    indices: list[Value] = []
    for element in node.slice:
        part = element.slice
        if isinstance(part, cst.Index):
            indices.append(machine.eval(part.value))
        else:
            assert isinstance(part, cst.Slice)
            bounds = [
                NONE if bound is None else machine.eval(bound)
                for bound in (part.lower, part.upper, part.step)
            ]
            indices.append(SliceValue(*bounds))
    single = len(indices) == 1 and not isinstance(node.slice[0].comma, cst.Comma)
    return subscript(machine, value, indices[0] if single else TupleValue(tuple(indices)), node)


@evaluates(cst.Lambda)
def lambda_(machine: Machine, node: cst.CSTNode) -> Value:
    """A lambda, with its defaults evaluated now."""
    assert isinstance(node, cst.Lambda)
    return make_function(machine, node, "<lambda>", node.params, ())


def make_function(
    machine: Machine,
    node: cst.FunctionDef | cst.Lambda,
    name: str,
    parameters: cst.Parameters,
    decorators: tuple[str, ...],
) -> FunctionValue:
    """A function value closed over the current scopes; class scopes are not part of a closure."""
    defaults = {
        param.name.value: machine.eval(param.default)
        for param in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
        if param.default is not None
    }
    scopes = machine.frame.scopes[1:] if machine.frame.is_class else machine.frame.scopes
    return FunctionValue(node, name, scopes, defaults, machine.frame.source, decorators)


@evaluates(cst.Call)
def call(machine: Machine, node: cst.CSTNode) -> Value:
    """``callee(arguments)``: evaluate all, then take the one path for calls.

    A chain ``a.b().c()`` nests as deep as it is long; it is walked from its innermost callee.
    """
    assert isinstance(node, cst.Call)
    return machine.call(machine.eval(node.func), arguments(machine, node), node)


def arguments(machine: Machine, node: cst.Call) -> Args:
    """The evaluated arguments of a call."""
    positional: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    nodes: list[tuple[str, cst.CSTNode]] = []
    incomplete: UnknownValue | None = None
    for arg in node.args:
        value = machine.eval(arg.value)
        if arg.star == "*":
            items = machine.items(value)
            if items is None:
                incomplete = incomplete or machine.why_unknown(value, arg)
            else:
                positional.extend(items)
        elif arg.star == "**":
            found = machine.get_as(value, DictObject)
            if found is None or found.items is None:
                incomplete = incomplete or machine.why_unknown(value, arg)
            else:
                keywords += [
                    (key.value, item)
                    for key, item in found.items
                    if isinstance(key, Const) and isinstance(key.value, str)
                ]
        elif arg.keyword is not None:
            keywords.append((arg.keyword.value, value))
            nodes.append((arg.keyword.value, arg))
        else:
            nodes.append((str(len(positional)), arg.value))
            positional.append(value)
    return Args(tuple(positional), tuple(keywords), tuple(nodes), incomplete)


@evaluates(cst.Await)
def await_(machine: Machine, node: cst.CSTNode) -> Value:
    """``await value``: not followed."""
    assert isinstance(node, cst.Await)
    machine.eval(node.expression)
    return machine.unknown("await is not followed", node)


@evaluates(cst.Yield)
def yield_(machine: Machine, node: cst.CSTNode) -> Value:
    """``yield value`` inside a generator being run: the value joins what it gives."""
    assert isinstance(node, cst.Yield)
    if isinstance(node.value, cst.From):
        items = machine.items(machine.eval(node.value.item))
        unknown = machine.unknown("a generator that is not known", node)
        machine.note_yield(*([unknown] if items is None else items), known=items is not None)
    else:
        value = NONE if node.value is None else machine.eval(node.value)
        if machine.frame.at_yield is not None:
            machine.frame.at_yield(value)
        else:
            machine.note_yield(value)
    return NONE
