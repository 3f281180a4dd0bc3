"""pandas as far as model code needs it: how many rows and columns a DataFrame has.

A table from a file has so many columns as the file has, a quantity with a name: nobody knows it,
but it is equal to itself, and one less when a column is dropped.
A Series counts as an array of one axis. What a method may do in place makes the columns unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from keras_lint.interp.array_methods import array_item
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.store import DictObject, FrameObject, ListObject
from keras_lint.interp.tables import counted, insert_column
from keras_lint.interp.values import (
    FALSE,
    NONE,
    Args,
    ArrayValue,
    Const,
    Ref,
    SliceValue,
    TupleValue,
    Value,
)
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import Shape

_READERS = ("read_csv", "read_table", "read_excel", "read_parquet", "read_feather")
_NO_FRAME = frozenset({"chunksize", "iterator", "squeeze", "sheet_name"})
"""Arguments of readers with which something else may come out."""
_SAME = frozenset({"copy", "fillna", "astype", "sort_values", "sort_index", "replace", "round"})
_FEWER_ROWS = frozenset({"head", "tail", "sample", "dropna", "drop_duplicates", "query"})
_OTHER_COLUMNS = frozenset(
    {"assign", "join", "merge", "reset_index", "select_dtypes", "set_index", "filter"}
)
"""Methods that give a table with more columns, or fewer, than there were."""
_ALL = SliceValue(NONE, NONE, NONE)


def _new(machine: Machine, found: FrameObject) -> Ref:
    return Ref(machine.new(found))


def shape_of_data(machine: Machine, value: Value) -> Shape | None:
    """The shape of an array or a DataFrame; None for what is neither."""
    if isinstance(value, ArrayValue):
        return value.shape
    found = machine.get_as(value, FrameObject)
    return None if found is None else Shape((found.rows, found.width))


def frame_rows(machine: Machine, value: Value, count: Dim) -> Value | None:
    """A selection of so many rows of a DataFrame."""
    found = machine.get_as(value, FrameObject)
    return None if found is None else _new(machine, replace(found, rows=count))


@external(*(f"pandas.{name}" for name in _READERS))
def read(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``pd.read_csv(path)``: of rows and columns that nobody knows, but for those it names."""
    given = dict(args.keywords)
    if args.incomplete is not None or _NO_FRAME & given.keys():
        return machine.unknown("a table that is not known", node)
    names = machine.items(given.get("names", NONE))
    chosen = machine.items(given.get("usecols", NONE))
    if names is not None and not {"usecols", "index_col"} & given.keys():
        return _frame(machine, names, UNKNOWN)
    plain = all(isinstance(item, Const) for item in chosen or ())
    if chosen is not None and plain and not {"names", "index_col"} & given.keys():
        return _new(machine, FrameObject(width=len(set(chosen))))
    path = args.positional[0] if args.positional else NONE
    known = isinstance(path, Const) and isinstance(path.value, str)
    file = str(path.value).rpartition("/")[2] if isinstance(path, Const) and known else "a file"
    rows, width = (counted(machine, what, file) for what in ("rows", "columns"))
    return _new(machine, FrameObject(None, rows, width))


