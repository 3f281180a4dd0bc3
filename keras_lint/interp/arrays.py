"""Making arrays, and reading what is known of their numbers."""

from __future__ import annotations

from dataclasses import replace

from keras_lint.interp.inputs import shape_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import CellObject
from keras_lint.interp.values import (
    ArrayValue,
    Const,
    DimValue,
    ExternalValue,
    Value,
    to_dim,
)
from keras_lint.model.data import UNKNOWN_NUMBERS, Numbers, of_dtype, plain_number
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_PYTHON_DTYPES = {"builtins.int": "int64", "builtins.float": "float64", "builtins.bool": "bool"}
_DTYPES = {
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
    *("float16", "float32", "float64", "bool"),
}
_SPELLINGS = {
    "int": "int64",
    "uint": "uint64",
    "float": "float64",
    "double": "float64",
    "single": "float32",
    "half": "float16",
    "bool_": "bool",
    "byte": "int8",
    "ubyte": "uint8",
    "float_": "float64",
    "int_": "int64",
    "f": "float32",
    "d": "float64",
    "i": "int32",
    "f4": "float32",
    "f8": "float64",
    "i4": "int32",
    "i8": "int64",
    "u1": "uint8",
}
"""Other names NumPy has for its dtypes, on 64 bits."""


def dtype_of(value: Value | None) -> str | None:
    """The dtype that an argument names, ``np.float32`` as well as ``"float32"``."""
    if isinstance(value, Const) and isinstance(value.value, str):
        name = value.value
    elif isinstance(value, ExternalValue):
        if value.path in _PYTHON_DTYPES:
            return _PYTHON_DTYPES[value.path]
        package, _, name = value.path.rpartition(".")
        if package not in ("numpy", "tensorflow", "tensorflow.dtypes"):
            return None
        if package != "numpy":
            return name if name in _DTYPES else None
    else:
        return None
    return name if name in _DTYPES else _SPELLINGS.get(name)


def new_array(
    machine: Machine,
    shape: Shape,
    dtype: str | None = None,
    numbers: Numbers = UNKNOWN_NUMBERS,
    items: tuple[Value, ...] | None = None,
) -> ArrayValue:
    """An array in memory of its own."""
    if numbers == UNKNOWN_NUMBERS and items is None:
        return ArrayValue(shape, dtype)
    return ArrayValue(shape, dtype, items, numbers, frozenset(((machine.new(CellObject()), 0),)))


def numbers_of(machine: Machine, array: ArrayValue) -> Numbers:
    """What is known now of the numbers of an array."""
    if array.numbers == UNKNOWN_NUMBERS or machine.was_changed(array):
        return of_dtype(array.dtype)
    return array.numbers


def view(array: ArrayValue, shape: Shape, numbers: Numbers) -> ArrayValue:
    """Another array over the same memory."""
    return replace(array, shape=shape, items=None, numbers=numbers)


def regrouped(numbers: Numbers) -> Numbers:
    """What is known of the same numbers in another order or shape."""
    return replace(numbers, one_hot=False)


def shape_argument(machine: Machine, value: Value | None) -> Shape:
    """A shape given as an int or a tuple."""
    if value is None:
        return UNKNOWN_SHAPE
    if isinstance(value, DimValue) or (isinstance(value, Const) and isinstance(value.value, int)):
        return Shape((to_dim(value),))
    return shape_of(machine, value)


def whole_number(value: Value | None) -> int | None:
    """A known whole number."""
    found = number(value)
    return int(found) if isinstance(found, int) else None


def number(value: Value | None) -> float | None:
    """A known real number."""
    return plain_number(value.value) if isinstance(value, Const) else None


def samples(array: ArrayValue) -> Dim:
    """The length of the first axis."""
    return array.shape.dims[0] if array.shape.dims else UNKNOWN
