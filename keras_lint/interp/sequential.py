"""``keras.Sequential``: adding, popping and building layer by layer, as Keras does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import libcst as cst

from keras_lint.interp.configs import parameter_names
from keras_lint.interp.functional import (
    duplicate_name,
    model_at,
    model_layers,
    name_of,
    new_model,
    refused_arguments,
)
from keras_lint.interp.inputs import input_config, make_input
from keras_lint.interp.machine import Machine
from keras_lint.interp.model_calls import call_on
from keras_lint.interp.registry import external
from keras_lint.interp.store import INPUT_BEHIND, INPUT_PATH, LayerObject, ModelObject
from keras_lint.interp.tensors import as_layer
from keras_lint.interp.values import (
    Args,
    Const,
    Ref,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.model.dims import FREE
from keras_lint.model.outcomes import Problem


@external("keras.Sequential")
def sequential(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``keras.Sequential(layers=None, name=None)``."""
    refused = refused_arguments(machine, "Sequential", args, node)
    return sequential_model(machine, args, node) if refused is None else refused


def sequential_model(machine: Machine, args: Args, node: cst.CSTNode, own_class: str = "") -> Ref:
    """A Sequential; ``own_class`` is the subclass that is made, if any."""
    model = new_model(machine, "sequential", args.argument(2, "name"), node, own_class)
    layers = args.argument(0, "layers")
    if args.incomplete is not None:
        _lose(machine, model, args.incomplete)
    if layers is None or layers == Const(None):
        return Ref(model)
    items = machine.items(layers)
    if items is None:
        _lose(machine, model, machine.why_unknown(layers, node))
        return Ref(model)
    places = _element_nodes(args, len(items))
    for item, place in zip(items, places, strict=True):
        _add(machine, model, item, place or node, node)
    _count_rebuild(machine, model)
    return Ref(model)


def _count_rebuild(machine: Machine, address: int) -> None:
    """A Sequential makes itself a new inner Functional whenever it changes, which takes a name."""
    found = model_at(machine, address)
    if found.tensors and len(found.layers) > 1 and machine.generation == "keras3":
        machine.next_name("functional")


def _element_nodes(args: Args, count: int) -> list[cst.CSTNode | None]:
    """The expressions of a list literal, one per layer; None each where it is no plain literal."""
    given = dict(args.nodes)
    node = given.get("0") or given.get("layers")
    if isinstance(node, cst.Arg):
        node = node.value
    if isinstance(node, (cst.List, cst.Tuple)) and len(node.elements) == count:
        plain = not any(isinstance(element, cst.StarredElement) for element in node.elements)
        if plain:
            return [element.value for element in node.elements]
    return [None] * count


def _lose(machine: Machine, address: int, reason: UnknownValue) -> None:
    """From here on the stack is not known, nor what comes out of it."""
    found = model_at(machine, address)
    machine.store[address] = replace(found, lost=(*found.lost, reason), cut=True)


def add_layer(
    machine: Machine, address: int, item: Value, place: cst.CSTNode, trigger: cst.CSTNode
) -> None:
    """``Sequential.add``: the layer is called on the current output as soon as there is one."""
    _add(machine, address, item, place, trigger)
    _count_rebuild(machine, address)


def _add(
    machine: Machine, address: int, item: Value, place: cst.CSTNode, trigger: cst.CSTNode
) -> None:
    item = as_layer(machine, item)
    found = model_at(machine, address)
    if found.lost:
        return  # what an unknown layer before this one gives is not known either
    if isinstance(item, TensorValue) and item.call.layer is not None:
        layer = machine.layer(item.call.layer)
        if layer.path == INPUT_PATH:
            if found.layers:
                _second_input(machine, address, place)
                return
            machine.store[address] = replace(
                found, layers=(item.call.layer,), inputs=item, tensors=(item,), outputs=item
            )
            return
    obj = machine.get(item)
    if not isinstance(item, Ref) or not isinstance(obj, (LayerObject, ModelObject)):
        _lose(machine, address, machine.why_unknown(item, place))
        return
    if isinstance(obj, LayerObject) and obj.path == INPUT_PATH:
        if found.layers:
            _second_input(machine, address, place)
            return
        tensor = TensorValue(obj.calls[0].outputs[0], obj.calls[0])
        machine.store[address] = replace(
            found, layers=(item.address,), inputs=tensor, tensors=(tensor,), outputs=tensor
        )
        return
    if _holds(machine, item.address, address):
        _lose(machine, address, machine.unknown("a model put into itself", place))
        return
    if machine.generation == "keras2" and item.address in found.layers:
        _lose(
            machine, address, machine.unknown("one layer twice in a Sequential of Keras 2", place)
        )
        return
    clash = _name_clash(machine, found, item.address)
    if not found.layers:
        _start(machine, address, item, place)
        found = model_at(machine, address)
    found = replace(found, layers=(*found.layers, item.address))
    if clash is not None and found.problem is None:
        found = replace(
            found,
            problem=machine.refused(duplicate_name(obj.name, "Sequential")),
            problem_layers=(clash, item.address),
        )
    machine.store[address] = found
    if found.tensors:
        output = call_on(machine, item, found.tensors[-1], place, trigger)
        if machine.generation == "keras2" and isinstance(output, TupleValue):
            _lose(machine, address, machine.unknown("a layer of several outputs", place))
            return
        found = model_at(machine, address)
        machine.store[address] = replace(found, tensors=(*found.tensors, output), outputs=output)


