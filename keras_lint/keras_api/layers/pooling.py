"""Pooling: windows, global and adaptive."""

from __future__ import annotations

from typing import ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, LayerKind, Row, entry
from keras_lint.model.dims import UNKNOWN
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Shape, TensorType


class Pooling(LayerKind):
    """A window of ``pool_size`` moved by ``strides``; channels are kept."""

    axes: ClassVar[int] = 2

    def check_config(self, config: Config) -> None:
        """Sizes are positive; a stride of None is the pool size."""
        arithmetic.integers(self, config, "pool_size", self.axes)
        if config.get("strides") is not None:
            arithmetic.integers(self, config, "strides", self.axes, least=0)
        arithmetic.check_data_format(self, config)

    def build_refuses(self, tensor: TensorType) -> bool:
        """Where NumPy cannot spread the window over the axes between the batch and the channels."""
        rank = tensor.shape.rank
        return (
            rank is not None
            and rank >= 2
            and rank - 2 != self.axes
            and 1 not in (rank - 2, self.axes)
        )

    def output(self, config: Config, x: Shape) -> Shape:
        """Every spatial axis by the window; kind ``vanish`` where it does not fit."""
        if x.dims is None:
            return Shape((UNKNOWN,) * (self.axes + 2))
        pool = arithmetic.spread(self, config, "pool_size", self.axes)
        strides = pool
        if config.get("strides") is not None:
            strides = arithmetic.spread(self, config, "strides", self.axes)
        if 0 in strides:  # Keras looks for negative ones only, when the layer is made
            raised = ("ZeroDivisionError",)
            raise arithmetic.bad_value(
                self, config, "strides", "strides of 1 or more", exceptions=raised
            )
        padding = config.known("padding")
        if padding not in ("valid", "same"):
            raise arithmetic.bad_value(self, config, "padding", "'valid' or 'same' for padding")
        dims = list(x.dims)
        axes = arithmetic.spatial_axes(config.channels_first, self.axes)
        for axis, window, stride in zip(axes, pool, strides, strict=True):
            dims[axis] = arithmetic.window_length(x.dims[axis], window, stride, padding)
        result = Shape(tuple(dims))
        if padding == "valid":
            spatial = Shape(tuple(dims[axis] for axis in axes))
            size = config.get("pool_size")
            arithmetic.check_vanish(self, TensorType(x), spatial, f"a pool of {size}")
        return result


_1D = (
    Row({}, (None, 10, 5)),
    Row({"pool_size": 3, "strides": 1, "padding": "same"}, (None, None, 5)),
    Row({"pool_size": 3, "data_format": "channels_first"}, (None, 5, 10)),
    Row({}, (None, 10)),
    Row({}, (None, 10, 5, 5)),
    Row({"pool_size": 11}, (None, 10, 5)),
)
_2D = (
    Row({}, (None, 28, 29, 3)),
    Row({"pool_size": (2, 3), "strides": 1}, (None, None, 28, 3)),
    Row({"pool_size": 3, "padding": "same"}, (None, 28, 28, 3)),
    Row({}, (None, 28, 28)),
    Row({}, (None, 1, 28, 3)),
    Row({"pool_size": (2, 2, 2)}, (None, 28, 28, 3)),
    Row({"pool_size": 0}, (None, 28, 28, 3)),
)
_3D = (
    Row({}, (None, 8, 9, 10, 3)),
    Row({"pool_size": 3, "padding": "same"}, (None, None, 9, 10, 3)),
    Row({}, (None, 9, 10, 3)),
    Row({}, (None, 8, 9, 1, 3)),
)


@entry("keras.layers.MaxPooling1D", "keras.layers.AveragePooling1D")
class Pooling1D(Pooling):
    """``(batch, steps, channels)`` to fewer steps."""

    on_list = "unknown"
    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = _1D


@entry("keras.layers.MaxPooling2D", "keras.layers.AveragePooling2D")
class Pooling2D(Pooling):
    """``(batch, height, width, channels)`` to a smaller image."""

    axes = 2
    ranks = (4,)
    rows = _2D


@entry("keras.layers.MaxPooling3D", "keras.layers.AveragePooling3D")
class Pooling3D(Pooling):
    """``(batch, depth, height, width, channels)`` to a smaller volume."""

    axes = 3
    ranks = (5,)
    rows = _3D


