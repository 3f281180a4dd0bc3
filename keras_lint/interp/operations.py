"""Symbolic tensors under Python operators, indexing and ``keras.ops`` functions."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from keras_lint.interp.machine import Machine, external
from keras_lint.interp.store import LayerObject
from keras_lint.interp.values import (
    Args,
    CallRecord,
    Const,
    DimValue,
    SliceValue,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.base import Config
from keras_lint.keras_api.operations import (
    BINARY,
    BOOLEAN,
    OPERATORS,
    REDUCTIONS,
    UNARY,
    broadcast,
    reduce_shape,
)
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Mismatch, Problem
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape, TensorType, shape


def record_operation(
    machine: Machine,
    cls: str,
    inputs: tuple[TensorValue, ...],
    infer: Callable[[], TensorType],
    node: cst.CSTNode,
) -> Value:
    """Note that operation ``cls`` was applied; ``infer`` gives the result or raises Mismatch."""
    site = machine.site(node)
    problem: Problem | None = None
    try:
        result = infer()
    except Mismatch as mismatch:
        problem = machine.refused(mismatch.problem)
        result = TensorType(UNKNOWN_SHAPE, None)
    layer = machine.new(
        LayerObject(
            path=f"keras.ops.{cls}",
            kind=None,
            config=Config({}),
            name=machine.next_name(_snake(cls)),
            generated_name=True,
            site=site,
            implicit=True,
        )
    )
    record = CallRecord(
        layer=layer,
        inputs=list(inputs) if len(inputs) > 1 else inputs[0],
        input_types=[tensor.type for tensor in inputs],
        extra=(),
        outputs=(result,),
        site=site,
        problem=problem,
    )
    machine.records.append(record)
    return TensorValue(result, record)


def _snake(cls: str) -> str:
    text = "".join(f"_{c.lower()}" if c.isupper() else c for c in cls)
    return text.lstrip("_")


def tensor_binary(
    machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode
) -> Value:
    """``left symbol right`` where at least one side is a symbolic tensor."""
    cls = OPERATORS.get(symbol)
    if cls is None:
        return machine.unknown(f"'{symbol}' on a tensor", node)
    return elementwise(machine, cls, left, right, node)


def elementwise(machine: Machine, cls: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """A broadcasting operation; numbers count as rank-0 tensors and are not nodes of the graph."""
    for side in (left, right):
        if isinstance(side, UnknownValue):
            return side
        if not isinstance(side, (TensorValue, Const, DimValue)):
            return machine.unknown("an operation of a tensor with a value of unknown shape", node)
    tensors = tuple(side for side in (left, right) if isinstance(side, TensorValue))
    types = [
        side.type if isinstance(side, TensorValue) else TensorType(shape(), None)
        for side in (left, right)
    ]

    def infer() -> TensorType:
        result = broadcast(cls, types[0], types[1])
        dtypes = {tensor.type.dtype for tensor in tensors}
        dtype = "bool" if cls in BOOLEAN else (dtypes.pop() if len(dtypes) == 1 else None)
        if dtype is not None and dtype.startswith("int"):
            dtype = None
        return TensorType(result, dtype)

    return record_operation(machine, cls, tensors, infer, node)


def tensor_unary(machine: Machine, symbol: str, value: TensorValue, node: cst.CSTNode) -> Value:
    """``-tensor``."""
    if symbol == "-":
        return record_operation(machine, "Negative", (value,), lambda: value.type, node)
    return value if symbol == "+" else machine.unknown(f"'{symbol}' on a tensor", node)


def tensor_getitem(machine: Machine, value: TensorValue, index: Value, node: cst.CSTNode) -> Value:
    """``tensor[index]`` with ints, slices, None and Ellipsis."""

    def infer() -> TensorType:
        return value.type.with_shape(_indexed(value.type.shape, index))

    return record_operation(machine, "GetItem", (value,), infer, node)


def _indexed(source: Shape, index: Value) -> Shape:
    if source.dims is None:
        return UNKNOWN_SHAPE
    parts = list(index.items) if isinstance(index, TupleValue) else [index]
    used = sum(1 for p in parts if not (isinstance(p, Const) and p.value in (None, ...)))
    if used > len(source.dims):
        return UNKNOWN_SHAPE
    dims: list[Dim] = []
    axis = 0
    for part in parts:
        if isinstance(part, Const) and part.value is None:
            dims.append(1)
        elif isinstance(part, Const) and part.value is ...:
            keep = len(source.dims) - used
            dims += source.dims[axis : axis + keep]
            axis += keep
        elif isinstance(part, Const) and isinstance(part.value, int):
            axis += 1
        elif isinstance(part, SliceValue):
            bounds = _bounds(part)
            length = source.dims[axis]
            axis += 1
            if bounds == slice(None):
                dims.append(length)
            elif bounds is None or not isinstance(length, int):
                if bounds is None or length is not FREE:
                    return UNKNOWN_SHAPE
                dims.append(FREE)
            else:
                dims.append(len(range(*bounds.indices(length))))
        else:
            return UNKNOWN_SHAPE
    return Shape((*dims, *source.dims[axis:]))


def _bounds(part: SliceValue) -> slice | None:
    values = [part.start, part.stop, part.step]
    plain = [v.value for v in values if isinstance(v, Const) and not isinstance(v.value, float)]
    return slice(*plain) if len(plain) == 3 and plain[2] != 0 else None


def tensorflow_twin(path: str) -> str:
    """The ``keras.ops`` function that does to shapes what a TensorFlow function does."""
    return "keras.ops." + path.rpartition(".")[2].removeprefix("reduce_")


def call_operation(machine: Machine, path: str, args: Args, node: cst.CSTNode) -> Value | None:
    """A call of ``keras.ops.NAME``; None when the operation is not known here."""
    name = path.rpartition(".")[2]
    first = args.argument(0, "x") or args.argument(0, "x1") or args.keyword("input_tensor")
    if isinstance(first, UnknownValue):
        return first
    if name in BINARY:
        first, second = args.argument(0, "x1"), args.argument(1, "x2")
        if first is None or second is None:
            return None
        if isinstance(first, TensorValue) or isinstance(second, TensorValue):
            return elementwise(machine, BINARY[name], first, second, node)
        return None
    if not isinstance(first, TensorValue):
        return None
    tensor = first
    if name in UNARY:
        return record_operation(machine, UNARY[name], (tensor,), lambda: tensor.type, node)
    if name in REDUCTIONS:
        return _reduction(machine, name, tensor, args, node)
    return None


def _reduction(
    machine: Machine, name: str, tensor: TensorValue, args: Args, node: cst.CSTNode
) -> Value:
    axis = args.argument(1, "axis") or Const(None)
    keepdims = machine.truth(args.keyword("keepdims") or Const(False))
    axes: list[int] | None = None
    items = machine.items(axis) if not isinstance(axis, Const) else None
    known = keepdims is not None
    if isinstance(axis, Const) and isinstance(axis.value, int):
        axes = [axis.value]
    elif items is not None:
        axes = [i.value for i in items if isinstance(i, Const) and isinstance(i.value, int)]
        known = known and len(axes) == len(items)
    elif not (isinstance(axis, Const) and axis.value is None):
        known = False
    result = reduce_shape(tensor.type.shape, axes, bool(keepdims)) if known else UNKNOWN_SHAPE
    kind = TensorType(result, tensor.type.dtype)
    return record_operation(machine, REDUCTIONS[name], (tensor,), lambda: kind, node)


@external("builtins.abs")
def absolute(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``abs(tensor)`` records an operation; numbers are computed."""
    value = args.argument(0, "x")
    if isinstance(value, TensorValue):
        tensor = value
        return record_operation(machine, "Absolute", (tensor,), lambda: tensor.type, node)
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        return Const(abs(value.value))
    return args.first_unknown() or machine.unknown("abs of a value that is not known", node)
