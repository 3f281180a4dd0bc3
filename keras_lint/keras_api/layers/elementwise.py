"""Layers that change values and keep the shape: activations, dropout, noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, OnList, Row, Weights, entry
from keras_lint.model.dims import UNKNOWN, Dim
from keras_lint.model.tensors import Shape, TensorType


class SameShape(LayerKind):
    """The output has the shape of the input."""

    on_list: ClassVar[OnList] = "passes"

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Several tensors come out as several, each of its shape (Keras 3.15, symbolically)."""
        each = list(inputs) if isinstance(inputs, (list, tuple)) else []
        plain = [item for item in each if isinstance(item, TensorType)]
        takes = self.on_list == "passes" and not self.one_tensor and not self.ranks
        if not takes or self.generation == "keras2" or len(plain) < 2 or len(plain) != len(each):
            return super().call(config, inputs, extra)
        outputs = (
            TensorType(self.output(config, item.shape), self.output_dtype(config, item))
            for item in plain
        )
        return tuple(outputs) if isinstance(inputs, tuple) else list(outputs)

    def output(self, config: Config, x: Shape) -> Shape:
        """The same shape."""
        del config
        return x


@entry("keras.layers.Activation")
class Activation(SameShape):
    """An activation function as a layer."""

    masking = "keeps"

    rows = (
        Row({"activation": "relu"}, (None, 10)),
        Row({"activation": "softmax"}, (None, None, 10)),
        Row({"activation": "relu"}, (None,)),
        Row({"activation": "relu"}, (None, 10), dtype="int32"),
    )


_PLAIN = (
    Row({}, (None, 10)),
    Row({}, (None, None, 10)),
    Row({}, (None,)),
    Row({}, (2, 3), dtype="int32"),
)


@entry(
    "keras.layers.ReLU",
    "keras.layers.LeakyReLU",
    "keras.layers.ELU",
    "keras.layers.Softmax",
    "keras.layers.ActivityRegularization",
)
class PlainActivation(SameShape):
    """Activation layers without weights."""

    masking = "keeps"

    rows = _PLAIN

    def check_config(self, config: Config) -> None:
        """Slopes, thresholds and the greatest value are not negative."""
        bounds = {"ReLU": "max_value negative_slope threshold", "LeakyReLU": "negative_slope"}
        for name in bounds.get(self.cls, "").split():
            value = config.get(name)
            if isinstance(value, (int, float)) and value < 0 and self.generation == "keras3":
                raised = ("ValueError",)
                expected = f"a {name} of 0 or more"
                raise arithmetic.bad_value(self, config, name, expected, exceptions=raised)

    def output(self, config: Config, x: Shape) -> Shape:
        """The same shape; a Softmax of Keras 2 wants more than the batch axis."""
        if self.cls == "Softmax" and x.rank == 1:
            self.seen_in_keras_3("Softmax of rank 1")
        return super().output(config, x)


