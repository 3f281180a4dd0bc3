"""Structures of arrays: the elements of datasets, and what iterating gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from keras_lint.interp.arrays import numbers_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import DictObject, ListObject
from keras_lint.interp.values import (
    ArrayValue,
    Const,
    DatasetValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.model.data import Numbers, plain_number
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_MAX_NESTING = 8
_LOST = UnknownValue("an element of a dataset that is not known")
_SCALARS: dict[type, str] = {int: "int32", float: "float32", bool: "bool", str: "string"}
"""The dtypes that TensorFlow gives to Python's numbers and texts."""


def map_arrays(
    machine: Machine, value: Value, function: Callable[[ArrayValue], Value], depth: int = 0
) -> Value:
    """``function`` applied to every array of a structure; what is no array is unknown."""
    machine.tick()
    if isinstance(value, ArrayValue):
        return function(value)
    if isinstance(value, UnknownValue) or depth > _MAX_NESTING:
        return value if isinstance(value, UnknownValue) else _LOST
    if isinstance(value, TupleValue):
        items = tuple(map_arrays(machine, item, function, depth + 1) for item in value.items)
        return TupleValue(items, value.names)
    found = machine.get_as(value, DictObject)
    if found is not None and found.items is not None:
        return machine.new_dict(
            tuple(
                (key, map_arrays(machine, item, function, depth + 1)) for key, item in found.items
            )
        )
    return _LOST


def as_tensors(machine: Machine, value: Value, depth: int = 0) -> Value:
    """A structure as ``tf.data`` takes it: numbers and lists of numbers become tensors.

    The tensors are copies: whatever happens to the arrays later does not change them.
    """
    machine.tick()
    if isinstance(value, ArrayValue):
        return ArrayValue(value.shape, value.dtype, None, numbers_of(machine, value))
    if isinstance(value, Const) and type(value.value) in _SCALARS:
        return _scalar(value.value)
    if isinstance(value, TupleValue) and depth <= _MAX_NESTING:
        return TupleValue(tuple(as_tensors(machine, item, depth + 1) for item in value.items))
    found = machine.get(value)
    if isinstance(found, DictObject) and found.items is not None and depth <= _MAX_NESTING:
        items = [(key, as_tensors(machine, item, depth + 1)) for key, item in found.items]
        return machine.new_dict(tuple(items))
    if isinstance(found, ListObject) and found.items is not None:
        return _stacked([as_tensors(machine, item, depth + 1) for item in found.items])
    return machine.why_unknown(value, machine.source.module)


def _scalar(value: float | str) -> ArrayValue:
    dtype = _SCALARS[type(value)]
    if isinstance(value, str):
        return ArrayValue(Shape(()), dtype)
    known = plain_number(value)
    numbers = Numbers() if known is None else Numbers(known, known, known == int(known), True)
    return ArrayValue(Shape(()), dtype, None, numbers)


def _stacked(items: list[Value]) -> Value:
    """A list of tensors of one shape as one tensor."""
    arrays = [item for item in items if isinstance(item, ArrayValue)]
    if not arrays or len(arrays) < len(items):
        return _LOST
    first = arrays[0]
    same = all(a.shape == first.shape and a.dtype == first.dtype for a in arrays)
    if not same or not first.shape.is_complete or first.shape.dims is None:
        return ArrayValue(UNKNOWN_SHAPE)
    numbers = first.numbers
    for other in arrays[1:]:
        numbers = numbers.together(other.numbers)
    return ArrayValue(Shape((len(items), *first.shape.dims)), first.dtype, None, numbers)


def sliced(machine: Machine, value: Value) -> Value:
    """The elements of a structure of arrays, cut along their first axes."""

    def cut(array: ArrayValue) -> Value:
        dims = array.shape.dims
        if dims is None:
            return replace(array, shape=UNKNOWN_SHAPE, items=None)
        return replace(array, shape=Shape(dims[1:]), items=None) if dims else _LOST

    return map_arrays(machine, value, cut)


def batched(machine: Machine, value: Value, size: Dim) -> Value:
    """A structure of arrays with an axis more in front."""

    def grow(array: ArrayValue) -> Value:
        if array.shape.dims is None:
            return array
        return replace(array, shape=Shape((size, *array.shape.dims)))

    return map_arrays(machine, value, grow)


def some(machine: Machine, value: Value) -> Value:
    """A structure of which only some elements are left."""
    return map_arrays(machine, value, lambda a: replace(a, numbers=a.numbers.rows(), items=None))


def opened(machine: Machine, value: Value) -> Value:
    """The same batches, of which the last one may be smaller."""
    return map_arrays(
        machine,
        value,
        lambda a: replace(a, shape=a.shape.with_axis(0, FREE)) if a.shape.dims else a,
    )


def element(machine: Machine, value: Value) -> Value | None:
    """One of what iterating over data gives, standing for all; None for what is no data.

    An open axis has some length then, which is not known.
    """
    if isinstance(value, DatasetValue):
        return map_arrays(machine, some(machine, value.element), _closed)
    if isinstance(value, ArrayValue) and value.shape.dims:
        numbers = numbers_of(machine, value).rows()
        return replace(value, shape=Shape(value.shape.dims[1:]), items=None, numbers=numbers)
    return None


def _closed(array: ArrayValue) -> Value:
    dims = array.shape.dims or ()
    if FREE not in dims:
        return array
    return replace(array, shape=Shape(tuple(UNKNOWN if dim is FREE else dim for dim in dims)))


def length(machine: Machine, value: Value) -> Dim | None:
    """The common length of the first axes of a structure; None where there is none."""
    found: list[Dim] = []

    def note(array: ArrayValue) -> Value:
        found.extend(array.shape.dims[:1] if array.shape.dims else ())
        return array

    map_arrays(machine, value, note)
    known = [dim for dim in found if isinstance(dim, int)]
    return next(iter(known or found), None)
