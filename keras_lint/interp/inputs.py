"""``keras.Input`` and InputLayers: where tensors come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import libcst as cst

from keras_lint.interp.configs import argument_sites, bound_config, unknown_arguments
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.store import INPUT_PATH, LayerObject
from keras_lint.interp.values import (
    Args,
    ArrayValue,
    CallRecord,
    Const,
    Ref,
    Site,
    TensorValue,
    UnknownValue,
    Value,
    to_dim,
)
from keras_lint.keras_api.base import Config, kind_of
from keras_lint.keras_api.layers.core import InputLayer
from keras_lint.keras_api.signatures import bind
from keras_lint.model.dims import FREE, UNKNOWN
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape, TensorType
from keras_lint.source.literals import is_literal


def shape_of(machine: Machine, value: Value) -> Shape:
    """A Python shape argument, ``(28, 28, 1)``, as a Shape; of unknown rank if it is not known."""
    items = machine.items(value)
    if items is None or isinstance(value, Const):
        return UNKNOWN_SHAPE
    return Shape(tuple(to_dim(item) for item in items))


def make_input(
    machine: Machine,
    config: Config,
    node: cst.CSTNode,
    arguments: tuple[tuple[str, Site], ...] = (),
    unknown: tuple[UnknownValue, ...] = (),
) -> TensorValue:
    """An InputLayer and its tensor, for bound constructor arguments.

    A shape that Keras refuses is a problem of the InputLayer's own call.
    """
    kind = kind_of(INPUT_PATH, machine.generation)
    assert isinstance(kind, InputLayer)
    made = TensorType(UNKNOWN_SHAPE, None)
    problem: Problem | None = None
    try:
        made = kind.made(config)
    except Mismatch as mismatch:
        problem = machine.refused(mismatch.problem)
    except Lost:
        pass
    name = config.get("name")
    explicit = isinstance(name, str)
    site = machine.site(node)
    layer = LayerObject(
        path=INPUT_PATH,
        kind=kind,
        config=Config({"batch_shape": _plain_shape(made.shape), "dtype": made.dtype}),
        name=name if isinstance(name, str) else _generated(machine),
        generated_name=not explicit,
        site=site,
        arguments=arguments,
        unknown=unknown,
        built=[],
    )
    address = machine.new(layer)
    record = CallRecord(
        layer=address,
        inputs=[],
        input_types=[],
        extra=(),
        outputs=(made,),
        site=site,
        problem=problem,
    )
    machine.records.append(record)
    machine.store[address] = replace(layer, calls=(record,))
    return TensorValue(made, record)


def _generated(machine: Machine) -> str:
    if machine.generation == "keras3":
        return machine.next_name("input_layer")
    machine.next_name("input")
    return f"input_{machine.name_counts['input']}"


def input_config(given: Mapping[str, Any]) -> Config:
    """A complete configuration of an InputLayer from the arguments given."""
    return Config(bind(INPUT_PATH, (), given))


def _plain_shape(shape: Shape) -> Any:
    if shape.dims is None:
        return UNKNOWN
    return tuple(None if dim is FREE else dim for dim in shape.dims)


def _from_call(
    machine: Machine, path: str, args: Args, node: cst.CSTNode
) -> TensorValue | UnknownValue:
    if args.incomplete is not None:
        return args.incomplete
    try:
        config = bound_config(machine, path, args, [])
    except Mismatch as mismatch:
        return machine.refuse(mismatch.problem, f"{path.rpartition('.')[2]}(...)", node)
    if machine.supposing and _has_default_for_shape(args, config):
        return machine.unknown(f"{path.rpartition('.')[2]}(...) of a shape that callers give", node)
    sites = argument_sites(machine, path, args)
    return make_input(machine, config, node, sites, unknown_arguments(machine, args))


def _has_default_for_shape(args: Args, config: Config) -> bool:
    """Whether the shape is the None that a parameter stands for until somebody calls."""
    if config.get("shape") is not None or config.get("batch_shape") is not None:
        return False
    given = [node for name, node in args.nodes if name in ("0", "shape", "batch_shape")]
    return any(not is_literal(node) for node in given)


def _around(
    machine: Machine, tensor: Value, name: str, argument: str, node: cst.CSTNode
) -> UnknownValue:
    """An Input around a tensor that there is: Keras 3 takes none but its own symbolic ones.

    Such a tensor is from then on the output of the new InputLayer wherever it is used, so that
    no model around it counts as followed.
    """
    if isinstance(tensor, ArrayValue):
        problem = Problem(
            *("value", name, "a symbolic tensor of Keras", "an array or a tensor of numbers"),
            argument=argument,
        )
        return machine.refuse(problem, f"{name}(...)", node)
    reason = machine.unknown("an Input around a tensor", node)
    if isinstance(tensor, TensorValue):
        machine.absent.append(reason)
    return reason


@external("keras.Input")
def input_function(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``keras.Input(shape=...)``: the tensor of a new InputLayer."""
    tensor = args.keyword("tensor")
    if tensor is not None and tensor != Const(None):
        return _around(machine, tensor, "Input", "tensor", node)
    return _from_call(machine, "keras.Input", args, node)


@external(INPUT_PATH)
def input_layer(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``InputLayer(shape=...)``: the layer itself."""
    tensor = args.keyword("input_tensor")
    if tensor is not None and tensor != Const(None):
        return _around(machine, tensor, "InputLayer", "input_tensor", node)
    made = _from_call(machine, INPUT_PATH, args, node)
    if isinstance(made, UnknownValue) or made.call.layer is None:
        return made
    return Ref(made.call.layer)