@entry("keras.layers.PReLU")
class PReLU(SameShape):
    """A trained slope for every element, or one for all along the shared axes."""

    one_tensor = True
    on_list = "refuses"
    masking = "keeps"
    fixes_rank = True

    rows = (
        Row({}, (None, 10)),
        Row({"shared_axes": [1, 2]}, (None, 4, 5, 6)),
        Row({"shared_axes": [1]}, (None, None, 6)),
        Row({}, (None, None, 6)),
        Row({"shared_axes": [1, 2]}, (None, None, None, 6)),
    )

    def slopes(self, config: Config, tensor: TensorType) -> Dim:
        """Number of slopes; kind ``undefined`` if an axis that needs them is None."""
        if tensor.shape.dims is None:
            return UNKNOWN
        shared = config.known("shared_axes") or ()
        items = shared if isinstance(shared, (tuple, list)) else (shared,)
        rank = len(tensor.shape.dims)
        for item in items:
            if isinstance(item, int) and item >= rank:
                arithmetic.normal_axis(self, item, rank, tensor)
        return arithmetic.product(
            arithmetic.need_axis(self, tensor, axis, f"an axis {axis}")
            for axis in range(1, len(tensor.shape.dims))
            if axis not in items
        )

    def output(self, config: Config, x: Shape) -> Shape:
        """The same shape."""
        self.slopes(config, TensorType(x))
        return x

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The slopes."""
        return Weights(self.slopes(config, self.single(inputs)))

    def built_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """With shared axes, all others are fixed; without, Keras checks none."""
        tensor = self.single(inputs)
        shared = config.known("shared_axes") or ()
        if not shared:
            return {}
        items = shared if isinstance(shared, (tuple, list)) else (shared,)
        return {
            axis: tensor.shape[axis]
            for axis in range(1, tensor.shape.rank or 0)
            if axis not in items
        }


class Rate(SameShape):
    """Dropout and noise: a rate between 0 and 1."""

    masking = "keeps"

    def check_config(self, config: Config) -> None:
        """The rate is a share; Keras 2 looks at those of Dropout and its spatial kind alone."""
        if self.generation == "keras3" or self.cls not in ("AlphaDropout", "GaussianDropout"):
            arithmetic.check_share(self, config, "rate")


_RATES = (
    Row({"rate": 0.5}, (None, 10)),
    Row({"rate": 0}, (None, None, 10)),
    Row({"rate": 0.5}, (None,)),
    Row({"rate": 1.5}, (None, 10)),
    Row({"rate": -0.1}, (None, 10)),
    Row({"rate": 1.0}, (None, 10)),
    Row({"rate": 0.5}, (None, 10), dtype="int32"),
)


@entry("keras.layers.Dropout", "keras.layers.AlphaDropout", "keras.layers.GaussianDropout")
class Dropout(Rate):
    """Elements set to zero while training."""

    rows = _RATES


@entry("keras.layers.GaussianNoise")
class GaussianNoise(SameShape):
    """Noise added while training."""

    masking = "keeps"

    rows = (
        Row({"stddev": 0.5}, (None, 10)),
        Row({"stddev": 0.5}, (None, None, 10)),
        Row({"stddev": -0.5}, (None, 10)),
        Row({"stddev": 0.5}, (None,)),
    )

    def check_config(self, config: Config) -> None:
        """The deviation is a share, of all numbers; in Keras 2 any number."""
        if self.generation == "keras3":
            arithmetic.check_share(self, config, "stddev")


@entry("keras.layers.SpatialDropout1D")
class SpatialDropout1D(Rate):
    """Whole channels of a sequence dropped."""

    ranks = (3,)
    needs_time_axis = True
    rows = (*(Row({"rate": 0.5}, shape) for shape in ((None, 10, 5), (None, 5), (1, 2, 3, 4))),
            Row({"rate": 2}, (None, 10, 5)))  # fmt: skip


@entry("keras.layers.SpatialDropout2D")
class SpatialDropout2D(Rate):
    """Whole channels of an image dropped."""

    ranks = (4,)
    rows = (
        Row({"rate": 0.5}, (None, 10, 10, 5)),
        Row({"rate": 0.5, "data_format": "channels_first"}, (None, 5, None, 10)),
        Row({"rate": 0.5}, (None, 10, 5)),
        Row({"rate": 0.5}, (None, 4, 10, 10, 5)),
    )


@entry("keras.layers.SpatialDropout3D")
class SpatialDropout3D(Rate):
    """Whole channels of a volume dropped."""

    ranks = (5,)
    rows = (
        Row({"rate": 0.5}, (None, 4, 10, 10, 5)),
        Row({"rate": 0.5, "data_format": "channels_first"}, (None, 5, 4, None, 10)),
        Row({"rate": 0.5}, (None, 4, 10, 5)),
        Row({"rate": 0.5}, (None, 10)),
    )
