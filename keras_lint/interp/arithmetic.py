"""Operators on values: numbers, symbols, sequences, tensors, arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

from keras_lint.interp.array_arithmetic import (
    array_binary,
    array_compare,
    array_unary,
    is_reduced_here,
)
from keras_lint.interp.attributes import special
from keras_lint.interp.lengths import added, vector_arithmetic
from keras_lint.interp.machine import Machine
from keras_lint.interp.operations import tensor_binary, tensor_unary
from keras_lint.interp.sizes import MAX_LENGTH, fits, format_fits
from keras_lint.interp.store import DictObject, InstanceObject, ListObject, SetObject
from keras_lint.interp.symbolic import beside_list, length_use, list_use
from keras_lint.interp.values import (
    TRUE,
    Args,
    ArrayValue,
    ClassValue,
    Const,
    DimValue,
    ExternalValue,
    Ref,
    StaticShape,
    TensorSizes,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
    from_dim,
    to_dim,
)
from keras_lint.model.dims import surely_different, surely_equal

_MAX_BITS = 4096
_MAX_NESTING = 50

_NUMERIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def binary(machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """``left symbol right``; what cannot be followed is unknown, with its first reason."""
    if isinstance(left, TensorValue) or isinstance(right, TensorValue):
        refused = beside_list(machine, symbol, left, right, node)
        return refused or tensor_binary(machine, symbol, left, right, node)
    for array, other in ((left, right), (right, left)):
        if isinstance(array, ArrayValue) and is_reduced_here(other, node):
            return ArrayValue(array.shape)
    if isinstance(left, UnknownValue):
        return left
    if isinstance(right, UnknownValue):
        return right
    if isinstance(left, ArrayValue) or isinstance(right, ArrayValue):
        return array_binary(machine, symbol, left, right)
    if isinstance(left, Const) and isinstance(right, Const):
        return _constants(machine, symbol, left, right, node)
    if _is_number(left) and _is_number(right):
        return _symbolic(machine, symbol, left, right, node)
    if _is_number(left) or _is_number(right):
        refused = length_use(machine, (left, right), node)
        if refused is not None:
            return refused
    return _sequences(machine, symbol, left, right, node)


def _is_number(value: Value) -> bool:
    return isinstance(value, DimValue) or (
        isinstance(value, Const)
        and isinstance(value.value, int)
        and not isinstance(value.value, bool)
    )


def _constants(
    machine: Machine, symbol: str, left: Const, right: Const, node: cst.CSTNode
) -> Value:
    if not _small_enough(symbol, left.value, right.value):
        return machine.unknown("a value too large to compute", node)
    function = _NUMERIC.get(symbol)
    if function is None:
        return machine.unknown(f"'{symbol}' on these values", node)
    try:
        return Const(function(left.value, right.value))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        refused = length_use(machine, (left, right), node)
        return refused or machine.unknown("an operation that fails when run", node)


def _small_enough(symbol: str, left: Any, right: Any) -> bool:
    if isinstance(left, (str, bytes)) or isinstance(right, (str, bytes)):
        text, other = (left, right) if isinstance(left, (str, bytes)) else (right, left)
        if symbol == "%" and isinstance(left, (str, bytes)):
            template = left if isinstance(left, str) else left.decode("latin-1")
            return format_fits(template, (right,))
        if symbol == "*":
            return not isinstance(other, int) or fits(len(text) * other)
        return not isinstance(other, (str, bytes)) or fits(len(text), len(other))
    if not (isinstance(left, int) and isinstance(right, int)):
        return True
    if symbol == "**":
        return right < 0 or left.bit_length() * right <= _MAX_BITS
    if symbol == "<<":
        return left.bit_length() + right <= _MAX_BITS
    return symbol != "*" or left.bit_length() + right.bit_length() <= _MAX_BITS


def _symbolic(machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    a, b = to_dim(left), to_dim(right)
    if symbol == "+":
        return from_dim(a + b, machine.site(node))
    if symbol == "-":
        return from_dim(a - b, machine.site(node))
    if symbol == "*":
        return from_dim(a * b, machine.site(node))
    if symbol == "//":
        return from_dim(a // b, machine.site(node))
    if symbol == "%":
        return from_dim(a - (a // b) * b, machine.site(node))
    return machine.unknown(f"'{symbol}' on a size that is not known", node)


def _sequences(
    machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode
) -> Value:
    if isinstance(left, TensorSizes) or isinstance(right, TensorSizes):
        return vector_arithmetic(machine, symbol, left, right, node)
    if symbol == "+" and (isinstance(left, StaticShape) or isinstance(right, StaticShape)):
        return added(machine, left, right, node)
    if symbol == "+":
        if isinstance(left, TupleValue) and isinstance(right, TupleValue):
            if not fits(len(left.items), len(right.items)):
                return machine.unknown("a very long tuple", node)
            return TupleValue(left.items + right.items)
        first, second = machine.get_as(left, ListObject), machine.get_as(right, ListObject)
        if first is not None and second is not None:
            if first.items is None or second.items is None:
                lost = left if first.items is None else right
                return machine.why_unknown(lost, node)
            if not fits(len(first.items), len(second.items)):
                return machine.unknown("a very long list", node)
            return machine.new_list(first.items + second.items)
    if symbol == "*":
        for sequence, count in ((left, right), (right, left)):
            if isinstance(count, Const) and isinstance(count.value, int):
                repeated = _repeat(machine, sequence, count.value)
                if repeated is not None:
                    return repeated
    if symbol == "%" and isinstance(left, Const) and isinstance(left.value, str):
        parts = right.items if isinstance(right, TupleValue) else (right,)
        if all(isinstance(part, Const) for part in parts):
            plain = tuple(part.value for part in parts if isinstance(part, Const))
            if not format_fits(left.value, plain):
                return machine.unknown("a text too long to keep", node)
            try:
                return Const(left.value % plain)
            except (TypeError, ValueError):
                return machine.unknown("a format Python does not take", node)
    if symbol == "|":
        first_dict, second_dict = (
            machine.get_as(left, DictObject),
            machine.get_as(right, DictObject),
        )
        if first_dict and second_dict and first_dict.items and second_dict.items:
            merged = {**dict(first_dict.items), **dict(second_dict.items)}
            return Ref(machine.new(DictObject(tuple(merged.items()))))
    return _list_and_number(machine, left, right, symbol, node) or machine.unknown(
        f"'{symbol}' on values that are not known", node
    )


def _list_and_number(
    machine: Machine, left: Value, right: Value, symbol: str, node: cst.CSTNode
) -> UnknownValue | None:
    """Note that Python computes with a list of tensors and a number, as it cannot."""
    for one, other in ((left, right), (right, left)):
        number = isinstance(other, Const) and isinstance(other.value, (int, float))
        if number or (isinstance(other, DimValue) and symbol != "*"):
            return list_use(machine, one, "TypeError", node)
    return None


def _repeat(machine: Machine, sequence: Value, count: int) -> Value | None:
    if isinstance(sequence, TupleValue) and len(sequence.items) * count <= MAX_LENGTH:
        return TupleValue(sequence.items * count)
    found = machine.get_as(sequence, ListObject)
    if found is not None and found.items is not None and len(found.items) * count <= MAX_LENGTH:
        return machine.new_list(found.items * count)
    return None


def unary(machine: Machine, symbol: str, value: Value, node: cst.CSTNode) -> Value:
    """``-value``, ``+value``, ``~value``."""
    if isinstance(value, TensorValue):
        return tensor_unary(machine, symbol, value, node)
    if isinstance(value, UnknownValue):
        return value
    if isinstance(value, ArrayValue):
        return array_unary(machine, symbol, value)
    if isinstance(value, DimValue):
        return from_dim(-value.dim if symbol == "-" else value.dim, machine.site(node))
    if isinstance(value, Const):
        function: dict[str, Callable[[Any], Any]] = {
            "-": operator.neg,
            "+": operator.pos,
            "~": operator.invert,
        }
        try:
            return Const(function[symbol](value.value))
        except TypeError:
            refused = length_use(machine, (value,), node)
            return refused or machine.unknown("an operation that fails when run", node)
    refused = list_use(machine, value, "TypeError", node)
    return refused or machine.unknown(f"'{symbol}' on a value that is not known", node)


def compare(machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """``left symbol right`` as True, False or unknown."""
    if symbol in ("is", "is not"):
        same = _identical(left, right)
        return (
            machine.unknown("a comparison that is not known", node)
            if same is None
            else (Const(same == (symbol == "is")))
        )
    if symbol in ("in", "not in"):
        return _contains(machine, symbol, left, right, node)
    if symbol in ("==", "!="):
        own = _own_equality(machine, left, right, node)
        if own is not None:
            truth = machine.truth(own)
            return own if truth is None else Const(truth == (symbol == "=="))
    if isinstance(left, TensorValue) or isinstance(right, TensorValue):
        return tensor_binary(machine, symbol, left, right, node)
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            return Const(bool(_COMPARISONS[symbol](left.value, right.value)))
        except TypeError:
            refused = length_use(machine, (left, right), node)
            return refused or machine.unknown("a comparison that fails when run", node)
    if isinstance(left, UnknownValue):
        return left
    if isinstance(right, UnknownValue):
        return right
    if isinstance(left, ArrayValue) or isinstance(right, ArrayValue):
        return array_compare(machine, left, right, node)
    if _is_number(left) and _is_number(right) and symbol in ("==", "!="):
        a, b = to_dim(left), to_dim(right)
        if surely_equal(a, b) or surely_different(a, b):
            return Const(surely_equal(a, b) == (symbol == "=="))
    kinds = (ClassValue, ExternalValue)
    if symbol in ("==", "!=") and isinstance(left, kinds) and isinstance(right, kinds):
        paths = (getattr(side, "path", "builtins.") for side in (left, right))
        if left == right or all(path.startswith("builtins.") for path in paths):
            return Const((left == right) == (symbol == "=="))
    if symbol in ("==", "!="):
        plain_left, plain_right = plain(machine, left), plain(machine, right)
        if isinstance(left, TensorSizes) or isinstance(right, TensorSizes):
            return machine.unknown("a comparison of tensors", node)
        if isinstance(left, StaticShape) and isinstance(plain_right, list):
            plain_right = tuple(plain_right)
        if isinstance(right, StaticShape) and isinstance(plain_left, list):
            plain_left = tuple(plain_left)
        if plain_left is not NotImplemented and plain_right is not NotImplemented:
            return Const((plain_left == plain_right) == (symbol == "=="))
    refused = None
    if symbol not in ("==", "!="):
        refused = _list_and_number(machine, left, right, symbol, node)
    return refused or machine.unknown("a comparison that is not known", node)


def _own_equality(machine: Machine, left: Value, right: Value, node: cst.CSTNode) -> Value | None:
    """``left == right`` where the ``__eq__`` of an instance answers, here or inside of lists."""
    for one, other in ((left, right), (right, left)):
        if machine.get_as(one, InstanceObject) is not None:
            answer = special(machine, one, "__eq__", Args((other,)), node)
            if answer is not None:
                return answer
    lists = machine.get_as(left, ListObject), machine.get_as(right, ListObject)
    if lists[0] is None or lists[1] is None:
        return None
    mine, theirs = lists[0].items, lists[1].items
    if mine is None or theirs is None or len(mine) != len(theirs):
        return None
    if not any(machine.get_as(item, InstanceObject) is not None for item in (*mine, *theirs)):
        return None
    for one, other in zip(mine, theirs, strict=True):
        answer = compare(machine, "==", one, other, node)
        if machine.truth(answer) is not True:
            return answer
    return TRUE


def _identical(left: Value, right: Value) -> bool | None:
    if isinstance(left, UnknownValue) or isinstance(right, UnknownValue):
        return None
    if isinstance(left, DimValue) or isinstance(right, DimValue):
        loose = any(isinstance(v, DimValue) and v.loose for v in (left, right))
        return None if loose else False
    if isinstance(left, Ref) and isinstance(right, Ref):
        return left.address == right.address
    if isinstance(left, Const) and isinstance(right, Const):
        return left.value is right.value or (
            type(left.value) is type(right.value) and left.value == right.value
        )
    if isinstance(left, (TensorValue, ClassValue, ExternalValue)):
        return left == right
    return False


def _contains(machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    own = special(machine, right, "__contains__", Args((left,)), node)
    if own is not None:
        truth = machine.truth(own)
        return own if truth is None else Const(truth == (symbol == "in"))
    if isinstance(left, Const) and isinstance(right, Const) and isinstance(right.value, str):
        if isinstance(left.value, str):
            return Const((left.value in right.value) == (symbol == "in"))
    elif isinstance(left, Const):
        items = machine.items(right)
        if items is not None and all(isinstance(item, (Const, TupleValue)) for item in items):
            return Const((left in items) == (symbol == "in"))
    return machine.why_unknown(left if isinstance(left, UnknownValue) else right, node)


def plain(machine: Machine, value: Value, depth: int = 0) -> Any:
    """Scalars, tuples and lists of scalars as Python data; NotImplemented for anything else."""
    if isinstance(value, Const):
        return value.value
    machine.tick()  # a list may hold itself, or twice what holds twice what ...
    if depth > _MAX_NESTING:
        return NotImplemented
    if isinstance(value, TupleValue):
        items = [plain(machine, item, depth + 1) for item in value.items]
        return NotImplemented if any(i is NotImplemented for i in items) else tuple(items)
    found = machine.get(value)
    if isinstance(found, (ListObject, SetObject)) and found.items is not None:
        items = [plain(machine, item, depth + 1) for item in found.items]
        if any(item is NotImplemented for item in items):
            return NotImplemented
        return items
    return NotImplemented
