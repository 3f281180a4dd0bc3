"""Calling models like layers, and building a Sequential on its first call."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from keras_lint.interp.functional import model_at
from keras_lint.interp.given_back import given_back
from keras_lint.interp.inputs import input_config, make_input
from keras_lint.interp.layers import apply_layer
from keras_lint.interp.machine import Machine
from keras_lint.interp.nested import ModelKind
from keras_lint.interp.store import INPUT_BEHIND, LayerObject, ModelObject
from keras_lint.interp.tensors import (
    UNKNOWN_TYPE,
    NestedTensor,
    leaves,
    may_hide_tensors,
    tensors_of,
    types_of,
    wrap_outputs,
)
from keras_lint.interp.values import (
    Args,
    ArrayValue,
    CallRecord,
    Ref,
    Site,
    TensorValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import Config
from keras_lint.model.data import ArraySpec, DataSpec
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import (
    UNKNOWN_SHAPE,
    Nested,
    Shape,
    TensorType,
    flatten,
    map_nested,
)


def call_model(
    machine: Machine,
    ref: Ref,
    args: Args,
    node: cst.CSTNode,
    trigger: cst.CSTNode | None = None,
    at: Site | None = None,
) -> Value:
    """``model(x)``: one call of the model as a layer; ``at`` as for :func:`apply_layer`."""
    found = model_at(machine, ref.address)
    value = args.argument(0, "inputs")
    if value is None or args.incomplete is not None:
        return args.incomplete or machine.unknown("a model called without inputs", node)
    if isinstance(value, ArrayValue):
        return _call_on_data(machine, ref.address, value, node)
    inputs: NestedTensor = tensors_of(machine, value, node)
    if may_hide_tensors(inputs):
        _built_on_unknown(machine, ref.address, node)
        found = model_at(machine, ref.address)
    if not any(isinstance(leaf, TensorValue) for leaf in leaves(inputs)):
        return next(
            (leaf for leaf in leaves(inputs) if isinstance(leaf, UnknownValue)),
            machine.unknown("a model called on data", node),
        )
    types = types_of(inputs)
    outputs: Nested[TensorType] = UNKNOWN_TYPE
    problem: Problem | None = None
    refused = _input_behind(found)
    if refused is not None and machine.generation != "keras2":
        return machine.refuse(refused, f"the call of {found.name}", node)
    if found.kind == "sequential" and not found.tensors and isinstance(types, TensorType):
        build_model(machine, ref.address, types.shape, node)
        found = model_at(machine, ref.address)
    try:
        _check_bare(machine, found, types)
        outputs = ModelKind(machine, ref.address).call(Config({}), types)
    except Mismatch as mismatch:
        decided = machine.generation == "keras3"  # in Keras 2 the layers inside decide
        hidden = may_hide_tensors(inputs) and mismatch.problem.root.kind == "structure"
        if decided and not hidden:
            problem = machine.refused(mismatch.problem)
    except Lost:
        outputs = _unknown_outputs(machine, found)
    record = CallRecord(
        layer=ref.address,
        inputs=inputs,
        input_types=types,
        extra=(),
        outputs=tuple(flatten(outputs)),
        site=machine.site(node if at is None else at),
        trigger=None if trigger is None else machine.site(trigger),
        problem=problem,
    )
    machine.records.append(record)
    machine.given_back += given_back(machine, found, inputs)
    now = model_at(machine, ref.address)
    machine.store[ref.address] = replace(now, calls=(*now.calls, record))
    return wrap_outputs(machine, record, outputs)


def _input_behind(found: ModelObject) -> Problem | None:
    """Why Keras cannot build a Sequential: it takes an Input behind layers, and calls it (3.15)."""
    if not found.has_input_behind:
        return None
    return Problem(
        "value",
        "Sequential",
        "its Input first",
        INPUT_BEHIND,
        argument="layers",
        hint="put the Input at the head of the list",
        exceptions=("ValueError",),
    )


def _check_bare(machine: Machine, found: ModelObject, types: Nested[TensorType]) -> None:
    """A Sequential of nothing but an Input is built by its call, on that very shape (Keras 3.15).

    Raises:
        Mismatch: it is called on another one, its batch axis included.
        Lost: it may be, or it was called before.
    """
    if found.kind != "sequential" or len(found.tensors) != 1 or machine.generation == "keras2":
        return
    (own,) = found.tensors
    if not isinstance(own, TensorValue) or not isinstance(types, TensorType):
        return
    mine, given = own.type.shape, types.shape
    if mine.is_complete and mine == given:
        return
    if not (mine.is_complete and given.is_complete) or found.calls:
        raise Lost("a Sequential of an Input alone")
    expected = f"the shape {mine} of its Input, for it has no layers"
    raise Mismatch(Problem("axis", "Sequential", expected, str(given), (types,)))


def _unknown_outputs(machine: Machine, found: ModelObject) -> Nested[TensorType]:
    """Outputs of unknown shapes in the structure that the model was given."""
    if found.outputs is None or isinstance(found.outputs, UnknownValue):
        return UNKNOWN_TYPE

    def unknown(_: object) -> TensorType:
        return UNKNOWN_TYPE

    outputs: Nested[TensorType] = map_nested(
        unknown, tensors_of(machine, found.outputs, found.site)
    )
    return outputs


def _call_on_data(machine: Machine, address: int, data: ArrayValue, node: cst.CSTNode) -> Value:
    """``model(array)``: builds a Sequential without an Input, batch size included; an array.

    What Keras makes of data that does not fit is not said here.
    """
    if data.shape.is_complete:
        build_model(machine, address, data.shape, node)
        try:
            given = TensorType(data.shape, "float32")
            outputs = ModelKind(machine, address).call(Config({}), given)
        except (Lost, Mismatch):
            return ArrayValue(UNKNOWN_SHAPE)
        if isinstance(outputs, TensorType):
            return ArrayValue(outputs.shape)
    return machine.unknown("a model called on data", node)


def call_on(
    machine: Machine,
    callee: Ref,
    inputs: Value,
    place: cst.CSTNode,
    trigger: cst.CSTNode,
    at: Site | None = None,
) -> Value:
    """One layer or model of a Sequential called on the output so far."""
    obj = machine.get(callee)
    nested = tensors_of(machine, inputs, place)
    if isinstance(obj, ModelObject):
        return call_model(machine, callee, Args((inputs,)), place, trigger, at)
    return apply_layer(machine, callee.address, nested, {}, {}, place, trigger, at)


def build_on_data(
    machine: Machine, address: int, method: str, data: DataSpec, node: cst.CSTNode
) -> None:
    """Build a Sequential without an Input on what a training call gives it."""
    spec = data.x
    if not isinstance(spec, ArraySpec) or not spec.shape.dims or len(spec.shape.dims) < 2:
        return
    batch = _batch_axis(method, data, spec.shape.dims)
    if batch is not None:
        build_model(machine, address, spec.shape.with_axis(0, batch), node)


def _batch_axis(method: str, data: DataSpec, dims: tuple[Dim, ...]) -> Dim | None:
    """The batch axis of the model that data build; None where that is not known.

    Seen in Keras 3.15: ``fit`` and ``evaluate`` leave it open, but for a dataset that says the size
    of its batches; ``predict`` takes the length of the first batch, and the methods for one batch
    the number of samples.
    """
    if method.endswith("on_batch"):
        return dims[0]
    if method != "predict":
        if data.kind != "dataset":
            return FREE
        return None if dims[0] is UNKNOWN else dims[0]
    if FREE in dims[1:]:
        return None  # the first batch has some length there
    size = data.batch_size
    count = dims[0]
    if data.kind == "arrays":
        return min(count, size) if isinstance(count, int) and isinstance(size, int) else None
    if isinstance(count, int):
        return count
    several = data.endless or (isinstance(data.batches, int) and data.batches > 1)
    return size if data.kind == "dataset" and several and isinstance(size, int) else None


_ON_UNKNOWN = "a Sequential built on a tensor of a shape that is not known"


def _built_on_unknown(machine: Machine, address: int, node: cst.CSTNode) -> None:
    """Keras builds a Sequential at its first call, for what it is called on."""
    found = model_at(machine, address)
    if found.kind == "sequential" and not found.tensors and found.layers:
        lost = (*found.lost, machine.unknown(_ON_UNKNOWN, node))
        machine.store[address] = replace(found, lost=lost)


def build_model(
    machine: Machine,
    address: int,
    shape: Shape,
    node: cst.CSTNode,
    arguments: tuple[tuple[str, Site], ...] = (),
) -> None:
    """``Sequential.build(input_shape)`` of a model without an Input.

    Its layers are called where they stand in the program; ``node`` is what makes Keras do it.
    ``arguments`` tells where the shape is written, if it is.
    """
    found = model_at(machine, address)
    if found.kind != "sequential" or found.tensors or shape.dims is None or not found.layers:
        return
    if any(lost.reason == _ON_UNKNOWN for lost in found.lost):
        return
    batch = tuple(None if dim is FREE else dim for dim in shape.dims)
    tensor = make_input(machine, input_config({"batch_shape": batch}), node, arguments)
    assert tensor.call.layer is not None
    layers = found.layers
    machine.store[address] = replace(
        found, layers=(tensor.call.layer,), inputs=tensor, tensors=(tensor,), outputs=tensor
    )
    for layer in layers:
        obj = machine.store[layer]
        assert isinstance(obj, (LayerObject, ModelObject))
        current = model_at(machine, address).tensors[-1]
        output = call_on(machine, Ref(layer), current, node, node, obj.site)
        now = model_at(machine, address)
        machine.store[address] = replace(
            now, layers=(*now.layers, layer), tensors=(*now.tensors, output), outputs=output
        )
    if machine.generation == "keras3":
        machine.next_name("functional")
