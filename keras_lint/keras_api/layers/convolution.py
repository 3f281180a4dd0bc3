"""Convolutions: plain, transposed, depthwise and separable, in one to three dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, LooseRanks, Row, Weights, entry
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import Shape, TensorType


class Convolution(LayerKind):
    """What all convolutions share: ``axes`` spatial axes between batch and channels."""

    axes: ClassVar[int] = 2
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")
    positive: ClassVar[tuple[str, ...]] = ("filters", "groups")
    dilates_strided: ClassVar[bool] = False
    """Whether strides and dilation above one may be used together."""
    rank_errors = ("ValueError", "IndexError", "TypeError")
    loose_ranks: ClassVar[LooseRanks] = "more"

    def check_config(self, config: Config) -> None:
        """Sizes are positive, the padding exists, strides and dilation are not both above one."""
        strides = arithmetic.integers(self, config, "strides", self.axes)
        arithmetic.integers(self, config, "kernel_size", self.axes)
        dilation = arithmetic.integers(self, config, "dilation_rate", self.axes)
        if config.get("padding") == "causal" and self.axes == 1 and "causal" not in self.paddings:
            self.seen_in_keras_3(f"a causal {self.cls}")
        arithmetic.check_choice(self, config, "padding", self.paddings)
        arithmetic.check_data_format(self, config)
        arithmetic.check_positive(self, config, *self.positive)
        if not self.dilates_strided and _above_one(strides) and _above_one(dilation):
            raise arithmetic.bad_value(
                self, config, "dilation_rate", "strides or a dilation_rate of 1, not both above"
            )
        filters, groups = config.get("filters"), config.get("groups", 1)
        if isinstance(filters, int) and isinstance(groups, int) and filters % groups:
            raise arithmetic.bad_value(
                self, config, "groups", f"a number of groups that divides the {filters} filters"
            )

    def build_refuses(self, tensor: TensorType) -> bool:
        """The kernel's rank is compared with the input's."""
        del tensor
        return True

    def channels(self, config: Config, tensor: TensorType) -> Dim:
        """The length of the channel axis, which fixes the kernel."""
        axis = arithmetic.channel_axis(config.channels_first)
        raised: tuple[str, ...] = ("TypeError", "ValueError")  # the latter is what Keras 2 raises
        if "Transpose" in self.cls:
            raised = ("ValueError",)
        return arithmetic.need_axis(self, tensor, axis, "a channel axis", raised)

    def made_channels(self, config: Config, channels: Dim) -> Dim:
        """Channels of the output."""
        del channels
        return config.dim("filters")

    def length(self, config: Config, axis: int, length: Dim) -> Dim:
        """Output length of spatial axis number ``axis``, counted from 0."""
        return arithmetic.window_length(
            length,
            arithmetic.spread(self, config, "kernel_size", self.axes)[axis],
            arithmetic.spread(self, config, "strides", self.axes)[axis],
            config.text("padding"),
            arithmetic.spread(self, config, "dilation_rate", self.axes)[axis],
        )

    def output(self, config: Config, x: Shape) -> Shape:
        """Spatial axes by the window, channels as made; kind ``vanish`` below one position."""
        first = config.channels_first
        if x.dims is None:
            return Shape((UNKNOWN,) * (self.axes + 2)).with_axis(
                arithmetic.channel_axis(first), self.made_channels(config, UNKNOWN)
            )
        tensor = TensorType(x)
        dilated = _above_one(arithmetic.spread(self, config, "dilation_rate", self.axes))
        if dilated and (self.dilates_strided or "Transpose" in self.cls):
            self.seen_in_keras_3(f"{self.cls} with dilation")
        channels = self.channels(config, tensor)
        self.check_groups(config, tensor, channels)
        dims = list(x.dims)
        for number, axis in enumerate(arithmetic.spatial_axes(first, self.axes)):
            dims[axis] = self.length(config, number, x.dims[axis])
        dims[arithmetic.channel_axis(first)] = self.made_channels(config, channels)
        result = Shape(tuple(dims))
        self.check_length(config, tensor, result)
        return result

    def check_groups(self, config: Config, tensor: TensorType, channels: Dim) -> None:
        """Kind ``axis`` if the groups do not divide the channels."""
        groups = config.get("groups", 1)
        if isinstance(channels, int) and isinstance(groups, int) and channels % groups:
            raise self.mismatch(
                "axis",
                f"a number of channels that {groups} groups divide",
                str(tensor.shape),
                (tensor,),
                argument="groups",
            )

    def check_length(self, config: Config, tensor: TensorType, result: Shape) -> None:
        """Kind ``vanish`` where the window does not fit (padding keeps it from that)."""
        if config.text("padding") == "valid":
            size = config.get("kernel_size")
            arithmetic.check_vanish(self, tensor, result, f"a kernel of {size}")

    def built_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """The kernel fixes the channel axis."""
        axis = arithmetic.channel_axis(config.channels_first)
        shape = self.single(inputs).shape
        return {} if shape.dims is None else {axis: shape[axis]}

    def window(self, config: Config) -> Dim:
        """Number of positions in one kernel."""
        return arithmetic.product(arithmetic.spread(self, config, "kernel_size", self.axes))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Kernel ``window * channels / groups * filters`` and one bias per output channel."""
        channels = self._channels_of(config, inputs)
        kernel = self.window(config) * (channels // config.dim("groups")) * config.dim("filters")
        return Weights(kernel + self.bias(config, channels))

    def bias(self, config: Config, channels: Dim) -> Dim:
        """Bias weights: one per output channel, or none."""
        return self.made_channels(config, channels) if config.flag("use_bias") else 0

    def _channels_of(self, config: Config, inputs: Inputs) -> Dim:
        tensor = self.single(inputs)
        return UNKNOWN if tensor.shape.dims is None else self.channels(config, tensor)


def _above_one(dims: object) -> bool:
    return isinstance(dims, tuple) and any(isinstance(dim, int) and dim > 1 for dim in dims)


@entry("keras.layers.Conv1D")
class Conv1D(Convolution):
    """``(batch, steps, channels) -> (batch, new steps, filters)``."""

    axes = 1
    more_axes_inside = True
    ranks = (3,)
    needs_time_axis = True
    paddings = ("valid", "same", "causal")
    rows = (
        Row({"filters": 4, "kernel_size": 3}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "padding": "causal", "strides": 2}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "padding": "same", "dilation_rate": 2}, (None, 7, 5)),
        Row({"filters": 4, "kernel_size": 3, "groups": 2}, (None, None, 6)),
        Row({"filters": 4, "kernel_size": 3}, (None, 128)),
        Row({"filters": 4, "kernel_size": 3}, (None, 5, 10, 128)),
        Row({"filters": 4, "kernel_size": 11}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10, None)),
        Row({"filters": 4, "kernel_size": 3, "groups": 2}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "groups": 3}, (None, 10, 6)),
        Row({"filters": 4, "kernel_size": 3, "data_format": "channels_first"}, (None, 5, 10)),
    )


