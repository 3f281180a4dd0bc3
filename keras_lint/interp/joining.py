"""NumPy arrays put together: concatenate, stack and their kin, repeat, tile, pad."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.arrays import new_array, numbers_of, regrouped, whole_number
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import called_name, external
from keras_lint.interp.values import NONE, Args, ArrayValue, Const, TupleValue, Value
from keras_lint.model.data import Numbers
from keras_lint.model.dims import UNKNOWN, Dim, surely_equal
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape


def _arrays(machine: Machine, value: Value) -> list[ArrayValue] | None:
    items = machine.items(value)
    arrays = [item for item in items or () if isinstance(item, ArrayValue)]
    return arrays if items and len(arrays) == len(items) else None


def _dtype(arrays: list[ArrayValue]) -> str | None:
    found = {array.dtype for array in arrays}
    return found.pop() if len(found) == 1 else None


def _numbers(machine: Machine, arrays: list[ArrayValue]) -> Numbers:
    found = numbers_of(machine, arrays[0])
    for array in arrays[1:]:
        found = found.together(numbers_of(machine, array))
    return found


def concatenated(machine: Machine, value: Value, axis: Value, node: cst.CSTNode) -> Value:
    """Arrays joined along an axis they have."""
    arrays = _arrays(machine, value)
    if arrays is None:
        return machine.unknown("arrays that are not known", node)
    place, rank = whole_number(axis), arrays[0].shape.rank
    dtype, numbers = _dtype(arrays), _numbers(machine, arrays)
    if place is None or rank is None or any(array.shape.rank != rank for array in arrays):
        return new_array(machine, UNKNOWN_SHAPE, dtype, regrouped(numbers))
    if not -rank <= place < rank:
        return ArrayValue(UNKNOWN_SHAPE)
    place %= rank
    dims: list[Dim] = []
    for index in range(rank):
        lengths = [array.shape[index] for array in arrays]
        if index == place:
            total: Dim = 0
            for length in lengths:
                total = total + length
            dims.append(total)
        else:
            dims.append(_agreed(lengths))
    if place == rank - 1:
        numbers = regrouped(numbers)
    return new_array(machine, Shape(tuple(dims)), dtype, numbers)


def _agreed(lengths: list[Dim]) -> Dim:
    """A length that all must have for NumPy to join them."""
    known = [length for length in lengths if isinstance(length, int)]
    if known:
        return known[0] if len(set(known)) == 1 else UNKNOWN
    return lengths[0] if all(surely_equal(lengths[0], one) for one in lengths) else UNKNOWN


def stacked(machine: Machine, value: Value, axis: Value, node: cst.CSTNode) -> Value:
    """Arrays of one shape along a new axis."""
    arrays = _arrays(machine, value)
    if arrays is None:
        return machine.unknown("arrays that are not known", node)
    place, rank = whole_number(axis), arrays[0].shape.rank
    numbers = _numbers(machine, arrays)
    if place is None or rank is None or any(array.shape.rank != rank for array in arrays):
        return new_array(machine, UNKNOWN_SHAPE, _dtype(arrays), regrouped(numbers))
    if not -rank - 1 <= place <= rank:
        return ArrayValue(UNKNOWN_SHAPE)
    place %= rank + 1
    dims = [_agreed([array.shape[index] for array in arrays]) for index in range(rank)]
    dims.insert(place, len(arrays))
    if place == rank:
        numbers = regrouped(numbers)
    return new_array(machine, Shape(tuple(dims)), _dtype(arrays), numbers)


@external("numpy.concatenate")
def concatenate(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.concatenate(arrays, axis=0)``."""
    return _join(machine, args, node, Const(0))


@external("numpy.vstack", "numpy.hstack", "numpy.dstack", "numpy.column_stack")
def along(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.vstack(arrays)`` and its kin, for arrays of the ranks where they only concatenate."""
    name = called_name(node)
    given = args.argument(0, "tup")
    arrays = None if given is None else _arrays(machine, given)
    if arrays is None or given is None or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("arrays that are not known", node)
    ranks = {array.shape.rank for array in arrays}
    rank = ranks.pop() if len(ranks) == 1 else None
    if name == "vstack" and rank is not None and rank >= 2:
        return concatenated(machine, given, Const(0), node)
    if name == "vstack" and rank == 1:
        return stacked(machine, given, Const(0), node)
    if name == "hstack" and rank is not None and rank >= 1:
        return concatenated(machine, given, Const(0 if rank == 1 else 1), node)
    if name == "column_stack" and rank == 1:
        return stacked(machine, given, Const(1), node)
    if name == "column_stack" and rank == 2:
        return concatenated(machine, given, Const(1), node)
    if name == "dstack" and rank == 2:
        return stacked(machine, given, Const(2), node)
    return ArrayValue(UNKNOWN_SHAPE)


@external("numpy.stack")
def stack(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.stack(arrays, axis=0)``."""
    given = args.argument(0, "arrays")
    if given is None:
        return args.first_unknown() or machine.unknown("arrays that are not known", node)
    return stacked(machine, given, args.argument(1, "axis") or Const(0), node)


def _join(machine: Machine, args: Args, node: cst.CSTNode, default: Value) -> Value:
    given = args.argument(0, "arrays")
    if given is None or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("arrays that are not known", node)
    return concatenated(machine, given, args.argument(1, "axis") or default, node)


@external("numpy.append")
def append(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.append(array, values, axis)`` with an axis."""
    if len(args.positional) < 2:
        return args.first_unknown() or machine.unknown("arrays that are not known", node)
    axis = args.argument(2, "axis") or NONE
    if axis == NONE:
        return ArrayValue(UNKNOWN_SHAPE)
    return concatenated(machine, TupleValue(args.positional[:2]), axis, node)


@external("numpy.repeat")
def repeat(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.repeat(array, repeats, axis)`` with one whole number of repeats."""
    array, times = args.argument(0, "a"), whole_number(args.argument(1, "repeats"))
    place = whole_number(args.argument(2, "axis"))
    if not isinstance(array, ArrayValue):
        return args.first_unknown() or machine.unknown("an array that is not known", node)
    numbers = regrouped(numbers_of(machine, array))
    dims = array.shape.dims
    if dims is None or times is None or times < 1 or (place is None and len(dims) != 1):
        return ArrayValue(UNKNOWN_SHAPE, array.dtype)
    place = 0 if place is None else place
    if not -len(dims) <= place < len(dims):
        return ArrayValue(UNKNOWN_SHAPE)
    shape = array.shape.with_axis(place, dims[place] * times)
    return new_array(machine, shape, array.dtype, numbers)


@external("numpy.tile")
def tile(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.tile(array, reps)``."""
    array, reps = args.argument(0, "A"), args.argument(1, "reps")
    if not isinstance(array, ArrayValue) or reps is None:
        return args.first_unknown() or machine.unknown("an array that is not known", node)
    times = [whole_number(item) for item in machine.items(reps) or (reps,)]
    dims = array.shape.dims
    counts = [time for time in times if time is not None and time >= 1]
    if dims is None or len(counts) < len(times):
        return ArrayValue(UNKNOWN_SHAPE, array.dtype)
    counts = [1] * (len(dims) - len(counts)) + counts
    dims = (1,) * (len(counts) - len(dims)) + dims
    shape = Shape(tuple(dim * time for dim, time in zip(dims, counts, strict=True)))
    return new_array(machine, shape, array.dtype, regrouped(numbers_of(machine, array)))
