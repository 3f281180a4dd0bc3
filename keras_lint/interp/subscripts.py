"""``value[index]``: sequences, dicts, shapes of data, slices of tensors."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from keras_lint.interp.array_methods import array_item, slice_of
from keras_lint.interp.attributes import note_known, special
from keras_lint.interp.frames import frame_item, labelled, located
from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.operations import tensor_getitem
from keras_lint.interp.store import DictObject, FrameObject, InstanceObject, ListObject
from keras_lint.interp.symbolic import axis_use, list_use
from keras_lint.interp.values import (
    Args,
    ArrayValue,
    BoundMethod,
    Const,
    DimValue,
    RecipeValue,
    Ref,
    SliceValue,
    StaticShape,
    TensorSizes,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)


def subscript(machine: Machine, value: Value, index: Value, node: cst.CSTNode) -> Value:
    """``value[index]``."""
    if isinstance(value, UnknownValue):
        return value
    if isinstance(value, RecipeValue):
        machine.opened.add(value.address)
        return machine.unknown("a part of a configuration", node)
    if isinstance(value, TensorValue):
        return tensor_getitem(machine, value, index, node)
    if isinstance(value, ArrayValue):
        numbers = machine.items(value)
        if numbers is not None and isinstance(index, Const) and isinstance(index.value, int):
            if -len(numbers) <= index.value < len(numbers):
                return numbers[index.value]
            return machine.unknown("an index out of range", node)
        return array_item(machine, value, index)
    if isinstance(value, BoundMethod) and value.function in ("iloc", "loc"):
        table = machine.get_as(value.receiver, FrameObject)
        if table is not None:
            part = located if value.function == "iloc" else labelled
            return part(machine, table, index, node)
        if isinstance(value.receiver, ArrayValue) and value.function == "iloc":
            return array_item(machine, value.receiver, index)
    found = machine.get(value)
    if isinstance(found, FrameObject):
        return frame_item(machine, found, index, node)
    if isinstance(found, InstanceObject):
        return special(machine, value, "__getitem__", Args((index,)), node) or machine.unknown(
            f"what [] of a {found.cls.name} gives is not known", node
        )
    if isinstance(found, DictObject):
        return _from_dict(machine, value, found, index, node)
    items = machine.items(value)
    if items is None:
        return machine.why_unknown(value, node)
    if isinstance(index, SliceValue):
        bounds = slice_of(index)
        if bounds is None:
            return machine.unknown("a slice with bounds that are not known", node)
        try:
            chosen = items[bounds]
        except ValueError:
            return machine.unknown("a slice with step 0", node)
        if isinstance(found, ListObject):
            return machine.new_list(chosen)
        if isinstance(value, Const):
            return Const("".join(str(c.value) for c in chosen if isinstance(c, Const)))
        if isinstance(value, (StaticShape, TensorSizes)):
            return type(value)(chosen)
        return TupleValue(chosen)
    if isinstance(index, Const) and isinstance(index.value, int):
        try:
            result = items[index.value]
        except IndexError:
            refused = axis_use(machine, value, f"axis {index.value}", "IndexError", node)
            return refused or machine.unknown("an index out of range", node)
        if isinstance(result, DimValue):
            note_known(machine, node, result)
        return result
    if isinstance(index, TupleValue):
        refused = list_use(machine, value, "TypeError", node)
        if refused is not None:
            return refused
    return machine.why_unknown(index, node)


def _from_dict(
    machine: Machine, value: Value, found: DictObject, index: Value, node: cst.CSTNode
) -> Value:
    if found.items is None:
        return machine.why_unknown(value, node)
    if isinstance(index, (UnknownValue, DimValue)):
        return machine.why_unknown(index, node)
    result = found.get(index)
    if result is None and found.factory is not None and isinstance(value, Ref):
        result = machine.call(found.factory, Args(), node)
        items = (*found.items, (index, result))
        machine.store[value.address] = replace(found, items=items)
    if result is not None:
        return result
    if machine.awaiting and isinstance(index, Const) and _has_plain_keys(found):
        machine.doubts += 1
        raise PathEnded  # KeyError, for the handler around it
    return machine.unknown("a key that is not in the dict", node)


def _has_plain_keys(found: DictObject) -> bool:
    return all(isinstance(key, Const) for key, _ in found.items or ())