@entry("keras.layers.Conv2D")
class Conv2D(Convolution):
    """``(batch, height, width, channels) -> (batch, new height, new width, filters)``."""

    axes = 2
    ranks = (4,)
    rows = (
        Row({"filters": 8, "kernel_size": 3}, (None, 28, 28, 3)),
        Row({"filters": 8, "kernel_size": (3, 5), "strides": (1, 2)}, (None, 28, 28, 3)),
        Row({"filters": 8, "kernel_size": 3, "use_bias": False}, (None, None, 28, 3)),
        Row({"filters": 8, "kernel_size": 3}, (None, 28, 28)),
        Row({"filters": 8, "kernel_size": 3}, (None, 2, 28, 3)),
        Row({"filters": 8, "kernel_size": 3}, (None, 4, 28, 28, 3)),
        Row({"filters": 8, "kernel_size": 3, "strides": 2, "dilation_rate": 2}, (None, 9, 9, 3)),
        Row({"filters": 0, "kernel_size": 3}, (None, 9, 9, 3)),
        Row({"filters": 8, "kernel_size": (3, 3, 3)}, (None, 9, 9, 3)),
        Row({"filters": 8, "kernel_size": 3, "padding": "causal"}, (None, 9, 9, 3)),
    )


@entry("keras.layers.Conv3D")
class Conv3D(Convolution):
    """``(batch, depth, height, width, channels)`` to the same with ``filters`` channels."""

    axes = 3
    ranks = (5,)
    rows = (
        Row({"filters": 8, "kernel_size": 3}, (None, 8, 9, 10, 3)),
        Row({"filters": 8, "kernel_size": 3, "padding": "same"}, (None, None, 9, 10, 3)),
        Row({"filters": 8, "kernel_size": 3}, (None, 9, 10, 3)),
        Row({"filters": 8, "kernel_size": 3}, (None, 8, 9, 2, 3)),
    )


