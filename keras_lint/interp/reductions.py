"""Reductions of NumPy arrays: ``x.mean(axis=0)`` and ``np.mean(x, axis=0)``."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.arrays import new_array, numbers_of
from keras_lint.interp.attributes import note_known
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.values import NONE, TRUE, Args, ArrayValue, Const, TupleValue, Value
from keras_lint.model.data import Numbers
from keras_lint.model.dims import Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

NUMBER_FROM_DATA = "a number computed from data"
"""The reason for which a single number is not known."""
REDUCTIONS = ("sum", "prod", "mean", "max", "min", "std", "var")
"""Methods that take ``axis`` first, and ``keepdims``."""
_BY_NAME = {"axis", "keepdims", "dtype"}


def reduced(machine: Machine, array: ArrayValue, name: str, args: Args, node: cst.CSTNode) -> Value:
    """``array.mean(...)`` for the arguments after the array.

    A number is unknown, but for the least and the greatest where these are known to be there. Of
    unknown shape is what known axes and ``keepdims`` do not tell.
    """
    axis = args.argument(0, "axis") or NONE
    kept = args.keyword("keepdims") or Const(False)
    plain = len(args.positional) <= 1 and {name for name, _ in args.keywords} <= _BY_NAME
    if not plain or args.incomplete is not None or not isinstance(kept, Const):
        return ArrayValue(UNKNOWN_SHAPE)
    numbers = numbers_of(machine, array)
    if axis == NONE and kept != TRUE:
        return _extreme(machine, numbers, name, node)
    dims = _without(array, axis, kept == TRUE)
    if dims is None:
        return ArrayValue(UNKNOWN_SHAPE)
    if not dims:
        return machine.unknown(NUMBER_FROM_DATA, node)
    dtype = None if args.keyword("dtype") else _dtype(array.dtype, name)
    if name not in ("max", "min", "mean"):
        return ArrayValue(Shape(dims), dtype)
    left = Numbers(numbers.low, numbers.high, numbers.whole and name != "mean")
    return new_array(machine, Shape(dims), dtype, left)


def _extreme(machine: Machine, numbers: Numbers, name: str, node: cst.CSTNode) -> Value:
    """The least or greatest number where it is a whole one that is known to be there."""
    end = {"max": numbers.high, "min": numbers.low}.get(name)
    if end is None or not numbers.attained or not numbers.whole:
        return machine.unknown(NUMBER_FROM_DATA, node)
    result = Const(int(end))
    note_known(machine, node, result)
    return result


def _dtype(dtype: str | None, name: str) -> str | None:
    """The dtype after a reduction of numbers of that dtype."""
    if name in ("max", "min"):
        return dtype
    if dtype is None or dtype.startswith("float"):
        return dtype
    return None if name in ("sum", "prod") else "float64"


def _without(array: ArrayValue, axis: Value, keep: bool) -> tuple[Dim, ...] | None:
    """The axes that are left; None where that is not known."""
    dims = array.shape.dims
    if dims is None:
        return None
    given = axis.items if isinstance(axis, TupleValue) else (axis,)
    if axis == NONE:
        given = tuple(Const(place) for place in range(len(dims)))
    places: set[int] = set()
    for part in given:
        place = part.value if isinstance(part, Const) else None
        if not isinstance(place, int) or not -len(dims) <= place < len(dims):
            return None
        places.add(place % len(dims))
    if keep:
        return tuple(1 if i in places else d for i, d in enumerate(dims))
    return tuple(d for i, d in enumerate(dims) if i not in places)


def arg_reduced(machine: Machine, array: ArrayValue, args: Args, node: cst.CSTNode) -> Value:
    """``array.argmax(axis)``: places along the axis, so whole numbers from 0 on."""
    axis = args.argument(0, "axis") or NONE
    if axis == NONE or len(args.positional) > 1 or len(args.positional) + len(args.keywords) > 1:
        return machine.unknown(NUMBER_FROM_DATA, node)
    dims = None if not isinstance(axis, Const) else _without(array, axis, False)
    if dims is None:
        return ArrayValue(UNKNOWN_SHAPE, "int64")
    if not dims:
        return machine.unknown(NUMBER_FROM_DATA, node)
    assert array.shape.dims is not None
    assert isinstance(axis, Const)
    length = array.shape.dims[axis.value]
    high = length - 1 if isinstance(length, int) else None
    return new_array(machine, Shape(dims), "int64", Numbers(0, high, True))


@external("numpy.argmax", "numpy.argmin")
def arg_reduction(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.argmax(array, axis)``."""
    return _of_first(machine, args, node, "argmax")


def _of_first(machine: Machine, args: Args, node: cst.CSTNode, name: str) -> Value:
    value = args.argument(0, "a")
    if not isinstance(value, ArrayValue):
        return args.first_unknown() or machine.unknown("what NumPy computes from this", node)
    rest = Args(args.positional[1:], tuple(kw for kw in args.keywords if kw[0] != "a"))
    if name == "argmax":
        return arg_reduced(machine, value, rest, node)
    return reduced(machine, value, name, rest, node)


def _register() -> None:
    for name in (*REDUCTIONS, "amin", "amax"):

        def handler(
            machine: Machine, args: Args, node: cst.CSTNode, name: str = name.removeprefix("a")
        ) -> Value:
            return _of_first(machine, args, node, name)

        external(f"numpy.{name}")(handler)


_register()
