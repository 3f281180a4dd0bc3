"""Convolutional LSTM layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, Mask, Row, Weights, entry
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.tensors import Nested, Shape, TensorType, flatten


class ConvLSTM(LayerKind):
    """An LSTM whose products are convolutions: ``(batch, time, ..., channels)``."""

    axes: ClassVar[int] = 2
    recurrent = True
    needs_time_axis = True

    def check_config(self, config: Config) -> None:
        """Sizes are positive; strides and dilation are not both above one."""
        arithmetic.integers(self, config, "kernel_size", self.axes)
        strides = arithmetic.integers(self, config, "strides", self.axes)
        dilation = arithmetic.integers(self, config, "dilation_rate", self.axes)
        arithmetic.check_choice(self, config, "padding", ("valid", "same"))
        arithmetic.check_data_format(self, config)
        if any(isinstance(s, int) and s > 1 for s in strides) and any(
            isinstance(d, int) and d > 1 for d in dilation
        ):
            raise arithmetic.bad_value(
                self, config, "dilation_rate", "strides or a dilation_rate of 1, not both above"
            )

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The outputs, or the last one; then both states with ``return_state``."""
        del extra
        tensor = self.single(inputs)
        self.check_rank(tensor)
        if isinstance(config.get("filters"), (float, list, str, tuple)):  # seen when it is built
            raise arithmetic.bad_value(self, config, "filters", "a positive integer for filters")
        batch, time, *rest = arithmetic.known_shape(tensor)
        step = self.step(config, tensor, Shape((batch, *rest)))
        dtype = self.output_dtype(config, tensor)
        full = (batch, time, *step[1:]) if config.flag("return_sequences") else step
        output = TensorType(Shape(full), dtype)
        if batch is FREE and config.flag("stateful"):
            raise self.mismatch(
                "undefined",
                "a batch size of known length, because of stateful=True",
                str(tensor.shape),
                (tensor,),
                argument="stateful",
            )
        if not config.flag("return_state"):
            return output
        state = TensorType(Shape(step), dtype)
        return (output, state, state)

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """A sequence keeps the mask of its input; last outputs and states have none."""
        sequences = config.flag("return_sequences")
        first = flatten(inputs)[0] if sequences else False
        return (first, *(False,) * (count - 1))

    def data_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """Frames stay as large as they were (Keras 3.15); symbolic calls do not come to that."""
        del config
        dims = self.single(inputs).shape.dims or ()
        return dict(enumerate(dims[2:], 2))

    def step(self, config: Config, tensor: TensorType, x: Shape) -> tuple[Dim, ...]:
        """The shape of one state: one step convolved."""
        first = config.channels_first
        dims = list(x.dims or ())
        axes = arithmetic.spatial_axes(first, self.axes)
        if any(dim is FREE for dim in dims[1:]):
            self.seen_in_keras_3("a sequence of images of open size")
            raise self.mismatch(
                "undefined",
                "spatial axes and channels of known length",
                str(tensor.shape),
                (tensor,),
            )
        window = arithmetic.spread(self, config, "kernel_size", self.axes)
        strides = arithmetic.spread(self, config, "strides", self.axes)
        dilation = arithmetic.spread(self, config, "dilation_rate", self.axes)
        padding = config.text("padding")
        for number, axis in enumerate(axes):
            dims[axis] = arithmetic.window_length(
                dims[axis], window[number], strides[number], padding, dilation[number]
            )
        dims[arithmetic.channel_axis(first)] = config.dim("filters")
        if padding == "valid":
            spatial = Shape(tuple(dims[axis] for axis in axes))
            size = config.get("kernel_size")
            arithmetic.check_vanish(self, tensor, spatial, f"a kernel of {size}")
        return tuple(dims)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Four gates, each with a kernel on the input, one on the state, and a bias."""
        dims = arithmetic.known_shape(self.single(inputs))
        channels = dims[2 if config.channels_first else -1]
        filters = config.dim("filters")
        window = arithmetic.product(arithmetic.spread(self, config, "kernel_size", self.axes))
        bias: Dim = filters if config.flag("use_bias") else 0
        return Weights(4 * (window * (channels + filters) * filters + bias))


def _rows(space: tuple[int | None, ...]) -> tuple[Row, ...]:
    small = (1,) * len(space)
    args = {"filters": 4, "kernel_size": 3}
    return (
        Row(args, (None, 5, *space, 3)),
        Row({**args, "return_sequences": True, "padding": "same"}, (None, None, *space, 3)),
        Row({**args, "return_state": True, "strides": 2}, (2, 5, *space, 3)),
        Row({**args, "data_format": "channels_first"}, (None, 5, 3, *space)),
        Row({**args, "strides": 2, "dilation_rate": 2}, (None, 5, *space, 3)),
        Row(args, (None, *space, 3)),
        Row(args, (None, 5, *small, 3)),
        Row(args, (None, 5, *space, None)),
        Row(args, (None, 5, None, *space[1:], 3)),
        Row({**args, "stateful": True}, (None, 5, *space, 3)),
        Row({**args, "filters": (8, 8)}, (None, 5, *space, 3)),
    )


@entry("keras.layers.ConvLSTM1D")
class ConvLSTM1D(ConvLSTM):
    """Frames are sequences."""

    axes = 1
    ranks = (4,)
    rows = _rows((8,))


@entry("keras.layers.ConvLSTM2D")
class ConvLSTM2D(ConvLSTM):
    """Frames are images."""

    axes = 2
    ranks = (5,)
    rows = _rows((8, 9))


@entry("keras.layers.ConvLSTM3D")
class ConvLSTM3D(ConvLSTM):
    """Frames are volumes."""

    axes = 3
    ranks = (6,)
    rows = _rows((6, 5, 7))
