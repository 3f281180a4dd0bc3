"""Operations that rearrange axes: reshape, transpose, squeeze, tile, pad, ..."""

from __future__ import annotations

from collections.abc import Sequence

from keras_lint.keras_api.arithmetic import product
from keras_lint.keras_api.ops.base import Arguments, flat_length, operation
from keras_lint.keras_api.ops.broadcasting import broadcast_dims
from keras_lint.keras_api.ops.elementwise import keep, unchecked_inside
from keras_lint.model.dims import FREE, UNKNOWN, Dim, surely_different
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


@operation("reshape", "Reshape")
def reshape(a: Arguments) -> Nested[TensorType]:
    """The same elements in another shape; -1 is what is left."""
    x = a.tensor("x")
    return TensorType(Shape(reshaped(a, a.dims("x"), a.lengths("newshape"), x)), x.dtype)


def reshaped(
    a: Arguments, dims: Sequence[Dim], target: Sequence[Dim], x: TensorType
) -> tuple[Dim, ...]:
    """The target with its -1 replaced.

    Raises:
        Mismatch: kind ``reshape`` when the numbers of elements cannot agree.
    """
    wanted = Shape(tuple(target))
    if any(isinstance(dim, int) and dim < -1 for dim in target) or list(target).count(-1) > 1:
        raise a.refuse("value", "lengths, and at most one -1", str(wanted), (x,))
    rest = [dim for dim in target if dim != -1]
    open_ended = FREE in dims or FREE in rest
    if a.traced and open_ended and 0 in (*dims, *rest):
        raise Lost("what TensorFlow makes of a shape without elements")
    if a.traced and len(rest) == len(target) and FREE not in rest:
        _check_multiple(a, dims, rest, x, wanted)
    if open_ended or UNKNOWN in dims or UNKNOWN in rest:
        left = FREE if open_ended else UNKNOWN
        return tuple(left if dim == -1 else dim for dim in target)
    size, known = product(dims), product(rest)
    if len(rest) == len(target):
        if surely_different(size, known):
            raise _other_size(a, x, wanted)
        return tuple(target)
    if known == 0 or (isinstance(size, int) and isinstance(known, int) and size % known):
        raise _other_size(a, x, wanted)
    return tuple(size // known if dim == -1 else dim for dim in target)


def _check_multiple(
    a: Arguments, dims: Sequence[Dim], target: Sequence[Dim], x: TensorType, wanted: Shape
) -> None:
    """TensorFlow knows that no open axis makes 18 elements times something 24.

    With several open axes it does not look, as seen with 2.21.
    """
    if list(dims).count(FREE) > 1:
        return
    size, known = product(target), product([dim for dim in dims if dim is not FREE])
    if isinstance(size, int) and isinstance(known, int) and known and size % known:
        raise _other_size(a, x, wanted)


def _other_size(a: Arguments, x: TensorType, wanted: Shape) -> Exception:
    return a.refuse("reshape", "the same number of elements", f"{x.shape} into {wanted}", (x,))


@operation("ravel", "Ravel")
def ravel(a: Arguments) -> Nested[TensorType]:
    """One axis with all elements."""
    return TensorType(Shape((flat_length(a.dims("x")),)), a.tensor("x").dtype)


@operation("broadcast_to", "BroadcastTo")
def broadcast_to(a: Arguments) -> Nested[TensorType]:
    """Repeated up to a shape."""
    x = a.tensor("x")
    target = a.lengths("shape")
    broadcast_dims(a, a.dims("x"), target, (x,))
    return TensorType(Shape(target), x.dtype)


@operation("transpose", "Transpose")
def transpose(a: Arguments) -> Nested[TensorType]:
    """Axes in another order; reversed without one."""
    x, dims = a.tensor("x"), a.dims("x")
    axes = a.integers("axes")
    if axes is None:
        return TensorType(Shape(dims[::-1]), x.dtype)
    rank = len(dims)
    if (
        len(axes) != rank
        or sorted(axis % rank for axis in axes) != list(range(rank))
        or any(not -rank <= axis < rank for axis in axes)
    ):
        raise a.refuse("reshape", f"a permutation of {rank} axes", f"{axes} for {x.shape}", (x,))
    return TensorType(Shape(tuple(dims[axis] for axis in axes)), x.dtype)


@operation("swapaxes", "Swapaxes")
def swapaxes(a: Arguments) -> Nested[TensorType]:
    """Two axes in each other's place."""
    x, dims = a.tensor("x"), list(a.dims("x"))
    one, other = a.axis("axis1", len(dims)), a.axis("axis2", len(dims))
    dims[one], dims[other] = dims[other], dims[one]
    return TensorType(Shape(tuple(dims)), x.dtype)


@operation("moveaxis", "Moveaxis")
def moveaxis(a: Arguments) -> Nested[TensorType]:
    """Axes put elsewhere, the others in their order."""
    x, dims = a.tensor("x"), a.dims("x")
    sources, targets = a.axes("source", len(dims)), a.axes("destination", len(dims))
    if sources is None or targets is None or len(sources) != len(targets):
        raise Lost("axes that do not pair")
    if len(set(sources)) != len(sources) or len(set(targets)) != len(targets):
        raise Lost("an axis is moved twice")
    others = iter([i for i in range(len(dims)) if i not in sources])
    places = dict(zip(targets, sources, strict=True))
    order = [places[i] if i in places else next(others) for i in range(len(dims))]
    return TensorType(Shape(tuple(dims[i] for i in order)), x.dtype)


@operation("expand_dims", "ExpandDims")
def expand_dims(a: Arguments) -> Nested[TensorType]:
    """New axes of length 1."""
    x, dims = a.tensor("x"), a.dims("x")
    axes = a.integers("axis")
    if axes is None:
        raise Lost("expand_dims without an axis")
    rank = len(dims) + len(axes)
    places = {a.counted(axis, rank) for axis in axes}
    if len(places) != len(axes):
        raise Lost("an axis is added twice")
    rest = iter(dims)
    return TensorType(Shape(tuple(1 if i in places else next(rest) for i in range(rank))), x.dtype)


@operation("squeeze", "Squeeze")
def squeeze(a: Arguments) -> Nested[TensorType]:
    """Axes of length 1 taken away."""
    x, dims = a.tensor("x"), a.dims("x")
    axes = a.axes("axis", len(dims))
    if axes is None:
        if any(not isinstance(dim, int) and (a.traced or dim is not FREE) for dim in dims):
            raise Lost("whether an axis has length 1 is not known")
        return TensorType(Shape(tuple(dim for dim in dims if dim != 1)), x.dtype)
    if len(set(axes)) != len(axes):
        raise Lost("an axis is taken away twice")
    for axis in axes:
        if a.traced and dims[axis] is FREE:
            raise Lost("whether a free length is 1 is not known")
        if (isinstance(dims[axis], int) and dims[axis] != 1) or dims[axis] is FREE:
            raise a.refuse("axis", f"a length of 1 on axis {axis}", str(x.shape), (x,))
    return TensorType(Shape(tuple(d for i, d in enumerate(dims) if i not in axes)), x.dtype)


@operation("tile", "Tile")
def tile(a: Arguments) -> Nested[TensorType]:
    """Every axis repeated as a whole."""
    x, dims = a.tensor("x"), a.dims("x")
    repeats = a.lengths("repeats")
    if any(isinstance(count, int) and count < 1 for count in repeats):
        raise Lost("no repeats, or a negative number of them")
    rank = max(len(dims), len(repeats))
    first = (1,) * (rank - len(dims)) + dims
    second = (1,) * (rank - len(repeats)) + repeats
    return TensorType(
        Shape(tuple(FREE if FREE in (d, r) else d * r for d, r in zip(first, second, strict=True))),
        x.dtype,
    )


@operation("repeat", "Repeat")
def repeat(a: Arguments) -> Nested[TensorType]:
    """Every element of an axis repeated in place."""
    x, dims = a.tensor("x"), list(a.dims("x"))
    repeats = a.known("repeats")
    if isinstance(repeats, (tuple, list)) and len(repeats) == 1:
        repeats = repeats[0]
    if isinstance(repeats, (tuple, list, TensorType, bool)):
        raise Lost("a number of repeats per element")
    count = a.with_values(repeats=repeats).lengths("repeats")[0]
    if isinstance(count, int) and count < 1:
        raise Lost("no repeats")
    if a.known("axis") is None:
        return TensorType(Shape((flat_length(dims) * count,)), x.dtype)
    axis = a.axis("axis", len(dims))
    dims[axis] = dims[axis] if dims[axis] is FREE else dims[axis] * count
    return TensorType(Shape(tuple(dims)), x.dtype)


@operation("pad", "Pad")
def pad(a: Arguments) -> Nested[TensorType]:
    """Lengths added before and after every axis."""
    x, dims = a.tensor("x"), a.dims("x")
    widths = _widths(a, a.known("pad_width"))
    if len(widths) == 1:
        if a.traced and isinstance(a["pad_width"], (tuple, list)):
            raise Lost("one pair of widths for all axes inside a layer")
        widths = widths * len(dims)
    if len(widths) != len(dims):
        raise a.refuse("reshape", f"{len(dims)} pairs of widths", f"{len(widths)} of them", (x,))
    lengths = [d if d is FREE else d + w[0] + w[1] for d, w in zip(dims, widths, strict=True)]
    if any(isinstance(length, int) and length < 0 for length in lengths):
        taken = "lengths that are not negative"
        raise a.refuse("reshape", taken, str(Shape(tuple(lengths))), (x,))
    return TensorType(Shape(tuple(lengths)), x.dtype)


def _widths(a: Arguments, value: object) -> list[tuple[Dim, Dim]]:
    """Padding as pairs: one number, one pair, or a pair per axis."""
    if isinstance(value, int) and not isinstance(value, bool):
        if a.traced:
            raise Lost("one width for all axes inside a layer")
        return [(value, value)]
    if not isinstance(value, (tuple, list)):
        raise Lost("the padding is not known")
    if all(isinstance(item, int) for item in value) and len(value) == 2:
        if a.traced:
            raise Lost("one pair of widths for all axes inside a layer")
        return [(value[0], value[1])]
    pairs: list[tuple[Dim, Dim]] = []
    for item in value:
        if not isinstance(item, (tuple, list)) or len(item) != 2:
            raise Lost("the padding is not known")
        first, second = a.with_values(pair=tuple(item)).lengths("pair")
        if FREE in (first, second) or any(isinstance(w, int) and w < 0 for w in (first, second)):
            raise Lost("the padding is not known, or negative")
        pairs.append((first, second))
    return pairs


@operation("flip", "Flip")
def flip(a: Arguments) -> Nested[TensorType]:
    """Reversed along axes."""
    rank = len(a.dims("x"))
    unchecked_inside(a, rank)
    axes = a.axes("axis", rank) or ()
    if a.traced and len(set(axes)) < len(axes):
        raise Lost("an axis given twice inside a layer")
    return keep(a)


operation("roll", "Roll")(flip)


def _flipped(a: Arguments) -> Nested[TensorType]:
    x, dims = a.tensor("x"), a.dims("x")
    least = 2 if a.cls == "Fliplr" else 1
    if len(dims) < least:
        raise a.refuse("rank", f"a tensor of rank {least} or more", str(x.shape), (x,))
    return keep(a)


operation("fliplr", "Fliplr")(_flipped)
operation("flipud", "Flipud")(_flipped)


@operation("sort", "Sort")
def sort(a: Arguments) -> Nested[TensorType]:
    """Sorted along an axis."""
    x = a.tensor("x")
    if a.known("axis") is None:
        return TensorType(Shape((flat_length(a.dims("x")),)), x.dtype)
    a.axis("axis", len(a.dims("x")))
    return TensorType(x.shape, x.dtype)


@operation("argsort", "Argsort")
def argsort(a: Arguments) -> Nested[TensorType]:
    """The order along an axis."""
    if a.known("axis") is None:
        return TensorType(Shape((flat_length(a.dims("x")),)), "int32")
    a.axis("axis", len(a.dims("x")))
    return TensorType(a.tensor("x").shape, "int32")


@operation("rot90", "Rot90")
def rot90(a: Arguments) -> Nested[TensorType]:
    """Turned in the plane of two axes."""
    x, dims = a.tensor("array"), list(a.dims("array"))
    axes = a.integers("axes")
    if axes is None or len(axes) != 2 or len(dims) < 2:
        raise Lost("a plane that is not known")
    if a.traced and a.integer("k") % 4 == 0:
        raise Lost("a whole turn, of which TensorFlow does not look at the axes")
    one, other = (a.counted(axis, len(dims)) for axis in axes)
    if one == other:
        raise Lost("a plane of one axis")
    if a.integer("k") % 2 == 0:
        raise Lost("Keras says of half a turn what it says of a quarter")
    dims[one], dims[other] = dims[other], dims[one]
    return TensorType(Shape(tuple(dims)), x.dtype)


@operation("diff", "Diff")
def diff(a: Arguments) -> Nested[TensorType]:
    """Differences of neighbours on an axis, ``n`` times."""
    x, dims = a.tensor("a"), a.dims("a")
    unchecked_inside(a, len(dims))  # with ``n=0`` nobody looks
    axis, times = a.axis("axis", len(dims)), a.integer("n")
    length = dims[axis]
    if not times >= 0 or (isinstance(length, int) and length <= times):
        raise Lost("nothing is left, or an unusual number of times")
    return TensorType(x.shape.with_axis(axis, length - times), x.dtype)
