"""Core layers: Dense, Embedding, Masking, Lambda, Identity, InputLayer and the like."""

from __future__ import annotations

from collections.abc import Mapping

from keras_lint.keras_api.base import Config, Inputs, LayerKind, Row, Weights, entry
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.tensors import Shape, TensorType


@entry("keras.layers.Dense")
class Dense(LayerKind):
    """``(..., features) -> (..., units)``; weights ``features * units`` and a bias."""

    ranks = (-2,)
    rows = (
        Row({"units": 4}, (None, 8)),
        Row({"units": 4, "use_bias": False}, (None, 3, 8)),
        Row({"units": 4}, (None,)),
        Row({"units": 4}, (None, None)),
    )

    def output(self, config: Config, x: Shape) -> Shape:
        """The last axis becomes ``units``; it must be known because it fixes the kernel."""
        if x.dims is None:
            return x
        if x[-1] is FREE:
            raise self.mismatch(
                "undefined", "a last axis of known length", str(x), (TensorType(x),)
            )
        return x.with_axis(-1, config.dim("units"))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """``last axis * units`` plus ``units`` with a bias."""
        units = config.dim("units")
        bias: Dim = units if config.flag("use_bias") else 0
        return Weights(self.single(inputs).shape[-1] * units + bias)

    def built_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """The kernel fixes the last axis."""
        del config
        return {-1: self.single(inputs).shape[-1]}
