"""NumPy arrays as far as model code needs them: their shapes."""

from __future__ import annotations

import libcst as cst

from keras_lint.interp.assignment import havoc
from keras_lint.interp.inputs import shape_of
from keras_lint.interp.machine import Machine
from keras_lint.interp.methods import resolve_reshape
from keras_lint.interp.registry import Builtin, external
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    DimValue,
    Ref,
    Value,
    to_dim,
)
from keras_lint.model.dims import Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_SHAPE_FIRST = ("zeros", "ones", "empty", "full")
_SHAPE_ARGUMENTS = ("rand", "randn")
_SIZE_FIRST = ("random", "random_sample", "sample", "standard_normal")
_SIZE_LATER = {
    "normal": 2,
    "uniform": 2,
    "randint": 2,
    "integers": 2,
    "binomial": 2,
    "choice": 1,
    "poisson": 1,
    "exponential": 1,
}
_LINSPACE = {"start", "stop", "num"}
_MOST_NUMBERS = 1_000
"""Numbers of an array that are kept."""
_SAME_SHAPE = ("zeros_like", "ones_like", "empty_like", "abs", "exp", "log", "sqrt", "sin", "cos")


def shape_argument(machine: Machine, value: Value | None) -> Shape:
    """A shape given as an int or a tuple."""
    if value is None:
        return UNKNOWN_SHAPE
    if isinstance(value, DimValue) or (isinstance(value, Const) and isinstance(value.value, int)):
        return Shape((to_dim(value),))
    return shape_of(machine, value)


def _register() -> None:
    for name in _SHAPE_FIRST:
        external(f"numpy.{name}")(_shape_first)
    for name in _SHAPE_ARGUMENTS:
        external(f"numpy.random.{name}")(_shape_arguments)
    for name in _SIZE_FIRST:
        external(f"numpy.random.{name}")(_shape_first)
    for name, index in _SIZE_LATER.items():
        external(f"numpy.random.{name}")(_size_later(index))
    for name in _SAME_SHAPE:
        external(f"numpy.{name}")(_same_shape)


def _shape_first(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    del node
    value = args.argument(0, "shape") or args.keyword("size")
    return ArrayValue(shape_argument(machine, value))


def _shape_arguments(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    del machine
    if args.incomplete is not None or not args.positional:
        return ArrayValue(UNKNOWN_SHAPE)
    del node
    return ArrayValue(Shape(tuple(to_dim(value) for value in args.positional)))


def _size_later(index: int) -> Builtin:
    def handler(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
        value = args.argument(index, "size")
        if value is None:
            return machine.unknown("a random number", node)
        return ArrayValue(shape_argument(machine, value))

    return handler


def _same_shape(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.argument(0, "a") or args.argument(0, "x")
    if isinstance(value, ArrayValue):
        return ArrayValue(value.shape)
    return args.first_unknown() or machine.unknown("a number computed by NumPy", node)


@external("numpy.array", "numpy.asarray")
def array(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.array(nested lists)``: the shape of a regular nesting."""
    value = args.argument(0, "object") or args.argument(0, "a")
    if value is None:
        return args.first_unknown() or machine.unknown("an array of nothing", node)
    if isinstance(value, ArrayValue):
        return value
    shape = _literal_shape(machine, value)
    return ArrayValue(UNKNOWN_SHAPE if shape is None else Shape(shape))


def _literal_shape(machine: Machine, value: Value) -> tuple[Dim, ...] | None:
    if isinstance(value, (Const, DimValue)) and not (
        isinstance(value, Const) and isinstance(value.value, str)
    ):
        return ()
    if isinstance(value, ArrayValue):
        return value.shape.dims
    items = machine.items(value)
    if items is None or isinstance(value, Const):
        return None
    shapes = {_literal_shape(machine, item) for item in items}
    if len(shapes) != 1:
        return (0,) if not items else None
    inner = shapes.pop()
    return None if inner is None else (len(items), *inner)


@external("numpy.arange")
def arange(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.arange(...)`` of known whole numbers."""
    del node, machine
    numbers = [v.value for v in args.positional if isinstance(v, Const)]
    whole = len(numbers) == len(args.positional) and all(isinstance(n, int) for n in numbers)
    if whole and 1 <= len(numbers) <= 3 and (len(numbers) < 3 or numbers[2] != 0):
        return ArrayValue(Shape((len(range(*numbers)),)))
    return ArrayValue(UNKNOWN_SHAPE)


@external("numpy.eye", "numpy.identity")
def eye(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.eye(n)``."""
    del node, machine
    size = args.argument(0, "N") or args.argument(0, "n")
    if size is None or len(args.positional) > 1:
        return ArrayValue(UNKNOWN_SHAPE)
    return ArrayValue(Shape((to_dim(size), to_dim(size))))


@external("numpy.linspace")
def linspace(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.linspace(start, stop, num=50)`` of scalars; a short one with its numbers."""
    del node
    number = args.argument(2, "num") or Const(50)
    ends = [args.argument(0, "start"), args.argument(1, "stop")]
    start, stop = (v.value if isinstance(v, Const) else None for v in ends)
    if not isinstance(start, (int, float)) or not isinstance(stop, (int, float)):
        return ArrayValue(UNKNOWN_SHAPE)
    numbers: Ref | None = None
    count = number.value if isinstance(number, Const) else None
    plain = len(args.positional) <= 3 and {name for name, _ in args.keywords} <= _LINSPACE
    if plain and isinstance(count, int) and 0 < count <= _MOST_NUMBERS:
        step = (stop - start) / (count - 1) if count > 1 else 0.0
        items = [float(index * step + start) for index in range(count)]
        if count > 1:
            items[-1] = float(stop)
        numbers = machine.new_list([Const(item) for item in items])
    return ArrayValue(Shape((to_dim(number),)), None, numbers)


@external("numpy.random.shuffle", "numpy.put", "numpy.place", "numpy.putmask", "numpy.copyto")
def changing(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Functions that change the array (or list) they are given."""
    if args.positional:
        havoc(machine, args.positional[0], machine.unknown("an array that was changed", node))
    return NONE


@external("numpy.reshape")
def reshape(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.reshape(array, shape)``."""
    del node
    value = args.argument(0, "a")
    target = shape_argument(machine, args.argument(1, "shape") or args.keyword("newshape"))
    if isinstance(value, ArrayValue):
        return ArrayValue(resolve_reshape(value.shape, target), value.dtype)
    return ArrayValue(target if target.dims and -1 not in target.dims else UNKNOWN_SHAPE)


@external("numpy.expand_dims")
def expand_dims(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.expand_dims(array, axis)``."""
    del node, machine
    value, axis = args.argument(0, "a"), args.argument(1, "axis")
    if isinstance(value, ArrayValue) and value.shape.dims is not None and isinstance(axis, Const):
        rank = len(value.shape.dims) + 1
        if isinstance(axis.value, int) and -rank <= axis.value < rank:
            dims = list(value.shape.dims)
            dims.insert(axis.value % rank, 1)
            return ArrayValue(Shape(tuple(dims)))
    return ArrayValue(UNKNOWN_SHAPE)


@external("numpy.prod")
def prod(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.prod(shape)`` of known numbers."""
    items = machine.items(args.positional[0]) if args.positional else None
    plain = [item.value for item in items or () if isinstance(item, Const)]
    if items is None or len(plain) != len(items) or not all(isinstance(n, int) for n in plain):
        return args.first_unknown() or machine.unknown("a product that is not known", node)
    result = 1
    for number in plain:
        result *= number
    return Const(result)


_register()
