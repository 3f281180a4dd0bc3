"""Bits, orders and counts: what is mostly done on whole numbers, and spaced numbers."""

from __future__ import annotations

from keras_lint.keras_api.ops import elementwise, reductions
from keras_lint.keras_api.ops.base import Arguments, Data, flat_length, known_dims, operation
from keras_lint.keras_api.ops.broadcasting import (
    broadcast_tensors,
    floating,
    is_integral,
    result_dtype,
)
from keras_lint.keras_api.ops.elementwise import class_name, keep
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

_BITS = ("bitwise_and", "bitwise_or", "bitwise_xor")
_SHIFTS = ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")


def _bits(a: Arguments) -> Nested[TensorType]:
    """Keras 3.15 gives a symbolic result the shape of the first operand and does not compare."""
    names = iter(a)
    left, right = a.operand(next(names)), a.operand(next(names))
    dtype = result_dtype(left.dtype, right.dtype)
    return TensorType(left.shape, dtype if is_integral(dtype) else None)


def _pair(a: Arguments) -> Nested[TensorType]:
    left, right = a.operand("x1"), a.operand("x2")
    dims = broadcast_tensors(a, left, right)
    return TensorType(Shape(dims), result_dtype(left.dtype, right.dtype))


def _float_pair(a: Arguments) -> Nested[TensorType]:
    left, right = a.operand("x1"), a.operand("x2")
    dims = broadcast_tensors(a, left, right)
    return TensorType(Shape(dims), floating(result_dtype(left.dtype, right.dtype)))


def _register() -> None:
    for name in (*_BITS, *_SHIFTS):
        operation(name, class_name(name), outside=True)(_bits)
    for name in ("bitwise_not", "bitwise_invert", "real", "imag", "threshold"):
        operation(name, class_name(name), outside=True)(keep)
    operation("angle", "Angle", outside=True)(elementwise.keep_floats)
    for name in ("gcd", "lcm", "fmod"):
        operation(name, class_name(name), outside=True)(_pair)
    for name in ("nextafter", "logaddexp2", "ldexp"):
        operation(name, class_name(name), outside=True)(_float_pair)
    operation("saturate_cast", "SaturateCast")(elementwise.cast)
    operation("empty_like", "EmptyLike", outside=True)(elementwise.zeros_like)


_register()


@operation("nancumsum", "Nancumsum", outside=True)
def nancumsum(a: Arguments) -> Nested[TensorType]:
    """The same shape along an axis, which Keras does not check; flat without one."""
    x = a.tensor("x")
    dtype = a.dtype("dtype", x.dtype)
    dtype = "int32" if dtype == "bool" else dtype
    if a.known("axis") is None:
        return TensorType(Shape((flat_length(a.dims("x")),)), dtype)
    return TensorType(x.shape, dtype)


operation("nancumprod", "Nancumprod", outside=True)(nancumsum)


@operation("nanprod", "Nanprod", outside=True)
def nanprod(a: Arguments) -> Nested[TensorType]:
    """The product of what is a number."""
    shape, dtype = reductions.reduce(a)
    return TensorType(shape, a.dtype("dtype", dtype if dtype in ("float32", "int32") else None))


def _quantile(a: Arguments) -> Nested[TensorType]:
    """One value, or one more axis in front where several are asked for."""
    q = a.known("q")
    dims: tuple[Dim, ...] = ()
    if isinstance(q, TensorType):
        dims = known_dims(q)
        if len(dims) > 1:
            raise Lost("quantiles in a matrix")
    elif not isinstance(q, (int, float)):
        raise Lost("which quantiles is not known")
    shape, dtype = reductions.reduce(a)
    return TensorType(Shape((*dims, *(shape.dims or ()))), floating(dtype))


for _name in ("quantile", "nanquantile", "percentile", "nanpercentile"):
    operation(_name, class_name(_name), outside=True)(_quantile)


@operation("bincount", "Bincount", outside=True)
def bincount(a: Arguments) -> Nested[TensorType]:
    """How many numbers come out depends on the largest."""
    dims = a.dims("x")
    if len(dims) not in (1, 2) or a.get("weights") is not None or a.get("sparse") is not False:
        raise Lost("a weighted or sparse count, or an unusual rank")
    return TensorType(Shape((*dims[:-1], FREE)), "int32")


@operation("histogram", "Histogram", outside=True, several=True)
def histogram(a: Arguments) -> Nested[TensorType]:
    """Counts, and the edges of the bins."""
    x, bins = a.tensor("x"), a.integer("bins")
    dtype = x.dtype if x.dtype == "float32" else None
    return (TensorType(Shape((bins,)), dtype), TensorType(Shape((bins + 1,)), dtype))


@operation("digitize", "Digitize", outside=True)
def digitize(a: Arguments) -> Nested[TensorType]:
    """The number of the bin of every element."""
    bins = a.tensor("bins")
    if not a.dims("bins"):
        raise Lost("one bin, which Keras takes")
    if len(a.dims("bins")) != 1:
        raise a.refuse("rank", "a vector of bins", str(bins.shape), (bins,))
    return TensorType(a.tensor("x").shape, "int32")


