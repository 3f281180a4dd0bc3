"""Layers that only Keras 2 has; compared with ``tf_keras`` 2.21."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import (
    BoundLayer,
    Config,
    Inputs,
    LayerKind,
    Row,
    Weights,
    entries,
    entry,
)
from keras_lint.keras_api.layers.convolution import Convolution
from keras_lint.keras_api.layers.elementwise import SameShape
from keras_lint.keras_api.layers.normalisation import BatchNormalization
from keras_lint.keras_api.layers.recurrent import Recurrent
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Shape, TensorType


@entry("keras.layers.ThresholdedReLU")
class ThresholdedReLU(SameShape):
    """Zero below ``theta``."""

    generation = "keras2"
    masking = "keeps"
    rows = (
        Row({}, (None, 10)),
        Row({"theta": 0.5}, (None, None, 10)),
        Row({"theta": -1.0}, (None, 10)),
        Row({"theta": None}, (None, 10)),
        Row({}, (None,)),
    )

    def check_config(self, config: Config) -> None:
        """``theta`` is a number of 0 or more."""
        theta = config.get("theta")
        if theta is None or (isinstance(theta, (int, float)) and theta < 0):
            raise arithmetic.bad_value(self, config, "theta", "a theta of 0 or more")


class LocallyConnected(Convolution):
    """A convolution with other weights at every position."""

    generation = "keras2"
    loose_ranks = "none"
    positive = ()

    def check_config(self, config: Config) -> None:
        """As a convolution; ``padding="same"`` with the implementations 2 and 3 alone."""
        arithmetic.integers(self, config, "strides", self.axes)
        arithmetic.integers(self, config, "kernel_size", self.axes)
        arithmetic.check_data_format(self, config)
        if config.get("implementation") == 1:
            arithmetic.check_choice(self, config, "padding", ("valid",))
        arithmetic.check_choice(self, config, "padding", self.paddings)

    def length(self, config: Config, axis: int, length: Dim) -> Dim:
        """Output length of spatial axis number ``axis``, counted from 0."""
        return arithmetic.window_length(
            length,
            arithmetic.spread(self, config, "kernel_size", self.axes)[axis],
            arithmetic.spread(self, config, "strides", self.axes)[axis],
            config.text("padding"),
        )

    def output(self, config: Config, x: Shape) -> Shape:
        """As a convolution; the spatial axes must be known, because the weights are theirs."""
        result = super().output(config, x)
        if x.dims is not None:
            raised = ("TypeError",) if self.axes == 1 else ("ValueError",)
            for axis in arithmetic.spatial_axes(config.channels_first, self.axes):
                arithmetic.need_axis(self, TensorType(x), axis, "spatial axes", raised)
        return result

    def call_again(
        self, config: Config, first: Inputs, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Once built, it looks neither at the rank nor at the channels (tf_keras 2.21)."""
        if inputs != first:
            raise Lost(f"a later call of {self.cls} on another shape")
        return super().call_again(config, first, inputs, extra)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """A kernel for every position; the second implementation keeps the zeros between, too."""
        tensor = self.single(inputs)
        if tensor.shape.dims is None:
            return Weights(UNKNOWN)
        if config.get("implementation") not in (1, 2, 3):
            raise Lost("the implementation is not known")
        spatial = arithmetic.spatial_axes(config.channels_first, self.axes)
        made = self.output(config, tensor.shape)
        filters = config.dim("filters")
        positions = arithmetic.product(made[axis] for axis in spatial)
        bias = positions * filters if config.flag("use_bias") else 0
        channels = self.channels(config, tensor)
        if config.get("implementation") == 1:
            return Weights(positions * self.window(config) * channels * filters + bias)
        if config.get("implementation") == 2:
            taken = arithmetic.product(tensor.shape[axis] for axis in spatial)
            return Weights(taken * channels * positions * filters + bias)
        pairs = arithmetic.product(
            self._connections(config, number, tensor.shape[axis])
            for number, axis in enumerate(spatial)
        )
        return Weights(pairs * channels * filters + bias)

    def _connections(self, config: Config, number: int, length: Dim) -> Dim:
        """Pairs of an output and an input position on one axis, those in the padding left out."""
        size = arithmetic.spread(self, config, "kernel_size", self.axes)[number]
        stride = arithmetic.spread(self, config, "strides", self.axes)[number]
        made = self.length(config, number, length)
        if not all(isinstance(value, int) for value in (size, stride, length, made)):
            return UNKNOWN
        assert isinstance(size, int) and isinstance(stride, int)  # noqa: PT018
        assert isinstance(length, int) and isinstance(made, int)  # noqa: PT018
        left = size // 2 if config.text("padding") == "same" else 0
        starts = (place * stride - left for place in range(made))
        if config.text("padding") == "same":
            return sum(min(length, start + size) - max(0, start) for start in starts)
        return made * size


