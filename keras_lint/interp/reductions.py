"""Reductions of NumPy arrays: ``x.mean(axis=0)`` and ``np.mean(x, axis=0)``."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external
from keras_lint.interp.values import NONE, TRUE, Args, ArrayValue, Const, TupleValue, Value
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

NUMBER_FROM_DATA = "a number computed from data"
"""The reason for which a single number is not known."""
REDUCTIONS = ("sum", "mean", "max", "min", "std", "var")
"""Methods that take ``axis`` first, and ``keepdims``."""
_BY_NAME = {"axis", "keepdims", "dtype"}


def reduced(machine: Machine, array: ArrayValue, args: Args, node: cst.CSTNode) -> Value:
    """``array.mean(...)`` for the arguments after the array.

    A number is unknown. Of unknown shape is what known axes and ``keepdims`` do not tell.
    """
    axis = args.argument(0, "axis") or NONE
    kept = args.keyword("keepdims") or Const(False)
    plain = len(args.positional) <= 1 and {name for name, _ in args.keywords} <= _BY_NAME
    if not plain or args.incomplete is not None or not isinstance(kept, Const):
        return ArrayValue(UNKNOWN_SHAPE)
    if axis == NONE and kept != TRUE:
        return machine.unknown(NUMBER_FROM_DATA, node)
    dims = array.shape.dims
    if dims is None:
        return ArrayValue(UNKNOWN_SHAPE)
    given = axis.items if isinstance(axis, TupleValue) else (axis,)
    if axis == NONE:
        given = tuple(Const(place) for place in range(len(dims)))
    places: set[int] = set()
    for part in given:
        place = part.value if isinstance(part, Const) else None
        if not isinstance(place, int) or not -len(dims) <= place < len(dims):
            return ArrayValue(UNKNOWN_SHAPE)
        places.add(place % len(dims))
    if kept == TRUE:
        return ArrayValue(Shape(tuple(1 if i in places else d for i, d in enumerate(dims))))
    if len(places) == len(dims):
        return machine.unknown(NUMBER_FROM_DATA, node)
    return ArrayValue(Shape(tuple(d for i, d in enumerate(dims) if i not in places)))


@external(*(f"numpy.{name}" for name in REDUCTIONS if name != "max"), "numpy.amin")
def reduction(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.mean(array, axis=None, keepdims=False)`` and its like."""
    value = args.argument(0, "a")
    if not isinstance(value, ArrayValue):
        return args.first_unknown() or machine.unknown("what NumPy computes from this", node)
    rest = Args(args.positional[1:], tuple(kw for kw in args.keywords if kw[0] != "a"))
    return reduced(machine, value, rest, node)
