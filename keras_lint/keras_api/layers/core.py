"""Core layers: Dense, Embedding, Masking, Lambda, Identity, InputLayer and the like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from keras_lint.keras_api import arithmetic, dtypes
from keras_lint.keras_api.base import (
    UNKNOWN_WEIGHTS,
    Config,
    Inputs,
    LayerKind,
    Mask,
    Row,
    Weights,
    as_dim,
    entry,
)
from keras_lint.keras_api.layers.elementwise import SameShape
from keras_lint.model.dims import FREE, UNKNOWN, Dim
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import UNKNOWN_SHAPE, Nested, Shape, TensorType


@entry("keras.layers.Dense")
class Dense(LayerKind):
    """``(..., features) -> (..., units)``; weights ``features * units`` and a bias."""

    masking = "keeps"

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
        """``units`` is a positive integer, the activation exists; Keras 2 lets 0 units pass."""
        if config.get("units") == 0:
            self.seen_in_keras_3("a Dense layer of no units")
        arithmetic.check_whole(self, config, "units", booleans=True)

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

    one_tensor = True
    takes_integers = True
    rows: ClassVar[tuple[Row, ...]] = (
        Row({"input_dim": 20, "output_dim": 4}, (None, 10)),
        Row({"input_dim": 20, "output_dim": 4, "mask_zero": True}, (None, None), dtype="int32"),
        Row({"input_dim": 20, "output_dim": 4}, (None,), dtype="int64"),
        Row({"input_dim": 20, "output_dim": 4}, (None, 3, 10)),
        Row({"input_dim": 20, "output_dim": 4, "input_length": 10}, (None, 11)),
        Row({"input_dim": 20}, (None, 11)),
    )

    def check_config(self, config: Config) -> None:
        """The size of the table is two positive integers."""
        arithmetic.check_whole(self, config, "input_dim", "output_dim")

    def output(self, config: Config, x: Shape) -> Shape:
        """A new last axis of ``output_dim``."""
        if x.dims is None:
            return x
        return Shape((*x.dims, config.dim("output_dim")))

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """Rows number 0 are masked with ``mask_zero``."""
        del inputs
        return (config.flag("mask_zero"),) * count

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The table."""
        del inputs
        if config.get("lora_rank") is not None:
            raise Lost("weights with LoRA")
        return Weights(config.dim("input_dim") * config.dim("output_dim"))


@entry("keras.layers.ReversibleEmbedding")
class ReversibleEmbedding(Embedding):
    """An Embedding that, called with ``reverse=True``, gives a score for every row of its table."""

    rows = (
        Row({"input_dim": 20, "output_dim": 4}, (None, 10)),
        Row({"input_dim": 20, "output_dim": 4, "tie_weights": False}, (None, None), dtype="int32"),
        Row({"input_dim": 20, "output_dim": 4}, (None, 3, 4), extra={"reverse": True}),
        Row({"input_dim": 20, "output_dim": 4}, (None, 3, 4), extra={"reverse": False}),
    )

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The other way round the last axis becomes ``input_dim``, whatever it is."""
        reverse = (extra or {}).get("reverse", False)
        if reverse is False:
            return super().call(config, inputs)
        if reverse is not True:
            raise Lost("an embedding of which the direction is not known")
        tensor = self.single(inputs)
        dims = tensor.shape.dims
        shape = Shape((*dims[:-1], config.dim("input_dim"))) if dims else UNKNOWN_SHAPE
        return TensorType(shape, self.output_dtype(config, tensor))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The table, and another one for the way back unless it is the same."""
        table = super().weights(config, inputs)
        tied = config.get("tie_weights")
        if not isinstance(tied, bool):
            return UNKNOWN_WEIGHTS
        return table if tied else table + table


@entry("keras.layers.Masking")
class Masking(SameShape):
    """Marks steps to skip; the shape is kept."""

    one_tensor = True
    on_list = "refuses"
    masking = "makes"
    rows = (
        Row({}, (None, 10, 5)),
        Row({"mask_value": -1.0}, (None, None, 5)),
        Row({}, (None, 10)),
        Row({}, (None,)),
    )


@entry("keras.layers.Identity")
class Identity(SameShape):
    """The tensor itself."""

    masking = "keeps"

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


_ONE_OF_THEM = "leave one of the two out: batch_shape has the batch axis in front"


def input_type(kind: LayerKind, config: Config) -> TensorType:
    """What ``Input(...)`` gives for bound arguments.

    Raises:
        Mismatch: kind ``value``, for a shape that Keras does not take.
        Lost: the shape is not known.
    """
    dtype = config.get("dtype")
    name = "float32" if dtype is None else None
    if isinstance(dtype, str):
        name = dtypes.standard(dtype)
        if name is None:
            known = tuple(sorted(dtypes.NAMES))
            raise arithmetic.bad_value(kind, config, "dtype", "the name of a data type", known)
    if config.get("sparse") is True and config.get("ragged") is True:
        raise arithmetic.bad_value(kind, config, "ragged", "sparse or ragged, not both")
    if config.get("tensor") is not None or config.get("input_tensor") is not None:
        raise Lost("an input made from a tensor")
    # An InputLayer takes the names of Keras 2 as well, and these go before.
    shape = config.known("input_shape" if "input_shape" in config else "shape")
    old = "batch_input_shape" in config
    batch_shape = config.known("batch_input_shape" if old else "batch_shape")
    if batch_shape is not None:
        if shape is not None:
            raise arithmetic.bad_value(
                kind, config, "batch_shape", "shape or batch_shape", hint=_ONE_OF_THEM
            )
        if config.known("batch_size") is not None:
            raise arithmetic.bad_value(
                kind, config, "batch_size", "batch_size or batch_shape", hint=_ONE_OF_THEM
            )
        return TensorType(Shape(_lengths(kind, config, "batch_shape", batch_shape)), name)
    if shape is None:
        raise arithmetic.bad_value(kind, config, "shape", "a shape such as (10,)")
    if kind.generation == "keras2" and isinstance(shape, int):
        shape = (shape,)
    batch = _lengths(kind, config, "batch_size", (config.get("batch_size"),))
    return TensorType(Shape((*batch, *_lengths(kind, config, "shape", shape))), name)


