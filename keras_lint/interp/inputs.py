"""``keras.Input`` and InputLayers: where tensors come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import libcst as cst

from keras_lint.interp.machine import Machine, external
from keras_lint.interp.store import LayerObject
from keras_lint.interp.values import (
    VALUE_TYPES,
    Args,
    CallRecord,
    Const,
    TensorValue,
    Value,
    to_dim,
)
from keras_lint.keras_api.base import Config, entries
from keras_lint.keras_api.signatures import bind
from keras_lint.model.dims import FREE, UNKNOWN
from keras_lint.model.outcomes import Mismatch
from keras_lint.model.tensors import (
    UNKNOWN_SHAPE,
    Shape,
    TensorType,
)

INPUT_PATH = "keras.layers.InputLayer"


def shape_of(machine: Machine, value: Value) -> Shape:
    """A Python shape argument, ``(28, 28, 1)``, as a Shape; of unknown rank if it is not known."""
    items = machine.items(value)
    if items is None or isinstance(value, Const):
        return UNKNOWN_SHAPE
    return Shape(tuple(to_dim(item) for item in items))


def make_input(
    machine: Machine, config: Mapping[str, Value], node: cst.CSTNode, *, implicit: bool = False
) -> TensorValue:
    """An InputLayer and its tensor; ``config`` holds the arguments of ``keras.Input`` given."""
    name = config.get("name")
    batch_shape = config.get("batch_shape")
    if batch_shape is not None and batch_shape != Const(None):
        shape = shape_of(machine, batch_shape)
    else:
        inner = shape_of(machine, config.get("shape", Const(None)))
        batch = to_dim(config.get("batch_size", Const(None)))
        shape = Shape(None if inner.dims is None else (batch, *inner.dims))
    dtype_value = config.get("dtype", Const(None))
    dtype = dtype_value.value if isinstance(dtype_value, Const) else None
    if dtype is None and isinstance(dtype_value, Const):
        dtype = "float32"
    kind = TensorType(shape, dtype if isinstance(dtype, str) else None)
    explicit = isinstance(name, Const) and isinstance(name.value, str)
    address = machine.new(
        LayerObject(
            path=INPUT_PATH,
            kind=entries().get(INPUT_PATH),
            config=Config({"batch_shape": _plain_shape(shape), "dtype": kind.dtype}),
            name=name.value
            if isinstance(name, Const) and explicit
            else machine.next_name("input_layer"),
            generated_name=not explicit,
            site=machine.site(node),
            implicit=implicit,
            built=[],
        )
    )
    record = CallRecord(
        layer=address,
        inputs=[],
        input_types=[],
        extra=(),
        outputs=(kind,),
        site=machine.site(node),
    )
    machine.records.append(record)
    layer = machine.layer(address)
    machine.store[address] = replace(layer, calls=(record,))
    return TensorValue(kind, record)


def _plain_shape(shape: Shape) -> Any:
    if shape.dims is None:
        return UNKNOWN
    return tuple(None if dim is FREE else dim for dim in shape.dims)


@external("keras.Input")
def input_function(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``keras.Input(shape=...)``."""
    if args.incomplete is not None:
        return args.incomplete
    try:
        bound = bind("keras.Input", args.positional, dict(args.keywords))
    except Mismatch as mismatch:
        problem = mismatch.problem
        return machine.unknown(
            f"Keras refuses Input(...): expected {problem.expected}, got {problem.actual}", node
        )
    given = {
        name: cast(Value, value) for name, value in bound.items() if isinstance(value, VALUE_TYPES)
    }
    tensor = make_input(machine, given, node)
    address = tensor.call.layer
    assert address is not None
    layer = machine.layer(address)
    names = ["shape", "batch_size", "dtype"]
    arguments = tuple(
        (names[int(key)] if key.isdigit() and int(key) < len(names) else key, machine.site(where))
        for key, where in args.nodes
    )
    machine.store[address] = replace(layer, arguments=arguments)
    return tensor