class Transposed(Convolution):
    """Transposed convolutions grow the spatial axes."""

    positive = ("filters",)

    def build_refuses(self, tensor: TensorType) -> bool:
        """Not surely: some shapes of another rank pass with the channels first."""
        del tensor
        return False

    def length(self, config: Config, axis: int, length: Dim) -> Dim:
        """The inverse of the window, plus ``output_padding`` where given."""
        extra: Dim | None = None
        if config.get("output_padding") is not None:
            extra = arithmetic.spread(self, config, "output_padding", self.axes)[axis]
        return arithmetic.transposed_length(
            length,
            arithmetic.spread(self, config, "kernel_size", self.axes)[axis],
            arithmetic.spread(self, config, "strides", self.axes)[axis],
            config.text("padding"),
            extra,
            arithmetic.spread(self, config, "dilation_rate", self.axes)[axis],
        )

    def check_config(self, config: Config) -> None:
        """As for all, and ``output_padding`` stays below the strides."""
        super().check_config(config)
        if config.get("output_padding") is None:
            return
        extra = arithmetic.integers(self, config, "output_padding", self.axes, least=0)
        strides = arithmetic.spread(self, config, "strides", self.axes)
        for pad, stride in zip(extra, strides, strict=True):
            if isinstance(pad, int) and isinstance(stride, int) and pad >= stride:
                raise arithmetic.bad_value(
                    self, config, "output_padding", "output_padding below strides"
                )

    def check_length(self, config: Config, tensor: TensorType, result: Shape) -> None:
        """A transposed convolution always has room."""

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Kernel ``window * filters * channels`` and one bias per filter."""
        channels = self._channels_of(config, inputs)
        kernel = self.window(config) * config.dim("filters") * channels
        return Weights(kernel + self.bias(config, channels))


@entry("keras.layers.Conv1DTranspose")
class Conv1DTranspose(Transposed):
    """``(batch, steps, channels)`` to more steps and ``filters`` channels."""

    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = (
        Row({"filters": 4, "kernel_size": 3, "strides": 2}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2}, (None, None, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10, None)),
    )


@entry("keras.layers.Conv2DTranspose")
class Conv2DTranspose(Transposed):
    """``(batch, height, width, channels)`` to a larger image and ``filters`` channels."""

    axes = 2
    ranks = (4,)
    rows = (
        Row({"filters": 4, "kernel_size": 3, "strides": 2}, (None, 7, 7, 5)),
        Row({"filters": 4, "kernel_size": 2, "strides": 3}, (None, 7, None, 5)),
        Row(
            {"filters": 4, "kernel_size": 3, "strides": 2, "output_padding": 1, "padding": "same"},
            (None, 7, 7, 5),
        ),
        Row({"filters": 4, "kernel_size": 3, "output_padding": 1}, (None, 7, 7, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 7, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 2, 7, 7, 5)),
    )


@entry("keras.layers.Conv3DTranspose")
class Conv3DTranspose(Transposed):
    """``(batch, depth, height, width, channels)`` to a larger volume."""

    axes = 3
    ranks = (5,)
    rows = (
        Row({"filters": 4, "kernel_size": 3, "strides": 2}, (None, 3, 4, 5, 5)),
        Row({"filters": 4, "kernel_size": 3, "padding": "same"}, (None, 3, 4, None, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 4, 5, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 3, 4, 5, None)),
    )


class Depthwise(Convolution):
    """Every channel is convolved on its own, ``depth_multiplier`` times."""

    positive = ("depth_multiplier",)
    dilates_strided = True

    def made_channels(self, config: Config, channels: Dim) -> Dim:
        """``channels * depth_multiplier``."""
        return channels * config.dim("depth_multiplier")

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Kernel ``window * channels * depth_multiplier`` and a bias per output channel."""
        channels = self._channels_of(config, inputs)
        made = self.made_channels(config, channels)
        return Weights(self.window(config) * made + self.bias(config, channels))


