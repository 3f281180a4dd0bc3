"""Symbolic tensors under Python operators, indexing, ``keras.ops`` and, in layers, ``tf``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import libcst as cst

import keras_lint.keras_api.ops  # noqa: F401 - registers the operations
from keras_lint.interp.lengths import unknown_length
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import Builtin, external
from keras_lint.interp.store import LayerObject, ListObject
from keras_lint.interp.symbolic import list_use
from keras_lint.interp.tensors import UNKNOWN_TYPE, wrap_outputs
from keras_lint.interp.values import (
    NONE,
    VALUE_TYPES,
    Args,
    ArrayValue,
    CallRecord,
    Const,
    DimValue,
    ExternalValue,
    SliceValue,
    TensorSizes,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
    from_dim,
    lengths_of,
)
from keras_lint.keras_api.base import Config
from keras_lint.keras_api.ops.base import (
    DTYPES,
    Arguments,
    Data,
    Operation,
    bind_signature,
    find,
    literal_shape,
    registered,
)
from keras_lint.keras_api.ops.elementwise import OPERATORS
from keras_lint.keras_api.ops.legacy_backend import PREFIX as LEGACY
from keras_lint.keras_api.ops.one_dtype import operator
from keras_lint.keras_api.signatures import bind
from keras_lint.model.dims import FREE, UNKNOWN
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Nested, Shape, TensorType, flatten

_OPERANDS = frozenset(
    [
        *("x", "x1", "x2", "xs", "inputs", "operands", "condition", "variable", "query"),
        *("key", "value", "images", "kernel", "indices", "a", "b", "depthwise_kernel"),
        *("pointwise_kernel", "target", "output", "y", "array"),
    ]
)
"""Parameters that take tensors: what is unknown there leaves the result without a past."""
_PYTHON_DTYPES = {"int": "int32", "float": "float32", "bool_": "bool", "double": "float64"}
_LITERALS = ("tensorflow.constant", "tensorflow.convert_to_tensor")
_OF_SIZES = frozenset(
    f"tensorflow.{name}" for name in ("concat", "unstack", "stack", "reduce_prod")
)
_ZERO = Const(0)
_SIZES = ("keras.ops.shape", "tensorflow.shape", "keras.backend.shape")


def apply_operation(
    machine: Machine, operation: Operation, bound: Mapping[str, object], node: cst.CSTNode
) -> Value:
    """An operation on bound arguments (values, or the plain defaults of a signature).

    With a symbolic tensor among them it becomes a call of the graph; without one it is data.
    """
    for name, given in bound.items():
        lost = _lost_operand(machine, name, given, node) if name in _OPERANDS else None
        if lost is not None:
            return lost
    tensors = [leaf for given in bound.values() for leaf in _tensors(machine, given)]
    traced = _is_traced(machine)
    arguments = Arguments(
        operation.cls,
        {name: _plain(machine, given) for name, given in bound.items()},
        traced=traced,
    )
    result: Nested[TensorType]
    problem: Problem | None = None
    try:
        if operation.outside and traced:
            raise Lost("what TensorFlow makes of it")
        result = operation.infer(arguments)
    except Mismatch as mismatch:
        problem = mismatch.problem
        result = UNKNOWN_TYPE
        if not tensors:
            return machine.unknown(f"{operation.path} refuses what it is given", node)
    except Lost as lost_thread:
        if operation.several or not tensors:
            return machine.unknown(
                f"what {operation.path} gives is not known ({lost_thread.reason})", node
            )
        result = UNKNOWN_TYPE
    if not tensors or not operation.cls:
        return _as_data(result, operation, machine, node)
    problem = None if problem is None else machine.refused(problem)
    record = _record(machine, operation.cls, tensors, result, problem, node)
    return wrap_outputs(machine, record, result)


def _is_traced(machine: Machine) -> bool:
    return machine.inside_layer > 0 or machine.generation == "keras2"


def _as_data(
    result: Nested[TensorType], operation: Operation, machine: Machine, node: cst.CSTNode
) -> Value:
    if isinstance(result, TensorType):
        return ArrayValue(result.shape, result.dtype)
    if isinstance(result, (tuple, list)):
        return TupleValue(tuple(_as_data(item, operation, machine, node) for item in result))
    return machine.unknown(f"what {operation.path} gives is not known", node)


def _record(
    machine: Machine,
    cls: str,
    tensors: list[TensorValue],
    result: Nested[TensorType],
    problem: Problem | None,
    node: cst.CSTNode,
) -> CallRecord:
    """Note that operation ``cls`` was applied to ``tensors``.

    In Keras 2 it is a layer around a function of TensorFlow; which one, is not told.
    """
    if machine.generation == "keras2" and not machine.inside_layer:
        cls = "SlicingOpLambda" if cls == "GetItem" else "TFOpLambda"
    site = machine.site(node)
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
        inputs=list(tensors) if len(tensors) > 1 else tensors[0],
        input_types=[tensor.type for tensor in tensors],
        extra=(),
        outputs=tuple(flatten(result)),
        site=site,
        problem=problem,
    )
    machine.records.append(record)
    return record


def _snake(cls: str) -> str:
    """Keras's generated name: a capital starts a word unless it stands among capitals."""
    text = ""
    for place, letter in enumerate(cls):
        behind = cls[place + 1 : place + 2]
        starts = letter.isupper() and place and (cls[place - 1].islower() or behind.islower())
        text += f"_{letter}" if starts else letter
    return text.lower()


