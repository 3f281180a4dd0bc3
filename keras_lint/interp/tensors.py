"""Symbolic tensors inside arguments: finding them, their types, and wrapping results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, Union

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.store import DictObject, InstanceObject, ListObject
from keras_lint.interp.values import (
    ArrayValue,
    CallRecord,
    Const,
    DimValue,
    Ref,
    Site,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.model.tensors import UNKNOWN_SHAPE, Nested, TensorType, flatten, map_nested

UNKNOWN_TYPE = TensorType(UNKNOWN_SHAPE, None)
Leaf: TypeAlias = Union[TensorValue, UnknownValue]  # noqa: UP007 - 3.10
NestedTensor: TypeAlias = Nested[Leaf]


_MAX_NESTING = 50


def tensors_of(
    machine: Machine, value: Value, node: cst.CSTNode | Site, depth: int = 0
) -> NestedTensor:
    """The tensors in an argument, nested as passed; what is no tensor becomes unknown."""
    if isinstance(value, (TensorValue, UnknownValue)):
        return value
    machine.tick()  # a list may hold itself, or twice what holds twice what ...
    if depth > _MAX_NESTING:
        return machine.unknown("nested too deeply", node)
    if isinstance(value, TupleValue):
        return tuple(tensors_of(machine, item, node, depth + 1) for item in value.items)
    found = machine.get(value)
    if isinstance(found, ListObject) and found.items is not None:
        return [tensors_of(machine, item, node, depth + 1) for item in found.items]
    if isinstance(found, DictObject) and found.items is not None:
        return {
            str(key.value): tensors_of(machine, item, node, depth + 1)
            for key, item in found.items
            if isinstance(key, Const)
        }
    if isinstance(value, ArrayValue) and machine.inside_layer and value.shape.dims is not None:
        return placeholder(machine, TensorType(value.shape, value.dtype), node)
    if isinstance(value, ArrayValue):
        return machine.unknown("a layer called on data", node)
    if isinstance(value, DimValue) and value.loose:
        return machine.unknown("an argument that nobody passes", node)
    return machine.why_unknown(value, node)


def placeholder(machine: Machine, kind: TensorType, node: cst.CSTNode | Site) -> TensorValue:
    """A tensor of the given type that no layer made."""
    record = CallRecord(
        layer=None,
        inputs=[],
        input_types=[],
        extra=(),
        outputs=(kind,),
        site=machine.site(node),
    )
    return TensorValue(kind, record)


def type_of(tensor: TensorValue | UnknownValue) -> TensorType:
    """The type of a tensor; of unknown shape and dtype if it is unknown."""
    return tensor.type if isinstance(tensor, TensorValue) else UNKNOWN_TYPE


def leaves(nested: NestedTensor) -> list[Leaf]:
    """The tensors of a nested argument, flat, in Keras's order."""
    found: list[Leaf] = flatten(nested)
    return found


def may_hide_tensors(nested: NestedTensor) -> bool:
    """Whether something in it is not known, which may be a whole list of tensors.

    A problem with the structure of inputs says nothing then.
    """
    return any(
        isinstance(leaf, UnknownValue) or leaf.type.shape.dims is None for leaf in leaves(nested)
    )


def types_of(nested: NestedTensor) -> Nested[TensorType]:
    """The types of nested tensors, nested in the same way."""
    function: Callable[[Any], TensorType] = type_of
    result: Nested[TensorType] = map_nested(function, nested)
    return result


def has_tensor(nested: NestedTensor) -> bool:
    """Whether any leaf is a symbolic tensor."""
    return any(isinstance(leaf, TensorValue) for leaf in leaves(nested))


def wrap_outputs(machine: Machine, record: CallRecord, outputs: Nested[TensorType]) -> Value:
    """Output types as values, nested in the same way."""
    return _wrapped(machine, record, outputs, iter(range(len(record.outputs))))


def _wrapped(
    machine: Machine, record: CallRecord, nested: Nested[TensorType], numbers: Iterator[int]
) -> Value:
    if isinstance(nested, tuple):
        return TupleValue(tuple(_wrapped(machine, record, item, numbers) for item in nested))
    if isinstance(nested, list):
        return machine.new_list([_wrapped(machine, record, item, numbers) for item in nested])
    if isinstance(nested, dict):
        items = tuple(
            (Const(key), _wrapped(machine, record, nested[key], numbers)) for key in sorted(nested)
        )
        return Ref(machine.new(DictObject(items)))
    return TensorValue(nested, record, next(numbers))


def as_value(machine: Machine, nested: NestedTensor) -> Value:
    """Nested tensors as the Python value they were."""
    if isinstance(nested, (TensorValue, UnknownValue)):
        return nested
    if isinstance(nested, tuple):
        return TupleValue(tuple(as_value(machine, item) for item in nested))
    if isinstance(nested, list):
        return machine.new_list([as_value(machine, item) for item in nested])
    items = tuple((Const(key), as_value(machine, item)) for key, item in nested.items())
    return machine.new_dict(items)


def as_layer(machine: Machine, value: Value) -> Value:
    """The layer that stands for an instance of a subclassed layer; other values as they are."""
    found = machine.get(value)
    if isinstance(found, InstanceObject) and found.layer is not None:
        return Ref(found.layer)
    return value
