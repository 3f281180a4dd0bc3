"""Methods of NumPy arrays, and their indexing: shapes, dtypes, and what is known of the numbers."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.arrays import dtype_of, new_array, number, numbers_of, regrouped, view
from keras_lint.interp.assignment import havoc
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.reductions import REDUCTIONS, arg_reduced, reduced
from keras_lint.interp.store import ListObject
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    DimValue,
    Ref,
    SliceValue,
    TupleValue,
    Value,
    to_dim,
)
from keras_lint.model.data import Numbers
from keras_lint.model.dims import UNKNOWN, Dim, Sym, is_known
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_READING = frozenset({"nonzero", "tobytes", "dot", "cumsum", "argsort", "any", "all"})
"""Methods that neither change the array nor give a view of it, and of which no more is known."""


def call_array_method(
    machine: Machine, receiver: ArrayValue, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """A method of a NumPy array; what it gives, as far as that is evident."""
    if name == "tolist" and (items := machine.items(receiver)) is not None:
        return machine.new_list(items)
    numbers = numbers_of(machine, receiver)
    if name == "astype":
        dtype = dtype_of(args.argument(0, "dtype"))
        return new_array(machine, receiver.shape, dtype, numbers.cast(dtype))
    if name in ("copy", "numpy"):
        return new_array(machine, receiver.shape, receiver.dtype, numbers)
    if name == "round":
        dtype = None if receiver.dtype == "bool" else receiver.dtype
        return new_array(machine, receiver.shape, dtype, numbers if numbers.whole else Numbers())
    if name == "item":
        return machine.unknown("a number taken from data", node)
    if name == "clip":
        dtype = receiver.dtype if (receiver.dtype or "").startswith("float") else None
        return new_array(machine, receiver.shape, dtype, clipped(numbers, args))
    if name == "reshape":
        given: Value = (
            args.positional[0] if len(args.positional) == 1 else TupleValue(args.positional)
        )
        shape = shape_of(machine, given)
        if shape.dims is None and args.positional:
            shape = Shape((to_dim(args.positional[0]),)) if len(args.positional) == 1 else shape
        if args.keywords:
            shape = UNKNOWN_SHAPE
        return view(receiver, resolve_reshape(receiver.shape, shape), regrouped(numbers))
    if name in ("flatten", "ravel"):
        flat = resolve_reshape(receiver.shape, Shape((-1,)))
        if name == "flatten":
            return new_array(machine, flat, receiver.dtype, regrouped(numbers))
        return view(receiver, flat, regrouped(numbers))
    if name == "transpose":
        axes: Value = NONE
        if args.positional:
            axes = args.positional[0] if len(args.positional) == 1 else TupleValue(args.positional)
        return transposed(machine, receiver, axes)
    if name == "squeeze":
        return squeezed(machine, receiver, args.argument(0, "axis") or NONE)
    if name in REDUCTIONS:
        return reduced(machine, receiver, name, args, node)
    if name in ("argmax", "argmin"):
        return arg_reduced(machine, receiver, args, node)
    if name not in _READING:
        havoc(machine, receiver, machine.unknown("an array that may have changed", node))
    return ArrayValue(UNKNOWN_SHAPE)


def clipped(numbers: Numbers, args: Args) -> Numbers:
    """After ``clip(low, high)`` with known bounds."""
    low = number(args.argument(0, "a_min") or args.keyword("min"))
    high = number(args.argument(1, "a_max") or args.keyword("max"))
    if low is None or high is None or low > high:
        return Numbers()
    ends = (
        low if numbers.low is None else min(max(low, numbers.low), high),
        high if numbers.high is None else max(min(high, numbers.high), low),
    )
    whole = numbers.whole and float(low).is_integer() and float(high).is_integer()
    return Numbers(ends[0], ends[1], whole)


def transposed(machine: Machine, array: ArrayValue, axes: Value) -> ArrayValue:
    """``array.transpose(axes)``; without axes in reverse order."""
    dims = array.shape.dims
    numbers = regrouped(numbers_of(machine, array))
    if dims is None:
        return view(array, UNKNOWN_SHAPE, numbers)
    if axes == NONE:
        return view(array, Shape(dims[::-1]), numbers)
    order = [item.value for item in machine.items(axes) or () if isinstance(item, Const)]
    if not all(isinstance(place, int) and -len(dims) <= place < len(dims) for place in order):
        return view(array, UNKNOWN_SHAPE, numbers)
    if sorted(place % len(dims) for place in order) != list(range(len(dims))):
        return view(array, UNKNOWN_SHAPE, numbers)
    return view(array, Shape(tuple(dims[place] for place in order)), numbers)


def squeezed(machine: Machine, array: ArrayValue, axis: Value) -> ArrayValue:
    """``array.squeeze(axis)``: without axes all those of length 1, which must all be known."""
    dims = array.shape.dims
    numbers = regrouped(numbers_of(machine, array))
    if dims is not None and axis == NONE and all(is_known(dim) for dim in dims):
        return view(array, Shape(tuple(dim for dim in dims if dim != 1)), numbers)
    place = axis.value if isinstance(axis, Const) else None
    if dims is not None and isinstance(place, int) and -len(dims) <= place < len(dims):
        place %= len(dims)
        return view(array, Shape((*dims[:place], *dims[place + 1 :])), numbers)
    return view(array, UNKNOWN_SHAPE, numbers)


def resolve_reshape(old: Shape, new: Shape) -> Shape:
    """The target of a reshape with its -1 worked out; unknown where that is not possible.

    Samples whose number is not known stay what they are where all other axes only change places.
    """
    if new.dims is None or -1 not in new.dims:
        return new
    if old.dims is None or UNKNOWN in (*old.dims, *new.dims):
        return _open_reshape(new)
    total: Dim = 1
    for dim in old.dims:
        total = total * dim
    rest: Dim = 1
    for dim in new.dims:
        rest = rest * (1 if dim == -1 else dim)
    if rest == 0:
        return UNKNOWN_SHAPE
    found = total // rest
    if found * rest != total or (not isinstance(found, int) and not isinstance(rest, int)):
        return _open_reshape(new)
    return Shape(tuple(found if dim == -1 else dim for dim in new.dims))


def _open_reshape(new: Shape) -> Shape:
    """The target with the one length unknown that is to be worked out."""
    assert new.dims is not None
    return Shape(tuple(UNKNOWN if dim == -1 else dim for dim in new.dims))


def array_item(machine: Machine, value: ArrayValue, index: Value) -> ArrayValue:
    """``array[index]`` as NumPy has it.

    Whole numbers drop an axis, slices keep or shorten it, None adds one, and one array of indices
    or of truth values chooses along its axis.
    """
    unknown = view(value, UNKNOWN_SHAPE, numbers_of(machine, value).some())
    if value.shape.dims is None:
        return unknown
    parts = index.items if isinstance(index, TupleValue) else (index,)
    used = sum(1 for p in parts if not (isinstance(p, Const) and p.value in (None, ...)))
    fancy = [p for p in parts if isinstance(p, (ArrayValue, Ref))]
    if len(fancy) > 1 or (fancy and any(_chosen(machine, p, 0) == () for p in parts)):
        return unknown
    dims: list[Dim] = []
    axis = 0
    for part in parts:
        if isinstance(part, Const) and part.value is None:
            dims.append(1)
            continue
        if isinstance(part, Const) and part.value is ...:
            keep = len(value.shape.dims) - used
            dims += value.shape.dims[axis : axis + keep]
            axis += keep
            continue
        if axis >= len(value.shape.dims):
            return unknown
        chosen = _chosen(machine, part, value.shape.dims[axis])
        if chosen is None:
            return unknown
        axis += 1
        dims += chosen
    numbers = numbers_of(machine, value)
    kept = Shape((*dims, *value.shape.dims[axis:]))
    whole_rows = axis < len(value.shape.dims) or _is_all(parts[-1])
    if NONE in parts or not kept.dims:
        whole_rows = False
    if all(_is_all(part) for part in parts):
        return view(value, kept, regrouped(numbers) if NONE in parts else numbers)
    return view(value, kept, numbers.rows() if whole_rows else numbers.some())


def _is_all(part: Value) -> bool:
    nothing = SliceValue(NONE, NONE, NONE)
    return part == nothing or (isinstance(part, Const) and part.value in (None, ...))


def _chosen(machine: Machine, part: Value, length: Dim) -> tuple[Dim, ...] | None:
    """The axes that one index leaves of an axis; None where that is not known."""
    if isinstance(part, SliceValue):
        return _sliced(part, length)
    if isinstance(part, Const):
        return () if isinstance(part.value, int) and not isinstance(part.value, bool) else None
    if isinstance(part, DimValue):
        return None if part.loose else ()
    if isinstance(part, ArrayValue) and part.shape.dims is not None:
        if part.dtype is not None and "int" in part.dtype:
            return part.shape.dims
        return (UNKNOWN,) if len(part.shape.dims) == 1 else None
    if machine.get_as(part, ListObject) is not None:
        items = machine.items(part) or ()
        plain = items and all(isinstance(i, Const) and type(i.value) is int for i in items)
        return (len(items),) if plain else None
    return None


def _sliced(part: SliceValue, length: Dim) -> tuple[Dim] | None:
    bounds = slice_of(part)
    if isinstance(length, Sym) and part.step == NONE:
        return (_part_of(part, length),)
    if bounds is None:
        return (UNKNOWN,) if part.step == NONE else None
    if bounds.step == 0:
        return None
    if bounds.start is None and bounds.stop is None and bounds.step in (None, 1, -1):
        return (length,)
    return (len(range(*bounds.indices(length))),) if isinstance(length, int) else (UNKNOWN,)


def _part_of(part: SliceValue, length: Sym) -> Dim:
    """The length of ``[start:stop]`` of an axis that is a symbol, which is taken to be long enough.

    It is known where the ends are told from the beginning and the end of the axis.
    """
    start = _from_end(part.start, length, 0)
    stop = _from_end(part.stop, length, length)
    past = length - stop
    if isinstance(past, int) and past < 0:
        stop = length
    elif not isinstance(past, int) or UNKNOWN in (start, stop):
        return UNKNOWN  # the axis may end before
    return stop - start


def _from_end(bound: Value, length: Sym, default: Dim) -> Dim:
    if bound == NONE:
        return default
    dim = to_dim(bound)
    return length + dim if isinstance(dim, int) and dim < 0 else dim


def slice_of(index: SliceValue) -> slice | None:
    """A Python slice, None if a bound is not a known whole number."""
    bounds: list[int | None] = []
    for part in (index.start, index.stop, index.step):
        if not isinstance(part, Const) or not isinstance(part.value, (int, type(None))):
            return None
        bounds.append(part.value)
    return slice(*bounds)