# -- arguments -------------------------------------------------------------------------------


def _tensors(machine: Machine, given: object) -> Iterator[TensorValue]:
    """The symbolic tensors in an argument, in order."""
    if isinstance(given, TensorValue):
        yield given
    elif isinstance(given, VALUE_TYPES):
        for item in _sequence(machine, cast(Value, given)) or ():
            yield from _tensors(machine, item)
    elif isinstance(given, tuple):
        for item in given:
            yield from _tensors(machine, item)


def _sequence(machine: Machine, value: Value) -> tuple[Value, ...] | None:
    """The items of a tuple or a known list."""
    if isinstance(value, TupleValue):
        return value.items
    found = machine.get_as(value, ListObject)
    return None if found is None else found.items


def _lost_operand(
    machine: Machine, name: str, given: object, node: cst.CSTNode
) -> UnknownValue | None:
    """Why what stands in the place of a tensor is not known, if so."""
    if isinstance(given, tuple):
        losses = (_lost_operand(machine, name, item, node) for item in given)
        return next((lost for lost in losses if lost is not None), None)
    if isinstance(given, UnknownValue):
        return given
    if isinstance(given, DimValue) and given.loose:
        return machine.unknown("an argument that nobody passes", node)
    if not isinstance(given, VALUE_TYPES) or isinstance(
        given, (TensorValue, ArrayValue, Const, DimValue, SliceValue, ExternalValue)
    ):
        return None
    value = cast(Value, given)
    items = _sequence(machine, value)
    if items is None:
        return machine.why_unknown(value, node)
    if name == "key":
        return None
    losses = (_lost_operand(machine, name, item, node) for item in items)
    return next((lost for lost in losses if lost is not None), None)


def _plain(machine: Machine, given: object) -> Any:
    """An argument as shape functions take it; UNKNOWN for what is none of these."""
    if isinstance(given, TensorValue):
        return given.type
    if isinstance(given, ArrayValue):
        return Data(given.shape, given.dtype)
    if isinstance(given, Const):
        return given.value
    if isinstance(given, DimValue):
        return UNKNOWN if given.loose else given.dim
    if isinstance(given, SliceValue):
        return slice(*(_plain(machine, part) for part in (given.start, given.stop, given.step)))
    if isinstance(given, ExternalValue):
        last = given.path.rpartition(".")[2]
        return _PYTHON_DTYPES.get(last, last)
    if isinstance(given, tuple):
        return tuple(_plain(machine, item) for item in given)
    if not isinstance(given, VALUE_TYPES):
        return given
    items = _sequence(machine, cast(Value, given))
    if items is None:
        return UNKNOWN
    # in a list or tuple of lengths, what nobody passes is a length too
    plain = [item.dim if isinstance(item, DimValue) else _plain(machine, item) for item in items]
    return tuple(plain) if isinstance(given, TupleValue) else plain


# -- operators -------------------------------------------------------------------------------


