"""Shapes as they are inside layers: TensorFlow's TensorShape, and vectors of lengths.

Facts seen on TensorFlow 2.21: ``tensor.shape`` is a TensorShape, which takes part in ``+`` with
tuples and lists but holds no -1 and no tensor; ``tf.shape`` gives a vector, on which arithmetic
goes element by element.
"""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import methods
from keras_lint.interp.store import ListObject
from keras_lint.interp.tensors import placeholder
from keras_lint.interp.values import (
    NONE,
    Args,
    BoundMethod,
    Const,
    DimValue,
    StaticShape,
    TensorSizes,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
    from_dim,
    lengths_of,
    to_dim,
)
from keras_lint.model.data import product
from keras_lint.model.dims import FREE, UNKNOWN
from keras_lint.model.outcomes import Problem
from keras_lint.model.tensors import Shape, TensorType

_SCALAR = TensorType(Shape(()), "int32")
_OF_SHAPES = frozenset(
    {"as_list", "num_elements", "is_fully_defined", "concatenate", "is_compatible_with"}
)
_OF_TENSORS = frozenset({"get_shape", "set_shape"})


def tensor_shape(machine: Machine, tensor: TensorValue, node: cst.CSTNode) -> Value:
    """``tensor.shape``: a tuple of Keras, or inside a layer what TensorFlow gives."""
    lengths = lengths_of(tensor, machine.site(node))
    if lengths is None:
        return machine.unknown("the shape is not known", node)
    return StaticShape(lengths) if machine.inside_layer else TupleValue(lengths)


def shape_attribute(machine: Machine, value: TupleValue, name: str, node: cst.CSTNode) -> Value:
    """``shape.rank`` and the methods of a TensorShape; a vector of lengths has its own shape."""
    if isinstance(value, TensorSizes):
        if name == "shape":
            return StaticShape((Const(len(value.items)),))
        return machine.unknown(f"the attribute '{name}' of a tensor", node)
    if name in ("rank", "ndims"):
        return Const(len(value.items))
    if name in _OF_SHAPES:
        return BoundMethod(value, name)
    return machine.unknown(f"the attribute '{name}' of a shape", node)


def tensor_method_name(machine: Machine, name: str) -> bool:
    """Whether tensors have this method, which they do inside layers only."""
    return machine.inside_layer > 0 and name in _OF_TENSORS


@methods(StaticShape)
def shape_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """A method of a TensorShape."""
    assert isinstance(receiver, StaticShape)
    dims = [to_dim(item) for item in receiver.items]
    if name == "as_list":
        return machine.new_list(receiver.items)
    if name == "concatenate" and (other := args.argument(0, "other")) is not None:
        return added(machine, receiver, other, node)
    if name == "is_fully_defined" and UNKNOWN not in dims:
        return Const(FREE not in dims)
    if name == "num_elements" and UNKNOWN not in dims:
        return NONE if FREE in dims else from_dim(product(dims), machine.site(node))
    return machine.unknown(f"what .{name}() of a shape gives is not known", node)


@methods(TensorValue)
def tensor_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """``tensor.get_shape()``, and ``tensor.set_shape(shape)``, which says more of a tensor."""
    assert isinstance(receiver, TensorValue)
    if name == "get_shape" and not args.positional:
        return tensor_shape(machine, receiver, node)
    if name == "set_shape" and (given := args.argument(0, "shape")) is not None:
        return _set_shape(machine, receiver, given, node)
    return machine.unknown(f"what .{name}() gives is not known", node)


def _set_shape(machine: Machine, tensor: TensorValue, given: Value, node: cst.CSTNode) -> Value:
    """The variable holds the tensor with the shape that both sides tell."""
    function = node.func if isinstance(node, cst.Call) else None
    target = function.value if isinstance(function, cst.Attribute) else None
    if not isinstance(target, cst.Name):
        return machine.unknown("set_shape of a tensor that has no name", node)
    refined: Value = machine.unknown("a tensor after set_shape", node)
    wanted, dims = machine.items(given), tensor.type.shape.dims
    if wanted is not None:
        asked = [to_dim(item) for item in wanted]
        known = asked if dims is None else list(dims)
        if len(known) == len(asked):
            both = [
                one if other is FREE else other for one, other in zip(known, asked, strict=True)
            ]
            clear = UNKNOWN not in asked and all(
                FREE in (one, other) or one == other
                for one, other in zip(known, asked, strict=True)
            )
            if clear:
                kind = TensorType(Shape(tuple(both)), tensor.type.dtype)
                refined = replace(tensor, type=kind)
    machine.assign_where_bound(target.value, refined)
    return NONE


def added(machine: Machine, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """``+`` of a TensorShape and a tuple or list, on either side."""
    parts: list[Value] = []
    for side in (left, right):
        sequence = isinstance(side, TupleValue) or machine.get_as(side, ListObject) is not None
        items = machine.items(side) if sequence else None
        if items is None or isinstance(side, TensorSizes):
            return machine.why_unknown(side, node)
        parts += items
    for part in parts:
        negative = isinstance(part, Const) and isinstance(part.value, int) and part.value < 0
        if negative or isinstance(part, TensorValue):
            problem = Problem(
                *("value", "", "lengths that are numbers or None"),
                "-1 beside tensor.shape" if negative else "a tensor beside tensor.shape",
                hint="write tuple(x.shape) before adding, which makes a plain tuple of it",
                exceptions=("ValueError",) if negative else ("TypeError",),
            )
            return machine.refuse(problem, "a shape", node)
    return StaticShape(tuple(parts))


def vector_arithmetic(
    machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode
) -> Value:
    """Arithmetic on a vector of lengths: as many lengths, which only a run gives."""
    counts: set[int] = set()
    for side in (left, right):
        items = machine.items(side)
        if items is not None:
            counts.add(len(items))
        elif isinstance(side, UnknownValue):
            return side
        elif not isinstance(side, DimValue) and not _is_integer(side):
            return machine.unknown(f"'{symbol}' on a vector of lengths", node)
    if symbol not in ("+", "-", "*", "//", "%") or len(counts) != 1:
        return machine.unknown(f"'{symbol}' on a vector of lengths", node)
    return TensorSizes(tuple(placeholder(machine, _SCALAR, node) for _ in range(counts.pop())))


def _is_integer(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, int)


def unknown_length(machine: Machine, node: cst.CSTNode) -> Value:
    """A length that only a run gives: ``tf.reduce_prod(tf.shape(x)[1:])``."""
    return placeholder(machine, _SCALAR, node)
