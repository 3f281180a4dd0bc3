"""Merge layers: elementwise ones, Concatenate and Dot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, Mask, Row, count_phrase, entry
from keras_lint.model.dims import FREE, UNKNOWN, Dim, is_known, surely_different
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import UNKNOWN_SHAPE, Nested, Shape, TensorType, flatten


class Merge(LayerKind):
    """Takes a list of tensors and gives one."""

    count: ClassVar[int | None] = None
    """How many inputs there must be; None for one or more."""

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The tensors of the list combined."""
        del extra
        tensors = self.several(inputs)
        return TensorType(self.merged(config, tensors), self.output_dtype(config, tensors[0]))

    def several(self, inputs: Inputs) -> tuple[TensorType, ...]:
        """The tensors of the list; kind ``structure`` for anything but a list of tensors."""
        if isinstance(inputs, TensorType):
            raise self.mismatch(
                "structure",
                "a list of tensors",
                f"one tensor {inputs.shape}",
                (inputs,),
                exceptions=("ValueError", "TypeError", "IndexError", "NotImplementedError"),
            )
        if isinstance(inputs, dict):
            raise Lost("a dict of inputs for a merge layer")
        tensors = tuple(item for item in inputs if isinstance(item, TensorType))
        if len(tensors) != len(inputs):
            raise self.mismatch(
                "structure",
                "a list of tensors",
                "a list of lists",
                (),
                exceptions=("AttributeError", "ValueError", "TypeError", "IndexError"),
            )
        wrong = not tensors if self.count is None else len(tensors) != self.count
        if wrong:
            need = "at least one tensor" if self.count is None else f"a list of {self.count}"
            raise self.mismatch(
                "structure",
                need,
                count_phrase(len(tensors)),
                tensors,
                exceptions=("ValueError", "IndexError", "TypeError"),
            )
        return tensors

    def merged(self, config: Config, tensors: tuple[TensorType, ...]) -> Shape:
        """The shape of the result."""
        raise NotImplementedError

    def conflict(self, expected: str, tensors: tuple[TensorType, ...], **more: Any) -> Exception:
        """Kind ``merge``: the shapes do not combine."""
        shapes = " and ".join(str(tensor.shape) for tensor in tensors)
        return self.mismatch("merge", expected, shapes, tensors, **more)


_ELEMENTWISE = (
    Row({}, [(None, 8), (None, 8)]),
    Row({}, [(None, 4, 8), (None, 8)]),
    Row({}, [(None, 4, 8), (None, 1, 8)]),
    Row({}, [(2, None, 8), (None, 5, 8)]),
    Row({}, [(None, 8), (None, 9)]),
    Row({}, [(2, 8), (3, 8)]),
    Row({}, (None, 8)),
    Row({}, (4, 8)),
)


