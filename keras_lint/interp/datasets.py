"""``tf.data``: what a dataset gives each time, followed through its methods (TensorFlow 2.21)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import libcst as cst

from keras_lint.interp.arrays import dtype_of, whole_number
from keras_lint.interp.elements import as_tensors, batched, length, map_arrays, sliced, some
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.registry import external, methods
from keras_lint.interp.store import DictObject, ListObject, join_values
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    DatasetValue,
    ExternalValue,
    TupleValue,
    Value,
    from_dim,
    to_dim,
)
from keras_lint.model.data import Numbers
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_DATASET = "tensorflow.data.Dataset"
Method = Callable[[Machine, DatasetValue, Args, cst.CSTNode], Value]
_METHODS: dict[str, Method] = {}
_SAME = ("shuffle", "prefetch", "cache", "with_options", "ignore_errors", "snapshot")


def _method(*names: str) -> Callable[[Method], Method]:
    def register(handler: Method) -> Method:
        _METHODS.update(dict.fromkeys(names, handler))
        return handler

    return register


@methods(DatasetValue)
def dataset_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """A method of a dataset; one that is not followed gives a dataset of unknown elements."""
    assert isinstance(receiver, DatasetValue)
    handler = _METHODS.get(name) if receiver.kind == "dataset" else None
    if handler is None or args.incomplete is not None:
        return machine.unknown(f"what .{name}() gives is not known", node)
    return handler(machine, receiver, args, node)


# -- sources --------------------------------------------------------------------------------------


@external(f"{_DATASET}.from_tensor_slices")
def from_tensor_slices(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``from_tensor_slices(structure)``: the arrays cut along their first axes."""
    value = args.argument(0, "tensors")
    if value is None:
        return args.first_unknown() or machine.unknown("a dataset of nothing", node)
    tensors = as_tensors(machine, value)
    count = length(machine, tensors)
    return DatasetValue("dataset", sliced(machine, tensors), UNKNOWN if count is None else count)


