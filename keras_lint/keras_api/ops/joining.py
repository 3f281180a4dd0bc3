"""Operations that join tensors or take them apart."""

from __future__ import annotations

import itertools

from keras_lint.keras_api.arithmetic import total
from keras_lint.keras_api.ops.base import Arguments, flat_length, known_dims, operation
from keras_lint.keras_api.ops.broadcasting import result_dtype, same_lengths
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType

_MOST = 1_000  # more outputs than this are not worth knowing one by one


@operation("concatenate", "Concatenate")
def concatenate(a: Arguments) -> Nested[TensorType]:
    """One behind the other along an axis; the others as in the first tensor."""
    tensors = a.operands("xs")
    dims = list(known_dims(tensors[0]))
    axis = a.axis("axis", len(dims))
    return _joined(a, tensors, axis, f"tensors that agree on every axis but axis {axis}")


def _joined(a: Arguments, tensors: tuple[TensorType, ...], axis: int, expected: str) -> TensorType:
    shapes = [list(known_dims(tensor)) for tensor in tensors]
    if len({len(dims) for dims in shapes}) > 1:
        raise _conflict(a, tensors, "tensors of the same rank")
    along = [dims.pop(axis) for dims in shapes]
    # Keras compares every tensor with the first: what is free there is compared with nothing
    if not all(same_lengths(shapes[0], dims) for dims in shapes):
        raise _conflict(a, tensors, expected)
    result = _agreed(shapes) if a.traced else shapes[0]
    result.insert(axis, FREE if FREE in along else total(along))
    return TensorType(Shape(tuple(result)), result_dtype(*(tensor.dtype for tensor in tensors)))


def _agreed(shapes: list[list[Dim]]) -> list[Dim]:
    """What several shapes that must be equal are together: TensorFlow fills in free lengths."""
    result: list[Dim] = []
    for lengths in zip(*shapes, strict=True):
        known = [length for length in lengths if length is not FREE]
        numbers = [length for length in known if isinstance(length, int)]
        result.append((numbers or known or [FREE])[0])
    return result


def _conflict(a: Arguments, tensors: tuple[TensorType, ...], expected: str) -> Exception:
    shapes = " and ".join(str(tensor.shape) for tensor in tensors)
    return a.refuse("merge", expected, shapes, tensors)


@operation("stack", "Stack")
def stack(a: Arguments) -> Nested[TensorType]:
    """Tensors of one shape along a new axis."""
    tensors = a.operands("x")
    dims = list(known_dims(tensors[0]))
    axis = a.axis("axis", len(dims) + 1)
    if not all(same_lengths(dims, known_dims(tensor)) for tensor in tensors):
        raise _conflict(a, tensors, "tensors of one shape")
    if a.traced:
        dims = _agreed([list(known_dims(tensor)) for tensor in tensors])
    dims.insert(axis, len(tensors))
    return TensorType(Shape(tuple(dims)), result_dtype(*(tensor.dtype for tensor in tensors)))


@operation("vstack", "Vstack")
def vstack(a: Arguments) -> Nested[TensorType]:
    """Joined along the first axis."""
    return _along(a, 0)


@operation("hstack", "Hstack")
def hstack(a: Arguments) -> Nested[TensorType]:
    """Joined along the second axis."""
    return _along(a, 1)


def _along(a: Arguments, axis: int) -> TensorType:
    tensors = a.operands("xs")
    if any(len(known_dims(tensor)) < 2 for tensor in tensors):
        raise Lost("vectors stacked")
    return _joined(a, tensors, axis, f"tensors that agree on every axis but axis {axis}")


@operation("split", "Split", several=True)
def split(a: Arguments) -> Nested[TensorType]:
    """Parts of one length, or parts between given places."""
    x, dims = a.tensor("x"), a.dims("x")
    axis = a.axis("axis", len(dims))
    length = dims[axis]
    parts = a.known("indices_or_sections")
    if isinstance(parts, (tuple, list)):
        if a.traced and length is FREE:
            raise Lost("an open axis split at places inside a layer")
        edges: list[Dim] = [0, *a.lengths("indices_or_sections"), length]
        sizes = [
            FREE if FREE in (start, end) else end - start
            for start, end in itertools.pairwise(edges)
        ]
        if any(isinstance(size, int) and size < 0 for size in sizes):
            raise Lost("places that are out of order, or behind the end")
    else:
        count = a.integer("indices_or_sections")
        if not 0 < count <= _MOST:
            raise Lost("a number of parts that makes no sense")
        if isinstance(length, int) and length % count:
            raise a.refuse(
                "axis", f"a length on axis {axis} that {count} divides", str(x.shape), (x,)
            )
        sizes = [length if length is FREE else length // count] * count
    return [TensorType(x.shape.with_axis(axis, size), x.dtype) for size in sizes]


@operation("unstack", "Unstack", several=True)
def unstack(a: Arguments) -> Nested[TensorType]:
    """One tensor per place on an axis."""
    x, dims = a.tensor("x"), list(a.dims("x"))
    axis = a.axis("axis", len(dims))
    length = dims.pop(axis)
    number = a.known("num")
    count = length if number is None else a.integer("num")
    if count is FREE:
        raise a.refuse("undefined", f"a known length on axis {axis}", str(x.shape), (x,))
    if a.traced and count != length:
        raise Lost("another number than the axis is long inside a layer")
    if not isinstance(count, int) or not 0 <= count <= _MOST:
        raise Lost("how many tensors come out is not known")
    return [TensorType(Shape(tuple(dims)), x.dtype)] * count


@operation("meshgrid", "Meshgrid", several=True)
def meshgrid(a: Arguments) -> Nested[TensorType]:
    """Coordinates of a grid."""
    tensors = a.operands("x")
    if a.traced and len({tensor.dtype for tensor in tensors}) > 1:
        raise Lost("a grid of different dtypes inside a layer")
    sizes: list[Dim] = [flat_length(known_dims(tensor)) for tensor in tensors]
    indexing = a.get("indexing", "xy")
    if indexing is UNKNOWN or len(sizes) < 2:
        raise Lost("a grid of one axis, or of unknown indexing")
    if indexing == "xy":
        sizes[0], sizes[1] = sizes[1], sizes[0]
    return [TensorType(Shape(tuple(sizes)), None) for _ in tensors]


@operation("dstack", "Dstack")
def dstack(a: Arguments) -> Nested[TensorType]:
    """Joined along the third axis."""
    if any(len(known_dims(tensor)) < 3 for tensor in a.operands("xs")):
        raise Lost("matrices stacked")
    return _along(a, 2)


@operation("hsplit", "Hsplit", several=True)
def hsplit(a: Arguments) -> Nested[TensorType]:
    """Split along the second axis."""
    if len(a.dims("x")) < 2:
        raise Lost("a vector split")
    return split(a.with_values(axis=1))


@operation("vsplit", "Vsplit", several=True)
def vsplit(a: Arguments) -> Nested[TensorType]:
    """Split along the first axis."""
    if len(a.dims("x")) < 2:
        raise Lost("a vector split")
    return split(a.with_values(axis=0))
