"""Keras layers: constructing them, and calling them on symbolic tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import libcst as cst

from keras_lint.interp.arrays import numbers_of
from keras_lint.interp.configs import (
    argument_sites,
    bound_config,
    is_certain,
    to_config,
    unknown_arguments,
)
from keras_lint.interp.lambdas import LAMBDA_PATH, lambda_outputs
from keras_lint.interp.machine import Machine
from keras_lint.interp.masks import handed_masks
from keras_lint.interp.refusals import layer_among, not_called
from keras_lint.interp.store import DictObject, LayerObject, ListObject, class_name, snake_case
from keras_lint.interp.tensors import (
    UNKNOWN_TYPE,
    NestedTensor,
    has_tensor,
    leaves,
    may_hide_tensors,
    tensors_of,
    types_of,
    wrap_outputs,
)
from keras_lint.interp.values import (
    VALUE_TYPES,
    Args,
    ArrayValue,
    CallRecord,
    Const,
    Ref,
    Site,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import Config, LayerKind, kind_of
from keras_lint.keras_api.layers.core import check_input_shape
from keras_lint.keras_api.moves import layer_arguments_of_keras_1
from keras_lint.keras_api.named_arguments import check_strings
from keras_lint.keras_api.names import Generation, lookup, lookup_any, lookup_for
from keras_lint.keras_api.refused_values import check_values
from keras_lint.keras_api.signatures import bind_call
from keras_lint.model.data import UNKNOWN_NUMBERS
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Nested, TensorType, flatten

_MADE_WHEN_BUILT = dict.fromkeys(
    ("GroupedQueryAttention", "MultiHeadAttention"), ("softmax", "dropout")
)
"""Layers that make nameless layers of their own when built, which moves later names on."""


def is_layer_class(path: str) -> bool:
    """Whether a canonical name is a layer class of Keras 3 or 2 (models not counted)."""
    found = lookup_any(path)
    return (
        found is not None
        and found.kind == "class"
        and "Layer" in found.bases
        and "Model" not in found.bases
    )


def configured(
    machine: Machine, path: str, args: Args, node: cst.CSTNode
) -> tuple[Config, tuple[int, ...]] | UnknownValue:
    """The arguments of a layer class bound, and the layers among them; unknown if refused."""
    if args.incomplete is not None:
        return args.incomplete
    wrapped: list[int] = []
    kind = kind_of(path, machine.generation)
    try:
        config = bound_config(machine, path, args, wrapped)
    except Mismatch as mismatch:
        return _refused_argument(machine, path, args, mismatch, node)
    try:
        if kind is not None:
            kind.check_config(config)
        if not names_are_open(machine):
            check_strings(class_name(path, kind), config)
        if machine.generation == "keras3":
            check_values(path, config, "init")
        elif kind is not None and is_layer_class(path):
            check_input_shape(kind, config)
    except Mismatch as mismatch:
        return _refused_argument(machine, path, args, mismatch, node)
    except Lost:
        pass
    return config, tuple(wrapped)


def names_are_open(machine: Machine) -> bool:
    """Whether the program may give names of its own to activations and their like."""
    return any(source.has("custom_object") for source in machine.sources)


def _refused_argument(
    machine: Machine, path: str, args: Args, mismatch: Mismatch, node: cst.CSTNode
) -> UnknownValue:
    cls = path.rpartition(".")[2]
    if not is_certain(machine, path, args, mismatch.problem):
        return machine.unknown(f"{cls}(...) with an argument that nobody passes", node)
    unknown = machine.generation == "keras2" and mismatch.problem.kind != "value"
    public = lookup(path, "keras2") if unknown else None
    if public is not None and mismatch.problem.argument in layer_arguments_of_keras_1(public):
        argument = mismatch.problem.argument
        return machine.unknown(f"{cls}({argument}=), which only early versions took", node)
    return machine.refuse(mismatch.problem, f"{cls}(...)", node)


def construct_layer(machine: Machine, path: str, args: Args, node: cst.CSTNode) -> Value:
    """``Dense(32, ...)``: a new layer object.

    Arguments Keras refuses make the result unknown, with Keras's complaint as the reason.
    """
    made = configured(machine, path, args, node)
    if isinstance(made, UnknownValue):
        return made
    config, wrapped = made
    kind = kind_of(path, machine.generation)
    name = config.get("name")
    generated = name is None
    address = machine.new(
        LayerObject(
            path=path,
            kind=kind,
            config=config,
            name=_generated(machine, path, kind) if name is None else str(name),
            generated_name=generated or not isinstance(name, str),
            site=machine.site(node),
            wrapped=wrapped,
            arguments=argument_sites(machine, path, args),
            trainable=bool(config.get("trainable", True)),
            unknown=unknown_arguments(machine, args),
            function=args.argument(0, "function") if path == LAMBDA_PATH else None,
        )
    )
    machine.layers.append(address)
    return Ref(address)


def _generated(machine: Machine, path: str, kind: LayerKind | None) -> str:
    return machine.next_name(snake_case(class_name(path, kind)))


_TENSOR_ARGUMENTS = frozenset(("initial_state", "key", "value"))
"""Further arguments of layer calls that take tensors.

