"""NumPy arrays as far as model code needs them: their shapes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import libcst as cst

from keras_lint.interp.array_arithmetic import broadcast
from keras_lint.interp.array_methods import (
    call_array_method,
    resolve_reshape,
    squeezed,
    transposed,
)
from keras_lint.interp.arrays import (
    dtype_of,
    new_array,
    number,
    numbers_of,
    regrouped,
    shape_argument,
    view,
    whole_number,
)
from keras_lint.interp.assignment import havoc
from keras_lint.interp.machine import Machine
from keras_lint.interp.pictures import pixels
from keras_lint.interp.registry import called_name, external
from keras_lint.interp.values import (
    NONE,
    Args,
    ArrayValue,
    Const,
    DimValue,
    Value,
    to_dim,
)
from keras_lint.model.data import ONE_HOT, Numbers, plain_number
from keras_lint.model.dims import Dim
from keras_lint.model.tensors import UNKNOWN_SHAPE, Shape

_SHAPE_FIRST = ("zeros", "ones", "empty", "full")
_LIKE = ("zeros", "ones", "empty", "full")
_LINSPACE = {"start", "stop", "num"}
_MOST_NUMBERS = 1_000
"""Numbers of an array that are kept."""
_SAME_SHAPE = (
    "abs",
    "absolute",
    "tanh",
    "square",
    "log1p",
    "expm1",
    "nan_to_num",
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
)


def _register() -> None:
    for name in _SHAPE_FIRST:
        external(f"numpy.{name}")(partial(_filled, name))
    for name in _SAME_SHAPE:
        external(f"numpy.{name}")(_same_shape)
    for name in _LIKE:
        external(f"numpy.{name}_like")(partial(_filled_like, name))


def _filled(name: str, machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.zeros(shape, dtype=float)``, ``np.full(shape, value)`` and their like."""
    del node
    given = args.argument(2 if name == "full" else 1, "dtype")
    dtype = "float64" if given is None and name != "full" else dtype_of(given)
    shape = shape_argument(machine, args.argument(0, "shape"))
    return new_array(machine, shape, dtype, _filling(name, args.argument(1, "fill_value"), dtype))


