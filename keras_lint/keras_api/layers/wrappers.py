"""Wrappers: TimeDistributed and Bidirectional."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import (
    UNKNOWN_WEIGHTS,
    BoundLayer,
    Config,
    Inputs,
    LayerArg,
    LayerKind,
    Mask,
    Row,
    Weights,
    entry,
    ranks_phrase,
)
from keras_lint.model.dims import FREE, Dim
from keras_lint.model.outcomes import Lost, Mismatch, Problem
from keras_lint.model.tensors import Nested, Shape, TensorType, flatten


def wrapped(config: Config, name: str = "layer") -> BoundLayer:
    """The wrapped layer; :class:`Lost` if it is not known."""
    value = config.known(name)
    if isinstance(value, BoundLayer):
        return value
    raise Lost("the wrapped layer is not known")


def passed_on(
    kind: LayerKind, tensor: TensorType, problem: Problem, expected: str, ranks: tuple[int, ...]
) -> Mismatch:
    """The wrapped layer's problem as the wrapper raises it."""
    return Mismatch(
        Problem(
            problem.kind,
            kind.cls,
            expected,
            str(tensor.shape),
            (tensor,),
            problem.argument,
            problem.hint,
            problem.exceptions,
            problem,
            ranks,
        )
    )


@entry("keras.layers.TimeDistributed")
class TimeDistributed(LayerKind):
    """The wrapped layer on every time step: ``(batch, time, ...)``."""

    only_same_inside = True
    masking = "keeps"

    ranks = (-3,)
    needs_time_axis = True
    rows = (
        Row({"layer": LayerArg("Dense", {"units": 4})}, (None, 10, 5)),
        Row({"layer": LayerArg("Conv1D", {"filters": 4, "kernel_size": 3})}, (None, None, 20, 1)),
        Row({"layer": LayerArg("Conv1D", {"filters": 4, "kernel_size": 3})}, (None, 10, 128)),
        Row({"layer": LayerArg("GRU", {"units": 4})}, (None, None, 5)),
        Row({"layer": LayerArg("GRU", {"units": 4})}, (None, 3, 4, 5)),
        Row({"layer": LayerArg("GlobalMaxPooling1D")}, (None, 10, 8, 5)),
        Row({"layer": LayerArg("BatchNormalization")}, (None, 10, 8, 5)),
        Row({"layer": LayerArg("Flatten")}, (None, 10, 8, 5)),
        Row({"layer": LayerArg("Dense", {"units": 4})}, (None, 5)),
        Row({"layer": LayerArg("Dense", {"units": 4})}, (None, 10, None)),
        Row({"layer": LayerArg("MaxPooling2D")}, (None, 10, 28, 28, 3)),
        Row({"layer": LayerArg("MaxPooling2D")}, (None, 10, 28)),
        Row({"layer": LayerArg("AveragePooling3D")}, (None, 10, 28, 28, 3)),
        Row({"layer": LayerArg("Conv2D", {"filters": 4, "kernel_size": 3})}, (None, 9, 2, 8, 3)),
        Row({"layer": LayerArg("Dense", {"units": 4, "trainable": False})}, (None, 10, 5)),
    )

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
        part = self.slice_of(tensor)
        try:
            inner = layer.call(part)
        except Mismatch as mismatch:
            problem = mismatch.problem
            if problem.kind == "rank" and not layer.kind.build_refuses(part):
                raise Lost(f"{problem.layer} of another rank inside TimeDistributed") from mismatch
            ranks = tuple(rank + 1 if rank > 0 else rank - 1 for rank in problem.needs_rank)
            expected = f"time steps that {problem.layer} takes: {problem.expected}"
            if ranks:
                expected = ranks_phrase(ranks)
            raise passed_on(self, tensor, problem, expected, ranks) from mismatch
        if not isinstance(inner, TensorType):
            raise Lost("TimeDistributed around a layer with several outputs")
        if inner.shape.dims is None:
            return TensorType(Shape(None), inner.dtype)
        batch, *rest = inner.shape.dims
        return TensorType(Shape((batch, tensor.shape[1], *rest)), self.output_dtype(config, tensor))

    def data_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """Those of the wrapped layer, after the time axis."""
        layer = wrapped(config)
        axes = layer.kind.data_axes(layer.config, self.slice_of(self.single(inputs)))
        return {axis if axis < 0 else axis + 1: length for axis, length in axes.items()}

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Those of the wrapped layer on one slice."""
        return wrapped(config).weights(self.slice_of(self.single(inputs)))


_SEQUENCES = LayerArg("LSTM", {"units": 4, "return_sequences": True})
_STATES = LayerArg("LSTM", {"units": 4, "return_state": True})
_BACKWARD = LayerArg("GRU", {"units": 4, "go_backwards": True})
_WIDE = LayerArg("GRU", {"units": 6, "go_backwards": True})


@entry("keras.layers.Bidirectional")
class Bidirectional(LayerKind):
    """A recurrent layer forwards and its mirror image backwards."""

    one_tensor = True
    recurrent = True
    needs_time_axis = True
    rows = (
        Row({"layer": LayerArg("LSTM", {"units": 4})}, (None, 10, 5)),
        Row({"layer": LayerArg("GRU", {"units": 4}), "merge_mode": "sum"}, (None, None, 5)),
        Row({"layer": _SEQUENCES, "merge_mode": None}, (None, 10, 5)),
        Row({"layer": _SEQUENCES, "merge_mode": "ave"}, (None, 10, 5)),
        Row({"layer": _STATES}, (None, 10, 5)),
        Row({"layer": _STATES, "merge_mode": None}, (None, 10, 5)),
        Row({"layer": LayerArg("LSTM", {"units": 4})}, (None, 5)),
        Row({"layer": LayerArg("LSTM", {"units": 4})}, (None, 3, 10, 5)),
        Row({"layer": LayerArg("LSTM", {"units": 4}), "merge_mode": "max"}, (None, 10, 5)),
        Row({"layer": LayerArg("Dense", {"units": 4})}, (None, 10, 5)),
        Row({"layer": LayerArg("GRU", {"units": 4, "go_backwards": True})}, (None, 10, 5)),
        Row({"layer": LayerArg("GRU", {"units": 4}), "backward_layer": _BACKWARD}, (None, 10, 5)),
        Row({"layer": _SEQUENCES, "backward_layer": _BACKWARD}, (None, 10, 5)),
        Row({"layer": LayerArg("GRU", {"units": 4}), "backward_layer": _WIDE}, (None, 10, 5)),
    )

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
        if forward.config.get("go_backwards") is not False or config.get("backward_layer"):
            self.seen_in_keras_3("two layers given to Bidirectional")
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

    def build_refuses(self, tensor: TensorType) -> bool:
        """As the layers inside: without features the batch axis is taken for them."""
        return tensor.shape.rank == 2 and tensor.shape[0] is FREE

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
        forward, _ = self.layers(config)
        if forward.config.get("stateful") and forward.config.get("return_state"):
            raise Lost("Bidirectional around a stateful layer that returns its states")
        try:
            result = forward.call(tensor)
        except Mismatch as mismatch:
            problem = mismatch.problem
            raise passed_on(
                self, tensor, problem, problem.expected, problem.needs_rank
            ) from mismatch
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

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """Sequences keep the mask of the input: both of them without ``merge_mode``."""
        forward, _ = self.layers(config)
        if not forward.config.flag("return_sequences"):
            return (False,) * count
        outputs = 2 if config.known("merge_mode") is None else 1
        return (*flatten(inputs)[:1] * outputs, *(False,) * (count - outputs))

    def data_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """Those of the wrapped layer."""
        layer, _ = self.layers(config)
        return layer.kind.data_axes(layer.config, inputs)

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Those of both layers."""
        forward, backward = self.layers(config)
        return forward.weights(inputs) + backward.weights(inputs)


