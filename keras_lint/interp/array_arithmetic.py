"""Operators on NumPy arrays: broadcasting, dtypes, and where the numbers then lie."""

from __future__ import annotations

from itertools import zip_longest

import libcst as cst

from keras_lint.interp.arrays import new_array, numbers_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.reductions import NUMBER_FROM_DATA
from keras_lint.interp.values import ArrayValue, Const, DimValue, UnknownValue, Value
from keras_lint.model.data import UNKNOWN_NUMBERS, Numbers, plain_number
from keras_lint.model.dims import UNKNOWN, Dim, surely_different
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_KNOWN = (
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "float32",
    "float64",
    "float",
)
"""Dtypes of numbers; ``float`` is one of them, of a width that is not known."""
_TRUTHS = Numbers(0, 1, True)


def is_reduced_here(value: Value, node: cst.CSTNode) -> bool:
    """Whether an operand is itself the reduction of data to a number, as in ``x / x.max()``."""
    if not isinstance(value, UnknownValue) or value.site is None:
        return False
    if value.reason != NUMBER_FROM_DATA:
        return False
    operands: tuple[cst.CSTNode, ...] = ()
    if isinstance(node, cst.BinaryOperation):
        operands = (node.left, node.right)
    elif isinstance(node, cst.AugAssign):
        operands = (node.value,)
    return any(value.site.node is operand for operand in operands)


def array_binary(machine: Machine, symbol: str, left: Value, right: Value) -> ArrayValue:
    """Arithmetic of data with numbers keeps the shape; arrays are broadcast as NumPy does it."""
    if symbol == "@":
        return ArrayValue(UNKNOWN_SHAPE)
    for array, other in ((left, right), (right, left)):
        if not isinstance(array, ArrayValue):
            continue
        if isinstance(other, DimValue):
            return ArrayValue(array.shape)
        if isinstance(other, Const) and isinstance(other.value, (int, float, complex)):
            return _with_number(machine, symbol, array, other.value, array is right)
    if isinstance(left, ArrayValue) and isinstance(right, ArrayValue):
        return ArrayValue(broadcast(left.shape, right.shape), _common(symbol, left, right))
    return ArrayValue(UNKNOWN_SHAPE)


def _with_number(
    machine: Machine, symbol: str, array: ArrayValue, other: complex, swapped: bool
) -> ArrayValue:
    """An array and one number; a result that the dtype may not hold is not known."""
    if isinstance(other, complex) or plain_number(other) is None:
        return ArrayValue(array.shape)
    dtype = _dtype_with(symbol, array.dtype, other)
    numbers = numbers_of(machine, array).computed(symbol, other, swapped=swapped)
    if not numbers.fits(dtype):
        numbers = UNKNOWN_NUMBERS
    return new_array(machine, array.shape, dtype, numbers)


def _dtype_with(symbol: str, dtype: str | None, other: float) -> str | None:
    """What NumPy 2 and TensorFlow give for an array and a Python number, which is weak."""
    if dtype is None or dtype not in _KNOWN or symbol not in ("+", "-", "*", "/", "//", "%", "**"):
        return None
    if dtype.startswith("float"):
        return dtype
    if symbol == "/" and dtype not in ("int32", "int64"):
        return "float"  # 64 bits for NumPy, 32 for TensorFlow
    if symbol == "/" or isinstance(other, float):
        return "float64"
    if isinstance(other, bool) or dtype == "bool":
        return None
    return dtype


def _common(symbol: str, left: ArrayValue, right: ArrayValue) -> str | None:
    """The dtype for two arrays of the same dtype; others are not followed."""
    if left.dtype != right.dtype or left.dtype is None or left.dtype == "bool":
        return None
    if left.dtype.startswith("float"):
        return left.dtype
    return "float64" if symbol == "/" else left.dtype


def array_unary(machine: Machine, symbol: str, value: ArrayValue) -> ArrayValue:
    """``-array``, ``+array``, ``~array``."""
    if symbol == "-":
        numbers = numbers_of(machine, value).computed("*", -1)
        kept = numbers if numbers.fits(value.dtype) else UNKNOWN_NUMBERS
        return new_array(machine, value.shape, value.dtype, kept)
    if symbol == "+":
        return new_array(machine, value.shape, value.dtype, numbers_of(machine, value))
    truths = _TRUTHS if value.dtype == "bool" else UNKNOWN_NUMBERS
    return new_array(machine, value.shape, value.dtype, truths)


def array_compare(machine: Machine, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """``array > 5``: a truth value for each number."""
    shapes = []
    for side in (left, right):
        if isinstance(side, ArrayValue):
            shapes.append(side.shape)
        elif isinstance(side, Const) and isinstance(side.value, (int, float, str)):
            shapes.append(Shape(()))
        else:
            return machine.unknown("a comparison that is not known", node)
    shape = broadcast(*shapes)
    if shape.dims == ():
        return machine.unknown("a comparison that is not known", node)
    return new_array(machine, shape, "bool", _TRUTHS)


def broadcast(left: Shape, right: Shape) -> Shape:
    """The shape of an operation that works; unknown where it would fail."""
    if left.dims is None or right.dims is None:
        return UNKNOWN_SHAPE
    dims: list[Dim] = []
    for one, other in zip_longest(reversed(left.dims), reversed(right.dims), fillvalue=1):
        if surely_different(one, other) and 1 not in (one, other):
            return UNKNOWN_SHAPE
        if one == 1 or (other != 1 and isinstance(other, int)):
            dims.append(other)
        else:
            dims.append(one if other == 1 or isinstance(one, int) or one == other else UNKNOWN)
    return Shape(tuple(reversed(dims)))
