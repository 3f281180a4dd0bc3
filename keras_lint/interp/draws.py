"""Random draws of NumPy: shapes, and between which bounds the numbers lie."""

from __future__ import annotations

from functools import partial

import libcst as cst

from keras_lint.interp.arrays import dtype_of, new_array, number, shape_argument, whole_number
from keras_lint.interp.machine import Machine
from keras_lint.interp.registry import external, external_handler, methods
from keras_lint.interp.values import NONE, Args, ArrayValue, Const, ObjectValue, Value, to_dim
from keras_lint.model.data import Numbers, product, surely_reached
from keras_lint.model.dims import FREE, UNKNOWN
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_FROM_ZERO_TO_ONE = ("random", "random_sample", "ranf", "sample")
_SIZE_AT = {
    "normal": 2,
    "uniform": 2,
    "binomial": 2,
    "poisson": 1,
    "exponential": 1,
    "standard_normal": 0,
    **dict.fromkeys(_FROM_ZERO_TO_ONE, 0),
}
"""Distributions by the place of ``size`` among the arguments."""
_UNIT = Numbers(0, 1)
_GENERATORS = ("numpy.random.default_rng", "numpy.random.RandomState")


def _register() -> None:
    external("numpy.random.rand")(partial(_by_lengths, _UNIT))
    external("numpy.random.randn")(partial(_by_lengths, Numbers()))
    for name in _SIZE_AT:
        external(f"numpy.random.{name}")(partial(draw, name))
    for name in ("randint", "integers"):
        external(f"numpy.random.{name}")(partial(draw, name))
    external("numpy.random.choice")(partial(draw, "choice"))
    external("numpy.random.permutation")(partial(draw, "permutation"))


def _by_lengths(numbers: Numbers, machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.random.rand(d0, d1, ...)``."""
    if args.incomplete is not None:
        return new_array(machine, UNKNOWN_SHAPE, "float64", numbers)
    if not args.positional:
        return machine.unknown("a random number", node)
    shape = Shape(tuple(to_dim(value) for value in args.positional))
    return new_array(machine, shape, "float64", numbers)


def draw(name: str, machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """A method of a random generator, or the function of ``numpy.random`` with that name."""
    if name in ("randint", "integers"):
        return _whole(machine, args, node)
    if name == "choice":
        return _choice(machine, args, node)
    if name == "permutation":
        return _permutation(machine, args, node)
    if name not in _SIZE_AT:
        return machine.unknown(f"what .{name}() gives is not known", node)
    size = args.argument(_SIZE_AT[name], "size")
    if size is None or size == NONE:
        return machine.unknown("a random number", node)
    numbers, dtype = Numbers(), "float64"
    if name in _FROM_ZERO_TO_ONE:
        numbers = _UNIT
    elif name == "uniform":
        low = number(args.argument(0, "low") or Const(0.0))
        high = number(args.argument(1, "high") or Const(1.0))
        if low is not None and high is not None and low <= high:
            numbers = Numbers(low, high)
    elif name == "binomial":
        high = number(args.argument(0, "n"))
        numbers, dtype = Numbers(0, high, True), "int64"
    elif name == "poisson":
        numbers, dtype = Numbers(0, None, True), "int64"
    elif name == "exponential":
        numbers = Numbers(0, None)
    if args.keyword("dtype") is not None:
        dtype = dtype_of(args.keyword("dtype")) or ""
    if any(isinstance(value, ArrayValue) for value in args.positional[: _SIZE_AT[name]]):
        numbers = Numbers()
    return new_array(machine, shape_argument(machine, size), dtype or None, numbers)


def _whole(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``randint(low, high=None, size=None)``: ``high`` itself is not drawn."""
    size = args.argument(2, "size")
    if size is None or size == NONE:
        return machine.unknown("a random number", node)
    given = args.argument(3, "dtype")
    dtype = "int64" if given is None else dtype_of(given)
    shape = shape_argument(machine, size)
    low, high = whole_number(args.argument(0, "low")), args.argument(1, "high")
    stop = whole_number(high) if high is not None and high != NONE else low
    if stop is low:
        low = 0
    if stop is None or low is None or args.argument(4, "endpoint") is not None or stop <= low:
        return new_array(machine, shape, dtype, Numbers(whole=True))
    sure = surely_reached(product(shape.dims or (0,)), stop - low)
    classes = stop if low == 0 and sure else None
    numbers = Numbers(low, stop - 1, True, sure, classes)
    return new_array(machine, shape, dtype, numbers.cast(dtype))


def _choice(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``choice(n, size)`` draws whole numbers below ``n``; others are not followed."""
    size = args.argument(1, "size")
    if size is None or size == NONE:
        return machine.unknown("a random choice", node)
    shape = shape_argument(machine, size)
    stop = whole_number(args.argument(0, "a"))
    if stop is not None and stop > 0:
        return new_array(machine, shape, "int64", Numbers(0, stop - 1, True))
    return ArrayValue(shape)


def _permutation(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``permutation(n)`` of the numbers below ``n``; ``permutation(array)`` of its rows."""
    value = args.argument(0, "x")
    if isinstance(value, ArrayValue):
        return machine.call(machine.get_attribute(value, "copy", node), Args(), node)
    count = UNKNOWN if value is None else to_dim(value)
    if count is UNKNOWN or count is FREE:
        return args.first_unknown() or machine.unknown("a permutation not known", node)
    high = count - 1 if isinstance(count, int) else None
    classes = count if isinstance(count, int) and count > 0 else None
    return new_array(machine, Shape((count,)), "int64", Numbers(0, high, True, False, classes))


@external(*_GENERATORS)
def generator(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.random.default_rng(seed)``: an object with the same methods."""
    del machine, args, node
    return ObjectValue(_GENERATORS[0])


@methods(_GENERATORS[0])
def generator_method(
    machine: Machine, receiver: Value, name: str, args: Args, node: cst.CSTNode
) -> Value:
    """A method of a random generator: what the function of ``numpy.random`` does."""
    del receiver
    handler = external_handler(f"numpy.random.{name}")
    if handler is None or name == "permuted":
        return machine.unknown(f"what .{name}() gives is not known", node)
    return handler(machine, args, node)


_register()
