"""Attention layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from keras_lint.keras_api import arithmetic
from keras_lint.keras_api.base import (
    UNKNOWN_WEIGHTS,
    Config,
    Inputs,
    LayerKind,
    Mask,
    Row,
    Weights,
    entry,
)
from keras_lint.model.dims import FREE, Dim, is_known, surely_different
from keras_lint.model.outcomes import Lost
from keras_lint.model.tensors import Nested, Shape, TensorType, flatten


def differ(one: Dim, other: Dim) -> bool:
    """Whether Keras's ``!=`` on two lengths is surely true; None differs from a number."""
    if (one is FREE and is_known(other)) or (other is FREE and is_known(one)):
        return True
    return surely_different(one, other)


@entry("keras.layers.Attention")
class Attention(LayerKind):
    """Dot-product attention on ``[query, value]`` or ``[query, value, key]``."""

    rows: ClassVar[tuple[Row, ...]] = (
        Row({}, [(None, 4, 8), (None, 5, 8)]),
        Row({"use_scale": True, "score_mode": "concat"}, [(None, 4, 8), (None, None, 8)]),
        Row({}, [(None, 4, 8), (None, 5, 6), (None, 5, 8)]),
        Row({}, [(None, 4, 8), (None, 5, 8)], extra={"return_attention_scores": True}),
        Row({}, (None, 4, 8)),
        Row({}, [(None, 4, 8)]),
        Row({}, [(None, 4, 8)] * 4),
        Row({"score_mode": "sum"}, [(None, 4, 8), (None, 5, 8)]),
    )

    def check_config(self, config: Config) -> None:
        """The score mode exists."""
        arithmetic.check_choice(self, config, "score_mode", ("dot", "concat"))

    def several(self, inputs: Inputs) -> list[TensorType]:
        """Query, value and key; kind ``structure`` for anything but a list of two or three."""
        if isinstance(inputs, list):
            tensors = [item for item in inputs if isinstance(item, TensorType)]
            if len(tensors) != len(inputs):
                raise Lost("nested inputs for attention")
            if 2 <= len(tensors) <= 3:
                return tensors
        elif isinstance(inputs, TensorType):
            tensors = [inputs]
        else:
            raise Lost("attention on something else than a list")
        raise self.mismatch(
            "structure",
            "a list [query, value] or [query, value, key]",
            " and ".join(str(tensor.shape) for tensor in tensors) or "no tensor",
            tuple(tensors),
            exceptions=("ValueError", "IndexError"),
        )

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The query's shape with the value's width; the scores as well where wanted."""
        tensors = self.several(inputs)
        query, value, key = tensors[0], tensors[1], tensors[-1]
        if any(tensor.shape.dims is None for tensor in tensors):
            raise Lost("the rank of an input is not known")
        if any(len(arithmetic.known_shape(tensor)) < 2 for tensor in tensors):
            raise Lost("attention on tensors without a time axis")
        if not _fit(query, value, key):
            self.seen_in_keras_3("attention on tensors of other ranks, widths or lengths")
        self.weights(config, inputs)
        dtype = self.output_dtype(config, query)
        output = TensorType(query.shape.with_axis(-1, value.shape[-1]), dtype)
        if not wants_scores(extra):
            return output
        return (output, TensorType(query.shape.with_axis(-1, key.shape[-2]), dtype))

    def masks(self, config: Config, inputs: Nested[Mask], count: int) -> tuple[Mask, ...]:
        """That of the query; scores have none."""
        del config
        return (flatten(inputs)[0], *(False,) * (count - 1))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """A scale, and a weight for the concatenated score."""
        del inputs
        concat = config.text("score_mode") == "concat"
        return Weights(int(config.flag("use_scale")) + int(concat))


def _fit(query: TensorType, value: TensorType, key: TensorType) -> bool:
    """Whether the tensors are sequences of one width, value and key of one length."""
    shapes = [arithmetic.known_shape(tensor) for tensor in (query, value, key)]
    if any(len(dims) != 3 for dims in shapes) or shapes[1][1] != shapes[2][1]:
        return False
    return len({dims[2] for dims in shapes}) == 1


def wants_scores(extra: Mapping[str, Any] | None) -> bool:
    """Whether a call asks for the attention scores as well."""
    value = (extra or {}).get("return_attention_scores")
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Lost("return_attention_scores is not known")
    return value


@entry("keras.layers.AdditiveAttention")
class AdditiveAttention(Attention):
    """Additive attention on ``[query, value]`` or ``[query, value, key]``."""

    rows = (
        Row({}, [(None, 4, 8), (None, 5, 8)]),
        Row({"use_scale": False}, [(None, 4, 8), (None, 5, 8)]),
        Row({}, [(None, 4, None), (None, 5, 8)]),
        Row({}, (None, 4, 8)),
    )

    def check_config(self, config: Config) -> None:
        """Nothing to check."""

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """A scale per feature of the query."""
        if not config.flag("use_scale"):
            return Weights()
        query = self.several(inputs)[0]
        if query.shape.dims is not None and query.shape[-1] is FREE:
            self.seen_in_keras_3("a query without a width")
        return Weights(arithmetic.need_axis(self, query, -1, "a last axis"))


class Projected(LayerKind):
    """Attention that projects query, value and key before it compares them."""

    masking = "keeps"

    def build_inputs(self, inputs: Inputs, extra: Mapping[str, Any] | None = None) -> Inputs:
        """``(query, value, key)``."""
        if isinstance(inputs, tuple):
            return inputs
        given = extra or {}
        value = given.get("value")
        key = given.get("key")
        return (inputs, value, value if key is None else key) if value is not None else inputs

    def three(
        self, inputs: Inputs, extra: Mapping[str, Any] | None
    ) -> tuple[TensorType, TensorType, TensorType]:
        """Query, value and key, all of known rank."""
        found = self.build_inputs(inputs, extra)
        if not isinstance(found, tuple) or len(found) != 3:
            raise Lost("attention whose value is not known")
        tensors = [item for item in found if isinstance(item, TensorType)]
        if len(tensors) != 3 or any(tensor.shape.dims is None for tensor in tensors):
            raise Lost("attention whose inputs are not known")
        if len({tensor.shape.rank for tensor in tensors}) > 1:
            self.seen_in_keras_3(f"{self.cls} on tensors of several ranks")
        return tensors[0], tensors[1], tensors[2]

    def check_key(self, value: TensorType, key: TensorType) -> None:
        """Kind ``axis`` unless value and key agree on all inner axes."""
        one, other = value.shape.dims or (), key.shape.dims or ()
        if len(one) != len(other) or any(map(differ, one[1:-1], other[1:-1])):
            raise self.mismatch(
                "axis",
                "a value and a key that agree on all axes but the last",
                f"value {value.shape} and key {key.shape}",
                (value, key),
                argument="key",
            )


@entry("keras.layers.MultiHeadAttention")
class MultiHeadAttention(Projected):
    """``(query, value, key=None)``: the query's shape, or ``output_shape`` as its last axes."""

    rows = (
        Row({"num_heads": 2, "key_dim": 3}, (None, 4, 8), extra={"value": (None, 5, 6)}),
        Row(
            {"num_heads": 2, "key_dim": 3, "value_dim": 5, "output_shape": 7, "use_bias": False},
            (None, None, 8),
            extra={"value": (None, 5, 6), "key": (None, 5, 4)},
        ),
        Row(
            {"num_heads": 2, "key_dim": 3, "use_gate": True},
            (None, 4, 8),
            extra={"value": (None, 4, 8), "return_attention_scores": True},
        ),
        Row(
            {"num_heads": 2, "key_dim": 3},
            (None, 4, 8),
            extra={"value": (None, 5, 6), "key": (None, 6, 6)},
        ),
        Row({"num_heads": 2, "key_dim": 3}, (None, 4, 8)),
        Row({"num_heads": 2, "key_dim": 3}, (None, 4, None), extra={"value": (None, 4, 8)}),
        Row({"num_heads": 2, "key_dim": 3}, (None, 4, 8), extra={"value": (None, 4, None)}),
        Row({"num_heads": 2}, (None, 4, 8), extra={"value": (None, 4, 8)}),
        Row(
            {"num_heads": 2, "key_dim": 3},
            (None, 30),
            extra={"value": (None, 30, 8), "return_attention_scores": True},
        ),
        Row({"num_heads": 2, "key_dim": 3}, (None, 4, 8), extra={"value": (None, 6)}),
    )

    def check_config(self, config: Config) -> None:
        """Heads and their width are positive integers."""
        arithmetic.check_whole(self, config, "num_heads", "key_dim", booleans=True)

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The attended values, and the scores where wanted."""
        query, value, key = self.three(inputs, extra)
        self.check_key(value, key)
        if any(len(arithmetic.known_shape(tensor)) < 2 for tensor in (query, value, key)):
            raise Lost("attention on tensors without a last axis")
        for tensor in (query, value, key):
            arithmetic.need_axis(self, tensor, -1, "a last axis")
        dims = query.shape.dims or ()
        made = self.made(config)
        dtype = self.output_dtype(config, query)
        output = TensorType(Shape((*dims[:-1], *made)) if made else query.shape, dtype)
        if not wants_scores(extra):
            return output
        scores = Shape((dims[0], config.dim("num_heads"), dims[1], dims[1]))
        return (output, TensorType(scores, dtype))

    def made(self, config: Config) -> tuple[Dim, ...]:
        """``output_shape`` as lengths; empty if it is not given."""
        value = config.known("output_shape")
        if not value:
            return ()
        return tuple(Config({"o": v}).dim("o") for v in value) if _many(value) else (
            config.dim("output_shape"),
        )  # fmt: skip

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The projections of query, key, value and output, and the gate."""
        if not isinstance(inputs, tuple):
            return UNKNOWN_WEIGHTS
        query, value, key = (tensor.shape[-1] for tensor in self.three(inputs, None))
        heads, size = config.dim("num_heads"), config.dim("key_dim")
        wide = size if not config.known("value_dim") else config.dim("value_dim")
        bias = int(config.flag("use_bias"))
        total = (query + bias) * heads * size + (key + bias) * heads * size
        total = total + (value + bias) * heads * wide
        if config.flag("use_gate"):
            total = total + (query + bias) * heads * wide
        made = self.made(config)
        out = arithmetic.product(made) if made else query
        return Weights(total + heads * wide * out + bias * out)