@entry("keras.layers.LocallyConnected1D")
class LocallyConnected1D(LocallyConnected):
    """``(batch, steps, channels) -> (batch, new steps, filters)``."""

    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = (
        Row({"filters": 4, "kernel_size": 3}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "padding": "same"}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "implementation": 2}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "implementation": 3}, (None, 10, 5)),
        Row(
            {"filters": 4, "kernel_size": 3, "padding": "same", "implementation": 3}, (None, 10, 5)
        ),
        Row({"filters": 4, "kernel_size": 3, "data_format": "channels_first"}, (None, 5, 10)),
        Row({"filters": 4, "kernel_size": 3, "strides": 2}, (None, None, 10)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10, None)),
        Row({"filters": 4, "kernel_size": 3}, (None, 2, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10)),
    )


@entry("keras.layers.LocallyConnected2D")
class LocallyConnected2D(LocallyConnected):
    """``(batch, height, width, channels) -> (batch, new height, new width, filters)``."""

    axes = 2
    ranks = (4,)
    rows = (
        Row({"filters": 4, "kernel_size": (3, 2)}, (None, 10, 9, 5)),
        Row({"filters": 4, "kernel_size": 3, "use_bias": False}, (2, 10, 9, 3)),
        Row({"filters": 4, "kernel_size": 3, "padding": "same"}, (2, 10, 9, 3)),
        Row({"filters": 4, "kernel_size": 3, "implementation": 2, "strides": 2}, (2, 10, 9, 3)),
        Row({"filters": 4, "kernel_size": 3, "strides": 2, "implementation": 3}, (2, 10, 9, 3)),
        Row({"filters": 4, "kernel_size": 3, "data_format": "channels_first"}, (None, 5, 10, 9)),
        Row({"filters": 4, "kernel_size": 3}, (None, None, 9, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10, 9, None)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10, 2, 3)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10, 9)),
    )


class RandomSize(LayerKind):
    """Images stretched along one axis by a random amount: that axis becomes free."""

    generation = "keras2"
    axis: ClassVar[int] = -3
    ranks = (-3,)
    rows = (
        Row({"factor": 0.3}, (None, 8, 9, 3)),
        Row({"factor": (0.1, 0.3)}, (8, 9, 3)),
        Row({"factor": (0.1, 0.3)}, (None, None, None, 3)),
        Row({"factor": 1.5}, (None, 8, 9, 3)),
    )

    def check_config(self, config: Config) -> None:
        """``factor`` is one number from 0 to 1, or two above -1 in order."""
        low, high = _bounds(config.get("factor"))
        if low is not None and high is not None and (high < low or low < -1 or high < -1):
            raise arithmetic.bad_value(self, config, "factor", "a factor of -1 or more")

    def output(self, config: Config, x: Shape) -> Shape:
        """The axis of the height, or of the width, is free."""
        del config
        return x if x.dims is None else x.with_axis(self.axis, FREE)


