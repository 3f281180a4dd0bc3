"""Reductions: axes taken away, or kept at length 1."""

from __future__ import annotations

from collections.abc import Sequence

from keras_lint.keras_api.ops.base import Arguments, operation
from keras_lint.keras_api.ops.broadcasting import floating, result_dtype
from keras_lint.keras_api.ops.elementwise import floats_inside, unchecked_inside
from keras_lint.model.dims import Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

SAME_DTYPE = ("nanmax", "nanmin", "amax", "amin", "max", "min")
FLOATS = ("std", "var", "nanmean", "nanstd", "nanvar")
COUNTED = ("nanargmax", "nanargmin", "argmax", "argmin", "count_nonzero")
TRUTHS = ("any", "all")


def reduced(dims: Sequence[Dim], axes: Sequence[int] | None, keepdims: bool) -> Shape:
    """The shape after reducing ``axes`` (counted from the front; None for all)."""
    if axes is None:
        return Shape((1,) * len(dims) if keepdims else ())
    if len(set(axes)) != len(axes):
        raise Lost("an axis is reduced twice")
    if keepdims:
        return Shape(tuple(1 if i in axes else d for i, d in enumerate(dims)))
    return Shape(tuple(d for i, d in enumerate(dims) if i not in axes))


def reduce(a: Arguments, name: str = "x", axis: str = "axis") -> tuple[Shape, str | None]:
    """Shape of a reduction and dtype of what is reduced."""
    x = a.tensor(name)
    dims = a.dims(name)
    keepdims = a.flag("keepdims") if "keepdims" in a else False
    return reduced(dims, a.axes(axis, len(dims)), keepdims), x.dtype


def _same(a: Arguments) -> TensorType:
    return TensorType(*reduce(a))


def _floats(a: Arguments) -> TensorType:
    shape, dtype = reduce(a)
    return TensorType(shape, floating(dtype))


def norm(a: Arguments) -> TensorType:
    """A float norm; inside a layer TensorFlow takes no more than two axes."""
    axes = a.integers("axis")
    count = len(a.dims("x")) if axes is None else len(axes)
    if a.traced and count > 2:
        raise Lost("a norm over more than two axes")
    return _floats(a)


def _counted(a: Arguments) -> TensorType:
    axis = a.known("axis")
    if isinstance(axis, (tuple, list)) and "keepdims" in a:
        raise Lost("the largest along several axes")
    if "keepdims" in a and isinstance(axis, int):
        unchecked_inside(a, len(a.dims("x")))
    return TensorType(reduce(a)[0], "int32")


def _truths(a: Arguments) -> TensorType:
    return TensorType(reduce(a)[0], "bool")


def _register() -> None:
    for names, infer in (
        (SAME_DTYPE, _same),
        (FLOATS, _floats),
        (COUNTED, _counted),
        (TRUTHS, _truths),
    ):
        for name in names:
            operation(name, "".join(part.capitalize() for part in name.split("_")))(infer)


_register()
operation("norm", "Norm")(norm)
operation("median", "Median", outside=True)(_floats)
operation("nanmedian", "Nanmedian", outside=True)(_floats)


@operation("ptp", "Ptp")
def ptp(a: Arguments) -> Nested[TensorType]:
    """From the least to the largest; TensorFlow has neither of booleans."""
    if a.traced and a.tensor("x").dtype == "bool":
        raise Lost("the span of booleans inside a layer")
    return _same(a)


@operation("mean", "Mean")
def mean(a: Arguments) -> Nested[TensorType]:
    """The mean; of integers a float."""
    shape, dtype = reduce(a)
    return TensorType(shape, floating(dtype) or result_dtype(dtype, "float32"))


@operation("sum", "Sum")
def sum_(a: Arguments) -> Nested[TensorType]:
    """The sum; small integers become larger ones."""
    shape, dtype = reduce(a)
    wider = {"bool": "int32", "int8": "int32", "int16": "int32"}
    wider |= {"uint8": "uint32", "uint16": "uint32"}
    return TensorType(shape, wider.get(dtype or "", dtype))


operation("nansum", "Nansum")(sum_)


@operation("prod", "Prod")
def prod(a: Arguments) -> Nested[TensorType]:
    """The product."""
    shape, dtype = reduce(a)
    return TensorType(shape, a.dtype("dtype", floating(dtype)))


@operation("logsumexp", "Logsumexp")
def logsumexp(a: Arguments) -> Nested[TensorType]:
    """The logarithm of the sum of exponentials."""
    floats_inside(a, a.tensor("x"))
    shape, dtype = reduce(a)
    return TensorType(shape, "float32" if dtype == "float32" else None)


@operation("moments", "Moments", several=True)
def moments(a: Arguments) -> Nested[TensorType]:
    """Mean and variance."""
    shape, dtype = reduce(a, axis="axes")
    floats_inside(a, a.tensor("x"))
    one = TensorType(shape, dtype)
    return (one, one)


@operation("average", "Average")
def average(a: Arguments) -> Nested[TensorType]:
    """The mean with equal weights; other weights are not known here."""
    if a.get("weights") is not None:
        raise Lost("a weighted average")
    shape, dtype = reduce(a)
    return TensorType(shape, floating(dtype))
