"""Operations that tell of a tensor, and those that copy or sort out what is in it."""

from __future__ import annotations

from keras_lint.keras_api.ops.base import Arguments, Data, known_dims, operation
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


@operation("array", "Array")
def array(a: Arguments) -> Nested[TensorType]:
    """A copy, in another dtype if one is given."""
    x = a.operand("x")
    dtype = a.dtype("dtype", x.dtype)
    return Data(x.shape, dtype) if isinstance(x, Data) else TensorType(x.shape, dtype)


@operation("convert_to_numpy", "")
def convert_to_numpy(a: Arguments) -> Nested[TensorType]:
    """Of an array; a symbolic tensor has no values, and Keras and TensorFlow say so."""
    x = a.operand("x")
    if isinstance(x, Data):
        return x
    raised = ("NotImplementedError",) if a.traced else ("ValueError",)
    raise a.refuse("python", "an array", f"a tensor of shape {x.shape}", (x,), exceptions=raised)


@operation("ndim", "Ndim")
def ndim(a: Arguments) -> Nested[TensorType]:
    """The number of axes; Keras 3.15 makes a symbolic tensor of as many elements of it."""
    x = a.tensor("x")
    if a.traced or isinstance(x, Data):
        raise Lost("a number, not a tensor")
    return TensorType(Shape((len(known_dims(x)),)), "float32")


@operation("size", "Size")
def size(a: Arguments) -> Nested[TensorType]:
    """The number of elements, as a tensor."""
    whole = Shape(())
    return Data(whole, "int32") if isinstance(a.operand("x"), Data) else TensorType(whole, "int32")


@operation("unique", "Unique", several=True)
def unique(a: Arguments) -> Nested[TensorType]:
    """The different elements, or slices of an axis, and where and how often they are there."""
    x, dims = a.tensor("x"), a.dims("x")
    if isinstance(x, Data) or (a.traced and x.dtype == "bool"):
        raise Lost("the different elements of an array, or of truths inside a layer")
    count: Dim = FREE if a.known("size") is None else a.integer("size")
    values, inverse = Shape((count,)), x.shape
    if a.known("axis") is not None:
        axis = a.axis("axis", len(dims))
        if a.traced:
            raise Lost("slices inside a layer, whose lengths TensorFlow does not work out")
        values, inverse = x.shape.with_axis(axis, count), Shape((dims[axis],))
    if isinstance(count, int) and count < 0:
        raise Lost("a negative size")
    found = [TensorType(values, x.dtype)]
    for flag, shape in (
        ("return_index", Shape((count,))),
        ("return_inverse", inverse),
        ("return_counts", Shape((count,))),
    ):
        if a.flag(flag):
            found.append(TensorType(shape, "int32"))
    return found[0] if len(found) == 1 else tuple(found)
