"""What a training call is given, as plain data: the way in for events and rules."""

from __future__ import annotations

from keras_lint.interp.arrays import numbers_of
from keras_lint.interp.attributes import class_member
from keras_lint.interp.classes import PY_DATASET, library_base
from keras_lint.interp.machine import Machine, PathEnded
from keras_lint.interp.store import (
    CellObject,
    DictObject,
    FrameObject,
    InstanceObject,
    IteratorObject,
    ListObject,
    join_values,
)
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    BoundMethod,
    Const,
    DatasetValue,
    DimValue,
    FunctionValue,
    Ref,
    TupleValue,
    UnknownValue,
    Value,
    to_dim,
)
from keras_lint.model.data import ArraySpec, DataSpec, DataTree
from keras_lint.model.dims import UNKNOWN, Dim, symbol
from keras_lint.model.tensors import Nested, Shape, flatten

_MAX_NESTING = 8
_BATCH_SIZE = 32
"""What Keras takes for ``batch_size=None``."""


def data_tree(machine: Machine, value: Value, depth: int = 0) -> DataTree:
    """The arrays in a value, nested as they are."""
    if isinstance(value, ArrayValue):
        return ArraySpec(value.shape, value.dtype, numbers_of(machine, value))
    if isinstance(value, UnknownValue):
        return ArraySpec(lost=value.reason)
    if depth < _MAX_NESTING:
        if isinstance(value, TupleValue):
            return tuple(data_tree(machine, item, depth + 1) for item in value.items)
        found = machine.get(value)
        if isinstance(found, FrameObject):
            return ArraySpec(Shape((found.rows, found.width)))
        if isinstance(found, ListObject) and found.items and not _plain(found.items):
            return [data_tree(machine, item, depth + 1) for item in found.items]
        if isinstance(found, DictObject) and found.items is not None and not found.factory:
            named: dict[str, Nested[ArraySpec]] = {}
            for key, item in found.items:
                if not isinstance(key, Const) or not isinstance(key.value, str):
                    return ArraySpec(lost="a dict with keys that are not names")
                named[key.value] = data_tree(machine, item, depth + 1)
            return named
    return ArraySpec(lost="data that are no arrays, or not known to be")


def _plain(items: tuple[Value, ...]) -> bool:
    """Whether a list holds numbers, or lists of them."""
    return any(not isinstance(item, (ArrayValue, TupleValue)) for item in items)


def data_spec(
    machine: Machine,
    x: Value,
    y: Value = NONE,
    weights: Value = NONE,
    batch_size: Value = NONE,
) -> DataSpec:
    """What ``fit(x, y, sample_weight=weights, batch_size=batch_size)`` trains on.

    Also of ``validation_data``, whose parts are given one by one. Of a dataset, a generator or a
    ``PyDataset`` the elements are taken apart as Keras does it: ``(x, y, weights)``, ``(x, y)``,
    ``(x,)`` or ``x``.
    """
    data = _as_dataset(machine, x)
    if data is not None:
        return _of_dataset(machine, data)
    tree = data_tree(machine, x)
    if isinstance(tree, ArraySpec) and tree.lost:
        return DataSpec(
            "unknown", tree, _given(machine, y), _given(machine, weights), lost=tree.lost
        )
    size: Dim = _BATCH_SIZE if batch_size == NONE else to_dim(batch_size)
    leaves = flatten(tree)
    count = next((leaf.shape.dims[0] for leaf in leaves if leaf.shape.dims), UNKNOWN)
    batches: Dim = UNKNOWN
    if isinstance(count, int) and isinstance(size, int) and size > 0:
        batches = -(-count // size)
    lost = next((leaf.lost for leaf in leaves if leaf.lost), "")
    return DataSpec(
        "arrays", tree, _given(machine, y), _given(machine, weights), size, batches, lost=lost
    )


def _as_dataset(machine: Machine, value: Value) -> DatasetValue | None:
    """A dataset, a generator, or a ``PyDataset`` of the analysed code, as what it gives."""
    if isinstance(value, DatasetValue):
        return value
    found = machine.get(value)
    if isinstance(found, IteratorObject) and found.items:
        site = machine.site(machine.source.module)
        joined = found.items[0]
        for item in found.items[1:]:
            joined = join_values(joined, item, site)
        return DatasetValue("generator", joined, len(found.items))
    if isinstance(found, InstanceObject) and isinstance(value, Ref):
        return _of_instance(machine, value, found)
    return None


def _of_instance(machine: Machine, ref: Ref, found: InstanceObject) -> DatasetValue | None:
    """What ``__getitem__`` of a ``PyDataset`` gives for an index that is not known."""
    node = found.cls.node
    method = class_member(machine, found.cls, "__getitem__", node)
    if library_base(found.cls) != PY_DATASET or not isinstance(method, FunctionValue):
        return None
    before = dict(machine.store)
    index = DimValue(symbol("index of the batch", machine.new(CellObject())))
    element: Value
    try:
        with machine.supposed(), machine.perhaps():
            element = machine.call(BoundMethod(ref, method), Args((index,)), node)
    except PathEnded:
        element = machine.unknown("what __getitem__ gives is not known", node)
    machine.store = {**machine.store, **before}
    return DatasetValue("sequence", element)


def _given(machine: Machine, value: Value) -> DataTree | None:
    return None if value == NONE else data_tree(machine, value)


def _of_dataset(machine: Machine, value: DatasetValue) -> DataSpec:
    parts = value.element.items if isinstance(value.element, TupleValue) else (value.element,)
    if isinstance(value.element, TupleValue) and not 1 <= len(parts) <= 3:
        reason = f"batches of {len(parts)} parts"
        return DataSpec(value.kind, ArraySpec(lost=reason), lost=reason)
    trees = [_given(machine, part) for part in parts]
    lost = ""
    if isinstance(parts[0], UnknownValue):
        lost = parts[0].reason
    size = UNKNOWN if value.batch_size is None else value.batch_size
    x = trees[0]
    return DataSpec(
        value.kind,
        ArraySpec(lost="batches of nothing") if x is None else x,
        trees[1] if len(trees) > 1 else None,
        trees[2] if len(trees) > 2 else None,
        size,
        value.count,
        value.endless,
        lost,
    )