@operation("searchsorted", "SearchSorted", outside=True)
def searchsorted(a: Arguments) -> Nested[TensorType]:
    """The place of every value in a sorted vector."""
    x = a.tensor("sorted_sequence")
    if len(a.dims("sorted_sequence")) != 1:
        raise a.refuse("rank", "a sorted vector", str(x.shape), (x,))
    if not isinstance(a.dims("sorted_sequence")[0], int):
        raise Lost("a sorted vector of unknown length")
    return TensorType(a.operand("values").shape, "int32")


@operation("isin", "IsIn", outside=True)
def isin(a: Arguments) -> Nested[TensorType]:
    """One truth for every element of the first."""
    return TensorType(a.operand("x1").shape, "bool")


@operation("allclose", "AllClose", outside=True)
def allclose(a: Arguments) -> Nested[TensorType]:
    """One truth for all; Keras does not compare the shapes."""
    a.operand("x1"), a.operand("x2")
    return TensorType(Shape(()), "bool")


@operation("argpartition", "Argpartition", outside=True)
def argpartition(a: Arguments) -> Nested[TensorType]:
    """As many places as elements; the axis is not checked."""
    x = a.tensor("x")
    if a.known("axis") is None:
        return TensorType(Shape((flat_length(a.dims("x")),)), "int32")
    return TensorType(x.shape, "int32")


@operation("corrcoef", "Corrcoef", outside=True)
def corrcoef(a: Arguments) -> Nested[TensorType]:
    """Keras 3.15 says of a symbolic result that it has the shape of what is given."""
    x = a.tensor("x")
    return TensorType(x.shape, floating(x.dtype))


@operation("correlate", "Correlate", outside=True)
def correlate(a: Arguments) -> Nested[TensorType]:
    """One vector slid along another."""
    left, right = a.tensor("x1"), a.tensor("x2")
    for x in (left, right):
        if len(known_dims(x)) != 1:
            raise a.refuse("rank", "a vector", str(x.shape), (x,))
    one, other = known_dims(left)[0], known_dims(right)[0]
    if not isinstance(one, int) or not isinstance(other, int):
        raise Lost("a vector of unknown length")
    lengths = {
        "valid": max(one, other) - min(one, other) + 1,
        "same": max(one, other),
        "full": one + other - 1,
    }
    mode = a.known("mode")
    if mode not in lengths:
        raise Lost("an unusual mode")
    return TensorType(Shape((lengths[mode],)), floating(result_dtype(left.dtype, right.dtype)))


@operation("nonzero", "Nonzero", outside=True, several=True)
def nonzero(a: Arguments) -> Nested[TensorType]:
    """One vector of places for every axis; how long depends on the data."""
    dims = a.dims("x")
    if not dims:
        raise Lost("the places of a number")
    return tuple(TensorType(Shape((FREE,)), "int32") for _ in dims)


@operation("trapezoid", "Trapezoid", outside=True)
def trapezoid(a: Arguments) -> Nested[TensorType]:
    """One axis summed."""
    y, dims, axis = a.tensor("y"), a.dims("y"), a.integer("axis")
    if not -len(dims) <= axis < len(dims):
        raise Lost("an axis that the tensor does not have, which Keras takes")
    shape = reductions.reduced(dims, (axis % len(dims),), False)
    return TensorType(shape, "float32" if y.dtype in ("float32", "int32") else floating(y.dtype))


@operation("unravel_index", "UnravelIndex", outside=True, several=True)
def unravel_index(a: Arguments) -> Nested[TensorType]:
    """One number for every axis of a shape."""
    x = a.tensor("indices")
    if x.dtype != "int32":
        raise Lost("places of another dtype")
    return tuple(TensorType(x.shape, x.dtype) for _ in a.lengths("shape"))


@operation("select", "Select", outside=True)
def select(a: Arguments) -> Nested[TensorType]:
    """The first of several tensors whose condition holds; conditions do not change the shape."""
    choices = a.operands("choicelist")
    a.operands("condlist")
    if a.known("default") != 0 or any(item.shape != choices[0].shape for item in choices):
        raise Lost("alternatives of different shapes")
    dtypes = {item.dtype for item in choices}
    dtype = dtypes.pop() if len(dtypes) == 1 else None
    return TensorType(choices[0].shape, dtype)


@operation("linspace", "Linspace", outside=True)
def linspace(a: Arguments) -> Nested[TensorType]:
    """Evenly spaced numbers from one tensor to another, on a new axis."""
    start, stop = a.operand("start"), a.operand("stop")
    if "retstep" in a and a.known("retstep") is not False:
        raise Lost("the step is asked for")
    dims = list(broadcast_tensors(a, start, stop))
    axis = a.integer("axis")
    if not -len(dims) - 1 <= axis <= len(dims):
        raise Lost("an unusual axis")
    dims.insert(axis if axis >= 0 else len(dims) + 1 + axis, a.lengths("num")[0])
    dtypes = {start.dtype, stop.dtype}
    plain_floats = dtypes == {"int32"} or dtypes <= {"float32", "float", "int"}
    default = "float32" if plain_floats else None
    kind = TensorType(Shape(tuple(dims)), a.dtype("dtype", default))
    plain = isinstance(start, Data) and isinstance(stop, Data)
    return Data(kind.shape, kind.dtype) if plain else kind


operation("logspace", "Logspace", outside=True)(linspace)
operation("geomspace", "Geomspace", outside=True)(linspace)
