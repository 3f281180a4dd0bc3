"""Broadcasting and the dtype of results, as Keras has them."""

from __future__ import annotations

from collections.abc import Sequence

from keras_lint.keras_api.ops.base import Arguments, known_dims
from keras_lint.model.dims import FREE, UNKNOWN, Dim, surely_different, surely_equal
from keras_lint.model.tensors import TensorType

_FLOATS = ("float16", "bfloat16", "float32", "float64")
_SIGNED = ("int8", "int16", "int32", "int64")
_UNSIGNED = ("uint8", "uint16", "uint32", "uint64")


def result_dtype(*dtypes: str | None) -> str | None:
    """The dtype of a combination; Python numbers (``int``, ``float``) give way. None: not known."""
    found = set(dtypes)
    if None in found:
        return None
    floats = [name for name in _FLOATS if name in found]
    if not found <= {*_FLOATS, *_SIGNED, *_UNSIGNED, "bool", "int", "float"}:
        return None
    if floats:
        return "float32" if {"float16", "bfloat16"} <= found and len(floats) == 2 else floats[-1]
    if "float" in found:
        return "float32"
    signed = [name for name in _SIGNED if name in found]
    unsigned = [name for name in _UNSIGNED if name in found]
    if signed and unsigned:
        return None
    if signed or unsigned:
        return (signed or unsigned)[-1]
    return "int32" if "int" in found else "bool"


def floating(dtype: str | None) -> str | None:
    """The dtype itself if it is a float, else None: what an integer becomes differs."""
    return dtype if dtype in _FLOATS else None


def is_integral(dtype: str | None) -> bool:
    """Whether this is a known integer dtype, or bool."""
    return dtype in _SIGNED or dtype in _UNSIGNED or dtype == "bool"


def broadcast_dims(
    a: Arguments, left: Sequence[Dim], right: Sequence[Dim], tensors: Sequence[TensorType]
) -> tuple[Dim, ...]:
    """NumPy's rule with Keras's None: a free length gives way to a known one above 1.

    Raises:
        Mismatch: kind ``merge`` when two known lengths differ and neither is 1.
    """
    rank = max(len(left), len(right))
    first = (1,) * (rank - len(left)) + tuple(left)
    second = (1,) * (rank - len(right)) + tuple(right)
    dims: list[Dim] = []
    for x, y in zip(first, second, strict=True):
        both = _pair(x, y)
        if both is None:
            shapes = " and ".join(str(tensor.shape) for tensor in tensors)
            raise a.refuse("merge", "shapes that are equal, or 1, on every axis", shapes, tensors)
        dims.append(both)
    return tuple(dims)


def _pair(x: Dim, y: Dim) -> Dim | None:
    if surely_equal(x, 1):
        return y
    if surely_equal(y, 1):
        return x
    if isinstance(x, int) and isinstance(y, int):
        return x if x == y else None
    if surely_equal(x, y):
        return x
    for one, other in ((x, y), (y, x)):
        if isinstance(one, int):
            # a symbol may be 1, and then one is it; an unknown or free length gives way
            return one
        if one is FREE and other is FREE:
            return FREE
    return UNKNOWN


def broadcast_tensors(a: Arguments, *tensors: TensorType) -> tuple[Dim, ...]:
    """The shape of several tensors combined element by element."""
    dims = known_dims(tensors[0])
    for tensor in tensors[1:]:
        dims = broadcast_dims(a, dims, known_dims(tensor), tensors)
    return dims


def same_lengths(left: Sequence[Dim], right: Sequence[Dim]) -> bool:
    """Whether two lists of lengths may be the same: of one rank, nowhere surely different."""
    return len(left) == len(right) and not any(
        surely_different(x, y) for x, y in zip(left, right, strict=True)
    )