def tensor_binary(
    machine: Machine, symbol: str, left: Value, right: Value, node: cst.CSTNode
) -> Value:
    """``left symbol right`` where at least one side is a symbolic tensor."""
    name = OPERATORS.get(symbol)
    if machine.inside_layer and symbol in ("==", "!=") and NONE in (left, right):
        return Const(symbol == "!=")  # TensorFlow's tensors are never equal to None
    if symbol == "==" and machine.inside_layer:
        name = "equal"
    operation = None if name is None else find(f"keras.ops.{name}")
    if operation is None:
        return machine.unknown(f"'{symbol}' on a tensor", node)
    for side in (left, right):
        if isinstance(side, UnknownValue):
            return side
        if machine.inside_layer and _is_literal(machine, side):
            continue
        if not isinstance(side, (TensorValue, ArrayValue, Const, DimValue)):
            return machine.unknown("an operation of a tensor with a value of unknown shape", node)
    if isinstance(left, ArrayValue) and not machine.inside_layer:
        # NumPy asks the symbolic tensor for its values, which it does not have
        return machine.unknown("an array on the left of an operation with a tensor", node)
    operation = operator(operation) if _is_traced(machine) else operation
    return apply_operation(machine, operation, {"x1": left, "x2": right}, node)


def tensor_unary(machine: Machine, symbol: str, value: TensorValue, node: cst.CSTNode) -> Value:
    """``-tensor`` and ``~tensor``."""
    operation = find({"-": "keras.ops.negative", "~": "keras.ops.logical_not"}.get(symbol, ""))
    if operation is None:
        return machine.unknown(f"'{symbol}' on a tensor", node)
    return apply_operation(machine, operation, {"x": value}, node)


def tensor_getitem(machine: Machine, value: TensorValue, index: Value, node: cst.CSTNode) -> Value:
    """``tensor[index]`` with ints, slices, None and Ellipsis."""
    operation = find("keras.ops.get_item")
    assert operation is not None
    return apply_operation(machine, operation, {"x": value, "key": index}, node)


# -- functions -------------------------------------------------------------------------------


def call_operation(machine: Machine, path: str, args: Args, node: cst.CSTNode) -> Value | None:
    """A call of a function of tensors by its full path; None if it is not covered here."""
    if args.incomplete is not None:
        return args.incomplete
    if path in _SIZES:
        sizes = _sizes(machine, args, node)
        vector = machine.inside_layer and path != "keras.ops.shape"
        return TensorSizes(sizes.items) if vector and isinstance(sizes, TupleValue) else sizes
    if path == "keras.ops.ndim" and machine.inside_layer:
        return _rank(args)
    if path == "keras.activations.linear":
        return args.argument(0, "x")
    if path in _LITERALS and machine.inside_layer:
        literal = _constant(machine, path, args)
        if literal is not None:
            return literal
    if path in _OF_SIZES and machine.inside_layer:
        joined = _joined_sizes(machine, path, args, node)
        if joined is not None:
            return joined
    operation = find(path)
    if operation is None:
        return None
    bound: Mapping[str, object] | None
    if operation.signature is not None:
        bound = bind_signature(operation.signature, args.positional, dict(args.keywords))
        if bound is None:
            return None
    else:
        try:
            bound = bind(path, args.positional, dict(args.keywords), machine.generation)
        except Mismatch as mismatch:
            return machine.refuse(mismatch.problem, path, node)
    return apply_operation(machine, operation, bound, node)


def _sizes(machine: Machine, args: Args, node: cst.CSTNode) -> Value | None:
    """The shape of a tensor; inside a layer a free length is a number that only a run gives."""
    value = args.argument(0, "x") or args.keyword("input")
    if isinstance(value, UnknownValue):
        return value
    if not isinstance(value, (TensorValue, ArrayValue)):
        return None
    shape = value.type.shape if isinstance(value, TensorValue) else value.shape
    if shape.dims is None:
        return machine.unknown("the rank of a tensor is not known", node)
    sizes: list[Value] = []
    for dim in shape.dims:
        if dim is FREE and machine.inside_layer and isinstance(value, TensorValue):
            kind = TensorType(Shape(()), "int32")
            sizes.append(TensorValue(kind, _record(machine, "Shape", [value], kind, None, node)))
        else:
            sizes.append(from_dim(dim, machine.site(node)))
    return TupleValue(tuple(sizes))


def _rank(args: Args) -> Value | None:
    """The number of axes, which inside a layer is a number of Python's."""
    value = args.argument(0, "x")
    if isinstance(value, TensorValue) and value.type.shape.dims is not None:
        return Const(len(value.type.shape.dims))
    return None


