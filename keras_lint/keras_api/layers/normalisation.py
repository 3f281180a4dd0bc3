"""Normalisation layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, Row, Weights, entry
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType


class Normalisation(LayerKind):
    """Keeps the shape; ``axis`` names the axes that have weights."""

    def axes(self, config: Config, tensor: TensorType) -> tuple[int, ...]:
        """The axes counted from the front; kind ``axis`` where the tensor lacks one."""
        value = config.known("axis")
        rank = len(arithmetic.known_shape(tensor))
        items = value if isinstance(value, (tuple, list)) else (value,)
        if not all(isinstance(item, int) for item in items):
            raise Lost("the axis is not known")
        if any(item in (0, -rank) for item in items):
            self.seen_in_keras_3(f"{self.cls} along the batch axis")
        axes = tuple(arithmetic.normal_axis(self, item, rank, tensor) for item in items)
        if len(set(axes)) < len(axes):
            self.seen_in_keras_3(f"{self.cls} along one axis twice")
        return axes

    def size(self, config: Config, tensor: TensorType) -> Dim:
        """Number of elements along the axes."""
        if tensor.shape.dims is None:
            return UNKNOWN
        return arithmetic.product(
            arithmetic.need_axis(self, tensor, axis, f"an axis {axis}")
            for axis in self.axes(config, tensor)
        )

    def weighted_axis(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """The axis as the configuration counts it, and how many weights stand along it.

        Nothing for several axes: as many weights may stand along others.
        """
        tensor, value = self.single(inputs), config.known("axis")
        axes = value if isinstance(value, (tuple, list)) else (value,)
        if tensor.shape.dims is None or len(axes) != 1:
            return {}
        return {axes[0]: tensor.shape[self.axes(config, tensor)[0]]}

    def output(self, config: Config, x: Shape) -> Shape:
        """The same shape; the axes must exist and be known."""
        if x.dims is not None:
            self.size(config, TensorType(x))
        return x


@entry("keras.layers.BatchNormalization")
class BatchNormalization(Normalisation):
    """Scale and centre are trained, moving mean and variance are not."""

    one_tensor = True
    masking = "keeps"
    fixes_rank = True

    rows: ClassVar[tuple[Row, ...]] = (
        Row({}, (None, 10)),
        Row({"axis": 1}, (None, 3, None, None)),
        Row({"scale": False, "center": False}, (None, 4, 10)),
        Row({}, (None, None)),
        Row({"axis": 2}, (None, 10)),
        Row({}, (None, 4, 4, 10), dtype="int32"),
        Row({"axis": [1, 2]}, (None, 4, 4, 10)),
        Row({"trainable": False}, (None, 10)),
    )

    def check_config(self, config: Config) -> None:
        """There is one axis; in Keras 2 there may be several."""
        if isinstance(config.get("axis"), (tuple, list)) and self.generation == "keras3":
            raised = ("TypeError",)
            raise arithmetic.bad_value(
                self, config, "axis", "one integer for axis", exceptions=raised
            )

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Two moving statistics, and scale and centre where wanted."""
        size = self.size(config, self.single(inputs))
        learned = size * (int(config.flag("scale")) + int(config.flag("center")))
        return Weights(learned, size * 2)

    def built_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """The statistics fix the axis."""
        tensor = self.single(inputs)
        if tensor.shape.dims is None:
            return {}
        return {axis: tensor.shape[axis] for axis in self.axes(config, tensor)}


@entry("keras.layers.LayerNormalization")
class LayerNormalization(Normalisation):
    """Scale and centre over the axes."""

    one_tensor = True
    on_list = "unknown"
    masking = "keeps"
    rows = (
        Row({}, (None, 10)),
        Row({"axis": [1, 2]}, (None, 4, 10)),
        Row({"scale": False}, (None, 4, 10)),
        Row({"scale": False, "center": False}, (None, 4, 10)),
        Row({}, (None, None)),
        Row({"axis": 3}, (None, 4, 10)),
    )

    def kinds(self, config: Config) -> int:
        """How many kinds of weights there are: scale, centre, both or none."""
        return int(config.flag("scale")) + int(config.flag("center"))

    def output(self, config: Config, x: Shape) -> Shape:
        """The same shape; the axes must exist, and be known if they have weights."""
        if x.dims is not None and not self.kinds(config):
            self.axes(config, TensorType(x))
            return x
        return super().output(config, x)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """One scale and one centre per element of the axes, where wanted."""
        kinds = self.kinds(config)
        return Weights(self.size(config, self.single(inputs)) * kinds) if kinds else Weights()

    def data_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """Scale and centre fix their axis, counted as it is given; of several their product."""
        return self.weighted_axis(config, inputs) if self.kinds(config) else {}