class GlobalPooling(LayerKind):
    """All spatial axes are pooled away, or kept at length 1 with ``keepdims``."""

    on_list = "unknown"
    axes: ClassVar[int] = 2

    def check_config(self, config: Config) -> None:
        """The data format exists."""
        arithmetic.check_data_format(self, config)

    def output(self, config: Config, x: Shape) -> Shape:
        """``(batch, channels)``."""
        keepdims = config.flag("keepdims")
        if x.dims is None:
            return Shape((UNKNOWN,) * (self.axes + 2 if keepdims else 2))
        first = config.channels_first
        ones = (1,) * self.axes if keepdims else ()
        channels = x.dims[arithmetic.channel_axis(first)]
        if first:
            return Shape((x.dims[0], channels, *ones))
        return Shape((x.dims[0], *ones, channels))


@entry("keras.layers.GlobalMaxPooling1D", "keras.layers.GlobalAveragePooling1D")
class GlobalPooling1D(GlobalPooling):
    """``(batch, steps, channels) -> (batch, channels)``."""

    axes = 1
    ranks = (3,)
    needs_time_axis = True
    rows = (
        Row({}, (None, 10, 5)),
        Row({"keepdims": True}, (None, None, 5)),
        Row({"data_format": "channels_first"}, (None, 5, 10)),
        Row({}, (None, 5)),
        Row({}, (None, 10, 5, 5)),
    )


@entry("keras.layers.GlobalMaxPooling2D", "keras.layers.GlobalAveragePooling2D")
class GlobalPooling2D(GlobalPooling):
    """``(batch, height, width, channels) -> (batch, channels)``."""

    axes = 2
    ranks = (4,)
    rows = (
        Row({}, (None, 10, 10, 5)),
        Row({"keepdims": True, "data_format": "channels_first"}, (None, 5, None, 10)),
        Row({}, (None, 10, 5)),
        Row({}, (None, None, None, None)),
    )


@entry("keras.layers.GlobalMaxPooling3D", "keras.layers.GlobalAveragePooling3D")
class GlobalPooling3D(GlobalPooling):
    """``(batch, depth, height, width, channels) -> (batch, channels)``."""

    axes = 3
    ranks = (5,)
    rows = (
        Row({}, (None, 4, 10, 10, 5)),
        Row({"keepdims": True}, (None, 4, 10, 10, 5)),
        Row({}, (None, 10, 10, 5)),
        Row({}, (None, None, None, None, 5)),
    )


class AdaptivePooling(LayerKind):
    """Pools to a given number of positions."""

    axes: ClassVar[int] = 2

    def output(self, config: Config, x: Shape) -> Shape:
        """Spatial axes of ``output_size``; Keras does not look at the rank."""
        if x.dims is None or len(x.dims) != self.axes + 2:
            raise Lost("adaptive pooling on another rank")
        raised = ("ValueError",) if self.axes == 1 else ("TypeError",)
        size = arithmetic.spread(self, config, "output_size", self.axes, raised)
        if config.channels_first:
            return Shape((x.dims[0], x.dims[1], *size))
        return Shape((x.dims[0], *size, x.dims[-1]))


def _adaptive(*space: int | None) -> tuple[Row, ...]:
    return (
        Row({"output_size": 2}, (None, *space, 3)),
        Row({"output_size": (2,) * len(space)}, (None, *(None for _ in space), 3)),
        Row({"output_size": 2, "data_format": "channels_first"}, (None, 3, *space)),
        Row({"output_size": (2,) * (len(space) + 1)}, (None, *space, 3)),
    )


@entry("keras.layers.AdaptiveMaxPooling1D", "keras.layers.AdaptiveAveragePooling1D")
class AdaptivePooling1D(AdaptivePooling):
    """A sequence of ``output_size`` steps."""

    axes = 1
    needs_time_axis = True
    rows = _adaptive(9)


@entry("keras.layers.AdaptiveMaxPooling2D", "keras.layers.AdaptiveAveragePooling2D")
class AdaptivePooling2D(AdaptivePooling):
    """An image of ``output_size``."""

    axes = 2
    rows = _adaptive(9, 8)


@entry("keras.layers.AdaptiveMaxPooling3D", "keras.layers.AdaptiveAveragePooling3D")
class AdaptivePooling3D(AdaptivePooling):
    """A volume of ``output_size``."""

    axes = 3
    rows = _adaptive(9, 8, 7)