@entry(
    "keras.layers.Add",
    "keras.layers.Multiply",
    "keras.layers.Average",
    "keras.layers.Maximum",
    "keras.layers.Minimum",
)
class Elementwise(Merge):
    """Element by element, axes of length 1 repeated; ranks may differ."""

    rows = (
        *_ELEMENTWISE,
        Row({}, [(None, 8)]),
        Row({}, [(None, 8), (None, 1), (None, 8)]),
    )

    def merged(self, config: Config, tensors: tuple[TensorType, ...]) -> Shape:
        """Broadcast without the batch axis, which must agree by itself."""
        del config
        if any(tensor.shape.dims is None for tensor in tensors):
            return UNKNOWN_SHAPE
        shapes = [arithmetic.known_shape(tensor) for tensor in tensors]
        if any(not dims for dims in shapes):
            raise Lost("a merge of scalars")
        if len({len(dims) for dims in shapes}) > 1:
            self.seen_in_keras_3(f"{self.cls} of tensors of several ranks")
        batch = self._batch(tensors, [dims[0] for dims in shapes])
        result = shapes[0][1:]
        for dims in shapes[1:]:
            result = self._pair(tensors, result, dims[1:])
        return Shape((batch, *result))

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """Masked where all inputs are."""
        del config
        found: list[Mask] = flatten(inputs)
        return (False if False in found else None if None in found else True,) * count

    def _batch(self, tensors: tuple[TensorType, ...], batches: list[Dim]) -> Dim:
        known = {batch for batch in batches if is_known(batch)}
        if len(known) > 1:
            raise self.conflict("tensors of one batch size", tensors)
        if UNKNOWN in batches:
            return UNKNOWN
        fixed = {batch for batch in batches if batch is not FREE}
        if len(fixed) == 1:
            return fixed.pop()
        return UNKNOWN if fixed else FREE

    def _pair(
        self, tensors: tuple[TensorType, ...], left: tuple[Dim, ...], right: tuple[Dim, ...]
    ) -> tuple[Dim, ...]:
        if len(left) < len(right):
            left, right = right, left
        front = left[: len(left) - len(right)]
        back: list[Dim] = []
        for one, other in zip(left[len(front) :], right, strict=True):
            length = arithmetic.broadcast_pair(one, other)
            if self.generation == "keras2" and length is FREE:
                known = [dim for dim in (one, other) if dim is not FREE]
                length = next((dim for dim in known if dim != 1), FREE)  # as TensorFlow infers it
            if length is None:
                raise self.conflict("tensors of the same shape, or lengths of 1", tensors)
            back.append(length)
        return (*front, *back)


@entry("keras.layers.Subtract")
class Subtract(Elementwise):
    """The first of two inputs minus the second."""

    count = 2
    rows = (*_ELEMENTWISE, Row({}, [(None, 8), (None, 8), (None, 8)]), Row({}, [(None, 8)]))


@entry("keras.layers.Concatenate")
class Concatenate(Merge):
    """One behind the other along ``axis``; all other axes must agree."""

    rows = (
        Row({}, [(None, 8), (None, 9)]),
        Row({"axis": 1}, [(None, 3, 8), (None, 4, 8)]),
        Row({"axis": 1}, [(None, None, 8), (None, 4, 8)]),
        Row({}, [(None, None, 8), (None, 4, 8)]),
        Row({"axis": 0}, [(2, 8), (3, 8)]),
        Row({}, [(None, 3, 8), (None, 4, 8)]),
        Row({}, [(None, 3, 8), (None, 8)]),
        Row({}, [(None, 8)]),
        Row({}, (None, 8)),
        Row({"axis": 3}, [(None, 3, 8), (None, 3, 8)]),
    )

    def merged(self, config: Config, tensors: tuple[TensorType, ...]) -> Shape:
        """Lengths along the axis added; the other axes as in the first tensor."""
        axis = config.known("axis")
        if not isinstance(axis, int) or any(tensor.shape.dims is None for tensor in tensors):
            return UNKNOWN_SHAPE
        shapes = [arithmetic.known_shape(tensor) for tensor in tensors]
        raised = ("ValueError", "IndexError")
        rest = [_without(dims, axis) for dims in shapes]
        if len({len(dims) for dims in rest}) > 1:
            raise self.conflict("tensors of the same rank", tensors, exceptions=raised)
        for lengths in zip(*rest, strict=True):
            if len({length for length in lengths if is_known(length)}) > 1:
                raise self.conflict(
                    f"tensors that agree on every axis but axis {axis}", tensors, exceptions=raised
                )
        if len({len(dims) for dims in shapes}) > 1 or (len(shapes) == 1 and axis >= len(shapes[0])):
            raise Lost("Concatenate along an axis that not all tensors have")
        axis = arithmetic.normal_axis(self, axis, len(shapes[0]), tensors[0])
        if self.generation == "keras2" and any(
            len(set(lengths)) > 1 for lengths in zip(*rest, strict=True)
        ):
            return self._filled(shapes, axis)
        along = [dims[axis] for dims in shapes]
        length = FREE if FREE in along else arithmetic.total(along)
        return tensors[0].shape.with_axis(axis, length)

    def _filled(self, shapes: list[tuple[Dim, ...]], axis: int) -> Shape:
        """Keras 2 takes a length that is open in one tensor from the others."""
        dims: list[Dim] = []
        for number, lengths in enumerate(zip(*shapes, strict=True)):
            if number == axis:
                dims.append(FREE if FREE in lengths else arithmetic.total(lengths))
            elif UNKNOWN in lengths:
                dims.append(UNKNOWN)
            else:
                dims.append(next((length for length in lengths if length is not FREE), FREE))
        return Shape(tuple(dims))

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """Masked where one input is."""
        del config
        found: list[Mask] = flatten(inputs)
        return (True if True in found else None if None in found else False,) * count


