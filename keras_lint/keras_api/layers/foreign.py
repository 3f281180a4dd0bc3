"""Layers around something else: other frameworks, saved files, several layers in a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_lint.keras_api.base import (
    UNKNOWN_WEIGHTS,
    BoundLayer,
    Config,
    Inputs,
    LayerArg,
    LayerKind,
    Row,
    Weights,
    entry,
)
from keras_lint.model.outcomes import Lost


@entry(
    "keras.layers.FlaxLayer",
    "keras.layers.JaxLayer",
    "keras.layers.TFSMLayer",
    "keras.layers.TorchModuleWrapper",
    "keras.layers.Wrapper",
)
class Foreign(LayerKind):
    """What comes out is decided by code or files that are not Keras's."""

    on_list = "unknown"
    opaque = True

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Never known."""
        del config, inputs, extra
        raise Lost(f"what a {self.cls} holds")

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Never known."""
        del config, inputs
        return UNKNOWN_WEIGHTS


@entry("keras.layers.Pipeline")
class Pipeline(LayerKind):
    """Layers called one after the other."""

    only_same_inside = True
    on_list = "unknown"
    rows = (
        Row({"layers": [LayerArg("Rescaling", {"scale": 2.0})]}, (None, 8, 8, 3)),
        Row({"layers": [LayerArg("Dense", {"units": n}) for n in (2, 3)]}, (None, 8)),
        Row({"layers": [LayerArg("Flatten"), LayerArg("Dense", {"units": 3})]}, (2, 4, 5)),
        Row({"layers": [LayerArg("Resizing", {"height": 6, "width": 5})]}, (None, 8, 8, 3)),
    )

    def steps(self, config: Config) -> tuple[BoundLayer, ...]:
        """The layers in order; Lost if they are not known."""
        layers = config.known("layers")
        if not isinstance(layers, (list, tuple)):
            raise Lost("the layers of a Pipeline")
        found = tuple(layer for layer in layers if isinstance(layer, BoundLayer))
        if len(found) != len(layers) or not found:
            raise Lost("the layers of a Pipeline")
        return found

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The output of the last layer."""
        del extra
        output: Inputs = self.single(inputs)
        for layer in self.steps(config):
            output = layer.call(output)
        return output

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Those of all layers."""
        total = Weights()
        for layer in self.steps(config):
            total = total + layer.weights(inputs)
            inputs = layer.call(inputs)
        return total