@external(f"{_DATASET}.from_tensors")
def from_tensors(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``from_tensors(structure)``: one element."""
    value = args.argument(0, "tensors")
    if value is None:
        return args.first_unknown() or machine.unknown("a dataset of nothing", node)
    return DatasetValue("dataset", as_tensors(machine, value), 1)


@external(f"{_DATASET}.range")
def range_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``Dataset.range(stop)``."""
    del machine, node
    stop = whole_number(args.positional[0]) if len(args.positional) == 1 else None
    numbers = Numbers(whole=True)
    if stop is not None and stop > 0:
        numbers = Numbers(0, stop - 1, True, True, stop)
    scalar = ArrayValue(Shape(()), "int64", None, numbers)
    return DatasetValue("dataset", scalar, UNKNOWN if stop is None else max(stop, 0))


@external("tensorflow.TensorSpec")
def tensor_spec(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``tf.TensorSpec(shape, dtype=tf.float32)``: what is known of a tensor."""
    del node
    shape, given = args.argument(0, "shape"), args.argument(1, "dtype")
    dtype = "float32" if given is None else _dtype(given)
    return ArrayValue(_spec_shape(machine, shape), dtype)


@external("tensorflow.TensorShape")
def tensor_shape(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``tf.TensorShape([None, 3])`` as a tuple."""
    dims = _spec_shape(machine, args.argument(0, "dims")).dims
    if dims is None:
        return args.first_unknown() or machine.unknown("a shape that is not known", node)
    return TupleValue(tuple(from_dim(dim) for dim in dims))


def _dtype(value: Value) -> str | None:
    if value == ExternalValue("tensorflow.string") or value == Const("string"):
        return "string"
    return dtype_of(value)


def _spec_shape(machine: Machine, value: Value | None) -> Shape:
    return UNKNOWN_SHAPE if value is None or value == NONE else shape_of(machine, value)


@external(f"{_DATASET}.from_generator")
def from_generator(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``from_generator(generator, output_signature=...)``, or types and shapes as it was once."""
    signature = args.keyword("output_signature") or args.argument(4, "output_signature")
    if signature is not None and signature != NONE:
        return DatasetValue("dataset", _copied(machine, signature))
    types, shapes = args.argument(1, "output_types"), args.argument(2, "output_shapes")
    if types is None:
        return args.first_unknown() or machine.unknown("a dataset of what is not known", node)
    return DatasetValue("dataset", _typed(machine, types, shapes or NONE))


def _copied(machine: Machine, value: Value) -> Value:
    return map_arrays(machine, value, lambda array: array)


def _typed(machine: Machine, types: Value, shapes: Value) -> Value:
    if isinstance(types, TupleValue):
        given = shapes.items if isinstance(shapes, TupleValue) else ()
        if len(given) != len(types.items):
            given = (NONE,) * len(types.items)
        pairs = zip(types.items, given, strict=True)
        return TupleValue(tuple(_typed(machine, one, other) for one, other in pairs))
    return ArrayValue(_spec_shape(machine, shapes), _dtype(types))


@external(f"{_DATASET}.zip")
def zip_(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``Dataset.zip((a, b))`` or ``Dataset.zip(a, b)``."""
    parts: Sequence[Value] = args.positional
    if len(parts) == 1 and isinstance(parts[0], TupleValue):
        parts = parts[0].items
    parts = [zip_(machine, Args((p,)), node) if isinstance(p, TupleValue) else p for p in parts]
    sets = [part for part in parts if isinstance(part, DatasetValue)]
    if not sets or len(sets) < len(parts):
        return args.first_unknown() or machine.unknown("datasets that are not known", node)
    counts = [one.count for one in sets if not one.endless]
    numbers = [count for count in counts if isinstance(count, int)]
    count: Dim = min(numbers) if numbers and len(numbers) == len(counts) else UNKNOWN
    elements = TupleValue(tuple(some(machine, one.element) for one in sets))
    sizes = {one.batch_size for one in sets}
    return DatasetValue(
        "dataset", elements, count, not counts, sizes.pop() if len(sizes) == 1 else None
    )


# -- methods --------------------------------------------------------------------------------------


@_method(*_SAME)
def _same(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    """What only changes the order, or how elements are made."""
    del machine, args, node
    return data


@_method("repeat")
def _repeat(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    del machine, node
    times = args.argument(0, "count") or NONE
    if times in (NONE, Const(-1)):
        return replace(data, count=UNKNOWN, endless=True)
    return replace(data, count=data.count * to_dim(times))


@_method("take")
def _take(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    del node
    number = whole_number(args.argument(0, "count"))
    left = replace(data, element=some(machine, data.element))
    if number == -1:
        return data
    if number is None or number < 0:
        return replace(left, count=UNKNOWN, endless=False)
    if data.endless:
        return replace(left, count=number, endless=False)
    return replace(left, count=min(number, data.count) if isinstance(data.count, int) else UNKNOWN)


@_method("skip")
def _skip(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    del node
    number = whole_number(args.argument(0, "count"))
    left = replace(data, element=some(machine, data.element))
    if data.endless:
        return left
    if number is None or number < 0 or not isinstance(data.count, int):
        return replace(left, count=UNKNOWN)
    return replace(left, count=max(data.count - number, 0))


@_method("filter")
def _filter(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    del args, node
    return replace(data, element=some(machine, data.element), count=UNKNOWN)


@_method("shard")
def _shard(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    return _filter(machine, data, args, node)


@_method("batch")
def _batch(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    """``batch(batch_size, drop_remainder=False)``: an axis in front, open if a rest is kept."""
    del node
    return _in_batches(machine, data, data.element, args, 1)


def _in_batches(
    machine: Machine, data: DatasetValue, inner: Value, args: Args, place: int
) -> DatasetValue:
    size = to_dim(args.argument(0, "batch_size") or NONE)
    size = UNKNOWN if size is FREE else size
    drop = machine.truth(args.argument(place, "drop_remainder") or Const(False))
    axis: Dim = FREE if drop is False else size if drop else UNKNOWN
    count: Dim = UNKNOWN
    if isinstance(data.count, int) and isinstance(size, int) and size > 0 and drop is not None:
        count = data.count // size if drop else -(-data.count // size)
    rest = some(machine, inner) if drop is not False else inner
    return replace(data, element=batched(machine, rest, axis), count=count, batch_size=size)


@_method("padded_batch")
def _padded_batch(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    """``padded_batch(batch_size, padded_shapes=None)``: open axes are padded to the longest."""
    del node
    shapes = args.argument(1, "padded_shapes") or NONE

    def padded(array: ArrayValue) -> Value:
        dims = array.shape.dims
        kept = array.numbers
        zeros = Numbers(0, 0, True)
        if dims is not None:
            dims = tuple(dim if isinstance(dim, int) else FREE for dim in dims)
        return ArrayValue(Shape(dims), array.dtype, None, kept.union(zeros))

    inner = map_arrays(machine, data.element, padded)
    if shapes != NONE:
        inner = _padded_to(machine, inner, shapes)
    return _in_batches(machine, data, inner, args, 3)


def _padded_to(machine: Machine, inner: Value, shapes: Value) -> Value:
    """The elements padded to the shapes that are written; None and -1 mean the longest."""
    if isinstance(inner, TupleValue):
        given = shapes.items if isinstance(shapes, TupleValue) else ()
        if len(given) != len(inner.items):
            return map_arrays(machine, inner, lambda a: ArrayValue(UNKNOWN_SHAPE, a.dtype))
        pairs = zip(inner.items, given, strict=True)
        return TupleValue(tuple(_padded_to(machine, one, other) for one, other in pairs))
    if not isinstance(inner, ArrayValue):
        return map_arrays(machine, inner, lambda a: ArrayValue(UNKNOWN_SHAPE, a.dtype))
    wanted = shape_of(machine, shapes).dims
    if wanted is None:
        return ArrayValue(UNKNOWN_SHAPE, inner.dtype)
    dims = tuple(FREE if dim == -1 else dim for dim in wanted)
    return replace(inner, shape=Shape(dims))


@_method("unbatch")
def _unbatch(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    del args, node
    return replace(data, element=sliced(machine, data.element), count=UNKNOWN, batch_size=None)


@_method("enumerate")
def _enumerate(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    del machine, args, node
    place = ArrayValue(Shape(()), "int64", None, Numbers(whole=True))
    return replace(data, element=TupleValue((place, data.element)))


@_method("concatenate")
def _concatenate(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    other = args.argument(0, "dataset")
    if not isinstance(other, DatasetValue):
        return args.first_unknown() or machine.unknown("a dataset that is not known", node)
    joined = join_values(
        some(machine, data.element), some(machine, other.element), machine.site(node)
    )
    size = data.batch_size if data.batch_size == other.batch_size else None
    return DatasetValue(
        "dataset", joined, data.count + other.count, data.endless or other.endless, size
    )


@_method("map")
def _map(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    """``map(function)``: the function, run on one element that stands for all."""
    function = args.argument(0, "map_func")
    if function is None:
        return machine.unknown("a dataset that is mapped by nothing", node)
    parts = data.element.items if isinstance(data.element, TupleValue) else (data.element,)
    try:
        result = machine.call(function, Args(tuple(parts)), node)
    except PathEnded:
        result = machine.unknown("a function that does not return", node)
    size = data.batch_size
    return replace(data, element=_result(machine, result, node), batch_size=size)


def _result(machine: Machine, value: Value, node: cst.CSTNode) -> Value:
    """What a mapped function gave, as an element."""
    structure = isinstance(machine.get(value), (ListObject, DictObject))
    if structure or isinstance(value, (ArrayValue, TupleValue, Const)):
        return as_tensors(machine, value)
    return machine.why_unknown(value, node)


@_method("cardinality")
def _cardinality(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    """The number of elements; -1 for one without end."""
    del args
    count: Dim = -1 if data.endless else data.count
    if not isinstance(count, int):
        return machine.unknown("the number of elements is not known", node)
    return ArrayValue(Shape(()), "int64", None, Numbers(count, count, True, True))


@_method("as_numpy_iterator")
def _as_numpy(machine: Machine, data: DatasetValue, args: Args, node: cst.CSTNode) -> Value:
    del machine, args, node
    return replace(data, kind="generator")