def _bounds(factor: Any) -> tuple[float | None, float | None]:
    """The least and the greatest of a factor; None for what is not known."""
    if isinstance(factor, (int, float)):
        return -factor, factor
    if isinstance(factor, (tuple, list)) and len(factor) == 2:
        low, high = factor
        if isinstance(low, (int, float)) and isinstance(high, (int, float)):
            return low, high
    return None, None


@entry("keras.layers.RandomHeight")
class RandomHeight(RandomSize):
    """Images of a random height."""


@entry("keras.layers.RandomWidth")
class RandomWidth(RandomSize):
    """Images of a random width."""

    axis = -2


@entry("keras.layers.experimental.SyncBatchNormalization")
class SyncBatchNormalization(BatchNormalization):
    """Batch normalisation over all replicas."""

    generation = "keras2"
    rows = (
        Row({}, (None, 10)),
        Row({"axis": 1, "scale": False}, (None, 8, 3)),
        Row({"axis": 3}, (None, 8, 3)),
        Row({}, (None, None)),
    )


@entry("keras.layers.experimental.RandomFourierFeatures")
class RandomFourierFeatures(LayerKind):
    """Random features of a kernel: ``(batch, features) -> (batch, output_dim)``."""

    generation = "keras2"
    ranks = (2,)
    rows = (
        Row({"output_dim": 16}, (None, 8)),
        Row({"output_dim": 16, "scale": 2.0, "trainable": True}, (None, 8)),
        Row({"output_dim": 16}, (None, 8, 3)),
        Row({"output_dim": 16}, (2, None)),
        Row({"output_dim": 0}, (None, 8)),
    )

    def check_config(self, config: Config) -> None:
        """``output_dim`` is positive."""
        arithmetic.check_positive(self, config, "output_dim")

    def output(self, config: Config, x: Shape) -> Shape:
        """The last axis becomes the features."""
        if x.dims is None:
            return Shape((UNKNOWN, config.dim("output_dim")))
        arithmetic.need_axis(self, TensorType(x), -1, "a last axis")
        return x.with_axis(-1, config.dim("output_dim"))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The scale, which may be trained, and a random kernel and bias, which are not."""
        tensor = self.single(inputs)
        features = UNKNOWN if tensor.shape.dims is None else tensor.shape[-1]
        units = config.dim("output_dim")
        return Weights(1, features * units + units)


@entry("keras.layers.CuDNNLSTM", "keras.layers.CuDNNGRU")
class OnTheGpu(Recurrent):
    """LSTM and GRU as cuDNN runs them, with two biases for each gate.

    ``tf_keras`` offers them as ``tf.compat.v1.keras.layers``.
    """

    generation = "keras2"
    rows = (
        Row({"units": 4}, (None, 10, 5)),
        Row({"units": 4, "return_sequences": True}, (None, None, 5)),
        Row({"units": 4, "return_sequences": True, "return_state": True}, (3, 10, 5)),
        Row({"units": 4, "go_backwards": True, "stateful": True}, (3, 10, 5)),
        Row({"units": 4, "stateful": True}, (None, 10, 5)),
        Row({"units": 4}, (None, 10)),
        Row({"units": 4}, (None, 10, None)),
        Row({"units": 4, "dropout": 0.1}, (None, 10, 5)),
    )

    def check_config(self, config: Config) -> None:
        """No argument is refused for its value."""

    def cell(self, config: Config) -> BoundLayer:
        """The cell whose steps these are, for the sizes of its states."""
        return BoundLayer(entries()[f"keras.layers.{self.cls.removeprefix('CuDNN')}Cell"], config)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """For each gate a kernel, a recurrent kernel and two biases."""
        features = arithmetic.known_shape(self.single(inputs))[-1]
        units = config.dim("units")
        gates = 4 if self.cls == "CuDNNLSTM" else 3
        return Weights(gates * units * (features + units + 2))
