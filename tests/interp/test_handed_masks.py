"""Which masks Keras gives to the ``call`` of an own layer by itself: compared with Keras."""

from __future__ import annotations

import keras
import pytest

from keras_lint.engine import check_text
from keras_lint.model.tensors import flatten

HEAD = """\
import keras
from keras import layers, ops


class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.masked = layers.Dense(3)
        self.plain = layers.Dense(5)


class One(Own):
    def call(self, inputs, mask=None):
        if mask is not None:
            return self.masked(inputs)
        return self.plain(inputs)


class Several(Own):
    def call(self, inputs, mask=None):
        if mask is None:
            return self.plain(inputs[0])
        if mask[0] is None:
            return self.masked(inputs[0])
        return inputs[0]


class Pair(Own):
    def call(self, query, value, query_mask=None, value_mask=None):
        query = self.plain(query) if query_mask is None else self.masked(query)
        return query if value_mask is None else ops.concatenate([query, query], axis=-1)


class Spread(Own):
    def call(self, inputs, **kwargs):
        return self.plain(inputs) if kwargs.get("mask") is None else self.masked(inputs)


class Outer(Own):
    def __init__(self):
        super().__init__()
        self.inner = One()

    def call(self, inputs, mask=None):
        inputs = self.masked(inputs) if mask is not None else self.plain(inputs)
        return self.inner(inputs)


class Keeps(Own):
    def __init__(self):
        super().__init__()
        self.supports_masking = True

    def call(self, inputs, mask=None):
        return inputs


class Weighted(layers.Layer):
    def call(self, inputs, mask=None):
        if mask is None:
            return inputs
        return ops.sum(inputs * ops.expand_dims(ops.cast(mask, "float32"), -1), axis=1)


inputs = keras.Input((7,))
with_mask = layers.Embedding(10, 4, mask_zero=True)(inputs)
without = layers.Embedding(10, 4)(inputs)
"""
CALLS = (
    "One()(with_mask)",
    "One()(without)",
    "One()(with_mask, mask=None)",
    "One()(without, mask=ops.any(without > 0, axis=-1))",
    "One()(layers.Dense(4)(with_mask))",
    "One()(layers.Dropout(0.5)(with_mask))",
    "One()(layers.Conv1D(4, 2)(with_mask))",
    "One()(layers.LSTM(4, return_sequences=True)(with_mask))",
    "One()(layers.LSTM(4)(with_mask))",
    "One()(with_mask + 1)",
    "One()(Keeps()(with_mask))",
    "One()(One()(with_mask))",
    "One()(layers.Masking()(without))",
    "keras.Sequential([layers.Masking(), One()])(without)",
    "Several()([without, without])",
    "Several()([without, with_mask])",
    "Several()((with_mask, without))",
    "Pair()(with_mask, without)",
    "Pair()(without, value=with_mask)",
    "Pair()(with_mask, with_mask)",
    "Spread()(with_mask)",
    "Outer()(without)",
    "Weighted()(with_mask)",
    "Weighted()(without)",
)


@pytest.mark.keras
def test_calls_go_the_way_that_keras_takes() -> None:
    lines = "".join(f"model_{i} = keras.Model(inputs, {call})\n" for i, call in enumerate(CALLS))
    names: dict[str, keras.Model] = {}
    exec(compile(HEAD + lines, "program.py", "exec"), names)
    result, analysis = check_text(HEAD + lines, "program.py")
    assert not [f for f in result.findings if f.level == "error"]
    graphs = [graph for graph in analysis.graphs if graph.kind == "functional"]
    assert len(graphs) == len(CALLS)
    for number, (call, graph) in enumerate(zip(CALLS, graphs, strict=True)):
        (ref,) = flatten(graph.outputs)
        built = names[f"model_{number}"]
        assert graph.followed, (call, graph.lost)
        assert graph.type_of(ref).shape.dims is not None, call
        assert str(graph.type_of(ref).shape) == str(tuple(built.output_shape)), call
        assert graph.total_params == built.count_params(), call


def test_what_carries_a_mask_is_not_guessed() -> None:
    text = HEAD + (
        "import sys\n"
        "layer = layers.Masking() if sys.argv else layers.Dense(4)\n"
        "model = keras.Model(inputs, One()(layer(without)))\n"
    )
    result, _ = check_text(text, "program.py")
    assert not result.models[-1].followed
