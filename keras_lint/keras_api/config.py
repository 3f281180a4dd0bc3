"""The bound constructor arguments of a layer, with definite values asked for by type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from keras_lint.model.dims import FREE, UNKNOWN, Dim, Sym
from keras_lint.model.outcomes import Lost, Mismatch, Problem


class Config(Mapping[str, Any]):
    """Bound constructor arguments of one layer, defaults included.

    Values are plain Python (int, float, str, bool, None, tuples, lists), dimensions (``Sym``), a
    a bound layer for a wrapped layer or cell, or ``UNKNOWN`` for what was not found out. The
    typed accessors raise :class:`Lost` where a definite value is needed and none is known.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def known(self, name: str) -> Any:
        """The value, or :class:`Lost` if it is not known; None if the argument does not exist."""
        value = self._values.get(name)
        if value is UNKNOWN:
            raise Lost(f"the value of {name} is not known")
        return value

    def flag(self, name: str) -> bool:
        """A definite truth value."""
        value = self.known(name)
        if isinstance(value, Sym):
            raise Lost(f"the value of {name} is not known")
        return bool(value)

    def text(self, name: str) -> str:
        """A definite string, lower-cased as Keras does for padding and data formats."""
        value = self.known(name)
        if not isinstance(value, str):
            raise Lost(f"{name} is not a string")
        return value.lower()

    def dim(self, name: str) -> Dim:
        """An integer argument as a dimension; UNKNOWN if it is not known, or not an integer."""
        value = self._values.get(name)
        return UNKNOWN if value is None else as_dim(value)

    def per_axis(self, name: str, axes: int) -> tuple[Dim, ...]:
        """An int or a tuple of ints, spread over ``axes`` axes (kernel_size, strides, ...)."""
        value = self._values.get(name)
        if value is UNKNOWN:
            return (UNKNOWN,) * axes
        if isinstance(value, (tuple, list)):
            if len(value) == 1:
                value = tuple(value) * axes
            if len(value) != axes:
                raise Mismatch(
                    Problem(
                        "value",
                        "",
                        f"an int or {axes} ints for {name}",
                        f"{name}={value!r}",
                        argument=name,
                    )
                )
            return tuple(as_dim(item) for item in value)
        return (as_dim(value),) * axes

    @property
    def channels_first(self) -> bool:
        """Whether ``data_format`` says channels first; None is Keras's default, channels last."""
        value = self.known("data_format")
        return value is not None and str(value).lower() == "channels_first"


def as_dim(value: object) -> Dim:
    """A configuration value as a dimension; None is FREE, bools, floats and the rest UNKNOWN."""
    if value is None:
        return FREE
    if isinstance(value, Sym):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return UNKNOWN