@entry("keras.layers.DepthwiseConv1D")
class DepthwiseConv1D(Depthwise):
    """``(batch, steps, channels)`` to ``channels * depth_multiplier`` channels."""

    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = (
        Row({"kernel_size": 3, "depth_multiplier": 2}, (None, 10, 5)),
        Row({"kernel_size": 3, "padding": "same", "use_bias": False}, (None, None, 5)),
        Row({"kernel_size": 3}, (None, 5)),
        Row({"kernel_size": 3}, (None, 2, 5)),
    )


@entry("keras.layers.DepthwiseConv2D")
class DepthwiseConv2D(Depthwise):
    """``(batch, height, width, channels)`` to ``channels * depth_multiplier`` channels."""

    axes = 2
    ranks = (4,)
    rows = (
        Row({"kernel_size": 3, "depth_multiplier": 2}, (None, 10, 10, 5)),
        Row({"kernel_size": 3, "strides": 2, "padding": "same"}, (None, None, 11, 5)),
        Row({"kernel_size": 3}, (None, 10, 5)),
        Row({"kernel_size": 3}, (None, 10, 10, None)),
        Row({"kernel_size": 3}, (None, 10, 2, 5)),
    )


class Separable(Convolution):
    """A depthwise convolution followed by a pointwise one."""

    positive = ("filters", "depth_multiplier")
    dilates_strided = True

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Depthwise kernel, pointwise kernel and one bias per filter."""
        channels = self._channels_of(config, inputs)
        middle = channels * config.dim("depth_multiplier")
        kernel = self.window(config) * middle + middle * config.dim("filters")
        return Weights(kernel + self.bias(config, channels))


@entry("keras.layers.SeparableConv1D")
class SeparableConv1D(Separable):
    """``(batch, steps, channels) -> (batch, new steps, filters)``."""

    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = (
        Row({"filters": 4, "kernel_size": 3, "depth_multiplier": 2}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "padding": "same", "strides": 2}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 2, 5)),
    )


@entry("keras.layers.SeparableConv2D")
class SeparableConv2D(Separable):
    """``(batch, height, width, channels)`` to ``filters`` channels."""

    axes = 2
    ranks = (4,)
    rows = (
        Row({"filters": 4, "kernel_size": 3}, (None, 10, 10, 5)),
        Row({"filters": 4, "kernel_size": 3, "use_bias": False}, (None, None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10, 5)),
        Row({"filters": 4, "kernel_size": 3}, (None, 10, 10, None)),
        Row({"filters": 4, "kernel_size": 3}, (None, 2, 10, 5)),
    )
