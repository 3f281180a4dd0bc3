"""What changes a pandas table in place: columns set, inserted, deleted and renamed."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.store import CellObject, FrameObject
from keras_lint.interp.values import BoundMethod, Const, Ref, Value
from keras_lint.model.dims import Dim, Sym, symbol

_COUNTED = ("columns", "rows", "classes")
_MORE = "a table with more"


def counted(machine: Machine, what: str, of: str) -> Dim:
    """How many ``columns``, ``rows`` or ``classes`` there are, which nobody knows.

    The quantity has a name, and is not the same as any other.
    """
    return symbol(f"{what} of {of}", machine.new(CellObject()))


def is_counted(dim: Sym) -> bool:
    """Whether a length is made up of such quantities alone."""
    names = [atom.name for monomial, _ in dim.terms for atom in monomial]
    return all(name.partition(" of ")[0] in _COUNTED and "//" not in name for name in names)


def set_column(machine: Machine, ref: Ref, found: FrameObject, index: Value | None) -> None:
    """``frame["a"] = ...``: one more column, if it was not there."""
    if found.columns is not None and isinstance(index, Const):
        columns = tuple(dict.fromkeys((*found.columns, index)))
        machine.store[ref.address] = replace(found, columns=columns, width=len(columns))
    else:
        width = counted(machine, "columns", _MORE)
        machine.store[ref.address] = replace(found, columns=None, width=width)


def set_located(machine: Machine, place: BoundMethod) -> None:
    """``frame.loc[...] = ...``: new labels make new rows and columns."""
    ref = place.receiver
    found = machine.get_as(ref, FrameObject)
    if place.function in ("loc", "at") and found is not None and isinstance(ref, Ref):
        machine.store[ref.address] = FrameObject(width=counted(machine, "columns", _MORE))


def insert_column(machine: Machine, ref: Ref, found: FrameObject) -> None:
    """``frame.insert(place, name, values)``: one more column; pandas refuses a name twice."""
    machine.store[ref.address] = replace(found, columns=None, width=found.width + 1)


def delete_column(machine: Machine, ref: Value, index: cst.BaseExpression) -> bool:
    """``del frame["a"]``; whether it was that."""
    found = machine.get_as(ref, FrameObject)
    if found is None or not isinstance(ref, Ref):
        return False
    name = machine.eval(index)
    machine.doubts += 1  # a column that is not there raises
    if not isinstance(name, Const):
        return False
    columns = found.columns
    if columns is not None:
        columns = tuple(column for column in columns if column != name)
    width = found.width - 1 if columns is None else len(columns)
    machine.store[ref.address] = replace(found, columns=columns, width=width)
    return True


def rename_columns(machine: Machine, ref: Ref, found: FrameObject, names: Value) -> None:
    """``frame.columns = names``: as many as there are, or pandas refuses them."""
    items = machine.items(names)
    plain = items is not None and all(isinstance(item, Const) for item in items)
    known = items if plain and items is not None and len(set(items)) == len(items) else None
    width = found.width if items is None else len(items)
    machine.store[ref.address] = replace(
        found, columns=None if known is None else tuple(known), width=width
    )
