"""Instances of subclassed Keras layers and models: calling them, and the methods they inherit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import libcst as cst

from keras_lint.interp.attributes import class_member
from keras_lint.interp.configs import to_config
from keras_lint.interp.given_arguments import FILES
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.layers import apply_layer
from keras_lint.interp.machine import Machine
from keras_lint.interp.methods import call_model_method
from keras_lint.interp.model_calls import call_model
from keras_lint.interp.refusals import layer_among, not_called
from keras_lint.interp.sparse import may_be_sparse
from keras_lint.interp.store import InstanceObject, LayerObject, ModelObject
from keras_lint.interp.symbolic import is_symbolic
from keras_lint.interp.tensors import NestedTensor, has_tensor, leaves, tensors_of, types_of
from keras_lint.interp.tracing import train_own
from keras_lint.interp.training import note_file
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    FunctionValue,
    ObjectValue,
    Ref,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import Weights
from keras_lint.keras_api.names import lookup
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import UNKNOWN_SHAPE, TensorType


def call_custom(
    machine: Machine,
    ref: Ref,
    args: Args,
    node: cst.CSTNode,
    trigger: cst.CSTNode | None = None,
) -> Value:
    """A subclassed layer or model called on symbolic tensors."""
    instance = machine.get_as(ref, InstanceObject)
    assert instance is not None
    assert instance.layer is not None
    if isinstance(machine.store[instance.layer], ModelObject):
        if class_member(machine, instance.cls, "call", node) is not None:
            return machine.unknown(f"{instance.cls.name} has a call beside its outputs", node)
        return call_model(machine, Ref(instance.layer), args, node, trigger)
    names = _call_parameters(machine, instance, node)
    bound: dict[str, Value] = dict(zip(names, args.positional, strict=False))
    bound.update(args.keywords)
    if args.incomplete is not None or not bound:
        return args.incomplete or machine.unknown("a layer called without an input", node)
    first = bound.pop(names[0] if names and names[0] in bound else next(iter(bound)))
    standing = layer_among(machine, first)
    if standing is not None and machine.generation != "keras2":
        called_on_layer = not_called(instance.cls.name, standing, "inputs")
        return machine.refuse(called_on_layer, f"the call of {instance.cls.name}", node)
    inputs = tensors_of(machine, first, node)
    if not has_tensor(inputs):
        unknown = next((x for x in leaves(inputs) if isinstance(x, UnknownValue)), None)
        return unknown or machine.unknown("a layer called on nothing", node)
    problem = _refused_arguments(machine, instance, args, node)
    if problem is not None:
        return machine.refuse(problem, f"the call of {instance.cls.name}", node)
    extra: dict[str, NestedTensor] = {}
    plain: dict[str, Any] = {}
    for name, value in bound.items():
        nested = tensors_of(machine, value, node)
        if has_tensor(nested):
            extra[name] = nested
            plain[name] = types_of(nested)
        else:
            plain[name] = to_config(machine, value, name, [])
    _lose_sparse(machine, instance.layer, [inputs, *extra.values()], node)
    on_data = not machine.inside_layer and not any(is_symbolic(machine, x) for x in leaves(inputs))
    machine.on_data += on_data
    try:
        return apply_layer(machine, instance.layer, inputs, extra, plain, node, trigger)
    finally:
        machine.on_data -= on_data


def _lose_sparse(
    machine: Machine, address: int, given: list[NestedTensor], node: cst.CSTNode
) -> None:
    """A layer called on what Keras takes for sparse is not followed: mostly that fails."""
    if machine.generation == "keras2" or machine.inside_layer:
        return
    tensors = (leaf for one in given for leaf in leaves(one) if isinstance(leaf, TensorValue))
    if any(may_be_sparse(machine, tensor) for tensor in tensors):
        layer = machine.layer(address)
        why = f"{layer.cls} called on a tensor times a number, which Keras 3 takes for sparse"
        machine.store[address] = replace(layer, lost=machine.unknown(why, node))


def _not_by_position(cls: str, names: Sequence[str], args: Args) -> Problem | None:
    """Why a call does not take its further arguments by position; None if it takes them.

    Keras 3.15 takes nothing but tensors and None there, and adds ``training`` by name itself.
    """
    for index, value in enumerate(args.positional[1:], start=1):
        name = names[index] if index < len(names) else ""
        if isinstance(value, Const) and value.value is not None:
            actual, exception = f"{value.value!r} by position", "ValueError"
        elif name == "training" and isinstance(value, TensorValue):
            actual, exception = "training by position", "TypeError"
        else:
            continue
        hint = f"write {name}=..." if name else "pass it by name"
        return Problem(
            "signature", cls, "only tensors by position", actual, hint=hint, exceptions=(exception,)
        )
    return None


def _refused_arguments(
    machine: Machine, instance: InstanceObject, args: Args, node: cst.CSTNode
) -> Problem | None:
    """Why a layer's own ``call`` does not take these arguments; ``training`` Keras takes itself."""
    method = class_member(machine, instance.cls, "call", node)
    if not isinstance(method, FunctionValue):
        return None
    params = method.node.params
    names = [p.name.value for p in (*params.posonly_params, *params.params)][1:]
    own_call = class_member(machine, instance.cls, "__call__", node)
    if machine.generation != "keras2" and not isinstance(own_call, FunctionValue):
        by_position = _not_by_position(instance.cls.name, names, args)
        if by_position is not None:
            return by_position
    if method.decorators:
        return None
    known = {*names, *(p.name.value for p in params.kwonly_params), "training"}
    takes = ", ".join(f"'{name}'" for name in names) or "nothing"
    expected, hint = f"{takes}", "change call, or what is passed"
    given = {name for name, _ in args.keywords}
    actual = ""
    if len(args.positional) > len(names) and not isinstance(params.star_arg, cst.Param):
        actual = f"{len(args.positional)} arguments by position"
        hint = "pass several tensors as one list, or give call more parameters"
    elif params.star_kwarg is None and given - known:
        actual = f"'{sorted(given - known)[0]}' too"
    else:
        bound = {*names[: len(args.positional)], *given}
        required = [*names, *(p.name.value for p in params.kwonly_params)]
        missing = [name for name in required if name not in bound | set(method.defaults)]
        actual = f"no '{missing[0]}'" if missing else ""
    if not actual:
        return None
    return Problem(
        "signature", instance.cls.name, expected, actual, hint=hint, exceptions=("TypeError",)
    )