@external("pandas.DataFrame")
def data_frame(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``pd.DataFrame(data, columns=...)``."""
    del node
    data = args.argument(0, "data") or NONE
    columns = machine.items(args.argument(2, "columns") or NONE)
    found = machine.get_as(data, DictObject)
    if found is not None and found.items is not None and columns is None:
        lengths = [_length(machine, item) for _, item in found.items]
        known = [one for one in lengths if isinstance(one, int)]
        return _frame(machine, [key for key, _ in found.items], known[0] if known else UNKNOWN)
    shape = shape_of_data(machine, data)
    dims = shape.dims if shape is not None else None
    if dims is not None and len(dims) == 2:
        if columns is not None:
            return _frame(machine, columns, dims[0])
        return _new(machine, FrameObject(None, dims[0], dims[1]))
    return _new(machine, FrameObject())


def _length(machine: Machine, value: Value) -> Dim:
    if isinstance(value, ArrayValue):
        return value.shape.dims[0] if value.shape.dims else UNKNOWN
    items = None if isinstance(value, Const) else machine.items(value)
    return UNKNOWN if items is None else len(items)


def _frame(machine: Machine, columns: Sequence[Value], rows: Dim) -> Ref:
    """A table of these columns; names that are not known, or not unique, leave only the width."""
    plain = all(isinstance(name, Const) for name in columns) and len(set(columns)) == len(columns)
    return _new(machine, FrameObject(tuple(columns) if plain else None, rows, len(columns)))


@external("pandas.get_dummies")
def get_dummies(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``pd.get_dummies(data)``: as many columns as there are values, which nobody knows."""
    del node
    shape = shape_of_data(machine, args.argument(0, "data") or NONE)
    rows = shape.dims[0] if shape is not None and shape.dims else UNKNOWN
    return _new(machine, FrameObject(None, rows, counted(machine, "columns", "get_dummies")))


def frame_item(machine: Machine, found: FrameObject, index: Value, node: cst.CSTNode) -> Value:
    """``frame["a"]`` is a column, ``frame[["a", "b"]]`` a table, ``frame[mask]`` some rows."""
    if isinstance(index, Const):
        if found.columns is not None and index not in found.columns:
            return machine.unknown("a column that is not there", node)
        return ArrayValue(Shape((found.rows,)))
    if isinstance(index, (ArrayValue, SliceValue)):
        return _new(machine, replace(found, rows=UNKNOWN))
    if isinstance(machine.get(index), ListObject):
        names = machine.items(index)
        if names is not None:
            return _frame(machine, names, found.rows)
        return _new(machine, replace(found, columns=None, width=UNKNOWN))
    return machine.unknown("a part of a table that is not known", node)


def located(machine: Machine, found: FrameObject, index: Value, node: cst.CSTNode) -> Value:
    """``frame.iloc[rows, columns]``, with whole numbers and slices as in an array."""
    parts = index.items if isinstance(index, TupleValue) else (index,)
    plain = ArrayValue(Shape((found.rows, found.width)))
    chosen = array_item(machine, plain, index)
    dims = chosen.shape.dims
    if dims is None or len(parts) > 2:
        return machine.unknown("a part of a table that is not known", node)
    if len(dims) == 2:
        columns = found.columns if len(parts) == 1 or parts[1] == _ALL else None
        return _new(machine, FrameObject(columns, dims[0], dims[1]))
    return ArrayValue(chosen.shape)


def labelled(machine: Machine, found: FrameObject, index: Value, node: cst.CSTNode) -> Value:
    """``frame.loc[:, "a"]`` and ``frame.loc[:, ["a", "b"]]``, of all rows or of some."""
    if not isinstance(index, TupleValue) or len(index.items) != 2:
        if isinstance(index, (ArrayValue, SliceValue)):
            return _new(machine, replace(found, rows=UNKNOWN))
        return machine.unknown("a part of a table that is not known", node)
    rows, columns = index.items
    if rows == _ALL:
        kept = found.rows
    elif isinstance(rows, (ArrayValue, SliceValue)):
        kept = UNKNOWN
    else:
        return machine.unknown("a part of a table that is not known", node)
    if isinstance(columns, SliceValue):
        width = found if columns == _ALL else FrameObject()
        return _new(machine, replace(width, rows=kept))
    return frame_item(machine, replace(found, rows=kept), columns, node)


def frame_method(
    machine: Machine, ref: Ref, found: FrameObject, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """A method of a DataFrame."""
    inplace = machine.truth(args.keyword("inplace") or FALSE)
    made: FrameObject | None = None
    machine.doubts += 1  # a column that is not there raises
    if args.incomplete is None:
        if name == "insert":
            insert_column(machine, ref, found)
            return NONE
        if name in ("to_numpy", "pop"):
            return _taken(machine, ref, found, name, args)
        if name == "drop":
            made = _dropped(machine, found, args)
        elif name in _SAME:
            made = found
        elif name in _FEWER_ROWS:
            made = replace(found, rows=UNKNOWN)
            if args.keyword("axis") is not None or (name == "dropna" and args.positional):
                made = FrameObject()
        elif name == "reset_index" and machine.truth(args.keyword("drop") or FALSE):
            made = found
        elif name == "rename":
            made = replace(found, columns=None)
        elif name in _OTHER_COLUMNS:
            made = FrameObject(width=counted(machine, "columns", f".{name}()"))
    if made is not None and inplace is False:
        return _new(machine, made)
    if inplace is not False:
        machine.store[ref.address] = FrameObject() if made is None or not inplace else made
        return NONE
    return machine.unknown(f"what .{name}() of a table gives", node)


def _taken(machine: Machine, ref: Ref, found: FrameObject, name: str, args: Args) -> Value:
    """``to_numpy()``, and ``pop(column)``, which takes the column out."""
    if name == "to_numpy":
        return ArrayValue(Shape((found.rows, found.width)))
    column = args.argument(0, "item")
    columns = found.columns
    left = None if columns is None else tuple(one for one in columns if one != column)
    width = found.width - 1 if left is None else len(left)
    machine.store[ref.address] = replace(found, columns=left, width=width)
    return ArrayValue(Shape((found.rows,)))


def _dropped(machine: Machine, found: FrameObject, args: Args) -> FrameObject:
    """``drop(labels, axis=1)`` or ``drop(columns=labels)``; otherwise rows go."""
    labels, axis = args.argument(0, "labels"), args.argument(1, "axis") or Const(0)
    columns = args.keyword("columns")
    if columns is None and axis in (Const(1), Const("columns")):
        columns = labels
    if columns is None:
        return replace(found, rows=UNKNOWN) if axis in (Const(0), Const("index")) else FrameObject()
    given = (columns,) if isinstance(columns, Const) else machine.items(columns)
    if given is None or args.keyword("errors") is not None:
        return replace(found, columns=None, width=UNKNOWN)
    if found.columns is None:  # a name that is not there raises
        plain = all(isinstance(name, Const) for name in given) and len(set(given)) == len(given)
        return replace(found, width=found.width - len(given) if plain else UNKNOWN)
    left = tuple(name for name in found.columns if name not in given)
    return replace(found, columns=left, width=len(left))