def check_input_shape(kind: LayerKind, config: Config) -> None:
    """Refuse what no layer of Keras 2 but an InputLayer takes for an input shape: a number.

    Raises:
        Mismatch: kind ``value``; ``tf_keras`` 2.21 raises a TypeError when the layer is made.
    """
    for name in ("input_shape", "batch_input_shape"):
        value = config.get(name)
        if isinstance(value, (int, float)) and kind.cls != "InputLayer":
            expected = f"a tuple for {name}, such as (10,)"
            hint = f"with one axis, a tuple needs a comma: ({value},)"
            raise arithmetic.bad_value(kind, config, name, expected, (), hint, ("TypeError",))


def _lengths(kind: LayerKind, config: Config, name: str, value: object) -> tuple[Dim, ...]:
    """A given shape as lengths; kind ``value`` for what Keras takes for none."""
    if not isinstance(value, (tuple, list)):
        raise arithmetic.bad_value(kind, config, name, f"a tuple for {name}, such as (10,)")
    for item in value:
        wrong = isinstance(item, (str, float)) or (isinstance(item, int) and item < 0)
        if wrong:
            raise arithmetic.bad_value(kind, config, name, "lengths that are integers or None")
    return tuple(as_dim(item) for item in value)


@entry("keras.layers.Lambda")
class Lambda(LayerKind):
    """Any function: only a declared ``output_shape`` tells what comes out."""

    on_list = "unknown"
    rows = (
        Row({"function": abs, "output_shape": (8,)}, (None, 8)),
        Row({"function": abs, "output_shape": (4, 8)}, (3, 4, 8)),
        Row({"function": abs, "output_shape": (None, 8)}, (None, None, 8)),
        Row({"output_shape": (8,)}, (None, 8)),
    )

    def output(self, config: Config, x: Shape) -> Shape:
        """``output_shape`` behind the batch axis, or Lost."""
        declared = config.known("output_shape")
        if not isinstance(declared, tuple):
            raise Lost("the function of a Lambda layer")
        batch = UNKNOWN if x.dims is None else x.dims[0]
        return Shape((batch, *(as_dim(item) for item in declared)))

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """None, unless the layer is given one or a function for it."""
        if config.known("mask") is not None:
            raise Lost("the mask of a Lambda layer")
        return super().masks(config, inputs, count)


@entry("keras.layers.EinsumDense")
class EinsumDense(LayerKind):
    """A kernel applied by an einsum equation without ellipsis."""

    fixes_rank = True
    rows = (
        Row({"equation": "ab,bc->ac", "output_shape": 6}, (None, 8)),
        Row({"equation": "abc,cd->abd", "output_shape": (4, 6), "bias_axes": "d"}, (None, 4, 8)),
        Row(
            {"equation": "abc,cde->abde", "output_shape": (None, 2, 6), "bias_axes": "de"},
            (None, 4, 8),
        ),
        Row({"equation": "abc,cd->abd", "output_shape": (None, 6)}, (None, None, 8)),
    )

    def _lengths(self, config: Config, x: Shape) -> tuple[str, str, dict[str, Dim]]:
        """Kernel labels, output labels, and the length of every label."""
        equation = config.text("equation").replace(" ", "")
        if "." in equation or equation.count(",") != 1 or equation.count("->") != 1:
            raise Lost("the equation of an EinsumDense layer")
        left, result = equation.split("->")
        given, kernel = left.split(",")
        value = config.known("output_shape")
        made = [as_dim(v) for v in (value if isinstance(value, (tuple, list)) else (value,))]
        if x.dims is None or len(given) != len(x.dims) or len(made) + 1 != len(result):
            raise Lost("the axes of an EinsumDense layer")
        lengths = dict(zip(given, x.dims, strict=True))
        for label, dim in zip(result[1:], made, strict=True):
            known = lengths.get(label)
            if dim is FREE or (known is not None and known is not FREE):
                if dim is not FREE and dim != known:
                    raise Lost("an EinsumDense layer whose output_shape does not fit")
                continue
            if known is None:
                lengths[label] = dim
        if set(result) - set(lengths) or set(kernel) - set(lengths):
            raise Lost("the labels of an EinsumDense layer")
        return kernel, result, lengths

    def output(self, config: Config, x: Shape) -> Shape:
        """``output_shape`` behind the batch axis, its None left open."""
        kernel, _, lengths = self._lengths(config, x)
        if x.dims is None or any(lengths[label] is FREE for label in kernel):
            raise Lost("an EinsumDense layer on an open axis")
        value = config.known("output_shape")
        made = value if isinstance(value, (tuple, list)) else (value,)
        if None in made:
            self.seen_in_keras_3("EinsumDense with None in its output_shape")
        return Shape((x.dims[0], *(as_dim(item) for item in made)))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The kernel, and a bias along ``bias_axes``."""
        if config.get("lora_rank") is not None:
            raise Lost("weights with LoRA")
        kernel, _, lengths = self._lengths(config, self.single(inputs).shape)
        axes = config.known("bias_axes") or ""
        if not isinstance(axes, str) or not set(axes) <= set(lengths):
            raise Lost("a bias along axes that the result has not")
        bias: Dim = arithmetic.product(lengths[label] for label in axes) if axes else 0
        return Weights(arithmetic.product(lengths[label] for label in kernel) + bias)