@entry("keras.layers.SpectralNormalization")
class SpectralNormalization(LayerKind):
    """The wrapped layer with its kernel scaled; one vector more that is not trained."""

    only_same_inside = True
    ranks = (-1,)
    rows = (
        Row({"layer": LayerArg("Dense", {"units": 4})}, (None, 5)),
        Row({"layer": LayerArg("Conv2D", {"filters": 4, "kernel_size": 3})}, (None, 8, 8, 3)),
        Row({"layer": LayerArg("Conv2D", {"filters": 4, "kernel_size": 3})}, (None, 8, 8)),
        Row({"layer": LayerArg("Dense", {"units": 4})}, (None, None)),
        Row({"layer": LayerArg("Embedding", {"input_dim": 9, "output_dim": 4})}, (None, 8)),
        Row({"layer": LayerArg("Dense", {"units": 4}), "power_iterations": 0}, (None, 5)),
    )

    def check_config(self, config: Config) -> None:
        """There is at least one iteration."""
        value = config.get("power_iterations")
        if isinstance(value, int) and value < 1:
            raise arithmetic.bad_value(self, config, "power_iterations", "one iteration or more")

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The wrapped layer's output."""
        del extra
        self.seen_in_keras_3("SpectralNormalization")
        tensor = self.single(inputs)
        self.check_rank(tensor)
        layer = wrapped(config)
        try:
            inner = layer.call(tensor)
        except Mismatch as mismatch:
            problem = mismatch.problem
            if problem.kind == "rank" and not layer.kind.build_refuses(tensor):
                raise Lost(f"{problem.layer} inside SpectralNormalization") from mismatch
            raise passed_on(
                self, tensor, problem, problem.expected, problem.needs_rank
            ) from mismatch
        if not isinstance(inner, TensorType):
            raise Lost("SpectralNormalization around a layer with several outputs")
        return TensorType(inner.shape, self.output_dtype(config, tensor))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """Those of the wrapped layer, and one number per output channel."""
        layer = wrapped(config)
        names = {"Dense": "units", "Embedding": "output_dim"}
        name = names.get(layer.kind.cls, "filters")
        if name not in layer.config or "Transpose" in layer.kind.cls:
            return UNKNOWN_WEIGHTS
        return layer.weights(inputs) + Weights(0, layer.config.dim(name))
