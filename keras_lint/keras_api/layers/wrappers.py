"""Wrappers: TimeDistributed and Bidirectional."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import BoundLayer, Config, Inputs, LayerKind, Weights, entry
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Shape, TensorType


def wrapped(config: Config, name: str = "layer") -> BoundLayer:
    """The wrapped layer; :class:`Lost` if it is not known."""
    value = config.known(name)
    if isinstance(value, BoundLayer):
        return value
    raise Lost("the wrapped layer is not known")


def passed_on(kind: LayerKind, tensor: TensorType, problem: Problem) -> Mismatch:
    """The wrapped layer's problem as the wrapper raises it."""
    return Mismatch(
        Problem(
            problem.kind,
            kind.cls,
            f"an input whose part for {problem.layer} is {problem.expected}",
            str(tensor.shape),
            (tensor,),
            problem.argument,
            problem.hint,
            (*problem.exceptions, "ValueError", "TypeError", "IndexError"),
            problem,
            problem.needs_rank,
        )
    )


@entry("keras.layers.TimeDistributed")
class TimeDistributed(LayerKind):
    """The wrapped layer on every time step: ``(batch, time, ...)``."""

    ranks = (-3,)
    needs_time_axis = True

    def slice_of(self, tensor: TensorType) -> TensorType:
        """What the wrapped layer receives: the time axis taken out."""
        dims = arithmetic.known_shape(tensor)
        return TensorType(Shape((dims[0], *dims[2:])), tensor.dtype)

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The wrapped layer's output with the time axis put back."""
        del extra
        tensor = self.single(inputs)
        self.check_rank(tensor)
        layer = wrapped(config)
        try:
            inner = layer.call(self.slice_of(tensor))
        except Mismatch as mismatch:
            raise passed_on(self, tensor, mismatch.problem) from mismatch
        if not isinstance(inner, TensorType):
            raise Lost("TimeDistributed around a layer with several outputs")
        if inner.shape.dims is None:
            return TensorType(Shape(None), inner.dtype)
        batch, *rest = inner.shape.dims
        return TensorType(Shape((batch, tensor.shape[1], *rest)), self.output_dtype(config, tensor))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Those of the wrapped layer on one slice."""
        return wrapped(config).weights(self.slice_of(self.single(inputs)))


@entry("keras.layers.Bidirectional")
class Bidirectional(LayerKind):
    """A recurrent layer forwards and its mirror image backwards."""

    recurrent = True
    needs_time_axis = True

    def returns_last_only(self, config: Config) -> bool:
        """Whether the wrapped layer surely returns only its last output."""
        layer = config.get("layer")
        return isinstance(layer, BoundLayer) and layer.kind.returns_last_only(layer.config)

    def check_config(self, config: Config) -> None:
        """The merge mode exists and the two layers fit together."""
        mode = config.get("merge_mode")
        if isinstance(mode, str) and mode not in ("sum", "mul", "ave", "concat"):
            raise arithmetic.bad_value(
                self, config, "merge_mode", "'sum', 'mul', 'ave', 'concat' or None"
            )
        forward = config.get("layer")
        if not isinstance(forward, BoundLayer):
            return
        if forward.kind.ranks and not forward.kind.recurrent:
            raise self.mismatch(
                "value",
                "a recurrent layer",
                forward.kind.cls,
                argument="layer",
                exceptions=("ValueError", "TypeError", "AttributeError"),
            )
        backward = config.get("backward_layer")
        goes = forward.config.get("go_backwards")
        if backward is None and goes is True:
            raise arithmetic.bad_value(self, config, "layer", "a layer that goes forwards")
        if not isinstance(backward, BoundLayer):
            return
        if isinstance(goes, bool) and goes is backward.config.get("go_backwards"):
            raise self._differ("two layers that differ in go_backwards", "go_backwards")
        for name in ("stateful", "return_sequences", "return_state"):
            one, other = forward.config.get(name), backward.config.get(name)
            if isinstance(one, bool) and isinstance(other, bool) and one is not other:
                raise self._differ(f"two layers with the same {name}", name)

    def _differ(self, expected: str, name: str) -> Mismatch:
        return self.mismatch(
            "value", expected, f"layers that do not agree on {name}", argument="backward_layer"
        )

    def layers(self, config: Config) -> tuple[BoundLayer, BoundLayer]:
        """Forward and backward layer; the backward one mirrors the other unless it is given."""
        forward = wrapped(config)
        if config.get("backward_layer") is None:
            return forward, forward
        return forward, wrapped(config, "backward_layer")

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """Both outputs merged, or both; then the states of both with ``return_state``."""
        del extra
        tensor = self.single(inputs)
        forward, backward = self.layers(config)
        try:
            result = forward.call(tensor)
        except Mismatch as mismatch:
            raise passed_on(self, tensor, mismatch.problem) from mismatch
        del backward
        first, *states = result if isinstance(result, tuple) else (result,)
        mode = config.known("merge_mode")
        if not isinstance(first, TensorType) or first.shape.dims is None:
            raise Lost("the output of the wrapped layer is not known")
        outputs: tuple[Inputs, ...] = (first,)
        if mode == "concat":
            width = first.shape[-1]
            outputs = (first.with_shape(first.shape.with_axis(-1, width * 2)),)
        elif mode is None:
            outputs = (first, first)
        if not states and len(outputs) == 1:
            return outputs[0]
        return (*outputs, *states, *states)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Those of both layers."""
        forward, backward = self.layers(config)
        return forward.weights(inputs) + backward.weights(inputs)