def _many(value: object) -> bool:
    return isinstance(value, (tuple, list))


@entry("keras.layers.GroupQueryAttention")
class GroupQueryAttention(Projected):
    """Attention whose query heads share fewer key and value heads."""

    class_name = "GroupedQueryAttention"
    rows = (
        Row(
            {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
            (None, 4, 8),
            extra={"value": (None, 5, 8)},
        ),
        Row(
            {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, "use_gate": True},
            (None, 4, 8),
            extra={"value": (None, 5, 8), "return_attention_scores": True},
        ),
        Row(
            {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 3},
            (None, 4, 8),
            extra={"value": (None, 5, 8)},
        ),
        Row(
            {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
            (None, 4, 8),
            extra={"value": (None, 5, 6)},
        ),
    )

    def check_config(self, config: Config) -> None:
        """The key and value heads divide the query heads."""
        heads, shared = config.get("num_query_heads"), config.get("num_key_value_heads")
        if isinstance(heads, int) and isinstance(shared, int) and shared and heads % shared:
            raise arithmetic.bad_value(
                self, config, "num_key_value_heads", f"a number that divides {heads} query heads"
            )

    def call(
        self, config: Config, inputs: Inputs, extra: Mapping[str, Any] | None = None
    ) -> Inputs:
        """The query's shape, and the scores where wanted."""
        query, value, key = self.three(inputs, extra)
        if any(len(arithmetic.known_shape(tensor)) != 3 for tensor in (query, value, key)):
            raise Lost("grouped attention on tensors that are not of rank 3")
        for tensor in (query, value, key):
            arithmetic.need_axis(self, tensor, -1, "a last axis")
        if differ(query.shape[-1], value.shape[-1]):
            raise self.mismatch(
                "axis",
                "a query and a value of the same last axis",
                f"query {query.shape} and value {value.shape}",
                (query, value),
                argument="value",
            )
        self.check_key(value, key)
        dtype = self.output_dtype(config, query)
        output = TensorType(query.shape, dtype)
        if not wants_scores(extra):
            return output
        batch, length, _ = arithmetic.known_shape(query)
        scores = Shape((batch, config.dim("num_query_heads"), length, key.shape[1]))
        return (output, TensorType(scores, dtype))

    def weights(self, config: Config, inputs: Inputs) -> Weights:
        """The projections of query, key, value and output, and the gate."""
        if not isinstance(inputs, tuple):
            return UNKNOWN_WEIGHTS
        query, value, key = (tensor.shape[-1] for tensor in self.three(inputs, None))
        size = config.dim("head_dim")
        heads, shared = config.dim("num_query_heads"), config.dim("num_key_value_heads")
        bias = int(config.flag("use_bias"))
        gates = 2 if config.flag("use_gate") else 1
        total = gates * (query + bias) * heads * size
        total = total + (key + bias) * shared * size + (value + bias) * shared * size
        return Weights(total + heads * size * query + bias * query)
