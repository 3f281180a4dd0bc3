"""Operations that pick elements: indexing, take, slice, one_hot, top_k."""

from __future__ import annotations

from types import EllipsisType

from keras_lint.keras_api.ops.base import Arguments, as_length, known_dims, operation
from keras_lint.keras_api.ops.broadcasting import broadcast_dims
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


@operation("get_item", "GetItem")
def get_item(a: Arguments) -> Nested[TensorType]:
    """``x[key]`` with ints, slices, None and an ellipsis."""
    x = a.tensor("x")
    key = a["key"]
    parts = list(key) if isinstance(key, (tuple, list)) else [key]
    if (key is None or key is ... or isinstance(key, slice)) and not a.traced:
        raise a.refuse("value", "an index that is a number or a tuple", f"[{_text(key)}]", (x,))
    if isinstance(key, list) or any(_unfollowed(part) for part in parts):
        raise Lost("an index that is not a number, a slice, None or an ellipsis")
    if sum(part is ... for part in parts) > 1:
        raise Lost("two ellipses")
    if ... not in parts:
        parts.append(...)
    rest = list(a.dims("x"))
    used = sum(1 for part in parts if part is not None and part is not ...)
    if used > len(rest):
        raise a.refuse("rank", f"a tensor of rank {used} or more", str(x.shape), (x,))
    dims: list[Dim] = []
    for number, part in enumerate(parts):
        if part is None:
            dims.append(1)
        elif isinstance(part, EllipsisType):
            behind = sum(1 for later in parts[number + 1 :] if later is not None)
            keep = len(rest) - behind
            dims += rest[:keep]
            del rest[:keep]
        else:
            length = rest.pop(0)
            if isinstance(part, slice):
                dims.append(sliced(length, part))
            else:
                _check_index(a, x, part, length)
    return TensorType(Shape(tuple(dims)), x.dtype)


def _unfollowed(part: object) -> bool:
    """Whether an index is none of those that are followed."""
    if part is None or part is ... or isinstance(part, slice):
        return False
    return not isinstance(part, int) or isinstance(part, bool)


def _text(key: object) -> str:
    if isinstance(key, slice):
        parts = (key.start, key.stop) if key.step is None else (key.start, key.stop, key.step)
        return ":".join("" if part is None else str(part) for part in parts)
    return "..." if key is ... else str(key)


def sliced(length: Dim, part: slice) -> Dim:
    """The length of ``start:stop:step`` of an axis; what is free stays free."""
    bounds = (part.start, part.stop, part.step)
    if part == slice(None):
        return length
    if not all(bound is None or isinstance(bound, int) for bound in bounds) or part.step == 0:
        return FREE if length is FREE else UNKNOWN
    if isinstance(length, int):
        return len(range(*part.indices(length)))
    return FREE if length is FREE else UNKNOWN


def _check_index(a: Arguments, x: TensorType, index: int, length: Dim) -> None:
    if isinstance(length, int) and not -length <= index < length:
        raise a.refuse("axis", f"an axis longer than the index {index}", str(x.shape), (x,))


_GATHERED = (None, "int", "int16", "int32", "int64")
"""What TensorFlow takes as indices; Keras's symbolic tensors may have any dtype there."""


@operation("take", "Take")
def take(a: Arguments) -> Nested[TensorType]:
    """Elements by number: the shape of the numbers in place of the axis."""
    x, dims = a.tensor("x"), a.dims("x")
    indices = a.known("indices")
    places = _shape_of_indices(indices)
    if a.traced and isinstance(indices, TensorType) and indices.dtype not in _GATHERED:
        raise Lost("indices that TensorFlow does not take inside a layer")
    if a.known("axis") is None:
        return TensorType(Shape(places), x.dtype)
    axis = a.axis("axis", len(dims))
    return TensorType(Shape((*dims[:axis], *places, *dims[axis + 1 :])), x.dtype)


def _shape_of_indices(value: object) -> tuple[Dim, ...]:
    if isinstance(value, TensorType):
        return known_dims(value)
    if isinstance(value, int):
        return ()
    if isinstance(value, (tuple, list)):
        inner = {_shape_of_indices(item) for item in value}
        if len(inner) == 1:
            return (len(value), *inner.pop())
    raise Lost("the indices are not known")


@operation("take_along_axis", "TakeAlongAxis")
def take_along_axis(a: Arguments) -> Nested[TensorType]:
    """Elements by number along an axis; the others broadcast."""
    x, dims = a.tensor("x"), list(a.dims("x"))
    places = a.dims("indices")
    if a.known("axis") is None or len(places) != len(dims):
        raise Lost("take_along_axis of another rank")
    axis = a.axis("axis", len(dims))
    dims[axis] = places[axis]
    return TensorType(Shape(broadcast_dims(a, dims, places, (x, a.operand("indices")))), x.dtype)


@operation("slice", "Slice")
def slice_(a: Arguments) -> Nested[TensorType]:
    """A block of a given shape; -1 is up to the end."""
    x, dims = a.tensor("inputs"), a.dims("inputs")
    size = a.lengths("shape")
    starts = a.known("start_indices")
    if len(size) != len(dims):
        raise a.refuse("rank", f"a tensor of rank {len(size)}", str(x.shape), (x,))
    if not isinstance(starts, (tuple, list)) or len(starts) != len(dims):
        raise Lost("the start is not known")
    if any(isinstance(start, int) and start < 0 for start in starts) or any(
        isinstance(length, int) and length < -1 for length in size
    ):
        raise Lost("a negative start or length")
    result: list[Dim] = []
    for length, start, wanted in zip(dims, starts, size, strict=True):
        if wanted != -1:
            result.append(wanted)
        elif length is FREE:
            result.append(FREE)
        else:
            result.append(length - as_length(start))
    return TensorType(Shape(tuple(result)), x.dtype)


@operation("one_hot", "OneHot")
def one_hot(a: Arguments) -> Nested[TensorType]:
    """A new axis with one length per class."""
    dims = list(a.dims("x"))
    axis = a.integer("axis")
    count = a.lengths("num_classes")[0]
    if axis == -1:
        dims.append(count)
    elif 0 <= axis < len(dims):
        dims.insert(axis, count)
    elif a.traced:
        raise Lost("an unusual axis, which TensorFlow may take")
    else:
        raise a.refuse("axis", f"an axis of a tensor of rank {len(dims)}, or -1", f"axis {axis}")
    return TensorType(Shape(tuple(dims)), a.dtype("dtype", "float32"))


@operation("top_k", "TopK", several=True)
def top_k(a: Arguments) -> Nested[TensorType]:
    """The largest of the last axis, and where they are."""
    x, dims = a.tensor("x"), list(a.dims("x"))
    if not dims:
        raise Lost("the largest of a number")
    if a.traced and x.dtype == "bool":
        raise Lost("the largest truths inside a layer")
    count = a.lengths("k")[0]
    if a.traced and isinstance(count, int) and isinstance(dims[-1], int) and count > dims[-1]:
        raise Lost("more than there are inside a layer")
    dims[-1] = count
    shape = Shape(tuple(dims))
    return (TensorType(shape, x.dtype), TensorType(shape, "int32"))