def _second_input(machine: Machine, address: int, place: cst.CSTNode) -> None:
    """Keras refuses an Input where there is one; it takes one behind other layers (3.15)."""
    found = model_at(machine, address)
    first = machine.get(Ref(found.layers[0]))
    second = isinstance(first, LayerObject) and first.path == INPUT_PATH
    reason = machine.unknown("a second Input" if second else INPUT_BEHIND, place)
    if machine.generation == "keras2":  # it takes one anywhere
        reason = machine.unknown("an Input behind other layers in Keras 2", place)
    elif second:
        problem = Problem(
            "value",
            "Sequential",
            "one Input",
            "a second one",
            hint="leave one of the two out",
            exceptions=("ValueError",),
        )
        machine.refuse(problem, "Sequential", place)
    _lose(machine, address, reason)


def _holds(machine: Machine, outer: int, inner: int) -> bool:
    """Whether ``outer`` is ``inner``, or has it somewhere inside."""
    seen: set[int] = set()
    pending = [outer]
    while pending:
        address = pending.pop()
        if address in seen:
            continue
        seen.add(address)
        machine.tick()
        obj = machine.store[address]
        if isinstance(obj, ModelObject):
            pending.extend(model_layers(machine, obj))
        elif isinstance(obj, LayerObject):
            pending.extend(obj.wrapped)
    return inner in seen


def _name_clash(machine: Machine, found: ModelObject, address: int) -> int | None:
    name, generated = name_of(machine, address)
    if generated:
        return None
    for other in found.layers:
        if other != address and name_of(machine, other) == (name, False):
            return other
    return None


def _start(machine: Machine, address: int, item: Ref, place: cst.CSTNode) -> None:
    """The InputLayer Keras puts first when the first layer says its input shape."""
    obj = machine.get(item)
    given: dict[str, Any] = {}
    if isinstance(obj, LayerObject):
        # Embedding's input_dim is its vocabulary
        own = parameter_names(obj.base or obj.path, machine.generation)
        dim = None if "input_dim" in own else obj.config.get("input_dim")
        shape = obj.config.get("input_shape")
        if dim is not None:
            given = {"shape": (dim,)}
        elif shape is not None:
            given = {"shape": shape}
        if machine.generation == "keras2":
            given = _given_in_keras_2(obj, given)
    elif isinstance(obj, ModelObject) and isinstance(obj.inputs, TensorValue):
        dims = obj.inputs.type.shape.dims
        if dims is not None:
            given = {"batch_shape": tuple(None if dim is FREE else dim for dim in dims)}
    if not given:
        return
    unknown = obj.unknown if isinstance(obj, LayerObject) else ()
    tensor = make_input(machine, input_config(given), place, unknown=unknown)
    found = model_at(machine, address)
    assert tensor.call.layer is not None
    machine.store[address] = replace(
        found, layers=(tensor.call.layer,), inputs=tensor, tensors=(tensor,), outputs=tensor
    )


_RECURRENT = tuple(f"keras.layers.{name}" for name in ("GRU", "LSTM", "RNN", "SimpleRNN"))
"""Layers whose ``input_dim`` counts the features of one step in Keras 2."""


def _given_in_keras_2(layer: LayerObject, given: dict[str, Any]) -> dict[str, Any]:
    """The input shape in further arguments of Keras 2; an Embedding there always has one."""
    batch_shape = layer.config.get("batch_input_shape")
    if batch_shape is not None:
        return {"batch_shape": batch_shape}
    if set(given) == {"shape"} and layer.path in _RECURRENT and "input_dim" in layer.config:
        given["shape"] = (layer.config.get("input_length"), layer.config["input_dim"])
    if not given and layer.path == "keras.layers.Embedding":
        length = layer.config.get("input_length")
        given = {"shape": length if isinstance(length, (tuple, list)) else (length,)}
    if given and layer.config.get("batch_size") is not None:
        given["batch_size"] = layer.config["batch_size"]
    return given


def pop_layer(machine: Machine, address: int) -> Value:
    """``Sequential.pop()``: the last layer goes, the output is the one before."""
    found = model_at(machine, address)
    if found.lost:
        return found.lost[0]
    if not found.layers:
        return UnknownValue("pop from an empty model")
    last = found.layers[-1]
    tensors = found.tensors[:-1] if found.tensors else ()
    problem = None if last in found.problem_layers else found.problem
    machine.store[address] = replace(
        found,
        layers=found.layers[:-1],
        tensors=tensors,
        outputs=tensors[-1] if tensors else None,
        problem=problem,
        problem_layers=found.problem_layers if problem else (),
    )
    _count_rebuild(machine, address)
    if machine.generation == "keras2" and len(found.layers) == 2 and found.inputs is not None:
        _lose(machine, address, UnknownValue("a Sequential popped to its Input in Keras 2"))
    return Ref(last)
