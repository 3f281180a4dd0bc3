"""Shape arithmetic shared by the layer entries: windows, broadcasting, axes, value checks.

Everything here works on dimensions of all four kinds and never refuses what is not surely wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from keras_lint.keras_api.base import Config, LayerKind, as_dim
from keras_lint.keras_api.names import near_match
from keras_lint.model.dims import FREE, UNKNOWN, Dim, is_known, surely_equal
from keras_lint.model.outcomes import Lost, Mismatch
from keras_lint.model.tensors import Shape, TensorType


def window_length(length: Dim, window: Dim, stride: Dim, padding: str, dilation: Dim = 1) -> Dim:
    """Positions of a sliding window along one axis: convolution and pooling alike."""
    if length is FREE:
        return FREE
    if padding in ("same", "causal"):
        return (length - 1) // stride + 1
    return (length - dilation * (window - 1) - 1) // stride + 1


def transposed_length(
    length: Dim, window: Dim, stride: Dim, padding: str, extra: Dim | None, dilation: Dim = 1
) -> Dim:
    """Length of one axis after a transposed convolution; ``extra`` is ``output_padding``."""
    if length is FREE:
        return FREE
    span = (window - 1) * dilation + 1
    if padding == "same":
        if extra is None:
            return length * stride
        odd = span % 2 if isinstance(span, int) else UNKNOWN
        return (length - 1) * stride + odd + extra
    if extra is not None:
        return (length - 1) * stride + span + extra
    if isinstance(span, int) and isinstance(stride, int):
        return (length - 1) * stride + max(span, stride)
    return UNKNOWN


def product(dims: Iterable[Dim]) -> Dim:
    """The product of lengths: FREE if one is free, UNKNOWN if one is unknown, 1 for none."""
    result: Dim = 1
    for dim in dims:
        result = result * dim
    return result


def total(dims: Iterable[Dim]) -> Dim:
    """The sum of lengths, 0 for none."""
    result: Dim = 0
    for dim in dims:
        result = result + dim
    return result


def spatial_axes(channels_first: bool, axes: int) -> range:
    """Indices of the spatial axes in a shape of rank ``axes + 2``."""
    return range(2, axes + 2) if channels_first else range(1, axes + 1)


def channel_axis(channels_first: bool) -> int:
    """Index of the channel axis."""
    return 1 if channels_first else -1


def normal_axis(kind: LayerKind, axis: int, rank: int, tensor: TensorType) -> int:
    """``axis`` counted from the front; kind ``axis`` if the tensor has no such axis."""
    if -rank <= axis < rank:
        return axis % rank
    raise kind.mismatch(
        "axis",
        f"a tensor that has an axis {axis}",
        str(tensor.shape),
        (tensor,),
        argument="axis",
        exceptions=("IndexError", "ValueError"),  # ValueError is what Keras 2 raises
    )


def integers(
    kind: LayerKind, config: Config, name: str, count: int, least: int = 1
) -> Sequence[Dim]:
    """An int or ``count`` ints as Keras wants them; kind ``value`` for a wrong number or size."""
    dims = spread(kind, config, name, count)
    for dim in dims:
        if is_known(dim) and dim < least:  # type: ignore[operator]
            needed = f"integers of {least} or more for {name}"
            raise bad_value(kind, config, name, needed, exceptions=("ValueError",))
    return dims


def spread(
    kind: LayerKind,
    config: Config,
    name: str,
    count: int,
    exceptions: tuple[str, ...] = ("ValueError",),
) -> tuple[Dim, ...]:
    """An int or a tuple of ints as ``count`` dimensions; kind ``value`` for another number."""
    value = config.get(name)
    if isinstance(value, (tuple, list)):
        if len(value) != count:
            needed = f"an int or {count} ints for {name}"
            raise bad_value(kind, config, name, needed, exceptions=exceptions)
        return tuple(as_dim(item) for item in value)
    return (as_dim(value),) * count


def bad_value(
    kind: LayerKind,
    config: Config,
    name: str,
    expected: str,
    choices: tuple[Any, ...] = (),
    hint: str = "",
    exceptions: tuple[str, ...] = (),
) -> Mismatch:
    """A mismatch of kind ``value``: the constructor refuses this argument.

    ``choices`` are the strings that it takes; the nearest is suggested, before any ``hint``.
    Without ``exceptions`` it is a ValueError of an integer or one of several words, and may be a
    TypeError of a value of another type.
    """
    value = config.get(name)
    if not exceptions:
        usual = type(value) is int or (isinstance(value, str) and bool(choices))
        exceptions = ("ValueError",) if usual else ("ValueError", "TypeError")
    known = tuple(choice for choice in choices if isinstance(choice, str))
    near = near_match(value, known) if isinstance(value, str) else None
    return kind.mismatch(
        "value",
        expected,
        f"{name}={config.get(name)!r}",
        argument=name,
        exceptions=exceptions,
        suggestion=near or "",
        hint=f"did you mean {near!r}?" if near else hint,
    )


def check_positive(kind: LayerKind, config: Config, *names: str) -> None:
    """Kind ``value`` unless each argument, where known, is a number above zero."""
    for name in names:
        value = config.get(name)
        below = isinstance(value, int) and not isinstance(value, bool) and value <= 0
        if below or isinstance(value, (str, tuple, list)):
            raise bad_value(kind, config, name, f"a positive integer for {name}")


def check_whole(kind: LayerKind, config: Config, *names: str, booleans: bool = False) -> None:
    """Kind ``value`` unless each argument, where known, is an integer above zero.

    ``booleans`` says that True is let pass as 1.
    """
    check_positive(kind, config, *names)
    for name in names:
        value = config.get(name, UNKNOWN)
        wrong = value is None or isinstance(value, float)
        if wrong or (isinstance(value, bool) and not booleans):
            raise bad_value(kind, config, name, f"a positive integer for {name}")


def check_share(kind: LayerKind, config: Config, name: str) -> None:
    """Kind ``value`` unless an argument, where known, is a number from 0 to 1."""
    value = config.get(name, UNKNOWN)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is None or isinstance(value, (str, tuple, list)) or (number and not 0 <= value <= 1):
        raise bad_value(kind, config, name, f"a {name} between 0 and 1")


def check_choice(kind: LayerKind, config: Config, name: str, choices: tuple[Any, ...]) -> None:
    """Kind ``value`` unless a known string argument is one of ``choices`` (lower case)."""
    value = config.get(name)
    if isinstance(value, str) and value.lower() not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise bad_value(kind, config, name, f"one of {listed} for {name}", choices)


def check_data_format(kind: LayerKind, config: Config) -> None:
    """Kind ``value`` for a data format Keras does not have."""
    check_choice(kind, config, "data_format", ("channels_first", "channels_last"))


def check_vanish(kind: LayerKind, tensor: TensorType, result: Shape, why: str) -> None:
    """Kind ``vanish`` if an axis of the result is surely zero or negative."""
    for axis, dim in enumerate(result.dims or ()):
        if is_known(dim) and dim <= 0:  # type: ignore[operator]
            raise kind.mismatch(
                "vanish",
                f"an input long enough for {why}",
                f"{tensor.shape}, which leaves {dim} on axis {axis}",
                (tensor,),
            )


def need_axis(
    kind: LayerKind,
    tensor: TensorType,
    axis: int,
    what: str,
    exceptions: tuple[str, ...] = ("ValueError",),
) -> Dim:
    """The length of an axis that fixes weights; kind ``undefined`` if it is None."""
    length = tensor.shape[axis]
    if length is FREE:
        raise kind.mismatch(
            "undefined",
            f"{what} of known length",
            str(tensor.shape),
            (tensor,),
            exceptions=exceptions,
        )
    return length


def broadcast_pair(left: Dim, right: Dim) -> Dim | None:
    """One axis of an elementwise merge as Keras's merge layers have it; None if it cannot be."""
    if left is FREE or right is FREE:
        return FREE
    if left == 1:
        return right
    if right == 1:
        return left
    if is_known(left) and is_known(right) and left != right:
        return None
    return left if surely_equal(left, right) else UNKNOWN


def known_shape(tensor: TensorType) -> tuple[Dim, ...]:
    """The axes of a tensor of known rank; :class:`Lost` otherwise."""
    if tensor.shape.dims is None:
        raise Lost("the rank of the input is not known")
    return tensor.shape.dims