As initial state Keras 3.15 takes layers without a word while symbolic, but not beside tensors.
"""


def call_layer(
    machine: Machine,
    ref: Ref,
    args: Args,
    node: cst.CSTNode,
    trigger: cst.CSTNode | None = None,
) -> Value:
    """A layer called on tensors: one call of the graph, its problem if Keras will refuse it."""
    layer = machine.layer(ref.address)
    if args.incomplete is not None:
        return args.incomplete
    try:
        given = dict(args.keywords)
        bound = bind_call(layer.path, args.positional, given, machine.generation)
    except Mismatch as mismatch:
        return machine.refuse(mismatch.problem, f"the call of {layer.cls}", node)
    if not bound:
        return machine.unknown(f"{layer.cls} called without an input", node)
    first = _first_parameter(layer.path, machine.generation) or next(iter(bound))
    passed = _as_value(bound.get(first, Const(None)))
    if passed is None:
        return machine.unknown(f"{layer.cls} called without an input", node)
    standing = layer_among(machine, passed)
    if standing is not None:
        problem = not_called(layer.cls, standing, "inputs")
        return machine.refuse(problem, f"the call of {layer.cls}", node)
    inputs = tensors_of(machine, passed, node)
    extra: dict[str, NestedTensor] = {}
    plain: dict[str, Any] = {}
    for name, argument in bound.items():
        if name == first:
            continue
        value = _as_value(argument)
        if value is None:
            plain[name] = argument
            continue
        nested = tensors_of(machine, value, node) if _may_hold_tensor(machine, value) else None
        standing = layer_among(machine, value) if name in _TENSOR_ARGUMENTS else None
        mixed = nested is not None and has_tensor(nested)
        if standing is not None and (mixed or name != "initial_state"):
            problem = not_called(layer.cls, standing, name)
            return machine.refuse(problem, f"the call of {layer.cls}", node)
        if nested is not None and has_tensor(nested):
            extra[name] = nested
            plain[name] = types_of(nested)
        else:
            plain[name] = to_config(machine, value, name, [])
    if not has_tensor(inputs) and not extra:
        unknown = next((x for x in leaves(inputs) if isinstance(x, UnknownValue)), None)
        if unknown is None:
            return machine.unknown(f"{layer.cls} called on nothing", node)
        if isinstance(passed, ArrayValue):
            return _on_data(machine, layer, passed) or unknown
    return apply_layer(machine, ref.address, inputs, extra, plain, node, trigger)


def _on_data(machine: Machine, layer: LayerObject, data: ArrayValue) -> Value | None:
    """What a layer without weights makes of data; the graph of no model holds this call."""
    if layer.kind is None or layer.lost is not None or data.shape.dims is None:
        return None
    given = TensorType(data.shape)
    try:
        output = layer.kind.call(layer.config, given)
        weights = layer.kind.parameters(layer.config, given)
    except (Lost, Mismatch):
        return None
    if weights.total != 0 or not isinstance(output, TensorType):
        return None
    scale, offset = layer.config.get("scale"), layer.config.get("offset")
    numbers = UNKNOWN_NUMBERS
    if layer.cls == "Rescaling" and isinstance(scale, float) and isinstance(offset, (int, float)):
        numbers = numbers_of(machine, data).computed("*", scale).computed("+", offset)
    return ArrayValue(output.shape, output.dtype, None, numbers)


def _as_value(given: object) -> Value | None:
    """A bound argument if it was passed; None for a default of the signature."""
    return cast(Value, given) if isinstance(given, VALUE_TYPES) else None


def _first_parameter(path: str, generation: Generation) -> str | None:
    found = lookup_for(path, generation)
    params = found.call_params if found is not None else None
    return params[0].name if params else None


def _may_hold_tensor(machine: Machine, value: Value) -> bool:
    return isinstance(value, (TensorValue, TupleValue)) or isinstance(
        machine.get(value), (ListObject, DictObject)
    )


def apply_layer(
    machine: Machine,
    address: int,
    inputs: NestedTensor,
    extra: Mapping[str, NestedTensor],
    plain: Mapping[str, Any],
    node: cst.CSTNode,
    trigger: cst.CSTNode | None = None,
    at: Site | None = None,
) -> Value:
    """Record one call and give its outputs; ``at`` is its place if that is not ``node``."""
    layer = machine.layer(address)
    input_types = types_of(inputs)
    outputs: Nested[TensorType] = UNKNOWN_TYPE
    problem: Problem | None = None
    lost = ""
    built = layer.built
    if layer.kind is not None and layer.lost is None:
        given = plain
        if layer.kind.call_parameters and machine.generation == "keras3":
            names = layer.kind.call_parameters
            given = {**plain, **handed_masks(machine, names, inputs, extra, plain)}
        try:
            if built is None and machine.generation == "keras3":
                check_values(layer.path, layer.config, "call")
            if layer.path == LAMBDA_PATH and layer.function is not None:
                outputs = lambda_outputs(machine, layer, inputs, plain, node)
            elif built is not None:
                traced = machine.inside_layer and machine.generation == "keras3"
                again = layer.kind.call_again_inside if traced else layer.kind.call_again
                outputs = again(layer.config, built, input_types, given)
            else:
                outputs = layer.kind.call(layer.config, input_types, given)
            if built is None:
                built = layer.kind.build_inputs(input_types, plain)
        except Mismatch as mismatch:
            hidden = may_hide_tensors(inputs)
            if mismatch.problem.kind == "rank" and _wraps_what_is_built(machine, layer):
                lost = "a wrapper around a layer that is built already, which Keras does not build"
            elif machine.generation == "keras2" and built is not None and layer.cls != "Dense":
                lost = "a later call in Keras 2, which does not look at its inputs then"
            elif not (hidden and mismatch.problem.root.kind == "structure"):
                problem = machine.refused(mismatch.problem)
        except Lost as loss:
            lost = loss.reason
            if built is None:
                built = layer.kind.build_inputs(input_types, plain)
    if layer.built is None and built is not None:
        for base in _MADE_WHEN_BUILT.get(layer.cls, ()):
            machine.next_name(base)
    record = CallRecord(
        layer=address,
        inputs=inputs,
        input_types=input_types,
        extra=tuple(extra.items()),
        outputs=tuple(flatten(outputs)),
        site=machine.site(node if at is None else at),
        trigger=None if trigger is None else machine.site(trigger),
        problem=problem,
        extra_types=tuple(plain.items()),
        lost=lost,
    )
    machine.store[address] = replace(layer, built=built, calls=(*layer.calls, record))
    machine.records.append(record)
    return wrap_outputs(machine, record, outputs)


def _wraps_what_is_built(machine: Machine, layer: LayerObject) -> bool:
    """Whether a layer inside was called before, alone or in another wrapper.

    Keras 3.15 looks at its inputs when it builds it, as RNN with a cell of two.
    """
    if not layer.wrapped or layer.built is not None:
        return False
    for address in machine.layers:
        other = machine.store.get(address)
        if not isinstance(other, LayerObject) or other.built is None:
            continue
        if address in layer.wrapped or not set(other.wrapped).isdisjoint(layer.wrapped):
            return True
    return False