def _filled_like(name: str, machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.zeros_like(array)`` and its like."""
    value = args.argument(0, "a") or args.keyword("prototype")
    if not isinstance(value, ArrayValue):
        return args.first_unknown() or machine.unknown("an array like one not known", node)
    given = args.argument(2 if name == "full" else 1, "dtype")
    dtype = value.dtype if given is None else dtype_of(given)
    filling = _filling(name, args.argument(1, "fill_value"), dtype)
    return new_array(machine, value.shape, dtype, filling)


def _filling(name: str, value: Value | None, dtype: str | None) -> Numbers:
    """The numbers of an array that is filled with one; nobody knows those of ``empty``."""
    filling: float | None = {"zeros": 0.0, "ones": 1.0}.get(name)
    if name == "full":
        filling = number(value)
    if filling is None:
        return Numbers()
    whole = float(filling).is_integer()
    found = Numbers(filling, filling, whole, True, 1 if filling == 0 else None)
    return found.cast(dtype) if dtype else found


def _same_shape(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    value = args.argument(0, "a") or args.argument(0, "x")
    if isinstance(value, ArrayValue):
        return ArrayValue(value.shape)
    return args.first_unknown() or machine.unknown("a number computed by NumPy", node)


@external("numpy.array", "numpy.asarray")
def array(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.array(nested lists)``: the shape of a regular nesting."""
    value = args.argument(0, "object") or args.argument(0, "a")
    asarray = called_name(node) != "array"
    if value is None:
        return args.first_unknown() or machine.unknown("an array of nothing", node)
    value = pixels(value)
    given = args.argument(1, "dtype")
    dtype = dtype_of(given)
    if isinstance(value, ArrayValue):
        if given is None and args.keyword("copy") is None:
            if asarray:
                return value
            return new_array(machine, value.shape, value.dtype, numbers_of(machine, value))
        numbers = numbers_of(machine, value).cast(dtype)
        if asarray:  # of that dtype already, it is the same array
            return replace(value, dtype=dtype, items=None, numbers=numbers)
        return new_array(machine, value.shape, dtype, numbers)
    shape = _literal_shape(machine, value)
    if shape is None:
        return ArrayValue(UNKNOWN_SHAPE, dtype)
    found, own = _literal_numbers(machine, value)
    if given is None:
        return new_array(machine, Shape(shape), own, found)
    return new_array(machine, Shape(shape), dtype, found.cast(dtype))


def _literal_numbers(machine: Machine, value: Value) -> tuple[Numbers, str | None]:
    """The numbers of nested lists and the dtype that NumPy gives them."""
    numbers: list[float] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Const) and type(item.value) in (int, float):
            if plain_number(item.value) is None:
                return Numbers(), None
            numbers.append(item.value)
            continue
        items = None if isinstance(item, (Const, ArrayValue)) else machine.items(item)
        if items is None:
            return Numbers(), None
        waiting += items
    if not numbers:
        return Numbers(), None
    whole = all(float(n).is_integer() for n in numbers)
    count = len(set(numbers))
    dense = whole and set(numbers) == set(range(count))
    dtype = "int64" if all(isinstance(n, int) for n in numbers) else "float64"
    return Numbers(min(numbers), max(numbers), whole, True, count if dense else None), dtype


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
    del node
    numbers = [n for v in args.positional if (n := whole_number(v)) is not None]
    whole = len(numbers) == len(args.positional)
    if whole and 1 <= len(numbers) <= 3 and (len(numbers) < 3 or numbers[2] != 0):
        places = range(*numbers)
        # not len(), min() and max(): numbers of any size may be written
        count = max(0, -((places.start - places.stop) // places.step))
        if not count or args.keyword("dtype") is not None:
            return ArrayValue(Shape((count,)))
        low, high = sorted((places[0], places[-1]))
        classes = count if (low, high) == (0, count - 1) else None
        found = Numbers(low, high, True, True, classes)
        return new_array(machine, Shape((count,)), "int64", found)
    return ArrayValue(UNKNOWN_SHAPE)


@external("numpy.eye", "numpy.identity")
def eye(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.eye(n)``."""
    del node
    size = args.argument(0, "N") or args.argument(0, "n")
    given = args.keyword("dtype")
    if (
        size is None
        or len(args.positional) > 1
        or {n for n, _ in args.keywords} - {"dtype", "N", "n"}
    ):
        return ArrayValue(UNKNOWN_SHAPE)
    dtype = "float64" if given is None else dtype_of(given)
    return new_array(machine, Shape((to_dim(size), to_dim(size))), dtype, ONE_HOT)


@external("numpy.linspace")
def linspace(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.linspace(start, stop, num=50)`` of scalars; a short one with its numbers."""
    del node
    steps = args.argument(2, "num") or Const(50)
    ends = [args.argument(0, "start"), args.argument(1, "stop")]
    start, stop = (number(end) for end in ends)
    if start is None or stop is None:
        return ArrayValue(UNKNOWN_SHAPE)
    items: tuple[Value, ...] | None = None
    count = steps.value if isinstance(steps, Const) else None
    plain = len(args.positional) <= 3 and {name for name, _ in args.keywords} <= _LINSPACE
    if plain and isinstance(count, int) and 0 < count <= _MOST_NUMBERS:
        step = (stop - start) / (count - 1) if count > 1 else 0.0
        places = [float(index * step + start) for index in range(count)]
        if count > 1:
            places[-1] = float(stop)
        items = tuple(Const(place) for place in places)
    numbers = Numbers(min(start, stop), max(start, stop))
    return new_array(machine, Shape((to_dim(steps),)), "float64", numbers, items)


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
        numbers = regrouped(numbers_of(machine, value))
        return view(value, resolve_reshape(value.shape, target), numbers)
    return ArrayValue(target if target.dims and -1 not in target.dims else UNKNOWN_SHAPE)


@external("numpy.expand_dims")
def expand_dims(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.expand_dims(array, axis)``."""
    del node
    value, axis = args.argument(0, "a"), args.argument(1, "axis")
    if isinstance(value, ArrayValue) and value.shape.dims is not None and isinstance(axis, Const):
        rank = len(value.shape.dims) + 1
        if isinstance(axis.value, int) and -rank <= axis.value < rank:
            dims = list(value.shape.dims)
            dims.insert(axis.value % rank, 1)
            return view(value, Shape(tuple(dims)), regrouped(numbers_of(machine, value)))
    return ArrayValue(UNKNOWN_SHAPE)


@external("numpy.transpose")
def transpose(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.transpose(array, axes=None)``."""
    value = args.argument(0, "a")
    if not isinstance(value, ArrayValue):
        return args.first_unknown() or machine.unknown("a transposed array not known", node)
    return transposed(machine, value, args.argument(1, "axes") or NONE)


@external("numpy.squeeze")
def squeeze(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.squeeze(array, axis=None)``."""
    value = args.argument(0, "a")
    if not isinstance(value, ArrayValue):
        return args.first_unknown() or machine.unknown("a squeezed array not known", node)
    return squeezed(machine, value, args.argument(1, "axis") or NONE)


@external("numpy.ravel", "numpy.clip", "numpy.round", "numpy.around", "numpy.copy")
def as_method(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Functions that do what the method of the same name does."""
    if not args.positional or not isinstance(args.positional[0], ArrayValue):
        return args.first_unknown() or machine.unknown("an array that is not known", node)
    name = {"around": "round"}.get(called_name(node), called_name(node))
    rest = Args(args.positional[1:], args.keywords, (), args.incomplete)
    return call_array_method(machine, args.positional[0], name, rest, node)


@external("numpy.flip", "numpy.fliplr", "numpy.flipud")
def flipped(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The same numbers seen in another order."""
    value = args.positional[0] if args.positional else None
    if not isinstance(value, ArrayValue):
        return args.first_unknown() or machine.unknown("an array that is not known", node)
    return view(value, value.shape, regrouped(numbers_of(machine, value)))


@external("numpy.sort", "numpy.roll")
def reordered(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """The same numbers in other places of the same shape."""
    value = args.positional[0] if args.positional else None
    if not isinstance(value, ArrayValue):
        return args.first_unknown() or machine.unknown("an array that is not known", node)
    if called_name(node) == "sort" and args.argument(1, "axis") == NONE:
        return ArrayValue(UNKNOWN_SHAPE, value.dtype)
    numbers = regrouped(numbers_of(machine, value))
    return new_array(machine, value.shape, value.dtype, numbers)


@external("numpy.where")
def where(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.where(condition, one, other)`` of an array and numbers or arrays."""
    if len(args.positional) != 3 or args.keywords or args.incomplete is not None:
        return args.first_unknown() or machine.unknown("where something holds", node)
    shape, found = Shape(()), []
    for place, part in enumerate(args.positional):
        if isinstance(part, ArrayValue):
            shape = broadcast(shape, part.shape)
            numbers = numbers_of(machine, part)
        elif isinstance(part, Const) and (plain := number(part)) is not None:
            numbers = Numbers(plain, plain, float(plain).is_integer())
        else:
            return args.first_unknown() or machine.unknown("where something holds", node)
        if place:
            found.append(numbers)
    return new_array(machine, shape, None, found[0].some().union(found[1].some()))


@external("numpy.load", "numpy.loadtxt", "numpy.genfromtxt")
def loaded(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """An array from a file: nobody knows its shape."""
    del machine, args, node
    return ArrayValue(UNKNOWN_SHAPE)


@external("numpy.prod")
def prod(machine: Machine, args: Args, node: cst.CSTNode) -> Value:
    """``np.prod(shape)`` of known numbers."""
    items = machine.items(args.positional[0]) if args.positional else None
    plain = [item.value for item in items or () if isinstance(item, Const)]
    if items is None or len(plain) != len(items) or not all(isinstance(n, int) for n in plain):
        return args.first_unknown() or machine.unknown("a product that is not known", node)
    result = 1
    for factor in plain:
        result *= factor
    return Const(result)


_register()