def _call_parameters(machine: Machine, instance: InstanceObject, node: cst.CSTNode) -> list[str]:
    method = class_member(machine, instance.cls, "call", node)
    if isinstance(method, FunctionValue):
        params = method.node.params
        names = [p.name.value for p in (*params.posonly_params, *params.params)][1:]
        if names:
            return names
    assert instance.layer is not None
    layer = machine.store[instance.layer]
    found = (
        lookup(layer.base, machine.generation)
        if isinstance(layer, LayerObject) and layer.base
        else None
    )
    return [p.name for p in found.call_params or ()] if found is not None else []


def mark_built(machine: Machine, ref: Ref) -> None:
    """``layer.build(...)`` written out: Keras does not build that layer again at its call."""
    found = machine.get_as(ref, InstanceObject)
    if found is not None and found.layer is not None:
        machine.store[ref.address] = replace(found, built=True)


_NO_RESULT = frozenset({"add_loss", "add_metric", "build", "compile", "summary"})


def build_library_base(machine: Machine, receiver: Value, args: Args) -> None:
    """``super().build(input_shape)`` that ends in a concrete layer class: its weights are made."""
    found = machine.get_as(receiver, InstanceObject)
    if not isinstance(receiver, Ref) or found is None or found.layer is None:
        return
    layer = machine.store[found.layer]
    if isinstance(layer, LayerObject) and layer.base:
        shape = shape_of(machine, args.argument(0, "input_shape") or NONE)
        machine.store[receiver.address] = replace(found, base_built=TensorType(shape))


def library_method(
    machine: Machine,
    ref: Ref,
    found: InstanceObject,
    name: str,
    args: Args,
    node: cst.CSTNode,
) -> Value:
    """A method that an instance inherits from ``Layer`` or ``Model``.

    The inherited ``build`` only marks the layer as built (Keras 3.15 warns and builds nothing).
    """
    if found.layer is None:
        return machine.unknown(f"the method '{name}' of a {found.cls.name}", node)
    if isinstance(machine.store[found.layer], ModelObject):
        return call_model_method(machine, Ref(found.layer), name, args, node)
    if name == "add_weight":
        return _add_weight(machine, ref, found, args, node)
    layer = machine.store[found.layer]
    if name == "build" and isinstance(layer, LayerObject) and layer.base:
        mark_built(machine, ref)
        build_library_base(machine, ref, args)
    outputs = train_own(machine, ref, found, name, args, node)
    if name in FILES:
        note_file(machine, ref.address, name, args, node)
    if name in _NO_RESULT or name in FILES:
        return NONE
    if name in ("fit", "evaluate"):
        return ObjectValue("keras.callbacks.History")
    return outputs or machine.unknown(f"what .{name}() gives is not known", node)


def _add_weight(
    machine: Machine, ref: Ref, found: InstanceObject, args: Args, node: cst.CSTNode
) -> Value:
    """``self.add_weight(shape=...)``: a variable of that shape, which has no open axis."""
    given = args.argument(0, "shape")
    if isinstance(given, Const) and isinstance(given.value, str):  # Keras 2: the name comes first
        given = args.argument(1, "shape")
    if (
        isinstance(given, Const)
        and isinstance(given.value, (int, float))
        and machine.generation != "keras2"
    ):
        problem = Problem(
            "value",
            found.cls.name,
            "a tuple as the shape of a weight",
            repr(given.value),
            argument="shape",
            hint=f"write shape=({given.value!r},)",
        )
        return machine.refuse(problem, "a weight", node)
    shape = shape_of(machine, given) if given is not None else None
    if given is not None and machine.generation != "keras2" and _has_shapes(machine, given):
        problem = Problem(
            "structure",
            found.cls.name,
            "one tensor",
            "several: no shape of a weight can be made of a list of shapes",
            hint="pass one tensor, or build the weight from the shape of one of them",
        )
        return machine.refuse(problem, "a weight", node)
    trainable = machine.truth(args.keyword("trainable") or Const(True))
    if shape is not None and FREE in (shape.dims or ()):
        problem = Problem("undefined", found.cls.name, "a shape of known lengths", str(shape))
        return machine.refuse(problem, "a weight", node)
    count: Dim = 1
    if shape is not None:
        for dim in shape.dims if shape.dims is not None else (UNKNOWN,):
            count = count * dim
    made = Weights(UNKNOWN, UNKNOWN)
    if trainable is not None:
        made = Weights(count, 0) if trainable else Weights(0, count)
    machine.store[ref.address] = replace(found, variables=(*found.variables, made))
    return ArrayValue(UNKNOWN_SHAPE if shape is None else shape, "float32")


def _has_shapes(machine: Machine, given: Value) -> bool:
    """Whether among the lengths of a shape there is a shape, as when several tensors are passed."""
    return any(
        isinstance(item, TupleValue) and machine.items(item) is not None
        for item in machine.items(given) or ()
    )