def _joined_sizes(machine: Machine, path: str, args: Args, node: cst.CSTNode) -> Value | None:
    """What joins lengths to a vector, or takes one apart; None where these are no lengths."""
    first = next(iter(args.positional), None) or next((v for _, v in args.keywords), None)
    items = None if first is None else _sequence(machine, first)
    if first is None or items is None:
        return None
    if path == "tensorflow.reduce_prod":
        plain = isinstance(first, TensorSizes) and len(args.positional) == 1 and not args.keywords
        return unknown_length(machine, node) if plain else None
    if path in ("tensorflow.unstack", "tensorflow.stack"):
        if not all(_is_size(item) for item in items) or args.keyword("axis") not in (None, _ZERO):
            return None
        return TensorSizes(items) if path == "tensorflow.stack" else TupleValue(items)
    joined: list[Value] = []
    for item in items:
        part = _sequence(machine, item)
        if part is None or not all(_is_size(size) for size in part):
            return None
        joined += part
    return TensorSizes(tuple(joined))


def _is_size(value: Value) -> bool:
    if isinstance(value, TensorValue):
        return value.type.shape.dims == () and value.type.dtype in ("int32", "int64")
    return isinstance(value, DimValue) or (
        isinstance(value, Const) and isinstance(value.value, int)
    )


def _constant(machine: Machine, path: str, args: Args) -> Value | None:
    """``tf.constant`` of numbers, and what is a tensor already; None for anything else.

    A list inside a layer counts as the tensor it would be; with a dtype it is one.
    """
    given = args.argument(0, "value")
    if given is None or len(args.positional) + len(args.keywords) > 2:
        return None
    wanted = args.argument(1, "dtype")
    if isinstance(given, TensorValue):
        return given if wanted is None and path != "tensorflow.constant" else None
    if not _is_literal(machine, given) or (wanted is None and len(args.keywords) > 1):
        return None
    if wanted is None:
        return given
    dtype = _plain(machine, wanted)
    shape = literal_shape(_plain(machine, given))
    return ArrayValue(shape, dtype) if shape is not None and dtype in DTYPES else None


def _is_literal(machine: Machine, value: Value) -> bool:
    items = _sequence(machine, value)
    if items is None:
        return isinstance(value, Const) and isinstance(value.value, (int, float))
    return bool(items) and all(_is_literal(machine, item) for item in items)


@external("builtins.abs")
def absolute(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``abs(tensor)`` records an operation; numbers are computed."""
    value = args.argument(0, "x")
    if isinstance(value, TensorValue):
        operation = find("keras.ops.absolute")
        assert operation is not None
        return apply_operation(machine, operation, {"x": value}, node)
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        return Const(abs(value.value))
    if isinstance(value, ArrayValue):
        return ArrayValue(value.shape, value.dtype)
    refused = list_use(machine, value, "TypeError", node) if value is not None else None
    return (
        refused or args.first_unknown() or machine.unknown("abs of a value that is not known", node)
    )


@external("keras.ops.dtype")
def dtype(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The name of a dtype."""
    value = args.argument(0, "x")
    if isinstance(value, (TensorValue, ArrayValue)):
        name = value.type.dtype if isinstance(value, TensorValue) else value.dtype
        if name in DTYPES:
            return Const(name)
    return args.first_unknown() or machine.unknown("the dtype of a tensor is not known", node)


@external("keras.ops.is_tensor")
def is_tensor(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Whether TensorFlow holds it: a symbolic tensor is none until it is inside a layer."""
    value = args.argument(0, "x")
    if isinstance(value, TensorValue):
        return Const(machine.inside_layer > 0)
    return args.first_unknown() or machine.unknown("whether it is a tensor is not known", node)


@external("keras.backend.epsilon", "keras.config.epsilon")
def epsilon(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``K.epsilon()``: a small number, of whatever size."""
    del machine, args, node
    return ArrayValue(Shape(()), "float")


@external("keras.backend.int_shape")
def int_shape(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``K.int_shape(x)``: what is known of the shape."""
    value = args.argument(0, "x")
    lengths = lengths_of(value, machine.site(node)) if isinstance(value, TensorValue) else None
    if lengths is not None:
        return TupleValue(lengths)
    return args.first_unknown() or machine.unknown("the shape of a tensor is not known", node)


def _legacy(path: str) -> Builtin:
    def handler(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
        result = call_operation(machine, path, args, node) if _is_traced(machine) else None
        if isinstance(result, TensorValue) and not machine.inside_layer:
            machine.absent.append(machine.unknown(f"the layers that {path} makes", node))
        return result or args.first_unknown() or machine.unknown(f"{path} is not followed", node)

    return handler


for _path in (*registered(), f"{LEGACY}shape"):
    if _path.startswith(LEGACY):
        external(_path)(_legacy(_path))
