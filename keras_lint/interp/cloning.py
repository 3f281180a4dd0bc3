"""``clone_model`` and ``from_config(get_config())``: a model made again with layers of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import libcst as cst

from keras_lint.interp.functional import model_at, model_layers, records_of
from keras_lint.interp.layers import apply_layer
from keras_lint.interp.machine import Machine
from keras_lint.interp.model_calls import call_model
from keras_lint.interp.registry import external
from keras_lint.interp.store import INPUT_PATH, LayerObject, ModelObject
from keras_lint.interp.tensors import Leaf, NestedTensor, as_value, leaves, tensors_of
from keras_lint.interp.values import Args, CallRecord, Ref, TensorValue, UnknownValue, Value
from keras_lint.model.tensors import map_nested


@external("keras.models.clone_model")
def clone_model(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``clone_model(model)``: the same layers and names, new weights.

    A copy that is not followed is a model that is not there, and takes names from those after it.
    """
    ref = args.argument(0, "model")
    found = machine.get_as(ref, ModelObject) if ref is not None else None
    copy: Value
    if not isinstance(ref, Ref):
        return args.first_unknown() or machine.unknown("a copy of a model not known", node)
    if found is None:
        copy = machine.unknown("a copy of a model not known", node)
    elif len(args.positional) + len(args.keywords) > 1:
        copy = machine.unknown("clone_model with further arguments", node)
    else:
        copy = clone(machine, ref.address, node)
    if isinstance(copy, UnknownValue):
        machine.absent.append(copy)
    return copy


def clone(machine: Machine, address: int, node: cst.CSTNode, *, from_config: bool = False) -> Value:
    """A new model like the one at ``address``; unknown if that is not known completely.

    ``from_config`` says that its configuration makes it, which keeps the names of Inputs.
    """
    found = model_at(machine, address)
    if found.lost or found.problem is not None:
        return found.lost[0] if found.lost else machine.unknown("a copy of a refused model", node)
    if found.own_class:  # Keras 3.15 looks at its __init__ to choose the class of the copy
        return machine.unknown(f"a copy of a {found.own_class}", node)
    copies: dict[int, int] = {}
    for layer in model_layers(machine, found):
        if layer in copies:
            continue
        made = copy_layer(machine, layer, node)
        if isinstance(made, UnknownValue):
            return made
        copies[layer] = made
    new = replace(found, site=machine.site(node), calls=(), trainable=True, generated_name=False)
    copy = machine.new(new)
    machine.models.append(copy)
    tensors: dict[tuple[int, int], Value] = {}
    for record in records_of(machine, found):
        if record.layer is None or record.problem is not None:
            return machine.unknown("a copy of a model that is not known completely", node)
        outputs = _call_again(
            machine, copies[record.layer], record, tensors, node, keep_name=from_config
        )
        if isinstance(outputs, UnknownValue):
            return outputs
        flat = leaves(tensors_of(machine, outputs, node))
        tensors.update({(id(record), index): value for index, value in enumerate(flat)})

    def again(value: Value | None) -> Value | None:
        if value is None:
            return None
        return as_value(machine, _mapped(tensors_of(machine, value, found.site), tensors))

    machine.store[copy] = replace(
        model_at(machine, copy),
        layers=tuple(copies[layer] for layer in found.layers),
        inputs=again(found.inputs),
        outputs=again(found.outputs),
        tensors=tuple(again(value) or value for value in found.tensors),
    )
    return Ref(copy)


def copy_layer(machine: Machine, address: int, node: cst.CSTNode) -> int | UnknownValue:
    """A new layer, or model, like the one at an address; unknown if that is not known."""
    obj = machine.store[address]
    if isinstance(obj, ModelObject):
        made = clone(machine, address, node)
        if isinstance(made, Ref):
            return made.address
        return machine.unknown("a copy of a model not known", node)
    assert isinstance(obj, LayerObject)
    if obj.kind is None or obj.lost is not None or obj.path == obj.cls:
        return machine.unknown(f"a copy of a {obj.cls}, which is not known", node)
    wrapped: list[int] = []
    for inner in obj.wrapped:
        copied = copy_layer(machine, inner, node)
        if isinstance(copied, UnknownValue):
            return copied
        wrapped.append(copied)
    new = replace(
        obj, site=machine.site(node), wrapped=tuple(wrapped), calls=(), built=None, arguments=()
    )
    return machine.new(new)


def _mapped(nested: NestedTensor, tensors: dict[tuple[int, int], Value]) -> NestedTensor:
    def look(leaf: Leaf) -> Leaf:
        if isinstance(leaf, TensorValue):
            found = tensors.get((id(leaf.call), leaf.index))
            if isinstance(found, TensorValue):
                return found
        return leaf

    function: Callable[[Any], Leaf] = look
    result: NestedTensor = map_nested(function, nested)
    return result


def _call_again(
    machine: Machine,
    layer: int,
    record: CallRecord,
    tensors: dict[tuple[int, int], Value],
    node: cst.CSTNode,
    *,
    keep_name: bool,
) -> Value:
    """The call of ``record`` made again by the copied layer on the copied tensors."""
    obj = machine.store[layer]
    inputs = _mapped(record.inputs, tensors)
    if isinstance(obj, ModelObject):
        return call_model(machine, Ref(layer), Args((as_value(machine, inputs),)), node)
    assert isinstance(obj, LayerObject)
    if obj.path == INPUT_PATH:
        new = replace(record, layer=layer, site=machine.site(node))
        machine.records.append(new)
        renamed = obj.generated_name and not keep_name  # Keras names it by its tensor
        name = "(copied input)" if renamed else obj.name
        machine.store[layer] = replace(obj, calls=(new,), built=[], name=name)
        return TensorValue(record.outputs[0], new)
    extra = {name: _mapped(nested, tensors) for name, nested in record.extra}
    return apply_layer(machine, layer, inputs, extra, dict(record.extra_types), node)
