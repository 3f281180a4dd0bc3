"""Core layers: Dense, Embedding, Masking, Lambda, Identity, InputLayer and the like."""

from __future__ import annotations

from collections.abc import Mapping

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import Config, Inputs, LayerKind, Row, Weights, as_dim, entry
from keras_lint.keras_api.layers.elementwise import SameShape, check_activation
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Shape, TensorType


@entry("keras.layers.Dense")
class Dense(LayerKind):
    """``(..., features) -> (..., units)``; weights ``features * units`` and a bias."""

    ranks = (-2,)
    rows = (
        Row({"units": 4}, (None, 8)),
        Row({"units": 4, "use_bias": False}, (None, 3, 8)),
        Row({"units": 4}, (None, None, 8)),
        Row({"units": 4}, (None,)),
        Row({"units": 4}, (None, None)),
        Row({"units": 0}, (None, 8)),
        Row({"units": 4, "activation": "rellu"}, (None, 8)),
        Row({"units": 4}, (None, 8), dtype="int32"),
        Row({"units": 4, "trainable": False}, (None, 8)),
    )

    def check_config(self, config: Config) -> None:
        """``units`` is a positive integer, the activation exists."""
        arithmetic.check_positive(self, config, "units")
        if isinstance(config.get("units"), (float, str, tuple, list)):
            raise arithmetic.bad_value(self, config, "units", "a positive integer for units")
        check_activation(self, config, "activation")

    def build_refuses(self, tensor: TensorType) -> bool:
        """The batch axis is then taken for the features."""
        return tensor.shape.rank == 1 and tensor.shape[0] is FREE

    def output(self, config: Config, x: Shape) -> Shape:
        """The last axis becomes ``units``; it must be known because it fixes the kernel."""
        if x.dims is None:
            return x
        arithmetic.need_axis(self, TensorType(x), -1, "a last axis")
        return x.with_axis(-1, config.dim("units"))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """``last axis * units`` plus ``units`` with a bias."""
        if config.get("lora_rank") is not None:
            raise Lost("weights with LoRA")
        tensor = self.single(inputs)
        features = UNKNOWN if tensor.shape.dims is None else tensor.shape[-1]
        units = config.dim("units")
        bias: Dim = units if config.flag("use_bias") else 0
        return Weights(features * units + bias)

    def built_axes(self, config: Config, inputs: Inputs) -> Mapping[int, Dim]:
        """The kernel fixes the last axis."""
        del config
        shape = self.single(inputs).shape
        return {} if shape.dims is None else {-1: shape[-1]}


@entry("keras.layers.Embedding")
class Embedding(LayerKind):
    """``(...) -> (..., output_dim)``: one row of the table per integer."""

    rows = (
        Row({"input_dim": 20, "output_dim": 4}, (None, 10)),
        Row({"input_dim": 20, "output_dim": 4, "mask_zero": True}, (None, None), dtype="int32"),
        Row({"input_dim": 20, "output_dim": 4}, (None,), dtype="int64"),
        Row({"input_dim": 20, "output_dim": 4}, (None, 3, 10)),
        Row({"input_dim": 20, "output_dim": 4, "input_length": 10}, (None, 11)),
        Row({"input_dim": 20}, (None, 11)),
    )

    def output(self, config: Config, x: Shape) -> Shape:
        """A new last axis of ``output_dim``."""
        if x.dims is None:
            return x
        return Shape((*x.dims, config.dim("output_dim")))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The table."""
        del inputs
        if config.get("lora_rank") is not None:
            raise Lost("weights with LoRA")
        return Weights(config.dim("input_dim") * config.dim("output_dim"))


@entry("keras.layers.Masking")
class Masking(SameShape):
    """Marks steps to skip; the shape is kept."""

    rows = (
        Row({}, (None, 10, 5)),
        Row({"mask_value": -1.0}, (None, None, 5)),
        Row({}, (None, 10)),
        Row({}, (None,)),
    )


@entry("keras.layers.Identity")
class Identity(SameShape):
    """The tensor itself."""

    keeps_dtype = True
    rows = (
        Row({}, (None, 10)),
        Row({}, (None, None, 5)),
        Row({}, (None,)),
        Row({}, (2, 3), dtype="int32"),
    )


@entry("keras.layers.InputLayer")
class InputLayer(SameShape):
    """Makes a tensor, takes none."""

    def made(self, config: Config) -> TensorType:
        """The tensor an InputLayer of this configuration makes; Lost if its shape is unknown."""
        return input_type(self, config)


def input_type(kind: LayerKind, config: Config) -> TensorType:
    """What ``Input(...)`` gives for bound arguments.

    Raises:
        Mismatch: kind ``value``, for a shape that Keras does not take.
        Lost: the shape is not known.
    """
    dtype = config.known("dtype")
    name = dtype if isinstance(dtype, str) else "float32" if dtype is None else None
    batch_shape = config.known("batch_shape")
    if batch_shape is not None:
        if not isinstance(batch_shape, (tuple, list)):
            raise arithmetic.bad_value(kind, config, "batch_shape", "a tuple for batch_shape")
        return TensorType(Shape(tuple(as_dim(item) for item in batch_shape)), name)
    shape = config.known("shape")
    if shape is None:
        raise Lost("an input without shape")
    if not isinstance(shape, (tuple, list)):
        raise arithmetic.bad_value(kind, config, "shape", "a tuple for shape, such as (10,)")
    batch: Dim = FREE if config.get("batch_size") is None else config.dim("batch_size")
    return TensorType(Shape((batch, *(as_dim(item) for item in shape))), name)


@entry("keras.layers.Lambda")
class Lambda(LayerKind):
    """Any function: only a declared ``output_shape`` tells what comes out."""

    def output(self, config: Config, x: Shape) -> Shape:
        """``output_shape`` behind the batch axis, or Lost."""
        declared = config.known("output_shape")
        if not isinstance(declared, (tuple, list)):
            raise Lost("the function of a Lambda layer")
        batch = UNKNOWN if x.dims is None else x.dims[0]
        return Shape((batch, *(as_dim(item) for item in declared)))
