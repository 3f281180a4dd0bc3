"""Shapes and tensor types: what a layer receives and gives.

A ``Shape`` always includes the batch axis, as ``KerasTensor.shape`` does. Layers may pass nested
structures; ``Nested`` is a tensor, or a tuple, list or dict of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias, TypeVar, Union

from keras_lint.model.dataclass import dataclass
from keras_lint.model.dims import FREE, UNKNOWN, Dim, from_json, surely_different, to_json


@dataclass(frozen=True)
class Shape:
    """A tensor shape; ``dims`` is None when not even the rank is known."""

    dims: tuple[Dim, ...] | None

    @property
    def rank(self) -> int | None:
        """Number of axes including the batch axis, or None if unknown."""
        return None if self.dims is None else len(self.dims)

    def __getitem__(self, axis: int) -> Dim:
        """One axis length; UNKNOWN when the rank is unknown. IndexError past the rank."""
        return UNKNOWN if self.dims is None else self.dims[axis]

    def __str__(self) -> str:
        """Keras notation: ``(None, 10, 32)``; ``(?)`` for an unknown rank."""
        if self.dims is None:
            return "(?)"
        if len(self.dims) == 1:
            return f"({self.dims[0]},)"
        return "(" + ", ".join(str(dim) for dim in self.dims) + ")"

    @property
    def is_complete(self) -> bool:
        """Whether the rank and every axis are found out (symbols and free axes count as such)."""
        return self.dims is not None and UNKNOWN not in self.dims

    def with_axis(self, axis: int, dim: Dim) -> Shape:
        """The same shape with one axis replaced."""
        if self.dims is None:
            return self
        dims = list(self.dims)
        dims[axis] = dim
        return Shape(tuple(dims))

    def surely_differs(self, other: Shape) -> bool:
        """True only if the two shapes cannot be the same."""
        if self.dims is None or other.dims is None:
            return False
        if len(self.dims) != len(other.dims):
            return True
        return any(surely_different(a, b) for a, b in zip(self.dims, other.dims, strict=True))


UNKNOWN_SHAPE = Shape(None)


def shape(*dims: Dim | None) -> Shape:
    """``shape(None, 10, 32)``: a Shape, with Python's None standing for a free dimension."""
    return Shape(tuple(FREE if dim is None else dim for dim in dims))


@dataclass(frozen=True)
class TensorType:
    """Shape and dtype of a symbolic tensor; dtype None when unknown."""

    shape: Shape
    dtype: str | None = "float32"

    @property
    def is_float(self) -> bool:
        """Whether the elements are floats, or may be."""
        return self.dtype is None or self.dtype.startswith(("float", "bfloat"))

    def with_shape(self, new: Shape) -> TensorType:
        """The same dtype with another shape."""
        return replace(self, shape=new)

    def __str__(self) -> str:
        return str(self.shape)


T = TypeVar("T")
U = TypeVar("U")

Nested: TypeAlias = Union[  # Union: evaluated at run time on 3.10
    T, "tuple[Nested[T], ...]", "list[Nested[T]]", "dict[str, Nested[T]]"
]


def flatten(nested: Nested[T]) -> list[T]:
    """The leaves in Keras's order: sequences in order, dicts by sorted key."""
    found: list[T] = []
    _gather(nested, found)
    return found


def _gather(nested: Nested[T], found: list[T]) -> None:
    if isinstance(nested, (tuple, list)):
        for item in nested:
            _gather(item, found)
    elif isinstance(nested, dict):
        for key in sorted(nested):
            _gather(nested[key], found)
    else:
        found.append(nested)


def map_nested(function: Callable[[T], U], nested: Nested[T]) -> Nested[U]:
    """``function`` applied to every leaf, the structure kept."""
    if isinstance(nested, tuple):
        return tuple(map_nested(function, item) for item in nested)
    if isinstance(nested, list):
        return [map_nested(function, item) for item in nested]
    if isinstance(nested, dict):
        return {key: map_nested(function, item) for key, item in nested.items()}
    return function(nested)


def shape_to_json(value: Shape) -> list[int | str | None] | None:
    """A list of :func:`dims.to_json` values, or None for an unknown rank."""
    return None if value.dims is None else [to_json(dim) for dim in value.dims]


def shape_from_json(value: list[int | str | None] | None) -> Shape:
    """The inverse of :func:`shape_to_json`."""
    return UNKNOWN_SHAPE if value is None else Shape(tuple(from_json(dim) for dim in value))