@entry("keras.layers.RMSNormalization")
class RMSNormalization(Normalisation):
    """A scale over the axes."""

    one_tensor = True
    rows = (
        Row({}, (None, 10)),
        Row({"axis": 1}, (None, 4, 10)),
        Row({}, (None, None)),
        Row({"axis": 3}, (None, 4, 10)),
    )

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """One scale per element of the axes."""
        return Weights(self.size(config, self.single(inputs)))

    def data_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """The scale fixes its axis."""
        return self.weighted_axis(config, inputs)


@entry("keras.layers.UnitNormalization")
class UnitNormalization(LayerKind):
    """No weights, the shape is kept."""

    on_list = "unknown"
    masking = "keeps"

    rows = (
        Row({}, (None, 10)),
        Row({"axis": 1}, (None, 4, 10)),
        Row({"axis": [1, 2]}, (None, None, 10)),
        Row({}, (None, None)),
        Row({"axis": 3}, (None, 4, 10)),
        Row({"axis": [-3, 1]}, (None, 4)),
        Row({}, [(None, 4, 6), (None, 6)]),
        Row({}, [(None, 4)]),
        Row({"axis": 1}, [(None, 4)]),
        Row({"axis": (1, 2)}, [(None, 4, 6), (None, 4, 6)]),
    )

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Each tensor's shape; of a list Keras counts the tensors in place of the axes."""
        if isinstance(inputs, TensorType) or self.generation == "keras2":
            return super().call(config, inputs, extra)
        flat = [item for item in inputs if isinstance(item, TensorType)]
        if isinstance(inputs, dict) or len(flat) < len(inputs):
            raise Lost("UnitNormalization on nested tensors")
        self._check_places(config, len(flat), flat)
        made: list[Nested[TensorType]] = [
            TensorType(item.shape, self.output_dtype(config, item)) for item in flat
        ]
        return tuple(made) if isinstance(inputs, tuple) else made

    def output(self, config: Config, x: Shape) -> Shape:
        """The same shape."""
        if x.dims is not None:
            self._check_places(config, len(x.dims), [TensorType(x)])
        return x

    def _check_places(self, config: Config, count: int, tensors: Sequence[TensorType]) -> None:
        given = config.known("axis")
        for axis in given if isinstance(given, (tuple, list)) else (given,):
            if isinstance(axis, int) and not -count <= axis < count:
                raise self.mismatch(
                    "axis",
                    f"a tensor that has an axis {axis}",
                    " and ".join(str(tensor.shape) for tensor in tensors),
                    tuple(tensors),
                    argument="axis",
                )


@entry("keras.layers.GroupNormalization")
class GroupNormalization(Normalisation):
    """Channels in groups; scale and centre per channel."""

    one_tensor = True
    masking = "keeps"
    fixes_rank = True

    rows = (
        Row({"groups": 2}, (None, 4, 10)),
        Row({"groups": -1}, (None, 4, 10)),
        Row({"groups": 2, "axis": 1, "scale": False}, (None, 4, 10)),
        Row({"groups": 3}, (None, 4, 10)),
        Row({"groups": 0}, (None, 4, 10)),
        Row({}, (None, 4, 10)),
        Row({"groups": 2}, (None, None)),
        Row({"groups": 2, "axis": 4}, (None, 4, 10)),
    )

    def check_config(self, config: Config) -> None:
        """Groups are positive, or -1 for one for each channel."""
        groups = config.get("groups")
        if self.generation == "keras3" and isinstance(groups, int) and groups != -1 and groups < 1:
            raise arithmetic.bad_value(self, config, "groups", "a positive number of groups, or -1")

    def output(self, config: Config, x: Shape) -> Shape:
        """The same shape; the groups must divide the channels."""
        if x.dims is None:
            return x
        tensor = TensorType(x)
        size, groups = self.size(config, tensor), config.dim("groups")
        if isinstance(size, int) and isinstance(groups, int) and groups != -1:
            if groups < 1:
                self.seen_in_keras_3(f"{self.cls} of {groups} groups")
            if size < groups:
                raise self._wrong(tensor, f"at least {groups} channels, one per group")
            if size % groups:
                raise self._wrong(tensor, f"a number of channels that {groups} groups divide")
        return x

    def _wrong(self, tensor: TensorType, expected: str) -> Exception:
        return self.mismatch(
            "axis",
            expected,
            str(tensor.shape),
            (tensor,),
            argument="groups",
            exceptions=("ValueError", "ZeroDivisionError"),
        )

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """One scale and one centre per channel, where wanted."""
        kinds = int(config.flag("scale")) + int(config.flag("center"))
        return Weights(self.size(config, self.single(inputs)) * kinds)

    def built_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """Scale and centre fix the axis."""
        tensor = self.single(inputs)
        if tensor.shape.dims is None:
            return {}
        return {axis: tensor.shape[axis] for axis in self.axes(config, tensor)}