def _without(dims: tuple[Dim, ...], axis: int) -> tuple[Dim, ...]:
    """The axes that Keras compares: all but ``axis``, or all where there is no such axis."""
    if not -len(dims) <= axis < len(dims):
        return dims
    return tuple(dim for number, dim in enumerate(dims) if number != axis % len(dims))


@entry("keras.layers.Dot")
class Dot(Merge):
    """Products summed over one axis of each of two tensors."""

    count = 2
    rows = (
        Row({"axes": 1}, [(None, 8), (None, 8)]),
        Row({"axes": -1}, [(None, 3, 8), (None, 4, 8)]),
        Row({"axes": (1, 2)}, [(None, 3, 5), (None, 10, 3)]),
        Row({"axes": (2, 1), "normalize": True}, [(None, 3, 5), (None, 5)]),
        Row({"axes": 1}, [(None, 8), (None, 9)]),
        Row({"axes": 1}, [(None, None, 8), (None, 4, 8)]),
        Row({"axes": 1}, [(None, 8), (None, 8), (None, 8)]),
        Row({"axes": 1}, (None, 8)),
        Row({"axes": (1, 2, 3)}, [(None, 8), (None, 8)]),
        Row({"axes": 2}, [(None, 8), (None, 8)]),
    )

    def check_config(self, config: Config) -> None:
        """``axes`` is an int or two of them."""
        axes = config.get("axes")
        if isinstance(axes, (tuple, list)) and len(axes) != 2:
            raise arithmetic.bad_value(self, config, "axes", "an int or two ints for axes")

    def merged(self, config: Config, tensors: tuple[TensorType, ...]) -> Shape:
        """What is left of both shapes, one batch axis."""
        axes = config.known("axes")
        if any(tensor.shape.dims is None for tensor in tensors):
            return UNKNOWN_SHAPE
        left, right = (list(arithmetic.known_shape(tensor)) for tensor in tensors)
        if not isinstance(axes, (int, tuple, list)):
            raise Lost("the axes are not known")
        pair = (axes, axes) if isinstance(axes, int) else tuple(axes)
        if isinstance(axes, int) and axes < 0 and left and right:
            pair = (axes % len(left), axes % len(right))  # as Keras counts one negative axis
        if not all(isinstance(axis, int) for axis in pair):
            raise Lost("the axes are not known")
        if len(left) < 2 or len(right) < 2:
            raise Lost("a dot product of vectors without batch axis")
        one = arithmetic.normal_axis(self, pair[0], len(left), tensors[0])
        other = arithmetic.normal_axis(self, pair[1], len(right), tensors[1])
        if _differ(left[one], right[other]):
            raise self.conflict(
                f"axis {one} of the first and axis {other} of the second of one length", tensors
            )
        if one == 0 or other == 0:
            raise Lost("a dot product over the batch axis")
        if left[0] != right[0]:
            self.seen_in_keras_3("a dot product of tensors of several batch sizes")
        del left[one], right[other]
        rest = [*left, *right[1:]]
        return Shape(tuple(rest) if len(rest) > 1 else (*rest, 1))


def _differ(one: Dim, other: Dim) -> bool:
    """Keras compares the two lengths with ``!=``, so None differs from a number."""
    if (one is FREE and is_known(other)) or (other is FREE and is_known(one)):
        return True
    return surely_different(one, other)
