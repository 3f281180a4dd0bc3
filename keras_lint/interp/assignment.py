"""Assignment to names, tuples, attributes and items, and forgetting what a loop may assign."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from keras_lint.interp.attributes import class_member, setter_name
from keras_lint.interp.functional import model_layers, tracked
from keras_lint.interp.machine import Machine
from keras_lint.interp.store import (
    CellObject,
    DictObject,
    FrameObject,
    InstanceObject,
    LayerObject,
    ListObject,
    ModelObject,
    NamespaceObject,
)
from keras_lint.interp.symbolic import axis_use, python_use
from keras_lint.interp.tables import delete_column, rename_columns, set_column, set_located
from keras_lint.interp.training import note_trainable
from keras_lint.interp.values import (
    Args,
    ArrayValue,
    BoundMethod,
    Const,
    FunctionValue,
    RecipeValue,
    Ref,
    UnknownValue,
    Value,
)
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape
from keras_lint.source.walk import walk


def assign_target(machine: Machine, target: cst.CSTNode, value: Value) -> None:
    """Bind ``value`` to whatever stands left of the ``=``."""
    if isinstance(target, cst.Name):
        machine.assign(target.value, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(machine, target, value)
    elif isinstance(target, cst.StarredElement):
        assign_target(machine, target.value, value)
    elif isinstance(target, cst.Attribute):
        set_attribute(machine, machine.eval(target.value), target.attr.value, value, target)
    elif isinstance(target, cst.Subscript):
        _set_item(machine, target, value)


def _unpack(machine: Machine, target: cst.Tuple | cst.List, value: Value) -> None:
    elements = target.elements
    stars = [i for i, e in enumerate(elements) if isinstance(e, cst.StarredElement)]
    python_use(machine, value, "something to iterate over", target)
    items = machine.items(value)
    if items is not None and not stars and len(items) != len(elements):
        axis_use(machine, value, f"{len(elements)} axes", "ValueError", target)
    if items is None or (not stars and len(items) != len(elements)):
        for element in elements:
            part: Value = machine.why_unknown(value, target)
            if isinstance(value, ArrayValue):
                dims = value.shape.dims  # iterating gives views along the first axis
                shape = Shape(dims[1:]) if dims else UNKNOWN_SHAPE
                part = replace(value, shape=shape, items=None, numbers=value.numbers.rows())
            assign_target(machine, element.value, part)
        return
    if not stars:
        for element, item in zip(elements, items, strict=True):
            assign_target(machine, element.value, item)
        return
    star = stars[0]
    after = len(elements) - star - 1
    if len(items) < len(elements) - 1:
        return
    for element, item in zip(elements[:star], items[:star], strict=True):
        assign_target(machine, element.value, item)
    middle = items[star : len(items) - after]
    assign_target(machine, elements[star].value, machine.new_list(middle))
    if after:
        for element, item in zip(elements[star + 1 :], items[-after:], strict=True):
            assign_target(machine, element.value, item)


def set_attribute(
    machine: Machine, receiver: Value, name: str, value: Value, node: cst.CSTNode | None = None
) -> None:
    """``receiver.name = value``, written at ``node``."""
    if not isinstance(receiver, Ref):
        return
    found = machine.get(receiver)
    if isinstance(found, InstanceObject):
        setter = class_member(machine, found.cls, setter_name(name), found.cls.node)
        if isinstance(setter, FunctionValue):
            machine.call(BoundMethod(receiver, setter), Args((value,)), setter.node)
            return
        machine.store[receiver.address] = replace(
            found, attributes={**found.attributes, name: value}
        )
        layer = None if found.layer is None else machine.store[found.layer]
        if found.layer is not None and name == "trainable":
            for address in (found.layer, *tracked(machine, found)):
                _set_trainable(machine, address, machine.truth(value), node)
        elif isinstance(layer, LayerObject) and layer.base and name in layer.config:
            assert found.layer is not None
            reason = UnknownValue(f"its attribute '{name}' was set", None)
            machine.store[found.layer] = replace(layer, lost=layer.lost or reason)
    elif isinstance(found, FrameObject) and name == "columns":
        rename_columns(machine, receiver, found, value)
    elif isinstance(found, NamespaceObject):
        attributes = {**found.attributes, name: value}
        machine.store[receiver.address] = replace(found, attributes=attributes)
    elif isinstance(found, (LayerObject, ModelObject)):
        if name == "trainable":
            _set_trainable(machine, receiver.address, machine.truth(value), node)
        elif isinstance(found, LayerObject):
            reason = UnknownValue(f"its attribute '{name}' was set", None)
            if name in found.config or name in ("_name", "name"):
                machine.store[receiver.address] = replace(found, lost=found.lost or reason)


def _set_trainable(
    machine: Machine, address: int, value: bool | None, node: cst.CSTNode | None
) -> None:
    """``trainable`` goes down to every layer inside, as Keras has it."""
    found = machine.store[address]
    if node is not None:
        note_trainable(machine, address, node)
    if isinstance(found, LayerObject):
        machine.store[address] = replace(found, trainable=value)
        for inner in found.wrapped:
            _set_trainable(machine, inner, value, node)
    elif isinstance(found, ModelObject):
        machine.store[address] = replace(found, trainable=value)
        for inner in model_layers(machine, found):
            _set_trainable(machine, inner, value, node)


def _set_item(machine: Machine, target: cst.Subscript, value: Value) -> None:
    receiver = machine.eval(target.value)
    found = machine.get(receiver)
    index: Value | None = None
    if len(target.slice) == 1 and isinstance(target.slice[0].slice, cst.Index):
        index = machine.eval(target.slice[0].slice.value)
    if isinstance(receiver, ArrayValue):
        havoc(machine, receiver, machine.unknown("an array that was changed", target))
    if isinstance(receiver, RecipeValue):
        machine.opened.add(receiver.address)
    if isinstance(receiver, BoundMethod):
        set_located(machine, receiver)
    if not isinstance(receiver, Ref):
        return
    if isinstance(found, FrameObject):
        set_column(machine, receiver, found, index)
    if isinstance(found, DictObject):
        if found.items is None:
            return
        if index is None or isinstance(index, UnknownValue):
            unknown = machine.unknown("a dict with a key that is not known", target)
            machine.store[receiver.address] = DictObject(None, unknown)
            return
        machine.tick(len(found.items) // 32)
        items = {**dict(found.items), index: value}
        machine.store[receiver.address] = replace(found, items=tuple(items.items()))
    elif isinstance(found, ListObject) and found.items is not None:
        position = index.value if isinstance(index, Const) else None
        if isinstance(position, int) and -len(found.items) <= position < len(found.items):
            machine.tick(len(found.items) // 256)
            changed = list(found.items)
            changed[position] = value
            machine.store[receiver.address] = replace(found, items=tuple(changed))
            return
        if _set_slice(machine, receiver, found, target, value):
            return
        unknown = machine.unknown("a list changed at an index that is not known", target)
        machine.store[receiver.address] = ListObject(None, unknown)


def _set_slice(
    machine: Machine, receiver: Ref, found: ListObject, target: cst.Subscript, value: Value
) -> bool:
    """``items[a:b] = value`` where all of it is known; whether that was so."""
    where, given = _place_of(machine, target), machine.items(value)
    if not isinstance(where, slice) or given is None or found.items is None:
        return False
    changed = list(found.items)
    try:
        changed[where] = given
    except ValueError:  # an extended slice takes exactly as many items as it names
        return False
    machine.store[receiver.address] = replace(found, items=tuple(changed))
    return True


def _place_of(machine: Machine, target: cst.Subscript) -> slice | int | None:
    """The known index or slice of a subscript."""
    part = target.slice[0].slice
    if len(target.slice) != 1:
        return None
    if isinstance(part, cst.Index):
        return _whole(machine, part.value)
    assert isinstance(part, cst.Slice)
    bounds = [part.lower, part.upper, part.step]
    known = [None if bound is None else _whole(machine, bound) for bound in bounds]
    if any(b is not None and k is None for b, k in zip(bounds, known, strict=True)):
        return None
    return slice(*known)


def _whole(machine: Machine, node: cst.BaseExpression) -> int | None:
    value = machine.eval(node)
    return value.value if isinstance(value, Const) and isinstance(value.value, int) else None


def delete_target(machine: Machine, target: cst.CSTNode) -> None:
    """``del name``, ``del items[i]``; the container is unknown after what is not known."""
    if isinstance(target, cst.Name):
        machine.unassign(target.value)
    elif isinstance(target, cst.Tuple):
        for element in target.elements:
            delete_target(machine, element.value)
    elif isinstance(target, cst.Subscript):
        receiver = machine.eval(target.value)
        found = machine.get_as(receiver, DictObject)
        part = target.slice[0].slice
        if found is not None and found.items is not None and isinstance(part, cst.Index):
            key = machine.eval(part.value)
            left = tuple(item for item in found.items if item[0] != key)
            if isinstance(receiver, Ref) and len(left) < len(found.items):
                machine.tick(len(left) // 32)
                machine.store[receiver.address] = replace(found, items=left)
                return
        if isinstance(part, cst.Index) and delete_column(machine, receiver, part.value):
            return
        if _delete_item(machine, receiver, target):
            return
        unknown = machine.unknown("a container with a deleted item", target)
        havoc(machine, receiver, unknown)


def _delete_item(machine: Machine, receiver: Value, target: cst.Subscript) -> bool:
    """``del items[i]``, ``del items[a:b]`` of a known list; whether it was one."""
    found = machine.get_as(receiver, ListObject)
    if found is None or found.items is None or not isinstance(receiver, Ref):
        return False
    where, left = _place_of(machine, target), list(found.items)
    if where is None:
        return False
    try:
        del left[where]
    except IndexError:
        return False
    machine.store[receiver.address] = replace(found, items=tuple(left))
    return True


def cells_now(machine: Machine, array: ArrayValue) -> frozenset[tuple[int, int]]:
    """The memory of an array as it has been written to up to now."""
    cells = ((address, machine.store.get(address)) for address, _ in array.cells)
    return frozenset((place, cell.writes) for place, cell in cells if isinstance(cell, CellObject))


def havoc(machine: Machine, value: Value, reason: UnknownValue) -> None:
    """Forget what is in a list, dict, array or instance that something may have changed."""
    if isinstance(value, RecipeValue):
        machine.opened.add(value.address)
    if isinstance(value, ArrayValue):
        for address, writes in cells_now(machine, value):
            machine.store[address] = CellObject(writes + 1)
    if not isinstance(value, Ref):
        return
    found = machine.get(value)
    if isinstance(found, ListObject):
        machine.store[value.address] = ListObject(None, found.unknown or reason)
    elif isinstance(found, DictObject):
        machine.store[value.address] = DictObject(None, found.unknown or reason)
    elif isinstance(found, InstanceObject):
        machine.store[value.address] = replace(found, unknown=found.unknown or reason)
    elif isinstance(found, FrameObject):
        machine.store[value.address] = FrameObject()
    elif isinstance(found, ModelObject) and found.kind == "sequential":
        machine.store[value.address] = replace(found, lost=(*found.lost, reason))


def _assigned(body: cst.CSTNode) -> set[str]:
    """The names that a piece of code assigns in its own scope."""
    names: set[str] = set()
    for node in walk(body, cst.FunctionDef, cst.ClassDef, cst.Lambda):
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            names.add(node.name.value)
        elif isinstance(node, cst.AsName):
            names |= _names_in(node.name)
        elif isinstance(
            node, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For)
        ):
            names |= _names_in(node.target)
    return names


def _names_in(target: cst.CSTNode) -> set[str]:
    if isinstance(target, cst.Name):
        return {target.value}
    if isinstance(target, (cst.Tuple, cst.List)):
        return {name for element in target.elements for name in _names_in(element.value)}
    return set()


def havoc_targets(machine: Machine, body: cst.CSTNode, reason: UnknownValue) -> None:
    """Make every variable unknown that ``body`` assigns and that exists now."""
    names = machine.targets.get(id(body))
    if names is None:
        names = machine.targets[id(body)] = tuple(sorted(_assigned(body)))
    for name in names:
        if machine.lookup(name) is not None:
            machine.assign(name, reason)
